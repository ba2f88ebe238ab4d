//! The list: sorted by a click, narrowed by a chip, everything in it chosen and deleted, and brought back.

use serde_json::json;
use window::Stage;

use crate::words::{add_task, wait_for_lane};

#[tokio::test(flavor = "multi_thread")]
async fn a_list_is_sorted_and_narrowed_and_what_was_deleted_in_one_go_comes_back_in_one() {
    let stage = Stage::new("list").in_demo();
    let board = stage.open().await;
    for prompt in ["A fox in fresh snow", "雨夜的霓虹街道", "Waves at dawn, slow"] {
        add_task(&board, prompt).await;
    }
    wait_for_lane(&board, "ready", 3).await;
    board.click("room-list").await;
    board.see_css("[data-testid='list'][data-total='3']").await;
    let order = "
        const numbers = [...document.querySelectorAll(\"[data-testid='list-row']\")].map((row) => row.dataset.number);
        return numbers.join(' ') === arguments[0]";
    board
        .holds("the list's own order", order, &[json!("0001 0002 0003")])
        .await;
    board.click("sort-number").await;
    board.holds("the last first", order, &[json!("0003 0002 0001")]).await;
    board.click("list-done").await;
    board.see_css("[data-testid='list'][data-total='0']").await;
    board.click("list-ready").await;
    board.see_css("[data-testid='list'][data-total='3']").await;

    let all = "document.body.dispatchEvent(new KeyboardEvent('keydown', { key: 'a', ctrlKey: true, bubbles: true }))";
    board.run(all, &[]).await;
    board.see_css("[data-testid='many-bar'][data-count='3']").await;
    board.click("many-delete").await;
    // Nothing is left: the empty board shows how to begin.
    board.gone("list").await;
    board.click("toast-action").await;
    board.see_css("[data-testid='list'][data-total='3']").await;
    board.click("room-board").await;
    wait_for_lane(&board, "ready", 3).await;
    board.close().await;
}
