//! Reading a file of unknown honesty: every read is checked against the length, memory does not grow with what the
//! file declares, and the whole walk has a budget of steps.

use std::io::{ErrorKind, Read, Seek, SeekFrom};
use std::ops::Range;

use super::problem::Mp4Problem;

/// Bytes fetched around a small read, so that neighbours cost nothing.
const WINDOW: usize = 1024;

/// Windows held at once: the head of one fragment, that of the next, and a sample between them.
const WINDOWS: usize = 4;

/// Bytes of a table held at once.
const TABLE_WINDOW: usize = 8192;

/// Boxes, chunks and samples looked at in one file. A day of video at 60 frames a second has about five million; a
/// hostile file may declare a thousand times as many.
const STEPS: u64 = 8_000_000;

/// What can be read at any place.
pub(super) trait Bytes: Read + Seek {}

impl<T: Read + Seek> Bytes for T {}

/// The file under test.
pub(super) struct Source<'a> {
    inner: &'a mut dyn Bytes,
    length: u64,
    windows: [Window; WINDOWS],
    /// The window that was used last, and mostly is again.
    current: usize,
    /// The window that was filled first, and is the next to go.
    oldest: usize,
    steps: u64,
}

/// A piece of the file that is held.
#[derive(Default)]
struct Window {
    at: u64,
    bytes: Vec<u8>,
}

impl Window {
    /// Where the `count` bytes from `at` on stand in it, if all of them do.
    fn range(&self, at: u64, count: usize) -> Option<Range<usize>> {
        let from = usize::try_from(at.checked_sub(self.at)?).ok()?;
        Some(from..from.checked_add(count)?).filter(|range| range.end <= self.bytes.len())
    }
}

/// One box of the format: a length, four letters, a body.
#[derive(Clone, Copy, Debug)]
pub(super) struct Piece {
    pub(super) kind: [u8; 4],
    pub(super) start: u64,
    pub(super) body: u64,
    pub(super) end: u64,
}

pub(super) fn damaged<T>(at: u64, what: &'static str) -> Result<T, Mp4Problem> {
    Err(Mp4Problem::Damaged { at, what })
}

pub(super) fn cut_short<T>(what: &'static str) -> Result<T, Mp4Problem> {
    Err(Mp4Problem::CutShort { what })
}

impl<'a> Source<'a> {
    pub(super) fn new(inner: &'a mut dyn Bytes, length: u64) -> Self {
        Self {
            inner,
            length,
            windows: Default::default(),
            current: 0,
            oldest: 0,
            steps: STEPS,
        }
    }

    pub(super) fn length(&self) -> u64 {
        self.length
    }

    /// Takes `steps` from the budget of the walk.
    pub(super) fn spend(&mut self, steps: u64) -> Result<(), Mp4Problem> {
        match self.steps.checked_sub(steps) {
            Some(left) => {
                self.steps = left;
                Ok(())
            }
            None => damaged(0, "it declares more parts than any real video has"),
        }
    }

    /// Fills `out` from the file, past the window.
    fn fetch(&mut self, at: u64, out: &mut [u8]) -> Result<(), Mp4Problem> {
        let fits = at.checked_add(out.len() as u64).is_some_and(|end| end <= self.length);
        if !fits {
            return cut_short("a part that is needed lies beyond the end");
        }
        let read = self
            .inner
            .seek(SeekFrom::Start(at))
            .and_then(|_| self.inner.read_exact(out));
        read.map_err(|error| match error.kind() {
            ErrorKind::UnexpectedEof => Mp4Problem::CutShort {
                what: "the file is shorter than its length says",
            },
            _ => Mp4Problem::Unreadable(error),
        })
    }

