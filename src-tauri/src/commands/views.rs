//! Views of the board that are kept under a name.

use engine::view::filter::{SavedView, ViewBody};

use super::Open;
use crate::ipc::{Answer, Say as _};

/// All of them, by name.
#[tauri::command]
pub(crate) async fn saved_views(shop: Open<'_>) -> Answer<Vec<SavedView>> {
    let desk = shop.desk().await?;
    desk.engine.saved_views().await.say(desk.lang)
}

/// Keeps a view under its name.
#[tauri::command]
pub(crate) async fn keep_view(shop: Open<'_>, name: String, body: ViewBody) -> Answer<String> {
    let desk = shop.desk().await?;
    desk.engine.keep_view(&name, body).await.say(desk.lang)
}

/// Gives a view another name.
#[tauri::command]
pub(crate) async fn rename_view(shop: Open<'_>, id: String, name: String) -> Answer<()> {
    let desk = shop.desk().await?;
    desk.engine.rename_view(id, &name).await.say(desk.lang)
}

/// Takes a view away.
#[tauri::command]
pub(crate) async fn delete_view(shop: Open<'_>, id: String) -> Answer<()> {
    let desk = shop.desk().await?;
    desk.engine.delete_view(id).await.say(desk.lang)
}

/// Puts a view back.
#[tauri::command]
pub(crate) async fn restore_view(shop: Open<'_>, id: String) -> Answer<()> {
    let desk = shop.desk().await?;
    desk.engine.restore_view(id).await.say(desk.lang)
}
