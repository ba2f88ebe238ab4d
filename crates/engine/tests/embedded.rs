//! Pictures inside a workbook, as each program keeps them: they become the seed images of the rows that they belong to.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, missing_docs)]

mod support;

use std::io::{Cursor, Write as _};
use std::path::Path;

use engine::sheet::Draft;
use engine::view::ImageRef;
use engine::words::Lang;
use engine::{Imported, Origin, Target};
use rust_xlsxwriter::{Image, Workbook};
use sha2::{Digest as _, Sha256};
use support::World;
use zip::write::SimpleFileOptions;

/// A picture like no other.
fn png(red: u8) -> Vec<u8> {
    let mut bytes = Cursor::new(Vec::new());
    let picture = image::RgbImage::from_pixel(160, 90, image::Rgb([red, 90, 40]));
    picture.write_to(&mut bytes, image::ImageFormat::Png).unwrap();
    bytes.into_inner()
}

fn picture(red: u8) -> Image {
    Image::new_from_buffer(&png(red)).unwrap()
}

fn hash(red: u8) -> String {
    Sha256::digest(png(red))
        .iter()
        .map(|byte| format!("{byte:02x}"))
        .collect()
}

async fn take(world: &World, path: &Path, ahead: bool) -> Imported {
    let draft = Draft::open(path).unwrap();
    let mut origin = Origin::sheet(path, draft.sheet()).await.unwrap();
    origin.embedded = draft.embedded().clone();
    let target = Target::Batch(world.batch.clone());
    world
        .engine
        .take_draft(draft.good(), &origin, target, ahead, Lang::En)
        .await
        .unwrap()
}

/// The hashes of each row's seed images.
async fn kept(world: &World, imported: &Imported) -> Vec<Vec<String>> {
    let mut rows = Vec::new();
    for (_, id, _) in &imported.rows {
        let card = world.engine.cards(vec![id.clone()], Lang::En).await.unwrap().remove(0);
        let images = card.fields.images.into_iter().map(|image| match image {
            ImageRef::Kept { hash, .. } => hash,
            ImageRef::Link { url } => url,
        });
        rows.push(images.collect());
    }
    rows
}

