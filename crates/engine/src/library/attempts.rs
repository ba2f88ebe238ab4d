//! The ledger: one row for each try to buy, written before the paid request leaves.

use rusqlite::{Connection, OptionalExtension, Row, params};
use uuid::Uuid;

use super::watching;
use crate::doubt::verdict::Verdict;
use crate::error::{Error, Result};

/// The credits of what was accepted for a task `t` and not given back; NULL where one of them has no known price.
pub(crate) const SPENT: &str = "SELECT CASE WHEN COUNT(*) = COUNT(a.price) THEN COALESCE(SUM(a.price), 0.0) END
    FROM attempt a WHERE a.task_id = t.id AND a.outcome IN ('accepted', 'attached', 'forgotten')";

/// How an attempt ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Outcome {
    /// On the wire, or the app ended before an answer.
    Sent,
    /// The service gave an id.
    Accepted,
    /// The service definitely refused it.
    Refused,
    /// The service definitely did not take it, for a reason that is not the task's.
    NotAccepted,
    /// No readable answer.
    Unknown,
    /// The user gave its id.
    Attached,
    /// Accepted, and the service says there will be no video.
    NotMade,
    /// Accepted, and the service no longer knows it.
    Forgotten,
}

impl Outcome {
    /// The stored text.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Sent => "sent",
            Self::Accepted => "accepted",
            Self::Refused => "refused",
            Self::NotAccepted => "notAccepted",
            Self::Unknown => "unknown",
            Self::Attached => "attached",
            Self::NotMade => "notMade",
            Self::Forgotten => "forgotten",
        }
    }
}

/// What is committed before a paid request leaves.
#[derive(Clone, Debug)]
pub struct Intent {
    /// The request as it will be sent.
    pub body: String,
    /// SHA-256 of it, hex.
    pub body_hash: String,
    /// The key's id.
    pub key_id: String,
    /// The key's name.
    pub key_name: String,
    /// Credits by the documented table.
    pub price: Option<f64>,
    /// Credits the account should hold, where known.
    pub balance: Option<f64>,
}

/// An attempt's row.
#[derive(Clone, Debug)]
pub struct Attempt {
    /// uuid v7.
    pub id: String,
    /// Its task.
    pub task_id: String,
    /// 1, 2, …
    pub ordinal: u32,
    /// The stored text of its outcome.
    pub outcome: String,
    /// The request as it was sent.
    pub body: String,
    /// The key's id.
    pub key_id: String,
    /// The key's name.
    pub key_name: String,
    /// Credits by the documented table.
    pub price: Option<f64>,
    /// Credits before.
    pub balance_before: Option<f64>,
    /// Credits after.
    pub balance_after: Option<f64>,
    /// When the request left (ms).
    pub sent_at: i64,
    /// When it was answered, or given up waiting for (ms).
    pub answered_at: Option<i64>,
    /// The service's task id.
    pub service_id: Option<String>,
    /// What could be read of the answer.
    pub answer: Option<String>,
    /// When the balance after was heard (ms).
    pub after_at: Option<i64>,
    /// What the balance says of it, where its outcome is unknown.
    pub verdict: Option<Verdict>,
}

const COLUMNS: &str = "id, task_id, ordinal, outcome, body, key_id, key_name, price, balance_before, balance_after, \
    sent_at, answered_at, service_id, answer, after_at, verdict";

impl Attempt {
    fn read(row: &Row<'_>) -> rusqlite::Result<Self> {
        Ok(Self {
            id: row.get(0)?,
            task_id: row.get(1)?,
            ordinal: row.get(2)?,
            outcome: row.get(3)?,
            body: row.get(4)?,
            key_id: row.get(5)?,
            key_name: row.get(6)?,
            price: row.get(7)?,
            balance_before: row.get(8)?,
            balance_after: row.get(9)?,
            sent_at: row.get(10)?,
            answered_at: row.get(11)?,
            service_id: row.get(12)?,
            answer: row.get(13)?,
            after_at: row.get(14)?,
            // A verdict from a newer version is none: it is only ever shown.
            verdict: row
                .get::<_, Option<String>>(15)?
                .and_then(|text| serde_json::from_str(&text).ok()),
        })
    }

    /// When the service took it, as nearly as is known here (ms).
    pub(crate) fn taken_at(&self) -> i64 {
        match self.answered_at {
            Some(at) if self.outcome == Outcome::Accepted.as_str() => at,
            _ => self.sent_at,
        }
    }
}

