//! What is kept under a name and can be put back: templates of the composer, views of the board.

use rusqlite::{Connection, OptionalExtension as _, params};
use serde::Serialize;
use serde::de::DeserializeOwned;
use uuid::Uuid;

use crate::error::{Error, Result};

/// A kind of thing that has a name.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Kind {
    table: &'static str,
}

/// How a person likes to begin.
pub(crate) const TEMPLATES: Kind = Kind { table: "template" };
/// What a person looks for again and again.
pub(crate) const VIEWS: Kind = Kind { table: "saved_view" };

/// The longest name, in characters.
const LONGEST: usize = 60;

/// A name as it is kept; `None` where it is none.
pub(crate) fn clean(name: &str) -> Option<String> {
    let name: String = name.trim().chars().take(LONGEST).collect();
    (!name.is_empty()).then_some(name)
}

/// One of them: id, name, and what it holds.
pub(crate) type Named<T> = (String, String, T);

/// All of them, by name. One that this version cannot read is left out, and stays.
pub(crate) fn all<T: DeserializeOwned>(db: &Connection, kind: Kind) -> Result<Vec<Named<T>>> {
    let table = kind.table;
    let mut query = db.prepare(&format!(
        "SELECT id, name, body FROM {table} WHERE deleted_at IS NULL ORDER BY name, id"
    ))?;
    let rows = query.query_map([], |row| Ok((row.get(0)?, row.get(1)?, row.get::<_, String>(2)?)))?;
    let mut found = Vec::new();
    for row in rows {
        let (id, name, body) = row?;
        if let Ok(body) = serde_json::from_str::<T>(&body) {
            found.push((id, name, body));
        }
    }
    Ok(found)
}

/// Keeps one; what had this name is replaced. Returns its id.
pub(crate) fn keep<T: Serialize>(tx: &Connection, kind: Kind, name: &str, body: &T, now: i64) -> Result<String> {
    let table = kind.table;
    let there = with_name(tx, kind, name)?;
    let id = there.unwrap_or_else(|| Uuid::now_v7().to_string());
    tx.execute(
        &format!(
            "INSERT INTO {table} (id, name, body, updated_at) VALUES (?1, ?2, ?3, ?4)
             ON CONFLICT (id) DO UPDATE SET body = excluded.body, updated_at = excluded.updated_at"
        ),
        params![id, name, serde_json::to_string(body)?, now],
    )?;
    Ok(id)
}

/// Takes one away.
pub(crate) fn delete(tx: &Connection, kind: Kind, id: &str, now: i64) -> Result<()> {
    let table = kind.table;
    let gone = tx.execute(
        &format!("UPDATE {table} SET deleted_at = ?2 WHERE id = ?1 AND deleted_at IS NULL"),
        params![id, now],
    )?;
    one(kind, gone)
}

/// Gives one another name; where that is taken, with a number behind it.
pub(crate) fn rename(tx: &Connection, kind: Kind, id: &str, name: &str, now: i64) -> Result<()> {
    let table = kind.table;
    let free = free(tx, kind, id, name)?;
    let renamed = tx.execute(
        &format!("UPDATE {table} SET name = ?2, updated_at = ?3 WHERE id = ?1 AND deleted_at IS NULL"),
        params![id, free, now],
    )?;
    one(kind, renamed)
}

/// Puts one back. Where its name was given again meanwhile, the older one gives way by a number behind it.
pub(crate) fn restore(tx: &Connection, kind: Kind, id: &str) -> Result<()> {
    let table = kind.table;
    let name: Option<String> = tx
        .query_row(&format!("SELECT name FROM {table} WHERE id = ?1"), [id], |row| {
            row.get(0)
        })
        .optional()?;
    let free = free(tx, kind, id, &name.ok_or_else(|| gone(kind))?)?;
    let back = tx.execute(
        &format!("UPDATE {table} SET deleted_at = NULL, name = ?2 WHERE id = ?1"),
        [id, free.as_str()],
    )?;
    one(kind, back)
}

/// This name, or the first one with a number behind it that no other has.
fn free(tx: &Connection, kind: Kind, id: &str, name: &str) -> Result<String> {
    let mut free = name.to_owned();
    for n in 2.. {
        if with_name(tx, kind, &free)?.is_none_or(|other| other == id) {
            break;
        }
        free = format!("{name} ({n})");
    }
    Ok(free)
}

fn with_name(tx: &Connection, kind: Kind, name: &str) -> Result<Option<String>> {
    let table = kind.table;
    Ok(tx
        .query_row(
            &format!("SELECT id FROM {table} WHERE name = ?1 AND deleted_at IS NULL"),
            [name],
            |row| row.get(0),
        )
        .optional()?)
}

fn one(kind: Kind, changed: usize) -> Result<()> {
    if changed == 0 { Err(gone(kind)) } else { Ok(()) }
}

fn gone(kind: Kind) -> Error {
    Error::NotFound(kind.table.to_owned())
}
