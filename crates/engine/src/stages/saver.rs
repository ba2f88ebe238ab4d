//! The saver: brings what was bought and generated to the disk, a few files at a time.
//!
//! A failed download is never a failed generation: what cannot be saved stays bought, says why, and can be saved again
//! as often as one likes.

use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;

use serde_json::json;

use super::{Busy, BusyMark, nap, stumble};
use crate::engine::core::{Core, locked};
use crate::error::{Error, Result};
use crate::library::{TaskRow, attempts, batches, due, step, takes, tasks};
use crate::save::{Order, Stop};
use crate::task::{State, Step};
use crate::trouble::{SavingProblem, Trouble};

/// Waits between tries, in ms: about a minute in all, then the card says why and the user decides.
const WAITS: [i64; 7] = [1_000, 2_000, 4_000, 8_000, 15_000, 15_000, 15_000];

pub(crate) async fn run(core: Arc<Core>) {
    let busy = Busy::default();
    // One more holder than files at work; a clone is given back however the work ends.
    let at_work = Arc::new(());
    loop {
        let at = core.moment();
        let states = [State::Saving];
        let found = core
            .library
            .read(move |db| Ok((due::due(db, &states, at, 50)?, due::next_due(db, &states, at.now)?)))
            .await;
        let (rows, next_due) = match found {
            Ok(found) => found,
            Err(_) if core.closing.is_cancelled() => return,
            Err(error) => {
                stumble(&core, "saver", &error).await;
                continue;
            }
        };
        let most = usize::try_from(core.preferences().downloads.clamp(1, 10)).unwrap_or(3);
        for row in rows {
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
    let outcome = try_save(core, &row).await;
    locked(&core.saving).remove(&id);
    let kept = match outcome {
        Ok(()) => done(core, &id).await,
        Err(Stop::Closing) => Ok(()),
        Err(Stop::Later(problem, asked)) => again(core, &row, problem, asked).await,
        Err(Stop::LinkDead(problem) | Stop::Never(problem)) => failed(core, &id, problem).await,
        Err(Stop::Library(error)) => Err(error),
    };
    match kept {
        Ok(()) | Err(Error::Changed | Error::Illegal(_) | Error::NotFound(_) | Error::Closing) => {}
        Err(error) => {
            tracing::error!(task = %id, %error, "a saved file could not be noted; trying again");
            tokio::time::sleep(Duration::from_secs(1)).await;
        }
    }
    core.told(&id);
}

async fn try_save(core: &Arc<Core>, row: &TaskRow) -> Result<(), Stop> {
    let (id, batch) = (row.id.clone(), row.batch_id.clone());
    let (attempt, takes, folder) = core
        .library
        .read(move |db| {
            let attempt = attempts::current(db, &id)?.ok_or_else(|| Error::NotFound("attempt".to_owned()))?;
            let takes = takes::of_attempt(db, &attempt.id)?;
            Ok((attempt, takes, batches::get(db, &batch)?.folder))
        })
        .await?;
    let folder = folder.map(PathBuf::from).ok_or(Stop::Never(SavingProblem::NoFolder))?;
    let order = Order {
        core,
        task_id: &row.id,
        number: &row.number,
        attempt: &attempt,
        folder: &folder,
    };
    for take in takes.iter().filter(|take| take.saved_at.is_none()) {
        order.save(take).await?;
    }
    Ok(())
}

async fn done(core: &Arc<Core>, id: &str) -> Result<()> {
    let (task, now) = (id.to_owned(), core.now());
    core.write_surely(move |tx| {
        let file = takes::of_task(tx, &task)?.and_then(|take| take.file_name);
        step::step_from(tx, &task, State::Saving, Step::Saved, now, &json!({ "file": file }))?;
        Ok(())
    })
    .await?;
    core.changes.tell(crate::change::Change::Queue);
    Ok(())
}

async fn again(core: &Arc<Core>, row: &TaskRow, problem: SavingProblem, asked: Option<i64>) -> Result<()> {
    let Some(wait) = usize::try_from(row.tries).ok().and_then(|tries| WAITS.get(tries)) else {
        return failed(core, &row.id, problem).await;
    };
    tracing::warn!(task = %row.number, ?problem, "not saved; trying again");
    let (id, due) = (row.id.clone(), core.now() + (*wait).max(asked.unwrap_or(0)));
    core.library
        .write(move |tx| {
            tx.execute("UPDATE task SET tries = tries + 1 WHERE id = ?1", [&id])?;
            tasks::set_due(tx, &id, due)
        })
        .await
}

async fn failed(core: &Arc<Core>, id: &str, problem: SavingProblem) -> Result<()> {
    let (id, now) = (id.to_owned(), core.now());
    core.library
        .write(move |tx| {
            step::step_from(tx, &id, State::Saving, Step::SavingFailed, now, &json!({}))?;
            tasks::set_trouble(tx, &id, &Trouble::Saving { problem })
        })
        .await
}
