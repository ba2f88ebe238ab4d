//! Workbooks from anybody: zips that lie about what they hold, XML without measure, parts that lead elsewhere, pictures
//! that are none. Written here byte by byte, because no writer of workbooks would.

use std::path::PathBuf;
use std::time::{Duration, Instant};

use super::drops::{Place, crc, import, png};
use super::memory::Growth;
use crate::Size;
use crate::table::Line;

/// A part of a zip: its name, its bytes as they lie there, how they are packed, and how long it says they are.
struct Part {
    name: String,
    packed: Vec<u8>,
    deflated: bool,
    says: u32,
}

impl Part {
    fn plain(name: &str, text: impl Into<Vec<u8>>) -> Self {
        let packed = text.into();
        Self {
            name: name.to_owned(),
            says: u32::try_from(packed.len()).unwrap(),
            packed,
            deflated: false,
        }
    }

    /// As many spaces as that, packed as tightly as can be.
    fn spaces(name: &str, count: usize, says: u32) -> Self {
        Self {
            name: name.to_owned(),
            packed: spaces(count),
            deflated: true,
            says,
        }
    }
}

/// A stream of deflate that unpacks to spaces: one, and then copies of it, 258 at a time.
fn spaces(count: usize) -> Vec<u8> {
    let (mut bytes, mut bit) = (vec![0_u8], 0);
    let mut put = |value: u32, width: u32, from_top: bool| {
        for nth in 0..width {
            let at = if from_top { width - 1 - nth } else { nth };
            *bytes.last_mut().unwrap() |= u8::from((value >> at) & 1 == 1) << bit;
            bit = (bit + 1) % 8;
            if bit == 0 {
                bytes.push(0);
            }
        }
    };
    // The last block, in the fixed code; the letter; length 258 at distance 1; the end.
    put(0b011, 3, false);
    put(0x30 + 0x20, 8, true);
    for _ in 0..count / 258 {
        put(0b1100_0101, 8, true);
        put(0, 5, true);
    }
    put(0, 7, true);
    bytes
}

fn zipped(parts: &[Part]) -> Vec<u8> {
    let (mut out, mut list) = (Vec::new(), Vec::new());
    for part in parts {
        let at = u32::try_from(out.len()).unwrap();
        let sum = if part.deflated { 0 } else { crc(&part.packed) };
        let packed = u32::try_from(part.packed.len()).unwrap();
        let length = u16::try_from(part.name.len()).unwrap();
        let mut about = Vec::new();
        about.extend(20_u16.to_le_bytes());
        about.extend(0_u16.to_le_bytes());
        about.extend(if part.deflated { 8_u16 } else { 0 }.to_le_bytes());
        about.extend([0; 4]);
        for number in [sum, packed, part.says] {
            about.extend(number.to_le_bytes());
        }
        about.extend(length.to_le_bytes());
        about.extend([0; 2]);
        out.extend(b"PK\x03\x04");
        out.extend(&about);
        out.extend(part.name.as_bytes());
        out.extend(&part.packed);
        list.extend(b"PK\x01\x02\x14\0");
        list.extend(&about);
        list.extend([0; 10]);
        list.extend(at.to_le_bytes());
        list.extend(part.name.as_bytes());
    }
    let (at, length) = (u32::try_from(out.len()).unwrap(), u32::try_from(list.len()).unwrap());
    out.extend(list);
    // The count wraps where there are more parts than it can say; readers go by the list.
    let count = (parts.len() & 0xffff) as u16;
    out.extend(b"PK\x05\x06\0\0\0\0");
    out.extend(count.to_le_bytes());
    out.extend(count.to_le_bytes());
    out.extend(length.to_le_bytes());
    out.extend(at.to_le_bytes());
    out.extend([0; 2]);
    out
}

const OFFICE: &str = "http://schemas.openxmlformats.org/officeDocument/2006/relationships";
const MAIN: &str = "http://schemas.openxmlformats.org/spreadsheetml/2006/main";

