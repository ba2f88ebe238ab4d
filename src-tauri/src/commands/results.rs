//! Results written back beside the rows of a copy of the sheet that a batch came from.

use std::path::{Path, PathBuf};

use engine::files::names;
use engine::view::sheet::{ResultsWritten, SourceSheet};
use engine::words::Lang;
use tauri::WebviewWindow;

use super::Open;
use crate::dialogs::{self, Paper};
use crate::ipc::{Answer, Say as _};

/// The sheets that a batch's tasks came from.
#[tauri::command]
pub(crate) async fn source_sheets(shop: Open<'_>, batch_id: String) -> Answer<Vec<SourceSheet>> {
    let desk = shop.desk().await?;
    desk.engine.sheets_of(batch_id).await.say(desk.lang)
}

/// Lets the user choose a file and writes a copy of the sheet with results into it; `null` where they changed their mind.
#[tauri::command]
pub(crate) async fn write_results(
    shop: Open<'_>,
    window: WebviewWindow,
    batch_id: String,
    source: String,
) -> Answer<Option<ResultsWritten>> {
    let desk = shop.desk().await?;
    let sheets = desk.engine.sheets_of(batch_id.clone()).await.say(desk.lang)?;
    let sheet = sheets.into_iter().find(|sheet| sheet.source == source);
    let Some(sheet) = sheet else {
        return Err(engine::Error::Changed).say(desk.lang);
    };
    let (name, kind) = proposed(&sheet, desk.lang);
    let label = match kind.as_str() {
        "csv" => desk.lang.pick("Table (CSV)", "表格（CSV）").to_owned(),
        other => other.to_uppercase(),
    };
    let path = PathBuf::from(source.lines().next().unwrap_or_default());
    let paper = Paper {
        title: desk.lang.pick("Results beside the sheet", "把结果写到表格副本"),
        name: &name,
        beside: path.parent(),
        kinds: &[(&label, &kind)],
    };
    let Some(to) = dialogs::save(&window, paper).await else {
        return Ok(None);
    };
    let written = desk.engine.return_results(batch_id, source, to, desk.lang).await;
    written.map(Some).say(desk.lang)
}

/// The copy's name, and its ending: the sheet's own, or a table's where the sheet is gone.
fn proposed(sheet: &SourceSheet, lang: Lang) -> (String, String) {
    let path = Path::new(&sheet.name);
    let stem = path.file_stem().unwrap_or_default().to_string_lossy();
    let ending = path.extension().map(|ending| ending.to_string_lossy().to_lowercase());
    let kind = ending.filter(|_| sheet.there).unwrap_or_else(|| "csv".to_owned());
    let name = names::safe_stem(&format!("{stem} {}", lang.pick("results", "结果")));
    (format!("{name}.{kind}"), kind)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_copy_is_of_the_sheets_kind_and_what_is_left_of_one_is_a_table() {
        let sheet = |name: &str, there| SourceSheet {
            source: String::new(),
            name: name.to_owned(),
            sheet: None,
            there,
            rows: 1,
        };
        for (given, name) in [
            (sheet("分镜.XLSX", true), "分镜 结果.xlsx"),
            (sheet("分镜.xlsx", false), "分镜 结果.csv"),
            (sheet("a.b.tsv", true), "a.b 结果.tsv"),
            (sheet("list", true), "list 结果.csv"),
        ] {
            assert_eq!(proposed(&given, Lang::Zh).0, name);
        }
    }
}
