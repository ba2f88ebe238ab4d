//! The purchase record: what the library knows of every attempt to buy, written once more beside it.
//!
//! A backup is hours old; what was bought since would be forgotten with a damaged library, or bought again. So whatever
//! is committed about an attempt is added here, synced, before the app goes on: before the paid request leaves, and
//! before anything else happens with its answer. It is never read while the library is whole. Text lines, each with its
//! number and a checksum, in a few files of which the old ones go once every backup is newer. It holds no key.

use std::fs::{self, File};
use std::io::{self, Read as _, Seek as _, SeekFrom, Write as _};
use std::path::{Path, PathBuf};

use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};

use super::backup::sync_folder;
use super::note::Noted;
use crate::stages::submit::hex;

/// The folder in the data directory.
pub(super) const FOLDER: &str = "purchases";
/// A file longer than this is followed by another.
const LONGEST: u64 = 1 << 20;
/// How far back a line is looked for whose commit never came.
const LOOK_BACK: usize = 200;

/// One line.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub(super) struct Line {
    /// The library's number for it; 0 for what was heard before anything could be committed.
    pub(super) n: i64,
    #[serde(flatten)]
    pub(super) what: What,
}

/// What a line says.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", tag = "kind")]
pub(super) enum What {
    /// The lines from the next number on follow.
    Begin,
    /// All that is known of an attempt.
    Attempt(Box<Noted>),
    /// The service gave this id, a moment before it was committed.
    #[serde(rename_all = "camelCase")]
    Heard { attempt_id: String, service_id: String },
}

/// The open record.
pub(super) struct Record {
    folder: PathBuf,
    file: Option<File>,
    size: u64,
    /// The last number that stands in it.
    pub(super) last: i64,
}

/// What a record says after a number.
#[derive(Debug, Default)]
pub(super) struct Tale {
    pub(super) lines: Vec<Line>,
    /// Every number since stands there, and nothing looks torn.
    pub(super) complete: bool,
    /// The last number.
    pub(super) last: i64,
}

impl Record {
    /// Opens the newest file for adding; a line that was being written when the power went is cut off.
    ///
    /// # Errors
    /// The file system's.
    pub(super) fn open(directory: &Path) -> io::Result<Self> {
        let folder = directory.join(FOLDER);
        fs::create_dir_all(&folder)?;
        let mut record = Self {
            last: tale(directory, i64::MAX).last,
            folder,
            file: None,
            size: 0,
        };
        if let Some((_, newest)) = files(&record.folder).pop() {
            let mut file = File::options().read(true).write(true).open(newest)?;
            let mut bytes = Vec::new();
            file.read_to_end(&mut bytes)?;
            let whole = bytes.iter().rposition(|byte| *byte == b'\n').map_or(0, |at| at + 1);
            let whole = u64::try_from(whole).unwrap_or(0);
            file.set_len(whole)?;
            record.size = file.seek(SeekFrom::Start(whole))?;
            record.file = Some(file);
        }
        Ok(record)
    }

    /// Adds lines; they are on the disk when this returns, or the record is as it was.
    ///
    /// # Errors
    /// The file system's.
    pub(super) fn add(&mut self, lines: &[Line]) -> io::Result<()> {
        let Some(first) = lines.first() else { return Ok(()) };
        if self.file.is_none() || self.size > LONGEST {
            let before = if first.n > 0 { first.n - 1 } else { self.last };
            self.begin(before)?;
        }
        let mut text = Vec::new();
        for line in lines {
            write_line(&mut text, line)?;
        }
        let Some(file) = self.file.as_mut() else {
            return Err(io::Error::other("no record is open"));
        };
        let written = file.write_all(&text).and_then(|()| file.sync_data());
        if let Err(error) = written {
            // Half a line would hide the next one. After a failed sync nothing of this file is trusted further.
            let _ = file.set_len(self.size);
            self.file = None;
            return Err(error);
        }
        self.size += u64::try_from(text.len()).unwrap_or(0);
        self.last = lines.iter().map(|line| line.n).max().unwrap_or(0).max(self.last);
        Ok(())
    }

