//! Reviewing: the clips to go through, what is thought of them, and picks handed on.

use std::path::PathBuf;
use std::sync::{Mutex, PoisonError};

use engine::view::TaskCard;
use engine::view::review::{
    ExportOrder, ExportProgress, ExportReport, FoundClips, MarkChange, Marked, MissingFile, NamesPreview, RenameOrder,
    RenamePreview, RenameProgress, RenameReport, Roll, RollQuery,
};
use tauri::ipc::Channel;
use tauri::{State, WebviewWindow};
use tokio_util::sync::CancellationToken;

use super::Open;
use crate::dialogs::{self, Wanted};
use crate::ipc::{Answer, Say as _};

/// Tasks that are asked about at once.
const MOST: usize = 200;

/// The clips to go through, in the order of the board.
#[tauri::command]
pub(crate) async fn roll(shop: Open<'_>, query: RollQuery) -> Answer<Roll> {
    let desk = shop.desk().await?;
    desk.engine.roll(query).await.say(desk.lang)
}

/// The cards of some tasks; more than the page can show at once are not given.
#[tauri::command]
pub(crate) async fn cards(shop: Open<'_>, ids: Vec<String>) -> Answer<Vec<TaskCard>> {
    let desk = shop.desk().await?;
    let mut ids = ids;
    ids.truncate(MOST);
    desk.engine.cards(ids, desk.lang).await.say(desk.lang)
}

/// The saved tries of a task's row, itself among them.
#[tauri::command]
pub(crate) async fn variants(shop: Open<'_>, id: String) -> Answer<Vec<String>> {
    let desk = shop.desk().await?;
    desk.engine.variants(id).await.say(desk.lang)
}

/// Which of these tasks' saved files are not in their place.
#[tauri::command]
pub(crate) async fn missing_files(shop: Open<'_>, ids: Vec<String>) -> Answer<Vec<MissingFile>> {
    let desk = shop.desk().await?;
    let mut ids = ids;
    ids.truncate(MOST);
    desk.engine.missing_files(ids).await.say(desk.lang)
}

/// Lets the user show where the file of a task is now; `None` where they changed their mind.
#[tauri::command]
pub(crate) async fn find_clip(shop: Open<'_>, window: WebviewWindow, id: String) -> Answer<Option<FoundClips>> {
    let desk = shop.desk().await?;
    // Beside where it was: the dialog goes up from there until there is a folder.
    let from = desk
        .engine
        .file(id.clone())
        .await
        .ok()
        .and_then(|path| path.parent().map(PathBuf::from));
    let Some(file) = dialogs::pick(&window, Wanted::Clip, from, desk.lang).await.pop() else {
        return Ok(None);
    };
    desk.engine.find_clip(id, file).await.map(Some).say(desk.lang)
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

/// The export or rename that is under way, so that it can be stopped.
#[derive(Default)]
pub(crate) struct Exporting(Mutex<CancellationToken>);

impl Exporting {
    /// A fresh one; another that is still under way ends.
    fn begin(&self) -> CancellationToken {
        let fresh = CancellationToken::new();
        let mut current = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        std::mem::replace(&mut *current, fresh.clone()).cancel();
        fresh
    }
}

/// What an export would hold.
#[tauri::command]
pub(crate) async fn export_preview(shop: Open<'_>, order: ExportOrder) -> Answer<NamesPreview> {
    let desk = shop.desk().await?;
    desk.engine.export_preview(order).await.say(desk.lang)
}

/// Hands picks on into a folder that the user chose; one that is still under way ends.
#[tauri::command]
pub(crate) async fn export_picks(
    shop: Open<'_>,
    exporting: State<'_, Exporting>,
    order: ExportOrder,
    folder: PathBuf,
    channel: Channel<ExportProgress>,
) -> Answer<ExportReport> {
    let desk = shop.desk().await?;
    let stop = exporting.begin();
    let told = move |far| {
        let _ = channel.send(far);
    };
    desk.engine
        .export(order, folder, desk.lang, told, stop)
        .await
        .say(desk.lang)
}

/// What a rename would do.
#[tauri::command]
pub(crate) async fn rename_preview(shop: Open<'_>, order: RenameOrder) -> Answer<RenamePreview> {
    let desk = shop.desk().await?;
    desk.engine.rename_preview(order).await.say(desk.lang)
}

/// Renames saved clips in their folders; an export that is still under way ends, since it reads the same files.
#[tauri::command]
pub(crate) async fn rename_clips(
    shop: Open<'_>,
    exporting: State<'_, Exporting>,
    order: RenameOrder,
    channel: Channel<RenameProgress>,
) -> Answer<RenameReport> {
    let desk = shop.desk().await?;
    let stop = exporting.begin();
    let told = move |done, of| {
        let _ = channel.send(RenameProgress { done, of });
    };
    desk.engine
        .rename_clips(order, desk.lang, told, stop)
        .await
        .say(desk.lang)
}

/// Gives the clips of a rename their names back.
#[tauri::command]
pub(crate) async fn undo_rename(shop: Open<'_>, deed: u32) -> Answer<RenameReport> {
    let desk = shop.desk().await?;
    desk.engine.undo_rename(deed, desk.lang).await.say(desk.lang)
}

/// Ends the export or rename after what is whole; nothing half stays.
#[tauri::command]
pub(crate) async fn stop_export(exporting: State<'_, Exporting>) -> Answer<()> {
    exporting.0.lock().unwrap_or_else(PoisonError::into_inner).cancel();
    Ok(())
}
