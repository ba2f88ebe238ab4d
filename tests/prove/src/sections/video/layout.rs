//! Whole files in every layout that writers use: where the head stands, how places and sizes are written, what stands
//! between, and in how many fragments, with what telling their number.

use super::boxes::{boxed, full, words};
use super::source::Track;

/// What stands between the parts.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) enum Filler {
    /// Nothing.
    None,
    /// A box of this kind.
    Box(&'static [u8; 4]),
}

/// How the size of the media is written.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) enum Size {
    /// In four bytes.
    Short,
    /// In eight.
    Long,
    /// Not at all: to the end of the file.
    ToEnd,
}

/// A file with all of its tables in its head.
#[derive(Clone, Copy, Debug)]
pub(super) struct Plain {
    /// The head stands before the media.
    pub(super) head_first: bool,
    /// Places in eight bytes.
    pub(super) wide: bool,
    /// How the size of the media is written.
    pub(super) size: Size,
    /// What stands between.
    pub(super) filler: Filler,
    /// Samples in a chunk.
    pub(super) chunk: usize,
}

/// What tells the length of a file in fragments.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) enum Told {
    /// Nothing.
    Nowhere,
    /// The head of the movie.
    Movie,
    /// The head of each track.
    Tracks,
    /// The head of the media of each track.
    Media,
    /// The head for fragments.
    Extended,
    /// An index of the bytes before the first fragment.
    Sidx,
    /// An index behind the last.
    Mfra,
}

/// What the places in a fragment count from.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) enum Base {
    /// The fragment, as newer writers say.
    Fragment,
    /// A place that is written out.
    Written,
    /// What old writers mean when they say nothing.
    Silent,
}

/// A file in fragments.
#[derive(Clone, Copy, Debug)]
pub(super) struct Fragments {
    /// Samples of the picture in each.
    pub(super) per: usize,
    /// Both tracks in one fragment.
    pub(super) joint: bool,
    /// What tells the length.
    pub(super) told: Told,
    /// What places count from.
    pub(super) base: Base,
    /// Bytes in which the time of a fragment is written; 0 for not at all.
    pub(super) time: u8,
}

/// A file, and where the last of its media ends.
pub(super) struct File {
    /// Its bytes.
    pub(super) bytes: Vec<u8>,
    /// Behind this stands nothing of the clip.
    pub(super) media_end: usize,
}

fn ftyp() -> Vec<u8> {
    boxed(b"ftyp", b"isom\0\0\x02\0isomiso6mp41")
}

/// The head: of the movie and of each track, with what each track's tables are.
fn moov(tracks: &[Track], tables: &[Vec<u8>], told: Option<Told>) -> Vec<u8> {
    let plain = told.is_none();
    let declared = |by: Told, length: usize| if plain || told == Some(by) { length } else { 0 };
    let longest = tracks.iter().map(Track::millis).max().unwrap_or(0);
    let matrix = words(&[65536, 0, 0, 0, 65536, 0, 0, 0, 1 << 30]);
    let mut body = full(
        b"mvhd",
        0,
        0,
        &[
            words(&[0, 0, 1000, declared(Told::Movie, longest), 65536]),
            vec![1, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0],
            matrix.clone(),
            vec![0; 24],
            words(&[9]),
        ]
        .concat(),
    );
    for (index, (track, tables)) in tracks.iter().zip(tables).enumerate() {
        let head = [
            words(&[0, 0, index + 1, 0, declared(Told::Tracks, track.millis())]),
            vec![0; 16],
            matrix.clone(),
            words(&[128 << 16, 72 << 16]),
        ];
        let length = track.samples.len() * track.each;
        let media = words(&[0, 0, track.timescale, declared(Told::Media, length), 0x55c4_0000]);
        let name = [words(&[0]), track.handler.to_vec(), vec![0; 12], b"n\0".to_vec()].concat();
        let kind = match &track.handler {
            b"vide" => full(b"vmhd", 0, 1, &[0; 8]),
            _ => full(b"smhd", 0, 0, &[0; 4]),
        };
        let dref = full(b"dref", 0, 0, &[words(&[1]), full(b"url ", 0, 1, &[])].concat());
        let stbl = boxed(b"stbl", &[track.stsd.clone(), tables.clone()].concat());
        let minf = boxed(b"minf", &[kind, boxed(b"dinf", &dref), stbl].concat());
        let mdia = [full(b"mdhd", 0, 0, &media), full(b"hdlr", 0, 0, &name), minf].concat();
        let trak = [full(b"tkhd", 0, 7, &head.concat()), boxed(b"mdia", &mdia)].concat();
        body.extend(boxed(b"trak", &trak));
    }
    if let Some(told) = told {
        let mut mvex = Vec::new();
        if told == Told::Extended {
            mvex.extend(full(b"mehd", 0, 0, &words(&[longest])));
        }
        for (index, track) in tracks.iter().enumerate() {
            mvex.extend(full(b"trex", 0, 0, &words(&[index + 1, 1, track.each, 0, 0])));
        }
        body.extend(boxed(b"mvex", &mvex));
    }
    boxed(b"moov", &body)
}

