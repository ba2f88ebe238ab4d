//! What is due: how each stage picks its work.
//!
//! Due times stand on the wall clock. One that lies further ahead than any stage ever waits was written before the
//! clock was set back: it is due now, or a clock set back by a day would stop everything for a day.

use rusqlite::{Connection, OptionalExtension, params};

use super::rows::{COLUMNS, TaskRow, WIDTH};
use crate::error::Result;
use crate::task::State;

/// What counts as due: at or before `now`, or further ahead than `horizon` (ms), the longest any stage waits.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Moment {
    pub(crate) now: i64,
    pub(crate) horizon: i64,
}

/// The next task to buy: asked for in this run of the app, in the order of the lane.
pub(crate) fn next_to_buy(tx: &Connection, session: &str, at: Moment) -> Result<Option<TaskRow>> {
    Ok(tx
        .prepare_cached(&format!(
            "SELECT {COLUMNS} FROM task t
             WHERE t.state = 'queued' AND t.session = ?1 AND t.held = 0 AND t.deleted_at IS NULL
               AND NOT COALESCE(t.due_at, 0) BETWEEN ?2 + 1 AND ?2 + ?3
             ORDER BY t.turn, t.id LIMIT 1"
        ))?
        .query_row(params![session, at.now, at.horizon], TaskRow::read)
        .optional()?)
}

/// Tasks in any of `states` whose step is due, the longest due first.
pub(crate) fn due(tx: &Connection, states: &[State], at: Moment, limit: u32) -> Result<Vec<TaskRow>> {
    let names: Vec<_> = states.iter().map(|state| format!("'{}'", state.as_str())).collect();
    let sql = format!(
        "SELECT {COLUMNS} FROM task t WHERE t.state IN ({}) AND t.deleted_at IS NULL
           AND NOT COALESCE(t.due_at, 0) BETWEEN ?1 + 1 AND ?1 + ?2
         ORDER BY t.due_at, t.id LIMIT ?3",
        names.join(", ")
    );
    let mut query = tx.prepare_cached(&sql)?;
    let rows = query.query_map(params![at.now, at.horizon, limit], TaskRow::read)?;
    Ok(rows.collect::<Result<_, _>>()?)
}

/// A file that waits for a disk or a network.
#[derive(Clone, Debug)]
pub(crate) struct Waiting {
    pub(crate) task: TaskRow,
    /// Its batch's folder.
    pub(crate) folder: Option<String>,
    expected_len: Option<i64>,
    bytes_durable: i64,
}

impl Waiting {
    /// Bytes that are still to be written, as far as is known.
    pub(crate) fn bytes_left(&self) -> u64 {
        let left = self.expected_len.map_or(0, |length| length - self.bytes_durable);
        u64::try_from(left).unwrap_or(0)
    }
}

/// What is bought and not saved, and looked at again by itself now; the longest due first.
pub(crate) fn waiting(tx: &Connection, at: Moment, limit: u32) -> Result<Vec<Waiting>> {
    let mut query = tx.prepare_cached(&format!(
        "SELECT {COLUMNS}, b.folder, k.expected_len, COALESCE(k.bytes_durable, 0)
         FROM task t JOIN batch b ON b.id = t.batch_id
         LEFT JOIN take k ON k.attempt_id = t.attempt_id AND k.kind = 'clip' AND k.ordinal = 0
         WHERE t.state = 'saveFailed' AND t.deleted_at IS NULL AND t.due_at IS NOT NULL
           AND NOT t.due_at BETWEEN ?1 + 1 AND ?1 + ?2
         ORDER BY t.due_at, t.id LIMIT ?3"
    ))?;
    let rows = query.query_map(params![at.now, at.horizon, limit], |row| {
        Ok(Waiting {
            task: TaskRow::read(row)?,
            folder: row.get(WIDTH)?,
            expected_len: row.get(WIDTH + 1)?,
            bytes_durable: row.get(WIDTH + 2)?,
        })
    })?;
    Ok(rows.collect::<Result<_, _>>()?)
}

/// When the next of `states` falls due after `now` (ms).
pub(crate) fn next_due(tx: &Connection, states: &[State], now: i64) -> Result<Option<i64>> {
    let names: Vec<_> = states.iter().map(|state| format!("'{}'", state.as_str())).collect();
    let sql = format!(
        "SELECT MIN(due_at) FROM task WHERE state IN ({}) AND due_at > ?1 AND deleted_at IS NULL",
        names.join(", ")
    );
    Ok(tx.prepare_cached(&sql)?.query_row([now], |row| row.get(0))?)
}

/// Ids of all tasks in a state.
pub(crate) fn in_state(tx: &Connection, state: State) -> Result<Vec<String>> {
    let mut query = tx.prepare_cached("SELECT id FROM task WHERE state = ?1 AND deleted_at IS NULL ORDER BY id")?;
    let rows = query.query_map([state.as_str()], |row| row.get(0))?;
    Ok(rows.collect::<Result<_, _>>()?)
}

/// Ids of what is in the queue and was sent before: few of the many that may wait there.
pub(crate) fn queued_again(tx: &Connection) -> Result<Vec<String>> {
    let mut query = tx.prepare_cached(
        "SELECT t.id FROM task t WHERE t.state = 'queued' AND t.deleted_at IS NULL
           AND EXISTS (SELECT 1 FROM attempt a WHERE a.task_id = t.id) ORDER BY t.id",
    )?;
    let rows = query.query_map([], |row| row.get(0))?;
    Ok(rows.collect::<Result<_, _>>()?)
}

/// How many are bought, or about to be, and not generated yet.
pub(crate) fn in_flight(tx: &Connection) -> Result<u64> {
    let n: i64 = tx
        .prepare_cached(
            "SELECT COUNT(*) FROM task
             WHERE state IN ('preparing', 'submitting', 'generating') AND deleted_at IS NULL",
        )?
        .query_row([], |row| row.get(0))?;
    Ok(u64::try_from(n).unwrap_or(0))
}
