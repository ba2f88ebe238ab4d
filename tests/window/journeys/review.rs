//! Review by keyboard: three clips of the demo are rated and rejected with keys alone, and the picks handed on.

use serde_json::json;
use window::{Stage, wait_for_clips};

use crate::words::{add_task, start_all, wait_for_lane};

const MARKS: &str = "const marks = document.querySelector(\"[data-testid='review-marks']\");
    return marks !== null && marks.dataset.number === arguments[0]";

#[tokio::test(flavor = "multi_thread")]
async fn clips_are_judged_with_keys_and_the_picks_are_files_in_a_folder() {
    let stage = Stage::new("review");
    let out = stage.path("picks");
    let stage = stage.answering(&json!({ "folder": out }));
    std::fs::create_dir(&out).unwrap();
    let board = stage.open().await;
    board.click("first-demo").await;
    for prompt in ["A fox in fresh snow", "雨夜的霓虹街道", "Waves at dawn, slow"] {
        add_task(&board, prompt).await;
    }
    wait_for_lane(&board, "ready", 3).await;
    start_all(&board).await;
    wait_for_lane(&board, "done", 3).await;
    wait_for_clips(&stage.home(), 3).await;

    board.click("room-review").await;
    board.holds("the first clip", MARKS, &[json!("0001")]).await;
    board
        .holds(
            "the clip to play",
            "return document.querySelector(\"[data-testid='review-video']\")?.currentTime > 0.2",
            &[],
        )
        .await;
    board.press('5').await;
    board.holds("the second clip", MARKS, &[json!("0002")]).await;
    board.press('x').await;
    board.holds("the third clip", MARKS, &[json!("0003")]).await;
    board.press('3').await;
    board.says("filter-rated", "2").await;
    board.says("filter-rejected", "1").await;

    board.press('e').await;
    board.says("export-names", "0001_5.mp4").await;
    board.click("export-otio").await;
    board.click("export-go").await;
    board.says("export-report", "2 clips copied").await;
    let mut names: Vec<String> = std::fs::read_dir(&out)
        .unwrap()
        .map(|entry| entry.unwrap().file_name().to_string_lossy().into_owned())
        .collect();
    names.sort();
    assert_eq!(names.len(), 3, "{names:?}");
    assert!(
        names[0].ends_with(" picks.otio") && names[1].ends_with("_0001_5.mp4") && names[2].ends_with("_0003_3.mp4"),
        "{names:?}"
    );
    board.close().await;
}
