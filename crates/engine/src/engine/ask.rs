//! What a user asks of tasks: each command checks, commits, tells.

use std::collections::HashSet;
use std::path::Path;
use std::sync::Arc;

use serde_json::json;

use super::{Engine, ahead};
use crate::change::Change;
use crate::error::{Error, Result};
use crate::library::{attempts, canary, doubt, evidence, spending, step, takes, tasks, turns, watching};
use crate::renaming::settle;
use crate::stages::submit::ask_balance;
use crate::task::{State, Step};
use crate::trouble::rows::board;
use crate::trouble::{Told, Trouble};
use crate::view::start::Doubt;

/// What Start is asked for.
#[derive(Clone, Debug)]
pub enum Scope {
    /// These tasks.
    Tasks(Vec<String>),
    /// Everything of a batch that was not bought.
    Batch(String),
    /// Everything that was not bought.
    Everything,
    /// The rest that was held when only the first few of it were started.
    Held(String),
    /// What was in the queue when the app last ended: for those who chose that opening the app goes on with it.
    LeftOver,
}

impl Engine {
    /// Puts what the user saw into the queue and lets it run. `expected` is the count that was shown: if it is another
    /// one now, nothing happens, so that nobody buys what they did not see.
    ///
    /// # Errors
    /// [`Error::OtherCount`] where the count differs; [`Trouble::NoKey`] where there is no key.
    pub async fn start(&self, scope: Scope, expected: Option<u64>) -> Result<u64> {
        self.start_some(scope, expected, None, Vec::new()).await
    }

    /// The same for the first `first` of them only: the rest is held until the user asks for it ([`Scope::Held`]).
    /// Answers how many are started now.
    ///
    /// # Errors
    /// As [`Engine::start`].
    pub async fn start_first(&self, scope: Scope, expected: Option<u64>, first: Option<u64>) -> Result<u64> {
        self.start_some(scope, expected, first, Vec::new()).await
    }

    /// The same without those that have a doubt of these kinds; they stay as they are. `expected` is the count without
    /// them.
    ///
    /// # Errors
    /// As [`Engine::start`].
    pub async fn start_some(
        &self,
        scope: Scope,
        expected: Option<u64>,
        first: Option<u64>,
        without: Vec<Doubt>,
    ) -> Result<u64> {
        if self.core.keys.to_buy().is_none() {
            return Err(self.core.no_key().into());
        }
        let (now, session) = (self.core.now(), self.core.session.clone());
        let host = self.core.upload_host.clone();
        let ids = self
            .core
            .library
            .write(move |tx| {
                let mut ids = ahead::leave_out(tx, chosen(tx, &scope, &session)?, &without, host)?;
                let count = u64::try_from(ids.len()).unwrap_or(u64::MAX);
                if let Some(shown) = expected.filter(|expected| *expected != count) {
                    return Err(Error::OtherCount { shown, now: count });
                }
                let first = first.map_or(ids.len(), |first| usize::try_from(first.max(1)).unwrap_or(usize::MAX));
                let rest = ids.split_off(first.min(ids.len()));
                for id in &ids {
                    enqueue(tx, id, &session, now)?;
                }
                if !rest.is_empty() {
                    rest.iter().try_for_each(|id| draft_again(tx, id, now))?;
                    canary::hold(tx, &ids, &rest)?;
                }
                crash_point!("start::written");
                Ok(ids)
            })
            .await?;
        crash_point!("start::committed");
        self.core.set_queue(true, None);
        self.core.changes.tell(Change::Everything);
        self.hear_balance();
        Ok(u64::try_from(ids.len()).unwrap_or(u64::MAX))
    }

    /// The rest that is held of a start with a first few.
    ///
    /// # Errors
    /// The library's.
    pub async fn held(&self, start: String) -> Result<Vec<String>> {
        self.core.library.read(move |db| canary::rest(db, &start)).await
    }

    /// Stops buying. What is on the wire is answered; what was bought is watched and saved.
    pub fn pause(&self) {
        self.core.set_queue(false, None);
    }

    /// Goes on with what the user asked for in this run of the app.
    ///
    /// # Errors
    /// [`Trouble::NoKey`] where there is no key.
    pub fn resume(&self) -> Result<()> {
        if self.core.keys.to_buy().is_none() {
            return Err(self.core.no_key().into());
        }
        self.core.set_queue(true, None);
        Ok(())
    }

    /// Takes tasks back out of the queue. One whose earlier attempt is in doubt is unconfirmed again.
    ///
    /// # Errors
    /// [`Error::Illegal`] where one was taken up meanwhile; then nothing changed.
    pub async fn unqueue(&self, ids: Vec<String>) -> Result<()> {
        self.each(ids, |tx, id, now| take_out(tx, id, Step::Unqueue, now)).await
    }

