//! What a task keeps of its row in a sheet: where it stood, what else stood in it, and what finds it again.

use rusqlite::{Connection, OptionalExtension, params};

use super::attempts::SPENT;
use super::query::{self, CardRow};
use crate::error::Result;
use crate::sheet::back::Print;

/// A task's row.
pub(crate) struct SheetRow<'a> {
    /// The sheet, as [`super::batches::source_of`] names it; `None`: pasted.
    pub(crate) source: Option<&'a str>,
    pub(crate) line: u64,
    /// Cells that mean nothing to the app, with their columns.
    pub(crate) kept: &'a [(String, String)],
    pub(crate) print: Option<Print>,
    /// Where the row says that its clip goes.
    pub(crate) place: Place,
}

/// Where a clip goes, where its row says so.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Place {
    /// Below the batch's folder, parts joined by `/`.
    pub(crate) folder: Option<String>,
    /// Its name without the ending.
    pub(crate) name: Option<String>,
}

/// Where a task's clip goes.
pub(crate) fn place(db: &Connection, task: &str) -> Result<Place> {
    let mut query = db.prepare_cached("SELECT save_folder, save_name FROM task WHERE id = ?1")?;
    Ok(query.query_row([task], |row| {
        Ok(Place {
            folder: row.get(0)?,
            name: row.get(1)?,
        })
    })?)
}

/// Keeps it. Nothing is bought by it, so it follows the sheet whatever the task's state.
pub(crate) fn keep(tx: &Connection, task: &str, row: &SheetRow<'_>) -> Result<()> {
    let cells = if row.kept.is_empty() {
        None
    } else {
        Some(serde_json::to_string(row.kept)?)
    };
    tx.prepare_cached(
        "UPDATE task SET sheet_line = ?2, sheet_cells = ?3, sheet_source = ?4, sheet_print = ?5
         WHERE id = ?1 AND (sheet_line IS NOT ?2 OR sheet_cells IS NOT ?3 OR sheet_source IS NOT ?4
           OR sheet_print IS NOT ?5)",
    )?
    .execute(params![
        task,
        i64::try_from(row.line).unwrap_or(0),
        cells,
        row.source,
        row.print.map(Print::to_text),
    ])?;
    // What lies on the disk, whole or in part, stays where it is.
    tx.prepare_cached(
        "UPDATE task SET save_folder = ?2, save_name = ?3
         WHERE id = ?1 AND (save_folder IS NOT ?2 OR save_name IS NOT ?3) AND NOT EXISTS
           (SELECT 1 FROM take k JOIN attempt a ON a.id = k.attempt_id WHERE a.task_id = task.id AND k.folder IS NOT NULL)",
    )?
    .execute(params![task, row.place.folder, row.place.name])?;
    Ok(())
}

/// Tasks that came from a sheet; of those that were read before it was noted, the batch's own.
const FROM: &str = "FROM task t JOIN batch b ON b.id = t.batch_id
    WHERE t.batch_id = ?1 AND t.deleted_at IS NULL AND t.sheet_line IS NOT NULL";

/// The sheets that a batch's tasks came from, the one with the most rows first.
pub(crate) fn sources(db: &Connection, batch: &str) -> Result<Vec<(String, u64)>> {
    let mut query = db.prepare_cached(&format!(
        "SELECT COALESCE(t.sheet_source, b.source), COUNT(*) {FROM} AND COALESCE(t.sheet_source, b.source) IS NOT NULL
         GROUP BY 1 ORDER BY COUNT(*) DESC, 1 LIMIT 20"
    ))?;
    let found = query.query_map([batch], |row| {
        Ok((
            row.get(0)?,
            row.get::<_, i64>(1).map(|n| u64::try_from(n).unwrap_or(0))?,
        ))
    })?;
    Ok(found.collect::<Result<_, _>>()?)
}

/// A task with its row.
pub(crate) struct Told {
    pub(crate) line: Option<u64>,
    pub(crate) print: Option<Print>,
    pub(crate) kept: Vec<(String, String)>,
    /// Credits of what was accepted and not given back; `None`: one of them has no known price.
    pub(crate) spent: Option<f64>,
    pub(crate) card: CardRow,
}

/// The tasks of a batch that came from a sheet, in order, behind the place of the last one; `most` of them.
pub(crate) fn page(db: &Connection, batch: &str, source: &str, after: i64, most: u32) -> Result<(Vec<Told>, i64)> {
    let mut query = db.prepare_cached(&format!(
        "SELECT t.id, t.position, t.sheet_line, t.sheet_print, t.sheet_cells, ({SPENT})
         {FROM} AND COALESCE(t.sheet_source, b.source) = ?2 AND t.position > ?3 ORDER BY t.position LIMIT ?4"
    ))?;
    let mut last = after;
    let mut ids = Vec::new();
    let mut rows = Vec::new();
    let mut found = query.query(params![batch, source, after, most])?;
    while let Some(row) = found.next()? {
        let (line, print, kept): (Option<i64>, Option<String>, Option<String>) =
            (row.get(2)?, row.get(3)?, row.get(4)?);
        ids.push(row.get::<_, String>(0)?);
        last = row.get(1)?;
        rows.push((
            line.and_then(|line| u64::try_from(line).ok()),
            print.as_deref().and_then(Print::from_text),
            kept.and_then(|kept| serde_json::from_str(&kept).ok())
                .unwrap_or_default(),
            row.get(5)?,
        ));
    }
    // Read in one look at the library: the same tasks in the same order.
    let cards = query::cards(db, &ids)?;
    let told = rows
        .into_iter()
        .zip(cards)
        .map(|((line, print, kept, spent), card)| Told {
            line,
            print,
            kept,
            spent,
            card,
        });
    Ok((told.collect(), last))
}

/// What stands in the columns of a task's sheet that mean nothing to the app: their names, and the cells that are not
/// empty.
pub(crate) fn besides(tx: &Connection, task: &str) -> Result<Vec<(String, String)>> {
    let cells: Option<String> = tx
        .prepare_cached("SELECT sheet_cells FROM task WHERE id = ?1")?
        .query_row([task], |row| row.get(0))
        .optional()?
        .flatten();
    let cells: Vec<(String, String)> = cells
        .and_then(|cells| serde_json::from_str(&cells).ok())
        .unwrap_or_default();
    Ok(cells.into_iter().filter(|(_, cell)| !cell.trim().is_empty()).collect())
}
