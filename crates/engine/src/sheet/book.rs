//! Workbooks (XLSX): cells as text, so that everything behind this is one reader for every kind of sheet.
//!
//! A workbook is a zip of XML, and may come from anybody. Before its reader sees it, every part is unpacked once and
//! counted, because a zip may lie about sizes; and what the reader would set memory aside for on the file's word alone
//! is compared with what is really there.

use std::io::{Cursor, Read as _};

use calamine::{Data, DataRef, Reader as _, Xlsx};

use super::MAX_LINES;
use super::MAX_ROWS;
use super::problem::SheetProblem;
use super::split::{MAX_CELLS, Record};

/// The most that a workbook may unpack to, in bytes.
const MAX_UNPACKED: u64 = 128 << 20;

/// The most files in one workbook; each embedded picture is one.
const MAX_PARTS: usize = 20_000;

/// The most filled cells of one sheet.
pub(super) const MAX_FILLED: usize = 2_000_000;

/// The most merged areas that are looked at.
const MAX_MERGED: usize = 100_000;

/// Rows among which the names of the columns are looked for: titles and notes often stand above them.
pub(super) const HEAD_ROWS: usize = 10;

type Book = Xlsx<Cursor<Vec<u8>>>;

/// Whether these bytes are a zip, as a workbook is.
pub(super) fn is_one(bytes: &[u8]) -> bool {
    bytes.starts_with(b"PK\x03\x04")
}

/// The names of the sheets that are shown, and the filled rows of the wanted one; without a wish, of the first that
/// `good` likes, else of the first.
pub(super) fn read(
    bytes: &[u8],
    wanted: Option<&str>,
    good: impl Fn(&[Record]) -> bool,
) -> Result<(Vec<String>, String, Vec<Record>), SheetProblem> {
    weigh(bytes, MAX_UNPACKED)?;
    // A file that trips its reader is a damaged file, not the end of the app.
    let read = std::panic::catch_unwind(std::panic::AssertUnwindSafe(|| choose(bytes, wanted, &good)));
    read.unwrap_or(Err(SheetProblem::DamagedBook))
}

fn choose(
    bytes: &[u8],
    wanted: Option<&str>,
    good: &impl Fn(&[Record]) -> bool,
) -> Result<(Vec<String>, String, Vec<Record>), SheetProblem> {
    let mut book: Book = Xlsx::new(Cursor::new(bytes.to_vec())).map_err(|_| SheetProblem::DamagedBook)?;
    let names: Vec<String> = book.sheet_names().into_iter().take(1000).collect();
    if let Some(wanted) = wanted.filter(|wanted| names.iter().any(|name| name == wanted)) {
        let rows = rows(&mut book, wanted)?;
        return Ok((names, wanted.to_owned(), rows));
    }
    let (mut first, mut failed) = (None, None);
    for name in names.iter().take(20) {
        let found = match rows(&mut book, name) {
            Ok(found) => found,
            Err(problem) => {
                // A sheet of nothing but a chart has no cells; what is too much is told.
                failed = failed.or(Some(problem).filter(|problem| !matches!(problem, SheetProblem::DamagedBook)));
                continue;
            }
        };
        if good(&found) {
            return Ok((names.clone(), name.clone(), found));
        }
        if first.is_none() || found.len() > first.as_ref().map_or(0, |(_, rows): &(String, Vec<Record>)| rows.len()) {
            first = Some((name.clone(), found));
        }
    }
    if let Some(problem) = failed {
        return Err(problem);
    }
    let (name, rows) = first.ok_or(SheetProblem::DamagedBook)?;
    Ok((names, name, rows))
}

/// Unpacks everything once, keeping nothing, and refuses what is more than `most` bytes: at once where the file says so
/// itself, and by counting where it lies.
pub(super) fn weigh(bytes: &[u8], most: u64) -> Result<(), SheetProblem> {
    // The list of parts is read into memory whole, so it is counted before.
    let parts = bytes.windows(4).filter(|four| *four == b"PK\x01\x02").count();
    if parts > MAX_PARTS {
        return Err(SheetProblem::BookTooLarge);
    }
    let mut zip = zip::ZipArchive::new(Cursor::new(bytes)).map_err(|_| SheetProblem::DamagedBook)?;
    let mut left = most;
    let mut said = 0_u64;
    for index in 0..zip.len() {
        let part = zip.by_index_raw(index).map_err(|_| SheetProblem::DamagedBook)?;
        said = said.saturating_add(part.size());
    }
    if said > most {
        return Err(SheetProblem::BookTooLarge);
    }
    for index in 0..zip.len() {
        let mut part = match zip.by_index(index) {
            Ok(part) if part.encrypted() => return Err(SheetProblem::NotText { kind: "XLSX" }),
            Ok(part) => part,
            Err(_) => return Err(SheetProblem::DamagedBook),
        };
        let name = part.name().map_err(|_| SheetProblem::DamagedBook)?.to_lowercase();
        let strings = name.ends_with("sharedstrings.xml");
        let read = if strings {
            let mut text = Vec::new();
            (&mut part)
                .take(left + 1)
                .read_to_end(&mut text)
                .map_err(|_| SheetProblem::DamagedBook)?;
            if !counts_honestly(&text) {
                return Err(SheetProblem::DamagedBook);
            }
            text.len() as u64
        } else {
            std::io::copy(&mut (&mut part).take(left + 1), &mut std::io::sink())
                .map_err(|_| SheetProblem::DamagedBook)?
        };
        left = left.checked_sub(read).ok_or(SheetProblem::BookTooLarge)?;
    }
    Ok(())
}

