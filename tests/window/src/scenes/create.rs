//! The first start, an empty board, and writing shots.

use simulator::{Options, Simulator};

use super::{Look, add_task, wait_for_lane};
use crate::Board;

/// The first page, and a wrong key told on it.
pub(super) async fn first_start(look: Look, visit: &mut impl AsyncFnMut(&Board, &str)) {
    let service = Simulator::start(Options::default()).await.expect("a service");
    let stage = look.stage("first").against(&service.base());
    let board = look.open(&stage).await;
    board.see("first-demo").await;
    visit(&board, "first-start").await;
    board.write("first-key-input", "wrong-key-7731").await;
    board.click("first-key-save").await;
    board.see("ask-keep").await;
    visit(&board, "where-to-keep-keys").await;
    board.click("keep-file").await;
    board.see("first-key-problem").await;
    visit(&board, "wrong-key").await;
    board.close().await;
}

/// From an empty board to a list that waits for Start.
pub(super) async fn tasks(look: Look, visit: &mut impl AsyncFnMut(&Board, &str)) {
    let stage = look.stage("tasks").in_demo();
    let board = look.open(&stage).await;
    board.see("board").await;
    visit(&board, "empty-board").await;
    board.click("new-task").await;
    board.write("composer-prompt", look.prompts()[0]).await;
    visit(&board, "composer").await;
    board.click("composer-save").await;
    board.says("lane-ready", look.prompts()[0]).await;
    for prompt in &look.prompts()[1..] {
        add_task(&board, prompt).await;
    }
    wait_for_lane(&board, "ready", 6).await;
    board.click_css("[data-testid='lane-ready'] [data-testid='card']").await;
    board.see("inspector").await;
    visit(&board, "ready").await;
    board.click("start").await;
    board.see("start-confirm").await;
    visit(&board, "before-money").await;
    board.escape().await;
    board.write("search", "zzzz").await;
    wait_for_lane(&board, "ready", 0).await;
    visit(&board, "nothing-found").await;
    board.clear("search").await;
    board.click("settings").await;
    board.see("language").await;
    visit(&board, "settings").await;
    board.escape().await;
    board.click("keys").await;
    board.see("keys-dialog").await;
    visit(&board, "keys").await;
    board.close().await;
}
