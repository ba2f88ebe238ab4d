//! Many at once: chosen with the keys and the pointer, dragged into another order, put back, and started through the one
//! question that names count and price. And a filter that is kept under a name.

use serde_json::json;
use window::{Board, Stage};

use crate::words::{add_task, wait_for_lane};

/// The numbers in the lane Ready, from the top.
async fn stands(board: &Board, numbers: &str) {
    let order = "
        const cards = [...document.querySelectorAll(\"[data-testid='lane-ready'] [data-testid='card']\")];
        return cards.map((card) => card.dataset.number).join(' ') === arguments[0]";
    board
        .holds(&format!("the order {numbers}"), order, &[json!(numbers)])
        .await;
}

fn card(number: &str) -> String {
    format!("[data-testid='card'][data-number='{number}']")
}

#[tokio::test(flavor = "multi_thread")]
async fn many_are_chosen_moved_put_back_and_started_with_one_question() {
    let stage = Stage::new("many").in_demo();
    let board = stage.open().await;
    for prompt in [
        "A fox in fresh snow",
        "雨夜的霓虹街道",
        "Waves at dawn, slow",
        "A lamp goes out",
    ] {
        add_task(&board, prompt).await;
    }
    wait_for_lane(&board, "ready", 4).await;
    stands(&board, "0001 0002 0003 0004").await;

    // Two of them, to the front.
    board.click_css(&card("0003")).await;
    let choose = "
        for (const number of ['0003', '0004'])
            document.querySelector(`[data-testid='card'][data-number='${number}']`)
                .dispatchEvent(new MouseEvent('click', { bubbles: true, ctrlKey: true }))";
    board.run(choose, &[]).await;
    board.see_css("[data-testid='many-bar'][data-count='2']").await;
    board.drag(&card("0003"), &card("0001"), 0.2).await;
    stands(&board, "0003 0004 0001 0002").await;
    board.control_and('z').await;
    stands(&board, "0001 0002 0003 0004").await;
    board.escape().await;
    board.gone("many-bar").await;

    // One by keyboard: it moves, and the focus goes with it.
    board.click_css(&card("0001")).await;
    board
        .run(&format!("document.querySelector(\"{}\").focus()", card("0001")), &[])
        .await;
    board.alt_and('\u{e015}').await;
    stands(&board, "0002 0001 0003 0004").await;
    let focused = "return document.activeElement?.dataset.number === '0001'";
    board.holds("the focus on the card that moved", focused, &[]).await;

    // A drag that Escape ends changes nothing; one to Running asks, with the price.
    board.drag(&card("0001"), "[data-testid='lane-running']", 0.5).await;
    board.says("start-dialog", "60").await;
    board.escape().await;
    board.gone("start-dialog").await;
    wait_for_lane(&board, "ready", 4).await;

    board.control_and('a').await;
    board.see_css("[data-testid='many-bar'][data-count='4']").await;
    board.see_css("[data-testid='many-start'][data-n='4']").await;
    board.click("many-start").await;
    board.says("start-confirm", "4").await;
    board.click("start-confirm").await;
    board.gone("many-bar").await;
    wait_for_lane(&board, "done", 4).await;
    board.close().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_filter_is_kept_under_a_name_and_outlives_the_window() {
    let stage = Stage::new("views").in_demo();
    let board = stage.open().await;
    for prompt in ["A fox in fresh snow", "雨夜的霓虹街道"] {
        add_task(&board, prompt).await;
    }
    wait_for_lane(&board, "ready", 2).await;
    board.click("filter").await;
    board.click("filter-close").await;
    board.gone("filter-dialog").await;

    board.click("filter").await;
    board.click_css("[data-testid='filter-days-1']").await;
    board.says("filter-found", "2").await;
    board.click_css("[data-testid='filter-with-images']").await;
    board.says("filter-found", "0").await;
    board.escape().await;
    board.see("nothing-found").await;
    board.click_css("[data-testid='chip-images']").await;
    board.gone("nothing-found").await;
    wait_for_lane(&board, "ready", 2).await;
    board.write("search", "霓虹").await;
    wait_for_lane(&board, "ready", 1).await;
    board.click("view-keep").await;
    board.write("view-name", "Rain today").await;
    board.press('\u{e007}').await;
    board.says("views", "Rain today").await;
    board.click("filter-clear").await;
    wait_for_lane(&board, "ready", 2).await;
    board.close().await;

    let board = stage.open().await;
    board.says("views", "Rain today").await;
    board.click("view").await;
    wait_for_lane(&board, "ready", 1).await;
    board.click("view-menu").await;
    board.click_css("[role='menuitem'][data-testid='menu-delete']").await;
    board.gone("views").await;
    board.click("toast-action").await;
    board.says("views", "Rain today").await;
    board.close().await;
}

/// A lane puts its cards in place again whenever one above gets higher, and a clock on one is enough. Virtua takes no
/// pointer for a moment then: a press and its release met different elements, and nothing was clicked.
#[tokio::test(flavor = "multi_thread")]
async fn a_click_lands_while_its_lane_is_moving() {
    let stage = Stage::new("moving").in_demo();
    let board = stage.open().await;
    board.resize(900, 600).await;
    for nth in 1..=8 {
        add_task(
            &board,
            &format!("Shot {nth}: a long street in the rain, seen from a slow tram"),
        )
        .await;
    }
    wait_for_lane(&board, "ready", 8).await;
    board.click_css(&card("0002")).await;
    board.see("inspector").await;
    board.escape().await;
    board.gone("inspector").await;
    let lane = "
        const lane = document.querySelector(\"[data-lane='ready']\");
        const moving = setInterval(() => (lane.scrollTop += 1), 40);
        addEventListener('pointerup', () => clearInterval(moving), { once: true, capture: true });
        return lane.scrollHeight - lane.clientHeight - lane.scrollTop";
    let room = board.run(lane, &[]).await;
    assert!(room.as_f64() >= Some(40.0), "the lane cannot move: {room}");
    board.drag(&card("0002"), &card("0002"), 0.5).await;
    board.see("inspector").await;
    board.close().await;
}
