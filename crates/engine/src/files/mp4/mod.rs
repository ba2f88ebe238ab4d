//! Whether a file is a whole, playable MP4, told from the file alone.
//!
//! A name ending `.mp4` in the user's folder is a promise, and a byte count is not enough to give it: proxies send
//! error pages under the name of a video, fragmented files cut between two parts look whole, and a crash leaves zeros
//! where data were announced. So the structure is walked to its end, every sample must lie inside the file, and a
//! bounded number of samples is opened.
//!
//! It does not decode: a changed bit inside a picture stays unseen, which is what the checksum of the download is for.
//! A fragmented file that nowhere tells its length, cut exactly between two fragments, can't be told from a whole one.
//!
//! Structure after ISO/IEC 14496-12; unit lengths after 14496-15; that coded units never end in zeros after ITU-T
//! H.264 7.4.1 and H.265 7.4.2.

mod fragments;
mod movie;
mod problem;
mod samples;
mod source;
mod tables;
#[cfg(test)]
mod tests;

use std::io::{Read, Seek};

use self::movie::{Movie, Purpose, Track};
pub use self::problem::{Looks, Mp4Problem};
use self::samples::Lens;
use self::source::{Piece, Source, cut_short, damaged};
use self::tables::Media;

/// Boxes of the file itself that are remembered; a fragment for each frame of an hour stays below.
const PARTS: usize = 500_000;

/// What a whole video file holds.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Clip {
    /// How long it plays, in milliseconds.
    pub duration_ms: u64,
    /// Width of the picture in pixels as it is coded, 0 without one.
    pub width: u32,
    /// Height of the picture in pixels as it is coded, 0 without one.
    pub height: u32,
    /// Whether there is at least one picture.
    pub has_video: bool,
    /// Whether there is sound, be it silence.
    pub has_audio: bool,
    /// Whether the file is made of fragments, as streams are.
    pub fragmented: bool,
}

/// The boxes of the file itself.
#[derive(Default)]
struct Outline {
    head: Option<Piece>,
    media: Media,
    fragments: Vec<Piece>,
    last_index: Option<Piece>,
}

/// Checks a file of `length` bytes from its first byte to its last.
///
/// Memory stays below a few tens of megabytes and time below a second however hostile the file is.
///
/// # Errors
/// Says what is wrong: not a video, cut short, zeros, damage, or a disk that would not read.
pub fn check(file: &mut (impl Read + Seek), length: u64) -> Result<Clip, Mp4Problem> {
    let mut source = Source::new(file, length);
    begins_as_mp4(&mut source)?;
    let outline = outline(&mut source)?;
    let Some(head) = outline.head else {
        return cut_short("the head of the video is missing");
    };
    let mut movie = movie::read(&mut source, &head)?;
    let listed = movie.tracks.iter().filter_map(|track| track.tables.as_ref());
    let listed = listed.map(|tables| tables.sizes.count()).fold(0, u64::saturating_add);
    // A fragment has a second or so; how many samples they hold is known only after the walk.
    let expected = listed.saturating_add(outline.fragments.len() as u64 * 64);
    let mut lens = Lens::new(length, expected);
    for track in &mut movie.tracks {
        if let Some(tables) = &mut track.tables {
            track.samples = tables.walk(&mut source, &outline.media, &mut lens, track.coding)?;
        }
    }
    for moof in &outline.fragments {
        fragments::walk(&mut source, moof, &mut movie, &outline.media, &mut lens)?;
    }
    if let Some(mfra) = outline.last_index {
        fragments::fragment_index(&mut source, &mfra, &outline.fragments)?;
    }
    reaches_its_end(&movie)?;
    describe(&movie)
}

