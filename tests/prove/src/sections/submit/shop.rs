//! The run of a cell that is ended: the real engine with a real library, the real client and real files.
//!
//! Each run does what a user does who opens the app and presses Start; it ends itself when everything has come to
//! rest. It never closes anything in order: its end is an end without clean-up, too.

use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::{Duration, Instant};

use engine::clock::{Clock, SystemClock};
use engine::doubt::verdict::Pace;
use engine::keys::FixedKeys;
use engine::library::{NewTask, Outcome};
use engine::view::settings::Preferences;
use engine::view::{ImageRef, TaskFields};
use engine::{Engine, Media, Options, Scope};
use kie::{ApiKey, Client, Config, Proxy};
use rusqlite::Connection;
use url::Url;

pub(super) const KEY: &str = "sim-proof";

/// How long the paid request of a cell may take: a real one has two minutes.
pub(super) const SUBMIT: Duration = Duration::from_secs(4);

/// When the balance is heard after an unknown outcome: minutes in the app.
const PACE: Pace = Pace {
    first: 300,
    second: 400,
    longest: 500,
    last: 600,
};
/// How long nothing may happen before a run takes it for rest.
const REST: Duration = Duration::from_millis(300);
/// How long a run stays after an unknown outcome, for the first look.
const LOOK_MS: i64 = 1_500;

/// Where a run finds everything.
pub(super) struct Place {
    pub(super) home: PathBuf,
    pub(super) api: Url,
    pub(super) uploads: Url,
    pub(super) prompts: Vec<String>,
    /// How much later it is than the computer's clock says: a run that had to wait is closed, and opened when the wait
    /// is over.
    pub(super) later: Duration,
}

impl Place {
    /// As arguments of a child process.
    pub(super) fn words(&self) -> Vec<String> {
        let mut words = vec![
            self.home.to_string_lossy().into_owned(),
            self.api.to_string(),
            self.uploads.to_string(),
            self.later.as_secs().to_string(),
        ];
        words.extend(self.prompts.iter().cloned());
        words
    }

    pub(super) fn of_words(words: &[String]) -> Self {
        let [home, api, uploads, later, prompts @ ..] = words else {
            panic!("a run needs a folder, two addresses, a time and prompts");
        };
        Self {
            home: PathBuf::from(home),
            api: api.parse().unwrap(),
            uploads: uploads.parse().unwrap(),
            prompts: prompts.to_vec(),
            later: Duration::from_secs(later.parse().unwrap()),
        }
    }

    pub(super) fn data(&self) -> PathBuf {
        self.home.join("data")
    }

    pub(super) fn videos(&self) -> PathBuf {
        self.home.join("videos")
    }
}

/// The client, with this time-out for the paid request.
pub(super) fn client(api: &Url, uploads: &Url, submit: Duration) -> Client {
    let mut config = Config::new(api.clone(), uploads.clone());
    config.timeouts.submit = submit;
    Client::new(config).unwrap()
}

/// The computer's clock, and so much later.
struct Later(Duration);

impl Clock for Later {
    fn now_ms(&self) -> i64 {
        SystemClock.now_ms() + i64::try_from(self.0.as_millis()).unwrap()
    }
}

/// What an engine of this section is made of.
pub(super) fn options(data_dir: PathBuf, api: &Url, uploads: &Url, submit: Duration) -> Options {
    Options {
        data_dir,
        service: Arc::new(client(api, uploads, submit)),
        upload_host: uploads.to_string(),
        media: Media::new(&Proxy::None, true).unwrap(),
        keys: Arc::new(FixedKeys::only(ApiKey::new(KEY.to_owned()))),
        clock: Arc::new(SystemClock),
        preferences: Preferences {
            poll_seconds: 0.1,
            // What is lost here is lost on purpose, many times in a row.
            pause_after: 0,
            ..Preferences::default()
        },
        demo: false,
    }
}

/// One run.
pub(super) async fn run(place: Place) {
    let clock = Arc::new(Later(place.later));
    let begin = clock.now_ms();
    let engine = Engine::open(Options {
        clock: clock.clone(),
        ..options(place.data(), &place.api, &place.uploads, SUBMIT)
    })
    .await
    .unwrap();
    engine.set_pace(PACE);
    engine.run();
    if engine.batches().await.unwrap().is_empty() {
        fill(&engine, &place).await;
    }
    engine.start(Scope::Everything, None).await.unwrap();
    // What is committed may still have a crash point behind it, so rest must last.
    let mut resting = Instant::now();
    while resting.elapsed() < REST {
        tokio::time::sleep(Duration::from_millis(25)).await;
        let now = clock.now_ms();
        let rest = engine.library().read(move |db| Ok(at_rest(db, begin, now)?)).await;
        if !rest.unwrap() {
            resting = Instant::now();
        }
    }
}

async fn fill(engine: &Engine, place: &Place) {
    let batch = engine
        .create_batch("Proof", Some(place.videos().to_string_lossy().into_owned()))
        .await
        .unwrap();
    let picture = engine
        .keep_images(vec![place.home.join("seed.png")])
        .await
        .remove(0)
        .unwrap();
    let shots = place.prompts.iter().map(|prompt| NewTask {
        number: None,
        fields: TaskFields {
            prompt: prompt.clone(),
            images: vec![ImageRef::from(&picture)],
            ..TaskFields::default()
        },
    });
    engine.add(batch.id, shots.collect()).await.unwrap();
}

/// Puts down what a cell's first run expects to find.
pub(super) fn lay_out(home: &Path) {
    std::fs::create_dir(home.join("videos")).unwrap();
    std::fs::write(home.join("seed.png"), include_bytes!("seed.png")).unwrap();
}

/// Whether nothing more will happen by itself, or only after a long wait: a card that was put off since `begin`.
fn at_rest(db: &Connection, begin: i64, now: i64) -> rusqlite::Result<bool> {
    let mut query = db.prepare_cached(
        "SELECT t.state, COALESCE(a.outcome, ''),
           a.outcome = 'unknown' AND a.balance_after IS NULL AND a.answer <> 'no answer was noted'
             AND a.answered_at > ?1,
           a.sent_at >= ?2
         FROM task t LEFT JOIN attempt a ON a.id = t.attempt_id",
    )?;
    let rows = query.query_map([now - LOOK_MS, begin], |row| {
        Ok((
            row.get::<_, String>(0)?,
            row.get::<_, String>(1)?,
            row.get::<_, Option<bool>>(2)?.unwrap_or(false),
            row.get::<_, Option<bool>>(3)?.unwrap_or(false),
        ))
    })?;
    let mut rest = true;
    for row in rows {
        let (state, outcome, looking, of_this_run) = row?;
        if of_this_run && state == "queued" && outcome == Outcome::NotAccepted.as_str() {
            return Ok(true);
        }
        rest &= is_over(&state) && !looking;
    }
    Ok(rest)
}

/// Whether a card in this state has come to an end, good or bad.
pub(super) fn is_over(state: &str) -> bool {
    ["done", "failed", "unconfirmed", "timedOut", "saveFailed", "cancelled"].contains(&state)
}
