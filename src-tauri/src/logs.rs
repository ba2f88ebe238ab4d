//! The log of the window: in the data directory, of bounded size, without secrets.
//!
//! How it rolls and what is struck out of it is the engine's ([`engine::diagnostics`]); here it is only started.

use std::io::Write as _;
use std::path::Path;

use engine::diagnostics::{FOLDER, Lines, Rolling, clean};
use tracing_appender::non_blocking::WorkerGuard;
use tracing_subscriber::EnvFilter;

/// What is logged where `SHOTBOARD_LOG` says nothing.
const USUAL: &str = "info";

/// Starts the log. The guard writes what is left when it is dropped. A log that cannot be written is no reason not to
/// open.
pub(crate) fn start(directory: &Path) -> Option<WorkerGuard> {
    log_panics();
    let file = Lines(Rolling::open(&directory.join(FOLDER)).ok()?);
    let (writer, guard) = tracing_appender::non_blocking(file);
    let filter = EnvFilter::try_from_env("SHOTBOARD_LOG").unwrap_or_else(|_| EnvFilter::new(USUAL));
    tracing_subscriber::fmt()
        .with_writer(writer)
        .with_ansi(false)
        .with_env_filter(filter)
        .try_init()
        .ok()?;
    Some(guard)
}

/// A panic is told in the log and on standard error, through the same scrubber; the usual hook would print its words
/// as they are.
fn log_panics() {
    std::panic::set_hook(Box::new(|info| {
        let place = info.location().map(ToString::to_string).unwrap_or_default();
        let payload = info.payload();
        let words = payload
            .downcast_ref::<&str>()
            .copied()
            .or_else(|| payload.downcast_ref::<String>().map(String::as_str));
        let words = clean(words.unwrap_or("?"));
        tracing::error!(place, words, "panic");
        // Nobody may be listening.
        let _ = writeln!(std::io::stderr(), "panic at {place}: {words}");
    }));
}
