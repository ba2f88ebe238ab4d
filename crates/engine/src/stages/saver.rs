//! The saver: brings what was bought and generated to the disk, a few files at a time.
//!
//! A failed download is never a failed generation: what cannot be saved stays bought, says why, and can be saved again
//! as often as one likes. Where the reason is one that passes (a full disk, a drive that is not there, a network that
//! is away) the saver goes on by itself: see `waiting`.

use std::path::PathBuf;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use serde_json::json;

use super::waiting;
use super::{Busy, BusyMark, nap, stumble};
use crate::engine::core::{Core, locked};
use crate::error::{Error, Result};
use crate::library::{TaskRow, attempts, batches, due, sheets, step, takes, tasks};
use crate::save::{Order, Stop, folder};
use crate::task::{State, Step};
use crate::trouble::{SavingProblem, Trouble};

/// Waits between tries, in ms: about a minute in all, then the card says why.
pub(super) const WAITS: [i64; 7] = [1_000, 2_000, 4_000, 8_000, 15_000, 15_000, 15_000];
/// The same where nobody was reached; the last one again and again, for half an hour in all.
const AWAY: [i64; 6] = [1_000, 2_000, 4_000, 8_000, 15_000, 60_000];
const AWAY_TRIES: usize = 35;
/// How long a library that cannot be written is left alone.
const STUMBLE: Duration = Duration::from_secs(5);

pub(crate) async fn run(core: Arc<Core>) {
    let busy = Busy::default();
    // One more holder than files at work; a clone is given back however the work ends.
    let at_work = Arc::new(());
    loop {
        // Before anything is taken up again: what was stopped by the closing is due, too.
        if core.closing.is_cancelled() {
            return;
        }
        let at = core.moment();
        // Known before the library is read: one that is being put off meanwhile would be read as it stood before, and
        // would not wait.
        let taken = busy.all();
        let found = core
            .library
            .read(move |db| {
                Ok((
                    due::due(db, &[State::Saving], at, 50)?,
                    due::waiting(db, at, 500)?,
                    due::next_due(db, &[State::Saving, State::SaveFailed], at.now)?,
                ))
            })
            .await;
        let (rows, waiting, next_due) = match found {
            Ok(found) => found,
            Err(_) if core.closing.is_cancelled() => return,
            Err(error) => {
                stumble(&core, "saver", &error).await;
                continue;
            }
        };
        waiting::look(&core, &busy, &taken, waiting);
        let most = usize::try_from(core.preferences().downloads.clamp(1, 10)).unwrap_or(3);
        for row in rows.into_iter().filter(|row| !taken.contains(&row.id)) {
            if Arc::strong_count(&at_work) > most {
                break;
            }
            let Some(mark) = busy.take(&row.id) else { continue };
            let (core, at_work) = (Arc::clone(&core), Arc::clone(&at_work));
            core.work.clone().spawn(async move {
                save(&core, row, mark).await;
                drop(at_work);
                core.wake_saver.notify_one();
            });
        }
        if !nap(&core, &core.wake_saver, next_due).await {
            return;
        }
    }
}

async fn save(core: &Arc<Core>, row: TaskRow, _mark: BusyMark) {
    let id = row.id.clone();
    let (outcome, gained) = try_save(core, &row).await;
    locked(&core.saving).remove(&id);
    let tries = if gained { 0 } else { row.tries };
    if !matches!(outcome, Err(Stop::Away(_))) {
        locked(&core.away).remove(&id);
    }
    let kept = match outcome {
        Ok(()) => done(core, &id).await,
        Err(Stop::Closing) => Ok(()),
        Err(Stop::Later(problem, asked)) => match usize::try_from(tries).ok().and_then(|tries| WAITS.get(tries)) {
            Some(wait) => again(core, &row, problem, jittered(*wait).max(asked.unwrap_or(0)), tries + 1).await,
            None => failed(core, &id, problem).await,
        },
        Err(Stop::Away(problem)) => {
            let nth = {
                let mut away = locked(&core.away);
                let nth = away.entry(id.clone()).or_default();
                *nth += 1;
                *nth
            };
            if nth > AWAY_TRIES {
                locked(&core.away).remove(&id);
                failed(core, &id, problem).await
            } else {
                let wait = AWAY[(nth - 1).min(AWAY.len() - 1)];
                again(core, &row, problem, jittered(wait), tries).await
            }
        }
        Err(Stop::LinkDead(problem) | Stop::Never(problem) | Stop::Folder(problem)) => failed(core, &id, problem).await,
        Err(Stop::Library(error)) => Err(error),
    };
    match kept {
        Ok(()) | Err(Error::Changed | Error::Illegal(_) | Error::NotFound(_) | Error::Closing) => {}
        Err(error) => {
            tracing::error!(task = %id, %error, "a saved file could not be noted; trying again");
            tokio::select! {
                () = tokio::time::sleep(STUMBLE) => {}
                () = core.closing.cancelled() => {}
            }
        }
    }
    core.told(&id);
}

