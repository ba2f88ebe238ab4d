//! Every fault that the stand-in service offers: what the task ends as, how many paid requests it took, and how many
//! of them the service accepted. One row a fault; a fault without a row fails the test.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, missing_docs)]

mod support;

use std::io::Write as _;

use engine::view::settings::Preferences;
use simulator::Fault;
use support::{ENDED, World, assert_whole, fast, preferences};

/// Mark, end state, paid requests, accepted by the service.
struct Row(&'static str, &'static str, usize, usize);

const TABLE: &[Row] = &[
    // Definite refusals of this task: one request, nothing bought.
    Row("refuse-422", "failed", 1, 0),
    Row("refuse-400-policy", "failed", 1, 0),
    // Refusals of the account: the queue stops, the task waits in it.
    Row("unauthorized", "queued", 1, 0),
    Row("no-credits", "queued", 1, 0),
    Row("forbidden-edge", "queued", 1, 0),
    Row("feature-off-505", "queued", 1, 0),
    // "Later": asked again, bought once.
    Row("rate-limited x1", "done", 2, 1),
    Row("rate-limited-http x1", "done", 2, 1),
    Row("maintenance-455 x1", "done", 2, 1),
    // No readable answer: never asked again, bought or not.
    Row("server-error-500", "unconfirmed", 1, 0),
    Row("late-500", "unconfirmed", 1, 1),
    Row("bad-gateway", "unconfirmed", 1, 1),
    Row("lost-reply", "unconfirmed", 1, 1),
    Row("lost-request", "unconfirmed", 1, 0),
    Row("reset-request", "unconfirmed", 1, 0),
    Row("half-reply", "unconfirmed", 1, 1),
    Row("garbled-reply", "unconfirmed", 1, 1),
    Row("reset", "unconfirmed", 1, 1),
    Row("reset-reply", "unconfirmed", 1, 1),
    Row("redirect-307", "unconfirmed", 1, 1),
    Row("redirect-308", "unconfirmed", 1, 1),
    Row("accepted-without-id", "unconfirmed", 1, 1),
    // Slow but answered; and the paid request has a connection of its own.
    Row("slow-submit", "done", 1, 1),
    Row("late-accept", "done", 1, 1),
    Row("idle-close", "done", 1, 1),
    // Accepted, then refused or not made.
    Row("moderation", "failed", 1, 1),
    Row("flag-2", "failed", 1, 1),
    Row("flag-3", "failed", 1, 1),
    Row("flag-unknown", "failed", 1, 1),
    Row("record-lost", "failed", 1, 1), // when the budget is spent
    // Accepted, and never said to be over.
    Row("stuck", "timedOut", 1, 1),
    Row("no-urls", "timedOut", 1, 1),
    Row("slow-task", "done", 1, 1),
    // The query's fault, not the task's.
    Row("record-missing", "done", 1, 1),
    Row("poll-500 x2", "done", 1, 1),
    Row("poll-html x2", "done", 1, 1),
    Row("poll-429 x2", "done", 1, 1),
    Row("poll-reset x2", "done", 1, 1),
    Row("result-as-text", "done", 1, 1),
    Row("result-at-data", "done", 1, 1),
    // The host's fault, and it passes.
    Row("link-expired", "done", 1, 1),
    Row("cut-download", "done", 1, 1),
    Row("stall-download", "done", 1, 1),
    Row("no-range", "done", 1, 1),
    Row("wrong-range", "done", 1, 1),
    Row("no-length", "done", 1, 1),
    Row("changed-content", "done", 1, 1),
    Row("no-etag", "done", 1, 1),
    Row("slow-download", "done", 1, 1),
    Row("retry-later-503", "done", 1, 1),
    Row("html-download x1", "done", 1, 1),
    Row("html-as-mp4 x1", "done", 1, 1),
    Row("truncated x1", "done", 1, 1),
    Row("empty-download x1", "done", 1, 1),
    // The host's fault, and it stays: bought, kept, told; no wrong byte under a final name.
    Row("link-always-expired", "saveFailed", 1, 1),
    Row("cut-always", "saveFailed", 1, 1),
    Row("truncated", "saveFailed", 1, 1),
    Row("html-download", "saveFailed", 1, 1),
    Row("html-as-mp4", "saveFailed", 1, 1),
    Row("empty-download", "saveFailed", 1, 1),
    // Before anything is bought.
    Row("upload-500 x1", "done", 1, 1),
    Row("upload-no-url x1", "done", 1, 1),
    Row("upload-401", "queued", 0, 0),
];

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn every_fault_ends_as_the_table_says() {
    let tabled: Vec<&str> = TABLE.iter().map(|row| row.0.split(' ').next().unwrap()).collect();
    for fault in Fault::all() {
        assert!(tabled.contains(&fault.name()), "{} has no row", fault.name());
    }
    // Each in a world of its own, all at once: most of the time is waiting.
    let runs: Vec<_> = TABLE.iter().map(|row| (row, tokio::spawn(run(row)))).collect();
    let mut wrong = Vec::new();
    for (row, run) in runs {
        match run.await {
            Ok(None) => {}
            Ok(Some(found)) => wrong.push(format!("{}: {found}", row.0)),
            Err(panic) => wrong.push(format!("{}: {panic}", row.0)),
        }
    }
    assert!(wrong.is_empty(), "\n{}", wrong.join("\n"));
}

