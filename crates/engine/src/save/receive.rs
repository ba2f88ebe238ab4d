//! A body into the part: paced, capped, synced in units, and counted only when synced.

use std::sync::atomic::{AtomicBool, Ordering};

use tokio::time::{Duration, Instant};

use super::fetch::{self, Body, Resume};
use super::part::{Broke, Part, Writer, blocking};
use super::{Order, Stop, finish, folder, place};
use crate::library::{Take, takes};
use crate::trouble::SavingProblem;

/// Bytes between two syncs: the most that a crash makes fetched twice, beside what is on the way.
const SYNC_EVERY: u64 = 2 << 20;
/// A resume that brings this many bytes was not for nothing.
const GAIN: u64 = 1 << 20;
/// A body slower than this many bytes a second, for a minute, is given up and resumed later.
const SLOWEST: u64 = 1_000;
const MINUTE: Duration = Duration::from_secs(60);

/// Fetches a link into the take's part and gives the file its name.
pub(super) async fn fetch(order: &Order<'_>, take: &Take, link: &str) -> Result<(), Stop> {
    let part = Part::of(order, take);
    let kept = part.kept(take).await.map_err(|error| order.disk(&error, None))?;
    if let Some(kept) = &kept
        && take.expected_len == Some(kept.bytes)
    {
        // All of it came the last time; only its name is missing.
        return finish::finish(order, take, &part, kept.bytes, &kept.sha256()).await;
    }
    let media = order.core.media();
    let resume = kept.as_ref().map(|kept| Resume {
        bytes: kept.bytes,
        tail: &kept.tail,
        etag: take.etag.as_deref().unwrap_or_default(),
        total: take.expected_len,
    });
    let body = match order.unless_closing(fetch::get(&media, link, resume)).await? {
        Some(body) => body,
        // The host does not go on from where the part ends: from the beginning, once.
        None => match order.unless_closing(fetch::get(&media, link, None)).await? {
            Some(body) => body,
            None => return Err(network("no whole file offered")),
        },
    };
    if let Some(bytes) = body.total.filter(|total| *total > media.largest) {
        return Err(Stop::Never(SavingProblem::TooLarge { bytes }));
    }
    let left = body.total.map_or(0, |total| total.saturating_sub(body.start));
    folder::room(order.folder, left).await.map_err(Stop::Folder)?;
    let writer = match kept.filter(|_| body.start > 0) {
        Some(kept) => part.go_on(kept).await,
        None => {
            begin(order, take, &part, &body).await?;
            part.begin().await
        }
    };
    let mut writer = writer.map_err(|error| order.disk(&error, Some(left)))?;
    crash_point!("save::part_made");
    let mut receiver = Receiver {
        order,
        take,
        part: &part,
        total: body.total,
        largest: media.largest,
        entered: AtomicBool::new(body.start > 0),
    };
    let sha256 = receiver.receive(body, &mut writer).await?;
    crash_point!("save::received");
    finish::finish(order, take, &part, writer.bytes, &sha256).await
}

/// Notes what the part is a part of, before there is one; nothing of it is durable yet.
async fn begin(order: &Order<'_>, take: &Take, part: &Part, body: &Body) -> Result<(), Stop> {
    part.remove_other(take).await;
    let (id, folder, name) = (take.id.clone(), part.folder.clone(), part.name.clone());
    let (etag, total) = (body.etag.clone(), body.total);
    order
        .core
        .library
        .write(move |tx| takes::begin_part(tx, &id, (&folder, &name), etag.as_deref(), total))
        .await?;
    crash_point!("save::part_noted");
    Ok(())
}

struct Receiver<'a> {
    order: &'a Order<'a>,
    take: &'a Take,
    part: &'a Part,
    total: Option<u64>,
    largest: u64,
    /// The part's name is in its folder for good.
    entered: AtomicBool,
}