fn relations(list: &[(&str, &str, &str)]) -> String {
    let one = |(id, kind, target): &(&str, &str, &str)| {
        format!("<Relationship Id=\"{id}\" Type=\"{OFFICE}/{kind}\" Target=\"{target}\"/>")
    };
    let list: String = list.iter().map(one).collect();
    format!(
        "<Relationships xmlns=\"http://schemas.openxmlformats.org/package/2006/relationships\">{list}</Relationships>"
    )
}

/// A workbook with one sheet of these rows, and more parts.
fn book(rows: &str, more: Vec<Part>) -> Vec<u8> {
    let sheet = format!("<worksheet xmlns=\"{MAIN}\"><sheetData>{rows}</sheetData></worksheet>");
    let mut parts = around(&[("r1", "worksheet", "worksheets/sheet1.xml")]);
    parts.push(Part::plain("xl/worksheets/sheet1.xml", sheet));
    parts.extend(more);
    zipped(&parts)
}

fn around(leads: &[(&str, &str, &str)]) -> Vec<Part> {
    let kinds = "<Types xmlns=\"http://schemas.openxmlformats.org/package/2006/content-types\"/>";
    let main = format!(
        "<workbook xmlns=\"{MAIN}\" xmlns:r=\"{OFFICE}\"><sheets><sheet name=\"Shots\" sheetId=\"1\" r:id=\"r1\"/></sheets></workbook>"
    );
    vec![
        Part::plain("[Content_Types].xml", kinds),
        Part::plain("_rels/.rels", relations(&[("r1", "officeDocument", "xl/workbook.xml")])),
        Part::plain("xl/workbook.xml", main),
        Part::plain("xl/_rels/workbook.xml.rels", relations(leads)),
    ]
}

fn cell(name: &str, text: &str) -> String {
    format!("<c r=\"{name}\" t=\"inlineStr\"><is><t>{text}</t></is></c>")
}

/// A list of two shots.
fn two() -> String {
    let row = |line: u32, text: &str| format!("<row r=\"{line}\">{}</row>", cell(&format!("A{line}"), text));
    row(1, "prompt") + &row(2, "a cat") + &row(3, "a dog")
}

/// Pictures laid over the cells, as many as that, of one part.
fn drawn(count: usize, target: &str, picture: Vec<u8>) -> Vec<Part> {
    let anchor =
        "<a><from><col>1</col><row>1</row></from><to><col>2</col><row>2</row></to><pic><blip embed=\"p\"/></pic></a>"
            .replace("<a>", "<twoCellAnchor>")
            .replace("</a>", "</twoCellAnchor>");
    vec![
        Part::plain(
            "xl/worksheets/_rels/sheet1.xml.rels",
            relations(&[("d", "drawing", "../drawings/drawing1.xml")]),
        ),
        Part::plain(
            "xl/drawings/drawing1.xml",
            format!("<wsDr>{}</wsDr>", anchor.repeat(count)),
        ),
        Part::plain(
            "xl/drawings/_rels/drawing1.xml.rels",
            relations(&[("p", "image", target)]),
        ),
        Part::plain("xl/media/image1.png", picture),
    ]
}

