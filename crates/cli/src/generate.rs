//! `generate`: a sheet goes in, videos come out.

use std::path::{Path, PathBuf};

use engine::task::State;
use engine::trouble::Told;
use engine::trouble::rows::board;
use engine::{Engine, Error, Imported, Result, RowFate, Scope, Target, settings};

use crate::End;
use crate::args::Args;
use crate::open;
use crate::run::follow;
use crate::say::Say;

pub(crate) async fn generate(
    args: &Args,
    say: &Say,
    sheet: &Path,
    out: Option<&Path>,
    numbers: &[String],
) -> Result<End> {
    let engine = open::real(args, say).await?;
    let imported = import(&engine, say, sheet, out).await?;
    for problem in &imported.problems {
        say.error(&say.pick(
            format!("line {}: {}", problem.line, problem.text),
            format!("第 {} 行：{}", problem.line, problem.text),
        ));
    }
    let chosen = choose(&engine, say, &imported, numbers).await?;
    if chosen.is_empty() {
        return Err(Told::new(&board::NO_ROW_RUNS).into());
    }
    let mut to_buy = Vec::new();
    for report in engine.reports(Some(chosen.clone()), say.lang).await? {
        match State::from_stored(&report.state)? {
            State::Draft | State::Queued => to_buy.push(report.id),
            State::Failed => say.note(&say.pick(
                format!(
                    "{}: refused before; change its row, or run `retry {}`.",
                    report.number, report.number
                ),
                format!(
                    "{}：之前被拒绝。请修改该行，或运行 retry {}。",
                    report.number, report.number
                ),
            )),
            _ => {}
        }
    }
    if !to_buy.is_empty() {
        engine.start(Scope::Tasks(to_buy), None).await?;
    }
    engine.run();
    let end = follow(&engine, say, chosen).await?;
    // A row that could not be read is a shot that is not done.
    Ok(if end == End::Done && !imported.problems.is_empty() {
        End::NotAll
    } else {
        end
    })
}

async fn import(engine: &Engine, say: &Say, sheet: &Path, out: Option<&Path>) -> Result<Imported> {
    let name = sheet
        .file_stem()
        .map_or_else(|| "sheet".to_owned(), |stem| stem.to_string_lossy().into_owned());
    let folder = out.map(folder).transpose()?;
    let target = Target::Sheet {
        name: name.clone(),
        folder: folder.map(|path| path.to_string_lossy().into_owned()),
    };
    let imported = engine.import(sheet.to_owned(), target, say.lang).await?;
    if imported.batch.folder.is_none() {
        let base = settings::default_folder().ok_or_else(|| Error::from(Told::new(&board::NO_OUT)))?;
        let chosen = folder_at(&base.join(engine::files::names::safe_stem(&name)))?;
        engine
            .set_folder(imported.batch.id.clone(), chosen.to_string_lossy().into_owned())
            .await?;
    }
    for (line, _, fate) in &imported.rows {
        if *fate == RowFate::Bought {
            say.note(&say.pick(
                format!("line {line}: bought already with another request; left as it is."),
                format!("第 {line} 行：已经用别的内容购买过，保持不变。"),
            ));
        }
    }
    Ok(imported)
}

async fn choose(engine: &Engine, say: &Say, imported: &Imported, numbers: &[String]) -> Result<Vec<String>> {
    let all: Vec<String> = imported.rows.iter().map(|(_, id, _)| id.clone()).collect();
    let wanted: Vec<&str> = numbers
        .iter()
        .map(|number| number.trim())
        .filter(|number| !number.is_empty())
        .collect();
    if wanted.is_empty() {
        return Ok(all);
    }
    let reports = engine.reports(Some(all), say.lang).await?;
    let mut chosen = Vec::new();
    for number in wanted {
        let same = |other: &str| match (number.parse::<u64>(), other.parse::<u64>()) {
            (Ok(a), Ok(b)) => a == b,
            _ => false,
        };
        let found = reports
            .iter()
            .find(|task| task.number == number)
            .or_else(|| reports.iter().find(|task| same(&task.number)));
        let Some(task) = found else {
            return Err(Told::new(&board::NO_SUCH_ROW).with("number", number).into());
        };
        if !chosen.contains(&task.id) {
            chosen.push(task.id.clone());
        }
    }
    Ok(chosen)
}

/// A folder that the user named: made where it is missing.
pub(crate) fn folder(path: &Path) -> Result<PathBuf> {
    folder_at(&std::path::absolute(path).map_err(|error| Error::io(path, error))?)
}

fn folder_at(path: &Path) -> Result<PathBuf> {
    std::fs::create_dir_all(path).map_err(|error| Error::io(path, error))?;
    Ok(path.to_owned())
}
