//! The service's two documented limits, kept by a sliding log of sends for the whole app.
//!
//! A log and not a bucket: a bucket of 20 that refills 2 a second breaks "20 in 10 s" as soon as it is full. The window
//! is 5 % wider than documented, for the jitter on the way. After a 429 everybody waits a whole window, and for ten
//! minutes a tenth fewer are sent.

use std::collections::VecDeque;
use std::time::Duration;
use tokio::sync::Mutex;
use tokio::time::Instant;

/// New generations: 20 in 10 s for an account (documented).
pub const GENERATIONS: (usize, Duration) = (20, Duration::from_millis(10_500));
/// Status queries: 10 in 1 s for a key (documented).
pub const STATUS_QUERIES: (usize, Duration) = (10, Duration::from_millis(1_050));

const SHY_FOR: Duration = Duration::from_secs(600);
const LONGEST_FENCE: Duration = Duration::from_secs(300);

/// A sliding log of sends.
#[derive(Debug)]
pub struct SlidingLog {
    limit: usize,
    window: Duration,
    state: Mutex<State>,
    fence: std::sync::Mutex<Fence>,
}

#[derive(Debug, Default)]
struct State {
    sends: VecDeque<Instant>,
}

#[derive(Debug, Default)]
struct Fence {
    until: Option<Instant>,
    shy_until: Option<Instant>,
}

impl SlidingLog {
    /// A log that lets `limit` sends through in any `window`.
    pub fn new((limit, window): (usize, Duration)) -> Self {
        Self {
            limit,
            window,
            state: Mutex::default(),
            fence: std::sync::Mutex::default(),
        }
    }

    /// Takes over sends from before a restart, by their age.
    pub async fn remember(&self, ages: impl IntoIterator<Item = Duration>) {
        let now = Instant::now();
        let mut state = self.state.lock().await;
        for age in ages {
            if let Some(at) = now.checked_sub(age) {
                state.sends.push_back(at);
            }
        }
        state.sends.make_contiguous().sort();
    }

    /// Waits until one more may be sent, and notes it as sent. First come, first served.
    pub async fn turn(&self) {
        // Holding the lock while sleeping is what makes the line fair: whoever waits first is let through first.
        let mut state = self.state.lock().await;
        loop {
            let now = Instant::now();
            while state
                .sends
                .front()
                .is_some_and(|&first| now.duration_since(first) >= self.window)
            {
                state.sends.pop_front();
            }
            let (fenced_until, limit) = self.fenced(now);
            let free_at = match state.sends.len() {
                n if n < limit => None,
                n => state.sends.get(n - limit).map(|&oldest| oldest + self.window),
            };
            match fenced_until.max(free_at) {
                Some(at) if at > now => tokio::time::sleep_until(at).await,
                _ => {
                    state.sends.push_back(now);
                    return;
                }
            }
        }
    }

    /// The service said "too many": nobody sends for `wait` (a whole window where it named no time; at most five
    /// minutes, however long it named).
    pub fn refused(&self, wait: Option<Duration>) {
        let now = Instant::now();
        let wait = wait
            .unwrap_or(self.window)
            .clamp(Duration::from_millis(200), LONGEST_FENCE);
        if let Ok(mut fence) = self.fence.lock() {
            fence.until = fence.until.max(Some(now + wait));
            fence.shy_until = Some(now + SHY_FOR);
        }
    }

    fn fenced(&self, now: Instant) -> (Option<Instant>, usize) {
        let Ok(fence) = self.fence.lock() else {
            return (None, self.limit);
        };
        let shy = fence.shy_until.is_some_and(|until| until > now);
        (fence.until, if shy { (self.limit * 9 / 10).max(1) } else { self.limit })
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
            log.turn().await;
            sends.push(Instant::now());
        }
        assert_eq!(densest(&sends, Duration::from_secs(10)), 20);
        let ratio = (sends[199] - start).as_secs_f64() / 90.0;
        assert!((1.0..=1.06).contains(&ratio), "{ratio}");
    }

    #[tokio::test(start_paused = true)]
    async fn a_restart_does_not_open_a_fresh_window() {
        let log = SlidingLog::new(GENERATIONS);
        log.remember((0..20).map(|i| Duration::from_millis(500 * i))).await;
        let start = Instant::now();
        log.turn().await;
        assert!(start.elapsed() >= Duration::from_millis(900), "{:?}", start.elapsed());
    }

    #[tokio::test(start_paused = true)]
    async fn a_refusal_fences_everybody_and_an_absurd_wait_is_capped() {
        let log = SlidingLog::new(STATUS_QUERIES);
        log.refused(Some(Duration::from_secs(365 * 24 * 3600)));
        let start = Instant::now();
        log.turn().await;
        assert_eq!(start.elapsed(), LONGEST_FENCE);
    }
}
