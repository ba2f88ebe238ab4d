//! An answer that was lost: what is known stands on the card, a wrong id is warned of, and a copied log page brings the
//! videos home without a second purchase.

use std::time::Duration;

use serde_json::{Value, json};
use simulator::{Options, Simulator};
use window::{Stage, until, wait_for_clips};

use crate::words::{add_task, start_all, wait_for_lane};

const KEY: &str = "sim-unknown";

#[tokio::test(flavor = "multi_thread")]
async fn a_lost_answer_shows_what_is_known_and_a_pasted_log_brings_the_video_home() {
    let service = Simulator::start(Options {
        median: Duration::from_secs(3),
        ..Options::default()
    })
    .await
    .unwrap();
    let stage = Stage::new("unknown")
        .against(&service.base())
        .with_key(KEY)
        .preferring(&json!({"pollSeconds": 0.5}));
    let board = stage.open().await;
    let prompts = [
        "A lantern drifts downriver [fault:lost-reply x1]",
        "A crane lands on ice [fault:bad-gateway x1]",
    ];
    for prompt in prompts {
        add_task(&board, prompt).await;
    }
    assert!(!board.shows("attach-log-lane").await, "nothing is unknown yet");
    start_all(&board).await;
    wait_for_lane(&board, "needsYou", 2).await;

    board.click_css("[data-testid='card'][data-number='0002']").await;
    for part in ["KIE_API_KEY", "60 credits", "HTTP 502", "ago", "0001", "kie.ai/logs"] {
        board.says("evidence", part).await;
    }
    let bought: Vec<String> = service.ledger().accepted.into_iter().map(|one| one.task_id).collect();
    assert_eq!(bought.len(), 2);

    // Another one's id is not taken in passing.
    let other = somebody_buys(&service.base()).await;
    board.click("act-attach").await;
    board.write("attach-input", &other).await;
    board.click("attach-confirm").await;
    board.says("attach-doubt", "An owl at dusk").await;
    board.says("attach-doubt", "A crane lands on ice").await;
    board.click("dialog-close").await;
    wait_for_lane(&board, "needsYou", 2).await;

    let page = format!(
        "Logs\nTime\tModel\tTask ID\n12:03:05\tveo3_fast\t{}\tsuccess\n12:03:09\tveo3_fast\t{}\tsuccess\n12:04:00\tveo3\t{other}\n",
        bought[0], bought[1]
    );
    board.click("attach-log-lane").await;
    paste(&board, "log-input", &page).await;
    board.click("log-go").await;
    board.says("log-attached", "0001").await;
    board.says("log-attached", "0002").await;
    board.says("log-left", &other).await;
    board.click("log-close").await;
    wait_for_lane(&board, "done", 2).await;
    wait_for_clips(&stage.home(), 2).await;
    until("nothing to be unknown any more", async || {
        (!board.shows("attach-log-lane").await).then_some(())
    })
    .await;
    let ledger = service.ledger();
    for prompt in prompts {
        assert_eq!(ledger.posts_with_prompt(prompt), 1, "{prompt} was bought once");
    }
    board.close().await;
}

async fn paste(board: &window::Board, id: &str, text: &str) {
    board.see(id).await;
    let script = "
        const field = document.querySelector(arguments[0]);
        field.value = arguments[1];
        field.dispatchEvent(new Event('input', { bubbles: true }));";
    let field = format!("[data-testid='{id}']");
    board.run(script, &[json!(field), json!(text)]).await;
}

/// Another client of the same account; the id it is given.
async fn somebody_buys(base: &str) -> String {
    let answer: Value = reqwest::Client::new()
        .post(format!("{base}/api/v1/veo/generate"))
        .bearer_auth(KEY)
        .json(&json!({ "prompt": "An owl at dusk" }))
        .send()
        .await
        .unwrap()
        .json()
        .await
        .unwrap();
    answer["data"]["taskId"].as_str().unwrap().to_owned()
}
