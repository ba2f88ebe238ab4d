//! The section `limits` at the size that takes seconds.
#![allow(clippy::panic, missing_docs)]

use prove::Size;
use prove::sections::limits;

#[tokio::test]
async fn no_submit_and_no_query_is_one_too_many() {
    let lines = (limits::SECTION.prove)(Size::Quick).await;
    assert!(lines.iter().all(|line| line.met != Some(false)), "{lines:#?}");
}
