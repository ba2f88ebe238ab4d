//! A batch by keyboard alone: the sheet is opened, the start asked for, stopped and gone on with.

use serde_json::json;
use window::Stage;

use crate::words::wait_for_lane;

const ENTER: char = '\u{E007}';

#[tokio::test(flavor = "multi_thread")]
async fn a_sheet_is_opened_started_stopped_and_gone_on_with_by_keys_alone() {
    let stage = Stage::new("keys").in_demo();
    let sheet = stage.path("shots.csv");
    // More than the service takes at once, so that there is something to stop.
    let rows: String = (1..=26).map(|n| format!("{n:03},A wave {n}\n")).collect();
    std::fs::write(&sheet, format!("number,prompt\n{rows}")).expect("a sheet");
    let stage = stage.answering(&json!({ "sheet": sheet }));
    let board = stage.open().await;
    board.see("empty-images").await;
    // Nothing is there to start, and nothing opens.
    board.press('s').await;
    board.press('i').await;
    board.says("import-ahead", "26 new").await;
    board.control_and(ENTER).await;
    wait_for_lane(&board, "ready", 26).await;
    board.press('s').await;
    board.says("start-confirm", "26").await;
    board.press(ENTER).await;
    board.see("pause").await;
    board.press('p').await;
    board.see("resume").await;
    board.press('p').await;
    board.gone("resume").await;
    wait_for_lane(&board, "ready", 0).await;
    board.close().await;
}
