//! Rules about the sources themselves, which no compiler keeps.

use std::collections::BTreeSet;
use std::fs;
use std::path::Path;

use serde_json::Value;

fn at_root(path: &str) -> String {
    fs::read_to_string(Path::new(env!("CARGO_MANIFEST_DIR")).join(path)).unwrap()
}

fn json(path: &str) -> Value {
    serde_json::from_str(&at_root(path)).unwrap()
}

/// The text between two marks.
fn between<'a>(text: &'a str, from: &str, to: &str) -> &'a str {
    text.split_once(from).unwrap().1.split_once(to).unwrap().0
}

/// The commands that the sources define, each with what follows its attribute.
fn defined() -> Vec<(String, String)> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("src-tauri/src/commands");
    let mut found = Vec::new();
    for entry in fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        let text = fs::read_to_string(&path).unwrap();
        if path.file_name().unwrap() == "tests.rs" {
            continue;
        }
        for after in text.split("#[tauri::command").skip(1) {
            let line = after.lines().nth(1).unwrap().trim().to_owned();
            let name = between(&line, "fn ", "(").to_owned();
            found.push((name, line));
        }
    }
    found
}

#[test]
fn every_command_is_async() {
    let found = defined();
    assert!(found.len() > 40, "{}", found.len());
    for (name, line) in found {
        assert!(
            line.starts_with("pub(crate) async fn "),
            "{name} would run on the window's thread: {line}"
        );
    }
}

#[test]
fn manifest_handlers_and_grants_name_the_same_commands() {
    let defined: BTreeSet<String> = defined().into_iter().map(|(name, _)| name).collect();
    let build = at_root("src-tauri/build.rs");
    let listed: BTreeSet<String> = between(&build, "= &[", "];")
        .split(',')
        .map(|name| name.trim().trim_matches('"').to_owned())
        .filter(|name| !name.is_empty())
        .collect();
    let lib = at_root("src-tauri/src/lib.rs");
    let handled: BTreeSet<String> = between(&lib, "generate_handler![", "]")
        .split(',')
        .filter_map(|path| path.trim().rsplit("::").next())
        .filter(|name| !name.is_empty())
        .map(str::to_owned)
        .collect();
    let capability = json("capabilities/main.json");
    let granted: Vec<&str> = capability["permissions"]
        .as_array()
        .unwrap()
        .iter()
        .map(|one| one.as_str().unwrap())
        .collect();
    let own: BTreeSet<String> = granted
        .iter()
        .filter_map(|grant| grant.strip_prefix("allow-"))
        .map(|name| name.replace('-', "_"))
        .collect();
    assert_eq!((&listed, &handled, &own), (&defined, &defined, &defined));
    let foreign: Vec<_> = granted.iter().filter(|grant| !grant.starts_with("allow-")).collect();
    assert_eq!(
        foreign,
        [&"core:event:allow-listen", &"core:event:allow-unlisten"],
        "the page gets nothing else"
    );
}

#[test]
fn the_configuration_keeps_its_promises() {
    let config = json("tauri.conf.json");
    assert_eq!(config["identifier"], engine::settings::IDENTIFIER);
    assert_eq!(config["version"], env!("CARGO_PKG_VERSION"));
    assert_eq!(config["app"]["withGlobalTauri"], false);
    assert_eq!(config["app"]["windows"][0]["label"], crate::WINDOW);
    let policy = &config["app"]["security"];
    assert!(policy["devCsp"].is_null(), "tests run under the policy that is shipped");
    let policy = policy["csp"].as_str().unwrap();
    assert!(policy.starts_with("default-src 'none';"));
    for loose in ["unsafe-", "*;", "https:", "script-src *"] {
        let found = policy.replace("http://127.0.0.1:*;", "").contains(loose);
        assert!(!found, "{loose} in {policy}");
    }
    assert!(config["build"]["devUrl"].is_null());
}
