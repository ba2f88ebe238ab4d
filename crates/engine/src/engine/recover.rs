//! What a restart has to put right. There is little: the library is the truth, and the stages pick up from it.

use rusqlite::Connection;
use serde_json::json;

use super::core::Core;
use crate::clock::{millis, until};
use crate::error::Result;
use crate::library::{Outcome, attempts, doubt, due, fences, finishes, step, tasks};
use crate::limit::{GENERATIONS, STATUS_QUERIES};
use crate::task::{State, Step};
use crate::trouble::Trouble;

pub(super) async fn after_restart(core: &Core) -> Result<()> {
    let now = core.now();
    let window = millis(GENERATIONS.1);
    let (sent, fence, finished) = core
        .library
        .write(move |tx| {
            for id in due::in_state(tx, State::Submitting)? {
                lose(tx, &id, now)?;
            }
            for id in due::in_state(tx, State::Preparing)? {
                put_back(tx, &id, now)?;
            }
            // What was to be submitted again and was not: the doubt is the user's again, not a row of a list.
            for id in due::queued_again(tx)? {
                if doubt::may_be_bought(tx, &id)? {
                    doubt::step_or_doubt(tx, &id, Step::Unqueue, now, &json!({}))?;
                }
            }
            Ok((
                attempts::sent_since(tx, now - window)?,
                fences::kept(tx, now)?,
                finishes::all(tx)?,
            ))
        })
        .await?;
    crash_point!("recover::committed");
    // The service's window does not begin anew because the app did.
    core.generations
        .remember(sent.into_iter().map(|at| until(now, at)), fence);
    core.timing.remember(finished);
    // Nobody wrote down when the last run asked; its last second is over after one window.
    core.status_queries.hold(STATUS_QUERIES.1);
    Ok(())
}

/// The same for tasks that nobody carries any more though the app goes on: a stage that failed on the library must not
/// leave one hanging until the next start.
pub(crate) async fn dropped(core: &Core) -> Result<()> {
    let carried = core.carried.clone();
    let found = core
        .library
        .read(move |db| {
            let free = |ids: Vec<String>| ids.into_iter().filter(|id| !carried.has(id)).collect::<Vec<_>>();
            Ok((
                free(due::in_state(db, State::Submitting)?),
                free(due::in_state(db, State::Preparing)?),
            ))
        })
        .await?;
    let (submitting, preparing) = found;
    if submitting.is_empty() && preparing.is_empty() {
        return Ok(());
    }
    let (now, carried) = (core.now(), core.carried.clone());
    let told: Vec<String> = submitting.iter().chain(&preparing).cloned().collect();
    core.library
        .write(move |tx| {
            // Looked at again under the writer's lock: only the queue takes up tasks, and it is here.
            let free = |id: &&String, state| !carried.has(id) && step::state(tx, id).ok() == Some(state);
            for id in submitting.iter().filter(|id| free(id, State::Submitting)) {
                lose(tx, id, now)?;
            }
            for id in preparing.iter().filter(|id| free(id, State::Preparing)) {
                put_back(tx, id, now)?;
            }
            Ok(())
        })
        .await?;
    told.iter().for_each(|id| core.told(id));
    Ok(())
}

/// The app ended, or a stage failed, between the request and its answer. Nobody knows; never sent again by itself.
fn lose(tx: &Connection, id: &str, now: i64) -> Result<()> {
    let attempt = attempts::current(tx, id)?;
    let (sent_at, before) = attempt.as_ref().map_or((now, None), |a| (a.sent_at, a.balance_before));
    if let Some(attempt) = attempt {
        attempts::answer(tx, &attempt.id, Outcome::Unknown, None, "no answer was noted", now)?;
    }
    step::step_from(
        tx,
        id,
        State::Submitting,
        Step::LoseReply,
        now,
        &json!({ "answer": "no answer was noted" }),
    )?;
    tasks::set_trouble(
        tx,
        id,
        &Trouble::Interrupted {
            sent_at,
            before,
            after: None,
            verdict: None,
        },
    )?;
    crash_point!("recover::loss_written");
    Ok(())
}

fn put_back(tx: &Connection, id: &str, now: i64) -> Result<()> {
    step::step_from(tx, id, State::Preparing, Step::PutBack, now, &json!({})).map(drop)
}
