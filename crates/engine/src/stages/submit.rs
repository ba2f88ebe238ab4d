//! The paid request: the only place in the app where money is spent.
//!
//! The intent is committed before the request leaves, the answer before anything else happens with it, and only a
//! definite refusal ever leads back to the queue. There is no retry in this file: each pass through [`carry`] makes at
//! most one request, and a task comes here again only through the queue.

use std::sync::Arc;
use std::time::Duration;

use kie::{GenerateRequest, Submission};
use serde_json::json;
use sha2::{Digest, Sha256};

use super::prepare::{self, NotReady};
use crate::change::Change;
use crate::clock::millis;
use crate::doubt::verdict::Reading;
use crate::engine::core::Core;
use crate::error::{Error, Result};
use crate::keys::NamedKey;
use crate::library::spending::{self, Over};
use crate::library::{Intent, Outcome, TaskRow, attempts, doubt, evidence, fences, images, step, tasks, watching};
use crate::limit::Turn;
use crate::silence;
use crate::task::request::Parameters;
use crate::task::{State, Step};
use crate::timing::Kind;
use crate::trouble::{AccountProblem, Trouble};
use crate::view::ImageRef;

/// A balance older than this is asked for again before money is spent, so that it can speak if the answer is lost.
const BALANCE_FRESH_MS: i64 = 20_000;
/// How long everybody waits on "maintenance" where the service names no time.
const MAINTENANCE: Duration = Duration::from_secs(60);

/// Carries a task that is being prepared to an answer, or back to the queue.
pub(crate) async fn carry(core: &Arc<Core>, row: TaskRow) {
    let id = row.id.clone();
    if let Err(error) = try_carry(core, row).await {
        match error {
            // The user took it out meanwhile, or the app is closing: nothing was sent.
            Error::Changed | Error::Illegal(_) | Error::NotFound(_) | Error::Closing => {}
            error => {
                tracing::error!(task = %id, %error, "a task could not be carried on");
                // It stays where it is in the library; what is only being prepared goes back into the queue.
                let _ = put_back(core, &id, Some(Duration::from_secs(5))).await;
            }
        }
    }
    core.told(&id);
}

async fn try_carry(core: &Arc<Core>, row: TaskRow) -> Result<()> {
    let parameters = match Parameters::check(&row.fields) {
        Ok(parameters) => parameters,
        Err(trouble) => return refuse(core, &row.id, trouble).await,
    };
    let Some(key) = core.keys.to_buy() else {
        return nobody(core, &row.id, core.no_key()).await;
    };
    let links = tokio::select! {
        links = prepare::links(core, &key, &row.fields.images) => links?,
        () = core.closing.cancelled() => return put_back(core, &row.id, None).await,
    };
    let urls = match links {
        Ok(urls) => urls,
        Err(NotReady::Never(trouble)) => return refuse(core, &row.id, trouble).await,
        Err(NotReady::Nobody(trouble)) => return nobody(core, &row.id, trouble).await,
        Err(NotReady::Later(wait)) => return put_back(core, &row.id, Some(wait)).await,
    };
    let request = parameters.request(&row.fields, urls);
    // One at a time from here on; whoever waits here can still be taken out or paused.
    let _till = tokio::select! {
        till = core.till.lock() => till,
        () = core.closing.cancelled() => return put_back(core, &row.id, None).await,
    };
    crash_point!("submit::at_the_till");
    let turn = tokio::select! {
        turn = core.generations.turn() => turn,
        () = core.closing.cancelled() => return put_back(core, &row.id, None).await,
    };
    crash_point!("submit::turn_taken");
    let Some(key) = core.keys.to_buy() else {
        return nobody(core, &row.id, core.no_key()).await;
    };
    tokio::select! {
        () = freshen_balance(core, &key) => {}
        () = core.closing.cancelled() => return put_back(core, &row.id, None).await,
    }
    crash_point!("submit::balance_heard");
    // After a lost reply, nothing more is spent before the service was heard again: behind the login page of a hotel,
    // every further request would be lost the same way.
    if core.silence.lasts() {
        let wait = core.network_failed();
        core.generations.hold(wait);
        return put_back(core, &row.id, Some(wait)).await;
    }
    // The last look before money: nothing that takes time stands between here and the intent.
    if !may_buy(core) {
        return put_back(core, &row.id, None).await;
    }
    buy(core, &row, &key, &request, parameters.price(), turn).await
}

