//! The first one of three, looked at, then the rest under a limit that leaves room for one: nothing is bought that the
//! button did not say the price of, and what a limit stops waits for its owner.

use window::Stage;

use crate::words::{add_task, wait_for_lane};

#[tokio::test(flavor = "multi_thread")]
async fn the_first_is_bought_alone_and_the_rest_within_its_limit_when_the_user_says_so() {
    let stage = Stage::new("spending").in_demo();
    let board = stage.open().await;
    for prompt in ["A fox in fresh snow", "雨夜的霓虹街道", "Waves at dawn, slow"] {
        add_task(&board, prompt).await;
    }
    wait_for_lane(&board, "ready", 3).await;
    let elsewhere = "[data-testid='start-dialog'] h2";
    board.click("start").await;
    board.says("start-confirm", "180").await;
    board.click_css("[data-testid='start-first'] label:nth-child(2)").await;
    board.says("start-confirm", "60").await;
    board.see("start-held").await;
    board.click("start-confirm").await;
    wait_for_lane(&board, "done", 1).await;
    wait_for_lane(&board, "ready", 2).await;
    board.see_css("[data-testid='canary'].over").await;
    board.gone("start").await;

    board.click("canary-start").await;
    board.write("limit-batch", "120").await;
    board.click_css(elsewhere).await;
    board.says("start-fit", "1").await;
    board.click("start-confirm").await;
    wait_for_lane(&board, "done", 2).await;
    board.see("limit-stopped").await;
    wait_for_lane(&board, "ready", 1).await;
    board.gone("canary").await;

    board.click("limit-stopped-start").await;
    board.clear("limit-batch").await;
    board.write("limit-batch", "abc").await;
    board.click_css(elsewhere).await;
    board
        .holds(
            "no start under a limit that nobody can read",
            "return document.querySelector(\"[data-testid='start-confirm']\").disabled",
            &[],
        )
        .await;
    board.clear("limit-batch").await;
    board.click_css(elsewhere).await;
    board.click("start-confirm").await;
    wait_for_lane(&board, "done", 3).await;
    board.gone("limit-stopped").await;

    // The same once more, twice, and a new one: what would be bought again is left out with one click, the double too.
    for prompt in ["A fox in fresh snow", "A lake", "A lake"] {
        add_task(&board, prompt).await;
    }
    wait_for_lane(&board, "ready", 3).await;
    board.click("start").await;
    board.says("start-again", "0004").await;
    board.says("start-confirm", "180").await;
    // Ticked and pressed in one breath: what was ticked is not bought, and nothing that was not shown.
    let at_once = "
        document.querySelector(\"[data-testid='leave-again']\").click();
        document.querySelector(\"[data-testid='start-confirm']\").click();";
    board.run(at_once, &[]).await;
    board.says("start-confirm", "120").await;
    board.click("leave-twin").await;
    board.says("start-confirm", "60").await;
    board.says("start-left-out", "2").await;
    board.click("start-confirm").await;
    wait_for_lane(&board, "done", 4).await;
    wait_for_lane(&board, "ready", 2).await;
    board.close().await;
}
