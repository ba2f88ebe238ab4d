//! A sheet becomes cards: new rows are added, unbought ones brought up to date, bought ones left alone.
//!
//! The same sheet finds its batch again by its path, and its rows by their numbers; rows without a number by their
//! content. So reading a sheet twice never doubles anything.

use std::collections::{HashMap, HashSet, VecDeque};
use std::path::{Path, PathBuf};

use super::Engine;
use super::picturing::Pictures;
use crate::change::Change;
use crate::error::{Error, Result};

use crate::library::sheets::{Place, SheetRow};
use crate::library::{Batch, NewTask, TaskRow, batches, images, sheets, tasks};
use crate::sheet::back::Print;
use crate::sheet::{self, Embedded, Row, SheetProblem};
use crate::view::{LineProblem, TaskFields};
use crate::words::Lang;

/// What became of a row.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum RowFate {
    /// A new card.
    Added,
    /// A card that was not bought yet was brought up to date.
    Updated,
    /// There already, the same.
    Unchanged,
    /// There already, and bought or being bought: left alone, though the row says something else now.
    Bought,
}

/// What came of reading a sheet.
#[derive(Clone, Debug)]
pub struct Imported {
    /// The batch the rows went into.
    pub batch: Batch,
    /// For each usable row: its line, its task, what became of it.
    pub rows: Vec<(u64, String, RowFate)>,
    /// What could not be used.
    pub problems: Vec<LineProblem>,
    /// Columns that mean nothing to the app.
    pub unknown_columns: Vec<String>,
}

/// Where a sheet's rows go.
#[derive(Clone, Debug)]
pub enum Target {
    /// A batch that is there.
    Batch(String),
    /// The batch of this sheet, made if it is not there: with this name and folder.
    Sheet {
        /// Name for a new batch.
        name: String,
        /// Folder for a new batch, and for an old one too where `Some`.
        folder: Option<String>,
    },
}

/// Where rows come from.
#[derive(Clone, Debug, Default)]
pub struct Origin {
    /// The folder in which pictures are looked for by name; `None`: nowhere.
    pub beside: Option<PathBuf>,
    /// What finds the batch of the sheet again; `None`: rows that were pasted belong to no sheet.
    pub source: Option<String>,
    /// The pictures inside a workbook.
    pub embedded: Embedded,
}

impl Origin {
    /// A sheet in a file, by the path that the system knows it by.
    ///
    /// # Errors
    /// The disk's.
    pub async fn sheet(path: &Path, name: Option<&str>) -> Result<Self> {
        let source = tokio::fs::canonicalize(path)
            .await
            .map_err(|error| Error::io(path, error))?;
        Ok(Self {
            beside: source.parent().map(Path::to_owned),
            source: Some(batches::source_of(&source, name)),
            embedded: Embedded::default(),
        })
    }
}

struct Shot {
    line: u64,
    number: Option<String>,
    fields: TaskFields,
    kept: Vec<(String, String)>,
    print: Option<Print>,
    place: Place,
}

impl Engine {
    /// Reads a sheet into a batch.
    ///
    /// # Errors
    /// A sentence where the file cannot be read as a sheet at all; problems of single rows are in the result.
    pub async fn import(&self, path: PathBuf, target: Target, lang: Lang) -> Result<Imported> {
        let source = tokio::fs::canonicalize(&path)
            .await
            .map_err(|error| Error::io(&path, error))?;
        let read = source.clone();
        let sheet = tokio::task::spawn_blocking(move || -> Result<sheet::Sheet> {
            sheet::open(&read).map_err(|problem| match problem {
                SheetProblem::Unreadable(error) => Error::io(&read, error),
                problem => problem.told().into(),
            })
        })
        .await
        .map_err(|_| Error::Closing)??;
        let told: Vec<LineProblem> = sheet
            .problems
            .iter()
            .map(|problem| LineProblem {
                line: problem.line,
                text: problem.text(lang),
            })
            .collect();
        let mut from = Origin::sheet(&source, sheet.name.as_deref()).await?;
        from.embedded = sheet.embedded;
        let mut imported = self.take_rows(sheet.rows, &from, target, false, lang).await?;
        imported.problems.extend(told);
        imported.problems.sort_by_key(|problem| problem.line);
        imported.unknown_columns = sheet.unknown_columns;
        Ok(imported)
    }

    /// Takes the rows of a sheet that was looked at. `ahead`: only says what would come of it; the library stays as it
    /// is.
    ///
    /// # Errors
    /// The library's; problems of single rows are in the result.
    pub async fn take_draft(
        &self,
        rows: Vec<Row>,
        from: &Origin,
        target: Target,
        ahead: bool,
        lang: Lang,
    ) -> Result<Imported> {
        self.take_rows(rows, from, target, ahead, lang).await
    }

