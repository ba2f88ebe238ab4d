//! Results written back beside the rows of a copy of the sheet: in every kind of sheet, after it was changed, and where
//! it is gone.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, missing_docs)]

mod support;

use std::collections::HashMap;
use std::io::{Cursor, Read as _};
use std::path::{Path, PathBuf};

use calamine::{Data, Reader as _, Xlsx};
use encoding_rs::{BIG5, GB18030};
use engine::sheet::Draft;
use engine::view::sheet::{ResultsWritten, SourceSheet};
use engine::words::Lang;
use engine::{Error, Imported, Origin, Target};
use rust_xlsxwriter::{ConditionalFormatCell, ConditionalFormatCellRule, Format, Formula, Image, Note, Workbook};
use support::World;

/// A sheet imported into a batch of its own, its first task done, the third refused by the service.
struct Case {
    world: World,
    home: tempfile::TempDir,
    path: PathBuf,
    imported: Imported,
}

impl Case {
    async fn of(name: &str, bytes: &[u8]) -> Self {
        let world = World::new().await;
        let home = tempfile::tempdir().unwrap();
        let path = home.path().join(name);
        std::fs::write(&path, bytes).unwrap();
        let draft = Draft::open(&path).unwrap();
        let origin = Origin::sheet(&path, draft.sheet()).await.unwrap();
        let target = Target::Batch(world.batch.clone());
        let imported = world
            .engine
            .take_draft(draft.good(), &origin, target, false, Lang::En)
            .await
            .unwrap();
        assert_eq!(imported.problems, []);
        let first = imported.rows[0].1.clone();
        world.start(std::slice::from_ref(&first)).await;
        world.until(&first, &["done"]).await;
        Self {
            world,
            home,
            path,
            imported,
        }
    }

    async fn sources(&self) -> Vec<SourceSheet> {
        self.world.engine.sheets_of(self.world.batch.clone()).await.unwrap()
    }

    async fn write(&self, name: &str, lang: Lang) -> Result<(ResultsWritten, Vec<u8>), Error> {
        let to = self.home.path().join(name);
        let source = self.sources().await.remove(0).source;
        let batch = self.world.batch.clone();
        let written = self
            .world
            .engine
            .return_results(batch, source, to.clone(), lang)
            .await?;
        Ok((written, std::fs::read(to).unwrap()))
    }
}

fn cells(bytes: &[u8], sheet: &str) -> HashMap<(u32, u32), Data> {
    let mut book = Xlsx::new(Cursor::new(bytes.to_vec())).unwrap();
    let range = book.worksheet_range(sheet).unwrap();
    let (top, left) = range.start().unwrap();
    let at = |(row, column): (usize, usize)| (top + u32::try_from(row).unwrap(), left + u32::try_from(column).unwrap());
    range
        .used_cells()
        .map(|(row, column, data)| (at((row, column)), data.clone()))
        .collect()
}

fn parts(bytes: &[u8]) -> HashMap<String, Vec<u8>> {
    let mut zip = zip::ZipArchive::new(Cursor::new(bytes)).unwrap();
    let mut parts = HashMap::new();
    for index in 0..zip.len() {
        let mut part = zip.by_index(index).unwrap();
        let mut bytes = Vec::new();
        part.read_to_end(&mut bytes).unwrap();
        parts.insert(part.name().unwrap().into_owned(), bytes);
    }
    parts
}

