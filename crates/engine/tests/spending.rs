//! Spending limits and the pause after failures of one kind, counted on the service's own ledger.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, missing_docs)]

mod support;

use std::time::Duration;

use engine::trouble::Trouble;
use engine::view::settings::Preferences;
use engine::view::start::{FirstFew, StartSummary};
use engine::words::Lang;
use engine::{Error, Scope};
use support::{World, fast, preferences};

/// What one shot with the service's defaults costs.
const PRICE: f64 = 60.0;

async fn world(day_limit: Option<f64>, pause_after: u32) -> World {
    let chosen = Preferences {
        day_limit,
        pause_after,
        ..preferences()
    };
    World::with(fast(), chosen).await
}

impl World {
    async fn ahead(&self, scope: Scope) -> StartSummary {
        self.engine.look_at_start(scope, Vec::new(), Lang::En).await.unwrap()
    }

    async fn paused(&self) -> Trouble {
        for _ in 0..2_400 {
            if let Some(trouble) = self.engine.paused_by() {
                return trouble;
            }
            tokio::time::sleep(Duration::from_millis(25)).await;
        }
        panic!("the queue was not paused");
    }

    /// How many stand in each of these states, when nothing has moved for a second.
    async fn settled(&self, ids: &[String]) -> Vec<String> {
        let mut before = Vec::new();
        for _ in 0..60 {
            let mut now = Vec::new();
            for id in ids {
                now.push(self.report(id).await.state);
            }
            let at_work = now
                .iter()
                .any(|state| matches!(state.as_str(), "preparing" | "submitting" | "generating" | "saving"));
            if now == before && !at_work {
                return now;
            }
            before = now;
            tokio::time::sleep(Duration::from_secs(1)).await;
        }
        panic!("still moving: {before:?}");
    }

    async fn set(&self, change: impl FnOnce(&mut Preferences)) {
        let mut chosen = preferences();
        change(&mut chosen);
        self.engine.set_preferences(chosen);
    }
}

fn count(states: &[String], state: &str) -> usize {
    states.iter().filter(|known| *known == state).count()
}

