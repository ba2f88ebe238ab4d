//! Review by keyboard: three clips of the demo are rated and rejected with keys alone, and the picks handed on.

use serde_json::json;
use window::{Stage, saved_clips, wait_for_clips};

use crate::words::{add_task, start_all, wait_for_lane};

/// The key of that name.
const F2: char = '\u{e032}';

const MARKS: &str = "const marks = document.querySelector(\"[data-testid='review-marks']\");
    return marks !== null && marks.dataset.number === arguments[0]";

#[tokio::test(flavor = "multi_thread")]
async fn clips_are_judged_with_keys_and_the_picks_are_files_in_a_folder() {
    let stage = Stage::new("review");
    let (out, moved) = (stage.path("picks"), stage.path("moved by hand.mp4"));
    let stage = stage.answering(&json!({ "folder": out, "clips": [moved] }));
    std::fs::create_dir(&out).unwrap();
    let board = stage.open().await;
    board.click("first-demo").await;
    for prompt in ["A fox in fresh snow", "雨夜的霓虹街道", "Waves at dawn, slow"] {
        add_task(&board, prompt).await;
    }
    wait_for_lane(&board, "ready", 3).await;
    start_all(&board).await;
    wait_for_lane(&board, "done", 3).await;
    wait_for_clips(&stage.home(), 3).await;

    board.click("room-review").await;
    board.holds("the first clip", MARKS, &[json!("0001")]).await;
    board
        .holds(
            "the clip to play",
            "return document.querySelector(\"[data-testid='review-video']\")?.currentTime > 0.2",
            &[],
        )
        .await;
    board.press('5').await;
    board.holds("the second clip", MARKS, &[json!("0002")]).await;
    board.press('x').await;
    board.holds("the third clip", MARKS, &[json!("0003")]).await;
    board.press('3').await;
    board.says("filter-rated", "2").await;
    board.says("filter-rejected", "1").await;

    const MUTED: &str = "return document.querySelector(\"[data-testid='review-video']\").muted === arguments[0]";
    board.press('m').await;
    board.holds("silence", MUTED, &[json!(true)]).await;
    board.click("clip-mute").await;
    board.holds("sound", MUTED, &[json!(false)]).await;

    // The speed is changed and nothing else: a clip that was stopped to be looked at frame by frame stays so.
    const STATE: &str = "const video = document.querySelector(\"[data-testid='review-video']\");
        return video.paused === arguments[0] && (video.playbackRate > 1) === arguments[1]";
    board
        .holds("the last clip to play", STATE, &[json!(false), json!(false)])
        .await;
    board.press(' ').await;
    board
        .holds("the clip to stop", STATE, &[json!(true), json!(false)])
        .await;
    board.press(']').await;
    board
        .holds(
            "another speed",
            "return document.querySelector(\"[data-testid='review-video']\").playbackRate > 1",
            &[],
        )
        .await;
    tokio::time::sleep(std::time::Duration::from_millis(300)).await;
    assert_eq!(
        board.run(STATE, &[json!(true), json!(true)]).await,
        json!(true),
        "stopped"
    );
    board.press(' ').await;
    board
        .holds("the clip to go on", STATE, &[json!(false), json!(true)])
        .await;

    board.press('e').await;
    board
        .holds("nothing to play behind a dialog", STATE, &[json!(true), json!(true)])
        .await;
    board.says("export-names", "0001_5.mp4").await;
    board.click("export-otio").await;
    board.click("export-go").await;
    board.says("export-report", "2 clips copied").await;
    let mut names: Vec<String> = std::fs::read_dir(&out)
        .unwrap()
        .map(|entry| entry.unwrap().file_name().to_string_lossy().into_owned())
        .collect();
    names.sort();
    assert_eq!(names.len(), 3, "{names:?}");
    assert!(
        names[0].ends_with(" picks.otio") && names[1].ends_with("_0001_5.mp4") && names[2].ends_with("_0003_3.mp4"),
        "{names:?}"
    );
    board.click("export-close").await;

    // The files themselves get other names, and have them back.
    let named = |home: &std::path::Path| {
        let mut names: Vec<String> = saved_clips(home)
            .into_iter()
            .filter(|path| !path.starts_with(&out) && *path != moved)
            .map(|path| path.file_name().unwrap().to_string_lossy().into_owned())
            .collect();
        names.sort();
        names
    };
    board.press(F2).await;
    board.clear("rename-template").await;
    board.write("rename-template", "night {number}").await;
    board.says("rename-rows", "night 0003.mp4").await;
    assert_eq!(
        named(&stage.home()),
        ["0001.mp4", "0002.mp4", "0003.mp4"],
        "a look changes nothing"
    );
    board.click("rename-go").await;
    board.says("rename-report", "3 clips renamed").await;
    let renamed = ["night 0001.mp4", "night 0002.mp4", "night 0003.mp4"];
    assert_eq!(named(&stage.home()), renamed);
    board.click("rename-undo").await;
    board.gone("rename-dialog").await;
    assert_eq!(named(&stage.home()), ["0001.mp4", "0002.mp4", "0003.mp4"]);

    // Somebody moves one: it says so where it is looked at, and is found again.
    let files = saved_clips(&stage.home());
    let third = files.iter().find(|path| path.ends_with("0003.mp4")).unwrap();
    std::fs::rename(third, &moved).unwrap();
    board.run("window.dispatchEvent(new Event('focus'))", &[]).await;
    board.see("clip-gone").await;
    board.click("find-clip").await;
    board.gone("clip-gone").await;
    board
        .holds(
            "the clip to play from its other place",
            "return document.querySelector(\"[data-testid='review-video']\")?.readyState >= 2",
            &[],
        )
        .await;
    board.close().await;
}
