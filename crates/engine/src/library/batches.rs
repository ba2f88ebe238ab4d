//! Batches: lists with their own save folder.

use rusqlite::{Connection, OptionalExtension, Row, params};
use uuid::Uuid;

use crate::error::{Error, Result};

/// A batch's row.
#[derive(Clone, Debug)]
pub struct Batch {
    /// uuid v7.
    pub id: String,
    /// Its name.
    pub name: String,
    /// Where its videos go.
    pub folder: Option<String>,
    /// The sheet it came from.
    pub source: Option<String>,
}

impl Batch {
    /// The file of the sheet it came from, and the name of the sheet in a workbook.
    pub fn source_file(&self) -> Option<(&str, Option<&str>)> {
        self.source.as_deref().map(file_of)
    }

    fn read(row: &Row<'_>) -> rusqlite::Result<Self> {
        Ok(Self {
            id: row.get(0)?,
            name: row.get(1)?,
            folder: row.get(2)?,
            source: row.get(3)?,
        })
    }
}

/// Makes a batch.
pub(crate) fn create(
    tx: &Connection,
    name: &str,
    folder: Option<&str>,
    source: Option<&str>,
    now: i64,
) -> Result<Batch> {
    let id = Uuid::now_v7().to_string();
    tx.execute(
        "INSERT INTO batch (id, name, folder, source, created_at, updated_at) VALUES (?1, ?2, ?3, ?4, ?5, ?5)",
        params![id, name, folder, source, now],
    )?;
    get(tx, &id)
}

/// One batch.
pub(crate) fn get(tx: &Connection, id: &str) -> Result<Batch> {
    tx.query_row(
        "SELECT id, name, folder, source FROM batch WHERE id = ?1",
        [id],
        Batch::read,
    )
    .optional()?
    .ok_or_else(|| Error::NotFound("batch".to_owned()))
}

/// The batch of a sheet.
pub(crate) fn by_source(tx: &Connection, source: &str) -> Result<Option<Batch>> {
    Ok(tx
        .query_row(
            "SELECT id, name, folder, source FROM batch WHERE source = ?1",
            [source],
            Batch::read,
        )
        .optional()?)
}

/// Every batch, newest first.
pub(crate) fn all(tx: &Connection) -> Result<Vec<Batch>> {
    let mut query = tx.prepare("SELECT id, name, folder, source FROM batch ORDER BY created_at DESC, id DESC")?;
    let rows = query.query_map([], Batch::read)?;
    Ok(rows.collect::<Result<_, _>>()?)
}

/// Renames a batch.
pub(crate) fn rename(tx: &Connection, id: &str, name: &str, now: i64) -> Result<()> {
    let changed = tx.execute(
        "UPDATE batch SET name = ?2, updated_at = ?3 WHERE id = ?1",
        params![id, name, now],
    )?;
    if changed == 0 {
        Err(Error::NotFound("batch".to_owned()))
    } else {
        Ok(())
    }
}

/// Chooses where a batch's videos go from now on; what is saved already stays where it is.
pub(crate) fn set_folder(tx: &Connection, id: &str, folder: &str, now: i64) -> Result<()> {
    let changed = tx.execute(
        "UPDATE batch SET folder = ?2, updated_at = ?3 WHERE id = ?1",
        params![id, folder, now],
    )?;
    if changed == 0 {
        Err(Error::NotFound("batch".to_owned()))
    } else {
        Ok(())
    }
}

/// The path of a sheet's file, and the name of the sheet in a workbook.
pub(crate) fn file_of(source: &str) -> (&str, Option<&str>) {
    match source.rsplit_once('\n') {
        Some((path, sheet)) => (path, Some(sheet)),
        None => (source, None),
    }
}

/// What finds the batch of a sheet again: its path, and of a workbook the sheet's name behind a line break. Two sheets
/// of one workbook may count their shots alike, and must not be taken for one another.
pub(crate) fn source_of(path: &std::path::Path, sheet: Option<&str>) -> String {
    let path = path.to_string_lossy();
    sheet.map_or_else(|| path.clone().into_owned(), |sheet| format!("{path}\n{sheet}"))
}
