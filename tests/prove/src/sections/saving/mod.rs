//! From a link to a file: the fault list of one stream, row by row, and kills and power cuts at every moment of it.
//!
//! The engine is opened by its front door on a library with bought, generated and unsaved videos. Everything behind that
//! is real: the library, files, sockets, and processes that are killed. What is counted is what the host sent and what
//! lies on the disk.
#![allow(unreachable_pub, reason = "one section in several files")]

mod bench;
mod clip;
mod disk;
mod host;
mod kills;
mod life;
mod refusals;
mod row;
mod versions;
mod wire;

use std::time::Duration;

use crate::table::Line;
use crate::{Child, Proof, Section, Size};
use row::Row;

/// The section.
pub const SECTION: Section = Section {
    name: "saving",
    title: "Saving: 45 faults of a file's way to the disk, kills and power cuts",
    prove,
    child,
};

fn prove(size: Size) -> Proof {
    Box::pin(async move {
        let rows: Vec<&'static Row> = [wire::ROWS, versions::ROWS, refusals::ROWS, disk::ROWS, life::ROWS]
            .into_iter()
            .flatten()
            .filter(|row| size == Size::Full || !row.slow)
            .collect();
        let mut lines = run(life::ALONE.iter().collect()).await;
        let (others, kills) = tokio::join!(run(rows), kills::lines(size));
        lines.extend(others);
        lines.extend(kills);
        lines.push(Line::beside(
            "     39  A scanner holds the file at the rename (Windows only)",
            "thought through, not run: four tries over 1.4 s (unit test of the tries), then tried again with its part",
        ));
        lines.extend(row::totals());
        lines
    })
}

fn child(words: Vec<String>) -> Child {
    Box::pin(kills::child(words))
}

/// Runs rows, several at a time: most of the time is waiting.
async fn run(rows: Vec<&'static Row>) -> Vec<Line> {
    const PATIENCE: Duration = Duration::from_secs(170);
    // The slow ones wait; the others work, and would take each other's time.
    const AT_ONCE: usize = 4;
    let room = std::sync::Arc::new(tokio::sync::Semaphore::new(AT_ONCE));
    let mut running = vec![];
    for row in rows {
        let room = room.clone();
        let task = tokio::spawn(async move {
            let _place = if row.slow {
                None
            } else {
                room.acquire_owned().await.ok()
            };
            let seen = tokio::time::timeout(PATIENCE, (row.run)()).await;
            seen.unwrap_or_else(|_| Err("no end".to_owned()))
        });
        running.push((row, task));
    }
    let mut lines = vec![];
    for (row, task) in running {
        let seen = task.await.unwrap_or_else(|panic| Err(panic.to_string()));
        let promise = format!("{:>7}  {}", row.numbers, row.promise);
        lines.push(match seen {
            Ok(seen) => Line::must(promise, seen, true),
            // What cannot be set up here is neither met nor missed.
            Err(wrong) if wrong.starts_with("not run") => Line::beside(promise, wrong),
            Err(wrong) => Line::must(promise, wrong, false),
        });
    }
    lines
}