/// Tries once; also whether a resume came a good way further.
async fn try_save(core: &Arc<Core>, row: &TaskRow) -> (Result<(), Stop>, bool) {
    let (id, batch) = (row.id.clone(), row.batch_id.clone());
    let read = core.library.read(move |db| {
        let attempt = attempts::current(db, &id)?.ok_or_else(|| Error::NotFound("attempt".to_owned()))?;
        let takes = takes::of_attempt(db, &attempt.id)?;
        Ok((
            attempt,
            takes,
            batches::get(db, &batch)?.folder,
            sheets::place(db, &id)?,
        ))
    });
    let (attempt, takes, folder, place) = match read.await {
        Ok(read) => read,
        Err(error) => return (Err(error.into()), false),
    };
    let Some(folder) = folder.map(PathBuf::from) else {
        return (Err(Stop::Never(SavingProblem::NoFolder)), false);
    };
    if let Some(problem) = core.closed.why(&folder) {
        return (Err(Stop::Folder(problem)), false);
    }
    let below = folder::below(&folder, place.folder.as_deref());
    let order = Order {
        core,
        task_id: &row.id,
        number: &row.number,
        name: place.name.as_deref().unwrap_or(&row.number),
        attempt: &attempt,
        base: &folder,
        folder: &below,
        gained: AtomicBool::new(false),
    };
    let mut outcome = Ok(());
    for take in takes.iter().filter(|take| take.saved_at.is_none()) {
        outcome = order.save(take).await;
        if outcome.is_err() {
            break;
        }
    }
    if let Err(Stop::Folder(problem)) = &outcome {
        core.closed.close(&folder, problem);
    }
    (outcome, order.gained.load(Ordering::Relaxed))
}

async fn done(core: &Arc<Core>, id: &str) -> Result<()> {
    let (task, now) = (id.to_owned(), core.now());
    core.write_surely(move |tx| {
        let file = takes::of_task(tx, &task)?.and_then(|take| take.file_name);
        step::step_from(tx, &task, State::Saving, Step::Saved, now, &json!({ "file": file }))?;
        Ok(())
    })
    .await?;
    crash_point!("save::done_noted");
    core.changes.tell(crate::change::Change::Queue);
    Ok(())
}

/// Waits and tries again; the card tells why meanwhile.
async fn again(core: &Arc<Core>, row: &TaskRow, problem: SavingProblem, wait: i64, tries: u32) -> Result<()> {
    tracing::warn!(task = %row.number, ?problem, wait, "not saved; trying again");
    let (id, due) = (row.id.clone(), core.now() + wait);
    core.library
        .write(move |tx| {
            if step::state(tx, &id)? != State::Saving {
                return Err(Error::Changed);
            }
            tx.execute("UPDATE task SET tries = ?2 WHERE id = ?1", rusqlite::params![id, tries])?;
            tasks::set_trouble(tx, &id, &Trouble::Saving { problem })?;
            tasks::set_due(tx, &id, due)
        })
        .await
}

/// The card says why; where the reason is one that passes, it is looked at again by itself.
async fn failed(core: &Arc<Core>, id: &str, problem: SavingProblem) -> Result<()> {
    let (id, now) = (id.to_owned(), core.now());
    core.library
        .write(move |tx| {
            let detail = json!({ "problem": problem.clone() });
            step::step_from(tx, &id, State::Saving, Step::SavingFailed, now, &detail)?;
            if let Some(wait) = waiting::first_wait(&problem) {
                tasks::set_due(tx, &id, now + wait)?;
            }
            tasks::set_trouble(tx, &id, &Trouble::Saving { problem })
        })
        .await
}

/// Half of the wait to all of it, so that what broke together does not come back together.
fn jittered(wait: i64) -> i64 {
    rand::random_range(wait / 2..=wait)
}