/// A workbook as people have them: a title, styles, a formula, merged cells, a picture, a rule, a note, another sheet.
fn book(prompts: &[&str]) -> Vec<u8> {
    let mut book = Workbook::new();
    book.add_worksheet()
        .set_name("说明")
        .unwrap()
        .write(0, 0, "请先阅读")
        .unwrap();
    let bold = Format::new().set_bold().set_background_color("#FFD966");
    let sheet = book.add_worksheet().set_name("第一集 & 续").unwrap();
    sheet.merge_range(0, 0, 0, 3, "分镜表", &bold).unwrap();
    for (at, name) in ["镜号", "提示词", "备注", "合计"].into_iter().enumerate() {
        sheet
            .write_with_format(2, u16::try_from(at).unwrap(), name, &bold)
            .unwrap();
    }
    for (at, prompt) in (0_u32..).zip(prompts) {
        let row = at + 3;
        sheet.write(row, 0, at + 1).unwrap();
        sheet.write(row, 1, *prompt).unwrap();
        sheet.write(row, 2, format!("备注 {}", at + 1)).unwrap();
        sheet
            .write(
                row,
                3,
                Formula::new(format!("=A{}*60", row + 1)).set_result(((at + 1) * 60).to_string()),
            )
            .unwrap();
        // Styled, and empty: it lies where our columns will.
        sheet.write_blank(row, 5, &bold).unwrap();
    }
    let rule = ConditionalFormatCell::new()
        .set_rule(ConditionalFormatCellRule::GreaterThan(100))
        .set_format(&bold);
    sheet.add_conditional_format(3, 3, 20, 3, &rule).unwrap();
    sheet.insert_note(3, 1, &Note::new("看这里")).unwrap();
    sheet
        .insert_image(30, 0, &Image::new_from_buffer(&png()).unwrap())
        .unwrap();
    book.save_to_buffer().unwrap()
}

fn png() -> Vec<u8> {
    let mut bytes = Cursor::new(Vec::new());
    image::RgbImage::from_pixel(96, 64, image::Rgb([200, 90, 40]))
        .write_to(&mut bytes, image::ImageFormat::Png)
        .unwrap();
    bytes.into_inner()
}

const SHEET: &str = "第一集 & 续";

