//! The service's two documented limits, kept by a sliding log of sends for the whole app.
//!
//! A log and not a bucket: a bucket of 20 that refills 2 a second breaks "20 in 10 s" as soon as it is full. The window
//! is wider than documented, for the jitter on the way: two requests that leave a window apart may arrive closer. After a 429 everybody waits a whole window, and for ten
//! minutes a tenth fewer are sent.
//!
//! What counts is when a request leaves, not when it was let through: a [`Turn`] holds its place in the log until it is
//! told [`Turn::sent`], and gives it back if nothing was sent. The log runs on the monotonic clock, so setting the
//! wall clock opens no window.

use std::collections::VecDeque;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use tokio::sync::Notify;
use tokio::time::Instant;

/// New generations: 20 in 10 s for an account (documented).
pub const GENERATIONS: (usize, Duration) = (20, Duration::from_millis(10_400));
/// Status queries: 10 in 1 s for a key (documented).
pub const STATUS_QUERIES: (usize, Duration) = (10, Duration::from_millis(1_100));

const SHY_FOR: Duration = Duration::from_secs(600);
const LONGEST_FENCE: Duration = Duration::from_secs(300);
const SHORTEST_FENCE: Duration = Duration::from_millis(200);

/// A sliding log of sends. Clones share one log.
#[derive(Clone, Debug)]
pub struct SlidingLog {
    limit: usize,
    window: Duration,
    /// Held while waiting: whoever waits first is let through first.
    line: Arc<tokio::sync::Mutex<()>>,
    log: Arc<Log>,
}

#[derive(Debug, Default)]
struct Log {
    state: Mutex<State>,
    /// A place was given back, or a fence was set.
    moved: Notify,
}

#[derive(Debug, Default)]
struct State {
    /// When requests left, oldest first.
    sends: VecDeque<Instant>,
    /// Let through, and not on the wire yet: they count as sent now, whenever now is.
    turns: usize,
    fence: Option<Instant>,
    shy: Option<Instant>,
}

/// How long a log is fenced and shy from now on, to be kept over a restart.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Fence {
    /// Nobody sends for this long.
    pub closed: Duration,
    /// A tenth fewer are sent for this long.
    pub shy: Duration,
}

/// The right to send one request. Dropped without [`Turn::sent`], it was not used.
#[derive(Debug)]
#[must_use]
pub struct Turn {
    log: Arc<Log>,
    sent: bool,
}

impl Turn {
    /// The request leaves now.
    pub fn sent(mut self) {
        self.sent = true;
    }
}

impl Drop for Turn {
    fn drop(&mut self) {
        let mut state = self.log.state();
        state.turns = state.turns.saturating_sub(1);
        if self.sent {
            state.sends.push_back(Instant::now());
        }
        drop(state);
        self.log.moved.notify_one();
    }
}

