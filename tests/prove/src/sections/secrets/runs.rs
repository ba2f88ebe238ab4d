//! The command line, with everything that it can say turned on, against a good service and against those of
//! [`super::echo`].

use std::path::{Path, PathBuf};
use std::process::Stdio;
use std::time::Duration;

use engine::keys::safe::{AT_START, Safe};
use engine::keys::stand_in::InFile;
use kie::ApiKey;
use serde_json::json;
use tokio::process::Command;

use super::canary::Canary;
use super::echo::{Dress, Service};
use crate::Size;
use crate::table::Line;

/// How long a run may take that ends by itself.
const PATIENCE: Duration = Duration::from_secs(40);
/// How long one is watched that tries again and again.
const A_WHILE: Duration = Duration::from_secs(7);

/// What came of a run: its code, where it ended by itself, and what it said.
struct Ran {
    code: Option<i32>,
    out: Vec<u8>,
    err: Vec<u8>,
}

/// A home for one run, with a canary that is sealed in its key file.
struct Home {
    canary: Canary,
    folder: tempfile::TempDir,
    /// Everything that was said.
    said: Vec<u8>,
}

impl Home {
    fn new() -> Self {
        let home = Self {
            canary: Canary::new(),
            folder: tempfile::tempdir().unwrap(),
            said: Vec::new(),
        };
        std::fs::create_dir_all(home.data()).unwrap();
        let safe = Safe::new(Box::new(InFile::at(home.keychain())));
        let seal = safe.new_seal(AT_START).unwrap();
        let sealed = safe.seal(&seal.id, "1", &ApiKey::new(home.canary.key.clone())).unwrap();
        let tail = &home.canary.key[home.canary.key.len() - 4..];
        let keys = json!({"seals": [seal], "library": [
            {"id": "1", "name": "Studio", "platform": "kie", "sealed": sealed, "tail": tail},
        ]});
        std::fs::write(home.data().join("keys.json"), keys.to_string()).unwrap();
        std::fs::write(home.path("shots.csv"), "number,prompt\n0001,A heron\n0002,A weir\n").unwrap();
        home
    }

    fn path(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }

    fn data(&self) -> PathBuf {
        self.path("data")
    }

    fn keychain(&self) -> PathBuf {
        self.path("keychain")
    }

    /// Runs the command line to its end; what it says is kept, to be searched.
    async fn run(&mut self, base: &str, words: &[&str]) -> Ran {
        self.run_with(base, words, None, PATIENCE).await
    }

    async fn run_with(&mut self, base: &str, words: &[&str], key: Option<&str>, patience: Duration) -> Ran {
        let (out, err) = (
            tempfile::NamedTempFile::new().unwrap(),
            tempfile::NamedTempFile::new().unwrap(),
        );
        let mut command = Command::new(command_line().expect("shotboard-cli is built beside the proof"));
        command
            .env_clear()
            .env("HOME", self.folder.path())
            .env("TMPDIR", self.folder.path())
            .env("RUST_LOG", "trace")
            .env("RUST_BACKTRACE", "full")
            .env("SHOTBOARD_KEYCHAIN", format!("file:{}", self.keychain().display()))
            .envs(key.map(|key| ("KIE_API_KEY", key)))
            .args(["--data-dir", self.data().to_str().unwrap(), "--api-base", base])
            .args(["--poll-interval", "0.1", "--max-polls", "3", "--json"])
            .args(words)
            .stdin(Stdio::null())
            .stdout(out.reopen().unwrap())
            .stderr(err.reopen().unwrap());
        let mut running = command.spawn().unwrap();
        let ended = tokio::time::timeout(patience, running.wait()).await;
        if ended.is_err() {
            running.kill().await.unwrap();
        }
        let ran = Ran {
            code: ended.ok().and_then(|status| status.unwrap().code()),
            out: std::fs::read(out.path()).unwrap(),
            err: std::fs::read(err.path()).unwrap(),
        };
        self.said.extend_from_slice(&ran.out);
        self.said.extend_from_slice(&ran.err);
        ran
    }

    async fn generate(&mut self, base: &str) -> Ran {
        self.generate_for(base, PATIENCE).await
    }

    async fn generate_for(&mut self, base: &str, patience: Duration) -> Ran {
        let (sheet, out) = (self.path("shots.csv"), self.path("clips"));
        let words = ["generate", sheet.to_str().unwrap(), "--out", out.to_str().unwrap()];
        self.run_with(base, &words, None, patience).await
    }

    /// Where the canary is found: on the disk, or in what was said.
    fn found(&self) -> Vec<String> {
        let said = self.canary.in_bytes(&self.said).into_iter();
        let mut found: Vec<_> = said.map(|form| format!("said: {form}")).collect();
        found.extend(self.canary.in_folder(self.folder.path()));
        found
    }
}