    /// Starts a new file: whatever is missing before `n` is missing for good, and is known to be.
    ///
    /// # Errors
    /// The file system's.
    pub(super) fn begin(&mut self, n: i64) -> io::Result<()> {
        let mut again = 0;
        let (path, mut file) = loop {
            let path = self.folder.join(format!("purchases-{n:010}-{again:02}.jsonl"));
            match File::options().create_new(true).write(true).open(&path) {
                Err(error) if error.kind() == io::ErrorKind::AlreadyExists && again < 99 => again += 1,
                opened => break (path, opened?),
            }
        };
        let mut text = Vec::new();
        write_line(&mut text, &Line { n, what: What::Begin })?;
        let written = file
            .write_all(&text)
            .and_then(|()| file.sync_all())
            .and_then(|()| sync_folder(&self.folder));
        if let Err(error) = written {
            let _ = fs::remove_file(path);
            return Err(error);
        }
        (self.size, self.last) = (u64::try_from(text.len()).unwrap_or(0), self.last.max(n));
        self.file = Some(file);
        Ok(())
    }
}

/// Whether there is a record at all.
pub(super) fn exists(directory: &Path) -> bool {
    !files(&directory.join(FOLDER)).is_empty()
}

/// Removes files that end before `n`: every backup is newer.
pub(super) fn forget_before(directory: &Path, n: i64) {
    let files = files(&directory.join(FOLDER));
    // A file ends where the next begins.
    for pair in files.windows(2) {
        if pair[1].0 <= n {
            let _ = fs::remove_file(&pair[0].1);
        }
    }
}

/// What the record says after `n`; without a library to compare with, `i64::MAX` asks only for its end.
pub(super) fn tale(directory: &Path, n: i64) -> Tale {
    let mut tale = Tale {
        complete: true,
        ..Tale::default()
    };
    let mut known = 0;
    for (_, path) in files(&directory.join(FOLDER)).into_iter().rev() {
        let (mut lines, whole) = read(&path);
        tale.complete &= whole;
        tale.last = lines.iter().map(|line| line.n).max().unwrap_or(0).max(tale.last);
        let begins = lines.first().map(|line| line.n);
        known += lines.iter().filter(|line| line.n > 0 && line.n <= n).count();
        lines.append(&mut tale.lines);
        tale.lines = lines;
        if n == i64::MAX && tale.last > 0 || begins.is_some_and(|begins| begins <= n) && known > LOOK_BACK {
            break;
        }
    }
    tale.complete &= contiguous(&tale.lines, n);
    tale.lines
        .retain(|line| !matches!(line.what, What::Begin) && (line.n > n || line.n == 0));
    tale
}

/// Whether every number from `n` on is there.
fn contiguous(lines: &[Line], n: i64) -> bool {
    let mut numbers: Vec<i64> = lines
        .iter()
        .filter(|line| line.n > 0 || matches!(line.what, What::Begin))
        .map(|line| line.n)
        .filter(|number| *number >= n)
        .collect();
    numbers.sort_unstable();
    numbers.dedup();
    // The first is the one that the library itself has, or the beginning of a file.
    numbers.first() == Some(&n) && numbers.windows(2).all(|pair| pair[1] == pair[0] + 1)
}

/// The record's files with the number each begins with, oldest first.
fn files(folder: &Path) -> Vec<(i64, PathBuf)> {
    let Ok(entries) = fs::read_dir(folder) else {
        return Vec::new();
    };
    let mut found: Vec<(i64, PathBuf)> = entries
        .flatten()
        .filter_map(|entry| {
            let path = entry.path();
            let name = path
                .file_name()?
                .to_str()?
                .strip_prefix("purchases-")?
                .strip_suffix(".jsonl")?;
            Some((name.split_once('-')?.0.parse().ok()?, path))
        })
        .collect();
    found.sort();
    found
}

/// The lines of a file, and whether all of it was readable.
fn read(path: &Path) -> (Vec<Line>, bool) {
    let Ok(bytes) = fs::read(path) else {
        return (Vec::new(), false);
    };
    let mut whole = bytes.ends_with(b"\n");
    let mut lines = Vec::new();
    for text in bytes.split(|byte| *byte == b'\n').filter(|text| !text.is_empty()) {
        match line(text) {
            Some(line) => lines.push(line),
            None => whole = false,
        }
    }
    (lines, whole)
}