    /// `count` bytes from `at` on, at most [`WINDOW`].
    pub(super) fn read(&mut self, at: u64, count: usize) -> Result<&[u8], Mp4Problem> {
        let held = (0..WINDOWS)
            .map(|back| (self.current + back) % WINDOWS)
            .find_map(|slot| Some((slot, self.windows.get(slot)?.range(at, count)?)));
        let (slot, range) = match held {
            Some(found) => found,
            None => (self.turn_to(at, count)?, 0..count),
        };
        self.current = slot;
        let bytes = self.windows.get(slot).and_then(|window| window.bytes.get(range));
        bytes.map_or_else(|| cut_short("a part that is needed lies beyond the end"), Ok)
    }

    /// Fetches what stands from `at` on into the window that was filled first.
    fn turn_to(&mut self, at: u64, count: usize) -> Result<usize, Mp4Problem> {
        let wanted = self.length.saturating_sub(at).min(WINDOW as u64).max(count as u64);
        let slot = self.oldest;
        self.oldest = (slot + 1) % WINDOWS;
        let mut bytes = match self.windows.get_mut(slot) {
            Some(window) => std::mem::take(&mut window.bytes),
            None => Vec::new(),
        };
        bytes.resize(usize::try_from(wanted).unwrap_or(WINDOW), 0);
        self.fetch(at, &mut bytes)?;
        if let Some(window) = self.windows.get_mut(slot) {
            *window = Window { at, bytes };
        }
        Ok(slot)
    }

    /// How many zeros stand before `end` without a gap, at most `most` of them.
    pub(super) fn zeros_before(&mut self, end: u64, most: u64) -> Result<u64, Mp4Problem> {
        let most = most.min(end);
        let mut zeros = 0;
        while zeros < most {
            let step = (most - zeros).min(WINDOW as u64);
            let bytes = self.read(end - zeros - step, usize::try_from(step).unwrap_or(WINDOW))?;
            let here = bytes.iter().rev().take_while(|&&byte| byte == 0).count() as u64;
            zeros += here;
            if here < step {
                break;
            }
        }
        Ok(zeros)
    }

    /// The same as [`Self::read`], of a fixed number.
    fn array<const COUNT: usize>(&mut self, at: u64) -> Result<[u8; COUNT], Mp4Problem> {
        let bytes = self.read(at, COUNT)?;
        bytes
            .try_into()
            .or_else(|_| cut_short("a part that is needed lies beyond the end"))
    }

    pub(super) fn u8(&mut self, at: u64) -> Result<u8, Mp4Problem> {
        Ok(u8::from_be_bytes(self.array(at)?))
    }

    pub(super) fn u16(&mut self, at: u64) -> Result<u16, Mp4Problem> {
        Ok(u16::from_be_bytes(self.array(at)?))
    }

    pub(super) fn u32(&mut self, at: u64) -> Result<u32, Mp4Problem> {
        Ok(u32::from_be_bytes(self.array(at)?))
    }

    /// A number of eight bytes where `wide`, else of four.
    pub(super) fn number(&mut self, at: u64, wide: bool) -> Result<u64, Mp4Problem> {
        Ok(match wide {
            true => u64::from_be_bytes(self.array(at)?),
            false => u64::from(self.u32(at)?),
        })
    }

    /// The box of the file itself at `at`; `None` at its end.
    pub(super) fn outer(&mut self, at: u64) -> Result<Option<Piece>, Mp4Problem> {
        self.piece(at, self.length, true)
    }

    /// The box at `at` inside a box that ends at `end`; `None` there.
    pub(super) fn child(&mut self, at: u64, end: u64) -> Result<Option<Piece>, Mp4Problem> {
        self.piece(at, end, false)
    }

