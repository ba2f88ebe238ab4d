//! A workbook of three hundred rows with pictures, from the file to cards, and once more after one was bought.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, missing_docs)]

mod support;

use std::path::Path;

use engine::sheet::{Draft, Edit};
use engine::words::Lang;
use engine::{Imported, Origin, RowFate, Target};
use rust_xlsxwriter::Workbook;
use support::World;

fn write(path: &Path, suffix: &str) {
    let mut book = Workbook::new();
    let sheet = book.add_worksheet().set_name("分镜").unwrap();
    for (at, name) in ["编号", "提示词", "图片", "导演备注"].into_iter().enumerate() {
        sheet.write(0, u16::try_from(at).unwrap(), name).unwrap();
    }
    for row in 1..=300_u32 {
        sheet.write(row, 0, format!("{row:04}")).unwrap();
        sheet.write(row, 1, format!("镜头 {row}{suffix}")).unwrap();
        sheet
            .write(
                row,
                2,
                if row == 7 {
                    "gone.png".to_owned()
                } else {
                    format!("{}.png", row % 3)
                },
            )
            .unwrap();
        sheet.write(row, 3, format!("备注 {row}")).unwrap();
    }
    book.save(path).unwrap();
}

async fn take(world: &World, draft: &Draft, ahead: bool) -> Imported {
    let origin = Origin::sheet(draft.source().unwrap(), draft.sheet()).await.unwrap();
    let target = Target::Sheet {
        name: "分镜".to_owned(),
        folder: Some(world.folder().to_string_lossy().into_owned()),
    };
    world
        .engine
        .take_draft(draft.good(), &origin, target, ahead, Lang::En)
        .await
        .unwrap()
}

fn fates(imported: &Imported) -> [usize; 4] {
    [RowFate::Added, RowFate::Updated, RowFate::Unchanged, RowFate::Bought]
        .map(|wanted| imported.rows.iter().filter(|row| row.2 == wanted).count())
}

#[tokio::test(flavor = "multi_thread")]
async fn the_counts_said_before_are_the_ones_that_come_and_nothing_is_doubled() {
    let world = World::new().await;
    let home = tempfile::tempdir().unwrap();
    let path = home.path().join("shots.xlsx");
    for name in 0..3_u8 {
        image::RgbImage::from_pixel(320, 180, image::Rgb([name * 60, 90, 40]))
            .save(home.path().join(format!("{name}.png")))
            .unwrap();
    }
    write(&path, "");
    let draft = Draft::open(&path).unwrap();
    assert_eq!(draft.counts(), (300, 300, 0));

    let ahead = take(&world, &draft, true).await;
    assert_eq!(fates(&ahead), [299, 0, 0, 0]);
    assert_eq!(
        ahead.problems[0].line, 8,
        "the picture that is not there: {:?}",
        ahead.problems
    );
    assert!(
        world
            .engine
            .batches()
            .await
            .unwrap()
            .iter()
            .all(|batch| batch.source.is_none()),
        "a look adds nothing"
    );
    let taken = take(&world, &draft, false).await;
    assert_eq!(fates(&taken), [299, 0, 0, 0]);
    let (file, sheet) = taken.batch.source_file().unwrap();
    assert!(file.ends_with("shots.xlsx"), "{file}");
    assert_eq!(sheet, Some("分镜"));

    // One is bought; then the sheet says something else everywhere, and a missing picture was put right by hand.
    let first = taken.rows[0].1.clone();
    world.start(std::slice::from_ref(&first)).await;
    world.until(&first, &["done"]).await;
    write(&path, "，夜");
    let mut draft = Draft::open(&path).unwrap();
    let mended = Edit {
        row: 6,
        column: 2,
        text: "1.png".to_owned(),
    };
    assert_eq!(draft.edit(vec![mended]).unwrap()[0].text, "gone.png");
    let ahead = take(&world, &draft, true).await;
    assert_eq!((fates(&ahead), ahead.problems.len()), ([1, 298, 0, 1], 0));
    let again = take(&world, &draft, false).await;
    assert_eq!((fates(&again), &again.batch.id), ([1, 298, 0, 1], &taken.batch.id));
    assert_eq!(fates(&take(&world, &draft, false).await), [0, 0, 299, 1]);
    assert_eq!(world.posts("镜头 1").0, 1);

    // What means nothing here is kept beside the task.
    let library = rusqlite::Connection::open(world.home.path().join("data/library.db")).unwrap();
    let kept: (i64, String) = library
        .query_row(
            "SELECT sheet_line, sheet_cells FROM task WHERE id = ?1",
            [&first],
            |row| Ok((row.get(0)?, row.get(1)?)),
        )
        .unwrap();
    assert_eq!(kept, (2, "[[\"导演备注\",\"备注 1\"]]".to_owned()));
}
