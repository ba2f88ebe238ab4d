//! One row of the fault list: what is broken, what must come of it, and the count over all rows.

use std::future::Future;
use std::pin::Pin;
use std::sync::atomic::{AtomicUsize, Ordering};

use super::bench::Bench;
use super::clip;
use super::host::KEY;
use crate::table::Line;

/// What a row saw, or what was wrong.
pub type Seen = Result<String, String>;
pub type Run = Pin<Box<dyn Future<Output = Seen> + Send>>;

pub struct Row {
    /// Its numbers in the list.
    pub numbers: &'static str,
    pub promise: &'static str,
    /// Takes longer than a few seconds.
    pub slow: bool,
    pub run: fn() -> Run,
}

/// Counted over every row.
#[derive(Default)]
pub struct Tally {
    pub files: AtomicUsize,
    pub silent: AtomicUsize,
    pub wrong: AtomicUsize,
    pub left: AtomicUsize,
    pub keys: AtomicUsize,
    pub paid: AtomicUsize,
}

pub static TALLY: Tally = Tally {
    files: AtomicUsize::new(0),
    silent: AtomicUsize::new(0),
    wrong: AtomicUsize::new(0),
    left: AtomicUsize::new(0),
    keys: AtomicUsize::new(0),
    paid: AtomicUsize::new(0),
};

/// Looks at what a bench left on the disk: `made` is what its videos may hold.
pub async fn audit(bench: &Bench, made: &[&[u8]]) {
    let right = |path: &std::path::Path| {
        std::fs::read(path).is_ok_and(|content| made.iter().any(|made| clip::is(&content, made)))
    };
    let reports = bench.engine.reports(Some(bench.ids.clone()), engine::words::Lang::En);
    let reports = reports.await.unwrap_or_default();
    let mut done = 0;
    for report in reports.iter().filter(|report| report.state == "done") {
        done += 1;
        TALLY.files.fetch_add(1, Ordering::Relaxed);
        if !report.local_path.as_ref().is_some_and(|path| right(path.as_ref())) {
            TALLY.silent.fetch_add(1, Ordering::Relaxed);
        }
    }
    for entry in std::fs::read_dir(&bench.folder).into_iter().flatten().flatten() {
        let name = entry.file_name().to_string_lossy().into_owned();
        let plain = entry.file_type().is_ok_and(|kind| kind.is_file());
        // What lay there before says so in itself.
        let old = std::fs::read(entry.path()).is_ok_and(|content| content == b"before");
        if name.to_lowercase().ends_with(".mp4") && plain && !old && !right(&entry.path()) {
            TALLY.wrong.fetch_add(1, Ordering::Relaxed);
        }
        if done == bench.ids.len() && name.ends_with(".part") {
            TALLY.left.fetch_add(1, Ordering::Relaxed);
        }
    }
    let asked = bench.host.files();
    let leaked = asked.iter().filter(|request| {
        let head = request.head.to_lowercase();
        head.contains(KEY) || head.contains("authorization") || head.contains("cookie")
    });
    TALLY.keys.fetch_add(leaked.count(), Ordering::Relaxed);
    TALLY.paid.fetch_add(bench.host.calls("/generate"), Ordering::Relaxed);
}

/// The lines that speak for all rows together.
pub fn totals() -> Vec<Line> {
    let of = |count: &AtomicUsize| count.load(Ordering::Relaxed);
    let none = |promise: &str, count: &AtomicUsize| {
        Line::must(
            promise,
            format!("{} of {} files", of(count), of(&TALLY.files)),
            of(count) == 0,
        )
    };
    vec![
        none(
            "All rows: 0 files called done that are not byte for byte what was made",
            &TALLY.silent,
        ),
        none("All rows: 0 wrong bytes under a name ending .mp4", &TALLY.wrong),
        none("All rows: 0 partial files left after success", &TALLY.left),
        Line::must(
            "All rows: 0 requests to a media host that carry a key, a cookie or an authorization",
            format!("{} seen", of(&TALLY.keys)),
            of(&TALLY.keys) == 0,
        ),
        Line::must(
            "All rows: 0 paid requests, however often a file is fetched",
            format!("{} seen", of(&TALLY.paid)),
            of(&TALLY.paid) == 0,
        ),
    ]
}

/// Fails with these words unless it holds.
pub fn must(holds: bool, otherwise: impl Into<String>) -> Result<(), String> {
    if holds { Ok(()) } else { Err(otherwise.into()) }
}
