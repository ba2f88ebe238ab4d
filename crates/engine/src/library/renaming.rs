//! Saved clips that are getting another name: what was meant, until the take says so too.
//!
//! The row is committed before the file is renamed and goes together with the take's new name, so whatever moment the
//! app ends in, one of the two names is known to be right and looking tells which.

use rusqlite::{Connection, params};
use serde_json::json;

use super::step;
use crate::error::Result;

/// A rename that was meant, and what is known of the file.
#[derive(Clone, Debug)]
pub(crate) struct Intent {
    pub(crate) take_id: String,
    pub(crate) task_id: String,
    /// The service's id of the attempt, as the file's own recipe names it.
    pub(crate) service_id: Option<String>,
    pub(crate) folder: String,
    pub(crate) old: String,
    pub(crate) new: String,
    pub(crate) size: Option<u64>,
    pub(crate) sha256: Option<String>,
}

/// Notes that the file of a take is about to get another name. False where the take is not what it was taken for, or
/// where another rename of it is not settled yet.
pub(crate) fn intend(tx: &Connection, take: &str, folder: &str, old: &str, new: &str) -> Result<bool> {
    let noted = tx
        .prepare_cached(
            "INSERT OR IGNORE INTO renaming (take_id, old_name, new_name)
             SELECT id, ?3, ?4 FROM take WHERE id = ?1 AND folder = ?2 AND file_name = ?3 AND saved_at IS NOT NULL",
        )?
        .execute(params![take, folder, old, new])?;
    Ok(noted == 1)
}

/// The file has its new name. `first`: what it was called before, where that is worth telling.
pub(crate) fn done(tx: &Connection, task: &str, take: &str, new: &str, first: Option<&str>, now: i64) -> Result<()> {
    tx.prepare_cached("UPDATE take SET file_name = ?2 WHERE id = ?1")?
        .execute(params![take, new])?;
    undone(tx, take)?;
    if let Some(first) = first {
        step::record(tx, task, now, "renamed", &json!({ "file": new, "from": first }))?;
    }
    step::touch(tx, task, now)
}

/// The file kept its name.
pub(crate) fn undone(tx: &Connection, take: &str) -> Result<()> {
    tx.prepare_cached("DELETE FROM renaming WHERE take_id = ?1")?
        .execute([take])?;
    Ok(())
}

/// Every rename that is not settled.
pub(crate) fn all(tx: &Connection) -> Result<Vec<Intent>> {
    let mut query = tx.prepare_cached(
        "SELECT r.take_id, a.task_id, a.service_id, k.folder, r.old_name, r.new_name, k.size, k.sha256
         FROM renaming r JOIN take k ON k.id = r.take_id JOIN attempt a ON a.id = k.attempt_id
         WHERE k.folder IS NOT NULL ORDER BY r.rowid",
    )?;
    let rows = query.query_map([], |row| {
        Ok(Intent {
            take_id: row.get(0)?,
            task_id: row.get(1)?,
            service_id: row.get(2)?,
            folder: row.get(3)?,
            old: row.get(4)?,
            new: row.get(5)?,
            size: row.get::<_, Option<i64>>(6)?.and_then(|n| u64::try_from(n).ok()),
            sha256: row.get(7)?,
        })
    })?;
    Ok(rows.collect::<Result<_, _>>()?)
}
