//! The log on the disk: a few files of bounded size, one event a line, the oldest let go.
//!
//! It rolls by size and not by day, so that a loop of errors overnight cannot fill the disk that the videos need.

use std::fs::{self, File, OpenOptions};
use std::io::{self, Read as _, Seek as _, SeekFrom, Write};
use std::path::{Path, PathBuf};

use super::clean;

/// The folder in the data directory.
pub const FOLDER: &str = "logs";
/// The newest file; older ones are `shotboard.1.log` and so on.
const NAME: &str = "shotboard";

/// A log that rolls.
#[derive(Debug)]
pub struct Rolling {
    folder: PathBuf,
    file: Option<File>,
    size: u64,
    most: u64,
    files: u32,
}

impl Rolling {
    /// Opens the log in a folder, which is made where it is missing: at most five files of 2 MB.
    ///
    /// # Errors
    /// The file system's.
    pub fn open(folder: &Path) -> io::Result<Self> {
        Self::bounded(folder, 2_000_000, 5)
    }

    /// Opens a log of at most `files` files of `most` bytes each.
    ///
    /// # Errors
    /// The file system's.
    pub fn bounded(folder: &Path, most: u64, files: u32) -> io::Result<Self> {
        fs::create_dir_all(folder)?;
        let mut log = Self {
            folder: folder.to_owned(),
            file: None,
            size: 0,
            most,
            files: files.max(1),
        };
        log.newest()?;
        Ok(log)
    }

    fn newest(&mut self) -> io::Result<&mut File> {
        if self.file.is_none() {
            let mut options = OpenOptions::new();
            options.create(true).append(true);
            #[cfg(unix)]
            std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
            let file = options.open(path(&self.folder, 0))?;
            self.size = file.metadata()?.len();
            self.file = Some(file);
        }
        self.file.as_mut().ok_or_else(|| io::Error::other("no log"))
    }

    /// Moves every file one further; the last one is overwritten.
    fn roll(&mut self) -> io::Result<()> {
        // Windows moves no file that is open.
        let open = self.file.take();
        drop(open);
        for at in (1..self.files).rev() {
            match fs::rename(path(&self.folder, at - 1), path(&self.folder, at)) {
                Err(error) if error.kind() != io::ErrorKind::NotFound => {
                    // Held by somebody: what is bounded stays bounded, so this one begins anew.
                    return self.newest()?.set_len(0).map(|()| self.size = 0);
                }
                _ => {}
            }
        }
        if self.files == 1 {
            fs::remove_file(path(&self.folder, 0))?;
        }
        self.newest().map(drop)
    }
}

impl Write for Rolling {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        let length = u64::try_from(bytes.len()).unwrap_or(u64::MAX);
        self.newest()?;
        if self.size > 0 && self.size.saturating_add(length) > self.most {
            self.roll()?;
        }
        // One event is never larger than a file.
        let most = usize::try_from(self.most).unwrap_or(usize::MAX);
        let kept = &bytes[..bytes.len().min(most)];
        self.newest()?.write_all(kept)?;
        self.size = self.size.saturating_add(length.min(self.most));
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        self.newest()?.flush()
    }
}

/// Passes whole events on, each as one clean line. For writers that get an event at a time, as those of `tracing` do.
#[derive(Debug)]
pub struct Lines<W>(pub W);

impl<W: Write> Write for Lines<W> {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        let text = String::from_utf8_lossy(bytes);
        // A line break inside an event would let what came from outside pass for an event of its own.
        let mut line = clean(text.trim_end()).replace("\r\n", " ").replace(['\n', '\r'], " ");
        line.push('\n');
        self.0.write_all(line.as_bytes())?;
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        self.0.flush()
    }
}

/// The last lines of the log in a folder, oldest first; fewer where there are no more. What cannot be read is left out.
pub fn tail(folder: &Path, lines: usize) -> Vec<String> {
    let mut found: Vec<String> = Vec::new();
    for at in 0..16 {
        if found.len() >= lines {
            break;
        }
        let Some(text) = end_of(&path(folder, at)) else {
            continue;
        };
        let mut older: Vec<String> = text.lines().map(clean).collect();
        older.append(&mut found);
        found = older;
    }
    let from = found.len().saturating_sub(lines);
    found.split_off(from)
}

/// The end of a file, from the beginning of a line on.
fn end_of(path: &Path) -> Option<String> {
    const ENOUGH: u64 = 256 << 10;
    let mut file = File::open(path).ok()?;
    let length = file.metadata().ok()?.len();
    let from = length.saturating_sub(ENOUGH);
    file.seek(SeekFrom::Start(from)).ok()?;
    let mut bytes = Vec::new();
    file.take(ENOUGH).read_to_end(&mut bytes).ok()?;
    let text = String::from_utf8_lossy(&bytes);
    let whole = if from == 0 {
        &text[..]
    } else {
        text.split_once('\n').map_or("", |(_, rest)| rest)
    };
    Some(whole.to_owned())
}

fn path(folder: &Path, at: u32) -> PathBuf {
    folder.join(if at == 0 {
        format!("{NAME}.log")
    } else {
        format!("{NAME}.{at}.log")
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn sizes(folder: &Path) -> Vec<u64> {
        let mut all: Vec<u64> = fs::read_dir(folder)
            .unwrap()
            .map(|entry| entry.unwrap().metadata().unwrap().len())
            .collect();
        all.sort_unstable();
        all
    }

    #[test]
    fn the_sum_is_bounded_and_the_newest_lines_stay() {
        let folder = tempfile::tempdir().unwrap();
        for part in 0..4 {
            // Opened again and again, as an app is.
            let mut log = Rolling::bounded(folder.path(), 1_000, 5).unwrap();
            for n in 0..250 {
                log.write_all(format!("line {:06}\n", part * 250 + n).as_bytes())
                    .unwrap();
            }
        }
        let all = sizes(folder.path());
        assert_eq!(all.len(), 5, "{all:?}");
        assert!(all.iter().all(|&size| size <= 1_000), "{all:?}");
        let lines = tail(folder.path(), 120);
        assert_eq!(lines.len(), 120);
        let wanted: Vec<String> = (880..1000).map(|n| format!("line {n:06}")).collect();
        assert_eq!(lines, wanted);
    }

    #[test]
    fn one_event_larger_than_a_file_breaks_nothing() {
        let folder = tempfile::tempdir().unwrap();
        let mut log = Rolling::bounded(folder.path(), 100, 2).unwrap();
        log.write_all(b"small\n").unwrap();
        log.write_all(&[b'x'; 5_000]).unwrap();
        log.write_all(b"small again\n").unwrap();
        assert!(sizes(folder.path()).iter().sum::<u64>() <= 200);
        assert_eq!(tail(folder.path(), 1), ["small again"]);
    }

    #[test]
    fn an_event_is_one_line_without_secrets_and_no_other_event_can_be_made_up_inside() {
        kie::ApiKey::new("sk-logged-0815-qq");
        let folder = tempfile::tempdir().unwrap();
        let mut log = Lines(Rolling::open(folder.path()).unwrap());
        log.write_all(b"service said sk-logged-0815-qq\n2026 INFO ledger: accepted\nhttps://a.test/x?sig=hunter2\n")
            .unwrap();
        let lines = tail(folder.path(), 9);
        assert_eq!(lines.len(), 1, "{lines:?}");
        let written = fs::read_to_string(folder.path().join("shotboard.log")).unwrap();
        assert!(
            !written.contains("sk-logged") && !written.contains("hunter2"),
            "{written}"
        );
    }
}
