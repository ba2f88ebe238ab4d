//! Shot lists: opened, looked at, mended, taken. The file stays here; the page gets pages of rows.

use std::path::PathBuf;
use std::sync::{Arc, Mutex, PoisonError};

use engine::sheet::{Choice, Draft, Edit, SheetProblem};
use engine::view::ImportReport;
use engine::view::sheet::{SheetAhead, SheetColumn, SheetEdit, SheetEdited, SheetFault, SheetRow, SheetView};
use engine::words::Lang;
use engine::{Error, Origin, RowFate, Target};
use tauri::{State, WebviewWindow};

use super::Open;
use crate::dialogs::{self, Wanted};
use crate::ipc::{Answer, Say as _};
use crate::places;
use crate::shop::Desk;

/// The most rows in one page.
const PAGE: u32 = 400;

/// The sheet that is open, one at a time; its number tells it from the one before.
#[derive(Debug, Default)]
pub(crate) struct Drafts {
    open: Mutex<(u32, Option<Arc<Mutex<Draft>>>)>,
}

impl Drafts {
    fn put(&self, draft: Draft) -> (u32, Arc<Mutex<Draft>>) {
        let mut open = self.open.lock().unwrap_or_else(PoisonError::into_inner);
        let draft = Arc::new(Mutex::new(draft));
        *open = (open.0.wrapping_add(1), Some(Arc::clone(&draft)));
        (open.0, draft)
    }

    fn get(&self, id: u32) -> Result<Arc<Mutex<Draft>>, Error> {
        let open = self.open.lock().unwrap_or_else(PoisonError::into_inner);
        let draft = open.1.as_ref().filter(|_| open.0 == id);
        draft.cloned().ok_or(Error::Changed)
    }

    fn close(&self, id: u32) {
        let mut open = self.open.lock().unwrap_or_else(PoisonError::into_inner);
        if open.0 == id {
            open.1 = None;
        }
    }
}

/// Lets the user choose a sheet and opens it; `null` where they changed their mind.
#[tauri::command]
pub(crate) async fn pick_sheet(
    shop: Open<'_>,
    drafts: State<'_, Drafts>,
    window: WebviewWindow,
) -> Answer<Option<SheetView>> {
    let desk = shop.desk().await?;
    match dialogs::pick(&window, Wanted::Sheet, None, desk.lang).await.pop() {
        Some(path) => open(&drafts, move || Draft::open(&path)).await.map(Some).say(desk.lang),
        None => Ok(None),
    }
}

/// Opens a sheet that was dropped.
#[tauri::command]
pub(crate) async fn open_sheet(shop: Open<'_>, drafts: State<'_, Drafts>, path: PathBuf) -> Answer<SheetView> {
    let desk = shop.desk().await?;
    open(&drafts, move || Draft::open(&path)).await.say(desk.lang)
}

/// Opens a block of cells from the clipboard.
#[tauri::command]
pub(crate) async fn paste_sheet(shop: Open<'_>, drafts: State<'_, Drafts>, text: String) -> Answer<SheetView> {
    let desk = shop.desk().await?;
    open(&drafts, move || Draft::pasted(text)).await.say(desk.lang)
}

/// Reads the open sheet another way.
#[tauri::command]
pub(crate) async fn choose_sheet(
    shop: Open<'_>,
    drafts: State<'_, Drafts>,
    id: u32,
    sheet: Option<String>,
    encoding: Option<String>,
    delimiter: Option<String>,
) -> Answer<SheetView> {
    let choice = Choice {
        sheet,
        encoding,
        delimiter: delimiter.and_then(|delimiter| delimiter.chars().next()),
    };
    reread(shop, &drafts, id, move |draft| draft.choose(&choice).map_err(said)).await
}

/// Says what a column holds.
#[tauri::command]
pub(crate) async fn map_column(
    shop: Open<'_>,
    drafts: State<'_, Drafts>,
    id: u32,
    column: u32,
    holds: String,
) -> Answer<SheetView> {
    let map = move |draft: &mut Draft| {
        draft.map(column as usize, &holds);
        Ok(())
    };
    reread(shop, &drafts, id, map).await
}

/// A page of rows.
#[tauri::command]
pub(crate) async fn sheet_rows(
    shop: Open<'_>,
    drafts: State<'_, Drafts>,
    id: u32,
    from: u32,
    count: u32,
    only_bad: bool,
) -> Answer<Vec<SheetRow>> {
    let desk = shop.desk().await?;
    let lang = desk.lang;
    let work = move |draft: &mut Draft| Ok(page(draft, from, count.min(PAGE), only_bad, lang));
    with(&drafts, id, work).await.say(desk.lang)
}

