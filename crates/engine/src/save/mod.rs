//! One file from a link to the user's folder.
//!
//! A name ending `.mp4` in that folder is complete and verified: bytes go to a `.part` beside it, are counted, synced
//! and walked as an MP4, and only then renamed, never over anything. The key is never sent to a media host. This module
//! knows takes and folders; when to try, and how often, is the saver's business (`stages::saver`).

mod address;
mod fetch;
mod finish;
pub(crate) mod folder;
mod media;
mod part;
pub(crate) mod place;
mod receive;
mod remember;

use std::path::Path;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use tokio::time::{Duration, Instant};

use crate::clock::millis;
use crate::engine::core::{Core, locked};
use crate::error::{Error, Result};
use crate::library::{Attempt, Take, takes};
use crate::stages::watcher::{self, Renewal};
use crate::trouble::SavingProblem;

pub use media::{Found, LookUp, Media};
pub(crate) use part::{hash_of, is_file};

/// How long the service keeps what it made: the longest lifetime that is documented (ms).
pub(crate) const KEPT_MS: i64 = 14 * 24 * 3_600_000;
/// How long a link works: the shortest lifetime that is documented (ms).
pub(crate) const LINK_MS: i64 = 24 * 3_600_000;

/// Why a file is not on the disk yet.
#[derive(Debug)]
pub(crate) enum Stop {
    /// It may work later, and counts as a try; the least wait in ms, where the host named one.
    Later(SavingProblem, Option<i64>),
    /// Nobody was reached: not the host, or something in between that answers for everybody. Not the file's fault.
    Away(SavingProblem),
    /// The link is dead: a fresh one may work.
    LinkDead(SavingProblem),
    /// The folder cannot take it now, nor any other file.
    Folder(SavingProblem),
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
    /// What its file is called, without the ending.
    pub(crate) name: &'a str,
    pub(crate) attempt: &'a Attempt,
    /// The batch's folder.
    pub(crate) base: &'a Path,
    /// The one that the file goes to: the same, or one below it.
    pub(crate) folder: &'a Path,
    /// Set where a resume brought the part a good way further: such a try is none that came to nothing.
    pub(crate) gained: AtomicBool,
}

impl Order<'_> {
    /// Brings one take to the folder. A dead link is renewed twice: by the service's fresh link for the old one, then
    /// by the task's record. Then it is told; only where the service could not be asked, nothing is known yet.
    pub(crate) async fn save(&self, take: &Take) -> Result<(), Stop> {
        folder::ready(&self.core.library, self.base).await?;
        folder::make_below(self.base, self.folder).await?;
        if self.healed(take).await? {
            return Ok(());
        }
        let mut dead = match receive::fetch(self, take, &take.remote_url).await {
            Err(Stop::LinkDead(problem)) => problem,
            other => return other,
        };
        let mut answered = true;
        for by_record in [false, true] {
            let asked = async {
                if by_record {
                    Ok(self.link_of_record(take).await?)
                } else {
                    Ok(watcher::renewed_link(self.core, self.attempt, &take.remote_url).await)
                }
            };
            let renewal = self.unless_closing(asked).await?;
            match renewal {
                Renewal::Fresh(link) => {
                    tracing::info!(task = %self.number, "the link was dead; trying a fresh one");
                    match receive::fetch(self, take, &link).await {
                        Err(Stop::LinkDead(problem)) => dead = problem,
                        other => return other,
                    }
                }
                Renewal::Refused => {}
                Renewal::Unanswered => answered = false,
            }
        }
        Err(match dead {
            problem if !answered => Stop::Away(problem),
            SavingProblem::LinkExpired { .. } => Stop::LinkDead(SavingProblem::LinkExpired {
                until: Some(take.linked_at.saturating_add(KEPT_MS)),
            }),
            problem => Stop::LinkDead(problem),
        })
    }

    /// Waits for an answer, but not while the app closes.
    async fn unless_closing<T>(&self, answer: impl Future<Output = Result<T, Stop>>) -> Result<T, Stop> {
        tokio::select! {
            answer = answer => answer,
            () = self.core.closing.cancelled() => Err(Stop::Closing),
        }
    }

    async fn link_of_record(&self, take: &Take) -> Result<Renewal<String>> {
        let links = match watcher::fresh_links(self.core, self.attempt).await {
            Renewal::Fresh(links) => links,
            Renewal::Refused => return Ok(Renewal::Refused),
            Renewal::Unanswered => return Ok(Renewal::Unanswered),
        };
        let place = usize::try_from(take.ordinal).unwrap_or(usize::MAX);
        let Some(fresh) = links.get(place).cloned() else {
            return Ok(Renewal::Refused);
        };
        let (attempt, now) = (self.attempt.id.clone(), self.core.now());
        self.core
            .library
            .write(move |tx| takes::put_links(tx, &attempt, &links, now))
            .await?;
        Ok(Renewal::Fresh(fresh))
    }

    /// A crash between the rename and its commit: the file with the planned name, length and hash is there already.
    async fn healed(&self, take: &Take) -> Result<bool, Stop> {
        let (Some(name), Some(size), Some(sha256)) = (&take.file_name, take.size, &take.sha256) else {
            return Ok(false);
        };
        let Some(folder) = &take.folder else { return Ok(false) };
        let folder = Path::new(folder).to_owned();
        if !part::same_file(folder.join(name), size, sha256.clone()).await {
            return Ok(false);
        }
        let at = folder.clone();
        // The name may be there and not be durable yet.
        part::blocking(move || place::sync_folder(&folder))
            .await
            .map_err(|error| self.disk(&error, None))?;
        remember::beside(self, take, &at, name).await;
        self.saved(take).await?;
        Ok(true)
    }

    async fn saved(&self, take: &Take) -> Result<()> {
        let (id, now) = (take.id.clone(), self.core.now());
        self.core.write_surely(move |tx| takes::set_saved(tx, &id, now)).await?;
        crash_point!("save::saved_noted");
        Ok(())
    }

    /// Tells how far the file has come, at most every `EVERY`.
    fn progress(&self, told_at: &mut Option<Instant>, done: u64, total: Option<u64>) {
        const EVERY: Duration = Duration::from_millis(250);
        locked(&self.core.saving).insert(self.task_id.to_owned(), (done, total));
        // Not by the wall clock: one that is set back would silence it.
        if told_at.is_none_or(|at| at.elapsed() >= EVERY) {
            *told_at = Some(Instant::now());
            self.core
                .changes
                .tell(crate::change::Change::Task(self.task_id.to_owned()));
        }
    }

    /// An input/output error of the folder. `missing`: bytes that were still to be written.
    fn disk(&self, error: &std::io::Error, missing: Option<u64>) -> Stop {
        match folder::problem(error, self.folder, missing) {
            // Said of one file, and not of the folder.
            problem @ SavingProblem::Disk { .. } => Stop::Later(problem, None),
            problem => Stop::Folder(problem),
        }
    }

    fn gained(&self) {
        self.gained.store(true, Ordering::Relaxed);
    }
}

/// A host's wish to wait, capped at five minutes.
pub(crate) fn asked_wait(wait: Option<Duration>) -> Option<i64> {
    wait.map(|wait| millis(wait).min(300_000))
}
