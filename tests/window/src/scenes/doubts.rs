//! Cards that need someone, and what is asked of them.

use serde_json::json;
use simulator::{Fault, Faults, Simulator};

use super::{KEY, Look, add_task, start_all, wait_for};
use crate::Board;

/// A refusal, a video that was not made, a lost answer, a link that is gone.
pub(super) async fn needs_you(look: Look, visit: &mut impl AsyncFnMut(&Board, &str)) {
    let service = Simulator::start(super::troubles::quick()).await.expect("a service");
    let stage = look
        .stage("needs-you")
        .against(&service.base())
        .with_key(KEY)
        .preferring(&json!({"pollSeconds": 0.5}));
    let board = look.open(&stage).await;
    let faults = [
        Fault::Refuse400Policy,
        Fault::Moderation,
        Fault::LinkAlwaysExpired,
        Fault::LostReply,
    ];
    for (nth, (prompt, fault)) in look.prompts().into_iter().zip(faults).enumerate() {
        service.set_faults(Faults::one(fault, 1.0));
        add_task(&board, prompt).await;
        start_all(&board).await;
        wait_for(&board, "needsYou", nth + 1).await;
    }
    board.click_css("[data-testid='card'][data-state='unconfirmed']").await;
    board.see("evidence").await;
    visit(&board, "needs-you").await;
    board.click("act-attach").await;
    board.see("attach-input").await;
    visit(&board, "attach").await;
    board.escape().await;
    board.gone("attach-input").await;
    board.click("act-submitAgain").await;
    board.see("ask-confirm").await;
    visit(&board, "submit-again").await;
    board.escape().await;
    board.gone("ask-confirm").await;
    // In a narrow window the open card lies over the lane.
    board.escape().await;
    board.gone("inspector").await;
    board.click("attach-log-lane").await;
    board.see("log-input").await;
    visit(&board, "attach-from-log").await;
    board.escape().await;
    board.gone("log-input").await;
    board
        .click_css("[data-testid='card'][data-state='failed'] [data-testid='card-retry']")
        .await;
    board.see("ask-confirm").await;
    visit(&board, "buy-again").await;
    board.escape().await;
    board.gone("ask-confirm").await;
    board.click_css("[data-testid='card'][data-state='failed']").await;
    board.click("inspector-report").await;
    board
        .holds(
            "the report to be put together",
            "return document.querySelector(\"[data-testid='report-text']\")?.value.length > 100",
            &[],
        )
        .await;
    visit(&board, "report").await;
    board.close().await;
}
