//! Sheets as people's programs write them.

use encoding_rs::GB18030;
use kie::{AspectRatio, GenerationType, Model, Resolution};
use proptest::prelude::*;

use super::{Fault, Row, Sheet, SheetProblem, read};
use crate::words::Lang;

fn sheet(text: &str) -> Sheet {
    read(text.as_bytes()).unwrap()
}

/// What is wrong with a sheet whose rows are in English, one sentence each.
fn complaints(text: &str, lang: Lang) -> Vec<String> {
    sheet(text).problems.iter().map(|problem| problem.say(lang)).collect()
}

fn prompts(sheet: &Sheet) -> Vec<&str> {
    sheet.rows.iter().map(|row| row.prompt.as_str()).collect()
}

#[test]
fn a_full_row_is_read_in_either_language() {
    let expected = Row {
        line: 2,
        number: Some("0001".into()),
        prompt: "雨夜, 霓虹\n慢镜头".into(),
        images: vec!["a.png".into(), "https://x.test/b.jpg?s=1".into()],
        model: Some(Model::Quality),
        aspect_ratio: Some(AspectRatio::Portrait),
        resolution: Some(Resolution::P1080),
        duration: Some(6),
        seed: Some(12345),
        watermark: Some("My film".into()),
        mode: Some(GenerationType::Frames),
        enable_translation: None,
        ..Row::default()
    };
    let chinese = "编号,提示词,图片,模型,比例,分辨率,时长,种子,水印,模式\r\n\
        0001,\" 雨夜, 霓虹\r\n慢镜头 \",a.png｜https://x.test/b.jpg?s=1,高质量,9：16,1080P,6 秒,12345,My film,首尾帧\r\n";
    let english = "Number;PROMPT;image_urls;Model;Aspect Ratio;resolution;Duration (s);seed;watermark;Mode\n\
        0001;\"雨夜, 霓虹\n慢镜头\";\"a.png | https://x.test/b.jpg?s=1\";veo3;portrait;1080;6.0;12345;My film;FIRST_AND_LAST_FRAMES_2_VIDEO";
    for (text, delimiter) in [(chinese, ','), (english, ';')] {
        let mut found = sheet(text);
        assert!(found.rows[0].print.take().is_some());
        assert_eq!((&found.rows[..], found.delimiter), (&[expected.clone()][..], delimiter));
        assert!(
            found.problems.is_empty() && found.unknown_columns.is_empty(),
            "{found:?}"
        );
    }
}

#[test]
fn every_encoding_of_excel_is_read() {
    let text = "编号\t提示词\r\n1\t一只猫，在雨里\r\n";
    let utf16 = |bytes: fn(u16) -> [u8; 2]| -> Vec<u8> {
        "\u{feff}"
            .encode_utf16()
            .chain(text.encode_utf16())
            .flat_map(bytes)
            .collect()
    };
    let files: [(Vec<u8>, &str); 5] = [
        (text.into(), "UTF-8"),
        (format!("\u{feff}{text}").into(), "UTF-8"),
        (utf16(u16::to_le_bytes), "UTF-16LE"),
        (utf16(u16::to_be_bytes), "UTF-16BE"),
        (GB18030.encode(text).0.into_owned(), "GB18030"),
    ];
    for (bytes, encoding) in files {
        let found = read(&bytes).unwrap();
        assert_eq!(
            (prompts(&found), found.encoding, found.delimiter),
            (vec!["一只猫，在雨里"], encoding, '\t')
        );
    }
    // The four-byte part of GB 18030, and traditional characters outside GB 2312.
    let rare = "提示词\n龍鳳呈祥，𠮷野家，繁體字也要讀得懂";
    assert_eq!(
        prompts(&read(&GB18030.encode(rare).0).unwrap()),
        ["龍鳳呈祥，𠮷野家，繁體字也要讀得懂"]
    );
}

#[test]
fn a_text_cut_in_the_middle_of_a_character_is_no_other_text() {
    let text = "提示词\n一只猫，在雨里\n夜晚的霓虹，慢镜头";
    for cut in [1, 2] {
        let bytes = &text.as_bytes()[..text.len() - cut];
        assert!(matches!(read(bytes), Err(SheetProblem::BrokenText)), "{cut}");
    }
    let mut damaged = text.as_bytes().to_vec();
    damaged[20] = 0xff;
    assert!(matches!(read(&damaged), Err(SheetProblem::BrokenText)));
    // The same words in the encoding of a Chinese Excel are read, cut or not.
    let (chinese, ..) = GB18030.encode(text);
    assert_eq!(prompts(&read(&chinese).unwrap()).len(), 2);
}

