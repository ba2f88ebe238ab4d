//! What was done, as a file for other programs.

use engine::files::names;
use serde::Serialize;
use tauri::WebviewWindow;

use super::Open;
use crate::calendar;
use crate::dialogs::{self, Paper};
use crate::ipc::{Answer, Say as _};

/// What was written.
#[derive(Debug, Serialize)]
pub(crate) struct Written {
    /// How many tasks.
    tasks: u64,
    /// The name of the file.
    file: String,
}

/// Lets the user choose a file and writes the history of a batch, or of all, into it; `null` where they changed their
/// mind.
#[tauri::command]
pub(crate) async fn export_history(
    shop: Open<'_>,
    window: WebviewWindow,
    batch_id: Option<String>,
) -> Answer<Option<Written>> {
    let desk = shop.desk().await?;
    let batch = match &batch_id {
        Some(id) => desk.engine.batch_views(vec![id.clone()]).await.say(desk.lang)?.pop(),
        None => None,
    };
    let about = batch.map_or_else(|| "Shotboard".to_owned(), |batch| batch.name);
    let name = format!("{} {}.csv", names::safe_stem(&about), calendar::today());
    let paper = Paper {
        title: desk.lang.pick("Export", "导出"),
        name: &name,
        beside: None,
        kinds: &[(desk.lang.pick("Table (CSV)", "表格（CSV）"), "csv"), ("JSON", "json")],
    };
    let Some(file) = dialogs::save(&window, paper).await else {
        return Ok(None);
    };
    let shown = file.file_name().unwrap_or_default().to_string_lossy().into_owned();
    let tasks = desk.engine.export_history(batch_id, file, desk.lang).await;
    Ok(Some(Written {
        tasks: tasks.say(desk.lang)?,
        file: shown,
    }))
}
