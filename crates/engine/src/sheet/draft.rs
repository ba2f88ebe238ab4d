//! A sheet that is being looked at before it becomes tasks: its columns may be given another meaning, its cells another
//! text, and what is wrong with a row is known at any time. Nothing here is in the library yet.

use std::collections::{BTreeMap, HashMap};
use std::path::{Path, PathBuf};
use std::sync::Arc;

use super::anchored::{self, Embedded};
use super::columns::{self, Column, Header};
use super::print::Print;
use super::problem::{RowProblem, SheetProblem, start_of_line};
use super::rows::row;
use super::split::{Opening, Record};
use super::{MAX_LINES, MAX_ROWS, Row, book, bytes_of, decode};
use crate::words::Lang;

/// Columns that are shown and can be given a meaning; what stands behind them goes along with the task unseen.
const SHOWN: usize = 120;

/// The longest text that a cell takes by hand, in bytes.
const LONGEST_CELL: usize = 100_000;

/// What a person may say about a file where the guess is wrong; `None`: found by itself.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Choice {
    /// The sheet of a workbook.
    pub sheet: Option<String>,
    /// The encoding of a text.
    pub encoding: Option<String>,
    /// What separates the cells of a text.
    pub delimiter: Option<char>,
}

/// One column, as its menu shows it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct HeadColumn {
    /// Its name in the sheet; empty where it has none.
    pub name: String,
    /// What it holds, by key; `None`: nothing that the app knows, so it is kept with the task.
    pub holds: Option<&'static str>,
    /// Nobody has said so yet.
    pub guessed: bool,
}

/// One row, as the grid shows it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct DraftRow {
    /// Its place among the rows of the draft, from 0.
    pub at: usize,
    /// Its line in the sheet, from 1.
    pub line: u64,
    /// As many cells as there are columns shown.
    pub cells: Vec<String>,
    /// What is wrong, with the column where there is one.
    pub faults: Vec<(Option<usize>, String)>,
}

/// A new text for one cell.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Edit {
    /// The row's place.
    pub row: usize,
    /// The column's place.
    pub column: usize,
    /// The text.
    pub text: String,
}

/// What is wrong with a row: the column, and the words in both languages.
type Wrong = (Option<usize>, [String; 2]);

/// A sheet before it is taken.
#[derive(Debug)]
pub struct Draft {
    source: Option<PathBuf>,
    bytes: Arc<Vec<u8>>,
    embedded: Embedded,
    names: Vec<String>,
    sheet: Option<String>,
    encoding: &'static str,
    delimiter: Option<char>,
    heads: Vec<String>,
    holds: Vec<Option<Column>>,
    touched: Vec<bool>,
    named: bool,
    rows: Vec<Record>,
    wrong: BTreeMap<usize, Vec<Wrong>>,
    /// Rows as the file has them, where something was changed by hand.
    written: BTreeMap<usize, Record>,
    /// What was found out about pictures, by row; forgotten where the row is changed.
    pictures: BTreeMap<usize, [String; 2]>,
    filled: usize,
    revision: u64,
}

impl Draft {
    /// Opens the sheet in a file.
    ///
    /// # Errors
    /// Where it is no sheet at all. A sheet without a column for prompts is one: a person may name it.
    pub fn open(path: &Path) -> Result<Self, SheetProblem> {
        Self::of(Some(path.to_owned()), bytes_of(path)?)
    }

    /// Takes a block of cells from the clipboard.
    ///
    /// # Errors
    /// As for [`Self::open`].
    pub fn pasted(text: String) -> Result<Self, SheetProblem> {
        if text.len() > super::MAX_BYTES {
            return Err(SheetProblem::TooLarge {
                bytes: text.len() as u64,
            });
        }
        Self::of(None, text.into_bytes())
    }

