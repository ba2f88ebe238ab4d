//! The demo, as a newcomer tries it: three shots typed in, bought from the stand-in service, saved, and played.

use serde_json::json;
use window::{Stage, wait_for_clips};

use crate::words::{add_task, start_all, wait_for_lane};

#[tokio::test(flavor = "multi_thread")]
async fn three_typed_shots_become_saved_videos_that_play_in_the_board() {
    let stage = Stage::new("demo");
    let board = stage.open().await;
    board.click("first-demo").await;
    for prompt in ["A fox in fresh snow", "雨夜的霓虹街道", "Waves at dawn, slow"] {
        add_task(&board, prompt).await;
    }
    wait_for_lane(&board, "ready", 3).await;
    start_all(&board).await;
    wait_for_lane(&board, "done", 3).await;
    let saved = wait_for_clips(&stage.home(), 3).await;
    assert_eq!(saved.len(), 3, "one file for each shot: {saved:?}");

    // Posters are made from the saved videos, one after the other.
    board
        .holds(
            "a poster on each card",
            "const posters = [...document.querySelectorAll(\"[data-testid='card'][data-state='done'] img\")]
                .filter((image) => image.src.includes('/poster/') && image.complete && image.naturalWidth > 0);
             return posters.length === 3",
            &[],
        )
        .await;

    // By its poster the clip goes out of the window, by the rest of its card into the page's hand: never both.
    let taken = "
        const at = document.querySelector(arguments[0]).getBoundingClientRect();
        const hand = (type, by) => document.querySelector(arguments[0]).dispatchEvent(new PointerEvent(type, {
            bubbles: true, pointerType: 'mouse', button: 0, buttons: 1,
            clientX: at.x + at.width / 2 + by, clientY: at.y + at.height / 2,
        }));
        hand('pointerdown', 0);
        hand('pointermove', 20);
        return new Promise((say) => requestAnimationFrame(() => {
            const held = document.querySelector(\"[data-testid='drag-ghost']\") !== null;
            hand('pointercancel', 20);
            requestAnimationFrame(() => say([held, document.querySelector(\"[data-testid='drag-ghost']\") !== null]));
        }))";
    let done = "[data-testid='card'][data-state='done']";
    for (part, held) in [("img", false), (".say", true)] {
        let seen = board.run(taken, &[json!(format!("{done} {part}"))]).await;
        assert_eq!(seen, json!([held, false]), "{part}");
    }

    board.click_css("[data-testid='card'][data-state='done']").await;
    board.play().await;
    board
        .holds(
            "the video to play",
            "const video = document.querySelector(arguments[0]);
             if (video?.error) window.pageErrors.push('video: ' + video.error.code + ' ' + video.error.message);
             return video !== null && video.videoWidth > 0 && video.currentTime > 0.3",
            &[json!("[data-testid='player-video']")],
        )
        .await;
    board.close().await;
}
