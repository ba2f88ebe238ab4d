//! What a user does to tasks, against the real thing: each command's effect on the board, the ledger and the folder.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, missing_docs)]

mod support;

use std::time::Duration;

use engine::task::Lane;
use engine::view::{Action, RowsQuery, SortBy};
use engine::words::Lang;
use engine::{Engine, Error, Scope};
use support::{ENDED, World, assert_whole, fast, options, preferences, prompt_only};

#[tokio::test(flavor = "multi_thread")]
async fn opening_and_adding_buys_nothing_and_start_buys_what_was_shown() {
    let world = World::new().await;
    let ids = world.add(&["a", "b", "c"]).await;
    tokio::time::sleep(Duration::from_millis(300)).await;
    assert!(world.service.ledger().posts.is_empty());
    // Another count than the one on the button: nothing happens.
    let refused = world.engine.start(Scope::Batch(world.batch.clone()), Some(2)).await;
    assert!(
        matches!(refused, Err(Error::OtherCount { shown: 2, now: 3 })),
        "{refused:?}"
    );
    assert!(world.service.ledger().posts.is_empty());
    assert_eq!(
        world
            .engine
            .start(Scope::Batch(world.batch.clone()), Some(3))
            .await
            .unwrap(),
        3
    );
    for id in &ids {
        let task = world.until(id, ENDED).await;
        assert_eq!(task.state, "done");
        assert_whole(task.local_path.unwrap().as_ref());
    }
    assert_eq!(world.files(), ["0001.mp4", "0002.mp4", "0003.mp4"]);
    assert_eq!(world.service.ledger().posts.len(), 3);
}

#[tokio::test(flavor = "multi_thread")]
async fn what_was_only_queued_waits_for_start_after_a_restart_and_what_was_bought_does_not() {
    // One at a time, so that the second cannot be taken up while the first is being made.
    let one = engine::view::settings::Preferences {
        in_flight: 1,
        ..preferences()
    };
    let mut world = World::with(simulator::Options { speed: 35.0, ..fast() }, one).await;
    let ids = world.add(&["bought", "queued"]).await;
    world.start(&ids).await;
    world.until(&ids[0], &["generating"]).await;
    assert_eq!(world.report(&ids[1]).await.state, "queued");
    world.reopen().await;
    assert_eq!(world.until(&ids[0], ENDED).await.state, "done");
    tokio::time::sleep(Duration::from_millis(300)).await;
    assert_eq!(world.report(&ids[1]).await.state, "queued");
    assert_eq!(world.service.ledger().posts.len(), 1);
    let batch = world
        .engine
        .batch_views(vec![world.batch.clone()])
        .await
        .unwrap()
        .remove(0);
    assert_eq!((batch.startable, batch.queued), (1, 0), "it waits for Start");
    assert_eq!(batch.startable_credits, Some(60.0), "with its price on the button");
    world
        .engine
        .start(Scope::Batch(world.batch.clone()), Some(1))
        .await
        .unwrap();
    assert_eq!(world.until(&ids[1], ENDED).await.state, "done");
    assert_eq!(world.service.ledger().accepted.len(), 2);
}