impl Plain {
    /// Writes it.
    pub(super) fn write(&self, tracks: &[Track]) -> File {
        // Chunks of the tracks by turns, as players like them.
        let mut media = Vec::new();
        let mut places = vec![Vec::new(); tracks.len()];
        let most = tracks.iter().map(|track| track.samples.len()).max().unwrap_or(0);
        for from in (0..most).step_by(self.chunk) {
            for (track, places) in tracks.iter().zip(&mut places) {
                let chunk = track.samples.iter().skip(from).take(self.chunk);
                if from < track.samples.len() {
                    places.push(media.len());
                }
                chunk.for_each(|sample| media.extend_from_slice(sample));
            }
        }
        let head = |start: usize| {
            let tables: Vec<_> = tracks
                .iter()
                .zip(&places)
                .map(|(track, places)| self.tables(track, places, start))
                .collect();
            moov(tracks, &tables, None)
        };
        let filler = match self.filler {
            Filler::None => Vec::new(),
            Filler::Box(kind) => boxed(kind, b"0123456789abcdef room for more"),
        };
        let size = media.len();
        let mdat = match self.size {
            Size::Short => words(&[size + 8]),
            Size::Long => words(&[1]),
            Size::ToEnd => words(&[0]),
        };
        let mut mdat = [mdat, b"mdat".to_vec()].concat();
        if self.size == Size::Long {
            mdat.extend((size as u64 + 16).to_be_bytes());
        }
        let mut bytes = ftyp();
        let before = filler.len() + mdat.len() + if self.head_first { head(0).len() } else { 0 };
        let start = bytes.len() + before;
        let moov = head(start);
        if self.head_first {
            bytes.extend(&moov);
        }
        bytes.extend(&filler);
        bytes.extend(&mdat);
        bytes.extend(&media);
        let mut media_end = bytes.len();
        if self.size != Size::ToEnd {
            bytes.extend(&filler);
        }
        if !self.head_first {
            bytes.extend(&moov);
            media_end = bytes.len();
        }
        File { bytes, media_end }
    }

    fn tables(&self, track: &Track, places: &[usize], start: usize) -> Vec<u8> {
        let count = track.samples.len();
        let sizes: Vec<usize> = track.samples.iter().map(Vec::len).collect();
        let mut runs = vec![1, self.chunk.min(count), 1];
        let whole = count / self.chunk;
        if whole > 0 && !count.is_multiple_of(self.chunk) {
            runs.extend([whole + 1, count % self.chunk, 1]);
        }
        let chunks = match self.wide {
            false => full(
                b"stco",
                0,
                0,
                &words(
                    &[
                        &[places.len()],
                        &*places.iter().map(|at| at + start).collect::<Vec<_>>(),
                    ]
                    .concat(),
                ),
            ),
            true => {
                let wide = places.iter().flat_map(|at| ((at + start) as u64).to_be_bytes());
                full(
                    b"co64",
                    0,
                    0,
                    &words(&[places.len()]).into_iter().chain(wide).collect::<Vec<_>>(),
                )
            }
        };
        [
            full(b"stts", 0, 0, &words(&[1, count, track.each])),
            full(b"stsc", 0, 0, &words(&[&[runs.len() / 3], &*runs].concat())),
            full(b"stsz", 0, 0, &words(&[&[0, count], &*sizes].concat())),
            chunks,
        ]
        .concat()
    }
}

