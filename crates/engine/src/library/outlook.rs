//! What somebody who only glances is told of: what is left, what goes on, what a day or a run came to.

use rusqlite::{Connection, OptionalExtension, params};

use super::{batches, spending, tally};
use crate::error::Result;
use crate::task::State;
use crate::timing::Kind;
use crate::view::watch::RunReport;

/// Attempts that were bought, or may have been: what counts as spent. One that is on the wire counts as soon as that is
/// known.
pub(crate) const BOUGHT: &str = "('accepted', 'attached', 'forgotten', 'unknown')";
/// More than this in the queue, and nobody knows when it ends.
const MOST: u32 = 20_000;

/// What was spent and saved in some time.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub(crate) struct Spent {
    /// Credits of what was bought or may have been.
    pub(crate) credits: f64,
    /// How many of those have no known price.
    pub(crate) unpriced: u64,
    /// Files saved.
    pub(crate) saved: u64,
    /// Their bytes.
    pub(crate) bytes: u64,
}

/// A task in the queue: its batch, and its kind where that is known.
pub(crate) type Queued = (String, Option<Kind>);

/// A task that is at work.
#[derive(Clone, Debug)]
pub(crate) struct Working {
    pub(crate) batch: String,
    pub(crate) state: State,
    pub(crate) kind: Option<Kind>,
    pub(crate) started_at: Option<i64>,
}

/// What was spent and saved since `since` (ms).
pub(crate) fn since(tx: &Connection, since: i64) -> Result<Spent> {
    let (credits, unpriced): (f64, i64) = tx
        .prepare_cached(&format!(
            "SELECT COALESCE(SUM(price), 0.0), COUNT(*) - COUNT(price) FROM attempt
             WHERE sent_at >= ?1 AND outcome IN {BOUGHT}"
        ))?
        .query_row([since], |row| Ok((row.get(0)?, row.get(1)?)))?;
    let (saved, bytes): (i64, i64) = tx
        .prepare_cached("SELECT COUNT(*), COALESCE(SUM(size), 0) FROM take WHERE saved_at >= ?1")?
        .query_row([since], |row| Ok((row.get(0)?, row.get(1)?)))?;
    Ok(Spent {
        credits,
        unpriced: counted(unpriced),
        saved: counted(saved),
        bytes: counted(bytes),
    })
}

/// What a batch came to since `since` (ms); how long it took is put in by whoever watched it. `session`: this run of the
/// app.
pub(crate) fn run(tx: &Connection, batch_id: &str, since: i64, session: &str) -> Result<RunReport> {
    let batch = batches::get(tx, batch_id)?;
    let (spent, unpriced): (f64, i64) = tx
        .prepare_cached(&format!(
            "SELECT COALESCE(SUM(a.price), 0.0), COUNT(*) - COUNT(a.price)
             FROM attempt a JOIN task t ON t.id = a.task_id
             WHERE a.sent_at >= ?2 AND t.batch_id = ?1 AND a.outcome IN {BOUGHT}"
        ))?
        .query_row(params![batch_id, since], |row| Ok((row.get(0)?, row.get(1)?)))?;
    let (saved, bytes): (i64, i64) = tx
        .prepare_cached(
            "SELECT COUNT(*), COALESCE(SUM(k.size), 0)
             FROM take k JOIN attempt a ON a.id = k.attempt_id JOIN task t ON t.id = a.task_id
             WHERE k.saved_at >= ?2 AND t.batch_id = ?1",
        )?
        .query_row(params![batch_id, since], |row| Ok((row.get(0)?, row.get(1)?)))?;
    let (_, needs_you) = ended(tx, batch_id, since)?;
    let held: i64 = tx
        .prepare_cached(
            "SELECT COUNT(*) FROM task WHERE batch_id = ?1 AND held = 1 AND trouble IS NULL AND deleted_at IS NULL
               AND state IN ('draft', 'queued')",
        )?
        .query_row([batch_id], |row| row.get(0))?;
    let stopped = spending::stopped(tx, session)?;
    let stopped = stopped.iter().find(|stopped| stopped.batch_id == batch_id);
    Ok(RunReport {
        batch_id: batch.id,
        batch_name: batch.name,
        folder: batch.folder,
        took_ms: 0,
        saved: counted(saved),
        saved_bytes: counted(bytes),
        needs_you,
        spent,
        unpriced: counted(unpriced),
        held: counted(held),
        at_limit: stopped.map_or(0, |stopped| stopped.left),
    })
}

/// How many of a batch ended since `since` (ms): on the disk, and needing somebody.
pub(crate) fn ended(tx: &Connection, batch_id: &str, since: i64) -> Result<(u64, u64)> {
    let (done, needs): (i64, i64) = tx
        .prepare_cached(
            "SELECT COUNT(*) FILTER (WHERE lane = 'done'), COUNT(*) FILTER (WHERE lane = 'needsYou')
             FROM task WHERE batch_id = ?1 AND deleted_at IS NULL AND finished_at >= ?2",
        )?
        .query_row(params![batch_id, since], |row| Ok((row.get(0)?, row.get(1)?)))?;
    Ok((counted(done), counted(needs)))
}

/// A batch's name; `None` where it is gone.
pub(crate) fn name(tx: &Connection, batch_id: &str) -> Result<Option<String>> {
    Ok(tx
        .prepare_cached("SELECT name FROM batch WHERE id = ?1")?
        .query_row([batch_id], |row| row.get(0))
        .optional()?)
}

/// Everything that is at work.
pub(crate) fn working(tx: &Connection) -> Result<Vec<Working>> {
    let mut query = tx.prepare_cached(
        "SELECT batch_id, state, model, resolution, mode, images <> '[]', started_at FROM task
         WHERE state IN ('preparing', 'submitting', 'generating', 'saving') AND deleted_at IS NULL
         ORDER BY started_at, id",
    )?;
    let mut rows = query.query([])?;
    let mut found = Vec::new();
    while let Some(row) = rows.next()? {
        found.push(Working {
            batch: row.get(0)?,
            state: State::from_stored(&row.get::<_, String>(1)?)?,
            kind: kind(row, 2)?,
            started_at: row.get(6)?,
        });
    }
    Ok(found)
}

/// What is in the queue, in the order in which it is bought; `None` where that is more than anybody can look through.
/// `session`: this run of the app.
pub(crate) fn waiting(tx: &Connection, session: &str) -> Result<Option<Vec<Queued>>> {
    let (_, _, waiting) = tally::going(tx, session)?;
    if waiting > u64::from(MOST) {
        return Ok(None);
    }
    let mut query = tx.prepare_cached(
        "SELECT batch_id, model, resolution, mode, images <> '[]' FROM task
         WHERE state = 'queued' AND session = ?1 AND deleted_at IS NULL
         ORDER BY turn, id",
    )?;
    let mut rows = query.query([session])?;
    let mut found = Vec::new();
    while let Some(row) = rows.next()? {
        found.push((row.get(0)?, kind(row, 1)?));
    }
    Ok(Some(found))
}

/// The kind of a task, from four columns.
fn kind(row: &rusqlite::Row<'_>, at: usize) -> Result<Option<Kind>> {
    let text = |place| row.get::<_, Option<String>>(place);
    let (model, resolution, mode) = (text(at)?, text(at + 1)?, text(at + 2)?);
    let images: bool = row.get(at + 3)?;
    Ok(Kind::of(
        model.as_deref(),
        resolution.as_deref(),
        mode.as_deref(),
        images,
    ))
}

fn counted(count: i64) -> u64 {
    u64::try_from(count).unwrap_or(0)
}