/// Writes an intent; from here on the attempt counts for its task.
pub(crate) fn intend(tx: &Connection, task_id: &str, intent: &Intent, now: i64) -> Result<String> {
    let id = Uuid::now_v7().to_string();
    tx.execute(
        "INSERT INTO attempt (id, task_id, ordinal, outcome, body, body_hash, key_id, key_name, price, balance_before,
           sent_at)
         SELECT ?1, ?2, COALESCE(MAX(ordinal), 0) + 1, 'sent', ?3, ?4, ?5, ?6, ?7, ?8, ?9
         FROM attempt WHERE task_id = ?2",
        params![
            id,
            task_id,
            intent.body,
            intent.body_hash,
            intent.key_id,
            intent.key_name,
            intent.price,
            intent.balance,
            now
        ],
    )?;
    tx.execute("UPDATE task SET attempt_id = ?2 WHERE id = ?1", params![task_id, id])?;
    watching::afresh(tx, task_id)?;
    Ok(id)
}

/// Writes how an attempt ended. An id, once there, is never overwritten.
pub(crate) fn answer(
    tx: &Connection,
    id: &str,
    outcome: Outcome,
    service_id: Option<&str>,
    answer: &str,
    now: i64,
) -> Result<()> {
    let changed = tx.execute(
        "UPDATE attempt SET outcome = ?2, service_id = COALESCE(service_id, ?3), answer = ?4, answered_at = ?5
         WHERE id = ?1",
        params![id, outcome.as_str(), service_id, answer, now],
    )?;
    if changed == 1 {
        Ok(())
    } else {
        Err(Error::NotFound("attempt".to_owned()))
    }
}

/// Writes what the account held some time after the request.
pub(crate) fn set_balance_after(tx: &Connection, id: &str, balance: f64, at: i64) -> Result<()> {
    tx.execute(
        "UPDATE attempt SET balance_after = ?2, after_at = ?3 WHERE id = ?1",
        params![id, balance, at],
    )?;
    Ok(())
}

/// Notes that the service was asked about an attempt at `asked_at` (ms) and had not given it up.
pub(crate) fn seen(tx: &Connection, id: &str, asked_at: i64) -> Result<()> {
    tx.execute("UPDATE attempt SET seen_at = ?2 WHERE id = ?1", params![id, asked_at])?;
    Ok(())
}

/// One attempt.
pub(crate) fn get(tx: &Connection, id: &str) -> Result<Attempt> {
    tx.prepare_cached(&format!("SELECT {COLUMNS} FROM attempt WHERE id = ?1"))?
        .query_row([id], Attempt::read)
        .optional()?
        .ok_or_else(|| Error::NotFound("attempt".to_owned()))
}

/// The attempt that counts for a task.
pub(crate) fn current(tx: &Connection, task_id: &str) -> Result<Option<Attempt>> {
    let columns = COLUMNS.replace(", ", ", a.").replacen("id", "a.id", 1);
    Ok(tx
        .prepare_cached(&format!(
            "SELECT {columns} FROM attempt a JOIN task t ON t.attempt_id = a.id WHERE t.id = ?1"
        ))?
        .query_row([task_id], Attempt::read)
        .optional()?)
}

/// All attempts of a task, oldest first.
pub(crate) fn of_task(tx: &Connection, task_id: &str) -> Result<Vec<Attempt>> {
    let mut query = tx.prepare_cached(&format!(
        "SELECT {COLUMNS} FROM attempt WHERE task_id = ?1 ORDER BY ordinal"
    ))?;
    let rows = query.query_map([task_id], Attempt::read)?;
    Ok(rows.collect::<Result<_, _>>()?)
}

/// The task that already has this service id, if one has.
pub(crate) fn owner_of(tx: &Connection, service_id: &str) -> Result<Option<String>> {
    Ok(tx
        .query_row(
            "SELECT task_id FROM attempt WHERE service_id = ?1",
            [service_id],
            |row| row.get(0),
        )
        .optional()?)
}

/// The longest that a request is taken to have left after its intent: the commit and the connection.
const LEAVES_WITHIN_MS: i64 = 1_000;

/// When requests left, at the latest, of those that left at or after `since` (ms): the sliding log, as far as it must
/// outlive a restart. Between the intent and the answer nobody noted the moment, so the later end of it counts.
pub(crate) fn sent_since(tx: &Connection, since: i64) -> Result<Vec<i64>> {
    let mut query = tx.prepare(
        "SELECT MIN(COALESCE(answered_at, sent_at + ?2), sent_at + ?2) FROM attempt WHERE sent_at >= ?1 - ?2
         ORDER BY sent_at",
    )?;
    let rows = query.query_map([since, LEAVES_WITHIN_MS], |row| row.get(0))?;
    Ok(rows.collect::<Result<_, _>>()?)
}