impl Receiver<'_> {
    /// Writes the whole body; what the part hashes to then.
    async fn receive(&mut self, mut body: Body, writer: &mut Writer) -> Result<String, Stop> {
        let (start, digest) = (body.start, body.digest.take());
        let result = self.stream(&mut body, writer).await;
        if start > 0 && writer.bytes - start >= GAIN {
            self.order.gained();
        }
        match result {
            Ok(()) => {
                let sha256 = self.sync(writer).await?;
                if digest.is_some_and(|told| told != sha256) {
                    finish::forget(self.order, self.take, self.part).await?;
                    return Err(network("what came is not what the host's digest says"));
                }
                Ok(sha256)
            }
            // What came is kept for a resume, whatever ended it.
            Err(stop @ (Stop::Later(..) | Stop::Away(_) | Stop::Folder(_) | Stop::Closing)) if writer.is_sound() => {
                self.sync(writer).await?;
                Err(stop)
            }
            Err(stop @ Stop::Never(_)) => {
                finish::forget(self.order, self.take, self.part).await?;
                Err(stop)
            }
            Err(stop) => Err(stop),
        }
    }

    async fn stream(&self, body: &mut Body, writer: &mut Writer) -> Result<(), Stop> {
        let order = self.order;
        let (mut synced, mut told_at) = (writer.bytes, None);
        let mut minute = (Instant::now(), writer.bytes);
        order.progress(&mut told_at, writer.bytes, self.total);
        loop {
            let chunk = tokio::select! {
                chunk = body.chunk() => chunk?,
                () = order.core.closing.cancelled() => return Err(Stop::Closing),
            };
            let Some(chunk) = chunk else { break };
            // Nothing behind the promised end belongs to the file.
            let left = self.total.map_or(u64::MAX, |total| total.saturating_sub(writer.bytes));
            let fits = usize::try_from(left).unwrap_or(usize::MAX).min(chunk.len());
            if let Err(broke) = writer.push(&chunk[..fits]).await {
                return Err(self.broke(broke, writer.bytes).await?);
            }
            if writer.bytes > self.largest {
                return Err(Stop::Never(SavingProblem::TooLarge { bytes: writer.bytes }));
            }
            order.progress(&mut told_at, writer.bytes, self.total);
            if fits < chunk.len() {
                break;
            }
            if writer.bytes - synced >= SYNC_EVERY {
                self.sync(writer).await?;
                synced = writer.bytes;
                let left = self.total.map_or(0, |total| total.saturating_sub(synced));
                folder::room(order.folder, left).await.map_err(Stop::Folder)?;
            }
            if minute.0.elapsed() >= MINUTE {
                if writer.bytes - minute.1 < SLOWEST * MINUTE.as_secs() {
                    return Err(network("too slow"));
                }
                minute = (Instant::now(), writer.bytes);
            }
        }
        match self.total {
            Some(total) if total != writer.bytes => Err(network(&format!("{} bytes came", writer.bytes))),
            _ => Ok(()),
        }
    }

    /// Syncs the part, and only then counts what it holds.
    async fn sync(&self, writer: &mut Writer) -> Result<String, Stop> {
        let (bytes, sha256) = match writer.sync().await {
            Ok(synced) => synced,
            Err(broke) => return Err(self.broke(broke, writer.bytes).await?),
        };
        if !self.entered.swap(true, Ordering::Relaxed) {
            // Once: the part's own name must outlive a power cut too. One that does not is fetched again.
            let folder = self.order.folder.to_owned();
            let _ = blocking(move || place::sync_folder(&folder)).await;
        }
        let (id, noted) = (self.take.id.clone(), sha256.clone());
        self.order
            .core
            .library
            .write(move |tx| takes::set_durable(tx, &id, bytes, &noted))
            .await?;
        crash_point!("save::sync_noted");
        Ok(sha256)
    }

    /// What an error of the disk means. A sync that failed for any other reason than room makes the whole part
    /// untrustworthy: the system calls its pages clean afterwards, so it is begun again and never synced again.
    async fn broke(&self, broke: Broke, bytes: u64) -> Result<Stop, Stop> {
        let missing = self.total.map(|total| total.saturating_sub(bytes));
        let missing = folder::missing(self.order.folder, missing).await;
        let stop = self.order.disk(&broke.error, missing);
        let room = matches!(stop, Stop::Folder(SavingProblem::DiskFull { .. }));
        if broke.at_sync && !room {
            finish::forget(self.order, self.take, self.part).await?;
        }
        Ok(stop)
    }
}

fn network(detail: &str) -> Stop {
    let detail = detail.to_owned();
    Stop::Later(SavingProblem::Network { detail }, None)
}
