//! The part file: written, counted, synced, verified, and given its name.

use std::path::{Path, PathBuf};
use std::time::Duration;

use reqwest::Response;
use sha2::{Digest, Sha256};
use tokio::fs::File;
use tokio::io::{AsyncSeekExt, AsyncWriteExt, SeekFrom};
use tokio::time::Instant;

use super::fetch::{self, Body, Got};
use super::{Order, Stop, folder, place};
use crate::files::{mp4, names};
use crate::library::{Take, takes};
use crate::stages::submit::hex;
use crate::trouble::SavingProblem;
use crate::words::Lang;

/// Bytes between two syncs: the most that is fetched twice.
const SYNC_EVERY: u64 = 8 << 20;
/// Larger than any clip.
const LARGEST: u64 = 4 << 30;
/// A body slower than this for a minute is given up and resumed later.
const SLOWEST: u64 = 1_000;
const MINUTE: Duration = Duration::from_secs(60);

/// Fetches a link into the take's part and gives the file its name.
pub(super) async fn fetch(order: &Order<'_>, take: &Take, link: &str) -> Result<(), Stop> {
    let part = Part::of(order, take).await?;
    let media = order.core.media();
    let body = match fetch::get(&media, link, part.durable, take.etag.as_deref()).await? {
        Got::Body(body) if body.start == 0 || take.expected_len.is_none_or(|known| body.total == Some(known)) => body,
        // The host did not go on from where the part ends: from the beginning, once.
        _ => match fetch::get(&media, link, 0, None).await? {
            Got::Body(body) if body.start == 0 => body,
            _ => {
                return Err(Stop::Later(
                    SavingProblem::Network {
                        detail: "no whole file offered".into(),
                    },
                    None,
                ));
            }
        },
    };
    let (total, size) = (body.total, part.receive(order, take, body).await?);
    if total.is_some_and(|total| total != size) {
        return Err(Stop::Later(
            SavingProblem::Network {
                detail: format!("{size} bytes came"),
            },
            None,
        ));
    }
    part.finish(order, take, size).await
}

struct Part {
    path: PathBuf,
    name: String,
    folder: String,
    /// Bytes known to be on the disk from an earlier try, of the version that the take's validator names.
    durable: u64,
}

impl Part {
    async fn of(order: &Order<'_>, take: &Take) -> Result<Self, Stop> {
        let folder = order.folder.to_string_lossy().into_owned();
        let short: String = take.id.chars().rev().take(8).collect();
        let name = format!("{}.{short}.part", names::safe_stem(order.number));
        let path = order.folder.join(&name);
        let there = match tokio::fs::symlink_metadata(&path).await {
            // Something else under our name (a link to elsewhere) is never written through.
            Ok(meta) if !meta.is_file() => {
                tokio::fs::remove_file(&path)
                    .await
                    .map_err(|error| order.disk(&error, None))?;
                None
            }
            Ok(meta) => Some(meta.len()),
            Err(_) => None,
        };
        let known = take.etag.is_some()
            && take.part_name.as_deref() == Some(name.as_str())
            && take.folder.as_deref() == Some(folder.as_str())
            && there.is_some_and(|length| length >= take.bytes_durable);
        Ok(Self {
            path,
            name,
            folder,
            durable: if known { take.bytes_durable } else { 0 },
        })
    }

