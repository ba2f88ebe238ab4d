//! `cargo xtask screenshots`: builds the app and has the pictures under `docs/screenshots` made in its real window, so that
//! they never go stale. Which screens there are stands in `tests/window/src/scenes`.

use std::process::Command;

use crate::command::{self, cargo};
use crate::say::step;
use crate::{packages, page, place};

/// Builds what is needed and makes the pictures: those that are kept, or what the words name.
///
/// # Errors
/// Something does not build, a screen cannot be reached, or a picture cannot be written.
pub(crate) fn screenshots(words: &[&str]) -> Result<(), String> {
    step("System packages", packages::for_testing)?;
    step("The page", page::provide)?;
    step("Building the app", || {
        command::show(&mut cargo(["build", "--locked", "--workspace", "--bins"]))
    })?;
    step("The pictures", || {
        command::show(Command::new(place::built("screenshots", false)?).args(words))
    })
}
