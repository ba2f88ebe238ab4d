//! `cargo xtask prove`: builds the proof of the first promise and runs it. What is proved stands in `tests/prove`.

use crate::command::{self, cargo};
use crate::say::step;

/// Builds and runs the proof, all of it or the named sections.
///
/// # Errors
/// It does not build, or a line of the table is not met.
pub(crate) fn prove(sections: &[&str]) -> Result<(), String> {
    step("Building the proof", || {
        command::show(&mut cargo(["build", "--locked", "--workspace", "--bins"]))
    })?;
    step("The proof", || {
        let mut proof = cargo(["run", "--locked", "--quiet", "-p", "prove", "--bin", "prove", "--"]);
        command::show(proof.args(sections))
    })
}
