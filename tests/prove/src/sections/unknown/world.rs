//! One account at the stand-in, one engine that buys from it, and a way between them that loses answers.

use std::path::PathBuf;
use std::sync::Arc;
use std::time::{Duration, Instant};

use async_trait::async_trait;
use engine::clock::SystemClock;
use engine::doubt::verdict::Pace;
use engine::keys::FixedKeys;
use engine::library::NewTask;
use engine::service::Service;
use engine::view::TaskFields;
use engine::view::settings::Preferences;
use engine::words::Lang;
use engine::{Engine, Media, Options, Scope};
use kie::{ApiKey, CallError, Client, Config, GenerateRequest, Proxy, Record, Submission, Upload, Uploaded};
use rusqlite::{Connection, OpenFlags};
use simulator::{Limits, Simulator};
use tempfile::TempDir;

/// A fortieth of the real one.
pub(super) const PACE: Pace = Pace {
    first: 75,
    second: 750,
    longest: 3_000,
    last: 7_500,
};
const KEY: &str = "sim-unknown";

/// A client whose answers get lost, as words in the prompt ask: `#lost` after the purchase, `#never` before it left,
/// `#late=800` with the purchase so many milliseconds later.
struct Lossy(Client);

#[async_trait]
impl Service for Lossy {
    async fn generate(&self, key: &ApiKey, request: &GenerateRequest) -> Submission {
        let prompt = request.prompt.as_str();
        let late = prompt.split("#late=").nth(1).and_then(|text| text.trim().parse().ok());
        if let Some(late) = late {
            let (client, key, request) = (self.0.clone(), key.clone(), request.clone());
            tokio::spawn(async move {
                tokio::time::sleep(Duration::from_millis(late)).await;
                client.generate(&key, &request).await
            });
        } else if !prompt.contains("#never") {
            let answer = self.0.generate(key, request).await;
            if !prompt.contains("#lost") {
                return answer;
            }
        }
        Submission::Unknown {
            detail: "the connection was closed".to_owned(),
            status: None,
            body: String::new(),
        }
    }

    async fn record_info(&self, key: &ApiKey, service_id: &str) -> Record {
        self.0.record_info(key, service_id).await
    }

    async fn credit(&self, key: &ApiKey) -> Result<f64, CallError> {
        self.0.credit(key).await
    }

    async fn download_url(&self, key: &ApiKey, url: &url::Url) -> Result<url::Url, CallError> {
        self.0.download_url(key, url).await
    }

    async fn upload(&self, key: &ApiKey, file: Upload) -> Result<Uploaded, CallError> {
        self.0.upload(key, file).await
    }
}

pub(super) struct World {
    pub(super) service: Simulator,
    pub(super) engine: Engine,
    pub(super) client: Client,
    home: TempDir,
    batch: String,
}

impl World {
    /// `median`: how long a generation takes.
    pub(super) async fn new(median: Duration, seed: u64) -> Self {
        let service = Simulator::start(simulator::Options {
            median,
            balance: 100_000.0,
            seed: Some(seed),
            limits: Limits::off(),
            ..simulator::Options::default()
        })
        .await
        .unwrap();
        let home = tempfile::tempdir().unwrap();
        let base: url::Url = service.base().parse().unwrap();
        let client = Client::new(Config::new(base.clone(), base)).unwrap();
        let engine = Engine::open(Options {
            data_dir: home.path().join("data"),
            service: Arc::new(Lossy(client.clone())),
            upload_host: String::new(),
            media: Media::new(&Proxy::None, true).unwrap(),
            keys: Arc::new(FixedKeys::only(ApiKey::new(KEY.to_owned()))),
            clock: Arc::new(SystemClock),
            preferences: Preferences {
                poll_seconds: 0.2,
                // What is lost here is lost on purpose, many times in a row.
                pause_after: 0,
                ..Preferences::default()
            },
            demo: false,
        })
        .await
        .unwrap();
        engine.set_pace(PACE);
        engine.run();
        let folder = home.path().join("videos");
        std::fs::create_dir(&folder).unwrap();
        let folder = folder.to_string_lossy().into_owned();
        let batch = engine.create_batch("unknown", Some(folder)).await.unwrap().id;
        Self {
            service,
            engine,
            client,
            home,
            batch,
        }
    }

    /// Adds these and starts them, in this order.
    pub(super) async fn buy(&self, prompts: &[String]) -> Vec<String> {
        let new = prompts.iter().map(|prompt| NewTask {
            number: None,
            fields: TaskFields {
                prompt: prompt.clone(),
                ..TaskFields::default()
            },
        });
        let ids = self.engine.add(self.batch.clone(), new.collect()).await.unwrap();
        self.engine.start(Scope::Tasks(ids.clone()), None).await.unwrap();
        ids
    }

    pub(super) async fn state(&self, id: &str) -> String {
        let reports = self.engine.reports(Some(vec![id.to_owned()]), Lang::En).await;
        reports.unwrap().remove(0).state
    }

    /// Waits until all of these stand there; `false` where that takes too long.
    pub(super) async fn until(&self, ids: &[String], states: &[&str], patience: Duration) -> bool {
        let begin = Instant::now();
        for id in ids {
            while !states.contains(&self.state(id).await.as_str()) {
                if begin.elapsed() > patience {
                    return false;
                }
                tokio::time::sleep(Duration::from_millis(50)).await;
            }
        }
        true
    }

    /// Another client of the same account buys something.
    pub(super) async fn somebody_buys(&self, prompt: &str) -> Option<String> {
        let key = ApiKey::new("sim-somebody-else".to_owned());
        match self.client.generate(&key, &GenerateRequest::new(prompt)).await {
            Submission::Accepted { task_id } => Some(task_id),
            _ => None,
        }
    }

    /// The library as it lies on the disk.
    pub(super) fn library(&self) -> Connection {
        let path = self.home.path().join("data/library.db");
        let flags = OpenFlags::SQLITE_OPEN_READ_ONLY | OpenFlags::SQLITE_OPEN_NO_MUTEX;
        Connection::open_with_flags(path, flags).unwrap()
    }

    /// Names of whole files in the save folder.
    pub(super) fn videos(&self) -> usize {
        let folder: PathBuf = self.home.path().join("videos");
        let names = std::fs::read_dir(folder).unwrap().flatten();
        names
            .filter(|name| name.path().extension().is_some_and(|end| end == "mp4"))
            .count()
    }

    pub(super) async fn end(self) {
        self.engine.close(Duration::from_secs(2)).await;
        self.service.stop().await;
    }
}
