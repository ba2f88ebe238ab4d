//! When to ask about a task next, so that polls and waiting together cost the least.
//!
//! The problem is an old one, the inspection of a machine whose failure shows only when it is looked at (Barlow, Hunter
//! and Proschan, 1963). Each poll is put at a price in seconds of delay; from the end of the curve backwards, the best
//! next moment for each elapsed time follows from the best ones after it. The table depends on the elapsed time alone,
//! so it answers at any moment and after any gap. Nothing in here knows a limit, a clock or a task.

use super::curve::Curve;

/// What one poll is worth, in seconds of delay. The service's limit asks for thrift, a person for the video; at this
/// price a generation of a minute and a half is asked about ten times and noticed two and a half seconds late.
pub const POLL_COST: f64 = 0.24;

/// The share after which only the last ones are left.
const LAST: f64 = 0.95;

/// When to ask next, for each time that may have passed.
#[derive(Clone, Debug)]
pub struct Plan {
    curve: Curve,
    /// The area under the curve up to each cell, seconds.
    area: Vec<f64>,
    /// The cell of the next poll after each cell.
    next: Vec<usize>,
    /// The gap past the curve's end, seconds.
    tail: f64,
    median: f64,
    late: f64,
    /// What a whole task costs by this plan, if the curve is right (seconds).
    cost: f64,
}

/// How far apart polls may be.
#[derive(Clone, Copy, Debug)]
pub struct Gaps {
    /// At least, in seconds.
    pub shortest: f64,
    /// At most, in seconds, once it was asked for the first time.
    pub longest: f64,
    /// The first one at most, in seconds.
    pub first: f64,
    /// At most, in seconds, once all but one in twenty are done.
    pub last: f64,
    /// Past the end of the curve, in seconds.
    pub tail: f64,
}

impl Gaps {
    /// For a kind that usually takes `median` seconds. Of those that take longest few were seen, and it is one of them
    /// that somebody waits for in the end: they are not left alone for long.
    pub fn usual(median: f64) -> Self {
        let longest = (median / 5.0).clamp(5.0, 60.0);
        let last = (median / 18.0).clamp(2.0, 15.0);
        Self {
            shortest: 1.0,
            longest,
            first: median.clamp(5.0, 300.0),
            last,
            tail: last,
        }
    }
}

impl Plan {
    /// The best plan for a curve, at `poll_cost` seconds of delay for each poll.
    pub fn new(curve: Curve, poll_cost: f64, gaps: Gaps) -> Self {
        let (step, done) = (curve.step(), curve.cells());
        let last = done.len() - 1;
        let mut area = vec![0.0; done.len()];
        for cell in 1..done.len() {
            area[cell] = area[cell - 1] + f64::midpoint(done[cell - 1], done[cell]) * step;
        }
        let cells = |seconds: f64| ((seconds / step) as usize).max(1);
        let shortest = ((gaps.shortest / step).ceil() as usize).max(1);
        let mut next = vec![0; done.len()];
        let mut costs = vec![0.0; done.len()];
        next[last] = last + cells(gaps.tail);
        costs[last] = (1.0 - done[last]) * gaps.tail;
        for cell in (0..last).rev() {
            let longest = match cell {
                0 => gaps.first,
                _ if done[cell] > LAST => gaps.last,
                _ => gaps.longest,
            };
            let longest = cells(longest).max(shortest);
            let candidates = (cell + shortest).min(last)..=(cell + longest).min(last);
            let cost_of = |at: usize| {
                let unnoticed = area[at] - area[cell] - done[cell] * (at - cell) as f64 * step;
                poll_cost * (1.0 - done[cell]) + unnoticed + costs[at]
            };
            let mut best = (f64::INFINITY, last);
            for at in candidates {
                let cost = cost_of(at);
                if cost < best.0 {
                    best = (cost, at);
                }
            }
            (costs[cell], next[cell]) = best;
        }
        Self {
            median: curve.by(0.5),
            late: curve.by(0.9),
            tail: gaps.tail,
            cost: costs[0],
            curve,
            area,
            next,
        }
    }

    /// How long to wait, in seconds, before it is asked about again, where it was not done at `elapsed` seconds.
    pub fn gap(&self, elapsed: f64) -> f64 {
        let place = elapsed.max(0.0) / self.curve.step();
        let cell = place as usize;
        match (self.next.get(cell), self.next.get(cell + 1)) {
            (Some(&from), Some(&to)) => {
                let part = place - cell as f64;
                let at = from as f64 + part * (to as f64 - from as f64);
                ((at - place) * self.curve.step()).max(0.0)
            }
            _ => self.tail,
        }
    }

    /// How long, by expectation, one that was not done at `asked` has been done unnoticed at `now` (both seconds since
    /// the service took it). It rises with the time that nobody asked, by at most a second in a second.
    pub fn unnoticed(&self, asked: f64, now: f64) -> f64 {
        let (asked, now) = (asked.max(0.0), now.max(0.0));
        if now <= asked {
            return 0.0;
        }
        let begin = self.done(asked);
        let left = 1.0 - begin;
        if left < 1e-5 {
            // By the curve there is nothing left to wait for.
            return now - asked;
        }
        let unnoticed = self.area(now) - self.area(asked) - begin * (now - asked);
        (unnoticed / left).clamp(0.0, now - asked)
    }

