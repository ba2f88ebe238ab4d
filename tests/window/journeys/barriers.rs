//! No screen keeps anybody out: axe finds nothing serious on any of them, in two languages and both themes, and every
//! text has its room, also where words are longer than ours.

use window::{
    Board,
    scenes::{Look, every},
};

async fn look_at_everything(look: Look) {
    let mut found = Vec::new();
    let mut seen = 0;
    every(look, &mut async |board: &Board, scene: &str| {
        seen += 1;
        // Longer words change no colour and no name.
        let mut faults = if look.grown { Vec::new() } else { board.barriers().await };
        faults.extend(board.misfits().await);
        found.extend(faults.into_iter().map(|fault| format!("{scene}: {fault}")));
    })
    .await;
    assert!(seen >= 40, "only {seen} scenes");
    assert!(found.is_empty(), "{}", found.join("\n"));
}

#[tokio::test(flavor = "multi_thread")]
async fn nothing_keeps_anybody_out_of_the_small_light_chinese_window() {
    look_at_everything(Look::SMALL).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn nothing_keeps_anybody_out_of_the_dark_english_window() {
    look_at_everything(Look::USUAL).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn words_may_be_longer_by_two_fifths() {
    look_at_everything(Look::WORDY).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_barrier_is_found_where_there_is_one() {
    let stage = window::Stage::new("barrier");
    let board = stage.open().await;
    board.see("first-demo").await;
    board
        .run(
            "document.querySelector(\"[data-testid='first-demo']\").style.cssText = 'color: #999; background: #aaa'",
            &[],
        )
        .await;
    let found = board.barriers().await;
    assert!(
        found.iter().any(|barrier| barrier.starts_with("color-contrast")),
        "{found:?}"
    );
    board.close().await;
}