fn may_buy(core: &Core) -> bool {
    core.queue().running && !core.closing.is_cancelled()
}

/// Asks for the balance where it is not known or too old to speak for what is bought next.
async fn freshen_balance(core: &Arc<Core>, key: &NamedKey) {
    // An age below zero: the clock was set back.
    let fresh = core
        .balance
        .of(&key.id)
        .is_some_and(|heard| (0..BALANCE_FRESH_MS).contains(&(core.now() - heard.at)));
    if !fresh || core.silence.lasts() {
        ask_balance(core, key).await;
    }
}

/// Commits the intent, sends the request once, commits the answer.
async fn buy(
    core: &Arc<Core>,
    row: &TaskRow,
    key: &NamedKey,
    request: &GenerateRequest,
    price: Option<f64>,
    turn: Turn,
) -> Result<()> {
    let body = request.canonical_json();
    let intent = Intent {
        body_hash: body_hash(&body),
        body,
        key_id: key.id.clone(),
        key_name: key.name.clone(),
        price,
        balance: core.balance.of(&key.id).map(|heard| heard.expected),
    };
    let (id, now, before) = (row.id.clone(), core.now(), intent.balance);
    let (shared, fields) = (Arc::clone(core), row.fields.clone());
    let counter = core
        .library
        .write(move |tx| {
            let task = tasks::get(tx, &id)?;
            // Paused while this waited for the library, or its batch stopped: the task is put back, not bought.
            if !may_buy(&shared) || task.session.as_deref() != Some(shared.session.as_str()) {
                return Ok(Counter::Closed);
            }
            // Taken out, changed and started again while this waited at the till: another pass carries it.
            if task.fields != fields {
                return Err(Error::Changed);
            }
            if let Some(over) = spending::over(tx, &task.batch_id, intent.price, shared.day_limit())? {
                if over == Over::Batch {
                    spending::stop(tx, &task.batch_id, &shared.session, now)?;
                }
                return Ok(Counter::Over(over, task.number));
            }
            let detail = json!({ "price": intent.price, "key": intent.key_name });
            step::step_from(tx, &id, State::Preparing, Step::Intend, now, &detail)?;
            let attempt = attempts::intend(tx, &id, &intent, now)?;
            crash_point!("submit::intent_written");
            Ok(Counter::Open(attempt))
        })
        .await?;
    let attempt = match counter {
        Counter::Open(attempt) => attempt,
        Counter::Closed => return put_back(core, &row.id, None).await,
        Counter::Over(over, number) => return over_limit(core, &row.id, over, number).await,
    };
    crash_point!("submit::intent_committed");
    core.told(&row.id);
    if !core.library.recorded() {
        return unrecorded(core, row, &attempt).await;
    }
    crash_point!("submit::request_leaving");
    turn.sent();
    // Nothing between here and the commit of the answer may be cancelled.
    let answer = core.service().generate(&key.key, request).await;
    crash_point!("submit::answer_received");
    let sent = Sent {
        core,
        row,
        attempt: &attempt,
        key,
        price,
        before,
    };
    sent.settle(answer).await
}

/// What the last look before money came to.
enum Counter {
    /// The intent is written: this attempt.
    Open(String),
    /// Nothing is bought now.
    Closed,
    /// It would go beyond a limit; the task's number.
    Over(Over, String),
}

/// A limit is reached. The day's stops everything; a batch's only that batch, which has left this run of the app.
async fn over_limit(core: &Arc<Core>, id: &str, over: Over, number: String) -> Result<()> {
    match over {
        Over::Day { limit, spent } => core.set_queue(false, Some(Trouble::DayLimit { limit, spent })),
        Over::Unpriced => core.set_queue(false, Some(Trouble::LimitUnpriced { number })),
        Over::Batch => core.changes.tell(Change::Everything),
    }
    put_back(core, id, None).await
}

