//! What is written down about a lost answer: balances that were heard, and what else was bought around it.

use rusqlite::{Connection, params};

use super::attempts::{self, Attempt};
use super::step::{record, state, touch};
use super::tasks;
use crate::doubt::verdict::{Case, Fate, Other, Pace, Reading, Verdict};
use crate::error::Result;
use crate::task::State;
use crate::trouble::Trouble;

/// How long balances are kept (ms).
const KEPT_MS: i64 = 7 * 24 * 3_600_000;

/// Notes a balance that was heard.
pub(crate) fn note(tx: &Connection, key_id: &str, reading: Reading) -> Result<()> {
    tx.execute(
        "INSERT INTO reading (key_id, asked_at, heard_at, credits) VALUES (?1, ?2, ?3, ?4)",
        params![key_id, reading.asked_at, reading.heard_at, reading.credits],
    )?;
    tx.execute("DELETE FROM reading WHERE heard_at < ?1", [reading.heard_at - KEPT_MS])?;
    Ok(())
}

/// Whether a balance of a key was asked for and heard since `since` (ms).
pub(crate) fn heard_since(tx: &Connection, key_id: &str, since: i64) -> Result<bool> {
    Ok(tx
        .prepare_cached(
            "SELECT EXISTS (SELECT 1 FROM reading WHERE heard_at >= ?1 AND asked_at >= ?1 AND key_id = ?2)",
        )?
        .query_row(params![since, key_id], |row| row.get(0))?)
}

/// Unknown attempts whose verdict is open, or may still be taken back.
pub(crate) fn open(tx: &Connection, now: i64, pace: &Pace) -> Result<Vec<Attempt>> {
    let ids: Vec<String> = tx
        .prepare_cached(
            "SELECT id FROM attempt WHERE outcome = 'unknown' AND service_id IS NULL
               AND (verdict IS NULL OR (verdict LIKE '%likelyNotBought%' AND answered_at > ?1))
             ORDER BY answered_at LIMIT 100",
        )?
        .query_map([now - pace.last - pace.longest], |row| row.get(0))?
        .collect::<Result<_, _>>()?;
    ids.iter().map(|id| attempts::get(tx, id)).collect()
}

/// Everything that the balance's word about an attempt hangs on.
pub(crate) fn case(tx: &Connection, attempt: &Attempt, now: i64) -> Result<Case> {
    let since = Case::reaches_back_to(attempt.sent_at);
    let readings = tx
        .prepare_cached(
            "SELECT asked_at, heard_at, credits FROM reading WHERE heard_at >= ?1 AND key_id = ?2 ORDER BY id LIMIT 10000",
        )?
        .query_map(params![since, attempt.key_id], |row| {
            Ok(Reading {
                asked_at: row.get(0)?,
                heard_at: row.get(1)?,
                credits: row.get(2)?,
            })
        })?
        .collect::<Result<_, _>>()?;
    let others = tx
        .prepare_cached(
            "SELECT sent_at, answered_at, outcome, price, seen_at, ended_at,
               EXISTS (SELECT 1 FROM take WHERE attempt_id = attempt.id)
             FROM attempt WHERE sent_at >= ?1 AND id <> ?2 AND outcome NOT IN ('refused', 'notAccepted')",
        )?
        .query_map(params![since, attempt.id], |row| {
            Ok(Other {
                sent_at: row.get(0)?,
                answered_at: row.get(1)?,
                fate: match row.get::<_, String>(2)?.as_str() {
                    "sent" => Fate::Sent,
                    "accepted" | "notMade" | "forgotten" => Fate::Taken,
                    // Found by the user later; in its minutes nobody knew.
                    _ => Fate::Unknown,
                },
                price: row.get(3)?,
                seen_at: row.get(4)?,
                ended_at: row.get(5)?,
                made: row.get(6)?,
            })
        })?
        .collect::<Result<_, _>>()?;
    Ok(Case {
        sent_at: attempt.sent_at,
        lost_at: attempt.answered_at.unwrap_or(attempt.sent_at),
        price: attempt.price,
        readings,
        others,
        now,
    })
}

/// Judges an attempt anew and keeps what came out, on its card as well; `true` where that is something else than
/// before.
pub(crate) fn judge(tx: &Connection, id: &str, pace: &Pace, now: i64) -> Result<bool> {
    let attempt = attempts::get(tx, id)?;
    if attempt.outcome != "unknown" || attempt.service_id.is_some() {
        return Ok(false);
    }
    let case = case(tx, &attempt, now)?;
    let verdict = case.judge(pace);
    let heard = speaks_alone(&case);
    let watched = attempt.verdict.is_none() && heard.is_some_and(|last| attempt.after_at != Some(last.heard_at));
    if let (true, Some(last)) = (watched, heard) {
        attempts::set_balance_after(tx, id, last.credits, last.heard_at)?;
    }
    if verdict != attempt.verdict {
        tx.execute(
            "UPDATE attempt SET verdict = ?2 WHERE id = ?1",
            params![id, verdict.map(|verdict| serde_json::to_string(&verdict)).transpose()?],
        )?;
        record(
            tx,
            &attempt.task_id,
            now,
            "verdict",
            &serde_json::json!({ "verdict": verdict }),
        )?;
    }
    if !watched && verdict == attempt.verdict {
        return Ok(false);
    }
    retell(tx, id, now)?;
    Ok(true)
}

