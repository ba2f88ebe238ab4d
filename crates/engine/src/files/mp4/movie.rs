//! The head of the file (`moov`): its tracks, what they are coded with, and where their tables stand. Only what the
//! check needs is read; names, languages, colours and the like are passed over.

use super::problem::Mp4Problem;
use super::samples::Coding;
use super::source::{Column, Piece, Source, damaged};
use super::tables::{Sizes, Tables};

/// Tracks of one file; a clip has two, a film with many languages some dozens.
const TRACKS: usize = 128;

/// What a track is for.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) enum Purpose {
    Picture,
    Sound,
    #[default]
    Other,
}

/// One track, and how far its samples were found to reach.
#[derive(Debug, Default)]
pub(super) struct Track {
    pub(super) id: u64,
    pub(super) purpose: Purpose,
    pub(super) coding: Coding,
    pub(super) width: u32,
    pub(super) height: u32,
    /// Ticks in a second of this track.
    pub(super) timescale: u64,
    /// The length that the head declares, in ticks of the movie; 0 where it does not.
    pub(super) declared: u64,
    /// The length that the head declares for the media themselves, in ticks of the track; 0 where it does not.
    pub(super) media_declared: u64,
    /// How long nothing is shown before the track begins, in ticks of the movie.
    pub(super) delay: u64,
    pub(super) tables: Option<Tables>,
    /// The size of a sample of a fragment that does not say.
    pub(super) usual_size: u64,
    /// The duration of a sample of a fragment that does not say, in ticks of the track.
    pub(super) usual_duration: u64,
    /// Samples found.
    pub(super) samples: u64,
    /// Where the samples found end, in ticks of the track.
    pub(super) reached: u64,
    /// How long the last one lasts, in ticks of the track.
    pub(super) last_duration: u64,
}

/// The head of the file.
#[derive(Debug, Default)]
pub(super) struct Movie {
    /// Ticks in a second of the movie.
    pub(super) timescale: u64,
    /// The length that the head declares, in ticks of the movie; 0 where it does not.
    pub(super) declared: u64,
    /// Whether samples may follow in fragments.
    pub(super) fragmented: bool,
    pub(super) tracks: Vec<Track>,
    /// Words about the clip and its tracks (`udta`, `meta`).
    pub(super) words: Vec<Piece>,
}

/// Reads the head.
pub(super) fn read(source: &mut Source<'_>, moov: &Piece) -> Result<Movie, Mp4Problem> {
    let mut movie = Movie::default();
    let mut at = moov.body;
    while let Some(piece) = source.child(at, moov.end)? {
        match &piece.kind {
            b"mvhd" => (movie.timescale, movie.declared) = clock(source, &piece)?,
            b"trak" if movie.tracks.len() < TRACKS => {
                let track = track(source, &piece, &mut movie.words)?;
                movie.tracks.push(track);
            }
            b"trak" => return damaged(at, "more tracks than any real video has"),
            b"udta" | b"meta" => movie.words.push(piece),
            _ => {}
        }
        at = piece.end;
    }
    if movie.timescale == 0 {
        return damaged(moov.start, "the head has no clock");
    }
    if let Some(mvex) = source.find(moov, b"mvex")? {
        movie.fragmented = true;
        extend(source, &mvex, &mut movie)?;
    }
    Ok(movie)
}

/// Timescale and duration of an `mvhd` or `mdhd`; a duration of all ones means "not known".
fn clock(source: &mut Source<'_>, piece: &Piece) -> Result<(u64, u64), Mp4Problem> {
    let wide = source.u8(piece.body)? == 1;
    let at = piece.body + if wide { 20 } else { 12 };
    let duration = source.number(at + 4, wide)?;
    let unknown = duration == if wide { u64::MAX } else { u64::from(u32::MAX) };
    Ok((u64::from(source.u32(at)?), if unknown { 0 } else { duration }))
}

fn track(source: &mut Source<'_>, trak: &Piece, words: &mut Vec<Piece>) -> Result<Track, Mp4Problem> {
    let mut track = Track::default();
    let mut media = None;
    let mut at = trak.body;
    while let Some(piece) = source.child(at, trak.end)? {
        match &piece.kind {
            b"tkhd" => track_head(source, &piece, &mut track)?,
            b"edts" => track.delay = delay(source, &piece)?,
            b"udta" | b"meta" => words.push(piece),
            b"mdia" => media = Some(piece),
            _ => {}
        }
        at = piece.end;
    }
    let Some(media) = media else {
        return damaged(trak.start, "a track without media");
    };
    if let Some(mdhd) = source.find(&media, b"mdhd")? {
        (track.timescale, track.media_declared) = clock(source, &mdhd)?;
    }
    if track.timescale == 0 {
        return damaged(media.start, "a track without a clock");
    }
    if let Some(hdlr) = source.find(&media, b"hdlr")? {
        track.purpose = match &source.u32(hdlr.body + 8)?.to_be_bytes() {
            b"vide" => Purpose::Picture,
            b"soun" => Purpose::Sound,
            _ => Purpose::Other,
        };
    }
    let Some(information) = source.find(&media, b"minf")? else {
        return damaged(media.start, "a track without tables");
    };
    let Some(stbl) = source.find(&information, b"stbl")? else {
        return damaged(information.start, "a track without tables");
    };
    sample_tables(source, &stbl, &mut track)?;
    Ok(track)
}

