//! What several journeys do.

use serde_json::json;
use window::Board;

/// Types a shot into the composer and saves it.
pub(crate) async fn add_task(board: &Board, prompt: &str) {
    board.click("new-task").await;
    board.write("composer-prompt", prompt).await;
    board.click("composer-save").await;
    board.says("lane-ready", prompt).await;
}

/// Starts everything that is ready, through the question that names count and cost.
pub(crate) async fn start_all(board: &Board) {
    board.click("start").await;
    board.click("start-confirm").await;
}

/// Waits until a lane's count says so.
pub(crate) async fn wait_for_lane(board: &Board, lane: &str, count: usize) {
    board
        .holds(
            &format!("{count} cards in the lane {lane}"),
            "return document.querySelector(`[data-testid='lane-${arguments[0]}']`)?.dataset.count === String(arguments[1])",
            &[json!(lane), json!(count)],
        )
        .await;
}
