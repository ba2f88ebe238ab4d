//! An engine that finds bought, generated and unsaved videos in its library when it is opened: everything before the
//! saving is behind it, as after a restart. Real library, real files, real sockets.

use std::path::{Path, PathBuf};
use std::sync::{Arc, LazyLock};
use std::time::{Duration, Instant};

use engine::clock::{Clock, SystemClock};
use engine::keys::FixedKeys;
use engine::library::NewTask;
use engine::view::settings::Preferences;
use engine::view::{TaskCard, TaskFields};
use engine::words::Lang;
use engine::{Engine, Media, Options};
use kie::{ApiKey, Client, Config, Proxy};
use rusqlite::{Connection, params};
use tempfile::TempDir;

use super::clip;
use super::host::{Host, KEY};

/// What a bench is made of.
pub struct Setup {
    /// Number and link of each bought video.
    pub tasks: Vec<(String, String)>,
    /// Instead of the folder beside the library.
    pub folder: Option<PathBuf>,
    /// Instead of the data directory beside the folder.
    pub data: Option<PathBuf>,
    pub largest: Option<u64>,
    /// Whether the service is on a loopback address.
    pub loopback: bool,
    pub clock: Arc<dyn Clock>,
}

impl Setup {
    pub fn one(link: String) -> Self {
        Self::some([("0001", link)])
    }

    pub fn some<'a>(tasks: impl IntoIterator<Item = (&'a str, String)>) -> Self {
        Self {
            tasks: tasks
                .into_iter()
                .map(|(number, link)| (number.to_owned(), link))
                .collect(),
            folder: None,
            data: None,
            largest: None,
            loopback: true,
            clock: Arc::new(SystemClock),
        }
    }
}

pub struct Bench {
    pub home: TempDir,
    pub host: Host,
    pub engine: Engine,
    pub ids: Vec<String>,
    pub folder: PathBuf,
    pub data: PathBuf,
    loopback: bool,
    largest: Option<u64>,
    clock: Arc<dyn Clock>,
}

impl Bench {
    /// Fills a library and lets an engine run on it.
    pub async fn run(host: &Host, setup: Setup) -> Self {
        let bench = Self::rest(host, setup).await;
        bench.engine.run();
        bench
    }

    /// The same, with an engine that does not run yet.
    pub async fn rest(host: &Host, setup: Setup) -> Self {
        let home = tempfile::tempdir().expect("a folder");
        let folder = setup.folder.unwrap_or_else(|| home.path().join("videos"));
        let _ = std::fs::create_dir(&folder);
        let data = setup.data.unwrap_or_else(|| home.path().join("data"));
        let ids = fill(&data, &folder, &setup.tasks).await;
        let opened = open(&data, host.port, setup.loopback, setup.largest, setup.clock.clone()).await;
        Self {
            engine: opened,
            host: host.clone(),
            home,
            ids,
            folder,
            data,
            loopback: setup.loopback,
            largest: setup.largest,
            clock: setup.clock,
        }
    }

    /// Closes the engine as a quit does.
    pub async fn close(&self) {
        self.engine.close(Duration::from_secs(5)).await;
    }

    /// Opens the directory again and lets the engine run.
    pub async fn reopen(&mut self) {
        self.engine = open(
            &self.data,
            self.host.port,
            self.loopback,
            self.largest,
            self.clock.clone(),
        )
        .await;
        self.engine.run();
    }

    pub async fn card(&self, nth: usize) -> TaskCard {
        let ids = vec![self.ids[nth].clone()];
        self.engine.cards(ids, Lang::En).await.expect("the library").remove(0)
    }

    pub async fn state(&self, nth: usize) -> String {
        self.card(nth)
            .await
            .state
            .map(|state| state.to_string())
            .unwrap_or_default()
    }