fn head(sheet: &mut rust_xlsxwriter::Worksheet, names: &[&str]) {
    for (at, name) in (0_u16..).zip(names) {
        sheet.write(1, at, *name).unwrap();
    }
    for row in 2..6_u32 {
        sheet.set_row_height(row, 60).unwrap();
        sheet.write(row, 0, row - 1).unwrap();
        sheet.write(row, 1, format!("镜头 {}", row - 1)).unwrap();
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn pictures_over_cells_belong_to_the_row_that_they_cover_most() {
    let world = World::new().await;
    let home = tempfile::tempdir().unwrap();
    let path = home.path().join("分镜.xlsx");
    let mut book = Workbook::new();
    let sheet = book.add_worksheet();
    // Nobody could know this name; that pictures lie below it says what it is.
    head(sheet, &["编号", "提示词", "画面小样"]);
    let small = |red: u8| picture(red).set_scale_height(0.5).set_scale_width(0.5);
    // A logo above the names, pictures exactly, a little too high, two in one row, and one with a name beside it.
    sheet.insert_image(0, 2, &small(1)).unwrap();
    sheet.insert_image(2, 2, &small(10)).unwrap();
    sheet.insert_image_with_offset(2, 2, &small(20), 0, 70).unwrap();
    sheet.insert_image(4, 2, &small(30)).unwrap();
    sheet.insert_image_with_offset(4, 2, &small(40), 20, 5).unwrap();
    book.save(&path).unwrap();

    let draft = Draft::open(&path).unwrap();
    assert_eq!((draft.counts(), draft.columns()[2].holds), ((4, 4, 0), Some("images")));
    let ahead = take(&world, &path, true).await;
    assert_eq!((ahead.rows.len(), ahead.problems.len()), (4, 0));
    let imported = take(&world, &path, false).await;
    let wanted = [vec![hash(10)], vec![hash(20)], vec![hash(30), hash(40)], Vec::new()];
    assert_eq!(kept(&world, &imported).await, wanted);
    for image in [10, 20, 30, 40] {
        assert!(
            world
                .home
                .path()
                .join(format!("data/images/{}.png", hash(image)))
                .is_file()
        );
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_picture_beside_names_and_words_goes_where_pictures_go() {
    let world = World::new().await;
    let home = tempfile::tempdir().unwrap();
    let path = home.path().join("list.xlsx");
    std::fs::write(home.path().join("a.png"), png(5)).unwrap();
    let mut book = Workbook::new();
    let sheet = book.add_worksheet();
    head(sheet, &["number", "prompt", "images"]);
    sheet.write(2, 2, "a.png").unwrap();
    // In the cell of the name; over the prompt.
    sheet.insert_image(2, 2, &picture(50)).unwrap();
    sheet.insert_image(3, 1, &picture(60).set_scale_height(0.5)).unwrap();
    book.save(&path).unwrap();
    let imported = take(&world, &path, false).await;
    let wanted = [vec![hash(5), hash(50)], vec![hash(60)], Vec::new(), Vec::new()];
    assert_eq!(kept(&world, &imported).await, wanted);
}

#[tokio::test(flavor = "multi_thread")]
async fn pictures_in_cells_of_excel_and_of_wps_are_read() {
    let world = World::new().await;
    let home = tempfile::tempdir().unwrap();
    let path = home.path().join("excel.xlsx");
    let mut book = Workbook::new();
    let sheet = book.add_worksheet();
    head(sheet, &["number", "prompt", "image"]);
    for (row, red) in [(2, 70), (3, 80), (5, 70)] {
        sheet.embed_image(row, 2, &picture(red)).unwrap();
    }
    book.save(&path).unwrap();
    let imported = take(&world, &path, false).await;
    assert_eq!(imported.problems, []);
    let wanted = [vec![hash(70)], vec![hash(80)], Vec::new(), vec![hash(70)]];
    assert_eq!(kept(&world, &imported).await, wanted);

    let world = World::new().await;
    let mut book = Workbook::new();
    let sheet = book.add_worksheet();
    head(sheet, &["编号", "提示词", "参考图"]);
    for (row, name) in [(2, "ID_A1"), (4, "ID_B2"), (5, "ID_GONE")] {
        let formula = rust_xlsxwriter::Formula::new(format!("=_xlfn.DISPIMG(\"{name}\",1)"));
        sheet
            .write(row, 2, formula.set_result(format!("=DISPIMG(\"{name}\",1)")))
            .unwrap();
    }
    let mut zip = zip::ZipWriter::new_append(Cursor::new(book.save_to_buffer().unwrap())).unwrap();
    let list = |name: &str, id: &str| {
        format!(
            "<etc:cellImage><xdr:pic><xdr:nvPicPr><xdr:cNvPr id=\"1\" name=\"{name}\"/></xdr:nvPicPr><xdr:blipFill><a:blip r:embed=\"{id}\"/></xdr:blipFill></xdr:pic></etc:cellImage>"
        )
    };
    let images = format!(
        "<etc:cellImages>{}{}</etc:cellImages>",
        list("ID_A1", "rId1"),
        list("ID_B2", "rId2")
    );
    let leads = |id: &str, target: &str| {
        format!("<Relationship Id=\"{id}\" Type=\"http://x/relationships/image\" Target=\"{target}\"/>")
    };
    let rels = format!(
        "<Relationships>{}{}</Relationships>",
        leads("rId1", "media/image1.png"),
        leads("rId2", "media/image2.png")
    );
    for (name, bytes) in [
        ("xl/cellimages.xml", images.into_bytes()),
        ("xl/_rels/cellimages.xml.rels", rels.into_bytes()),
        ("xl/media/image1.png", png(90)),
        ("xl/media/image2.png", png(100)),
    ] {
        zip.start_file(name, SimpleFileOptions::default()).unwrap();
        zip.write_all(&bytes).unwrap();
    }
    let path = home.path().join("wps.xlsx");
    std::fs::write(&path, zip.finish().unwrap().into_inner()).unwrap();
    let imported = take(&world, &path, false).await;
    // The one that is not there is told; the others are read.
    assert_eq!(imported.problems.len(), 1, "{:?}", imported.problems);
    assert_eq!(
        kept(&world, &imported).await,
        [vec![hash(90)], Vec::new(), vec![hash(100)]]
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_no_picture_costs_its_row_and_no_other() {
    let world = World::new().await;
    let home = tempfile::tempdir().unwrap();
    let path = home.path().join("list.xlsx");
    let mut book = Workbook::new();
    let sheet = book.add_worksheet();
    head(sheet, &["number", "prompt", "images"]);
    sheet.insert_image(2, 2, &picture(110).set_scale_height(0.5)).unwrap();
    sheet.insert_image(3, 2, &picture(120).set_scale_height(0.5)).unwrap();
    let bytes = book.save_to_buffer().unwrap();
    // One of them cut off.
    let mut from = zip::ZipArchive::new(Cursor::new(bytes)).unwrap();
    let mut to = zip::ZipWriter::new(Cursor::new(Vec::new()));
    for index in 0..from.len() {
        let mut part = from.by_index(index).unwrap();
        let name = part.name().unwrap().into_owned();
        let mut bytes = Vec::new();
        std::io::copy(&mut part, &mut bytes).unwrap();
        if name.ends_with("image1.png") {
            bytes.truncate(bytes.len() / 2);
        }
        to.start_file(name.as_str(), SimpleFileOptions::default()).unwrap();
        to.write_all(&bytes).unwrap();
    }
    std::fs::write(&path, to.finish().unwrap().into_inner()).unwrap();
    for ahead in [true, false] {
        let imported = take(&world, &path, ahead).await;
        assert_eq!((imported.rows.len(), imported.problems.len()), (3, 1));
        assert!(
            imported.problems[0].text.contains("image1.png"),
            "{:?}",
            imported.problems
        );
    }
}
