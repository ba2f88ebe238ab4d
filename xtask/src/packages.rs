//! The system packages that building, opening and testing need, on Debian and its family.
//!
//! They are asked for by name with dpkg-query and installed with apt-get, and only those that are missing. Other systems
//! bring their own web view; there only a sentence names what to look for when the build fails.

use std::process::Command;

use crate::{command, say};

/// What the app needs to be built and opened: a linker, the web view with its headers (they bring GTK's, D-Bus's and
/// pkg-config along), and what plays an H.264 and AAC file from `http://` inside the web view.
const RUN: &[&str] = &[
    "build-essential",
    "libwebkit2gtk-4.1-dev",
    "gstreamer1.0-plugins-good",
    "gstreamer1.0-libav",
];

/// What the window tests need besides: a screen in memory, the web view's driver, and Chinese letters.
const TEST: &[&str] = &["xvfb", "webkit2gtk-driver", "fonts-noto-cjk"];

/// Installs what building and opening the app needs.
///
/// # Errors
/// Something is missing and cannot be installed from here; the sentence holds the command that does.
pub(crate) fn for_running() -> Result<(), String> {
    let mut needed = RUN.to_vec();
    // A Chinese board in boxes is no board; any font that has the letters will do.
    if debian() && command::ask("fc-list", &[":lang=zh", "family"]).is_none_or(|fonts| fonts.trim().is_empty()) {
        needed.push("fonts-noto-cjk");
    }
    provide(&needed)
}

/// Installs what the tests need.
///
/// # Errors
/// As [`for_running`].
pub(crate) fn for_testing() -> Result<(), String> {
    provide(&[RUN, TEST].concat())
}

/// Installs what the proof needs: a linker, and a C compiler for SQLite.
///
/// # Errors
/// As [`for_running`].
pub(crate) fn for_proving() -> Result<(), String> {
    provide(&["build-essential"])
}

fn debian() -> bool {
    cfg!(target_os = "linux") && command::exists("dpkg-query") && command::exists("apt-get")
}

fn provide(needed: &[&str]) -> Result<(), String> {
    if cfg!(target_os = "windows") {
        say::line("No packages to install here. If the build fails: install the Visual Studio C++ build tools; if the");
        say::line("window stays empty: install the WebView2 runtime.");
        return Ok(());
    }
    if cfg!(target_os = "macos") {
        say::line("No packages to install here. If the build fails: run `xcode-select --install`.");
        return Ok(());
    }
    if !debian() {
        say::line(
            "This is not Debian or one of its family, so nothing is installed. If something fails, look for what",
        );
        say::line(&format!("these packages hold: {}.", needed.join(" ")));
        return Ok(());
    }
    let missing = missing(needed);
    if missing.is_empty() {
        say::line("Every system package is there.");
        return Ok(());
    }
    say::line(&format!("Missing system packages: {}.", missing.join(" ")));
    install(&missing)
}

fn missing<'a>(needed: &[&'a str]) -> Vec<&'a str> {
    let mut arguments = vec!["--show", "--showformat=${Package} ${db:Status-Status}\n"];
    arguments.extend(needed);
    // dpkg-query ends with 1 as soon as one name is unknown, and prints the others all the same.
    let listed = Command::new("dpkg-query")
        .args(&arguments)
        .output()
        .map(|output| String::from_utf8_lossy(&output.stdout).into_owned())
        .unwrap_or_default();
    without_installed(needed, &listed)
}

fn without_installed<'a>(needed: &[&'a str], listed: &str) -> Vec<&'a str> {
    let installed: Vec<&str> = listed
        .lines()
        .filter_map(|line| line.strip_suffix(" installed"))
        .collect();
    needed
        .iter()
        .copied()
        .filter(|name| !installed.contains(name))
        .collect()
}

fn install(missing: &[&str]) -> Result<(), String> {
    let by_hand = format!(
        "apt-get update && apt-get install --yes --no-install-recommends {}",
        missing.join(" ")
    );
    let root = command::ask("id", &["-u"]).is_some_and(|id| id.trim() == "0");
    if !root && !command::exists("sudo") {
        return Err(format!(
            "Only the administrator can install them. As root, run:\n\n  {by_hand}\n\nand try again."
        ));
    }
    let apt = |arguments: &[&str]| {
        let mut words: Vec<&str> = if root { Vec::new() } else { vec!["sudo"] };
        // Through `env`: sudo drops the variable otherwise, and a package that asks a question would wait for ever.
        words.extend(["env", "DEBIAN_FRONTEND=noninteractive", "apt-get"]);
        words.extend(arguments);
        let mut command = Command::new(words[0]);
        command.args(&words[1..]);
        say::line(&format!("Running: {}", command::spelled(&command)));
        command::show(&mut command)
    };
    let install = [&["install", "--yes", "--no-install-recommends"], missing].concat();
    apt(&["update"])
        .and_then(|()| apt(&install))
        .map_err(|problem| format!("{problem}\nInstall them yourself, then try again:\n\n  {by_hand}\n"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_package_that_is_unknown_or_was_removed_is_missing() {
        let listed = "xvfb installed\nwebkit2gtk-driver config-files\n";
        assert_eq!(
            without_installed(&["xvfb", "webkit2gtk-driver", "fonts-noto-cjk"], listed),
            ["webkit2gtk-driver", "fonts-noto-cjk"]
        );
    }
}
