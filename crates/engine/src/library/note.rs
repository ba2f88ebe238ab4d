//! What the purchase record keeps of an attempt: enough to put its card back onto an older board.
//!
//! Which attempts changed is noted by the library itself (triggers, migration 0005), so that no part of the app has to
//! remember to. Links are left out: the service gives fresh ones for an id.

use rusqlite::{Connection, OptionalExtension as _, Row, params};
use serde::{Deserialize, Serialize};

use super::record::{Line, Record, What};
use super::rows::TaskRow;
use crate::error::{Error, Result};
use crate::view::TaskFields;

/// An attempt, its card, its list, its files.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct Noted {
    pub(super) attempt: NotedAttempt,
    pub(super) task: NotedTask,
    pub(super) batch: NotedBatch,
    #[serde(default)]
    pub(super) files: Vec<NotedFile>,
}

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct NotedAttempt {
    pub(super) id: String,
    pub(super) ordinal: u32,
    pub(super) outcome: String,
    pub(super) body: String,
    pub(super) body_hash: String,
    pub(super) key_id: String,
    pub(super) key_name: String,
    pub(super) price: Option<f64>,
    pub(super) balance_before: Option<f64>,
    pub(super) sent_at: i64,
    pub(super) answered_at: Option<i64>,
    pub(super) service_id: Option<String>,
}

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct NotedTask {
    pub(super) id: String,
    pub(super) number: String,
    pub(super) fields: TaskFields,
    pub(super) price: Option<f64>,
}

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct NotedBatch {
    pub(super) id: String,
    pub(super) name: String,
    pub(super) folder: Option<String>,
}

/// A verified file in its place.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct NotedFile {
    pub(super) ordinal: u32,
    pub(super) folder: String,
    pub(super) name: String,
    pub(super) size: i64,
    pub(super) sha256: String,
    pub(super) clip_ms: Option<i64>,
}

/// The library's last number; `None` where its format has none.
///
/// # Errors
/// The library's.
pub(super) fn last_number(db: &Connection) -> Result<Option<i64>> {
    let table: Option<i64> = db
        .query_row("SELECT 1 FROM sqlite_master WHERE name = 'noted'", [], |row| row.get(0))
        .optional()?;
    if table.is_none() {
        return Ok(None);
    }
    let last: Option<i64> = db
        .query_row("SELECT seq FROM sqlite_sequence WHERE name = 'noted'", [], |row| {
            row.get(0)
        })
        .optional()?;
    Ok(Some(last.unwrap_or(0)))
}

/// The last number the library gives from now on is greater than `n`.
pub(super) fn raise_number(tx: &Connection, n: i64) -> Result<()> {
    let raised = tx.execute(
        "UPDATE sqlite_sequence SET seq = MAX(seq, ?1) WHERE name = 'noted'",
        [n],
    )?;
    if raised == 0 {
        tx.execute("INSERT INTO sqlite_sequence (name, seq) VALUES ('noted', ?1)", [n])?;
    }
    Ok(())
}

/// Adds to the record what was committed and does not stand there yet.
///
/// # Errors
/// The library's, or the record's; then it is added the next time.
pub(super) fn catch_up(db: &Connection, record: &mut Record) -> Result<()> {
    let last: i64 = db
        .prepare_cached("SELECT COALESCE(MAX(n), 0) FROM noted")?
        .query_row([], |row| row.get(0))?;
    if last <= record.last {
        return Ok(());
    }
    let mut lines = Vec::new();
    let mut query = db.prepare_cached("SELECT n, attempt_id FROM noted WHERE n > ?1 ORDER BY n")?;
    let mut rows = query.query([record.last])?;
    while let Some(row) = rows.next()? {
        let (n, attempt): (i64, String) = (row.get(0)?, row.get(1)?);
        if let Some(noted) = attempt_of(db, &attempt)? {
            let what = What::Attempt(Box::new(noted));
            lines.push(Line { n, what });
        }
    }
    let folder = || std::path::PathBuf::from(super::record::FOLDER);
    // What is missing between is known to be missing.
    if lines.first().is_some_and(|first| first.n > record.last + 1) {
        record
            .begin(lines[0].n - 1)
            .map_err(|error| Error::io(&folder(), error))?;
    }
    record.add(&lines).map_err(|error| Error::io(&folder(), error))
}

/// Forgets what stands in the record.
pub(super) fn clear(tx: &Connection, recorded: i64) -> Result<()> {
    tx.execute("DELETE FROM noted WHERE n <= ?1", [recorded])?;
    Ok(())
}

pub(super) fn attempt_of(db: &Connection, id: &str) -> Result<Option<Noted>> {
    let attempt = db
        .prepare_cached(&format!("SELECT {ATTEMPT}, a.task_id FROM attempt a WHERE a.id = ?1"))?
        .query_row([id], |row| Ok((attempt(row)?, row.get::<_, String>(12)?)))
        .optional()?;
    let Some((attempt, task_id)) = attempt else {
        return Ok(None);
    };
    let row = db
        .prepare_cached(&format!("SELECT {} FROM task t WHERE t.id = ?1", super::rows::COLUMNS))?
        .query_row([&task_id], TaskRow::read)
        .optional()?;
    let Some(row) = row else { return Ok(None) };
    let Some(batch) = batch_of(db, &row.batch_id)? else {
        return Ok(None);
    };
    Ok(Some(Noted {
        files: files_of(db, id)?,
        attempt,
        task: NotedTask {
            id: row.id,
            number: row.number,
            fields: row.fields,
            price: row.price,
        },
        batch,
    }))
}

pub(super) const ATTEMPT: &str = "a.id, a.ordinal, a.outcome, a.body, a.body_hash, a.key_id, a.key_name, a.price, \
    a.balance_before, a.sent_at, a.answered_at, a.service_id";

pub(super) fn attempt(row: &Row<'_>) -> rusqlite::Result<NotedAttempt> {
    Ok(NotedAttempt {
        id: row.get(0)?,
        ordinal: row.get(1)?,
        outcome: row.get(2)?,
        body: row.get(3)?,
        body_hash: row.get(4)?,
        key_id: row.get(5)?,
        key_name: row.get(6)?,
        price: row.get(7)?,
        balance_before: row.get(8)?,
        sent_at: row.get(9)?,
        answered_at: row.get(10)?,
        service_id: row.get(11)?,
    })
}

fn batch_of(db: &Connection, id: &str) -> Result<Option<NotedBatch>> {
    Ok(db
        .prepare_cached("SELECT id, name, folder FROM batch WHERE id = ?1")?
        .query_row([id], |row| {
            Ok(NotedBatch {
                id: row.get(0)?,
                name: row.get(1)?,
                folder: row.get(2)?,
            })
        })
        .optional()?)
}

pub(super) fn files_of(db: &Connection, attempt: &str) -> Result<Vec<NotedFile>> {
    let mut query = db.prepare_cached(
        "SELECT ordinal, folder, file_name, size, sha256, clip_ms FROM take
         WHERE attempt_id = ?1 AND saved_at IS NOT NULL AND folder IS NOT NULL AND file_name IS NOT NULL
           AND size IS NOT NULL AND sha256 IS NOT NULL ORDER BY ordinal",
    )?;
    let rows = query.query_map(params![attempt], |row| {
        Ok(NotedFile {
            ordinal: row.get(0)?,
            folder: row.get(1)?,
            name: row.get(2)?,
            size: row.get(3)?,
            sha256: row.get(4)?,
            clip_ms: row.get(5)?,
        })
    })?;
    Ok(rows.collect::<Result<_, _>>()?)
}
