//! The watcher: asks the service about what was bought, until there is a video, a refusal, or no budget left.
//!
//! A query that fails is the query's fault, never the task's: it costs no budget, changes no state and moves no due
//! time. The budget counts readable answers, and the time that was waited between them. While the network is away, one
//! query at a time looks whether it is back; then everything that is due is asked about in its order.

use std::collections::HashMap;
use std::sync::{Arc, Mutex};
use std::time::Duration;

use kie::{CallError, Generated, Record};
use serde_json::json;
use tokio::sync::Semaphore;
use tokio::time::Instant;

use super::turns::in_turn;
use super::{Busy, BusyMark, nap, stumble};
use crate::clock::millis;
use crate::engine::core::{Core, locked};
use crate::error::{Error, Result};
use crate::library::{Attempt, Outcome, TaskRow, Watch};
use crate::library::{attempts, doubt, due, finishes, step, takes, tasks, watching};
use crate::limit::Turn;
use crate::silence;
use crate::task::{State, Step};
use crate::timing::{Kind, Seen};
use crate::trouble::{AccountProblem, Trouble};
use crate::view::settings::PollBy;

/// Status queries on the wire at once: they may take 45 s each.
const QUERIES_AT_ONCE: usize = 16;
/// Chosen in one go: about a second of the limit, so that each choice knows what was heard a second ago.
const CHOSEN_AT_ONCE: usize = 10;
/// A task past its budget is asked about this many times less often, and at least this seldom.
const SLOWER: i64 = 12;
const SLOW_MS: i64 = 60_000;
/// How long a refused account is left alone before it is asked again.
const ACCOUNT_PAUSE_MS: i64 = 60_000;
const WATCHED: [State; 2] = [State::Generating, State::TimedOut];

/// Tasks about which a query failed, and until when they are left alone. Kept here and not as due times, so that an
/// outage leaves everything in its order.
#[derive(Clone, Debug, Default)]
struct Holds(Arc<Mutex<HashMap<String, Instant>>>);

impl Holds {
    fn put(&self, id: &str, wait: Duration) {
        locked(&self.0).insert(id.to_owned(), Instant::now() + wait);
    }

    fn drop_past(&self) {
        let now = Instant::now();
        locked(&self.0).retain(|_, until| *until > now);
    }

    fn clear(&self) {
        locked(&self.0).clear();
    }

    fn has(&self, id: &str) -> bool {
        locked(&self.0).contains_key(id)
    }

    fn next(&self) -> Option<Duration> {
        let now = Instant::now();
        let next = locked(&self.0).values().min().copied();
        next.map(|until| until.saturating_duration_since(now))
    }
}

pub(crate) async fn run(core: Arc<Core>) {
    let (busy, holds) = (Busy::default(), Holds::default());
    let room = Arc::new(Semaphore::new(QUERIES_AT_ONCE));
    let mut was_away = false;
    loop {
        let away = core.network_is_away();
        if was_away && away.is_none() {
            holds.clear();
        }
        was_away = away.is_some();
        holds.drop_past();
        let since = core.could_ask_since();
        let (chosen, next_due) = match choose(&core, &busy, &holds, away.is_some()).await {
            Ok(found) => found,
            Err(_) if core.closing.is_cancelled() => return,
            Err(error) => {
                stumble(&core, "watcher", &error).await;
                continue;
            }
        };
        if let Some(pause) = away {
            if !probe(&core, &busy, &holds, chosen, next_due, pause).await {
                return;
            }
            continue;
        }
        if chosen.is_empty() {
            let held = holds.next().map(|wait| core.now() + millis(wait));
            let wake = [next_due, held].into_iter().flatten().min();
            if !nap(&core, &core.wake_watcher, wake).await {
                return;
            }
            continue;
        }
        for id in chosen {
            let Some(mark) = busy.take(&id) else { continue };
            let place = tokio::select! {
                place = Arc::clone(&room).acquire_owned() => place,
                () = core.closing.cancelled() => return,
            };
            let turn = tokio::select! {
                turn = core.status_queries.turn() => turn,
                () = core.closing.cancelled() => return,
            };
            // The computer slept, or the network went and came: another one's turn has come.
            if core.could_ask_since() != since {
                break;
            }
            let (core, holds) = (Arc::clone(&core), holds.clone());
            core.work.clone().spawn(async move {
                ask(&core, id, mark, turn, &holds).await;
                drop(place);
                core.wake_watcher.notify_one();
            });
        }
    }
}

