//! What finds a row of a sheet again, however the sheet was changed since it was read.
//!
//! People go on with their sheet while clips are made: they insert rows, sort, write remarks. So a row is known by its
//! line, by all of its cells, and by the two that say which shot it is; what was read is compared with what is there,
//! and nothing is told of a row that could be another one. Hashes, because the cells themselves are kept elsewhere or
//! are nobody's business.

use std::collections::HashSet;

use sha2::{Digest as _, Sha256};

use super::columns::{Column, Header};
use super::split::Record;

/// A row as it stood in the file when it became a task.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(crate) struct Print {
    /// All of its cells; 0: not known.
    pub(crate) whole: u64,
    /// The cell with the prompt.
    pub(crate) prompt: u64,
    /// The cell with the number, where there is one.
    pub(crate) number: Option<u64>,
}

impl Print {
    /// The print of a row, as the file has it.
    pub(super) fn of(record: &Record, header: &Header) -> Self {
        let cell = |wanted: Column| {
            let at = |column: &Option<(Column, String)>| column.as_ref().is_some_and(|(kind, _)| *kind == wanted);
            let at = header.columns.iter().position(at)?;
            record.cells.get(at).filter(|cell| !cell.trim().is_empty())
        };
        Self {
            whole: whole(&record.cells),
            prompt: cell(Column::Prompt).map_or(0, |cell| mark(cell)),
            number: cell(Column::Number).map(|cell| mark(cell)),
        }
    }

    /// Of a task that was read before prints were kept: only its prompt may speak for a row.
    pub(crate) fn of_prompt(prompt: &str) -> Self {
        Self {
            whole: 0,
            prompt: mark(prompt),
            number: None,
        }
    }

    pub(crate) fn to_text(self) -> String {
        let number = self.number.map(|number| format!("{number:016x}")).unwrap_or_default();
        format!("{:016x}:{:016x}:{number}", self.whole, self.prompt)
    }

    pub(crate) fn from_text(text: &str) -> Option<Self> {
        let mut parts = text.split(':');
        let mut next = || u64::from_str_radix(parts.next()?, 16).ok();
        let (whole, prompt) = (next()?, next()?);
        Some(Self {
            whole,
            prompt,
            number: next(),
        })
    }

    /// Whether a row with these cells says that it is this shot.
    pub(super) fn is_in(self, marks: &HashSet<u64>) -> bool {
        self.prompt != 0 && marks.contains(&self.prompt) && self.number.is_none_or(|number| marks.contains(&number))
    }
}

/// All cells of a row as one number; empty ones at its end do not count.
pub(super) fn whole(cells: &[String]) -> u64 {
    let filled = cells.iter().rposition(|cell| !cell.trim().is_empty());
    let cells = cells.get(..filled.map_or(0, |last| last + 1)).unwrap_or_default();
    let mut hash = Sha256::new();
    for cell in cells {
        hash.update(cell.trim());
        hash.update([0x1f]);
    }
    number(hash)
}

/// One cell as a number.
pub(super) fn mark(cell: &str) -> u64 {
    number(Sha256::new().chain_update(cell.trim()))
}

fn number(hash: Sha256) -> u64 {
    let bytes = hash.finalize();
    let number = bytes.first_chunk().map_or(1, |bytes| u64::from_be_bytes(*bytes));
    // 0 stands for what is not known.
    number.max(1)
}
