//! What a person thinks of saved clips, and which clips there are to go through.

use std::collections::HashMap;

use rusqlite::types::Type;
use rusqlite::{Connection, Row, ToSql, params};

use super::query::{CardRow, cards};
use super::step::touch;
use super::takes;
use crate::error::Result;
use crate::view::review::{MarkChange, Marked, Roll, RollCounts, RollQuery, TagCount, Which};

/// More clips than this are not gone through at once.
const LONGEST: i64 = 10_000;
/// Words that are offered.
const TAGS: i64 = 50;
/// The most words on one clip, and the longest of them in characters.
const TAGS_OF_ONE: usize = 20;
const LONGEST_TAG: usize = 40;
/// From this rating on a clip is called a pick.
const PICK: u8 = 3;

/// The marks of one take.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Marks {
    /// 1 to 5; 0: not rated.
    pub rating: u8,
    /// Whether it was rejected.
    pub rejected: bool,
    /// Its words.
    pub tags: Vec<String>,
}

impl Marks {
    pub(super) fn read_at(row: &Row<'_>, from: usize) -> rusqlite::Result<Self> {
        let tags: String = row.get(from + 2)?;
        Ok(Self {
            rating: row.get(from)?,
            rejected: row.get(from + 1)?,
            tags: serde_json::from_str(&tags)
                .map_err(|error| rusqlite::Error::FromSqlConversionFailure(from + 2, Type::Text, Box::new(error)))?,
        })
    }

    /// The marks after a change.
    fn after(mut self, change: &MarkChange) -> Self {
        match change {
            MarkChange::Rate { rating } => (self.rating, self.rejected) = ((*rating).clamp(1, 5), false),
            MarkChange::Reject => (self.rating, self.rejected) = (0, true),
            MarkChange::None => (self.rating, self.rejected) = (0, false),
            MarkChange::Tag { tag, on } => {
                let tag = clean(tag);
                self.tags.retain(|known| *known != tag);
                if *on && !tag.is_empty() {
                    self.tags.push(tag);
                    self.tags.truncate(TAGS_OF_ONE);
                }
            }
        }
        self
    }
}

/// A word as it is kept: one line, short, without spaces around it.
fn clean(tag: &str) -> String {
    let line = tag.split_whitespace().collect::<Vec<_>>().join(" ");
    line.chars().filter(|c| !c.is_control()).take(LONGEST_TAG).collect()
}

/// Changes the marks of the clips of some tasks; those without a saved clip are passed over. Returns what they were.
pub(crate) fn mark(tx: &Connection, ids: &[String], change: &MarkChange, now: i64) -> Result<Vec<Marked>> {
    let mut before = Vec::with_capacity(ids.len());
    for id in ids {
        let Some(take) = takes::of_task(tx, id)?.filter(|take| take.saved_at.is_some()) else {
            continue;
        };
        let after = take.marks.clone().after(change);
        if after == take.marks {
            continue;
        }
        put(tx, id, &take.id, &after, now)?;
        before.push(Marked {
            id: id.clone(),
            rating: take.marks.rating,
            rejected: take.marks.rejected,
            tags: take.marks.tags,
        });
    }
    Ok(before)
}

/// Puts marks back as they were. Returns the tasks whose clips have them again.
pub(crate) fn put_back(tx: &Connection, marks: &[Marked], now: i64) -> Result<Vec<String>> {
    let mut changed = Vec::with_capacity(marks.len());
    for one in marks {
        if let Some(take) = takes::of_task(tx, &one.id)? {
            let marks = Marks {
                rating: one.rating.min(5),
                rejected: one.rejected,
                tags: one.tags.iter().take(TAGS_OF_ONE).map(|tag| clean(tag)).collect(),
            };
            put(tx, &one.id, &take.id, &marks, now)?;
            changed.push(one.id.clone());
        }
    }
    Ok(changed)
}

