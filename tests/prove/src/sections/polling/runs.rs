//! The same through the real engine, in virtual time, counted at the service.

use engine::view::settings::{PollBy, Preferences};

use crate::chance::Model;
use crate::paused::{Desk, Setting, densest};

/// What came of a run.
#[derive(Clone, Debug)]
pub struct Run {
    /// Queries for each task.
    pub polls: f64,
    /// Mean seconds between done and heard.
    pub lag: f64,
    /// One in twenty was heard later than this (s).
    pub late: f64,
    /// From the first purchase to the last one heard of, against the last one done.
    pub makespan: f64,
    /// The most tasks that were being made at once.
    pub in_flight: usize,
    /// The most queries in any second, and queries refused.
    pub densest: usize,
    /// Queries that the service refused for the limit.
    pub refused: usize,
    /// The longest that one was not asked about while it was not known to be done (s).
    pub unasked: f64,
    /// The mean lag that asking in turn would have had, as fast as the limit lets one (s).
    pub in_turn: f64,
}

/// Seconds between two queries at the limit.
const A_QUERY: f64 = 0.11;

/// Everybody in turn, each as soon as five seconds after the last time: the mean time between done and heard.
fn in_turn(made: &[(f64, f64)]) -> f64 {
    let mut waiting: std::collections::VecDeque<(f64, f64)> = std::collections::VecDeque::new();
    let mut coming: Vec<_> = made.iter().map(|&(taken, done)| (taken + 5.0, done)).collect();
    coming.sort_by(|one, other| other.0.total_cmp(&one.0));
    let (mut now, mut late) = (0.0, 0.0);
    while !(waiting.is_empty() && coming.is_empty()) {
        while coming.last().is_some_and(|next| next.0 <= now) {
            waiting.extend(coming.pop());
        }
        match waiting.front().copied() {
            Some((due, done)) if due <= now => {
                waiting.pop_front();
                if done <= now {
                    late += now - done;
                } else {
                    waiting.push_back((now + 5.0, done));
                }
            }
            _ => {}
        }
        now += A_QUERY;
    }
    late / made.len() as f64
}

/// Buys `tasks` videos, `in_flight` at once, by history or every 5 s, and counts. The machine has seen fifty.
pub async fn run(model: Model, tasks: usize, in_flight: u32, poll_by: PollBy, seed: u64) -> Run {
    let desk = Desk::new(Setting {
        takes: model.evenly(seed, tasks),
        history: model.draws(seed + 1_000, 50),
        model,
        seed,
        jitter: 0.02,
        tells: true,
        refuses: poll_by == PollBy::Interval,
        preferences: Preferences {
            in_flight,
            poll_by,
            max_polls: 10_000,
            ..Preferences::default()
        },
    })
    .await;
    desk.start(tasks).await;
    desk.until(48, |seen| {
        seen.made.values().filter(|made| made.heard.is_some()).count() >= tasks
    })
    .await;
    let seen = desk.end().await;
    let mut lags = seen.lags();
    assert_eq!(lags.len(), tasks, "each was heard of");
    lags.sort_by(f64::total_cmp);
    let begin = seen.posts[0];
    let latest = |of: &dyn Fn(&crate::paused::Made) -> f64| seen.made.values().map(of).fold(0.0, f64::max) - begin;
    let mut moments: Vec<(f64, i64)> = seen
        .made
        .values()
        .flat_map(|made| [(made.taken, 1), (made.done, -1)])
        .collect();
    moments.sort_by(|one, other| one.0.total_cmp(&other.0));
    let mut now = 0;
    let peak = moments.iter().fold(0, |peak, (_, step)| {
        now += step;
        peak.max(now)
    });
    let unasked = seen.made.values().flat_map(|made| {
        std::iter::once(made.taken)
            .chain(made.asked.iter().copied())
            .zip(made.asked.iter().copied())
            .map(|(before, after)| after - before)
    });
    Run {
        polls: seen.polls_each(),
        lag: lags.iter().sum::<f64>() / tasks as f64,
        late: lags[tasks * 95 / 100],
        makespan: latest(&|made| made.heard.unwrap()) / latest(&|made| made.done),
        in_flight: usize::try_from(peak).unwrap(),
        densest: densest(seen.queries.iter().map(|query| query.0), 1.0),
        refused: seen.queries_refused,
        unasked: unasked.fold(0.0, f64::max),
        in_turn: in_turn(
            &seen
                .made
                .values()
                .map(|made| (made.taken, made.done))
                .collect::<Vec<_>>(),
        ),
    }
}
