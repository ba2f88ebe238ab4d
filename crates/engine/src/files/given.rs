//! Reading a file that a person pointed at: dropped, chosen, or named in a sheet.
//!
//! It may be a folder, a link, a device that never ends, a pipe that nobody writes to, or five gigabytes. So it is looked
//! at before it is opened, and no more of it is read than was asked for. A link is followed: people keep their pictures
//! behind links.

use std::fs::{self, File};
use std::io::{self, ErrorKind, Read};
use std::path::Path;

/// Why a file was not read.
#[derive(Debug)]
pub(crate) enum NotRead {
    /// Nothing is there.
    Missing,
    /// A folder, a device, a pipe.
    NotAFile,
    /// Larger than what is read.
    TooLarge {
        /// Its size, in bytes.
        bytes: u64,
    },
    /// The disk would not give it.
    Unreadable(io::Error),
}

impl From<io::Error> for NotRead {
    fn from(error: io::Error) -> Self {
        match error.kind() {
            ErrorKind::NotFound => Self::Missing,
            _ => Self::Unreadable(error),
        }
    }
}

/// A regular file, open for reading.
pub(crate) fn open(path: &Path) -> Result<File, NotRead> {
    let real = fs::canonicalize(path)?;
    // Before it is opened: opening a pipe would wait for ever.
    if !fs::symlink_metadata(&real)?.is_file() {
        return Err(NotRead::NotAFile);
    }
    let file = File::open(&real)?;
    if file.metadata()?.is_file() {
        Ok(file)
    } else {
        Err(NotRead::NotAFile)
    }
}

/// The content of a regular file of at most `most` bytes.
pub(crate) fn read(path: &Path, most: u64) -> Result<Vec<u8>, NotRead> {
    let file = open(path)?;
    let metadata = file.metadata()?;
    if metadata.len() > most {
        return Err(NotRead::TooLarge { bytes: metadata.len() });
    }
    let mut bytes = Vec::new();
    // It may grow while it is read.
    file.take(most.saturating_add(1)).read_to_end(&mut bytes)?;
    match bytes.len() as u64 {
        read if read > most => Err(NotRead::TooLarge { bytes: read }),
        _ => Ok(bytes),
    }
}
