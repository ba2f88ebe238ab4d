//! The first page: two ways on, and a wrong key told in place.

use simulator::{Options, Simulator};
use window::{Language, Stage};

#[tokio::test(flavor = "multi_thread")]
async fn the_first_start_shows_two_ways_on() {
    let stage = Stage::new("first-start");
    let board = stage.open().await;
    board.see("first-key-input").await;
    board.see("first-demo").await;
    board.says("first-start", "kie.ai/api-key").await;
    board.is_drawn().await;
    board.close().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn the_first_start_speaks_chinese_where_the_system_does() {
    let stage = Stage::new("first-start-chinese").speaking(Language::Chinese);
    let board = stage.open().await;
    board.see("first-demo").await;
    board
        .holds(
            "the page to be marked as Chinese",
            "return document.documentElement.lang === 'zh-CN'",
            &[],
        )
        .await;
    let words = english_words(&board.all_text().await);
    assert!(words.is_empty(), "English left on the first page: {words:?}");
    board.close().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_wrong_key_is_told_in_place_and_a_good_one_opens_the_board() {
    let service = Simulator::start(Options::default()).await.unwrap();
    let stage = Stage::new("wrong-key").against(&service.base());
    let board = stage.open().await;
    board.write("first-key-input", "wrong-key-7731").await;
    board.click("first-key-save").await;
    // No keychain here: nothing is kept before the user has said how.
    board.see("ask-keep").await;
    assert!(!kept(&stage).contains("wrong-key-7731"));
    board.click("keep-file").await;
    board.see("first-key-problem").await;
    assert!(
        !board.all_text().await.contains("wrong-key-7731"),
        "a key is never shown"
    );
    board
        .holds(
            "the page to stay",
            "return document.querySelector(\"[data-testid='board']\") === null",
            &[],
        )
        .await;

    board.clear("first-key-input").await;
    board.write("first-key-input", "sim-good-key-0042").await;
    board.click("first-key-save").await;
    board.see("board").await;
    assert!(kept(&stage).contains("sim-good-key-0042"), "the good key is kept");
    assert!(!kept(&stage).contains("wrong-key-7731"), "and the wrong one is not");
    assert!(service.ledger().posts.is_empty(), "a test of a key buys nothing");
    board.close().await;
}

/// The key file, empty where there is none.
fn kept(stage: &Stage) -> String {
    std::fs::read_to_string(stage.data().join("keys.json")).unwrap_or_default()
}

/// Latin words of three letters and more that are no names.
pub(crate) fn english_words(text: &str) -> Vec<String> {
    const NAMES: &[&str] = &[
        "shotboard",
        "kie",
        "api",
        "key",
        "demo",
        "veo",
        "fast",
        "lite",
        "quality",
        "auto",
        "csv",
        "tsv",
        "xlsx",
        "enter",
        "esc",
        "ctrl",
        "cmd",
        "escape",
        "http",
        "https",
        "jpeg",
        "png",
        "webp",
        "mp4",
        "english",
        "ffmpeg",
        "vlc",
    ];
    text.split(|letter: char| !letter.is_ascii_alphabetic())
        .filter(|word| word.len() >= 3 && !NAMES.contains(&word.to_lowercase().as_str()))
        .map(str::to_owned)
        .collect()
}
