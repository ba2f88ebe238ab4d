//! The order in which what waits is bought: moved by hand it is the lane's and the queue's, it is kept, and it can be put
//! back as long as nobody moved or bought it since.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, missing_docs)]

mod support;

use engine::task::Lane;
use engine::view::order::Beside;
use engine::view::{RowsQuery, SortBy};
use engine::words::Lang;
use engine::{Error, Scope};
use support::World;

async fn ready(world: &World) -> String {
    let query = RowsQuery {
        batch_id: None,
        lane: Some(Lane::Ready),
        sort: SortBy::Place,
        descending: false,
        search: String::new(),
        filter: engine::view::filter::Filter::default(),
        offset: 0,
        limit: 200,
    };
    let rows = world.engine.rows(query, Lang::En).await.unwrap().rows;
    rows.iter().map(|card| card.fields.prompt.clone()).collect()
}

fn before(id: &str) -> Beside {
    Beside::Before { id: id.to_owned() }
}

fn after(id: &str) -> Beside {
    Beside::After { id: id.to_owned() }
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_moved_stands_there_in_the_lane_and_comes_back() {
    let mut world = World::new().await;
    world.engine.pause();
    let ids = world.add(&["a", "b", "c", "d", "e"]).await;
    assert_eq!(ready(&world).await, "abcde");
    // Named in any order, they keep theirs.
    let first = world
        .engine
        .move_tasks(vec![ids[4].clone(), ids[2].clone(), "gone".into()], before(&ids[0]))
        .await
        .unwrap();
    assert_eq!(
        (ready(&world).await.as_str(), first.moved.len(), first.left),
        ("ceabd", 2, 1)
    );
    let second = world
        .engine
        .move_tasks(vec![ids[0].clone()], after(&ids[3]))
        .await
        .unwrap();
    assert_eq!(ready(&world).await, "cebda");
    // Beside one of themselves: they come together where that one stood.
    world
        .engine
        .move_tasks(vec![ids[2].clone(), ids[3].clone()], after(&ids[3]))
        .await
        .unwrap();
    assert_eq!(ready(&world).await, "ebcda");
    world.reopen().await;
    assert_eq!(ready(&world).await, "ebcda", "it outlives the app");

    let forward = world.engine.put_order_back(second.moved.clone()).await.unwrap();
    assert_eq!((ready(&world).await.as_str(), forward.left), ("eabcd", 0));
    world.engine.put_order_back(forward.moved).await.unwrap();
    assert_eq!(ready(&world).await, "ebcda");
    // c was moved again since; e was not.
    let back = world.engine.put_order_back(first.moved).await.unwrap();
    assert_eq!((back.moved.len(), back.left), (1, 1));

    // Cancelled ones have no place in the order, and nothing is put beside one.
    world.engine.cancel(vec![ids[1].clone()]).await.unwrap();
    let none = world
        .engine
        .move_tasks(vec![ids[1].clone()], before(&ids[0]))
        .await
        .unwrap();
    assert_eq!((none.moved.len(), none.left), (0, 1));
    let refused = world.engine.move_tasks(vec![ids[0].clone()], before(&ids[1])).await;
    assert!(matches!(refused, Err(Error::Changed)));
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_in_front_is_bought_first_whichever_batch_it_is_of() {
    let world = World::new().await;
    world.engine.pause();
    let ids = world.add(&["one", "two", "three"]).await;
    let folder = world.folder().to_string_lossy().into_owned();
    let other = world.engine.create_batch("Other", Some(folder)).await.unwrap().id;
    let new = engine::library::NewTask {
        number: None,
        fields: support::prompt_only("four"),
    };
    let late = world.engine.add(other, vec![new]).await.unwrap().remove(0);
    world
        .engine
        .move_tasks(vec![late.clone(), ids[2].clone()], before(&ids[0]))
        .await
        .unwrap();
    // A try at the front of it alone takes what stands in front.
    let all = [ids.clone(), vec![late.clone()]].concat();
    let started = world
        .engine
        .start_first(Scope::Tasks(all), Some(4), Some(1))
        .await
        .unwrap();
    assert_eq!(started, 1);
    world.until(&ids[2], &["done"]).await;
    assert_eq!(world.posts("three"), (1, 1));
    assert_eq!((world.posts("one").0, world.posts("four").0), (0, 0));
    // Taken out and started again, it has its place still.
    assert_eq!(ready(&world).await, "fouronetwo");
    world.start(&[ids[1].clone(), late.clone()]).await;
    world.engine.pause();
    let _ = world
        .engine
        .do_with(vec![ids[1].clone(), late.clone()], engine::view::Action::Unqueue)
        .await;
    let order = ready(&world).await;
    assert!("fouronetwo".contains(&order), "{order}");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_place_that_has_no_room_left_is_made_room_in() {
    let world = World::new().await;
    world.engine.pause();
    let ids = world.add(&["a", "b", "c", "d"]).await;
    // Each one comes right behind the first: the room there is halved until there is none.
    let mut first = None;
    for nth in 0..60 {
        let moved = world
            .engine
            .move_tasks(vec![ids[1 + nth % 3].clone()], after(&ids[0]))
            .await
            .unwrap();
        first.get_or_insert(moved.moved);
    }
    // b, c, d in turn, so the last three stand there the other way round.
    assert_eq!(ready(&world).await, "adcb");
    let back = world.engine.put_order_back(first.unwrap()).await.unwrap();
    assert_eq!((back.moved.len(), back.left), (0, 1), "all of it was moved since");
    assert_eq!(ready(&world).await, "adcb");
}
