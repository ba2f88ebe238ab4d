//! A whole list: a workbook with pictures is dropped, looked at, mapped, mended, imported, started with its price said,
//! made by the demo, judged by keyboard, and its picks are handed on. Nothing but the window is touched.
//!
//! The gate walks it with a few rows in Chinese. Three hundred rows take as long as the documented rate allows
//! (20 in 10 s), so they are walked when they are asked for, in both languages:
//! `cargo test -p window-tests --test journeys -- --ignored --nocapture three_hundred`

use std::path::Path;
use std::time::Instant;

use rust_xlsxwriter::{Image, Workbook};
use serde_json::json;
use window::{Board, Drawing, Language, Stage, draw, wait_for_clips};

use crate::words::wait_for_lane;

/// What the demo's model costs for one clip, in credits.
const PRICE: usize = 60;
const MARKS: &str = "const marks = document.querySelector(\"[data-testid='review-marks']\");
    return marks !== null && marks.dataset.number === arguments[0]";

#[tokio::test(flavor = "multi_thread")]
async fn a_workbook_with_pictures_becomes_judged_clips() {
    walk(Language::Chinese, 10).await;
}

#[tokio::test(flavor = "multi_thread")]
#[ignore = "three minutes: the documented rate"]
async fn three_hundred_rows_in_english() {
    walk(Language::English, 300).await;
}

#[tokio::test(flavor = "multi_thread")]
#[ignore = "three minutes: the documented rate"]
async fn three_hundred_rows_in_chinese() {
    walk(Language::Chinese, 300).await;
}

/// The workbook, with one row whose length no clip has. Each row has a picture, kept in each way that people do it: inside
/// its cell, over it, or as a file beside the workbook that is named.
fn write(path: &Path, language: Language, rows: u32) {
    let mut book = Workbook::new();
    let sheet = book.add_worksheet();
    // What holds the prompts is called by a name that nobody could guess: it is told in the window.
    let heads = match language {
        Language::Chinese => ["编号", "镜头文案", "图片", "时长", "客户"],
        Language::English => ["Number", "Shot copy", "Images", "Duration", "Client"],
    };
    for (column, head) in heads.into_iter().enumerate() {
        sheet.write(0, u16::try_from(column).unwrap(), head).unwrap();
    }
    for row in 1..=rows {
        let name = format!("frame_{row:03}.png");
        let file = path.with_file_name(&name);
        let byte = |shift: u32| u8::try_from(((row * 37) >> shift) & 0xff).unwrap();
        let colour = [byte(0), byte(4), byte(8)];
        let drawing = Drawing {
            width: 320,
            height: 180,
            colour,
        };
        draw(&file, drawing);
        let prompt = match language {
            Language::Chinese => format!("清晨的水乡，第 {row} 镜，镜头缓缓推近"),
            Language::English => format!("Shot {row}: a canal town at dawn, slow push in"),
        };
        sheet.write(row, 0, row).unwrap();
        sheet.write(row, 1, prompt).unwrap();
        let picture = || Image::new(&file).unwrap().set_scale_width(0.2).set_scale_height(0.1);
        match row % 3 {
            0 => drop(sheet.write(row, 2, &name).unwrap()),
            1 => drop(sheet.embed_image(row, 2, &picture()).unwrap()),
            _ => drop(sheet.insert_image(row, 2, &picture()).unwrap()),
        }
        if row % 3 > 0 {
            std::fs::remove_file(&file).unwrap();
        }
        sheet.write(row, 3, if row == rows { 99 } else { 8 }).unwrap();
        sheet.write(row, 4, "甲 & Co.").unwrap();
    }
    book.save(path).unwrap();
}