/// Nothing is sent that stands in one place only: a damaged library would forget it.
async fn unrecorded(core: &Arc<Core>, row: &TaskRow, attempt: &str) -> Result<()> {
    core.set_queue(false, Some(Trouble::RecordUnwritable));
    let (id, attempt, now) = (row.id.clone(), attempt.to_owned(), core.now());
    core.write_surely(move |tx| {
        let answer = "not sent: the purchase record could not be written";
        attempts::answer(tx, &attempt, Outcome::NotAccepted, None, answer, now)?;
        step::step_from(
            tx,
            &id,
            State::Submitting,
            Step::Postpone,
            now,
            &json!({ "answer": answer }),
        )
        .map(drop)
    })
    .await
}

/// A request that has left.
struct Sent<'a> {
    core: &'a Arc<Core>,
    row: &'a TaskRow,
    attempt: &'a str,
    key: &'a NamedKey,
    price: Option<f64>,
    before: Option<f64>,
}

impl Sent<'_> {
    async fn settle(self, answer: Submission) -> Result<()> {
        match answer {
            Submission::Accepted { task_id } => self.accepted(task_id).await,
            // The endpoint itself is gone: every task would meet the same answer.
            Submission::RefusedTask { code: 404, message } => {
                self.nobody(AccountProblem::FeatureOff, 404, message).await
            }
            Submission::RefusedTask { code, message } => {
                self.core.network_works();
                let answer = format!("{code} {message}");
                let trouble = Trouble::Refused {
                    code,
                    service: message.clone(),
                };
                self.core.came_to_nothing(&trouble, self.core.now());
                self.write(Outcome::Refused, Step::Refuse, Some(trouble), answer, None)
                    .await?;
                self.forget_unfetchable_images(&message).await
            }
            Submission::RefusedAll { why, code, message } => self.nobody(why.into(), code, message).await,
            Submission::TryLater {
                code,
                message,
                retry_after,
            } => {
                self.core.network_works();
                match code {
                    455 => self.core.generations.hold(retry_after.unwrap_or(MAINTENANCE)),
                    _ => self.core.generations.refused(retry_after),
                }
                let answer = format!("{code} {message}");
                self.write(Outcome::NotAccepted, Step::Postpone, None, answer, None)
                    .await?;
                keep_fence(self.core).await;
                Ok(())
            }
            Submission::NotSent { detail } => {
                let wait = self.core.network_failed();
                // The log counts it as sent, and everybody waits: the next one would meet the same network.
                self.core.generations.hold(wait);
                self.write(Outcome::NotAccepted, Step::Postpone, None, detail, Some(wait))
                    .await
            }
            Submission::Unknown { detail, status, body } => self.unknown(detail, status, body).await,
        }
    }

    /// A refusal that would hit every task: the queue stops, and nothing of the list is burnt.
    async fn nobody(&self, why: AccountProblem, code: i64, message: String) -> Result<()> {
        self.core.network_works();
        let answer = format!("{code} {message}");
        self.core
            .set_queue(false, Some(Trouble::Account { why, service: message }));
        self.core.balance_moved.notify_one();
        self.write(Outcome::NotAccepted, Step::Postpone, None, answer, None)
            .await
    }

    async fn accepted(self, service_id: String) -> Result<()> {
        self.core.network_works();
        // Into the log at once: should the disk be full now, the id still stands somewhere.
        tracing::info!(target: "ledger", task = %self.row.number, service_id, "accepted");
        self.core.library.heard(self.attempt, &service_id).await;
        let (id, attempt) = (self.row.id.clone(), self.attempt.to_owned());
        let now = self.core.now();
        let kind = Kind::of_fields(&self.row.fields);
        let gap = self.core.gap_ms(kind, 0);
        let given = service_id.clone();
        let fresh = self
            .core
            .write_surely(move |tx| {
                // An id that another task has was not given for this one.
                if attempts::owner_of(tx, &given)?.is_some() {
                    return Ok(false);
                }
                // An id that was paid for is kept whatever became of its card meanwhile.
                attempts::answer(tx, &attempt, Outcome::Accepted, Some(&given), "", now)?;
                let taken = match step::state(tx, &id) {
                    Ok(State::Submitting) => Step::Accept,
                    Ok(State::Unconfirmed | State::Cancelled) => Step::Attach,
                    // The library itself failed: all of it is tried again, never half of it kept.
                    Err(error @ Error::Sqlite(_)) => return Err(error),
                    _ => return Ok(true),
                };
                tx.execute("UPDATE task SET attempt_id = ?2 WHERE id = ?1", [&id, &attempt])?;
                step::step(tx, &id, taken, now, &json!({ "id": given }))?;
                watching::begin(tx, &id, gap, now + gap)?;
                crash_point!("submit::acceptance_written");
                Ok(true)
            })
            .await?;
        if !fresh {
            let detail = "the answer named the id of another task".to_owned();
            return self.unknown(detail, Some(200), service_id).await;
        }
        crash_point!("submit::acceptance_committed");
        self.core.balance.spent(self.price);
        self.core.balance_moved.notify_one();
        self.core.wake_watcher.notify_one();
        Ok(())
    }

    /// Nobody knows: the task says so, with the evidence there is. Others wait while the account settles, so that the
    /// balance speaks of this one alone.
    async fn unknown(self, detail: String, status: Option<u16>, body: String) -> Result<()> {
        self.core.silence.begin();
        let answer = format!("{detail}; status {status:?}; {body}");
        let told = Trouble::LostReply {
            detail,
            service: body,
            before: self.before,
            after: None,
            verdict: None,
        };
        self.core.came_to_nothing(&told, self.core.now());
        self.write(Outcome::Unknown, Step::LoseReply, Some(told), answer, None)
            .await?;
        crash_point!("submit::unknown_committed");
        // The witness goes on from here; the first look is this one, while nothing else is bought.
        self.core.wake_witness.notify_one();
        let settle = Duration::from_millis(u64::try_from(self.core.pace().first).unwrap_or_default());
        self.core.told(&self.row.id);
        tokio::select! {
            () = tokio::time::sleep(settle) => {}
            () = self.core.closing.cancelled() => return Ok(()),
        }
        let Some(after) = ask_balance(self.core, self.key).await else {
            return Ok(());
        };
        crash_point!("submit::balance_after_heard");
        let (id, attempt, pace, now) = (
            self.row.id.clone(),
            self.attempt.to_owned(),
            self.core.pace(),
            self.core.now(),
        );
        self.core
            .library
            .write(move |tx| {
                attempts::set_balance_after(tx, &attempt, after, now)?;
                if step::state(tx, &id)? == State::Unconfirmed {
                    step::record(tx, &id, now, "balance", &json!({ "after": after }))?;
                }
                evidence::judge(tx, &attempt, &pace, now)?;
                evidence::retell(tx, &attempt, now)
            })
            .await?;
        crash_point!("submit::balance_after_committed");
        Ok(())
    }

    async fn write(
        &self,
        outcome: Outcome,
        taken: Step,
        trouble: Option<Trouble>,
        answer: String,
        wait: Option<Duration>,
    ) -> Result<()> {
        let (id, attempt, now) = (self.row.id.clone(), self.attempt.to_owned(), self.core.now());
        let expected = State::Submitting.after(taken)?;
        self.core
            .write_surely(move |tx| {
                attempts::answer(tx, &attempt, outcome, None, &answer, now)?;
                let detail = json!({ "answer": answer });
                // A definite no to a second try leaves the doubt about the first.
                let stepped = match taken {
                    Step::Refuse => doubt::step_or_doubt(tx, &id, taken, now, &detail)?,
                    _ => step::step_from(tx, &id, State::Submitting, taken, now, &detail)?,
                };
                if let Some(trouble) = trouble.as_ref().filter(|_| stepped.to == expected) {
                    tasks::set_trouble(tx, &id, trouble)?;
                }
                if let Some(wait) = wait {
                    tasks::set_due(tx, &id, now + millis(wait))?;
                }
                crash_point!("submit::answer_written");
                Ok(())
            })
            .await?;
        crash_point!("submit::answer_committed");
        Ok(())
    }

    /// Where the service could not fetch an image, the next try uploads it anew.
    async fn forget_unfetchable_images(&self, message: &str) -> Result<()> {
        if !message.to_lowercase().contains("image") {
            return Ok(());
        }
        let hashes: Vec<String> = self
            .row
            .fields
            .images
            .iter()
            .filter_map(|image| match image {
                ImageRef::Kept { hash, .. } => Some(hash.clone()),
                ImageRef::Link { .. } => None,
            })
            .collect();
        self.core
            .library
            .write(move |tx| hashes.iter().try_for_each(|hash| images::forget_upload(tx, hash)))
            .await
    }
}

