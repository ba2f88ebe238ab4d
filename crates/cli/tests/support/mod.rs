//! The real program against a real stand-in service.
#![allow(dead_code, unreachable_pub)]

use std::path::{Path, PathBuf};
use std::process::{Command, Output};

use serde_json::Value;
use simulator::Simulator;
use tempfile::TempDir;

pub const KEY: &str = "sim-canary-4711";

pub struct Desk {
    pub service: Simulator,
    pub home: TempDir,
}

impl Desk {
    pub async fn new(options: simulator::Options) -> Self {
        let service = Simulator::start(options).await.unwrap();
        Self {
            service,
            home: tempfile::tempdir().unwrap(),
        }
    }

    pub fn path(&self, name: &str) -> PathBuf {
        self.home.path().join(name)
    }

    pub fn write(&self, name: &str, text: impl AsRef<[u8]>) -> PathBuf {
        let path = self.path(name);
        std::fs::write(&path, text).unwrap();
        path
    }

    /// The program with its data directory, service and key; nothing of the machine's own settings.
    pub fn command(&self) -> Command {
        let mut command = bare();
        command
            .env("KIE_API_KEY", KEY)
            .arg("--data-dir")
            .arg(self.path("data"))
            .args(["--api-base", &self.service.base(), "--poll-interval", "0.2", "--json"]);
        command
    }

    /// Runs a sheet to its end; the videos go to `out`.
    pub async fn generate(&self, sheet: &Path) -> Ran {
        let out = self.path("out");
        self.run([
            "generate".as_ref(),
            sheet.as_os_str(),
            "--out".as_ref(),
            out.as_os_str(),
        ])
        .await
    }

    /// Runs it to its end, away from the runtime that the service lives on.
    pub async fn run<A: AsRef<std::ffi::OsStr>>(&self, args: impl IntoIterator<Item = A>) -> Ran {
        let mut command = self.command();
        command.args(args);
        finish(command).await
    }
}

pub fn bare() -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_shotboard-cli"));
    for name in ["KIE_API_KEY", "KIE_API_BASE", "KIE_UPLOAD_BASE", "SHOTBOARD_DATA_DIR"] {
        command.env_remove(name);
    }
    command.env("LANG", "en_GB.UTF-8").env("LC_ALL", "en_GB.UTF-8");
    command
}

pub async fn finish(mut command: Command) -> Ran {
    let output = tokio::task::spawn_blocking(move || command.output().unwrap())
        .await
        .unwrap();
    Ran::of(&output)
}

/// What a run gave.
#[derive(Debug)]
pub struct Ran {
    pub code: Option<i32>,
    pub out: String,
    pub err: String,
}

impl Ran {
    fn of(output: &Output) -> Self {
        Self {
            code: output.status.code(),
            out: String::from_utf8(output.stdout.clone()).unwrap(),
            err: String::from_utf8(output.stderr.clone()).unwrap(),
        }
    }

    /// Standard output as one object a line.
    pub fn objects(&self) -> Vec<Value> {
        self.out
            .lines()
            .map(|line| serde_json::from_str(line).unwrap_or_else(|_| panic!("{line:?}")))
            .collect()
    }
}

pub fn assert_whole(path: &Path) {
    let file = std::fs::File::open(path).unwrap_or_else(|error| panic!("{}: {error}", path.display()));
    let length = file.metadata().unwrap().len();
    engine::files::mp4::check(&mut std::io::BufReader::new(file), length).unwrap();
}
