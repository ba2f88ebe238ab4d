//! Pictures inside a workbook: laid over cells, and in cells as WPS and Excel keep them. Each becomes a name in the cell
//! that it belongs to, so that everything behind this is one reader for every kind of sheet.
//!
//! Nothing is unpacked here but lists; a picture's bytes are read when its row is taken, within the limits of any other.

use std::collections::{BTreeMap, HashMap};
use std::io::{Cursor, Read as _};
use std::sync::Arc;

use quick_xml::events::{BytesStart, Event};
use quick_xml::reader::Reader;
use zip::ZipArchive;

use super::back::book::{each, part_of, related, resolved, text};
use super::back::page::{attribute, cell_of};
use super::columns;
use super::split::Record;
use crate::files::picture;

/// Stands before the name of a picture in a cell: the character for what is embedded in a text.
pub(crate) const MARK: char = '\u{fffc}';
/// The most pictures of one sheet.
const MOST: usize = 5_000;
/// How high a row is that says nothing, in points.
const HEIGHT: f64 = 15.0;
/// What a point is in the measure of drawings.
const EMU: f64 = 12_700.0;

type Book<'a> = ZipArchive<Cursor<&'a [u8]>>;

/// The pictures of a workbook, by the names that its cells have for them.
#[derive(Clone, Default, PartialEq)]
pub struct Embedded {
    bytes: Arc<Vec<u8>>,
    parts: Arc<HashMap<String, String>>,
}

impl std::fmt::Debug for Embedded {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{} pictures", self.parts.len())
    }
}

impl Embedded {
    /// The pictures by their names; `bytes`: the workbook's, asked for where there are any.
    pub(super) fn of(parts: HashMap<String, String>, bytes: impl FnOnce() -> Arc<Vec<u8>>) -> Self {
        if parts.is_empty() {
            return Self::default();
        }
        Self {
            bytes: bytes(),
            parts: Arc::new(parts),
        }
    }

    /// What is called so, whole or cut off behind the most that a picture may have.
    pub(crate) fn read(&self, name: &str) -> Option<Vec<u8>> {
        let part = self.parts.get(name.trim_start_matches(MARK))?;
        let mut book = ZipArchive::new(Cursor::new(self.bytes.as_slice())).ok()?;
        let part = book.by_name(part).ok()?;
        let mut bytes = Vec::new();
        part.take(picture::MAX_BYTES + 1).read_to_end(&mut bytes).ok()?;
        Some(bytes)
    }
}

/// A picture and the cell that it belongs to: line from 1, column from 0.
#[derive(Debug)]
struct Placed {
    line: u64,
    column: usize,
    part: String,
}

/// Puts the names of a sheet's pictures into its cells; the workbook was weighed before. What cannot be read of the
/// pictures is left out: the rows are there all the same.
pub(super) fn name_in(bytes: &[u8], sheet: &str, rows: &mut [Record]) -> HashMap<String, String> {
    let mut found = Vec::new();
    if let Ok(mut book) = ZipArchive::new(Cursor::new(bytes)) {
        let _ = laid_over(&mut book, sheet, &mut found);
        let _ = in_cells(&mut book, sheet, rows, &mut found);
    }
    let head = columns::head(rows);
    let width = rows.iter().map(|row| row.cells.len()).max().unwrap_or(0);
    let mut parts = HashMap::new();
    let mut beside = false;
    for Placed { line, column, part } in found.into_iter().take(MOST) {
        let Ok(row) = rows.binary_search_by_key(&line, |row| row.line) else {
            continue;
        };
        if row <= head && rows.len() > 1 {
            // A mark or a logo above the rows.
            continue;
        }
        let name = name_of(&part, &mut parts);
        let column = home(rows, head, row, column).unwrap_or_else(|| {
            beside = true;
            width
        });
        put(rows, row, column, &name);
    }
    if beside {
        put(rows, head, width, "Images");
    }
    parts
}

/// Whether a cell holds the names of pictures and nothing else.
pub(super) fn is_named(cell: &str) -> bool {
    let cell = cell.trim();
    !cell.is_empty() && cell.split('|').all(|part| part.trim().starts_with(MARK))
}

/// The column of the row that a picture goes into: where it lies, unless something else stands there.
fn home(rows: &[Record], head: usize, row: usize, column: usize) -> Option<usize> {
    let cell = |row: usize, column: usize| rows.get(row).and_then(|row| row.cells.get(column));
    let takes = |column: usize| cell(head, column).is_some_and(|name| columns::holds_pictures(name));
    let free = cell(row, column).is_none_or(|text| is_stand_in(text) || is_named(text));
    if takes(column) || free && cell(head, column).is_none_or(|name| !columns::is_known(name)) {
        return Some(column);
    }
    let names = rows.get(head).map_or(0, |row| row.cells.len());
    (0..names).find(|column| takes(*column))
}

