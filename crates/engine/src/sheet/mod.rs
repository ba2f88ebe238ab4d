//! A shot list from a spreadsheet: bytes in, rows and plain complaints out.
//!
//! People make these files in Excel, WPS, Numbers, Google Sheets and by hand, in English and in Chinese, and none of
//! them knows which encoding or separator came out. So both are found here, and values are read as they are commonly
//! written. What can't be understood is never guessed, because each row becomes a purchase: the row is left out and
//! named by its line, the rest goes on.
//!
//! No files are opened here (images are only named), nothing is added to the library, and numbers are not handed out:
//! a row without one keeps none.

pub(crate) mod anchored;
pub(crate) mod back;
mod book;
#[cfg(test)]
mod book_tests;
mod columns;
mod decode;
mod draft;
mod print;
mod problem;
mod rows;
mod split;
#[cfg(test)]
mod tests;
mod values;

pub use self::anchored::Embedded;
pub use self::draft::{Choice, Draft, DraftRow, Edit, HeadColumn};
pub use self::problem::{Fault, RowProblem, SheetProblem};

use std::path::Path;
use std::sync::Arc;

use self::print::Print;
use crate::files::given::{self, NotRead};
use crate::task::request::Parameters;
use crate::trouble::Trouble;
use crate::view::{ImageRef, TaskFields};
use crate::words::Lang;

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
    /// The sheet of the workbook that was read.
    pub name: Option<String>,
    /// The pictures inside the workbook.
    pub embedded: Embedded,
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
    /// Whether the service may translate the prompt, where it is said.
    pub enable_translation: Option<bool>,
    /// The folder below the batch's own that the clip goes to, parts joined by `/`, where one is named.
    pub folder: Option<String>,
    /// What the clip is called, without its ending, where it is said.
    pub file_name: Option<String>,
    /// Cells of columns that mean nothing here, each with its column's name, in the order of the sheet.
    pub kept: Vec<(String, String)>,
    /// What finds the row again in its file.
    pub(crate) print: Option<Print>,
}

impl Row {
    /// The request that this row makes; its pictures only named.
    pub(crate) fn fields(&self) -> TaskFields {
        let images = self.images.iter().map(|image| ImageRef::Link { url: image.clone() });
        TaskFields {
            prompt: self.prompt.clone(),
            images: images.collect(),
            model: self.model.map(|value| value.as_wire().to_owned()),
            aspect_ratio: self.aspect_ratio.map(|value| value.as_wire().to_owned()),
            resolution: self.resolution.map(|value| value.as_wire().to_owned()),
            duration: self.duration,
            mode: self.mode.map(|value| value.as_wire().to_owned()),
            seed: self.seed,
            watermark: self.watermark.clone(),
            enable_translation: self.enable_translation,
        }
    }

    /// Why the service would not take such a request, in English and in Chinese.
    pub(crate) fn refusal(&self) -> Option<[String; 2]> {
        match Parameters::check(&self.fields()) {
            Ok(_) => None,
            Err(Trouble::Request { en, zh, .. }) => Some([en, zh]),
            Err(other) => Some([other.line(Lang::En), other.line(Lang::Zh)]),
        }
    }
}

/// Reads the sheet in a file.
///
/// # Errors
/// As [`read`], and where the file is none that can be read.
pub fn open(path: &Path) -> Result<Sheet, SheetProblem> {
    read(&bytes_of(path)?)
}

/// What stands in a file, where it is one that can be read.
pub(crate) fn bytes_of(path: &Path) -> Result<Vec<u8>, SheetProblem> {
    given::read(path, MAX_BYTES as u64).map_err(|why| match why {
        NotRead::Missing => SheetProblem::Unreadable(std::io::ErrorKind::NotFound.into()),
        NotRead::NotAFile => SheetProblem::NotAFile,
        NotRead::TooLarge { bytes } => SheetProblem::TooLarge { bytes },
        NotRead::Unreadable(error) => SheetProblem::Unreadable(error),
    })
}

/// Reads a sheet: XLSX, CSV or TSV, or a list of prompts, one a line.
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
    if book::is_one(bytes) {
        return read_book(bytes);
    }
    let (text, encoding) = decode::decode(bytes)?;
    let opening = split::Opening::of(&text)?;
    let header = columns::Header::of(&opening)?;
    let records = opening.records(header.delimiter).skip(usize::from(header.named));
    let (rows, problems) = rows::read(records, &header)?;
    Ok(Sheet {
        rows,
        problems,
        unknown_columns: header.unknown,
        encoding,
        delimiter: header.delimiter,
        name: None,
        embedded: Embedded::default(),
    })
}

/// The first sheet of a workbook that names prompts; else the first in which something stands.
fn read_book(bytes: &[u8]) -> Result<Sheet, SheetProblem> {
    let (_, name, mut records) = book::read(bytes, None, columns::has_prompts)?;
    let pictures = anchored::name_in(bytes, &name, &mut records);
    let head = columns::head(&records);
    let first = records.get(head).ok_or(SheetProblem::Empty)?;
    let mut header = columns::Header::strictly('\t', first)?;
    header.take_pictures(&records);
    let below = records.iter().skip(head + usize::from(header.named)).cloned();
    let (rows, problems) = rows::read(below, &header)?;
    Ok(Sheet {
        rows,
        problems,
        unknown_columns: header.unknown,
        encoding: "XLSX",
        delimiter: '\t',
        name: Some(name),
        embedded: Embedded::of(pictures, || Arc::new(bytes.to_vec())),
    })
}