/// Hears the balance; `None` where the service did not tell.
pub(crate) async fn ask_balance(core: &Arc<Core>, key: &NamedKey) -> Option<f64> {
    let (asked_at, question) = (core.now(), core.silence.ask());
    let answer = core.service().credit(&key.key).await;
    if silence::is_balance_of_service(&answer) {
        core.silence.heard(question);
    }
    match answer {
        Ok(credits) => {
            let (heard_at, key_id) = (core.now(), key.id.clone());
            core.balance.heard(&key_id, credits, heard_at);
            let reading = Reading {
                asked_at,
                heard_at,
                credits,
            };
            let noted = core.library.write(move |tx| evidence::note(tx, &key_id, reading)).await;
            if let Err(error) = noted {
                tracing::warn!(%error, "a balance could not be noted");
            }
            core.changes.tell(Change::Queue);
            Some(credits)
        }
        Err(error) => {
            tracing::debug!(%error, "the balance could not be heard");
            None
        }
    }
}

/// Notes how long nobody may send, so that a restart does not forget it. Only a courtesy: where it cannot be noted, the
/// service says it again.
async fn keep_fence(core: &Arc<Core>) {
    let (fence, now) = (core.generations.fence(), core.now());
    if let Err(error) = core.library.write(move |tx| fences::keep(tx, fence, now)).await {
        tracing::debug!(%error, "the fence was not noted");
    }
}

