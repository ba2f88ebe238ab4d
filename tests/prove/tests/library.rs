//! The quick proof of the library, at a size of seconds.

use prove::sections::library;
use prove::table::Line;

#[tokio::test(flavor = "multi_thread")]
async fn killed_damaged_and_without_power_nothing_is_lost() {
    let lines = library::prove(prove::Size::Quick).await;
    let missed: Vec<&Line> = lines.iter().filter(|line| line.met == Some(false)).collect();
    assert!(missed.is_empty(), "{missed:#?}");
    assert!(lines.iter().any(|line| line.met == Some(true)));
}
