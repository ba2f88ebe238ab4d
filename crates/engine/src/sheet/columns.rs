//! Which column is which, told by the first row; and by it, what separates the cells.

use std::collections::BTreeSet;

use unicode_normalization::UnicodeNormalization;

use super::LONGEST_WORD;
use super::anchored;
use super::book::HEAD_ROWS;
use super::problem::{SheetProblem, start_of_line};
use super::split::{MAX_CELLS, Opening, Record};

/// Columns without a meaning that are told by name.
const MAX_UNKNOWN: usize = 200;

/// What a column holds.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Column {
    Number,
    Prompt,
    Images,
    LastFrame,
    Model,
    AspectRatio,
    Resolution,
    Duration,
    Seed,
    Watermark,
    Mode,
    Translation,
    Folder,
    FileName,
}

impl Column {
    /// By the name that the page uses; `None` for a column that is only kept.
    pub(super) fn by_key(key: &str) -> Option<Self> {
        KEYS.iter().find(|(_, known)| *known == key).map(|&(column, _)| column)
    }

    pub(super) fn key(self) -> &'static str {
        KEYS.iter()
            .find(|(known, _)| *known == self)
            .map_or("", |&(_, key)| key)
    }
}

/// What the page calls each.
const KEYS: [(Column, &str); 14] = [
    (Column::Number, "number"),
    (Column::Prompt, "prompt"),
    (Column::Images, "images"),
    (Column::LastFrame, "lastFrame"),
    (Column::Model, "model"),
    (Column::Mode, "mode"),
    (Column::AspectRatio, "aspectRatio"),
    (Column::Resolution, "resolution"),
    (Column::Duration, "duration"),
    (Column::Seed, "seed"),
    (Column::Watermark, "watermark"),
    (Column::Translation, "translation"),
    (Column::Folder, "folder"),
    (Column::FileName, "fileName"),
];

/// Names of each column after [`folded`]. Those behind the bar are used only where none before it is there: a shot list
/// often has a description for people beside the prompt.
const NAMES: [(Column, &[&str], &[&str]); 14] = [
    (
        Column::Number,
        &[
            "number",
            "no",
            "no.",
            "num",
            "#",
            "编号",
            "編號",
            "镜号",
            "鏡號",
            "镜头号",
            "镜头编号",
            "shotnumber",
            "shotno",
            "shotno.",
            "shot#",
        ],
        &["id", "index", "shot", "序号", "序號", "号", "号码"],
    ),
    (
        Column::Prompt,
        &[
            "prompt",
            "prompts",
            "videoprompt",
            "提示词",
            "提示詞",
            "提示语",
            "视频提示词",
            "提示词语",
        ],
        &[
            "description",
            "text",
            "画面",
            "畫面",
            "画面描述",
            "画面内容",
            "镜头描述",
            "描述",
            "内容",
        ],
    ),
    (
        Column::Images,
        &[
            "images",
            "image",
            "imageurls",
            "imageurl",
            "图片",
            "圖片",
            "图",
            "图像",
            "首帧",
            "首帧图",
            "首尾帧",
            "firstframe",
        ],
        &[
            "picture",
            "pictures",
            "photo",
            "photos",
            "frames",
            "seedimage",
            "seedimages",
            "referenceimages",
            "referenceimage",
            "references",
            "参考图",
            "参考图片",
            "垫图",
            "种子图",
            "图片链接",
            "图片地址",
        ],
    ),
    (
        Column::LastFrame,
        &["lastframe", "endframe", "尾帧", "尾帧图", "末帧", "结束帧"],
        &[],
    ),
    (Column::Model, &["model", "模型"], &["型号"]),
    (
        Column::AspectRatio,
        &["aspectratio", "aspect", "比例", "画幅", "宽高比", "畫幅"],
        &["ratio", "画面比例", "视频比例", "长宽比", "orientation"],
    ),
    (Column::Resolution, &["resolution", "分辨率", "解析度"], &["清晰度"]),
    (
        Column::Duration,
        &["duration", "时长", "時長"],
        &["length", "seconds", "秒数"],
    ),
    (
        Column::Seed,
        &["seed", "seeds", "种子", "種子"],
        &["随机种子", "种子值"],
    ),
    (Column::Watermark, &["watermark", "水印", "浮水印"], &["水印文字"]),
    (
        Column::Mode,
        &["mode", "模式", "generationtype"],
        &["生成模式", "生成方式", "生成类型"],
    ),
    (
        // Not "translation" alone: a shot list often has the prompt in another language beside it.
        Column::Translation,
        &[
            "enabletranslation",
            "allowtranslation",
            "translateprompt",
            "允许翻译",
            "自动翻译",
            "翻译提示词",
        ],
        &[],
    ),
    (
        Column::Folder,
        &[
            "folder",
            "savefolder",
            "subfolder",
            "文件夹",
            "資料夾",
            "保存文件夹",
            "子文件夹",
            "保存目录",
        ],
        &["directory", "目录", "目錄"],
    ),
    (
        Column::FileName,
        &[
            "filename",
            "clipname",
            "videofilename",
            "文件名",
            "檔名",
            "文件名称",
            "视频文件名",
            "保存文件名",
        ],
        &[],
    ),
];

