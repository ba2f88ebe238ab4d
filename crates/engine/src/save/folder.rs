//! The user's folder: there, writable, with room.

use std::io::ErrorKind;
use std::path::Path;

use crate::trouble::SavingProblem;

/// Room that is left free beside a clip.
const RESERVE: u64 = 50_000_000;

/// Makes sure of the folder. One that was deleted is made again; one whose parent is gone too (a drive that is not
/// plugged in) is not, so that nothing lands where a drive should be.
pub(super) async fn ready(folder: &Path) -> Result<(), SavingProblem> {
    let path = || folder.display().to_string();
    match tokio::fs::metadata(folder).await {
        Ok(there) if there.is_dir() => Ok(()),
        Ok(_) => Err(SavingProblem::FolderMissing { path: path() }),
        Err(error) if error.kind() == ErrorKind::NotFound => match tokio::fs::create_dir(folder).await {
            Ok(()) => Ok(()),
            Err(error) => Err(problem(&error, folder, None)),
        },
        Err(error) => Err(problem(&error, folder, None)),
    }
}

/// Whether `bytes` more fit.
pub(super) async fn room(folder: &Path, bytes: u64) -> Result<(), SavingProblem> {
    let at = folder.to_owned();
    // A file system that does not tell is not held against anybody; writing will.
    let free = tokio::task::spawn_blocking(move || fs4::available_space(&at)).await;
    let Ok(Ok(free)) = free else { return Ok(()) };
    let needed = bytes.saturating_add(RESERVE);
    if free >= needed {
        Ok(())
    } else {
        Err(SavingProblem::DiskFull {
            missing: Some(needed - free),
        })
    }
}

/// An input/output error in the folder, as a saving problem. `missing`: bytes that were still to be written.
pub(super) fn problem(error: &std::io::Error, folder: &Path, missing: Option<u64>) -> SavingProblem {
    let path = folder.display().to_string();
    match error.kind() {
        ErrorKind::StorageFull | ErrorKind::QuotaExceeded | ErrorKind::FileTooLarge => {
            SavingProblem::DiskFull { missing }
        }
        ErrorKind::NotFound | ErrorKind::NotADirectory => SavingProblem::FolderMissing { path },
        ErrorKind::PermissionDenied | ErrorKind::ReadOnlyFilesystem => SavingProblem::FolderReadOnly { path },
        _ => SavingProblem::Disk {
            detail: error.to_string(),
        },
    }
}
