//! From a workbook to saved videos: dropped, looked at, a bad row told and left out, imported, started, done.

use rust_xlsxwriter::Workbook;
use serde_json::json;
use window::{Stage, wait_for_clips};

use crate::words::{start_all, wait_for_lane};

#[tokio::test(flavor = "multi_thread")]
async fn a_workbook_is_dropped_looked_at_and_becomes_saved_videos() {
    let stage = Stage::new("sheet").in_demo();
    let path = stage.path("分镜表.xlsx");
    let mut book = Workbook::new();
    let sheet = book.add_worksheet();
    for (column, head) in ["编号", "提示词", "比例", "时长", "备注"].into_iter().enumerate() {
        sheet.write(0, u16::try_from(column).unwrap(), head).unwrap();
    }
    for row in 1..=9_u32 {
        sheet.write(row, 0, row).unwrap();
        sheet.write(row, 1, format!("清晨的水乡，第 {row} 镜")).unwrap();
        sheet.write(row, 2, "16:9").unwrap();
        // The last one cannot be made: no clip is that long.
        sheet.write(row, 3, if row == 9 { 99 } else { 8 }).unwrap();
        sheet.write(row, 4, "客户甲").unwrap();
    }
    book.save(&path).unwrap();

    let board = stage.open().await;
    board.see("board").await;
    board.drop_files("[data-testid='board']", &[path.as_path()]).await;
    board.see("import-grid").await;
    board.says("import-counts", "8 rows").await;
    board.click("import-go").await;
    board.gone("import-grid").await;
    // One row was left out: that is told before anything else.
    board.see("import-close").await;
    board.click("import-close").await;
    board
        .holds(
            "nothing to have gone wrong",
            "return document.querySelector(\"[data-testid='toast'][data-kind='problem']\") === null",
            &[],
        )
        .await;
    wait_for_lane(&board, "ready", 8).await;
    board
        .holds(
            "the batch of the workbook to be shown",
            "return document.querySelector(\"[data-testid='batch'][aria-current='page']\")?.innerText.includes(arguments[0])",
            &[json!("分镜表")],
        )
        .await;
    start_all(&board).await;
    wait_for_lane(&board, "done", 8).await;
    assert_eq!(wait_for_clips(&stage.home(), 8).await.len(), 8);
    board.close().await;
}