/// The columns of a sheet.
pub(super) struct Header {
    pub(super) delimiter: char,
    /// What each column holds, with its name as written; `None` for those that mean nothing here.
    pub(super) columns: Vec<Option<(Column, String)>>,
    pub(super) unknown: Vec<String>,
    /// The names of the columns that mean nothing here, each in its place: their cells go along with the task.
    pub(super) kept: Vec<Option<String>>,
    /// Whether the first row is a row of names.
    pub(super) named: bool,
}

impl Header {
    pub(super) fn of(opening: &Opening<'_>) -> Result<Self, SheetProblem> {
        let (delimiter, first) = divide(opening);
        Self::strictly(delimiter, &first)
    }

    /// What a first row says, or why no row below it could be used.
    pub(super) fn strictly(delimiter: char, first: &Record) -> Result<Self, SheetProblem> {
        if first.unbalanced {
            return Err(SheetProblem::BrokenHeader { line: first.line });
        }
        if first.beyond {
            return Err(SheetProblem::TooManyColumns { limit: MAX_CELLS });
        }
        let names: Vec<String> = first.cells.iter().map(|cell| start_of_line(cell)).collect();
        let written: Vec<String> = names.iter().filter(|name| !name.is_empty()).cloned().collect();
        let known = names.iter().any(|name| meaning(name).is_some());
        if !known && written.len() == 1 {
            // No names and one column: a list of prompts.
            let columns = names
                .iter()
                .map(|name| (!name.is_empty()).then(|| (Column::Prompt, String::new())));
            return Ok(Self {
                delimiter,
                columns: columns.collect(),
                unknown: Vec::new(),
                kept: Vec::new(),
                named: false,
            });
        }
        let mut columns = vec![None; names.len()];
        for strong in [true, false] {
            place(&names, strong, &mut columns)?;
        }
        let kept = columns
            .iter()
            .zip(&names)
            .map(|(column, name)| (column.is_none() && !name.is_empty()).then(|| name.clone()));
        let kept = kept.collect();
        let is_prompt =
            |column: &Option<(Column, String)>| column.as_ref().is_some_and(|(kind, _)| *kind == Column::Prompt);
        if !columns.iter().any(is_prompt) {
            return Err(SheetProblem::NoPromptColumn { found: written });
        }
        let unused = names
            .into_iter()
            .zip(&columns)
            .filter(|(name, column)| column.is_none() && !name.is_empty());
        let unknown = unused.map(|(name, _)| name).take(MAX_UNKNOWN).collect();
        Ok(Self {
            delimiter,
            columns,
            unknown,
            kept,
            named: true,
        })
    }

