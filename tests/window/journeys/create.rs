//! Making many tasks: pictures that become tasks and then videos; variants; one change to all of them.

use serde_json::json;
use window::{Drawing, Stage, draw, wait_for_clips};

use crate::words::{start_all, wait_for_lane};

/// A home with answers for the system's dialogs: so many pictures.
fn with_pictures(name: &str, count: u8) -> Stage {
    let stage = Stage::new(name).in_demo();
    let pictures: Vec<_> = (1..=count)
        .map(|n| {
            let path = stage.path(&format!("shot {n}.png"));
            draw(
                &path,
                Drawing {
                    width: 640,
                    height: 360,
                    colour: [40 * n, 90, 40],
                },
            );
            path
        })
        .collect();
    stage.answering(&json!({ "images": pictures }))
}

#[tokio::test(flavor = "multi_thread")]
async fn five_pictures_become_five_videos() {
    let stage = with_pictures("pictures", 5);
    let board = stage.open().await;
    board.click("empty-images").await;
    board.says("images-preview", "shot 5.png").await;
    board.write("images-prompt", "The camera moves in, slowly").await;
    board.click("images-go").await;
    wait_for_lane(&board, "ready", 5).await;
    start_all(&board).await;
    wait_for_lane(&board, "done", 5).await;
    let saved = wait_for_clips(&stage.home(), 5).await;
    assert_eq!(saved.len(), 5, "{saved:?}");
    board.close().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn variables_and_variants_become_tasks_and_their_pictures_go_in_order() {
    let stage = with_pictures("variants", 4);
    let board = stage.open().await;
    board.click("new-task").await;
    board.write("composer-prompt", "A cup of {drink}").await;
    // Keys through the driver lose line breaks.
    let fill = "
        const field = document.querySelector(\"[data-testid='composer-gap']\");
        field.value = 'tea\\ncoffee';
        field.dispatchEvent(new Event('input', { bubbles: true }));";
    board.see("composer-gap").await;
    board.run(fill, &[]).await;
    board.says("composer-preview-text", "A cup of tea").await;
    board.click("composer-preview-on").await;
    board.says("composer-preview-text", "A cup of coffee").await;
    // A template keeps the values as well; choosing it takes nothing for good.
    board.click("template-save").await;
    board.write("template-name", "Cups").await;
    board.click("template-keep").await;
    board.escape().await;
    board.click("composer-discard").await;
    board.click("new-task").await;
    board.see("template").await;
    let choose = "
        const list = document.querySelector(\"[data-testid='template']\");
        const cups = [...list.options].find((one) => one.text === 'Cups');
        if (cups === undefined) return false;
        list.value = cups.value;
        list.dispatchEvent(new Event('change', { bubbles: true }));
        return true";
    board.holds("the template Cups", choose, &[]).await;
    board.says("composer-preview-text", "A cup of tea").await;
    board.click("variants-more").await;
    board.says("composer-save", "4").await;
    board.click("composer-save").await;
    wait_for_lane(&board, "ready", 4).await;
    for said in ["0001a", "0001b", "0002a", "0002b", "A cup of tea", "A cup of coffee"] {
        board.says("lane-ready", said).await;
    }
    // More pictures than one task takes are asked about.
    board.click("new-task").await;
    board.click("composer-add-images").await;
    board.click("images-inOrder").await;
    board.says("images-preview", "0002b").await;
    board.click("images-go").await;
    let drawn = "
        const images = [...document.querySelectorAll(\"[data-testid='lane-ready'] [data-testid='card'] img\")];
        return images.filter((image) => image.src.includes('/image/')).length === 4";
    board.holds("a picture on each card", drawn, &[]).await;
    wait_for_lane(&board, "ready", 4).await;
    board.close().await;
}
