//! CSV and TSV with columns added: each line keeps its bytes and gets cells at its end, in the file's own encoding and
//! with its own separator.

use std::borrow::Cow;

use encoding_rs::{Encoding, UTF_8};

use super::{Copy, Outcome, count, earlier, heads, left, places};
use crate::export::cells::{Cell, guarded};
use crate::sheet::problem::SheetProblem;
use crate::sheet::split::{Opening, Record};
use crate::sheet::{MAX_LINES, columns, decode};
use crate::words::Lang;

/// What a person may have chosen when the sheet was read, where it was not found by itself.
const ENCODINGS: [&str; 5] = ["UTF-8", "GB18030", "Big5", "UTF-16LE", "windows-1252"];
const DELIMITERS: [char; 4] = ['\t', ',', ';', '|'];

/// A file as it is read.
struct Reading {
    text: String,
    encoding: &'static str,
    delimiter: char,
    /// Where each row lies in the text, without its line's end.
    rows: Vec<(Record, std::ops::Range<usize>)>,
}

impl Reading {
    fn of(text: String, encoding: &'static str, delimiter: Option<char>) -> Result<Self, SheetProblem> {
        let mut opening = Opening::of(&text)?;
        opening.declared = delimiter.or(opening.declared);
        let (delimiter, _) = columns::divide(&opening);
        let before = text.len() - opening.text.len();
        let mut records = opening.records(delimiter);
        let mut rows = Vec::new();
        loop {
            let from = before + records.read();
            let Some(record) = records.next() else { break };
            if rows.len() > MAX_LINES {
                return Err(SheetProblem::TooManyRows { limit: MAX_LINES });
            }
            let whole = text.get(from..before + records.read()).unwrap_or_default();
            let line = whole.strip_suffix('\n').unwrap_or(whole);
            let line = line.strip_suffix('\r').unwrap_or(line);
            let to = from + line.len();
            rows.push((record, from..to));
        }
        Ok(Self {
            text,
            encoding,
            delimiter,
            rows,
        })
    }

    fn places(&self, tasks: &[Outcome]) -> Vec<Option<usize>> {
        let records: Vec<Record> = self.rows.iter().map(|(record, _)| record.clone()).collect();
        places::places(&records, tasks)
    }
}

pub(super) fn beside(bytes: &[u8], tasks: &[Outcome], lang: Lang) -> Result<Copy, SheetProblem> {
    let (text, encoding) = decode::decode(bytes)?;
    let mut best = Reading::of(text, encoding, None)?;
    let mut places = best.places(tasks);
    // Read another way than it was then, hardly any row is what it was.
    if count(&places) * 2 < tasks.len() {
        for label in ENCODINGS {
            for delimiter in DELIMITERS {
                let read = decode::decode_as(bytes, label)
                    .and_then(|(text, encoding)| Reading::of(text, encoding, Some(delimiter)));
                let Ok(read) = read else { continue };
                let found = read.places(tasks);
                if count(&found) > count(&places) {
                    (best, places) = (read, found);
                }
            }
        }
    }
    let (bytes, recoded) = encoded(bytes, &best, &written(&best, tasks, &places, lang));
    Ok(Copy {
        bytes,
        rows: count(&places),
        left: left(tasks, &places),
        recoded,
    })
}

fn written(reading: &Reading, tasks: &[Outcome], places: &[Option<usize>], lang: Lang) -> String {
    let mut cells: Vec<Option<&[Cell]>> = vec![None; reading.rows.len()];
    for (task, place) in tasks.iter().zip(places) {
        if let Some(slot) = place.and_then(|place| cells.get_mut(place)) {
            *slot = Some(&task.cells);
        }
    }
    let heads = heads(lang);
    let mut over = None;
    // The names of the columns stand first; a list without names begins with a task.
    if let (Some(first @ None), Some((head, _))) = (cells.first_mut(), reading.rows.first()) {
        *first = Some(&heads);
        over = earlier(head);
    }
    let sound = |record: &Record| !record.unbalanced && !record.beyond;
    let widest = reading.rows.iter().filter(|(record, _)| sound(record));
    let width = over.unwrap_or(widest.map(|(record, _)| record.cells.len()).max().unwrap_or(0));
    let mut out = String::with_capacity(reading.text.len() + tasks.len() * 200);
    let mut copied = 0;
    for ((record, place), cells) in reading.rows.iter().zip(cells) {
        let Some(cells) = cells.filter(|_| sound(record)) else {
            continue;
        };
        let text = |range: std::ops::Range<usize>| reading.text.get(range).unwrap_or_default();
        out.push_str(text(copied..place.start));
        if record.cells.len() > width {
            let kept: Vec<String> = record
                .cells
                .iter()
                .take(width)
                .map(|cell| quoted(cell, reading.delimiter))
                .collect();
            out.push_str(&kept.join(&reading.delimiter.to_string()));
        } else {
            out.push_str(text(place.clone()));
        }
        for _ in record.cells.len()..width {
            out.push(reading.delimiter);
        }
        for cell in cells {
            out.push(reading.delimiter);
            out.push_str(&match cell {
                Cell::Text(text) => quoted(&guarded(text), reading.delimiter),
                Cell::Plain(text) => quoted(text, reading.delimiter),
            });
        }
        copied = place.end;
    }
    out.push_str(reading.text.get(copied..).unwrap_or_default());
    out
}

fn quoted(text: &str, delimiter: char) -> String {
    let text = text.replace("\r\n", "\n").replace('\r', "\n");
    if text.contains([delimiter, '"', '\n']) || text.starts_with([' ', '\'']) || text.ends_with(' ') {
        format!("\"{}\"", text.replace('"', "\"\""))
    } else {
        text
    }
}

/// The text in the file's own encoding; where that cannot say it, in UTF-8 with its mark, and whether that was so.
fn encoded(source: &[u8], reading: &Reading, text: &str) -> (Vec<u8>, bool) {
    const MARK: &[u8] = b"\xef\xbb\xbf";
    let plain = |text: &str| -> Option<Vec<u8>> {
        match reading.encoding {
            "UTF-16LE" => Some(text.encode_utf16().flat_map(u16::to_le_bytes).collect()),
            "UTF-16BE" => Some(text.encode_utf16().flat_map(u16::to_be_bytes).collect()),
            label => match Encoding::for_label(label.as_bytes())?.encode(text) {
                (bytes, _, false) => Some(Cow::into_owned(bytes)),
                (_, _, true) => None,
            },
        }
    };
    let mark = Encoding::for_bom(source).map_or(0, |(_, length)| length);
    let (mark, behind) = source.split_at(mark);
    // What does not come back as it was is not written in this encoding.
    let whole = plain(&reading.text).is_some_and(|bytes| bytes == behind);
    match plain(text).filter(|_| whole || reading.encoding == UTF_8.name()) {
        Some(bytes) => ([mark, &bytes].concat(), false),
        None => ([MARK, text.as_bytes()].concat(), true),
    }
}
