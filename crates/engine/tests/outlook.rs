//! What somebody who only glances is told, against the real thing: what a day cost, when a list is done, what goes on.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, missing_docs)]

mod support;

use std::sync::Arc;
use std::sync::atomic::{AtomicI64, Ordering};
use std::time::Duration;

use engine::change::Change;
use engine::clock::{Clock, SystemClock, local_midnight};
use engine::view::settings::Preferences;
use engine::view::watch::{GoingOn, Mood};
use engine::words::Lang;
use engine::{Engine, Options};
use support::{ENDED, KEY, World, fast, options, preferences};

/// The computer's clock, set forward by so many ms.
struct Shifted(Arc<AtomicI64>);

impl Clock for Shifted {
    fn now_ms(&self) -> i64 {
        SystemClock.now_ms() + self.0.load(Ordering::SeqCst)
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn today_counts_what_may_have_been_bought_and_begins_anew_at_midnight() {
    let mut world = World::new().await;
    world.engine.close(Duration::from_secs(5)).await;
    // Noon of the user's own day, so that the test is never the one that runs over midnight.
    let now = SystemClock.now_ms();
    let noon = local_midnight(now) + 12 * 3_600_000 - now;
    let shift = Arc::new(AtomicI64::new(noon));
    world.engine = Engine::open(Options {
        clock: Arc::new(Shifted(Arc::clone(&shift))),
        ..options(&world.home, &world.service.base(), KEY, preferences())
    })
    .await
    .unwrap();
    world.engine.run();

    let ids = world
        .add(&["kept", "lost [fault:lost-reply x1]", "no [fault:refuse-422 x1]"])
        .await;
    world.start(&ids).await;
    for id in &ids {
        world.until(id, ENDED).await;
    }
    let states: Vec<_> = [world.report(&ids[0]).await.state, world.report(&ids[1]).await.state].into();
    assert_eq!(states, ["done", "unconfirmed"]);
    let today = world.engine.queue(Lang::En).await.unwrap();
    let size = std::fs::metadata(world.folder().join("0001.mp4")).unwrap().len();
    assert_eq!(
        (
            today.spent_today,
            today.unpriced_today,
            today.saved_today,
            today.saved_today_bytes
        ),
        (120.0, 0, 1, size),
        "bought, and perhaps bought; not what was refused"
    );
    assert_eq!(today.mood, Mood::NeedsYou);

    // The app stays open over midnight, and nothing happens.
    let mut changes = world.engine.listen();
    shift.fetch_add(12 * 3_600_000 + 60_000, Ordering::SeqCst);
    let told = async { while !matches!(changes.recv().await, Ok(Change::Queue)) {} };
    tokio::time::timeout(Duration::from_secs(40), told).await.unwrap();
    let next = world.engine.queue(Lang::En).await.unwrap();
    assert_eq!(
        (next.spent_today, next.saved_today, next.saved_today_bytes),
        (0.0, 0, 0)
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn nothing_is_foretold_before_enough_was_seen_and_then_the_card_and_the_list_say_it() {
    // One generation takes about two seconds here.
    let service = simulator::Options { speed: 35.0, ..fast() };
    let few = Preferences {
        in_flight: 4,
        ..preferences()
    };
    let world = World::with(service, few).await;
    let view = async || {
        world
            .engine
            .batch_views(vec![world.batch.clone()])
            .await
            .unwrap()
            .remove(0)
    };
    let usual = async |id: &String| {
        let cards = world.engine.cards(vec![id.clone()], Lang::En).await.unwrap();
        cards[0].usual
    };
    let first: Vec<String> = (0..10).map(|n| format!("first {n}")).collect();
    let first = world.add(&first.iter().map(String::as_str).collect::<Vec<_>>()).await;
    world.start(&first).await;
    world.until(&first[0], &["generating"]).await;
    assert_eq!(
        (usual(&first[0]).await, view().await.done_at),
        (None, None),
        "nothing was learned"
    );
    for id in &first {
        assert_eq!(world.until(id, ENDED).await.state, "done");
    }
    assert_eq!(view().await.done_at, None, "nothing is left");

    let second: Vec<String> = (0..8).map(|n| format!("second {n}")).collect();
    let second = world.add(&second.iter().map(String::as_str).collect::<Vec<_>>()).await;
    world.start(&second).await;
    world.until(&second[0], &["generating"]).await;
    let known = usual(&second[0]).await.unwrap();
    assert!(
        known.from_ms > 500 && known.from_ms < known.to_ms && known.to_ms < 20_000,
        "{known:?}"
    );
    // The forecast may be three seconds old.
    let now = SystemClock.now_ms();
    let mut told = None;
    for _ in 0..40 {
        told = view().await.done_at;
        if told.is_some() {
            break;
        }
        tokio::time::sleep(Duration::from_millis(100)).await;
    }
    let told = told.unwrap();
    assert!(
        (now..now + 120_000).contains(&told) && told % 60_000 == 0,
        "{}",
        told - now
    );

    // Paused with something left in the queue: nobody knows when somebody goes on.
    world.engine.pause();
    tokio::time::sleep(Duration::from_secs(4)).await;
    let left = view().await;
    assert!(left.queued > 0, "the queue is not empty yet");
    assert_eq!(left.done_at, None);
    assert_eq!(world.engine.queue(Lang::En).await.unwrap().mood, Mood::Paused);
}

#[tokio::test(flavor = "multi_thread")]
async fn whoever_leaves_hears_what_goes_on_and_whoever_comes_back_what_it_came_to() {
    let one = Preferences {
        in_flight: 1,
        ..preferences()
    };
    let world = World::with(simulator::Options { speed: 20.0, ..fast() }, one).await;
    assert_eq!(world.engine.going_on().await.unwrap(), GoingOn::default());
    let ids = world.add(&["first", "second", "bad [fault:moderation x1]"]).await;
    assert!(
        !world.engine.going_on().await.unwrap().working,
        "drafts are not at work"
    );
    let began = SystemClock.now_ms();
    world.start(&ids).await;
    world.until(&ids[0], &["generating"]).await;
    let going = world.engine.going_on().await.unwrap();
    assert_eq!(
        (going.made, going.saving, going.waiting, going.working),
        (1, 0, 2, true)
    );
    let sight = world.engine.sight().await.unwrap();
    assert_eq!(
        (sight.batches.len(), sight.batches[0].working, sight.batches[0].waiting),
        (1, 1, 2)
    );
    assert_eq!(
        (sight.batches[0].name.as_str(), sight.buying, sight.stopped),
        ("Rain", true, false)
    );
    for id in &ids[..2] {
        assert_eq!(world.until(id, ENDED).await.state, "done");
    }
    world.until(&ids[2], ENDED).await;
    let until = SystemClock.now_ms();
    let report = world
        .engine
        .run_report(world.batch.clone(), began, until)
        .await
        .unwrap();
    assert_eq!(
        (report.saved, report.needs_you, report.unpriced),
        (2, 1, 0),
        "{report:?}"
    );
    assert_eq!(report.took_ms, until - began);
    assert_eq!(report.spent, 120.0, "what came to nothing was given back");
    assert!(report.saved_bytes > 0 && report.folder.is_some());
    assert_eq!(
        world.engine.ended_since(world.batch.clone(), began).await.unwrap(),
        (2, 1)
    );
    let none = world
        .engine
        .run_report(world.batch.clone(), until + 1, until + 2)
        .await
        .unwrap();
    assert_eq!(
        (none.saved, none.needs_you, none.spent),
        (0, 0, 0.0),
        "only what that time came to"
    );
    assert!(world.engine.sight().await.unwrap().batches.is_empty());
}
