//! The library: one SQLite file that is the truth about every task.
//!
//! One connection writes (WAL, `synchronous=FULL`: a lost row here is money lost), another reads, so that a slow list
//! never waits in front of a purchase. All SQL is in this folder; everything else sees rows and steps. Beside the file
//! lie backups and the purchase record; how damage is found and put right is in `opening`.

pub(crate) mod attempts;
mod backup;
pub(crate) mod batches;
pub(crate) mod canary;
mod check;
pub(crate) mod doubt;
pub(crate) mod due;
pub(crate) mod evidence;
pub(crate) mod fences;
mod filter;
mod finds;
pub(crate) mod finishes;
pub(crate) mod history;
pub(crate) mod images;
mod mark;
mod migrate;
pub(crate) mod named;
mod newer;
mod note;
mod opening;
pub(crate) mod order;
pub(crate) mod outlook;
pub(crate) mod query;
mod record;
pub(crate) mod renaming;
mod replay;
mod restoration;
mod restore;
pub(crate) mod review;
mod rows;
mod salvage;
pub(crate) mod sheets;
pub(crate) mod spending;
pub(crate) mod step;
pub(crate) mod takes;
pub(crate) mod tally;
pub(crate) mod tasks;
pub(crate) mod turns;
pub(crate) mod watching;

use std::fs;
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use rusqlite::{Connection, Transaction, TransactionBehavior};

use crate::error::{Error, Result};
use crate::view::LibraryNotice;
use crate::words::Lang;
use mark::Mark;
use record::{Line, Record, What};

pub use attempts::{Attempt, Intent, Outcome};
pub use batches::Batch;
pub use history::Event;
pub use images::KeptImage;
pub(crate) use restoration::when;
pub use rows::TaskRow;
pub use step::Stepped;
pub use takes::Take;
pub use tally::Totals;
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
    /// `None` once it is closed for good: the file is not touched any more.
    writer: Mutex<Option<Connection>>,
    reader: Mutex<Option<Connection>>,
    /// `None` for a library that is only read.
    record: Mutex<Option<Record>>,
    /// Something is committed that could not be added to the record yet.
    behind: AtomicBool,
    directory: PathBuf,
    /// The format, where a newer version made it.
    newer: Option<i64>,
    mark: Mark,
    damaged: AtomicBool,
    closed: AtomicBool,
}

impl Library {
    /// Opens (or makes) the library of a data directory and locks the directory. A damaged one is set aside, and the
    /// newest good backup takes its place, brought up to date with what else is known; one from a newer version is
    /// opened to be read. What was done is told by [`Library::notice`].
    ///
    /// # Errors
    /// [`Error::Locked`] if another process has it, or an input/output error.
    pub fn open(directory: &Path) -> Result<Self> {
        fs::create_dir_all(directory).map_err(|error| Error::io(directory, error))?;
        let mark = Mark::lock(directory)?;
        if rusqlite::version_number() < SAFE_SQLITE {
            return Err(Error::Damaged(format!("SQLite {} is too old", rusqlite::version())));
        }
        let now = jiff::Timestamp::now().as_millisecond();
        let opened = opening::open(directory, mark.last_end, now)?;
        if opened.newer.is_none() {
            mark.set().map_err(|error| Error::io(directory, error))?;
        }
        let reader = backup::read_only(&directory.join(FILE))?;
        finds::teach(&reader)?;
        let inner = Inner {
            writer: Mutex::new(Some(opened.writer)),
            reader: Mutex::new(Some(reader)),
            record: Mutex::new(opened.record),
            behind: AtomicBool::new(false),
            directory: directory.to_owned(),
            newer: opened.newer,
            mark,
            damaged: AtomicBool::new(false),
            closed: AtomicBool::new(false),
        };
        Ok(Self { inner: Arc::new(inner) })
    }

    /// The data directory.
    pub fn directory(&self) -> &Path {
        &self.inner.directory
    }

    /// Whether it is only read: a newer version made it.
    pub fn is_read_only(&self) -> bool {
        self.inner.newer.is_some()
    }

    /// Whether the file was found damaged since it was opened. It is put right at the next start.
    pub fn is_damaged(&self) -> bool {
        self.inner.damaged.load(Ordering::SeqCst)
    }

    /// Gives the directory up for another engine: from here on nothing is written through any clone.
    pub fn close(&self) {
        // Under the writer's lock, so that no transaction is half way when the directory is given up.
        let writer = held(&self.inner.writer);
        if self.inner.closed.swap(true, Ordering::SeqCst) {
            return;
        }
        if let Some(writer) = writer.as_ref().filter(|_| !self.is_read_only()) {
            // Nothing is left to be written when this connection goes at last.
            let _ = writer.query_row("PRAGMA wal_checkpoint(TRUNCATE)", [], |_| Ok(()));
        }
        self.inner.end();
    }

    /// What the user has to be told of the library as a whole: that it was put back, or that it can only be read.
    ///
    /// # Errors
    /// The library's.
    pub async fn notice(&self, lang: Lang) -> Result<Option<LibraryNotice>> {
        if self.is_read_only() {
            return Ok(Some(newer_notice(lang)));
        }
        let untold = self.read(restoration::untold).await?;
        Ok(untold.map(|(_, told)| told.say(lang)))
    }

    /// The user has read it.
    ///
    /// # Errors
    /// The library's.
    pub async fn notice_read(&self, now: i64) -> Result<()> {
        self.write(move |tx| restoration::set_told(tx, now)).await
    }