fn put(tx: &Connection, task: &str, take: &str, marks: &Marks, now: i64) -> Result<()> {
    tx.prepare_cached("UPDATE take SET rating = ?2, rejected = ?3, tags = ?4 WHERE id = ?1")?
        .execute(params![
            take,
            marks.rating,
            marks.rejected,
            serde_json::to_string(&marks.tags)?
        ])?;
    touch(tx, task, now)
}

/// Saved clips, with what the query asks for filled in for `?1` (batch) and `?2` (pattern).
const SAVED: &str = r"FROM task t JOIN batch b ON b.id = t.batch_id
    JOIN take k ON k.attempt_id = t.attempt_id AND k.kind = 'clip' AND k.ordinal = 0 AND k.saved_at IS NOT NULL
    WHERE t.deleted_at IS NULL AND t.lane = 'done' AND (?1 IS NULL OR t.batch_id = ?1)
      AND (?2 = '%%' OR t.number LIKE ?2 ESCAPE '\' OR t.prompt LIKE ?2 ESCAPE '\' OR k.file_name LIKE ?2 ESCAPE '\')";

fn pattern(search: &str) -> String {
    let search = search.trim();
    format!(
        "%{}%",
        search.replace('\\', r"\\").replace('%', r"\%").replace('_', r"\_")
    )
}

/// Another try of the same row is saved, too.
const TRIES: &str = "?3 IS NULL AND t.variant_of IS NOT NULL AND EXISTS (
    SELECT 1 FROM task o JOIN take ok ON ok.attempt_id = o.attempt_id AND ok.kind = 'clip' AND ok.ordinal = 0
    WHERE o.variant_of = t.variant_of AND o.id <> t.id AND o.deleted_at IS NULL AND o.lane = 'done'
      AND ok.saved_at IS NOT NULL)";

/// The condition for a kind of clip, with the one value it wants as `?3`.
fn condition(which: &Which) -> Result<(&'static str, Box<dyn ToSql>)> {
    Ok(match which {
        Which::All => ("?3 IS NULL", Box::new(None::<u8>)),
        Which::Unmarked => ("?3 IS NULL AND k.rating = 0 AND k.rejected = 0", Box::new(None::<u8>)),
        Which::Rated { least } => ("k.rating >= ?3", Box::new((*least).max(1))),
        Which::NotRejected => ("?3 IS NULL AND k.rejected = 0", Box::new(None::<u8>)),
        Which::Rejected => ("?3 IS NULL AND k.rejected = 1", Box::new(None::<u8>)),
        Which::Tagged { tag } => (
            "EXISTS (SELECT 1 FROM json_each(k.tags) j WHERE j.value = ?3)",
            Box::new(clean(tag)),
        ),
        Which::Variants => (TRIES, Box::new(None::<u8>)),
        Which::These { ids } => (
            "t.id IN (SELECT value FROM json_each(?3))",
            Box::new(serde_json::to_string(ids)?),
        ),
    })
}

/// The clips to go through, in the order of the board.
pub(crate) fn roll(tx: &Connection, query: &RollQuery) -> Result<Roll> {
    let pattern = pattern(&query.search);
    let (condition, value) = condition(&query.which)?;
    let mut found = tx.prepare_cached(&format!(
        "SELECT t.id, t.variant_of {SAVED} AND {condition}
         ORDER BY b.created_at DESC, b.id DESC, t.position, t.id LIMIT {LONGEST}"
    ))?;
    let found = found.query_map(params![query.batch_id, pattern, value], |row| {
        Ok((row.get(0)?, row.get(1)?))
    })?;
    let found = found.collect::<Result<Vec<(String, Option<String>)>, _>>()?;
    let (rows, variants) = rows_with_tries(tx, query.batch_id.as_deref(), &pattern)?;
    let number = |row: &Option<String>| row.as_ref().and_then(|row| rows.get(row)).copied().unwrap_or(0);
    let groups = found.iter().map(|(_, row)| number(row)).collect();
    let ids = found.into_iter().map(|(id, _)| id).collect();
    let total: i64 = tx
        .prepare_cached(&format!("SELECT COUNT(*) {SAVED} AND {condition}"))?
        .query_row(params![query.batch_id, pattern, value], |row| row.get(0))?;
    let counts = tx
        .prepare_cached(&format!(
            "SELECT COUNT(*), COUNT(*) FILTER (WHERE k.rating = 0 AND k.rejected = 0),
               COUNT(*) FILTER (WHERE k.rating >= {PICK}), COUNT(*) FILTER (WHERE k.rejected = 1) {SAVED}"
        ))?
        .query_row(params![query.batch_id, pattern], |row| {
            let count = |at| row.get::<_, i64>(at).map(|n| u64::try_from(n).unwrap_or(0));
            Ok(RollCounts {
                all: count(0)?,
                unmarked: count(1)?,
                picks: count(2)?,
                rejected: count(3)?,
                variants,
            })
        })?;
    Ok(Roll {
        ids,
        groups,
        total: u64::try_from(total).unwrap_or(0),
        counts,
        tags: tags(tx, query.batch_id.as_deref())?,
    })
}

