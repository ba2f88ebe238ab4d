//! Single tasks: added and edited before they are bought, and everything that may be done with them afterwards.

use engine::library::NewTask;
use engine::view::TaskFields;
use engine::view::bulk::TaskBefore;

use super::Open;
use crate::ipc::{Answer, Say as _};
use crate::places;

/// Adds drafts, all or none; without a batch they go into today's. `variants`: so many tries of each.
#[tauri::command]
pub(crate) async fn add_tasks(
    shop: Open<'_>,
    batch_id: Option<String>,
    tasks: Vec<TaskFields>,
    variants: u32,
) -> Answer<Vec<String>> {
    let desk = shop.desk().await?;
    let added = async {
        let batch = places::batch(&desk, batch_id).await?;
        let new = tasks.into_iter().map(|fields| NewTask { number: None, fields });
        desk.engine.add_variants(batch, new.collect(), variants).await
    };
    added.await.say(desk.lang)
}

/// Changes the request of a task that was not bought; answers what puts it back.
#[tauri::command]
pub(crate) async fn edit_task(shop: Open<'_>, id: String, fields: TaskFields) -> Answer<Option<TaskBefore>> {
    let desk = shop.desk().await?;
    desk.engine.edit(id, fields).await.say(desk.lang)
}

/// Takes cards off the board.
#[tauri::command]
pub(crate) async fn delete_tasks(shop: Open<'_>, ids: Vec<String>) -> Answer<()> {
    let desk = shop.desk().await?;
    desk.engine.delete(ids).await.say(desk.lang)
}

/// Takes those of many cards off the board that may go, and says which.
#[tauri::command]
pub(crate) async fn delete_those(shop: Open<'_>, ids: Vec<String>) -> Answer<Vec<String>> {
    let desk = shop.desk().await?;
    desk.engine.delete_those(ids).await.say(desk.lang)
}

/// Puts deleted cards back.
#[tauri::command]
pub(crate) async fn restore_tasks(shop: Open<'_>, ids: Vec<String>) -> Answer<()> {
    let desk = shop.desk().await?;
    desk.engine.restore(ids).await.say(desk.lang)
}

/// Takes tasks out before anything is bought with them.
#[tauri::command]
pub(crate) async fn cancel_tasks(shop: Open<'_>, ids: Vec<String>) -> Answer<()> {
    let desk = shop.desk().await?;
    desk.engine.cancel(ids).await.say(desk.lang)
}

/// Takes tasks back out of the queue.
#[tauri::command]
pub(crate) async fn unqueue_tasks(shop: Open<'_>, ids: Vec<String>) -> Answer<()> {
    let desk = shop.desk().await?;
    desk.engine.unqueue(ids).await.say(desk.lang)
}

/// Buys refused or cancelled ones anew.
#[tauri::command]
pub(crate) async fn retry_tasks(shop: Open<'_>, ids: Vec<String>) -> Answer<()> {
    let desk = shop.desk().await?;
    desk.engine.retry(ids).await.say(desk.lang)
}

/// Fetches bought files again; never buys.
#[tauri::command]
pub(crate) async fn save_again(shop: Open<'_>, ids: Vec<String>) -> Answer<()> {
    let desk = shop.desk().await?;
    desk.engine.save_again(ids, None).await.say(desk.lang)
}

/// Buys an unknown one again: the page asked first.
#[tauri::command]
pub(crate) async fn submit_again(shop: Open<'_>, id: String) -> Answer<()> {
    let desk = shop.desk().await?;
    desk.engine.submit_again(id).await.say(desk.lang)
}

/// Gives unknown ones up.
#[tauri::command]
pub(crate) async fn dismiss(shop: Open<'_>, ids: Vec<String>) -> Answer<()> {
    let desk = shop.desk().await?;
    desk.engine.dismiss(ids).await.say(desk.lang)
}

/// Asks the service now.
#[tauri::command]
pub(crate) async fn check_now(shop: Open<'_>, ids: Vec<String>) -> Answer<()> {
    let desk = shop.desk().await?;
    desk.engine.check_now(ids).await.say(desk.lang)
}

/// Stops watching what was bought; ids stay.
#[tauri::command]
pub(crate) async fn stop_watching(shop: Open<'_>, ids: Vec<String>) -> Answer<()> {
    let desk = shop.desk().await?;
    desk.engine.stop_watching(ids).await.say(desk.lang)
}

/// Watches again what was stopped.
#[tauri::command]
pub(crate) async fn watch_again(shop: Open<'_>, ids: Vec<String>) -> Answer<()> {
    let desk = shop.desk().await?;
    desk.engine.watch_again(ids).await.say(desk.lang)
}
