//! Clips that say how they were made: saved in every shape, and dropped on another library.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, missing_docs)]

#[path = "support/scripted.rs"]
mod scripted;
mod support;

use std::path::PathBuf;
use std::process::Command;

use axum::body::Bytes;
use axum::http::header::{CONTENT_TYPE, ETAG};
use engine::library::NewTask;
use engine::view::settings::Preferences;
use engine::view::{ImageRef, TaskFields};
use engine::words::Lang;
use kie::{Generated, Record};
use scripted::{Bench, Scripted, accepted, id_of};
use sha2::{Digest, Sha256};
use support::{KEY, media, preferences};
use tokio::net::TcpListener;

const FASTSTART: &[u8] = include_bytes!("../src/files/mp4/fixtures/faststart.mp4");
const HEAD_LAST: &[u8] = include_bytes!("../src/files/mp4/fixtures/moov-at-end.mp4");
const FRAGMENTED: &[u8] = include_bytes!("../src/files/mp4/fixtures/fragmented.mp4");

/// A clip whose media box says "to the end of the file".
fn open_end() -> Vec<u8> {
    let mut clip = FASTSTART.to_vec();
    let mdat = clip.windows(4).position(|at| at == b"mdat").unwrap() - 4;
    clip[mdat..mdat + 4].fill(0);
    clip
}

async fn served(clip: Vec<u8>) -> Scripted {
    let clip = Bytes::from(clip);
    let app =
        axum::Router::new().fallback(move || async move { ([(CONTENT_TYPE, "video/mp4"), (ETAG, "\"a\"")], clip) });
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let link = format!("http://{}/a.mp4", listener.local_addr().unwrap());
    tokio::spawn(async move { axum::serve(listener, app).await });
    Scripted::new(|nth, _| accepted(nth)).queried(move |_| Record::Success {
        result: Generated {
            urls: vec![link.clone()],
            ..Generated::default()
        },
    })
}

async fn saved(bench: &Bench, prompt: &str) -> (String, PathBuf) {
    let id = bench.bring(prompt, "done").await;
    (id.clone(), bench.report(&id).await.local_path.unwrap().into())
}

/// What the library holds of the saved file.
fn recorded(bench: &Bench) -> (u64, String) {
    let db = rusqlite::Connection::open(bench.home.path().join("data/library.db")).unwrap();
    let row = db.query_row("SELECT size, sha256 FROM take", [], |row| {
        Ok((row.get::<_, i64>(0)?.unsigned_abs(), row.get(1)?))
    });
    row.unwrap()
}

