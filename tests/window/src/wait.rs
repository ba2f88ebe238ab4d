//! Waiting for a condition.

use std::{
    fmt::Display,
    time::{Duration, Instant},
};

/// How long anything may take before the test gives up: generous, since a shared machine may be slow, and never waited
/// out by a test that passes.
pub const PATIENCE: Duration = Duration::from_secs(45);
const PAUSE: Duration = Duration::from_millis(40);

/// Looks again and again until there is something.
///
/// # Panics
/// Nothing came within [`PATIENCE`]; says what was waited for.
pub async fn until<T>(what: impl Display, mut look: impl AsyncFnMut() -> Option<T>) -> T {
    let begun = Instant::now();
    loop {
        if let Some(found) = look().await {
            return found;
        }
        assert!(begun.elapsed() < PATIENCE, "waited {PATIENCE:?} in vain for: {what}");
        tokio::time::sleep(PAUSE).await;
    }
}
