//! Where things go when nobody said: the batch of the day, the folder for its videos.

use std::collections::{BTreeSet, HashSet};
use std::path::{Path, PathBuf};

use engine::files::names;
use engine::trouble::Told;
use engine::trouble::rows::board;
use engine::view::BatchView;
use engine::words::Lang;
use engine::{Error, Scope};

use crate::calendar;
use crate::shop::Desk;

/// The demo's folder beside the one for real videos.
const DEMO: &str = "Shotboard demo";

/// The batch that was named; else today's, which is made where it is not there.
///
/// # Errors
/// The library's.
pub(crate) async fn batch(desk: &Desk, named: Option<String>) -> Result<String, Error> {
    if let Some(named) = named {
        return Ok(named);
    }
    let today = calendar::today();
    // Made yesterday in the other language, it still is the batch of its day.
    let names = [format!("Batch {today}"), format!("批次 {today}")];
    let there = desk.engine.batches().await?;
    if let Some(batch) = there.into_iter().find(|batch| names.contains(&batch.name)) {
        return Ok(batch.id);
    }
    let [en, zh] = &names;
    let name = if desk.lang == Lang::En { en } else { zh };
    let own = own_folder(desk, name, None).await?;
    Ok(desk.engine.create_batch(name, own).await?.id)
}

/// The folder that a new batch of this name starts with: its own within the usual one, so that two batches never share
/// their numbers. `of`: the batch itself, where it is there already; its folder is in nobody's way. `None` where this
/// system has no folder for videos.
///
/// # Errors
/// The library's.
pub(crate) async fn own_folder(desk: &Desk, name: &str, of: Option<&str>) -> Result<Option<String>, Error> {
    let Some(usual) = folder(desk) else {
        return Ok(None);
    };
    let there = desk.engine.batches().await?.into_iter();
    let there: HashSet<String> = there
        .filter(|batch| Some(batch.id.as_str()) != of)
        .filter_map(|batch| batch.folder)
        .map(|one| names::folded(&one))
        .collect();
    let stem = names::safe_stem(name);
    let tries = std::iter::once(stem.clone()).chain((2..).map(|n| format!("{stem} ({n})")));
    let mut folders = tries.map(|one| Path::new(&usual).join(one).to_string_lossy().into_owned());
    Ok(folders.find(|one| !there.contains(&names::folded(one))))
}

/// A batch that was renamed before anything came of it takes its folder's name along: one that the app chose, and that
/// is not there yet.
///
/// # Errors
/// The library's.
pub(crate) async fn rename_folder(desk: &Desk, before: &BatchView, name: &str) -> Result<(), Error> {
    let (Some(usual), Some(own)) = (folder(desk), &before.folder) else {
        return Ok(());
    };
    let own = Path::new(own);
    let lanes = before.lanes;
    let begun = lanes.running + lanes.done + lanes.needs_you > 0;
    if begun || own.parent() != Some(Path::new(&usual)) || tokio::fs::try_exists(own).await.unwrap_or(true) {
        return Ok(());
    }
    match own_folder(desk, name, Some(&before.id)).await? {
        Some(folder) => desk.engine.set_folder(before.id.clone(), folder).await,
        None => Ok(()),
    }
}

/// The usual folder: new batches get one of their own in it.
pub(crate) fn folder(desk: &Desk) -> Option<String> {
    let usual = engine::settings::default_folder();
    let folder = if desk.demo {
        usual.map(|usual| usual.with_file_name(DEMO))
    } else {
        let chosen = desk.settings.preferences().save_folder.map(PathBuf::from);
        chosen.or(usual)
    };
    folder.map(|folder| folder.to_string_lossy().into_owned())
}

