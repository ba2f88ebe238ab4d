//! Acts for many chosen tasks, and their order.

use engine::view::Action;
use engine::view::many::{Fit, ManyDone};
use engine::view::order::{Beside, Moved, TaskPlace};

use super::Open;
use crate::ipc::{Answer, Say as _};

/// Which acts fit at least one of these tasks, and how many.
#[tauri::command]
pub(crate) async fn fits(shop: Open<'_>, ids: Vec<String>) -> Answer<Vec<Fit>> {
    let desk = shop.desk().await?;
    desk.engine.fits(ids).await.say(desk.lang)
}

/// Those of these tasks that an act fits.
#[tauri::command]
pub(crate) async fn that_fit(shop: Open<'_>, ids: Vec<String>, action: Action) -> Answer<Vec<String>> {
    let desk = shop.desk().await?;
    desk.engine.that_fit(ids, action).await.say(desk.lang)
}

/// Does something that costs nothing with those of these tasks that it fits.
#[tauri::command]
pub(crate) async fn do_with(shop: Open<'_>, ids: Vec<String>, action: Action) -> Answer<ManyDone> {
    let desk = shop.desk().await?;
    desk.engine.do_with(ids, action).await.say(desk.lang)
}

/// Puts what waits in front of another task or behind it.
#[tauri::command]
pub(crate) async fn move_tasks(shop: Open<'_>, ids: Vec<String>, beside: Beside) -> Answer<Moved> {
    let desk = shop.desk().await?;
    desk.engine.move_tasks(ids, beside).await.say(desk.lang)
}

/// Puts tasks back to where they stood in the order.
#[tauri::command]
pub(crate) async fn put_order_back(shop: Open<'_>, places: Vec<TaskPlace>) -> Answer<Moved> {
    let desk = shop.desk().await?;
    desk.engine.put_order_back(places).await.say(desk.lang)
}
