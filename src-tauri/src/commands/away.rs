//! Being away: what goes on, whether to close, what a run came to, the folder of a batch.

use engine::Error;
use engine::trouble::Told;
use engine::trouble::rows::board;
use engine::view::watch::{GoingOn, RunReport};
use serde::{Deserialize, Serialize};
use tauri::{AppHandle, State};

use super::Open;
use super::files::off_thread;
use crate::away::{self, Away};
use crate::ipc::{Answer, Say as _};

/// What whoever closes the window is told.
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct Leaving {
    #[serde(flatten)]
    going: GoingOn,
    /// There is an icon beside the clock from which the window comes back.
    tray: bool,
}

/// What they answered.
#[derive(Clone, Copy, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(crate) enum Answered {
    Stay,
    Close,
    Tray,
}

/// The user wants to close the window by a key.
#[tauri::command]
pub(crate) async fn ask_to_close(app: AppHandle) -> Answer<()> {
    away::close_asked(&app);
    Ok(())
}

/// The page puts the question whether to close: what goes on.
#[tauri::command]
pub(crate) async fn leaving(shop: Open<'_>, away: State<'_, Away>) -> Answer<Leaving> {
    away.take_up();
    let engine = shop.engines().borrow().clone();
    Ok(Leaving {
        going: away::going_on(engine.as_ref()).await,
        tray: away.has_tray(),
    })
}

/// What the user said to it.
#[tauri::command]
pub(crate) async fn answer_leaving(app: AppHandle, away: State<'_, Away>, answer: Answered) -> Answer<()> {
    match answer {
        Answered::Stay => {}
        Answered::Tray if away.has_tray() => away::hide_window(&app),
        Answered::Close | Answered::Tray => away::go(&app),
    }
    Ok(())
}

/// The next report of a run that the page has not shown.
#[tauri::command]
pub(crate) async fn run_report(away: State<'_, Away>) -> Answer<Option<RunReport>> {
    Ok(away.next_report())
}

/// Opens the folder of a batch.
#[tauri::command]
pub(crate) async fn open_folder(shop: Open<'_>, batch_id: String) -> Answer<()> {
    let desk = shop.desk().await?;
    let opened = async {
        let batch = desk.engine.batch_views(vec![batch_id]).await?.pop();
        let batch = batch.ok_or_else(|| Error::NotFound("batch".to_owned()))?;
        let Some(folder) = batch.folder else {
            return Err(Told::new(&board::FOLDER_NOT_CHOSEN).with("batch", batch.name).into());
        };
        off_thread(move || tauri_plugin_opener::open_path(folder, None::<&str>)).await
    };
    opened.await.say(desk.lang)
}
