//! The system's dialogs, as a seam: which paths a person picked.
//!
//! Debug builds can be given the answers instead (`SHOTBOARD_TEST_DIALOGS` names a JSON file with `folder`, `images`,
//! `sheet`, `clips`, `table`), because nothing outside can drive a system dialog; that code is not in a release.

use std::path::{Path, PathBuf};

use engine::files::names;
use engine::words::Lang;
use rfd::AsyncFileDialog;
use tauri::WebviewWindow;

/// What is to be picked.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Wanted {
    /// One folder.
    Folder,
    /// Any number of pictures.
    Images,
    /// One shot list.
    Sheet,
    /// One saved clip.
    Clip,
    /// Any number of clips.
    Clips,
}

/// Asks the user; empty where they changed their mind. `from`: the folder to begin in.
pub(crate) async fn pick(window: &WebviewWindow, wanted: Wanted, from: Option<PathBuf>, lang: Lang) -> Vec<PathBuf> {
    #[cfg(debug_assertions)]
    if let Some(scripted) = scripted::answer(wanted) {
        return scripted;
    }
    // macOS wants the dialog made on the window's thread; waiting for it is done here.
    let (made, ready) = tokio::sync::oneshot::channel();
    let parent = window.clone();
    let shown = window.run_on_main_thread(move || {
        let _ = made.send(show(&parent, wanted, from, lang));
    });
    match (shown, ready.await) {
        (Ok(()), Ok(dialog)) => dialog.await,
        _ => Vec::new(),
    }
}

/// A file that is to be written.
pub(crate) struct Paper<'a> {
    /// What the dialog is called.
    pub(crate) title: &'a str,
    /// Its name, unless the user gives another.
    pub(crate) name: &'a str,
    /// The folder to begin in.
    pub(crate) beside: Option<&'a Path>,
    /// What it may be: a word and an ending; the first is added where the user wrote none.
    pub(crate) kinds: &'a [(&'a str, &'a str)],
}

/// Asks where a file goes; the user was asked before one is replaced.
pub(crate) async fn save(window: &WebviewWindow, paper: Paper<'_>) -> Option<PathBuf> {
    #[cfg(debug_assertions)]
    if let Some(scripted) = scripted::table() {
        return scripted;
    }
    let (made, ready) = tokio::sync::oneshot::channel();
    let parent = window.clone();
    let mut dialog = AsyncFileDialog::new().set_title(paper.title).set_file_name(paper.name);
    for (word, ending) in paper.kinds {
        dialog = dialog.add_filter(*word, &[*ending]);
    }
    if let Some(folder) = paper.beside.filter(|folder| folder.is_dir()) {
        dialog = dialog.set_directory(folder);
    }
    let shown = window.run_on_main_thread(move || {
        let _ = made.send(dialog.set_parent(&parent).save_file());
    });
    let chosen = match (shown, ready.await) {
        (Ok(()), Ok(dialog)) => dialog.await?.path().to_owned(),
        _ => return None,
    };
    if chosen.extension().is_some() {
        return Some(chosen);
    }
    // Not every system adds the ending; nobody was asked about a file of this other name.
    let ending = paper.kinds.first().map_or("csv", |(_, ending)| ending);
    let name = format!("{}.{ending}", chosen.file_name()?.to_string_lossy());
    let free = (1..1000).map(|n| chosen.with_file_name(names::taken(&name, n)));
    free.into_iter().find(|path| path.symlink_metadata().is_err())
}

type Picked = std::pin::Pin<Box<dyn Future<Output = Vec<PathBuf>> + Send>>;

fn show(parent: &WebviewWindow, wanted: Wanted, from: Option<PathBuf>, lang: Lang) -> Picked {
    let mut dialog = AsyncFileDialog::new().set_parent(parent);
    // The usual folder is only made when it is needed; the one above it will do.
    if let Some(from) = from
        .as_deref()
        .and_then(|from| from.ancestors().find(|folder| folder.is_dir()))
    {
        dialog = dialog.set_directory(from);
    }
    match wanted {
        Wanted::Folder => {
            let picking = dialog
                .set_title(lang.pick("Save videos to", "选择视频保存位置"))
                .set_can_create_directories(true)
                .pick_folder();
            Box::pin(async move { picking.await.into_iter().map(|one| one.path().to_owned()).collect() })
        }
        Wanted::Images => {
            let picking = dialog
                .set_title(lang.pick("Seed images", "选择图片"))
                .add_filter(
                    lang.pick("Images", "图片"),
                    &["jpg", "jpeg", "png", "webp", "JPG", "JPEG", "PNG", "WEBP"],
                )
                .pick_files();
            Box::pin(async move {
                let picked = picking.await.unwrap_or_default();
                picked.into_iter().map(|one| one.path().to_owned()).collect()
            })
        }
        Wanted::Clip | Wanted::Clips => {
            let title = match wanted {
                Wanted::Clip => lang.pick("Where is the clip?", "片段在哪里？"),
                _ => lang.pick("Clips that say how they were made", "选择记录了制作信息的片段"),
            };
            let dialog = dialog
                .set_title(title)
                .add_filter(lang.pick("Clips", "视频"), &["mp4", "m4v", "MP4", "M4V"]);
            let one = wanted == Wanted::Clip;
            Box::pin(async move {
                let picked = if one {
                    dialog.pick_file().await.into_iter().collect()
                } else {
                    dialog.pick_files().await.unwrap_or_default()
                };
                picked.into_iter().map(|one| one.path().to_owned()).collect()
            })
        }
        Wanted::Sheet => {
            let picking = dialog
                .set_title(lang.pick("Shot list", "选择分镜表"))
                .add_filter(
                    lang.pick("Shot lists", "分镜表"),
                    &["xlsx", "xlsm", "csv", "tsv", "txt", "XLSX", "XLSM", "CSV", "TSV", "TXT"],
                )
                .pick_file();
            Box::pin(async move { picking.await.into_iter().map(|one| one.path().to_owned()).collect() })
        }
    }
}

#[cfg(debug_assertions)]
mod scripted {
    use super::{PathBuf, Wanted};

    #[derive(serde::Deserialize)]
    #[serde(default)]
    #[derive(Default)]
    struct Answers {
        folder: Option<PathBuf>,
        images: Vec<PathBuf>,
        clips: Vec<PathBuf>,
        sheet: Option<PathBuf>,
        table: Option<PathBuf>,
    }

    pub(super) fn table() -> Option<Option<PathBuf>> {
        Some(answers()?.table)
    }

    fn answers() -> Option<Answers> {
        let text = std::fs::read(std::env::var_os("SHOTBOARD_TEST_DIALOGS")?).ok()?;
        serde_json::from_slice(&text).ok()
    }

    pub(super) fn answer(wanted: Wanted) -> Option<Vec<PathBuf>> {
        let answers = answers()?;
        Some(match wanted {
            Wanted::Folder => answers.folder.into_iter().collect(),
            Wanted::Images => answers.images,
            Wanted::Clip | Wanted::Clips => answers.clips,
            Wanted::Sheet => answers.sheet.into_iter().collect(),
        })
    }
}
