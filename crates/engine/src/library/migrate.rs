//! Numbered migrations, each in a transaction, with a backup before any that touches an existing library.

use std::path::Path;

use rusqlite::Connection;

use super::backup;
use crate::error::{Error, Result};

const MIGRATIONS: &[&str] = &[
    include_str!("migrations/0001.sql"),
    include_str!("migrations/0002.sql"),
    include_str!("migrations/0003.sql"),
    include_str!("migrations/0004.sql"),
    include_str!("migrations/0005.sql"),
    include_str!("migrations/0006.sql"),
    include_str!("migrations/0007.sql"),
    include_str!("migrations/0008.sql"),
    include_str!("migrations/0009.sql"),
    include_str!("migrations/0010.sql"),
    include_str!("migrations/0011.sql"),
    include_str!("migrations/0012.sql"),
    include_str!("migrations/0013.sql"),
    include_str!("migrations/0014.sql"),
    include_str!("migrations/0015.sql"),
];

/// The newest format this version knows.
pub(super) fn newest() -> i64 {
    i64::try_from(MIGRATIONS.len()).unwrap_or(i64::MAX)
}

/// A library's format; 0 for an empty file.
pub(super) fn format(connection: &Connection) -> Result<i64> {
    let found: i64 = connection.query_row("PRAGMA user_version", [], |row| row.get(0))?;
    let tables: i64 = connection.query_row("SELECT COUNT(*) FROM sqlite_master", [], |row| row.get(0))?;
    if found == 0 && tables > 0 || found < 0 {
        return Err(Error::Damaged("the file has tables and no format".to_owned()));
    }
    Ok(found)
}

/// Brings a library to the newest format, with a backup first. `now`: ms.
///
/// # Errors
/// The backup's; the library's, and then it has the format it had.
pub(super) fn migrate(connection: &mut Connection, directory: &Path, now: i64) -> Result<()> {
    let found = format(connection)?;
    if found > 0 && found < newest() {
        backup::write(connection, directory, &format!("before-format-{}", found + 1), now)?;
        crash_point!("migrate::backed_up");
    }
    migrate_unsaved(connection)
}

/// The same without a backup: what is migrated is one.
///
/// # Errors
/// The library's.
pub(super) fn migrate_unsaved(connection: &mut Connection) -> Result<()> {
    let done = usize::try_from(format(connection)?).unwrap_or(0);
    for (index, sql) in MIGRATIONS.iter().enumerate().skip(done) {
        let tx = connection.transaction_with_behavior(rusqlite::TransactionBehavior::Immediate)?;
        tx.execute_batch(sql)?;
        tx.pragma_update(None, "user_version", i64::try_from(index + 1).unwrap_or(i64::MAX))?;
        crash_point!("migrate::written");
        tx.commit()?;
        crash_point!("migrate::committed");
    }
    Ok(())
}
