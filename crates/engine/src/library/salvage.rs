//! What can still be read of a damaged library.
//!
//! The damaged file itself is never opened: a copy is, with its log, and every table is walked row by row, over holes.
//! A row counts only if all of it makes sense. What is read here only ever adds to what a backup and the purchase
//! record say; it takes nothing away.

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};

use rusqlite::{Connection, Row};
use uuid::Uuid;

use super::note::{self, Noted, NotedBatch, NotedTask};
use super::rows::{self, TaskRow};
use crate::task::State;

/// A scratch copy's folder begins like this.
const SCRATCH: &str = "salvage-";
/// Where the end of a table cannot be read, rows are looked for this far.
const FARTHEST: i64 = 1 << 22;

/// What was read.
#[derive(Debug, Default)]
pub(super) struct Salvaged {
    /// Attempts with their cards.
    pub(super) attempts: Vec<Noted>,
    /// Cards that stood on the board.
    pub(super) cards: Vec<(NotedTask, NotedBatch)>,
    /// The last number of the purchase record that the library knew.
    pub(super) last_number: Option<i64>,
    /// The same cards as rows, to see which of them are newer than a backup's.
    pub(super) rows: Vec<TaskRow>,
    /// The names of seed images, by hash.
    pub(super) pictures: BTreeMap<String, String>,
}

/// Reads what can be read of the file that was set aside.
pub(super) fn salvage(directory: &Path, aside: &Path) -> Salvaged {
    match copy(directory, aside).map(|scratch| (Connection::open(scratch.path().join("library.db")), scratch)) {
        Ok((Ok(db), _scratch)) => read(&db),
        Ok((Err(error), _)) => {
            tracing::warn!(%error, "nothing of the damaged library can be read");
            Salvaged::default()
        }
        Err(error) => {
            tracing::warn!(%error, "the damaged library cannot be copied to be read");
            Salvaged::default()
        }
    }
}

fn copy(directory: &Path, aside: &Path) -> std::io::Result<tempfile::TempDir> {
    let scratch = tempfile::Builder::new().prefix(SCRATCH).tempdir_in(directory)?;
    fs::copy(aside, scratch.path().join("library.db"))?;
    let wal = beside(aside, "-wal");
    if wal.is_file() {
        fs::copy(wal, scratch.path().join("library.db-wal"))?;
    }
    Ok(scratch)
}

/// Removes what a crash left of a scratch copy.
pub(super) fn sweep(directory: &Path) {
    let Ok(entries) = fs::read_dir(directory) else { return };
    for entry in entries.flatten() {
        if entry.file_name().to_string_lossy().starts_with(SCRATCH) {
            let _ = fs::remove_dir_all(entry.path());
        }
    }
}

/// A file's companion.
pub(super) fn beside(path: &Path, ending: &str) -> PathBuf {
    let mut name = path.as_os_str().to_owned();
    name.push(ending);
    PathBuf::from(name)
}

