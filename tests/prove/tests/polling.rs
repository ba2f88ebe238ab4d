//! The section `polling` at the size that takes seconds.
#![allow(clippy::panic, missing_docs)]

use prove::Size;
use prove::sections::polling;

#[tokio::test]
async fn asking_costs_what_the_goals_say() {
    let lines = (polling::SECTION.prove)(Size::Quick).await;
    assert!(lines.iter().all(|line| line.met != Some(false)), "{lines:#?}");
}