#[test]
fn what_is_no_sheet_is_named() {
    let western = b"prompt\nle d\xe9but, la for\xeat profonde";
    for (bytes, begins) in [
        (
            b"PK\x03\x04\x14\0".as_slice(),
            "This workbook is damaged or locked with a password.",
        ),
        (b"%PDF-1.7", "The format of this file is PDF."),
        (b"a\0b\0", "This file is not text."),
        (b"\xff\xff\xff", "The text of this file can't be read."),
        (western, "The text of this file can't be read."),
        (b" \r\n,,\n", "The sheet is empty."),
        (b"", "The sheet is empty."),
        (b"prompt\n\n", "The sheet is empty."),
        (
            b"number,notes\n1,x",
            "No column for the prompts was found. Name one “prompt” in the first row. Found: “number”, “notes”.",
        ),
        (b"a cat, running\na dog", "No column for the prompts was found."),
        (
            b"prompt,Prompts\na,b",
            "The columns “prompt” and “Prompts” mean the same.",
        ),
        (b"prompt,\"model\na,b", "Line 1: the quotes in the row of column names"),
    ] {
        let said = read(bytes).unwrap_err().say(Lang::En);
        assert!(said.starts_with(begins), "{said}");
    }
    let many = format!("prompt\n{}", "x\n".repeat(100_001));
    assert!(matches!(
        read(many.as_bytes()),
        Err(SheetProblem::TooManyRows { limit: 100_000 })
    ));
    assert!(matches!(
        read(&vec![b' '; (64 << 20) + 1]),
        Err(SheetProblem::TooLarge { .. })
    ));
}

#[test]
fn columns_are_known_by_many_names() {
    let found =
        sheet("序号,镜号,ＰＲＯＭＰＴ＊,画面描述,首帧,尾帧,画幅（横/竖）,导演,\n1,A1,p,给人看,a.png,b.png,横屏,Li,\n");
    let row = &found.rows[0];
    assert_eq!((row.number.as_deref(), row.prompt.as_str()), (Some("A1"), "p"));
    assert_eq!(
        (&row.images[..], row.aspect_ratio),
        (&["a.png".into(), "b.png".into()][..], Some(AspectRatio::Landscape))
    );
    assert_eq!(found.unknown_columns, ["序号", "画面描述", "导演"]);
    let described = sheet("Shot No.;Description\n7;a cat");
    assert_eq!(
        (described.rows[0].number.as_deref(), described.rows[0].prompt.as_str()),
        (Some("7"), "a cat")
    );
}

#[test]
fn separators_are_found_or_declared() {
    assert_eq!(
        sheet("sep=;\r\nprompt;model\r\na, b;fast").rows[0].model,
        Some(Model::Fast)
    );
    assert_eq!(sheet("\"SEP=|\"\nprompt|model\na|fast").rows[0].line, 3);
    let quoted = sheet("\"prompt\";\"notes, private; old\"\na;b");
    assert_eq!(
        (quoted.delimiter, &quoted.unknown_columns[..]),
        (';', &["notes, private; old".to_owned()][..])
    );
}

#[test]
fn a_list_of_prompts_needs_no_header() {
    let list = sheet("\na cat runs\n\na dog, barking; at night\n\"two\nlines\"\n");
    assert_eq!(prompts(&list), ["a cat runs", "a dog, barking; at night", "two\nlines"]);
    assert_eq!(list.rows.iter().map(|row| row.line).collect::<Vec<_>>(), [2, 4, 5]);
    assert_eq!(prompts(&sheet("Prompt\na dog, barking")), ["a dog, barking"]);
    assert_eq!(prompts(&sheet("a cat,,\na dog,,\n")), ["a cat", "a dog"]);
}

