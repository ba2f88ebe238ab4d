//! A login page between this computer and the service, over real sockets: it answers every call of the API itself, in
//! each of the ways that such pages have. What is counted is what it swallowed, and the service's own ledger.

use std::collections::HashMap;
use std::sync::Arc;
use std::time::{Duration, Instant};

use engine::clock::SystemClock;
use engine::doubt::verdict::Pace;
use engine::keys::FixedKeys;
use engine::library::NewTask;
use engine::view::TaskFields;
use engine::view::settings::Preferences;
use engine::words::Lang;
use engine::{Engine, Media, Options, Scope};
use kie::{ApiKey, Client, Config, Proxy};
use simulator::{Portal, Simulator};

use crate::Size;
use crate::table::Line;

/// Bought before the page comes, and waiting when it does.
const EARLY: usize = 3;
const LATE: usize = 8;
/// How long it stays. Long enough for a purchase to be tried again and again.
const STAY: Duration = Duration::from_secs(10);
/// How soon the balance is looked at after a lost answer: a fortieth of the real one.
const PACE: Pace = Pace {
    first: 75,
    second: 750,
    longest: 3_000,
    last: 7_500,
};

/// One way of a page, and what it is called.
const WAYS: &[(Portal, &str)] = &[
    (Portal::Page, "200 and a page"),
    (Portal::NotFound, "404 and a page"),
    (Portal::Redirect, "302"),
    (Portal::SignIn, "511"),
    (Portal::Forbidden, "403 and a page"),
];

/// The lines.
pub(super) async fn lines(size: Size) -> Vec<Line> {
    let ways = if size == Size::Full { WAYS } else { &WAYS[..2] };
    let seen = ways.iter().map(async |(portal, name)| (*name, behind(*portal).await));
    let seen = futures_util::future::join_all(seen).await;
    let told = |of: fn(&Seen) -> String| {
        let each = seen.iter().map(|(name, seen)| format!("{name}: {}", of(seen)));
        each.collect::<Vec<_>>().join("; ")
    };
    let all = |holds: fn(&Seen) -> bool| seen.iter().all(|(_, seen)| holds(seen));
    vec![
        Line::must(
            "a login page over real HTTP: at most one purchase is lost to it, nothing else is sent until the service is heard",
            told(|seen| format!("{} lost, {} unconfirmed", seen.swallowed, seen.unconfirmed)),
            all(|seen| seen.swallowed <= 1 && seen.unconfirmed <= seen.swallowed),
        ),
        Line::must(
            "a login page over real HTTP: nothing fails or times out, and what was bought is asked for all the time",
            told(|seen| format!("{} elsewhere, {} calls in {} s", seen.wrong, seen.calls, STAY.as_secs())),
            all(|seen| seen.wrong == 0 && (3..=200).contains(&seen.calls)),
        ),
        Line::must(
            "a login page over real HTTP: afterwards all the rest is bought once and saved, by itself",
            told(|seen| format!("{} saved, {} bought twice", seen.done, seen.twice)),
            all(|seen| seen.twice == 0 && seen.done == EARLY + LATE - seen.unconfirmed),
        ),
    ]
}

#[derive(Debug, Default)]
struct Seen {
    /// Paid requests that the page answered.
    swallowed: usize,
    /// Everything that it answered.
    calls: usize,
    unconfirmed: usize,
    /// Cards that stood where they should not, while it was there.
    wrong: usize,
    done: usize,
    twice: usize,
}

async fn behind(portal: Portal) -> Seen {
    let service = Simulator::start(simulator::Options {
        // A generation takes as long as the page stays, more or less.
        median: Duration::from_secs(8),
        balance: 1e6,
        seed: Some(5),
        ..simulator::Options::default()
    })
    .await
    .unwrap();
    let home = tempfile::tempdir().unwrap();
    let engine = open(&home, &service.base()).await;
    let folder = home.path().join("videos");
    std::fs::create_dir(&folder).unwrap();
    let folder = folder.to_string_lossy().into_owned();
    let batch = engine.create_batch("hotel", Some(folder)).await.unwrap().id;
    let buy = async |names: std::ops::Range<usize>| {
        let new = names.map(|nth| NewTask {
            number: None,
            fields: TaskFields {
                prompt: format!("shot {nth}"),
                ..TaskFields::default()
            },
        });
        let ids = engine.add(batch.clone(), new.collect()).await.unwrap();
        engine.start(Scope::Tasks(ids), None).await.unwrap();
    };
    buy(0..EARLY).await;
    let bought = async || service.ledger().accepted.len() == EARLY && states(&engine).await.contains_key("generating");
    until(bought, Duration::from_secs(30)).await;
    service.set_portal(Some(portal));
    buy(EARLY..EARLY + LATE).await;
    let mut seen = Seen::default();
    let begin = Instant::now();
    while begin.elapsed() < STAY {
        let wrong = states(&engine).await.into_iter();
        let wrong = wrong.filter(|(state, _)| ["failed", "timedOut", "saveFailed", "cancelled"].contains(&&**state));
        seen.wrong = seen.wrong.max(wrong.map(|(_, count)| count).sum());
        tokio::time::sleep(Duration::from_millis(250)).await;
    }
    service.set_portal(None);
    // A plain refusal stops the queue with a banner, and it waits for its user: here, for this line.
    if engine.queue(Lang::En).await.is_ok_and(|queue| !queue.running) {
        engine.resume().unwrap();
    }
    let unconfirmed = async || states(&engine).await.get("unconfirmed").copied().unwrap_or(0);
    seen.unconfirmed = unconfirmed().await;
    let left = EARLY + LATE - seen.unconfirmed;
    let saved = async || states(&engine).await.get("done") == Some(&left);
    until(saved, Duration::from_secs(90)).await;
    seen.done = states(&engine).await.get("done").copied().unwrap_or(0);
    seen.unconfirmed = unconfirmed().await;
    let swallowed = service.swallowed();
    seen.calls = swallowed.len();
    seen.swallowed = swallowed.iter().filter(|call| call.ends_with("/veo/generate")).count();
    let ledger = service.ledger();
    let prompts: std::collections::HashSet<_> = ledger.accepted.iter().map(|one| &one.prompt).collect();
    seen.twice = ledger.accepted.len() - prompts.len();
    engine.close(Duration::from_secs(2)).await;
    service.stop().await;
    seen
}

async fn until(mut holds: impl AsyncFnMut() -> bool, patience: Duration) {
    let begin = Instant::now();
    while !holds().await && begin.elapsed() < patience {
        tokio::time::sleep(Duration::from_millis(50)).await;
    }
}

async fn states(engine: &Engine) -> HashMap<String, usize> {
    let mut states = HashMap::new();
    for report in engine.reports(None, Lang::En).await.unwrap() {
        *states.entry(report.state).or_default() += 1;
    }
    states
}

async fn open(home: &tempfile::TempDir, base: &str) -> Engine {
    let base: url::Url = base.parse().unwrap();
    let engine = Engine::open(Options {
        data_dir: home.path().join("data"),
        service: Arc::new(Client::new(Config::new(base.clone(), base.clone())).unwrap()),
        upload_host: base.to_string(),
        media: Media::new(&Proxy::None, true).unwrap(),
        keys: Arc::new(FixedKeys::only(ApiKey::new("sim-portal".to_owned()))),
        clock: Arc::new(SystemClock),
        preferences: Preferences {
            poll_seconds: 1.0,
            ..Preferences::default()
        },
        demo: false,
    })
    .await
    .unwrap();
    engine.set_pace(PACE);
    engine.run();
    engine
}
