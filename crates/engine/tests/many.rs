//! Acts for many chosen tasks, through the front door: each is done with those it fits, the others are left alone, and
//! nothing is bought by any of them.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, missing_docs)]

mod support;

use engine::view::{Action, TaskFields};
use engine::{Error, Scope};
use simulator::{Fault, Faults};
use support::{World, prompt_only};

async fn count(world: &World, ids: &[String], action: Action) -> (u64, Option<f64>) {
    let fits = world.engine.fits(ids.to_vec()).await.unwrap();
    let fit = fits.into_iter().find(|fit| fit.action == action);
    fit.map_or((0, None), |fit| (fit.n, fit.credits))
}

async fn states(world: &World, ids: &[String]) -> Vec<String> {
    let mut found = Vec::new();
    for id in ids {
        found.push(world.report(id).await.state);
    }
    found
}

#[tokio::test(flavor = "multi_thread")]
async fn an_act_for_many_is_done_with_those_it_fits_and_buys_nothing() {
    let world = World::new().await;
    let bought = world.add(&["a red car"]).await.remove(0);
    world.start(std::slice::from_ref(&bought)).await;
    world.until(&bought, &["done"]).await;
    world.engine.pause();
    let drafts = world.add(&["one", "two", "three"]).await;
    let wrong = world
        .add_fields(TaskFields {
            seed: Some(5),
            ..prompt_only("cannot be sent")
        })
        .await;
    let ids = [std::slice::from_ref(&bought), &drafts, &[wrong.clone(), "gone".into()]].concat();

    let one = world.engine.fits(vec![drafts[0].clone()]).await.unwrap()[0]
        .credits
        .unwrap();
    assert_eq!(count(&world, &ids, Action::Start).await, (3, Some(3.0 * one)));
    assert_eq!(count(&world, &ids, Action::Edit).await.0, 4);
    assert_eq!(count(&world, &ids, Action::Delete).await.0, 4);
    assert_eq!(count(&world, &ids, Action::Unqueue).await.0, 0);
    assert_eq!(world.engine.that_fit(ids.clone(), Action::Start).await.unwrap(), drafts);

    // What buys is refused here, whatever it is asked for with.
    for buys in [Action::Start, Action::Retry, Action::SubmitAgain] {
        assert!(
            matches!(world.engine.do_with(drafts.clone(), buys).await, Ok(done) if done.done.is_empty())
                || matches!(world.engine.do_with(drafts.clone(), buys).await, Err(Error::Changed))
        );
    }
    assert_eq!(states(&world, &drafts).await, ["draft", "draft", "draft"]);

    world
        .engine
        .start(Scope::Tasks(drafts[..2].to_vec()), Some(2))
        .await
        .unwrap();
    world.engine.pause();
    // The queue may have taken one up before it was paused: that one is no longer to be taken out.
    let done = world.engine.do_with(ids.clone(), Action::Unqueue).await.unwrap();
    assert!(done.done.iter().all(|id| drafts[..2].contains(id)), "{done:?}");
    assert_eq!(done.left, (ids.len() - done.done.len()) as u64);

    let gone = world.engine.do_with(ids.clone(), Action::Delete).await.unwrap();
    assert!(!gone.done.contains(&bought) && gone.done.contains(&wrong));
    world.engine.restore(gone.done.clone()).await.unwrap();
    assert_eq!(world.posts("three"), (0, 0), "nothing was bought by any of it");
}

#[tokio::test(flavor = "multi_thread")]
async fn failed_ones_are_bought_again_only_by_a_start_and_the_rest_of_it_can_be_held() {
    let world = World::new().await;
    let ids = world.add(&["a", "b", "c"]).await;
    world.service.set_faults(Faults::one(Fault::Refuse422, 1.0));
    world.start(&ids).await;
    for id in &ids {
        world.until(id, &["failed"]).await;
    }
    world.service.set_faults(Faults::none());
    assert_eq!(count(&world, &ids, Action::Retry).await.0, 3);
    let started = world
        .engine
        .start_first(Scope::Tasks(ids.clone()), Some(3), Some(1))
        .await
        .unwrap();
    assert_eq!(started, 1);
    world.until(&ids[0], &["done"]).await;
    assert_eq!(
        states(&world, &ids[1..]).await,
        ["draft", "draft"],
        "held until asked for"
    );
    assert_eq!((world.posts("b").1, world.posts("c").1), (0, 0));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_single_edit_is_put_back_unless_it_was_bought_or_changed_since() {
    let world = World::new().await;
    let ids = world.add(&["a fox", "a crow"]).await;
    let before = world
        .engine
        .edit(ids[0].clone(), prompt_only("a wolf"))
        .await
        .unwrap()
        .unwrap();
    assert!(
        world
            .engine
            .edit(ids[0].clone(), prompt_only("a wolf"))
            .await
            .unwrap()
            .is_none()
    );
    let back = world.engine.put_back(vec![before.clone()]).await.unwrap();
    assert_eq!((back.changed, back.left_alone), (1, 0));
    let forward = world.engine.put_back(back.before).await.unwrap();
    assert_eq!(forward.changed, 1);

    world.start(&ids[..1]).await;
    world.until(&ids[0], &["done"]).await;
    let back = world.engine.put_back(vec![before]).await.unwrap();
    assert_eq!((back.changed, back.left_alone), (0, 1), "it was bought as it stood");
    assert_eq!(world.posts("a wolf"), (1, 1));
}
