//! The paid request at a size that takes seconds: the worst cells of the matrix, and the HTTP layer.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, missing_docs)]

use prove::{Size, sections};

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn every_line_about_the_paid_request_holds() {
    let section = sections::ALL.iter().find(|section| section.name == "submit").unwrap();
    let lines = (section.prove)(Size::Quick).await;
    let missed: Vec<_> = lines.iter().filter(|line| line.met == Some(false)).collect();
    assert!(missed.is_empty() && !lines.is_empty(), "{missed:#?}");
}
