//! The watcher: asks the service about what was bought, until there is a video, a refusal, or no budget left.
//!
//! A query that fails is the query's fault, never the task's: it costs no budget and changes no state. The budget
//! counts readable answers only.

use std::sync::Arc;
use std::time::Duration;

use kie::{CallError, Generated, Record};
use serde_json::json;
use tokio::sync::Semaphore;

use super::{Busy, BusyMark, nap, stumble};
use crate::clock::millis;
use crate::engine::core::Core;
use crate::error::{Error, Result};
use crate::library::{Attempt, Outcome, TaskRow, attempts, doubt, due, step, takes, tasks};
use crate::task::{State, Step};
use crate::trouble::{AccountProblem, Trouble};

/// Status queries on the wire at once: they may take 45 s each.
const QUERIES_AT_ONCE: usize = 16;
/// A task past its budget is asked about this many times less often, and at least this seldom.
const SLOWER: i64 = 12;
const SLOW_MS: i64 = 60_000;
/// How long a refused account is left alone before it is asked again.
const ACCOUNT_PAUSE_MS: i64 = 60_000;
const WATCHED: [State; 2] = [State::Generating, State::TimedOut];

pub(crate) async fn run(core: Arc<Core>) {
    let busy = Busy::default();
    let room = Arc::new(Semaphore::new(QUERIES_AT_ONCE));
    loop {
        let at = core.moment();
        let found = core
            .library
            .read(move |db| Ok((due::due(db, &WATCHED, at, 100)?, due::next_due(db, &WATCHED, at.now)?)))
            .await;
        let (rows, next_due) = match found {
            Ok(found) => found,
            Err(_) if core.closing.is_cancelled() => return,
            Err(error) => {
                stumble(&core, "watcher", &error).await;
                continue;
            }
        };
        let rows: Vec<_> = rows.into_iter().filter(|row| !busy.has(&row.id)).collect();
        if rows.is_empty() {
            if !nap(&core, &core.wake_watcher, next_due).await {
                return;
            }
            continue;
        }
        for row in rows {
            let Some(mark) = busy.take(&row.id) else { continue };
            let place = tokio::select! {
                place = Arc::clone(&room).acquire_owned() => place,
                () = core.closing.cancelled() => return,
            };
            tokio::select! {
                () = core.status_queries.turn() => {}
                () = core.closing.cancelled() => return,
            }
            let core = Arc::clone(&core);
            core.work.clone().spawn(async move {
                ask(&core, row, mark).await;
                drop(place);
                core.wake_watcher.notify_one();
            });
        }
    }
}

async fn ask(core: &Arc<Core>, row: TaskRow, _mark: BusyMark) {
    let id = row.id.clone();
    match try_ask(core, row).await {
        Ok(()) | Err(Error::Changed | Error::Illegal(_) | Error::NotFound(_) | Error::Closing) => {}
        Err(error) => {
            tracing::error!(task = %id, %error, "an answer could not be kept; asking again");
            tokio::time::sleep(Duration::from_secs(1)).await;
        }
    }
    core.told(&id);
}

async fn try_ask(core: &Arc<Core>, row: TaskRow) -> Result<()> {
    let id = row.id.clone();
    let attempt = core.library.read(move |db| attempts::current(db, &id)).await?;
    let Some((attempt, service_id)) = attempt.and_then(|a| a.service_id.clone().map(|id| (a, id))) else {
        return Err(Error::NotFound("attempt".to_owned()));
    };
    let Some(key) = core.key_for(&attempt.key_id) else {
        return later(core, &row, ACCOUNT_PAUSE_MS).await;
    };
    let (service, asked_at) = (core.service(), core.now());
    let record = tokio::select! {
        record = service.record_info(&key.key, &service_id) => record,
        () = core.closing.cancelled() => return Ok(()),
    };
    let same_key = key.id == attempt.key_id;
    match record {
        Record::TryLater { retry_after, detail } => {
            tracing::debug!(task = %row.number, %detail, "a status query failed");
            // A throttled query often names no time; everybody waits a window then.
            if retry_after.is_some() || detail.starts_with("429") {
                core.status_queries.refused(retry_after);
            }
            let wait = core
                .network_failed()
                .max(retry_after.unwrap_or_default())
                .min(Duration::from_secs(300));
            later(core, &row, millis(wait).max(core.interval_ms())).await
        }
        Record::RefusedAll { why, message, .. } => {
            // Only the key that buys may stop the buying: an old one that was revoked says nothing about it.
            if core.keys.to_buy().is_none_or(|buying| buying.id != key.id) {
                tracing::warn!(task = %row.number, key = %key.name, "the key that bought it is refused");
                return later(core, &row, ACCOUNT_PAUSE_MS).await;
            }
            let trouble = Trouble::Account {
                why: AccountProblem::from(why),
                service: message,
            };
            core.set_queue(false, Some(trouble));
            later(core, &row, ACCOUNT_PAUSE_MS).await
        }
        record => {
            core.network_works();
            settle(core, &row, &attempt, record, same_key, asked_at).await
        }
    }
}

