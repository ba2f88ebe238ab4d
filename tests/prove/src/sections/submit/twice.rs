//! A second click, a second window: whoever asks twice buys once.

use std::path::Path;
use std::time::{Duration, Instant};

use engine::library::NewTask;
use engine::view::TaskFields;
use engine::words::Lang;
use engine::{Engine, Error, Scope};
use simulator::Simulator;
use url::Url;

use super::shop;
use crate::child;
use crate::table::Line;

/// Shots that are started twice: as many as the service takes at once.
const SHOTS: usize = 18;
/// The longest to wait for anything here.
const PATIENCE: Duration = Duration::from_secs(60);

/// All lines about asking twice.
pub(super) async fn lines() -> Vec<Line> {
    let (clicked, engines) = tokio::join!(double_click(), two_engines());
    let mut lines = clicked;
    lines.push(engines);
    lines
}

struct Desk {
    service: Simulator,
    engine: Engine,
    batch: String,
    _home: tempfile::TempDir,
}

async fn open() -> Desk {
    let service = Simulator::start(simulator::Options {
        speed: 100.0,
        ..simulator::Options::default()
    })
    .await
    .unwrap();
    let home = tempfile::tempdir().unwrap();
    shop::lay_out(home.path());
    let base: Url = service.base().parse().unwrap();
    let engine = Engine::open(shop::options(home.path().join("data"), &base, &base, PATIENCE))
        .await
        .unwrap();
    engine.run();
    let videos = home.path().join("videos").to_string_lossy().into_owned();
    let batch = engine.create_batch("Clicks", Some(videos)).await.unwrap().id;
    Desk {
        service,
        engine,
        batch,
        _home: home,
    }
}

impl Desk {
    async fn add(&self, prompts: impl IntoIterator<Item = String>) -> Vec<String> {
        let shots = prompts.into_iter().map(|prompt| NewTask {
            number: None,
            fields: TaskFields {
                prompt,
                ..TaskFields::default()
            },
        });
        self.engine.add(self.batch.clone(), shots.collect()).await.unwrap()
    }

    /// Waits until all of these cards are in this state; the number that are.
    async fn until(&self, ids: &[String], state: &str) -> usize {
        let begin = Instant::now();
        loop {
            let reports = self.engine.reports(Some(ids.to_vec()), Lang::En).await.unwrap();
            let there = reports.iter().filter(|report| report.state == state).count();
            if there == ids.len() || begin.elapsed() > PATIENCE {
                return there;
            }
            tokio::time::sleep(Duration::from_millis(25)).await;
        }
    }
}

async fn double_click() -> Vec<Line> {
    let desk = open().await;
    let ids = desk.add((0..SHOTS).map(|n| format!("shot {n}"))).await;
    let one = |id: &String| desk.engine.start(Scope::Tasks(vec![id.clone()]), None);
    for id in &ids {
        // Either may be first, and the second may be refused; what counts is the ledger.
        let _ = tokio::join!(one(id), one(id), desk.engine.start(Scope::Everything, None));
    }
    let done = desk.until(&ids, "done").await;
    let posts = desk.service.ledger().posts.len();
    let started = Line::must(
        format!("{SHOTS} shots, each started three times at once: one paid request each"),
        format!("{posts} POSTs, {done} videos"),
        (posts, done) == (SHOTS, SHOTS),
    );

    let desk = open().await;
    let ids = desk.add(["doubtful [fault:lost-request x1]".to_owned()]).await;
    desk.engine.start(Scope::Tasks(ids.clone()), None).await.unwrap();
    desk.until(&ids, "unconfirmed").await;
    let again = || desk.engine.submit_again(ids[0].clone());
    let (first, second, third) = tokio::join!(again(), again(), again());
    let taken = [first, second, third].iter().filter(|asked| asked.is_ok()).count();
    let done = desk.until(&ids, "done").await;
    let posts = desk.service.ledger().posts.len();
    let resubmitted = Line::must(
        "an unconfirmed shot, “submit again” clicked three times: one more paid request",
        format!("{taken} of 3 taken, {posts} POSTs, {done} video"),
        (taken, posts, done) == (1, 2, 1),
    );
    vec![started, resubmitted]
}

/// A second engine on a data directory that another process has.
async fn two_engines() -> Line {
    const TRIES: usize = 20;
    let home = tempfile::tempdir().unwrap();
    let data = home.path().join("data");
    let mut holder = child::command("submit").arg("hold").arg(home.path()).spawn().unwrap();
    let held = home.path().join("held");
    let begin = Instant::now();
    while !held.exists() && begin.elapsed() < PATIENCE {
        tokio::time::sleep(Duration::from_millis(10)).await;
    }
    let mut refused = 0;
    for _ in 0..TRIES {
        let opened = Engine::open(nowhere(&data)).await;
        refused += usize::from(matches!(opened, Err(Error::Locked(_))));
    }
    holder.kill().await.unwrap();
    let free = Engine::open(nowhere(&data)).await.is_ok();
    Line::must(
        "a second engine on one data directory is refused until the first is gone, also by kill -9",
        format!(
            "{refused} of {TRIES} refused, then {}",
            if free { "opened" } else { "still refused" }
        ),
        refused == TRIES && free,
    )
}

/// What holds a data directory until it is killed.
pub(super) async fn hold(home: &Path) {
    let _engine = Engine::open(nowhere(&home.join("data"))).await.unwrap();
    std::fs::write(home.join("held"), "").unwrap();
    std::future::pending::<()>().await;
}

fn nowhere(data: &Path) -> engine::Options {
    let base: Url = "http://127.0.0.1:9/".parse().unwrap();
    shop::options(data.to_owned(), &base, &base, PATIENCE)
}
