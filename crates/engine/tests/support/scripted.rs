//! A service that answers as a test tells it to, and an engine that buys from it.
//!
//! For moments to which the stand-in service cannot be brought: an answer that comes at the worst time, a key that is
//! refused while another one buys. How the real service behaves is not said here; the stand-in says that.
#![allow(dead_code, unreachable_pub)]

use std::path::PathBuf;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant};

use async_trait::async_trait;
use engine::clock::SystemClock;
use engine::keys::FixedKeys;
use engine::library::NewTask;
use engine::service::Service;
use engine::view::{TaskCard, TaskReport};
use engine::words::Lang;
use engine::{Engine, Error, Media, Options, Scope};
use kie::{ApiKey, CallError, GenerateRequest, Proxy, Record, Submission, Upload, Uploaded};
use tempfile::TempDir;

use crate::support::{KEY, preferences, prompt_only};

/// What a paid request is answered, and when.
pub struct Reply {
    after: Duration,
    submission: Submission,
}

impl Reply {
    pub fn after(self, seconds: u64) -> Self {
        let after = Duration::from_secs(seconds);
        Self { after, ..self }
    }
}

fn at_once(submission: Submission) -> Reply {
    Reply {
        after: Duration::ZERO,
        submission,
    }
}

/// The id that the nth paid request is given.
pub fn id_of(nth: usize) -> String {
    format!("{nth:032x}")
}

pub fn accepted(nth: usize) -> Reply {
    at_once(Submission::Accepted { task_id: id_of(nth) })
}

pub fn refused(code: i64, message: &str) -> Reply {
    at_once(Submission::RefusedTask {
        code,
        message: message.to_owned(),
    })
}

/// No readable answer: perhaps bought.
pub fn lost() -> Reply {
    at_once(Submission::Unknown {
        detail: "reset".to_owned(),
        status: None,
        body: String::new(),
    })
}

pub fn pending() -> Record {
    Record::Pending {
        created_at: None,
        progress: None,
        param_json: None,
    }
}

/// A status query, as the script hears of it.
pub struct Query<'a> {
    /// 1, 2, …, over all tasks.
    pub nth: usize,
    pub key: &'a str,
    pub id: &'a str,
}