    /// Takes tasks out before anything is bought with them.
    ///
    /// # Errors
    /// [`Error::Illegal`] where one is on the wire or bought; then nothing changed.
    pub async fn cancel(&self, ids: Vec<String>) -> Result<()> {
        self.each(ids, |tx, id, now| take_out(tx, id, Step::Cancel, now)).await
    }

    /// Stops watching what was bought; ids stay, and it can be watched again.
    ///
    /// # Errors
    /// [`Error::Illegal`] where one is not being watched.
    pub async fn stop_watching(&self, ids: Vec<String>) -> Result<()> {
        self.each(ids, stop_watching).await
    }

    /// Gives unknown ones up. What is known of them stays.
    ///
    /// # Errors
    /// [`Error::Illegal`] where one is not unconfirmed.
    pub async fn dismiss(&self, ids: Vec<String>) -> Result<()> {
        self.each(ids, |tx, id, now| {
            let known = attempts::current(tx, id)?.as_ref().map(evidence::summary);
            step::step(tx, id, Step::Dismiss, now, &known.unwrap_or_default())?;
            tasks::set_trouble(tx, id, &Trouble::Dismissed)
        })
        .await
    }

    /// Buys refused or cancelled ones anew, as a new attempt on the same card. A queue that the user paused stays
    /// paused.
    ///
    /// # Errors
    /// [`Error::Changed`] where something was or may have been bought with one that is only cancelled.
    pub async fn retry(&self, ids: Vec<String>) -> Result<()> {
        let (now, session, told) = (self.core.now(), self.core.session.clone(), ids.clone());
        self.buy_again(
            move |tx| ids.iter().try_for_each(|id| enqueue(tx, id, &session, now)),
            told,
        )
        .await
    }

    /// Buys an unknown one again: it may be paid for twice, and only the user may decide that.
    ///
    /// # Errors
    /// [`Error::Illegal`] where it is not unconfirmed any more.
    pub async fn submit_again(&self, id: String) -> Result<()> {
        let (now, session, told) = (self.core.now(), self.core.session.clone(), vec![id.clone()]);
        self.buy_again(
            move |tx| {
                let known = attempts::current(tx, &id)?.as_ref().map(evidence::summary);
                let known = known.unwrap_or_default();
                step::step_from(tx, &id, State::Unconfirmed, Step::SubmitAgain, now, &known)?;
                approve(tx, &id, &session)
            },
            told,
        )
        .await
    }

