//! Reviewing: the clips to go through, what is thought of them, and picks handed on.

use std::path::PathBuf;
use std::sync::{Mutex, PoisonError};

use engine::view::TaskCard;
use engine::view::review::{
    ExportOrder, ExportProgress, ExportReport, MarkChange, Marked, NamesPreview, Roll, RollQuery,
};
use tauri::State;
use tauri::ipc::Channel;
use tokio_util::sync::CancellationToken;

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

/// The export that is under way, so that it can be stopped.
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

/// Ends the export after what is whole; nothing half stays.
#[tauri::command]
pub(crate) async fn stop_export(exporting: State<'_, Exporting>) -> Answer<()> {
    exporting.0.lock().unwrap_or_else(PoisonError::into_inner).cancel();
    Ok(())
}
