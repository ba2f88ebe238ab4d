//! A file on the disk, read at any place with one call of the system instead of two.

use std::fs::File;
use std::io::{Error, ErrorKind, Read, Result, Seek, SeekFrom};

/// A file and the place where the next read begins; the file's own place is of no account.
pub(super) struct Disk<'a> {
    file: &'a File,
    at: u64,
}

impl<'a> Disk<'a> {
    pub(super) fn new(file: &'a File) -> Self {
        Self { file, at: 0 }
    }
}

impl Read for Disk<'_> {
    fn read(&mut self, out: &mut [u8]) -> Result<usize> {
        #[cfg(unix)]
        let read = std::os::unix::fs::FileExt::read_at(self.file, out, self.at)?;
        #[cfg(windows)]
        let read = std::os::windows::fs::FileExt::seek_read(self.file, out, self.at)?;
        self.at += read as u64;
        Ok(read)
    }
}

impl Seek for Disk<'_> {
    fn seek(&mut self, to: SeekFrom) -> Result<u64> {
        self.at = match to {
            SeekFrom::Start(at) => at,
            // Nobody here counts from elsewhere.
            SeekFrom::End(_) | SeekFrom::Current(_) => return Err(Error::from(ErrorKind::Unsupported)),
        };
        Ok(self.at)
    }
}
