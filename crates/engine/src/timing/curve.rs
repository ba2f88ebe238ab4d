//! How long generations take, as a curve learned from the last ones.
//!
//! A smooth curve over the logarithm of time: a part is one log-normal fitted to what was seen, a part is a kernel
//! estimate that can follow two humps; how much of each and how wide the kernel is decides how well either foretells
//! one observation from the others. A little is spread wide, so that nothing is called impossible. Older
//! observations weigh less: 0.98 for each newer one. Nothing in here knows what a poll is.

use std::f64::consts::{PI, SQRT_2};

/// Weight of an observation against the next newer one.
pub const DECAY: f64 = 0.98;
/// Observations that a curve is made of; an older one would weigh less than a twentieth.
pub const MOST: usize = 150;
/// Cells of the curve's grid.
const CELLS: usize = 600;
/// The share that is spread wide, and how wide (in the logarithm).
const ANYTHING: f64 = 0.004;
const WIDE: f64 = 0.7;
/// What is known of the spread before anything was seen, and for how many observations it counts.
const USUAL_SPREAD: f64 = 0.5;
const USUAL_WEIGHT: f64 = 0.5;
const NARROWEST: f64 = 0.03;
/// Kernel widths and shares of the log-normal to choose from.
const KERNELS: [f64; 11] = [0.03, 0.045, 0.06, 0.08, 0.1, 0.13, 0.16, 0.2, 0.25, 0.32, 0.4];
const SHARES: [f64; 5] = [0.0, 0.25, 0.5, 0.75, 0.95];
/// An interval narrower than this (its end over its begin) is as good as its middle.
const NARROW: f64 = 1.25;
/// Times are at least this long, in seconds: the logarithm needs one.
const SHORTEST: f64 = 0.01;

/// One finished generation, in seconds since the service took it: it ended after `after`, and at or before `by`. Both
/// are the same where the service told its own times.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Seen {
    /// Not done yet then.
    pub after: f64,
    /// Done then.
    pub by: f64,
}

impl Seen {
    /// One that took exactly this long.
    pub fn exactly(seconds: f64) -> Self {
        Self {
            after: seconds,
            by: seconds,
        }
    }

    fn is_narrow(self) -> bool {
        self.by <= self.after.max(SHORTEST) * NARROW
    }
}

/// The share of generations that are done by a time.
#[derive(Clone, Debug)]
pub struct Curve {
    step: f64,
    done: Vec<f64>,
}

impl Curve {
    /// A curve that is known, on a grid of `cells` of `step` seconds.
    pub fn known(step: f64, cells: usize, done_by: impl Fn(f64) -> f64) -> Self {
        let done = (0..=cells).map(|cell| done_by(cell as f64 * step)).collect();
        Self { step, done }
    }

    /// The curve of what was seen, the newest last; `None` where nothing was.
    pub fn learned(seen: &[Seen]) -> Option<Self> {
        let seen = &seen[seen.len().saturating_sub(MOST)..];
        if seen.is_empty() {
            return None;
        }
        let sample = Sample::of(seen);
        let (kernel, share) = sample.best();
        let top = sample.points.iter().copied().fold(f64::MIN, f64::max);
        let end = (top + 3.0 * kernel)
            .max(sample.middle + 3.0 * sample.spread)
            .min(sample.middle + 3.0)
            .exp();
        let step = end / CELLS as f64;
        Some(Self::known(step, CELLS, |time| match time {
            time if time <= 0.0 => 0.0,
            time => sample.done_by(time.ln(), kernel, share),
        }))
    }

    /// Seconds between two cells of the grid.
    pub fn step(&self) -> f64 {
        self.step
    }

    /// The share done at each cell, from time zero on; rising.
    pub fn cells(&self) -> &[f64] {
        &self.done
    }

    /// When a share of them is done, in seconds; the grid's end where it is later.
    pub fn by(&self, share: f64) -> f64 {
        let cell = self.done.partition_point(|&done| done < share);
        cell.min(self.done.len() - 1) as f64 * self.step
    }
}

