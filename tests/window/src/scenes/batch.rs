//! A sheet on its way: looked at, tried with the first three, run, reviewed, handed on.

use std::{fmt::Write as _, time::Duration};

use serde_json::json;
use simulator::{Fault, Faults, Options, Simulator};

use super::{KEY, Look, add_task, start_all, wait_for};
use crate::Board;

const SHOTS: usize = 12;

/// The whole way of one batch.
pub(super) async fn sheet(look: Look, visit: &mut impl AsyncFnMut(&Board, &str)) {
    let service = Simulator::start(Options {
        median: Duration::from_secs(4),
        seed: Some(11),
        ..Options::default()
    })
    .await
    .expect("a service");
    let stage = look
        .stage("batch")
        .against(&service.base())
        .with_key(KEY)
        .preferring(&json!({"pollSeconds": 0.5, "inFlight": 3}));
    let path = stage.path(look.pick("秋季新品 分镜表.csv", "Autumn launch.csv"));
    std::fs::write(&path, rows(look)).expect("a sheet");

    let board = look.open(&stage).await;
    board.see("board").await;
    board.drop_files("[data-testid='board']", &[path.as_path()]).await;
    board.see("import-grid").await;
    let known = "return document.querySelector(\"[data-testid='import-go']\")?.disabled === false";
    board.holds("what would come of the sheet", known, &[]).await;
    visit(&board, "import").await;
    board.click("import-go").await;
    board.see("import-close").await;
    visit(&board, "import-report").await;
    board.click("import-close").await;
    wait_for(&board, "ready", SHOTS).await;

    board.click("start").await;
    board
        .click_css("[data-testid='start-first'] label:nth-of-type(3)")
        .await;
    board.see("start-held").await;
    visit(&board, "before-money").await;
    board.click("start-confirm").await;
    wait_for(&board, "done", 3).await;
    posters(&board).await;
    board.see_css("[data-testid='canary'].over").await;
    visit(&board, "first-few").await;

    let some = Faults::one(Fault::Moderation, 0.25).with(Fault::Refuse400Policy, 0.1);
    service.set_faults(some);
    board.click("canary-start").await;
    board.click("start-confirm").await;
    board.gone("start-confirm").await;
    wait_for(&board, "done", 5).await;
    wait_for(&board, "running", 2).await;
    visit(&board, "running").await;
    board.see("run-report").await;
    visit(&board, "run-report").await;
    board.escape().await;
    posters(&board).await;
    visit(&board, "done").await;
    done(&board, visit).await;
    review(&board, visit).await;
    board.close().await;
}

/// Leaving and pausing while something is being made.
pub(super) async fn leaving(look: Look, visit: &mut impl AsyncFnMut(&Board, &str)) {
    let service = Simulator::start(Options {
        median: Duration::from_secs(900),
        ..Options::default()
    })
    .await
    .expect("a service");
    let stage = look
        .stage("leaving")
        .against(&service.base())
        .with_key(KEY)
        .preferring(&json!({"inFlight": 2}));
    let board = look.open(&stage).await;
    for prompt in look.prompts() {
        add_task(&board, prompt).await;
    }
    start_all(&board).await;
    wait_for(&board, "running", 2).await;
    board.see_css("[data-testid='card'][data-state='generating']").await;
    board.control_and('q').await;
    board.see("leaving-stay").await;
    visit(&board, "leaving").await;
    board.click("leaving-stay").await;
    board.gone("leaving-stay").await;
    board.click("pause").await;
    board.see("resume").await;
    visit(&board, "paused").await;
    board.close().await;
}

/// The list, and one clip of the lane.
async fn done(board: &Board, visit: &mut impl AsyncFnMut(&Board, &str)) {
    board.click("room-list").await;
    board.see_css("[data-testid='list-row']").await;
    visit(board, "list").await;
    board.click("room-board").await;
    board.click_css("[data-testid='card'][data-state='done']").await;
    board.see("inspector").await;
    visit(board, "done-task").await;
    board.play().await;
    let frame = "return (document.querySelector(\"[data-testid='player-video']\")?.currentTime ?? 0) > 0.3";
    board.holds("a frame of the video", frame, &[]).await;
    visit(board, "player").await;
    board.click("player-close").await;
    board.gone("player-video").await;
    board.escape().await;
}

async fn review(board: &Board, visit: &mut impl AsyncFnMut(&Board, &str)) {
    board.click("room-review").await;
    board.see("review-marks").await;
    for mark in ['5', 'x', '4', '3', '5'] {
        let number = board.text("review-place").await;
        board.press(mark).await;
        let on = "return document.querySelector(\"[data-testid='review-place']\")?.innerText !== arguments[0]";
        board.holds("the next clip", on, &[json!(number.trim())]).await;
    }
    let plays = "return document.querySelector(\"[data-testid='review-video']\")?.currentTime > 0.3";
    board.holds("the clip to play", plays, &[]).await;
    visit(board, "review").await;
    board.press('v').await;
    board.see_css("[data-testid='beside']:nth-of-type(2)").await;
    let drawn = "return [...document.querySelectorAll(\"[data-testid='beside'] video\")].every((one) => one.readyState >= 2 && one.currentTime > 0.2)";
    board.holds("both clips", drawn, &[]).await;
    visit(board, "compare").await;
    board.press('v').await;
    board.press('e').await;
    board.see("export-names").await;
    visit(board, "export").await;
    board.escape().await;
}

/// A list as producers write it: more columns than are known, and two rows that cannot be used.
fn rows(look: Look) -> String {
    let mut sheet = String::from(look.pick(
        "编号,提示词,比例,分辨率,时长,客户\n",
        "number,prompt,ratio,resolution,length,client\n",
    ));
    let ways = [
        look.pick("，清晨，柔光", "; morning, soft light"),
        look.pick("，黄昏，逆光", "; dusk, against the light"),
    ];
    let client = look.pick("山海茶饮", "Harbour Tea");
    for nth in 0..SHOTS {
        let prompt = look.prompts()[nth % 6].trim_end_matches('.');
        let ratio = if nth % 6 == 3 { "9:16" } else { "16:9" };
        let resolution = if nth % 8 == 5 { "1080p" } else { "720p" };
        let _ = writeln!(
            sheet,
            "{:04},\"{prompt}{}\",{ratio},{resolution},8,{client}",
            nth + 1,
            ways[nth / 6],
        );
    }
    let prompt = look.prompts()[2];
    let _ = writeln!(sheet, "0013,\"{prompt}\",16:9,720p,12,{client}");
    let _ = writeln!(sheet, "0014,,16:9,720p,8,{client}");
    sheet
}

/// Waits until every clip in sight has its picture.
async fn posters(board: &Board) {
    let drawn = "
        const clips = [...document.querySelectorAll(\"[data-testid='card'][data-state='done']\")];
        const images = clips.map((clip) => clip.querySelector('.poster img'));
        return clips.length > 0 && images.every((image) => image?.complete && image.naturalWidth > 0)";
    board.holds("a poster on each clip", drawn, &[]).await;
}
