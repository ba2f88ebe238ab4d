//! Running other programs: with what they print on the terminal, quietly, or read along line by line.
//!
//! Failures name the program, its arguments and what to do. Nothing here goes through a shell.

use std::{
    ffi::OsStr,
    io::{BufRead, BufReader, ErrorKind},
    process::{Command, ExitStatus, Stdio},
};

use crate::{place, say};

/// A cargo command in the repository's root; the cargo that runs this program, not another one on the path.
pub(crate) fn cargo<'a>(arguments: impl IntoIterator<Item = &'a str>) -> Command {
    let cargo = std::env::var_os("CARGO").unwrap_or_else(|| "cargo".into());
    let mut command = Command::new(cargo);
    command.args(arguments).current_dir(place::root());
    command
}

/// An npm command in the page's folder.
pub(crate) fn npm<'a>(arguments: impl IntoIterator<Item = &'a str>) -> Command {
    // npm is a batch file on Windows, which is only found by its whole name.
    let mut command = Command::new(if cfg!(windows) { "npm.cmd" } else { "npm" });
    command.args(arguments).current_dir(place::page());
    command
}

/// Runs it with the terminal as its own.
///
/// # Errors
/// It cannot be started, or does not end well.
pub(crate) fn show(command: &mut Command) -> Result<(), String> {
    let status = command.status().map_err(|error| not_started(command, &error))?;
    ended(command, status)
}

fn ended(command: &Command, status: ExitStatus) -> Result<(), String> {
    if status.success() {
        Ok(())
    } else {
        Err(format!(
            "`{}` ended with {status}. What it said stands above.",
            spelled(command)
        ))
    }
}

/// Runs it and shows each line of its standard output, after handing it to `read`.
///
/// # Errors
/// As [`show`].
pub(crate) fn follow(command: &mut Command, mut read: impl FnMut(&str)) -> Result<(), String> {
    let mut child = command
        .stdout(Stdio::piped())
        .spawn()
        .map_err(|error| not_started(command, &error))?;
    if let Some(output) = child.stdout.take() {
        let mut lines = BufReader::new(output);
        let mut line = Vec::new();
        // By bytes: a test that prints half a character must not end the reading.
        while lines.read_until(b'\n', &mut line).is_ok_and(|length| length > 0) {
            let text = String::from_utf8_lossy(&line);
            let text = text.trim_end_matches(['\n', '\r']);
            read(text);
            say::line(text);
            line.clear();
        }
    }
    let status = child.wait().map_err(|error| not_started(command, &error))?;
    ended(command, status)
}

/// What it printed, if it could be run and ended well.
pub(crate) fn ask(program: &str, arguments: &[&str]) -> Option<String> {
    let output = Command::new(program)
        .args(arguments)
        .stdin(Stdio::null())
        .stderr(Stdio::null())
        .output()
        .ok()?;
    output
        .status
        .success()
        .then(|| String::from_utf8_lossy(&output.stdout).into_owned())
}

/// Whether the program is there at all.
pub(crate) fn exists(program: &str) -> bool {
    Command::new(program)
        .arg("--version")
        .stdin(Stdio::null())
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        .status()
        .is_ok()
}

/// The command as a person would type it.
pub(crate) fn spelled(command: &Command) -> String {
    std::iter::once(command.get_program())
        .chain(command.get_args())
        .map(OsStr::to_string_lossy)
        .collect::<Vec<_>>()
        .join(" ")
}

fn not_started(command: &Command, error: &std::io::Error) -> String {
    let program = command.get_program().to_string_lossy();
    match error.kind() {
        ErrorKind::NotFound => format!("`{program}` was not found. Install it, or put its folder on the PATH."),
        _ => format!("`{program}` could not be run: {error}."),
    }
}
