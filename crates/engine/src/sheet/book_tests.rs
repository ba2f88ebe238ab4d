//! Workbooks as spreadsheets write them, hostile ones, and a sheet that is mended before it is taken.

use std::io::{Cursor, Write as _};

use encoding_rs::GB18030;
use kie::{AspectRatio, Model};
use rust_xlsxwriter::{ExcelDateTime, Format, Formula, Workbook};
use zip::write::SimpleFileOptions;

use super::book::weigh;
use super::{Choice, Draft, Edit, Fault, SheetProblem, read};
use crate::words::Lang;

fn draft(name: &str, bytes: &[u8]) -> Draft {
    let directory = tempfile::tempdir().unwrap();
    let path = directory.path().join(name);
    std::fs::write(&path, bytes).unwrap();
    Draft::open(&path).unwrap()
}

#[test]
fn three_hundred_chinese_rows_below_a_title_are_read() {
    let mut book = Workbook::new();
    book.add_worksheet()
        .set_name("说明")
        .unwrap()
        .write(0, 0, "请先阅读")
        .unwrap();
    let sheet = book.add_worksheet().set_name("分镜表").unwrap();
    sheet.merge_range(0, 0, 0, 5, "第一集分镜", &Format::new()).unwrap();
    for (at, name) in ["镜号", "提示词", "图片", "比例", "时长", "备注"]
        .into_iter()
        .enumerate()
    {
        sheet.write(2, u16::try_from(at).unwrap(), name).unwrap();
    }
    for row in 0..300_u32 {
        sheet.write(row + 3, 0, row + 1).unwrap();
        sheet.write(row + 3, 1, format!("镜头{}：雨夜的街道", row + 1)).unwrap();
        sheet.write(row + 3, 2, format!("frame_{:03}.png", row + 1)).unwrap();
        // What Excel makes of "16:9": a time of day.
        let time = ExcelDateTime::from_hms(16, 9, 0).unwrap();
        sheet
            .write_with_format(row + 3, 3, &time, &Format::new().set_num_format("hh:mm"))
            .unwrap();
        sheet.write(row + 3, 4, 8.0).unwrap();
        sheet.write(row + 3, 5, "导演要求").unwrap();
    }
    let bytes = book.save_to_buffer().unwrap();
    let found = read(&bytes).unwrap();
    assert_eq!(
        (found.rows.len(), found.problems.len()),
        (300, 0),
        "{:?}",
        found.problems.first()
    );
    assert_eq!((found.name.as_deref(), found.encoding), (Some("分镜表"), "XLSX"));
    let last = &found.rows[299];
    assert_eq!(
        (last.line, last.number.as_deref(), last.duration),
        (303, Some("300"), Some(8))
    );
    assert_eq!(
        (last.aspect_ratio, &last.images[..]),
        (Some(AspectRatio::Landscape), &["frame_300.png".to_owned()][..])
    );
    assert_eq!(last.kept, [("备注".to_owned(), "导演要求".to_owned())]);
    assert_eq!(found.unknown_columns, ["备注"]);

    let draft = draft("shots.xlsx", &bytes);
    assert_eq!((draft.counts(), draft.sheets().len()), ((300, 300, 0), 2));
    assert_eq!(draft.good(), found.rows);
}

#[test]
fn merged_empty_formula_date_and_error_cells_are_taken_as_a_person_sees_them() {
    let mut book = Workbook::new();
    let sheet = book.add_worksheet();
    for (at, name) in ["prompt", "model", "shot date", "seed"].into_iter().enumerate() {
        sheet.write(0, u16::try_from(at).unwrap(), name).unwrap();
    }
    let date = ExcelDateTime::from_ymd(2026, 11, 22).unwrap();
    sheet
        .write(1, 0, Formula::new("=\"a \"&\"cat\"").set_result("a cat"))
        .unwrap();
    sheet
        .write_with_format(1, 2, &date, &Format::new().set_num_format("yyyy-mm-dd"))
        .unwrap();
    sheet.write(2, 0, "a dog").unwrap();
    sheet.write(2, 3, 12345).unwrap();
    sheet.merge_range(1, 1, 2, 1, "quality", &Format::new()).unwrap();
    // Row 4 is blank; row 5 has a formula that failed; row 6 everything but the prompt.
    sheet.write(4, 0, Formula::new("=NA()").set_result("#N/A")).unwrap();
    sheet.write(5, 3, 12345).unwrap();
    let found = read(&book.save_to_buffer().unwrap()).unwrap();
    let prompts: Vec<_> = found
        .rows
        .iter()
        .map(|row| (row.line, row.prompt.as_str(), row.model))
        .collect();
    assert_eq!(
        prompts,
        [(2, "a cat", Some(Model::Quality)), (3, "a dog", Some(Model::Quality))]
    );
    assert_eq!(found.rows[0].kept, [("shot date".to_owned(), "2026-11-22".to_owned())]);
    let faults: Vec<_> = found
        .problems
        .iter()
        .map(|problem| (problem.line, &problem.fault))
        .collect();
    let failed = Fault::ErrorValue {
        value: "#N/A".to_owned(),
    };
    assert_eq!(faults[0], (5, &failed));
    assert!(faults.contains(&(6, &Fault::NoPrompt)), "{faults:?}");
}

