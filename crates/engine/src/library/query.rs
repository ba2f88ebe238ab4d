//! What the board asks: windows of lanes, counts, totals.

use rusqlite::{Connection, params};

use super::rows::{COLUMNS, TaskRow, WIDTH as TAKE};
use super::step::lane_text;
use super::takes::{self, Take};
use crate::error::Result;
use crate::task::Lane;
use crate::view::{LaneCounts, RowsQuery, SortBy};

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

/// What a query's rows are filtered and ordered by, with ?1 the lane, ?2 the batch and ?3 the text to look for.
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
        r" AND (t.number LIKE ?3 ESCAPE '\' OR t.prompt LIKE ?3 ESCAPE '\' OR t.trouble LIKE ?3 ESCAPE '\'
            OR EXISTS (SELECT 1 FROM take f WHERE f.attempt_id = t.attempt_id AND f.file_name LIKE ?3 ESCAPE '\'))"
    });
    filter
}

fn order(query: &RowsQuery) -> String {
    let columns: &[&str] = match (query.sort, query.lane) {
        (SortBy::Place, Some(_)) => &["t.sort", "t.id"],
        (SortBy::Place, None) => &["t.batch_id", "t.position"],
        (SortBy::State, _) => &["t.state", "t.id"],
        (SortBy::Model, _) => &["t.model", "t.id"],
        (SortBy::Price, _) => &["t.price", "t.id"],
        (SortBy::Took, _) => &["t.finished_at - t.started_at", "t.id"],
        (SortBy::Changed, _) => &["t.updated_at", "t.id"],
    };
    let turned = if query.descending { " DESC" } else { "" };
    columns
        .iter()
        .map(|column| format!("{column}{turned}"))
        .collect::<Vec<_>>()
        .join(", ")
}

fn pattern(search: &str) -> String {
    format!(
        "%{}%",
        search
            .trim()
            .replace('\\', r"\\")
            .replace('%', r"\%")
            .replace('_', r"\_")
    )
}

/// A window of what a query finds, and how many rows it finds in all.
///
/// The window's ids come first, from an index alone; only its own rows are then looked up. A far jump walks over an
/// index and not over tasks, attempts and takes.
pub(crate) fn window(tx: &Connection, query: &RowsQuery) -> Result<(u64, Vec<CardRow>)> {
    let (filter, order) = (filter(query), order(query));
    let (lane, pattern) = (query.lane.map(lane_text), pattern(&query.search));
    let total: i64 = tx
        .prepare_cached(&format!("SELECT COUNT(*) FROM task t WHERE {filter}"))?
        .query_row(params![lane, query.batch_id, pattern], |row| row.get(0))?;
    let sql = format!(
        "{} WHERE t.id IN (SELECT t.id FROM task t WHERE {filter} ORDER BY {order} LIMIT ?4 OFFSET ?5) ORDER BY {order}",
        select()
    );
    let limit = query.limit.clamp(1, WIDEST);
    let mut rows = tx.prepare_cached(&sql)?;
    let rows = rows.query_map(
        params![
            lane,
            query.batch_id,
            pattern,
            i64::try_from(limit).unwrap_or(200),
            i64::try_from(query.offset).unwrap_or(i64::MAX)
        ],
        card,
    )?;
    Ok((u64::try_from(total).unwrap_or(0), rows.collect::<Result<_, _>>()?))
}

