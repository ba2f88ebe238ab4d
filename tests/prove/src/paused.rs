//! The real engine before a service in virtual time: hours pass in seconds, and every request is counted.
//!
//! The service stands at the engine's own seam, so nothing goes over a network: how the real one is spoken to is proved
//! elsewhere. It keeps the two documented limits by sliding windows, counts what it refuses, makes each video in a time
//! that is drawn from a model, and can be out of reach. The library is a real one.

use std::collections::HashMap;
use std::future::Future;
use std::path::Path;
use std::sync::atomic::{AtomicI64, AtomicU64, Ordering};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use async_trait::async_trait;
use engine::clock::{Clock, TokioClock};
use engine::keys::FixedKeys;
use engine::library::NewTask;
use engine::service::Service;
use engine::view::TaskFields;
use engine::view::settings::Preferences;
use engine::words::Lang;
use engine::{Engine, Media, Options, Scope};
use futures_util::StreamExt;
use kie::{ApiKey, CallError, GenerateRequest, Generated, Proxy, Record, Submission, Upload, Uploaded};
use tempfile::TempDir;
use tokio::time::Instant;

use crate::chance::{Chance, Model};

/// Where every wall clock in here begins (ms).
const EPOCH: i64 = 1_795_000_000_000;

/// Runs something on a paused clock of its own, on a thread of its own.
pub async fn paused<T: Send + 'static, F: Future<Output = T>>(work: impl FnOnce() -> F + Send + 'static) -> T {
    tokio::task::spawn_blocking(move || {
        tokio::runtime::Builder::new_current_thread()
            .enable_all()
            .start_paused(true)
            .build()
            .unwrap()
            .block_on(work())
    })
    .await
    .unwrap()
}

/// Runs many, each on a paused clock of its own, two at a time: what is counted in one is nothing of the machine's speed.
/// What comes back stands in the order of what was given.
pub async fn paused_each<I: Send + 'static, T: Send + 'static, F: Future<Output = T>>(
    each: impl IntoIterator<Item = I>,
    work: impl Fn(I) -> F + Clone + Send + 'static,
) -> Vec<T> {
    futures_util::stream::iter(each)
        .map(|one| {
            let work = work.clone();
            paused(move || work(one))
        })
        .buffered(2)
        .collect()
        .await
}

/// A wall clock that can be set, and a computer that can sleep: the timers stand still, the world goes on.
#[derive(Debug)]
pub struct World {
    wall: TokioClock,
    begin: Instant,
    set_ms: AtomicI64,
    slept_ms: AtomicU64,
}

impl World {
    fn new() -> Arc<Self> {
        Arc::new(Self {
            wall: TokioClock::starting_at(EPOCH),
            begin: Instant::now(),
            set_ms: AtomicI64::new(0),
            slept_ms: AtomicU64::new(0),
        })
    }

    /// Somebody sets the clock.
    pub fn set_clock_by(&self, ms: i64) {
        self.set_ms.fetch_add(ms, Ordering::SeqCst);
    }

    /// The lid is closed and opened again: no timer runs meanwhile.
    pub fn sleep(&self, long: Duration) {
        self.slept_ms.fetch_add(long.as_millis() as u64, Ordering::SeqCst);
    }

    /// What a clock on the service's wall has seen pass, in seconds.
    pub fn seconds(&self) -> f64 {
        self.begin.elapsed().as_secs_f64() + self.slept_ms.load(Ordering::SeqCst) as f64 / 1000.0
    }
}

impl Clock for World {
    fn now_ms(&self) -> i64 {
        let slept = i64::try_from(self.slept_ms.load(Ordering::SeqCst)).unwrap();
        self.wall.now_ms() + slept + self.set_ms.load(Ordering::SeqCst)
    }
}

/// Whether the service can be reached.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Reach {
    /// It can.
    Well,
    /// No connection comes about.
    Gone,
    /// Something else answers everything with a page.
    Portal,
}

/// One bought task, as the service knows it. Seconds of [`World::seconds`].
#[derive(Clone, Debug)]
pub struct Made {
    /// The prompt it was bought with.
    pub prompt: String,
    /// When it was taken.
    pub taken: f64,
    /// When it is done.
    pub done: f64,
    /// When it was asked about, answered or not.
    pub asked: Vec<f64>,
    /// When the app first heard that it is done.
    pub heard: Option<f64>,
}

