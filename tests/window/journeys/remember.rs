//! A clip that says how it was made, dropped on the board of its own library and of another one.

use serde_json::json;
use window::{Stage, wait_for_clips};

use crate::words::{add_task, start_all, wait_for_lane};

const EMPTY: &str = "[data-testid='empty-board']";
const CARD: &str = "[data-testid='card']";

#[tokio::test(flavor = "multi_thread")]
async fn a_dropped_clip_is_known_in_its_own_library_and_a_draft_in_another() {
    let made = Stage::new("remember-made").in_demo();
    let board = made.open().await;
    board.see("new-task").await;
    add_task(&board, "雨夜的霓虹街道").await;
    start_all(&board).await;
    wait_for_lane(&board, "done", 1).await;
    let clips = wait_for_clips(&made.home(), 1).await;

    board.drop_files(CARD, &[&clips[0]]).await;
    board.see("inspector").await;
    board.says("toasts", "0001").await;
    wait_for_lane(&board, "ready", 0).await;

    board.close().await;

    let other = Stage::new("remember-other").in_demo();
    let board = other.open().await;
    board.see("new-task").await;
    board.drop_files(EMPTY, &[&clips[0]]).await;
    wait_for_lane(&board, "ready", 1).await;
    board.says("lane-ready", "雨夜的霓虹街道").await;
    board.says("toasts", "Nothing was bought").await;
    board
        .holds(
            "a draft, and nothing else",
            "return [...document.querySelectorAll(arguments[0])].map((card) => card.dataset.state).join() === 'draft'",
            &[json!(CARD)],
        )
        .await;
    board.close().await;
}
