//! What one change of a card costs, fully synced, beside rewriting all of it as JSON.

use std::io::Write as _;
use std::path::Path;
use std::time::{Duration, Instant};

use super::world;
use crate::table::Line;

/// The goals: a change at most, and how much quicker than the JSON file at ten thousand cards.
const P50: Duration = Duration::from_micros(300);
const P99: Duration = Duration::from_millis(5);
const QUICKER: f64 = 150.0;

/// Measures `times` changes at each of these sizes. Wall time on a real disk, in a release build, by one who is alone
/// on the machine.
pub async fn lines(sizes: &[usize], times: usize) -> Vec<Line> {
    let mut lines = Vec::new();
    for &cards in sizes {
        let home = tempfile::tempdir().expect("a folder");
        let (mut changes, opened) = changes(home.path(), cards, times).await;
        changes.sort_unstable();
        let (p50, p99) = (changes[changes.len() / 2], changes[changes.len() * 99 / 100]);
        let json = rewrite(home.path(), cards);
        let ratio = json.as_secs_f64() / p50.as_secs_f64();
        lines.push(Line::must(
            format!("one change committed with FULL at {cards} cards: p50 ≤ 0.3 ms, p99 ≤ 5 ms"),
            format!("p50 {}, p99 {}", ms(p50), ms(p99)),
            p50 <= P50 && p99 <= P99,
        ));
        let (disk, worst) = bare(home.path(), times);
        lines.push(Line::beside(
            "… beside 4 KiB appended and synced on the same disk right after: what no store can go below",
            format!("p50 {}, p99 {}", ms(disk), ms(worst)),
        ));
        let seen = format!("{} for the JSON file, {ratio:.0} ×", ms(json));
        lines.push(if cards == 10_000 {
            Line::must(
                "… at least 150 × quicker than rewriting all as JSON",
                seen,
                ratio >= QUICKER,
            )
        } else {
            Line::beside("… beside rewriting all as JSON", seen)
        });
        lines.push(Line::beside(
            "… opening: after a clean end, after a kill (looked through)",
            format!("{}, {}", ms(opened.0), ms(opened.1)),
        ));
    }
    lines
}

fn ms(time: Duration) -> String {
    format!("{:.2} ms", time.as_secs_f64() * 1e3)
}

async fn changes(home: &Path, cards: usize, times: usize) -> (Vec<Duration>, (Duration, Duration)) {
    let data = home.join("data");
    let engine = world::open(&data, world::NOWHERE).await.expect("a library");
    let batch = engine.create_batch("Rain", None).await.expect("a list").id;
    for _ in 0..cards.div_ceil(5_000) {
        let count = cards.min(5_000);
        let new = (0..count)
            .map(|n| {
                world::card(format!(
                    "{n}: rain over a harbour at night, a slow push in, neon, wet asphalt, 35 mm"
                ))
            })
            .collect();
        engine.add(batch.clone(), new).await.expect("cards");
    }
    let reports = engine.reports(None, engine::words::Lang::En).await.expect("cards");
    let ids: Vec<String> = reports.into_iter().map(|report| report.id).collect();
    let mut taken = Vec::with_capacity(times);
    for n in 0..times {
        let id = ids[n * 7919 % ids.len()].clone();
        let fields = world::fields(format!("changed for the {n}th time"));
        let begin = Instant::now();
        engine.edit(id, fields).await.expect("an edit");
        taken.push(begin.elapsed());
    }
    // As a kill would leave it, beside it.
    let killed = home.join("killed");
    world::copy(&data, &killed);
    engine.close(Duration::from_secs(5)).await;
    drop(engine);
    let time = |data: std::path::PathBuf| async move {
        let begin = Instant::now();
        let library = tokio::task::spawn_blocking(move || engine::library::Library::open(&data));
        let library = library.await.expect("opened").expect("a library");
        let took = begin.elapsed();
        drop(library);
        took
    };
    (taken, (time(data).await, time(killed).await))
}

/// What the disk itself takes, and whoever else is at work on it: the middle and nearly the worst of so many syncs.
fn bare(home: &Path, times: usize) -> (Duration, Duration) {
    let mut file = std::fs::File::create(home.join("bare")).expect("a file");
    let mut taken: Vec<Duration> = (0..times)
        .map(|_| {
            let begin = Instant::now();
            file.write_all(&[7; 4096]).expect("written");
            file.sync_data().expect("synced");
            begin.elapsed()
        })
        .collect();
    taken.sort_unstable();
    (taken[times / 2], taken[times * 99 / 100])
}

/// The way of a store that keeps everything in one file: all of it, written and synced.
fn rewrite(home: &Path, cards: usize) -> Duration {
    let all: Vec<serde_json::Value> = (0..cards)
        .map(|n| {
            serde_json::json!({
                "id": uuid::Uuid::now_v7(), "number": format!("{n:04}"), "state": "draft", "revision": 1,
                "prompt": "rain over a harbour at night, a slow push in, neon, wet asphalt, 35 mm",
                "events": [{ "at": 1_790_000_000_000_i64, "kind": "added", "detail": {} }],
                "images": [], "model": null, "createdAt": 1_790_000_000_000_i64, "lane": "ready",
            })
        })
        .collect();
    let mut taken: Vec<Duration> = (0..5)
        .map(|_| {
            let begin = Instant::now();
            let mut file = std::fs::File::create(home.join("all.json")).expect("a file");
            file.write_all(&serde_json::to_vec_pretty(&all).expect("JSON"))
                .expect("written");
            file.sync_all().expect("synced");
            begin.elapsed()
        })
        .collect();
    taken.sort_unstable();
    taken[2]
}
