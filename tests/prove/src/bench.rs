//! What is measured beside what is proved: ratios to the ideal, from fixed seeds. Nothing here is met or not met; what
//! must hold stands in the sections.

use std::future::Future;
use std::pin::Pin;

use engine::view::settings::PollBy;

use crate::chance::Model;
use crate::paused::paused;
use crate::sections::limits;
use crate::sections::polling::{models, paper, runs};

/// What a benchmark prints.
pub type Told = Pin<Box<dyn Future<Output = Vec<String>>>>;

/// One benchmark.
pub struct Bench {
    /// Its name on the command line.
    pub name: &'static str,
    /// What it measures.
    pub title: &'static str,
    /// Measures it; lines of text, ready to be printed.
    pub run: fn() -> Told,
}

/// Every benchmark.
pub const ALL: &[Bench] = &[
    Bench {
        name: "limits",
        title: "Submits against a sliding window of 20 in 10 s (virtual time, 80 ms of jitter)",
        run: || -> Told { Box::pin(limits()) },
    },
    Bench {
        name: "polling",
        title: "Asking about tasks (virtual time; a poll at the price of 0.25 s of delay)",
        run: || -> Told { Box::pin(polling()) },
    },
    Bench {
        name: "commits",
        title: "One change of a card, committed with FULL, beside a JSON file (wall time on this disk)",
        run: || -> Told { Box::pin(commits()) },
    },
    Bench {
        name: "lists",
        title: "What the board asks, with 100,000 cards in 300 lists beside 1,000 (wall time)",
        run: || -> Told { Box::pin(crate::lists::lines()) },
    },
];

async fn limits() -> Vec<String> {
    let mut lines = vec![format!("{:34} {:>8} {:>14}", "", "refused", "of the ideal")];
    for count in [200, 1_000] {
        for restarted in [false, true] {
            let run = paused(move || limits::submits(count, restarted, 1)).await;
            let name = format!("{count} submits{}", if restarted { ", a restart between" } else { "" });
            lines.push(format!("{name:34} {:8} {:14.4}", run.refused, run.ratio));
        }
        let (refused, ratio) = limits::bucket(count);
        let name = format!("{count} submits by a bucket");
        lines.push(format!("{name:34} {refused:8} {ratio:14.4}"));
    }
    lines
}

async fn polling() -> Vec<String> {
    let head = |first: &str| format!("{first:44} {:>6} {:>7} {:>8}", "polls", "lag, s", "optimum");
    let mut lines = vec![head("worked out")];
    for model in models() {
        let best = paper::optimum(&model);
        let mut row = |name: String, cost: paper::Cost, ratio: f64| {
            lines.push(format!("{name:44} {:6.2} {:7.2} {ratio:8.3}", cost.polls, cost.lag));
        };
        row(format!("{}: optimum", model.name), best, 1.0);
        for tasks in [10, 50, 150] {
            let learned = paper::machines(&model, tasks, true, 40);
            row(
                format!("{}: learned from {tasks}", model.name),
                learned.mean,
                learned.ratio,
            );
        }
        let own = paper::machines(&model, 50, false, 10);
        row(format!("{}: from 50, no times told", model.name), own.mean, own.ratio);
        for seconds in [5.0, 10.0, 30.0] {
            let fixed = paper::every(&model, seconds);
            row(
                format!("{}: every {seconds} s", model.name),
                fixed,
                fixed.sum() / best.sum(),
            );
        }
    }
    lines.push(String::new());
    lines.push(format!(
        "{:44} {:>6} {:>7} {:>7} {:>9}",
        "through the engine", "polls", "lag, s", "p95, s", "makespan"
    ));
    let crowd = Model::of("15 min", &[(1.0, 900.0, 0.08)]);
    for (model, tasks, in_flight) in [
        (Model::wide(), 300, 30),
        (Model::tight(), 300, 30),
        (Model::humps(), 300, 30),
        (Model::wide(), 100, 100),
        (crowd, 1_000, 1_000),
    ] {
        for (poll_by, way) in [(PollBy::History, "learned"), (PollBy::Interval, "every 5 s")] {
            let name = format!("{}, {tasks} tasks, {in_flight} at once: {way}", model.name);
            let model = model.clone();
            let run = paused(move || runs::run(model, tasks, in_flight, poll_by, 3)).await;
            lines.push(format!(
                "{name:44} {:6.2} {:7.2} {:7.1} {:9.4}",
                run.polls, run.lag, run.late, run.makespan
            ));
        }
    }
    lines
}

async fn commits() -> Vec<String> {
    let lines = crate::sections::library::commit_lines(&[10_000, 100_000], 2_000).await;
    lines
        .into_iter()
        .map(|line| format!("{:66} {}", line.promise, line.seen))
        .collect()
}
