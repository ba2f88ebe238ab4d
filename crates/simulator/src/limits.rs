//! The two documented limits, enforced as a sliding window on the real clock for each key.

use std::{
    collections::{HashMap, VecDeque},
    time::{Duration, Instant},
};

/// So many requests in any window of this length.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Limit {
    /// Requests let through in one window.
    pub count: usize,
    /// Length of the window, in real time (never divided by the speed).
    pub per: Duration,
}

/// What the service lets one key do. `None` switches a limit off.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Limits {
    /// New generations (and extensions): 20 in 10 s.
    pub generate: Option<Limit>,
    /// Status queries: 10 in 1 s.
    pub status: Option<Limit>,
}

impl Default for Limits {
    fn default() -> Self {
        Self {
            generate: Some(Limit {
                count: 20,
                per: Duration::from_secs(10),
            }),
            status: Some(Limit {
                count: 10,
                per: Duration::from_secs(1),
            }),
        }
    }
}

impl Limits {
    /// No limit at all.
    pub fn off() -> Self {
        Self {
            generate: None,
            status: None,
        }
    }
}

/// What was let through lately, for each key. Refused requests do not count.
#[derive(Debug)]
pub(crate) struct Window {
    limit: Option<Limit>,
    admitted: HashMap<String, VecDeque<Instant>>,
}

impl Window {
    pub(crate) fn new(limit: Option<Limit>) -> Self {
        Self {
            limit,
            admitted: HashMap::new(),
        }
    }

    /// Whether a request with this key may pass now.
    pub(crate) fn admit(&mut self, key: &str, now: Instant) -> bool {
        let Some(limit) = self.limit else { return true };
        let log = self.admitted.entry(key.to_owned()).or_default();
        while log
            .front()
            .is_some_and(|oldest| now.duration_since(*oldest) >= limit.per)
        {
            log.pop_front();
        }
        if log.len() >= limit.count {
            return false;
        }
        log.push_back(now);
        true
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_window_slides_and_keys_do_not_share_it() {
        let mut window = Window::new(Limits::default().generate);
        let start = Instant::now();
        let at = |ms| start + Duration::from_millis(ms);
        assert!((0..20).all(|n| window.admit("a", at(n * 100))));
        assert!(!window.admit("a", at(9_999)));
        assert!(window.admit("b", at(9_999)));
        assert!(window.admit("a", at(10_000)), "the first of the twenty has left");
        assert!(!window.admit("a", at(10_050)), "the second has not");
    }
}
