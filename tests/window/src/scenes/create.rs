//! The first start, an empty board, and everything that makes or changes tasks by hand.

use serde_json::json;
use simulator::{Options, Simulator};

use super::{Look, add_task, wait_for};
use crate::{Board, Drawing, draw};

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

/// From an empty board to a list that waits for Start, and what lies over it.
pub(super) async fn tasks(look: Look, visit: &mut impl AsyncFnMut(&Board, &str)) {
    let stage = look.stage("tasks").in_demo();
    let shots = [(1280, 720), (1280, 720), (720, 1280)].into_iter().enumerate();
    let pictures: Vec<_> = shots
        .map(|(n, (width, height))| {
            let path = stage.path(&format!("{} {}.png", look.pick("分镜", "shot"), n + 1));
            let colour = [[182, 92, 40], [44, 98, 150], [60, 122, 76]][n];
            draw(&path, Drawing { width, height, colour });
            path
        })
        .collect();
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
    wait_for(&board, "ready", 6).await;
    board.click_css("[data-testid='lane-ready'] [data-testid='card']").await;
    board.see("inspector").await;
    visit(&board, "ready").await;
    board.escape().await;
    board.gone("inspector").await;
    board.write("search", "zzzz").await;
    board.see_css("[data-testid='lane-ready'][data-count='0']").await;
    visit(&board, "nothing-found").await;
    board.click("search-clear").await;

    variables(look, &board, visit).await;
    let dropped: Vec<_> = pictures.iter().map(AsRef::as_ref).collect();
    board.drop_files("[data-testid='board']", &dropped).await;
    board.see("images-preview").await;
    let drawn = "
        const images = [...document.querySelectorAll(\"[data-testid='images-preview'] img\")];
        return images.length === 3 && images.every((image) => image.complete && image.naturalWidth > 0)";
    board.holds("the pictures", drawn, &[]).await;
    visit(&board, "pictures-dropped").await;
    // Their names hold the numbers of rows.
    board.click_css("[data-testid='images-each']").await;
    board.write("images-prompt", look.prompts()[3]).await;
    board.click("images-go").await;
    wait_for(&board, "ready", 9).await;
    many(&board, visit).await;
    settings(&board, visit).await;
    board.close().await;
}

/// A prompt with gaps, and how many of each.
async fn variables(look: Look, board: &Board, visit: &mut impl AsyncFnMut(&Board, &str)) {
    board.click("new-task").await;
    let prompt = look.pick(
        "一杯{饮品}放在木桌上，热气升起，镜头缓缓推近",
        "A cup of {drink} on a wooden table, steam rising, the camera moves in slowly",
    );
    board.write("composer-prompt", prompt).await;
    board.see("composer-gap").await;
    // Keys through the driver lose line breaks.
    let fill = "
        const field = document.querySelector(\"[data-testid='composer-gap']\");
        field.value = arguments[0];
        field.dispatchEvent(new Event('input', { bubbles: true }));";
    let values = look.pick("龙井\n美式\n热可可", "tea\ncoffee\ncocoa");
    board.run(fill, &[json!(values)]).await;
    board.click("variants-more").await;
    board.says("composer-save", "6").await;
    visit(board, "composer-variables").await;
    board.escape().await;
    board.see("composer-discard").await;
    visit(board, "composer-leaving").await;
    board.click("composer-discard").await;
    board.gone("composer-prompt").await;
}

/// The list, all of it chosen, and one change to all.
async fn many(board: &Board, visit: &mut impl AsyncFnMut(&Board, &str)) {
    board.click("room-list").await;
    board.see_css("[data-testid='list-row']").await;
    let all = "document.body.dispatchEvent(new KeyboardEvent('keydown', { key: 'a', ctrlKey: true, bubbles: true }))";
    board.run(all, &[]).await;
    board.see_css("[data-testid='many-bar'][data-count='9']").await;
    visit(board, "list-chosen").await;
    board.click("many-edit").await;
    board.choose("bulk-resolution", "1080p").await;
    board.says("bulk-save", "9").await;
    visit(board, "edit-many").await;
    board.click("dialog-close").await;
    board.gone("bulk-save").await;
    board.click("room-board").await;
}

async fn settings(board: &Board, visit: &mut impl AsyncFnMut(&Board, &str)) {
    board.click("settings").await;
    board.see("language").await;
    visit(board, "settings").await;
    for (part, last) in [("settings-work", "keep-awake"), ("settings-more", "data-dir")] {
        let scroll = "document.querySelector(arguments[0]).scrollIntoView({ block: 'end' })";
        board.run(scroll, &[json!(format!("[data-testid='{last}']"))]).await;
        visit(board, part).await;
    }
    board.escape().await;
    board.click("keys").await;
    board.see("keys-dialog").await;
    visit(board, "keys").await;
    board.escape().await;
}
