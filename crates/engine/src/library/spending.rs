//! Spending limits: what counts as spent, and whether one more purchase fits.
//!
//! What counts is everything that was sent and not definitely turned away, by the documented prices. Failed ones count
//! too: nobody knows whether the service gives their credits back. A price that nobody knows fits no limit.

use rusqlite::{Connection, params};

use crate::error::{Error, Result};
use crate::view::start::BatchStopped;

/// What the service turned away costs nothing; any other outcome, also one that a later version wrote, may have.
const FREE: &str = "('refused', 'notAccepted')";
/// Sums of prices are compared with this much grace, so that rounding refuses nothing that fits exactly.
pub(crate) const GRACE: f64 = 1e-6;

/// What counts against a limit.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub(crate) struct Counted {
    /// Credits of those with a known price.
    pub(crate) credits: f64,
    /// How many have none.
    pub(crate) unpriced: u64,
}

/// Why nothing more may be bought.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) enum Over {
    /// The day's limit, in credits, and what counts against it.
    Day { limit: f64, spent: f64 },
    /// The batch's.
    Batch,
    /// There is a limit, and a price that nobody knows.
    Unpriced,
}

/// The limit of a day.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Day {
    /// Credits.
    pub(crate) limit: f64,
    /// When it began (ms). Nothing bounds its end: what a clock that was set back dates ahead counts as well.
    pub(crate) since: i64,
}

/// Whether buying a task of this batch at this price would go beyond a limit.
pub(crate) fn over(tx: &Connection, batch: &str, price: Option<f64>, day: Option<Day>) -> Result<Option<Over>> {
    let fits = |limit: f64, counted: Counted| match price {
        Some(price) if counted.unpriced == 0 => Ok(counted.credits + price <= limit + GRACE),
        _ => Err(Over::Unpriced),
    };
    if let Some(Day { limit, since }) = day {
        let counted = of_day(tx, since)?;
        match fits(limit, counted) {
            Ok(true) => {}
            Ok(false) => {
                let spent = counted.credits;
                return Ok(Some(Over::Day { limit, spent }));
            }
            Err(unpriced) => return Ok(Some(unpriced)),
        }
    }
    let Some(limit) = of(tx, batch)? else {
        return Ok(None);
    };
    Ok(match fits(limit, of_batch(tx, batch)?) {
        Ok(true) => None,
        Ok(false) => Some(Over::Batch),
        Err(unpriced) => Some(unpriced),
    })
}

/// What counts since `since` (ms).
pub(crate) fn of_day(tx: &Connection, since: i64) -> Result<Counted> {
    let sql = format!(
        "SELECT COALESCE(SUM(price), 0.0), COUNT(*) - COUNT(price) FROM attempt
         WHERE sent_at >= ?1 AND outcome NOT IN {FREE}"
    );
    Ok(tx.prepare_cached(&sql)?.query_row([since], read)?)
}

/// What counts for a batch, since ever.
pub(crate) fn of_batch(tx: &Connection, batch: &str) -> Result<Counted> {
    let sql = format!(
        "SELECT COALESCE(SUM(a.price), 0.0), COUNT(*) - COUNT(a.price)
         FROM task t JOIN attempt a ON a.task_id = t.id
         WHERE t.batch_id = ?1 AND a.outcome NOT IN {FREE}"
    );
    Ok(tx.prepare_cached(&sql)?.query_row([batch], read)?)
}

/// What waits to be bought in this run of the app and will count: of one batch, or of all.
pub(crate) fn promised(tx: &Connection, batch: Option<&str>, session: &str) -> Result<Counted> {
    Ok(tx
        .prepare_cached(
            "SELECT COALESCE(SUM(price), 0.0), COUNT(*) - COUNT(price) FROM task
             WHERE state IN ('queued', 'preparing') AND session = ?2 AND held = 0 AND deleted_at IS NULL
               AND (?1 IS NULL OR batch_id = ?1)",
        )?
        .query_row(params![batch, session], read)?)
}

/// The limit of a batch, in credits.
pub(crate) fn of(tx: &Connection, batch: &str) -> Result<Option<f64>> {
    Ok(tx
        .prepare_cached("SELECT spend_limit FROM batch WHERE id = ?1")?
        .query_row([batch], |row| row.get(0))?)
}

/// Sets or lifts the limit of a batch. One that had stopped can be started again.
pub(crate) fn set(tx: &Connection, batch: &str, limit: Option<f64>, now: i64) -> Result<()> {
    let changed = tx.execute(
        "UPDATE batch SET spend_limit = ?2, stopped_at = NULL, updated_at = ?3 WHERE id = ?1",
        params![batch, limit, now],
    )?;
    if changed == 0 {
        return Err(Error::NotFound("batch".to_owned()));
    }
    Ok(())
}

/// The batch goes no further: what waits of it leaves this run of the app, and waits for a Start. Other batches go on.
pub(crate) fn stop(tx: &Connection, batch: &str, session: &str, now: i64) -> Result<()> {
    tx.execute(
        "UPDATE task SET session = NULL, revision = revision + 1, updated_at = ?3
         WHERE batch_id = ?1 AND session = ?2 AND state IN ('queued', 'preparing')",
        params![batch, session, now],
    )?;
    tx.execute(
        "UPDATE batch SET stopped_at = COALESCE(stopped_at, ?2), updated_at = ?2 WHERE id = ?1",
        params![batch, now],
    )?;
    Ok(())
}

/// A task of it was asked for again.
pub(crate) fn started(tx: &Connection, task: &str) -> Result<()> {
    tx.prepare_cached(
        "UPDATE batch SET stopped_at = NULL
         WHERE stopped_at IS NOT NULL AND id = (SELECT batch_id FROM task WHERE id = ?1)",
    )?
    .execute([task])?;
    Ok(())
}

/// Every batch that stopped at its limit and has something left, the last one first.
pub(crate) fn stopped(tx: &Connection, session: &str) -> Result<Vec<BatchStopped>> {
    let mut query = tx.prepare_cached(
        "SELECT b.id, b.name, b.spend_limit, COUNT(*)
         FROM batch b JOIN task t ON t.batch_id = b.id
         WHERE b.stopped_at IS NOT NULL AND b.spend_limit IS NOT NULL AND t.deleted_at IS NULL AND t.trouble IS NULL
           AND t.held = 0 AND (t.state = 'draft' OR (t.state = 'queued' AND t.session IS NOT ?1))
         GROUP BY b.id ORDER BY b.stopped_at DESC, b.id",
    )?;
    let rows = query.query_map([session], |row| {
        Ok(BatchStopped {
            batch_id: row.get(0)?,
            batch_name: row.get(1)?,
            limit: row.get(2)?,
            spent: 0.0,
            left: u64::try_from(row.get::<_, i64>(3)?).unwrap_or(0),
        })
    })?;
    let mut found: Vec<BatchStopped> = rows.collect::<rusqlite::Result<_>>()?;
    for batch in &mut found {
        batch.spent = of_batch(tx, &batch.batch_id)?.credits;
    }
    Ok(found)
}

fn read(row: &rusqlite::Row<'_>) -> rusqlite::Result<Counted> {
    Ok(Counted {
        credits: row.get(0)?,
        unpriced: u64::try_from(row.get::<_, i64>(1)?).unwrap_or(0),
    })
}
