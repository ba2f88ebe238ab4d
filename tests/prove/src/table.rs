//! The table that a stranger reads.

use std::time::Duration;

/// One line: what is promised, what was seen.
#[derive(Clone, Debug)]
pub struct Line {
    /// What must hold, with its bound.
    pub promise: String,
    /// What was counted or measured.
    pub seen: String,
    /// Whether it holds; `None` for a line that stands there for comparison (the naive loop).
    pub met: Option<bool>,
}

impl Line {
    /// A line that must hold.
    pub fn must(promise: impl Into<String>, seen: impl Into<String>, met: bool) -> Self {
        Self {
            promise: promise.into(),
            seen: seen.into(),
            met: Some(met),
        }
    }

    /// A line for comparison.
    pub fn beside(promise: impl Into<String>, seen: impl Into<String>) -> Self {
        Self {
            promise: promise.into(),
            seen: seen.into(),
            met: None,
        }
    }
}

/// A section's lines, and how long they took.
#[derive(Clone, Debug)]
pub struct Part {
    /// The section's title.
    pub title: &'static str,
    /// Its lines.
    pub lines: Vec<Line>,
    /// Wall time.
    pub took: Duration,
}

/// Prints the table; `true` if every line that must hold does.
pub fn print(parts: &[Part]) -> bool {
    let lines = || parts.iter().flat_map(|part| &part.lines);
    let width = lines().map(|line| line.promise.chars().count()).max().unwrap_or(0);
    for part in parts {
        println!("\n{} ({:.0} s)", part.title, part.took.as_secs_f64());
        for line in &part.lines {
            let mark = match line.met {
                Some(true) => "met     ",
                Some(false) => "NOT MET ",
                None => "beside  ",
            };
            println!("  {mark}{:width$}  {}", line.promise, line.seen);
        }
    }
    let missed = lines().filter(|line| line.met == Some(false)).count();
    let held = lines().filter(|line| line.met == Some(true)).count();
    println!("\n{held} lines met, {missed} not met");
    // A proof that proved nothing is no proof.
    missed == 0 && held > 0
}