#[test]
fn a_bad_row_is_told_by_line_and_the_rest_goes_on() {
    let text = "number,prompt,model,duration,seed\n\
        1,\"first\nshot\",fast,8,\n\
        2,second,Veo 3.1,5,1.5\n\
        ,,,,\n\
        3,\"third\" he says,fast,8,\n\
        4,fourth, with a comma, fast,8,9\n\
        5,,fast,,\n\
        1,again,,,\n\
        6\n\
        7.0,seventh\n\
        8,\"never closed,fast,8,\n\
        9,ninth,,,\n";
    let found = sheet(text);
    assert_eq!(prompts(&found), ["first\nshot", "seventh", "ninth"]);
    assert_eq!(found.rows.iter().map(|row| row.line).collect::<Vec<_>>(), [2, 11, 13]);
    assert_eq!(found.rows[1].number.as_deref(), Some("7"));
    assert_eq!(
        complaints(text, Lang::En),
        [
            "Line 4, column “model”: “Veo 3.1” is not possible; use fast, quality or lite.",
            "Line 4, column “duration”: “5” is not possible; use 4, 6 or 8 seconds.",
            "Line 4, column “seed”: “1.5” is not possible; use a whole number from 10000 to 99999.",
            "Line 6: the quotes don't match. Write a quote inside quoted text twice (\"\").",
            "Line 7: 6 cells, but there are only 5 columns. Put quotes around text that contains the separator.",
            "Line 8, column “prompt”: the prompt is missing.",
            "Line 9, column “number”: number “1” is already used on line 2.",
            "Line 10, column “prompt”: the prompt is missing.",
            "Line 12: the quotes don't match. Write a quote inside quoted text twice (\"\").",
        ]
    );
}

#[test]
fn complaints_are_plain_chinese() {
    let text = "编号,提示词,比例,水印,尾帧\n1,猫,21:9,是,\n1,狗,,,z.png\n";
    assert_eq!(
        complaints(text, Lang::Zh),
        [
            "第 2 行“比例”列：不支持“21:9”，可以填 16:9、9:16 或“自动”。",
            "第 2 行“水印”列：不支持“是”，可以填水印上要显示的文字，不需要水印请留空。",
            "第 3 行“尾帧”列：只有尾帧，没有首帧。",
            "第 3 行“编号”列：编号“1”与第 2 行重复。",
        ]
    );
}

#[test]
fn values_are_read_as_people_write_them() {
    let one = |column: &str, cell: &str| {
        let mut found = sheet(&format!("prompt\t{column}\np\t\"{cell}\"\n"));
        assert_eq!(found.problems, [], "{column} {cell}");
        found.rows.remove(0)
    };
    for (model, cells) in [
        (Model::Fast, ["fast", "veo3_fast", "Veo 3.1 Fast", "快速"]),
        (Model::Quality, ["quality", "高质量", "veo3", "Veo 3.1 Quality"]),
        (Model::Lite, ["LITE", "轻量", "veo3_lite", "ｌｉｔｅ"]),
    ] {
        assert!(
            cells.iter().all(|cell| one("model", cell).model == Some(model)),
            "{model:?}"
        );
    }
    // The family's name, whose members differ fourfold in price; only the API's own word for one of them is clear.
    for family in ["Veo3", "veo 3", "VEO3", "Veo 3.1", "veo"] {
        let found = sheet(&format!("prompt\tmodel\np\t{family}\n"));
        assert_eq!((found.rows.len(), found.problems.len()), (0, 1), "{family}");
    }
    for (ratio, cells) in [
        (
            AspectRatio::Landscape,
            ["16:9", "16：9", "16/9", "横屏", "16:09:00", "16 : 9"],
        ),
        (
            AspectRatio::Portrait,
            ["9:16", "竖屏", "09:16", "9:16:00", "9x16", "竖版"],
        ),
        (AspectRatio::Auto, ["auto", "Auto", "自动", "AUTO", " auto ", "自 动"]),
    ] {
        assert!(
            cells.iter().all(|cell| one("ratio", cell).aspect_ratio == Some(ratio)),
            "{ratio:?}"
        );
    }
    assert!(
        ["720", "720p", "720P"]
            .iter()
            .all(|cell| one("分辨率", cell).resolution == Some(Resolution::P720))
    );
    assert!(
        ["4K", "4k", "2160p"]
            .iter()
            .all(|cell| one("分辨率", cell).resolution == Some(Resolution::K4))
    );
    assert!(
        ["8", "8s", "8 秒", "8.0", "８", "8 sec"]
            .iter()
            .all(|cell| one("时长", cell).duration == Some(8))
    );
    for (mode, cells) in [
        (GenerationType::Text, ["text", "文生视频", "TEXT_2_VIDEO"]),
        (
            GenerationType::Frames,
            ["frames", "首尾帧", "FIRST_AND_LAST_FRAMES_2_VIDEO"],
        ),
        (GenerationType::Reference, ["reference", "参考图", "REFERENCE_2_VIDEO"]),
    ] {
        assert!(
            cells.iter().all(|cell| one("mode", cell).mode == Some(mode)),
            "{mode:?}"
        );
    }
    assert!(
        ["", "默认", "default"]
            .iter()
            .all(|cell| one("model", cell).model.is_none())
    );
    assert!(
        ["", "无", "no"]
            .iter()
            .all(|cell| one("watermark", cell).watermark.is_none())
    );
    assert_eq!(
        one("images", "a.png|b c.png\n d.png ｜").images,
        ["a.png", "b c.png", "d.png"]
    );
    for (written, number) in [
        (" 0001 ", "0001"),
        ("12A", "12A"),
        ("1.0", "1"),
        ("1.5", "1.5"),
        ("1.", "1"),
    ] {
        assert_eq!(one("number", written).number.as_deref(), Some(number));
    }
    let long = sheet(&format!("number,prompt\n{},p", "9".repeat(61)));
    assert_eq!(long.problems[0].fault, Fault::NumberTooLong);
}