    fn piece(&mut self, at: u64, limit: u64, outermost: bool) -> Result<Option<Piece>, Mp4Problem> {
        let left = limit.saturating_sub(at);
        if left < 8 {
            // Old QuickTime writers end a list of boxes with four zero bytes.
            return if left == 0 || !outermost {
                Ok(None)
            } else {
                cut_short("it ends inside the head of a part")
            };
        }
        self.spend(1)?;
        let head: [u8; 8] = self.array(at)?;
        let [a, b, c, d, kind @ ..] = head;
        let size = u32::from_be_bytes([a, b, c, d]);
        if size == 0 && kind == [0; 4] {
            return Err(Mp4Problem::ZeroFilled { at });
        }
        if !kind.iter().all(|&byte| (0x20..0x7f).contains(&byte) || byte == 0xa9) {
            return damaged(at, "bytes that are no part of a video");
        }
        let (body, size) = match size {
            // "To the end", which only a box of the file itself may say.
            0 if outermost => (at + 8, left),
            1 if left >= 16 => (at + 16, self.number(at + 8, true)?),
            1 => return cut_short("it ends inside the head of a part"),
            size => (at + 8, u64::from(size)),
        };
        match at.checked_add(size) {
            _ if size < body - at => damaged(at, "a part smaller than its own head"),
            Some(end) if end <= limit => Ok(Some(Piece {
                kind,
                start: at,
                body,
                end,
            })),
            _ if outermost => cut_short("a part goes on beyond the end of the file"),
            _ => damaged(at, "a part larger than the one it lies in"),
        }
    }

    /// The first box of this kind inside `parent`.
    pub(super) fn find(&mut self, parent: &Piece, kind: &[u8; 4]) -> Result<Option<Piece>, Mp4Problem> {
        let mut at = parent.body;
        while let Some(piece) = self.child(at, parent.end)? {
            if &piece.kind == kind {
                return Ok(Some(piece));
            }
            at = piece.end;
        }
        Ok(None)
    }
}

/// A table of numbers of one width inside the file, read piece by piece in rising order.
#[derive(Debug, Default)]
pub(super) struct Column {
    at: u64,
    wide: bool,
    count: u64,
    held: Vec<u8>,
    held_from: u64,
}

impl Column {
    /// `count` numbers from `at` on, all before `end`.
    pub(super) fn new(at: u64, wide: bool, count: u64, end: u64) -> Result<Self, Mp4Problem> {
        let width = if wide { 8 } else { 4 };
        match count.checked_mul(width).and_then(|bytes| at.checked_add(bytes)) {
            Some(needed) if needed <= end => Ok(Self {
                at,
                wide,
                count,
                ..Self::default()
            }),
            _ => damaged(at, "a table longer than the part it lies in"),
        }
    }

    pub(super) fn count(&self) -> u64 {
        self.count
    }

    /// The number at `index`, which must be below the count.
    pub(super) fn get(&mut self, source: &mut Source<'_>, index: u64) -> Result<u64, Mp4Problem> {
        let width: u64 = if self.wide { 8 } else { 4 };
        let held = self.held.len() as u64 / width;
        if index < self.held_from || index >= self.held_from + held {
            let bytes = self
                .count
                .saturating_sub(index)
                .saturating_mul(width)
                .min(TABLE_WINDOW as u64);
            let (at, bytes) = (self.at + index * width, usize::try_from(bytes).unwrap_or(TABLE_WINDOW));
            self.held_from = index;
            self.held.clear();
            if bytes <= WINDOW {
                // The short table of a fragment mostly stands in a window already.
                self.held.extend_from_slice(source.read(at, bytes)?);
            } else {
                let mut held = std::mem::take(&mut self.held);
                held.resize(bytes, 0);
                source.fetch(at, &mut held)?;
                self.held = held;
            }
        }
        let from = usize::try_from((index - self.held_from) * width).unwrap_or(usize::MAX);
        let number = |bytes: &[u8]| bytes.iter().fold(0, |sum, &byte| sum << 8 | u64::from(byte));
        let bytes = from
            .checked_add(if self.wide { 8 } else { 4 })
            .and_then(|to| self.held.get(from..to));
        bytes
            .map(number)
            .map_or_else(|| damaged(self.at, "a table that ends too early"), Ok)
    }
}
