//! Making many tasks: several tries of one row, templates, pictures onto rows. Through the front door.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, missing_docs)]

mod support;

use std::path::PathBuf;

use engine::Error;
use engine::library::NewTask;
use engine::view::create::{Placing, Split, TemplateBody};
use engine::view::{ImageRef, TaskCard, TaskFields};
use engine::words::Lang;
use support::World;

async fn card(world: &World, id: &str) -> TaskCard {
    world
        .engine
        .cards(vec![id.to_owned()], Lang::En)
        .await
        .unwrap()
        .remove(0)
}

/// A picture of its own colour, so that each has another content.
fn draw(world: &World, name: &str, width: u32, height: u32, shade: u8) -> PathBuf {
    let path = world.home.path().join(name);
    image::RgbImage::from_pixel(width, height, image::Rgb([shade, 90, 40]))
        .save(&path)
        .unwrap();
    path
}

async fn kept(world: &World, paths: &[PathBuf]) -> Vec<ImageRef> {
    let kept = world.engine.keep_images(paths.to_vec()).await;
    kept.into_iter().map(|one| ImageRef::from(&one.unwrap())).collect()
}

#[tokio::test(flavor = "multi_thread")]
async fn several_tries_of_one_row_are_told_apart_and_each_is_bought() {
    let world = World::new().await;
    world.add(&["before"]).await;
    let new = vec![NewTask {
        number: None,
        fields: support::prompt_only("the same fox"),
    }];
    let ids = world
        .engine
        .add_variants(world.batch.clone(), new.clone(), 3)
        .await
        .unwrap();
    let mut numbers = Vec::new();
    for id in &ids {
        let card = card(&world, id).await;
        assert_eq!(card.variant_of.as_ref(), Some(&ids[0]), "each names the first");
        numbers.push(card.number);
    }
    assert_eq!(numbers, ["0002a", "0002b", "0002c"]);
    let after = world.add(&["after"]).await.remove(0);
    let after = card(&world, &after).await;
    assert_eq!((after.number.as_str(), after.variant_of), ("0003", None));
    // Alone it is a row like any other.
    let alone = world
        .engine
        .add_variants(world.batch.clone(), new, 1)
        .await
        .unwrap()
        .remove(0);
    let alone = card(&world, &alone).await;
    assert_eq!((alone.number.as_str(), alone.variant_of), ("0004", None));

    world.start(&ids).await;
    for id in &ids {
        world.until(id, &["done"]).await;
    }
    assert_eq!(world.posts("the same fox"), (3, 3));
    assert_eq!(world.files().len(), 3, "{:?}", world.files());
}