/// What the service saw.
#[derive(Clone, Debug, Default)]
pub struct Seen {
    /// Bought tasks, by id.
    pub made: HashMap<String, Made>,
    /// Paid requests that arrived, and which of them were refused for the limit.
    pub posts: Vec<f64>,
    /// Refused for the limit of generations.
    pub posts_refused: usize,
    /// Status queries that arrived, in order, with their task.
    pub queries: Vec<(f64, String)>,
    /// Refused for the limit of queries.
    pub queries_refused: usize,
    /// Requests that met no service, or somebody else.
    pub lost: Vec<f64>,
}

impl Seen {
    /// Heard of, with the time each was done unnoticed (s).
    pub fn lags(&self) -> Vec<f64> {
        self.made
            .values()
            .filter_map(|made| made.heard.map(|at| at - made.done))
            .collect()
    }

    /// Queries for each task that was heard of.
    pub fn polls_each(&self) -> f64 {
        let heard: Vec<_> = self.made.values().filter(|made| made.heard.is_some()).collect();
        heard.iter().map(|made| made.asked.len()).sum::<usize>() as f64 / heard.len() as f64
    }
}

/// The service.
pub struct Stand {
    world: Arc<World>,
    model: Model,
    /// Each request is on its way for up to so many seconds.
    jitter: f64,
    /// It tells when a task was taken and done.
    tells: bool,
    /// It says no in the end, so that nothing has to be saved.
    refuses: bool,
    chance: Mutex<Chance>,
    /// How long the next ones take, the next last; then it is drawn.
    takes: Mutex<Vec<f64>>,
    seen: Mutex<Seen>,
    reach: Mutex<Reach>,
}

impl Stand {
    /// What it has seen so far.
    pub fn seen(&self) -> Seen {
        self.seen.lock().unwrap().clone()
    }

    /// Whether it can be reached from now on.
    pub fn be(&self, reach: Reach) {
        *self.reach.lock().unwrap() = reach;
    }

    async fn travel(&self) -> Reach {
        let way = self.chance.lock().unwrap().unit() * self.jitter;
        tokio::time::sleep(Duration::from_secs_f64(way)).await;
        let reach = *self.reach.lock().unwrap();
        if reach != Reach::Well {
            self.seen.lock().unwrap().lost.push(self.world.seconds());
        }
        reach
    }
}

/// Whether one more may arrive in a window; sleeping computers send nothing, so the world's seconds will do.
fn full(arrived: impl DoubleEndedIterator<Item = f64>, now: f64, window: f64, limit: usize) -> bool {
    arrived.rev().take_while(|at| now - at < window).count() >= limit
}

fn page() -> String {
    "<html><title>Welcome to the hotel</title></html>".to_owned()
}

#[async_trait]
impl Service for Stand {
    async fn generate(&self, _: &ApiKey, request: &GenerateRequest) -> Submission {
        match self.travel().await {
            Reach::Well => {}
            Reach::Gone => {
                return Submission::NotSent {
                    detail: "no route".to_owned(),
                };
            }
            Reach::Portal => {
                return Submission::Unknown {
                    detail: "unreadable".to_owned(),
                    status: Some(200),
                    body: page(),
                };
            }
        }
        let now = self.world.seconds();
        let mut seen = self.seen.lock().unwrap();
        if full(seen.posts.iter().copied(), now, 10.0, 20) {
            seen.posts_refused += 1;
            return Submission::TryLater {
                code: 429,
                message: "too many".to_owned(),
                retry_after: None,
            };
        }
        seen.posts.push(now);
        let id = format!("{:032x}", seen.posts.len());
        let set = self.takes.lock().unwrap().pop();
        let took = set.unwrap_or_else(|| self.model.draw(&mut self.chance.lock().unwrap()));
        let made = Made {
            prompt: request.prompt.clone(),
            taken: now,
            done: now + took,
            asked: Vec::new(),
            heard: None,
        };
        seen.made.insert(id.clone(), made);
        Submission::Accepted { task_id: id }
    }

    async fn record_info(&self, _: &ApiKey, id: &str) -> Record {
        let later = |detail: &str| Record::TryLater {
            retry_after: None,
            detail: detail.to_owned(),
        };
        match self.travel().await {
            Reach::Well => {}
            Reach::Gone => return later("no route"),
            Reach::Portal => return later("200: Welcome to the hotel"),
        }
        let now = self.world.seconds();
        let mut seen = self.seen.lock().unwrap();
        if full(seen.queries.iter().map(|query| query.0), now, 1.0, 10) {
            seen.queries_refused += 1;
            return later("429: too many");
        }
        seen.queries.push((now, id.to_owned()));
        let made = seen.made.get_mut(id).unwrap();
        made.asked.push(now);
        let whole = |seconds: f64| EPOCH + 8 * 3_600_000 + seconds as i64 * 1000;
        if now < made.done {
            return Record::Pending {
                created_at: Some(whole(made.taken)),
                progress: None,
                param_json: None,
            };
        }
        made.heard.get_or_insert(now);
        if self.refuses {
            return Record::Failed {
                code: Some(400),
                message: "flagged".to_owned(),
                param_json: None,
            };
        }
        Record::Success {
            result: Generated {
                urls: vec!["https://media.invalid/clip.mp4".to_owned()],
                created_at: self.tells.then(|| whole(made.taken)),
                completed_at: self.tells.then(|| whole(made.done)),
                ..Generated::default()
            },
        }
    }