/// The ids of what a query finds from its offset on, at most `most`, in its order.
pub(crate) fn ids(tx: &Connection, query: &RowsQuery, most: u32) -> Result<Vec<String>> {
    let sql = format!(
        "SELECT t.id FROM task t WHERE {} ORDER BY {} LIMIT ?4 OFFSET ?5",
        filter(query),
        order(query)
    );
    let mut rows = tx.prepare_cached(&sql)?;
    let offset = i64::try_from(query.offset).unwrap_or(i64::MAX);
    let found = rows.query_map(
        params![
            query.lane.map(lane_text),
            query.batch_id,
            pattern(&query.search),
            most,
            offset
        ],
        |row| row.get(0),
    )?;
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

/// What a batch's head shows.
#[derive(Clone, Debug, Default)]
pub struct Totals {
    /// Cards in each lane.
    pub lanes: LaneCounts,
    /// Cards that Start would buy.
    pub startable: u64,
    /// What they would cost; `None` where one of them is unknown.
    pub startable_credits: Option<f64>,
    /// Cards that are being bought, one after the other.
    pub queued: u64,
}

/// The totals of one batch, or of all. `session` is this run of the app: what was asked for in an earlier one waits
/// for Start again.
pub(crate) fn totals(tx: &Connection, batch: Option<&str>, session: &str) -> Result<Totals> {
    let mut totals = Totals::default();
    // Two questions: the counts come from the index alone, however long the history; only what waits is looked into.
    let mut counts = tx.prepare_cached(match batch {
        Some(_) => "SELECT lane, COUNT(*) FROM task WHERE deleted_at IS NULL AND batch_id = ?1 GROUP BY lane",
        None => "SELECT lane, COUNT(*) FROM task WHERE deleted_at IS NULL AND ?1 IS NULL GROUP BY lane",
    })?;
    let mut rows = counts.query([batch])?;
    while let Some(row) = rows.next()? {
        let n = u64::try_from(row.get::<_, i64>(1)?).unwrap_or(0);
        match row.get::<_, String>(0)?.as_str() {
            "ready" => totals.lanes.ready = n,
            "running" => totals.lanes.running = n,
            "done" => totals.lanes.done = n,
            _ => totals.lanes.needs_you += n,
        }
    }
    let (startable, known, sum, queued): (i64, i64, f64, i64) = tx
        .prepare_cached(&format!(
            "SELECT COUNT(*) FILTER (WHERE startable), COUNT(price) FILTER (WHERE startable),
               COALESCE(SUM(price) FILTER (WHERE startable), 0.0),
               COUNT(*) FILTER (WHERE state = 'queued' AND session IS ?2)
             FROM (SELECT price, state, session,
                     trouble IS NULL AND held = 0 AND (state = 'draft' OR (state = 'queued' AND session IS NOT ?2)) AS startable
                   FROM task WHERE deleted_at IS NULL AND lane = 'ready' AND {})",
            if batch.is_some() { "batch_id = ?1" } else { "?1 IS NULL" }
        ))?
        .query_row(params![batch, session], |row| {
            Ok((row.get(0)?, row.get(1)?, row.get(2)?, row.get(3)?))
        })?;
    totals.startable = u64::try_from(startable).unwrap_or(0);
    totals.startable_credits = (startable == known).then_some(sum);
    totals.queued = u64::try_from(queued).unwrap_or(0);
    Ok(totals)
}

/// How many tasks wait for the user to say what became of them.
pub(crate) fn unconfirmed(tx: &Connection) -> Result<u64> {
    let n: i64 = tx
        .prepare_cached("SELECT COUNT(*) FROM task WHERE state = 'unconfirmed' AND deleted_at IS NULL")?
        .query_row([], |row| row.get(0))?;
    Ok(u64::try_from(n).unwrap_or(0))
}

/// How many cards stand in each state, as it is stored.
pub(crate) fn by_state(tx: &Connection) -> Result<Vec<(String, u64)>> {
    counts(
        tx,
        "SELECT state, COUNT(*) FROM task WHERE deleted_at IS NULL GROUP BY state ORDER BY state",
    )
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

    /// A sort of a hundred thousand rows for each page would be felt; walking over an index is not.
    #[test]
    fn every_order_over_all_batches_is_read_from_an_index() {
        let home = tempfile::tempdir().unwrap();
        drop(crate::library::Library::open(home.path()).unwrap());
        let db = Connection::open(home.path().join(crate::library::FILE)).unwrap();
        let query = |sort, lane, descending| RowsQuery {
            batch_id: None,
            lane,
            sort,
            descending,
            search: String::new(),
            offset: 90_000,
            limit: 200,
        };
        let sorts = [
            SortBy::Place,
            SortBy::State,
            SortBy::Model,
            SortBy::Price,
            SortBy::Took,
            SortBy::Changed,
        ];
        let over_all = sorts.map(|sort| (sort, None));
        for (sort, lane) in over_all.into_iter().chain([(SortBy::Place, Some(Lane::Done))]) {
            for descending in [false, true] {
                let query = query(sort, lane, descending);
                let sql = format!(
                    "EXPLAIN QUERY PLAN SELECT t.id FROM task t WHERE {} ORDER BY {} LIMIT 200 OFFSET 90000",
                    filter(&query),
                    order(&query)
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
                    plan.contains("USING") && plan.contains("INDEX") && !plan.contains("TEMP B-TREE"),
                    "{sort:?}: {plan}"
                );
            }
        }
    }
}
