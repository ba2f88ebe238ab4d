//! A task's history, as it was written.

use rusqlite::{Connection, params};
use serde_json::Value;

use crate::error::Result;

/// One line of a task's history.
#[derive(Clone, Debug)]
pub struct Event {
    /// When (ms).
    pub at: i64,
    /// What: the step's name, or `added`, `edited`, …
    pub kind: String,
    /// The rest.
    pub detail: Value,
}

/// The last `limit` lines, oldest first.
pub(crate) fn of_task(tx: &Connection, task_id: &str, limit: u32) -> Result<Vec<Event>> {
    let mut query = tx.prepare_cached(
        "SELECT at, kind, detail FROM (SELECT id, at, kind, detail FROM event WHERE task_id = ?1
           ORDER BY id DESC LIMIT ?2) ORDER BY id",
    )?;
    let mut rows = query.query(params![task_id, limit])?;
    let mut events = Vec::new();
    while let Some(row) = rows.next()? {
        let detail: String = row.get(2)?;
        events.push(Event {
            at: row.get(0)?,
            kind: row.get(1)?,
            detail: serde_json::from_str(&detail).unwrap_or(Value::Null),
        });
    }
    Ok(events)
}
