//! Saved clips that somebody moved: they are found by what they hold, and nothing else is taken for one.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, missing_docs)]

mod support;

use std::fs;
use std::path::PathBuf;

use engine::view::settings::Preferences;
use engine::words::Lang;
use support::{World, preferences};

async fn missing(world: &World, ids: &[String]) -> Vec<String> {
    let missing = world.engine.missing_files(ids.to_vec()).await.unwrap();
    missing.into_iter().map(|one| one.id).collect()
}

async fn find(world: &World, id: &str, path: PathBuf) -> Result<engine::view::review::FoundClips, String> {
    let found = world.engine.find_clip(id.to_owned(), path).await;
    found.map_err(|error| error.told().row.code.to_owned())
}

#[tokio::test(flavor = "multi_thread")]
async fn a_moved_folder_is_found_by_one_of_its_clips() {
    let (mut world, ids) = World::saved_with(&["one", "two", "three", "four"], preferences()).await;
    assert!(missing(&world, &ids).await.is_empty());
    let archive = world.home.path().join("archive 归档");
    fs::rename(world.folder(), &archive).unwrap();
    let gone = world.engine.missing_files(ids.clone()).await.unwrap();
    assert_eq!(gone.len(), 4);
    assert!(gone.iter().all(|one| one.folder_gone));
    // One was renamed by hand besides, one thrown away, and a stranger of the same name and length put in its place.
    fs::rename(archive.join("0002.mp4"), archive.join("the good one.mp4")).unwrap();
    let length = fs::metadata(archive.join("0003.mp4")).unwrap().len();
    fs::write(archive.join("0003.mp4"), vec![0; usize::try_from(length).unwrap()]).unwrap();

    let found = find(&world, &ids[0], archive.join("0001.mp4")).await.unwrap();
    assert_eq!((found.changed, found.others, found.still), (false, 2, 1), "{found:?}");
    assert_eq!(missing(&world, &ids).await, [ids[2].clone()]);
    world.reopen().await;
    let file = world.engine.file(ids[1].clone()).await.unwrap();
    assert_eq!(file, archive.join("the good one.mp4"));
    let told = world.engine.task(ids[1].clone(), Lang::Zh).await.unwrap();
    assert!(told.history.iter().any(|line| line.text.contains("the good one.mp4")));
    assert_eq!(world.posts("two"), (1, 1));
}

#[tokio::test(flavor = "multi_thread")]
async fn another_clip_and_a_stranger_are_told_and_not_taken() {
    let (world, ids) = World::saved_with(&["one", "two"], preferences()).await;
    let (folder, home) = (world.folder(), world.home.path());
    assert_eq!(
        find(&world, &ids[0], folder.join("0001.mp4")).await.unwrap_err(),
        "file-still-there"
    );
    let kept = home.join("kept.mp4");
    fs::rename(folder.join("0001.mp4"), &kept).unwrap();
    let other = folder.join("0002.mp4");
    assert_eq!(find(&world, &ids[0], other.clone()).await.unwrap_err(), "another-clip");
    let text = home.join("notes.mp4");
    fs::write(&text, "not a video").unwrap();
    assert_eq!(find(&world, &ids[0], text).await.unwrap_err(), "not-this-clip");
    // Half of it is not it, though its recipe may be gone with the other half.
    let bytes = fs::read(&kept).unwrap();
    let half = home.join("half.mp4");
    fs::write(&half, &bytes[..bytes.len() / 2]).unwrap();
    assert_eq!(find(&world, &ids[0], half).await.unwrap_err(), "not-this-clip");
    assert!(find(&world, &ids[0], home.join("nowhere.mp4")).await.is_err());
    assert_eq!(missing(&world, &ids).await, [ids[0].clone()]);

    // A program that added something to the file: the recipe says which clip it is, and it is whole.
    let longer = home.join("with a mark.mp4");
    fs::write(&longer, [&bytes[..], &[0, 0, 0, 12], b"free", b"more"].concat()).unwrap();
    let found = find(&world, &ids[0], longer).await.unwrap();
    assert!(found.changed, "{found:?}");
    assert!(missing(&world, &ids).await.is_empty());
    let found = find(&world, &ids[1], kept).await;
    assert_eq!(found.unwrap_err(), "file-still-there");
}

#[tokio::test(flavor = "multi_thread")]
async fn clips_without_recipes_are_known_by_their_bytes() {
    let without = Preferences {
        recipe_in_clip: false,
        ..preferences()
    };
    let (world, ids) = World::saved_with(&["one", "two"], without).await;
    let archive = world.home.path().join("archive");
    fs::rename(world.folder(), &archive).unwrap();
    let found = find(&world, &ids[1], archive.join("0002.mp4")).await.unwrap();
    assert_eq!((found.others, found.still), (1, 0), "{found:?}");
    assert_eq!(
        world.engine.file(ids[0].clone()).await.unwrap(),
        archive.join("0001.mp4")
    );
}
