//! Frames in a second, as a fraction: editors count in whole frames, and 23.976 is none.

use std::fs::File;

use super::Timing;
use crate::files::mp4::{self, Mp4Problem};

/// Frames in a second: `number / of`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Rate {
    pub(crate) number: u64,
    pub(crate) of: u64,
}

/// The rates that editors know.
const KNOWN: [Rate; 11] = [
    Rate { number: 24, of: 1 },
    Rate {
        number: 24_000,
        of: 1001,
    },
    Rate { number: 25, of: 1 },
    Rate { number: 30, of: 1 },
    Rate {
        number: 30_000,
        of: 1001,
    },
    Rate { number: 48, of: 1 },
    Rate { number: 50, of: 1 },
    Rate { number: 60, of: 1 },
    Rate {
        number: 60_000,
        of: 1001,
    },
    Rate { number: 12, of: 1 },
    Rate { number: 15, of: 1 },
];

impl Rate {
    /// Of `frames` that take `ticks` of a clock with `timescale` ticks in a second: the known rate it is within a
    /// twentieth of a per cent, else what it says, in thousandths.
    pub(crate) fn measured(frames: u64, ticks: u64, timescale: u64) -> Self {
        if frames == 0 || ticks == 0 || timescale == 0 {
            return Self { number: 24, of: 1 };
        }
        let exact = frames as f64 * timescale as f64 / ticks as f64;
        let off = |rate: &Self| (rate.per_second() - exact).abs() / exact;
        let nearest = KNOWN.iter().min_by(|one, other| off(one).total_cmp(&off(other)));
        match nearest.filter(|rate| off(rate) < 0.0005) {
            Some(rate) => *rate,
            #[expect(
                clippy::cast_possible_truncation,
                clippy::cast_sign_loss,
                reason = "positive and small"
            )]
            None => Self {
                number: ((exact * 1000.0).round() as u64).max(1),
                of: 1000,
            },
        }
    }

    pub(crate) fn per_second(self) -> f64 {
        self.number as f64 / self.of as f64
    }

    /// How many whole frames of this rate `frames` of another fill; at least one.
    pub(crate) fn filled_by(self, frames: u64, other: Self) -> u64 {
        let wide = |n: u64| u128::from(n);
        let whole = wide(frames) * wide(other.of) * wide(self.number) / (wide(other.number) * wide(self.of)).max(1);
        u64::try_from(whole).unwrap_or(u64::MAX).max(1)
    }
}

/// How a saved clip plays, by the file itself. Blocks.
///
/// # Errors
/// It is not whole, or cannot be read.
pub(crate) fn timing(file: &File) -> Result<Timing, Mp4Problem> {
    let (clip, pace) = mp4::pace(file)?;
    Ok(Timing {
        rate: Rate::measured(pace.frames, pace.ticks, pace.timescale),
        frames: pace.frames.max(1),
        width: clip.width,
        height: clip.height,
        sound: clip.has_audio,
    })
}