/// Observations as points on the logarithm of time, with weights.
struct Sample {
    points: Vec<f64>,
    weights: Vec<f64>,
    total: f64,
    /// The fitted log-normal.
    middle: f64,
    spread: f64,
}

impl Sample {
    fn of(seen: &[Seen]) -> Self {
        let weights: Vec<f64> = (0..seen.len())
            .rev()
            .map(|newer| DECAY.powi(i32::try_from(newer).unwrap_or(i32::MAX)))
            .collect();
        let mut sample = Self {
            points: seen.iter().map(|one| middle_of(*one)).collect(),
            total: weights.iter().sum(),
            weights,
            middle: 0.0,
            spread: USUAL_SPREAD,
        };
        let any_narrow = seen.iter().any(|one| one.is_narrow());
        sample.fit(|at| !any_narrow || seen[at].is_narrow());
        // A wide interval (done at the first look) says little about where it ended: there the fit has the word.
        for _ in 0..3 {
            for (at, one) in seen.iter().enumerate().filter(|(_, one)| !one.is_narrow()) {
                sample.points[at] = sample.expected_in(*one);
            }
            sample.fit(|_| true);
        }
        sample
    }

    fn fit(&mut self, counts: impl Fn(usize) -> bool) {
        let counted = || (0..self.points.len()).filter(|&at| counts(at));
        let total: f64 = counted().map(|at| self.weights[at]).sum();
        let middle = counted().map(|at| self.weights[at] * self.points[at]).sum::<f64>() / total;
        let squares: f64 = counted()
            .map(|at| self.weights[at] * (self.points[at] - middle).powi(2))
            .sum();
        let variance = (squares + USUAL_WEIGHT * USUAL_SPREAD * USUAL_SPREAD) / (total + USUAL_WEIGHT);
        self.middle = middle;
        self.spread = variance.sqrt().max(NARROWEST);
    }

    /// Where in its interval one ended, by the fit.
    fn expected_in(&self, one: Seen) -> f64 {
        const PIECES: usize = 40;
        let width = (one.by - one.after) / PIECES as f64;
        let (mut sum, mut mass) = (0.0, 0.0);
        for piece in 0..PIECES {
            let time = (one.after + width * (piece as f64 + 0.5)).max(SHORTEST);
            let density = bell((time.ln() - self.middle) / self.spread) / time;
            sum += density * time.ln();
            mass += density;
        }
        if mass > 1e-200 {
            return sum / mass;
        }
        // Far from everything else: the nearer end.
        let (begin, end) = (one.after.max(SHORTEST).ln(), one.by.max(SHORTEST).ln());
        self.middle.clamp(begin, end.max(begin))
    }

    /// The kernel's width and the log-normal's share that best foretell each point from the others.
    fn best(&self) -> (f64, f64) {
        let mut best = (f64::MIN, KERNELS[KERNELS.len() - 1], 0.95);
        for kernel in KERNELS {
            let others: Vec<f64> = (0..self.points.len()).map(|at| self.without(at, kernel)).collect();
            for share in SHARES {
                let likelihood: f64 = (0..self.points.len())
                    .map(|at| {
                        let point = self.points[at] - self.middle;
                        let fit = bell(point / self.spread) / self.spread;
                        let learned = share * fit + (1.0 - share) * others[at];
                        let wide = bell(point / WIDE) / WIDE;
                        self.weights[at] * ((1.0 - ANYTHING) * learned + ANYTHING * wide).max(1e-300).ln()
                    })
                    .sum();
                if likelihood > best.0 {
                    best = (likelihood, kernel, share);
                }
            }
        }
        (best.1, best.2)
    }

    /// The kernel's density at one point, made of the others.
    fn without(&self, at: usize, kernel: f64) -> f64 {
        let (mut sum, mut mass) = (0.0, 0.0);
        for (other, (&point, &weight)) in self.points.iter().zip(&self.weights).enumerate() {
            if other != at {
                mass += weight;
                let distance = (self.points[at] - point) / kernel;
                if distance.abs() < 6.0 {
                    sum += weight * bell(distance) / kernel;
                }
            }
        }
        if mass > 0.0 { sum / mass } else { 0.0 }
    }

