//! The service's two limits: never a request too many, and hardly a second lost, also where the app ends in the middle.

use std::time::Duration;

use engine::view::settings::{PollBy, Preferences};

use crate::chance::{Chance, Model};
use crate::paused::{Desk, Setting, densest, paused, paused_each};
use crate::table::Line;
use crate::{Child, Proof, Section, Size};

/// See the module.
pub const SECTION: Section = Section {
    name: "limits",
    title: "The service's limits (virtual time, 80 ms of jitter on the way)",
    prove: |size| -> Proof { Box::pin(prove(size)) },
    child: |_| -> Child { Box::pin(async {}) },
};

async fn prove(size: Size) -> Vec<Line> {
    let counts: &[usize] = match size {
        Size::Full => &[200, 1_000],
        Size::Quick => &[200],
    };
    let mut lines = Vec::new();
    for &count in counts {
        let runs = paused_each([false, true], move |restarted| async move {
            (restarted, submits(count, restarted, 1).await)
        });
        for (restarted, run) in runs.await {
            let when = if restarted {
                ", the app ended and opened in the middle"
            } else {
                ""
            };
            lines.push(Line::must(
                format!("{count} submits{when}: 0 refused, at most 1.06 of the ideal"),
                format!("{} refused, {:.4} of the ideal", run.refused, run.ratio),
                run.refused == 0 && run.ratio <= 1.06 && run.bought == count,
            ));
            lines.push(Line::must(
                format!("{count} submits{when}: never more than 10 status queries in a second"),
                format!("{} at most, {} refused", run.densest_queries, run.queries_refused),
                run.queries_refused == 0 && run.densest_queries <= 10,
            ));
        }
        let (refused, ratio) = paused(move || async move { bucket(count) }).await;
        lines.push(Line::beside(
            format!("{count} submits by a bucket of 20 that refills 2 a second"),
            format!("{refused} refused, {ratio:.2} of the ideal"),
        ));
    }
    lines
}

/// What came of a run.
pub struct Run {
    /// Submits that the service refused for the limit.
    pub refused: usize,
    /// Bought, each once.
    pub bought: usize,
    /// When the last one arrived, against 20 each 10 s from the first on.
    pub ratio: f64,
    /// Status queries refused for the limit.
    pub queries_refused: usize,
    /// The most status queries in any second.
    pub densest_queries: usize,
}

/// Buys so many through the real engine, and counts at the service.
pub async fn submits(count: usize, restarted: bool, seed: u64) -> Run {
    let mut desk = Desk::new(Setting {
        model: Model::of("30 s", &[(1.0, 30.0, 0.1)]),
        seed,
        jitter: 0.08,
        tells: true,
        refuses: true,
        takes: Vec::new(),
        history: Vec::new(),
        preferences: Preferences {
            in_flight: 500,
            poll_by: PollBy::Interval,
            poll_seconds: 20.0,
            ..Preferences::default()
        },
    })
    .await;
    desk.start(count).await;
    if restarted {
        // In the middle of a burst, and for less than a window: all that was just sent still counts.
        desk.until(24, |seen| seen.posts.len() >= count / 2 + 7).await;
        desk.restart(Duration::from_millis(1_500)).await;
    }
    desk.until(24, |seen| {
        seen.made.values().filter(|made| made.heard.is_some()).count() >= count
    })
    .await;
    let seen = desk.end().await;
    let prompts: std::collections::HashSet<_> = seen.made.values().map(|made| &made.prompt).collect();
    Run {
        refused: seen.posts_refused,
        bought: prompts.len().min(seen.made.len()),
        ratio: (seen.posts[count - 1] - seen.posts[0]) / ideal(count),
        queries_refused: seen.queries_refused,
        densest_queries: densest(seen.queries.iter().map(|query| query.0), 1.0),
    }
}

/// The least time from the first to the last of so many, in seconds.
fn ideal(count: usize) -> f64 {
    ((count - 1) / 20) as f64 * 10.0
}

/// What the usual limiter does before the same service.
pub fn bucket(count: usize) -> (usize, f64) {
    let mut chance = Chance::new(1);
    let (mut arrived, mut refused): (Vec<f64>, usize) = (Vec::new(), 0);
    let (mut tokens, mut now) = (20.0_f64, 0.0_f64);
    while arrived.len() < count {
        if tokens < 1.0 {
            now += (1.0 - tokens) / 2.0;
            tokens = 1.0;
        }
        tokens -= 1.0;
        let at = now + chance.unit() * 0.08;
        if arrived.iter().rev().take_while(|before| at - **before < 10.0).count() >= 20 {
            refused += 1;
        } else {
            arrived.push(at);
        }
    }
    (refused, (arrived[count - 1] - arrived[0]) / ideal(count))
}