/// Makes sure that each batch that is about to be started has a folder that is there, before anything is bought for it.
///
/// # Errors
/// A folder that cannot be made, in words; the library's.
pub(crate) async fn prepare(desk: &Desk, scope: &Scope) -> Result<(), Error> {
    let batches: BTreeSet<String> = match scope {
        Scope::Batch(batch) => BTreeSet::from([batch.clone()]),
        Scope::Tasks(ids) => {
            let cards = desk.engine.cards(ids.clone(), desk.lang).await?;
            cards.into_iter().map(|card| card.batch_id).collect()
        }
        Scope::Held(start) => {
            let cards = desk
                .engine
                .cards(desk.engine.held(start.clone()).await?, desk.lang)
                .await?;
            cards.into_iter().map(|card| card.batch_id).collect()
        }
        Scope::Everything | Scope::LeftOver => {
            let batches = desk.engine.snapshot(desk.lang).await?.batches.into_iter();
            batches
                .filter(|batch| batch.startable > 0)
                .map(|batch| batch.id)
                .collect()
        }
    };
    for batch in desk.engine.batch_views(batches.into_iter().collect()).await? {
        let folder = match batch.folder {
            Some(folder) => folder,
            None => {
                let Some(folder) = own_folder(desk, &batch.name, Some(&batch.id)).await? else {
                    return Err(Told::new(&board::FOLDER_NOT_CHOSEN).with("batch", batch.name).into());
                };
                desk.engine.set_folder(batch.id, folder.clone()).await?;
                folder
            }
        };
        let folder = Path::new(&folder);
        // The first start of all makes the usual folder as well.
        if let Some(usual) = self::folder(desk).filter(|usual| folder.starts_with(usual)) {
            let ours = desk.demo || desk.settings.preferences().save_folder.is_none();
            make(Path::new(&usual), ours).await?;
        }
        make(folder, false).await?;
    }
    Ok(())
}

/// Gives a batch a folder where it has none; says nothing where that is not possible.
///
/// # Errors
/// The library's.
pub(crate) async fn give_folder(desk: &Desk, batch: &str) -> Result<(), Error> {
    let batches = desk.engine.batch_views(vec![batch.to_owned()]).await?;
    let Some(without) = batches.into_iter().find(|batch| batch.folder.is_none()) else {
        return Ok(());
    };
    match own_folder(desk, &without.name, Some(&without.id)).await? {
        Some(folder) => desk.engine.set_folder(without.id, folder).await,
        None => Ok(()),
    }
}

/// Makes a folder. One that the user chose is made again where only it is gone; with its parent gone too, a drive is
/// not plugged in, and nothing may land where it should be. `ours`: one that the app chose, made with all above it.
async fn make(folder: &Path, ours: bool) -> Result<(), Error> {
    let made = if ours {
        tokio::fs::create_dir_all(folder).await
    } else {
        match tokio::fs::create_dir(folder).await {
            // The root of a drive is not called taken but forbidden.
            Err(_) if folder.is_dir() => Ok(()),
            made => made,
        }
    };
    made.map_err(|error| {
        let (path, en, zh) = (
            folder.display(),
            engine::error::io_words(&error, Lang::En),
            engine::error::io_words(&error, Lang::Zh),
        );
        let told = Told::new(&board::FOLDER_UNUSABLE).with("path", path);
        told.with_both("why", en, zh).into()
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn a_drive_that_is_not_plugged_in_is_told_and_not_made_up() {
        let directory = tempfile::tempdir().unwrap();
        let drive = directory.path().join("drive");
        let chosen = drive.join("clips");
        let said = make(&chosen, false).await.unwrap_err().say(Lang::En);
        assert!(said.contains("clips") && said.contains("not there"), "{said}");
        assert!(!drive.exists());
        std::fs::create_dir(&drive).unwrap();
        make(&chosen, false).await.unwrap();
        make(&chosen, false).await.unwrap();
        assert!(chosen.is_dir());
        make(&directory.path().join("Videos/Shotboard"), true).await.unwrap();
        std::fs::write(drive.join("file"), b"x").unwrap();
        assert!(make(&drive.join("file"), false).await.is_err());
    }
}
