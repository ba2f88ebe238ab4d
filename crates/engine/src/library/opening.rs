//! How a library is opened: whole, brought up to date, put back after damage, or only to be read.

use std::path::Path;

use rusqlite::{Connection, TransactionBehavior};

use super::backup::{self, read_only};
use super::mark::LastEnd;
use super::record::{self, Record};
use super::replay::{self, Elsewhere, or_damaged};
use super::restoration::{Restoration, Why};
use super::salvage::{self, Salvaged};
use super::{FILE, check, migrate, newer, note, prepare, restore};
use crate::error::{Error, Result};

/// An open library.
pub(super) struct Opened {
    pub(super) writer: Connection,
    /// `None`: a newer version's library, only to be read.
    pub(super) record: Option<Record>,
    /// The format of a newer version's.
    pub(super) newer: Option<i64>,
}

/// Opens, and puts right what has to be. The directory is locked.
///
/// # Errors
/// Input/output errors; [`Error::Damaged`] only where even a fresh library cannot be made.
pub(super) fn open(directory: &Path, last_end: LastEnd, now: i64) -> Result<Opened> {
    backup::sweep(directory);
    salvage::sweep(directory);
    restore::sweep(directory);
    if let Some(under_way) = restore::unfinished(directory) {
        return put_back(directory, &under_way, now);
    }
    match open_whole(directory, last_end, now) {
        Err(Error::Damaged(detail)) => {
            tracing::error!(detail, "the library is damaged");
            let why = if directory.join(FILE).exists() {
                Why::Damaged { detail }
            } else {
                Why::Gone
            };
            put_back(directory, &restore::begin(directory, why, now)?, now)
        }
        opened => opened,
    }
}

fn open_whole(directory: &Path, last_end: LastEnd, now: i64) -> Result<Opened> {
    let path = directory.join(FILE);
    let length = std::fs::metadata(&path).map_or(0, |meta| meta.len());
    if length == 0 && (record::exists(directory) || !backup::all(directory).is_empty()) {
        return Err(Error::Damaged("the file is empty or gone".to_owned()));
    }
    if length > 0 {
        let format = read_only(&path)
            .and_then(|db| migrate::format(&db))
            .map_err(or_damaged)?;
        if format > migrate::newest() {
            return Ok(Opened {
                writer: read_only(&path)?,
                record: None,
                newer: Some(format),
            });
        }
    }
    let mut writer = connect(&path)?;
    if last_end != LastEnd::Clean {
        check::open(&writer, last_end == LastEnd::Damaged)?;
    }
    migrate::migrate(&mut writer, directory, now).map_err(or_damaged)?;
    if last_end != LastEnd::Clean {
        check::against_record(&writer, directory)?;
    }
    let mut record = Record::open(directory).map_err(|error| Error::io(&directory.join(record::FOLDER), error))?;
    let ended = note::last_number(&writer)?.unwrap_or(0);
    let tale = record::tale(directory, ended);
    let older = tale.last > ended;
    if older || replay::unheard(&writer, &tale.lines)? {
        let as_of = older.then(|| modified(&path).unwrap_or(now));
        let elsewhere = Elsewhere {
            complete: tale.complete,
            lines: tale.lines,
            salvaged: Salvaged::default(),
            pictures: Vec::new(),
            as_of,
        };
        let told = Restoration {
            why: Why::Older,
            aside: None,
            backup: None,
            complete: tale.complete,
            found: super::restoration::Found::default(),
        };
        add(&mut writer, &record, &elsewhere, told, now)?;
    }
    if !record::exists(directory) {
        record
            .begin(ended)
            .map_err(|error| Error::io(&directory.join(record::FOLDER), error))?;
    }
    note::catch_up(&writer, &mut record)?;
    // What the library no longer holds to be added is missing from the record for good, and is known to be.
    if record.last < ended {
        record
            .begin(ended)
            .map_err(|error| Error::io(&directory.join(record::FOLDER), error))?;
    }
    note::clear(&writer, record.last)?;
    Ok(Opened {
        writer,
        record: Some(record),
        newer: None,
    })
}

/// The newest backup in the place of the damaged file, with everything that is known from elsewhere.
fn put_back(directory: &Path, under_way: &restore::UnderWay, now: i64) -> Result<Opened> {
    let found = restore::exchange(directory, under_way)?;
    let mut writer = connect(&directory.join(FILE))?;
    migrate::migrate_unsaved(&mut writer)?;
    let mut record = Record::open(directory).map_err(|error| Error::io(&directory.join(record::FOLDER), error))?;
    // A backup from before there was a record: what happened until the record began, nobody knows.
    let ended = found.as_ref().map_or(Ok(Some(0)), |(path, _)| {
        read_only(path).and_then(|db| note::last_number(&db))
    })?;
    let tale = record::tale(directory, ended.unwrap_or(0));
    let salvaged = under_way
        .aside
        .as_ref()
        .map(|aside| salvage::salvage(directory, &directory.join(aside)))
        .unwrap_or_default();
    // The damaged file knew of more than the record does.
    let ahead = salvaged.last_number.is_some_and(|last| last > tale.last);
    let elsewhere = Elsewhere {
        complete: tale.complete && ended.is_some() && !ahead,
        lines: tale.lines,
        pictures: newer::unknown_pictures(&writer, directory, &salvaged.pictures)?,
        salvaged,
        as_of: Some(found.as_ref().map_or(0, |(_, at)| *at)),
    };
    let told = Restoration {
        why: under_way.why.clone(),
        aside: under_way.aside.clone(),
        backup: found.map(|(path, at)| {
            let name = path.file_name().unwrap_or_default().to_string_lossy().into_owned();
            (name, at)
        }),
        complete: elsewhere.complete,
        found: super::restoration::Found::default(),
    };
    add(&mut writer, &record, &elsewhere, told, now)?;
    note::catch_up(&writer, &mut record)?;
    restore::finish(directory)?;
    crash_point!("restore::finished");
    Ok(Opened {
        writer,
        record: Some(record),
        newer: None,
    })
}

/// Adds what is known from elsewhere and keeps what is to be told, in one transaction.
fn add(writer: &mut Connection, record: &Record, elsewhere: &Elsewhere, mut told: Restoration, now: i64) -> Result<()> {
    let tx = writer.transaction_with_behavior(TransactionBehavior::Immediate)?;
    note::raise_number(&tx, record.last)?;
    told.found = replay::replay(&tx, elsewhere, now)?;
    // A single answer that was heard and not committed is put where it belongs without a word.
    if elsewhere.as_of.is_some() {
        told.keep(&tx, now)?;
    }
    tracing::warn!(?told, "the library was brought up to date");
    crash_point!("restore::replayed");
    tx.commit()?;
    crash_point!("restore::committed");
    Ok(())
}

fn connect(path: &Path) -> Result<Connection> {
    let connection = Connection::open(path).map_err(|error| super::damaged(path, error))?;
    prepare(&connection).map_err(|error| super::damaged(path, error))?;
    Ok(connection)
}

fn modified(path: &Path) -> Option<i64> {
    let at = std::fs::metadata(path).ok()?.modified().ok()?;
    let since = at.duration_since(std::time::UNIX_EPOCH).ok()?;
    i64::try_from(since.as_millis()).ok()
}