/// What programs without such pictures show in their place.
fn is_stand_in(text: &str) -> bool {
    let text = text.trim();
    text.is_empty() || text == "#VALUE!" || text == "#NAME?" || text.contains("DISPIMG(")
}

fn put(rows: &mut [Record], row: usize, column: usize, name: &str) {
    let Some(row) = rows.get_mut(row) else { return };
    if row.cells.len() <= column {
        row.cells.resize(column + 1, String::new());
    }
    if let Some(cell) = row.cells.get_mut(column) {
        if is_stand_in(cell) {
            name.clone_into(cell);
        } else {
            cell.push('|');
            cell.push_str(name);
        }
    }
}

/// What a cell says for a part of the workbook.
fn name_of(part: &str, parts: &mut HashMap<String, String>) -> String {
    let file = part.rsplit('/').next().unwrap_or(part);
    let known = parts.get(file).is_none_or(|known| known == part);
    let name = if known { file.to_owned() } else { part.replace('/', "-") };
    parts.insert(name.clone(), part.to_owned());
    format!("{MARK}{name}")
}

/// Pictures laid over the cells.
fn laid_over(book: &mut Book<'_>, sheet: &str, found: &mut Vec<Placed>) -> Option<()> {
    let page = part_of(book, sheet)?;
    let drawing = related(book, &page, |kind, _| kind.ends_with("/drawing"))?;
    let heights = heights(&text(book, &page)?);
    let parts = media(book, &drawing);
    let xml = text(book, &drawing)?;
    let mut reader = Reader::from_str(&xml);
    let (mut anchor, mut field, mut corner) = (Anchor::default(), String::new(), 0);
    loop {
        match reader.read_event().ok()? {
            Event::Start(tag) | Event::Empty(tag) => match tag.local_name().into_inner() {
                "twoCellAnchor" | "oneCellAnchor" => anchor = Anchor::default(),
                "from" => corner = 0,
                "to" => corner = 1,
                "blip" => anchor.part = attribute(&tag, "embed").and_then(|id| parts.get(&id).cloned()),
                name => name.clone_into(&mut field),
            },
            Event::Text(text) => {
                if let (Ok(number), Some(slot)) = (text.trim().parse::<i64>(), anchor.slot(&field, corner)) {
                    *slot = number;
                }
            }
            Event::End(tag) => match tag.local_name().into_inner() {
                "twoCellAnchor" | "oneCellAnchor" => {
                    if let (Some(part), Some((line, column))) = (anchor.part.take(), anchor.cell(&heights)) {
                        found.push(Placed { line, column, part });
                    }
                }
                _ => field.clear(),
            },
            Event::Eof => return Some(()),
            _ => {}
        }
    }
}

/// Where a picture lies: its two corners, each a row, an offset in it, and a column.
#[derive(Default)]
struct Anchor {
    rows: [i64; 2],
    offsets: [i64; 2],
    column: i64,
    part: Option<String>,
}

impl Anchor {
    fn slot(&mut self, field: &str, corner: usize) -> Option<&mut i64> {
        match field {
            "row" => self.rows.get_mut(corner),
            "rowOff" => self.offsets.get_mut(corner),
            "col" if corner == 0 => Some(&mut self.column),
            _ => None,
        }
    }

    /// The row that most of it covers, and its column: people drop pictures only roughly into a cell.
    fn cell(&self, heights: &BTreeMap<u64, f64>) -> Option<(u64, usize)> {
        let [top, bottom] = self.rows;
        let height = |row: i64| {
            let line = u64::try_from(row + 1).unwrap_or(0);
            heights.get(&line).copied().unwrap_or(HEIGHT) * EMU
        };
        let covered = |row: i64| {
            #[expect(clippy::cast_precision_loss, reason = "lengths on a page")]
            let [start, end] = self.offsets.map(|offset| offset as f64);
            let to = if row == bottom { end } else { height(row) };
            to - if row == top { start } else { 0.0 }
        };
        let mut best = (top, covered(top));
        for row in (top..=bottom.min(top.saturating_add(20))).skip(1) {
            // A little more is no other row.
            if covered(row) > best.1 * 1.1 {
                best = (row, covered(row));
            }
        }
        Some((u64::try_from(best.0 + 1).ok()?, usize::try_from(self.column).ok()?))
    }
}

/// How high rows are that say so, in points.
fn heights(page: &str) -> BTreeMap<u64, f64> {
    let mut heights = BTreeMap::new();
    each(page, |tag| {
        if tag.local_name().into_inner() == "row"
            && let (Some(line), Some(height)) = (attribute(tag, "r"), attribute(tag, "ht"))
            && let (Ok(line), Ok(height)) = (line.parse(), height.parse::<f64>())
        {
            heights.insert(line, height);
        }
        None::<()>
    });
    heights
}

