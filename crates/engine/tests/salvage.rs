//! What is younger than the backup of a damaged library: edits and seed images come back, and nothing is bought by it.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, missing_docs)]

mod support;

use std::fs::{self, OpenOptions};
use std::io::{Seek as _, SeekFrom, Write as _};
use std::path::Path;
use std::time::Duration;

use engine::library::FILE;
use engine::view::{ImageRef, TaskCard, TaskFields};
use engine::words::Lang;
use engine::{Engine, Scope};
use rusqlite::Connection;
use support::{ENDED, KEY, World, options, preferences, prompt_only};

/// The data directory as a kill would leave it, in a place of its own.
fn killed(world: &World) -> tempfile::TempDir {
    fn copy(from: &Path, to: &Path) {
        fs::create_dir_all(to).unwrap();
        for entry in fs::read_dir(from).unwrap().flatten() {
            let target = to.join(entry.file_name());
            if entry.file_type().unwrap().is_dir() {
                copy(&entry.path(), &target);
            } else if !entry.file_name().to_string_lossy().ends_with("-shm") {
                fs::copy(entry.path(), target).unwrap();
            }
        }
    }
    let home = tempfile::tempdir().unwrap();
    copy(&world.home.path().join("data"), &home.path().join("data"));
    home
}

/// Damages a place that no card stands in: the pages of the history's index.
fn harm(home: &tempfile::TempDir) {
    let path = home.path().join("data").join(FILE);
    let db = Connection::open(&path).unwrap();
    db.query_row("PRAGMA wal_checkpoint(TRUNCATE)", [], |_| Ok(())).unwrap();
    let page: u64 = db
        .query_row(
            "SELECT rootpage FROM sqlite_master WHERE type = 'index' AND tbl_name = 'event' LIMIT 1",
            [],
            |row| row.get::<_, i64>(0).map(i64::unsigned_abs),
        )
        .unwrap();
    drop(db);
    let mut file = OpenOptions::new().write(true).open(&path).unwrap();
    file.seek(SeekFrom::Start((page - 1) * 4096)).unwrap();
    file.write_all(&[0xa5; 4096]).unwrap();
}

async fn cards(engine: &Engine, ids: &[String]) -> Vec<TaskCard> {
    engine.cards(ids.to_vec(), Lang::En).await.unwrap()
}

#[tokio::test(flavor = "multi_thread")]
async fn edits_and_pictures_younger_than_the_backup_come_back_and_are_told() {
    let world = World::new().await;
    let ids = world.add(&["edited", "bought later", "left alone", "in doubt"]).await;
    world.engine.library().back_up("daily").await.unwrap();
    let picture = world.home.path().join("fox.png");
    image::RgbImage::from_pixel(320, 180, image::Rgb([9, 90, 40]))
        .save(&picture)
        .unwrap();
    let kept = world.engine.keep_images(vec![picture]).await.remove(0).unwrap();
    let with_picture = TaskFields {
        images: vec![ImageRef::from(&kept)],
        ..prompt_only("雨夜，已修改")
    };
    world.engine.edit(ids[0].clone(), with_picture.clone()).await.unwrap();
    let bought = prompt_only("bought as this");
    world.engine.edit(ids[1].clone(), bought.clone()).await.unwrap();
    let lost = prompt_only("lost [fault:lost-reply x1]");
    world.engine.edit(ids[3].clone(), lost.clone()).await.unwrap();
    world
        .engine
        .start(Scope::Tasks(vec![ids[1].clone(), ids[3].clone()]), None)
        .await
        .unwrap();
    world.until(&ids[1], ENDED).await;
    world.until(&ids[3], &["unconfirmed"]).await;
    let home = killed(&world);
    // A copy that is not what its name says is nobody's.
    let images = home.path().join("data/images");
    fs::write(images.join(format!("{}.png", "ab".repeat(32))), b"not a picture").unwrap();
    harm(&home);
    world.engine.close(Duration::from_secs(5)).await;
    let posts = world.service.ledger().posts.len();

    let engine = Engine::open(options(&home, &world.service.base(), KEY, preferences()))
        .await
        .unwrap();
    let notice = engine.library_notice(Lang::En).await.unwrap().unwrap();
    let told = notice.details.join("\n");
    assert!(notice.text.contains("was put in its place"), "{notice:?}");
    assert!(told.contains("1 cards were edited after the backup"), "{told}");
    assert!(told.contains("1 seed images"), "{told}");
    let found = cards(&engine, &ids).await;
    assert_eq!(found[0].fields, with_picture);
    assert_eq!(found[0].state.map(|state| state.to_string()).as_deref(), Some("draft"));
    assert_eq!(found[1].fields, bought, "it says what it was bought as");
    assert_eq!(found[2].fields.prompt, "left alone");
    assert_eq!(found[3].fields, lost);
    assert_eq!(
        found[3].state.map(|state| state.to_string()).as_deref(),
        Some("unconfirmed")
    );
    // The picture is there to be used: what was edited can be bought, once.
    engine.run();
    engine.start(Scope::Tasks(vec![ids[0].clone()]), None).await.unwrap();
    let begin = std::time::Instant::now();
    while cards(&engine, &ids[..1]).await[0]
        .state
        .map(|state| state.to_string())
        .as_deref()
        != Some("done")
    {
        assert!(
            begin.elapsed() < Duration::from_secs(60),
            "{:?}",
            cards(&engine, &ids[..1]).await
        );
        tokio::time::sleep(Duration::from_millis(50)).await;
    }
    assert_eq!(world.service.ledger().posts.len(), posts + 1);
    engine.close(Duration::from_secs(5)).await;
}