    /// Writes a body to the part and returns the part's whole length.
    async fn receive(&self, order: &Order<'_>, take: &Take, body: Body) -> Result<u64, Stop> {
        let Body {
            mut response,
            start,
            total,
            etag,
        } = body;
        if let Some(total) = total {
            if total > LARGEST {
                return Err(Stop::Never(SavingProblem::TooLarge { bytes: total }));
            }
            folder::room(order.folder, total.saturating_sub(start))
                .await
                .map_err(Stop::Never)?;
        }
        if start == 0 {
            self.remove_other(take).await;
            let (id, folder, name) = (take.id.clone(), self.folder.clone(), self.name.clone());
            order
                .core
                .library
                .write(move |tx| takes::begin_part(tx, &id, (&folder, &name), etag.as_deref(), total))
                .await?;
        }
        let mut file = self.open(start).await.map_err(|error| order.disk(&error, total))?;
        let mut bytes = start;
        let result = self
            .stream(order, take, &mut response, &mut file, &mut bytes, total)
            .await;
        // What came is kept for a resume, whatever ended it; a body that is no video is not.
        match &result {
            Ok(()) | Err(Stop::Later(..) | Stop::Closing) if bytes > 0 => {
                file.sync_data().await.map_err(|error| order.disk(&error, total))?;
                self.durable(order, take, bytes).await?;
            }
            _ => {}
        }
        result.map(|()| bytes)
    }

    async fn stream(
        &self,
        order: &Order<'_>,
        take: &Take,
        response: &mut Response,
        file: &mut File,
        bytes: &mut u64,
        total: Option<u64>,
    ) -> Result<(), Stop> {
        let mut head = Vec::with_capacity(16);
        let (mut synced, mut told_at) = (*bytes, 0);
        let mut minute = (Instant::now(), *bytes);
        order.progress(&mut told_at, *bytes, total);
        loop {
            let chunk = tokio::select! {
                chunk = response.chunk() => chunk.map_err(fetch::network)?,
                () = order.core.closing.cancelled() => return Err(Stop::Closing),
            };
            let Some(chunk) = chunk else { break };
            if *bytes < 12 {
                head.extend(chunk.iter().take(200));
                if head.len() >= 12 && &head[4..8] != b"ftyp" {
                    *bytes = 0;
                    return Err(Stop::LinkDead(SavingProblem::NotAVideo { found: glimpse(&head) }));
                }
            }
            file.write_all(&chunk)
                .await
                .map_err(|error| order.disk(&error, total.map(|all| all - *bytes)))?;
            *bytes += u64::try_from(chunk.len()).unwrap_or(0);
            if *bytes > LARGEST {
                return Err(Stop::Never(SavingProblem::TooLarge { bytes: *bytes }));
            }
            if *bytes - synced >= SYNC_EVERY {
                file.sync_data().await.map_err(|error| order.disk(&error, total))?;
                self.durable(order, take, *bytes).await?;
                synced = *bytes;
            }
            if minute.0.elapsed() >= MINUTE {
                if *bytes - minute.1 < SLOWEST * MINUTE.as_secs() {
                    return Err(Stop::Later(
                        SavingProblem::Network {
                            detail: "too slow".into(),
                        },
                        None,
                    ));
                }
                minute = (Instant::now(), *bytes);
            }
            order.progress(&mut told_at, *bytes, total);
        }
        file.flush().await.map_err(|error| order.disk(&error, total))
    }

    /// The part of an earlier try in another folder: nothing is left behind where nobody looks any more.
    async fn remove_other(&self, take: &Take) {
        let Some(other) = take.folder.as_ref().zip(take.part_name.as_ref()) else {
            return;
        };
        let other = Path::new(other.0).join(other.1);
        let plain = tokio::fs::symlink_metadata(&other)
            .await
            .is_ok_and(|meta| meta.is_file());
        if other != self.path && plain {
            let _ = tokio::fs::remove_file(&other).await;
        }
    }

    async fn open(&self, start: u64) -> std::io::Result<File> {
        let mut options = File::options();
        options.write(true).create(true).truncate(start == 0);
        let mut file = options.open(&self.path).await?;
        file.set_len(start).await?;
        file.seek(SeekFrom::Start(start)).await?;
        Ok(file)
    }

    async fn durable(&self, order: &Order<'_>, take: &Take, bytes: u64) -> Result<(), Stop> {
        let id = take.id.clone();
        Ok(order
            .core
            .library
            .write(move |tx| takes::set_durable(tx, &id, bytes))
            .await?)
    }

