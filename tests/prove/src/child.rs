//! Processes of this program that are meant to be ended at a bad moment.

use std::path::PathBuf;
use std::process::Stdio;

use tokio::process::Command;

/// The program `prove`: this one, or the one that stands beside the test that runs now.
pub(crate) fn program() -> PathBuf {
    let this = std::env::current_exe().expect("a program has a path");
    let name = format!("prove{}", std::env::consts::EXE_SUFFIX);
    if this.file_name().is_some_and(|file| file == name.as_str()) {
        return this;
    }
    let folder = this.parent().expect("a program lies in a folder");
    let folder = match folder.file_name() {
        Some(last) if last == "deps" => folder.parent().expect("deps lies in a folder"),
        _ => folder,
    };
    folder.join(name)
}

/// A root certificate whose key was thrown away. Reading all those of the system takes a child of this debug build ten
/// times as long as everything else it does before its first request, and all it meets is on the loopback.
const NOBODY: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/src/nobody.pem");

/// `prove child SECTION …`, silent, ended with whoever holds it, and with nothing of this machine's own settings.
pub(crate) fn command(section: &str) -> Command {
    let mut command = Command::new(program());
    command
        .args(["child", section])
        .env_remove("SHOTBOARD_CRASH_AT")
        .env_remove("KIE_API_KEY")
        .env("SSL_CERT_FILE", NOBODY)
        .env("SSL_CERT_DIR", "")
        .stdin(Stdio::null())
        .stdout(Stdio::null())
        .kill_on_drop(true);
    command
}
