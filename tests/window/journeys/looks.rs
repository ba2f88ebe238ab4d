//! The board in both languages and in the smallest window.

use window::{Language, Stage};

use crate::{
    first_start::english_words,
    words::{add_task, wait_for_lane},
};

#[tokio::test(flavor = "multi_thread")]
async fn the_board_is_chinese_through_and_through_where_the_system_is() {
    let stage = Stage::new("chinese").speaking(Language::Chinese).in_demo();
    let board = stage.open().await;
    add_task(&board, "雪地里的狐狸").await;
    wait_for_lane(&board, "ready", 1).await;
    board.is_drawn().await;
    // The save folder is told by its path, as the system calls it.
    let videos = stage.home().join("Videos").to_string_lossy().into_owned();
    let left = async || english_words(&board.all_text().await.replace(&videos, ""));
    let words = left().await;
    assert!(words.is_empty(), "English left on the board: {words:?}");

    board.click("settings").await;
    board.see("language").await;
    let words = left().await;
    assert!(words.is_empty(), "English left in the settings: {words:?}");
    board.choose("language", "en").await;
    board
        .holds(
            "the page to turn English",
            "return document.documentElement.lang === 'en'",
            &[],
        )
        .await;
    board.close().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn nothing_overflows_in_the_smallest_window() {
    let stage = Stage::new("smallest").in_demo();
    let board = stage.open().await;
    add_task(&board, "A very long prompt without a break: ".repeat(12).trim()).await;
    add_task(&board, &"没有空格的很长的提示词".repeat(30)).await;
    board.resize(900, 600).await;
    let inside = "
        const page = document.documentElement;
        return page.scrollWidth <= innerWidth && page.scrollHeight <= innerHeight";
    board.holds("the board to fit", inside, &[]).await;
    board.click_css("[data-testid='lane-ready'] [data-testid='card']").await;
    board.see("inspector").await;
    board.holds("the board to fit beside an open card", inside, &[]).await;
    for (open, shown) in [("new-task", "composer-prompt"), ("settings", "language")] {
        board.escape().await;
        board.click(open).await;
        board.see(shown).await;
        board
            .holds(&format!("the window to fit what {open} opens"), inside, &[])
            .await;
    }
    board.close().await;
}