    fn done_by(&self, log_time: f64, kernel: f64, share: f64) -> f64 {
        let humps: f64 = self
            .points
            .iter()
            .zip(&self.weights)
            .map(|(&point, &weight)| weight * below((log_time - point) / kernel))
            .sum::<f64>()
            / self.total;
        let learned = share * below((log_time - self.middle) / self.spread) + (1.0 - share) * humps;
        (1.0 - ANYTHING) * learned + ANYTHING * below((log_time - self.middle) / WIDE)
    }
}

fn middle_of(one: Seen) -> f64 {
    f64::midpoint(one.after, one.by).max(SHORTEST).ln()
}

/// The normal density.
fn bell(z: f64) -> f64 {
    (-0.5 * z * z).exp() / (2.0 * PI).sqrt()
}

/// The share of a normal distribution that lies below `z` (Abramowitz and Stegun 7.1.26, within 1.5e-7).
pub fn below(z: f64) -> f64 {
    let x = z.abs() / SQRT_2;
    let t = 1.0 / (1.0 + 0.327_591_1 * x);
    let series =
        t * (0.254_829_592 + t * (-0.284_496_736 + t * (1.421_413_741 + t * (-1.453_152_027 + t * 1.061_405_429))));
    let erf = 1.0 - series * (-x * x).exp();
    f64::midpoint(1.0, erf.copysign(z))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_curve_rises_from_nothing_to_nearly_all() {
        let seen: Vec<_> = (0..60).map(|n| Seen::exactly(60.0 + f64::from(n % 30) * 2.0)).collect();
        let curve = Curve::learned(&seen).unwrap();
        assert!(curve.cells().is_sorted() && curve.cells()[0] == 0.0);
        assert!(curve.cells().last().unwrap() > &0.97);
        let median = curve.by(0.5);
        assert!((80.0..100.0).contains(&median), "{median}");
    }

    #[test]
    fn two_humps_stay_two() {
        let seen: Vec<_> = (0..100)
            .map(|n| Seen::exactly(if n % 10 < 7 { 55.0 } else { 170.0 } + f64::from(n % 9)))
            .collect();
        let curve = Curve::learned(&seen).unwrap();
        let share = |time: f64| curve.cells()[(time / curve.step()) as usize];
        assert!((0.66..0.74).contains(&share(110.0)), "{}", share(110.0));
        assert!(share(150.0) - share(80.0) < 0.05, "little happens between the humps");
    }

    #[test]
    fn what_was_done_at_the_first_look_is_put_where_others_ended() {
        let mut seen: Vec<_> = (0..40)
            .map(|n| Seen {
                after: 70.0 + f64::from(n),
                by: 74.0 + f64::from(n),
            })
            .collect();
        let plain = Curve::learned(&seen).unwrap().by(0.1);
        seen.extend([Seen { after: 0.0, by: 70.0 }; 3]);
        let with = Curve::learned(&seen).unwrap().by(0.1);
        assert!(with > 0.8 * plain, "{with} against {plain}: not half way to zero");
    }

    #[test]
    fn anything_that_was_ever_stored_gives_a_curve() {
        for seen in [
            vec![Seen::exactly(0.0)],
            vec![Seen::exactly(7_200.0); 200],
            vec![
                Seen {
                    after: 0.0,
                    by: 7_200.0
                };
                12
            ],
            vec![Seen::exactly(0.5), Seen::exactly(7_200.0)],
        ] {
            let curve = Curve::learned(&seen).unwrap();
            assert!(
                curve.step() > 0.0 && curve.cells().iter().all(|done| (0.0..=1.0).contains(done)),
                "{seen:?}"
            );
            assert!(curve.cells().is_sorted());
        }
        assert!(Curve::learned(&[]).is_none());
    }

    #[test]
    fn the_normal_share_is_right() {
        for (z, share) in [(0.0, 0.5), (1.0, 0.841_344_7), (-1.96, 0.024_997_9), (6.0, 1.0)] {
            assert!((below(z) - share).abs() < 1e-6, "{z}");
        }
    }
}
