//! One clip copied: written beside its name, checked against what was saved, synced, and only then named; never over
//! anything.

use std::fs::File;
use std::io::{self, ErrorKind, Read as _, Write as _};
use std::path::{Path, PathBuf};

use sha2::{Digest as _, Sha256};
use tokio_util::sync::CancellationToken;

use crate::files::names;
use crate::save::place;

const CHUNK: usize = 1 << 20;

/// Why a clip was not copied.
#[derive(Debug)]
pub(crate) enum Refused {
    /// It was asked to stop; nothing of this one is left.
    Stopped,
    /// What is on the disk is not what was saved.
    Differs,
    /// The disk's own reason, and where.
    Disk(PathBuf, io::Error),
}

/// Copies `source` into `folder` under `first`, or the next name that is free. `told` hears of bytes as they are
/// written. Blocks.
pub(crate) fn copy(
    source: &Path,
    folder: &Path,
    first: &str,
    sha256: Option<&str>,
    stop: &CancellationToken,
    mut told: impl FnMut(u64),
) -> Result<PathBuf, Refused> {
    let here = |error| Refused::Disk(source.to_owned(), error);
    let there = |error| Refused::Disk(folder.to_owned(), error);
    let mut from = File::open(source).map_err(here)?;
    let about = from.metadata().map_err(here)?;
    let mut part = tempfile::Builder::new()
        .prefix(".shotboard-")
        .suffix(".part")
        .tempfile_in(folder)
        .map_err(there)?;
    let (mut buffer, mut hash) = (vec![0; CHUNK], Sha256::new());
    loop {
        if stop.is_cancelled() {
            return Err(Refused::Stopped);
        }
        let read = match from.read(&mut buffer) {
            Ok(0) => break,
            Ok(read) => read,
            Err(error) if error.kind() == ErrorKind::Interrupted => continue,
            Err(error) => return Err(here(error)),
        };
        let bytes = buffer.get(..read).unwrap_or_default();
        hash.update(bytes);
        part.write_all(bytes).map_err(there)?;
        told(read as u64);
    }
    let found: String = hash.finalize().iter().map(|byte| format!("{byte:02x}")).collect();
    if sha256.is_some_and(|known| known != found) {
        return Err(Refused::Differs);
    }
    // A part is its maker's alone; a copy may be read by whoever may read the clip. Not every disk knows the difference.
    let _ = part.as_file().set_permissions(about.permissions());
    part.as_file().sync_all().map_err(there)?;
    let part = part.into_temp_path();
    for n in 1..10_000 {
        let target = folder.join(names::taken(first, n));
        match place::rename(&part, &target) {
            Ok(()) => return Ok(target),
            Err(error) if error.kind() == ErrorKind::AlreadyExists => {}
            Err(error) => return Err(there(error)),
        }
    }
    Err(there(ErrorKind::AlreadyExists.into()))
}

/// Writes a list beside the clips, whole or not at all, under the next name that is free. Blocks.
pub(crate) fn list(folder: &Path, first: &str, bytes: &[u8]) -> io::Result<PathBuf> {
    let mut part = tempfile::NamedTempFile::new_in(folder)?;
    part.write_all(bytes)?;
    #[cfg(unix)]
    {
        use std::os::unix::fs::PermissionsExt as _;
        let _ = part.as_file().set_permissions(std::fs::Permissions::from_mode(0o644));
    }
    part.as_file().sync_all()?;
    let part = part.into_temp_path();
    for n in 1..10_000 {
        let target = folder.join(names::taken(first, n));
        match place::rename(&part, &target) {
            Ok(()) => return Ok(target),
            Err(error) if error.kind() == ErrorKind::AlreadyExists => {}
            Err(error) => return Err(error),
        }
    }
    Err(ErrorKind::AlreadyExists.into())
}
