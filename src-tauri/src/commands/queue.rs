//! The queue: started, paused, and the money at a glance.

use std::time::Duration;

use engine::change::Change;
use engine::view::QueueView;
use engine::view::start::{Doubt, StartSummary};
use engine::{Error, Scope};

use super::Open;
use crate::ipc::{Answer, Say as _};
use crate::places;

/// How long a fresh balance is waited for; it comes later with the changes where it takes longer.
const BALANCE: Duration = Duration::from_secs(8);

fn scope(batch_id: Option<String>, ids: Option<Vec<String>>, held: Option<String>) -> Scope {
    match (held, ids, batch_id) {
        (Some(held), ..) => Scope::Held(held),
        (None, Some(ids), _) => Scope::Tasks(ids),
        (None, None, Some(batch)) => Scope::Batch(batch),
        (None, None, None) => Scope::Everything,
    }
}

/// What a start would buy, before it is asked for; `without`: those with such a doubt are left out.
#[tauri::command]
pub(crate) async fn look_at_start(
    shop: Open<'_>,
    batch_id: Option<String>,
    ids: Option<Vec<String>>,
    held: Option<String>,
    without: Vec<Doubt>,
) -> Answer<StartSummary> {
    let desk = shop.desk().await?;
    let scope = scope(batch_id, ids, held);
    let summary = desk.engine.look_at_start(scope, without, desk.lang).await;
    summary.say(desk.lang)
}

/// Puts what the user saw into the queue and lets it run. `expected` is the count that was shown; with `first`, only so
/// many of them are bought, and the rest is held. `without`: those with such a doubt stay as they are.
#[tauri::command]
pub(crate) async fn start(
    shop: Open<'_>,
    batch_id: Option<String>,
    ids: Option<Vec<String>>,
    held: Option<String>,
    expected: u64,
    first: Option<u64>,
    without: Vec<Doubt>,
) -> Answer<()> {
    let desk = shop.desk().await?;
    let scope = scope(batch_id, ids, held);
    let started = async {
        places::prepare(&desk, &scope).await?;
        desk.engine.start_some(scope, Some(expected), first, without).await
    };
    started.await.map(drop).say(desk.lang)
}

/// Stops buying; what was bought is watched and saved.
#[tauri::command]
pub(crate) async fn pause(shop: Open<'_>) -> Answer<()> {
    shop.desk().await?.engine.pause();
    Ok(())
}

/// Goes on.
#[tauri::command]
pub(crate) async fn resume(shop: Open<'_>) -> Answer<()> {
    let desk = shop.desk().await?;
    desk.engine.resume().say(desk.lang)
}

/// Asks the service for the balance.
#[tauri::command]
pub(crate) async fn refresh_balance(shop: Open<'_>) -> Answer<QueueView> {
    let desk = shop.desk().await?;
    let heard = async {
        let before = desk.engine.queue(desk.lang).await?.balance_at;
        let mut changes = desk.engine.listen();
        desk.engine.hear_balance();
        let fresh = async {
            while let Ok(change) = changes.recv().await {
                if change != Change::Queue {
                    continue;
                }
                let queue = desk.engine.queue(desk.lang).await?;
                if queue.balance_at != before {
                    return Ok::<_, Error>(queue);
                }
            }
            Err(Error::Closing)
        };
        match tokio::time::timeout(BALANCE, fresh).await {
            Ok(Ok(queue)) => Ok(queue),
            _ => desk.engine.queue(desk.lang).await,
        }
    };
    heard.await.say(desk.lang)
}
