//! Results go back beside the rows of a copy of the sheet that a batch came from. The source is only read.

use std::path::{Path, PathBuf};

use super::Engine;
use crate::clock::local;
use crate::error::{Error, Result};
use crate::export::{self, cells};
use crate::library::{batches, sheets};
use crate::present;
use crate::secrets;
use crate::sheet::back::{self, Outcome, Print};
use crate::sheet::{self, SheetProblem};
use crate::task::State;
use crate::trouble::Told;
use crate::trouble::rows::sheets as told;
use crate::view::ImageRef;
use crate::view::sheet::{ResultsWritten, SourceSheet};
use crate::words::Lang;

use cells::Cell;

/// Tasks that are read at once.
const PAGE: u32 = 500;

impl Engine {
    /// The sheets that a batch's tasks came from, the one with the most rows first.
    ///
    /// # Errors
    /// The library's.
    pub async fn sheets_of(&self, batch: String) -> Result<Vec<SourceSheet>> {
        let read = move |db: &rusqlite::Connection| sheets::sources(db, &batch);
        let found = self.core.library.read(read).await?;
        let look = move || {
            let view = |(source, rows): (String, u64)| {
                let (path, sheet) = batches::file_of(&source);
                let name = Path::new(path).file_name().unwrap_or_default();
                SourceSheet {
                    name: name.to_string_lossy().into_owned(),
                    sheet: sheet.map(str::to_owned),
                    there: Path::new(path).is_file(),
                    rows,
                    source,
                }
            };
            found.into_iter().map(view).collect()
        };
        tokio::task::spawn_blocking(look).await.map_err(|_| Error::Closing)
    }

    /// Writes what became of each row into a copy of the sheet, at `to`; what lies there is replaced when all of the copy
    /// is written. Where the source is gone, what was kept of its rows becomes a new table.
    ///
    /// # Errors
    /// Where `to` is the source itself, where the source is no sheet any more or none of its rows is found again; the
    /// disk's. Then nothing was written.
    pub async fn return_results(
        &self,
        batch: String,
        source: String,
        to: PathBuf,
        lang: Lang,
    ) -> Result<ResultsWritten> {
        let mut tasks = Vec::new();
        let mut after = i64::MIN;
        loop {
            let (batch, source) = (batch.clone(), source.clone());
            let read = move |db: &rusqlite::Connection| sheets::page(db, &batch, &source, after, PAGE);
            let (page, last) = self.core.library.read(read).await?;
            let whole = page.len() < PAGE as usize;
            tasks.extend(page);
            after = last;
            if whole {
                break;
            }
        }
        let work = move || write(tasks, &source, &to, lang);
        tokio::task::spawn_blocking(work).await.map_err(|_| Error::Closing)?
    }
}

fn write(tasks: Vec<sheets::Told>, source: &str, to: &Path, lang: Lang) -> Result<ResultsWritten> {
    let (path, name) = batches::file_of(source);
    let path = Path::new(path);
    if is_same(path, to) {
        return Err(told_of(&told::RESULTS_OVER_SOURCE, path).into());
    }
    let (copy, from_kept) = match sheet::bytes_of(path) {
        Ok(bytes) => {
            let outcomes: Vec<Outcome> = tasks.into_iter().map(|task| outcome(task, lang)).collect();
            let copy = back::beside(&bytes, name, &outcomes, lang).map_err(|problem| Error::from(problem.told()))?;
            if copy.rows == 0 {
                return Err(told_of(&told::RESULTS_NO_ROW, path).into());
            }
            (copy, false)
        }
        Err(SheetProblem::Unreadable(error)) if error.kind() == std::io::ErrorKind::NotFound => {
            (from_kept(tasks, lang), true)
        }
        Err(problem) => return Err(problem.told().into()),
    };
    export::put(to, &copy.bytes).map_err(|error| Error::io(to, error))?;
    Ok(ResultsWritten {
        file: to.file_name().unwrap_or_default().to_string_lossy().into_owned(),
        rows: copy.rows as u64,
        left: copy.left,
        from_kept,
        recoded: copy.recoded,
    })
}

fn told_of(row: &'static crate::trouble::row::Row, path: &Path) -> Told {
    let name = path.file_name().unwrap_or_default();
    Told::new(row).with("name", name.to_string_lossy())
}

/// Whether both are one file: a copy never takes the place of what it was made from.
fn is_same(one: &Path, other: &Path) -> bool {
    match (std::fs::canonicalize(one), std::fs::canonicalize(other)) {
        (Ok(one), Ok(other)) => one == other,
        _ => one == other,
    }
}