#[test]
fn what_is_larger_than_any_sheet_is_told_by_its_bound() {
    let wide = format!("prompt{},too far\na\n", ",x".repeat(16_383));
    let said = read(wide.as_bytes()).unwrap_err().say(Lang::En);
    assert_eq!(
        said,
        "The first row has more than 16384 columns. Delete the columns that are not needed."
    );
    let far = format!("prompt,model\na cat{},far\nb,fast\n", ",".repeat(16_384));
    let found = sheet(&far);
    assert_eq!((prompts(&found), found.problems.len()), (vec!["b"], 1));
    let blank = format!("prompt\n{}", "\n".repeat(1_100_001));
    assert!(matches!(read(blank.as_bytes()), Err(SheetProblem::TooManyRows { .. })));
    let text = format!(
        "prompt,images,watermark\na,{},\nb,,{}\n",
        "i|".repeat(1000),
        "w".repeat(201)
    );
    assert_eq!(
        complaints(&text, Lang::En),
        [
            "Line 2, column “images”: more than 16 images.",
            "Line 3, column “watermark”: the watermark is longer than 200 characters.",
        ]
    );
    let long = format!("prompt,model\na,{}\n", "长 ".repeat(300_000));
    let said = complaints(&long, Lang::Zh).remove(0);
    assert!(said.chars().count() < 200, "{said}");
    let many = format!("prompt,{}\na\n", vec!["名称".repeat(1000); 300].join(","));
    let unknown = sheet(&many).unknown_columns;
    assert!(unknown.len() == 200 && unknown.iter().all(|name| name.len() < 500));
}

#[test]
fn a_formula_is_a_text_like_any_other() {
    for formula in [
        "=cmd|' /C calc'!A0",
        "+1+1",
        "-2",
        "@SUM(A1)",
        "=HYPERLINK(\"http://x\")",
    ] {
        let found = sheet(&format!("number\tprompt\n1\t\"{}\"\n", formula.replace('"', "\"\"")));
        assert_eq!(prompts(&found), [formula]);
    }
}

#[test]
fn only_a_file_is_opened() {
    let folder = tempfile::tempdir().unwrap();
    assert!(matches!(super::open(folder.path()), Err(SheetProblem::NotAFile)));
    let missing = super::open(&folder.path().join("none.csv")).unwrap_err();
    assert_eq!(
        missing.say(Lang::En),
        "The sheet could not be read (not there). Check that it is still there and that you may open it."
    );
    let path = folder.path().join("huge.csv");
    std::fs::File::create(&path).unwrap().set_len(5 << 30).unwrap();
    let said = super::open(&path).unwrap_err().say(Lang::En);
    assert_eq!(
        said,
        "The sheet has 5120 MB; at most 64 MB can be read. Split it into several files."
    );
    #[cfg(unix)]
    assert!(matches!(super::open("/dev/zero".as_ref()), Err(SheetProblem::NotAFile)));
}

#[test]
fn a_hostile_sheet_costs_neither_memory_nor_time() {
    let started = at_work();
    let commas = format!("prompt,model\n{}", ",".repeat(1 << 20));
    assert!(matches!(read(commas.as_bytes()), Err(SheetProblem::Empty)));
    let quotes = format!("prompt\n{}", "\"a\n".repeat(90_000));
    assert!(!sheet(&quotes).problems.is_empty());
    assert!((at_work() - started).as_secs() < 10);
}