#[tokio::test(flavor = "multi_thread")]
async fn an_unknown_outcome_is_the_users_alone_with_the_balance_as_evidence() {
    let mut world = World::new().await;
    let ids = world
        .add(&["lost [fault:lost-reply x1]", "never sent [fault:lost-request x1]"])
        .await;
    world.engine.start(Scope::Tasks(ids.clone()), None).await.unwrap();
    for (id, taken) in [(&ids[0], true), (&ids[1], false)] {
        world.until(id, &["unconfirmed"]).await;
        let said = loop {
            let card = world.engine.cards(vec![id.clone()], Lang::En).await.unwrap().remove(0);
            assert_eq!(card.lane, Lane::NeedsYou);
            assert_eq!(card.actions, [Action::Attach, Action::SubmitAgain, Action::Dismiss]);
            let money = card.trouble.unwrap().money;
            if money.contains("So far") || money.contains("cannot tell") {
                break money;
            }
            tokio::time::sleep(Duration::from_millis(50)).await;
        };
        // What the balance did is told; what it means is not said while two outcomes are unknown at a time.
        assert_eq!(said.contains("10,000"), taken, "{said}");
        assert!(
            said.contains("may have been bought") && !said.contains("ikely"),
            "{said}"
        );
    }
    // Neither a restart nor time makes the app send it again.
    world.reopen().await;
    world.engine.resume().unwrap();
    tokio::time::sleep(Duration::from_millis(500)).await;
    assert_eq!(world.service.ledger().posts.len(), 2);
    // The id from the service's site brings the video home without a purchase.
    let id = world.service.ledger().accepted[0].task_id.clone();
    assert!(world.engine.attach(ids[0].clone(), "no id at all!").await.is_err());
    world.engine.attach(ids[0].clone(), &format!(" {id}\n")).await.unwrap();
    assert_eq!(world.until(&ids[0], ENDED).await.state, "done");
    let twice = world.engine.attach(ids[1].clone(), &id).await.unwrap_err();
    assert!(twice.say(Lang::En).contains("Another card"), "{twice}");
    world.engine.submit_again(ids[1].clone()).await.unwrap();
    assert_eq!(world.until(&ids[1], ENDED).await.state, "done");
    let ledger = world.service.ledger();
    assert_eq!((ledger.posts.len(), ledger.accepted.len()), (3, 2));
    let detail = world.engine.task(ids[1].clone(), Lang::En).await.unwrap();
    assert_eq!(detail.attempts.len(), 2, "each try stays in the ledger");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_dismissed_unknown_keeps_what_is_known_and_can_still_be_found() {
    let world = World::new().await;
    let ids = world.add(&["x [fault:lost-reply x1]"]).await;
    world.start(&ids).await;
    world.until(&ids[0], &["unconfirmed"]).await;
    world.engine.dismiss(ids.clone()).await.unwrap();
    assert_eq!(world.report(&ids[0]).await.state, "cancelled");
    assert!(
        world.engine.delete(ids.clone()).await.is_err(),
        "it may have been bought: it stays on the board"
    );
    assert!(
        world.engine.retry(ids.clone()).await.is_err(),
        "and is not bought again in passing"
    );
    assert!(world.engine.edit(ids[0].clone(), prompt_only("y")).await.is_err());
    let id = world.service.ledger().accepted[0].task_id.clone();
    world.engine.attach(ids[0].clone(), &id).await.unwrap();
    assert_eq!(world.until(&ids[0], ENDED).await.state, "done");
    assert_eq!(world.service.ledger().posts.len(), 1);
}

#[tokio::test(flavor = "multi_thread")]
async fn watching_can_be_stopped_and_taken_up_again_without_a_purchase() {
    let world = World::with(simulator::Options { speed: 30.0, ..fast() }, preferences()).await;
    let ids = world.add(&["x"]).await;
    world.start(&ids).await;
    world.until(&ids[0], &["generating"]).await;
    world.engine.stop_watching(ids.clone()).await.unwrap();
    let task = world.report(&ids[0]).await;
    assert_eq!(task.state, "cancelled");
    assert!(task.task_id.is_some(), "its id is kept");
    let card = world.engine.cards(ids.clone(), Lang::En).await.unwrap().remove(0);
    assert_eq!(card.actions, [Action::WatchAgain]);
    world.engine.watch_again(ids.clone()).await.unwrap();
    assert_eq!(world.until(&ids[0], ENDED).await.state, "done");
    assert_eq!(world.service.ledger().posts.len(), 1);
}

#[tokio::test(flavor = "multi_thread")]
async fn cancelled_and_edited_before_their_turn_and_deleted_with_a_way_back() {
    let world = World::new().await;
    world.engine.pause();
    let ids = world.add(&["a", "b", "c"]).await;
    world.engine.cancel(vec![ids[0].clone()]).await.unwrap();
    world
        .engine
        .edit(ids[1].clone(), prompt_only("b, better"))
        .await
        .unwrap();
    world.engine.delete(vec![ids[2].clone()]).await.unwrap();
    let lane = |lane| RowsQuery {
        batch_id: None,
        lane: Some(lane),
        sort: SortBy::Place,
        descending: false,
        search: String::new(),
        filter: engine::view::filter::Filter::default(),
        offset: 0,
        limit: 50,
    };
    let rows = world.engine.rows(lane(Lane::Ready), Lang::En).await.unwrap();
    let prompts: Vec<_> = rows.rows.iter().map(|row| row.fields.prompt.as_str()).collect();
    assert_eq!(
        (rows.total, prompts),
        (2, vec!["b, better", "a"]),
        "the cancelled one stands below"
    );
    world.engine.restore(vec![ids[2].clone()]).await.unwrap();
    assert_eq!(world.engine.rows(lane(Lane::Ready), Lang::En).await.unwrap().total, 3);
    world.engine.start(Scope::Everything, Some(2)).await.unwrap();
    assert_eq!(world.until(&ids[1], ENDED).await.state, "done");
    assert_eq!(world.until(&ids[2], ENDED).await.state, "done");
    assert_eq!(world.posts("b, better"), (1, 1));
    assert_eq!(world.posts("a"), (0, 0));
    assert!(
        world.engine.edit(ids[1].clone(), prompt_only("z")).await.is_err(),
        "a bought request is not changed"
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn a_refused_one_is_edited_and_bought_anew_on_the_same_card() {
    let world = World::new().await;
    let ids = world.add(&["bad [fault:refuse-400-policy]"]).await;
    world.start(&ids).await;
    assert_eq!(world.until(&ids[0], ENDED).await.state, "failed");
    world.engine.edit(ids[0].clone(), prompt_only("good")).await.unwrap();
    let task = world.report(&ids[0]).await;
    assert_eq!((task.state.as_str(), task.error), ("draft", None));
    world.start(&ids).await;
    assert_eq!(world.until(&ids[0], ENDED).await.state, "done");
    assert_eq!(
        world
            .engine
            .task(ids[0].clone(), Lang::En)
            .await
            .unwrap()
            .attempts
            .len(),
        2
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn a_wrong_request_is_told_before_anything_is_bought() {
    let world = World::new().await;
    let mut fields = prompt_only("three frames");
    fields.images = (0..3)
        .map(|n| support::link(&format!("https://pictures.test/{n}.png")))
        .collect();
    let id = world.add_fields(fields).await;
    let good = world.add(&["good"]).await;
    let card = world.engine.cards(vec![id.clone()], Lang::En).await.unwrap().remove(0);
    assert_eq!(card.actions, [Action::Edit, Action::Delete]);
    assert!(
        card.trouble.unwrap().cause.contains("1 or 2 images"),
        "the card says so before Start"
    );
    let refused = world
        .engine
        .start(Scope::Tasks(vec![good[0].clone(), id.clone()]), None)
        .await
        .unwrap_err();
    assert!(refused.say(Lang::En).starts_with("0001: "), "{refused}");
    assert!(world.service.ledger().posts.is_empty());
    // Start for the batch passes it over, and its count says so.
    assert_eq!(
        world
            .engine
            .start(Scope::Batch(world.batch.clone()), Some(1))
            .await
            .unwrap(),
        1
    );
    assert_eq!(world.until(&good[0], ENDED).await.state, "done");
    assert_eq!(world.report(&id).await.state, "draft");
    world.engine.edit(id.clone(), prompt_only("no frames")).await.unwrap();
    world.start(std::slice::from_ref(&id)).await;
    assert_eq!(world.until(&id, ENDED).await.state, "done");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_missing_folder_is_told_and_saving_again_never_buys_again() {
    let world = World::with(simulator::Options { speed: 40.0, ..fast() }, preferences()).await;
    let ids = world.add(&["x"]).await;
    world.start(&ids).await;
    world.until(&ids[0], &["generating"]).await;
    // The drive is unplugged: the folder and its parent are gone.
    let gone = world.home.path().join("drive").join("videos");
    world
        .engine
        .set_folder(world.batch.clone(), gone.to_string_lossy().into_owned())
        .await
        .unwrap();
    let task = world.until(&ids[0], ENDED).await;
    assert_eq!(task.state, "saveFailed");
    assert!(task.error.unwrap().contains("drive"), "the path is named");
    std::fs::create_dir(world.home.path().join("drive")).unwrap();
    world.engine.save_again(ids.clone(), None).await.unwrap();
    assert_eq!(world.until(&ids[0], ENDED).await.state, "done");
    assert_whole(&gone.join("0001.mp4"));
    assert_eq!(world.service.ledger().posts.len(), 1);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_name_that_is_taken_gets_a_number_and_nothing_is_overwritten() {
    let world = World::new().await;
    std::fs::write(world.folder().join("0001.mp4"), "mine").unwrap();
    let ids = world.add(&["x"]).await;
    world.start(&ids).await;
    assert_eq!(world.until(&ids[0], ENDED).await.state, "done");
    assert_eq!(world.files(), ["0001 (2).mp4", "0001.mp4"]);
    assert_eq!(std::fs::read(world.folder().join("0001.mp4")).unwrap(), b"mine");
}

#[tokio::test(flavor = "multi_thread")]
async fn the_key_is_in_no_file_of_the_data_directory() {
    let world = World::new().await;
    let ids = world.add(&["a", "b [fault:unauthorized]"]).await;
    world.start(&ids).await;
    world.until(&ids[0], ENDED).await;
    world.engine.close(Duration::from_secs(5)).await;
    let mut seen = 0;
    for entry in std::fs::read_dir(world.home.path().join("data")).unwrap() {
        let path = entry.unwrap().path();
        if path.is_file() {
            let bytes = std::fs::read(&path).unwrap();
            assert!(
                !bytes
                    .windows(support::KEY.len())
                    .any(|part| part == support::KEY.as_bytes()),
                "{}",
                path.display()
            );
            seen += 1;
        }
    }
    assert!(seen >= 2, "the library and its log were looked into");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_second_engine_on_the_same_directory_is_refused() {
    let world = World::new().await;
    let second = Engine::open(options(&world.home, &world.service.base(), support::KEY, preferences())).await;
    assert!(matches!(second.err(), Some(Error::Locked(_))));
}

#[tokio::test(flavor = "multi_thread")]
async fn forty_five_shots_keep_the_limit_of_the_service() {
    let world = World::with(simulator::Options { speed: 60.0, ..fast() }, preferences()).await;
    let prompts: Vec<String> = (0..45).map(|n| format!("shot {n}")).collect();
    let ids = world.add(&prompts.iter().map(String::as_str).collect::<Vec<_>>()).await;
    world.start(&ids).await;
    for id in &ids {
        assert_eq!(world.until(id, ENDED).await.state, "done");
    }
    let ledger = world.service.ledger();
    assert_eq!(
        (ledger.posts.len(), ledger.accepted.len()),
        (45, 45),
        "none was refused for being too quick"
    );
}
