//! What zeros at the very end of a file mean.
//!
//! A power cut leaves a file of the right length whose last pages were never written. Where those pages held boxes or
//! whole samples, the walk meets them; this module looks at what they leave half covered: the last sample, and the words
//! about the clip that many writers put last. A file that does not end in zeros is not looked at, so a writer's odd
//! habits elsewhere are nobody's business here.

use super::movie::Movie;
use super::problem::Mp4Problem;
use super::samples::Lens;
use super::source::{Piece, Source};

/// Zeros at the end that are counted.
const LOOKED_AT: u64 = 64 << 10;

/// A text in the words about a clip may end in a zero or two; four of them nobody wrote.
const TEXT_ENDING: u64 = 4;

/// Boxes inside boxes inside the words about a clip.
const DEPTH: u8 = 6;

/// Refuses a file whose last bytes are zeros that its writer can't have written.
pub(super) fn is_written(source: &mut Source<'_>, movie: &Movie, lens: &Lens) -> Result<(), Mp4Problem> {
    let length = source.length();
    let zeros = source.zeros_before(length, LOOKED_AT)?;
    let from = length - zeros;
    if zeros == 0 {
        return Ok(());
    }
    last_sample(from, lens)?;
    for words in &movie.words {
        if words.end > from {
            inside(source, from, words, DEPTH)?;
        }
    }
    Ok(())
}

fn last_sample(from: u64, lens: &Lens) -> Result<(), Mp4Problem> {
    let last = lens.last;
    let zeros = last.end().saturating_sub(from.max(last.at));
    let Some(too_many) = last.coding.too_many() else {
        return Ok(());
    };
    // Some writers pad each sample to a round length.
    let other = lens.padded.iter().find(|sample| sample.at != last.at);
    let habit = other.map_or(0, |sample| sample.zeros);
    let all = zeros == last.size && zeros > 1;
    if all || (zeros >= too_many && zeros > habit) {
        return Err(Mp4Problem::ZeroFilled { at: last.end() - zeros });
    }
    Ok(())
}

/// Walks the words about the clip (`udta`, `meta`, `ilst` and what is in them) as far as they are boxes. What is none is
/// passed over: these parts hold whatever a camera's maker thought of. At most `closing` zeros may end the list.
fn boxes(source: &mut Source<'_>, from: u64, (at, end): (u64, u64), closing: u64, depth: u8) -> Result<(), Mp4Problem> {
    let mut at = at;
    while depth > 0 && at + 8 <= end {
        source.spend(1)?;
        if at >= from && at + closing < end {
            return Err(Mp4Problem::ZeroFilled { at });
        }
        let size = u64::from(source.u32(at)?);
        let kind = source.u32(at + 4)?.to_be_bytes();
        if size < 8 || at + size > end {
            return Ok(());
        }
        let piece = Piece {
            kind,
            start: at,
            body: at + 8,
            end: at + size,
        };
        if piece.end > from {
            inside(source, from, &piece, depth)?;
        }
        at = piece.end;
    }
    Ok(())
}

fn inside(source: &mut Source<'_>, from: u64, piece: &Piece, depth: u8) -> Result<(), Mp4Problem> {
    let body = piece.body;
    match &piece.kind {
        b"free" | b"skip" | b"wide" => Ok(()),
        // Four bytes of version and flags before the boxes, unless an old writer left them out.
        b"meta" if body + 12 <= piece.end => {
            let plain = source.u32(body + 4)?.to_be_bytes() == *b"hdlr";
            boxes(
                source,
                from,
                (if plain { body } else { body + 4 }, piece.end),
                0,
                depth - 1,
            )
        }
        b"data" if body + 8 < piece.end => {
            // Text, JPEG and PNG.
            let ends_in_words = matches!(source.u32(body)?, 1 | 13 | 14);
            whole_text(from, ends_in_words, (body + 8, piece.end))
        }
        // The same in QuickTime: a length, a language, a text.
        [0xa9, ..] if body + 4 < piece.end && u64::from(source.u16(body)?) == piece.end - body - 4 => {
            whole_text(from, true, (body + 4, piece.end))
        }
        b"hdlr" | b"keys" | b"uuid" | b"mean" | b"name" => Ok(()),
        // A list may be closed by four zeros, or eight.
        b"udta" => boxes(source, from, (body, piece.end), 8, depth - 1),
        _ => boxes(source, from, (body, piece.end), 0, depth - 1),
    }
}

fn whole_text(from: u64, is_text: bool, (at, end): (u64, u64)) -> Result<(), Mp4Problem> {
    let zeros = end - from.clamp(at, end);
    if zeros == end - at || (is_text && zeros >= TEXT_ENDING) {
        return Err(Mp4Problem::ZeroFilled { at: end - zeros });
    }
    Ok(())
}
