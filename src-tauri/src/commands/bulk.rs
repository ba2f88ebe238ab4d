//! Many tasks changed at once, and put back.

use engine::view::bulk::{BulkEdit, BulkEdited, TaskBefore};

use super::Open;
use crate::ipc::{Answer, Say as _};

/// Changes what was touched in many tasks; bought ones are left alone. `ahead`: only says what would come of it.
#[tauri::command]
pub(crate) async fn edit_tasks(shop: Open<'_>, ids: Vec<String>, edit: BulkEdit, ahead: bool) -> Answer<BulkEdited> {
    let desk = shop.desk().await?;
    let edited = if ahead {
        desk.engine.look_at_edit(ids, edit).await
    } else {
        desk.engine.edit_many(ids, edit).await
    };
    edited.say(desk.lang)
}

/// Puts requests back to what they were before a bulk edit, where nobody changed them since.
#[tauri::command]
pub(crate) async fn put_back_tasks(shop: Open<'_>, before: Vec<TaskBefore>) -> Answer<BulkEdited> {
    let desk = shop.desk().await?;
    desk.engine.put_back(before).await.say(desk.lang)
}
