//! Batches: made, named, given a folder.

use std::path::Path;

use engine::Error;
use engine::trouble::Told;
use engine::trouble::rows::board;
use engine::view::BatchView;

use super::Open;
use crate::ipc::{Answer, Say as _};
use crate::places;

/// Makes a batch; without a folder it gets one of its own in the usual one.
#[tauri::command]
pub(crate) async fn create_batch(shop: Open<'_>, name: String, folder: Option<String>) -> Answer<BatchView> {
    let desk = shop.desk().await?;
    let made = async {
        let folder = match folder {
            Some(folder) => Some(folder),
            None => places::own_folder(&desk, &name, None).await?,
        };
        let batch = desk.engine.create_batch(&name, folder).await?;
        let made = desk.engine.batch_views(vec![batch.id]).await?.pop();
        made.ok_or_else(|| Error::NotFound("batch".to_owned()))
    };
    made.await.say(desk.lang)
}

/// Renames a batch.
#[tauri::command]
pub(crate) async fn rename_batch(shop: Open<'_>, id: String, name: String) -> Answer<()> {
    let desk = shop.desk().await?;
    let renamed = async {
        let before = desk.engine.batch_views(vec![id.clone()]).await?.pop();
        desk.engine.rename_batch(id, &name).await?;
        match before {
            Some(before) => places::rename_folder(&desk, &before, &name).await,
            None => Ok(()),
        }
    };
    renamed.await.say(desk.lang)
}

/// Sets what a batch may cost, in credits, or lifts the limit.
#[tauri::command]
pub(crate) async fn set_spend_limit(shop: Open<'_>, id: String, limit: Option<f64>) -> Answer<()> {
    let desk = shop.desk().await?;
    desk.engine.set_spend_limit(id, limit).await.say(desk.lang)
}

/// Chooses where a batch's videos go.
#[tauri::command]
pub(crate) async fn set_batch_folder(shop: Open<'_>, id: String, folder: String) -> Answer<()> {
    let desk = shop.desk().await?;
    let chosen = async {
        if !Path::new(&folder).is_absolute() {
            return Err(Told::new(&board::FOLDER_PATH).with("path", folder).into());
        }
        // Somebody chose it just now: what is missing of it may be made.
        let made = tokio::fs::create_dir_all(&folder).await;
        made.map_err(|error| Error::io(Path::new(&folder), error))?;
        desk.engine.set_folder(id, folder).await
    };
    chosen.await.say(desk.lang)
}