/// What a readable answer about the task means.
async fn settle(
    core: &Arc<Core>,
    row: &TaskRow,
    attempt: &Attempt,
    record: Record,
    same_key: bool,
    asked_at: i64,
) -> Result<()> {
    match record {
        Record::Success { result } => generated(core, row, attempt, result).await,
        Record::Failed { code, message, .. } => {
            end(core, row, Trouble::GenerationFailed { code, service: message }).await
        }
        // Right after acceptance the service's own parts may not agree yet: an answer like any other until the budget
        // is spent, and asked with another key it says nothing at all.
        Record::NotFound { message } if same_key && row.polls + 1 >= core.preferences().max_polls => {
            end(core, row, Trouble::Forgotten { service: message }).await
        }
        Record::Pending { .. } => pending(core, row, Some((attempt.id.clone(), asked_at))).await,
        _ => pending(core, row, None).await,
    }
}

/// Not finished. `seen`: the attempt that the service says it is working on, and when it was asked.
async fn pending(core: &Arc<Core>, row: &TaskRow, seen: Option<(String, i64)>) -> Result<()> {
    let (id, now, interval) = (row.id.clone(), core.now(), core.interval_ms());
    let from = row.state()?;
    let spent = from == State::Generating && row.polls + 1 >= core.preferences().max_polls;
    let slow = spent || from == State::TimedOut;
    let due = now
        + if slow {
            (interval * SLOWER).max(SLOW_MS)
        } else {
            interval
        };
    let polls = row.polls + 1;
    core.library
        .write(move |tx| {
            if step::state(tx, &id)? != from {
                return Err(Error::Changed);
            }
            tx.execute(
                "UPDATE task SET polls = ?2, tries = 0 WHERE id = ?1",
                rusqlite::params![id, polls],
            )?;
            if let Some((attempt, asked_at)) = seen {
                attempts::seen(tx, &attempt, asked_at)?;
            }
            if spent {
                step::step_from(tx, &id, from, Step::TimeOut, now, &json!({ "polls": polls }))?;
                tasks::set_trouble(tx, &id, &Trouble::TimedOut { polls })?;
            } else {
                step::touch(tx, &id, now)?;
            }
            tasks::set_due(tx, &id, due)
        })
        .await
}

async fn generated(core: &Arc<Core>, row: &TaskRow, attempt: &Attempt, result: Generated) -> Result<()> {
    let (id, attempt, now, from) = (row.id.clone(), attempt.id.clone(), core.now(), row.state()?);
    let urls = result.urls;
    core.library
        .write(move |tx| {
            takes::put_links(tx, &attempt, &urls, now)?;
            tx.execute("UPDATE task SET polls = polls + 1 WHERE id = ?1", [&id])?;
            step::step_from(tx, &id, from, Step::Generated, now, &json!({ "files": urls.len() }))?;
            tasks::set_due(tx, &id, now)
        })
        .await?;
    core.wake_saver.notify_one();
    Ok(())
}

async fn end(core: &Arc<Core>, row: &TaskRow, trouble: Trouble) -> Result<()> {
    let (id, now, from) = (row.id.clone(), core.now(), row.state()?);
    core.library
        .write(move |tx| {
            let detail = json!({ "service": trouble.service() });
            step::step_from(tx, &id, from, Step::GenerationFailed, now, &detail)?;
            let outcome = match trouble {
                Trouble::Forgotten { .. } => Outcome::Forgotten,
                _ => Outcome::NotMade,
            };
            doubt::came_to_nothing(tx, &id, outcome, now)?;
            tasks::set_trouble(tx, &id, &trouble)
        })
        .await?;
    // The service may give the credits back.
    core.balance_moved.notify_one();
    Ok(())
}

async fn later(core: &Arc<Core>, row: &TaskRow, wait_ms: i64) -> Result<()> {
    let (id, due) = (row.id.clone(), core.now() + wait_ms);
    core.library.write(move |tx| tasks::set_due(tx, &id, due)).await
}

/// What came of asking for a fresh link.
#[derive(Debug)]
pub(crate) enum Renewal<T> {
    /// Here it is.
    Fresh(T),
    /// The service answered, and there is none.
    Refused,
    /// The service could not be asked: nothing is known.
    Unanswered,
}

/// Fresh links for a bought task from its record, for a saver whose link died.
pub(crate) async fn fresh_links(core: &Arc<Core>, attempt: &Attempt) -> Renewal<Vec<String>> {
    let (Some(key), Some(service_id)) = (core.key_for(&attempt.key_id), attempt.service_id.as_ref()) else {
        return Renewal::Refused;
    };
    core.status_queries.turn().await;
    match core.service().record_info(&key.key, service_id).await {
        Record::Success { result } if !result.urls.is_empty() => Renewal::Fresh(result.urls),
        Record::TryLater { .. } => Renewal::Unanswered,
        _ => Renewal::Refused,
    }
}

/// A fresh link made from an old one.
pub(crate) async fn renewed_link(core: &Arc<Core>, attempt: &Attempt, old: &str) -> Renewal<String> {
    let (Some(key), Ok(old)) = (core.key_for(&attempt.key_id), url::Url::parse(old)) else {
        return Renewal::Refused;
    };
    match core.service().download_url(&key.key, &old).await {
        Ok(fresh) => Renewal::Fresh(fresh.into()),
        Err(CallError::TryLater { detail, .. }) => {
            tracing::debug!(%detail, "nobody to ask for a fresh link");
            Renewal::Unanswered
        }
        Err(CallError::Refused { message, .. }) => {
            tracing::debug!(%message, "no fresh link");
            Renewal::Refused
        }
        Err(_) => Renewal::Refused,
    }
}