    fn of(source: Option<PathBuf>, bytes: Vec<u8>) -> Result<Self, SheetProblem> {
        let mut draft = Self {
            source,
            bytes: Arc::new(bytes),
            embedded: Embedded::default(),
            names: Vec::new(),
            sheet: None,
            encoding: "",
            delimiter: None,
            heads: Vec::new(),
            holds: Vec::new(),
            touched: Vec::new(),
            named: true,
            rows: Vec::new(),
            wrong: BTreeMap::new(),
            written: BTreeMap::new(),
            pictures: BTreeMap::new(),
            filled: 0,
            revision: 0,
        };
        draft.choose(&Choice::default())?;
        Ok(draft)
    }

    /// Reads the file anew, as a person says; what was changed by hand is gone.
    ///
    /// # Errors
    /// Where nothing can be read this way; the draft is then as it was.
    pub fn choose(&mut self, choice: &Choice) -> Result<(), SheetProblem> {
        let (first, mut below);
        if book::is_one(&self.bytes) {
            let (names, sheet, mut rows) = book::read(&self.bytes, choice.sheet.as_deref(), columns::has_prompts)?;
            let pictures = anchored::name_in(&self.bytes, &sheet, &mut rows);
            self.embedded = Embedded::of(pictures, || Arc::clone(&self.bytes));
            let head = columns::head(&rows);
            below = rows.split_off(rows.len().min(head + 1));
            first = rows.pop().ok_or(SheetProblem::Empty)?;
            (self.names, self.sheet, self.encoding, self.delimiter) = (names, Some(sheet), "XLSX", None);
        } else {
            let (text, encoding) = match &choice.encoding {
                Some(label) => decode::decode_as(&self.bytes, label)?,
                None => decode::decode(&self.bytes)?,
            };
            let mut opening = Opening::of(&text)?;
            opening.declared = choice.delimiter.or(opening.declared);
            let (delimiter, found) = columns::divide(&opening);
            if found.unbalanced {
                return Err(SheetProblem::BrokenHeader { line: found.line });
            }
            below = gathered(opening.records(delimiter).skip(1))?;
            first = found;
            (self.encoding, self.delimiter) = (encoding, Some(delimiter));
        }
        let (mut holds, mut named) = columns::guess(&first);
        if self.source.is_none()
            && let Some(guessed) = columns::without_names(&first, &holds)
        {
            (holds, named) = (guessed, false);
        }
        let mut heads: Vec<String> = first.cells.iter().map(|cell| start_of_line(cell)).collect();
        if !named {
            heads.iter_mut().for_each(String::clear);
            below.insert(0, first);
        }
        if self.sheet.is_some() || !named {
            // In a workbook a note far to the right is no mistake of quoting.
            let widest = below
                .iter()
                .map(|row| row.cells.len())
                .max()
                .unwrap_or(0)
                .max(heads.len());
            heads.resize(widest, String::new());
        }
        holds.resize(heads.len(), None);
        for at in columns::with_pictures(&below) {
            if let Some(slot @ None) = holds.get_mut(at) {
                *slot = Some(Column::Images);
            }
        }
        self.touched = vec![false; heads.len()];
        (self.heads, self.holds, self.named, self.rows) = (heads, holds, named, below);
        self.pictures.clear();
        self.written.clear();
        self.judge();
        Ok(())
    }

    /// Grows with every change.
    pub fn revision(&self) -> u64 {
        self.revision
    }

    /// Where the sheet lies; `None`: it was pasted.
    pub fn source(&self) -> Option<&Path> {
        self.source.as_deref()
    }

    /// The sheets of the workbook; none where it is a text.
    pub fn sheets(&self) -> &[String] {
        &self.names
    }

    /// The sheet of the workbook that is shown.
    pub fn sheet(&self) -> Option<&str> {
        self.sheet.as_deref()
    }

    /// The encoding, and what separates the cells.
    pub fn found(&self) -> (&'static str, Option<char>) {
        (self.encoding, self.delimiter)
    }

    /// The pictures inside the workbook.
    pub fn embedded(&self) -> &Embedded {
        &self.embedded
    }