fn read(db: &Connection) -> Salvaged {
    let mut batches = BTreeMap::new();
    walk(db, "batch b", "b.id, b.name, b.folder", |row| {
        let batch = NotedBatch {
            id: id(row, 1)?,
            name: row.get(2)?,
            folder: row.get(3)?,
        };
        batches.insert(batch.id.clone(), batch);
        Ok(())
    });
    let mut tasks: BTreeMap<String, (TaskRow, bool)> = BTreeMap::new();
    let columns = format!("{}, t.deleted_at", rows::COLUMNS);
    walk_from(db, "task t", &columns, |row, deleted_at| {
        let task = TaskRow::read(row)?;
        let sound = Uuid::parse_str(&task.id).is_ok() && State::from_stored(&task.state_text).is_ok();
        if sound {
            let deleted = row.get::<_, Option<i64>>(deleted_at)?.is_some();
            tasks.insert(task.id.clone(), (task, deleted));
        }
        Ok(())
    });
    let card = |id: &str| -> Option<(NotedTask, NotedBatch, bool)> {
        let (row, deleted) = tasks.get(id)?;
        let batch = batches.get(&row.batch_id)?;
        let task = NotedTask {
            id: row.id.clone(),
            number: row.number.clone(),
            fields: row.fields.clone(),
            price: row.price,
        };
        Some((task, batch.clone(), *deleted))
    };
    let mut found = Vec::new();
    walk_from(
        db,
        "attempt a",
        &format!("{}, a.task_id", note::ATTEMPT),
        |row, task_id| {
            let attempt = note::attempt(row)?;
            let task: String = row.get(task_id)?;
            if Uuid::parse_str(&attempt.id).is_ok() {
                found.push((attempt, task));
            }
            Ok(())
        },
    );
    let attempts = found.into_iter().filter_map(|(attempt, task)| {
        let (task, batch, _) = card(&task)?;
        let files = note::files_of(db, &attempt.id).unwrap_or_default();
        Some(Noted {
            attempt,
            task,
            batch,
            files,
        })
    });
    let mut pictures = BTreeMap::new();
    walk(db, "image i", "i.hash, i.name", |row| {
        pictures.insert(row.get(1)?, row.get(2)?);
        Ok(())
    });
    Salvaged {
        attempts: attempts.collect(),
        cards: tasks
            .keys()
            .filter_map(|id| card(id))
            .filter(|(_, _, deleted)| !deleted)
            .map(|(task, batch, _)| (task, batch))
            .collect(),
        last_number: note::last_number(db).ok().flatten(),
        rows: tasks
            .into_values()
            .filter(|(_, deleted)| !deleted)
            .map(|(row, _)| row)
            .collect(),
        pictures,
    }
}

fn id(row: &Row<'_>, at: usize) -> rusqlite::Result<String> {
    let text: String = row.get(at)?;
    if Uuid::parse_str(&text).is_ok() {
        Ok(text)
    } else {
        Err(rusqlite::Error::InvalidQuery)
    }
}

/// Walks a table with the row's number in front of the columns.
fn walk(db: &Connection, table: &str, columns: &str, each: impl FnMut(&Row<'_>) -> rusqlite::Result<()>) {
    let (_, name) = table.split_once(' ').unwrap_or(("", table));
    rows_of(db, table, &format!("{name}.rowid, {columns}"), 0, each);
}

/// Walks a table with the columns first; the place of the last of them is given too.
fn walk_from(
    db: &Connection,
    table: &str,
    columns: &str,
    mut each: impl FnMut(&Row<'_>, usize) -> rusqlite::Result<()>,
) {
    let (_, name) = table.split_once(' ').unwrap_or(("", table));
    let count = columns.split(", ").count();
    rows_of(db, table, &format!("{columns}, {name}.rowid"), count, |row| {
        each(row, count - 1)
    });
}

/// Every row that can be read; where one cannot, the walk goes on behind the hole, in strides that grow.
fn rows_of(
    db: &Connection,
    table: &str,
    columns: &str,
    number_at: usize,
    mut each: impl FnMut(&Row<'_>) -> rusqlite::Result<()>,
) {
    let (plain, name) = table.split_once(' ').unwrap_or((table, table));
    let last: i64 = db
        .query_row(&format!("SELECT MAX(rowid) FROM {plain}"), [], |row| row.get(0))
        .unwrap_or(FARTHEST);
    let sql = format!("SELECT {columns} FROM {table} WHERE {name}.rowid > ?1 ORDER BY {name}.rowid");
    let (mut at, mut stride) = (i64::MIN / 2, 1);
    loop {
        let Ok(mut query) = db.prepare(&sql) else { return };
        let Ok(mut rows) = query.query([at]) else { return };
        let broken = loop {
            match rows.next() {
                Ok(Some(row)) => {
                    let Ok(number) = row.get::<_, i64>(number_at) else {
                        break true;
                    };
                    (at, stride) = (number, 1);
                    // A row that makes no sense is left out, and the walk goes on.
                    let _ = each(row);
                }
                Ok(None) => break false,
                Err(_) => break true,
            }
        };
        at = at.max(0) + stride;
        stride *= 2;
        if !broken || at > last {
            return;
        }
    }
}