fn track_head(source: &mut Source<'_>, tkhd: &Piece, track: &mut Track) -> Result<(), Mp4Problem> {
    let wide = source.u8(tkhd.body)? == 1;
    let (id, duration, size) = if wide { (20, 28, 88) } else { (12, 20, 76) };
    track.id = u64::from(source.u32(tkhd.body + id)?);
    let declared = source.number(tkhd.body + duration, wide)?;
    track.declared = if declared >= u64::from(u32::MAX) { 0 } else { declared };
    // Kept as the size for want of a better one: the sample description knows the coded size.
    track.width = source.u32(tkhd.body + size)? >> 16;
    track.height = source.u32(tkhd.body + size + 4)? >> 16;
    Ok(())
}

/// The empty edits (media time -1) at the head of an edit list.
fn delay(source: &mut Source<'_>, edts: &Piece) -> Result<u64, Mp4Problem> {
    let Some(elst) = source.find(edts, b"elst")? else {
        return Ok(0);
    };
    let wide = source.u8(elst.body)? == 1;
    let (width, step) = if wide { (8, 20) } else { (4, 12) };
    let nowhere = if wide { u64::MAX } else { u64::from(u32::MAX) };
    let mut sum = 0_u64;
    let mut at = elst.body + 8;
    for _ in 0..source.u32(elst.body + 4)? {
        source.spend(1)?;
        if at + step > elst.end || source.number(at + width, wide)? != nowhere {
            break;
        }
        sum = sum.saturating_add(source.number(at, wide)?);
        at += step;
    }
    Ok(sum)
}

fn sample_tables(source: &mut Source<'_>, stbl: &Piece, track: &mut Track) -> Result<(), Mp4Problem> {
    let (mut sizes, mut chunks, mut runs) = (None, None, None);
    let mut at = stbl.body;
    while let Some(piece) = source.child(at, stbl.end)? {
        match &piece.kind {
            b"stsd" => describe(source, &piece, track)?,
            b"stts" => durations(source, &piece, track)?,
            b"stsz" | b"stz2" => sizes = Some(Sizes::read(source, &piece)?),
            b"stco" | b"co64" => {
                let count = u64::from(source.u32(piece.body + 4)?);
                chunks = Some(Column::new(piece.body + 8, &piece.kind == b"co64", count, piece.end)?);
            }
            b"stsc" => {
                let count = u64::from(source.u32(piece.body + 4)?) * 3;
                runs = Some(Column::new(piece.body + 8, false, count, piece.end)?);
            }
            _ => {}
        }
        at = piece.end;
    }
    track.tables = match (sizes, chunks, runs) {
        (Some(sizes), Some(chunks), Some(runs)) => Some(Tables { sizes, chunks, runs }),
        (None, None, None) => None,
        (Some(sizes), ..) if sizes.count() == 0 => None,
        _ => return damaged(stbl.start, "a track whose tables are not all there"),
    };
    Ok(())
}

/// Sums the durations of the samples that the head itself lists.
fn durations(source: &mut Source<'_>, stts: &Piece, track: &mut Track) -> Result<(), Mp4Problem> {
    let count = u64::from(source.u32(stts.body + 4)?) * 2;
    let mut runs = Column::new(stts.body + 8, false, count, stts.end)?;
    source.spend(count)?;
    for pair in 0..count / 2 {
        let samples = runs.get(source, pair * 2)?;
        track.last_duration = runs.get(source, pair * 2 + 1)?;
        track.reached = track.reached.saturating_add(samples * track.last_duration);
    }
    Ok(())
}

