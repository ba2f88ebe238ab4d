//! `cargo xtask prove`: builds the proof of the first promise and runs it. What is proved stands in `tests/prove`.

use std::process::Command;

use crate::command::{self, cargo};
use crate::say::step;
use crate::{packages, place};

/// Builds and runs the proof, all of it or the named sections.
///
/// # Errors
/// It does not build, or a line of the table is not met.
pub(crate) fn prove(sections: &[&str]) -> Result<(), String> {
    // Not the whole workspace: the proof needs no window, so it runs on a machine without a web view's headers.
    const PARTS: [&str; 5] = ["--locked", "-p", "prove", "-p", "shotboard-cli"];
    step("System packages", packages::for_proving)?;
    step("Building the proof", || {
        command::show(cargo(["build", "--bins"]).args(PARTS))
    })?;
    step("The proof", || {
        let mut proof = Command::new(place::built("prove", false)?);
        command::show(proof.args(sections).current_dir(place::root()))
    })
}
