//! A workbook with columns added to one of its sheets: that sheet's XML is written anew, every other part of the zip is
//! copied as it is packed.
//!
//! Not by a program's model of workbooks: what the model does not know (pictures in cells of WPS and of Excel, rules,
//! slicers, macros) would be gone from a file that somebody works with.

use std::collections::BTreeMap;
use std::io::{Cursor, Read as _, Write as _};

use quick_xml::events::Event;
use quick_xml::reader::Reader;
use zip::write::SimpleFileOptions;
use zip::{ZipArchive, ZipWriter};

use super::page::{self, Additions, attribute};
use super::{Copy, Outcome, WIDTHS, count, earlier, heads, left, places};
use crate::sheet::anchored;
use crate::sheet::columns;
use crate::sheet::problem::SheetProblem;
use crate::words::Lang;

type Book<'a> = ZipArchive<Cursor<&'a [u8]>>;

pub(super) fn beside(bytes: &[u8], sheet: Option<&str>, tasks: &[Outcome], lang: Lang) -> Result<Copy, SheetProblem> {
    // Weighed there: nothing below unpacks more than is read there.
    let (_, name, mut records) = crate::sheet::book::read(bytes, sheet, columns::has_prompts)?;
    anchored::name_in(bytes, &name, &mut records);
    let places = places::places(&records, tasks);
    let head = records.get(columns::head(&records));
    let heads = heads(lang);
    let mut rows: BTreeMap<u64, &[_]> = BTreeMap::new();
    for (task, place) in tasks.iter().zip(&places) {
        if let Some(row) = place.and_then(|place| records.get(place)) {
            rows.insert(row.line, &task.cells);
        }
    }
    // A list without names has no row for them.
    let head = head.filter(|head| !rows.contains_key(&head.line));
    if let Some(head) = head {
        rows.insert(head.line, &heads);
    }
    let additions = Additions {
        rows,
        head: head.map(|head| head.line),
        widths: &WIDTHS,
        over: head.and_then(earlier),
    };
    let mut book = ZipArchive::new(Cursor::new(bytes)).map_err(|_| SheetProblem::DamagedBook)?;
    let page = part_of(&mut book, &name).ok_or(SheetProblem::DamagedBook)?;
    let written = text(&mut book, &page)
        .and_then(|xml| page::added(&xml, &additions))
        .ok_or(SheetProblem::DamagedBook)?;
    Ok(Copy {
        bytes: packed(&mut book, &page, &written).map_err(|_| SheetProblem::DamagedBook)?,
        rows: count(&places),
        left: left(tasks, &places),
        recoded: false,
    })
}

fn packed(book: &mut Book<'_>, page: &str, xml: &str) -> zip::result::ZipResult<Vec<u8>> {
    let mut out = ZipWriter::new(Cursor::new(Vec::new()));
    for index in 0..book.len() {
        let part = book.by_index_raw(index)?;
        if part.name()? == page {
            drop(part);
            out.start_file(page, SimpleFileOptions::default())?;
            out.write_all(xml.as_bytes())?;
        } else {
            out.raw_copy_file(part)?;
        }
    }
    Ok(out.finish()?.into_inner())
}

/// The text of a part.
pub(in crate::sheet) fn text(book: &mut Book<'_>, name: &str) -> Option<String> {
    let mut text = String::new();
    book.by_name(name).ok()?.read_to_string(&mut text).ok()?;
    Some(text.strip_prefix('\u{feff}').map(str::to_owned).unwrap_or(text))
}

/// The part that holds the sheet of this name.
pub(in crate::sheet) fn part_of(book: &mut Book<'_>, sheet: &str) -> Option<String> {
    let main = related(book, "", |kind, _| kind.ends_with("/officeDocument"))?;
    let workbook = text(book, &main)?;
    let id = each(&workbook, |tag| {
        let is_it = tag.local_name().into_inner() == "sheet" && attribute(tag, "name").as_deref() == Some(sheet);
        is_it.then(|| attribute(tag, "id")).flatten()
    })?;
    related(book, &main, |_, known| known == id)
}

/// The part that another one leads to.
pub(in crate::sheet) fn related(
    book: &mut Book<'_>,
    from: &str,
    wanted: impl Fn(&str, &str) -> bool,
) -> Option<String> {
    let (folder, name) = from.rsplit_once('/').unwrap_or(("", from));
    let list = if folder.is_empty() {
        format!("_rels/{name}.rels")
    } else {
        format!("{folder}/_rels/{name}.rels")
    };
    let list = text(book, &list)?;
    let target = each(&list, |tag| {
        let (kind, id) = (attribute(tag, "Type")?, attribute(tag, "Id")?);
        wanted(&kind, &id).then(|| attribute(tag, "Target")).flatten()
    })?;
    Some(resolved(folder, &target))
}

/// A target as a part's name: from the root, or from the folder of what leads to it.
pub(in crate::sheet) fn resolved(folder: &str, target: &str) -> String {
    let mut path: Vec<&str> = Vec::new();
    let relative = !target.starts_with('/');
    for part in folder.split('/').filter(|_| relative).chain(target.split('/')) {
        match part {
            "" | "." => {}
            ".." => {
                path.pop();
            }
            part => path.push(part),
        }
    }
    path.join("/")
}

/// The first thing that is found in one of the elements of a text.
pub(in crate::sheet) fn each<T>(
    xml: &str,
    mut look: impl FnMut(&quick_xml::events::BytesStart<'_>) -> Option<T>,
) -> Option<T> {
    let mut reader = Reader::from_str(xml);
    loop {
        match reader.read_event().ok()? {
            Event::Start(tag) | Event::Empty(tag) => {
                if let Some(found) = look(&tag) {
                    return Some(found);
                }
            }
            Event::Eof => return None,
            _ => {}
        }
    }
}
