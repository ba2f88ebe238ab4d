//! The tasks on disk, one JSON line each, written before the client hears of them, so that a stand-in started again
//! still knows what was bought. Meant for the demo on one machine: it survives the end of the process, not a power cut.

use std::{
    fs::{File, OpenOptions, TryLockError},
    io::{self, Read, Seek, SeekFrom, Write},
    path::Path,
};

use serde::{Deserialize, Serialize};

use crate::task::Task;

/// One line.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(crate) enum Entry {
    /// A task was accepted and its price taken.
    Task(Task),
    /// The balance was set.
    Balance { at_ms: i64, credits: f64 },
    /// A larger file of a finished task was bought: `1080p` or `4k`.
    Upgrade {
        task_id: String,
        what: String,
        at_ms: i64,
        due_ms: i64,
        credits: f64,
    },
}

/// The open file, at its end.
#[derive(Debug)]
pub(crate) struct Journal(File);

impl Journal {
    /// Opens or creates it, for this process alone until it is dropped, and reads what it holds. A last line without its end was never answered for, and is cut off.
    pub(crate) fn open(path: &Path) -> io::Result<(Self, Vec<Entry>)> {
        if let Some(folder) = path.parent().filter(|folder| !folder.as_os_str().is_empty()) {
            std::fs::create_dir_all(folder)?;
        }
        let mut file = OpenOptions::new()
            .read(true)
            .write(true)
            .create(true)
            .truncate(false)
            .open(path)?;
        file.try_lock().map_err(|error| match error {
            TryLockError::WouldBlock => {
                io::Error::new(io::ErrorKind::ResourceBusy, "the journal is in use by another stand-in")
            }
            TryLockError::Error(error) => error,
        })?;
        let mut bytes = Vec::new();
        file.read_to_end(&mut bytes)?;
        let whole = bytes.iter().rposition(|byte| *byte == b'\n').map_or(0, |at| at + 1);
        if whole < bytes.len() {
            file.set_len(u64::try_from(whole).unwrap_or(0))?;
        }
        file.seek(SeekFrom::End(0))?;
        let entries = bytes[..whole]
            .split(|byte| *byte == b'\n')
            .filter(|line| !line.is_empty())
            .filter_map(|line| {
                serde_json::from_slice(line)
                    .inspect_err(|error| tracing::warn!(%error, "a line of the stand-in's journal cannot be read"))
                    .ok()
            })
            .collect();
        Ok((Self(file), entries))
    }

    pub(crate) fn append(&mut self, entry: &Entry) -> io::Result<()> {
        let mut line = serde_json::to_vec(entry)?;
        line.push(b'\n');
        let end = self.0.stream_position()?;
        let written = self.0.write_all(&line).and_then(|()| self.0.flush());
        if written.is_err() {
            // Half a line would spoil the next one.
            let _ = self.0.set_len(end);
            let _ = self.0.seek(SeekFrom::Start(end));
        }
        written
    }
}
