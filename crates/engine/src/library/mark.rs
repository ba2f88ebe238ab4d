//! The lock on a data directory, and in the same file the mark that tells a clean end from any other.
//!
//! The lock dies with its process, however it dies; the mark stays. It is set when a library is opened. When it is
//! closed, the file's length and time of change are noted instead: a library whose last user ended badly, or that
//! something else has changed since, is looked through at the next start, and no other.

use std::fs::{File, TryLockError};
use std::io::{Read as _, Result as IoResult, Seek as _, SeekFrom, Write as _};
use std::path::Path;

use crate::error::{Error, Result};

const NAME: &str = "engine.lock";
const OPEN: &str = "open";
const CLEAN: &str = "clean ";
const DAMAGED: &str = "damaged";

/// How the last user of a library ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum LastEnd {
    /// It closed the library, and the file is as it left it.
    Clean,
    /// It was killed, crashed, or lost its power; or the file is another one since.
    Unclean,
    /// SQLite told it that the file is damaged.
    Damaged,
}

/// A locked data directory.
pub(super) struct Mark {
    file: File,
    pub(super) last_end: LastEnd,
}

impl Mark {
    /// Locks the directory and sets the mark.
    ///
    /// # Errors
    /// [`Error::Locked`] if another process has it.
    pub(super) fn lock(directory: &Path) -> Result<Self> {
        let path = directory.join(NAME);
        let mut file = File::options()
            .create(true)
            .truncate(false)
            .read(true)
            .write(true)
            .open(&path)
            .map_err(|error| Error::io(&path, error))?;
        match file.try_lock() {
            Ok(()) => {}
            Err(TryLockError::WouldBlock) => return Err(Error::Locked(directory.to_owned())),
            Err(TryLockError::Error(error)) => return Err(Error::io(&path, error)),
        }
        let mut text = String::new();
        // What cannot be read is no clean end.
        let last_end = match file.read_to_string(&mut text) {
            // A directory that is new, or from before there was a mark.
            Ok(_) if text.is_empty() => LastEnd::Clean,
            Ok(_) if text.strip_prefix(CLEAN) == Some(&print_of(directory)) => LastEnd::Clean,
            Ok(_) if text == DAMAGED => LastEnd::Damaged,
            _ => LastEnd::Unclean,
        };
        Ok(Self { file, last_end })
    }

    /// From here on any end but [`Mark::clear`] is an unclean one.
    pub(super) fn set(&self) -> IoResult<()> {
        self.write(OPEN)
    }

    /// The file was found damaged while it was in use: the next start looks closer.
    pub(super) fn set_damaged(&self) -> IoResult<()> {
        self.write(DAMAGED)
    }

    /// A clean end: nothing is written to the library of `directory` any more.
    pub(super) fn clear(&self, directory: &Path) -> IoResult<()> {
        self.write(&format!("{CLEAN}{}", print_of(directory)))
    }

    /// Lets another process have the directory.
    pub(super) fn unlock(&self) -> IoResult<()> {
        self.file.unlock()
    }

    fn write(&self, text: &str) -> IoResult<()> {
        let mut file = &self.file;
        file.set_len(0)?;
        file.seek(SeekFrom::Start(0))?;
        file.write_all(text.as_bytes())?;
        file.sync_all()
    }
}

/// By which a file that something else has changed is told, without reading it.
fn print_of(directory: &Path) -> String {
    let since = |time: std::time::SystemTime| time.duration_since(std::time::UNIX_EPOCH).unwrap_or_default();
    match std::fs::metadata(directory.join(super::FILE)) {
        Ok(meta) => format!(
            "{} {}",
            meta.len(),
            meta.modified().map_or(0, |at| since(at).as_nanos())
        ),
        Err(_) => "none".to_owned(),
    }
}