    async fn take_rows(
        &self,
        rows: Vec<Row>,
        from: &Origin,
        target: Target,
        ahead: bool,
        lang: Lang,
    ) -> Result<Imported> {
        let mut problems = Vec::new();
        let mut shots = Vec::with_capacity(rows.len());
        let mut pictures = Pictures::of(self, from, ahead);
        for row in rows {
            let line = row.line;
            match shot(row, &mut pictures, lang).await {
                Ok(shot) => shots.push(shot),
                Err(text) => problems.push(LineProblem { line, text }),
            }
        }
        let kept = pictures.kept();
        let (now, source) = (self.core.now(), from.source.clone());
        // What was tried is rolled back; its answer leaves by another way.
        let (tried, answer) = std::sync::mpsc::channel();
        let written = self
            .core
            .library
            .write(move |tx| {
                for image in &kept {
                    images::keep(tx, image, now)?;
                }
                let batch = batch_for(tx, target, source.as_deref(), now)?;
                let rows = put(tx, &batch, shots, source.as_deref(), now)?;
                if ahead {
                    let _ = tried.send((batch, rows));
                    return Err(Error::Changed);
                }
                Ok((batch, rows))
            })
            .await;
        let (batch, rows) = match answer.try_recv() {
            Ok(answer) => answer,
            Err(_) => written?,
        };
        if !ahead {
            self.core.changes.tell(Change::Batch(batch.id.clone()));
            self.core.changes.tell(Change::Everything);
        }
        Ok(Imported {
            batch,
            rows,
            problems,
            unknown_columns: Vec::new(),
        })
    }
}

async fn shot(row: Row, pictures: &mut Pictures<'_>, lang: Lang) -> Result<Shot, String> {
    // Judged before a picture is opened: a sheet may name thousands that no row can take.
    if let Some([en, zh]) = row.refusal() {
        return Err(if lang == Lang::En { en } else { zh });
    }
    let mut fields = row.fields();
    for (slot, image) in fields.images.iter_mut().zip(&row.images) {
        if !(image.starts_with("http://") || image.starts_with("https://")) {
            *slot = pictures.keep(image).await.map_err(|told| told.say(lang))?;
        }
    }
    Ok(Shot {
        line: row.line,
        number: row.number,
        fields,
        kept: row.kept,
        print: row.print,
        place: Place {
            folder: row.folder,
            name: row.file_name,
        },
    })
}

fn batch_for(tx: &rusqlite::Connection, target: Target, source: Option<&str>, now: i64) -> Result<Batch> {
    match target {
        Target::Batch(id) => batches::get(tx, &id),
        Target::Sheet { name, folder } => match source
            .map(|source| batches::by_source(tx, source))
            .transpose()?
            .flatten()
        {
            None => batches::create(tx, &name, folder.as_deref(), source, now),
            Some(batch) => {
                if let Some(folder) = folder {
                    batches::set_folder(tx, &batch.id, &folder, now)?;
                }
                batches::get(tx, &batch.id)
            }
        },
    }
}

fn put(
    tx: &rusqlite::Connection,
    batch: &Batch,
    shots: Vec<Shot>,
    source: Option<&str>,
    now: i64,
) -> Result<Vec<(u64, String, RowFate)>> {
    let there = tasks::all(tx, Some(&batch.id))?;
    let numbered: HashSet<&str> = shots.iter().filter_map(|shot| shot.number.as_deref()).collect();
    // A row without a number may be any card that no numbered row claims and that asks for the same.
    let mut unclaimed: HashMap<&str, VecDeque<&TaskRow>> = HashMap::new();
    for row in there.iter().filter(|row| !numbered.contains(row.number.as_str())) {
        unclaimed.entry(row.fields.prompt.as_str()).or_default().push_back(row);
    }
    // Numbered rows first, so that a row without one never takes a number that stands further down.
    let (with, without): (Vec<_>, Vec<_>) = shots.iter().partition(|shot| shot.number.is_some());
    let mut adder = tasks::Adder::to(tx, &batch.id)?;
    let mut rows = Vec::with_capacity(shots.len());
    for shot in with.into_iter().chain(without) {
        let known = match &shot.number {
            Some(number) => tasks::by_number(tx, &batch.id, number)?,
            None => {
                let alike = unclaimed.get_mut(shot.fields.prompt.as_str());
                let row = alike.and_then(|rows| {
                    let at = rows.iter().position(|row| row.fields == shot.fields)?;
                    rows.remove(at)
                });
                row.map(|row| (row.id.clone(), false))
            }
        };
        let (id, fate) = match known {
            None => {
                let new = NewTask {
                    number: shot.number.clone(),
                    fields: shot.fields.clone(),
                };
                (adder.add(&new, now)?, RowFate::Added)
            }
            Some((id, deleted)) => {
                if deleted {
                    tasks::restore(tx, &id, now)?;
                }
                let fate = bring_up_to_date(tx, &id, shot, now)?;
                (id, if deleted { RowFate::Added } else { fate })
            }
        };
        let row = SheetRow {
            source,
            line: shot.line,
            kept: &shot.kept,
            print: shot.print,
            place: shot.place.clone(),
        };
        sheets::keep(tx, &id, &row)?;
        rows.push((shot.line, id, fate));
    }
    rows.sort_by_key(|row| row.0);
    Ok(rows)
}

fn bring_up_to_date(tx: &rusqlite::Connection, id: &str, shot: &Shot, now: i64) -> Result<RowFate> {
    let row = tasks::get(tx, id)?;
    if row.fields == shot.fields {
        return Ok(RowFate::Unchanged);
    }
    if tasks::may_edit(tx, &row)? {
        tasks::edit(tx, id, &shot.fields, now)?;
        return Ok(RowFate::Updated);
    }
    Ok(RowFate::Bought)
}