/// A workbook with another text in one of its parts.
fn tampered(part: &str, text: &[u8]) -> Vec<u8> {
    let mut book = Workbook::new();
    book.add_worksheet()
        .write(0, 0, "prompt")
        .unwrap()
        .write(1, 0, "a cat")
        .unwrap();
    let bytes = book.save_to_buffer().unwrap();
    let mut from = zip::ZipArchive::new(Cursor::new(bytes)).unwrap();
    let mut to = zip::ZipWriter::new(Cursor::new(Vec::new()));
    for index in 0..from.len() {
        let mut old = from.by_index(index).unwrap();
        let name = old.name().unwrap().into_owned();
        to.start_file(name.as_str(), SimpleFileOptions::default()).unwrap();
        if name == part {
            to.write_all(text).unwrap();
        } else {
            std::io::copy(&mut old, &mut to).unwrap();
        }
    }
    to.finish().unwrap().into_inner()
}

/// A workbook that unpacks to so many MiB more; each part is the same stream, so that it is packed only once.
fn bomb(mebibytes: usize) -> Vec<u8> {
    let mut one = zip::ZipWriter::new(Cursor::new(Vec::new()));
    one.start_file("part", SimpleFileOptions::default()).unwrap();
    one.write_all(&vec![b' '; 1 << 20]).unwrap();
    let mut one = zip::ZipArchive::new(one.finish().unwrap()).unwrap();
    let mut all = zip::ZipWriter::new_append(Cursor::new(tampered("none", b""))).unwrap();
    for nth in 0..mebibytes {
        all.raw_copy_file_rename(one.by_index_raw(0).unwrap(), format!("xl/part{nth}.xml"))
            .unwrap();
    }
    all.finish().unwrap().into_inner()
}

#[test]
fn bombs_and_lies_are_refused() {
    let page = |cells: &str| {
        format!(
            "<worksheet xmlns=\"http://schemas.openxmlformats.org/spreadsheetml/2006/main\"><sheetData>{cells}</sheetData></worksheet>"
        )
    };
    let sheet = "xl/worksheets/sheet1.xml";
    let bomb = bomb(140);
    assert!(bomb.len() < 1 << 20, "{}", bomb.len());
    assert!(matches!(read(&bomb), Err(SheetProblem::BookTooLarge)));
    // One that says it is small is counted, and refused as soon as it is more.
    let liar = tampered(sheet, &vec![b' '; 2_345_678]);
    assert!(weigh(&liar, 3 << 20).is_ok());
    let size = |size: u32| size.to_le_bytes();
    let mut lies = liar.clone();
    for at in 0..liar.len() - 4 {
        if liar[at..at + 4] == size(2_345_678) {
            lies[at..at + 4].copy_from_slice(&size(10));
        }
    }
    assert_ne!(lies, liar);
    assert!(weigh(&lies, 1 << 20).is_err());
    for count in ["99999999999999", "18446744073709551615", "999999999999999999999999999"] {
        let strings = format!("<sst uniqueCount=\"{count}\"><si><t>prompt</t></si></sst>");
        let lies = tampered("xl/sharedStrings.xml", strings.as_bytes());
        assert!(matches!(read(&lies), Err(SheetProblem::DamagedBook)), "{count}");
    }
    // One cell in each far corner: as a rectangle that would be 17 billion.
    let corners = page(
        "<row r=\"1\"><c r=\"A1\" t=\"str\"><v>prompt</v></c></row><row r=\"1048576\"><c r=\"XFD1048576\" t=\"str\"><v>a cat</v></c></row>",
    );
    let far = read(&tampered(sheet, corners.as_bytes()));
    assert!(far.is_ok_and(|found| found.rows.is_empty() && found.problems.len() == 1));
    let wide: String = (1..=100_000)
        .map(|row| format!("<row r=\"{row}\"><c r=\"XFD{row}\"><v>1</v></c></row>"))
        .collect();
    assert!(matches!(
        read(&tampered(sheet, page(&wide).as_bytes())),
        Err(SheetProblem::BookTooLarge)
    ));
    for text in [
        &b"not xml <"[..],
        b"",
        b"<worksheet><sheetData><row r=\"0\"><c r=\"\"/></row>",
    ] {
        assert!(read(&tampered(sheet, text)).is_err());
    }
    for cut in [4, 100, 2000] {
        let bytes = tampered("none", b"");
        assert!(read(&bytes[..bytes.len() - cut]).is_err(), "{cut}");
    }
}

