//! Numbered migrations, each in a transaction, with a backup before any that touches an existing library.

use std::fs;
use std::path::Path;

use rusqlite::Connection;

use crate::error::{Error, Result};

const MIGRATIONS: &[&str] = &[
    include_str!("migrations/0001.sql"),
    include_str!("migrations/0002.sql"),
    include_str!("migrations/0003.sql"),
    include_str!("migrations/0004.sql"),
];
const BACKUPS_KEPT: usize = 3;

/// The newest format this version knows.
pub(super) fn newest() -> i64 {
    i64::try_from(MIGRATIONS.len()).unwrap_or(i64::MAX)
}

/// Brings a library to the newest format.
pub(super) fn migrate(connection: &mut Connection, backups: &Path) -> Result<()> {
    let found: i64 = connection.query_row("PRAGMA user_version", [], |row| row.get(0))?;
    if found > newest() {
        return Err(Error::NewerLibrary { found, known: newest() });
    }
    if found > 0 && found < newest() {
        back_up(connection, backups, &format!("before-format-{}", found + 1))?;
    }
    let done = usize::try_from(found).unwrap_or(0);
    for (index, sql) in MIGRATIONS.iter().enumerate().skip(done) {
        let tx = connection.transaction_with_behavior(rusqlite::TransactionBehavior::Immediate)?;
        tx.execute_batch(sql)?;
        tx.pragma_update(None, "user_version", i64::try_from(index + 1).unwrap_or(i64::MAX))?;
        tx.commit()?;
    }
    Ok(())
}

/// Writes a whole, consistent copy and keeps the newest few.
pub(super) fn back_up(connection: &Connection, backups: &Path, why: &str) -> Result<()> {
    fs::create_dir_all(backups).map_err(|error| Error::io(backups, error))?;
    let stamp = jiff::Timestamp::now().strftime("%Y%m%dT%H%M%SZ");
    let target = backups.join(format!("library-{stamp}-{why}.db"));
    let partial = target.with_extension("db.part");
    let _ = fs::remove_file(&partial);
    connection.execute("VACUUM INTO ?1", [partial.to_string_lossy()])?;
    // Windows flushes only what was opened for writing.
    fs::File::options()
        .read(true)
        .write(true)
        .open(&partial)
        .and_then(|file| file.sync_all())
        .map_err(|error| Error::io(&partial, error))?;
    fs::rename(&partial, &target).map_err(|error| Error::io(&target, error))?;
    let mut kept: Vec<_> = fs::read_dir(backups)
        .map_err(|error| Error::io(backups, error))?
        .flatten()
        .map(|entry| entry.path())
        .filter(|path| path.extension().is_some_and(|end| end == "db"))
        .collect();
    kept.sort();
    for old in kept.iter().rev().skip(BACKUPS_KEPT) {
        let _ = fs::remove_file(old);
    }
    Ok(())
}