/// Whether a list of texts says no more texts than its bytes can hold: the reader sets memory aside by that number.
fn counts_honestly(text: &[u8]) -> bool {
    // In an encoding of two bytes the number could not be found below.
    if text.iter().take(1 << 16).any(|&byte| byte == 0) {
        return false;
    }
    const NAME: &[u8] = b"uniqueCount";
    text.windows(NAME.len())
        .enumerate()
        .filter(|(_, name)| *name == NAME)
        .all(|(at, _)| {
            let behind = text.get(at + NAME.len()..).unwrap_or_default();
            let digits: String = behind
                .iter()
                .skip_while(|byte| byte.is_ascii_whitespace() || matches!(byte, b'=' | b'"' | b'\'' | b'+'))
                .take_while(|byte| byte.is_ascii_digit())
                .map(|&byte| char::from(byte))
                .take(30)
                .collect();
            digits.is_empty() || digits.parse::<usize>().is_ok_and(|count| count <= text.len())
        })
}

/// The rows of a sheet in which something stands.
fn rows(book: &mut Book, name: &str) -> Result<Vec<Record>, SheetProblem> {
    let damaged = |_| SheetProblem::DamagedBook;
    let mut rows: Vec<Record> = Vec::new();
    let mut filled = 0;
    let mut cells = book.worksheet_cells_reader(name).map_err(damaged)?;
    while let Some(cell) = cells.next_cell().map_err(damaged)? {
        let text = text(cell.get_value());
        if text.trim().is_empty() {
            continue;
        }
        filled += text.len() / 64 + 1;
        if filled > MAX_FILLED {
            return Err(SheetProblem::BookTooLarge);
        }
        let (row, column) = cell.get_position();
        let (line, column) = (u64::from(row) + 1, column as usize);
        if line > MAX_LINES as u64 {
            return Err(SheetProblem::TooManyRows { limit: MAX_ROWS });
        }
        if rows.last().is_none_or(|last| last.line < line) {
            if rows.len() > MAX_ROWS + HEAD_ROWS {
                return Err(SheetProblem::TooManyRows { limit: MAX_ROWS });
            }
            rows.push(Record {
                line,
                cells: Vec::new(),
                beyond: false,
                unbalanced: false,
            });
        }
        let Some(record) = rows.last_mut().filter(|last| last.line == line) else {
            // Rows out of order are written by no program.
            return Err(SheetProblem::DamagedBook);
        };
        if column >= MAX_CELLS {
            record.beyond = true;
            continue;
        }
        if record.cells.len() <= column {
            // A far cell stands for all empty ones before it.
            filled += (column - record.cells.len()) / 8;
            record.cells.resize(column + 1, String::new());
        }
        if let Some(slot) = record.cells.get_mut(column) {
            *slot = text;
        }
    }
    drop(cells);
    spread(book, name, &mut rows);
    Ok(rows)
}

/// A value that is merged over several rows is meant for each of them; the file has it in the first alone. Rows that
/// hold nothing else stay as they are.
fn spread(book: &mut Book, name: &str, rows: &mut [Record]) {
    let merged = book.merge_cells_by_sheet_name(name).unwrap_or_default();
    // Areas may lie over each other as often as a file likes.
    let mut left = MAX_MERGED;
    for area in merged.iter().take(MAX_MERGED) {
        let (top, bottom) = (u64::from(area.start.0) + 1, u64::from(area.end.0) + 1);
        let column = area.start.1 as usize;
        let Ok(first) = rows.binary_search_by_key(&top, |row| row.line) else {
            continue;
        };
        let Some(value) = rows.get(first).and_then(|row| row.cells.get(column)).cloned() else {
            continue;
        };
        // One value over the whole sheet would be copied as often.
        if value.len() > 4000 {
            continue;
        }
        for row in rows.iter_mut().skip(first + 1).take_while(|row| row.line <= bottom) {
            let Some(rest) = left.checked_sub(1 + value.len() / 64) else {
                return;
            };
            left = rest;
            if row.cells.len() <= column {
                row.cells.resize(column + 1, String::new());
            }
            if let Some(slot) = row.cells.get_mut(column).filter(|slot| slot.is_empty()) {
                slot.clone_from(&value);
            }
        }
    }
}

/// A cell as a person would type it.
fn text(value: &DataRef<'_>) -> String {
    match value {
        DataRef::Empty => String::new(),
        DataRef::String(text) => unified(text),
        DataRef::SharedString(text) => unified(text),
        DataRef::Bool(yes) => (if *yes { "TRUE" } else { "FALSE" }).to_owned(),
        DataRef::DateTime(when) => {
            let (year, month, day, hour, minute, second, _) = when.to_ymd_hms_milli();
            let time = format!("{hour:02}:{minute:02}:{second:02}");
            match when.as_f64() {
                // A ratio such as 16:9 is taken for a time of day.
                at if at < 1.0 => time,
                at if at.fract() == 0.0 => format!("{year:04}-{month:02}-{day:02}"),
                _ => format!("{year:04}-{month:02}-{day:02} {time}"),
            }
        }
        other => Data::from(other.clone()).to_string(),
    }
}

fn unified(text: &str) -> String {
    text.replace("\r\n", "\n").replace('\r', "\n").replace('\0', "")
}
