//! What a way of asking costs one task, worked out and not drawn: the exact mean over a model of how long videos take.

use engine::timing::{Curve, Gaps, POLL_COST, Plan, Seen};

use crate::chance::{Chance, Model};

/// What a poll is worth in seconds of delay, where ways of asking are compared.
pub const PRICE: f64 = 0.25;
/// Nothing takes longer in these models, seconds.
const END: f64 = 900.0;

/// What asking at some moments costs one task.
#[derive(Clone, Copy, Debug, Default)]
pub struct Cost {
    /// Polls.
    pub polls: f64,
    /// Seconds between done and heard.
    pub lag: f64,
}

impl Cost {
    /// Both together, in seconds.
    pub fn sum(self) -> f64 {
        PRICE * self.polls + self.lag
    }

    /// The exact mean of asking at these moments.
    pub fn of(model: &Model, moments: &[f64]) -> Self {
        const PIECES: usize = 20;
        let mut cost = Self::default();
        let mut before = 0.0;
        for &moment in moments {
            let done = model.done_by(before);
            cost.polls += 1.0 - done;
            let piece = (moment - before) / PIECES as f64;
            cost.lag += (0..PIECES)
                .map(|at| (model.done_by(before + (at as f64 + 0.5) * piece) - done) * piece)
                .sum::<f64>();
            before = moment;
        }
        cost
    }
}

/// The least that any way of asking can cost, by one who knows the model.
pub fn optimum(model: &Model) -> Cost {
    let curve = Curve::known(0.25, (END / 0.25) as usize, |time| model.done_by(time));
    let gaps = Gaps {
        shortest: 0.25,
        longest: END,
        first: END,
        last: END,
        tail: 30.0,
    };
    Cost::of(model, &Plan::new(curve, PRICE, gaps).moments(END))
}

/// Asking every so many seconds.
pub fn every(model: &Model, seconds: f64) -> Cost {
    let moments: Vec<f64> = (1..=(END / seconds) as usize).map(|nth| nth as f64 * seconds).collect();
    Cost::of(model, &moments)
}

/// The plan of a machine that has seen so many tasks. `told`: the service tells its own times, in whole seconds; else
/// there is only what was seen between two polls, by the plan of then.
pub fn learned(model: &Model, tasks: usize, told: bool, seed: u64) -> Cost {
    const FIRST: usize = engine::timing::LEARNED_FROM;
    let mut chance = Chance::new(seed);
    let (mut seen, mut plan): (Vec<Seen>, Option<Plan>) = (Vec::new(), None);
    for nth in 0..tasks {
        let took = model.draw(&mut chance);
        if told {
            seen.push(Seen::exactly(took.floor()));
            continue;
        }
        let (mut after, mut by) = (0.0, 0.0);
        while by < took {
            after = by;
            by += match &plan {
                Some(plan) => plan.gap(by) * (0.9 + 0.2 * chance.unit()),
                None => 5.0,
            };
        }
        seen.push(Seen { after, by });
        if nth + 1 >= FIRST && (nth + 1) % 5 == 0 {
            plan = plan_of(&seen);
        }
    }
    Cost::of(model, &plan_of(&seen).unwrap().moments(END))
}

fn plan_of(seen: &[Seen]) -> Option<Plan> {
    let curve = Curve::learned(seen)?;
    let gaps = Gaps::usual(curve.by(0.5));
    Some(Plan::new(curve, POLL_COST, gaps))
}

/// What machines with different pasts come to.
#[derive(Clone, Debug)]
pub struct Spread {
    /// The mean of each.
    pub mean: Cost,
    /// Against the optimum: the mean, and the worst.
    pub ratio: f64,
    /// The worst of them against the optimum.
    pub worst: f64,
}

/// So many machines, each with a past of its own.
pub fn machines(model: &Model, tasks: usize, told: bool, count: usize) -> Spread {
    let best = optimum(model).sum();
    let costs: Vec<Cost> = (0..count as u64)
        .map(|seed| learned(model, tasks, told, seed))
        .collect();
    let mean = |of: &dyn Fn(&Cost) -> f64| costs.iter().map(of).sum::<f64>() / count as f64;
    Spread {
        mean: Cost {
            polls: mean(&|cost| cost.polls),
            lag: mean(&|cost| cost.lag),
        },
        ratio: mean(&|cost| cost.sum() / best),
        worst: costs.iter().map(|cost| cost.sum() / best).fold(0.0, f64::max),
    }
}
