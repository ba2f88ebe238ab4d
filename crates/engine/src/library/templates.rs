//! Templates of the composer, by name.

use rusqlite::{Connection, OptionalExtension as _, params};
use uuid::Uuid;

use crate::error::{Error, Result};
use crate::view::create::{TemplateBody, TemplateView};

/// All of them, by name. One that this version cannot read is left out, and stays.
pub(crate) fn all(db: &Connection) -> Result<Vec<TemplateView>> {
    let mut query = db.prepare("SELECT id, name, body FROM template WHERE deleted_at IS NULL ORDER BY name, id")?;
    let rows = query.query_map([], |row| Ok((row.get(0)?, row.get(1)?, row.get::<_, String>(2)?)))?;
    let mut found = Vec::new();
    for row in rows {
        let (id, name, body) = row?;
        if let Ok(body) = serde_json::from_str::<TemplateBody>(&body) {
            found.push(TemplateView { id, name, body });
        }
    }
    Ok(found)
}

/// Keeps one; what had this name is replaced. Returns its id.
pub(crate) fn keep(tx: &Connection, name: &str, body: &TemplateBody, now: i64) -> Result<String> {
    let there: Option<String> = tx
        .query_row(
            "SELECT id FROM template WHERE name = ?1 AND deleted_at IS NULL",
            [name],
            |row| row.get(0),
        )
        .optional()?;
    let id = there.unwrap_or_else(|| Uuid::now_v7().to_string());
    tx.execute(
        "INSERT INTO template (id, name, body, updated_at) VALUES (?1, ?2, ?3, ?4)
         ON CONFLICT (id) DO UPDATE SET body = excluded.body, updated_at = excluded.updated_at",
        params![id, name, serde_json::to_string(body)?, now],
    )?;
    Ok(id)
}

/// Takes one away.
pub(crate) fn delete(tx: &Connection, id: &str, now: i64) -> Result<()> {
    let gone = tx.execute(
        "UPDATE template SET deleted_at = ?2 WHERE id = ?1 AND deleted_at IS NULL",
        params![id, now],
    )?;
    one(gone)
}

/// Puts one back. Where its name was given again meanwhile, the older one gives way by a number behind it.
pub(crate) fn restore(tx: &Connection, id: &str) -> Result<()> {
    let name: String = tx
        .query_row("SELECT name FROM template WHERE id = ?1", [id], |row| row.get(0))
        .optional()?
        .ok_or_else(|| Error::NotFound("template".to_owned()))?;
    let mut free = name.clone();
    for n in 2.. {
        let taken: bool = tx.query_row(
            "SELECT EXISTS (SELECT 1 FROM template WHERE name = ?1 AND deleted_at IS NULL AND id <> ?2)",
            [&free, id],
            |row| row.get(0),
        )?;
        if !taken {
            break;
        }
        free = format!("{name} ({n})");
    }
    let back = tx.execute(
        "UPDATE template SET deleted_at = NULL, name = ?2 WHERE id = ?1",
        [id, free.as_str()],
    )?;
    one(back)
}

fn one(changed: usize) -> Result<()> {
    if changed == 0 {
        return Err(Error::NotFound("template".to_owned()));
    }
    Ok(())
}
