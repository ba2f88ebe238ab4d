//! Cells of a table that a spreadsheet opens: text stays text.
//!
//! A spreadsheet takes a cell that begins with `=`, `+`, `-` or `@` for a formula, and a formula may call out. What a
//! prompt or a service's answer begins with is somebody else's word, so such a cell gets an apostrophe before it.

/// One cell.
#[derive(Clone, Debug, PartialEq)]
pub(crate) enum Cell {
    /// Somebody's words.
    Text(String),
    /// A number or a time of the app's own.
    Plain(String),
}

impl Cell {
    pub(crate) fn text(text: impl Into<String>) -> Self {
        Self::Text(text.into())
    }

    pub(crate) fn plain(value: Option<impl ToString>) -> Self {
        Self::Plain(value.map_or_else(String::new, |value| value.to_string()))
    }
}

/// A row with its end, as RFC 4180 has it.
pub(crate) fn record(cells: &[Cell]) -> String {
    let cells = cells.iter().map(|cell| match cell {
        Cell::Text(text) => quoted(&guarded(text)),
        Cell::Plain(text) => quoted(text),
    });
    cells.collect::<Vec<_>>().join(",") + "\r\n"
}

/// A text that no spreadsheet calculates.
pub(crate) fn guarded(text: &str) -> String {
    // Behind spaces too: some spreadsheets drop them first. The wide forms are what a Chinese keyboard gives.
    let first = text
        .trim_start_matches([' ', '\u{a0}', '\u{3000}', '\u{feff}', '"'])
        .chars()
        .next();
    let formula = matches!(
        first,
        Some('=' | '+' | '-' | '@' | '\t' | '\r' | '\n' | '＝' | '＋' | '－' | '＠' | '|' | '%')
    );
    if formula { format!("'{text}") } else { text.to_owned() }
}

fn quoted(text: &str) -> String {
    // Inside a cell a lone return would end the row for some readers.
    let text = text.replace("\r\n", "\n").replace('\r', "\n");
    if text.contains([',', ';', '\t', '"', '\n']) || text.starts_with([' ', '\'']) || text.ends_with(' ') {
        format!("\"{}\"", text.replace('"', "\"\""))
    } else {
        text
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn nothing_is_calculated_and_numbers_stay_numbers() {
        for formula in [
            "=1+1",
            "+1",
            "-1",
            "@SUM(A1)",
            "\t=1",
            " =cmd|' /C calc'!A0",
            "＝1",
            "\"=1",
            "|x",
        ] {
            let written = record(&[Cell::text(formula)]);
            assert!(written.trim_start_matches('"').starts_with('\''), "{written}");
        }
        assert_eq!(record(&[Cell::text("a fox"), Cell::plain(Some(60))]), "a fox,60\r\n");
    }

    proptest! {
        #[test]
        fn every_row_reads_back(texts in prop::collection::vec("[^\r]*", 0..6)) {
            let texts = [vec!["first".to_owned()], texts].concat();
            let written = record(&texts.iter().map(Cell::text).collect::<Vec<_>>());
            let mut reader = csv::ReaderBuilder::new().has_headers(false).from_reader(written.as_bytes());
            let row = reader.records().next().unwrap().unwrap();
            let read: Vec<_> = row.iter().map(str::to_owned).collect();
            prop_assert_eq!(&read, &texts.iter().map(|text| guarded(text)).collect::<Vec<_>>());
            prop_assert!(read.iter().all(|cell| !cell.starts_with(['=', '+', '-', '@', '\t'])));
        }
    }
}
