//! The real keychain of a Linux desktop, without a desktop: `gnome-keyring` on a message bus of its own.

use std::path::{Path, PathBuf};
use std::process::{Output, Stdio};
use std::time::{Duration, Instant};

use engine::keys::Lock;
use engine::keys::keychain::of_this_computer;
use engine::keys::safe::{AT_START, Safe};
use engine::keys::stored::{Sealed, StoredSeal};
use kie::ApiKey;
use serde_json::{Value, json};
use tokio::io::AsyncWriteExt as _;
use tokio::process::Command;

use super::canary::Canary;
use crate::Size;
use crate::table::Line;

/// How long somebody waits for a locked keychain in this proof.
const PATIENCE: Duration = Duration::from_secs(3);

pub(super) async fn prove(size: Size) -> Vec<Line> {
    if size == Size::Quick {
        // Its children are this program's, and a test is not this program.
        return Vec::new();
    }
    let absent = no_keychain().await;
    if !installed() {
        let seen = "gnome-keyring and dbus-run-session are not installed";
        return vec![absent, Line::beside("with a real keychain", seen)];
    }
    vec![absent, real().await, locked().await]
}

fn installed() -> bool {
    let there = |name: &str| {
        let path = std::env::var_os("PATH").unwrap_or_default();
        std::env::split_paths(&path).any(|folder| folder.join(name).is_file())
    };
    there("gnome-keyring-daemon") && there("dbus-run-session")
}

/// Without a message bus: told at once, and nothing in memory plays the keychain.
async fn no_keychain() -> Line {
    let folder = tempfile::tempdir().unwrap();
    let mut command = program("absent", folder.path());
    command.env("DBUS_SESSION_BUS_ADDRESS", "disabled:");
    let (answer, _) = ended(command.output().await.unwrap());
    let (refused, ms) = (answer["refused"] == true, answer["ms"].as_u64().unwrap_or(u64::MAX));
    Line::must(
        "no keychain on this computer: refused within 1 s, and no stand-in in memory takes its place",
        format!(
            "refused: {refused} after {ms} ms ({})",
            answer["why"].as_str().unwrap_or_default()
        ),
        refused && ms < 1000,
    )
}

/// Sealed in one process, opened in the next; then its entry is deleted.
async fn real() -> Line {
    let folder = tempfile::tempdir().unwrap();
    let (answer, text) = in_session(folder.path(), "real").await;
    let is = |name: &str| answer[name] == true;
    let all = ["sealed", "openedByAnother", "goneIsTold", "newBesideOld"];
    let held: Vec<_> = all.iter().filter(|name| is(name)).collect();
    Line::must(
        "a real Secret Service: sealed, opened by another process, its loss told, a new master beside the old",
        format!(
            "{} of {} ({}), key found {} times",
            held.len(),
            all.len(),
            answer["ms"],
            text
        ),
        held.len() == all.len() && text == 0,
    )
}

/// A locked keychain with nobody to type its password.
async fn locked() -> Line {
    let folder = tempfile::tempdir().unwrap();
    let (answer, _) = in_session(folder.path(), "locked").await;
    let ms = answer["ms"].as_u64().unwrap_or(u64::MAX);
    Line::must(
        format!(
            "a locked keychain that nobody unlocks holds nobody up for longer than they chose ({} s)",
            PATIENCE.as_secs()
        ),
        format!(
            "refused: {} after {ms} ms ({})",
            answer["refused"],
            answer["why"].as_str().unwrap_or_default()
        ),
        answer["refused"] == true && ms < 4_500,
    )
}

/// Runs a child on a message bus of its own, and gives its answer, and how often the canary was found afterwards.
async fn in_session(folder: &Path, what: &str) -> (Value, usize) {
    let mut command = Command::new("dbus-run-session");
    command.arg("--").arg(std::env::current_exe().unwrap());
    dress(&mut command, what, folder);
    let output = tokio::time::timeout(Duration::from_secs(60), command.output());
    let (answer, said) = ended(output.await.expect("the session ends").unwrap());
    let key = std::fs::read_to_string(folder.join("key")).unwrap_or_default();
    let _ = std::fs::remove_file(folder.join("key"));
    if key.is_empty() {
        return (answer, 0);
    }
    let canary = Canary::known(&key);
    (answer, canary.in_folder(folder).len() + canary.in_bytes(&said).len())
}

fn program(what: &str, folder: &Path) -> Command {
    let mut command = Command::new(std::env::current_exe().unwrap());
    dress(&mut command, what, folder);
    command
}

