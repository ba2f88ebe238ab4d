//! How long finished generations took, newest last: what polls are planned by.

use rusqlite::{Connection, params};

use crate::error::Result;
use crate::timing::{Kind, Seen};

/// Kept of each kind; more than a plan is made of, so that a later version may look further back.
const KEPT: i64 = 300;

/// Notes how long an attempt took. One attempt counts once, however often it is watched.
pub(crate) fn note(tx: &Connection, attempt: &str, kind: Kind, seen: Seen, now: i64) -> Result<bool> {
    let (model, resolution, mode) = names(kind);
    let ms = |seconds: f64| (seconds * 1000.0).round() as i64;
    let noted = tx
        .prepare_cached(
            "INSERT OR IGNORE INTO finish (attempt_id, model, resolution, mode, after_ms, by_ms, noted_at)
             VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7)",
        )?
        .execute(params![
            attempt,
            model,
            resolution,
            mode,
            ms(seen.after),
            ms(seen.by),
            now
        ])?;
    tx.prepare_cached(
        "DELETE FROM finish WHERE model = ?1 AND resolution = ?2 AND mode = ?3 AND id <= (
           SELECT id FROM finish WHERE model = ?1 AND resolution = ?2 AND mode = ?3 ORDER BY id DESC LIMIT 1 OFFSET ?4)",
    )?
    .execute(params![model, resolution, mode, KEPT])?;
    Ok(noted == 1)
}

/// All that is kept, oldest first; kinds that this version does not know are left alone.
pub(crate) fn all(tx: &Connection) -> Result<Vec<(Kind, Seen)>> {
    let mut query = tx.prepare("SELECT model, resolution, mode, after_ms, by_ms FROM finish ORDER BY id")?;
    let mut rows = query.query([])?;
    let mut found = Vec::new();
    while let Some(row) = rows.next()? {
        let text = |at| row.get::<_, String>(at);
        let seconds = |at| row.get::<_, i64>(at).map(|ms| ms.max(0) as f64 / 1000.0);
        let (model, resolution, mode) = (text(0)?, text(1)?, text(2)?);
        let seen = Seen {
            after: seconds(3)?,
            by: seconds(4)?,
        };
        if let Some(kind) = Kind::of(Some(&model), Some(&resolution), Some(&mode), false)
            && seen.by >= seen.after
        {
            found.push((kind, seen));
        }
    }
    Ok(found)
}

fn names(kind: Kind) -> (&'static str, &'static str, &'static str) {
    (kind.model.as_wire(), kind.resolution.as_wire(), kind.mode.as_wire())
}
