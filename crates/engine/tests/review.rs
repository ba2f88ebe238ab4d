//! What a person thinks of the clips: kept, counted, found by it, taken back; all over a restart.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, missing_docs)]

mod support;

use engine::view::TaskCard;
use engine::view::review::{MarkChange, RollCounts, RollQuery, Which};
use engine::words::Lang;
use support::{ENDED, World};

async fn world_with(prompts: &[&str]) -> (World, Vec<String>) {
    let world = World::new().await;
    let ids = world.add(prompts).await;
    world.start(&ids).await;
    for id in &ids {
        assert_eq!(world.until(id, ENDED).await.state, "done");
    }
    (world, ids)
}

fn of(which: Which) -> RollQuery {
    RollQuery {
        batch_id: None,
        search: String::new(),
        which,
    }
}

async fn card(world: &World, id: &str) -> TaskCard {
    world
        .engine
        .cards(vec![id.to_owned()], Lang::En)
        .await
        .unwrap()
        .remove(0)
}

#[tokio::test(flavor = "multi_thread")]
async fn marks_are_kept_counted_found_and_taken_back() {
    let (mut world, ids) = world_with(&["one", "two", "three"]).await;
    let waiting = world.add(&["not bought"]).await.remove(0);
    let engine = &world.engine;
    let all = engine.roll(of(Which::All)).await.unwrap();
    assert_eq!(all.ids, ids, "saved clips alone, in the order of the board");

    let rate = |rating| MarkChange::Rate { rating };
    let tag = |tag: &str, on| MarkChange::Tag {
        tag: tag.to_owned(),
        on,
    };
    engine.mark(vec![ids[0].clone()], rate(4)).await.unwrap();
    engine.mark(vec![ids[1].clone()], MarkChange::Reject).await.unwrap();
    let both = vec![ids[0].clone(), ids[2].clone(), waiting.clone()];
    let before = engine.mark(both, tag("  主镜头\n hero ", true)).await.unwrap();
    assert_eq!(before.len(), 2, "what has no clip cannot be marked");
    assert_eq!((before[0].rating, before[0].tags.len()), (4, 0));

    world.reopen().await;
    let engine = &world.engine;
    let first = card(&world, &ids[0]).await;
    assert_eq!(
        (first.rating, first.rejected, first.tags),
        (4, false, vec!["主镜头 hero".to_owned()])
    );
    assert!(card(&world, &ids[1]).await.rejected);
    let roll = engine.roll(of(Which::All)).await.unwrap();
    let counts = RollCounts {
        all: 3,
        unmarked: 1,
        picks: 1,
        rejected: 1,
    };
    assert_eq!(roll.counts, counts);
    assert_eq!((roll.tags[0].tag.as_str(), roll.tags[0].count), ("主镜头 hero", 2));
    for (which, found) in [
        (Which::Unmarked, vec![&ids[2]]),
        (Which::Rated { least: 3 }, vec![&ids[0]]),
        (Which::Rated { least: 5 }, vec![]),
        (Which::NotRejected, vec![&ids[0], &ids[2]]),
        (Which::Rejected, vec![&ids[1]]),
        (
            Which::Tagged {
                tag: "主镜头 hero".to_owned(),
            },
            vec![&ids[0], &ids[2]],
        ),
        (Which::Tagged { tag: "%".to_owned() }, vec![]),
        (
            Which::These {
                ids: vec![ids[2].clone(), waiting.clone()],
            },
            vec![&ids[2]],
        ),
    ] {
        let roll = engine.roll(of(which.clone())).await.unwrap();
        assert_eq!(roll.ids.iter().collect::<Vec<_>>(), found, "{which:?}");
        assert_eq!(roll.total, found.len() as u64);
    }

    // A rejected one that is rated is not rejected any more; undo puts back exactly what was.
    let before = engine.mark(ids.clone(), rate(5)).await.unwrap();
    assert!(!card(&world, &ids[1]).await.rejected);
    engine.put_marks(before).await.unwrap();
    let now: Vec<_> = engine.cards(ids.clone(), Lang::En).await.unwrap();
    let marks: Vec<_> = now
        .iter()
        .map(|card| (card.rating, card.rejected, card.tags.len()))
        .collect();
    assert_eq!(marks, [(4, false, 1), (0, true, 0), (0, false, 1)]);
    engine.mark(ids.clone(), MarkChange::None).await.unwrap();
    engine.mark(ids.clone(), tag("主镜头 hero", false)).await.unwrap();
    assert_eq!(engine.roll(of(Which::Unmarked)).await.unwrap().ids, ids);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_mark_is_told_once_and_one_that_changes_nothing_is_not() {
    let (world, ids) = world_with(&["one"]).await;
    let mut told = world.engine.listen();
    let rate = MarkChange::Rate { rating: 3 };
    let revision = card(&world, &ids[0]).await.revision;
    assert_eq!(world.engine.mark(ids.clone(), rate.clone()).await.unwrap().len(), 1);
    assert!(world.engine.mark(ids.clone(), rate).await.unwrap().is_empty());
    assert_eq!(card(&world, &ids[0]).await.revision, revision + 1);
    let mut marks = 0;
    while let Ok(change) = told.try_recv() {
        marks += usize::from(change == engine::change::Change::Task(ids[0].clone()));
    }
    assert_eq!(marks, 1);
    // Fetched again, it is the same clip: what was thought of it stays.
    std::fs::remove_file(world.folder().join("0001.mp4")).unwrap();
    world.engine.save_again(ids.clone(), None).await.unwrap();
    world.until(&ids[0], ENDED).await;
    assert_eq!(card(&world, &ids[0]).await.rating, 3);
}
