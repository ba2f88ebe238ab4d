//! The wall clock, as a seam.
//!
//! Due times are kept on the wall clock, because timers stop while a computer sleeps; waiting itself is done with
//! tokio's clock. Tests run both on a paused clock, so that ten hours pass in seconds.

use std::time::Duration;

/// Tells the time of day.
pub trait Clock: Send + Sync + 'static {
    /// Milliseconds since 1970, UTC.
    fn now_ms(&self) -> i64;
}

/// The computer's own clock.
#[derive(Clone, Copy, Debug, Default)]
pub struct SystemClock;

impl Clock for SystemClock {
    fn now_ms(&self) -> i64 {
        jiff::Timestamp::now().as_millisecond()
    }
}

/// A wall clock that moves with tokio's, for a paused runtime.
#[derive(Clone, Debug)]
pub struct TokioClock {
    epoch_ms: i64,
    start: tokio::time::Instant,
}

impl TokioClock {
    /// A clock that shows `epoch_ms` now.
    pub fn starting_at(epoch_ms: i64) -> Self {
        Self {
            epoch_ms,
            start: tokio::time::Instant::now(),
        }
    }
}

impl Clock for TokioClock {
    fn now_ms(&self) -> i64 {
        self.epoch_ms.saturating_add(millis(self.start.elapsed()))
    }
}

/// A duration in whole milliseconds, for arithmetic with [`Clock::now_ms`].
pub fn millis(duration: Duration) -> i64 {
    i64::try_from(duration.as_millis()).unwrap_or(i64::MAX)
}

/// How long from `now_ms` until `due_ms`; zero where it is past.
pub fn until(due_ms: i64, now_ms: i64) -> Duration {
    Duration::from_millis(u64::try_from(due_ms.saturating_sub(now_ms)).unwrap_or(0))
}

/// Midnight of the local day that `now_ms` lies in (ms), for "today".
pub fn local_midnight(now_ms: i64) -> i64 {
    jiff::Timestamp::from_millisecond(now_ms)
        .ok()
        .and_then(|now| now.to_zoned(jiff::tz::TimeZone::system()).start_of_day().ok())
        .map_or(now_ms, |midnight| midnight.timestamp().as_millisecond())
}
