//! The section `time` at the size that takes seconds.
#![allow(clippy::panic, missing_docs)]

use prove::Size;
use prove::sections::time;

#[tokio::test]
async fn neither_sleep_nor_clock_nor_network_fails_anything() {
    let lines = (time::SECTION.prove)(Size::Quick).await;
    assert!(lines.iter().all(|line| line.met != Some(false)), "{lines:#?}");
}