    /// Verifies the part and gives it its name.
    async fn finish(&self, order: &Order<'_>, take: &Take, size: u64) -> Result<(), Stop> {
        let path = self.path.clone();
        let checked = blocking(move || {
            // Windows flushes only what was opened for writing.
            let file = std::fs::File::options().read(true).write(true).open(&path)?;
            file.sync_all()?;
            let clip = mp4::check(&mut std::io::BufReader::new(&file), size);
            Ok((clip, hash(&path)?))
        })
        .await;
        let (clip, sha256) = checked.map_err(|error| order.disk(&error, None))?;
        let clip = match clip {
            Ok(clip) => clip,
            Err(broken) => {
                // Nothing of a broken file is worth resuming.
                let _ = tokio::fs::remove_file(&self.path).await;
                self.durable(order, take, 0).await?;
                let problem = SavingProblem::Broken {
                    en: broken.say(Lang::En),
                    zh: broken.say(Lang::Zh),
                };
                return Err(Stop::Later(problem, None));
            }
        };
        let first = names::clip_name(order.number);
        for n in 1..10_000 {
            let name = if n == 1 { first.clone() } else { names::taken(&first, n) };
            let (id, planned, hash, length) = (take.id.clone(), name.clone(), sha256.clone(), clip.duration_ms);
            order
                .core
                .library
                .write(move |tx| takes::plan_name(tx, &id, &planned, size, &hash, length))
                .await?;
            let (part, target, folder) = (self.path.clone(), order.folder.join(&name), order.folder.to_owned());
            let renamed = blocking(move || {
                place::rename(&part, &target)?;
                place::sync_folder(&folder)
            });
            match renamed.await {
                Ok(()) => return Ok(order.saved(take).await?),
                Err(error) if error.kind() == std::io::ErrorKind::AlreadyExists => {}
                Err(error) => return Err(order.disk(&error, None)),
            }
        }
        Err(Stop::Never(SavingProblem::Disk {
            detail: format!("{first}: no free name"),
        }))
    }
}

impl Order<'_> {
    fn disk(&self, error: &std::io::Error, missing: Option<u64>) -> Stop {
        Stop::Never(folder::problem(error, self.folder, missing))
    }
}

/// Whether a file is there with this length and hash.
pub(super) async fn same_file(path: PathBuf, size: u64, sha256: String) -> bool {
    blocking(move || {
        let meta = std::fs::symlink_metadata(&path)?;
        Ok(meta.is_file() && meta.len() == size && hash(&path)? == sha256)
    })
    .await
    .unwrap_or(false)
}

fn hash(path: &Path) -> std::io::Result<String> {
    let mut file = std::fs::File::open(path)?;
    let mut hasher = Sha256::new();
    std::io::copy(&mut file, &mut HashWriter(&mut hasher))?;
    Ok(hex(&hasher.finalize()))
}

struct HashWriter<'a>(&'a mut Sha256);

impl std::io::Write for HashWriter<'_> {
    fn write(&mut self, bytes: &[u8]) -> std::io::Result<usize> {
        self.0.update(bytes);
        Ok(bytes.len())
    }

    fn flush(&mut self) -> std::io::Result<()> {
        Ok(())
    }
}

async fn blocking<T: Send + 'static>(work: impl FnOnce() -> std::io::Result<T> + Send + 'static) -> std::io::Result<T> {
    tokio::task::spawn_blocking(work)
        .await
        .unwrap_or_else(|_| Err(std::io::Error::other("the app is closing")))
}

/// The first characters of a body, printable, for a person.
pub(super) fn glimpse(bytes: &[u8]) -> String {
    let text: String = String::from_utf8_lossy(&bytes[..bytes.len().min(200)])
        .chars()
        .map(|c| if c.is_control() { ' ' } else { c })
        .collect();
    text.split_whitespace()
        .collect::<Vec<_>>()
        .join(" ")
        .chars()
        .take(120)
        .collect()
}
