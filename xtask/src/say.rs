//! How a chore speaks: one plain line before each step, one with the time it took after it.

use std::{
    io::Write,
    time::{Duration, Instant},
};

/// Announces a step, does it, and says how long it took.
///
/// # Errors
/// What the step fails with, the step named in front.
pub(crate) fn step<T>(what: &str, work: impl FnOnce() -> Result<T, String>) -> Result<T, String> {
    line(&format!("\n==> {what}"));
    let begun = Instant::now();
    let outcome = work();
    let took = duration(begun.elapsed());
    match outcome {
        Ok(value) => {
            line(&format!("    {what}: done in {took}"));
            Ok(value)
        }
        Err(problem) => Err(format!("{what} failed after {took}.\n{problem}")),
    }
}

/// One line, written at once: what follows may come from another process on the same terminal.
pub(crate) fn line(text: &str) {
    println!("{text}");
    // A closed terminal is no reason to stop a chore.
    let _ = std::io::stdout().flush();
}

/// `0.4 s`, `12.3 s`, `3 min 05 s`.
pub(crate) fn duration(time: Duration) -> String {
    let seconds = time.as_secs();
    if seconds < 60 {
        format!("{:.1} s", time.as_secs_f64())
    } else {
        format!("{} min {:02} s", seconds / 60, seconds % 60)
    }
}