impl Fragments {
    /// Writes it.
    pub(super) fn write(&self, tracks: &[Track]) -> File {
        let none = [
            full(b"stts", 0, 0, &words(&[0])),
            full(b"stsc", 0, 0, &words(&[0])),
            full(b"stsz", 0, 0, &words(&[0, 0])),
            full(b"stco", 0, 0, &words(&[0])),
        ]
        .concat();
        let mut bytes = [ftyp(), moov(tracks, &vec![none; tracks.len()], Some(self.told))].concat();
        let head = bytes.len();
        let count = tracks[0].samples.len().div_ceil(self.per);
        // Each fragment takes its share of each track.
        let share = |track: &Track, part: usize| {
            let samples = track.samples.len();
            samples * part / count..samples * (part + 1) / count
        };
        let all: Vec<usize> = (0..tracks.len()).collect();
        let groups: Vec<Vec<usize>> = match self.joint {
            true => vec![all],
            false => all.into_iter().map(|index| vec![index]).collect(),
        };
        let sidx = if self.told == Told::Sidx { 44 } else { 0 };
        let mut parts = Vec::new();
        let mut starts = Vec::new();
        for part in 0..count {
            for group in &groups {
                let shares: Vec<_> = group
                    .iter()
                    .map(|&index| (index, share(&tracks[index], part)))
                    .collect();
                let at = head + sidx + parts.len();
                starts.push((at, group[0]));
                parts.extend(self.fragment(tracks, &shares, at, starts.len()));
            }
        }
        if self.told == Told::Sidx {
            let length = tracks[0].samples.len() * tracks[0].each;
            let entry = [parts.len(), length, 0x9000_0000];
            let body = words(&[&[1, tracks[0].timescale, 0, 0, 1], &entry[..]].concat());
            bytes.extend(full(b"sidx", 0, 0, &body));
        }
        bytes.extend(parts);
        let media_end = bytes.len();
        if self.told == Told::Mfra {
            let entries: Vec<usize> = starts.iter().flat_map(|&(at, _)| [0, at, 0x0101_0100]).collect();
            // Three numbers of one byte each; the fourth byte of the word is the next entry's first.
            let entries: Vec<u8> = words(&entries)
                .chunks(12)
                .flat_map(|entry| entry[..11].to_vec())
                .collect();
            let tfra = full(b"tfra", 0, 0, &[words(&[1, 0, starts.len()]), entries].concat());
            let size = 8 + tfra.len() + 16;
            let mfro = full(b"mfro", 0, 0, &words(&[size]));
            bytes.extend(boxed(b"mfra", &[tfra, mfro].concat()));
        }
        File { bytes, media_end }
    }

    fn fragment(
        &self,
        tracks: &[Track],
        shares: &[(usize, std::ops::Range<usize>)],
        at: usize,
        number: usize,
    ) -> Vec<u8> {
        let head = |length: usize| {
            let mut body = full(b"mfhd", 0, 0, &words(&[number]));
            let mut place = length + 8;
            for (turn, (index, range)) in shares.iter().enumerate() {
                let track = &tracks[*index];
                let tfhd = match self.base {
                    Base::Fragment => full(b"tfhd", 0, 0x2_0000, &words(&[index + 1])),
                    Base::Written => {
                        let from = (at as u64).to_be_bytes().to_vec();
                        full(b"tfhd", 0, 1, &[words(&[index + 1]), from].concat())
                    }
                    Base::Silent => full(b"tfhd", 0, 0, &words(&[index + 1])),
                };
                let time = range.start * track.each;
                let tfdt = match self.time {
                    0 => Vec::new(),
                    4 => full(b"tfdt", 0, 0, &words(&[time])),
                    _ => full(b"tfdt", 1, 0, &(time as u64).to_be_bytes()),
                };
                let sizes: Vec<usize> = range.clone().map(|sample| track.samples[sample].len()).collect();
                // Whoever says nothing counts the second track from where the first one's media end.
                let offset = if self.base == Base::Silent && turn > 0 {
                    0
                } else {
                    place
                };
                let trun = full(b"trun", 0, 0x201, &words(&[&[sizes.len(), offset], &*sizes].concat()));
                place += sizes.iter().sum::<usize>();
                body.extend(boxed(b"traf", &[tfhd, tfdt, trun].concat()));
            }
            boxed(b"moof", &body)
        };
        let media: Vec<u8> = shares
            .iter()
            .flat_map(|(index, range)| tracks[*index].samples[range.clone()].concat())
            .collect();
        [head(head(0).len()), boxed(b"mdat", &media)].concat()
    }
}
