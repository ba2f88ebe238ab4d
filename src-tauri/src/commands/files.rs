//! Files outside: the system's dialogs, a saved video in its folder or in the system's player.

use std::path::{Path, PathBuf};

use engine::Error;
use engine::trouble::Told;
use engine::trouble::rows::board;
use tauri::WebviewWindow;

use super::Open;
use crate::dialogs::{self, Wanted};
use crate::ipc::{Answer, Say as _};
use crate::outgoing::{self, Load};
use crate::places;

/// Lets the user choose a folder.
#[tauri::command]
pub(crate) async fn pick_folder(shop: Open<'_>, window: WebviewWindow) -> Answer<Option<String>> {
    let desk = shop.desk().await?;
    let from = places::folder(&desk).map(PathBuf::from);
    let picked = dialogs::pick(&window, Wanted::Folder, from, desk.lang).await.pop();
    Ok(picked.map(|path| path.to_string_lossy().into_owned()))
}

/// Shows a saved file in its folder.
#[tauri::command]
pub(crate) async fn reveal(shop: Open<'_>, id: String) -> Answer<()> {
    let desk = shop.desk().await?;
    let shown = async {
        let file = there(desk.engine.file(id).await?)?;
        off_thread(move || {
            tauri_plugin_opener::reveal_item_in_dir(&file).or_else(|_| {
                // No file manager that can point at a file: its folder will do.
                let folder = file.parent().unwrap_or(&file);
                tauri_plugin_opener::open_path(folder, None::<&str>)
            })
        })
        .await
    };
    shown.await.say(desk.lang)
}

/// Opens a saved file in the system's player.
#[tauri::command]
pub(crate) async fn open_player(shop: Open<'_>, id: String) -> Answer<()> {
    let desk = shop.desk().await?;
    let opened = async {
        let file = there(desk.engine.file(id).await?)?;
        off_thread(move || tauri_plugin_opener::open_path(file, None::<&str>)).await
    };
    opened.await.say(desk.lang)
}

/// Pages of the service. A page of ours can have these opened and no others.
#[derive(Clone, Copy, serde::Deserialize)]
#[serde(rename_all = "camelCase")]
pub(crate) enum Site {
    /// What was bought.
    Logs,
    /// Where keys are made.
    Keys,
}

/// Opens a page of the service in the browser.
#[tauri::command]
pub(crate) async fn open_site(shop: Open<'_>, page: Site) -> Answer<()> {
    let desk = shop.desk().await?;
    let address = match page {
        Site::Logs => "https://kie.ai/logs",
        Site::Keys => "https://kie.ai/api-key",
    };
    off_thread(move || tauri_plugin_opener::open_url(address, None::<&str>))
        .await
        .say(desk.lang)
}

/// Drags the saved files of some tasks out of the window, under the pressed pointer; answers at its end whether something
/// took them.
#[tauri::command]
pub(crate) async fn drag_out(shop: Open<'_>, window: WebviewWindow, ids: Vec<String>) -> Answer<bool> {
    const MOST: usize = 200;
    let desk = shop.desk().await?;
    let load = async {
        let mut files = Vec::new();
        for id in ids.iter().take(MOST) {
            files.push(there(desk.engine.file(id.clone()).await?)?);
        }
        let picture = match ids.first() {
            Some(id) => desk.engine.poster(id.clone()).await.ok(),
            None => None,
        };
        Ok::<_, Error>(Load { files, picture })
    };
    let load = load.await.say(desk.lang)?;
    Ok(!load.files.is_empty() && outgoing::drag(&window, load).await)
}

fn there(file: PathBuf) -> Result<PathBuf, Error> {
    if file.is_file() {
        return Ok(file);
    }
    Err(Told::new(&board::FILE_GONE).with("path", Path::display(&file)).into())
}

pub(super) async fn off_thread(
    work: impl FnOnce() -> Result<(), tauri_plugin_opener::Error> + Send + 'static,
) -> Result<(), Error> {
    let done = tokio::task::spawn_blocking(work).await.map_err(|_| Error::Closing)?;
    done.map_err(|error| Told::new(&board::NOT_OPENED).with("why", error).into())
}
