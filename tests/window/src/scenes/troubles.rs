//! What goes wrong, each with a way on.

use std::{fs, time::Duration};

use serde_json::json;
use simulator::{Options, Simulator};

use super::{Look, add_task, start_all, wait_for_lane};
use crate::Board;

const KEY: &str = "sim-a-key-0042";

fn quick() -> Options {
    Options {
        median: Duration::from_secs(2),
        ..Options::default()
    }
}

/// Cards that need someone: a refusal, a lost answer, a video that was not made.
pub(super) async fn needs_you(look: Look, visit: &mut impl AsyncFnMut(&Board, &str)) {
    let service = Simulator::start(quick()).await.expect("a service");
    let stage = look
        .stage("needs-you")
        .against(&service.base())
        .with_key(KEY)
        .preferring(&json!({"pollSeconds": 0.5}));
    let board = look.open(&stage).await;
    let faults = ["refuse-400-policy", "moderation", "lost-reply x1"];
    for (prompt, fault) in look.prompts().into_iter().zip(faults) {
        add_task(&board, &format!("{prompt} [fault:{fault}]")).await;
    }
    start_all(&board).await;
    wait_for_lane(&board, "needsYou", 3).await;
    board.click_css("[data-testid='card'][data-state='unconfirmed']").await;
    board.see("evidence").await;
    visit(&board, "needs-you").await;
    board.click("act-attach").await;
    board.see("attach-input").await;
    visit(&board, "attach").await;
    board.escape().await;
    board.gone("attach-input").await;
    // In a narrow window the open card lies over the lane.
    board.escape().await;
    board.gone("inspector").await;
    board.click("attach-log-lane").await;
    board.see("log-input").await;
    visit(&board, "attach-from-log").await;
    board.close().await;
}

/// The account is empty: the queue waits.
pub(super) async fn no_credits(look: Look, visit: &mut impl AsyncFnMut(&Board, &str)) {
    let poor = Options {
        balance: 10.0,
        ..quick()
    };
    let service = Simulator::start(poor).await.expect("a service");
    let stage = look.stage("no-credits").against(&service.base()).with_key(KEY);
    let board = look.open(&stage).await;
    for prompt in &look.prompts()[..3] {
        add_task(&board, prompt).await;
    }
    start_all(&board).await;
    board.see("paused-banner").await;
    visit(&board, "no-credits").await;
    board.close().await;
}

/// Nothing answers.
pub(super) async fn no_network(look: Look, visit: &mut impl AsyncFnMut(&Board, &str)) {
    let stage = look.stage("no-network").against("http://127.0.0.1:9").with_key(KEY);
    let board = look.open(&stage).await;
    for prompt in &look.prompts()[..3] {
        add_task(&board, prompt).await;
    }
    start_all(&board).await;
    board.see_css("[data-mood='network']").await;
    visit(&board, "no-network").await;
    board.close().await;
}

/// A board without a key.
pub(super) async fn no_key(look: Look, visit: &mut impl AsyncFnMut(&Board, &str)) {
    let stage = look.stage("no-key").in_demo();
    let board = look.open(&stage).await;
    board.see("board").await;
    board.click("leave-demo").await;
    board.gone("leave-demo").await;
    board
        .see_css("[data-testid='board'], [data-testid='first-start']")
        .await;
    visit(&board, "no-key").await;
    board.close().await;
}

/// The library's file is none.
pub(super) async fn damaged_library(look: Look, visit: &mut impl AsyncFnMut(&Board, &str)) {
    let stage = look.stage("damaged").against("http://127.0.0.1:9").with_key(KEY);
    fs::write(stage.data().join("library.db"), [7; 8192]).expect("a file");
    let board = look.open(&stage).await;
    board.see("library-notice").await;
    visit(&board, "damaged-library").await;
    board.close().await;
}

/// The save folder cannot be written: a file stands in its place.
pub(super) async fn folder_in_the_way(look: Look, visit: &mut impl AsyncFnMut(&Board, &str)) {
    let service = Simulator::start(quick()).await.expect("a service");
    let stage = look.stage("folder");
    let folder = stage.path("videos");
    let stage = stage.against(&service.base()).with_key(KEY).preferring(&json!({
        "pollSeconds": 0.5,
        "saveFolder": folder,
    }));
    fs::write(&folder, "in the way").expect("a file");
    let board = look.open(&stage).await;
    for prompt in &look.prompts()[..2] {
        add_task(&board, prompt).await;
    }
    board.click("start").await;
    board.click("start-confirm").await;
    board.see_css("dialog [role='alert']").await;
    visit(&board, "folder-gone").await;
    board.close().await;
}
