//! Takes: the files that attempts gave, and how far each has come to the disk.

use std::path::{Path, PathBuf};

use rusqlite::{Connection, OptionalExtension, Row, params};
use uuid::Uuid;

use super::review::Marks;
use crate::error::{Error, Result};
use crate::recipe::Recipe;

/// A take's row.
#[derive(Clone, Debug)]
pub struct Take {
    /// uuid v7.
    pub id: String,
    /// The attempt that gave it.
    pub attempt_id: String,
    /// Its place among the attempt's clips, from 0.
    pub ordinal: u32,
    /// The link as the service last gave it.
    pub remote_url: String,
    /// The folder it lies in, or its part does.
    pub folder: Option<String>,
    /// The part's name.
    pub part_name: Option<String>,
    /// The strong validator of what the part holds.
    pub etag: Option<String>,
    /// The whole file's length, where the host said.
    pub expected_len: Option<u64>,
    /// Bytes of the part that are synced.
    pub bytes_durable: u64,
    /// The file's name: planned, or true once saved.
    pub file_name: Option<String>,
    /// The file's length.
    pub size: Option<u64>,
    /// SHA-256 of the file, hex.
    pub sha256: Option<String>,
    /// The clip's length (ms).
    pub clip_ms: Option<u64>,
    /// When it was saved (ms).
    pub saved_at: Option<i64>,
    /// Whether a poster frame is kept.
    pub poster: bool,
    /// When the service first gave a link to it (ms).
    pub linked_at: i64,
    /// SHA-256 of the part's synced bytes, hex.
    pub part_sha256: Option<String>,
    /// What was thought of it.
    pub marks: Marks,
}

pub(super) const COLUMNS: &str = "k.id, k.attempt_id, k.ordinal, k.remote_url, k.folder, k.part_name, k.etag, \
    k.expected_len, k.bytes_durable, k.file_name, k.size, k.sha256, k.clip_ms, k.saved_at, k.poster, \
    k.linked_at, k.part_sha256, k.rating, k.rejected, k.tags";

/// How many columns those are.
pub(super) const WIDTH: usize = 20;

impl Take {
    pub(super) fn read_at(row: &Row<'_>, from: usize) -> rusqlite::Result<Self> {
        let unsigned = |at: usize| -> rusqlite::Result<Option<u64>> {
            Ok(row
                .get::<_, Option<i64>>(from + at)?
                .and_then(|n| u64::try_from(n).ok()))
        };
        Ok(Self {
            id: row.get(from)?,
            attempt_id: row.get(from + 1)?,
            ordinal: row.get(from + 2)?,
            remote_url: row.get(from + 3)?,
            folder: row.get(from + 4)?,
            part_name: row.get(from + 5)?,
            etag: row.get(from + 6)?,
            expected_len: unsigned(7)?,
            bytes_durable: unsigned(8)?.unwrap_or(0),
            file_name: row.get(from + 9)?,
            size: unsigned(10)?,
            sha256: row.get(from + 11)?,
            clip_ms: unsigned(12)?,
            saved_at: row.get(from + 13)?,
            poster: row.get(from + 14)?,
            linked_at: row.get(from + 15)?,
            part_sha256: row.get(from + 16)?,
            marks: Marks::read_at(row, from + 17)?,
        })
    }
}

/// Commits the result links of an attempt. A link that is new for a take replaces the old one; saved files stay.
pub(crate) fn put_links(tx: &Connection, attempt_id: &str, urls: &[String], now: i64) -> Result<()> {
    for (ordinal, url) in urls.iter().enumerate() {
        let ordinal = i64::try_from(ordinal).unwrap_or(i64::MAX);
        tx.execute(
            "INSERT INTO take (id, attempt_id, kind, ordinal, remote_url, linked_at) VALUES (?1, ?2, 'clip', ?3, ?4, ?5)
             ON CONFLICT (attempt_id, kind, ordinal) DO UPDATE SET remote_url = excluded.remote_url",
            params![Uuid::now_v7().to_string(), attempt_id, ordinal, url, now],
        )?;
    }
    Ok(())
}

/// The takes of an attempt, in order.
pub(crate) fn of_attempt(tx: &Connection, attempt_id: &str) -> Result<Vec<Take>> {
    let mut query = tx.prepare_cached(&format!(
        "SELECT {COLUMNS} FROM take k WHERE k.attempt_id = ?1 ORDER BY k.ordinal"
    ))?;
    let rows = query.query_map([attempt_id], |row| Take::read_at(row, 0))?;
    Ok(rows.collect::<Result<_, _>>()?)
}

