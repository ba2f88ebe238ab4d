//! An engine over a data directory, and what can be counted of it from outside.

use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Duration;

use engine::clock::SystemClock;
use engine::keys::FixedKeys;
use engine::library::NewTask;
use engine::view::TaskFields;
use engine::view::settings::Preferences;
use engine::{Engine, Media, Options};
use kie::{ApiKey, Client, Config, Proxy};
use rusqlite::{Connection, OpenFlags};
use simulator::Simulator;

/// A port that nobody listens on: an engine that only keeps cards.
pub(crate) const NOWHERE: &str = "http://127.0.0.1:9/";

pub(crate) async fn open(data: &Path, base: &str) -> engine::Result<Engine> {
    let base: url::Url = base.parse().expect("an address");
    Engine::open(Options {
        data_dir: data.to_owned(),
        service: Arc::new(Client::new(Config::new(base.clone(), base.clone())).expect("a client")),
        upload_host: base.to_string(),
        media: Media::new(&Proxy::None, true).expect("a client"),
        keys: Arc::new(FixedKeys::only(ApiKey::new("sim-library"))),
        clock: Arc::new(SystemClock),
        preferences: Preferences {
            poll_seconds: 0.1,
            ..Preferences::default()
        },
        demo: false,
    })
    .await
}

pub(super) async fn service(journal: Option<PathBuf>) -> Simulator {
    let limits = simulator::Limits::default();
    Simulator::start(simulator::Options {
        speed: 400.0,
        balance: 1e6,
        seed: Some(11),
        state_file: journal,
        limits,
        ..simulator::Options::default()
    })
    .await
    .expect("the stand-in starts")
}

pub(crate) fn card(prompt: impl Into<String>) -> NewTask {
    NewTask {
        number: None,
        fields: fields(prompt),
    }
}

pub(crate) fn fields(prompt: impl Into<String>) -> TaskFields {
    TaskFields {
        prompt: prompt.into(),
        ..TaskFields::default()
    }
}

/// Waits until `done` says so of the states, or the time is over; `false` then.
pub(super) async fn until(engine: &Engine, most: Duration, done: impl Fn(&[String]) -> bool) -> bool {
    let begin = std::time::Instant::now();
    loop {
        let reports = engine.reports(None, engine::words::Lang::En).await.unwrap_or_default();
        let states: Vec<String> = reports.into_iter().map(|report| report.state).collect();
        if done(&states) {
            return true;
        }
        if begin.elapsed() > most {
            return false;
        }
        tokio::time::sleep(Duration::from_millis(25)).await;
    }
}

/// Nothing is on its way to the till or at it.
pub(super) fn bought_out(states: &[String]) -> bool {
    !states
        .iter()
        .any(|state| matches!(state.as_str(), "queued" | "preparing" | "submitting"))
}

/// Nothing is under way at all.
pub(super) fn settled(states: &[String]) -> bool {
    bought_out(states)
        && !states
            .iter()
            .any(|state| matches!(state.as_str(), "generating" | "saving"))
}

/// The library as anybody can read it.
pub(crate) fn look(data: &Path) -> rusqlite::Result<Connection> {
    let flags = OpenFlags::SQLITE_OPEN_READ_ONLY | OpenFlags::SQLITE_OPEN_NO_MUTEX;
    Connection::open_with_flags(data.join(engine::library::FILE), flags)
}

/// Whether SQLite finds the file whole.
pub(super) fn whole(data: &Path) -> bool {
    look(data)
        .and_then(|db| db.query_row("PRAGMA integrity_check", [], |row| row.get::<_, String>(0)))
        .is_ok_and(|said| said == "ok")
}

/// Copies a folder with all that is in it.
pub(super) fn copy(from: &Path, to: &Path) {
    std::fs::create_dir_all(to).expect("a folder");
    for entry in std::fs::read_dir(from).expect("a folder") {
        let entry = entry.expect("an entry");
        let target = to.join(entry.file_name());
        if entry.file_type().expect("a kind").is_dir() {
            copy(&entry.path(), &target);
        } else {
            std::fs::copy(entry.path(), target).expect("a copy");
        }
    }
}

/// Files that have no business in a data directory once it is open.
pub(super) fn strays(data: &Path) -> Vec<String> {
    let mut found = Vec::new();
    let mut folders = vec![data.to_owned()];
    while let Some(folder) = folders.pop() {
        for entry in std::fs::read_dir(&folder).expect("a folder").flatten() {
            let path = entry.path();
            if path.is_dir() {
                folders.push(path);
                continue;
            }
            let within = path
                .strip_prefix(data)
                .expect("inside")
                .to_string_lossy()
                .replace('\\', "/");
            let known = ["library.db", "library.db-wal", "library.db-shm", "engine.lock"].contains(&within.as_str())
                || within.starts_with("backups/library-") && within.ends_with(".db")
                || within.starts_with("purchases/purchases-") && within.ends_with(".jsonl")
                || within.starts_with("library.damaged-");
            if !known {
                found.push(within);
            }
        }
    }
    found
}
