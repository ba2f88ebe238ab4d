//! A log in the data directory: one file a day, the last seven kept.
//!
//! It is for finding out afterwards what happened on somebody's machine. Keys and signed links never reach it: types
//! that hold them hide them, and what the page sends goes through [`plain`].

use std::path::Path;

use tracing_appender::non_blocking::WorkerGuard;
use tracing_appender::rolling::{RollingFileAppender, Rotation};
use tracing_subscriber::EnvFilter;

/// How many days are kept.
const DAYS: usize = 7;
/// What is logged where `SHOTBOARD_LOG` says nothing.
const USUAL: &str = "info";

/// Starts the log. The guard writes what is left when it is dropped. A log that cannot be written is no reason not to
/// open.
pub(crate) fn start(directory: &Path) -> Option<WorkerGuard> {
    let folder = directory.join("logs");
    std::fs::create_dir_all(&folder).ok()?;
    let file = RollingFileAppender::builder()
        .rotation(Rotation::DAILY)
        .filename_prefix("shotboard")
        .filename_suffix("log")
        .max_log_files(DAYS)
        .build(&folder)
        .ok()?;
    let (writer, guard) = tracing_appender::non_blocking(file);
    let filter = EnvFilter::try_from_env("SHOTBOARD_LOG").unwrap_or_else(|_| EnvFilter::new(USUAL));
    tracing_subscriber::fmt()
        .with_writer(writer)
        .with_ansi(false)
        .with_env_filter(filter)
        .try_init()
        .ok()?;
    log_panics();
    Some(guard)
}

fn log_panics() {
    let usual = std::panic::take_hook();
    std::panic::set_hook(Box::new(move |info| {
        let place = info.location().map(ToString::to_string).unwrap_or_default();
        let payload = info.payload();
        let words = payload
            .downcast_ref::<&str>()
            .copied()
            .or_else(|| payload.downcast_ref::<String>().map(String::as_str));
        tracing::error!(place, words = %plain(words.unwrap_or("?")), "panic");
        usual(info);
    }));
}

/// A text from outside as it may stand in the log: one line, not long, links without their query, nothing that looks
/// like a key.
pub(crate) fn plain(text: &str) -> String {
    const LONGEST: usize = 2_000;
    let words = text.split_whitespace().map(|word| {
        let cut = word.find(['?', '#']).filter(|_| word.contains("://"));
        let word = cut.map_or(word, |at| &word[..at]);
        if looks_secret(word) { "…" } else { word }
    });
    let line = words.collect::<Vec<_>>().join(" ");
    line.chars().take(LONGEST).collect()
}

/// A long run of letters and digits that is no address and no path: keys look like this.
fn looks_secret(word: &str) -> bool {
    const LONG: usize = 32;
    let run = word.trim_matches(|c: char| !c.is_ascii_alphanumeric());
    let of_a_key = |byte: u8| byte.is_ascii_alphanumeric() || byte == b'-' || byte == b'_';
    // Ids of tasks (uuids) are what a log is for.
    run.len() >= LONG && run.bytes().all(of_a_key) && uuid::Uuid::parse_str(run).is_err()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn links_lose_their_query_and_keys_are_left_out() {
        let said = plain(
            "GET https://cdn.example/a.mp4?sig=hunter2 failed\nkey \"sk-0123456789abcdef0123456789abcdef\" task 01936f6e-8d1c-7000-8000-0123456789ab",
        );
        assert_eq!(
            said,
            "GET https://cdn.example/a.mp4 failed key … task 01936f6e-8d1c-7000-8000-0123456789ab"
        );
        assert_eq!(plain(&"x ".repeat(5_000)).len(), 2_000);
    }
}