    /// The columns that are shown.
    pub fn columns(&self) -> Vec<HeadColumn> {
        let columns = self.heads.iter().zip(&self.holds).zip(&self.touched).take(SHOWN);
        columns
            .map(|((name, holds), touched)| HeadColumn {
                name: name.clone(),
                holds: holds.map(Column::key),
                guessed: holds.is_some() && !touched,
            })
            .collect()
    }

    /// Says what a column holds, by key; any other word: nothing that the app knows. What was that before, is no more;
    /// only of pictures there may be several.
    pub fn map(&mut self, column: usize, key: &str) {
        let wanted = Column::by_key(key);
        for (at, (holds, touched)) in self.holds.iter_mut().zip(&mut self.touched).enumerate() {
            if at == column {
                (*holds, *touched) = (wanted, true);
            } else if wanted.is_some() && *holds == wanted && wanted != Some(Column::Images) {
                (*holds, *touched) = (None, true);
            }
        }
        self.pictures.clear();
        self.judge();
    }

    /// Whether a column holds prompts: without one nothing can become a task.
    pub fn has_prompts(&self) -> bool {
        self.holds.contains(&Some(Column::Prompt))
    }

    /// Rows in all, those that can become tasks, and those that cannot.
    pub fn counts(&self) -> (usize, usize, usize) {
        let bad = self.bad().count();
        (self.rows.len(), self.filled.saturating_sub(bad), bad)
    }

    fn bad(&self) -> impl Iterator<Item = usize> {
        let more = self.pictures.keys().filter(|at| !self.wrong.contains_key(at));
        let mut all: Vec<usize> = self.wrong.keys().chain(more).copied().collect();
        all.sort_unstable();
        all.into_iter()
    }

    /// A page of rows; of the bad ones alone where that is wanted.
    pub fn page(&self, from: usize, count: usize, only_bad: bool, lang: Lang) -> Vec<DraftRow> {
        let places: Vec<usize> = if only_bad {
            self.bad().skip(from).take(count).collect()
        } else {
            (from..self.rows.len().min(from.saturating_add(count))).collect()
        };
        places.into_iter().filter_map(|at| self.shown(at, lang)).collect()
    }

    fn shown(&self, at: usize, lang: Lang) -> Option<DraftRow> {
        let record = self.rows.get(at)?;
        let mut cells: Vec<String> = record.cells.iter().take(SHOWN.min(self.heads.len())).cloned().collect();
        cells.resize(SHOWN.min(self.heads.len()), String::new());
        let said = |[en, zh]: &[String; 2]| lang.pick(en.as_str(), zh.as_str()).to_owned();
        let mut faults: Vec<(Option<usize>, String)> = self.wrong.get(&at).map_or_else(Vec::new, |wrong| {
            wrong.iter().map(|(column, words)| (*column, said(words))).collect()
        });
        if let Some(words) = self.pictures.get(&at) {
            let column = self.holds.iter().position(|holds| *holds == Some(Column::Images));
            faults.push((column, said(words)));
        }
        Some(DraftRow {
            at,
            line: record.line,
            cells,
            faults,
        })
    }

    /// Changes cells, all of them or none, and gives back what stood there, in the same order.
    pub fn edit(&mut self, edits: Vec<Edit>) -> Option<Vec<Edit>> {
        let width = self.heads.len().min(SHOWN);
        let fits = |edit: &Edit| edit.row < self.rows.len() && edit.column < width && edit.text.len() <= LONGEST_CELL;
        if !edits.iter().all(fits) {
            return None;
        }
        let mut before = Vec::with_capacity(edits.len());
        for edit in edits {
            let record = self.rows.get_mut(edit.row)?;
            self.written.entry(edit.row).or_insert_with(|| record.clone());
            if record.cells.len() <= edit.column {
                record.cells.resize(edit.column + 1, String::new());
            }
            let cell = record.cells.get_mut(edit.column)?;
            let text = edit.text.replace("\r\n", "\n").replace('\r', "\n").replace('\0', "");
            self.pictures.remove(&edit.row);
            before.push(Edit {
                text: std::mem::replace(cell, text),
                ..edit
            });
        }
        self.judge();
        // In the order in which they can be undone: a cell that was changed twice gets its first text last.
        before.reverse();
        Some(before)
    }

