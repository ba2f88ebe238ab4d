//! From a verified part to its final name: never over anything, synced on both sides.

use std::fs::File;
use std::io::{Error, ErrorKind, Result};
use std::path::Path;
use std::time::Duration;

use tempfile::TempPath;

/// Renames `part` to `target` if nothing is there.
///
/// # Errors
/// [`ErrorKind::AlreadyExists`] if something is; on Windows a scanner that holds the file is waited for a little.
pub(super) fn rename(part: &Path, target: &Path) -> Result<()> {
    let mut wait = Duration::from_millis(200);
    for last in [false, false, false, true] {
        match rename_once(part, target) {
            Err(error) if !last && error.kind() == ErrorKind::PermissionDenied && cfg!(windows) => {
                std::thread::sleep(wait);
                wait *= 2;
            }
            other => return other,
        }
    }
    Ok(())
}

fn rename_once(part: &Path, target: &Path) -> Result<()> {
    let mut held = TempPath::try_from_path(part)?;
    // Whatever happens, the part is ours to delete, not the guard's.
    held.disable_cleanup(true);
    match held.persist_noclobber(target) {
        Ok(()) => Ok(()),
        // A file system without links or no-replace renames (some network shares, exFAT).
        Err(refused) if matches!(refused.error.kind(), ErrorKind::Unsupported | ErrorKind::InvalidInput) => {
            if target.symlink_metadata().is_ok() {
                return Err(Error::from(ErrorKind::AlreadyExists));
            }
            std::fs::rename(part, target)
        }
        Err(refused) => Err(refused.error),
    }
}

/// Makes the rename itself durable. Windows has no such call, and needs none for NTFS.
pub(super) fn sync_folder(folder: &Path) -> Result<()> {
    if cfg!(windows) {
        Ok(())
    } else {
        File::open(folder)?.sync_all()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_taken_name_is_never_overwritten_and_the_part_stays() {
        let folder = tempfile::tempdir().unwrap();
        let (part, target) = (folder.path().join("a.part"), folder.path().join("a.mp4"));
        std::fs::write(&part, "new").unwrap();
        std::fs::write(&target, "old").unwrap();
        assert_eq!(rename(&part, &target).unwrap_err().kind(), ErrorKind::AlreadyExists);
        assert_eq!(std::fs::read(&target).unwrap(), b"old");
        assert_eq!(std::fs::read(&part).unwrap(), b"new");
        std::fs::remove_file(&target).unwrap();
        rename(&part, &target).unwrap();
        assert_eq!(std::fs::read(&target).unwrap(), b"new");
        assert!(!part.exists());
    }
}