#[tokio::test(flavor = "multi_thread")]
async fn every_shape_is_saved_with_its_recipe_and_its_media_are_what_was_sent() {
    for clip in [FASTSTART, HEAD_LAST, FRAGMENTED] {
        let bench = Bench::new(served(clip.to_vec()).await).await;
        let (id, file) = saved(&bench, "雨夜 \"quoted\"").await;
        let bytes = std::fs::read(&file).unwrap();
        assert!(media(&bytes) == clip);
        let hash: String = Sha256::digest(&bytes)
            .iter()
            .map(|byte| format!("{byte:02x}"))
            .collect();
        assert_eq!(
            recorded(&bench),
            (bytes.len() as u64, hash),
            "the library tells what lies there"
        );
        let recipe = bench.engine.recipe_of(file).await.unwrap();
        assert_eq!(recipe.prompt, "雨夜 \"quoted\"");
        assert_eq!(
            (recipe.number.as_str(), recipe.batch.as_str(), recipe.clip),
            ("0001", "Rain", 1)
        );
        assert_eq!(recipe.task_id, Some(id_of(1)));
        assert_eq!(recipe.parameters["model"], "veo3_fast");
        assert_eq!(bench.engine.card_of(&recipe).await.unwrap(), Some(id));
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_clip_whose_last_part_has_no_length_is_kept_as_it_came() {
    let bench = Bench::new(served(open_end()).await).await;
    let (_, file) = saved(&bench, "a").await;
    assert!(std::fs::read(&file).unwrap() == open_end());
    let told = bench.engine.recipe_of(file).await.unwrap_err();
    assert_eq!(told.code(), "no-recipe");
}

#[tokio::test(flavor = "multi_thread")]
async fn the_switch_leaves_the_clip_alone_and_a_file_beside_it_is_never_written_over_another() {
    let bench = Bench::with(served(FASTSTART.to_vec()).await, |options| {
        options.preferences = Preferences {
            recipe_in_clip: false,
            recipe_beside: true,
            ..preferences()
        };
    })
    .await;
    std::fs::write(bench.folder().join("0001.json"), "mine").unwrap();
    let (_, file) = saved(&bench, "a").await;
    assert!(std::fs::read(&file).unwrap() == FASTSTART);
    assert_eq!(std::fs::read(bench.folder().join("0001.json")).unwrap(), b"mine");
    let beside: serde_json::Value =
        serde_json::from_slice(&std::fs::read(bench.folder().join("0001 (2).json")).unwrap()).unwrap();
    assert_eq!((&beside["prompt"], &beside["taskId"]), (&"a".into(), &id_of(1).into()));
    assert_eq!(std::fs::read_dir(bench.folder()).unwrap().count(), 3);
}

#[tokio::test(flavor = "multi_thread")]
async fn no_recipe_names_a_key_or_a_place_on_this_computer() {
    let bench = Bench::new(served(HEAD_LAST.to_vec()).await).await;
    let (_, file) = saved(&bench, &format!("a cat, {KEY} pasted by mistake")).await;
    let bytes = std::fs::read(&file).unwrap();
    let text = String::from_utf8_lossy(&bytes[HEAD_LAST.len()..]).into_owned();
    assert!(text.contains("a cat") && !text.contains(KEY), "{text}");
    assert!(!text.contains(&*bench.home.path().to_string_lossy()), "{text}");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_clip_brings_its_card_to_another_library_and_nothing_is_bought_by_it() {
    let bench = Bench::new(served(FASTSTART.to_vec()).await).await;
    let fields = TaskFields {
        prompt: "a fox".to_owned(),
        model: Some("veo3".to_owned()),
        aspect_ratio: Some("9:16".to_owned()),
        resolution: Some("1080p".to_owned()),
        duration: Some(6),
        seed: Some(12_345),
        ..TaskFields::default()
    };
    let new = NewTask {
        number: Some("shot 7".to_owned()),
        fields: fields.clone(),
    };
    let ids = bench.engine.add(bench.batch.clone(), vec![new]).await.unwrap();
    bench.start(&ids).await;
    let file = PathBuf::from(bench.until(&ids[0], &["done"]).await.local_path.unwrap());

    let other = Bench::new(Scripted::new(|nth, _| accepted(nth))).await;
    let recipe = other.engine.recipe_of(file).await.unwrap();
    assert_eq!(other.engine.card_of(&recipe).await.unwrap(), None, "another library");
    let brought = other
        .engine
        .bring_back(other.batch.clone(), recipe.clone())
        .await
        .unwrap();
    assert_eq!(brought.images_missing, 0);
    let task = other.engine.task(brought.id.clone(), Lang::En).await.unwrap();
    assert_eq!(task.card.fields, fields);
    assert_eq!(task.card.state.map(|state| state.to_string()).as_deref(), Some("draft"));
    assert!(task.attempts.is_empty());

    // One with images that are not here says how many.
    let mut with_images = recipe;
    with_images.images = vec![Some("0".repeat(64)), None];
    with_images
        .parameters
        .insert("generationType".into(), "FIRST_AND_LAST_FRAMES_2_VIDEO".into());
    let brought = other.engine.bring_back(other.batch.clone(), with_images).await.unwrap();
    assert_eq!(brought.images_missing, 2);
    let task = other.engine.task(brought.id, Lang::En).await.unwrap();
    assert_eq!(task.card.fields.images, Vec::<ImageRef>::new());
    assert!(task.card.trouble.is_some(), "it cannot be sent without them");
    assert!(other.service.posts().is_empty());
}

/// A second opinion on every shape, where one is installed: the programs that people cut with read the same packets.
#[tokio::test(flavor = "multi_thread")]
async fn other_programs_read_the_same_packets() {
    let packets = |file: &std::path::Path| {
        let out = Command::new("ffprobe")
            .args(["-v", "error", "-show_packets", "-show_data_hash", "md5", "-of", "csv"])
            .arg(file)
            .output()
            .ok()?;
        assert!(
            out.status.success() && out.stderr.is_empty(),
            "{}",
            String::from_utf8_lossy(&out.stderr)
        );
        Some(out.stdout)
    };
    for clip in [FASTSTART, HEAD_LAST, FRAGMENTED] {
        let bench = Bench::new(served(clip.to_vec()).await).await;
        let (_, file) = saved(&bench, "a").await;
        let plain = bench.home.path().join("plain.mp4");
        std::fs::write(&plain, clip).unwrap();
        if let (Some(one), Some(other)) = (packets(&plain), packets(&file)) {
            assert!(one == other && one.len() > 500, "{} bytes", one.len());
        }
    }
}