fn outcome(task: sheets::Told, lang: Lang) -> Outcome {
    let prompt = &task.card.task.fields.prompt;
    Outcome {
        number: task.card.task.number.clone(),
        line: task.line,
        print: task.print.unwrap_or_else(|| Print::of_prompt(prompt)),
        cells: cells_of(task, lang),
    }
}

/// A cell for each of the heads.
fn cells_of(task: sheets::Told, lang: Lang) -> Vec<Cell> {
    let saved = task.card.take.as_ref().filter(|take| take.saved_at.is_some()).cloned();
    let rating = saved.as_ref().map(|take| (take.marks.rating, take.marks.rejected));
    let finished = saved.and_then(|take| take.saved_at).or(task.card.task.finished_at);
    let state = task.card.task.state();
    let report = present::report(task.card, lang);
    let state = state.map_or(report.state, |state| state_words(state, lang).to_owned());
    let error = report.error.map(|error| secrets::strike(&error).into_owned());
    vec![
        Cell::text(state),
        Cell::text(report.local_path.unwrap_or_default()),
        Cell::plain(task.spent.filter(|spent| *spent > 0.0)),
        Cell::plain(finished.map(minute)),
        Cell::text(report.task_id.unwrap_or_default()),
        Cell::text(error.unwrap_or_default()),
        match rating {
            Some((_, true)) => Cell::text(lang.pick("rejected", "淘汰")),
            Some((rating @ 1.., false)) => Cell::plain(Some(rating)),
            _ => Cell::text(""),
        },
    ]
}

/// A moment as a person writes it, to the minute.
fn minute(at: i64) -> String {
    local(at)
        .chars()
        .take("2026-11-22 23:59".len())
        .collect::<String>()
        .replace('T', " ")
}

/// As the board says it.
fn state_words(state: State, lang: Lang) -> &'static str {
    let [en, zh] = match state {
        State::Draft => ["Not started", "未开始"],
        State::Queued => ["Waiting", "排队中"],
        State::Preparing => ["Uploading images", "上传图片"],
        State::Submitting => ["Submitting", "提交中"],
        State::Generating => ["Generating", "生成中"],
        State::Saving => ["Saving", "下载中"],
        State::Done => ["Done", "已完成"],
        State::Failed => ["Failed", "失败"],
        State::Unconfirmed => ["Outcome unknown", "结果未知"],
        State::TimedOut => ["Taking long", "耗时过长"],
        State::SaveFailed => ["Not saved yet", "尚未保存"],
        State::Cancelled => ["Taken out", "已取出"],
    };
    lang.pick(en, zh)
}

/// A table of what was kept of the rows, as CSV: the sheet itself is gone.
fn from_kept(tasks: Vec<sheets::Told>, lang: Lang) -> back::Copy {
    let mut columns: Vec<String> = Vec::new();
    for (column, _) in tasks.iter().flat_map(|task| &task.kept) {
        if !columns.contains(column) {
            columns.push(column.clone());
        }
    }
    let ours = [["number", "编号"], ["prompt", "提示词"], ["images", "图片"]];
    let mut head: Vec<Cell> = ours.iter().map(|[en, zh]| Cell::text(lang.pick(en, zh))).collect();
    head.extend(columns.iter().map(Cell::text));
    head.extend(back::heads(lang));
    let mut table = String::from("\u{feff}");
    table.push_str(&cells::record(&head));
    let rows = tasks.len();
    for task in tasks {
        let fields = &task.card.task.fields;
        let images: Vec<&str> = fields.images.iter().map(name_of).collect();
        let mut row = vec![
            Cell::text(&task.card.task.number),
            Cell::text(&fields.prompt),
            Cell::text(images.join("\n")),
        ];
        row.extend(columns.iter().map(|column| {
            let kept = task.kept.iter().find(|(name, _)| name == column);
            Cell::text(kept.map(|(_, cell)| cell.clone()).unwrap_or_default())
        }));
        row.extend(cells_of(task, lang));
        table.push_str(&cells::record(&row));
    }
    back::Copy {
        bytes: table.into_bytes(),
        rows,
        left: Vec::new(),
        recoded: false,
    }
}

fn name_of(image: &ImageRef) -> &str {
    match image {
        ImageRef::Kept { name, .. } => name,
        ImageRef::Link { url } => url,
    }
}