/// The first take of the attempt that counts for a task.
pub(crate) fn of_task(tx: &Connection, task_id: &str) -> Result<Option<Take>> {
    Ok(tx
        .prepare_cached(&format!(
            "SELECT {COLUMNS} FROM take k JOIN task t ON t.attempt_id = k.attempt_id WHERE t.id = ?1
             ORDER BY k.ordinal LIMIT 1"
        ))?
        .query_row([task_id], |row| Take::read_at(row, 0))
        .optional()?)
}

/// Notes where the part lies and what it is a part of; nothing of it is durable yet.
pub(crate) fn begin_part(
    tx: &Connection,
    id: &str,
    (folder, part_name): (&str, &str),
    etag: Option<&str>,
    expected_len: Option<u64>,
) -> Result<()> {
    tx.execute(
        "UPDATE take SET folder = ?2, part_name = ?3, etag = ?4, expected_len = ?5, bytes_durable = 0,
           part_sha256 = NULL WHERE id = ?1",
        params![id, folder, part_name, etag, signed(expected_len)],
    )?;
    Ok(())
}

/// Notes how many bytes of the part are synced, and what they hash to.
pub(crate) fn set_durable(tx: &Connection, id: &str, bytes: u64, sha256: &str) -> Result<()> {
    tx.execute(
        "UPDATE take SET bytes_durable = ?2, part_sha256 = ?3 WHERE id = ?1",
        params![id, signed(Some(bytes)), sha256],
    )?;
    Ok(())
}

/// Notes that nothing of the part is worth going on with.
pub(crate) fn drop_part(tx: &Connection, id: &str) -> Result<()> {
    tx.execute(
        "UPDATE take SET etag = NULL, expected_len = NULL, bytes_durable = 0, part_sha256 = NULL WHERE id = ?1",
        [id],
    )?;
    Ok(())
}

/// Whether anything was ever saved, or begun, in this folder.
pub(crate) fn was_used(tx: &Connection, folder: &str) -> Result<bool> {
    Ok(tx.query_row(
        "SELECT EXISTS (SELECT 1 FROM take WHERE folder = ?1)",
        [folder],
        |row| row.get(0),
    )?)
}

/// Notes the name that the verified part is about to get, with its length and hash, so that a crash right after the
/// rename is healed by looking.
pub(crate) fn plan_name(
    tx: &Connection,
    id: &str,
    file_name: &str,
    size: u64,
    sha256: &str,
    clip_ms: u64,
) -> Result<()> {
    tx.execute(
        "UPDATE take SET file_name = ?2, size = ?3, sha256 = ?4, clip_ms = ?5 WHERE id = ?1",
        params![id, file_name, signed(Some(size)), sha256, signed(Some(clip_ms))],
    )?;
    Ok(())
}

/// Notes that the file is in place.
pub(crate) fn set_saved(tx: &Connection, id: &str, now: i64) -> Result<()> {
    tx.execute(
        "UPDATE take SET saved_at = ?2, part_name = NULL, etag = NULL, bytes_durable = 0, part_sha256 = NULL
         WHERE id = ?1",
        params![id, now],
    )?;
    Ok(())
}

/// Forgets a file that is gone from the folder, so that it is fetched again.
pub(crate) fn forget_file(tx: &Connection, id: &str) -> Result<()> {
    tx.execute(
        "UPDATE take SET saved_at = NULL, file_name = NULL, size = NULL, sha256 = NULL, part_name = NULL, etag = NULL,
           bytes_durable = 0, part_sha256 = NULL WHERE id = ?1",
        [id],
    )?;
    // What it was about to be called means nothing to the next one.
    tx.execute("DELETE FROM renaming WHERE take_id = ?1", [id])?;
    Ok(())
}

/// Notes that a poster frame is kept.
pub(crate) fn set_poster(tx: &Connection, id: &str) -> Result<()> {
    tx.execute("UPDATE take SET poster = 1 WHERE id = ?1", [id])?;
    Ok(())
}

