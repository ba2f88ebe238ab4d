//! A whole engine against a whole stand-in service: real SQLite, real sockets, real files.
#![allow(dead_code, unreachable_pub)]

use std::path::PathBuf;
use std::sync::Arc;
use std::time::{Duration, Instant};

use engine::clock::SystemClock;
use engine::keys::FixedKeys;
use engine::library::NewTask;
use engine::view::settings::Preferences;
use engine::view::{ImageRef, TaskFields, TaskReport};
use engine::words::Lang;
use engine::{Engine, Media, Options, Scope};
use kie::{ApiKey, Client, Config, Proxy};
use simulator::Simulator;
use tempfile::TempDir;

pub const KEY: &str = "sim-canary-4711";

/// What a saved clip holds beside its recipe, which stands behind it, is one box, and is there exactly once.
pub fn media(saved: &[u8]) -> Vec<u8> {
    let name = b"uuidShotboard!Note";
    let places: Vec<_> = (0..saved.len()).filter(|at| saved[*at..].starts_with(name)).collect();
    let [at] = places[..] else {
        panic!("recipes at {places:?}")
    };
    let length = u32::from_be_bytes(saved[at - 4..at].try_into().unwrap()) as usize;
    [&saved[..at - 4], &saved[at - 4 + length..]].concat()
}

pub struct World {
    pub service: Simulator,
    pub home: TempDir,
    pub engine: Engine,
    pub batch: String,
}

pub fn fast() -> simulator::Options {
    simulator::Options {
        speed: 100.0,
        balance: 10_000.0,
        seed: Some(7),
        ..simulator::Options::default()
    }
}

pub fn preferences() -> Preferences {
    Preferences {
        poll_seconds: 0.2,
        ..Preferences::default()
    }
}

pub fn options(home: &TempDir, base: &str, key: &str, preferences: Preferences) -> Options {
    let base: url::Url = base.parse().unwrap();
    Options {
        data_dir: home.path().join("data"),
        service: Arc::new(Client::new(Config::new(base.clone(), base.clone())).unwrap()),
        upload_host: base.to_string(),
        media: Media::new(&Proxy::None, kie::is_loopback(&base)).unwrap(),
        keys: Arc::new(FixedKeys::only(ApiKey::new(key.to_owned()))),
        clock: Arc::new(SystemClock),
        preferences,
        demo: false,
    }
}

impl World {
    pub async fn new() -> Self {
        Self::with(fast(), preferences()).await
    }

    pub async fn with(service: simulator::Options, preferences: Preferences) -> Self {
        let service = Simulator::start(service).await.unwrap();
        let home = tempfile::tempdir().unwrap();
        let engine = Engine::open(options(&home, &service.base(), KEY, preferences))
            .await
            .unwrap();
        engine.run();
        let folder = home.path().join("videos");
        std::fs::create_dir(&folder).unwrap();
        let batch = engine
            .create_batch("Rain", Some(folder.to_string_lossy().into_owned()))
            .await
            .unwrap()
            .id;
        Self {
            service,
            home,
            engine,
            batch,
        }
    }

    /// One in which these were bought and saved, and their ids.
    pub async fn saved(prompts: &[&str]) -> (Self, Vec<String>) {
        Self::saved_with(prompts, preferences()).await
    }

    pub async fn saved_with(prompts: &[&str], preferences: Preferences) -> (Self, Vec<String>) {
        let world = Self::with(fast(), preferences).await;
        let ids = world.add(prompts).await;
        world.start(&ids).await;
        for id in &ids {
            assert_eq!(world.until(id, ENDED).await.state, "done");
        }
        (world, ids)
    }

    pub fn folder(&self) -> PathBuf {
        self.home.path().join("videos")
    }

    /// Closes the engine as a quit does and opens the directory again, against the same service.
    pub async fn reopen(&mut self) {
        self.engine.close(Duration::from_secs(5)).await;
        self.engine = Engine::open(options(&self.home, &self.service.base(), KEY, preferences()))
            .await
            .unwrap();
        self.engine.run();
    }

    pub async fn add(&self, prompts: &[&str]) -> Vec<String> {
        let new = prompts
            .iter()
            .map(|prompt| NewTask {
                number: None,
                fields: prompt_only(prompt),
            })
            .collect();
        self.engine.add(self.batch.clone(), new).await.unwrap()
    }

    pub async fn add_fields(&self, fields: TaskFields) -> String {
        self.engine
            .add(self.batch.clone(), vec![NewTask { number: None, fields }])
            .await
            .unwrap()
            .remove(0)
    }

    pub async fn start(&self, ids: &[String]) {
        self.engine.start(Scope::Tasks(ids.to_vec()), None).await.unwrap();
    }

    pub async fn report(&self, id: &str) -> TaskReport {
        self.engine
            .reports(Some(vec![id.to_owned()]), Lang::En)
            .await
            .unwrap()
            .remove(0)
    }

    /// Waits until the task is in one of these states.
    pub async fn until(&self, id: &str, states: &[&str]) -> TaskReport {
        self.within(id, states, Duration::from_secs(120)).await
    }

    pub async fn within(&self, id: &str, states: &[&str], patience: Duration) -> TaskReport {
        let begin = Instant::now();
        loop {
            let report = self.report(id).await;
            if states.contains(&report.state.as_str()) {
                return report;
            }
            assert!(begin.elapsed() < patience, "waiting for {states:?}, still {report:?}");
            tokio::time::sleep(Duration::from_millis(25)).await;
        }
    }

    /// Paid requests that the service saw for this prompt, and how many it accepted.
    pub fn posts(&self, prompt: &str) -> (usize, usize) {
        let ledger = self.service.ledger();
        (ledger.posts_with_prompt(prompt), ledger.accepted_with_prompt(prompt))
    }

    /// Names in the save folder, sorted.
    pub fn files(&self) -> Vec<String> {
        let mut names: Vec<String> = std::fs::read_dir(self.folder())
            .unwrap()
            .map(|entry| entry.unwrap().file_name().to_string_lossy().into_owned())
            .collect();
        names.sort();
        names
    }
}

pub const ENDED: &[&str] = &["done", "failed", "unconfirmed", "timedOut", "saveFailed", "cancelled"];

pub fn prompt_only(prompt: &str) -> TaskFields {
    TaskFields {
        prompt: prompt.to_owned(),
        ..TaskFields::default()
    }
}

pub fn link(url: &str) -> ImageRef {
    ImageRef::Link { url: url.to_owned() }
}

/// A file is a whole MP4.
pub fn assert_whole(path: &std::path::Path) {
    let file = std::fs::File::open(path).unwrap();
    let length = file.metadata().unwrap().len();
    let clip = engine::files::mp4::check(&mut std::io::BufReader::new(file), length).unwrap();
    assert!(clip.has_video && clip.has_audio && clip.duration_ms > 1000, "{clip:?}");
}
