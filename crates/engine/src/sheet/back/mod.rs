//! Results beside the rows of a copy of their sheet: the file is taken as it is now, each task's row is found in it, and
//! a few columns are added behind the last one. What else stands in the file is not touched.
//!
//! Bytes in, bytes out: which file it becomes, and that it is never the source itself, is the engine's business.

pub(super) mod book;
pub(super) mod page;
mod places;
mod text;

use super::problem::SheetProblem;
use super::split::Record;
use crate::export::cells::Cell;
use crate::words::Lang;

pub(crate) use super::print::Print;

/// What is told of each task, one column each; their heads name the app, so that they are known again.
pub(crate) const HEADS: [[&str; 2]; 7] = [
    ["Shotboard: state", "Shotboard 状态"],
    ["Shotboard: file", "Shotboard 文件"],
    ["Shotboard: credits", "Shotboard 积分"],
    ["Shotboard: finished", "Shotboard 完成时间"],
    ["Shotboard: task ID", "Shotboard 任务 ID"],
    ["Shotboard: problem", "Shotboard 问题"],
    ["Shotboard: rating", "Shotboard 评分"],
];

/// How wide these columns are made, in characters.
const WIDTHS: [u32; 7] = [14, 44, 10, 18, 36, 40, 10];

/// A task, and what is told of it.
#[derive(Debug)]
pub(crate) struct Outcome {
    /// The number a person knows it by.
    pub(crate) number: String,
    /// The line of its row when it was read.
    pub(crate) line: Option<u64>,
    /// Its row as it stood then.
    pub(crate) print: Print,
    /// A cell for each of [`HEADS`].
    pub(crate) cells: Vec<Cell>,
}

/// The copy.
#[derive(Debug)]
pub(crate) struct Copy {
    /// Its content.
    pub(crate) bytes: Vec<u8>,
    /// Rows that have results now.
    pub(crate) rows: usize,
    /// The numbers of tasks whose rows are not there any more, or cannot be told from others.
    pub(crate) left: Vec<String>,
    /// The source's own encoding has not all the characters that were added: the copy is in UTF-8.
    pub(crate) recoded: bool,
}

/// A copy of a sheet with results; `sheet`: which one of a workbook.
///
/// # Errors
/// Where the source cannot be read, or is damaged.
pub(crate) fn beside(bytes: &[u8], sheet: Option<&str>, tasks: &[Outcome], lang: Lang) -> Result<Copy, SheetProblem> {
    if super::book::is_one(bytes) {
        book::beside(bytes, sheet, tasks, lang)
    } else {
        text::beside(bytes, tasks, lang)
    }
}

pub(crate) fn heads(lang: Lang) -> Vec<Cell> {
    HEADS.iter().map(|[en, zh]| Cell::text(lang.pick(en, zh))).collect()
}

/// Where the columns of an earlier copy begin, in either language: they are written anew, not once more.
fn earlier(head: &Record) -> Option<usize> {
    head.cells.windows(HEADS.len()).position(|cells| {
        let mut pairs = cells.iter().zip(HEADS);
        pairs.all(|(cell, heads)| heads.contains(&cell.trim()))
    })
}

/// The numbers of those that have no place.
fn left(tasks: &[Outcome], places: &[Option<usize>]) -> Vec<String> {
    let left = tasks.iter().zip(places).filter(|(_, place)| place.is_none());
    left.map(|(task, _)| task.number.clone()).collect()
}

fn count(places: &[Option<usize>]) -> usize {
    places.iter().flatten().count()
}