#[test]
fn a_column_may_be_given_another_meaning_and_cells_another_text() {
    let mut draft = draft(
        "list.csv",
        "编号,内容,时长,备注\n1,一只猫,8,甲\n2,一只狗,7,乙\n".as_bytes(),
    );
    assert_eq!(draft.counts(), (2, 1, 1));
    let heads: Vec<_> = draft
        .columns()
        .into_iter()
        .map(|column| (column.holds, column.guessed))
        .collect();
    assert_eq!(
        heads,
        [
            (Some("number"), true),
            (Some("prompt"), true),
            (Some("duration"), true),
            (None, false)
        ]
    );
    let bad = draft.page(0, 10, true, Lang::Zh);
    assert_eq!((bad.len(), bad[0].line, bad[0].faults[0].0), (1, 3, Some(2)));
    assert!(bad[0].faults[0].1.contains('7'), "{:?}", bad[0].faults);

    let edit = |text: &str| {
        vec![Edit {
            row: 1,
            column: 2,
            text: text.to_owned(),
        }]
    };
    let before = draft.edit(edit("6")).unwrap();
    assert_eq!((draft.counts(), &before), ((2, 2, 0), &edit("7")));
    draft.edit(before).unwrap();
    assert_eq!(draft.counts(), (2, 1, 1));
    // All of them or none.
    let outside = Edit {
        row: 9,
        column: 0,
        text: String::new(),
    };
    assert!(draft.edit([edit("6"), vec![outside]].concat()).is_none());
    assert_eq!(draft.counts(), (2, 1, 1));

    draft.map(2, "");
    assert_eq!(draft.counts(), (2, 2, 0));
    assert_eq!(draft.kept_columns(), ["时长", "备注"]);
    draft.map(3, "prompt");
    assert_eq!(draft.good()[1].prompt, "乙");
    assert_eq!(draft.columns()[1].holds, None);
    draft.map(3, "");
    assert_eq!((draft.has_prompts(), draft.counts()), (false, (2, 0, 2)));
}

#[test]
fn encoding_and_separator_are_found_and_can_be_changed() {
    let text = "编号;提示词\r\n1;一只猫，在雨里\r\n";
    let mut draft = draft("list.csv", &GB18030.encode(text).0);
    assert_eq!((draft.found(), draft.counts().1), (("GB18030", Some(';')), 1));
    let wrong = Choice {
        encoding: Some("windows-1252".to_owned()),
        ..Choice::default()
    };
    draft.choose(&wrong).unwrap();
    assert_eq!(draft.found().0, "windows-1252");
    let comma = Choice {
        delimiter: Some(','),
        ..Choice::default()
    };
    draft.choose(&comma).unwrap();
    assert_eq!(draft.found(), ("GB18030", Some(',')));
    draft.choose(&Choice::default()).unwrap();
    assert_eq!(draft.good()[0].prompt, "一只猫，在雨里");
    let pasted = Draft::pasted("prompt\tmodel\na cat\tfast\n".to_owned()).unwrap();
    assert_eq!((pasted.counts(), pasted.source()), ((1, 1, 0), None));
}

#[test]
fn pasted_rows_without_names_lose_none_of_them() {
    let holds = |text: &str| -> (Vec<Option<&'static str>>, usize) {
        let draft = Draft::pasted(text.to_owned()).unwrap();
        (
            draft.columns().iter().map(|column| column.holds).collect(),
            draft.counts().0,
        )
    };
    // A number and a prompt: both rows are shots.
    let two = "0001\t清晨的水乡\n0002\t雨夜的霓虹街道\n";
    assert_eq!(holds(two), (vec![Some("number"), Some("prompt")], 2));
    let sentence = "fast\ta canal town at dawn, slow push in\nfast\tthe same at night\n";
    assert_eq!(holds(sentence), (vec![None, Some("prompt")], 2));
    // Names, known or not, are names.
    assert_eq!(holds("编号\t提示词\n1\t猫\n").1, 1);
    assert_eq!(holds("shot\twhat\n1\ta cat\n").1, 1);
}