/// Finds out how the samples are coded, and for pictures their size.
fn describe(source: &mut Source<'_>, stsd: &Piece, track: &mut Track) -> Result<(), Mp4Problem> {
    let mut coding = None;
    let mut at = stsd.body + 8;
    while let Some(entry) = source.child(at, stsd.end)? {
        let found = match track.purpose {
            Purpose::Picture => picture_entry(source, &entry, track)?,
            Purpose::Sound => sound_entry(source, &entry)?,
            Purpose::Other => Coding::Opaque,
        };
        // A track may change its coding half way; then nothing is said of its samples but where they lie.
        coding = Some(if coding.is_none_or(|known| known == found) {
            found
        } else {
            Coding::Opaque
        });
        at = entry.end;
    }
    track.coding = coding.unwrap_or_default();
    Ok(())
}

fn picture_entry(source: &mut Source<'_>, entry: &Piece, track: &mut Track) -> Result<Coding, Mp4Problem> {
    let (width, height) = (source.u16(entry.body + 24)?, source.u16(entry.body + 26)?);
    if width > 0 && height > 0 {
        (track.width, track.height) = (u32::from(width), u32::from(height));
    }
    if &entry.kind == b"encv" {
        return Ok(Coding::PADDED);
    }
    let mut at = entry.body + 78;
    // Old writers put things here that are no boxes: what can't be read ends the search, not the check.
    while let Ok(Some(piece)) = source.child(at, entry.end) {
        let prefix_at = match &piece.kind {
            b"avcC" => Some(piece.body + 4),
            b"hvcC" => Some(piece.body + 21),
            _ => None,
        };
        if let Some(prefix_at) = prefix_at {
            return Ok(Coding::Units {
                prefix: (source.u8(prefix_at)? & 3) + 1,
            });
        }
        at = piece.end;
    }
    Ok(Coding::of_picture(&entry.kind))
}

/// `mp4a` is AAC, MP3 and others: its descriptor (ISO/IEC 14496-1, 7.2.6) says which.
fn sound_entry(source: &mut Source<'_>, entry: &Piece) -> Result<Coding, Mp4Problem> {
    if &entry.kind != b"mp4a" {
        return Ok(Coding::of_sound(&entry.kind));
    }
    let mut at = entry.body
        + match source.u16(entry.body + 8)? {
            1 => 44,
            2 => 64,
            _ => 28,
        };
    while let Ok(Some(piece)) = source.child(at, entry.end) {
        match &piece.kind {
            // QuickTime puts the descriptor inside.
            b"wave" => at = piece.body,
            b"esds" => {
                let kind = object_type(source, piece.body + 4, piece.end)?;
                // MPEG-4 AAC and the three profiles of MPEG-2.
                let is_aac = kind.is_some_and(|kind| matches!(kind, 0x40 | 0x66..=0x68));
                return Ok(if is_aac { Coding::AAC } else { Coding::PADDED });
            }
            _ => at = piece.end,
        }
    }
    Ok(Coding::PADDED)
}

/// The kind of coding that the descriptors at `at` name, if they can be read.
fn object_type(source: &mut Source<'_>, at: u64, end: u64) -> Result<Option<u8>, Mp4Problem> {
    let mut at = at;
    while at < end {
        let tag = source.u8(at)?;
        at += 1;
        // The length takes one to four bytes, and is not needed: what is searched for stands at the head.
        for _ in 0..4 {
            at += 1;
            if at > end || source.u8(at - 1)? & 0x80 == 0 {
                break;
            }
        }
        if at >= end {
            break;
        }
        match tag {
            3 if at + 3 <= end => {
                let flags = source.u8(at + 2)?;
                let url = match flags & 0x40 {
                    0 => 0,
                    _ => 1 + u64::from(source.u8(at + 3)?),
                };
                at += 3 + u64::from(flags & 0x80 != 0) * 2 + url + u64::from(flags & 0x20 != 0) * 2;
            }
            4 => return Ok(Some(source.u8(at)?)),
            _ => break,
        }
    }
    Ok(None)
}

/// What fragments take from the head: the whole length, and what samples are where a fragment does not say.
fn extend(source: &mut Source<'_>, mvex: &Piece, movie: &mut Movie) -> Result<(), Mp4Problem> {
    let mut at = mvex.body;
    while let Some(piece) = source.child(at, mvex.end)? {
        match &piece.kind {
            b"mehd" => {
                let wide = source.u8(piece.body)? == 1;
                movie.declared = movie.declared.max(source.number(piece.body + 4, wide)?);
            }
            b"trex" => {
                let id = u64::from(source.u32(piece.body + 4)?);
                let duration = u64::from(source.u32(piece.body + 12)?);
                let size = u64::from(source.u32(piece.body + 16)?);
                for track in movie.tracks.iter_mut().filter(|track| track.id == id) {
                    (track.usual_duration, track.usual_size) = (duration, size);
                }
            }
            _ => {}
        }
        at = piece.end;
    }
    Ok(())
}