/// What differs from the row.
async fn run(Row(mark, end, posts, accepted): &Row) -> Option<String> {
    let service = simulator::Options { speed: 200.0, ..fast() };
    let polls = Preferences {
        max_polls: 25,
        ..preferences()
    };
    let world = World::with(service, polls).await;
    let prompt = format!("a shot [fault:{mark}]");
    let mut fields = support::prompt_only(&prompt);
    if mark.starts_with("upload") {
        let picture = marked_picture(&world, mark);
        let kept = world.engine.keep_images(vec![picture]).await.remove(0).unwrap();
        fields.images = vec![(&kept).into()];
    }
    let id = world.add_fields(fields).await;
    world.start(std::slice::from_ref(&id)).await;
    let report = if *end == "queued" {
        while world.engine.paused_by().is_none() {
            tokio::time::sleep(std::time::Duration::from_millis(20)).await;
        }
        world.within(&id, &["queued"], std::time::Duration::from_secs(10)).await
    } else {
        world.until(&id, ENDED).await
    };
    let found = world.posts(&prompt);
    if (report.state.as_str(), found) != (*end, (*posts, *accepted)) {
        return Some(format!(
            "{report:?} with {found:?} requests and acceptances, not {end} {posts} {accepted}"
        ));
    }
    let files = world.files();
    let videos: Vec<&String> = files.iter().filter(|name| name.ends_with(".mp4")).collect();
    if *end == "done" {
        if files != ["0001.mp4"] {
            return Some(format!("the folder holds {files:?}"));
        }
        assert_whole(&world.folder().join("0001.mp4"));
        assert_eq!(report.error, None);
    } else if !videos.is_empty() {
        return Some(format!("not done, but the folder holds {videos:?}"));
    }
    if *end != "done" && *end != "queued" && report.error.is_none() {
        return Some("no cause is told".to_owned());
    }
    world.engine.close(std::time::Duration::from_secs(2)).await;
    None
}

/// A picture that carries its fault behind the last pixel.
fn marked_picture(world: &World, mark: &str) -> std::path::PathBuf {
    let path = world.home.path().join("seed.png");
    image::RgbImage::from_fn(128, 128, |x, y| {
        image::Rgb([u8::try_from(x).unwrap(), u8::try_from(y).unwrap(), 90])
    })
    .save(&path)
    .unwrap();
    let mut file = std::fs::OpenOptions::new().append(true).open(&path).unwrap();
    write!(file, "[fault:{mark}]").unwrap();
    path
}
