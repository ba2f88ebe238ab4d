//! Before money is spent: the first few and the rest that is held, and what a start says of itself beforehand.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, missing_docs)]

mod support;

use std::time::Duration;

use engine::view::start::{CanaryView, Doubt, StartSummary};
use engine::words::Lang;
use engine::{Error, Scope};
use support::World;

impl World {
    async fn ahead(&self, scope: Scope) -> StartSummary {
        self.engine.look_at_start(scope, Vec::new(), Lang::En).await.unwrap()
    }

    async fn canaries(&self) -> Vec<CanaryView> {
        self.engine.queue(Lang::En).await.unwrap().canaries
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn the_rest_is_held_across_a_restart_and_bought_on_the_users_word_only() {
    let mut world = World::new().await;
    let ids = world.add(&["one", "two", "three", "four", "five", "six"]).await;
    let started = world
        .engine
        .start_first(Scope::Everything, Some(6), Some(2))
        .await
        .unwrap();
    assert_eq!(started, 2);
    for id in &ids[..2] {
        world.until(id, &["done"]).await;
    }
    let held = world.canaries().await.remove(0);
    assert_eq!((held.first, held.worked, held.running, held.held), (2, 2, 0, 4));
    assert_eq!(held.credits, Some(240.0), "what the rest costs");
    let report = world.engine.run_report(world.batch.clone(), 0, i64::MAX).await.unwrap();
    assert_eq!((report.saved, report.held, report.at_limit), (2, 4, 0));

    world.reopen().await;
    assert_eq!(world.canaries().await, vec![held.clone()], "held as before");
    // Neither what goes on with the queue of last time nor a start of everything else reaches it.
    assert_eq!(world.engine.start(Scope::LeftOver, None).await.unwrap(), 0);
    assert_eq!(world.ahead(Scope::Everything).await.count, 0);
    assert_eq!(world.engine.start(Scope::Everything, Some(0)).await.unwrap(), 0);
    let other = world.add(&["seven"]).await.remove(0);
    assert_eq!(world.engine.start(Scope::Everything, Some(1)).await.unwrap(), 1);
    world.until(&other, &["done"]).await;
    tokio::time::sleep(Duration::from_millis(500)).await;
    assert_eq!(world.service.ledger().posts.len(), 3, "two first, and the new one");

    let wrong = world.engine.start(Scope::Held(held.id.clone()), Some(5)).await;
    assert!(
        matches!(wrong, Err(Error::OtherCount { shown: 5, now: 4 })),
        "{wrong:?}"
    );
    assert_eq!(world.ahead(Scope::Held(held.id.clone())).await.count, 4);
    assert_eq!(world.engine.start(Scope::Held(held.id), Some(4)).await.unwrap(), 4);
    for id in &ids {
        world.until(id, &["done"]).await;
    }
    assert!(world.canaries().await.is_empty());
    assert_eq!(world.service.ledger().posts.len(), 7, "each bought once");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_held_task_that_is_started_by_itself_leaves_its_start_and_what_is_bought_cannot_be_held() {
    let world = World::new().await;
    let ids = world.add(&["one", "two", "three"]).await;
    world
        .engine
        .start_first(Scope::Batch(world.batch.clone()), Some(3), Some(1))
        .await
        .unwrap();
    world.until(&ids[0], &["done"]).await;
    world.start(&ids[1..2]).await;
    world.until(&ids[1], &["done"]).await;
    let held = world.canaries().await.remove(0);
    assert_eq!((held.first, held.worked, held.held), (1, 1, 1));
    world.engine.delete(ids[2..].to_vec()).await.unwrap();
    assert!(world.canaries().await.is_empty(), "nothing is left to start");
    // What is bought cannot be held: all or nothing.
    let new = world.add(&["four"]).await.remove(0);
    let both = Scope::Tasks(vec![new.clone(), ids[0].clone()]);
    assert!(matches!(
        world.engine.start_first(both, None, Some(1)).await,
        Err(Error::Changed)
    ));
    assert_eq!(world.report(&new).await.state, "draft");
}

#[tokio::test(flavor = "multi_thread")]
async fn the_summary_says_what_the_ledger_says_after_it_and_names_what_was_bought_before() {
    let world = World::new().await;
    let mut ids = world.add(&["a red car", "a green boat"]).await;
    let mut dear = support::prompt_only("a dear one");
    dear.model = Some("veo3".into());
    ids.push(world.add_fields(dear).await);
    let mut wrong = support::prompt_only("cannot be sent");
    wrong.duration = Some(5);
    for _ in 0..7 {
        world.add_fields(wrong.clone()).await;
    }
    let ahead = world.ahead(Scope::Everything).await;
    assert_eq!((ahead.count, ahead.unpriced, ahead.again_count), (3, 0, 0));
    assert_eq!(
        (ahead.cannot_count, ahead.cannot.len()),
        (7, 5),
        "the first five are named"
    );
    assert!(ahead.cannot[0].why.contains('5'), "{:?}", ahead.cannot[0]);
    assert_eq!(ahead.prices_of, engine::price::AS_OF);
    world.engine.start(Scope::Everything, Some(ahead.count)).await.unwrap();
    for id in &ids {
        world.until(id, &["done"]).await;
    }
    let spent = world.engine.queue(Lang::En).await.unwrap();
    assert!((spent.spent_today - ahead.credits).abs() < 1e-9, "{spent:?} {ahead:?}");

    let again = world.add(&["a red car", "a red car at night"]).await;
    let ahead = world.ahead(Scope::Everything).await;
    assert_eq!((ahead.count, ahead.again_count), (2, 1));
    assert_eq!(ahead.again[0].id, again[0]);
    assert_eq!(ahead.again[0].by, world.report(&ids[0]).await.number);
    assert!(ahead.again[0].at > 0);
}

#[tokio::test(flavor = "multi_thread")]
async fn what_came_to_nothing_and_was_put_back_unchanged_is_named_before_it_is_bought_again() {
    let world = World::new().await;
    let ids = world.add(&["fine", "bad [fault:moderation x1]"]).await;
    world.start(&ids).await;
    for id in &ids {
        world.until(id, &["done", "failed"]).await;
    }
    let bad = ids[1].clone();
    let before = world
        .engine
        .edit(bad.clone(), support::prompt_only("better"))
        .await
        .unwrap()
        .unwrap();
    let ahead = world.ahead(Scope::Everything).await;
    assert_eq!((ahead.count, ahead.in_vain_count), (1, 0), "another request");
    world.engine.put_back(vec![before]).await.unwrap();
    let ahead = world.ahead(Scope::Everything).await;
    let number = world.report(&bad).await.number;
    assert_eq!((ahead.count, ahead.in_vain_count, ahead.in_vain), (1, 1, vec![number]));
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_doubtful_is_left_out_of_a_start_on_request_and_stays_as_it_is() {
    let world = World::new().await;
    let first = world.add(&["a red car", "bad [fault:moderation x1]"]).await;
    world.start(&first).await;
    for id in &first {
        world.until(id, &["done", "failed"]).await;
    }
    let before = world
        .engine
        .edit(first[1].clone(), support::prompt_only("better"))
        .await
        .unwrap()
        .unwrap();
    world.engine.put_back(vec![before]).await.unwrap();
    let mut dear = support::prompt_only("a lake");
    dear.model = Some("veo3".into());
    let lake = world.add_fields(dear).await;
    // Bought before, twice; new; new and once more.
    let more = world.add(&["a red car", "a red car", "a hill", "a hill"]).await;

    let all = world.ahead(Scope::Everything).await;
    assert_eq!((all.count, all.left_out), (6, 0));
    assert_eq!((all.again_count, all.in_vain_count, all.twins_count), (2, 1, 2));
    let models: Vec<_> = all
        .models
        .iter()
        .map(|one| (&*one.model, one.count, one.credits))
        .collect();
    assert_eq!(models, [("veo3_fast", 5, 300.0), ("veo3", 1, 250.0)]);
    assert_eq!(all.firsts[0].models.len(), 1, "the first one alone");

    let look = |without| world.engine.look_at_start(Scope::Everything, without, Lang::En);
    let new = look(vec![Doubt::Again]).await.unwrap();
    assert_eq!(
        (new.count, new.left_out, new.again_count),
        (4, 2, 2),
        "named all the same"
    );
    assert_eq!(new.twins_count, 1, "what is left out is nobody's double");
    let without = vec![Doubt::Again, Doubt::InVain, Doubt::Twin];
    let clean = look(without.clone()).await.unwrap();
    assert_eq!((clean.count, clean.left_out, clean.credits), (2, 4, 310.0));
    assert_eq!(clean.firsts.len(), 1, "one of two");

    let wrong = world
        .engine
        .start_some(Scope::Everything, Some(6), None, without.clone())
        .await;
    assert!(
        matches!(wrong, Err(Error::OtherCount { shown: 6, now: 2 })),
        "{wrong:?}"
    );
    let started = world.engine.start_some(Scope::Everything, Some(2), None, without).await;
    assert_eq!(started.unwrap(), 2);
    for id in [&lake, &more[2]] {
        world.until(id, &["done"]).await;
    }
    for id in [&first[1], &more[0], &more[1], &more[3]] {
        assert_eq!(world.report(id).await.state, "draft");
    }
    assert_eq!(world.service.ledger().posts.len(), 4, "two at first, two now");
}
