//! The gate: everything that must hold before a change lands, in one order, stopping at the first step that fails.
//!
//! Cheap steps stand first. Everything that cargo builds for tests is built once, for the whole workspace: building a
//! single package would choose other features of its dependencies and build half of them again.

pub(crate) mod count;
mod guard;

use std::time::Instant;

use count::Counts;
use guard::Guard;

use crate::{
    command::{self, cargo},
    packages, page, place,
    say::{self, step},
    types,
};

/// The window tests' package, and its only test program.
const WINDOW: &str = "window-tests";
const JOURNEYS: &str = "journeys";

/// Runs every step; the last line says how many tests passed and failed.
///
/// # Errors
/// What the first failing step says.
pub(crate) fn test() -> Result<(), String> {
    let begun = Instant::now();
    let mut counts = Counts::default();
    let outcome = steps(&mut counts);
    if outcome.is_err() {
        // A step without tests of its own (formatting, lints) counts as one when it fails.
        counts.failed = counts.failed.max(1);
    }
    let took = say::duration(begun.elapsed());
    let closing = format!("\nAll of it took {took}.\n{}", counts.closing_line());
    // The count stays the last line, whatever came before it.
    outcome
        .map(|()| say::line(&closing))
        .map_err(|problem| format!("{problem}\n{closing}"))
}

fn steps(counts: &mut Counts) -> Result<(), String> {
    step("System packages", packages::for_testing)?;
    step("Formatting of the Rust code", || {
        command::show(&mut cargo(["fmt", "--all", "--check"]))
    })?;
    step("The page's packages", page::install)?;
    step("The page's types and format", page::check)?;
    step("The page's tests", || page::test(counts))?;
    step("The page's build", page::build)?;
    step("Lints", || {
        let lints = [
            "clippy",
            "--locked",
            "--workspace",
            "--all-targets",
            "--",
            "-D",
            "warnings",
        ];
        command::show(&mut cargo(lints))
    })?;
    step("Building the app and every test", || {
        command::show(&mut cargo(["build", "--locked", "--workspace", "--bins", "--tests"]))
    })?;
    step("The page's types against the Rust ones", || {
        types::check(&["test", "--locked", "--workspace", "--lib"])
    })?;
    let guard = Guard::set()?;
    step("Rust tests", || {
        let mut tests = cargo(["test", "--locked", "--workspace", "--exclude", WINDOW, "--no-fail-fast"]);
        guard.around(&mut tests);
        // Types were compared above; what these tests write on the way goes to the same scratch folder.
        tests.env("TS_RS_EXPORT_DIR", place::target()?.join("types"));
        command::follow(&mut tests, |line| counts.read_cargo(line))
    })?;
    if cfg!(target_os = "linux") {
        step("The real window", || {
            let mut tests = cargo(["test", "--locked", "--workspace", "--test", JOURNEYS]);
            guard.around(&mut tests);
            command::follow(&mut tests, |line| counts.read_cargo(line))
        })?;
    } else {
        say::line("\n==> The real window: left out. It is driven through WebKitWebDriver, which only Linux has.");
    }
    step("The guard around the user's folders", || guard.check())
}