/// Rows of which several tries are saved, numbered from 1, and how many clips those are.
fn rows_with_tries(tx: &Connection, batch: Option<&str>, pattern: &str) -> Result<(HashMap<String, u32>, u64)> {
    let mut query = tx.prepare_cached(&format!(
        "SELECT t.variant_of, COUNT(*) {SAVED} AND t.variant_of IS NOT NULL GROUP BY t.variant_of HAVING COUNT(*) > 1"
    ))?;
    let rows = query.query_map(params![batch, pattern], |row| Ok((row.get(0)?, row.get::<_, i64>(1)?)))?;
    let (mut numbers, mut clips) = (HashMap::new(), 0);
    for (number, row) in (1..).zip(rows) {
        let (row, count) = row?;
        numbers.insert(row, number);
        clips += u64::try_from(count).unwrap_or(0);
    }
    Ok((numbers, clips))
}

/// The saved tries of a task's row, in their order; of a row with one try, that one.
pub(crate) fn tries(tx: &Connection, id: &str) -> Result<Vec<String>> {
    let mut query = tx.prepare_cached(&format!(
        "SELECT t.id {SAVED} AND (t.id = ?3 OR t.variant_of = (SELECT variant_of FROM task WHERE id = ?3))
         ORDER BY t.position, t.id"
    ))?;
    let rows = query.query_map(params![None::<String>, "%%", id], |row| row.get(0))?;
    Ok(rows.collect::<Result<_, _>>()?)
}

fn tags(tx: &Connection, batch: Option<&str>) -> Result<Vec<TagCount>> {
    let mut query = tx.prepare_cached(&format!(
        "SELECT tag, COUNT(*) FROM (SELECT j.value AS tag FROM (SELECT k.tags {SAVED} AND k.tags <> '[]') s,
           json_each(s.tags) j)
         GROUP BY tag ORDER BY COUNT(*) DESC, tag LIMIT {TAGS}"
    ))?;
    let rows = query.query_map(params![batch, "%%"], |row| {
        Ok(TagCount {
            tag: row.get(0)?,
            count: u64::try_from(row.get::<_, i64>(1)?).unwrap_or(0),
        })
    })?;
    Ok(rows.collect::<Result<_, _>>()?)
}

/// A clip that is handed on or renamed: its card, and the name of its batch.
#[derive(Clone, Debug)]
pub(crate) struct Pick {
    pub(crate) row: CardRow,
    pub(crate) batch: String,
}

/// The clips of a query with everything that is known of them, in the order of the board.
pub(crate) fn picks(tx: &Connection, query: &RollQuery) -> Result<Vec<Pick>> {
    let ids = roll(tx, query)?.ids;
    let mut name = tx.prepare_cached("SELECT name FROM batch WHERE id = ?1")?;
    let mut picks = Vec::with_capacity(ids.len());
    for row in cards(tx, &ids)? {
        let batch = name.query_row([&row.task.batch_id], |row| row.get(0))?;
        picks.push(Pick { row, batch });
    }
    Ok(picks)
}