    /// Columns that mean nothing by their names, and hold pictures.
    pub(super) fn take_pictures(&mut self, records: &[Record]) {
        for at in with_pictures(records) {
            if self.columns.len() <= at {
                self.columns.resize(at + 1, None);
            }
            let name = self.kept.get_mut(at).and_then(Option::take).unwrap_or_default();
            if let Some(column @ None) = self.columns.get_mut(at) {
                self.unknown.retain(|unknown| *unknown != name || name.is_empty());
                *column = Some((Column::Images, name));
            }
        }
    }
}

/// Whether what a column is called means pictures.
pub(super) fn holds_pictures(name: &str) -> bool {
    meaning(name).is_some_and(|(column, _)| matches!(column, Column::Images | Column::LastFrame))
}

/// Whether what a column is called means anything.
pub(super) fn is_known(name: &str) -> bool {
    meaning(name).is_some()
}

/// The columns in which pictures lie.
pub(super) fn with_pictures(records: &[Record]) -> BTreeSet<usize> {
    let named = |record: &Record| {
        let cells = record.cells.iter().enumerate();
        let named = cells.filter(|(_, cell)| anchored::is_named(cell));
        named.map(|(at, _)| at).collect::<Vec<_>>()
    };
    records.iter().flat_map(named).collect()
}

/// Gives each name of this strength its column, where a stronger one has not taken it.
fn place(names: &[String], strong: bool, columns: &mut [Option<(Column, String)>]) -> Result<(), SheetProblem> {
    let taken: Vec<Column> = columns.iter().flatten().map(|&(kind, _)| kind).collect();
    for (index, name) in names.iter().enumerate() {
        let Some((kind, _)) = meaning(name).filter(|&(kind, is_strong)| is_strong == strong && !taken.contains(&kind))
        else {
            continue;
        };
        // Several columns of images make one list; of everything else a second one is a doubt.
        let earlier = columns
            .iter()
            .flatten()
            .find(|(known, _)| *known == kind && kind != Column::Images);
        if let Some((_, earlier)) = earlier {
            return Err(SheetProblem::ColumnTwice {
                first: earlier.clone(),
                second: name.clone(),
            });
        }
        if let Some(column) = columns.get_mut(index) {
            *column = Some((kind, name.clone()));
        }
    }
    Ok(())
}

/// Where the names of a workbook's columns stand: above them are often a title and notes.
pub(super) fn head(rows: &[Record]) -> usize {
    let known = |row: &Record| {
        let meanings = row
            .cells
            .iter()
            .filter_map(|cell| meaning(cell))
            .map(|(column, _)| column);
        meanings.fold((0, false), |(count, prompt), column| {
            (count + 1, prompt || column == Column::Prompt)
        })
    };
    let heads = rows.iter().take(HEAD_ROWS).map(known).enumerate();
    let best = heads
        .filter(|&(_, (_, prompt))| prompt)
        .max_by_key(|&(at, (count, _))| (count, std::cmp::Reverse(at)));
    best.map_or(0, |(at, _)| at)
}

/// Whether one of the first rows names a column of prompts.
pub(super) fn has_prompts(rows: &[Record]) -> bool {
    let is_prompt = |cell: &String| meaning(cell).is_some_and(|(column, _)| column == Column::Prompt);
    rows.iter().take(HEAD_ROWS).any(|row| row.cells.iter().any(is_prompt))
}