fn dress(command: &mut Command, what: &str, folder: &Path) {
    command
        .args(["child", "secrets", "keychain", what])
        .arg(folder)
        .env_remove("SHOTBOARD_KEYCHAIN")
        .env("HOME", folder)
        .env("XDG_DATA_HOME", folder.join("share"))
        .env("XDG_RUNTIME_DIR", folder)
        .env_remove("DISPLAY")
        .env_remove("WAYLAND_DISPLAY")
        .stdin(Stdio::null())
        .kill_on_drop(true);
}

fn ended(output: Output) -> (Value, Vec<u8>) {
    let text = String::from_utf8_lossy(&output.stdout).into_owned();
    let answer = text
        .lines()
        .find_map(|line| serde_json::from_str(line.strip_prefix("answer ")?).ok());
    let said = [output.stdout, output.stderr].concat();
    let answer = answer.unwrap_or_else(|| panic!("no answer: {}", String::from_utf8_lossy(&said)));
    (answer, said)
}

async fn work(what: &str, folder: &Path) -> Value {
    let begun = Instant::now();
    let mut answer = match what {
        "absent" => refusal(Duration::from_secs(20)),
        "locked" => {
            let _daemon = daemon(false).await;
            refusal(PATIENCE)
        }
        "real" => {
            let _daemon = daemon(true).await;
            real_work(folder).await
        }
        "open" => open(folder),
        _ => panic!("no such child: {what}"),
    };
    answer["ms"] = json!(u64::try_from(begun.elapsed().as_millis()).unwrap());
    answer
}

/// What runs in the session.
pub(super) async fn child(what: String, folder: PathBuf) {
    println!("answer {}", work(&what, &folder).await);
}

fn refusal(patience: Duration) -> Value {
    match Safe::new(of_this_computer()).new_seal(patience) {
        Ok(_) => json!({"refused": false}),
        Err(refusal) => json!({"refused": true, "why": format!("{:?}", refusal.why)}),
    }
}

/// The daemon; `unlocked`: with a password on its standard input, as a login gives it.
async fn daemon(unlocked: bool) -> tokio::process::Child {
    let mut command = Command::new("gnome-keyring-daemon");
    command
        .args(["--foreground", "--components=secrets"])
        .kill_on_drop(true);
    command
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        .stdin(Stdio::piped());
    if unlocked {
        command.arg("--unlock");
    }
    let mut daemon = command.spawn().unwrap();
    let mut input = daemon.stdin.take().unwrap();
    if unlocked {
        input.write_all(b"a password").await.unwrap();
    }
    drop(input);
    // It has its name on the bus a moment later.
    tokio::time::sleep(Duration::from_millis(700)).await;
    daemon
}

async fn real_work(folder: &Path) -> Value {
    let canary = Canary::new();
    let safe = Safe::new(of_this_computer());
    let seal = match safe.new_seal(Duration::from_secs(20)) {
        Ok(seal) => seal,
        Err(refusal) => return json!({"sealed": false, "why": refusal.to_string()}),
    };
    let sealed = safe.seal(&seal.id, "1", &ApiKey::new(canary.key.clone())).unwrap();
    std::fs::write(
        folder.join("keys.json"),
        json!({"seal": seal, "sealed": sealed}).to_string(),
    )
    .unwrap();
    std::fs::write(folder.join("key"), &canary.key).unwrap();
    let opened = |output: Output| ended(output).0["opened"] == true;
    let first = opened(child_of("open", folder).await);
    let keychain = of_this_computer();
    keychain.forget(&format!("master key {}", seal.id)).unwrap();
    let gone = !opened(child_of("open", folder).await);
    let fresh = Safe::new(of_this_computer());
    fresh.ask(std::slice::from_ref(&seal));
    let told = fresh.wait(AT_START) && fresh.open(&sealed, "1") == Err(Lock::Gone);
    let second = fresh
        .new_seal(Duration::from_secs(20))
        .is_ok_and(|new| new.id != seal.id);
    json!({"sealed": true, "openedByAnother": first, "goneIsTold": gone && told, "newBesideOld": second})
}

async fn child_of(what: &str, folder: &Path) -> Output {
    program(what, folder).output().await.unwrap()
}

fn open(folder: &Path) -> Value {
    let kept: Value = serde_json::from_slice(&std::fs::read(folder.join("keys.json")).unwrap()).unwrap();
    let seal: StoredSeal = serde_json::from_value(kept["seal"].clone()).unwrap();
    let sealed: Sealed = serde_json::from_value(kept["sealed"].clone()).unwrap();
    let safe = Safe::new(of_this_computer());
    safe.ask(std::slice::from_ref(&seal));
    safe.wait(Duration::from_secs(10));
    let key = std::fs::read_to_string(folder.join("key")).unwrap();
    json!({"opened": safe.open(&sealed, "1").is_ok_and(|opened| opened.expose() == key)})
}
