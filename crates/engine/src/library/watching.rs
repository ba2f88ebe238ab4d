//! Bought tasks that are being watched: which of them are due, and what became of a look at one.
//!
//! A task's budget of polls is kept beside the time that was waited for between them: only time between two readable
//! answers counts, and never more of it than was meant to be waited, so neither a sleep nor an outage nor a clock that
//! was set uses it up.

use rusqlite::{Connection, params};

use super::due::Moment;
use crate::error::Result;
use crate::timing::Kind;

/// A task that is due to be asked about, as far as its turn depends on it.
#[derive(Clone, Debug)]
pub(crate) struct Waiting {
    pub(crate) id: String,
    /// When it fell due (ms).
    pub(crate) due_at: i64,
    /// When the service last gave a readable answer on it, else when it took it (ms).
    pub(crate) asked_at: i64,
    /// When the service took it (ms).
    pub(crate) taken_at: i64,
    /// `None` where its parameters are none that this version knows, or nobody waits for it any more.
    pub(crate) kind: Option<Kind>,
}

/// More than this are never looked at in one go; the longest due come first.
const MOST: u32 = 5_000;

/// Everything watched that is due, the longest due first. Past its budget a task has no kind: it is asked seldom,
/// whatever its curve says.
pub(crate) fn due(tx: &Connection, at: Moment) -> Result<Vec<Waiting>> {
    // Three ranges of the index instead of one condition that no index can answer.
    let range = |state: &str, which: &str| {
        format!(
            "SELECT t.id, COALESCE(t.due_at, 0) AS due_at, t.asked_at, t.model, t.resolution, t.mode, t.images <> '[]',
               t.state, a.outcome, a.sent_at, a.answered_at
             FROM task t JOIN attempt a ON a.id = t.attempt_id
             WHERE t.state = '{state}' AND t.deleted_at IS NULL AND t.due_at {which}"
        )
    };
    let ranges: Vec<String> = ["generating", "timedOut"]
        .iter()
        .flat_map(|state| ["IS NULL", "<= ?1", "> ?1 + ?2"].map(|which| range(state, which)))
        .collect();
    let sql = format!("{} ORDER BY 2, 1 LIMIT ?3", ranges.join(" UNION ALL "));
    let mut query = tx.prepare_cached(&sql)?;
    let mut rows = query.query(params![at.now, at.horizon, MOST])?;
    let mut found = Vec::new();
    while let Some(row) = rows.next()? {
        let text = |column| row.get::<_, Option<String>>(column);
        let (model, resolution, mode) = (text(3)?, text(4)?, text(5)?);
        let sent_at: i64 = row.get(9)?;
        let taken_at = match row.get::<_, Option<i64>>(10)? {
            Some(answered) if row.get_ref(8)?.as_str() == Ok("accepted") => answered,
            _ => sent_at,
        };
        let waited_for = row.get_ref(7)?.as_str() == Ok("generating");
        let kind = Kind::of(model.as_deref(), resolution.as_deref(), mode.as_deref(), row.get(6)?);
        found.push(Waiting {
            id: row.get(0)?,
            due_at: row.get(1)?,
            asked_at: row.get::<_, Option<i64>>(2)?.unwrap_or(taken_at),
            taken_at,
            kind: kind.filter(|_| waited_for),
        });
    }
    Ok(found)
}

/// What is written of a watched task beside its row, for one look at it.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct Watch {
    /// When the service last gave a readable answer on it (ms).
    pub(crate) asked_at: Option<i64>,
    /// How long was to be waited from then on (ms).
    pub(crate) gap_ms: i64,
    /// Waited for so far (ms).
    pub(crate) waited_ms: i64,
}

impl Watch {
    /// What will have been waited for at `now` (ms), where nothing was heard since `asked_at` or, at first, since
    /// `taken_at`.
    pub(crate) fn waited_by(&self, now: i64, taken_at: i64) -> i64 {
        let since = now.saturating_sub(self.asked_at.unwrap_or(taken_at));
        self.waited_ms.saturating_add(since.clamp(0, self.gap_ms.max(0)))
    }
}

/// What is written of one.
pub(crate) fn of_task(tx: &Connection, id: &str) -> Result<Watch> {
    Ok(tx
        .prepare_cached("SELECT asked_at, gap_ms, waited_ms FROM task WHERE id = ?1")?
        .query_row([id], |row| {
            Ok(Watch {
                asked_at: row.get(0)?,
                gap_ms: row.get(1)?,
                waited_ms: row.get(2)?,
            })
        })?)
}

/// The service answered that it is not done: one poll more, and the next one after `watch.gap_ms`.
pub(crate) fn answered(tx: &Connection, id: &str, polls: u32, watch: Watch) -> Result<()> {
    tx.prepare_cached(
        "UPDATE task SET polls = ?2, tries = 0, asked_at = ?3, gap_ms = ?4, waited_ms = ?5 WHERE id = ?1",
    )?
    .execute(params![id, polls, watch.asked_at, watch.gap_ms, watch.waited_ms])?;
    Ok(())
}

/// Watched from now on, with a fresh budget.
pub(crate) fn afresh(tx: &Connection, id: &str) -> Result<()> {
    tx.execute(
        "UPDATE task SET polls = 0, asked_at = NULL, gap_ms = 0, waited_ms = 0 WHERE id = ?1",
        [id],
    )?;
    Ok(())
}

/// The first poll is due: `gap_ms` from when it was taken.
pub(crate) fn begin(tx: &Connection, id: &str, gap_ms: i64, due_at: i64) -> Result<()> {
    tx.execute(
        "UPDATE task SET asked_at = NULL, gap_ms = ?2, waited_ms = 0, due_at = ?3 WHERE id = ?1",
        params![id, gap_ms, due_at],
    )?;
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_the_time_that_was_meant_to_be_waited_counts() {
        let watch = Watch {
            asked_at: Some(1_000),
            gap_ms: 20_000,
            waited_ms: 50_000,
        };
        let taken = -40_000;
        assert_eq!(watch.waited_by(16_000, taken), 65_000);
        assert_eq!(
            watch.waited_by(3_600_000, taken),
            70_000,
            "an hour of sleep, or a day that was set"
        );
        assert_eq!(watch.waited_by(-86_400_000, taken), 50_000, "the clock was set back");
        let first = Watch {
            asked_at: None,
            gap_ms: 45_000,
            waited_ms: 0,
        };
        assert_eq!(first.waited_by(5_000, taken), 45_000);
    }
}