#[tokio::test(flavor = "multi_thread")]
async fn more_tries_than_letters_are_still_told_apart() {
    let world = World::new().await;
    let new = vec![NewTask::default()];
    let ids = world.engine.add_variants(world.batch.clone(), new, 28).await.unwrap();
    let (z, aa, ab) = (
        card(&world, &ids[25]).await.number,
        card(&world, &ids[26]).await.number,
        card(&world, &ids[27]).await.number,
    );
    assert_eq!([z, aa, ab], ["0001z", "0001aa", "0001ab"]);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_template_is_kept_replaced_deleted_and_put_back() {
    let mut world = World::new().await;
    let body = |prompt: &str| TemplateBody {
        fields: TaskFields {
            images: vec![support::link("https://x.test/1.png")],
            model: Some("veo3_lite".into()),
            ..support::prompt_only(prompt)
        },
        split: Split::Lines,
        variants: 2,
        filled: [("product".to_owned(), "a red car\n一辆红车".to_owned())].into(),
        all_with_all: true,
    };
    let id = world
        .engine
        .keep_template(" Ad ", body("{product} turns"))
        .await
        .unwrap();
    let again = world.engine.keep_template("Ad", body("{product} spins")).await.unwrap();
    assert_eq!(id, again, "the same name is the same template");
    world.reopen().await;
    let there = world.engine.templates().await.unwrap();
    assert_eq!(there.len(), 1);
    assert_eq!(there[0].name, "Ad");
    assert_eq!(there[0].body.fields.prompt, "{product} spins");
    assert!(there[0].body.fields.images.is_empty(), "pictures are not kept with it");
    assert_eq!((there[0].body.split, there[0].body.variants), (Split::Lines, 2));
    assert_eq!(there[0].body.filled, body("x").filled);
    assert!(there[0].body.all_with_all);
    // As an earlier version kept it.
    let before: TemplateBody = serde_json::from_str(r#"{"fields":{"prompt":"p"},"split":"one","variants":1}"#).unwrap();
    assert!(before.filled.is_empty() && !before.all_with_all);

    world.engine.delete_template(id.clone()).await.unwrap();
    assert!(world.engine.templates().await.unwrap().is_empty());
    world.engine.keep_template("Ad", body("new")).await.unwrap();
    world.engine.restore_template(id.clone()).await.unwrap();
    let names: Vec<_> = world.engine.templates().await.unwrap();
    let names: Vec<_> = names.into_iter().map(|one| one.name).collect();
    assert_eq!(names, ["Ad", "Ad (2)"]);
    for refused in [
        world.engine.keep_template("  ", body("x")).await.map(drop),
        world.engine.delete_template("nobody".into()).await,
        world.engine.restore_template("nobody".into()).await,
    ] {
        assert!(refused.is_err());
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn pictures_find_their_rows_and_what_is_bought_is_not_touched() {
    let world = World::new().await;
    let ids = world.add(&["one", "two", "three", "four"]).await;
    world.start(&ids[..1]).await;
    world.until(&ids[0], &["done"]).await;
    let paths = [
        draw(&world, "0001.png", 640, 360, 1),
        draw(&world, "shot 2 first.png", 640, 360, 2),
        draw(&world, "shot 2 last.png", 640, 360, 3),
        draw(&world, "shot 2 more.png", 640, 360, 4),
        draw(&world, "4.png", 640, 360, 5),
    ];
    let images = kept(&world, &paths).await;
    let batch = Some(world.batch.clone());
    let plan = world.engine.plan_images(batch.clone(), images.clone()).await.unwrap();
    let pairs = |placed: &[engine::view::create::PlacedImage]| -> Vec<_> {
        placed.iter().map(|one| (one.image, one.number.clone())).collect()
    };
    let row = |image: u32, number: &str| (image, number.to_owned());
    assert_eq!(pairs(&plan.by_name), [row(1, "0002"), row(2, "0002"), row(4, "0004")]);
    assert_eq!(pairs(&plan.in_order), [row(0, "0002"), row(1, "0003"), row(2, "0004")]);
    assert_eq!(plan.empty_rows, 3);

    let place = |how| {
        world
            .engine
            .place_images(batch.clone(), images.clone(), how, String::new(), true)
    };
    let placed = place(Placing::ByName).await.unwrap();
    assert_eq!((placed.left, placed.before.len(), placed.added.len()), (2, 2, 0));
    assert_eq!(card(&world, &ids[1]).await.fields.images, images[1..3]);
    assert_eq!(card(&world, &ids[3]).await.fields.images, images[4..]);
    assert!(card(&world, &ids[0]).await.fields.images.is_empty(), "bought");
    let back = world.engine.put_back(placed.before).await.unwrap();
    assert_eq!(back.changed, 2);
    assert!(card(&world, &ids[1]).await.fields.images.is_empty());

    let placed = place(Placing::InOrder).await.unwrap();
    assert_eq!((placed.left, placed.before.len()), (2, 3));
    assert_eq!(card(&world, &ids[2]).await.fields.images, images[1..2]);
    // No row without a picture is left.
    let nothing = place(Placing::InOrder).await.unwrap();
    assert_eq!((nothing.left, nothing.before.len()), (5, 0));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_task_of_each_picture_has_the_prompt_and_the_ratio_of_its_picture() {
    let world = World::new().await;
    let paths = [
        draw(&world, "wide.png", 640, 360, 1),
        draw(&world, "tall.png", 360, 640, 2),
    ];
    let images = kept(&world, &paths).await;
    let batch = Some(world.batch.clone());
    let placed = world
        .engine
        .place_images(batch, images.clone(), Placing::Each, "it moves".into(), true)
        .await
        .unwrap();
    let (wide, tall) = (
        card(&world, &placed.added[0]).await,
        card(&world, &placed.added[1]).await,
    );
    assert_eq!(wide.fields.prompt, "it moves");
    assert_eq!(
        (wide.fields.aspect_ratio, tall.fields.aspect_ratio.as_deref()),
        (None, Some("9:16"))
    );
    assert_eq!(tall.fields.images, images[1..]);
    let nowhere = world
        .engine
        .place_images(Some("gone".into()), images, Placing::Each, String::new(), false)
        .await;
    assert!(matches!(nowhere, Err(Error::NotFound(_))), "{nowhere:?}");
}

#[tokio::test(flavor = "multi_thread")]
async fn deleting_the_original_of_a_picture_changes_nothing() {
    let world = World::new().await;
    let original = draw(&world, "frame.png", 640, 360, 9);
    let content = std::fs::read(&original).unwrap();
    let images = kept(&world, std::slice::from_ref(&original)).await;
    let mut fields = support::prompt_only("from a frame that is gone");
    fields.images = images;
    let id = world.add_fields(fields).await;
    std::fs::remove_file(&original).unwrap();
    world.start(std::slice::from_ref(&id)).await;
    world.until(&id, &["done"]).await;
    assert_eq!(world.posts("from a frame that is gone"), (1, 1));
    // The copy is what the original was, and the card still shows it.
    let ImageRef::Kept { hash, .. } = &card(&world, &id).await.fields.images[0] else {
        panic!("a kept copy")
    };
    let copy = world.home.path().join("data/images").join(format!("{hash}.png"));
    assert_eq!(std::fs::read(copy).unwrap(), content);
    assert_eq!(card(&world, &id).await.images[0].width, Some(640));
}
