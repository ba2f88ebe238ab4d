//! The page's types, generated from the Rust ones by ts-rs, and whether the committed ones are current.
//!
//! ts-rs writes from tests of the engine. They are written into a folder of their own first, so that a type that no
//! longer exists does not stay behind in `ui/src/lib/types`.

use std::{
    collections::BTreeMap,
    fs, io,
    path::{Path, PathBuf},
};

use crate::{command, place, say};

/// Only the tests that write types.
const FILTER: &str = "export_bindings";
/// The table of troubles as a page, which the same tests write.
const TABLE: &str = "ERRORS.md";
/// The variable that tells them where.
const TABLE_FOLDER: &str = "SHOTBOARD_TABLE_DIR";
/// The variable that tells ts-rs where to write.
const FOLDER: &str = "TS_RS_EXPORT_DIR";

/// Writes `ui/src/lib/types` anew.
///
/// # Errors
/// The engine does not build, or a file cannot be written.
pub(crate) fn write() -> Result<(), String> {
    let now = generate(&["test", "--quiet", "-p", "engine", "--lib", FILTER])?;
    let committed = read(&folder())?;
    let told = |error: io::Error| format!("{} cannot be written: {error}.", folder().display());
    fs::create_dir_all(folder()).map_err(told)?;
    for name in committed.keys().filter(|name| !now.contains_key(*name)) {
        fs::remove_file(folder().join(name)).map_err(told)?;
        say::line(&format!("Removed {name}."));
    }
    for (name, text) in &now {
        if committed.get(name) != Some(text) {
            let path = folder().join(name);
            fs::create_dir_all(path.parent().unwrap_or(&path)).map_err(told)?;
            fs::write(path, text).map_err(told)?;
            say::line(&format!("Wrote {name}."));
        }
    }
    let (fresh, kept) = (place::target()?.join("types").join(TABLE), table());
    let told = |error: io::Error| format!("{} cannot be written: {error}.", kept.display());
    if fs::read(&fresh).map_err(told)? != fs::read(&kept).unwrap_or_default() {
        fs::copy(&fresh, &kept).map_err(told)?;
        say::line(&format!("Wrote docs/{TABLE}."));
    }
    say::line(&format!("{} types are current.", now.len()));
    Ok(())
}

/// Compares the committed types with what the Rust ones give now. Built as `arguments` say, so that the gate can reuse
/// what it builds anyway.
///
/// # Errors
/// Names each file that differs, and the chore that mends it.
pub(crate) fn check(arguments: &[&str]) -> Result<(), String> {
    let now = generate(&[arguments, &[FILTER]].concat())?;
    let committed = read(&folder())?;
    let mut stale: Vec<String> = now
        .iter()
        .filter(|(name, text)| committed.get(*name) != Some(*text))
        .map(|(name, _)| format!("  {name} is out of date"))
        .collect();
    let gone = committed.keys().filter(|name| !now.contains_key(*name));
    stale.extend(gone.map(|name| format!("  {name} has no Rust type any more")));
    let text = |path: PathBuf| fs::read_to_string(path).map(|text| text.replace("\r\n", "\n")).ok();
    if text(place::target()?.join("types").join(TABLE)) != text(table()) {
        stale.push(format!("  docs/{TABLE} is out of date"));
    }
    if stale.is_empty() {
        say::line(&format!("{} types are current.", now.len()));
        return Ok(());
    }
    Err(format!(
        "The page's types differ from the Rust ones:\n{}\nRun `cargo xtask types` and commit what it wrote.",
        stale.join("\n")
    ))
}

fn table() -> PathBuf {
    place::root().join("docs").join(TABLE)
}

fn folder() -> PathBuf {
    place::page().join("src/lib/types")
}

fn generate(arguments: &[&str]) -> Result<BTreeMap<String, String>, String> {
    let fresh = place::target()?.join("types");
    match fs::remove_dir_all(&fresh) {
        Err(error) if error.kind() != io::ErrorKind::NotFound => {
            return Err(format!("{} cannot be emptied: {error}.", fresh.display()));
        }
        _ => {}
    }
    let mut export = command::cargo(arguments.iter().copied());
    // Read quietly: the counts of this run are not the tests' counts.
    let output = export
        .env(FOLDER, &fresh)
        .env(TABLE_FOLDER, &fresh)
        .stderr(std::process::Stdio::inherit())
        .output()
        .map_err(|error| format!("cargo could not be run: {error}."))?;
    if !output.status.success() {
        let said = String::from_utf8_lossy(&output.stdout);
        return Err(format!(
            "{said}\n`{}` ended with {}.",
            command::spelled(&export),
            output.status
        ));
    }
    let types = read(&fresh)?;
    if types.is_empty() {
        return Err(format!("`{}` wrote no type.", command::spelled(&export)));
    }
    Ok(types)
}

/// Every `.ts` file below a folder, by its path in there with `/` between.
fn read(folder: &Path) -> Result<BTreeMap<String, String>, String> {
    let mut found = BTreeMap::new();
    let mut ahead = vec![folder.to_path_buf()];
    while let Some(next) = ahead.pop() {
        let told = |error: io::Error| format!("{} cannot be read: {error}.", next.display());
        let entries = match fs::read_dir(&next) {
            Ok(entries) => entries,
            Err(error) if error.kind() == io::ErrorKind::NotFound => continue,
            Err(error) => return Err(told(error)),
        };
        for entry in entries {
            let path = entry.map_err(told)?.path();
            if path.is_dir() {
                ahead.push(path);
            } else if path.extension().is_some_and(|end| end == "ts") {
                let text = fs::read_to_string(&path).map_err(|error| format!("{}: {error}.", path.display()))?;
                let name = path.strip_prefix(folder).unwrap_or(&path).to_string_lossy();
                // Git may have checked the committed ones out with Windows' line ends.
                found.insert(name.replace('\\', "/"), text.replace("\r\n", "\n"));
            }
        }
    }
    Ok(found)
}
