//! A shot list from a spreadsheet: bytes in, rows and plain complaints out.
//!
//! People make these files in Excel, WPS, Numbers, Google Sheets and by hand, in English and in Chinese, and none of
//! them knows which encoding or separator came out. So both are found here, and values are read as they are commonly
//! written. What can't be understood is never guessed, because each row becomes a purchase: the row is left out and
//! named by its line, the rest goes on.
//!
//! No files are opened here (images are only named), nothing is added to the library, and numbers are not handed out:
//! a row without one keeps none.

mod columns;
mod decode;
mod problem;
mod rows;
mod split;
#[cfg(test)]
mod tests;
mod values;

pub use self::problem::{Fault, RowProblem, SheetProblem};

use std::path::Path;

use crate::files::given::{self, NotRead};

/// The largest sheet that is read, in bytes.
const MAX_BYTES: usize = 64 << 20;

/// The most rows that one sheet may have.
const MAX_ROWS: usize = 100_000;

/// The most rows, blank ones too, that are looked at: a spreadsheet has a million and some, and may write all of them.
const MAX_LINES: usize = 1_100_000;

/// A value longer than this, in bytes, is none that is known and no name of a column; it is not looked into further.
const LONGEST_WORD: usize = 400;

/// What was read from a sheet.
#[derive(Clone, Debug, PartialEq)]
pub struct Sheet {
    /// The rows without fault, in the order of the file.
    pub rows: Vec<Row>,
    /// What is wrong with the others, in the order of the file; one row may have several.
    pub problems: Vec<RowProblem>,
    /// Columns that mean nothing here, as their headers are written.
    pub unknown_columns: Vec<String>,
    /// The encoding that was found, by its usual name.
    pub encoding: &'static str,
    /// The separator that was found. A sheet with one column is read as if tabs separated it, so that commas in
    /// prompts stay text.
    pub delimiter: char,
}

/// One shot.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Row {
    /// The line of the file on which the row begins, counted from 1.
    pub line: u64,
    /// The number as written, spaces around it dropped and a spreadsheet's `.0` too.
    pub number: Option<String>,
    /// What the video shall show; never empty. Line breaks inside are kept, as `\n`.
    pub prompt: String,
    /// Paths or links of seed images, as written; a first frame before a last one.
    pub images: Vec<String>,
    /// The model, where one is named.
    pub model: Option<kie::Model>,
    /// The aspect ratio, where one is named.
    pub aspect_ratio: Option<kie::AspectRatio>,
    /// The resolution, where one is named.
    pub resolution: Option<kie::Resolution>,
    /// The length in seconds (4, 6 or 8), where one is named.
    pub duration: Option<u8>,
    /// The seed (10000 to 99999), where one is named.
    pub seed: Option<u32>,
    /// The text of the watermark, where there is one.
    pub watermark: Option<String>,
    /// What the images are for, where it is said.
    pub mode: Option<kie::GenerationType>,
}

/// Reads the sheet in a file.
///
/// # Errors
/// As [`read`], and where the file is none that can be read.
pub fn open(path: &Path) -> Result<Sheet, SheetProblem> {
    let bytes = given::read(path, MAX_BYTES as u64).map_err(|why| match why {
        NotRead::Missing => SheetProblem::Unreadable(std::io::ErrorKind::NotFound.into()),
        NotRead::NotAFile => SheetProblem::NotAFile,
        NotRead::TooLarge { bytes } => SheetProblem::TooLarge { bytes },
        NotRead::Unreadable(error) => SheetProblem::Unreadable(error),
    })?;
    read(&bytes)
}

/// Reads a sheet: CSV or TSV, or a list of prompts, one a line.
///
/// # Errors
/// When nothing of it can be used: empty, not text, too large, or without a column for prompts. What is wrong with
/// single rows is in [`Sheet::problems`].
pub fn read(bytes: &[u8]) -> Result<Sheet, SheetProblem> {
    if bytes.len() > MAX_BYTES {
        return Err(SheetProblem::TooLarge {
            bytes: bytes.len() as u64,
        });
    }
    let (text, encoding) = decode::decode(bytes)?;
    let opening = split::Opening::of(&text)?;
    let header = columns::Header::of(&opening)?;
    let (rows, problems) = rows::read(&opening, &header)?;
    Ok(Sheet {
        rows,
        problems,
        unknown_columns: header.unknown,
        encoding,
        delimiter: header.delimiter,
    })
}