#[tokio::test(flavor = "multi_thread")]
async fn a_workbook_keeps_everything_and_gets_its_results() {
    let source = book(&["雨夜的街道", "=雪山", "海浪 <slow> & \"soft\""]);
    let case = Case::of("分镜.xlsx", &source).await;
    let sources = case.sources().await;
    assert_eq!(
        (sources.len(), &*sources[0].name, sources[0].sheet.as_deref()),
        (1, "分镜.xlsx", Some(SHEET))
    );
    assert_eq!((sources[0].there, sources[0].rows), (true, 3));

    let (written, copy) = case.write("分镜 结果.xlsx", Lang::Zh).await.unwrap();
    assert_eq!(
        (written.rows, &written.left[..], written.from_kept),
        (3, &[][..], false)
    );
    assert_eq!(std::fs::read(&case.path).unwrap(), source, "the source is only read");

    // Every part but the one sheet is as it was, byte by byte.
    let (before, after) = (parts(&source), parts(&copy));
    assert_eq!(
        before.keys().collect::<std::collections::BTreeSet<_>>(),
        after.keys().collect()
    );
    let changed: Vec<_> = before
        .iter()
        .filter(|(name, bytes)| after[*name] != **bytes)
        .map(|(name, _)| name)
        .collect();
    assert_eq!(changed, ["xl/worksheets/sheet2.xml"]);
    let xml = String::from_utf8(after["xl/worksheets/sheet2.xml"].clone()).unwrap();
    for kept in [
        "<f>A4*60</f>",
        "conditionalFormatting",
        "mergeCell ref=\"A1:D1\"",
        "<drawing ",
        "<legacyDrawing ",
    ] {
        assert!(xml.contains(kept), "{kept}: {xml}");
    }
    // Only the title goes on saying where its row ends: it got no results.
    assert_eq!(xml.matches(" spans=").count(), 1, "{xml}");
    assert!(xml.contains("<dimension ref=\"A1:K"), "{xml}");

    // What stood there stands there, and behind it what became of each row.
    let (old, new) = (cells(&source, SHEET), cells(&copy, SHEET));
    for (place, data) in &old {
        assert_eq!(new.get(place), Some(data), "{place:?}");
    }
    let text = |row, column| new.get(&(row, column)).map(ToString::to_string).unwrap_or_default();
    assert_eq!(
        [text(2, 4), text(2, 5), text(2, 10)],
        ["Shotboard 状态", "Shotboard 文件", "Shotboard 评分"]
    );
    assert_eq!([text(3, 4), text(4, 4)], ["已完成", "未开始"]);
    assert!(
        text(3, 5).ends_with("1.mp4") && Path::new(&text(3, 5)).is_file(),
        "{}",
        text(3, 5)
    );
    assert_eq!(new[&(3, 6)], Data::Float(60.0), "credits are a number");
    let id = case.world.report(&case.imported.rows[0].1).await.task_id.unwrap();
    assert_eq!(text(3, 8), id);
    assert_eq!(cells(&copy, "说明"), cells(&source, "说明"));

    // The copy takes results again, in the same columns.
    let mut again = Draft::open(&case.home.path().join("分镜 结果.xlsx")).unwrap();
    assert_eq!(again.counts(), (3, 3, 0));
    again.map(0, "number");
    std::fs::write(&case.path, &copy).unwrap();
    let (_, second) = case.write("again.xlsx", Lang::En).await.unwrap();
    let second = cells(&second, SHEET);
    assert_eq!(second[&(2, 4)].to_string(), "Shotboard: state");
    assert!(
        second.keys().all(|(_, column)| *column <= 10),
        "no columns beside the old ones"
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn rows_are_found_again_or_told_and_never_mistaken() {
    let case = Case::of("list.xlsx", &book(&["一只猫", "一只狗", "一条鱼", "一只鸟", "一匹马"])).await;
    // Meanwhile: a row on top, dog and cat swapped, a remark beside the fish, the bird another shot, the horse gone.
    let mut changed = Workbook::new();
    let sheet = changed.add_worksheet().set_name(SHEET).unwrap();
    let rows = [
        ["镜号", "提示词", "备注", "合计"],
        ["0", "片头", "", ""],
        ["2", "一只狗", "备注 2", "120"],
        ["1", "一只猫", "备注 1", "60"],
        ["3", "一条鱼", "导演：再慢一点", "180"],
        ["4", "一架飞机", "备注 4", "240"],
    ];
    for (at, row) in (0_u32..).zip(rows) {
        for (column, cell) in (0_u16..).zip(row) {
            match cell.parse::<u32>() {
                Ok(number) => sheet.write(at, column, number).unwrap(),
                Err(_) => sheet.write(at, column, cell).unwrap(),
            };
        }
    }
    changed.save(&case.path).unwrap();
    let (written, copy) = case.write("out.xlsx", Lang::En).await.unwrap();
    assert_eq!((written.rows, written.left), (3, vec!["4".to_owned(), "5".to_owned()]));
    let cells = cells(&copy, SHEET);
    let states: Vec<_> = (0..6)
        .map(|row| cells.get(&(row, 4)).map(ToString::to_string))
        .collect();
    let state = |text: &str| Some(text.to_owned());
    let open = state("Not started");
    assert_eq!(
        states,
        [state("Shotboard: state"), None, open.clone(), state("Done"), open, None]
    );

    // Another sheet under the same name: nothing is written.
    std::fs::write(&case.path, book(&["甲", "乙"])).unwrap();
    let refused = case.write("none.xlsx", Lang::En).await.unwrap_err();
    assert!(refused.say(Lang::En).contains("list.xlsx"), "{refused:?}");
    assert!(!case.home.path().join("none.xlsx").exists());
}

#[tokio::test(flavor = "multi_thread")]
async fn a_text_keeps_its_bytes_its_encoding_and_its_separator() {
    let text = "编号;提示词;备注\r\n1;\"雨夜, 霓虹\r\n慢镜头\";甲\r\n\r\n2;一只猫\r\n";
    let source = GB18030.encode(text).0.into_owned();
    let case = Case::of("list.csv", &source).await;
    let (written, copy) = case.write("out.csv", Lang::Zh).await.unwrap();
    assert_eq!((written.rows, written.recoded), (2, false));
    // What the app has no use for stands beside the task in the window as well.
    let mut besides = Vec::new();
    for (_, id, ..) in &case.imported.rows {
        besides.push(case.world.engine.task(id.clone(), Lang::Zh).await.unwrap().besides);
    }
    assert!(
        besides.contains(&vec![("备注".to_owned(), "甲".to_owned())]),
        "{besides:?}"
    );
    assert!(besides.contains(&Vec::new()), "{besides:?}");
    let (copy, _, broken) = GB18030.decode(&copy);
    assert!(!broken);
    let lines: Vec<&str> = copy.split("\r\n").collect();
    assert!(
        lines[0].starts_with("编号;提示词;备注;Shotboard 状态;Shotboard 文件;"),
        "{copy}"
    );
    assert_eq!((lines[1], lines[3]), ("1;\"雨夜, 霓虹", ""));
    assert!(lines[2].starts_with("慢镜头\";甲;已完成;"), "{copy}");
    // A row that is short of a cell keeps its columns apart.
    assert_eq!(lines[4], "2;一只猫;;未开始;;;;;;");
}

#[tokio::test(flavor = "multi_thread")]
async fn what_the_encoding_cannot_say_is_told_and_written_in_utf8() {
    let case = Case::of("list.tsv", b"number\tprompt\tnotes\n1\tcaf\xc3\xa9\t\n2\ta cat\t\n").await;
    let (written, copy) = case.write("out.tsv", Lang::Zh).await.unwrap();
    assert!(!written.recoded && copy.starts_with(b"number\tprompt\tnotes\t"));
    // An encoding that a person had to choose: it is found again, and has no letter for simplified Chinese.
    let path = case.home.path().join("old.csv");
    std::fs::write(&path, BIG5.encode("編號;提示詞\n7;雨夜的街道與霓虹燈\n").0).unwrap();
    let mut draft = Draft::open(&path).unwrap();
    let choice = engine::sheet::Choice {
        encoding: Some("Big5".to_owned()),
        ..engine::sheet::Choice::default()
    };
    draft.choose(&choice).unwrap();
    assert_eq!(draft.good()[0].prompt, "雨夜的街道與霓虹燈");
    let origin = Origin::sheet(&path, None).await.unwrap();
    let target = Target::Batch(case.world.batch.clone());
    case.world
        .engine
        .take_draft(draft.good(), &origin, target, false, Lang::En)
        .await
        .unwrap();
    let sources = case.sources().await;
    let old = sources.iter().find(|source| source.name == "old.csv").unwrap();
    let to = case.home.path().join("old out.csv");
    let batch = case.world.batch.clone();
    let written = case
        .world
        .engine
        .return_results(batch, old.source.clone(), to.clone(), Lang::Zh)
        .await
        .unwrap();
    assert!(written.recoded && written.rows == 1);
    let copy = String::from_utf8(std::fs::read(to).unwrap()).unwrap();
    assert!(
        copy.starts_with("\u{feff}編號;提示詞;Shotboard 状态") && copy.contains("7;雨夜的街道與霓虹燈;未开始"),
        "{copy}"
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn the_source_is_never_written_over_and_what_is_gone_is_written_from_what_was_kept() {
    let case = Case::of("list.xlsx", &book(&["一只猫", "一只狗"])).await;
    let before = std::fs::read(&case.path).unwrap();
    let refused = case.write("list.xlsx", Lang::En).await.unwrap_err();
    assert!(refused.say(Lang::En).contains("copy"), "{refused:?}");
    #[cfg(unix)]
    {
        std::os::unix::fs::symlink(&case.path, case.home.path().join("other.xlsx")).unwrap();
        case.write("other.xlsx", Lang::En).await.unwrap_err();
    }
    assert_eq!(std::fs::read(&case.path).unwrap(), before);

    std::fs::remove_file(&case.path).unwrap();
    assert!(!case.sources().await[0].there);
    let (written, table) = case.write("kept.csv", Lang::Zh).await.unwrap();
    assert!(written.from_kept && written.rows == 2);
    let table = String::from_utf8(table).unwrap();
    assert!(
        table.starts_with("\u{feff}编号,提示词,图片,备注,合计,Shotboard 状态,"),
        "{table}"
    );
    assert!(
        table.contains("1,一只猫,,备注 1,60,已完成,") && table.contains("2,一只狗,,备注 2,120,未开始,"),
        "{table}"
    );
}
