//! The tables of a track in the head of the file: which sample lies where, how large it is.

use super::problem::Mp4Problem;
use super::samples::{Coding, Lens};
use super::source::{Column, Piece, Source, cut_short, damaged};

/// Where the media of a file lie: the bodies of its `mdat` boxes, in rising order.
#[derive(Debug, Default)]
pub(super) struct Media {
    bodies: Vec<(u64, u64)>,
}

impl Media {
    pub(super) fn add(&mut self, piece: &Piece) {
        self.bodies.push((piece.body, piece.end));
    }

    /// That `size` bytes from `at` on lie in one body.
    pub(super) fn hold(&self, at: u64, size: u64, length: u64) -> Result<(), Mp4Problem> {
        let Some(end) = at.checked_add(size) else {
            return damaged(at, "a sample at an impossible place");
        };
        if end > length {
            return cut_short("samples lie beyond the end of the file");
        }
        let before = self.bodies.partition_point(|&(body, _)| body <= at);
        match before.checked_sub(1).and_then(|index| self.bodies.get(index)) {
            _ if size == 0 => Ok(()),
            Some(&(_, body_end)) if end <= body_end => Ok(()),
            _ => damaged(at, "a sample outside the media of the file"),
        }
    }
}

/// How large the samples of a track are.
#[derive(Debug)]
pub(super) enum Sizes {
    /// All alike.
    Same { size: u64, count: u64 },
    /// Each with its own, in four bytes.
    Each(Column),
    /// Each with its own, in fewer bits.
    Small { at: u64, bits: u64, count: u64 },
}

impl Sizes {
    pub(super) fn read(source: &mut Source<'_>, piece: &Piece) -> Result<Self, Mp4Problem> {
        let field = u64::from(source.u32(piece.body + 4)?);
        let count = u64::from(source.u32(piece.body + 8)?);
        let at = piece.body + 12;
        if &piece.kind == b"stsz" {
            return match field {
                0 => Ok(Self::Each(Column::new(at, false, count, piece.end)?)),
                size => Ok(Self::Same { size, count }),
            };
        }
        let bits = field & 0xff;
        if !matches!(bits, 4 | 8 | 16) || (count * bits).div_ceil(8) > piece.end.saturating_sub(at) {
            return damaged(piece.start, "a table longer than the part it lies in");
        }
        Ok(Self::Small { at, bits, count })
    }

    pub(super) fn count(&self) -> u64 {
        match self {
            Self::Same { count, .. } | Self::Small { count, .. } => *count,
            Self::Each(column) => column.count(),
        }
    }

    fn get(&mut self, source: &mut Source<'_>, index: u64) -> Result<u64, Mp4Problem> {
        match self {
            Self::Same { size, .. } => Ok(*size),
            Self::Each(column) => column.get(source, index),
            Self::Small { at, bits: 16, .. } => Ok(u64::from(source.u16(*at + index * 2)?)),
            Self::Small { at, bits: 8, .. } => Ok(u64::from(source.u8(*at + index)?)),
            Self::Small { at, .. } => {
                let pair = u64::from(source.u8(*at + index / 2)?);
                Ok(if index.is_multiple_of(2) { pair >> 4 } else { pair & 15 })
            }
        }
    }
}

/// The tables of one track.
#[derive(Debug)]
pub(super) struct Tables {
    pub(super) sizes: Sizes,
    /// Where each chunk begins.
    pub(super) chunks: Column,
    /// Triples: from which chunk on (counted from 1), how many samples each holds, their description.
    pub(super) runs: Column,
}

impl Tables {
    /// Walks every sample: each must lie in the media, and what is looked into must be sound. Returns their number.
    pub(super) fn walk(
        &mut self,
        source: &mut Source<'_>,
        media: &Media,
        lens: &mut Lens,
        coding: Coding,
    ) -> Result<u64, Mp4Problem> {
        let count = self.sizes.count();
        let length = source.length();
        let mut sample = 0;
        let mut run = 0;
        for chunk in 0..self.chunks.count() {
            source.spend(1)?;
            while (run + 1) * 3 < self.runs.count() && self.runs.get(source, (run + 1) * 3)? <= chunk + 1 {
                source.spend(1)?;
                run += 1;
            }
            if self.runs.count() == 0 {
                break;
            }
            let here = self.runs.get(source, run * 3 + 1)?.min(count - sample);
            let start = self.chunks.get(source, chunk)?;
            if let Sizes::Same { size, .. } = self.sizes {
                // Raw sound has tens of thousands of samples a second: one sum for all of them.
                let bytes = here.saturating_mul(size);
                media.hold(start, bytes, length)?;
                lens.open(source, coding, start, bytes.min(size))?;
                sample += here;
                continue;
            }
            source.spend(here)?;
            let mut at = start;
            for _ in 0..here {
                let size = self.sizes.get(source, sample)?;
                media.hold(at, size, length)?;
                lens.open(source, coding, at, size)?;
                at += size;
                sample += 1;
            }
        }
        if sample < count {
            return damaged(self.chunks.count(), "samples that lie in no chunk");
        }
        Ok(count)
    }
}
