//! A task that failed says why, what became of the money, what to do and whether it goes on by itself; and a report on it
//! can be read and copied that holds neither key nor prompt.

use simulator::{Options, Simulator};
use window::Stage;

use crate::words::{add_task, start_all, wait_for_lane};

const KEY: &str = "sim-canary-in-the-window-5521";

#[tokio::test(flavor = "multi_thread")]
async fn a_failed_task_explains_itself_and_its_report_holds_no_secret() {
    let options = Options {
        speed: 100.0,
        balance: 10_000.0,
        ..Options::default()
    };
    let service = Simulator::start(options).await.unwrap();
    let stage = Stage::new("report").against(&service.base()).with_key(KEY);
    let board = stage.open().await;
    add_task(&board, "an unreleased car [fault:flag-2 x1]").await;
    start_all(&board).await;
    wait_for_lane(&board, "needsYou", 1).await;
    board.click_css("[data-testid='card'][data-state='failed']").await;
    for said in [
        "The service could not make this video.",
        "The service usually gives the credits back.",
        "Try again; it counts as a new purchase.",
    ] {
        board.says("inspector", said).await;
    }
    board.says("by-itself", "It stays as it is until you act.").await;
    board.says("trouble-code", "not-generated").await;

    board.click("inspector-report").await;
    let report = "return document.querySelector(\"[data-testid='report-text']\")?.value ?? ''";
    board
        .holds(
            "the report to be put together",
            "return document.querySelector(\"[data-testid='report-text']\")?.value.includes('not-generated') === true",
            &[],
        )
        .await;
    let said = board.run(report, &[]).await;
    let said = said.as_str().unwrap_or_default();
    for wanted in [
        env!("CARGO_PKG_VERSION"),
        "0001",
        "generationFailed",
        "failed 1",
        "ledger",
    ] {
        assert!(said.contains(wanted), "{wanted} is not in\n{said}");
    }
    let home = stage.home();
    for secret in [KEY, "canary", "unreleased", &*home.to_string_lossy()] {
        assert!(!said.contains(secret), "{secret} is in\n{said}");
    }
    board.click("report-with-prompt").await;
    board
        .holds(
            "the prompt to be in it once it is asked for",
            "return document.querySelector(\"[data-testid='report-text']\").value.includes('unreleased')",
            &[],
        )
        .await;
    board.click("report-copy").await;
    board.says("report-copy-dialog", "Copied").await;
    let log = std::fs::read_to_string(stage.data().join("logs/shotboard.log")).unwrap();
    assert!(log.contains("code=\"not-generated\""), "{log}");
    assert!(!log.contains("canary") && !log.contains("unreleased"), "{log}");
    board.close().await;
}
