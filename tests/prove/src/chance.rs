//! Drawn times, the same for the same seed: how long videos take, in the three models that the goals name.

use engine::timing::Curve;
use engine::timing::curve::below;

/// Numbers from a seed (splitmix64): the same on every machine and in every version.
#[derive(Clone, Debug)]
pub struct Chance(u64);

impl Chance {
    /// Seeded.
    pub fn new(seed: u64) -> Self {
        Self(seed.wrapping_mul(0x9E37_79B9_7F4A_7C15) ^ 0xD1B5_4A32_D192_ED03)
    }

    /// Between 0 and 1, neither of them.
    pub fn unit(&mut self) -> f64 {
        self.0 = self.0.wrapping_add(0x9E37_79B9_7F4A_7C15);
        let mut bits = self.0;
        bits = (bits ^ (bits >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
        bits = (bits ^ (bits >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
        bits ^= bits >> 31;
        ((bits >> 11) as f64 + 0.5) / 9_007_199_254_740_992.0
    }

    fn normal(&mut self) -> f64 {
        let radius = (-2.0 * self.unit().ln()).sqrt();
        radius * (2.0 * std::f64::consts::PI * self.unit()).cos()
    }
}

/// How long videos take: humps, each with its share, its median in seconds and its spread in the logarithm.
#[derive(Clone, Debug)]
pub struct Model {
    /// Its name in the tables.
    pub name: &'static str,
    humps: Vec<(f64, f64, f64)>,
}

impl Model {
    /// Half of them take more than 90 s, spread .35.
    pub fn wide() -> Self {
        Self::of("90 s, σ .35", &[(1.0, 90.0, 0.35)])
    }

    /// The same, spread .15.
    pub fn tight() -> Self {
        Self::of("90 s, σ .15", &[(1.0, 90.0, 0.15)])
    }

    /// Seven in ten at 60 s, three in ten at 180 s. The spread of each is the one whose optimum is what was measured
    /// for this mixture (10.9 polls, 2.7 s).
    pub fn humps() -> Self {
        Self::of("60 s 70 % + 180 s 30 %", &[(0.7, 60.0, 0.22), (0.3, 180.0, 0.22)])
    }

    /// Any.
    pub fn of(name: &'static str, humps: &[(f64, f64, f64)]) -> Self {
        Self {
            name,
            humps: humps.to_vec(),
        }
    }

    /// The share that is done by a time in seconds.
    pub fn done_by(&self, time: f64) -> f64 {
        if time <= 0.0 {
            return 0.0;
        }
        self.humps
            .iter()
            .map(|(share, median, spread)| share * below((time / median).ln() / spread))
            .sum()
    }

    /// The same as a curve, fine and long enough to plan by.
    pub fn curve(&self) -> Curve {
        Curve::known(0.5, 1_600, |time| self.done_by(time))
    }

    /// How long one takes, in seconds.
    pub fn draw(&self, chance: &mut Chance) -> f64 {
        let mut pick = chance.unit();
        let hump = self.humps.iter().find(|hump| {
            pick -= hump.0;
            pick < 0.0
        });
        let (_, median, spread) = *hump.or(self.humps.last()).unwrap();
        median * (spread * chance.normal()).exp()
    }

    /// So many as the model has them, one from each equal share, in an order drawn with a seed: what they do together
    /// says little about the luck of drawing them.
    pub fn evenly(&self, seed: u64, count: usize) -> Vec<f64> {
        let mut chance = Chance::new(seed);
        let mut times: Vec<f64> = (0..count)
            .map(|nth| self.quantile((nth as f64 + chance.unit()) / count as f64))
            .collect();
        for last in (1..count).rev() {
            times.swap(last, (chance.unit() * (last + 1) as f64) as usize);
        }
        times
    }

    /// When a share of them is done, in seconds.
    fn quantile(&self, share: f64) -> f64 {
        let (mut early, mut late) = (0.0, 100_000.0);
        for _ in 0..60 {
            let middle = f64::midpoint(early, late);
            if self.done_by(middle) < share {
                early = middle;
            } else {
                late = middle;
            }
        }
        late
    }

    /// Several, drawn with a seed.
    pub fn draws(&self, seed: u64, count: usize) -> Vec<f64> {
        let mut chance = Chance::new(seed);
        (0..count).map(|_| self.draw(&mut chance)).collect()
    }
}
