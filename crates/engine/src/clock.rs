//! The wall clock, as a seam.
//!
//! Due times are kept on the wall clock, because timers stop while a computer sleeps; waiting itself is done with
//! tokio's clock. Tests run both on a paused clock, so that ten hours pass in seconds.

use std::sync::{Mutex, PoisonError};
use std::time::Duration;

use tokio::time::Instant;

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

/// A moment (ms) as the world writes it: `2026-03-01T12:00:00Z`.
pub(crate) fn utc(at: i64) -> String {
    moment(at).map_or_else(String::new, |at| at.strftime("%Y-%m-%dT%H:%M:%SZ").to_string())
}

/// The same moment by this computer's own calendar, with how far that is from UTC.
pub(crate) fn local(at: i64) -> String {
    let here = moment(at).map(|at| at.to_zoned(jiff::tz::TimeZone::system()));
    here.map_or_else(String::new, |here| here.strftime("%Y-%m-%dT%H:%M:%S%:z").to_string())
}

fn moment(at: i64) -> Option<jiff::Timestamp> {
    jiff::Timestamp::from_millisecond(at).ok()
}

/// Notices when the wall clock and the monotonic one went apart: the computer slept, or somebody set the clock. The two
/// cannot be told apart, and need not be: what was measured over such a moment is not believed.
#[derive(Debug, Default)]
pub(crate) struct Steadiness(Mutex<Option<Steady>>);

#[derive(Clone, Copy, Debug)]
struct Steady {
    since: i64,
    wall: i64,
    mono: Instant,
}

impl Steadiness {
    /// Further apart than this is no drift.
    const APART_MS: i64 = 10_000;

    /// Looks at both clocks; called whenever the time is asked for. Returns since when (ms) they have gone together.
    pub(crate) fn look(&self, wall: i64) -> i64 {
        let mono = Instant::now();
        let mut known = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let since = match *known {
            None => wall,
            Some(last) => {
                let apart = wall.saturating_sub(last.wall) - millis(mono.saturating_duration_since(last.mono));
                if apart.abs() > Self::APART_MS { wall } else { last.since }
            }
        };
        *known = Some(Steady { since, wall, mono });
        since
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

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test(start_paused = true)]
    async fn a_jump_either_way_begins_a_new_steady_time_and_a_drift_does_not() {
        let steadiness = Steadiness::default();
        assert_eq!(steadiness.look(1_000), 1_000);
        tokio::time::sleep(Duration::from_secs(60)).await;
        assert_eq!(steadiness.look(63_000), 1_000, "2 s of drift");
        tokio::time::sleep(Duration::from_secs(5)).await;
        assert_eq!(steadiness.look(3_668_000), 3_668_000, "an hour of sleep");
        tokio::time::sleep(Duration::from_secs(5)).await;
        assert_eq!(steadiness.look(-82_000_000), -82_000_000, "set back a day");
    }
}
