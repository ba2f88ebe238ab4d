//! Reading a file of unknown honesty: every read is checked against the length, memory does not grow with what the
//! file declares, and the whole walk has a budget of steps.

use std::io::{ErrorKind, Read, Seek, SeekFrom};

use super::problem::Mp4Problem;

/// Bytes fetched around a small read, so that neighbours cost nothing.
const WINDOW: usize = 1024;

/// Bytes of a table held at once.
const TABLE_WINDOW: usize = 8192;

/// Boxes, chunks and samples looked at in one file. A day of video at 60 frames a second has about five million; a
/// hostile file may declare a thousand times as many.
const STEPS: u64 = 8_000_000;

/// The file under test.
pub(super) struct Source<'a, R> {
    inner: &'a mut R,
    length: u64,
    window: Vec<u8>,
    window_at: u64,
    steps: u64,
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

impl<'a, R: Read + Seek> Source<'a, R> {
    pub(super) fn new(inner: &'a mut R, length: u64) -> Self {
        Self {
            inner,
            length,
            window: Vec::with_capacity(WINDOW),
            window_at: 0,
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

    /// Fills `out`, at most [`WINDOW`] bytes, from the file.
    pub(super) fn read(&mut self, at: u64, out: &mut [u8]) -> Result<(), Mp4Problem> {
        let held = |window: &[u8], window_at: u64| {
            let from = usize::try_from(at.checked_sub(window_at)?).ok()?;
            Some(from..from.checked_add(out.len())?).filter(|range| range.end <= window.len())
        };
        if held(&self.window, self.window_at).is_none() {
            let wanted = (self.length.saturating_sub(at))
                .min(WINDOW as u64)
                .max(out.len() as u64);
            let mut window = std::mem::take(&mut self.window);
            window.resize(usize::try_from(wanted).unwrap_or(WINDOW), 0);
            let fetched = self.fetch(at, &mut window);
            if fetched.is_err() {
                window.clear();
            }
            self.window = window;
            self.window_at = at;
            fetched?;
        }
        match held(&self.window, self.window_at).and_then(|range| self.window.get(range)) {
            Some(bytes) => {
                out.copy_from_slice(bytes);
                Ok(())
            }
            None => cut_short("a part that is needed lies beyond the end"),
        }
    }

    pub(super) fn u8(&mut self, at: u64) -> Result<u8, Mp4Problem> {
        let mut bytes = [0; 1];
        self.read(at, &mut bytes)?;
        Ok(bytes[0])
    }

    pub(super) fn u16(&mut self, at: u64) -> Result<u16, Mp4Problem> {
        let mut bytes = [0; 2];
        self.read(at, &mut bytes)?;
        Ok(u16::from_be_bytes(bytes))
    }

    pub(super) fn u32(&mut self, at: u64) -> Result<u32, Mp4Problem> {
        let mut bytes = [0; 4];
        self.read(at, &mut bytes)?;
        Ok(u32::from_be_bytes(bytes))
    }

    /// A number of eight bytes where `wide`, else of four.
    pub(super) fn number(&mut self, at: u64, wide: bool) -> Result<u64, Mp4Problem> {
        if !wide {
            return Ok(u64::from(self.u32(at)?));
        }
        let mut bytes = [0; 8];
        self.read(at, &mut bytes)?;
        Ok(u64::from_be_bytes(bytes))
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
        let size = self.u32(at)?;
        let mut kind = [0; 4];
        self.read(at + 4, &mut kind)?;
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
    pub(super) fn get<R: Read + Seek>(&mut self, source: &mut Source<'_, R>, index: u64) -> Result<u64, Mp4Problem> {
        let width: u64 = if self.wide { 8 } else { 4 };
        let held = self.held.len() as u64 / width;
        if index < self.held_from || index >= self.held_from + held {
            let bytes = self
                .count
                .saturating_sub(index)
                .saturating_mul(width)
                .min(TABLE_WINDOW as u64);
            self.held.resize(usize::try_from(bytes).unwrap_or(TABLE_WINDOW), 0);
            self.held_from = index;
            source.fetch(self.at + index * width, &mut self.held)?;
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
