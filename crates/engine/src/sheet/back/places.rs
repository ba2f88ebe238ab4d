//! Which row of a sheet, as it is now, each task came from. Where two could be meant, none is.

use std::collections::{HashMap, HashSet};

use super::Outcome;
use crate::sheet::print::{self, Print};
use crate::sheet::split::Record;

/// More pairs of tasks and rows that say the same are not told apart.
const MOST_PAIRS: usize = 1_000_000;

/// For each task its row's place among `records`.
pub(super) fn places(records: &[Record], tasks: &[Outcome]) -> Vec<Option<usize>> {
    let mut search = Search::of(records, tasks);
    let lines: HashMap<u64, usize> = records.iter().enumerate().map(|(at, row)| (row.line, at)).collect();
    let line = |task: &Outcome| task.line.and_then(|line| lines.get(&line).copied());
    // As it was, where it was.
    search.each(|search, task| {
        let whole = search.whole.get(line(task)?).copied()?;
        line(task).filter(|_| task.print.whole == whole)
    });
    // As it was, elsewhere: rows were inserted, taken out, sorted.
    search.moved();
    // Something was written into it, but it still says which shot it is.
    search.each(|search, task| line(task).filter(|at| search.says(*at, task.print)));
    // Both: found by what it says, where nothing else says so.
    search.by_words();
    search.found
}

struct Search<'a> {
    records: &'a [Record],
    tasks: &'a [Outcome],
    whole: Vec<u64>,
    taken: Vec<bool>,
    found: Vec<Option<usize>>,
}

impl<'a> Search<'a> {
    fn of(records: &'a [Record], tasks: &'a [Outcome]) -> Self {
        Self {
            records,
            tasks,
            whole: records.iter().map(|row| print::whole(&row.cells)).collect(),
            taken: vec![false; records.len()],
            found: vec![None; tasks.len()],
        }
    }

    fn put(&mut self, task: usize, row: usize) {
        if let (Some(taken), Some(found)) = (self.taken.get_mut(row), self.found.get_mut(task))
            && !*taken
            && found.is_none()
        {
            (*taken, *found) = (true, Some(row));
        }
    }

    fn open(&self) -> Vec<(usize, &'a Outcome)> {
        let open = self.tasks.iter().enumerate().zip(&self.found);
        open.filter(|(_, found)| found.is_none())
            .map(|(task, _)| task)
            .collect()
    }

    fn each(&mut self, row: impl Fn(&Self, &Outcome) -> Option<usize>) {
        for (at, task) in self.open() {
            if let Some(row) = row(self, task) {
                self.put(at, row);
            }
        }
    }

    /// Rows that are as they were, on another line.
    fn moved(&mut self) {
        let mut rows: HashMap<u64, Vec<usize>> = HashMap::new();
        for (at, (whole, taken)) in self.whole.iter().zip(&self.taken).enumerate() {
            if !taken {
                rows.entry(*whole).or_default().push(at);
            }
        }
        let mut pairs = Vec::new();
        for (task, outcome) in self.open() {
            let rows = rows.get(&outcome.print.whole).map(Vec::as_slice).unwrap_or_default();
            // One that looks like several is none of them.
            if let [row] = rows {
                pairs.push((task, *row));
            }
        }
        self.put_alone(&pairs);
    }

    /// Of pairs that could belong together, those that are in no other.
    fn put_alone(&mut self, pairs: &[(usize, usize)]) {
        let (mut tasks, mut rows) = (HashMap::new(), HashMap::new());
        for (task, row) in pairs {
            *tasks.entry(*task).or_insert(0) += 1;
            *rows.entry(*row).or_insert(0) += 1;
        }
        for (task, row) in pairs {
            if tasks.get(task) == Some(&1) && rows.get(row) == Some(&1) {
                self.put(*task, *row);
            }
        }
    }

    fn marks(&self, row: usize) -> HashSet<u64> {
        let cells = self
            .records
            .get(row)
            .map(|row| row.cells.as_slice())
            .unwrap_or_default();
        cells.iter().map(|cell| print::mark(cell)).collect()
    }

    fn says(&self, row: usize, print: Print) -> bool {
        print.is_in(&self.marks(row))
    }

    /// Rows that say which shot they are, on another line and with other words beside it.
    fn by_words(&mut self) {
        let mut wanted: HashMap<u64, Vec<(usize, Print)>> = HashMap::new();
        for (at, task) in self.open() {
            wanted.entry(task.print.prompt).or_default().push((at, task.print));
        }
        let mut pairs = Vec::new();
        for (row, _) in self
            .taken
            .iter()
            .enumerate()
            .filter(|(_, taken)| !**taken && !wanted.is_empty())
        {
            let marks = self.marks(row);
            for (task, print) in marks.iter().filter_map(|mark| wanted.get(mark)).flatten() {
                // A thousand tasks of one prompt in a thousand rows speak for none.
                if print.is_in(&marks) && pairs.len() < MOST_PAIRS {
                    pairs.push((*task, row));
                }
            }
        }
        if pairs.len() < MOST_PAIRS {
            self.put_alone(&pairs);
        }
    }
}
