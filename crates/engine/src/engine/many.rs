//! Acts for many chosen tasks: each is done with those it fits, the others are left alone and counted.
//!
//! Nothing here buys: what would (start, buy again) is only counted and named, and goes through [`Engine::start`] with
//! the count that was shown.

use std::collections::HashSet;

use rusqlite::Connection;

use super::Engine;
use super::ask;
use super::core::Core;
use crate::error::{Error, Result};
use crate::library::doubt::may_be_bought;
use crate::library::query::{self, CardRow};
use crate::present;
use crate::task::State;
use crate::view::Action;
use crate::view::many::{Fit, ManyDone};

/// What is offered for many, in the order in which it stands there.
const OFFERED: [Action; 9] = [
    Action::Start,
    Action::Retry,
    Action::Unqueue,
    Action::SaveAgain,
    Action::WatchAgain,
    Action::CheckNow,
    Action::StopWatching,
    Action::Edit,
    Action::Delete,
];

impl Engine {
    /// Which acts fit at least one of these tasks, and how many each fits. It reads and changes nothing.
    ///
    /// # Errors
    /// The library's.
    pub async fn fits(&self, ids: Vec<String>) -> Result<Vec<Fit>> {
        let core = std::sync::Arc::clone(&self.core);
        self.core
            .library
            .read(move |db| {
                let mut fits = OFFERED.map(|action| Fit {
                    action,
                    n: 0,
                    credits: matches!(action, Action::Start | Action::Retry).then_some(0.0),
                });
                for row in query::cards(db, &ids)? {
                    let offered = offered(&core, db, &row)?;
                    for fit in fits.iter_mut().filter(|fit| offered.contains(&fit.action)) {
                        fit.n += 1;
                        fit.credits = fit.credits.zip(row.task.price).map(|(sum, price)| sum + price);
                    }
                }
                Ok(fits.into_iter().filter(|fit| fit.n > 0).collect())
            })
            .await
    }

    /// Those of these tasks that an act fits, in the order they were given.
    ///
    /// # Errors
    /// The library's.
    pub async fn that_fit(&self, ids: Vec<String>, action: Action) -> Result<Vec<String>> {
        let core = std::sync::Arc::clone(&self.core);
        self.core.library.read(move |db| fitting(&core, db, &ids, action)).await
    }

    /// Does something that costs nothing with those of these tasks that it fits, in one commit.
    ///
    /// # Errors
    /// [`Error::Changed`] for an act that buys or wants a question of its own; the library's, and then nothing changed.
    pub async fn do_with(&self, ids: Vec<String>, action: Action) -> Result<ManyDone> {
        let chosen = ids.len();
        let done = if action == Action::Delete {
            self.delete_those(ids).await?
        } else {
            if action == Action::SaveAgain {
                self.core.closed.open_all();
            }
            let (core, now) = (std::sync::Arc::clone(&self.core), self.core.now());
            let done = self
                .core
                .library
                .write(move |tx| {
                    let ids = fitting(&core, tx, &ids, action)?;
                    for id in &ids {
                        free(tx, id, action, now)?;
                    }
                    Ok(ids)
                })
                .await?;
            self.tell(&done);
            self.core.wake_all();
            done
        };
        let left = u64::try_from(chosen.saturating_sub(done.len())).unwrap_or(0);
        Ok(ManyDone { done, left })
    }
}

/// One act that costs nothing.
fn free(tx: &rusqlite::Transaction<'_>, id: &str, action: Action, now: i64) -> Result<()> {
    match action {
        Action::Unqueue => ask::take_out(tx, id, crate::task::Step::Unqueue, now),
        Action::WatchAgain => ask::watch_again(tx, id, now),
        Action::CheckNow => ask::check_now(tx, id, now),
        Action::StopWatching => ask::stop_watching(tx, id, now),
        Action::SaveAgain => ask::save_again(tx, id, None, &HashSet::new(), now),
        _ => Err(Error::Changed),
    }
}

fn fitting(core: &Core, db: &Connection, ids: &[String], action: Action) -> Result<Vec<String>> {
    let mut found = Vec::with_capacity(ids.len());
    for row in query::cards(db, ids)? {
        if offered(core, db, &row)?.contains(&action) {
            found.push(row.task.id);
        }
    }
    Ok(found)
}

/// What may be done with one of many: what its card offers, without what would be refused for it.
fn offered(core: &Core, db: &Connection, row: &CardRow) -> Result<Vec<Action>> {
    let mut actions = present::offered(core, row);
    // Whether a file is gone is looked at for one clip, not for a thousand.
    if row.task.state_text == State::Done.as_str() {
        actions.retain(|action| *action != Action::SaveAgain);
    }
    let at_stake = [Action::Start, Action::Retry, Action::Edit, Action::Delete];
    if actions.iter().any(|action| at_stake.contains(action)) && may_be_bought(db, &row.task.id)? {
        actions.retain(|action| !at_stake.contains(action));
    }
    Ok(actions)
}
