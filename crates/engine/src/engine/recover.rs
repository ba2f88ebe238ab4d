//! What a restart has to put right. There is little: the library is the truth, and the stages pick up from it.

use std::time::Duration;

use serde_json::json;

use super::core::Core;
use crate::clock::{millis, until};
use crate::error::Result;
use crate::library::{Outcome, attempts, due, step, tasks};
use crate::limit::GENERATIONS;
use crate::task::{State, Step};
use crate::trouble::Trouble;

pub(super) async fn after_restart(core: &Core) -> Result<()> {
    let now = core.now();
    let window = millis(GENERATIONS.1);
    let sent = core
        .library
        .write(move |tx| {
            for id in due::in_state(tx, State::Submitting)? {
                // The app ended between the request and its answer. Nobody knows; never sent again by itself.
                let attempt = attempts::current(tx, &id)?;
                let (sent_at, before) = attempt.as_ref().map_or((now, None), |a| (a.sent_at, a.balance_before));
                if let Some(attempt) = attempt {
                    attempts::answer(tx, &attempt.id, Outcome::Unknown, None, "the app ended", now)?;
                }
                step::step_from(
                    tx,
                    &id,
                    State::Submitting,
                    Step::LoseReply,
                    now,
                    &json!({ "answer": "the app ended" }),
                )?;
                tasks::set_trouble(
                    tx,
                    &id,
                    &Trouble::Interrupted {
                        sent_at,
                        before,
                        after: None,
                    },
                )?;
            }
            for id in due::in_state(tx, State::Preparing)? {
                step::step_from(tx, &id, State::Preparing, Step::PutBack, now, &json!({}))?;
            }
            attempts::sent_since(tx, now - window)
        })
        .await?;
    // The service's window does not begin anew because the app did.
    core.generations
        .remember(sent.into_iter().map(|at| until(now, at)))
        .await;
    core.status_queries.refused(Some(Duration::from_millis(1_050)));
    Ok(())
}
