//! Leaving while something runs, and coming back.

use std::time::Duration;

use serde_json::json;
use simulator::{Options, Simulator};
use window::{Board, Stage, until, wait_for_clips};

use crate::words::{add_task, start_all, wait_for_lane};

const PROMPTS: [&str; 3] = ["A lighthouse in fog", "A kite over dunes", "A tram at night"];

#[tokio::test(flavor = "multi_thread")]
async fn closing_while_something_runs_asks_and_what_goes_on_is_picked_up_at_the_next_start() {
    let service = Simulator::start(Options {
        median: Duration::from_secs(12),
        ..Options::default()
    })
    .await
    .unwrap();
    // One at a time, so that two are not ordered yet.
    let stage = Stage::new("leaving")
        .against(&service.base())
        .with_key("sim-leaving")
        .preferring(&json!({"pollSeconds": 0.5, "inFlight": 1}));
    let board = stage.open().await;
    for prompt in PROMPTS {
        add_task(&board, prompt).await;
    }
    start_all(&board).await;
    until("the first to be bought", async || {
        (service.ledger().accepted.len() == 1).then_some(())
    })
    .await;
    board.see_css("[data-testid='card'][data-state='generating']").await;
    assert_eq!(board.text_css("[data-testid='mood']").await.trim(), "Going");

    board.control_and('q').await;
    board.says("ask-leaving", "1 is being made at the service").await;
    board.says("ask-leaving", "2 have not been ordered and will wait").await;
    // There is no place for an icon on this screen, so nothing is offered that would lose the window.
    assert!(!board.shows("leaving-tray").await);
    board.click("leaving-stay").await;
    board
        .holds(
            "the question to be gone and the board to go on",
            "return document.querySelector(\"[data-testid='ask-leaving']\") === null",
            &[],
        )
        .await;
    assert_eq!(
        service.ledger().accepted.len(),
        1,
        "nothing was hurried or stopped by it"
    );

    board.control_and('q').await;
    board.see("leaving-close").await;
    leave(
        &board,
        "document.querySelector(\"[data-testid='leaving-close']\").click()",
    )
    .await;
    board.has_ended().await;
    assert_eq!(service.ledger().accepted.len(), 1);

    let board = stage.open().await;
    // What was bought is fetched by itself; what was not waits for Start.
    wait_for_lane(&board, "done", 1).await;
    wait_for_lane(&board, "ready", 2).await;
    assert_eq!(wait_for_clips(&stage.home(), 1).await.len(), 1);
    assert_eq!(board.text("saved-today").await.trim(), "1");
    let ledger = service.ledger();
    assert_eq!(
        (ledger.posts.len(), ledger.accepted.len()),
        (1, 1),
        "nothing was bought twice"
    );

    // Nothing runs any more: it closes at once, without a question.
    leave(
        &board,
        "dispatchEvent(new KeyboardEvent('keydown', { key: 'q', ctrlKey: true }))",
    )
    .await;
    board.has_ended().await;
}

/// Does what ends the app, a moment later: the driver cannot tell of an act whose window is gone before it returns.
async fn leave(board: &Board, act: &str) {
    board.run(&format!("setTimeout(() => {act}, 200)"), &[]).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_run_of_five_ends_with_a_report_once() {
    let stage = Stage::new("run-report").in_demo();
    let board = stage.open().await;
    for nth in 1..=5 {
        add_task(&board, &format!("Shot {nth} of the harbour")).await;
    }
    start_all(&board).await;
    board.see("run-report").await;
    assert_eq!(board.text("run-needs").await.trim(), "0");
    assert!(
        board.text("run-saved").await.starts_with('5'),
        "{}",
        board.text("run-saved").await
    );
    // A demo costs nothing, whatever the table says.
    board.says("run-cost", "demo").await;
    board.click("run-close").await;
    wait_for_lane(&board, "done", 5).await;
    tokio::time::sleep(Duration::from_secs(6)).await;
    assert!(!board.shows("run-report").await, "once");
    board.close().await;
}
