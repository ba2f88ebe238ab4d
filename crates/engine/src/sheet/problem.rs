//! What can be wrong with a sheet or with one of its rows, in words that tell where to look and what to change.

use std::io;

use super::LONGEST_WORD;
use crate::error::io_words;
use crate::trouble::Told;
use crate::trouble::rows::sheets;
use crate::words::Lang;

/// Why nothing of a sheet can be used.
#[derive(Debug, thiserror::Error)]
pub enum SheetProblem {
    /// Nothing but white space.
    #[error("the sheet is empty")]
    Empty,
    /// A file of another kind, named.
    #[error("not a text sheet but {kind}")]
    NotText {
        /// What it is: `XLSX`, `PDF` and so on.
        kind: &'static str,
    },
    /// A workbook that is damaged, or locked with a password.
    #[error("a damaged workbook")]
    DamagedBook,
    /// A workbook that unpacks to more than is read.
    #[error("a workbook that is too large")]
    BookTooLarge,
    /// Bytes that are no text.
    #[error("not text")]
    Binary,
    /// Text in none of the encodings that are read.
    #[error("text in an unknown encoding")]
    UnknownEncoding,
    /// A folder, a device, a pipe.
    #[error("not a file")]
    NotAFile,
    /// The disk would not give it.
    #[error("the file could not be read: {0}")]
    Unreadable(#[source] io::Error),
    /// UTF-8 with a flaw, mostly cut in the middle of a character.
    #[error("UTF-8 that is broken")]
    BrokenText,
    /// More bytes than are read.
    #[error("{bytes} bytes are too many")]
    TooLarge {
        /// The size of the file.
        bytes: u64,
    },
    /// More columns than are read.
    #[error("more than {limit} columns")]
    TooManyColumns {
        /// The most that are read.
        limit: usize,
    },
    /// More rows than are read.
    #[error("more than {limit} rows")]
    TooManyRows {
        /// The most that are read.
        limit: usize,
    },
    /// No column is known to hold prompts.
    #[error("no prompt column among {found:?}")]
    NoPromptColumn {
        /// The cells of the first row, as written.
        found: Vec<String>,
    },
    /// Two columns claim to be the same thing.
    #[error("columns {first:?} and {second:?} mean the same")]
    ColumnTwice {
        /// The name of the one.
        first: String,
        /// The name of the other.
        second: String,
    },
    /// The row of names itself can't be read.
    #[error("unbalanced quotes in the first row, line {line}")]
    BrokenHeader {
        /// The line on which it begins.
        line: u64,
    },
}

impl SheetProblem {
    /// What is wrong and what to do, for a person.
    pub fn say(&self, lang: Lang) -> String {
        self.told().say(lang)
    }

    /// The row of the table of troubles with what fills it.
    pub fn told(&self) -> Told {
        match self {
            Self::Empty => Told::new(&sheets::EMPTY),
            Self::NotText { kind } => Told::new(&sheets::NOT_TEXT).with("kind", kind),
            Self::DamagedBook => Told::new(&sheets::DAMAGED_BOOK),
            Self::BookTooLarge => Told::new(&sheets::BOOK_TOO_LARGE),
            Self::Binary => Told::new(&sheets::BINARY),
            Self::UnknownEncoding => Told::new(&sheets::ENCODING),
            Self::TooLarge { bytes } => Told::new(&sheets::TOO_LARGE).with("size", bytes.div_ceil(1 << 20)),
            Self::TooManyRows { limit } => Told::new(&sheets::TOO_MANY_ROWS).with("limit", limit),
            Self::BrokenText => Told::new(&sheets::BROKEN_TEXT),
            Self::NotAFile => Told::new(&sheets::NOT_A_FILE),
            Self::Unreadable(error) => {
                let (en, zh) = (io_words(error, Lang::En), io_words(error, Lang::Zh));
                Told::new(&sheets::UNREADABLE).with_both("why", en, zh)
            }
            Self::TooManyColumns { limit } => Told::new(&sheets::TOO_MANY_COLUMNS).with("limit", limit),
            Self::NoPromptColumn { found } => {
                let (en, zh) = (list(found, Lang::En), list(found, Lang::Zh));
                Told::new(&sheets::NO_PROMPTS).with_both("found", en, zh)
            }
            Self::ColumnTwice { first, second } => {
                let told = Told::new(&sheets::COLUMN_TWICE).with("first", first);
                told.with("second", second)
            }
            Self::BrokenHeader { line } => Told::new(&sheets::HEADER).with("line", line),
        }
    }
}

/// What is wrong with one row; the row is left out.
#[derive(Clone, Debug, PartialEq)]
pub struct RowProblem {
    /// The line of the file on which the row begins, counted from 1.
    pub line: u64,
    /// The column, by its name as written; `None` where it is the row as a whole or the columns have no names.
    pub column: Option<String>,
    /// What is wrong there.
    pub fault: Fault,
}

/// What can be wrong with a row or a cell.
#[derive(Clone, Debug, PartialEq)]
pub enum Fault {
    /// A quote opens and does not close where a cell ends.
    UnbalancedQuotes,
    /// More cells than the first row has names, mostly for want of quotes around a text with commas.
    TooManyCells {
        /// Cells of this row.
        cells: usize,
        /// Columns of the sheet.
        columns: usize,
    },
    /// Other cells are filled, the prompt is not.
    NoPrompt,
    /// A value that fits none of the allowed.
    NotAllowed {
        /// The value, shortened.
        value: String,
        /// What is allowed, in English.
        allowed_en: &'static str,
        /// What is allowed, in Chinese.
        allowed_zh: &'static str,
    },
    /// A formula that failed in the spreadsheet.
    ErrorValue {
        /// The value, as the spreadsheet writes it.
        value: String,
    },
    /// Another row has this number already.
    NumberTwice {
        /// The number, shortened.
        number: String,
        /// The line of the other row.
        first_line: u64,
    },
    /// A number too long to be one.
    NumberTooLong,
    /// A last frame and no first one.
    LastFrameAlone,
    /// More images than any mode takes.
    TooManyImages {
        /// The most that are read.
        limit: usize,
    },
    /// A folder that is not below the batch's own.
    FolderOutside {
        /// The value, shortened.
        value: String,
    },
    /// More folders below each other than are made.
    FolderTooDeep {
        /// The most.
        limit: usize,
    },
    /// A name that some system keeps for itself, or of which nothing would be left.
    NameUnusable {
        /// The value, shortened.
        value: String,
    },
    /// A file name with folders in it.
    NameIsPath {
        /// The value, shortened.
        value: String,
    },
    /// A watermark too long to be one.
    WatermarkTooLong {
        /// The most characters.
        limit: usize,
    },
}

impl RowProblem {
    /// What is wrong, with the column where there is one, for a place that shows the line by itself.
    pub fn text(&self, lang: Lang) -> String {
        let place = self.column.as_ref().map(|column| match lang {
            Lang::En => format!("column “{column}”"),
            Lang::Zh => format!("“{column}”列"),
        });
        let said = self.told_at([place.clone().unwrap_or_default(), place.unwrap_or_default()]);
        let said = said.cause(lang);
        // Without a place it begins with the fault itself.
        said.strip_prefix(lang.pick(": ", "：")).unwrap_or(&said).to_owned()
    }

