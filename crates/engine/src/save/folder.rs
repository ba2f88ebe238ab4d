//! The user's folder: there, writable, with room; and what is known of folders that are not.

use std::collections::HashMap;
use std::io::ErrorKind;
use std::path::{Path, PathBuf};
use std::sync::Mutex;
use std::time::Duration;

use super::Stop;
use crate::engine::core::locked;
use crate::files::names;
use crate::library::{Library, takes};
use crate::trouble::SavingProblem;

/// Room that is left free beside a clip.
const RESERVE: u64 = 50_000_000;
/// A network drive that is gone may never answer.
const PATIENCE: Duration = Duration::from_secs(20);

/// Folders that could not take a file: nothing more is fetched for one of them until it is looked at again. Only
/// memory: after a restart the first file finds out anew.
#[derive(Debug, Default)]
pub(crate) struct Closed(Mutex<HashMap<PathBuf, SavingProblem>>);

impl Closed {
    pub(crate) fn why(&self, folder: &Path) -> Option<SavingProblem> {
        locked(&self.0).get(folder).cloned()
    }

    pub(crate) fn close(&self, folder: &Path, problem: &SavingProblem) {
        locked(&self.0).insert(folder.to_owned(), problem.clone());
    }

    pub(crate) fn open(&self, folder: &Path) {
        locked(&self.0).remove(folder);
    }

    /// The user asked for another try, wherever.
    pub(crate) fn open_all(&self) {
        locked(&self.0).clear();
    }
}

/// Makes sure of the folder. One that was never used yet is made; one that was used and is gone is not (a drive that is
/// not plugged in, a share that is away), nor is any parent, so that nothing lands where a drive should be.
pub(super) async fn ready(library: &Library, folder: &Path) -> Result<(), Stop> {
    let missing = || Stop::Folder(SavingProblem::FolderMissing { path: show(folder) });
    match patiently(tokio::fs::metadata(folder)).await {
        Ok(there) if there.is_dir() => Ok(()),
        Ok(_) => Err(missing()),
        Err(error) if error.kind() == ErrorKind::NotFound => {
            let path = folder.to_string_lossy().into_owned();
            if library.read(move |db| takes::was_used(db, &path)).await? {
                return Err(missing());
            }
            let made = patiently(tokio::fs::create_dir(folder)).await;
            made.map_err(|error| Stop::Folder(problem(&error, folder, None)))
        }
        Err(error) => Err(Stop::Folder(problem(&error, folder, None))),
    }
}

/// The folder below `base` that a row of a sheet names; its parts are names, whatever wrote them there.
pub(crate) fn below(base: &Path, parts: Option<&str>) -> PathBuf {
    let parts = parts.unwrap_or_default().split('/').filter(|part| !part.is_empty());
    parts.fold(base.to_owned(), |folder, part| folder.join(names::safe_stem(part)))
}

/// Makes a folder below one that is there. Where it cannot be made, that is no fault of the others.
pub(super) async fn make_below(base: &Path, folder: &Path) -> Result<(), Stop> {
    if base == folder {
        return Ok(());
    }
    let made = patiently(tokio::fs::create_dir_all(folder)).await;
    made.map_err(|error| match problem(&error, folder, None) {
        full @ SavingProblem::DiskFull { .. } => Stop::Folder(full),
        other => Stop::Never(other),
    })
}

/// Whether `bytes` more fit.
pub(super) async fn room(folder: &Path, bytes: u64) -> Result<(), SavingProblem> {
    match missing(folder, Some(bytes)).await {
        Some(0) | None => Ok(()),
        missing => Err(SavingProblem::DiskFull { missing }),
    }
}

/// Bytes that have to be freed before `bytes` more fit, where that can be told.
pub(crate) async fn missing(folder: &Path, bytes: Option<u64>) -> Option<u64> {
    let at = folder.to_owned();
    // A file system that does not tell is not held against anybody; writing will.
    let free = tokio::task::spawn_blocking(move || fs4::available_space(&at))
        .await
        .ok()?
        .ok()?;
    Some(bytes?.saturating_add(RESERVE).saturating_sub(free))
}

/// Looks at a folder that could not take a file: whether it can now take `bytes`. Leaves nothing behind.
pub(crate) async fn probe(folder: &Path, bytes: u64) -> Result<(), SavingProblem> {
    let at = folder.to_owned();
    let look = async move {
        let tried = tokio::task::spawn_blocking(move || {
            if !std::fs::metadata(&at)?.is_dir() {
                return Err(ErrorKind::NotADirectory.into());
            }
            tempfile::tempfile_in(&at).map(drop)
        });
        tried.await.unwrap_or_else(|_| Err(ErrorKind::Interrupted.into()))
    };
    patiently(look).await.map_err(|error| problem(&error, folder, None))?;
    room(folder, bytes).await
}

async fn patiently<T>(look: impl Future<Output = std::io::Result<T>>) -> std::io::Result<T> {
    tokio::time::timeout(PATIENCE, look)
        .await
        .unwrap_or_else(|_| Err(ErrorKind::TimedOut.into()))
}

/// An input/output error in the folder, as a saving problem. `missing`: bytes that have to be freed.
pub(super) fn problem(error: &std::io::Error, folder: &Path, missing: Option<u64>) -> SavingProblem {
    let path = show(folder);
    match error.kind() {
        ErrorKind::StorageFull | ErrorKind::QuotaExceeded => SavingProblem::DiskFull {
            missing: missing.filter(|bytes| *bytes > 0),
        },
        ErrorKind::NotFound
        | ErrorKind::NotADirectory
        | ErrorKind::TimedOut
        | ErrorKind::StaleNetworkFileHandle
        | ErrorKind::HostUnreachable
        | ErrorKind::NetworkUnreachable
        | ErrorKind::NetworkDown
        | ErrorKind::NotConnected => SavingProblem::FolderMissing { path },
        ErrorKind::PermissionDenied | ErrorKind::ReadOnlyFilesystem => SavingProblem::FolderReadOnly { path },
        _ => SavingProblem::Disk {
            detail: error.to_string(),
        },
    }
}

fn show(folder: &Path) -> String {
    folder.display().to_string()
}
