//! Shot lists: picked, dropped, imported.

use std::path::PathBuf;

use engine::view::ImportReport;
use engine::{Error, RowFate, Target};
use tauri::WebviewWindow;

use super::Open;
use crate::dialogs::{self, Wanted};
use crate::ipc::{Answer, Say as _};
use crate::places;
use crate::shop::Desk;

/// Lets the user choose a sheet and imports it; `null` where they changed their mind.
#[tauri::command]
pub(crate) async fn pick_sheet(
    shop: Open<'_>,
    window: WebviewWindow,
    batch_id: Option<String>,
) -> Answer<Option<ImportReport>> {
    let desk = shop.desk().await?;
    match dialogs::pick(&window, Wanted::Sheet, None, desk.lang).await.pop() {
        Some(path) => import(&desk, batch_id, path).await.map(Some).say(desk.lang),
        None => Ok(None),
    }
}

/// Imports a sheet: into a batch, or into the sheet's own.
#[tauri::command]
pub(crate) async fn import_sheet(shop: Open<'_>, batch_id: Option<String>, path: PathBuf) -> Answer<ImportReport> {
    let desk = shop.desk().await?;
    import(&desk, batch_id, path).await.say(desk.lang)
}

/// Imports a sheet and says what came of it.
pub(super) async fn import(desk: &Desk, batch_id: Option<String>, path: PathBuf) -> Result<ImportReport, Error> {
    let name = path.file_stem().map(|name| name.to_string_lossy().into_owned());
    let target = match batch_id {
        Some(batch) => Target::Batch(batch),
        None => Target::Sheet {
            name: name.unwrap_or_default(),
            folder: None,
        },
    };
    let imported = desk.engine.import(path, target, desk.lang).await?;
    places::give_folder(&desk.engine, &imported.batch.id, places::folder(desk)).await?;
    let count = |wanted: &[RowFate]| {
        let fates = imported.rows.iter().filter(|(_, _, fate)| wanted.contains(fate));
        u64::try_from(fates.count()).unwrap_or(u64::MAX)
    };
    Ok(ImportReport {
        added: count(&[RowFate::Added]),
        updated: count(&[RowFate::Updated]),
        unchanged: count(&[RowFate::Unchanged, RowFate::Bought]),
        batch_id: imported.batch.id,
        batch_name: imported.batch.name,
        problems: imported.problems,
        unknown_columns: imported.unknown_columns,
    })
}
