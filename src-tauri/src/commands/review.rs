//! Reviewing: the clips to go through, and what is thought of them.

use engine::view::TaskCard;
use engine::view::review::{MarkChange, Marked, Roll, RollQuery};

use super::Open;
use crate::ipc::{Answer, Say as _};

/// The clips to go through, in the order of the board.
#[tauri::command]
pub(crate) async fn roll(shop: Open<'_>, query: RollQuery) -> Answer<Roll> {
    let desk = shop.desk().await?;
    desk.engine.roll(query).await.say(desk.lang)
}

/// The cards of some tasks; more than the page can show at once are not given.
#[tauri::command]
pub(crate) async fn cards(shop: Open<'_>, ids: Vec<String>) -> Answer<Vec<TaskCard>> {
    const MOST: usize = 200;
    let desk = shop.desk().await?;
    let mut ids = ids;
    ids.truncate(MOST);
    desk.engine.cards(ids, desk.lang).await.say(desk.lang)
}

/// Marks clips; answers what the marks of the changed ones were.
#[tauri::command]
pub(crate) async fn mark(shop: Open<'_>, ids: Vec<String>, change: MarkChange) -> Answer<Vec<Marked>> {
    let desk = shop.desk().await?;
    desk.engine.mark(ids, change).await.say(desk.lang)
}

/// Puts marks back as they were.
#[tauri::command]
pub(crate) async fn put_marks(shop: Open<'_>, marks: Vec<Marked>) -> Answer<()> {
    let desk = shop.desk().await?;
    desk.engine.put_marks(marks).await.say(desk.lang)
}