    async fn credit(&self, _: &ApiKey) -> Result<f64, CallError> {
        match self.travel().await {
            Reach::Well => Ok(1e6),
            Reach::Gone | Reach::Portal => Err(CallError::TryLater {
                retry_after: None,
                detail: page(),
            }),
        }
    }

    async fn download_url(&self, _: &ApiKey, url: &url::Url) -> Result<url::Url, CallError> {
        Ok(url.clone())
    }

    async fn upload(&self, _: &ApiKey, _: Upload) -> Result<Uploaded, CallError> {
        Err(CallError::Refused {
            code: 400,
            message: "no images here".to_owned(),
            spoken: true,
        })
    }
}

/// What a run is made of.
#[derive(Clone)]
pub struct Setting {
    /// How long videos take.
    pub model: Model,
    /// The seed of everything drawn.
    pub seed: u64,
    /// Each request is on its way for up to so many seconds.
    pub jitter: f64,
    /// The service tells its own times.
    pub tells: bool,
    /// The service refuses in the end: nothing is learned and nothing saved.
    pub refuses: bool,
    /// How long the first ones take, in seconds; the others are drawn.
    pub takes: Vec<f64>,
    /// Finished generations that this machine has seen already, in seconds.
    pub history: Vec<f64>,
    /// The user's choices.
    pub preferences: Preferences,
}

/// An engine at work in virtual time.
pub struct Desk {
    /// The service.
    pub stand: Arc<Stand>,
    /// The clocks.
    pub world: Arc<World>,
    engine: Option<Engine>,
    home: TempDir,
    setting: Setting,
    batch: String,
}

impl Desk {
    /// Opens an engine on a fresh library.
    pub async fn new(setting: Setting) -> Self {
        let world = World::new();
        let stand = Arc::new(Stand {
            world: Arc::clone(&world),
            model: setting.model.clone(),
            jitter: setting.jitter,
            tells: setting.tells,
            refuses: setting.refuses,
            chance: Mutex::new(Chance::new(setting.seed)),
            takes: Mutex::new(setting.takes.iter().rev().copied().collect()),
            seen: Mutex::default(),
            reach: Mutex::new(Reach::Well),
        });
        let mut desk = Self {
            stand,
            world,
            engine: None,
            home: quick_folder(),
            setting,
            batch: String::new(),
        };
        if !desk.setting.history.is_empty() {
            drop(engine::library::Library::open(desk.home.path()).unwrap());
            teach(desk.home.path(), &desk.setting.history);
        }
        desk.open().await;
        let knows = desk.engine().usual_time(&TaskFields::default()).is_some();
        let taught = desk.setting.history.len() >= engine::timing::LEARNED_FROM;
        assert_eq!(knows, taught, "the engine has learned what it was taught");
        desk.batch = desk.engine().create_batch("many", None).await.unwrap().id;
        desk
    }

    /// The engine.
    pub fn engine(&self) -> &Engine {
        self.engine.as_ref().unwrap()
    }

    async fn open(&mut self) {
        let engine = Engine::open(Options {
            data_dir: self.home.path().to_owned(),
            service: Arc::clone(&self.stand) as Arc<dyn Service>,
            upload_host: String::new(),
            media: Media::new(&Proxy::None, true).unwrap(),
            keys: Arc::new(FixedKeys::only(ApiKey::new("k-1234".to_owned()))),
            clock: Arc::clone(&self.world) as Arc<dyn Clock>,
            // The stand-in ends many alike, and what is counted here is how they were asked for.
            preferences: Preferences {
                pause_after: 0,
                ..self.setting.preferences.clone()
            },
            demo: false,
        })
        .await
        .unwrap();
        engine.run();
        self.engine = Some(engine);
    }

    /// Ends the app and opens it again; what was left in the queue goes on.
    pub async fn restart(&mut self, closed_for: Duration) {
        let engine = self.engine.take().unwrap();
        engine.close(Duration::from_secs(5)).await;
        drop(engine);
        tokio::time::sleep(closed_for).await;
        self.open().await;
        self.engine().start(Scope::LeftOver, None).await.unwrap();
    }