type Answer = dyn Fn(usize, &str) -> Reply + Send + Sync;
type Look = dyn Fn(&Query<'_>) -> Record + Send + Sync;
type Balance = dyn Fn(usize) -> (Duration, Result<f64, CallError>) + Send + Sync;

pub struct Scripted {
    answer: Box<Answer>,
    look: Box<Look>,
    balance: Box<Balance>,
    posts: Mutex<Vec<String>>,
    queries: AtomicUsize,
    balances: AtomicUsize,
}

impl Scripted {
    /// `answer` is given the count of paid requests and the prompt. What it accepts is being made for ever.
    pub fn new(answer: impl Fn(usize, &str) -> Reply + Send + Sync + 'static) -> Self {
        Self {
            answer: Box::new(answer),
            look: Box::new(|_| pending()),
            balance: Box::new(|_| (Duration::ZERO, Ok(1_000.0))),
            posts: Mutex::default(),
            queries: AtomicUsize::new(0),
            balances: AtomicUsize::new(0),
        }
    }

    pub fn queried(self, look: impl Fn(&Query<'_>) -> Record + Send + Sync + 'static) -> Self {
        let look = Box::new(look);
        Self { look, ..self }
    }

    pub fn balance_after(self, seconds: u64) -> Self {
        self.balanced(move |_| (Duration::from_secs(seconds), Ok(1_000.0)))
    }

    /// `balance` is given the count of questions for it: how long the answer takes, and what it is.
    pub fn balanced(
        self,
        balance: impl Fn(usize) -> (Duration, Result<f64, CallError>) + Send + Sync + 'static,
    ) -> Self {
        let balance = Box::new(balance);
        Self { balance, ..self }
    }

    /// The prompts that were paid for, in order.
    pub fn posts(&self) -> Vec<String> {
        self.posts.lock().unwrap().clone()
    }

    pub fn queries(&self) -> usize {
        self.queries.load(Ordering::SeqCst)
    }
}

#[async_trait]
impl Service for Scripted {
    async fn generate(&self, _: &ApiKey, request: &GenerateRequest) -> Submission {
        let nth = {
            let mut posts = self.posts.lock().unwrap();
            posts.push(request.prompt.clone());
            posts.len()
        };
        let Reply { after, submission } = (self.answer)(nth, &request.prompt);
        tokio::time::sleep(after).await;
        submission
    }

    async fn record_info(&self, key: &ApiKey, id: &str) -> Record {
        let nth = self.queries.fetch_add(1, Ordering::SeqCst) + 1;
        let key = key.expose();
        (self.look)(&Query { nth, key, id })
    }

    async fn credit(&self, _: &ApiKey) -> Result<f64, CallError> {
        let nth = self.balances.fetch_add(1, Ordering::SeqCst) + 1;
        let (takes, answer) = (self.balance)(nth);
        tokio::time::sleep(takes).await;
        answer
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

/// An engine before a scripted service.
pub struct Bench {
    pub service: Arc<Scripted>,
    pub home: TempDir,
    pub engine: Engine,
    pub batch: String,
}

impl Bench {
    pub async fn new(service: Scripted) -> Self {
        Self::with(service, |_| {}).await
    }

    /// With something else than the usual in the engine's options.
    pub async fn with(service: Scripted, change: impl FnOnce(&mut Options)) -> Self {
        let (service, home) = (Arc::new(service), tempfile::tempdir().unwrap());
        let mut options = options(&home, &service);
        change(&mut options);
        let engine = Engine::open(options).await.unwrap();
        engine.run();
        let folder = home.path().join("videos");
        std::fs::create_dir(&folder).unwrap();
        let folder = folder.to_string_lossy().into_owned();
        let batch = engine.create_batch("Rain", Some(folder)).await.unwrap().id;
        Self {
            service,
            home,
            engine,
            batch,
        }
    }

    /// Closes the engine, waits until it lets go of the directory, and opens it again.
    pub async fn reopen(&mut self, patience: Duration) {
        self.engine.close(patience).await;
        let begin = Instant::now();
        self.engine = loop {
            match Engine::open(options(&self.home, &self.service)).await {
                Err(Error::Locked(_)) if begin.elapsed() < Duration::from_secs(10) => {
                    tokio::time::sleep(Duration::from_millis(50)).await;
                }
                opened => break opened.unwrap(),
            }
        };
        self.engine.run();
    }

    pub fn folder(&self) -> PathBuf {
        self.home.path().join("videos")
    }

    pub async fn add<const N: usize>(&self, prompts: [&str; N]) -> [String; N] {
        let new = prompts.map(|prompt| NewTask {
            number: None,
            fields: prompt_only(prompt),
        });
        let ids = self.engine.add(self.batch.clone(), new.to_vec()).await.unwrap();
        ids.try_into().unwrap()
    }

    pub async fn start(&self, ids: &[String]) {
        self.engine.start(Scope::Tasks(ids.to_vec()), None).await.unwrap();
    }

    /// Adds a task, starts it, and waits until it stands there.
    pub async fn bring(&self, prompt: &str, to: &str) -> String {
        let [id] = self.add([prompt]).await;
        self.start(std::slice::from_ref(&id)).await;
        self.until(&id, &[to]).await;
        id
    }

    pub async fn report(&self, id: &str) -> TaskReport {
        let ids = Some(vec![id.to_owned()]);
        self.engine.reports(ids, Lang::En).await.unwrap().remove(0)
    }

    pub async fn card(&self, id: &str) -> TaskCard {
        self.engine
            .cards(vec![id.to_owned()], Lang::En)
            .await
            .unwrap()
            .remove(0)
    }

    /// Waits until the task is in one of these states, 20 s at most.
    pub async fn until(&self, id: &str, states: &[&str]) -> TaskReport {
        let begin = Instant::now();
        loop {
            let report = self.report(id).await;
            if states.contains(&report.state.as_str()) {
                return report;
            }
            let waited = begin.elapsed();
            assert!(
                waited < Duration::from_secs(20),
                "waiting for {states:?}, still {report:?}"
            );
            tokio::time::sleep(Duration::from_millis(20)).await;
        }
    }
}

fn options(home: &TempDir, service: &Arc<Scripted>) -> Options {
    Options {
        data_dir: home.path().join("data"),
        service: Arc::clone(service) as Arc<dyn Service>,
        upload_host: String::new(),
        media: Media::new(&Proxy::None, true).unwrap(),
        keys: Arc::new(FixedKeys::only(ApiKey::new(KEY.to_owned()))),
        clock: Arc::new(SystemClock),
        preferences: preferences(),
        demo: false,
    }
}