    /// Half of them take longer than this, seconds.
    pub fn median(&self) -> f64 {
        self.median
    }

    /// One in ten takes longer than this, seconds.
    pub fn late(&self) -> f64 {
        self.late
    }

    /// When this share of them is done, seconds.
    pub fn by(&self, share: f64) -> f64 {
        self.curve.by(share)
    }

    /// How long one that is not done at `elapsed` seconds still takes, seconds: as long as this share of such as it
    /// take at most.
    pub fn rest(&self, elapsed: f64, share: f64) -> f64 {
        let done = self.done(elapsed.max(0.0)).clamp(0.0, 1.0);
        let at = self.curve.by(done + share.clamp(0.0, 1.0) * (1.0 - done));
        // Longer than anything that was seen: as long again as between two looks at it.
        if at > elapsed { at - elapsed } else { self.tail }
    }

    /// What one task costs by this plan if the curve is right: seconds unnoticed, and polls at their price.
    pub fn cost(&self) -> f64 {
        self.cost
    }

    /// The moments of the polls of one task that does not end, up to `until` seconds.
    pub fn moments(&self, until: f64) -> Vec<f64> {
        let mut moments = vec![self.gap(0.0)];
        while let Some(&last) = moments.last()
            && last < until
        {
            moments.push(last + self.gap(last).max(self.curve.step()));
        }
        moments
    }

    fn done(&self, elapsed: f64) -> f64 {
        let cells = self.curve.cells();
        let place = elapsed / self.curve.step();
        let cell = place as usize;
        match (cells.get(cell), cells.get(cell + 1)) {
            (Some(&from), Some(&to)) => from + (place - cell as f64) * (to - from),
            _ => self.beyond(elapsed).0,
        }
    }

    fn area(&self, elapsed: f64) -> f64 {
        let place = elapsed / self.curve.step();
        let cell = place as usize;
        match self.area.get(cell) {
            Some(&area) if cell + 1 < self.area.len() => {
                let part = elapsed - cell as f64 * self.curve.step();
                area + part * f64::midpoint(self.curve.cells()[cell], self.done(elapsed))
            }
            _ => self.beyond(elapsed).1,
        }
    }

    /// Past the end of the curve, what is left ends without a memory.
    fn beyond(&self, elapsed: f64) -> (f64, f64) {
        const LIFE: f64 = 120.0;
        let last = self.area.len() - 1;
        let past = elapsed - last as f64 * self.curve.step();
        let left = 1.0 - self.curve.cells()[last];
        let gone = 1.0 - (-past / LIFE).exp();
        (1.0 - left * (1.0 - gone), self.area[last] + past - left * LIFE * gone)
    }
}

#[cfg(test)]
mod tests {
    use super::super::curve::below;
    use super::*;

    fn log_normal(spread: f64) -> Plan {
        let curve = Curve::known(0.25, 2_400, |time| below((time / 90.0).max(1e-9).ln() / spread));
        let gaps = Gaps {
            shortest: 0.25,
            longest: 600.0,
            first: 600.0,
            last: 600.0,
            tail: 30.0,
        };
        Plan::new(curve, 0.25, gaps)
    }

    #[test]
    fn the_plan_is_the_known_optimum() {
        // Measured by others for these two curves: 10.5 polls and 2.6 s, 7.0 polls and 1.8 s.
        for (spread, cost) in [(0.35, 0.25 * 10.5 + 2.6), (0.15, 0.25 * 7.0 + 1.8)] {
            let plan = log_normal(spread);
            assert!(
                (plan.cost() / cost - 1.0).abs() < 0.02,
                "{} against {cost}",
                plan.cost()
            );
        }
    }

    #[test]
    fn nobody_asks_before_the_earliest_finish_and_the_densest_is_around_the_usual_one() {
        let moments = log_normal(0.15).moments(300.0);
        assert!(moments[0] > 60.0, "{moments:?}");
        let near = moments
            .windows(2)
            .map(|pair| pair[1] - pair[0])
            .fold(f64::MAX, f64::min);
        assert!(near < 4.0, "{near}");
    }

    #[test]
    fn what_goes_unnoticed_grows_with_the_time_and_never_faster_than_it() {
        let plan = log_normal(0.35);
        for asked in [0.0, 40.0, 90.0, 250.0, 599.0, 700.0] {
            let mut before = 0.0;
            for second in 1..900 {
                let now = plan.unnoticed(asked, asked + f64::from(second));
                assert!(
                    now >= before - 1e-9 && now - before <= 1.0 + 1e-6,
                    "{asked} {second}: {before} {now}"
                );
                before = now;
            }
            assert!(before > 200.0, "nobody is forgotten: {before}");
        }
    }

    #[test]
    fn any_elapsed_time_has_a_gap() {
        let plan = log_normal(0.35);
        for elapsed in [-5.0, 0.0, 1e-9, 599.9, 600.0, 1e6, 1e12] {
            let gap = plan.gap(elapsed);
            assert!(gap > 0.0 && gap <= 600.0, "{elapsed}: {gap}");
        }
    }
}
