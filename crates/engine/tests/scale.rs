//! A thousand tasks over a quarter of an hour of the clock, paused: the limits are kept, nothing is bought twice, nothing is stuck.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, missing_docs)]

use std::collections::HashMap;
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
use kie::{ApiKey, CallError, GenerateRequest, Proxy, Record, Submission, Upload, Uploaded};
use tokio::time::Instant;

/// A service in virtual time: takes 200 ms to accept, 70 s to refuse what it made. It counts.
#[derive(Default)]
struct Counting {
    posts: Mutex<Vec<(Instant, String)>>,
    queries: Mutex<Vec<Instant>>,
    accepted: Mutex<HashMap<String, Instant>>,
}

#[async_trait]
impl Service for Counting {
    async fn generate(&self, _: &ApiKey, request: &GenerateRequest) -> Submission {
        let id = {
            let mut posts = self.posts.lock().unwrap();
            posts.push((Instant::now(), request.prompt.clone()));
            format!("{:032x}", posts.len())
        };
        tokio::time::sleep(Duration::from_millis(200)).await;
        self.accepted.lock().unwrap().insert(id.clone(), Instant::now());
        Submission::Accepted { task_id: id }
    }

    async fn record_info(&self, _: &ApiKey, id: &str) -> Record {
        self.queries.lock().unwrap().push(Instant::now());
        tokio::time::sleep(Duration::from_millis(100)).await;
        let since = self.accepted.lock().unwrap()[id];
        if since.elapsed() < Duration::from_secs(70) {
            return Record::Pending {
                created_at: None,
                progress: None,
                param_json: None,
            };
        }
        // A refusal ends a task as well as a video does, and needs no file.
        Record::Failed {
            code: Some(400),
            message: "flagged".into(),
            param_json: None,
        }
    }

    async fn credit(&self, _: &ApiKey) -> Result<f64, CallError> {
        Ok(1e6)
    }

    async fn download_url(&self, _: &ApiKey, url: &url::Url) -> Result<url::Url, CallError> {
        Ok(url.clone())
    }

    async fn upload(&self, _: &ApiKey, _: Upload) -> Result<Uploaded, CallError> {
        Err(CallError::Refused {
            code: 400,
            message: "no images here".into(),
            spoken: true,
        })
    }
}

/// The most events in any window.
fn densest(events: &[Instant], window: Duration) -> usize {
    let mut first = 0;
    let mut most = 0;
    for (last, at) in events.iter().enumerate() {
        while at.duration_since(events[first]) >= window {
            first += 1;
        }
        most = most.max(last - first + 1);
    }
    most
}

const TASKS: usize = 1_000;
const EPOCH: i64 = 1_795_000_000_000;

async fn running(home: &tempfile::TempDir, service: &Arc<Counting>, clock: Arc<dyn Clock>, in_flight: u32) -> Engine {
    let engine = Engine::open(Options {
        data_dir: home.path().to_owned(),
        service: Arc::clone(service) as Arc<dyn Service>,
        upload_host: String::new(),
        media: Media::new(&Proxy::None, true).unwrap(),
        keys: Arc::new(FixedKeys::only(ApiKey::new("k-1234".to_owned()))),
        clock,
        preferences: Preferences {
            in_flight,
            // Every one of them fails alike, and all are to be bought.
            pause_after: 0,
            ..Preferences::default()
        },
        demo: false,
    })
    .await
    .unwrap();
    engine.run();
    engine
}

#[tokio::test(start_paused = true)]
async fn a_thousand_tasks_keep_both_limits_and_each_is_bought_once() {
    let home = tempfile::tempdir().unwrap();
    let service = Arc::new(Counting::default());
    let engine = running(&home, &service, Arc::new(TokioClock::starting_at(EPOCH)), 100).await;
    let batch = engine
        .create_batch("many", Some(home.path().to_string_lossy().into_owned()))
        .await
        .unwrap();
    let tasks = (0..TASKS).map(|n| NewTask {
        number: None,
        fields: TaskFields {
            prompt: format!("shot {n}"),
            ..TaskFields::default()
        },
    });
    engine.add(batch.id.clone(), tasks.collect()).await.unwrap();
    let begin = Instant::now();
    engine.start(Scope::Everything, Some(TASKS as u64)).await.unwrap();
    loop {
        tokio::time::sleep(Duration::from_secs(30)).await;
        let batch = engine.batch_views(vec![batch.id.clone()]).await.unwrap().remove(0);
        if batch.lanes.needs_you == TASKS as u64 {
            break;
        }
        assert!(begin.elapsed() < Duration::from_secs(10 * 3600), "{batch:?}");
    }
    let posts = service.posts.lock().unwrap().clone();
    let sends: Vec<Instant> = posts.iter().map(|post| post.0).collect();
    assert_eq!(posts.len(), TASKS, "each once");
    let prompts: std::collections::HashSet<&String> = posts.iter().map(|post| &post.1).collect();
    assert_eq!(prompts.len(), TASKS);
    assert!(
        densest(&sends, Duration::from_secs(10)) <= 20,
        "{}",
        densest(&sends, Duration::from_secs(10))
    );
    let queries = service.queries.lock().unwrap().clone();
    assert!(
        densest(&queries, Duration::from_secs(1)) <= 10,
        "{}",
        densest(&queries, Duration::from_secs(1))
    );
    // 100 at a time, about 75 s each: the list cannot take much longer than that allows.
    let ideal = 75.0 * TASKS as f64 / 100.0;
    let took = begin.elapsed().as_secs_f64();
    assert!(took < ideal * 1.35, "{took} s against {ideal} s");
    let last = engine.reports(None, Lang::En).await.unwrap();
    assert!(last.iter().all(|task| task.state == "failed" && task.task_id.is_some()));
}

/// A clock that can be set, on top of tokio's.
struct Settable {
    base: TokioClock,
    offset: std::sync::atomic::AtomicI64,
}

impl Clock for Settable {
    fn now_ms(&self) -> i64 {
        self.base.now_ms() + self.offset.load(std::sync::atomic::Ordering::SeqCst)
    }
}

#[tokio::test(start_paused = true)]
async fn a_clock_set_a_day_either_way_stalls_nothing_and_times_nothing_out() {
    const DAY: i64 = 24 * 3600 * 1000;
    for day in [-DAY, DAY] {
        let home = tempfile::tempdir().unwrap();
        let service = Arc::new(Counting::default());
        let clock = Arc::new(Settable {
            base: TokioClock::starting_at(EPOCH),
            offset: std::sync::atomic::AtomicI64::new(0),
        });
        let default = Preferences::default().in_flight;
        let engine = running(&home, &service, Arc::clone(&clock) as Arc<dyn Clock>, default).await;
        let batch = engine.create_batch("one", None).await.unwrap();
        let task = NewTask {
            number: None,
            fields: TaskFields {
                prompt: "shot".into(),
                ..TaskFields::default()
            },
        };
        engine.add(batch.id, vec![task]).await.unwrap();
        engine.start(Scope::Everything, None).await.unwrap();
        tokio::time::sleep(Duration::from_secs(20)).await;
        clock.offset.store(day, std::sync::atomic::Ordering::SeqCst);
        tokio::time::sleep(Duration::from_secs(120)).await;
        let task = engine.reports(None, Lang::En).await.unwrap().remove(0);
        assert_eq!(
            task.state, "failed",
            "the answer of after 70 s was heard, though the clock moved by {day} ms"
        );
        assert_eq!(service.posts.lock().unwrap().len(), 1);
    }
}
