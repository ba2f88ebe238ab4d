//! One change to many tasks, through the front door: what was touched changes, what is bought does not, and it can be
//! put back.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, missing_docs)]

mod support;

use engine::view::TaskFields;
use engine::view::bulk::{BulkEdit, BulkField};
use engine::words::Lang;
use support::World;

async fn fields(world: &World, id: &str) -> TaskFields {
    let mut cards = world.engine.cards(vec![id.to_owned()], Lang::En).await.unwrap();
    cards.remove(0).fields
}

fn words(touched: &[BulkField], values: TaskFields) -> BulkEdit {
    BulkEdit {
        touched: touched.to_vec(),
        values,
        ..BulkEdit::default()
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn only_what_was_touched_changes_what_is_bought_stays_and_all_of_it_can_be_put_back() {
    let world = World::new().await;
    let bought = world.add(&["a red car at night"]).await.remove(0);
    world.start(std::slice::from_ref(&bought)).await;
    world.until(&bought, &["done"]).await;
    let mut first = support::prompt_only("a red car at noon");
    first.resolution = Some("1080p".into());
    first.seed = Some(12_345);
    let first = world.add_fields(first).await;
    let second = world.add(&["a green boat"]).await.remove(0);
    let ids = vec![bought.clone(), first.clone(), second.clone(), "gone".to_owned()];

    let edit = BulkEdit {
        find: "red".into(),
        replace: "blue".into(),
        suffix: ", film grain".into(),
        ..words(
            &[BulkField::Model, BulkField::Seed],
            TaskFields {
                model: Some("veo3_lite".into()),
                aspect_ratio: Some("9:16".into()),
                ..TaskFields::default()
            },
        )
    };
    let ahead = world.engine.look_at_edit(ids.clone(), edit.clone()).await.unwrap();
    assert_eq!((ahead.changed, ahead.left_alone, ahead.cannot), (2, 2, 0));
    assert!(ahead.before.is_empty());
    assert_eq!(
        fields(&world, &first).await.prompt,
        "a red car at noon",
        "a look changes nothing"
    );

    let edited = world.engine.edit_many(ids.clone(), edit.clone()).await.unwrap();
    assert_eq!((edited.changed, edited.same, edited.left_alone), (2, 0, 2));
    let now = fields(&world, &first).await;
    assert_eq!(now.prompt, "a blue car at noon, film grain");
    assert_eq!((now.model.as_deref(), now.seed), (Some("veo3_lite"), None));
    assert_eq!(now.resolution.as_deref(), Some("1080p"), "not touched");
    assert_eq!(now.aspect_ratio, None, "not touched, whatever its value says");
    assert_eq!(fields(&world, &second).await.prompt, "a green boat, film grain");
    assert_eq!(fields(&world, &bought).await.prompt, "a red car at night");
    let card = world
        .engine
        .cards(vec![first.clone()], Lang::En)
        .await
        .unwrap()
        .remove(0);
    assert_eq!(card.price, Some(35.0), "the price is the new request's");

    let twice = world.engine.edit_many(ids, edit).await.unwrap();
    assert_eq!((twice.changed, twice.same), (0, 2), "asked for twice, done once");

    // Changed by hand since: that one stays as it is.
    let mut by_hand = fields(&world, &second).await;
    by_hand.prompt = "a yellow boat".into();
    world.engine.edit(second.clone(), by_hand).await.unwrap();
    let back = world.engine.put_back(edited.before).await.unwrap();
    assert_eq!((back.changed, back.left_alone), (1, 1));
    let now = fields(&world, &first).await;
    assert_eq!((now.prompt.as_str(), now.seed), ("a red car at noon", Some(12_345)));
    assert_eq!(fields(&world, &second).await.prompt, "a yellow boat");
    // And forward again, with what putting back gave.
    world.engine.put_back(back.before).await.unwrap();
    assert_eq!(fields(&world, &first).await.prompt, "a blue car at noon, film grain");
}

#[tokio::test(flavor = "multi_thread")]
async fn what_cannot_be_sent_then_is_counted_told_and_never_bought() {
    let world = World::new().await;
    let ids = world.add(&["one", "two"]).await;
    let edit = words(
        &[BulkField::Mode],
        TaskFields {
            mode: Some("REFERENCE_2_VIDEO".into()),
            ..TaskFields::default()
        },
    );
    let edited = world.engine.edit_many(ids.clone(), edit).await.unwrap();
    assert_eq!((edited.changed, edited.cannot), (2, 2));
    let cards = world.engine.cards(ids, Lang::En).await.unwrap();
    assert!(cards.iter().all(|card| card.trouble.is_some()));
    let started = world.engine.start(engine::Scope::Everything, None).await.unwrap();
    assert_eq!(started, 0);
    assert!(world.service.ledger().posts.is_empty());
}