fn line(text: &[u8]) -> Option<Line> {
    let at = text.iter().rposition(|byte| *byte == b'\t')?;
    let (json, sum) = (&text[..at], &text[at + 1..]);
    (checksum(json).as_bytes() == sum).then(|| serde_json::from_slice(json).ok())?
}

fn write_line(into: &mut Vec<u8>, line: &Line) -> io::Result<()> {
    let json = serde_json::to_vec(line)?;
    let sum = checksum(&json);
    into.extend(json);
    into.push(b'\t');
    into.extend(sum.bytes());
    into.push(b'\n');
    Ok(())
}

fn checksum(json: &[u8]) -> String {
    hex(&Sha256::digest(json)[..8])
}

#[cfg(test)]
mod tests {
    use super::*;

    fn heard(n: i64) -> Line {
        let what = What::Heard {
            attempt_id: format!("a{n}"),
            service_id: format!("s{n}"),
        };
        Line { n, what }
    }

    fn numbers(tale: &Tale) -> Vec<i64> {
        tale.lines.iter().map(|line| line.n).collect()
    }

    #[test]
    fn what_was_added_is_read_and_a_torn_end_is_cut_off() {
        let home = tempfile::tempdir().unwrap();
        let mut record = Record::open(home.path()).unwrap();
        record.add(&[heard(1), heard(2)]).unwrap();
        record.add(&[heard(3)]).unwrap();
        drop(record);
        assert_eq!(numbers(&tale(home.path(), 1)), [2, 3]);
        let (_, path) = files(&home.path().join(FOLDER)).pop().unwrap();
        let whole = fs::read(&path).unwrap();
        // At any length: what is read is a beginning of what was written, and only a whole line counts.
        for length in 0..whole.len() {
            fs::write(&path, &whole[..length]).unwrap();
            let told = tale(home.path(), 0);
            assert!(numbers(&told) == [1, 2, 3][..told.lines.len()], "{length}");
            assert!(!told.complete || whole[..length].ends_with(b"\n"), "{length}");
        }
        fs::write(&path, &whole[..whole.len() - 3]).unwrap();
        let mut record = Record::open(home.path()).unwrap();
        assert_eq!(record.last, 2);
        record.add(&[heard(3), heard(4)]).unwrap();
        let told = tale(home.path(), 0);
        assert_eq!((numbers(&told), told.complete, told.last), (vec![1, 2, 3, 4], true, 4));
    }

    #[test]
    fn a_flipped_byte_a_lost_line_and_a_lost_file_are_noticed() {
        let home = tempfile::tempdir().unwrap();
        let mut record = Record::open(home.path()).unwrap();
        for n in 1..=5 {
            record.add(&[heard(n)]).unwrap();
        }
        assert!(tale(home.path(), 0).complete && tale(home.path(), 5).complete);
        assert!(!tale(home.path(), 6).complete, "the library is ahead of it");
        let (_, path) = files(&home.path().join(FOLDER)).pop().unwrap();
        let whole = fs::read(&path).unwrap();
        for at in (0..whole.len()).step_by(7) {
            let mut bytes = whole.clone();
            bytes[at] ^= 4;
            fs::write(&path, bytes).unwrap();
            assert!(!tale(home.path(), 0).complete, "byte {at}");
        }
        fs::remove_file(path).unwrap();
        let told = tale(home.path(), 0);
        assert!(!told.complete && told.lines.is_empty());
    }

    #[test]
    fn old_files_go_once_every_backup_is_newer() {
        let home = tempfile::tempdir().unwrap();
        let mut record = Record::open(home.path()).unwrap();
        record.add(&[heard(1)]).unwrap();
        record.begin(1).unwrap();
        record.add(&[heard(2), heard(3)]).unwrap();
        record.begin(3).unwrap();
        record.add(&[heard(4)]).unwrap();
        forget_before(home.path(), 2);
        assert_eq!(files(&home.path().join(FOLDER)).len(), 2);
        let told = tale(home.path(), 2);
        assert_eq!((numbers(&told), told.complete), (vec![3, 4], true));
        forget_before(home.path(), 9);
        assert_eq!(files(&home.path().join(FOLDER)).len(), 1, "the newest stays");
    }
}
