//! Giving the service's id to a card whose answer was lost: typed, or found in a copied log page.
//!
//! An id is looked up before it is taken, and what the service stored under it is compared with what was sent. Nothing
//! here buys anything.

use std::sync::Arc;

use kie::Record;
use rusqlite::Transaction;
use serde_json::json;

use super::Engine;
use super::core::Core;
use crate::doubt::ids;
use crate::doubt::likeness::{self, Difference, Field, Likeness};
use crate::doubt::pairing::is_later;
use crate::doubt::words;
use crate::error::{Error, Result};
use crate::keys::NamedKey;
use crate::library::{Attempt, Outcome, attempts, step, tasks, watching};
use crate::task::{State, Step};
use crate::trouble::Told;
use crate::trouble::rows::board;
use crate::view::doubt::{AttachView, DifferenceView};
use crate::words::Lang;

/// How much of a value is shown in a comparison, in characters.
const SHOWN: usize = 300;

/// What the service says under an id.
#[derive(Debug)]
pub(super) enum Looked {
    /// There is such a task.
    There {
        /// The request as the service stored it.
        stored: Option<String>,
        /// When it was made (ms).
        created_at: Option<i64>,
    },
    /// There is none, at least not for this key.
    Nowhere,
    /// The service did not say.
    NoAnswer,
}

impl Engine {
    /// Gives the service's id for an unknown one, on the user's word alone: nothing is looked up. It is watched from now
    /// on. See [`Engine::attach_checked`].
    ///
    /// # Errors
    /// The id is malformed or belongs to another card; [`Error::Illegal`] where the task is not waiting for one.
    pub async fn attach(&self, id: String, service_id: &str) -> Result<()> {
        let service_id = plausible(service_id)?;
        self.adopt(id, service_id, "unchecked").await
    }

    /// Gives the service's id for an unknown one, once the service's own record of it says that it was this request. If
    /// it does not, or cannot be compared, nothing happens and the answer says so; `anyway` is the user's second yes.
    ///
    /// # Errors
    /// The id is malformed, unknown to the service, or belongs to another card; [`Error::Changed`] where the task is not
    /// waiting for one.
    pub async fn attach_checked(&self, id: String, service_id: &str, anyway: bool, lang: Lang) -> Result<AttachView> {
        let service_id = plausible(service_id)?;
        let (task, wanted) = (id.clone(), service_id.clone());
        let (attempt, since) = self
            .core
            .library
            .read(move |db| {
                refuse_owned(db, &task, &wanted)?;
                let attempt = waiting(db, &task)?;
                let lost = attempts::of_task(db, &task)?;
                let since = lost
                    .iter()
                    .filter(|one| one.outcome == "unknown")
                    .map(|one| one.sent_at);
                let since = since.min().unwrap_or(attempt.sent_at);
                Ok((attempt, since))
            })
            .await?;
        let key = self.core.key_for(&attempt.key_id);
        let looked = match &key {
            Some(key) => look_up(&self.core, key, &service_id).await,
            None => Looked::NoAnswer,
        };
        let own_key = key.is_some_and(|key| key.id == attempt.key_id);
        let mut view = AttachView {
            attached: false,
            differences: vec![],
            unchecked: None,
        };
        let mut checked = "same";
        match looked {
            Looked::There { stored, created_at } => match compared(&attempt, stored.as_deref(), created_at, since) {
                Likeness::Same => {}
                Likeness::Differs(differences) => {
                    checked = "differs";
                    view.differences = differences.iter().map(|one| shown(one, lang)).collect();
                }
                Likeness::Unreadable => {
                    checked = "unchecked";
                    view.unchecked = Some(
                        lang.pick(
                            "The service has a task under this ID, but does not say what was asked for.",
                            "服务端有这个 ID 的任务，但没有给出当时的请求内容。",
                        )
                        .to_owned(),
                    );
                }
            },
            Looked::Nowhere if own_key => {
                return Err(Told::new(&board::TASK_ID_UNKNOWN).into());
            }
            Looked::Nowhere | Looked::NoAnswer => {
                checked = "unchecked";
                view.unchecked = Some(
                    lang.pick(
                        "It could not be looked up now: the service did not answer, or the key it was bought with is gone.",
                        "现在无法查询：服务没有应答，或购买时用的密钥已不在。",
                    )
                    .to_owned(),
                );
            }
        }
        if checked == "same" || anyway {
            self.adopt(id, service_id, checked).await?;
            view.attached = true;
        }
        Ok(view)
    }

    async fn adopt(&self, id: String, service_id: String, checked: &'static str) -> Result<()> {
        let (now, task) = (self.core.now(), id.clone());
        self.core
            .library
            .write(move |tx| {
                let attempt = attempts::current(tx, &task)?.ok_or(Error::Changed)?;
                take(tx, &attempt, &service_id, checked, now)
            })
            .await?;
        self.tell(&[id]);
        self.core.wake_watcher.notify_one();
        Ok(())
    }
}

