//! A batch that runs, and what came of it.

use super::{Look, add_task, start_all, wait_for_lane};
use crate::Board;

/// The demo from Start to saved clips.
pub(super) async fn demo(look: Look, visit: &mut impl AsyncFnMut(&Board, &str)) {
    let stage = look.stage("watch").in_demo();
    let board = look.open(&stage).await;
    // Fewer than five: after a longer run its report lies over the board.
    for prompt in &look.prompts()[..4] {
        add_task(&board, prompt).await;
    }
    start_all(&board).await;
    board.see_css("[data-testid='lane-running'] [data-testid='card']").await;
    visit(&board, "running").await;
    wait_for_lane(&board, "done", 4).await;
    let posters = "
        const posters = [...document.querySelectorAll(\"[data-testid='card'][data-state='done'] img\")];
        return posters.length > 0 && posters.every((image) => image.complete && image.naturalWidth > 0)";
    board.holds("a poster on each card", posters, &[]).await;
    visit(&board, "done").await;
    board.click("room-list").await;
    board.see_css("[data-testid='list-row']").await;
    visit(&board, "list").await;
    board.click("room-review").await;
    board.see("review-marks").await;
    visit(&board, "review").await;
    board.click("room-board").await;
    board.click_css("[data-testid='card'][data-state='done']").await;
    board.see("inspector").await;
    visit(&board, "done-task").await;
    board.play().await;
    board
        .holds(
            "a frame of the video",
            "return (document.querySelector(\"[data-testid='player-video']\")?.readyState ?? 0) >= 2",
            &[],
        )
        .await;
    visit(&board, "player").await;
    board.close().await;
}