/// The pictures that a part leads to, by id.
fn media(book: &mut Book<'_>, from: &str) -> HashMap<String, String> {
    let mut found = HashMap::new();
    let (folder, name) = from.rsplit_once('/').unwrap_or(("", from));
    let list = text(book, &format!("{folder}/_rels/{name}.rels")).unwrap_or_default();
    each(&list, |tag| {
        let is_picture = attribute(tag, "Type").is_some_and(|kind| kind.ends_with("/image"));
        let outside = attribute(tag, "TargetMode").is_some_and(|mode| mode == "External");
        if let (true, false, Some(id), Some(target)) =
            (is_picture, outside, attribute(tag, "Id"), attribute(tag, "Target"))
        {
            found.insert(id, resolved(folder, &target));
        }
        None::<()>
    });
    found
}

/// Pictures that are the content of a cell.
fn in_cells(book: &mut Book<'_>, sheet: &str, rows: &[Record], found: &mut Vec<Placed>) -> Option<()> {
    // WPS: the cell names one of a list of pictures.
    let asks = |text: &str| Some(text.split_once("DISPIMG(")?.1.split('"').nth(1)?.to_owned());
    let mut asked = Vec::new();
    for row in rows {
        let cells = row.cells.iter().enumerate();
        asked.extend(cells.filter_map(|(column, text)| Some((row.line, column, asks(text)?))));
    }
    if !asked.is_empty() {
        let named = of_wps(book).unwrap_or_default();
        let there = asked.into_iter().filter_map(|(line, column, name)| {
            let part = named.get(&name)?.clone();
            Some(Placed { line, column, part })
        });
        found.extend(there);
    }
    let page = part_of(book, sheet)?;
    let values = of_excel(book)?;
    each(&text(book, &page)?, |tag| {
        if tag.local_name().into_inner() == "c"
            && let Some(value) = attribute(tag, "vm").and_then(|value| value.parse::<usize>().ok())
            && let Some((line, column)) = attribute(tag, "r").and_then(|name| cell_of(&name))
            && let Some(Some(part)) = values.get(value.wrapping_sub(1))
        {
            found.push(Placed {
                line,
                column,
                part: part.clone(),
            });
        }
        (found.len() > MOST).then_some(())
    });
    Some(())
}

/// The pictures of WPS, by the names that cells have for them.
fn of_wps(book: &mut Book<'_>) -> Option<HashMap<String, String>> {
    const LIST: &str = "xl/cellimages.xml";
    let parts = media(book, LIST);
    let (mut named, mut name) = (HashMap::new(), None);
    each(&text(book, LIST)?, |tag| {
        match tag.local_name().into_inner() {
            "cNvPr" => name = attribute(tag, "name"),
            "blip" => {
                if let (Some(name), Some(part)) = (name.take(), attribute(tag, "embed").and_then(|id| parts.get(&id))) {
                    named.insert(name, part.clone());
                }
            }
            _ => {}
        }
        None::<()>
    });
    Some(named)
}

/// The pictures of Excel, by the number of the value that cells have for them: through four lists.
fn of_excel(book: &mut Book<'_>) -> Option<Vec<Option<String>>> {
    let metadata = text(book, "xl/metadata.xml")?;
    let (mut part, mut rich, mut values) = (String::new(), Vec::new(), Vec::new());
    let number = |tag: &BytesStart<'_>, name: &str| attribute(tag, name)?.parse::<usize>().ok();
    each(&metadata, |tag| {
        match tag.local_name().into_inner() {
            name @ ("futureMetadata" | "valueMetadata" | "cellMetadata") => {
                part = attribute(tag, "name").unwrap_or_else(|| name.to_owned());
            }
            "rvb" if part == "XLRICHVALUE" => rich.push(number(tag, "i")),
            "rc" if part == "valueMetadata" => values.push(number(tag, "v")),
            _ => {}
        }
        None::<()>
    });
    let list = "xl/richData/richValueRel.xml";
    let parts = media(book, list);
    let mut relations = Vec::new();
    each(&text(book, list)?, |tag| {
        if tag.local_name().into_inner() == "rel" {
            relations.push(attribute(tag, "id").and_then(|id| parts.get(&id).cloned()));
        }
        None::<()>
    });
    let pictures = firsts(&text(book, "xl/richData/rdrichvalue.xml")?);
    let picture = |value: Option<usize>| {
        let value = rich.get(value?)?.as_ref()?;
        relations.get((*pictures.get(*value)?)?)?.clone()
    };
    Some(values.into_iter().map(picture).collect())
}

/// The first value of each rich one: which picture it is.
fn firsts(xml: &str) -> Vec<Option<usize>> {
    let mut reader = Reader::from_str(xml);
    let (mut found, mut value) = (Vec::new(), false);
    while let Ok(event) = reader.read_event() {
        match event {
            Event::Start(tag) => match tag.local_name().into_inner() {
                "rv" => found.push(None),
                "v" => value = true,
                _ => {}
            },
            Event::Text(text) if value => {
                if let Some(slot @ None) = found.last_mut() {
                    *slot = text.trim().parse().ok();
                }
            }
            Event::End(_) => value = false,
            Event::Eof => break,
            _ => {}
        }
    }
    found
}