    /// Adds shots and starts them.
    pub async fn start(&self, shots: usize) {
        let tasks = (0..shots).map(|nth| NewTask {
            number: None,
            fields: TaskFields {
                prompt: format!("shot {nth}"),
                ..TaskFields::default()
            },
        });
        let ids = self.engine().add(self.batch.clone(), tasks.collect()).await.unwrap();
        self.engine().start(Scope::Tasks(ids), None).await.unwrap();
    }

    /// How many tasks stand in each state.
    pub async fn states(&self) -> HashMap<String, usize> {
        let mut states = HashMap::new();
        for report in self.engine().reports(None, Lang::En).await.unwrap() {
            *states.entry(report.state).or_default() += 1;
        }
        states
    }

    /// The service's ids of what is being watched and due by now, the longest due first: what the disk says.
    pub fn due_order(&self) -> Vec<String> {
        let db = rusqlite::Connection::open(self.home.path().join(engine::library::FILE)).unwrap();
        let mut query = db
            .prepare(
                "SELECT a.service_id FROM task t JOIN attempt a ON a.id = t.attempt_id
                 WHERE t.state = 'generating' AND t.due_at <= ?1 ORDER BY t.due_at, t.id",
            )
            .unwrap();
        let rows = query.query_map([self.world.now_ms()], |row| row.get(0)).unwrap();
        rows.map(Result::unwrap).collect()
    }

    /// Waits, in virtual time, until something holds; gives up after some hours.
    pub async fn until(&self, hours: u64, holds: impl Fn(&Seen) -> bool) -> bool {
        let begin = Instant::now();
        while !holds(&self.stand.seen.lock().unwrap()) {
            if begin.elapsed() > Duration::from_secs(3600 * hours) {
                return false;
            }
            tokio::time::sleep(Duration::from_secs(2)).await;
        }
        true
    }

    /// Closes the engine.
    pub async fn end(mut self) -> Seen {
        if let Some(engine) = self.engine.take() {
            engine.close(Duration::from_secs(5)).await;
        }
        self.stand.seen()
    }
}

/// In memory where the system offers that: what is proved here is about time, and other sections prove the disk.
fn quick_folder() -> TempDir {
    tempfile::tempdir_in("/dev/shm")
        .or_else(|_| tempfile::tempdir())
        .unwrap()
}

/// Puts finished generations into a library, as if this machine had made them a day ago with a card that is no longer
/// on the board: 720p from text with the usual model. All that refers to something finds it: a library that contradicts
/// itself would be set aside, and what it taught with it.
fn teach(home: &Path, history: &[f64]) {
    const DAY_AGO: i64 = EPOCH - 86_400_000;
    let db = rusqlite::Connection::open(home.join(engine::library::FILE)).unwrap();
    db.execute_batch(&format!(
        "INSERT INTO batch (id, name, created_at, updated_at) VALUES ('taught', 'taught', {DAY_AGO}, {DAY_AGO});
         INSERT INTO task (id, batch_id, number, position, prompt, images, state, sort, created_at, updated_at, deleted_at)
         VALUES ('taught', 'taught', '1', 1, 'taught', '[]', 'done', 1, {DAY_AGO}, {DAY_AGO}, {DAY_AGO});"
    ))
    .unwrap();
    for (nth, seconds) in history.iter().enumerate() {
        let (id, ms) = (format!("taught {nth}"), (seconds * 1000.0) as i64);
        db.execute(
            "INSERT INTO attempt (id, task_id, ordinal, outcome, body, body_hash, key_id, key_name, sent_at, answered_at)
             VALUES (?1, 'taught', ?2, 'accepted', '{}', '', '', '', ?3, ?3)",
            rusqlite::params![id, i64::try_from(nth).unwrap() + 1, DAY_AGO],
        )
        .unwrap();
        db.execute(
            "INSERT INTO finish (attempt_id, model, resolution, mode, after_ms, by_ms, noted_at)
             VALUES (?1, 'veo3_fast', '720p', 'TEXT_2_VIDEO', ?2, ?2, ?3)",
            rusqlite::params![id, ms, EPOCH],
        )
        .unwrap();
    }
}

/// The most events in any window, both in seconds.
pub fn densest(events: impl Iterator<Item = f64>, window: f64) -> usize {
    let mut recent = std::collections::VecDeque::new();
    let mut most = 0;
    for at in events {
        recent.push_back(at);
        while recent.front().is_some_and(|first| at - first >= window) {
            recent.pop_front();
        }
        most = most.max(recent.len());
    }
    most
}
