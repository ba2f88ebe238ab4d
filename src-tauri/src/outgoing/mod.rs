//! Saved clips dragged out of the window, into a file manager or an editor: the system's own drag of the files
//! themselves. The page says which tasks are meant; where their files are, only Rust says. They are always copied, never
//! moved away from where the library knows them.

#[cfg(target_os = "linux")]
mod gtk;

use std::path::PathBuf;

use tauri::WebviewWindow;
use tokio::sync::oneshot;

/// What is dragged, and what is seen under the pointer meanwhile.
pub(crate) struct Load {
    pub(crate) files: Vec<PathBuf>,
    pub(crate) picture: Option<PathBuf>,
}

/// Starts the drag under the pressed pointer and waits for its end; true where something took the files.
pub(crate) async fn drag(window: &WebviewWindow, load: Load) -> bool {
    let (tell, ended) = oneshot::channel();
    let over = window.clone();
    let begun = window.run_on_main_thread(move || begin(&over, load, tell));
    if let Err(error) = begun {
        tracing::warn!(%error, "clips could not be dragged out");
        return false;
    }
    // Gone without a word: it did not begin.
    ended.await.unwrap_or(false)
}

#[cfg(target_os = "linux")]
fn begin(window: &WebviewWindow, load: Load, tell: oneshot::Sender<bool>) {
    match window.gtk_window() {
        Ok(window) => gtk::begin(&window, load, tell),
        Err(error) => tracing::warn!(%error, "clips could not be dragged out"),
    }
}

/// What is shown where a clip has no picture yet.
#[cfg(not(target_os = "linux"))]
const ICON: &[u8] = include_bytes!("../../../icons/128x128.png");

#[cfg(not(target_os = "linux"))]
fn begin(window: &WebviewWindow, load: Load, tell: oneshot::Sender<bool>) {
    use std::sync::{Mutex, PoisonError};

    let picture = load
        .picture
        .map_or_else(|| ::drag::Image::Raw(ICON.to_vec()), ::drag::Image::File);
    let tell = Mutex::new(Some(tell));
    let ended = move |result, _at| {
        let taken = matches!(result, ::drag::DragResult::Dropped);
        if let Some(tell) = tell.lock().unwrap_or_else(PoisonError::into_inner).take() {
            let _ = tell.send(taken);
        }
    };
    let files = ::drag::DragItem::Files(load.files);
    if let Err(error) = ::drag::start_drag(window, files, picture, ended, ::drag::Options::default()) {
        tracing::warn!(%error, "clips could not be dragged out");
    }
}
