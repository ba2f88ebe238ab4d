//! Files dropped on the window, through the handler that the system's drop calls.

use serde_json::json;
use window::{Board, Drawing, Stage, draw};

use crate::words::wait_for_lane;

const EMPTY: &str = "[data-testid='empty-board']";
const CARD: &str = "[data-testid='lane-ready'] [data-testid='card']";

#[tokio::test(flavor = "multi_thread")]
async fn a_picture_dropped_on_the_board_makes_a_card_and_one_dropped_on_the_card_is_attached() {
    let stage = Stage::new("drop-picture").in_demo();
    let (first, last) = (stage.path("first.png"), stage.path("last.jpg"));
    draw(
        &first,
        Drawing {
            width: 640,
            height: 360,
            colour: [200, 90, 40],
        },
    );
    draw(
        &last,
        Drawing {
            width: 640,
            height: 360,
            colour: [40, 90, 200],
        },
    );
    let board = stage.open().await;
    board.see("new-task").await;

    board.drop_files(EMPTY, &[&first]).await;
    wait_for_lane(&board, "ready", 1).await;
    thumbnails(&board, 1).await;

    board.drop_files(CARD, &[&last]).await;
    thumbnails(&board, 2).await;
    wait_for_lane(&board, "ready", 1).await;
    board.close().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_dropped_sheet_becomes_cards_and_its_bad_row_is_named() {
    let stage = Stage::new("drop-sheet").in_demo();
    let sheet = stage.path("shots.csv");
    let rows = "编号,提示词,时长\n0001,雪地里的狐狸,8\n0002,清晨的海浪,7\n0003,雨夜的街道,4\n";
    std::fs::write(&sheet, rows).unwrap();
    let board = stage.open().await;
    board.see("new-task").await;

    board.drop_files(EMPTY, &[&sheet]).await;
    // Nothing is a card before somebody looked: the bad row is counted, and the good ones are taken.
    board.see("import-sheet-dialog").await;
    board.says("import-counts", "1").await;
    board.see("import-bad").await;
    ready_to_import(&board).await;
    board.click("import-go").await;
    board.see("import-report").await;
    let report = board.text("import-report").await;
    assert!(
        report.contains('3') && report.contains('7'),
        "line 3 and its duration are named: {report}"
    );
    board.click("import-close").await;
    // The report leads to the batch of the sheet.
    board.see("batch-name").await;
    wait_for_lane(&board, "ready", 2).await;
    board.says("lane-ready", "雪地里的狐狸").await;
    board.says("lane-ready", "雨夜的街道").await;
    board.close().await;
}

/// Waits until it is known what taking the sheet would do.
async fn ready_to_import(board: &Board) {
    let enabled = "return document.querySelector(\"[data-testid='import-go']\")?.disabled === false";
    board.holds("the sheet can be taken", enabled, &[]).await;
}

/// Waits until the one card shows so many seed images that can be seen.
async fn thumbnails(board: &Board, count: usize) {
    let drawn = "
        const images = [...document.querySelectorAll(`${arguments[0]} img`)];
        return images.filter((image) => image.src.includes('/image/') && image.complete && image.naturalWidth > 0).length === arguments[1]";
    board
        .holds(
            &format!("{count} thumbnails on the card"),
            drawn,
            &[json!(CARD), json!(count)],
        )
        .await;
}