/// Whose turn it is now, at most a second's worth, and when the next task falls due (ms).
async fn choose(core: &Arc<Core>, busy: &Busy, holds: &Holds, away: bool) -> Result<(Vec<String>, Option<i64>)> {
    let at = core.moment();
    // Known before the library is read: one whose answer is being kept meanwhile would be read as it stood before.
    let asked = busy.all();
    let (waiting, next_due) = core
        .library
        .read(move |db| Ok((watching::due(db, at)?, due::next_due(db, &WATCHED, at.now)?)))
        .await?;
    let free: Vec<_> = waiting.into_iter().filter(|one| !asked.contains(&one.id)).collect();
    let by_history = core.preferences().poll_by == PollBy::History;
    let timing = by_history.then_some(&core.timing);
    let since = core.could_ask_since();
    let wanted = if away { 1 } else { CHOSEN_AT_ONCE };
    let (held, open): (Vec<_>, Vec<_>) = free.into_iter().partition(|one| holds.has(&one.id));
    // Where each of them failed once, any will do to see whether the network is back.
    let candidates = if away && open.is_empty() { held } else { open };
    let turns = in_turn(candidates, at.now, since, wanted, timing);
    Ok((turns.into_iter().map(|one| one.id).collect(), next_due))
}

/// One query to see whether the network is back, then a pause. `false` when the app is closing.
async fn probe(
    core: &Arc<Core>,
    busy: &Busy,
    holds: &Holds,
    chosen: Vec<String>,
    next_due: Option<i64>,
    pause: Duration,
) -> bool {
    let Some((id, mark)) = chosen.first().and_then(|id| Some((id.clone(), busy.take(id)?))) else {
        let soon = core.now() + millis(pause);
        return nap(
            core,
            &core.wake_watcher,
            Some(next_due.map_or(soon, |due| due.min(soon))),
        )
        .await;
    };
    let turn = tokio::select! {
        turn = core.status_queries.turn() => turn,
        () = core.closing.cancelled() => return false,
    };
    ask(core, id, mark, turn, holds).await;
    if core.network_is_away().is_none() {
        return !core.closing.is_cancelled();
    }
    tokio::select! {
        () = core.closing.cancelled() => false,
        () = tokio::time::sleep(pause) => true,
    }
}

async fn ask(core: &Arc<Core>, id: String, _mark: BusyMark, turn: Turn, holds: &Holds) {
    match try_ask(core, &id, turn, holds).await {
        Ok(()) | Err(Error::Changed | Error::Illegal(_) | Error::NotFound(_) | Error::Closing) => {}
        Err(error) => {
            tracing::error!(task = %id, %error, "an answer could not be kept; asking again");
            tokio::time::sleep(Duration::from_secs(1)).await;
        }
    }
    core.told(&id);
}

/// A task that is being asked about.
struct Watched {
    row: TaskRow,
    attempt: Attempt,
    watch: Watch,
    kind: Option<Kind>,
}

async fn look(core: &Arc<Core>, id: &str) -> Result<Watched> {
    let id = id.to_owned();
    let (row, attempt, watch) = core
        .library
        .read(move |db| {
            Ok((
                tasks::get(db, &id)?,
                attempts::current(db, &id)?,
                watching::of_task(db, &id)?,
            ))
        })
        .await?;
    let attempt = attempt.ok_or_else(|| Error::NotFound("attempt".to_owned()))?;
    // Taken out since it was chosen.
    if !WATCHED.contains(&row.state()?) {
        return Err(Error::Changed);
    }
    let kind = Kind::of_fields(&row.fields);
    Ok(Watched {
        row,
        attempt,
        watch,
        kind,
    })
}

