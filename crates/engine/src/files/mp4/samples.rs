//! Whether samples hold what their coding must hold: the answer to files whose structure is right and whose content
//! was never written.
//!
//! Only a bounded number of samples is opened, and of each only the places where damage shows: the length before each
//! unit, and its end. That finds zeros, and lengths that no longer match; a single changed bit it does not find.

use std::io::{Read, Seek};

use super::problem::Mp4Problem;
use super::source::{Source, damaged};

/// How much of the end of a file is looked at without gaps, in bytes: unwritten tails are the common damage.
const TAIL: u64 = 2 << 20;

/// Reads spent on the tail of a file, and as many again on samples spread over the rest.
const PROBES: u32 = 24_000;

/// Samples spread over the part before the tail.
const SPREAD: u64 = 6_000;

/// Coded units never end in zeros; some writers pad them to a round length all the same.
const PADDING: usize = 128;

/// What is known of the inside of a track's samples.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) enum Coding {
    /// H.264 or H.265: units one after the other, each behind its length of `prefix` bytes.
    Units { prefix: u8 },
    /// Packed by a coding that never gives `least` or more zeros and nothing else.
    Packed { least: u64 },
    /// Anything may stand there.
    #[default]
    Opaque,
}

impl Coding {
    pub(super) fn of_sound(kind: &[u8; 4]) -> Self {
        match kind {
            // Silence in these is zeros, rightly.
            b"sowt" | b"twos" | b"lpcm" | b"ipcm" | b"fpcm" | b"raw " | b"NONE" | b"in24" | b"in32" | b"fl32"
            | b"fl64" | b"ulaw" | b"alaw" => Self::Opaque,
            b"mp4a" => Self::Packed { least: 2 },
            _ => Self::Packed { least: 16 },
        }
    }

    pub(super) fn of_picture(kind: &[u8; 4]) -> Self {
        match kind {
            b"raw " | b"2vuy" | b"yuv2" | b"v210" | b"v308" | b"v408" | b"v410" => Self::Opaque,
            _ => Self::Packed { least: 16 },
        }
    }
}

/// Opens a bounded number of samples.
#[derive(Debug)]
pub(super) struct Lens {
    tail_from: u64,
    stride: u64,
    seen: u64,
    tail_probes: u32,
    other_probes: u32,
}

impl Lens {
    /// For a file of `length` bytes with about so many samples.
    pub(super) fn new(length: u64, samples: u64) -> Self {
        Self {
            tail_from: length.saturating_sub(TAIL),
            stride: (samples / SPREAD).max(1),
            seen: 0,
            tail_probes: PROBES,
            other_probes: PROBES,
        }
    }

    /// Looks into the sample of `size` bytes at `at`, unless it is one of those left out.
    pub(super) fn open<R: Read + Seek>(
        &mut self,
        source: &mut Source<'_, R>,
        coding: Coding,
        at: u64,
        size: u64,
    ) -> Result<(), Mp4Problem> {
        self.seen += 1;
        let in_tail = at + size > self.tail_from;
        if size == 0 || !(in_tail || self.seen.is_multiple_of(self.stride)) {
            return Ok(());
        }
        let probes = if in_tail {
            &mut self.tail_probes
        } else {
            &mut self.other_probes
        };
        match coding {
            Coding::Units { prefix } => units(source, u64::from(prefix), at, size, probes),
            Coding::Packed { least } if size >= least => not_only_zeros(source, at, size, probes),
            _ => Ok(()),
        }
    }
}

/// Takes one read from what is left; false when none is.
fn take(probes: &mut u32) -> bool {
    let left = *probes > 0;
    *probes = probes.saturating_sub(1);
    left
}

fn units<R: Read + Seek>(
    source: &mut Source<'_, R>,
    prefix: u64,
    at: u64,
    size: u64,
    probes: &mut u32,
) -> Result<(), Mp4Problem> {
    let end = at + size;
    let mut at = at;
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
        let mut last = [0; PADDING];
        let shown = usize::try_from(length).unwrap_or(PADDING).min(PADDING);
        let last = last.get_mut(..shown).unwrap_or_default();
        source.read(at + length - shown as u64, last)?;
        if shown >= 4 && last.iter().all(|&byte| byte == 0) {
            return Err(Mp4Problem::ZeroFilled {
                at: at + length - shown as u64,
            });
        }
        at += length;
    }
    Ok(())
}

fn not_only_zeros<R: Read + Seek>(
    source: &mut Source<'_, R>,
    at: u64,
    size: u64,
    probes: &mut u32,
) -> Result<(), Mp4Problem> {
    let mut piece = [0; 512];
    let mut done = 0;
    while done < size {
        if !take(probes) {
            return Ok(());
        }
        let step = (size - done).min(512);
        let piece = piece
            .get_mut(..usize::try_from(step).unwrap_or(512))
            .unwrap_or_default();
        source.read(at + done, piece)?;
        if piece.iter().any(|&byte| byte != 0) {
            return Ok(());
        }
        done += step;
    }
    Err(Mp4Problem::ZeroFilled { at })
}
