//! From cells to rows: every cell is judged, so that all that is wrong with a row is told at once.

use std::collections::HashMap;

use super::columns::{Column, Header};
use super::print::Print;
use super::problem::{Fault, RowProblem, SheetProblem, shortened};
use super::split::Record;
use super::values::MAX_IMAGES;
use super::{MAX_LINES, MAX_ROWS, Row, values};

/// Complaints that are kept; behind so many nobody reads on, and a hostile file could make millions.
const MAX_PROBLEMS: usize = MAX_ROWS;

/// Judges the rows below the names of the columns.
pub(super) fn read(
    records: impl Iterator<Item = Record>,
    header: &Header,
) -> Result<(Vec<Row>, Vec<RowProblem>), SheetProblem> {
    let mut rows = Vec::new();
    let mut problems = Vec::new();
    let mut numbers = HashMap::new();
    let mut filled = 0;
    for (index, record) in records.enumerate() {
        if index >= MAX_LINES || filled >= MAX_ROWS && !record.is_blank() {
            return Err(SheetProblem::TooManyRows { limit: MAX_ROWS });
        }
        if record.is_blank() {
            continue;
        }
        filled += 1;
        let line = record.line;
        match row(&record, header, &mut numbers) {
            Ok(row) => rows.push(row),
            Err(faults) => {
                let told = faults
                    .into_iter()
                    .map(|(column, fault)| RowProblem { line, column, fault });
                problems.extend(told.take(MAX_PROBLEMS.saturating_sub(problems.len())));
            }
        }
    }
    if rows.is_empty() && problems.is_empty() {
        return Err(SheetProblem::Empty);
    }
    Ok((rows, problems))
}

/// Faults with the names of the columns in which they are.
pub(super) type Faults = Vec<(Option<String>, Fault)>;

pub(super) fn row(record: &Record, header: &Header, numbers: &mut HashMap<String, u64>) -> Result<Row, Faults> {
    if record.unbalanced {
        return Err(vec![(None, Fault::UnbalancedQuotes)]);
    }
    let filled = record
        .cells
        .iter()
        .rposition(|cell| !cell.trim().is_empty())
        .map_or(0, |last| last + 1);
    if record.beyond || filled > header.columns.len() {
        return Err(vec![(
            None,
            Fault::TooManyCells {
                cells: filled,
                columns: header.columns.len(),
            },
        )]);
    }
    let mut row = Row {
        line: record.line,
        print: Some(Print::of(record, header)),
        ..Row::default()
    };
    let mut last_frame = Vec::new();
    let mut faults = Faults::new();
    for (at, (cell, column)) in record.cells.iter().zip(&header.columns).enumerate() {
        let Some((column, name)) = column else {
            if let Some(Some(name)) = header.kept.get(at)
                && !cell.is_empty()
            {
                row.kept.push((name.clone(), cell.clone()));
            }
            continue;
        };
        if let Err(fault) = fill(&mut row, &mut last_frame, *column, cell) {
            faults.push((Some(name.clone()), fault));
        }
    }
    let named = |wanted| {
        header
            .columns
            .iter()
            .flatten()
            .find(|(column, _)| *column == wanted)
            .map(|(_, name)| name.clone())
    };
    if !last_frame.is_empty() && row.images.is_empty() {
        faults.push((named(Column::LastFrame), Fault::LastFrameAlone));
    }
    row.images.append(&mut last_frame);
    if row.images.len() > MAX_IMAGES {
        faults.push((named(Column::Images), Fault::TooManyImages { limit: MAX_IMAGES }));
    }
    if row.prompt.is_empty() {
        faults.push((named(Column::Prompt), Fault::NoPrompt));
    }
    if let Some(number) = &row.number {
        let first_line = *numbers.entry(number.clone()).or_insert(row.line);
        if first_line != row.line {
            faults.push((
                named(Column::Number),
                Fault::NumberTwice {
                    number: shortened(number),
                    first_line,
                },
            ));
        }
    }
    if faults.is_empty() { Ok(row) } else { Err(faults) }
}

fn fill(row: &mut Row, last_frame: &mut Vec<String>, column: Column, cell: &str) -> Result<(), Fault> {
    if values::is_error(cell) {
        return Err(Fault::ErrorValue { value: shortened(cell) });
    }
    match column {
        Column::Number => row.number = values::number(cell)?,
        Column::Prompt => cell.trim().clone_into(&mut row.prompt),
        Column::Images => values::images(cell, &mut row.images),
        Column::LastFrame => values::images(cell, last_frame),
        Column::Model => row.model = values::model(cell)?,
        Column::AspectRatio => row.aspect_ratio = values::aspect_ratio(cell)?,
        Column::Resolution => row.resolution = values::resolution(cell)?,
        Column::Duration => row.duration = values::duration(cell)?,
        Column::Seed => row.seed = values::seed(cell)?,
        Column::Watermark => row.watermark = values::watermark(cell)?,
        Column::Mode => row.mode = values::mode(cell)?,
        Column::Translation => row.enable_translation = values::yes_or_no(cell)?,
        Column::Folder => row.folder = values::folder(cell)?,
        Column::FileName => row.file_name = values::file_name(cell)?,
    }
    Ok(())
}
