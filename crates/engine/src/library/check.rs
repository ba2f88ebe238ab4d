//! Whether a library file is whole.
//!
//! SQLite's own look through every page, and that no row points to one that is gone: the writer enforces this, so a
//! dangling row can only come from damage. What a flipped byte does inside a text nobody can see here.

use std::collections::BTreeMap;
use std::path::Path;

use rusqlite::{Connection, OptionalExtension as _};

use super::backup::read_only;
use super::note::{self, Noted};
use super::record::{self, What};
use crate::error::{Error, Result};

/// Looks through a library that is open. `thorough`: the indexes too, row by row.
///
/// # Errors
/// [`Error::Damaged`] with SQLite's first complaint.
pub(super) fn open(connection: &Connection, thorough: bool) -> Result<()> {
    let pragma = if thorough {
        "PRAGMA integrity_check(1)"
    } else {
        "PRAGMA quick_check(1)"
    };
    let found: String = connection
        .query_row(pragma, [], |row| row.get(0))
        .map_err(|error| Error::Damaged(error.to_string()))?;
    if found != "ok" {
        return Err(Error::Damaged(found));
    }
    let dangling: Option<String> = connection
        .prepare("PRAGMA foreign_key_check")
        .and_then(|mut query| {
            let mut rows = query.query([])?;
            rows.next()?.map(|row| row.get(0)).transpose()
        })
        .map_err(|error| Error::Damaged(error.to_string()))?;
    if let Some(table) = dangling {
        return Err(Error::Damaged(format!("a row of {table} points to one that is gone")));
    }
    let strayed: Option<String> = connection
        .query_row(
            "SELECT t.id FROM task t LEFT JOIN attempt a ON a.id = t.attempt_id
             WHERE t.attempt_id IS NOT NULL AND a.task_id IS NOT t.id LIMIT 1",
            [],
            |row| row.get(0),
        )
        .optional()
        .map_err(|error| Error::Damaged(error.to_string()))?;
    match strayed {
        None => Ok(()),
        Some(id) => Err(Error::Damaged(format!("the attempt of task {id} is gone"))),
    }
}

/// Compares what the purchase record says of attempts with what the library says: what was bought never changes its
/// id, so a difference is damage that the pages do not show.
///
/// # Errors
/// [`Error::Damaged`] with the first difference.
pub(super) fn against_record(connection: &Connection, directory: &Path) -> Result<()> {
    let ended = note::last_number(connection)?.unwrap_or(0);
    let tale = record::tale(directory, -1);
    let last: BTreeMap<&str, &Noted> = tale
        .lines
        .iter()
        .filter(|line| line.n <= ended)
        .filter_map(|line| match &line.what {
            What::Attempt(noted) => Some((noted.attempt.id.as_str(), &**noted)),
            _ => None,
        })
        .collect();
    for (id, noted) in last {
        let known = note::attempt_of(connection, id).map_err(|error| Error::Damaged(error.to_string()))?;
        let same = known.is_some_and(|known| {
            let (a, b) = (&known.attempt, &noted.attempt);
            let answered = b.service_id.is_none() || a.service_id == b.service_id;
            // An attempt that changed since has a line that is still to come.
            let outcome = tale.last < ended || a.outcome == b.outcome;
            known.task.id == noted.task.id && a.body_hash == b.body_hash && answered && outcome
        });
        if !same {
            return Err(Error::Damaged(format!(
                "attempt {id} is not what the purchase record says"
            )));
        }
    }
    Ok(())
}

/// Looks through a file that nobody has open.
///
/// # Errors
/// As [`open`], and one that cannot be opened at all.
pub(super) fn file(path: &Path) -> Result<()> {
    open(&read_only(path)?, true)
}
