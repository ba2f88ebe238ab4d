//! The witness: hears the balance after an answer was lost, some times over, and writes down what it says.
//!
//! It settles nothing: what comes out is shown to the user as likely, and nobody acts on it. Purchases are held only
//! while a balance is being heard, so that none is on the wire at that moment.

use std::collections::HashSet;
use std::sync::Arc;
use std::time::Duration;

use super::submit::ask_balance;
use super::{nap, stumble};
use crate::engine::core::Core;
use crate::error::Result;
use crate::keys::NamedKey;
use crate::library::{Attempt, evidence};

/// How long purchases are held for a balance that does not come.
const PATIENCE: Duration = Duration::from_secs(10);
/// How soon a look is tried again, and how often a verdict that waits for news of other tasks is tried (ms).
const AGAIN_MS: i64 = 5_000;

pub(crate) async fn run(core: Arc<Core>) {
    loop {
        match round(&core).await {
            Ok(next) => {
                if !nap(&core, &core.wake_witness, next).await {
                    return;
                }
            }
            Err(_) if core.closing.is_cancelled() => return,
            Err(error) => stumble(&core, "witness", &error).await,
        }
    }
}

/// Looks where a look is due, and judges what is open. When to come again.
async fn round(core: &Arc<Core>) -> Result<Option<i64>> {
    let (pace, now) = (core.pace(), core.now());
    let open = core.library.read(move |db| evidence::open(db, now, &pace)).await?;
    let mut looked = HashSet::new();
    for attempt in &open {
        let Some(due) = last_look(attempt, core.now(), &pace.looks()) else {
            continue;
        };
        // Only the key it was sent with speaks of the account it was sent from.
        if let Some(key) = core.keys.by_id(&attempt.key_id)
            && looked.insert(attempt.key_id.clone())
        {
            look(core, &key, due).await?;
        }
    }
    let mut next: Option<i64> = None;
    for attempt in open {
        let (id, now) = (attempt.id.clone(), core.now());
        let changed = core
            .library
            .write(move |tx| evidence::judge(tx, &id, &pace, now))
            .await?;
        if changed {
            core.told(&attempt.task_id);
        }
        let lost = attempt.answered_at.unwrap_or(attempt.sent_at);
        let coming = pace.looks().into_iter().map(|look| lost + look).filter(|at| *at > now);
        let due = coming.min().unwrap_or(i64::MAX).min(now + AGAIN_MS.min(pace.second));
        next = Some(next.map_or(due, |next| next.min(due)));
    }
    Ok(next)
}

/// The last look that is due (ms).
fn last_look(attempt: &Attempt, now: i64, looks: &[i64]) -> Option<i64> {
    let lost = attempt.answered_at.unwrap_or(attempt.sent_at);
    looks.iter().map(|look| lost + look).filter(|at| *at <= now).max()
}

/// Hears the balance, unless it was heard since `due`.
async fn look(core: &Arc<Core>, key: &NamedKey, due: i64) -> Result<()> {
    if heard_since(core, key, due).await? {
        return Ok(());
    }
    let _till = tokio::select! {
        till = core.till.lock() => till,
        () = core.closing.cancelled() => return Ok(()),
    };
    // Whoever held the till may have heard it.
    if heard_since(core, key, due).await? {
        return Ok(());
    }
    tokio::select! {
        _ = tokio::time::timeout(PATIENCE, ask_balance(core, key)) => {}
        () = core.closing.cancelled() => {}
    }
    Ok(())
}

async fn heard_since(core: &Arc<Core>, key: &NamedKey, due: i64) -> Result<bool> {
    let key = key.id.clone();
    core.library.read(move |db| evidence::heard_since(db, &key, due)).await
}
