//! What the board asks: windows of lanes and lists, and single cards. What is counted is in `tally`.

use rusqlite::{Connection, params};

use super::order::Orders;
use super::rows::{COLUMNS, TaskRow, WIDTH as TAKE};
use super::step::lane_text;
use super::takes::{self, Take};
use super::{finds, tally};
use crate::error::Result;
use crate::task::Lane;
use crate::view::filter::Filter;
use crate::view::{RowsQuery, SortBy};

/// A row as a card needs it.
#[derive(Clone, Debug)]
pub(crate) struct CardRow {
    pub(crate) task: TaskRow,
    /// The first take of the attempt that counts.
    pub(crate) take: Option<Take>,
    /// The outcome of that attempt, as it is stored.
    pub(crate) outcome: Option<String>,
    /// The service's id of that attempt.
    pub(crate) service_id: Option<String>,
    /// When its request left (ms).
    pub(crate) sent_at: Option<i64>,
    /// The first of several tries of its row.
    pub(crate) variant_of: Option<String>,
    /// Waits for the first few of its start.
    pub(crate) held: bool,
}

const WIDEST: u64 = 200;
/// As far as this from either end an index is walked over: a fraction of a millisecond.
const NEAR: u64 = 2_000;

fn card(row: &rusqlite::Row<'_>) -> rusqlite::Result<CardRow> {
    let take = if row.get::<_, Option<String>>(TAKE)?.is_some() {
        Some(Take::read_at(row, TAKE)?)
    } else {
        None
    };
    Ok(CardRow {
        task: TaskRow::read(row)?,
        take,
        outcome: row.get(TAKE + takes::WIDTH)?,
        service_id: row.get(TAKE + takes::WIDTH + 1)?,
        sent_at: row.get(TAKE + takes::WIDTH + 2)?,
        variant_of: row.get(TAKE + takes::WIDTH + 3)?,
        held: row.get(TAKE + takes::WIDTH + 4)?,
    })
}

fn select() -> String {
    format!(
        "SELECT {COLUMNS}, {}, a.outcome, a.service_id, a.sent_at, t.variant_of, t.held
         FROM task t LEFT JOIN attempt a ON a.id = t.attempt_id
         LEFT JOIN take k ON k.attempt_id = t.attempt_id AND k.kind = 'clip' AND k.ordinal = 0",
        takes::COLUMNS
    )
}

/// What a query looks for, as SQL: `?1` is the lane, `?2` the batch and `?3` the text ([`values`]).
pub(super) struct Asked {
    pub(super) filter: String,
    pub(super) order: String,
}

impl Asked {
    /// `descending`: the way round, whatever the query wants.
    pub(super) fn of(query: &RowsQuery, descending: bool) -> Self {
        Self {
            filter: filter(query),
            order: order(query, descending),
        }
    }
}

/// The values for [`Asked`].
pub(super) fn values(query: &RowsQuery) -> (Option<&'static str>, Option<&str>, String) {
    (
        query.lane.map(lane_text),
        query.batch_id.as_deref(),
        finds::needle(&query.search),
    )
}

fn filter(query: &RowsQuery) -> String {
    let mut filter = "t.deleted_at IS NULL".to_owned();
    filter.push_str(match query.lane {
        Some(_) => " AND t.lane = ?1",
        None => " AND ?1 IS NULL",
    });
    filter.push_str(match query.batch_id {
        Some(_) => " AND t.batch_id = ?2",
        None => " AND ?2 IS NULL",
    });
    filter.push_str(if query.search.trim().is_empty() {
        " AND ?3 IS NOT NULL"
    } else {
        " AND (finds(t.number, ?3) OR finds(t.prompt, ?3) OR finds(t.trouble, ?3)
            OR t.attempt_id IN (SELECT f.attempt_id FROM take f WHERE finds(f.file_name, ?3)))"
    });
    filter.push_str(&super::filter::condition(&query.filter));
    filter
}