    /// Waits until every task is in one of these states; what is wrong otherwise.
    pub async fn until(&self, states: &[&str], patience: Duration) -> Result<(), String> {
        let begin = Instant::now();
        loop {
            let looked = Instant::now();
            let cards = self
                .engine
                .cards(self.ids.clone(), Lang::En)
                .await
                .expect("the library");
            let left = cards.iter().find(|card| {
                let state = card.state.map(|state| state.to_string()).unwrap_or_default();
                !states.contains(&state.as_str())
            });
            let Some(card) = left else { return Ok(()) };
            if begin.elapsed() > patience {
                let why = card.trouble.as_ref().map(|trouble| trouble.cause.clone());
                return Err(format!(
                    "{} is {:?} after {patience:?}: {why:?}",
                    card.number, card.state
                ));
            }
            // Five hundred cards take a while to read in a debug build: looking must not take the time of what is
            // looked at.
            tokio::time::sleep(Duration::from_millis(25).max(looked.elapsed() * 9)).await;
        }
    }

    pub async fn done(&self) -> Result<(), String> {
        self.until(&["done"], Duration::from_secs(60)).await
    }

    /// Waits until something about the one task holds, as its take stands in the library.
    pub async fn until_take(&self, what: &str, holds: impl Fn(&Take) -> bool) -> Result<Take, String> {
        let begin = Instant::now();
        loop {
            let take = self.take();
            if holds(&take) {
                return Ok(take);
            }
            if begin.elapsed() > Duration::from_secs(20) {
                return Err(format!("{what}: {take:?}"));
            }
            tokio::time::sleep(Duration::from_millis(10)).await;
        }
    }

    /// The first take as it stands in the library.
    pub fn take(&self) -> Take {
        take(&self.data)
    }

    /// Names in the folder, sorted.
    pub fn names(&self) -> Vec<String> {
        names(&self.folder)
    }

    /// The folder holds these videos, whole, and nothing else.
    pub fn holds(&self, files: &[(&str, &[u8])]) -> Result<(), String> {
        let mut wanted: Vec<_> = files.iter().map(|(name, _)| (*name).to_owned()).collect();
        wanted.sort();
        if self.names() != wanted {
            return Err(format!("the folder holds {:?}", self.names()));
        }
        for (name, content) in files {
            let there = std::fs::read(self.folder.join(name)).map_err(|error| error.to_string())?;
            if !clip::is(&there, content) {
                return Err(format!("{name} is not what was made"));
            }
        }
        Ok(())
    }

    /// No name ending `.mp4` is there.
    pub fn holds_no_video(&self) -> Result<(), String> {
        let names = self.names();
        let wrong = names.iter().any(|name| name.to_lowercase().ends_with(".mp4"));
        if wrong {
            Err(format!("the folder holds {names:?}"))
        } else {
            Ok(())
        }
    }
}

/// A take's row.
#[derive(Clone, Debug)]
pub struct Take {
    pub id: String,
    pub part_name: Option<String>,
    pub bytes_durable: u64,
    pub file_name: Option<String>,
    pub due_at: Option<i64>,
}

/// The first take of a library.
pub fn take(data: &Path) -> Take {
    takes(data).remove(0)
}

/// The takes of a library, in the order of their tasks.
pub fn takes(data: &Path) -> Vec<Take> {
    let db = Connection::open(data.join("library.db")).expect("the library");
    db.busy_timeout(Duration::from_secs(10)).expect("patience");
    let mut query = db
        .prepare(
            "SELECT k.id, k.part_name, k.bytes_durable, k.file_name, t.due_at
             FROM take k JOIN task t ON t.attempt_id = k.attempt_id ORDER BY t.position",
        )
        .expect("takes");
    let rows = query.query_map([], |row| {
        Ok(Take {
            id: row.get(0)?,
            part_name: row.get(1)?,
            bytes_durable: row.get::<_, i64>(2)?.try_into().unwrap_or(0),
            file_name: row.get(3)?,
            due_at: row.get(4)?,
        })
    });
    rows.expect("takes").map(|row| row.expect("a take")).collect()
}