    /// The rows that can become tasks.
    pub fn good(&self) -> Vec<Row> {
        let header = self.header();
        let mut numbers = HashMap::new();
        let good = self.rows.iter().enumerate();
        let good = good.filter(|(at, record)| !record.is_blank() && !self.wrong.contains_key(at));
        good.filter_map(|(at, record)| {
            let mut row = row(record, &header, &mut numbers).ok()?;
            if let Some(written) = self.written.get(&at) {
                row.print = Some(Print::of(written, &header));
            }
            Some(row)
        })
        .collect()
    }

    /// The columns that mean nothing to the app, by name.
    pub fn kept_columns(&self) -> Vec<String> {
        self.header().kept.into_iter().flatten().collect()
    }

    /// Says what is wrong with the pictures of rows, by line.
    pub fn note_pictures(&mut self, problems: &[(u64, [String; 2])]) {
        for (line, words) in problems {
            if let Ok(at) = self.rows.binary_search_by_key(line, |row| row.line) {
                self.pictures.insert(at, words.clone());
            }
        }
    }

    /// The columns under their real names.
    fn header(&self) -> Header {
        let named = self.holds.iter().zip(&self.heads);
        let columns = named
            .clone()
            .map(|(holds, name)| holds.map(|holds| (holds, name.clone())));
        let kept = named.map(|(holds, name)| (holds.is_none() && !name.is_empty()).then(|| name.clone()));
        Header {
            delimiter: '\t',
            columns: columns.collect(),
            unknown: Vec::new(),
            kept: kept.collect(),
            named: self.named,
        }
    }

    fn judge(&mut self) {
        // Under their places instead of their names, so that a fault is marked where it is, whatever names say.
        let mut header = self.header();
        for (at, column) in header.columns.iter_mut().enumerate() {
            if let Some((_, name)) = column {
                *name = at.to_string();
            }
        }
        header.kept.clear();
        let (mut wrong, mut filled) = (BTreeMap::new(), 0);
        let mut numbers = HashMap::new();
        for (at, record) in self.rows.iter().enumerate() {
            if record.is_blank() {
                continue;
            }
            filled += 1;
            let line = record.line;
            let faults: Vec<Wrong> = match row(record, &header, &mut numbers) {
                Ok(row) => row.refusal().map(|words| (None, words)).into_iter().collect(),
                Err(faults) => faults
                    .into_iter()
                    .map(|(column, fault)| {
                        let problem = RowProblem {
                            line,
                            column: None,
                            fault,
                        };
                        let column = column.and_then(|column| column.parse().ok());
                        (column, [problem.text(Lang::En), problem.text(Lang::Zh)])
                    })
                    .collect(),
            };
            if !faults.is_empty() {
                wrong.insert(at, faults);
            }
        }
        (self.wrong, self.filled) = (wrong, filled);
        self.revision += 1;
    }
}

/// The rows of a text in which something stands, within what the memory should hold.
fn gathered(records: impl Iterator<Item = Record>) -> Result<Vec<Record>, SheetProblem> {
    let mut rows = Vec::new();
    let mut cells = 0;
    for (index, mut record) in records.enumerate() {
        if index >= MAX_LINES || rows.len() >= MAX_ROWS && !record.is_blank() {
            return Err(SheetProblem::TooManyRows { limit: MAX_ROWS });
        }
        if record.is_blank() {
            continue;
        }
        let filled = record
            .cells
            .iter()
            .rposition(|cell| !cell.is_empty())
            .map_or(0, |last| last + 1);
        record.cells.truncate(filled);
        cells += filled;
        if cells > book::MAX_FILLED {
            return Err(SheetProblem::TooManyRows { limit: MAX_ROWS });
        }
        rows.push(record);
    }
    Ok(rows)
}