    /// Adds to the purchase record, at once and whatever the library can do now, that the service gave an id.
    pub(crate) async fn heard(&self, attempt_id: &str, service_id: &str) {
        let what = What::Heard {
            attempt_id: attempt_id.to_owned(),
            service_id: service_id.to_owned(),
        };
        let inner = Arc::clone(&self.inner);
        let added = tokio::task::spawn_blocking(move || {
            let mut record = held(&inner.record);
            record.as_mut().map(|record| record.add(&[Line { n: 0, what }]))
        });
        if let Ok(Some(Err(error))) = added.await {
            tracing::error!(%error, service_id, "an id could not be added to the purchase record");
        }
    }

    /// Whether everything that was committed stands in the purchase record too: asked before money is spent.
    pub(crate) fn recorded(&self) -> bool {
        !self.inner.behind.load(Ordering::SeqCst)
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
            let mut connection = held(side);
            if writing {
                inner.may_write()?;
            }
            let connection = connection.as_mut().ok_or(Error::Closing)?;
            let done = work(connection).map_err(|error| inner.judged(error))?;
            if writing {
                inner.note(connection);
            }
            Ok(done)
        })
        .await
        .map_err(|_| Error::Closing)?
    }

    /// Writes a backup beside the library and keeps the newest three of its kind. Nobody waits for it: it is made by a
    /// connection of its own. `why`: a word for its name.
    ///
    /// # Errors
    /// Input/output or SQLite errors, [`Error::Damaged`]; the library itself is untouched.
    pub async fn back_up(&self, why: &'static str) -> Result<()> {
        let inner = Arc::clone(&self.inner);
        tokio::task::spawn_blocking(move || {
            inner.may_write()?;
            let now = jiff::Timestamp::now().as_millisecond();
            backup::write_beside(&inner.directory, why, now).map_err(|error| inner.judged(error))?;
            if let Some(oldest) = backup::oldest_number(&inner.directory) {
                record::forget_before(&inner.directory, oldest);
            }
            Ok(())
        })
        .await
        .map_err(|_| Error::Closing)?
    }

    /// When the newest daily backup was made (ms), where there is one.
    pub(crate) async fn backed_up_at(&self) -> Option<i64> {
        let directory = self.inner.directory.clone();
        let all = tokio::task::spawn_blocking(move || backup::all(&directory))
            .await
            .ok()?;
        all.iter().find(|backup| !backup.before_format).map(|backup| backup.at)
    }
}

impl Inner {
    fn may_write(&self) -> Result<()> {
        if let Some(found) = self.newer {
            let known = migrate::newest();
            return Err(Error::NewerLibrary { found, known });
        }
        if self.closed.load(Ordering::SeqCst) {
            return Err(Error::Closing);
        }
        if self.damaged.load(Ordering::SeqCst) {
            return Err(Error::Damaged("found while it was in use".to_owned()));
        }
        Ok(())
    }

    /// An error that says the file is damaged is the last one: nothing is written to it any more.
    fn judged(&self, error: Error) -> Error {
        let error = replay::or_damaged(error);
        if matches!(error, Error::Damaged(_)) && !self.damaged.swap(true, Ordering::SeqCst) {
            tracing::error!(%error, "the library is damaged; it is put right at the next start");
            if !self.closed.load(Ordering::SeqCst) && self.newer.is_none() {
                let _ = self.mark.set_damaged();
            }
        }
        error
    }

    /// Adds what was just committed to the purchase record.
    fn note(&self, connection: &Connection) {
        let Some(record) = &mut *held(&self.record) else { return };
        let noted = note::catch_up(connection, record);
        if let Err(error) = &noted {
            tracing::error!(%error, "the purchase record could not be written");
        }
        self.behind.store(noted.is_err(), Ordering::SeqCst);
    }

    /// Notes a clean end and lets the directory go.
    fn end(&self) {
        if self.newer.is_none()
            && !self.damaged.load(Ordering::SeqCst)
            && let Err(error) = self.mark.clear(&self.directory)
        {
            tracing::warn!(%error, "the library is looked through at the next start");
        }
        if let Err(error) = self.mark.unlock() {
            tracing::warn!(%error, "the data directory stays locked until the process ends");
        }
    }
}

impl Drop for Inner {
    fn drop(&mut self) {
        // Closed before the mark is cleared: SQLite folds its log into the file then.
        let writer = self.writer.get_mut().unwrap_or_else(PoisonError::into_inner).take();
        let reader = self.reader.get_mut().unwrap_or_else(PoisonError::into_inner).take();
        drop((reader, writer));
        if !self.closed.swap(true, Ordering::SeqCst) {
            self.end();
        }
    }
}

fn held<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

fn newer_notice(lang: Lang) -> LibraryNotice {
    let pick = |en: &str, zh: &str| lang.pick(en, zh).to_owned();
    LibraryNotice {
        title: pick("Only to look at", "只能查看"),
        text: pick(
            "This library was made by a newer version of Shotboard. Nothing can be bought or changed here. Get the newer version to go on.",
            "这个任务库由更新版本的 Shotboard 创建，这里不能购买，也不能修改。请安装新版本后继续。",
        ),
        details: Vec::new(),
        read_only: true,
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
    connection.pragma_update(None, "foreign_keys", true)?;
    finds::teach(connection)
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