fn order(query: &RowsQuery, descending: bool) -> String {
    let columns: &[&str] = match (query.sort, query.lane) {
        (SortBy::Place, Some(_)) => &["t.sort", "t.id"],
        (SortBy::Place, None) => &["t.batch_id", "t.position"],
        (SortBy::State, _) => &["t.state", "t.id"],
        (SortBy::Model, _) => &["t.model", "t.id"],
        (SortBy::Price, _) => &["t.price", "t.id"],
        (SortBy::Took, _) => &["t.finished_at - t.started_at", "t.id"],
        (SortBy::Changed, _) => &["t.updated_at", "t.id"],
    };
    let turned = if descending { " DESC" } else { "" };
    columns
        .iter()
        .map(|column| format!("{column}{turned}"))
        .collect::<Vec<_>>()
        .join(", ")
}

/// Whether a query is for a lane, a batch, both or everything, and for nothing else: how many that are is counted.
pub(super) fn is_plain(query: &RowsQuery) -> bool {
    // Named one by one, so that another filter is not forgotten here.
    let RowsQuery {
        batch_id: _,
        lane: _,
        sort: _,
        descending: _,
        search,
        filter,
        offset: _,
        limit: _,
    } = query;
    search.trim().is_empty() && *filter == Filter::default()
}

/// Whether an index gives the rows in their order, so that its beginning and its end are read without the rest.
fn is_indexed(query: &RowsQuery) -> bool {
    is_plain(query) && (query.sort == SortBy::Place || (query.lane.is_none() && query.batch_id.is_none()))
}

/// A window of what a query finds, and how many rows it finds in all.
///
/// A window near either end is walked to over an index; one in between, or of what is filtered, is looked up in the
/// order that is kept of it (`order.rs`). Either way only the window's own rows are read.
pub(crate) fn window(tx: &Connection, query: &RowsQuery, orders: &mut Orders) -> Result<(u64, Vec<CardRow>)> {
    let limit = query.limit.clamp(1, WIDEST);
    if is_indexed(query) {
        let total = tally::count(tx, query.batch_id.as_deref(), query.lane)?;
        let behind = total.saturating_sub(query.offset).saturating_sub(limit);
        if query.offset <= NEAR {
            return Ok((
                total,
                read(tx, &walk(tx, query, query.descending, query.offset, limit)?)?,
            ));
        }
        if behind <= NEAR {
            let limit = limit.min(total.saturating_sub(query.offset));
            let mut rows = walk(tx, query, !query.descending, behind, limit)?;
            rows.reverse();
            return Ok((total, read(tx, &rows)?));
        }
    }
    let all = orders.of(tx, query)?;
    let from = usize::try_from(query.offset).unwrap_or(usize::MAX).min(all.len());
    let to = from.saturating_add(usize::try_from(limit).unwrap_or(0)).min(all.len());
    let total = u64::try_from(all.len()).unwrap_or(0);
    Ok((total, read(tx, &all[from..to])?))
}

/// The row numbers of a window, by walking over an index from the beginning of what a query finds.
fn walk(tx: &Connection, query: &RowsQuery, descending: bool, offset: u64, limit: u64) -> Result<Vec<i64>> {
    let Asked { filter, order } = Asked::of(query, descending);
    let mut rows = tx.prepare_cached(&format!(
        "SELECT t.rowid FROM task t WHERE {filter} ORDER BY {order} LIMIT ?4 OFFSET ?5"
    ))?;
    let (lane, batch, search) = values(query);
    let most = |n| i64::try_from(n).unwrap_or(i64::MAX);
    let rows = rows.query_map(params![lane, batch, search, most(limit), most(offset)], |row| {
        row.get(0)
    })?;
    Ok(rows.collect::<Result<_, _>>()?)
}

/// The cards in some rows, in this order.
fn read(tx: &Connection, rows: &[i64]) -> Result<Vec<CardRow>> {
    let mut one = tx.prepare_cached(&format!("{} WHERE t.rowid = ?1", select()))?;
    let cards = rows.iter().map(|row| one.query_row([row], card));
    Ok(cards.collect::<Result<_, _>>()?)
}

/// The ids of what a query finds from its offset on, at most `most`, in its order.
pub(crate) fn ids(tx: &Connection, query: &RowsQuery, most: u32) -> Result<Vec<String>> {
    let Asked { filter, order } = Asked::of(query, query.descending);
    let sql = format!("SELECT t.id FROM task t WHERE {filter} ORDER BY {order} LIMIT ?4 OFFSET ?5");
    let mut rows = tx.prepare_cached(&sql)?;
    let (lane, batch, search) = values(query);
    let offset = i64::try_from(query.offset).unwrap_or(i64::MAX);
    let found = rows.query_map(params![lane, batch, search, most, offset], |row| row.get(0))?;
    Ok(found.collect::<Result<_, _>>()?)
}

