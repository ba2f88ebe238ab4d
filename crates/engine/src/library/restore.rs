//! Sets a damaged library aside, never away, and puts the newest good backup in its place.
//!
//! Every step can be cut off and is taken up again at the next start: a note says that it is under way, and it goes
//! last. What the backup does not know is added by whoever opens it (`replay`).

use std::fs::{self, File};
use std::io::Write as _;
use std::path::{Path, PathBuf};

use serde::{Deserialize, Serialize};

use super::FILE;
use super::backup::{self, sync_folder};
use super::restoration::Why;
use super::salvage::beside;
use crate::error::{Error, Result};

const NOTE: &str = "restoring.json";
const COMPANIONS: [&str; 2] = ["-wal", "-shm"];

/// A restoration that is under way.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct UnderWay {
    #[serde(flatten)]
    pub(super) why: Why,
    /// The damaged file's new name; `None` where there is no file.
    pub(super) aside: Option<String>,
}

/// One that an earlier start did not finish.
pub(super) fn unfinished(directory: &Path) -> Option<UnderWay> {
    let path = directory.join(NOTE);
    let text = fs::read(&path).ok()?;
    // It is written whole or not at all; what does not parse is none of ours.
    serde_json::from_slice(&text).ok()
}

/// Begins: from here on every start goes on with it until it is finished.
///
/// # Errors
/// The file system's.
pub(super) fn begin(directory: &Path, why: Why, now: i64) -> Result<UnderWay> {
    let there = directory.join(FILE).exists();
    let under_way = UnderWay {
        why,
        aside: there.then(|| free_name(directory, now)),
    };
    let path = directory.join(NOTE);
    let new = beside(&path, ".new");
    let written = (|| {
        let mut file = File::create(&new)?;
        file.write_all(&serde_json::to_vec(&under_way)?)?;
        file.sync_all()?;
        fs::rename(&new, &path)?;
        sync_folder(directory)
    })();
    written.map_err(|error| Error::io(&path, error))?;
    crash_point!("restore::begun");
    Ok(under_way)
}

fn free_name(directory: &Path, now: i64) -> String {
    let stamp = jiff::Timestamp::from_millisecond(now).unwrap_or_default();
    let stamp = stamp.strftime("%Y%m%dT%H%M%SZ").to_string();
    let mut name = format!("library.damaged-{stamp}.db");
    let mut again = 2;
    while directory.join(&name).symlink_metadata().is_ok() {
        name = format!("library.damaged-{stamp}-{again}.db");
        again += 1;
    }
    name
}

/// Moves the damaged file out of the way and copies the newest good backup into its place. Returns the backup's path
/// and time; `None` where there is none, and the library begins empty.
///
/// # Errors
/// The file system's; the next start goes on.
pub(super) fn exchange(directory: &Path, under_way: &UnderWay) -> Result<Option<(PathBuf, i64)>> {
    let library = directory.join(FILE);
    let aside = under_way.aside.as_ref().map(|name| directory.join(name));
    match aside {
        Some(aside) if aside.symlink_metadata().is_err() => {
            // The companions first: once the file itself is gone from here, what stands beside its place is not its.
            for ending in COMPANIONS {
                let from = beside(&library, ending);
                if from.symlink_metadata().is_ok() {
                    moved(&from, &beside(&aside, ending))?;
                }
            }
            moved(&library, &aside)?;
            sync_folder(directory).map_err(|error| Error::io(directory, error))?;
        }
        // Taken up again: what stands here is a copy that was never used.
        _ => {
            for path in [library.clone(), beside(&library, "-wal"), beside(&library, "-shm")] {
                match fs::remove_file(&path) {
                    Err(error) if error.kind() != std::io::ErrorKind::NotFound => return Err(Error::io(&path, error)),
                    _ => {}
                }
            }
        }
    }
    crash_point!("restore::set_aside");
    let Some(found) = backup::newest_good(directory) else {
        return Ok(None);
    };
    let partial = beside(&library, ".part");
    let copied = (|| {
        fs::copy(&found.path, &partial)?;
        File::options().read(true).write(true).open(&partial)?.sync_all()?;
        crash_point!("restore::copied");
        fs::rename(&partial, &library)?;
        sync_folder(directory)
    })();
    copied.map_err(|error| Error::io(&library, error))?;
    crash_point!("restore::placed");
    Ok(Some((found.path, found.at)))
}

/// It is finished: everything is committed.
///
/// # Errors
/// The file system's.
pub(super) fn finish(directory: &Path) -> Result<()> {
    let path = directory.join(NOTE);
    fs::remove_file(&path)
        .and_then(|()| sync_folder(directory))
        .map_err(|error| Error::io(&path, error))
}

/// Removes what a crash left half written.
pub(super) fn sweep(directory: &Path) {
    for path in [
        directory.join(format!("{NOTE}.new")),
        beside(&directory.join(FILE), ".part"),
    ] {
        let _ = fs::remove_file(path);
    }
}

/// On Windows a scanner may hold a file for a moment.
fn moved(from: &Path, to: &Path) -> Result<()> {
    let mut wait = std::time::Duration::from_millis(100);
    loop {
        match fs::rename(from, to) {
            Err(error)
                if cfg!(windows)
                    && error.kind() == std::io::ErrorKind::PermissionDenied
                    && wait < std::time::Duration::from_secs(2) =>
            {
                std::thread::sleep(wait);
                wait *= 2;
            }
            done => return done.map_err(|error| Error::io(from, error)),
        }
    }
}
