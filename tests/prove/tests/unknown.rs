//! The section `unknown` at the size that takes seconds.
#![allow(clippy::panic, missing_docs)]

use prove::Size;
use prove::sections::unknown;

#[tokio::test(flavor = "multi_thread")]
async fn no_verdict_is_wrong_and_no_id_finds_the_wrong_card() {
    let lines = (unknown::SECTION.prove)(Size::Quick).await;
    assert!(lines.iter().all(|line| line.met != Some(false)), "{lines:#?}");
}