/// What the columns of a first row probably are; of two that mean the same the first, and whether it is a row of names.
pub(super) fn guess(first: &Record) -> (Vec<Option<Column>>, bool) {
    let names: Vec<String> = first.cells.iter().map(|cell| start_of_line(cell)).collect();
    let mut found: Vec<Option<Column>> = vec![None; names.len()];
    for strong in [true, false] {
        let taken: Vec<Column> = found.iter().flatten().copied().collect();
        for (index, name) in names.iter().enumerate() {
            let Some((kind, _)) =
                meaning(name).filter(|&(kind, is_strong)| is_strong == strong && !taken.contains(&kind))
            else {
                continue;
            };
            let second = found.iter().flatten().any(|&known| known == kind) && kind != Column::Images;
            if let Some(slot) = found.get_mut(index).filter(|_| !second) {
                *slot = Some(kind);
            }
        }
    }
    if found.iter().all(Option::is_none) && names.iter().filter(|name| !name.is_empty()).count() == 1 {
        return (
            names
                .iter()
                .map(|name| (!name.is_empty()).then_some(Column::Prompt))
                .collect(),
            false,
        );
    }
    (found, true)
}

/// What the columns of pasted cells probably are, where their first row names nothing and reads like a shot: with a number
/// or a whole sentence. Taken for names, the first shot would be lost. `holds`: what [`guess`] made of the row.
pub(super) fn without_names(first: &Record, holds: &[Option<Column>]) -> Option<Vec<Option<Column>>> {
    /// No column has a name this long, in characters.
    const SENTENCE: usize = 24;
    let is_number = |cell: &str| !cell.is_empty() && cell.chars().all(|c| c.is_ascii_digit());
    let cells: Vec<&str> = first.cells.iter().map(|cell| cell.trim()).collect();
    let longest = (0..cells.len()).max_by_key(|&at| cells.get(at).map_or(0, |cell| cell.chars().count()))?;
    let length = cells.get(longest)?.chars().count();
    let like_a_shot = length >= SENTENCE || cells.iter().any(|cell| is_number(cell));
    if cells.len() < 2 || length == 0 || !like_a_shot || holds.iter().any(Option::is_some) {
        return None;
    }
    let kind = |at: usize, cell: &str| {
        let number = at == 0 && is_number(cell);
        (at == longest && !number)
            .then_some(Column::Prompt)
            .or(number.then_some(Column::Number))
    };
    Some(cells.iter().enumerate().map(|(at, cell)| kind(at, cell)).collect())
}

/// The separator under which the first row makes most sense, and that row.
pub(super) fn divide(opening: &Opening<'_>) -> (char, Record) {
    let mut best: Option<(usize, usize, char, Record)> = None;
    for delimiter in opening.declared.map_or(vec!['\t', ',', ';'], |declared| vec![declared]) {
        let Some(first) = opening.records(delimiter).next() else {
            continue;
        };
        let known = first.cells.iter().filter(|cell| meaning(cell).is_some()).count();
        let cells = if first.unbalanced { 0 } else { first.cells.len() };
        if best
            .as_ref()
            .is_none_or(|&(most, longest, ..)| (known, cells) > (most, longest))
        {
            best = Some((known, cells, delimiter, first));
        }
    }
    let nothing = Record {
        line: opening.line,
        cells: Vec::new(),
        beyond: false,
        unbalanced: true,
    };
    best.map_or(('\t', nothing), |(_, _, delimiter, first)| (delimiter, first))
}

/// What a name of a column means, and whether it is one of the strong names.
fn meaning(name: &str) -> Option<(Column, bool)> {
    if name.len() > LONGEST_WORD {
        return None;
    }
    let name = folded(name);
    let known = |names: &[&str]| names.contains(&name.as_str());
    NAMES.iter().find_map(|&(column, strong, weak)| match () {
        () if known(strong) => Some((column, true)),
        () if known(weak) => Some((column, false)),
        () => None,
    })
}

/// A name with everything dropped that people write differently: case, width, spaces, dashes, and notes in brackets.
fn folded(name: &str) -> String {
    let plain: String = name.nfkc().flat_map(char::to_lowercase).collect();
    let before_note = plain.split(['(', '[', '【', '〔']).next().unwrap_or_default();
    before_note
        .chars()
        .filter(|c| !c.is_whitespace() && !matches!(c, '_' | '-' | '*' | ':' | '\u{feff}'))
        .collect()
}