async fn walk(language: Language, rows: u32) {
    let count = rows as usize;
    let stage = Stage::new(&format!("sheet-{language:?}-{rows}"))
        .speaking(language)
        .in_demo();
    let folder = stage.path("客户甲");
    let out = stage.path("picks");
    let copy = folder.join("分镜表 结果.xlsx");
    let stage = stage.answering(&json!({ "folder": out, "table": copy }));
    std::fs::create_dir(&out).unwrap();
    std::fs::create_dir(&folder).unwrap();
    let path = folder.join("分镜表.xlsx");
    write(&path, language, rows);

    let mut clock = Clock(Instant::now());
    let board = stage.open().await;
    board.see("board").await;
    board.drop_files("[data-testid='board']", &[path.as_path()]).await;
    import(&board, rows).await;
    clock.told("dropped, mapped, mended, imported");
    wait_for_lane(&board, "ready", count).await;
    board
        .holds(
            "the pictures of the first rows on their cards",
            "const first = [...document.querySelectorAll(\"[data-lane='ready'] [data-testid='card']\")].slice(0, 3);
             return first.length === 3 && first.every((card) => card.querySelector('.thumbs img')?.naturalWidth > 0)",
            &[],
        )
        .await;
    board
        .holds(
            "the batch of the workbook to be shown",
            "return document.querySelector(\"[data-testid='batch'][aria-current='page']\")?.innerText.includes(arguments[0])",
            &[json!("分镜表")],
        )
        .await;

    board.click("start").await;
    board.see("start-confirm").await;
    let said: Vec<usize> = numbers(&board.text("start-confirm").await);
    assert_eq!(said, [count, count * PRICE], "how many and what they cost");
    board.click("start-confirm").await;
    finish(&board, count).await;
    assert_eq!(wait_for_clips(&stage.home(), count).await.len(), count);
    clock.told("started, made and saved");

    review(&board, count).await;
    clock.told("judged by keyboard");
    board.press('e').await;
    board.see("export-names").await;
    let picks = (1..=count).filter(|at| mark(*at) != 'x').count();
    board.holds(
        "the export to know its clips",
        "return document.querySelector(\"[data-testid='export-sum']\")?.innerText.match(/\\d+/)?.[0] === String(arguments[0])",
        &[json!(picks)],
    ).await;
    board.click("export-csv").await;
    board.click("export-go").await;
    board.see("export-report").await;
    board.see("export-close").await;
    clock.told("picks handed on");
    let copies = std::fs::read_dir(&out).unwrap().flatten();
    let copies = copies.filter(|entry| entry.path().extension().is_some_and(|end| end == "mp4"));
    assert_eq!(copies.count(), picks);
    board.click("export-close").await;

    // Back beside the rows, in a copy of the workbook.
    let source = std::fs::read(&path).unwrap();
    board.click("bar-more").await;
    board.click("menu-write-results-0").await;
    board
        .holds(
            "the copy to be told",
            "return document.querySelector(\"[data-testid='toast'][data-kind='done']\")?.innerText.includes(arguments[0])",
            &[json!(copy.file_name().unwrap().to_string_lossy())],
        )
        .await;
    clock.told("results written back");
    assert_eq!(std::fs::read(&path).unwrap(), source, "the sheet itself is only read");
    assert!(std::fs::metadata(&copy).unwrap().len() > 0);
    board.close().await;
}

/// What is wrong is told, put right in the window, and everything becomes a card.
async fn import(board: &Board, rows: u32) {
    board.see("import-grid").await;
    // No name says which column holds the prompts.
    board
        .holds(
            "nothing to be taken yet",
            "return document.querySelector(\"[data-testid='import-go']\")?.disabled === true",
            &[],
        )
        .await;
    board.choose("import-column-1", "prompt").await;
    board.says("import-counts", &format!("{}", rows - 1)).await;
    board.click("import-bad").await;
    let bad = "[data-testid='import-grid'] [aria-rowindex='2'] [aria-colindex='5'][aria-invalid='true']";
    board.click_css(bad).await;
    board.press('8').await;
    board.press(ENTER).await;
    board.gone("import-bad").await;
    board
        .holds(
            "the sheet can be taken",
            "const go = document.querySelector(\"[data-testid='import-go']\");
             return go?.disabled === false && go.innerText.match(/\\d+/)?.[0] === String(arguments[0])",
            &[json!(rows)],
        )
        .await;
    board.click("import-go").await;
    board.gone("import-grid").await;
}

const ENTER: char = '\u{e007}';

/// Waits until all are done, as long as more and more of them are.
async fn finish(board: &Board, count: usize) {
    let lane = "document.querySelector(\"[data-testid='lane-done']\")?.dataset.count ?? 0";
    let mut done = 0;
    while done < count {
        let more = format!("return Number({lane}) > arguments[0]");
        board
            .holds(&format!("more than {done} done"), &more, &[json!(done)])
            .await;
        let now = board.run(&format!("return Number({lane})"), &[]).await;
        done = usize::try_from(now.as_u64().unwrap_or(0)).unwrap();
    }
}

/// What the clip at this place is given: three stars to five, and every fourth is no good.
fn mark(at: usize) -> char {
    ['5', '4', 'x', '3'][(at - 1) % 4]
}

async fn review(board: &Board, count: usize) {
    // What a run of many ends with, and from there to its clips.
    board.says("run-saved", &count.to_string()).await;
    board.click("run-review").await;
    for at in 1..=count {
        board
            .holds(&format!("clip {at}"), MARKS, &[json!(at.to_string())])
            .await;
        board.press(mark(at)).await;
    }
    let rejected = (1..=count).filter(|at| mark(*at) == 'x').count();
    board.says("filter-rejected", &rejected.to_string()).await;
    board.says("filter-rated", &(count - rejected).to_string()).await;
}

/// The whole numbers in a text, also those that are written in groups.
fn numbers(text: &str) -> Vec<usize> {
    let plain = text.replace(',', "");
    let parts = plain.split(|c: char| !c.is_ascii_digit());
    parts.filter_map(|part| part.parse().ok()).collect()
}

/// How long each part took.
struct Clock(Instant);

impl Clock {
    fn told(&mut self, what: &str) {
        println!("{:6.1} s  {what}", self.0.elapsed().as_secs_f64());
        self.0 = Instant::now();
    }
}