async fn try_ask(core: &Arc<Core>, id: &str, turn: Turn, holds: &Holds) -> Result<()> {
    let watched = look(core, id).await?;
    let (row, attempt) = (&watched.row, &watched.attempt);
    let Some(service_id) = attempt.service_id.clone() else {
        return Err(Error::NotFound("attempt".to_owned()));
    };
    let Some(key) = core.key_for(&attempt.key_id) else {
        return later(core, row, ACCOUNT_PAUSE_MS).await;
    };
    let (service, asked_at, question) = (core.service(), core.now(), core.silence.ask());
    turn.sent();
    let record = tokio::select! {
        record = service.record_info(&key.key, &service_id) => record,
        () = core.closing.cancelled() => return Ok(()),
    };
    if silence::is_record_of_service(&record) {
        core.silence.heard(question);
    }
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
                .min(Duration::from_secs(300))
                .max(core.preferences().poll_interval());
            holds.put(id, wait);
            Ok(())
        }
        Record::RefusedAll { why, message, .. } => {
            // Only the key that buys may stop the buying: an old one that was revoked says nothing about it.
            if core.keys.to_buy().is_none_or(|buying| buying.id != key.id) {
                tracing::warn!(task = %row.number, key = %key.name, "the key that bought it is refused");
                return later(core, row, ACCOUNT_PAUSE_MS).await;
            }
            let trouble = Trouble::Account {
                why: AccountProblem::from(why),
                service: message,
            };
            core.set_queue(false, Some(trouble));
            later(core, row, ACCOUNT_PAUSE_MS).await
        }
        record => {
            core.network_works();
            settle(core, &watched, record, same_key, asked_at).await
        }
    }
}

/// What a readable answer about the task means.
async fn settle(core: &Arc<Core>, watched: &Watched, record: Record, same_key: bool, asked_at: i64) -> Result<()> {
    match record {
        Record::Success { result } => generated(core, watched, result).await,
        Record::Failed { code, message, .. } => {
            end(core, watched, Trouble::GenerationFailed { code, service: message }).await
        }
        // Right after acceptance the service's own parts may not agree yet: an answer like any other until the budget
        // is spent, and asked with another key it says nothing at all.
        Record::NotFound { message } if same_key && is_spent(core, watched) => {
            end(core, watched, Trouble::Forgotten { service: message }).await
        }
        // The service says that it is working on it.
        Record::Pending { .. } => pending(core, watched, Some(asked_at)).await,
        _ => pending(core, watched, None).await,
    }
}

/// Whether this answer uses up the budget: so many polls; or, where polls go by history and so are denser and sparser
/// than that, the time that so many would have taken at the user's interval.
fn is_spent(core: &Core, watched: &Watched) -> bool {
    let most = core.preferences().max_polls;
    if watched.kind.and_then(|kind| core.plan(kind)).is_none() {
        return watched.row.polls + 1 >= most;
    }
    let waited = watched.watch.waited_by(core.now(), watched.attempt.taken_at());
    waited >= core.interval_ms().saturating_mul(i64::from(most))
}

/// Not finished. `seen`: when the service was asked that says it is working on it.
async fn pending(core: &Arc<Core>, watched: &Watched, seen: Option<i64>) -> Result<()> {
    let (row, taken_at) = (&watched.row, watched.attempt.taken_at());
    let (id, attempt, now) = (row.id.clone(), watched.attempt.id.clone(), core.now());
    let from = row.state()?;
    let spent = from == State::Generating && is_spent(core, watched);
    let gap_ms = if spent || from == State::TimedOut {
        (core.interval_ms() * SLOWER).max(SLOW_MS)
    } else {
        core.gap_ms(watched.kind, now - taken_at)
    };
    let watch = Watch {
        asked_at: Some(now),
        gap_ms,
        waited_ms: watched.watch.waited_by(now, taken_at),
    };
    let polls = row.polls + 1;
    core.library
        .write(move |tx| {
            if step::state(tx, &id)? != from {
                return Err(Error::Changed);
            }
            watching::answered(tx, &id, polls, watch)?;
            if let Some(asked_at) = seen {
                attempts::seen(tx, &attempt, asked_at)?;
            }
            if spent {
                step::step_from(tx, &id, from, Step::TimeOut, now, &json!({ "polls": polls }))?;
                tasks::set_trouble(tx, &id, &Trouble::TimedOut { polls })?;
            } else {
                step::touch(tx, &id, now)?;
            }
            tasks::set_due(tx, &id, now + gap_ms)
        })
        .await
}

