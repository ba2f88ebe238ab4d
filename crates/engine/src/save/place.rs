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
pub(crate) fn rename(part: &Path, target: &Path) -> Result<()> {
    patiently(|| rename_once(part, target), held)
}

/// Tries again where somebody holds the file, after 200 ms and twice as long each time, four times in all.
fn patiently(mut rename: impl FnMut() -> Result<()>, held: impl Fn(&Error) -> bool) -> Result<()> {
    let mut wait = Duration::from_millis(200);
    for _ in 0..3 {
        match rename() {
            Err(error) if held(&error) => {
                std::thread::sleep(wait);
                wait *= 2;
            }
            other => return other,
        }
    }
    rename()
}

/// Whether another program (a virus scanner, an indexer) has the file open in a way that Windows calls exclusive.
fn held(error: &Error) -> bool {
    const ACCESS_DENIED: i32 = 5;
    const SHARING_VIOLATION: i32 = 32;
    const LOCK_VIOLATION: i32 = 33;
    cfg!(windows)
        && matches!(
            error.raw_os_error(),
            Some(ACCESS_DENIED | SHARING_VIOLATION | LOCK_VIOLATION)
        )
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

/// Makes the rename itself durable. Windows has no such call, and needs none for NTFS; a file system that knows none
/// (some network shares) is not held against the file.
pub(crate) fn sync_folder(folder: &Path) -> Result<()> {
    if cfg!(windows) {
        return Ok(());
    }
    match File::open(folder).and_then(|folder| folder.sync_all()) {
        Err(error)
            if matches!(
                error.kind(),
                ErrorKind::InvalidInput | ErrorKind::Unsupported | ErrorKind::PermissionDenied
            ) =>
        {
            Ok(())
        }
        other => other,
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

    #[test]
    fn a_file_that_somebody_holds_is_waited_for_and_then_told() {
        let in_use = || Error::from(ErrorKind::ResourceBusy);
        let busy = |error: &Error| error.kind() == ErrorKind::ResourceBusy;
        for (held_for, renamed, tries) in [(0, true, 1), (3, true, 4), (4, false, 4)] {
            let mut count = 0;
            let rename = || {
                count += 1;
                if count > held_for { Ok(()) } else { Err(in_use()) }
            };
            assert_eq!(patiently(rename, busy).is_ok(), renamed, "held {held_for} times");
            assert_eq!(count, tries);
        }
        let mut count = 0;
        let refused = patiently(
            || {
                count += 1;
                Err(ErrorKind::AlreadyExists.into())
            },
            busy,
        );
        assert_eq!((refused.unwrap_err().kind(), count), (ErrorKind::AlreadyExists, 1));
    }
}
