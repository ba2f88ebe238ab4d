//! The first few of a start, and the rest that is held until the user has seen what came of them.
//!
//! Held is a mark beside the state, never a state: what is held is a draft, or stands in the queue of no run of the
//! app, and no stage takes up either. Only [`release`], on the user's word, ends it.

use rusqlite::{Connection, params};
use uuid::Uuid;

use crate::error::{Error, Result};
use crate::library::{step, tally};
use crate::task::State;
use crate::view::start::CanaryView;

/// Marks `first` as the first few of a start and holds `rest`.
///
/// # Errors
/// [`Error::Changed`] where one of the rest is neither a draft nor in the queue.
pub(crate) fn hold(tx: &Connection, first: &[String], rest: &[String]) -> Result<()> {
    let canary = Uuid::now_v7().to_string();
    let mut mark = tx.prepare_cached("UPDATE task SET canary = ?2, held = 0, revision = revision + 1 WHERE id = ?1")?;
    for id in first {
        mark.execute(params![id, canary])?;
    }
    let mut hold = tx.prepare_cached(
        "UPDATE task SET canary = ?2, held = 1, session = NULL, revision = revision + 1 WHERE id = ?1",
    )?;
    for id in rest {
        if !matches!(step::state(tx, id)?, State::Draft | State::Queued) {
            return Err(Error::Changed);
        }
        hold.execute(params![id, canary])?;
    }
    Ok(())
}

/// Asked for by the user: held no longer. One that was held leaves its start, or it would count among the first few.
pub(crate) fn release(tx: &Connection, id: &str) -> Result<()> {
    tx.prepare_cached("UPDATE task SET held = 0, canary = NULL WHERE id = ?1 AND held = 1")?
        .execute([id])?;
    Ok(())
}

/// What can be started of the rest of a start, in the order of its lists.
pub(crate) fn rest(tx: &Connection, canary: &str) -> Result<Vec<String>> {
    let mut query = tx.prepare_cached(
        "SELECT id FROM task WHERE canary = ?1 AND held = 1 AND deleted_at IS NULL AND trouble IS NULL
           AND state IN ('draft', 'queued') ORDER BY turn, id",
    )?;
    let rows = query.query_map([canary], |row| row.get(0))?;
    Ok(rows.collect::<Result<_, _>>()?)
}

/// Every start whose rest is held, oldest first. One of its first few that waits for a Start of its own is not at work.
pub(crate) fn views(tx: &Connection, session: &str) -> Result<Vec<CanaryView>> {
    let mut query = tx.prepare_cached(
        "SELECT COUNT(*), COUNT(*) FILTER (WHERE state = 'done'),
           COUNT(*) FILTER (WHERE state IN ('preparing', 'submitting', 'generating', 'saving')
             OR (state = 'queued' AND session = ?2))
         FROM task WHERE canary = ?1 AND held = 0 AND deleted_at IS NULL",
    )?;
    let mut views = Vec::new();
    // What is held may be many and is counted already; the first of them are few.
    for (id, held) in tally::held(tx)? {
        let (first, worked, running): (i64, i64, i64) = query.query_row([id.as_str(), session], |row| {
            Ok((row.get(0)?, row.get(1)?, row.get(2)?))
        })?;
        let count = |n| u64::try_from(n).unwrap_or(0);
        views.push(CanaryView {
            id,
            first: count(first),
            worked: count(worked),
            running: count(running),
            held: held.cards,
            credits: held.credits,
        });
    }
    Ok(views)
}