/// How long this thread has been at work: on a machine that does other things besides, the clock on the wall says
/// nothing about a sheet.
fn at_work() -> std::time::Duration {
    let told = std::fs::read_to_string("/proc/thread-self/schedstat").unwrap_or_default();
    match told.split_whitespace().next().and_then(|first| first.parse().ok()) {
        Some(nanoseconds) => std::time::Duration::from_nanos(nanoseconds),
        None => std::time::SystemTime::now()
            .duration_since(std::time::UNIX_EPOCH)
            .unwrap(),
    }
}

proptest! {
    #[test]
    fn no_bytes_make_it_panic(bytes in prop::collection::vec(any::<u8>(), 0..300), bom in 0..4_usize) {
        let marks: [&[u8]; 4] = [b"", b"\xef\xbb\xbf", b"\xff\xfe", b"prompt,number\n"];
        let _ = read(&[marks[bom], &bytes].concat());
    }

    #[test]
    fn no_text_makes_it_panic(text in "(prompt|编号|sep=;|[\",;\t\r\n |a９]){0,40}") {
        for lang in [Lang::En, Lang::Zh] {
            let said = match read(text.as_bytes()) {
                Ok(found) => found.problems.iter().map(|problem| problem.say(lang)).collect(),
                Err(problem) => vec![problem.say(lang)],
            };
            prop_assert!(said.iter().all(|sentence| sentence.ends_with(['.', '。'])), "{said:?}");
        }
    }

    /// Every row that says something is either read or told; none is both, none is lost.
    #[test]
    fn rows_are_read_or_told(
        lines in prop::collection::vec("[a-z0-9=+|九 ]{0,6}(,[a-z0-9一 ]{0,6}){0,4}", 0..40),
        header in prop::sample::select(vec!["prompt,number,model,seed", "number,prompt", "提示词,图片,时长"]),
    ) {
        let text = format!("{header}\n{}\n", lines.join("\n"));
        let filled = lines.iter().filter(|line| !line.trim_matches([',', ' ']).is_empty()).count();
        match read(text.as_bytes()) {
            Err(SheetProblem::Empty) => prop_assert_eq!(filled, 0),
            Err(other) => prop_assert!(false, "{other}"),
            Ok(found) => {
                let read: std::collections::BTreeSet<u64> = found.rows.iter().map(|row| row.line).collect();
                let told: std::collections::BTreeSet<u64> = found.problems.iter().map(|problem| problem.line).collect();
                prop_assert!(read.is_disjoint(&told));
                prop_assert_eq!(read.len(), found.rows.len());
                prop_assert_eq!(read.len() + told.len(), filled);
            }
        }
    }

    /// Quotes, line ends and separators in any disorder: lines stay in order, and no row is read and told at once.
    #[test]
    fn quotes_in_any_disorder_lose_no_row(text in "prompt,number\n([\",;\r\na ]{0,12}\n){0,12}") {
        if let Ok(found) = read(text.as_bytes()) {
            let lines = text.split(['\n', '\r']).count() as u64;
            prop_assert!(found.rows.windows(2).all(|pair| pair[0].line < pair[1].line));
            prop_assert!(found.rows.iter().all(|row| row.line <= lines));
            prop_assert!(found.problems.windows(2).all(|pair| pair[0].line <= pair[1].line));
            prop_assert!(found.problems.iter().all(|told| found.rows.iter().all(|row| row.line != told.line)));
        }
    }

    /// Whatever stands in the cells, a sheet written by the rules comes back cell by cell.
    #[test]
    fn well_written_sheets_come_back(cells in prop::collection::vec("[^\\x00\\r\\ufeff]{1,20}", 1..20), tab in 0..3_usize) {
        let delimiter = [",", ";", "\t"][tab];
        let quote = |cell: &str| format!("\"{}\"", cell.replace('"', "\"\""));
        let mut text = format!("notes{delimiter}prompt\r\n");
        for cell in &cells {
            text += &format!("x{delimiter}{}\r\n", quote(cell));
        }
        let found = sheet(&text);
        let wanted: Vec<&str> = cells.iter().map(|cell| cell.trim()).filter(|cell| !cell.is_empty()).collect();
        prop_assert_eq!(prompts(&found), wanted);
    }
}
