//! From a clean clone to the open app, or to saved videos in a terminal where there is no display.

use std::{env, fs, path::Path, process::Command};

use crate::{
    command::{self, cargo},
    packages, page, place,
    say::{self, step},
};

/// Shots of the demo that runs where no window can open.
const SHOTS: &str = "6";

/// Provides what is missing, builds, and opens the app or runs the demo.
///
/// # Errors
/// What failed, and what to do.
pub(crate) fn run(release: bool) -> Result<(), String> {
    step("System packages", packages::for_running)?;
    step("The page", page::provide)?;
    step("Building the app (the first time takes some minutes)", || {
        // Both programs at once, whichever is needed: their common parts are built once.
        let mut build = cargo(["build", "--locked", "-p", "shotboard", "-p", "shotboard-cli"]);
        if release {
            build.arg("--release");
        }
        command::show(&mut build)
    })?;
    if display() { open(release) } else { demo(release) }
}

/// Whether a window can open here. Only Linux is asked: elsewhere there is always a desktop to try.
fn display() -> bool {
    let set = |name| env::var_os(name).is_some_and(|value| !value.is_empty());
    !cfg!(target_os = "linux") || set("WAYLAND_DISPLAY") || set("DISPLAY")
}

fn open(release: bool) -> Result<(), String> {
    let app = place::built("shotboard", release)?;
    say::line(&format!("\n==> Opening Shotboard: {}", app.display()));
    say::line("    Close its window to come back here.");
    command::show(&mut Command::new(app))
}

fn demo(release: bool) -> Result<(), String> {
    say::line("\nThere is no display here (neither DISPLAY nor WAYLAND_DISPLAY is set), so no window can open.");
    say::line("The demo runs in the terminal instead: the whole real path, against the stand-in service.");
    let place = place::target()?.join("demo");
    let (library, clips) = (place.join("library"), place.join("clips"));
    let told = |error: std::io::Error| format!("{} cannot be made: {error}.", clips.display());
    if place.exists() {
        // Each demo begins anew, so that what is listed is what this run saved.
        fs::remove_dir_all(&place).map_err(told)?;
    }
    fs::create_dir_all(&library)
        .and_then(|()| fs::create_dir_all(&clips))
        .map_err(told)?;
    step("The demo", || {
        // A library of its own: trying the demo leaves nothing in the user's data directory.
        let mut demo = Command::new(place::built("shotboard-cli", release)?);
        demo.arg("--data-dir").arg(&library);
        demo.args(["demo", "--shots", SHOTS, "--out"]).arg(&clips);
        command::show(&mut demo)
    })?;
    list(&clips)
}

fn list(clips: &Path) -> Result<(), String> {
    let mut saved: Vec<(String, u64)> = fs::read_dir(clips)
        .map_err(|error| format!("{} cannot be read: {error}.", clips.display()))?
        .flatten()
        .filter(|entry| entry.path().extension().is_some_and(|end| end == "mp4"))
        .map(|entry| {
            let size = entry.metadata().map_or(0, |facts| facts.len());
            (entry.file_name().to_string_lossy().into_owned(), size)
        })
        .collect();
    saved.sort();
    if saved.is_empty() {
        return Err(format!("The demo saved no video in {}.", clips.display()));
    }
    say::line(&format!("\nSaved in {}:", clips.display()));
    for (name, size) in saved {
        say::line(&format!("  {name}  {} KB", size.div_ceil(1000)));
    }
    Ok(())
}
