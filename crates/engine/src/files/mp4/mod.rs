//! Whether a file is a whole, playable MP4, told from the file alone.
//!
//! A name ending `.mp4` in the user's folder is a promise, and a byte count is not enough to give it: proxies send
//! error pages under the name of a video, fragmented files cut between two parts look whole, and a crash leaves zeros
//! where data were announced. So the structure is walked to its end, every sample must lie inside the file, and a
//! bounded number of samples is opened.
//!
//! It does not decode: a changed bit inside a picture stays unseen, which is what the checksum of the download is for.
//! A fragmented file that nowhere tells its length, cut exactly between two fragments, can't be told from a whole one.
//! One that is cut exactly before the index behind its last fragment is accepted: nothing of the clip is missing.
//!
//! Structure after ISO/IEC 14496-12; unit lengths after 14496-15; that coded units never end in zeros after ITU-T
//! H.264 7.4.1 and H.265 7.4.2.

mod disk;
mod ending;
mod fragments;
mod movie;
mod note;
mod problem;
mod samples;
mod source;
mod tables;
#[cfg(test)]
mod tests;

use std::fs::File;
use std::io::{Read, Seek};

use self::disk::Disk;
use self::movie::{Movie, Purpose, Track};
pub use self::note::{LONGEST_NOTE, note_box, place_for_note, read_note};
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
    movie: Option<Movie>,
    media: Media,
    /// Fragments whose samples were not walked yet, for their media stand behind them.
    waiting: Vec<Piece>,
    /// Where each fragment begins.
    fragments: Vec<u64>,
    last_index: Option<Piece>,
}

/// Checks a file of `length` bytes from its first byte to its last.
///
/// Memory stays below a few tens of megabytes and time below a second or two however hostile the file is.
///
/// # Errors
/// Says what is wrong: not a video, cut short, zeros, damage, or a disk that would not read.
pub fn check(file: &mut (impl Read + Seek), length: u64) -> Result<Clip, Mp4Problem> {
    match walk(&mut Source::new(file, length), When::Soon) {
        // Media may stand anywhere, also behind the next fragment: what seemed lost is looked for once more.
        Err(Mp4Problem::Damaged { .. }) => walk(&mut Source::new(file, length), When::AtTheEnd),
        other => other,
    }
}

/// Checks a file on the disk, all of it; faster than [`check`] with anything that has a buffer of its own.
///
/// # Errors
/// As [`check`].
pub fn check_file(file: &File) -> Result<Clip, Mp4Problem> {
    let length = file.metadata().map_err(Mp4Problem::Unreadable)?.len();
    check(&mut Disk::new(file), length)
}

/// When the samples of a fragment are walked.
#[derive(Clone, Copy, PartialEq, Eq)]
enum When {
    /// As soon as media and another fragment follow: what was read of it is still held.
    Soon,
    /// When all of the file is known.
    AtTheEnd,
}

fn walk(source: &mut Source<'_>, when: When) -> Result<Clip, Mp4Problem> {
    describe(&walked(source, when)?)
}

/// How the pictures of a clip follow each other.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Pace {
    /// How many there are; 0 without a picture.
    pub frames: u64,
    /// How long all of them take, in ticks.
    pub ticks: u64,
    /// Ticks in a second.
    pub timescale: u64,
}

/// Checks a file on the disk as [`check_file`] does, and counts its pictures.
///
/// # Errors
/// As [`check`].
pub fn pace(file: &File) -> Result<(Clip, Pace), Mp4Problem> {
    let length = file.metadata().map_err(Mp4Problem::Unreadable)?.len();
    let walk = |when| walked(&mut Source::new(&mut Disk::new(file), length), when);
    let movie = match walk(When::Soon) {
        Err(Mp4Problem::Damaged { .. }) => walk(When::AtTheEnd),
        other => other,
    }?;
    let pictures = movie.tracks.iter().find(|track| track.purpose == Purpose::Picture);
    let pace = pictures.map(|track| Pace {
        frames: track.samples,
        ticks: track.reached,
        timescale: track.timescale,
    });
    Ok((describe(&movie)?, pace.unwrap_or_default()))
}

fn walked(source: &mut Source<'_>, when: When) -> Result<Movie, Mp4Problem> {
    begins_as_mp4(source)?;
    let mut lens = Lens::new(source.length());
    let mut outline = Outline::default();
    outline.read(source, &mut lens, when)?;
    outline.walk_waiting(source, &mut lens)?;
    let Some(mut movie) = outline.movie else {
        return cut_short("the head of the video is missing");
    };
    for track in &mut movie.tracks {
        if let Some(tables) = &mut track.tables {
            // Fragments come after what the head lists.
            let listed = tables.walk(source, &outline.media, &mut lens, track.coding)?;
            track.samples = track.samples.saturating_add(listed);
        }
    }
    if let Some(mfra) = outline.last_index {
        fragments::fragment_index(source, &mfra, &outline.fragments)?;
    }
    reaches_its_end(&movie)?;
    ending::is_written(source, &movie, &lens)?;
    Ok(movie)
}

fn begins_as_mp4(source: &mut Source<'_>) -> Result<(), Mp4Problem> {
    let length = source.length();
    if length == 0 {
        return Err(Mp4Problem::Empty);
    }
    let head = source.read(0, usize::try_from(length).unwrap_or(512).min(512))?;
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

impl Outline {
    /// Walks the boxes of the file itself to the last byte.
    fn read(&mut self, source: &mut Source<'_>, lens: &mut Lens, when: When) -> Result<(), Mp4Problem> {
        let mut parts = 0;
        let mut at = 0;
        let mut media_since = false;
        while let Some(piece) = source.outer(at)? {
            match &piece.kind {
                b"moov" if self.movie.is_none() => self.movie = Some(movie::read(source, &piece)?),
                b"mdat" => {
                    self.media.add(&piece);
                    media_since = true;
                }
                b"moof" => {
                    if media_since && when == When::Soon && self.movie.is_some() {
                        self.walk_waiting(source, lens)?;
                    }
                    media_since = false;
                    self.waiting.push(piece);
                    self.fragments.push(piece.start);
                }
                b"sidx" => fragments::segment_index(source, &piece)?,
                b"mfra" => self.last_index = Some(piece),
                _ => {}
            }
            parts += 1;
            if parts > PARTS {
                return damaged(at, "it declares more parts than any real video has");
            }
            at = piece.end;
        }
        Ok(())
    }

    fn walk_waiting(&mut self, source: &mut Source<'_>, lens: &mut Lens) -> Result<(), Mp4Problem> {
        let Some(movie) = &mut self.movie else {
            return Ok(());
        };
        for moof in self.waiting.drain(..) {
            fragments::walk(source, &moof, movie, &self.media, lens)?;
        }
        Ok(())
    }
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
    let media = |track: &Track| {
        let reached = track.reached.saturating_add(track.last_duration / 2);
        reached.saturating_add(2) >= track.media_declared
    };
    let each = movie
        .tracks
        .iter()
        .all(|track| whole(track, track.declared) && media(track));
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
