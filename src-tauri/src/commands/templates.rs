//! The composer's templates.

use engine::view::create::{TemplateBody, TemplateView};

use super::Open;
use crate::ipc::{Answer, Say as _};

/// All templates, by name.
#[tauri::command]
pub(crate) async fn templates(shop: Open<'_>) -> Answer<Vec<TemplateView>> {
    let desk = shop.desk().await?;
    desk.engine.templates().await.say(desk.lang)
}

/// Keeps a template under its name.
#[tauri::command]
pub(crate) async fn keep_template(shop: Open<'_>, name: String, body: TemplateBody) -> Answer<String> {
    let desk = shop.desk().await?;
    desk.engine.keep_template(&name, body).await.say(desk.lang)
}

/// Takes a template away.
#[tauri::command]
pub(crate) async fn delete_template(shop: Open<'_>, id: String) -> Answer<()> {
    let desk = shop.desk().await?;
    desk.engine.delete_template(id).await.say(desk.lang)
}

/// Puts a template back.
#[tauri::command]
pub(crate) async fn restore_template(shop: Open<'_>, id: String) -> Answer<()> {
    let desk = shop.desk().await?;
    desk.engine.restore_template(id).await.say(desk.lang)
}
