//! One file from a link to the user's folder.
//!
//! A name ending `.mp4` in that folder is complete and verified: bytes go to a `.part` beside it, are counted, synced
//! and walked as an MP4, and only then renamed, never over anything. The key is never sent to a media host. This module
//! knows takes and folders; when to try, and how often, is the saver's business (`stages::saver`).

mod address;
mod fetch;
mod folder;
mod media;
mod part;
mod place;

use std::path::Path;
use std::sync::Arc;

use crate::clock::millis;
use crate::engine::core::Core;
use crate::error::{Error, Result};
use crate::library::{Attempt, Take, takes};
use crate::stages::watcher;
use crate::trouble::SavingProblem;

pub use media::Media;

/// Why a file is not on the disk yet.
#[derive(Debug)]
pub(crate) enum Stop {
    /// It may work later; the least wait in ms, where the host named one.
    Later(SavingProblem, Option<i64>),
    /// The link is dead: a fresh one may work.
    LinkDead(SavingProblem),
    /// It will not work until the user does something.
    Never(SavingProblem),
    /// The library.
    Library(Error),
    /// The app is closing.
    Closing,
}

impl From<Error> for Stop {
    fn from(error: Error) -> Self {
        Self::Library(error)
    }
}

/// What is saved, and for whom.
pub(crate) struct Order<'a> {
    pub(crate) core: &'a Arc<Core>,
    pub(crate) task_id: &'a str,
    pub(crate) number: &'a str,
    pub(crate) attempt: &'a Attempt,
    pub(crate) folder: &'a Path,
}

impl Order<'_> {
    /// Brings one take to the folder. A dead link is renewed twice: by the service's fresh link for the old one, then
    /// by the task's record.
    pub(crate) async fn save(&self, take: &Take) -> Result<(), Stop> {
        folder::ready(self.folder).await.map_err(Stop::Never)?;
        if self.healed(take).await? {
            return Ok(());
        }
        let mut url = take.remote_url.clone();
        let mut renewals = 0;
        loop {
            let dead = match part::fetch(self, take, &url).await {
                Err(Stop::LinkDead(problem)) => problem,
                other => return other,
            };
            url = loop {
                renewals += 1;
                let fresh = match renewals {
                    1 => match url::Url::parse(&take.remote_url) {
                        Ok(old) => watcher::renewed_link(self.core, self.attempt, &old)
                            .await
                            .map(String::from),
                        Err(_) => None,
                    },
                    2 => self.link_of_record(take).await?,
                    _ => return Err(Stop::Later(dead, None)),
                };
                if let Some(fresh) = fresh {
                    break fresh;
                }
            };
            tracing::info!(task = %self.number, "the link was dead; trying a fresh one");
        }
    }

    async fn link_of_record(&self, take: &Take) -> Result<Option<String>> {
        let Some(links) = watcher::fresh_links(self.core, self.attempt).await else {
            return Ok(None);
        };
        let place = usize::try_from(take.ordinal).unwrap_or(usize::MAX);
        let fresh = links.get(place).cloned();
        if fresh.is_some() {
            let (attempt, now) = (self.attempt.id.clone(), self.core.now());
            self.core
                .library
                .write(move |tx| takes::put_links(tx, &attempt, &links, now))
                .await?;
        }
        Ok(fresh)
    }

    /// A crash between the rename and its commit: the file with the planned name, length and hash is there already.
    async fn healed(&self, take: &Take) -> Result<bool, Stop> {
        let (Some(name), Some(size), Some(sha256)) = (&take.file_name, take.size, &take.sha256) else {
            return Ok(false);
        };
        let Some(folder) = &take.folder else { return Ok(false) };
        let path = Path::new(folder).join(name);
        if !part::same_file(path, size, sha256.clone()).await {
            return Ok(false);
        }
        self.saved(take).await?;
        Ok(true)
    }

    pub(crate) async fn saved(&self, take: &Take) -> Result<()> {
        let (id, now) = (take.id.clone(), self.core.now());
        self.core.write_surely(move |tx| takes::set_saved(tx, &id, now)).await
    }

    /// Tells how far the file has come, at most every `EVERY_MS`.
    pub(crate) fn progress(&self, told_at: &mut i64, done: u64, total: Option<u64>) {
        const EVERY_MS: i64 = 250;
        let now = self.core.now();
        crate::engine::core::locked(&self.core.saving).insert(self.task_id.to_owned(), (done, total));
        if now - *told_at >= EVERY_MS {
            *told_at = now;
            self.core
                .changes
                .tell(crate::change::Change::Task(self.task_id.to_owned()));
        }
    }
}

/// A host's wish to wait, capped at five minutes.
pub(crate) fn asked_wait(wait: Option<std::time::Duration>) -> Option<i64> {
    wait.map(|wait| millis(wait).min(300_000))
}
