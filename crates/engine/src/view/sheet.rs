//! A sheet before it becomes tasks, as the import's grid sees it: pages of rows, never the file.

use serde::{Deserialize, Serialize};

/// A sheet that is being looked at.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
#[cfg_attr(test, derive(ts_rs::TS), ts(export))]
pub struct SheetView {
    /// Which one; another is another number.
    pub id: u32,
    /// Grows with every change.
    #[cfg_attr(test, ts(type = "number"))]
    pub revision: u64,
    /// The file's name; empty for rows that were pasted.
    pub name: String,
    /// The sheets of the workbook; none where it is a text.
    pub sheets: Vec<String>,
    /// The one that is shown.
    pub sheet: Option<String>,
    /// The encoding of a text, by its usual name.
    pub encoding: String,
    /// What separates the cells of a text.
    pub delimiter: Option<String>,
    /// The columns.
    pub columns: Vec<SheetColumn>,
    /// Rows in all.
    pub rows: u32,
    /// Rows that can become tasks.
    pub good: u32,
    /// Rows that cannot.
    pub bad: u32,
    /// Whether a column holds prompts.
    pub has_prompts: bool,
}

/// A column of it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
#[cfg_attr(test, derive(ts_rs::TS), ts(export))]
pub struct SheetColumn {
    /// Its name; empty where it has none.
    pub name: String,
    /// What it holds; `null`: nothing that the app knows, so it is kept with the task.
    pub holds: Option<String>,
    /// Nobody has said so yet.
    pub guessed: bool,
}

/// A row of it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
#[cfg_attr(test, derive(ts_rs::TS), ts(export))]
pub struct SheetRow {
    /// Its place, from 0.
    pub at: u32,
    /// Its line in the sheet, from 1.
    #[cfg_attr(test, ts(type = "number"))]
    pub line: u64,
    /// Its cells, one for each column.
    pub cells: Vec<String>,
    /// What is wrong with it.
    pub faults: Vec<SheetFault>,
}

/// What is wrong with a row or a cell.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
#[cfg_attr(test, derive(ts_rs::TS), ts(export))]
pub struct SheetFault {
    /// The column; `null`: the row as a whole.
    pub column: Option<u32>,
    /// What and why.
    pub text: String,
}

/// A cell and its text.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
#[cfg_attr(test, derive(ts_rs::TS), ts(export))]
pub struct SheetEdit {
    /// The row's place.
    pub row: u32,
    /// The column's place.
    pub column: u32,
    /// The text.
    pub text: String,
}

/// What a change left, and what puts it back.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
#[cfg_attr(test, derive(ts_rs::TS), ts(export))]
pub struct SheetEdited {
    /// The sheet now.
    pub sheet: SheetView,
    /// What stood in the cells before.
    pub before: Vec<SheetEdit>,
}

/// What taking a sheet would do.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
#[cfg_attr(test, derive(ts_rs::TS), ts(export))]
pub struct SheetAhead {
    /// The sheet now, with rows marked whose pictures cannot be used.
    pub sheet: SheetView,
    /// The name of the batch that the rows go into.
    pub batch: String,
    /// New tasks.
    pub added: u32,
    /// Tasks not bought yet that would change.
    pub updated: u32,
    /// Tasks that are there, and the same.
    pub unchanged: u32,
    /// Tasks that are bought or being bought, and would be left alone though their rows differ.
    pub bought: u32,
}

/// A sheet that tasks came from.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
#[cfg_attr(test, derive(ts_rs::TS), ts(export))]
pub struct SourceSheet {
    /// What to ask for it by.
    pub source: String,
    /// The file's name.
    pub name: String,
    /// The sheet of a workbook.
    pub sheet: Option<String>,
    /// Whether the file is where it was.
    pub there: bool,
    /// Rows that became tasks of this batch.
    #[cfg_attr(test, ts(type = "number"))]
    pub rows: u64,
}

/// Results that were written into a copy of a sheet.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
#[cfg_attr(test, derive(ts_rs::TS), ts(export))]
pub struct ResultsWritten {
    /// The name of the copy.
    pub file: String,
    /// Rows that have results now.
    #[cfg_attr(test, ts(type = "number"))]
    pub rows: u64,
    /// The numbers of tasks whose rows are not there any more, or cannot be told from others.
    pub left: Vec<String>,
    /// The sheet is gone: a table of what was kept of its rows was written.
    pub from_kept: bool,
    /// The sheet's own encoding lacks characters that were added: the copy is in UTF-8.
    pub recoded: bool,
}
