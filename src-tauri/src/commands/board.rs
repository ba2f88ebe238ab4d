//! The board as a whole: the start of a page, changes, rows, one task; the demo on and off.

use engine::diagnostics::plain;
use engine::view::settings::Boot;
use engine::view::{Delta, Rows, RowsQuery, Snapshot, TaskDetail};
use tauri::ipc::Channel;

use super::Open;
use crate::ipc::{Answer, Say as _};
use crate::shop::Shop;

/// What a page starts from. Waits for the library.
#[tauri::command]
pub(crate) async fn boot(shop: Open<'_>) -> Answer<Boot> {
    start(&shop).await
}

/// Tells this page of changes, from the snapshot's number on.
#[tauri::command]
pub(crate) async fn watch_board(shop: Open<'_>, channel: Channel<Delta>) -> Answer<()> {
    let desk = shop.desk().await?;
    shop.feed()
        .watch(Box::new(move |delta| channel.send(delta).is_ok()))
        .await;
    // It takes a moment, and the board is not kept waiting for it.
    tauri::async_runtime::spawn(async move {
        if let Err(error) = desk.engine.tell_forecast().await {
            tracing::warn!(%error, "the ends of batches could not be worked out");
        }
    });
    Ok(())
}

/// Everything at a glance, after a gap.
#[tauri::command]
pub(crate) async fn snapshot(shop: Open<'_>) -> Answer<Snapshot> {
    let desk = shop.desk().await?;
    shop.feed().snapshot(&desk.engine, desk.lang).await.say(desk.lang)
}

/// The user has read what was said of the library as a whole.
#[tauri::command]
pub(crate) async fn notice_read(shop: Open<'_>) -> Answer<()> {
    let desk = shop.desk().await?;
    desk.engine.library_notice_read().await.say(desk.lang)
}

/// The ids of what a query finds: what one act is applied to.
#[tauri::command]
pub(crate) async fn task_ids(shop: Open<'_>, query: RowsQuery) -> Answer<Vec<String>> {
    let desk = shop.desk().await?;
    desk.engine.ids(query).await.say(desk.lang)
}

/// A window of a lane, or of all of them.
#[tauri::command]
pub(crate) async fn rows(shop: Open<'_>, query: RowsQuery) -> Answer<Rows> {
    let desk = shop.desk().await?;
    desk.engine.rows(query, desk.lang).await.say(desk.lang)
}

/// One task with its history.
#[tauri::command]
pub(crate) async fn task(shop: Open<'_>, id: String) -> Answer<TaskDetail> {
    let desk = shop.desk().await?;
    desk.engine.task(id, desk.lang).await.say(desk.lang)
}

/// Goes to the demo's library and the stand-in service.
#[tauri::command]
pub(crate) async fn try_demo(shop: Open<'_>) -> Answer<Boot> {
    shop.set_demo(true).await.map_err(|error| shop.say(&error))?;
    start(&shop).await
}

/// Goes back to the user's own library.
#[tauri::command]
pub(crate) async fn leave_demo(shop: Open<'_>) -> Answer<Boot> {
    shop.set_demo(false).await.map_err(|error| shop.say(&error))?;
    start(&shop).await
}

/// An error of the page, for the log.
#[tauri::command]
pub(crate) async fn log(text: String) -> Answer<()> {
    tracing::warn!(text = %plain(&text), "the page said");
    Ok(())
}

async fn start(shop: &Shop) -> Answer<Boot> {
    let desk = shop.desk().await?;
    let media_base = shop.media_base().await.say(desk.lang)?;
    // A page that starts has no channel yet; the one before it is gone.
    let snapshot = shop.feed().begin(desk.lang).await.say(desk.lang)?;
    let settings = desk.settings.view();
    let empty = snapshot.batches.is_empty() && settings.keys.is_empty() && settings.key_in_use.is_none();
    Ok(Boot {
        version: env!("CARGO_PKG_VERSION").to_owned(),
        lang: desk.lang,
        demo: desk.demo,
        first_start: empty && !desk.demo,
        media_base,
        snapshot,
        settings,
        notices: desk.settings.take_notices(),
    })
}