async fn generated(core: &Arc<Core>, watched: &Watched, result: Generated) -> Result<()> {
    let (id, attempt) = (watched.row.id.clone(), watched.attempt.id.clone());
    let (now, from) = (core.now(), watched.row.state()?);
    let took = watched.kind.zip(took(core, watched, &result, now));
    let urls = result.urls;
    let learned = core
        .library
        .write(move |tx| {
            takes::put_links(tx, &attempt, &urls, now)?;
            tx.execute("UPDATE task SET polls = polls + 1 WHERE id = ?1", [&id])?;
            step::step_from(tx, &id, from, Step::Generated, now, &json!({ "files": urls.len() }))?;
            tasks::set_due(tx, &id, now)?;
            match took {
                Some((kind, seen)) if finishes::note(tx, &attempt, kind, seen, now)? => Ok(took),
                _ => Ok(None),
            }
        })
        .await?;
    core.repeats.worked();
    core.wake_saver.notify_one();
    if let Some((kind, seen)) = learned {
        let timing = core.timing.clone();
        // A plan takes milliseconds of computing: not on the threads that answer.
        let _ = tokio::task::spawn_blocking(move || timing.learn(kind, seen)).await;
    }
    Ok(())
}

/// How long it took, as far as that is known: the service's own difference, where it agrees with what was seen here; else
/// what was seen here, where the clock was steady all the while. Only a difference of the service's times means
/// something: nobody knows their zone.
fn took(core: &Core, watched: &Watched, result: &Generated, now: i64) -> Option<Seen> {
    const LONGEST: f64 = 7_200.0;
    // The service's times are whole seconds, and begin before its answer arrives here.
    const ROUNDED: f64 = 5.0;
    // Wider says little: nobody asked for minutes.
    const WIDEST: f64 = 120.0;
    let taken_at = watched.attempt.taken_at();
    let seconds = |from: i64, to: i64| to.saturating_sub(from) as f64 / 1000.0;
    let told = result
        .created_at
        .zip(result.completed_at)
        .map(|(from, to)| seconds(from, to))
        .filter(|took| (0.0..=LONGEST).contains(took));
    let own = Seen {
        after: seconds(taken_at, watched.watch.asked_at.unwrap_or(taken_at)),
        by: seconds(taken_at, now),
    };
    let own_is_sound = taken_at >= core.steady_since()
        && watched.attempt.outcome == Outcome::Accepted.as_str()
        && own.after >= 0.0
        && own.after <= own.by
        && own.by <= LONGEST;
    match told {
        Some(took) if !own_is_sound => Some(Seen::exactly(took)),
        Some(took) if took >= own.after - ROUNDED && took <= own.by + ROUNDED => {
            Some(Seen::exactly(took.clamp(own.after, own.by)))
        }
        _ => Some(own).filter(|own| own_is_sound && own.by - own.after <= WIDEST),
    }
}

async fn end(core: &Arc<Core>, watched: &Watched, trouble: Trouble) -> Result<()> {
    let (row, sent_at) = (&watched.row, watched.attempt.sent_at);
    let (id, now, from) = (row.id.clone(), core.now(), row.state()?);
    let why = trouble.clone();
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
    core.came_to_nothing(&why, sent_at);
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
    core.status_queries.turn().await.sent();
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
