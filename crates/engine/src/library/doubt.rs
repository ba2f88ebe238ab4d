//! Attempts whose outcome nobody knows, and how they are kept from being forgotten.
//!
//! A task that the user submits again still has its first attempt, perhaps paid for. Whatever ends the second try
//! without a purchase (taken back, refused, a restart) brings the doubt about the first one back to the board.

use rusqlite::{Connection, params};
use serde_json::Value;

use super::step::{Stepped, state, step};
use super::{attempts, tasks};
use crate::error::Result;
use crate::task::Step;
use crate::trouble::Trouble;

/// Takes `taken`, which leads away from buying; where an earlier attempt is in doubt, back to that doubt instead.
pub(crate) fn step_or_doubt(tx: &Connection, id: &str, taken: Step, now: i64, detail: &Value) -> Result<Stepped> {
    // Refused here where it would be refused without a doubt.
    state(tx, id)?.after(taken)?;
    let in_doubt = attempts::of_task(tx, id)?
        .into_iter()
        .rfind(|attempt| attempt.outcome == "unknown");
    let Some(attempt) = in_doubt else {
        return step(tx, id, taken, now, detail);
    };
    let stepped = step(tx, id, Step::Doubt, now, detail)?;
    tx.execute(
        "UPDATE task SET attempt_id = ?2, session = NULL WHERE id = ?1",
        [id, attempt.id.as_str()],
    )?;
    let doubt = Trouble::LostReply {
        detail: String::new(),
        service: String::new(),
        before: attempt.balance_before,
        after: attempt.balance_after,
        verdict: attempt.verdict,
    };
    tasks::set_trouble(tx, id, &doubt)?;
    Ok(stepped)
}

/// Whether any attempt of a task was accepted, or nobody knows; one that came to nothing does not count.
pub(crate) fn may_be_bought(tx: &Connection, id: &str) -> Result<bool> {
    Ok(tx.query_row(
        "SELECT EXISTS (SELECT 1 FROM attempt
           WHERE task_id = ?1 AND outcome IN ('sent', 'accepted', 'unknown', 'attached'))",
        [id],
        |row| row.get(0),
    )?)
}

/// Notes that the accepted attempt of a task came to nothing, and how.
pub(crate) fn came_to_nothing(tx: &Connection, id: &str, outcome: attempts::Outcome, now: i64) -> Result<()> {
    tx.execute(
        "UPDATE attempt SET outcome = ?2, ended_at = ?3 WHERE id = (SELECT attempt_id FROM task WHERE id = ?1)",
        params![id, outcome.as_str(), now],
    )?;
    Ok(())
}

/// Notes that it may come to something after all: it is watched again.
pub(crate) fn counts_again(tx: &Connection, id: &str) -> Result<()> {
    tx.execute(
        "UPDATE attempt SET outcome = 'accepted'
         WHERE id = (SELECT attempt_id FROM task WHERE id = ?1) AND outcome IN ('notMade', 'forgotten')",
        [id],
    )?;
    Ok(())
}
