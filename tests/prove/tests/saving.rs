//! Saving at a size that takes seconds: every fault that needs no waiting, some kills, each named moment.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, missing_docs)]

use prove::{Size, sections};

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn every_line_about_saving_is_met() {
    let section = sections::ALL.iter().find(|section| section.name == "saving").unwrap();
    let lines = (section.prove)(Size::Quick).await;
    let missed: Vec<_> = lines.iter().filter(|line| line.met == Some(false)).collect();
    assert!(missed.is_empty(), "{missed:#?}");
    assert!(lines.len() > 30, "{} lines", lines.len());
}
