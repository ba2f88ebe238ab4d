//! A crash in the middle: the board is kept, everything bought is saved, nothing is bought twice.

use std::time::Duration;

use serde_json::json;
use simulator::{Options, Simulator};
use window::{Stage, saved_clips, until, wait_for_clips};

use crate::words::{add_task, start_all, wait_for_lane};

const PROMPTS: [&str; 4] = [
    "A lighthouse in fog",
    "A kite over dunes",
    "A tram at night",
    "Tea being poured",
];

#[tokio::test(flavor = "multi_thread")]
async fn a_killed_app_goes_on_where_it_stood_and_buys_nothing_twice() {
    let service = Simulator::start(Options {
        median: Duration::from_secs(6),
        ..Options::default()
    })
    .await
    .unwrap();
    let stage = Stage::new("restart")
        .against(&service.base())
        .with_key("sim-restart")
        .preferring(&json!({"pollSeconds": 0.5}));
    let board = stage.open().await;
    for prompt in PROMPTS {
        add_task(&board, prompt).await;
    }
    start_all(&board).await;
    until("all four to be bought", async || {
        (service.ledger().accepted.len() == PROMPTS.len()).then_some(())
    })
    .await;
    // Long enough bought for the app to have written the last id down; the first is not finished yet.
    wait_for_lane(&board, "running", PROMPTS.len()).await;
    board
        .holds(
            "all four to be generating",
            "return document.querySelectorAll(\"[data-testid='card'][data-state='generating']\").length === 4",
            &[],
        )
        .await;
    board.kill().await;
    let before = saved_clips(&stage.home()).len();
    assert!(before < PROMPTS.len(), "the kill came in the middle");

    let board = stage.open().await;
    for prompt in PROMPTS {
        board.says("board", prompt).await;
    }
    wait_for_lane(&board, "done", PROMPTS.len()).await;
    let saved = wait_for_clips(&stage.home(), PROMPTS.len()).await;
    assert_eq!(saved.len(), PROMPTS.len(), "one file for each shot: {saved:?}");
    let ledger = service.ledger();
    for prompt in PROMPTS {
        assert_eq!(ledger.posts_with_prompt(prompt), 1, "{prompt} was bought once");
    }
    board.close().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_second_window_on_the_same_library_says_so_and_touches_nothing() {
    let stage = Stage::new("second-window").in_demo();
    let board = stage.open().await;
    add_task(&board, "A heron at the weir").await;

    let second = stage.open().await;
    second.see("failed").await;
    assert!(!second.shows("board").await, "there is one board for one library");
    second.close().await;

    add_task(&board, "The same heron, closer").await;
    wait_for_lane(&board, "ready", 2).await;
    board.close().await;
}