/// Workbooks, and how many of their rows may become cards.
fn cases(size: Size) -> Vec<(&'static str, Vec<u8>, usize)> {
    let far = if size == Size::Full { 100_000 } else { 20_000 };
    let entities: String = (1..9)
        .map(|n| format!("<!ENTITY e{n} \"{}\">", format!("&e{};", n - 1).repeat(10)))
        .collect();
    let laughs = format!(
        "<!DOCTYPE worksheet [<!ENTITY e0 \"ha\">{entities}]><worksheet xmlns=\"{MAIN}\"><sheetData><row r=\"1\"><c r=\"A1\" t=\"inlineStr\"><is><t>&e8;</t></is></c></row></sheetData></worksheet>"
    );
    let mut laughing = around(&[("r1", "worksheet", "worksheets/sheet1.xml")]);
    laughing.push(Part::plain("xl/worksheets/sheet1.xml", laughs));
    let corners: String = (2..far)
        .map(|row| format!("<row r=\"{row}\"><c r=\"XFD{row}\"><v>1</v></c></row>"))
        .collect();
    let leads = |target: &str| {
        let mut parts = around(&[("r1", "worksheet", target)]);
        parts.push(Part::plain("xl/other.xml", "x"));
        zipped(&parts)
    };
    let many = (0..20_001).map(|nth| Part::plain(&format!("x{nth}"), "")).collect();
    let strings = "<sst uniqueCount=\"99999999999\"><si><t>prompt</t></si></sst>";
    let mut counted = around(&[
        ("r1", "worksheet", "worksheets/sheet1.xml"),
        ("r2", "sharedStrings", "sharedStrings.xml"),
    ]);
    counted.push(Part::plain("xl/sharedStrings.xml", strings));
    counted.push(Part::plain("xl/worksheets/sheet1.xml", "<worksheet/>"));
    vec![
        (
            "says 200 MB",
            book(&two(), vec![Part::spaces("xl/a.xml", 200 << 20, 200 << 20)]),
            0,
        ),
        (
            "says 10 bytes, is 200 MB",
            book(&two(), vec![Part::spaces("xl/a.xml", 200 << 20, 10)]),
            0,
        ),
        ("twenty thousand parts", book(&two(), many), 0),
        ("texts beyond counting", zipped(&counted), 0),
        (
            "a cell at the end of every row",
            book(&(cell_row() + &corners), Vec::new()),
            0,
        ),
        ("entities within entities", zipped(&laughing), 0),
        (
            "rows before the first",
            book("<row r=\"0\"><c r=\"A0\"/></row><row r=\"-1\"/>", Vec::new()),
            0,
        ),
        ("a sheet outside", leads("../../../../../../etc/passwd"), 0),
        ("a sheet at an address", leads("file:///etc/passwd"), 0),
        ("cut in the middle", book(&two(), Vec::new())[..700].to_vec(), 0),
        ("no sheet at all", zipped(&[Part::plain("a", "b")]), 0),
        // What is wrong with pictures costs their row at most.
        (
            "a picture of 3.6 billion pixels",
            book(&two(), drawn(1, "../media/image1.png", png(60_000, 60_000))),
            1,
        ),
        (
            "a picture that is a page",
            book(&two(), drawn(1, "../media/image1.png", b"<html/>".to_vec())),
            1,
        ),
        (
            "a picture outside",
            book(&two(), drawn(1, "../../../../../../etc/passwd", Vec::new())),
            1,
        ),
        (
            "a million pictures over one cell",
            book(&two(), drawn(far * 5, "../media/image1.png", png(9, 9))),
            1,
        ),
        ("two shots", book(&two(), Vec::new()), 2),
    ]
}

fn cell_row() -> String {
    format!("<row r=\"1\">{}</row>", cell("A1", "prompt"))
}

/// The line about workbooks.
pub(super) async fn line(size: Size) -> Line {
    let place = Place::new().await;
    let cases = cases(size);
    let count = cases.len();
    let growth = Growth::begin();
    let (mut slowest, mut slow, mut well, mut hung) = (Duration::ZERO, "", 0, 0);
    let mut odd = Vec::new();
    for (name, bytes, most) in cases {
        let path: PathBuf = place.put(&format!("{name}.xlsx"), &bytes);
        drop(bytes);
        let begin = Instant::now();
        match import(&place, path).await {
            None => hung += 1,
            Some(Err(said)) if most == 0 && said.len() < 2000 && said.ends_with('.') => well += 1,
            // A row that cannot be used is told.
            Some(Ok((rows, problems))) if rows == most && (rows == 2 || problems > 0) => well += 1,
            other => odd.push(format!("{name}: {other:?}")),
        }
        if begin.elapsed() > slowest {
            (slowest, slow) = (begin.elapsed(), name);
        }
    }
    let mib = growth.mib();
    Line::must(
        "workbooks that are bombs, lie about their size, lead elsewhere, hold pictures without measure: told, below 500 MB",
        format!(
            "{count} workbooks, {well} as they should, {hung} hung, slowest {slow} {:.1} s, {mib} MiB more{}",
            slowest.as_secs_f64(),
            odd.iter().map(|odd| format!("; {odd}")).collect::<String>(),
        ),
        well == count && hung == 0 && mib < 500,
    )
}