    /// One sentence that names the line, the column where there is one, and what is wrong.
    pub fn say(&self, lang: Lang) -> String {
        self.told().cause(lang)
    }

    /// The row of the table of troubles with what fills it.
    pub fn told(&self) -> Told {
        let line = self.line;
        self.told_at(match &self.column {
            Some(column) => [
                format!("Line {line}, column “{column}”"),
                format!("第 {line} 行“{column}”列"),
            ],
            None => [format!("Line {line}"), format!("第 {line} 行")],
        })
    }

    fn told_at(&self, [en, zh]: [String; 2]) -> Told {
        let told = |row| Told::new(row).with_both("place", en.clone(), zh.clone());
        match &self.fault {
            Fault::UnbalancedQuotes => told(&sheets::ROW_QUOTES),
            Fault::TooManyCells { cells, columns } => {
                told(&sheets::ROW_CELLS).with("cells", cells).with("columns", columns)
            }
            Fault::NoPrompt => told(&sheets::ROW_NO_PROMPT),
            Fault::NotAllowed {
                value,
                allowed_en,
                allowed_zh,
            } => told(&sheets::ROW_VALUE)
                .with("value", value)
                .with_both("allowed", *allowed_en, *allowed_zh),
            Fault::ErrorValue { value } => told(&sheets::ROW_ERROR).with("value", value),
            Fault::NumberTwice { number, first_line } => told(&sheets::ROW_NUMBER_TWICE)
                .with("number", number)
                .with("first", first_line),
            Fault::NumberTooLong => told(&sheets::ROW_NUMBER_LONG),
            Fault::LastFrameAlone => told(&sheets::ROW_LAST_FRAME),
            Fault::TooManyImages { limit } => told(&sheets::ROW_IMAGES).with("limit", limit),
            Fault::FolderOutside { value } => told(&sheets::ROW_FOLDER_OUTSIDE).with("value", value),
            Fault::FolderTooDeep { limit } => told(&sheets::ROW_FOLDER_DEEP).with("limit", limit),
            Fault::NameUnusable { value } => told(&sheets::ROW_NAME_UNUSABLE).with("value", value),
            Fault::NameIsPath { value } => told(&sheets::ROW_NAME_PATH).with("value", value),
            Fault::WatermarkTooLong { limit } => told(&sheets::ROW_WATERMARK_LONG).with("limit", limit),
        }
    }
}

/// The start of a value, short enough for a sentence.
pub(super) fn shortened(value: &str) -> String {
    let line = start_of_line(value);
    let mut start: String = line.chars().take(40).collect();
    if start.len() < line.len() {
        start.push('…');
    }
    start
}

/// The words of a value on one line, of a long one only the first; never more than a few hundred bytes.
pub(super) fn start_of_line(value: &str) -> String {
    let mut line = String::new();
    for word in value.split_whitespace() {
        if !line.is_empty() {
            line.push(' ');
        }
        let room = LONGEST_WORD.saturating_sub(line.len());
        if word.len() > room {
            line.push_str(word.get(..word.floor_char_boundary(room)).unwrap_or_default());
            line.push('…');
            break;
        }
        line.push_str(word);
    }
    line
}

/// The first few of a list, in quotes.
fn list(items: &[String], lang: Lang) -> String {
    let shown: Vec<String> = items
        .iter()
        .take(8)
        .map(|item| format!("“{}”", shortened(item)))
        .collect();
    let more = if items.len() > shown.len() {
        lang.pick(" …", "……")
    } else {
        ""
    };
    shown.join(lang.pick(", ", "、")) + more
}