impl Log {
    fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl SlidingLog {
    /// A log that lets `limit` sends through in any `window`.
    pub fn new((limit, window): (usize, Duration)) -> Self {
        Self {
            limit,
            window,
            line: Arc::default(),
            log: Arc::default(),
        }
    }

    /// Takes over sends from before a restart, by their age, and the fence of then.
    pub fn remember(&self, ages: impl IntoIterator<Item = Duration>, fence: Fence) {
        let now = Instant::now();
        let mut state = self.log.state();
        // A moment before this clock's own beginning is as good as never: older than any window.
        state
            .sends
            .extend(ages.into_iter().filter_map(|age| now.checked_sub(age)));
        state.sends.make_contiguous().sort();
        let ahead = |wait: Duration, longest: Duration| (!wait.is_zero()).then(|| now + wait.min(longest));
        state.fence = state.fence.max(ahead(fence.closed, LONGEST_FENCE));
        state.shy = state.shy.max(ahead(fence.shy, SHY_FOR));
    }

    /// Waits until one more may be sent. First come, first served.
    pub async fn turn(&self) -> Turn {
        let _line = self.line.lock().await;
        loop {
            let moved = self.log.moved.notified();
            let free_at = match self.free_at(Instant::now()) {
                Free::Now(turn) => return turn,
                Free::At(at) => at,
            };
            tokio::select! {
                () = sleep_until(free_at) => {}
                () = moved => {}
            }
        }
    }

    /// The service said "too many": nobody sends for `wait` (a whole window where it named no time; at most five
    /// minutes, however long it named), and a tenth fewer are sent for ten minutes.
    pub fn refused(&self, wait: Option<Duration>) {
        self.hold(wait.unwrap_or(self.window));
        self.log.state().shy = Some(Instant::now() + SHY_FOR);
    }

    /// Nobody sends for `wait`, for a reason that is not the limit: the network, maintenance.
    pub fn hold(&self, wait: Duration) {
        let until = Instant::now() + wait.clamp(SHORTEST_FENCE, LONGEST_FENCE);
        let mut state = self.log.state();
        state.fence = state.fence.max(Some(until));
    }

    /// The fence as it stands, to be kept.
    pub fn fence(&self) -> Fence {
        let now = Instant::now();
        let state = self.log.state();
        let left = |until: Option<Instant>| until.map_or(Duration::ZERO, |at| at.saturating_duration_since(now));
        Fence {
            closed: left(state.fence),
            shy: left(state.shy),
        }
    }

    fn free_at(&self, now: Instant) -> Free {
        let mut state = self.log.state();
        while state
            .sends
            .front()
            .is_some_and(|&first| now.duration_since(first) >= self.window)
        {
            state.sends.pop_front();
        }
        if let Some(fence) = state.fence.filter(|&fence| fence > now) {
            return Free::At(Some(fence));
        }
        let limit = match state.shy {
            Some(until) if until > now => (self.limit * 9 / 10).max(1),
            _ => self.limit,
        };
        let taken = state.sends.len() + state.turns;
        if taken < limit {
            state.turns += 1;
            return Free::Now(Turn {
                log: Arc::clone(&self.log),
                sent: false,
            });
        }
        // So many must leave the window first; where the turns alone fill it, one of them has to end.
        let oldest = state.sends.get(taken - limit).copied();
        Free::At(oldest.map(|at| at + self.window))
    }
}

enum Free {
    Now(Turn),
    /// Not before; `None`: not before something moves.
    At(Option<Instant>),
}

async fn sleep_until(at: Option<Instant>) {
    match at {
        Some(at) => tokio::time::sleep_until(at).await,
        None => std::future::pending().await,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The most sends that fall into any window of `window`.
    fn densest(sends: &[Instant], window: Duration) -> usize {
        sends
            .iter()
            .enumerate()
            .map(|(i, first)| {
                sends[i..]
                    .iter()
                    .take_while(|at| at.duration_since(*first) < window)
                    .count()
            })
            .max()
            .unwrap_or(0)
    }

    #[tokio::test(start_paused = true)]
    async fn two_hundred_sends_never_break_the_window_and_end_near_the_ideal() {
        let log = SlidingLog::new(GENERATIONS);
        let start = Instant::now();
        let mut sends = Vec::new();
        for _ in 0..200 {
            log.turn().await.sent();
            sends.push(Instant::now());
        }
        assert_eq!(densest(&sends, Duration::from_secs(10)), 20);
        let ratio = (sends[199] - start).as_secs_f64() / 90.0;
        assert!((1.0..=1.06).contains(&ratio), "{ratio}");
    }

    #[tokio::test(start_paused = true)]
    async fn a_restart_does_not_open_a_fresh_window() {
        let log = SlidingLog::new(GENERATIONS);
        log.remember((0..20).map(|i| Duration::from_millis(500 * i)), Fence::default());
        let start = Instant::now();
        log.turn().await.sent();
        assert!(start.elapsed() >= Duration::from_millis(900), "{:?}", start.elapsed());
    }

    #[tokio::test(start_paused = true)]
    async fn a_refusal_fences_everybody_and_an_absurd_wait_is_capped() {
        let log = SlidingLog::new(STATUS_QUERIES);
        log.refused(Some(Duration::from_secs(365 * 24 * 3600)));
        let start = Instant::now();
        log.turn().await.sent();
        assert_eq!(start.elapsed(), LONGEST_FENCE);
    }

    #[tokio::test(start_paused = true)]
    async fn what_counts_is_when_it_leaves_not_when_it_was_let_through() {
        let log = SlidingLog::new(GENERATIONS);
        let first = log.turn().await;
        tokio::time::sleep(Duration::from_secs(9)).await;
        let mut sends = vec![Instant::now()];
        first.sent();
        for _ in 0..40 {
            log.turn().await.sent();
            sends.push(Instant::now());
        }
        assert_eq!(
            densest(&sends, Duration::from_secs(10)),
            20,
            "one that left late counts late"
        );
    }

    #[tokio::test(start_paused = true)]
    async fn a_turn_that_was_not_used_is_given_back_at_once() {
        let log = SlidingLog::new((1, Duration::from_secs(10)));
        let unused = log.turn().await;
        let (waiting, start) = (log.clone(), Instant::now());
        let next = tokio::spawn(async move { waiting.turn().await.sent() });
        tokio::time::sleep(Duration::from_secs(1)).await;
        assert!(!next.is_finished(), "a turn in hand counts");
        drop(unused);
        next.await.unwrap();
        assert_eq!(start.elapsed(), Duration::from_secs(1));
    }

    #[tokio::test(start_paused = true)]
    async fn a_fence_outlives_a_restart_and_a_hold_makes_nobody_shy() {
        let log = SlidingLog::new(GENERATIONS);
        log.hold(Duration::from_secs(30));
        assert_eq!(log.fence().shy, Duration::ZERO);
        log.refused(Some(Duration::from_secs(60)));
        tokio::time::sleep(Duration::from_secs(20)).await;
        let next = SlidingLog::new(GENERATIONS);
        next.remember([], log.fence());
        let start = Instant::now();
        let mut sends = Vec::new();
        for _ in 0..40 {
            next.turn().await.sent();
            sends.push(Instant::now());
        }
        assert_eq!(sends[0] - start, Duration::from_secs(40));
        assert_eq!(densest(&sends, Duration::from_secs(10)), 18);
    }
}