/// Changes cells.
#[tauri::command]
pub(crate) async fn edit_sheet(
    shop: Open<'_>,
    drafts: State<'_, Drafts>,
    id: u32,
    edits: Vec<SheetEdit>,
) -> Answer<SheetEdited> {
    let desk = shop.desk().await?;
    let work = move |draft: &mut Draft| {
        let edits = edits.into_iter().map(|edit| Edit {
            row: edit.row as usize,
            column: edit.column as usize,
            text: edit.text,
        });
        let before = draft.edit(edits.collect()).ok_or(Error::Changed)?;
        let before = before.into_iter().map(|edit| SheetEdit {
            row: small(edit.row),
            column: small(edit.column),
            text: edit.text,
        });
        Ok(SheetEdited {
            before: before.collect(),
            sheet: view(id, draft),
        })
    };
    with(&drafts, id, work).await.say(desk.lang)
}

/// Says what taking the sheet would do, and marks rows whose pictures cannot be used.
#[tauri::command]
pub(crate) async fn weigh_sheet(
    shop: Open<'_>,
    drafts: State<'_, Drafts>,
    id: u32,
    batch_id: Option<String>,
) -> Answer<SheetAhead> {
    let desk = shop.desk().await?;
    weigh(&desk, &drafts, id, batch_id).await.say(desk.lang)
}

/// Makes tasks of the good rows, and closes the sheet.
#[tauri::command]
pub(crate) async fn take_sheet(
    shop: Open<'_>,
    drafts: State<'_, Drafts>,
    id: u32,
    batch_id: Option<String>,
) -> Answer<ImportReport> {
    let desk = shop.desk().await?;
    take(&desk, &drafts, id, batch_id).await.say(desk.lang)
}

/// Closes a sheet that was not taken.
#[tauri::command]
pub(crate) async fn close_sheet(drafts: State<'_, Drafts>, id: u32) -> Answer<()> {
    drafts.close(id);
    Ok(())
}

async fn open(
    drafts: &Drafts,
    work: impl FnOnce() -> Result<Draft, SheetProblem> + Send + 'static,
) -> Result<SheetView, Error> {
    let opened = tokio::task::spawn_blocking(work).await.map_err(|_| Error::Closing)?;
    let (id, draft) = drafts.put(opened.map_err(said)?);
    let draft = draft.lock().unwrap_or_else(PoisonError::into_inner);
    Ok(view(id, &draft))
}

/// Changes how the open sheet is read, and shows it anew.
async fn reread(
    shop: Open<'_>,
    drafts: &Drafts,
    id: u32,
    change: impl FnOnce(&mut Draft) -> Result<(), Error> + Send + 'static,
) -> Answer<SheetView> {
    let lang = shop.desk().await?.lang;
    let work = move |draft: &mut Draft| {
        change(draft)?;
        Ok(view(id, draft))
    };
    with(drafts, id, work).await.say(lang)
}

/// Does something with the open sheet, away from the window's thread: it may have a hundred thousand rows.
async fn with<T: Send + 'static>(
    drafts: &Drafts,
    id: u32,
    work: impl FnOnce(&mut Draft) -> Result<T, Error> + Send + 'static,
) -> Result<T, Error> {
    let draft = drafts.get(id)?;
    let done = tokio::task::spawn_blocking(move || work(&mut draft.lock().unwrap_or_else(PoisonError::into_inner)));
    done.await.map_err(|_| Error::Closing)?
}

#[expect(clippy::needless_pass_by_value, reason = "made for map_err")]
fn said(problem: SheetProblem) -> Error {
    problem.told().into()
}

/// Where rows come from and where they go.
async fn ways(desk: &Desk, drafts: &Drafts, id: u32, batch_id: Option<String>) -> Result<(Origin, Target), Error> {
    let named = |draft: &mut Draft| {
        let sheet = draft.sheet().map(str::to_owned);
        Ok((draft.source().map(PathBuf::from), sheet, draft.embedded().clone()))
    };
    let (path, sheet, embedded) = with(drafts, id, named).await?;
    let Some(path) = path else {
        return Ok((Origin::default(), Target::Batch(places::batch(desk, batch_id).await?)));
    };
    let mut origin = Origin::sheet(&path, sheet.as_deref()).await?;
    origin.embedded = embedded;
    let stem = path.file_stem().map(|name| name.to_string_lossy().into_owned());
    let target = batch_id.map_or_else(
        || Target::Sheet {
            name: stem.unwrap_or_default(),
            folder: None,
        },
        Target::Batch,
    );
    Ok((origin, target))
}

