//! Whether samples hold what their coding must hold: the answer to files whose structure is right and whose content
//! was never written.
//!
//! Only a bounded number of samples is opened, and of each only the places where damage shows: the length before each
//! unit, and its end. That finds zeros, and lengths that no longer match; a single changed bit it does not find.

use super::problem::Mp4Problem;
use super::source::{Source, damaged};

/// How much of the end of a file is looked at without gaps, in bytes: unwritten tails are the common damage.
const TAIL: u64 = 2 << 20;

/// Reads spent on the tail of a file, and as many again on samples spread over the rest.
const PROBES: u32 = 24_000;

/// Samples looked into in the part before the tail, spread evenly over its bytes.
const SPREAD: u64 = 3_000;

/// Coded units never end in zeros; some writers pad them to a round length all the same.
const PADDING: usize = 128;

/// What is known of the inside of a track's samples.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) enum Coding {
    /// H.264 or H.265: units one after the other, each behind its length of `prefix` bytes.
    Units { prefix: u8 },
    /// Packed by a coding that never gives `least` or more zeros and nothing else, and never ends in `ending` of them;
    /// an `ending` of 0 is none that is known.
    Packed { least: u64, ending: u64 },
    /// Anything may stand there.
    #[default]
    Opaque,
}

impl Coding {
    /// AAC ends with a mark of three ones.
    pub(super) const AAC: Self = Self::Packed { least: 2, ending: 8 };

    /// Anything that is made smaller in a way that is not looked into.
    pub(super) const DENSE: Self = Self::Packed { least: 16, ending: 16 };

    /// The same, by codings that fill up with zeros, or encrypted.
    pub(super) const PADDED: Self = Self::Packed { least: 16, ending: 0 };

    pub(super) fn of_sound(kind: &[u8; 4]) -> Self {
        match kind {
            // Silence in these is zeros, rightly.
            b"sowt" | b"twos" | b"lpcm" | b"ipcm" | b"fpcm" | b"raw " | b"NONE" | b"in24" | b"in32" | b"fl32"
            | b"fl64" | b"ulaw" | b"alaw" => Self::Opaque,
            b"Opus" | b"fLaC" => Self::DENSE,
            _ => Self::PADDED,
        }
    }

    pub(super) fn of_picture(kind: &[u8; 4]) -> Self {
        match kind {
            b"raw " | b"2vuy" | b"yuv2" | b"v210" | b"v308" | b"v408" | b"v410" => Self::Opaque,
            b"av01" | b"vp09" | b"vp08" | b"mp4v" => Self::DENSE,
            _ => Self::PADDED,
        }
    }

    /// How many zeros at the end of a sample are more than this coding ever writes.
    pub(super) fn too_many(self) -> Option<u64> {
        match self {
            Self::Units { .. } => Some(4),
            Self::Packed { ending, .. } => Some(ending).filter(|&zeros| zeros > 0),
            Self::Opaque => None,
        }
    }
}

/// A sample, and how many zeros it ends in where that was looked at.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Sample {
    pub(super) coding: Coding,
    pub(super) at: u64,
    pub(super) size: u64,
    pub(super) zeros: u64,
}

impl Sample {
    pub(super) fn end(&self) -> u64 {
        self.at.saturating_add(self.size)
    }
}

/// Opens a bounded number of samples.
#[derive(Debug)]
pub(super) struct Lens {
    tail_from: u64,
    /// Bytes between two samples that are opened before the tail.
    gap: u64,
    opened_at: Option<u64>,
    tail_probes: u32,
    other_probes: u32,
    /// The sample that ends last in the file.
    pub(super) last: Sample,
    /// Of those opened, the two that end in the most zeros: what the writer's habit is.
    pub(super) padded: [Sample; 2],
}

impl Lens {
    /// For a file of `length` bytes.
    pub(super) fn new(length: u64) -> Self {
        Self {
            tail_from: length.saturating_sub(TAIL),
            gap: length / SPREAD,
            opened_at: None,
            tail_probes: PROBES,
            other_probes: PROBES,
            last: Sample::default(),
            padded: [Sample::default(); 2],
        }
    }

    /// Looks into the sample of `size` bytes at `at`, unless it is one of those left out.
    pub(super) fn open(
        &mut self,
        source: &mut Source<'_>,
        coding: Coding,
        at: u64,
        size: u64,
    ) -> Result<(), Mp4Problem> {
        if size == 0 {
            return Ok(());
        }
        let mut sample = Sample {
            coding,
            at,
            size,
            zeros: 0,
        };
        if sample.end() > self.last.end() {
            self.last = sample;
        }
        let in_tail = sample.end() > self.tail_from;
        if !in_tail && self.opened_at.is_some_and(|opened| opened.abs_diff(at) < self.gap) {
            return Ok(());
        }
        self.opened_at = Some(at);
        let probes = if in_tail {
            &mut self.tail_probes
        } else {
            &mut self.other_probes
        };
        sample.zeros = match coding {
            Coding::Units { prefix } => units(source, u64::from(prefix), at, size, probes)?,
            Coding::Packed { least, ending } if size >= least => {
                not_only_zeros(source, at, size, probes)?;
                if ending > 0 && take(probes) {
                    source.zeros_before(sample.end(), size.min(PADDING as u64))?
                } else {
                    0
                }
            }
            _ => 0,
        };
        let [most, second] = &mut self.padded;
        if sample.zeros > most.zeros {
            *second = std::mem::replace(most, sample);
        } else if sample.zeros > second.zeros {
            *second = sample;
        }
        Ok(())
    }
}

/// Takes one read from what is left; false when none is.
fn take(probes: &mut u32) -> bool {
    let left = *probes > 0;
    *probes = probes.saturating_sub(1);
    left
}

/// Walks the units of a picture and returns how many zeros the last of them ends in.
fn units(source: &mut Source<'_>, prefix: u64, at: u64, size: u64, probes: &mut u32) -> Result<u64, Mp4Problem> {
    let end = at + size;
    let mut at = at;
    let mut zeros = 0;
    while at < end && take(probes) {
        if end - at < prefix {
            return damaged(at, "a picture whose units do not fill it");
        }
        let mut length = 0;
        for byte in 0..prefix {
            length = length << 8 | u64::from(source.u8(at + byte)?);
        }
        if length == 0 {
            return Err(Mp4Problem::ZeroFilled { at });
        }
        at += prefix;
        if length > end - at {
            return damaged(at, "a unit longer than the picture that it belongs to");
        }
        let shown = usize::try_from(length).unwrap_or(PADDING).min(PADDING);
        let last = source.read(at + length - shown as u64, shown)?;
        if shown >= 4 && last.iter().all(|&byte| byte == 0) {
            return Err(Mp4Problem::ZeroFilled {
                at: at + length - shown as u64,
            });
        }
        zeros = last.iter().rev().take_while(|&&byte| byte == 0).count() as u64;
        at += length;
    }
    Ok(zeros)
}

fn not_only_zeros(source: &mut Source<'_>, at: u64, size: u64, probes: &mut u32) -> Result<(), Mp4Problem> {
    let mut done = 0;
    while done < size {
        if !take(probes) {
            return Ok(());
        }
        let step = (size - done).min(512);
        let piece = source.read(at + done, usize::try_from(step).unwrap_or(512))?;
        if piece.iter().any(|&byte| byte != 0) {
            return Ok(());
        }
        done += step;
    }
    Err(Mp4Problem::ZeroFilled { at })
}
