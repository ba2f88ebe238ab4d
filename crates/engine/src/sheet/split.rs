//! From text to cells. Written by hand because the common readers of CSV take a quote that never closes as an order to
//! swallow the rest of the file in silence; here each row becomes a purchase, so it is told, by its line, and reading
//! goes on with the line behind it.

use super::problem::SheetProblem;

/// Cells of one row that are kept: as many as a spreadsheet has columns, few enough that a file of nothing but commas
/// does not fill the memory.
pub(super) const MAX_CELLS: usize = 16_384;

/// One row of cells.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Record {
    /// The line on which it begins, counted from 1.
    pub(super) line: u64,
    pub(super) cells: Vec<String>,
    /// Something stands in a cell behind those that are kept.
    pub(super) beyond: bool,
    /// A quote opens and does not close where a cell ends; `cells` is then of no use.
    pub(super) unbalanced: bool,
}

impl Record {
    pub(super) fn is_blank(&self) -> bool {
        !self.unbalanced && !self.beyond && self.cells.iter().all(|cell| cell.trim().is_empty())
    }
}

/// Where the table begins, and the separator if its maker wrote it down.
pub(super) struct Opening<'a> {
    /// The text from the first line that is not blank.
    pub(super) text: &'a str,
    /// The line on which that is.
    pub(super) line: u64,
    /// What `sep=` says, Excel's own first line.
    pub(super) declared: Option<char>,
}

impl<'a> Opening<'a> {
    pub(super) fn of(text: &'a str) -> Result<Self, SheetProblem> {
        let (mut text, mut line, mut declared) = (text, 1, None);
        loop {
            let (first, behind) = physical_line(text);
            let separator = separator(first);
            if let (Some(separator), None) = (separator, declared) {
                declared = Some(separator);
            } else if !first.trim_matches([' ', '\t', ',', ';', '"']).trim().is_empty() {
                return Ok(Self { text, line, declared });
            }
            match behind {
                Some(behind) => (text, line) = (behind, line + 1),
                None => return Err(SheetProblem::Empty),
            }
        }
    }

    /// The rows, split at `delimiter`.
    pub(super) fn records(&self, delimiter: char) -> Records<'a> {
        Records {
            length: self.text.len(),
            rest: self.text,
            line: self.line,
            delimiter,
        }
    }
}

/// What a line such as `sep=;` declares.
fn separator(line: &str) -> Option<char> {
    let (key, named) = line.trim_matches([' ', '"']).split_at_checked(4)?;
    let mut named = named.chars();
    match (key.eq_ignore_ascii_case("sep="), named.next(), named.next()) {
        (true, Some(separator), None) if !separator.is_alphanumeric() => Some(separator),
        _ => None,
    }
}

/// The first line and what stands behind it; `\r\n`, `\n` and `\r` all end one.
fn physical_line(text: &str) -> (&str, Option<&str>) {
    match text.split_once(['\n', '\r']) {
        Some((line, behind)) if text.as_bytes().get(line.len()) == Some(&b'\r') => {
            (line, Some(behind.strip_prefix('\n').unwrap_or(behind)))
        }
        Some((line, behind)) => (line, Some(behind)),
        None => (text, None),
    }
}

/// The rows of a text, read as they are asked for.
pub(super) struct Records<'a> {
    length: usize,
    rest: &'a str,
    line: u64,
    delimiter: char,
}

impl Records<'_> {
    /// Bytes of the text that were read so far: where the next row begins.
    pub(super) fn read(&self) -> usize {
        self.length - self.rest.len()
    }
}

impl Iterator for Records<'_> {
    type Item = Record;

    fn next(&mut self) -> Option<Record> {
        if self.rest.is_empty() {
            return None;
        }
        let line = self.line;
        let mut cells = Vec::new();
        let mut beyond = false;
        let mut at = self.rest;
        loop {
            let Some((cell, behind)) = cell(at, self.delimiter) else {
                self.rest = physical_line(self.rest).1.unwrap_or_default();
                self.line = line + 1;
                return Some(Record {
                    line,
                    cells,
                    beyond,
                    unbalanced: true,
                });
            };
            if cells.len() < MAX_CELLS {
                cells.push(cell.replace("\r\n", "\n").replace('\r', "\n"));
            } else {
                beyond |= !cell.trim().is_empty();
            }
            match behind.strip_prefix(self.delimiter) {
                Some(next) => at = next,
                None => {
                    let (_, next) = physical_line(behind);
                    let read = self.rest.len() - behind.len();
                    self.line += 1 + breaks(self.rest.get(..read).unwrap_or_default());
                    self.rest = next.unwrap_or_default();
                    return Some(Record {
                        line,
                        cells,
                        beyond,
                        unbalanced: false,
                    });
                }
            }
        }
    }
}

/// Line breaks inside a text.
fn breaks(text: &str) -> u64 {
    let mut count = 0;
    let mut rest = physical_line(text).1;
    while let Some(behind) = rest {
        count += 1;
        rest = physical_line(behind).1;
    }
    count
}

/// The cell at the head of the text and what follows it (a separator, a line end, or nothing); `None` where its quotes
/// don't match.
fn cell(text: &str, delimiter: char) -> Option<(String, &str)> {
    let ends = |c: char| c == delimiter || c == '\n' || c == '\r';
    let blank = |c: char| (c == ' ' || c == '\t') && c != delimiter;
    let Some(quoted) = text.trim_start_matches(blank).strip_prefix('"') else {
        let end = text.find(ends).unwrap_or(text.len());
        let (cell, behind) = text.split_at(end);
        return Some((cell.to_owned(), behind));
    };
    let mut cell = String::new();
    let mut rest = quoted;
    loop {
        let (piece, behind) = rest.split_once('"')?;
        cell.push_str(piece);
        match behind.strip_prefix('"') {
            Some(next) => {
                cell.push('"');
                rest = next;
            }
            None => {
                let behind = behind.trim_start_matches(blank);
                return (behind.is_empty() || behind.starts_with(ends)).then_some((cell, behind));
            }
        }
    }
}
