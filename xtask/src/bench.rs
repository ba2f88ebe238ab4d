//! `cargo xtask bench`: builds the benchmarks and runs them. What is measured stands in `tests/prove/src/bench.rs`.

use std::process::Command;

use crate::command::{self, cargo};
use crate::say::step;
use crate::{packages, place};

/// Builds and runs the benchmarks, all of them or the named ones. With the profile that tests are built with: what is
/// measured runs on a paused clock, so the machine's speed is not in it.
///
/// # Errors
/// They do not build, or there is none of that name.
pub(crate) fn bench(names: &[&str]) -> Result<(), String> {
    step("System packages", packages::for_proving)?;
    step("Building the benchmarks", || {
        command::show(&mut cargo(["build", "--locked", "-p", "prove", "--bin", "bench"]))
    })?;
    step("The benchmarks", || {
        let mut bench = Command::new(place::built("bench", false)?);
        command::show(bench.args(names).current_dir(place::root()))
    })
}
