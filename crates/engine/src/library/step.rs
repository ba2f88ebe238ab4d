//! The one place where a task changes its state: a compare-and-set, with an event beside it.

use rusqlite::{Connection, OptionalExtension, params};
use serde_json::Value;

use crate::error::{Error, Result};
use crate::task::{Lane, State, Step};

/// A step that was taken.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Stepped {
    /// Before.
    pub from: State,
    /// After.
    pub to: State,
}

/// Offset that puts cancelled cards below everything that waits.
const BELOW: i64 = 1 << 50;

/// Takes `step` from whatever state the task is in now.
///
/// # Errors
/// [`Error::Illegal`] where the state machine refuses it, [`Error::NotFound`], [`Error::UnknownState`].
pub(crate) fn step(tx: &Connection, id: &str, step: Step, now: i64, detail: &Value) -> Result<Stepped> {
    let from = state(tx, id)?;
    take(tx, id, from, step, now, detail)
}

/// Takes `step` only if the task is still in `from`.
///
/// # Errors
/// [`Error::Changed`] where it moved on, and as [`step`].
pub(crate) fn step_from(
    tx: &Connection,
    id: &str,
    from: State,
    step: Step,
    now: i64,
    detail: &Value,
) -> Result<Stepped> {
    if state(tx, id)? != from {
        return Err(Error::Changed);
    }
    take(tx, id, from, step, now, detail)
}

/// The state a task is in.
pub(crate) fn state(tx: &Connection, id: &str) -> Result<State> {
    let text: Option<String> = tx
        .query_row(
            "SELECT state FROM task WHERE id = ?1 AND deleted_at IS NULL",
            [id],
            |row| row.get(0),
        )
        .optional()?;
    let text = text.ok_or_else(|| Error::NotFound("task".to_owned()))?;
    Ok(State::from_stored(&text)?)
}

fn take(tx: &Connection, id: &str, from: State, step: Step, now: i64, detail: &Value) -> Result<Stepped> {
    let to = from.after(step)?;
    let finished = matches!(to.lane(), Lane::Done | Lane::NeedsYou) || to == State::Cancelled;
    // A fresh run of the card begins when it is asked for; what it shows of the last one is cleared then.
    let changed = tx.execute(
        "UPDATE task SET state = ?3, revision = revision + 1, updated_at = ?4, tries = 0, due_at = NULL,
           sort = CASE WHEN ?5 = 'ready' THEN turn + ?6 WHEN ?5 = 'running' THEN ?4 ELSE -?4 END,
           started_at = CASE WHEN ?7 IN ('prepare', 'accept', 'attach', 'watchAgain') THEN ?4
                             WHEN ?5 = 'ready' THEN NULL ELSE started_at END,
           finished_at = CASE WHEN ?8 THEN ?4 ELSE NULL END,
           trouble = CASE WHEN ?5 = 'needsYou' OR ?3 = 'cancelled' THEN trouble ELSE NULL END
         WHERE id = ?1 AND state = ?2",
        params![
            id,
            from.as_str(),
            to.as_str(),
            now,
            lane_text(to.lane()),
            if to == State::Cancelled { BELOW } else { 0 },
            step_text(step),
            finished,
        ],
    )?;
    if changed != 1 {
        return Err(Error::Changed);
    }
    record(tx, id, now, &step_text(step), detail)?;
    Ok(Stepped { from, to })
}

/// Adds a line to a task's history.
pub(crate) fn record(tx: &Connection, id: &str, now: i64, kind: &str, detail: &Value) -> Result<()> {
    tx.prepare_cached("INSERT INTO event (task_id, at, kind, detail) VALUES (?1, ?2, ?3, ?4)")?
        .execute(params![id, now, kind, detail.to_string()])?;
    Ok(())
}

/// Marks a row as changed where its state stays.
pub(crate) fn touch(tx: &Connection, id: &str, now: i64) -> Result<()> {
    tx.prepare_cached("UPDATE task SET revision = revision + 1, updated_at = ?2 WHERE id = ?1")?
        .execute(params![id, now])?;
    Ok(())
}

fn step_text(step: Step) -> String {
    serde_json::to_value(step)
        .ok()
        .and_then(|value| value.as_str().map(str::to_owned))
        .unwrap_or_default()
}

/// A lane as the generated column spells it.
pub(super) fn lane_text(lane: Lane) -> &'static str {
    match lane {
        Lane::Ready => "ready",
        Lane::Running => "running",
        Lane::Done => "done",
        Lane::NeedsYou => "needsYou",
    }
}
