//! The page (`ui/`): its packages, its checks, and the build that the app embeds.
//!
//! Packages are installed again only when the lock file changed, and the page is built again only when something it is
//! made of is newer than the build. It relies on nothing but Node's own npm.

use std::{
    fs,
    path::{Path, PathBuf},
    time::SystemTime,
};

use crate::{command, place, say, test::count::Counts};

/// The oldest Node that the page's tools run on.
const NODE: (u32, u32) = (20, 19);

/// Folders and files that the built page is made of. Designs and tests beside them do not count.
const MADE_OF: &[&str] = &[
    "src",
    "public",
    "index.html",
    "package-lock.json",
    "vite.config.ts",
    "svelte.config.js",
];

/// Installs and builds what is missing or stale.
///
/// # Errors
/// Node is missing or too old, or npm fails.
pub(crate) fn provide() -> Result<(), String> {
    let page = place::page();
    let built = changed(&page.join("dist/index.html"));
    let newest = MADE_OF.iter().filter_map(|part| newest(&page.join(part))).max();
    if built.is_some() && built >= newest {
        say::line("The page is built and current.");
        return Ok(());
    }
    install()?;
    build()
}

/// Installs the page's packages as the lock file says, unless that was done for this very lock file.
///
/// # Errors
/// As [`provide`].
pub(crate) fn install() -> Result<(), String> {
    check_node()?;
    let lock = place::page().join("package-lock.json");
    let wanted = fs::read(&lock).map_err(|error| format!("{} cannot be read: {error}.", lock.display()))?;
    let mark = installed_mark();
    if fs::read(&mark).is_ok_and(|installed| installed == wanted) {
        say::line("The page's packages are as the lock file says.");
        return Ok(());
    }
    command::show(command::npm(["ci", "--no-audit", "--no-fund"]).env("npm_config_update_notifier", "false"))?;
    fs::write(&mark, wanted).map_err(|error| format!("{} cannot be written: {error}.", mark.display()))
}

/// Builds the page into `ui/dist`.
///
/// # Errors
/// npm fails.
pub(crate) fn build() -> Result<(), String> {
    command::show(&mut command::npm(["run", "build"]))
}

/// Types and format.
///
/// # Errors
/// npm fails.
pub(crate) fn check() -> Result<(), String> {
    command::show(&mut command::npm(["run", "check"]))
}

/// The page's own tests, counted.
///
/// # Errors
/// A test fails, or npm does.
pub(crate) fn test(counts: &mut Counts) -> Result<(), String> {
    let mut tests = command::npm(["run", "test"]);
    // Without colours, whose escapes would stand inside the line that is counted.
    command::follow(tests.env("NO_COLOR", "1").env_remove("FORCE_COLOR"), |line| {
        counts.read_vitest(line);
    })
}

/// A copy of the lock file that the installed packages came from; it goes when they go.
fn installed_mark() -> PathBuf {
    place::page().join("node_modules/.installed-package-lock.json")
}

fn check_node() -> Result<(), String> {
    let (major, minor) = NODE;
    let Some(version) = command::ask("node", &["--version"]) else {
        return Err(format!(
            "Node was not found. Install Node {major}.{minor} or newer (npm comes with it)."
        ));
    };
    let version = version.trim();
    match parse_version(version) {
        Some(found) if found < NODE => Err(format!(
            "Node {version} is too old for the page's tools. Install {major}.{minor} or newer."
        )),
        // A version that cannot be read is no reason to stop; npm will say what it lacks.
        _ => Ok(()),
    }
}

fn parse_version(text: &str) -> Option<(u32, u32)> {
    let mut parts = text.trim_start_matches('v').split('.');
    Some((parts.next()?.parse().ok()?, parts.next()?.parse().ok()?))
}

/// The newest change in a file or anywhere in a folder, the folder's own included: a deleted file counts as well.
fn newest(path: &Path) -> Option<SystemTime> {
    let own = changed(path)?;
    let inside = fs::read_dir(path)
        .into_iter()
        .flatten()
        .filter_map(|entry| newest(&entry.ok()?.path()));
    inside.chain([own]).max()
}

fn changed(path: &Path) -> Option<SystemTime> {
    fs::symlink_metadata(path).and_then(|facts| facts.modified()).ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn versions_compare_as_numbers() {
        assert!(parse_version("v20.9.0").unwrap() < NODE);
        assert!(parse_version("v20.19.0").unwrap() >= NODE);
        assert!(parse_version("v118.0.0-nightly").unwrap() > NODE);
        assert_eq!(parse_version("unknown"), None);
    }

    #[test]
    fn a_new_file_deep_inside_is_the_newest() {
        let folder = std::env::temp_dir().join(format!("xtask-newest-{}", std::process::id()));
        fs::create_dir_all(folder.join("a/b")).unwrap();
        let before = newest(&folder).unwrap();
        let later = before + std::time::Duration::from_secs(5);
        let file = fs::File::create(folder.join("a/b/c.svelte")).unwrap();
        file.set_modified(later).unwrap();
        let after = newest(&folder);
        fs::remove_dir_all(&folder).unwrap();
        assert_eq!(after, Some(later));
    }
}