pub fn names(folder: &Path) -> Vec<String> {
    let entries = std::fs::read_dir(folder).expect("the folder");
    let mut names: Vec<_> = entries
        .map(|entry| entry.expect("an entry").file_name().to_string_lossy().into_owned())
        .collect();
    names.sort();
    names
}

/// Opens an engine on a data directory; port 0: with no service at all.
pub async fn open(data: &Path, port: u16, loopback: bool, largest: Option<u64>, clock: Arc<dyn Clock>) -> Engine {
    let base = format!("http://127.0.0.1:{port}");
    // Made once: in a debug build, reading the system's certificates takes longer than a whole row.
    static MEDIA: [LazyLock<Media>; 2] = [
        LazyLock::new(|| Media::new(&Proxy::None, false).expect("a client")),
        LazyLock::new(|| Media::new(&Proxy::None, true).expect("a client")),
    ];
    static NOBODY: LazyLock<Arc<Client>> = LazyLock::new(|| Arc::new(client("http://127.0.0.1:1")));
    let media = MEDIA[usize::from(loopback)].clone();
    let options = Options {
        data_dir: data.to_owned(),
        service: if port == 0 {
            NOBODY.clone()
        } else {
            Arc::new(client(&base))
        },
        upload_host: base,
        media: match largest {
            Some(bytes) => media.at_most(bytes),
            None => media,
        },
        keys: Arc::new(FixedKeys::only(ApiKey::new(KEY.to_owned()))),
        clock,
        preferences: Preferences::default(),
        demo: false,
    };
    Engine::open(options).await.expect("the engine")
}

fn client(base: &str) -> Client {
    let base: url::Url = base.parse().expect("an address");
    Client::new(Config::new(base.clone(), base)).expect("a client")
}

/// Makes a library with bought and generated videos that are not saved: the tasks' ids.
pub async fn fill(data: &Path, folder: &Path, tasks: &[(String, String)]) -> Vec<String> {
    let engine = open(data, 0, true, None, Arc::new(SystemClock)).await;
    let folder = folder.to_string_lossy().into_owned();
    let batch = engine.create_batch("Night", Some(folder)).await.expect("a batch").id;
    let new = tasks.iter().map(|(number, _)| NewTask {
        number: Some(number.clone()),
        fields: TaskFields {
            prompt: "a shot".to_owned(),
            ..TaskFields::default()
        },
    });
    let ids = engine.add(batch.clone(), new.collect()).await.expect("tasks");
    engine.close(Duration::from_secs(5)).await;
    drop(engine);
    let mut db = Connection::open(data.join("library.db")).expect("the library");
    let tx = db.transaction().expect("a transaction");
    let now = SystemClock.now_ms();
    for (nth, (id, (_, link))) in ids.iter().zip(tasks).enumerate() {
        let attempt = uuid::Uuid::now_v7().to_string();
        tx.execute(
            "INSERT INTO attempt (id, task_id, ordinal, outcome, body, body_hash, key_id, key_name, sent_at, service_id)
             VALUES (?1, ?2, 1, 'accepted', '{}', '', 'video', 'key', ?3, ?4)",
            params![attempt, id, now - 90_000, format!("service-{attempt}")],
        )
        .expect("an attempt");
        tx.execute(
            "INSERT INTO take (id, attempt_id, kind, ordinal, remote_url, linked_at) VALUES (?1, ?2, 'clip', 0, ?3, ?4)",
            params![uuid::Uuid::now_v7().to_string(), attempt, link, now - 1000],
        )
        .expect("a take");
        tx.execute(
            "UPDATE task SET state = 'saving', attempt_id = ?2, due_at = ?3, started_at = ?3 WHERE id = ?1",
            params![id, attempt, now - 100_000 + i64::try_from(nth).expect("few")],
        )
        .expect("a task");
    }
    tx.commit().expect("committed");
    ids
}
