//! Whole copies of the library: written aside, synced, looked through, and only then named; three kept of each kind.
//!
//! A copy is made by a connection of its own, in one view of the library: purchases go on meanwhile. When one is due is
//! not decided here.

use std::fs::{self, File};
use std::path::{Path, PathBuf};

use jiff::Timestamp;
use rusqlite::{Connection, OpenFlags};

use super::{check, migrate};
use crate::error::{Error, Result};

/// The folder in the data directory.
pub(super) const FOLDER: &str = "backups";
/// How many of each kind are kept.
const KEPT: usize = 3;
const STAMP: &str = "%Y%m%dT%H%M%SZ";
const BEFORE_FORMAT: &str = "before-format-";
const PARTIAL: &str = "part";

/// A backup on the disk.
#[derive(Clone, Debug)]
pub(super) struct Backup {
    pub(super) path: PathBuf,
    /// When it was made (ms).
    pub(super) at: i64,
    /// Made before a migration; the others are made daily.
    pub(super) before_format: bool,
}

/// The backups of a data directory, newest first. What has no such name is not one.
pub(super) fn all(directory: &Path) -> Vec<Backup> {
    let Ok(entries) = fs::read_dir(directory.join(FOLDER)) else {
        return Vec::new();
    };
    let mut found: Vec<Backup> = entries.flatten().filter_map(|entry| named(entry.path())).collect();
    found.sort_by(|a, b| (b.at, &b.path).cmp(&(a.at, &a.path)));
    found
}

fn named(path: PathBuf) -> Option<Backup> {
    let name = path
        .file_name()?
        .to_str()?
        .strip_prefix("library-")?
        .strip_suffix(".db")?;
    let (stamp, why) = name.split_once('-')?;
    let at = jiff::civil::DateTime::strptime("%Y%m%dT%H%M%SZ", stamp).ok()?;
    let at = at.to_zoned(jiff::tz::TimeZone::UTC).ok()?.timestamp().as_millisecond();
    let before_format = why.starts_with(BEFORE_FORMAT);
    Some(Backup {
        path,
        at,
        before_format,
    })
}

/// Writes a backup of the library behind `connection`. `now`: ms.
///
/// # Errors
/// Input/output or SQLite errors, and a copy that does not read back; then nothing older was removed.
pub(super) fn write(connection: &Connection, directory: &Path, why: &str, now: i64) -> Result<PathBuf> {
    let folder = directory.join(FOLDER);
    fs::create_dir_all(&folder).map_err(|error| Error::io(&folder, error))?;
    let stamp = Timestamp::from_millisecond(now).unwrap_or_default().strftime(STAMP);
    let target = folder.join(format!("library-{stamp}-{why}.db"));
    let partial = target.with_extension(format!("db.{PARTIAL}"));
    let _ = fs::remove_file(&partial);
    let written = copy_into(connection, &partial);
    if written.is_err() {
        let _ = fs::remove_file(&partial);
    }
    written?;
    crash_point!("backup::synced");
    fs::rename(&partial, &target).map_err(|error| Error::io(&target, error))?;
    sync_folder(&folder).map_err(|error| Error::io(&folder, error))?;
    crash_point!("backup::named");
    prune(directory, why.starts_with(BEFORE_FORMAT));
    Ok(target)
}

fn copy_into(connection: &Connection, partial: &Path) -> Result<()> {
    connection.execute("VACUUM INTO ?1", [partial.to_string_lossy()])?;
    crash_point!("backup::written");
    // Windows flushes only what was opened for writing.
    File::options()
        .read(true)
        .write(true)
        .open(partial)
        .and_then(|file| file.sync_all())
        .map_err(|error| Error::io(partial, error))?;
    check::file(partial)
}

/// For the daily copy: a view of one's own, so that nobody waits.
///
/// # Errors
/// As [`write`].
pub(super) fn write_beside(directory: &Path, why: &str, now: i64) -> Result<PathBuf> {
    let connection = read_only(&directory.join(super::FILE))?;
    write(&connection, directory, why, now)
}

/// Removes what a crash left half written.
pub(super) fn sweep(directory: &Path) {
    let Ok(entries) = fs::read_dir(directory.join(FOLDER)) else {
        return;
    };
    for path in entries.flatten().map(|entry| entry.path()) {
        let name = path.file_name().map(|name| name.to_string_lossy().into_owned());
        if name.is_some_and(|name| name.contains(&format!(".db.{PARTIAL}"))) {
            let _ = fs::remove_file(&path);
        }
    }
}

/// The newest backup that this version can use: it opens, it is whole, and no newer version made it.
pub(super) fn newest_good(directory: &Path) -> Option<Backup> {
    all(directory).into_iter().find(|backup| {
        let format = read_only(&backup.path).and_then(|db| migrate::format(&db));
        let good = format.and_then(|format| match format {
            1.. if format <= migrate::newest() => check::file(&backup.path),
            found => Err(Error::NewerLibrary {
                found,
                known: migrate::newest(),
            }),
        });
        if let Err(error) = &good {
            tracing::error!(backup = %backup.path.display(), %error, "a backup cannot be used");
        }
        good.is_ok()
    })
}

/// What the kept backups reach back to: the lowest number of the purchase record that one of them ends with.
pub(super) fn oldest_number(directory: &Path) -> Option<i64> {
    let numbers = all(directory).into_iter().map(|backup| {
        let number = read_only(&backup.path).and_then(|db| super::note::last_number(&db));
        number.ok().flatten()
    });
    // One that cannot say needs everything there is.
    numbers.collect::<Option<Vec<_>>>()?.into_iter().min()
}

fn prune(directory: &Path, before_format: bool) {
    let same_kind = all(directory)
        .into_iter()
        .filter(|backup| backup.before_format == before_format);
    for old in same_kind.skip(KEPT) {
        let _ = fs::remove_file(&old.path);
    }
}

pub(super) fn read_only(path: &Path) -> Result<Connection> {
    let flags = OpenFlags::SQLITE_OPEN_READ_ONLY | OpenFlags::SQLITE_OPEN_NO_MUTEX;
    let connection = Connection::open_with_flags(path, flags)?;
    connection.busy_timeout(std::time::Duration::from_secs(5))?;
    Ok(connection)
}

/// Makes names in a folder durable. Windows has no such call.
pub(super) fn sync_folder(folder: &Path) -> std::io::Result<()> {
    if cfg!(windows) {
        Ok(())
    } else {
        File::open(folder)?.sync_all()
    }
}
