//! The section `hostile` at the size that takes seconds.
#![allow(clippy::panic, missing_docs)]

use prove::Size;
use prove::sections::hostile;

#[tokio::test]
async fn what_others_send_is_bounded_and_told() {
    let lines = (hostile::SECTION.prove)(Size::Quick).await;
    assert!(lines.iter().all(|line| line.met != Some(false)), "{lines:#?}");
}