    async fn buy_again(
        &self,
        work: impl FnOnce(&rusqlite::Transaction<'_>) -> Result<()> + Send + 'static,
        told: Vec<String>,
    ) -> Result<()> {
        if self.core.keys.to_buy().is_none() {
            return Err(self.core.no_key().into());
        }
        let session = self.core.session.clone();
        let alone = self
            .core
            .library
            .write(move |tx| {
                let waiting: bool = tx.query_row(
                    "SELECT EXISTS (SELECT 1 FROM task WHERE state = 'queued' AND session = ?1 AND deleted_at IS NULL)",
                    [&session],
                    |row| row.get(0),
                )?;
                work(tx)?;
                Ok(!waiting)
            })
            .await?;
        // Nothing else is set going by it: a paused queue with others in it stays paused.
        if alone {
            self.core.set_queue(true, None);
        }
        self.tell(&told);
        Ok(())
    }

    /// Asks the service now; one that timed out is watched as before again.
    ///
    /// # Errors
    /// [`Error::Changed`] where one is not being watched.
    pub async fn check_now(&self, ids: Vec<String>) -> Result<()> {
        self.each(ids, check_now).await
    }

    /// Watches again what the user had stopped watching.
    ///
    /// # Errors
    /// [`Error::Changed`] where one has no id.
    pub async fn watch_again(&self, ids: Vec<String>) -> Result<()> {
        self.each(ids, watch_again).await
    }

    /// Fetches bought files again; `link` in place of the known one. One that is done is fetched only where its file
    /// is gone. Never buys.
    ///
    /// # Errors
    /// [`Error::Illegal`] where one has no video yet; a sentence where the file is still in its place.
    pub async fn save_again(&self, ids: Vec<String>, link: Option<String>) -> Result<()> {
        let link = link.map(|link| http_address(&link)).transpose()?;
        let gone = self.gone_files(ids.clone()).await?;
        self.core.closed.open_all();
        self.each(ids, move |tx, id, now| save_again(tx, id, link.as_deref(), &gone, now))
            .await
    }

    /// The saved takes of these tasks whose files are not in their place. Looked at outside any transaction: a network
    /// drive may take its time.
    async fn gone_files(&self, ids: Vec<String>) -> Result<HashSet<String>> {
        // One whose rename was cut off is there under its other name.
        settle::settle(&self.core).await?;
        let files = self
            .core
            .library
            .read(move |db| {
                let mut files = Vec::new();
                for id in ids {
                    let Some(attempt) = attempts::current(db, &id)? else {
                        continue;
                    };
                    for take in takes::of_attempt(db, &attempt.id)? {
                        let path = take
                            .folder
                            .zip(take.file_name)
                            .map(|(folder, name)| Path::new(&folder).join(name));
                        files.push((take.id, path));
                    }
                }
                Ok(files)
            })
            .await?;
        tokio::task::spawn_blocking(move || {
            let gone = files
                .into_iter()
                .filter(|(_, path)| !path.as_ref().is_some_and(|path| path.is_file()));
            gone.map(|(take, _)| take).collect()
        })
        .await
        .map_err(|_| Error::Closing)
    }

    /// Fetches the file of a bought task from a link that the user has, though the service has not called it finished.
    ///
    /// # Errors
    /// [`Error::Illegal`] where it is not bought or was refused.
    pub async fn save_from(&self, id: String, link: String) -> Result<()> {
        let link = http_address(&link)?;
        let state = {
            let id = id.clone();
            self.core.library.read(move |db| step::state(db, &id)).await?
        };
        if !matches!(state, State::Generating | State::TimedOut) {
            return self.save_again(vec![id], Some(link)).await;
        }
        let (now, told) = (self.core.now(), vec![id.clone()]);
        self.core
            .library
            .write(move |tx| {
                let attempt = attempts::current(tx, &id)?.ok_or(Error::Changed)?;
                takes::put_links(tx, &attempt.id, &[link], now)?;
                step::step(tx, &id, Step::Generated, now, &json!({ "by": "user" }))?;
                tasks::set_due(tx, &id, now)
            })
            .await?;
        self.tell(&told);
        self.core.wake_saver.notify_one();
        Ok(())
    }

    /// Asks for the balance in the background, where there is a key.
    pub fn hear_balance(&self) {
        let core = Arc::clone(&self.core);
        if let Some(key) = core.keys.to_buy() {
            self.core.work.spawn(async move { ask_balance(&core, &key).await });
        }
    }

    /// Does the same with each of some tasks, all or none, tells it, and wakes whoever has work now.
    async fn each(
        &self,
        ids: Vec<String>,
        work: impl Fn(&rusqlite::Transaction<'_>, &str, i64) -> Result<()> + Send + 'static,
    ) -> Result<()> {
        let (now, told) = (self.core.now(), ids.clone());
        self.core
            .library
            .write(move |tx| ids.iter().try_for_each(|id| work(tx, id, now)))
            .await?;
        self.tell(&told);
        self.core.wake_all();
        Ok(())
    }

    pub(super) fn tell(&self, ids: &[String]) {
        for id in ids {
            self.core.told(id);
        }
        self.core.changes.tell(Change::Queue);
    }
}

/// What a start of `scope` is about, in the order it is bought.
pub(super) fn chosen(tx: &rusqlite::Connection, scope: &Scope, session: &str) -> Result<Vec<String>> {
    match scope {
        Scope::Tasks(ids) => turns::by_turn(tx, ids),
        Scope::Batch(batch) => startable(tx, Some(batch), session),
        Scope::Everything => startable(tx, None, session),
        Scope::Held(start) => canary::rest(tx, start),
        Scope::LeftOver => left_over(tx, session),
    }
}

/// Ids that Start would buy, in the order in which they are bought. What is held is asked for by itself.
fn startable(tx: &rusqlite::Connection, batch: Option<&str>, session: &str) -> Result<Vec<String>> {
    let mut query = tx.prepare_cached(
        "SELECT id FROM task WHERE deleted_at IS NULL AND lane = 'ready' AND (?1 IS NULL OR batch_id = ?1)
           AND trouble IS NULL AND held = 0 AND (state = 'draft' OR (state = 'queued' AND session IS NOT ?2))
         ORDER BY turn, id",
    )?;
    let rows = query.query_map([batch, Some(session)], |row| row.get(0))?;
    Ok(rows.collect::<Result<_, _>>()?)
}

fn left_over(tx: &rusqlite::Connection, session: &str) -> Result<Vec<String>> {
    let mut query = tx.prepare_cached(
        "SELECT id FROM task WHERE deleted_at IS NULL AND lane = 'ready' AND state = 'queued' AND held = 0 AND session IS NOT ?1
         ORDER BY turn, id",
    )?;
    let rows = query.query_map([session], |row| row.get(0))?;
    Ok(rows.collect::<Result<_, _>>()?)
}

/// Puts one task into the queue of this run of the app. One that cannot be sent is told by its number.
fn enqueue(tx: &rusqlite::Connection, id: &str, session: &str, now: i64) -> Result<()> {
    match step::state(tx, id)? {
        State::Draft => {
            let row = tasks::get(tx, id)?;
            if let Some(Trouble::Request { en, zh, .. }) = row.trouble {
                let told = Told::new(&board::TASK_CANNOT_START).with("number", row.number);
                return Err(told.with_both("what", en, zh).into());
            }
            step::step(tx, id, Step::Enqueue, now, &json!({}))?;
        }
        State::Failed if doubt::may_be_bought(tx, id)? => return Err(Error::Changed),
        State::Failed => {
            step::step(tx, id, Step::Retry, now, &json!({}))?;
        }
        // What has an id is watched again, never bought again.
        State::Cancelled if doubt::may_be_bought(tx, id)? => return Err(Error::Changed),
        State::Cancelled => {
            step::step(tx, id, Step::Retry, now, &json!({}))?;
        }
        State::Queued => {}
        _ => return Err(Error::Changed),
    }
    approve(tx, id, session)
}

/// What is held waits as a draft, whatever it was before: only drafts are found again when the rest is asked for.
fn draft_again(tx: &rusqlite::Connection, id: &str, now: i64) -> Result<()> {
    if !matches!(step::state(tx, id)?, State::Failed | State::Cancelled) {
        return Ok(());
    }
    if doubt::may_be_bought(tx, id)? {
        return Err(Error::Changed);
    }
    step::step(tx, id, Step::Revise, now, &json!({})).map(drop)
}

fn approve(tx: &rusqlite::Connection, id: &str, session: &str) -> Result<()> {
    tx.execute(
        "UPDATE task SET session = ?2, revision = revision + 1 WHERE id = ?1",
        [id, session],
    )?;
    spending::started(tx, id)?;
    canary::release(tx, id)
}

/// Takes one out before anything is bought with it; where an earlier attempt is in doubt, back to that doubt.
pub(super) fn take_out(tx: &rusqlite::Transaction<'_>, id: &str, taken: Step, now: i64) -> Result<()> {
    doubt::step_or_doubt(tx, id, taken, now, &json!({})).map(drop)
}

pub(super) fn stop_watching(tx: &rusqlite::Transaction<'_>, id: &str, now: i64) -> Result<()> {
    step::step(tx, id, Step::StopWatching, now, &json!({}))?;
    tasks::set_trouble(tx, id, &Trouble::Stopped)
}

pub(super) fn check_now(tx: &rusqlite::Transaction<'_>, id: &str, now: i64) -> Result<()> {
    match step::state(tx, id)? {
        State::TimedOut => watch_anew(tx, id, now),
        // Overdue for ever: in front of everything that is only due.
        State::Generating => tasks::set_due(tx, id, 0),
        _ => Err(Error::Changed),
    }
}

pub(super) fn watch_again(tx: &rusqlite::Transaction<'_>, id: &str, now: i64) -> Result<()> {
    match attempts::current(tx, id)?.and_then(|attempt| attempt.service_id) {
        Some(_) => watch_anew(tx, id, now),
        None => Err(Error::Changed),
    }
}

/// Watches something bought with a fresh budget, from now on.
fn watch_anew(tx: &rusqlite::Connection, id: &str, now: i64) -> Result<()> {
    step::step(tx, id, Step::WatchAgain, now, &json!({}))?;
    doubt::counts_again(tx, id)?;
    watching::afresh(tx, id)?;
    tasks::set_due(tx, id, now)
}

pub(super) fn save_again(
    tx: &rusqlite::Connection,
    id: &str,
    link: Option<&str>,
    gone: &HashSet<String>,
    now: i64,
) -> Result<()> {
    let state = step::state(tx, id)?;
    let attempt = attempts::current(tx, id)?.ok_or(Error::Changed)?;
    if state == State::Done {
        let lost: Vec<_> = takes::of_attempt(tx, &attempt.id)?
            .into_iter()
            .filter(|take| gone.contains(&take.id))
            .collect();
        if lost.is_empty() {
            return Err(Told::new(&board::FILE_STILL_THERE).into());
        }
        lost.iter().try_for_each(|take| takes::forget_file(tx, &take.id))?;
    }
    if state != State::Saving {
        step::step(tx, id, Step::SaveAgain, now, &json!({}))?;
    }
    if let Some(link) = link {
        takes::put_links(tx, &attempt.id, &[link.to_owned()], now)?;
    }
    tasks::set_due(tx, id, now)
}

/// A link that a person typed, as an address.
fn http_address(text: &str) -> Result<String> {
    url::Url::parse(text.trim())
        .ok()
        .filter(|url| matches!(url.scheme(), "http" | "https") && url.host().is_some())
        .map(String::from)
        .ok_or_else(|| Told::new(&board::NOT_A_LINK).into())
}