/// A saved file, with what it is known by.
#[derive(Clone, Debug)]
pub(crate) struct Saved {
    pub(crate) take_id: String,
    pub(crate) task_id: String,
    pub(crate) number: String,
    pub(crate) service_id: Option<String>,
    /// Its place among the attempt's clips, from 0.
    pub(crate) ordinal: u32,
    pub(crate) folder: String,
    pub(crate) file_name: String,
    pub(crate) size: u64,
    pub(crate) sha256: String,
}

impl Saved {
    /// Where it was saved.
    pub(crate) fn path(&self) -> PathBuf {
        Path::new(&self.folder).join(&self.file_name)
    }

    /// Whether a recipe is of this very clip.
    pub(crate) fn is_told_by(&self, recipe: &Recipe) -> bool {
        recipe.task_id.is_some() && recipe.task_id == self.service_id && recipe.clip == self.ordinal.saturating_add(1)
    }
}

const SAVED: &str = "SELECT k.id, t.id, t.number, a.service_id, k.ordinal, k.folder, k.file_name, k.size, k.sha256
     FROM take k JOIN attempt a ON a.id = k.attempt_id JOIN task t ON t.id = a.task_id
     WHERE k.saved_at IS NOT NULL AND k.folder IS NOT NULL AND k.file_name IS NOT NULL AND t.deleted_at IS NULL";

fn saved(row: &Row<'_>) -> rusqlite::Result<Saved> {
    Ok(Saved {
        take_id: row.get(0)?,
        task_id: row.get(1)?,
        number: row.get(2)?,
        service_id: row.get(3)?,
        ordinal: row.get(4)?,
        folder: row.get(5)?,
        file_name: row.get(6)?,
        size: row
            .get::<_, Option<i64>>(7)?
            .and_then(|n| u64::try_from(n).ok())
            .unwrap_or(0),
        sha256: row.get::<_, Option<String>>(8)?.unwrap_or_default(),
    })
}

/// The clips that the cards of these tasks show, where they are saved.
pub(crate) fn saved_of(tx: &Connection, ids: &[String]) -> Result<Vec<Saved>> {
    let mut query = tx.prepare_cached(&format!(
        "{SAVED} AND t.attempt_id = k.attempt_id AND k.kind = 'clip' AND k.ordinal = 0 AND t.id = ?1"
    ))?;
    let mut found = Vec::with_capacity(ids.len());
    for id in ids {
        found.extend(query.query_row([id], saved).optional()?);
    }
    Ok(found)
}

/// Every clip that was saved in a folder.
pub(crate) fn saved_in(tx: &Connection, folder: &str) -> Result<Vec<Saved>> {
    let mut query = tx.prepare_cached(&format!("{SAVED} AND k.folder = ?1 ORDER BY k.id"))?;
    let rows = query.query_map([folder], saved)?;
    Ok(rows.collect::<Result<_, _>>()?)
}

/// The number of another task whose saved file this is.
pub(crate) fn holder_of(tx: &Connection, one: &Saved, folder: &str, name: &str) -> Result<Option<String>> {
    let mut query = tx.prepare_cached(&format!(
        "{SAVED} AND k.folder = ?1 AND k.file_name = ?2 AND k.id <> ?3"
    ))?;
    let holder = query.query_row([folder, name, &one.take_id], saved).optional()?;
    Ok(holder.map(|holder| holder.number))
}

/// Notes that a saved file lies elsewhere. Refused where it is not the one that was looked at.
pub(crate) fn set_place(tx: &Connection, one: &Saved, folder: &str, name: &str) -> Result<()> {
    let changed = tx
        .prepare_cached(
            "UPDATE take SET folder = ?2, file_name = ?3
             WHERE id = ?1 AND saved_at IS NOT NULL AND folder = ?4 AND file_name = ?5",
        )?
        .execute(params![one.take_id, folder, name, one.folder, one.file_name])?;
    if changed != 1 {
        return Err(Error::Changed);
    }
    super::renaming::undone(tx, &one.take_id)
}

/// Notes what a saved file holds now.
pub(crate) fn set_content(tx: &Connection, id: &str, size: u64, sha256: &str, clip_ms: u64) -> Result<()> {
    tx.execute(
        "UPDATE take SET size = ?2, sha256 = ?3, clip_ms = ?4 WHERE id = ?1",
        params![id, signed(Some(size)), sha256, signed(Some(clip_ms))],
    )?;
    Ok(())
}

fn signed(n: Option<u64>) -> Option<i64> {
    n.map(|n| i64::try_from(n).unwrap_or(i64::MAX))
}