async fn refuse(core: &Arc<Core>, id: &str, trouble: Trouble) -> Result<()> {
    core.came_to_nothing(&trouble, core.now());
    let (id, now) = (id.to_owned(), core.now());
    core.library
        .write(
            move |tx| match doubt::step_or_doubt(tx, &id, Step::PrepareFailed, now, &json!({}))?.to {
                State::Failed => tasks::set_trouble(tx, &id, &trouble),
                _ => Ok(()),
            },
        )
        .await
}

async fn nobody(core: &Arc<Core>, id: &str, trouble: Trouble) -> Result<()> {
    core.set_queue(false, Some(trouble));
    put_back(core, id, None).await
}

async fn put_back(core: &Arc<Core>, id: &str, wait: Option<Duration>) -> Result<()> {
    let (id, now) = (id.to_owned(), core.now());
    core.library
        .write(move |tx| {
            step::step_from(tx, &id, State::Preparing, Step::PutBack, now, &json!({}))?;
            match wait {
                Some(wait) => tasks::set_due(tx, &id, now + millis(wait)),
                None => Ok(()),
            }
        })
        .await
}

/// Lower-case hex.
/// What a request is known by, byte for byte.
pub(crate) fn body_hash(body: &str) -> String {
    hex(&Sha256::digest(body.as_bytes()))
}

pub(crate) fn hex(bytes: &[u8]) -> String {
    use std::fmt::Write as _;
    bytes
        .iter()
        .fold(String::with_capacity(bytes.len() * 2), |mut text, byte| {
            let _ = write!(text, "{byte:02x}");
            text
        })
}
