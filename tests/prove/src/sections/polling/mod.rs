//! Polls learn: what asking costs, against the least that is possible and against asking every 5 s.

pub mod paper;
pub mod runs;

use engine::view::settings::PollBy;

use crate::chance::Model;
use crate::paused::{paused, paused_each};
use crate::table::Line;
use crate::{Child, Proof, Section, Size};

/// See the module.
pub const SECTION: Section = Section {
    name: "polling",
    title: "Asking when an answer is likely (a poll at the price of 0.25 s of delay)",
    prove: |size| -> Proof { Box::pin(prove(size)) },
    child: |_| -> Child { Box::pin(async {}) },
};

/// The three models of the goals.
pub fn models() -> [Model; 3] {
    [Model::wide(), Model::tight(), Model::humps()]
}

async fn prove(size: Size) -> Vec<Line> {
    let machines = if size == Size::Full { 24 } else { 6 };
    let planned = tokio::task::spawn_blocking(move || planned(machines));
    if size == Size::Quick {
        return planned.await.unwrap();
    }
    // Neither measures time on the clock, and there are two cores.
    let (planned, crowd) = tokio::join!(planned, crowd(1_000));
    [planned.unwrap(), engine().await, crowd].concat()
}

/// Worked out on paper, for machines with different pasts of 50 tasks.
fn planned(machines: usize) -> Vec<Line> {
    let mut lines = Vec::new();
    for model in models() {
        let best = paper::optimum(&model);
        let told = paper::machines(&model, 50, true, machines);
        let fixed = paper::every(&model, 5.0).sum() / best.sum();
        lines.push(Line::must(
            format!("{}: after 50 tasks at most 1.10 of the optimum's cost", model.name),
            format!(
                "{:.3} (mean of {machines} machines, the worst {:.2}); every 5 s: {fixed:.2}",
                told.ratio, told.worst
            ),
            told.ratio <= 1.10,
        ));
        if model.name == Model::wide().name {
            lines.push(Line::must(
                format!("{}: at most 11 polls a task at 2.6 s mean lag", model.name),
                format!("{:.2} polls, {:.2} s", told.mean.polls, told.mean.lag),
                told.mean.polls <= 11.0 && told.mean.lag <= 2.6,
            ));
        }
        let own = paper::machines(&model, 50, false, machines.div_ceil(4));
        lines.push(Line::must(
            format!("{}: the same where the service tells no times", model.name),
            format!("{:.3} (the worst {:.2})", own.ratio, own.worst),
            own.ratio <= 1.10,
        ));
    }
    lines
}

/// The real engine, where nothing is crowded.
async fn engine() -> Vec<Line> {
    let mut lines = Vec::new();
    // What fifty draws teach differs from machine to machine, so several are asked, as on paper.
    const MACHINES: u64 = 6;
    let (mut polls, mut lag, mut late) = (0.0, 0.0, 0.0_f64);
    let machines = paused_each(0..MACHINES, |seed| {
        runs::run(Model::wide(), 400, 30, PollBy::History, 3 + seed)
    });
    for run in machines.await {
        polls += run.polls / MACHINES as f64;
        lag += run.lag / MACHINES as f64;
        late = late.max(run.late);
    }
    lines.push(Line::must(
        format!(
            "the engine, {MACHINES} machines, 400 tasks each, 30 at once: at most 11 polls a task at 2.6 s mean lag"
        ),
        format!("{polls:.2} polls, {lag:.2} s (one in twenty later than {late:.1} s)"),
        polls <= 11.0 && lag <= 2.6,
    ));
    const RUNS: u64 = 6;
    let runs = paused_each(0..RUNS, |seed| {
        runs::run(Model::wide(), 100, 100, PollBy::History, 20 + seed)
    });
    let by_history = runs.await.iter().map(|run| run.makespan / RUNS as f64).sum::<f64>();
    let by_interval = paused(|| runs::run(Model::wide(), 100, 100, PollBy::Interval, 20))
        .await
        .makespan;
    lines.push(Line::must(
        "the engine, 100 tasks at once: done at most 1.015 of the ideal",
        format!("{by_history:.4} (mean of {RUNS} runs); every 5 s: {by_interval:.4}"),
        by_history <= 1.015,
    ));
    lines
}

/// Far more tasks than may be asked about: who is asked?
pub async fn crowd(tasks: usize) -> Vec<Line> {
    let slow = Model::of("15 min", &[(1.0, 900.0, 0.08)]);
    let learned = paused(move || runs::run(slow, tasks, 1_000, PollBy::History, 5)).await;
    // The longest planned gap, the patience of a crowd and three rounds of it: see `stages/turns.rs`.
    let bound = 330.0 + tasks as f64 * (0.1 + 3.0 * 0.11);
    vec![
        Line::must(
            format!(
                "{} tasks in flight: never more than 10 queries in a second",
                learned.in_flight
            ),
            format!("{} at most, {} refused", learned.densest, learned.refused),
            learned.densest <= 10 && learned.refused == 0 && learned.in_flight * 100 >= tasks * 95,
        ),
        Line::must(
            format!(
                "{} tasks in flight: heard at most 0.6 as late as by asking in turn",
                learned.in_flight
            ),
            format!(
                "{:.1} s late by the mean; in turn: {:.1} s",
                learned.lag, learned.in_turn
            ),
            learned.lag <= learned.in_turn * 0.6,
        ),
        Line::must(
            format!(
                "{} tasks in flight: nobody is forgotten for more than {bound:.0} s",
                learned.in_flight
            ),
            format!("{:.0} s at most", learned.unasked),
            learned.unasked <= bound,
        ),
    ]
}
