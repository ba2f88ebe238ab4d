//! The section `video` at the size that takes seconds.
#![allow(clippy::panic, missing_docs)]

use prove::Size;
use prove::sections::video;

#[tokio::test]
async fn whole_videos_are_taken_and_broken_ones_are_not() {
    let lines = (video::SECTION.prove)(Size::Quick).await;
    assert!(lines.iter().all(|line| line.met != Some(false)), "{lines:#?}");
}