/// The program, where it is built beside the proof (or beside its tests).
pub(super) fn command_line() -> Option<PathBuf> {
    let own = std::env::current_exe().ok()?;
    let name = format!("shotboard-cli{}", std::env::consts::EXE_SUFFIX);
    own.ancestors()
        .skip(1)
        .take(2)
        .map(|folder| folder.join(&name))
        .find(|path| path.is_file())
}

pub(super) async fn prove(size: Size) -> Vec<Line> {
    if command_line().is_none() {
        let promise = "the command line beside the proof";
        return vec![match size {
            Size::Full => Line::must(promise, "not built: run `cargo xtask prove`", false),
            Size::Quick => Line::beside(promise, "not built"),
        }];
    }
    let mut lines = vec![good(size).await, echoes(size).await];
    if size == Size::Full {
        lines.push(elsewhere().await);
        lines.push(from_environment().await);
        lines.push(keychain_lost().await);
        lines.push(panic_text().await);
    }
    lines
}

/// Shots bought and saved with a sealed key, listed, in JSON and for people.
async fn good(size: Size) -> Line {
    let service = simulator::Simulator::start(simulator::Options {
        speed: 200.0,
        ..simulator::Options::default()
    })
    .await
    .unwrap();
    let mut home = Home::new();
    let ended = home.generate(&service.base()).await.code;
    home.run(&service.base(), &["list"]).await;
    home.run(&service.base(), &["report", "0001"]).await;
    if size == Size::Full {
        home.run(&service.base(), &["resume"]).await;
        home.run(&service.base(), &["download", "0001"]).await;
        home.run(&service.base(), &["retry", "0001"]).await;
    }
    let bought = service.ledger().accepted.len();
    let found = home.found();
    let said = home.said.len() / 1024;
    Line::must(
        "a sealed key buys and saves, with every log turned on: the key in 0 places of the disk and of what was said",
        format!(
            "{bought} bought, exit {ended:?}, {said} KiB said; found: {}",
            list(&found)
        ),
        ended == Some(0) && bought == 2 && found.is_empty() && said > 8,
    )
}

/// Every way of repeating the key, on every call.
async fn echoes(size: Size) -> Line {
    let dresses: &[Dress] = match size {
        Size::Full => &Dress::ALL,
        Size::Quick => &Dress::ALL[..3],
    };
    let (mut found, mut silent) = (Vec::new(), Vec::new());
    let mut running = tokio::task::JoinSet::new();
    for dress in dresses.iter().copied() {
        running.spawn(async move {
            let other = Service::elsewhere().await;
            let service = Service::echo(dress, &other.base).await;
            let mut home = Home::new();
            home.generate_for(&service.base, A_WHILE).await;
            home.run(&service.base, &["list"]).await;
            home.run(&service.base, &["report", "0001"]).await;
            let sent = home.canary.in_bytes(&service.heard()).contains(&"as it is");
            let mut found = home.found();
            let away = home.canary.in_bytes(&other.heard()).into_iter();
            found.extend(away.map(|form| format!("the other origin: {form}")));
            (dress, sent, found)
        });
        // Two cores.
        if running.len() >= 4 {
            collect(running.join_next().await, &mut found, &mut silent);
        }
    }
    while let Some(ended) = running.join_next().await {
        collect(Some(ended), &mut found, &mut silent);
    }
    Line::must(
        format!(
            "{} services that repeat the key (escaped, encoded, in pages, half, as an id): found 0 times",
            dresses.len()
        ),
        format!(
            "the key reached {} of them; found: {}",
            dresses.len() - silent.len(),
            list(&found)
        ),
        found.is_empty() && silent.is_empty(),
    )
}

type Echoed = Result<(Dress, bool, Vec<String>), tokio::task::JoinError>;

fn collect(ended: Option<Echoed>, found: &mut Vec<String>, silent: &mut Vec<Dress>) {
    let Some(ended) = ended else { return };
    let (dress, sent, places) = ended.unwrap();
    if !sent {
        silent.push(dress);
    }
    found.extend(places.into_iter().map(|place| format!("{dress:?}: {place}")));
}

/// A result link that leads to another origin: it is asked for the file, and learns nothing else.
async fn elsewhere() -> Line {
    let other = Service::elsewhere().await;
    let service = Service::with_media_at(&other.base).await;
    let mut home = Home::new();
    std::fs::write(home.path("shots.csv"), "number,prompt\n0001,A heron\n").unwrap();
    home.generate_for(&service.base, A_WHILE).await;
    let asked = String::from_utf8_lossy(&other.heard()).contains("GET /b.mp4");
    let header = String::from_utf8_lossy(&other.heard())
        .to_ascii_lowercase()
        .contains("authorization");
    let found = home.canary.in_bytes(&other.heard()).len() + home.found().len();
    Line::must(
        "a media link redirected to another origin: that origin is sent no key and no Authorization",
        format!("asked: {asked}, Authorization: {header}, found {found} times"),
        asked && !header && found == 0,
    )
}

