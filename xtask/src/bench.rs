//! `cargo xtask bench`: builds the benchmarks and runs them. What is measured stands in `tests/prove/src/bench.rs`.

use std::process::Command;

use crate::command::{self, cargo};
use crate::say::step;
use crate::{packages, page, place};

/// Builds and runs the benchmarks, all of them or the named ones. With the profile that tests are built with, as most run
/// on a paused clock and the machine's speed is not in them; `release` for `commits`, which is wall time.
///
/// # Errors
/// They do not build, or there is none of that name.
pub(crate) fn bench(release: bool, names: &[&str]) -> Result<(), String> {
    step("System packages", packages::for_proving)?;
    let profile: &[&str] = if release { &["--release"] } else { &[] };
    step("Building the benchmarks", || {
        command::show(cargo(["build", "--locked", "-p", "prove", "--bin", "bench"]).args(profile))
    })?;
    step("The benchmarks", || {
        let mut bench = Command::new(place::built("bench", release)?);
        command::show(bench.args(names).current_dir(place::root()))
    })
}

/// Builds the app as users get it (`debug`: as the tests do, which takes a tenth of the time and says less) and
/// measures its real window beside an empty one.
///
/// # Errors
/// Something does not build, or a window does not open.
pub(crate) fn ui(debug: bool, counts: &[&str]) -> Result<(), String> {
    step("System packages", packages::for_testing)?;
    step("The page", page::provide)?;
    let profile: &[&str] = if debug { &[] } else { &["--release"] };
    step("Building the app, and an empty window", || {
        command::show(cargo(["build", "--locked", "-p", "shotboard", "--bin", "shotboard"]).args(profile))?;
        let empty = ["--example", "empty-window", "--features", "empty-window"];
        command::show(
            cargo(["build", "--locked", "-p", "shotboard"])
                .args(empty)
                .args(profile),
        )?;
        let bins = [
            "-p",
            "window-tests",
            "--bin",
            "bench-ui",
            "-p",
            "prove",
            "--bin",
            "many",
        ];
        command::show(cargo(["build", "--locked"]).args(bins))
    })?;
    step("The window", || {
        let app = place::built("shotboard", !debug)?;
        let programs = app.parent().unwrap_or(&app);
        let mut bench = Command::new(place::built("bench-ui", false)?);
        command::show(bench.arg(programs).args(counts).current_dir(place::root()))
    })
}