/// The last balance that nothing else was bought before, so that it can be shown beside the one before sending; else the
/// first that was heard.
fn speaks_alone(case: &Case) -> Option<&Reading> {
    let alone = |reading: &&Reading| {
        let between = |other: &Other| other.sent_at > case.sent_at && other.sent_at < reading.heard_at;
        !case.others.iter().any(between)
    };
    let after = || case.readings.iter().filter(|reading| reading.asked_at >= case.lost_at);
    after().rfind(alone).or_else(|| after().next())
}

/// Brings what a card says of its doubt up to date.
pub(crate) fn retell(tx: &Connection, attempt: &str, now: i64) -> Result<()> {
    let attempt = attempts::get(tx, attempt)?;
    let id = &attempt.task_id;
    if state(tx, id).ok() != Some(State::Unconfirmed) {
        return Ok(());
    }
    let row = tasks::get(tx, id)?;
    if row.attempt_id.as_ref() != Some(&attempt.id) {
        return Ok(());
    }
    let mut trouble = row.trouble;
    if let Some(Trouble::LostReply { after, verdict, .. } | Trouble::Interrupted { after, verdict, .. }) = &mut trouble
    {
        *after = attempt.balance_after;
        *verdict = attempt.verdict;
    }
    if let Some(trouble) = trouble {
        tasks::set_trouble(tx, id, &trouble)?;
    }
    touch(tx, id, now)
}

/// Another purchase, by the name of its card.
#[derive(Clone, Debug)]
pub(crate) struct Beside {
    pub(crate) task_id: String,
    pub(crate) number: String,
    pub(crate) sent_at: i64,
    pub(crate) fate: Fate,
    pub(crate) made: bool,
    pub(crate) ended_at: Option<i64>,
}

/// What else was being bought or made while an attempt was on its way and the account settled, the nearest first; and
/// how many there were in all.
pub(crate) fn beside(tx: &Connection, attempt: &Attempt, pace: &Pace, most: usize) -> Result<(Vec<Beside>, u64)> {
    let lost = attempt.answered_at.unwrap_or(attempt.sent_at);
    let mut all = tx
        .prepare_cached(
            "SELECT t.id, t.number, a.sent_at, a.outcome, a.ended_at,
               (SELECT MIN(linked_at) FROM take WHERE attempt_id = a.id)
             FROM attempt a JOIN task t ON t.id = a.task_id
             WHERE a.sent_at BETWEEN ?1 AND ?2 AND a.id <> ?3 AND a.outcome NOT IN ('refused', 'notAccepted')",
        )?
        .query_map(
            params![Case::reaches_back_to(attempt.sent_at), lost + pace.longest, attempt.id],
            |row| {
                let made_at: Option<i64> = row.get(5)?;
                Ok((
                    Beside {
                        task_id: row.get(0)?,
                        number: row.get(1)?,
                        sent_at: row.get(2)?,
                        fate: match row.get::<_, String>(3)?.as_str() {
                            "sent" => Fate::Sent,
                            "unknown" => Fate::Unknown,
                            _ => Fate::Taken,
                        },
                        ended_at: row.get(4)?,
                        made: made_at.is_some(),
                    },
                    made_at,
                ))
            },
        )?
        .collect::<Result<Vec<_>, _>>()?;
    // What was finished before this one was sent cannot have moved the balance any more.
    all.retain(|(other, made_at)| {
        let over = made_at.or(other.ended_at);
        other.sent_at >= attempt.sent_at - pace.second || over.is_none_or(|over| over >= attempt.sent_at)
    });
    let total = u64::try_from(all.len()).unwrap_or(u64::MAX);
    all.sort_by_key(|(other, _)| (other.sent_at - attempt.sent_at).abs());
    all.truncate(most);
    Ok((all.into_iter().map(|(other, _)| other).collect(), total))
}

/// What is known of an attempt, for the history of its card.
pub(crate) fn summary(attempt: &Attempt) -> serde_json::Value {
    let verdict: Option<Verdict> = attempt.verdict;
    serde_json::json!({
        "price": attempt.price,
        "before": attempt.balance_before,
        "after": attempt.balance_after,
        "verdict": verdict,
    })
}
