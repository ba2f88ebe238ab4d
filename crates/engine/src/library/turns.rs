//! The order in which what waits is bought: each card has a turn, with room between it and the next, so that moving some
//! touches those alone. Only where there is no room left are the turns of everything that waits given anew.

use rusqlite::{Connection, OptionalExtension, params};

use super::query::lane_of;
use crate::error::{Error, Result};
use crate::task::Lane;
use crate::view::order::{Beside, Moved, TaskPlace};

/// Room between two turns.
pub(super) const ROOM: i64 = 1 << 16;

/// Puts those of these tasks that wait in front of another one or behind it, in the order they have now.
pub(crate) fn arrange(tx: &Connection, ids: &[String], beside: &Beside) -> Result<Moved> {
    let mut waiting = Vec::with_capacity(ids.len());
    for id in ids {
        waiting.extend(turn_of(tx, id)?.map(|turn| (turn, id.clone())));
    }
    waiting.sort();
    let left = ids.len() - waiting.len();
    let n = i64::try_from(waiting.len()).unwrap_or(i64::MAX);
    let (low, step) = match room(tx, beside, n)? {
        (low, 1.., step) => (low, step),
        _ => {
            spread(tx)?;
            let (low, _, step) = room(tx, beside, n)?;
            (low, step)
        }
    };
    let mut moved = Vec::with_capacity(waiting.len());
    for ((_, id), nth) in waiting.into_iter().zip(1..) {
        // Read again: it may have been given anew.
        let turn = turn_of(tx, &id)?.ok_or(Error::Changed)?;
        let made = low + step * nth;
        put(tx, &id, made)?;
        moved.push(TaskPlace { id, turn, made });
    }
    Ok(Moved {
        moved,
        left: u64::try_from(left).unwrap_or(0),
    })
}

/// Gives tasks their turns back, where they wait and nobody moved them since. The answer puts them forward again.
pub(crate) fn put_back(tx: &Connection, places: Vec<TaskPlace>) -> Result<Moved> {
    let mut back = Moved::default();
    for place in places {
        if turn_of(tx, &place.id)? != Some(place.made) {
            back.left += 1;
            continue;
        }
        put(tx, &place.id, place.turn)?;
        back.moved.push(TaskPlace {
            id: place.id,
            turn: place.made,
            made: place.turn,
        });
    }
    Ok(back)
}

/// The same tasks in the order in which they are bought; those that are gone last.
pub(crate) fn by_turn(tx: &Connection, ids: &[String]) -> Result<Vec<String>> {
    let mut turn = tx.prepare_cached("SELECT turn FROM task WHERE id = ?1")?;
    let mut turns = Vec::with_capacity(ids.len());
    for id in ids {
        let known: Option<i64> = turn.query_row([id], |row| row.get(0)).optional()?;
        turns.push((known.unwrap_or(i64::MAX), id));
    }
    turns.sort_by_key(|(turn, _)| *turn);
    Ok(turns.into_iter().map(|(_, id)| id.clone()).collect())
}

/// The turn of a task that waits: one that is at work, ended, cancelled or gone has none.
fn turn_of(tx: &Connection, id: &str) -> Result<Option<i64>> {
    let found: Option<(i64, String)> = tx
        .prepare_cached("SELECT turn, state FROM task WHERE id = ?1 AND deleted_at IS NULL")?
        .query_row([id], |row| Ok((row.get(0)?, row.get(1)?)))
        .optional()?;
    Ok(found
        .filter(|(_, state)| lane_of(state) == Lane::Ready && state != "cancelled")
        .map(|(turn, _)| turn))
}

/// Where `n` of them go: what they come behind, whether there is room (0: none), and how far apart they stand.
fn room(tx: &Connection, beside: &Beside, n: i64) -> Result<(i64, i64, i64)> {
    let (id, before) = match beside {
        Beside::Before { id } => (id, true),
        Beside::After { id } => (id, false),
    };
    let turn = turn_of(tx, id)?.ok_or(Error::Changed)?;
    let next: Option<i64> = tx
        .prepare_cached(if before {
            "SELECT MAX(turn) FROM task WHERE turn < ?1"
        } else {
            "SELECT MIN(turn) FROM task WHERE turn > ?1"
        })?
        .query_row([turn], |row| row.get(0))?;
    let wide = ROOM * (n + 1);
    let (low, high) = if before {
        (next.unwrap_or(turn - wide), turn)
    } else {
        (turn, next.unwrap_or(turn + wide))
    };
    let step = (high - low) / (n + 1);
    Ok((low, step, step))
}

/// Gives everything that waits its turn anew, behind every turn there ever was: what was to be put back to an older one
/// is then known to have moved.
fn spread(tx: &Connection) -> Result<()> {
    tx.execute(
        "UPDATE task SET turn = o.turn, sort = o.turn, revision = revision + 1
         FROM (SELECT id, (SELECT MAX(turn) FROM task) + ROW_NUMBER() OVER (ORDER BY turn, id) * ?1 AS turn FROM task
               WHERE state IN ('draft', 'queued') AND deleted_at IS NULL) AS o
         WHERE task.id = o.id",
        [ROOM],
    )?;
    Ok(())
}

fn put(tx: &Connection, id: &str, turn: i64) -> Result<()> {
    tx.prepare_cached("UPDATE task SET turn = ?2, sort = ?2, revision = revision + 1 WHERE id = ?1")?
        .execute(params![id, turn])?;
    Ok(())
}