/// The cards of some tasks; those that are gone are left out.
pub(crate) fn cards(tx: &Connection, ids: &[String]) -> Result<Vec<CardRow>> {
    let mut query = tx.prepare_cached(&format!("{} WHERE t.id = ?1 AND t.deleted_at IS NULL", select()))?;
    let mut found = Vec::with_capacity(ids.len());
    for id in ids {
        let mut rows = query.query([id])?;
        if let Some(row) = rows.next()? {
            found.push(card(row)?);
        }
    }
    Ok(found)
}

/// The cards of a batch, or of all, in the order of the lists.
pub(crate) fn list(tx: &Connection, batch: Option<&str>) -> Result<Vec<CardRow>> {
    let sql = format!(
        "{} WHERE t.deleted_at IS NULL AND (?1 IS NULL OR t.batch_id = ?1) ORDER BY t.batch_id, t.position",
        select()
    );
    let mut query = tx.prepare_cached(&sql)?;
    let rows = query.query_map([batch], card)?;
    Ok(rows.collect::<Result<_, _>>()?)
}

/// How many attempts ended in each way.
pub(crate) fn by_outcome(tx: &Connection) -> Result<Vec<(String, u64)>> {
    counts(
        tx,
        "SELECT outcome, COUNT(*) FROM attempt GROUP BY outcome ORDER BY outcome",
    )
}

fn counts(tx: &Connection, sql: &str) -> Result<Vec<(String, u64)>> {
    let mut query = tx.prepare_cached(sql)?;
    let rows = query.query_map([], |row| {
        Ok((row.get(0)?, u64::try_from(row.get::<_, i64>(1)?).unwrap_or(0)))
    })?;
    Ok(rows.collect::<Result<_, _>>()?)
}

/// Which lane a state's text belongs to; text that is no state needs a person.
pub(crate) fn lane_of(state_text: &str) -> Lane {
    crate::task::State::from_stored(state_text).map_or(Lane::NeedsYou, crate::task::State::lane)
}

#[cfg(test)]
mod tests {
    use super::*;

    const SORTS: [SortBy; 6] = [
        SortBy::Place,
        SortBy::State,
        SortBy::Model,
        SortBy::Price,
        SortBy::Took,
        SortBy::Changed,
    ];

    /// A sort of a hundred thousand rows for each page would be felt; walking over an index is not.
    #[test]
    fn every_order_that_is_walked_over_is_read_from_an_index() {
        let home = tempfile::tempdir().unwrap();
        drop(crate::library::Library::open(home.path()).unwrap());
        let db = Connection::open(home.path().join(crate::library::FILE)).unwrap();
        let query = |sort, lane, batch: Option<&str>, descending| RowsQuery {
            batch_id: batch.map(str::to_owned),
            lane,
            sort,
            descending,
            search: String::new(),
            filter: crate::view::filter::Filter::default(),
            offset: 900,
            limit: 200,
        };
        let over_all = SORTS.map(|sort| (sort, None, None));
        let lanes = [None, Some("b")].map(|batch| (SortBy::Place, Some(Lane::Done), batch));
        let of_batch = (SortBy::Place, None, Some("b"));
        for (sort, lane, batch) in over_all.into_iter().chain(lanes).chain([of_batch]) {
            for descending in [false, true] {
                let query = query(sort, lane, batch, descending);
                assert!(is_indexed(&query));
                let sql = format!(
                    "EXPLAIN QUERY PLAN SELECT t.rowid FROM task t WHERE {} ORDER BY {} LIMIT 200 OFFSET 900",
                    filter(&query),
                    order(&query, descending)
                );
                let mut plan = db.prepare(&sql).unwrap();
                let lane = query.lane.map(lane_text);
                let steps: Vec<String> = plan
                    .query_map(params![lane, query.batch_id, "%%"], |row| row.get(3))
                    .unwrap()
                    .map(Result::unwrap)
                    .collect();
                let plan = steps.join("; ");
                assert!(
                    plan.contains("INDEX") && !plan.contains("TEMP B-TREE"),
                    "{sort:?}: {plan}"
                );
            }
        }
    }

