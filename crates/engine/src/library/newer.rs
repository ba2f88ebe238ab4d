//! What is younger than the backup and can still be had: edits of cards, read from the damaged file, and seed images,
//! which lie in a folder of their own and prove themselves by their names.
//!
//! An edit counts only where its whole row makes sense, is a later form of the very card, and nothing is or may be bought
//! with it. No sum guards the text of a row, so what comes of it is told, to be looked over.

use std::collections::BTreeMap;
use std::path::Path;

use rusqlite::{Connection, OptionalExtension as _};

use super::images::{self, KeptImage};
use super::note::NotedTask;
use super::rows::{COLUMNS, TaskRow};
use super::tasks;
use crate::error::Result;
use crate::pictures;

/// Those of the rows that are later forms of cards which are here, with another request.
pub(super) fn rows(tx: &Connection, salvaged: &[TaskRow]) -> Result<Vec<TaskRow>> {
    let mut found = Vec::new();
    for row in salvaged {
        let later = known(tx, &row.id)?.is_some_and(|here| {
            row.revision > here.revision && row.updated_at >= here.updated_at && row.fields != here.fields
        });
        if later && is_text(&row.fields.prompt) {
            found.push(row.clone());
        }
    }
    Ok(found)
}

/// Puts them in the place of the older ones, where nothing was bought with those: how many.
pub(super) fn put(tx: &Connection, newer: &[TaskRow], now: i64) -> Result<u64> {
    let mut count = 0;
    for row in newer {
        if tasks::may_edit(tx, &tasks::get(tx, &row.id)?)? {
            tasks::edit(tx, &row.id, &row.fields, now)?;
            count += 1;
        }
    }
    Ok(count)
}

/// A card that was bought after the backup says what it was bought as.
pub(super) fn put_as_bought(tx: &Connection, task: &NotedTask, now: i64) -> Result<()> {
    match known(tx, &task.id)? {
        Some(here) if here.fields != task.fields => tasks::put_fields(tx, &task.id, &task.fields, task.price, now),
        _ => Ok(()),
    }
}

fn known(tx: &Connection, id: &str) -> Result<Option<TaskRow>> {
    Ok(tx
        .prepare_cached(&format!("SELECT {COLUMNS} FROM task t WHERE t.id = ?1"))?
        .query_row([id], TaskRow::read)
        .optional()?)
}

/// Nothing that nobody types.
fn is_text(prompt: &str) -> bool {
    !prompt
        .chars()
        .any(|c| c == '\u{fffd}' || c.is_control() && !c.is_whitespace())
}

/// The seed images in the folder that the library does not know: each is what its name says it is. `names`: what their
/// files were called, where that is known.
pub(super) fn unknown_pictures(
    db: &Connection,
    directory: &Path,
    names: &BTreeMap<String, String>,
) -> Result<Vec<KeptImage>> {
    let mut found = Vec::new();
    for (hash, path) in pictures::copies(directory) {
        let name = names.get(&hash).map(String::as_str).filter(|name| is_text(name));
        if images::get(db, &hash)?.is_none()
            && let Some(image) = pictures::known_again(&path, &hash, name)
        {
            found.push(image);
        }
    }
    Ok(found)
}

/// Notes them: how many.
pub(super) fn keep(tx: &Connection, pictures: &[KeptImage], now: i64) -> Result<u64> {
    pictures.iter().try_for_each(|image| images::keep(tx, image, now))?;
    Ok(u64::try_from(pictures.len()).unwrap_or(u64::MAX))
}