/// Makes an id a lost attempt's own, and the attempt the one that counts.
pub(super) fn take(tx: &Transaction<'_>, attempt: &Attempt, service_id: &str, checked: &str, now: i64) -> Result<()> {
    let task = &attempt.task_id;
    refuse_owned(tx, task, service_id)?;
    if attempt.service_id.is_some() {
        return Err(Error::Changed);
    }
    let detail = json!({ "id": service_id, "checked": checked });
    step::step(tx, task, Step::Attach, now, &detail)?;
    tx.execute("UPDATE task SET attempt_id = ?2 WHERE id = ?1", [task, &attempt.id])?;
    watching::afresh(tx, task)?;
    tasks::set_due(tx, task, now)?;
    attempts::answer(tx, &attempt.id, Outcome::Attached, Some(service_id), "", now)
}

fn refuse_owned(tx: &rusqlite::Connection, task: &str, service_id: &str) -> Result<()> {
    let owner = attempts::owner_of(tx, service_id)?;
    if owner.is_some_and(|owner| owner != task) {
        return Err(Told::new(&board::TASK_ID_TAKEN).into());
    }
    Ok(())
}

/// The lost attempt of a task that waits for its id.
fn waiting(tx: &rusqlite::Connection, task: &str) -> Result<Attempt> {
    let waits = matches!(step::state(tx, task)?, State::Unconfirmed | State::Cancelled);
    let attempt = attempts::current(tx, task)?.filter(|attempt| waits && attempt.service_id.is_none());
    attempt.ok_or(Error::Changed)
}

fn plausible(text: &str) -> Result<String> {
    let id = text.trim();
    if ids::is_plausible(id) {
        return Ok(id.to_owned());
    }
    Err(Told::new(&board::NO_TASK_ID).into())
}

/// Asks the service for the record of an id, within the limit for status queries.
pub(super) async fn look_up(core: &Arc<Core>, key: &NamedKey, service_id: &str) -> Looked {
    const TRIES: u32 = 3;
    for attempt in 1..=TRIES {
        core.status_queries.turn().await.sent();
        let there = |stored, created_at| Looked::There { stored, created_at };
        let wait = match core.service().record_info(&key.key, service_id).await {
            Record::Pending {
                param_json, created_at, ..
            } => return there(param_json, created_at),
            Record::Success { result } => return there(result.param_json, result.created_at),
            // One that failed was bought as well, and may be given back.
            Record::Failed { param_json, .. } => return there(param_json, None),
            Record::NotFound { .. } => return Looked::Nowhere,
            Record::RefusedAll { .. } => return Looked::NoAnswer,
            Record::TryLater { retry_after, detail } => {
                if retry_after.is_some() || detail.starts_with("429") {
                    core.status_queries.refused(retry_after);
                }
                std::time::Duration::from_secs(1)
            }
        };
        if attempt < TRIES {
            tokio::time::sleep(wait).await;
        }
    }
    Looked::NoAnswer
}

/// Compares what was sent with a record; one that is older than the first try cannot be of it. `since`: when the first
/// try was sent.
fn compared(attempt: &Attempt, stored: Option<&str>, created_at: Option<i64>, since: i64) -> Likeness {
    let likeness = stored.map_or(Likeness::Unreadable, |stored| likeness::compare(&attempt.body, stored));
    let (Some(created), false) = (created_at, is_later(created_at, since)) else {
        return likeness;
    };
    let older = Difference {
        field: Field::MadeAt,
        ours: clock_time(since),
        theirs: clock_time(created),
    };
    match likeness {
        Likeness::Differs(mut differences) => {
            differences.push(older);
            Likeness::Differs(differences)
        }
        Likeness::Same | Likeness::Unreadable => Likeness::Differs(vec![older]),
    }
}

fn clock_time(at: i64) -> String {
    jiff::Timestamp::from_millisecond(at).map_or_else(
        |_| String::new(),
        |at| {
            at.to_zoned(jiff::tz::TimeZone::system())
                .strftime("%Y-%m-%d %H:%M")
                .to_string()
        },
    )
}

fn shown(difference: &Difference, lang: Lang) -> DifferenceView {
    let cut = |text: &str| {
        let cut: String = text.chars().take(SHOWN).collect();
        match (text.is_empty(), cut.len() < text.len()) {
            (true, _) => "–".to_owned(),
            (_, true) => cut + "…",
            (_, false) => cut,
        }
    };
    DifferenceView {
        name: words::field(lang, difference.field).to_owned(),
        ours: cut(&difference.ours),
        theirs: cut(&difference.theirs),
    }
}
