//! Fragments (`moof`) and the indexes that tell how many there should be (`sidx`, `mfra`).

use super::movie::{Movie, Track};
use super::problem::Mp4Problem;
use super::samples::Lens;
use super::source::{Column, Piece, Source, cut_short, damaged};
use super::tables::Media;

/// What a track fragment says for all of its runs.
struct Defaults {
    /// What the places of its runs count from.
    base: u64,
    duration: u64,
    size: u64,
}

/// Walks one fragment: each sample must lie in the media, and what is looked into must be sound.
pub(super) fn walk(
    source: &mut Source<'_>,
    moof: &Piece,
    movie: &mut Movie,
    media: &Media,
    lens: &mut Lens,
) -> Result<(), Mp4Problem> {
    // Where a track fragment does not say, its data follow those of the one before.
    let mut follows = moof.start;
    let mut at = moof.body;
    while let Some(traf) = source.child(at, moof.end)? {
        if &traf.kind == b"traf" {
            follows = track_fragment(source, moof, &traf, follows, movie, media, lens)?;
        }
        at = traf.end;
    }
    Ok(())
}

fn track_fragment(
    source: &mut Source<'_>,
    moof: &Piece,
    traf: &Piece,
    follows: u64,
    movie: &mut Movie,
    media: &Media,
    lens: &mut Lens,
) -> Result<u64, Mp4Problem> {
    let Some(tfhd) = source.find(traf, b"tfhd")? else {
        return damaged(traf.start, "a fragment without a head");
    };
    let id = u64::from(source.u32(tfhd.body + 4)?);
    let Some(track) = movie.tracks.iter_mut().find(|track| track.id == id) else {
        return damaged(tfhd.start, "a fragment of an unknown track");
    };
    let defaults = defaults(source, &tfhd, moof, follows, track)?;
    let mut next = defaults.base;
    let mut at = traf.body;
    while let Some(piece) = source.child(at, traf.end)? {
        match &piece.kind {
            b"tfdt" => {
                let wide = source.u8(piece.body)? == 1;
                track.reached = source.number(piece.body + 4, wide)?;
            }
            b"trun" => next = run(source, &piece, &defaults, next, track, media, lens)?,
            _ => {}
        }
        at = piece.end;
    }
    Ok(next)
}

fn defaults(
    source: &mut Source<'_>,
    tfhd: &Piece,
    moof: &Piece,
    follows: u64,
    track: &Track,
) -> Result<Defaults, Mp4Problem> {
    let flags = source.u32(tfhd.body)?;
    let mut at = tfhd.body + 8;
    let mut base = if flags & 0x2_0000 != 0 { moof.start } else { follows };
    if flags & 0x1 != 0 {
        base = source.number(at, true)?;
        at += 8;
    }
    if flags & 0x2 != 0 {
        at += 4;
    }
    let (mut duration, mut size) = (track.usual_duration, track.usual_size);
    if flags & 0x8 != 0 {
        duration = u64::from(source.u32(at)?);
        at += 4;
    }
    if flags & 0x10 != 0 {
        size = u64::from(source.u32(at)?);
    }
    Ok(Defaults { base, duration, size })
}

/// Walks one run of samples and returns where its data end.
fn run(
    source: &mut Source<'_>,
    trun: &Piece,
    defaults: &Defaults,
    follows: u64,
    track: &mut Track,
    media: &Media,
    lens: &mut Lens,
) -> Result<u64, Mp4Problem> {
    let flags = source.u32(trun.body)?;
    let count = u64::from(source.u32(trun.body + 4)?);
    let mut at = trun.body + 8;
    let mut place = follows;
    if flags & 0x1 != 0 {
        let offset = i64::from(source.u32(at)?.cast_signed());
        place = match defaults.base.checked_add_signed(offset) {
            Some(place) => place,
            None => return damaged(at, "a sample at an impossible place"),
        };
        at += 4;
    }
    if flags & 0x4 != 0 {
        at += 4;
    }
    let has = |flag: u32| u64::from(flags & flag != 0);
    let (duration_at, size_at) = (0, has(0x100));
    let fields = has(0x100) + has(0x200) + has(0x400) + has(0x800);
    let mut entries = Column::new(at, false, count * fields, trun.end)?;
    let length = source.length();
    if fields == 0 {
        // All alike, and a count that no table backs: nothing here may take time by its size.
        let bytes = count.saturating_mul(defaults.size);
        media.hold(place, bytes, length)?;
        lens.open(source, track.coding, place, bytes.min(defaults.size))?;
        track.samples = track.samples.saturating_add(count);
        track.reached = track.reached.saturating_add(count.saturating_mul(defaults.duration));
        track.last_duration = defaults.duration;
        return Ok(place + bytes);
    }
    source.spend(count)?;
    for index in 0..count {
        let entry = index * fields;
        let mut duration = defaults.duration;
        let mut size = defaults.size;
        if flags & 0x100 != 0 {
            duration = entries.get(source, entry + duration_at)?;
        }
        if flags & 0x200 != 0 {
            size = entries.get(source, entry + size_at)?;
        }
        media.hold(place, size, length)?;
        lens.open(source, track.coding, place, size)?;
        place += size;
        track.samples += 1;
        track.reached = track.reached.saturating_add(duration);
        track.last_duration = duration;
    }
    Ok(place)
}

/// A segment index (`sidx`): the parts that it lists must all be there.
pub(super) fn segment_index(source: &mut Source<'_>, sidx: &Piece) -> Result<(), Mp4Problem> {
    let wide = source.u8(sidx.body)? >= 1;
    let first_at = sidx.body + if wide { 20 } else { 16 };
    let first = source.number(first_at, wide)?;
    let at = first_at + if wide { 8 } else { 4 };
    let count = u64::from(source.u16(at + 2)?);
    let mut entries = Column::new(at + 4, false, count * 3, sidx.end)?;
    let mut end = sidx.end.saturating_add(first);
    for entry in 0..count {
        end = end.saturating_add(entries.get(source, entry * 3)? & 0x7fff_ffff);
    }
    if end > source.length() {
        return cut_short("the index lists parts that are not there");
    }
    Ok(())
}

/// The index at the end of a fragmented file (`mfra`): every fragment that it lists must be there.
pub(super) fn fragment_index(source: &mut Source<'_>, mfra: &Piece, fragments: &[u64]) -> Result<(), Mp4Problem> {
    let mut at = mfra.body;
    while let Some(piece) = source.child(at, mfra.end)? {
        match &piece.kind {
            b"tfra" => {
                let wide = source.u8(piece.body)? == 1;
                let lengths = source.u32(piece.body + 8)?;
                let extra: u64 = (0..3).map(|field| u64::from(lengths >> (field * 2) & 3) + 1).sum();
                let step = if wide { 16 } else { 8 } + extra;
                let mut entry = piece.body + 16;
                for _ in 0..source.u32(piece.body + 12)? {
                    source.spend(1)?;
                    if entry + step > piece.end {
                        return damaged(entry, "a table longer than the part it lies in");
                    }
                    let moof = source.number(entry + if wide { 8 } else { 4 }, wide)?;
                    // Some writers list one more than there are, at no place or where the index itself came to stand.
                    if moof > 0 && moof < mfra.start && fragments.binary_search(&moof).is_err() {
                        return damaged(entry, "the index lists a fragment that is not there");
                    }
                    entry += step;
                }
            }
            b"mfro" if u64::from(source.u32(piece.body + 4)?) != mfra.end - mfra.start => {
                return damaged(piece.start, "the index at the end does not know its own length");
            }
            _ => {}
        }
        at = piece.end;
    }
    Ok(())
}