fn begins_as_mp4<R: Read + Seek>(source: &mut Source<'_, R>) -> Result<(), Mp4Problem> {
    let length = source.length();
    if length == 0 {
        return Err(Mp4Problem::Empty);
    }
    let mut head = [0; 512];
    let shown = usize::try_from(length).unwrap_or(512).min(512);
    let head = head.get_mut(..shown).unwrap_or_default();
    source.read(0, head)?;
    let brand = head.get(4..).unwrap_or_default();
    if brand.starts_with(b"ftyp") || brand.starts_with(b"styp") {
        let still = [b"heic".as_slice(), b"heix", b"mif1", b"msf1", b"avif"];
        return match brand.get(4..8) {
            Some(brand) if still.contains(&brand) => Err(Mp4Problem::NotVideo(Looks::Picture)),
            _ => Ok(()),
        };
    }
    if head.iter().all(|&byte| byte == 0) {
        return Err(Mp4Problem::ZeroFilled { at: 0 });
    }
    if head.len() < 8 && head.starts_with(&[0, 0]) {
        return cut_short("it ends inside its first part");
    }
    Err(Mp4Problem::NotVideo(Looks::of(head)))
}

/// Walks the boxes of the file itself to the last byte.
fn outline<R: Read + Seek>(source: &mut Source<'_, R>) -> Result<Outline, Mp4Problem> {
    let mut outline = Outline::default();
    let mut parts = 0;
    let mut at = 0;
    while let Some(piece) = source.outer(at)? {
        match &piece.kind {
            b"moov" => outline.head = outline.head.or(Some(piece)),
            b"mdat" => outline.media.add(&piece),
            b"moof" => outline.fragments.push(piece),
            b"sidx" => fragments::segment_index(source, &piece)?,
            b"mfra" => outline.last_index = Some(piece),
            _ => {}
        }
        parts += 1;
        if parts > PARTS {
            return damaged(at, "it declares more parts than any real video has");
        }
        at = piece.end;
    }
    Ok(outline)
}

/// Ticks of a track in ticks of the movie.
fn movie_ticks(movie: &Movie, track: &Track, ticks: u64) -> u64 {
    let scaled = u128::from(ticks) * u128::from(movie.timescale) / u128::from(track.timescale.max(1));
    u64::try_from(scaled).unwrap_or(u64::MAX)
}

/// Where the samples found in a track end, in ticks of the movie.
fn reached(movie: &Movie, track: &Track) -> u64 {
    movie_ticks(movie, track, track.reached).saturating_add(track.delay)
}

/// A fragmented file cut between two fragments is whole in every part; only the lengths that it declares tell.
fn reaches_its_end(movie: &Movie) -> Result<(), Mp4Problem> {
    if !movie.fragmented {
        return Ok(());
    }
    // Half a sample is less than any fragment that could be missing, and more than rounding ever takes.
    let slack = |track: &Track| movie_ticks(movie, track, track.last_duration / 2).saturating_add(2);
    let whole = |track: &Track, declared: u64| reached(movie, track).saturating_add(slack(track)) >= declared;
    let each = movie.tracks.iter().all(|track| whole(track, track.declared));
    let any = movie.tracks.iter().any(|track| whole(track, movie.declared));
    if each && (any || movie.declared == 0) {
        Ok(())
    } else {
        cut_short("the last fragments are missing")
    }
}

fn describe(movie: &Movie) -> Result<Clip, Mp4Problem> {
    let filled = |purpose| {
        movie
            .tracks
            .iter()
            .find(move |track| track.purpose == purpose && track.samples > 0)
    };
    let (picture, sound) = (filled(Purpose::Picture), filled(Purpose::Sound));
    if movie.tracks.iter().all(|track| track.samples == 0) {
        return cut_short("it has a head and nothing behind it");
    }
    let longest = movie
        .tracks
        .iter()
        .map(|track| reached(movie, track))
        .max()
        .unwrap_or(0);
    let ticks = if movie.declared > 0 && !movie.fragmented {
        movie.declared
    } else {
        longest.max(movie.declared)
    };
    let duration_ms = u128::from(ticks) * 1000 / u128::from(movie.timescale.max(1));
    Ok(Clip {
        duration_ms: u64::try_from(duration_ms).unwrap_or(u64::MAX),
        width: picture.map_or(0, |track| track.width),
        height: picture.map_or(0, |track| track.height),
        has_video: picture.is_some(),
        has_audio: sound.is_some(),
        fragmented: movie.fragmented,
    })
}
