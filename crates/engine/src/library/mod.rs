//! The library: one SQLite file that is the truth about every task.
//!
//! One connection writes (WAL, `synchronous=FULL`: a lost row here is money lost), another reads, so that a slow list
//! never waits in front of a purchase. All SQL is in this folder; everything else sees rows and steps.

pub(crate) mod attempts;
pub(crate) mod batches;
pub(crate) mod doubt;
pub(crate) mod due;
pub(crate) mod evidence;
pub(crate) mod fences;
pub(crate) mod finishes;
pub(crate) mod history;
pub(crate) mod images;
mod migrate;
pub(crate) mod query;
mod rows;
pub(crate) mod step;
pub(crate) mod takes;
pub(crate) mod tasks;
pub(crate) mod watching;

use std::fs::{self, File, TryLockError};
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex};

use rusqlite::{Connection, OpenFlags, Transaction, TransactionBehavior};

use crate::error::{Error, Result};

pub use attempts::{Attempt, Intent, Outcome};
pub use batches::Batch;
pub use history::Event;
pub use images::KeptImage;
pub use query::Totals;
pub use rows::TaskRow;
pub use step::Stepped;
pub use takes::Take;
pub use tasks::NewTask;
pub(crate) use watching::{Waiting, Watch};

/// The file's name in the data directory.
pub const FILE: &str = "library.db";

/// The SQLite release before which concurrent checkpoints could corrupt a WAL database.
const SAFE_SQLITE: i32 = 3_051_003;

/// An open library, and the lock on its directory: cheap to clone, closed with the last clone.
#[derive(Clone)]
pub struct Library {
    inner: Arc<Inner>,
}

struct Inner {
    writer: Mutex<Connection>,
    reader: Mutex<Connection>,
    directory: PathBuf,
    // Dies with the process, however it dies.
    lock: File,
    closed: AtomicBool,
}

impl Library {
    /// Opens (or makes) the library of a data directory and locks the directory.
    ///
    /// # Errors
    /// [`Error::Locked`] if another process has it, [`Error::NewerLibrary`], [`Error::Damaged`], or an input/output
    /// error.
    pub fn open(directory: &Path) -> Result<Self> {
        fs::create_dir_all(directory).map_err(|error| Error::io(directory, error))?;
        let lock = lock(directory)?;
        let path = directory.join(FILE);
        let mut writer = Connection::open(&path).map_err(|error| damaged(&path, error))?;
        if rusqlite::version_number() < SAFE_SQLITE {
            return Err(Error::Damaged(format!("SQLite {} is too old", rusqlite::version())));
        }
        prepare(&writer).map_err(|error| damaged(&path, error))?;
        migrate::migrate(&mut writer, &directory.join("backups"))?;
        let flags = OpenFlags::SQLITE_OPEN_READ_ONLY | OpenFlags::SQLITE_OPEN_NO_MUTEX | OpenFlags::SQLITE_OPEN_URI;
        let reader = Connection::open_with_flags(&path, flags)?;
        reader.busy_timeout(std::time::Duration::from_secs(5))?;
        let inner = Inner {
            writer: Mutex::new(writer),
            reader: Mutex::new(reader),
            directory: directory.to_owned(),
            lock,
            closed: AtomicBool::new(false),
        };
        Ok(Self { inner: Arc::new(inner) })
    }

    /// The data directory.
    pub fn directory(&self) -> &Path {
        &self.inner.directory
    }

    /// Gives the directory up for another engine: from here on nothing is written through any clone.
    pub fn close(&self) {
        // Under the writer's lock, so that no transaction is half way when the directory is given up.
        let _writer = self
            .inner
            .writer
            .lock()
            .unwrap_or_else(std::sync::PoisonError::into_inner);
        self.inner.closed.store(true, Ordering::SeqCst);
        if let Err(error) = self.inner.lock.unlock() {
            tracing::warn!(%error, "the data directory stays locked until the process ends");
        }
    }

    /// Runs `work` in one transaction on the writing connection; all of it is on the disk when this returns.
    ///
    /// # Errors
    /// Whatever `work` returns (and then nothing was changed), or the commit's.
    pub async fn write<T, F>(&self, work: F) -> Result<T>
    where
        T: Send + 'static,
        F: FnOnce(&Transaction<'_>) -> Result<T> + Send + 'static,
    {
        self.on(true, move |connection| {
            let tx = connection.transaction_with_behavior(TransactionBehavior::Immediate)?;
            let value = work(&tx)?;
            tx.commit()?;
            Ok(value)
        })
        .await
    }

    /// Runs `work` on the reading connection, in one consistent view.
    ///
    /// # Errors
    /// Whatever `work` returns.
    pub async fn read<T, F>(&self, work: F) -> Result<T>
    where
        T: Send + 'static,
        F: FnOnce(&Connection) -> Result<T> + Send + 'static,
    {
        self.on(false, move |connection| {
            let tx = connection.transaction()?;
            work(&tx)
        })
        .await
    }

    async fn on<T, F>(&self, writing: bool, work: F) -> Result<T>
    where
        T: Send + 'static,
        F: FnOnce(&mut Connection) -> Result<T> + Send + 'static,
    {
        let inner = Arc::clone(&self.inner);
        tokio::task::spawn_blocking(move || {
            let side = if writing { &inner.writer } else { &inner.reader };
            // A panic in another closure poisons nothing: its transaction was rolled back when it unwound.
            let mut connection = side.lock().unwrap_or_else(std::sync::PoisonError::into_inner);
            if writing && inner.closed.load(Ordering::SeqCst) {
                return Err(Error::Closing);
            }
            work(&mut connection)
        })
        .await
        .map_err(|_| Error::Closing)?
    }

    /// Writes a backup beside the library and keeps the newest three.
    ///
    /// # Errors
    /// Input/output or SQLite errors; the library itself is untouched.
    pub async fn back_up(&self, why: &'static str) -> Result<()> {
        let backups = self.inner.directory.join("backups");
        self.on(true, move |connection| migrate::back_up(connection, &backups, why))
            .await
    }
}

fn prepare(connection: &Connection) -> rusqlite::Result<()> {
    connection.busy_timeout(std::time::Duration::from_secs(5))?;
    connection.pragma_update(None, "journal_mode", "wal")?;
    // FULL: in WAL with NORMAL the last commits can vanish with the power, and a lost task id is money gone.
    connection.pragma_update(None, "synchronous", "full")?;
    // macOS only syncs to the drive's own cache otherwise; elsewhere these do nothing.
    connection.pragma_update(None, "fullfsync", true)?;
    connection.pragma_update(None, "checkpoint_fullfsync", true)?;
    connection.pragma_update(None, "foreign_keys", true)
}

fn lock(directory: &Path) -> Result<File> {
    let path = directory.join("engine.lock");
    let file = File::options()
        .create(true)
        .truncate(false)
        .write(true)
        .open(&path)
        .map_err(|error| Error::io(&path, error))?;
    match file.try_lock() {
        Ok(()) => Ok(file),
        Err(TryLockError::WouldBlock) => Err(Error::Locked(directory.to_owned())),
        Err(TryLockError::Error(error)) => Err(Error::io(&path, error)),
    }
}

fn damaged(path: &Path, error: rusqlite::Error) -> Error {
    match error.sqlite_error_code() {
        Some(rusqlite::ErrorCode::NotADatabase | rusqlite::ErrorCode::DatabaseCorrupt) => {
            Error::Damaged(error.to_string())
        }
        Some(rusqlite::ErrorCode::CannotOpen) => Error::io(path, std::io::Error::other(error.to_string())),
        _ => error.into(),
    }
}