    /// Wherever a window lies, near an end or deep in between, filtered or not: it is what reading everything and
    /// cutting the window out would give, also after cards have come, gone and moved.
    #[test]
    fn a_window_is_what_lies_there_wherever_it_lies() {
        let home = tempfile::tempdir().unwrap();
        drop(crate::library::Library::open(home.path()).unwrap());
        let open = || Connection::open(home.path().join(crate::library::FILE)).unwrap();
        let (writer, db) = (open(), open());
        finds::teach(&db).unwrap();
        writer
            .execute_batch(
                "INSERT INTO batch (id, name, created_at, updated_at) VALUES ('a', 'A', 1, 1), ('b', 'B', 1, 1);
                 WITH RECURSIVE n (i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 7000)
                 INSERT INTO task (id, batch_id, number, position, prompt, images, state, sort, price, model,
                   started_at, finished_at, created_at, updated_at)
                 SELECT printf('t%05d', i * 7919 % 7001), iif(i % 9, 'a', 'b'), i, i, iif(i % 3, 'Rain', 'fog'), '[]',
                   iif(i % 8, 'done', 'draft'), -(i % 4000), iif(i % 4, i % 5, NULL), iif(i % 6, 'veo3', NULL),
                   i, iif(i % 7, i * 3 % 11000, NULL), 1, i * 31 % 977 FROM n;",
            )
            .unwrap();
        let mut orders = Orders::default();
        let mut look = |wanted: &RowsQuery| {
            let Asked { filter, order } = Asked::of(wanted, wanted.descending);
            let mut all = db
                .prepare(&format!("SELECT t.id FROM task t WHERE {filter} ORDER BY {order}"))
                .unwrap();
            let (lane, batch, search) = values(wanted);
            let all: Vec<String> = all
                .query_map(params![lane, batch, search], |row| row.get(0))
                .unwrap()
                .map(Result::unwrap)
                .collect();
            for offset in [
                0,
                40,
                1_990,
                2_001,
                3_333,
                4_801,
                all.len() - 60,
                all.len() - 1,
                all.len(),
                9_000,
            ] {
                let wanted = RowsQuery {
                    offset: offset as u64,
                    ..wanted.clone()
                };
                let tx = db.unchecked_transaction().unwrap();
                let (total, rows) = window(&tx, &wanted, &mut orders).unwrap();
                let ids: Vec<&String> = rows.iter().map(|row| &row.task.id).collect();
                let there: Vec<&String> = all.iter().skip(offset).take(80).collect();
                assert_eq!((total, ids), (all.len() as u64, there), "{wanted:?}");
            }
            all.len()
        };
        let mut everywhere = |sorts: &[SortBy], ways: &[bool]| {
            let mut deepest = 0;
            for &sort in sorts {
                for (lane, batch, search) in [
                    (None, None, ""),
                    (Some(Lane::Done), None, ""),
                    (Some(Lane::Done), Some("a"), ""),
                    (None, Some("a"), ""),
                    (None, None, "RAIN"),
                ] {
                    for &descending in ways {
                        deepest = deepest.max(look(&RowsQuery {
                            batch_id: batch.map(str::to_owned),
                            lane,
                            sort,
                            descending,
                            search: search.to_owned(),
                            filter: Filter::default(),
                            offset: 0,
                            limit: 80,
                        }));
                    }
                }
            }
            deepest
        };
        assert_eq!(everywhere(&SORTS, &[false, true]), 7_000);
        for change in [
            "UPDATE task SET state = 'draft', sort = 5 WHERE id BETWEEN 't02000' AND 't02400'",
            "UPDATE task SET deleted_at = 1 WHERE id BETWEEN 't03000' AND 't03100'",
            "UPDATE task SET sort = 3, position = 8000 WHERE id = 't04000'",
            "UPDATE task SET price = 99, model = 'a', updated_at = 5000 WHERE id = 't05000'",
        ] {
            writer.execute_batch(change).unwrap();
            everywhere(&[SortBy::Place, SortBy::Price], &[false]);
        }
    }
}
