//! What can be wrong with a sheet or with one of its rows, in words that tell where to look and what to change.

use crate::words::Lang;

/// Why nothing of a sheet can be used.
#[derive(Clone, Debug, PartialEq, thiserror::Error)]
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
    /// Bytes that are no text.
    #[error("not text")]
    Binary,
    /// Text in none of the encodings that are read.
    #[error("text in an unknown encoding")]
    UnknownEncoding,
    /// More bytes than are read.
    #[error("{bytes} bytes are too many")]
    TooLarge {
        /// The size of the file.
        bytes: usize,
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
        let en = lang == Lang::En;
        match self {
            Self::Empty => lang.pick("The sheet is empty.", "表格是空的。").to_owned(),
            Self::NotText { kind } if en => {
                format!(
                    "The format of this file is {kind}. In your spreadsheet, save it as CSV (UTF-8) and choose that file."
                )
            }
            Self::NotText { kind } => {
                format!("这个文件是 {kind} 格式。请在表格软件中另存为 CSV（UTF-8）格式，再导入该文件。")
            }
            Self::Binary => lang
                .pick(
                    "This file is not text. In your spreadsheet, save it as CSV (UTF-8) and choose that file.",
                    "这个文件不是文本。请在表格软件中另存为 CSV（UTF-8）格式，再导入该文件。",
                )
                .to_owned(),
            Self::UnknownEncoding => lang
                .pick(
                    "The text of this file can't be read. Save it as CSV with the encoding UTF-8.",
                    "无法识别这个文件的文字编码。请另存为 UTF-8 编码的 CSV 文件。",
                )
                .to_owned(),
            Self::TooLarge { bytes } => {
                let mebibytes = bytes >> 20;
                if en {
                    format!("The sheet has {mebibytes} MB; at most 64 MB can be read. Split it into several files.")
                } else {
                    format!("表格大小为 {mebibytes} MB，最多支持 64 MB。请拆分成几个文件。")
                }
            }
            Self::TooManyRows { limit } if en => {
                format!("The sheet has more than {limit} rows. Split it into several files.")
            }
            Self::TooManyRows { limit } => format!("表格超过 {limit} 行。请拆分成几个文件。"),
            Self::NoPromptColumn { found } => {
                let found = list(found, lang);
                if en {
                    format!("No column for the prompts was found. Name one “prompt” in the first row. Found: {found}.")
                } else {
                    format!("没有找到提示词列。请在第一行把该列命名为“提示词”。当前第一行是：{found}。")
                }
            }
            Self::ColumnTwice { first, second } if en => {
                format!("The columns “{first}” and “{second}” mean the same. Rename or delete one of them.")
            }
            Self::ColumnTwice { first, second } => {
                format!("“{first}”和“{second}”两列含义相同。请重命名或删除其中一列。")
            }
            Self::BrokenHeader { line } if en => {
                format!("Line {line}: the quotes in the row of column names don't match.")
            }
            Self::BrokenHeader { line } => format!("第 {line} 行：表头中的双引号不成对。"),
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
}

impl RowProblem {
    /// What is wrong, with the column where there is one, for a place that shows the line by itself.
    pub fn text(&self, lang: Lang) -> String {
        let fault = self.fault.say(lang);
        match &self.column {
            Some(column) if lang == Lang::En => format!("column “{column}”: {fault}"),
            Some(column) => format!("“{column}”列：{fault}"),
            None => fault,
        }
    }

    /// One sentence that names the line, the column where there is one, and what is wrong.
    pub fn say(&self, lang: Lang) -> String {
        let fault = self.fault.say(lang);
        let column = self.column.as_deref();
        match (lang, column) {
            (Lang::En, Some(column)) => format!("Line {}, column “{column}”: {fault}", self.line),
            (Lang::En, None) => format!("Line {}: {fault}", self.line),
            (Lang::Zh, Some(column)) => format!("第 {} 行“{column}”列：{fault}", self.line),
            (Lang::Zh, None) => format!("第 {} 行：{fault}", self.line),
        }
    }
}

impl Fault {
    fn say(&self, lang: Lang) -> String {
        let en = lang == Lang::En;
        match self {
            Self::UnbalancedQuotes => lang
                .pick(
                    "the quotes don't match. Write a quote inside quoted text twice (\"\").",
                    "双引号不成对。如果内容里有双引号，请写成两个双引号（\"\"）。",
                )
                .to_owned(),
            Self::TooManyCells { cells, columns } if en => format!(
                "{cells} cells, but there are only {columns} columns. Put quotes around text that contains the separator."
            ),
            Self::TooManyCells { cells, columns } => {
                format!("这一行有 {cells} 个单元格，而表头只有 {columns} 列。内容里含有分隔符时，请用双引号括起来。")
            }
            Self::NoPrompt => lang.pick("the prompt is missing.", "缺少提示词。").to_owned(),
            Self::NotAllowed { value, allowed_en, .. } if en => format!("“{value}” is not possible; use {allowed_en}."),
            Self::NotAllowed { value, allowed_zh, .. } => format!("不支持“{value}”，可以填{allowed_zh}。"),
            Self::NumberTwice { number, first_line } if en => {
                format!("number “{number}” is already used on line {first_line}.")
            }
            Self::NumberTwice { number, first_line } => format!("编号“{number}”与第 {first_line} 行重复。"),
            Self::NumberTooLong => lang
                .pick("the number is longer than 60 characters.", "编号超过 60 个字符。")
                .to_owned(),
            Self::LastFrameAlone => lang
                .pick("there is a last frame but no first frame.", "只有尾帧，没有首帧。")
                .to_owned(),
        }
    }
}

/// The start of a value, short enough for a sentence.
pub(super) fn shortened(value: &str) -> String {
    let line = value.split_whitespace().collect::<Vec<_>>().join(" ");
    let mut start: String = line.chars().take(40).collect();
    if start.len() < line.len() {
        start.push('…');
    }
    start
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