#[tokio::test(flavor = "multi_thread")]
async fn the_day_stops_before_the_purchase_that_would_go_beyond_its_limit_and_goes_on_with_a_higher_one() {
    let world = world(Some(2.0 * PRICE + 59.0), 0).await;
    let prompts = ["one", "two [fault:lost-reply]", "three", "four", "five"];
    let ids = world.add(&prompts).await;
    let ahead = world.ahead(Scope::Everything).await;
    assert_eq!((ahead.count, ahead.fit), (5, 2), "said beforehand");
    assert_eq!(ahead.day.limit, Some(2.0 * PRICE + 59.0));
    world.engine.start(Scope::Everything, Some(5)).await.unwrap();
    let trouble = world.paused().await;
    // What nobody knows to be bought counts as if it were.
    assert_eq!(
        trouble,
        Trouble::DayLimit {
            limit: 2.0 * PRICE + 59.0,
            spent: 2.0 * PRICE
        }
    );
    let states = world.settled(&ids).await;
    assert_eq!(
        (count(&states, "queued"), count(&states, "done")),
        (3, 1),
        "nothing of the list is lost: {states:?}"
    );
    assert_eq!(world.service.ledger().posts.len(), 2);

    // Going on without another limit buys nothing.
    world.engine.resume().unwrap();
    world.paused().await;
    assert_eq!(world.service.ledger().posts.len(), 2);

    world.set(|chosen| chosen.day_limit = Some(4.0 * PRICE)).await;
    world.engine.resume().unwrap();
    world.until(&ids[3], &["done"]).await;
    assert!(matches!(world.paused().await, Trouble::DayLimit { .. }));
    assert_eq!(world.service.ledger().posts.len(), 4, "an exact fit is one");
    world.set(|_| ()).await;
    world.engine.resume().unwrap();
    world.until(&ids[4], &["done"]).await;
    for prompt in prompts {
        assert_eq!(world.posts(prompt).0, 1, "{prompt}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_batch_stops_at_its_limit_while_others_go_on_and_stays_stopped_over_a_restart() {
    let mut world = world(None, 0).await;
    // Failed after it was accepted counts; refused at once does not.
    let ids = world
        .add(&["one [fault:refuse-422]", "two [fault:flag-2]", "three", "four", "five"])
        .await;
    let batch = world.batch.clone();
    world
        .engine
        .set_spend_limit(batch.clone(), Some(2.0 * PRICE))
        .await
        .unwrap();
    let folder = world.folder().to_string_lossy().into_owned();
    let other = world.engine.create_batch("Other", Some(folder)).await.unwrap().id;
    let new = vec![engine::library::NewTask {
        number: None,
        fields: support::prompt_only("elsewhere"),
    }];
    let elsewhere = world.engine.add(other.clone(), new).await.unwrap().remove(0);
    let all = world.ahead(Scope::Everything).await;
    assert_eq!((all.count, all.batch_id), (6, None));
    world.engine.start(Scope::Everything, Some(6)).await.unwrap();
    world.until(&elsewhere, &["done"]).await;
    let states = world.settled(&ids).await;
    assert_eq!(
        (
            count(&states, "failed"),
            count(&states, "done"),
            count(&states, "queued")
        ),
        (2, 1, 2),
        "{states:?}"
    );
    assert!(world.engine.paused_by().is_none(), "only the batch stopped");
    for (id, state) in ids.iter().zip(&states) {
        let card = world.engine.cards(vec![id.clone()], Lang::En).await.unwrap().remove(0);
        assert_eq!(card.stopped, state == "queued", "{}: in no queue any more", card.number);
    }
    let stopped = world.engine.queue(Lang::En).await.unwrap().stopped;
    assert_eq!(stopped.len(), 1);
    assert_eq!(
        (
            stopped[0].batch_name.as_str(),
            stopped[0].limit,
            stopped[0].spent,
            stopped[0].left
        ),
        ("Rain", 2.0 * PRICE, 2.0 * PRICE, 2)
    );

    let report = world.engine.run_report(batch.clone(), 0, i64::MAX).await.unwrap();
    assert_eq!((report.at_limit, report.held), (2, 0));
    assert_eq!(world.engine.run_report(other, 0, i64::MAX).await.unwrap().at_limit, 0);

    world.reopen().await;
    assert_eq!(world.engine.queue(Lang::En).await.unwrap().stopped, stopped);
    let ahead = world.ahead(Scope::Batch(batch.clone())).await;
    assert_eq!((ahead.count, ahead.fit), (2, 0));
    // Started all the same: it stops again before anything is bought.
    world.engine.start(Scope::Batch(batch.clone()), Some(2)).await.unwrap();
    for _ in 0..200 {
        if !world.engine.queue(Lang::En).await.unwrap().stopped.is_empty() {
            break;
        }
        tokio::time::sleep(Duration::from_millis(50)).await;
    }
    assert_eq!(world.engine.queue(Lang::En).await.unwrap().stopped[0].left, 2);
    assert_eq!(world.service.ledger().posts.len(), 4);

    world.engine.set_spend_limit(batch.clone(), None).await.unwrap();
    assert!(world.engine.queue(Lang::En).await.unwrap().stopped.is_empty());
    world.engine.start(Scope::Batch(batch.clone()), Some(2)).await.unwrap();
    for id in &ids[3..] {
        world.until(id, &["done"]).await;
    }
    assert_eq!(world.service.ledger().posts.len(), 6, "each once");

    for wrong in [-1.0, f64::NAN, f64::INFINITY] {
        let told = world.engine.set_spend_limit(batch.clone(), Some(wrong)).await;
        assert!(told.is_err(), "{wrong}");
    }
    assert!(matches!(
        world.engine.set_spend_limit("nobody".into(), None).await,
        Err(Error::NotFound(_))
    ));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_limit_of_nothing_buys_nothing() {
    let world = world(Some(0.0), 0).await;
    let ids = world.add(&["one"]).await;
    world.start(&ids).await;
    world.paused().await;
    assert_eq!(world.settled(&ids).await, ["queued"]);
    assert!(world.service.ledger().posts.is_empty());
}

#[tokio::test(flavor = "multi_thread")]
async fn failures_of_one_kind_in_a_row_pause_the_queue_and_a_video_between_them_does_not() {
    let world = world(None, 3).await;
    let refused = |n: usize| format!("{n} [fault:refuse-422]");
    let prompts: Vec<String> = (0..6).map(refused).collect();
    let prompts: Vec<&str> = prompts.iter().map(String::as_str).collect();
    let ids = world.add(&prompts).await;
    world.start(&ids).await;
    match world.paused().await {
        Trouble::Repeated { times, service, .. } => {
            assert_eq!(times, 3);
            assert!(!service.is_empty(), "with the service's words");
        }
        other => panic!("{other:?}"),
    }
    let states = world.settled(&ids).await;
    assert_eq!((count(&states, "failed"), count(&states, "queued")), (3, 3));
    assert_eq!(world.service.ledger().posts.len(), 3);

    // Going on counts afresh.
    world.engine.resume().unwrap();
    world.paused().await;
    let states = world.settled(&ids).await;
    assert_eq!((count(&states, "failed"), count(&states, "queued")), (6, 0));
    assert_eq!(world.service.ledger().posts.len(), 6);

    // Two of one kind, then a video, then two more; or three of different kinds: nothing to stop for.
    world.engine.resume().unwrap();
    for round in [
        vec!["a [fault:refuse-422]", "b [fault:refuse-422]"],
        vec!["c"],
        vec!["d [fault:refuse-422]", "e [fault:refuse-422]"],
        vec!["f [fault:flag-2]"],
        vec!["g [fault:refuse-422]"],
    ] {
        let ids = world.add(&round).await;
        world.start(&ids).await;
        for id in &ids {
            world.until(id, &["done", "failed"]).await;
        }
    }
    assert!(world.engine.paused_by().is_none());
}

#[tokio::test(flavor = "multi_thread")]
async fn lost_answers_in_a_row_stop_the_spending_and_never_is_never() {
    let world = world(None, 2).await;
    let lost: Vec<String> = (0..4).map(|n| format!("{n} [fault:lost-reply]")).collect();
    let ids = world.add(&lost.iter().map(String::as_str).collect::<Vec<_>>()).await;
    world.start(&ids).await;
    assert!(matches!(world.paused().await, Trouble::Repeated { times: 2, .. }));
    assert_eq!(world.service.ledger().posts.len(), 2);
    world.set(|chosen| chosen.pause_after = 0).await;
    world.engine.resume().unwrap();
    for id in &ids {
        world.until(id, &["unconfirmed"]).await;
    }
    assert!(world.engine.paused_by().is_none());
}

#[tokio::test(flavor = "multi_thread")]
async fn the_first_few_have_their_own_price_in_the_order_in_which_they_are_bought() {
    let world = world(None, 0).await;
    for (prompt, model) in [
        ("a", "veo3"),
        ("b", "veo3_fast"),
        ("c", "veo3_lite"),
        ("d", "veo3_fast"),
    ] {
        let mut fields = support::prompt_only(prompt);
        fields.model = Some(model.into());
        world.add_fields(fields).await;
    }
    let ahead = world.ahead(Scope::Everything).await;
    let first = |few: &FirstFew| (few.count, few.credits, few.unpriced);
    assert_eq!(
        ahead.firsts.iter().map(first).collect::<Vec<_>>(),
        [(1, 250.0, 0), (3, 340.0, 0)],
        "five are more than all"
    );
    assert_eq!((ahead.credits, ahead.fit), (400.0, 4));
    world
        .engine
        .start_first(Scope::Everything, Some(4), Some(3))
        .await
        .unwrap();
    for _ in 0..400 {
        if world.engine.queue(Lang::En).await.unwrap().saved_today == 3 {
            break;
        }
        tokio::time::sleep(Duration::from_millis(50)).await;
    }
    let spent = world.engine.queue(Lang::En).await.unwrap().spent_today;
    assert!((spent - 340.0).abs() < 1e-9, "what was said is what was paid: {spent}");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_first_few_that_fails_leaves_the_rest_held_and_says_that_none_worked() {
    let world = world(None, 0).await;
    let ids = world.add(&["one [fault:refuse-422]", "two", "three"]).await;
    world
        .engine
        .start_first(Scope::Everything, Some(3), Some(1))
        .await
        .unwrap();
    world.until(&ids[0], &["failed"]).await;
    let states = world.settled(&ids).await;
    assert_eq!(count(&states, "draft"), 2, "{states:?}");
    let canary = world.engine.queue(Lang::En).await.unwrap().canaries.remove(0);
    assert_eq!((canary.first, canary.worked, canary.running, canary.held), (1, 0, 0, 2));
    assert_eq!(world.service.ledger().posts.len(), 1);
    let cards = world.engine.cards(ids.clone(), Lang::En).await.unwrap();
    let held: Vec<bool> = cards.iter().map(|card| card.held).collect();
    assert_eq!(held, [false, true, true]);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_first_few_that_stops_at_a_limit_is_not_called_at_work() {
    let world = world(None, 0).await;
    let ids = world.add(&["one", "two", "three", "four"]).await;
    let batch = world.batch.clone();
    world.engine.set_spend_limit(batch, Some(PRICE)).await.unwrap();
    world
        .engine
        .start_first(Scope::Everything, Some(4), Some(3))
        .await
        .unwrap();
    world.until(&ids[0], &["done"]).await;
    world.settled(&ids).await;
    let queue = world.engine.queue(Lang::En).await.unwrap();
    let canary = &queue.canaries[0];
    assert_eq!((canary.first, canary.worked, canary.running, canary.held), (3, 1, 0, 1));
    assert_eq!(queue.stopped[0].left, 2);
}

#[tokio::test(flavor = "multi_thread")]
async fn doubles_are_named_and_variants_are_none() {
    let world = world(None, 0).await;
    let new = |prompt: &str| engine::library::NewTask {
        number: None,
        fields: support::prompt_only(prompt),
    };
    world
        .engine
        .add_variants(world.batch.clone(), vec![new("a fox")], 3)
        .await
        .unwrap();
    let ahead = world.ahead(Scope::Everything).await;
    assert_eq!((ahead.count, ahead.twins_count, ahead.again_count), (3, 0, 0));
    let first = ahead.firsts[0].count;
    world
        .engine
        .start_first(Scope::Everything, Some(3), Some(first))
        .await
        .unwrap();
    for _ in 0..400 {
        if world.engine.queue(Lang::En).await.unwrap().saved_today == 1 {
            break;
        }
        tokio::time::sleep(Duration::from_millis(50)).await;
    }
    let canary = world.engine.queue(Lang::En).await.unwrap().canaries.remove(0);
    let rest = world.ahead(Scope::Held(canary.id)).await;
    assert_eq!((rest.count, rest.again_count), (2, 0), "another try of it is meant");

    let twins = world.add(&["a fox", "a hare", "a hare", "a hare"]).await;
    let ahead = world.ahead(Scope::Everything).await;
    assert_eq!((ahead.count, ahead.again_count, ahead.twins_count), (4, 1, 2));
    assert_eq!(ahead.again[0].id, twins[0]);
    let number = world.report(&twins[2]).await.number;
    assert_eq!(ahead.twins[0], number);
}