/// A key from the environment is written nowhere.
async fn from_environment() -> Line {
    let other = Service::elsewhere().await;
    let service = Service::echo(Dress::WrongKey, &other.base).await;
    let mut home = Home::new();
    let key = Canary::new();
    let sheet = home.path("shots.csv");
    home.run_with(
        &service.base,
        &["generate", sheet.to_str().unwrap()],
        Some(&key.key),
        A_WHILE,
    )
    .await;
    let sent = key.in_bytes(&service.heard()).contains(&"as it is");
    let other_key = home.canary.in_bytes(&service.heard()).len();
    let found = key.in_folder(home.folder.path()).len() + key.in_bytes(&home.said).len();
    Line::must(
        "KIE_API_KEY comes before a sealed key and is written nowhere",
        format!("sent: {sent}, the sealed one sent {other_key} times, found {found} times"),
        sent && other_key == 0 && found == 0,
    )
}

/// The keychain is gone: one sentence, no history lost, nothing bought with something else.
async fn keychain_lost() -> Line {
    let service = simulator::Simulator::start(simulator::Options {
        speed: 200.0,
        ..simulator::Options::default()
    })
    .await
    .unwrap();
    let mut home = Home::new();
    home.generate(&service.base()).await;
    let before = rows(&home.data());
    std::fs::remove_file(home.keychain()).unwrap();
    std::fs::write(
        home.path("shots.csv"),
        "number,prompt\n0001,A heron\n0002,A weir\n0003,More\n",
    )
    .unwrap();
    let refused = home.generate(&service.base()).await;
    let listed = home.run(&service.base(), &["list"]).await;
    let lines = String::from_utf8_lossy(&listed.out).lines().count();
    let told = String::from_utf8_lossy(&refused.err).contains("Enter it again in Settings");
    let (after, bought) = (rows(&home.data()), service.ledger().accepted.len());
    // The key itself is still good: given once, everything goes on.
    let key = home.canary.key.clone();
    home.run_with(&service.base(), &["resume"], Some(&key), PATIENCE).await;
    let sheet = home.path("shots.csv");
    let again = home
        .run_with(
            &service.base(),
            &["generate", sheet.to_str().unwrap()],
            Some(&key),
            PATIENCE,
        )
        .await;
    Line::must(
        "the keychain lost: one sentence, 0 attempts and events lost, 0 bought until the key is given, then all goes on",
        format!(
            "told: {told}, {lines} listed, attempts {before} → {after}, bought {bought}, then exit {:?}",
            again.code
        ),
        told && lines == 3 && before == after && before == 2 && bought == 2 && again.code == Some(0),
    )
}

fn rows(data: &Path) -> i64 {
    let library = rusqlite::Connection::open(data.join("library.db")).unwrap();
    library
        .query_row("SELECT count(*) FROM attempt", [], |row| row.get(0))
        .unwrap()
}

/// A program that panics with the key in its words.
async fn panic_text() -> Line {
    let canary = Canary::new();
    let mut command = Command::new(std::env::current_exe().unwrap());
    command
        .args(["child", "secrets", "panic"])
        .env("KIE_API_KEY", &canary.key)
        .env("RUST_BACKTRACE", "full");
    let output = command.output().await.unwrap();
    let said = [output.stdout, output.stderr].concat();
    let text = String::from_utf8_lossy(&said).into_owned();
    let found = canary.in_bytes(&said);
    Line::must(
        "a panic whose words hold the key, with a full backtrace asked for: the text holds it 0 times",
        format!("{} bytes said, found {}", said.len(), found.len()),
        found.is_empty() && text.contains("panicked") && text.contains("while buying"),
    )
}

/// Panics, as a defect would, with the key in scope and in its words.
pub(super) async fn panics() {
    engine::secrets::scrub_panics(|_| {});
    let key = ApiKey::new(std::env::var("KIE_API_KEY").unwrap());
    let wide: String = key
        .expose()
        .chars()
        .map(|letter| format!("\\u{:04x}", u32::from(letter)))
        .collect();
    panic!(
        "while buying with {} ({wide}): {key:?}, Authorization: Bearer {}",
        key.expose(),
        key.expose()
    );
}

fn list(found: &[String]) -> String {
    match found {
        [] => "0".to_owned(),
        some => format!("{} ({})", some.len(), some[..some.len().min(4)].join("; ")),
    }
}
