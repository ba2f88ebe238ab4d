//! What goes wrong with the account, the library and the disk, each with a way on.

use std::{fs, time::Duration};

use serde_json::json;
use simulator::{Options, Simulator};

use super::{KEY, Look, add_task, start_all};
use crate::{Board, SmallDrive};

pub(super) fn quick() -> Options {
    Options {
        median: Duration::from_secs(2),
        ..Options::default()
    }
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

/// Tasks, and the key they were to be bought with was taken out.
pub(super) async fn no_key(look: Look, visit: &mut impl AsyncFnMut(&Board, &str)) {
    let service = Simulator::start(quick()).await.expect("a service");
    let stage = look.stage("no-key").against(&service.base()).with_keychain();
    let board = look.open(&stage).await;
    board.write("first-key-input", KEY).await;
    board.click("first-key-save").await;
    board.see("board").await;
    for prompt in &look.prompts()[..3] {
        add_task(&board, prompt).await;
    }
    board.click("settings").await;
    board.click("key-remove").await;
    board.see("key-undo").await;
    board.escape().await;
    board.click("start").await;
    board.click("start-confirm").await;
    board.see("toast").await;
    visit(&board, "no-key").await;
    board.close().await;
}

/// The keychain that opened the keys is gone.
pub(super) async fn keys_again(look: Look, visit: &mut impl AsyncFnMut(&Board, &str)) {
    let service = Simulator::start(quick()).await.expect("a service");
    let stage = look.stage("keys-again").against(&service.base()).with_keychain();
    let board = look.open(&stage).await;
    board.write("first-key-input", KEY).await;
    board.click("first-key-save").await;
    board.see("board").await;
    board.kill().await;
    fs::remove_file(stage.path("keychain")).expect("a keychain to be lost");
    let board = look.open(&stage).await;
    board.click("settings").await;
    board.see("key-again").await;
    visit(&board, "keys-again").await;
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

/// The library was written by a version to come.
pub(super) async fn newer_library(look: Look, visit: &mut impl AsyncFnMut(&Board, &str)) {
    let stage = look.stage("newer").against("http://127.0.0.1:9").with_key(KEY);
    let board = look.open(&stage).await;
    for prompt in &look.prompts()[..3] {
        add_task(&board, prompt).await;
    }
    // A moment later: the driver cannot tell of an act whose window is gone before it returns.
    let quit = "setTimeout(() => dispatchEvent(new KeyboardEvent('keydown', { key: 'q', ctrlKey: true })), 200)";
    board.run(quit, &[]).await;
    board.has_ended().await;
    let path = stage.data().join("library.db");
    let mut library = fs::read(&path).expect("a library");
    // Where SQLite keeps the number of the format, big-endian.
    library[60..64].copy_from_slice(&4000_u32.to_be_bytes());
    fs::write(&path, library).expect("a library of a newer version");
    let board = look.open(&stage).await;
    board.see("library-notice").await;
    board.says("lane-ready", look.prompts()[0]).await;
    visit(&board, "newer-library").await;
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

/// What was bought does not fit on the drive. Left out where nobody may have a small drive.
pub(super) async fn full_disk(look: Look, visit: &mut impl AsyncFnMut(&Board, &str)) {
    let Some(drive) = SmallDrive::mount(24) else { return };
    let service = Simulator::start(quick()).await.expect("a service");
    let stage = look
        .stage("full")
        .against(&service.base())
        .with_key(KEY)
        .preferring(&json!({
            "pollSeconds": 0.5,
            "saveFolder": drive.folder(),
        }));
    let board = look.open(&stage).await;
    for prompt in &look.prompts()[..3] {
        add_task(&board, prompt).await;
    }
    start_all(&board).await;
    super::wait_for(&board, "needsYou", 3).await;
    board.click_css("[data-testid='card'][data-state='saveFailed']").await;
    board.see("by-itself").await;
    visit(&board, "full-disk").await;
    board.close().await;
}