async fn weigh(desk: &Desk, drafts: &Drafts, id: u32, batch_id: Option<String>) -> Result<SheetAhead, Error> {
    let (origin, target) = ways(desk, drafts, id, batch_id).await?;
    let (rows, revision) = with(drafts, id, |draft| Ok((draft.good(), draft.revision()))).await?;
    let ahead = desk.engine.take_draft(rows, &origin, target, true, desk.lang).await?;
    let problems: Vec<(u64, [String; 2])> = ahead
        .problems
        .into_iter()
        .map(|problem| (problem.line, [problem.text.clone(), problem.text]))
        .collect();
    let noted = move |draft: &mut Draft| {
        // Changed meanwhile: it will be asked again.
        if draft.revision() == revision {
            draft.note_pictures(&problems);
        }
        Ok(view(id, draft))
    };
    let sheet = with(drafts, id, noted).await?;
    let count = |wanted: RowFate| small(ahead.rows.iter().filter(|(_, _, fate)| *fate == wanted).count());
    Ok(SheetAhead {
        added: count(RowFate::Added),
        updated: count(RowFate::Updated),
        unchanged: count(RowFate::Unchanged),
        bought: count(RowFate::Bought),
        batch: ahead.batch.name,
        sheet,
    })
}

async fn take(desk: &Desk, drafts: &Drafts, id: u32, batch_id: Option<String>) -> Result<ImportReport, Error> {
    let (origin, target) = ways(desk, drafts, id, batch_id).await?;
    let lang = desk.lang;
    let found = move |draft: &mut Draft| {
        let bad = page(draft, 0, u32::MAX, true, lang);
        Ok((draft.good(), bad, draft.kept_columns()))
    };
    let (rows, bad, unknown_columns) = with(drafts, id, found).await?;
    let imported = desk.engine.take_draft(rows, &origin, target, false, lang).await?;
    drafts.close(id);
    places::give_folder(desk, &imported.batch.id).await?;
    let count = |wanted: &[RowFate]| {
        let fates = imported.rows.iter().filter(|(_, _, fate)| wanted.contains(fate));
        u64::try_from(fates.count()).unwrap_or(u64::MAX)
    };
    let mut problems = imported.problems.clone();
    let told = problems
        .iter()
        .map(|problem| problem.line)
        .collect::<std::collections::HashSet<_>>();
    for row in bad.into_iter().filter(|row| !told.contains(&row.line)) {
        let text = row.faults.into_iter().map(|fault| fault.text);
        problems.push(engine::view::LineProblem {
            line: row.line,
            text: text.collect::<Vec<_>>().join(" "),
        });
    }
    problems.sort_by_key(|problem| problem.line);
    Ok(ImportReport {
        added: count(&[RowFate::Added]),
        updated: count(&[RowFate::Updated]),
        unchanged: count(&[RowFate::Unchanged, RowFate::Bought]),
        batch_id: imported.batch.id,
        batch_name: imported.batch.name,
        problems,
        unknown_columns,
    })
}

fn small(number: usize) -> u32 {
    u32::try_from(number).unwrap_or(u32::MAX)
}

fn page(draft: &Draft, from: u32, count: u32, only_bad: bool, lang: Lang) -> Vec<SheetRow> {
    let rows = draft.page(from as usize, count as usize, only_bad, lang).into_iter();
    rows.map(|row| SheetRow {
        at: small(row.at),
        line: row.line,
        cells: row.cells,
        faults: row
            .faults
            .into_iter()
            .map(|(column, text)| SheetFault {
                column: column.map(small),
                text,
            })
            .collect(),
    })
    .collect()
}

fn view(id: u32, draft: &Draft) -> SheetView {
    let (encoding, delimiter) = draft.found();
    let (rows, good, bad) = draft.counts();
    let name = draft.source().and_then(|path| path.file_name());
    let columns = draft.columns().into_iter().map(|column| SheetColumn {
        name: column.name,
        holds: column.holds.map(str::to_owned),
        guessed: column.guessed,
    });
    SheetView {
        id,
        revision: draft.revision(),
        name: name.map(|name| name.to_string_lossy().into_owned()).unwrap_or_default(),
        sheets: draft.sheets().to_vec(),
        sheet: draft.sheet().map(str::to_owned),
        encoding: encoding.to_owned(),
        delimiter: delimiter.map(String::from),
        columns: columns.collect(),
        rows: small(rows),
        good: small(good),
        bad: small(bad),
        has_prompts: draft.has_prompts(),
    }
}
