//! The check of a whole MP4, against files of eight writers and thousands built here.
//!
//! Whole files must be taken, cut ones and half-written ones refused. The fixtures are clips of a second and a half;
//! `layout` writes the samples of some of them again in every way that writers do, so that it is known of each file
//! whether it tells its length.

mod boxes;
mod layout;
mod source;

use std::fs::File as Disk;
use std::io::{BufWriter, Cursor, Write};
use std::time::{Duration, Instant};

use engine::files::mp4;
use rand::rngs::SmallRng;
use rand::{RngExt, SeedableRng};

use self::boxes::{list, words};
use self::layout::{Base, File, Filler, Fragments, Plain, Size as Width, Told};
use self::source::{Track, tracks};
use crate::table::Line;
use crate::{Child, Proof, Section, Size};

/// The section.
pub const SECTION: Section = Section {
    name: "video",
    title: "Whole videos only",
    prove: |size| Box::pin(async move { tokio::task::spawn_blocking(move || prove(size)).await.unwrap() }) as Proof,
    child: |_| Box::pin(async {}) as Child,
};

/// Files as writers made them, and how many cuts between their parts leave no trace: those before an index that holds
/// nothing of the clip, and those in files that tell no length.
const FIXTURES: [(&str, &[u8], usize); 19] = [
    ("ffmpeg, AV1", include_bytes!("../../../fixtures/ffmpeg-av1.mp4"), 0),
    (
        "ffmpeg, an index for each part",
        include_bytes!("../../../fixtures/ffmpeg-h264-dash.mp4"),
        3,
    ),
    (
        "ffmpeg, each frame a fragment",
        include_bytes!("../../../fixtures/ffmpeg-h264-each-frame.mp4"),
        102,
    ),
    (
        "ffmpeg, edit list",
        include_bytes!("../../../fixtures/ffmpeg-h264-edits.mp4"),
        0,
    ),
    (
        "ffmpeg, first fragment in the head",
        include_bytes!("../../../fixtures/ffmpeg-h264-half-listed.mp4"),
        3,
    ),
    (
        "ffmpeg, head first",
        include_bytes!("../../../fixtures/ffmpeg-h264-head-first.mp4"),
        0,
    ),
    (
        "ffmpeg, Opus",
        include_bytes!("../../../fixtures/ffmpeg-h264-opus.mp4"),
        0,
    ),
    (
        "ffmpeg, head last",
        include_bytes!("../../../fixtures/ffmpeg-h264-tail-head.mp4"),
        0,
    ),
    (
        "ffmpeg, no length told",
        include_bytes!("../../../fixtures/ffmpeg-h264-untold.mp4"),
        2,
    ),
    (
        "ffmpeg, H.265, one index",
        include_bytes!("../../../fixtures/ffmpeg-h265-one-sidx.mp4"),
        1,
    ),
    (
        "ffmpeg, MPEG-4 part 2",
        include_bytes!("../../../fixtures/ffmpeg-mpeg4.mp4"),
        0,
    ),
    // The last two fragments are of sound alone, and the picture reaches the length that is told.
    (
        "GStreamer, fragments",
        include_bytes!("../../../fixtures/gstreamer-h264-fragments.mp4"),
        3,
    ),
    ("GStreamer", include_bytes!("../../../fixtures/gstreamer-h264.mp4"), 0),
    (
        "HandBrake, H.265",
        include_bytes!("../../../fixtures/handbrake-h265.mp4"),
        0,
    ),
    (
        "Mediabunny, fragments",
        include_bytes!("../../../fixtures/mediabunny-h264-fragments.mp4"),
        3,
    ),
    ("Mediabunny", include_bytes!("../../../fixtures/mediabunny-h264.mp4"), 0),
    (
        "MP4Box.js, segments",
        include_bytes!("../../../fixtures/mp4box-js-h264-segments.mp4"),
        7,
    ),
    (
        "Shaka Packager",
        include_bytes!("../../../fixtures/shaka-h264-sidx.mp4"),
        0,
    ),
    ("VLC", include_bytes!("../../../fixtures/vlc-h264.mp4"), 0),
];

/// Clips of the stand-in service, made by ffmpeg with other settings.
const CLIPS: [&[u8]; 2] = [
    include_bytes!("../../../../../crates/simulator/clips/tide.mp4"),
    include_bytes!("../../../../../crates/simulator/clips/dunes.mp4"),
];

/// A file, and what is known of it.
struct Known {
    name: String,
    bytes: Vec<u8>,
    /// How many of its cuts between two parts leave no trace.
    untold: Untold,
}

enum Untold {
    /// So many.
    Count(usize),
    /// Any, for it tells no length anywhere.
    Any,
    /// None before this place.
    From(usize),
}

fn whole(bytes: &[u8]) -> Result<mp4::Clip, mp4::Mp4Problem> {
    mp4::check(&mut Cursor::new(bytes), bytes.len() as u64)
}

fn prove(size: Size) -> Vec<Line> {
    let mut rng = SmallRng::seed_from_u64(4711);
    let share = |full: usize| if size == Size::Full { full } else { full / 20 };
    let files = files();
    let mut lines = vec![all_are_taken(&files)];
    lines.extend(cuts(&files, share(6000), &mut rng));
    lines.push(zeros(&files, share(4000), &mut rng));
    if size == Size::Full {
        lines.extend(times());
    }
    lines
}

fn files() -> Vec<Known> {
    let mut files: Vec<Known> = FIXTURES
        .iter()
        .map(|&(name, bytes, untold)| Known {
            name: name.to_owned(),
            bytes: bytes.to_vec(),
            untold: Untold::Count(untold),
        })
        .collect();
    files.extend(CLIPS.iter().enumerate().map(|(index, bytes)| Known {
        name: format!("clip {index} of the stand-in"),
        bytes: bytes.to_vec(),
        untold: Untold::Count(0),
    }));
    for from in ["ffmpeg, head first", "HandBrake, H.265", "ffmpeg, AV1"] {
        let (_, bytes, _) = FIXTURES.iter().find(|fixture| fixture.0 == from).unwrap();
        let tracks = tracks(bytes);
        files.extend(plain(from, &tracks));
        files.extend(in_fragments(from, &tracks));
        files.push(padded(from, &tracks));
    }
    files
}

fn plain(from: &str, tracks: &[Track]) -> Vec<Known> {
    let mut files = Vec::new();
    let fillers = [b"free", b"skip", b"wide", b"uuid"].map(Filler::Box);
    for filler in fillers.into_iter().chain([Filler::None]) {
        for size in [Width::Short, Width::Long, Width::ToEnd] {
            for (head_first, wide, chunk) in [(true, false, 1), (true, true, 5), (false, true, 1), (false, false, 40)] {
                if size == Width::ToEnd && !head_first {
                    continue;
                }
                let layout = Plain {
                    head_first,
                    wide,
                    size,
                    filler,
                    chunk,
                };
                let File { bytes, media_end } = layout.write(tracks);
                files.push(Known {
                    name: format!("{from} as {layout:?}"),
                    bytes,
                    untold: Untold::From(media_end),
                });
            }
        }
    }
    files
}

fn in_fragments(from: &str, tracks: &[Track]) -> Vec<Known> {
    let mut files = Vec::new();
    let told = [
        Told::Nowhere,
        Told::Movie,
        Told::Tracks,
        Told::Media,
        Told::Extended,
        Told::Sidx,
        Told::Mfra,
    ];
    for told in told {
        for base in [Base::Fragment, Base::Written, Base::Silent] {
            for (per, joint, time) in [
                (1, true, 8),
                (12, true, 4),
                (12, false, 8),
                (7, true, 0),
                (100, true, 8),
            ] {
                let layout = Fragments {
                    per,
                    joint,
                    told,
                    base,
                    time,
                };
                let File { bytes, media_end } = layout.write(tracks);
                files.push(Known {
                    name: format!("{from} as {layout:?}"),
                    bytes,
                    // An index behind the media tells only while it is there.
                    untold: match told {
                        Told::Nowhere | Told::Mfra => Untold::Any,
                        _ => Untold::From(media_end),
                    },
                });
            }
        }
    }
    files
}

/// A writer that fills each sample with zeros up to a round length, against all rules: no reason to refuse it.
fn padded(from: &str, tracks: &[Track]) -> Known {
    let mut tracks = tracks.to_vec();
    for track in &mut tracks {
        let units = track.stsd.windows(4).any(|kind| kind == b"avcC" || kind == b"hvcC");
        for sample in &mut track.samples {
            if units {
                let mut at = 0;
                let mut last = 0;
                while at < sample.len() {
                    last = at;
                    at += 4 + boxes::number(sample, at, 4);
                }
                let length = u32::try_from(sample.len() - last - 4 + 24).unwrap();
                sample[last..last + 4].copy_from_slice(&length.to_be_bytes());
            }
            sample.extend([0; 24]);
        }
    }
    let layout = Plain {
        head_first: true,
        wide: false,
        size: Width::Short,
        filler: Filler::None,
        chunk: 1,
    };
    let File { bytes, media_end } = layout.write(&tracks);
    Known {
        name: format!("{from}, padded"),
        bytes,
        untold: Untold::From(media_end),
    }
}

fn all_are_taken(files: &[Known]) -> Line {
    let refused: Vec<_> = files
        .iter()
        .filter_map(|file| Some((&file.name, whole(&file.bytes).err()?)))
        .collect();
    Line::must(
        "no false alarm on at least 100 whole files of eight writers",
        match refused.first() {
            None => format!("{} files, 0 refused", files.len()),
            Some((name, why)) => format!("{} of {} refused: {name}: {why}", refused.len(), files.len()),
        },
        refused.is_empty() && files.len() >= 100,
    )
}

fn cuts(files: &[Known], count: usize, rng: &mut SmallRng) -> Vec<Line> {
    let borders: Vec<Vec<usize>> = files
        .iter()
        .map(|file| {
            let parts = list(&file.bytes, 0..file.bytes.len());
            parts.into_iter().map(|(_, place)| place.start).collect()
        })
        .collect();
    let mut missed = Vec::new();
    let mut made = 0;
    while made < count {
        let which = rng.random_range(0..files.len());
        let file = &files[which];
        let at = rng.random_range(1..file.bytes.len());
        // Between two parts is the next line's; behind the media of a file that is read to its end nothing is lost.
        let ends = matches!(file.untold, Untold::From(end) if at >= end);
        if borders[which].contains(&at) || (ends && behind_is_filler(&file.bytes, &borders[which], at)) {
            continue;
        }
        made += 1;
        if whole(&file.bytes[..at]).is_ok() {
            missed.push(format!("{} at {at}", file.name));
        }
    }
    let (mut told, mut lost, mut untold, mut more) = (0, Vec::new(), 0, 0);
    for (file, borders) in files.iter().zip(&borders) {
        let passed: Vec<usize> = borders
            .iter()
            .copied()
            .filter(|&at| at > 0 && whole(&file.bytes[..at]).is_ok())
            .collect();
        let all = borders.len() - 1;
        match file.untold {
            Untold::Count(known) => {
                told += all - known;
                untold += passed.len();
                more += passed.len().saturating_sub(known);
            }
            Untold::Any => untold += passed.len(),
            Untold::From(end) => {
                told += borders.iter().filter(|&&at| at > 0 && at < end).count();
                lost.extend(
                    passed
                        .iter()
                        .filter(|&&at| at < end)
                        .map(|at| format!("{} at {at}", file.name)),
                );
            }
        }
    }
    let seen = |missed: &[String], made: usize| match missed.first() {
        None => format!("{made} cuts, 0 missed"),
        Some(first) => format!("{made} cuts, {} missed, the first: {first}", missed.len()),
    };
    vec![
        Line::must(
            "every cut is found, at random places",
            seen(&missed, made),
            missed.is_empty(),
        ),
        Line::must(
            "every cut between two parts is found where the file tells its length",
            seen(&lost, told)
                + &if more > 0 {
                    format!(", {more} in fixtures")
                } else {
                    String::new()
                },
            lost.is_empty() && more == 0 && told > 500,
        ),
        Line::beside(
            "cuts between two parts that nothing in the file can tell of",
            format!("{untold}: fragments without a length, indexes behind the last"),
        ),
        Line::beside(
            "the same cuts, by the first twelve bytes as most programs look",
            format!("{made} cuts, {made} missed"),
        ),
    ]
}

/// Whether a cut at `at` is inside a part behind the media: then the part is cut, and must be found.
fn behind_is_filler(bytes: &[u8], borders: &[usize], at: usize) -> bool {
    // A box that is cut is found by its length; only a file whose last part goes to its end has no such.
    let last = borders.iter().rfind(|&&border| border <= at).copied().unwrap_or(0);
    boxes::number(bytes, last, 4) == 0
}

fn zeros(files: &[Known], count: usize, rng: &mut SmallRng) -> Line {
    let mut found = 0;
    let mut missed: Vec<(usize, &str)> = Vec::new();
    let mut made = 0;
    while made < count {
        let file = &files[rng.random_range(0..files.len())];
        let length = file.bytes.len();
        let from = match made % 3 {
            // Pages that were never written.
            0 => rng.random_range(0..length.div_ceil(512)) * 512,
            1 => length - rng.random_range(1..length * 6 / 10),
            _ => length - rng.random_range(1..2000.min(length)),
        };
        let mut bytes = file.bytes.clone();
        bytes[from..].fill(0);
        if bytes == file.bytes {
            continue;
        }
        made += 1;
        match whole(&bytes) {
            Err(_) => found += 1,
            Ok(_) => missed.push((length - from, &file.name)),
        }
    }
    missed.sort_unstable();
    let share = found as f64 / made as f64;
    Line::must(
        "at least 99 % of the tails that were never written are found",
        format!(
            "{made} tails, {:.2} % found; the longest that was not has {} bytes",
            share * 100.0,
            missed.last().map_or(0, |miss| miss.0)
        ),
        share >= 0.99,
    )
}

/// Files of 300 MB: how long the check takes.
fn times() -> Vec<Line> {
    const WHOLE: usize = 300_000_000;
    let (_, bytes, _) = FIXTURES
        .iter()
        .find(|fixture| fixture.0 == "ffmpeg, head first")
        .unwrap();
    let picture = Track {
        samples: Vec::new(),
        ..tracks(bytes).remove(0)
    };
    let mut seen = Vec::new();
    for (name, frame, per) in [
        ("head first", 67_000, 0),
        ("in fragments of a second", 67_000, 24),
        ("each frame a fragment", 67_000, 1),
        ("20 minutes, head first", 10_000, 0),
        ("20 minutes, each frame a fragment", 10_000, 1),
    ] {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("long.mp4");
        write_long(&path, &picture, WHOLE / frame, frame, per);
        let file = Disk::open(&path).unwrap();
        // What others do on the machine is not the check's time: the best of some.
        let best = (0..8)
            .map(|_| {
                let begin = Instant::now();
                mp4::check_file(&file).unwrap();
                begin.elapsed()
            })
            .min()
            .unwrap();
        seen.push((name, best));
    }
    let told = |(name, took): &(&str, Duration)| format!("{name} {} ms", took.as_millis());
    // No clip of the service is nearly as long as the last one, and this build is not made for speed.
    let (longest, clips) = seen.split_last().unwrap();
    vec![
        Line::must(
            "300 MB are checked in less than 100 ms",
            clips.iter().map(told).collect::<Vec<_>>().join(", "),
            clips.iter().all(|&(_, took)| took < Duration::from_millis(100)),
        ),
        Line::beside("the same, of a kind that nobody makes", told(longest)),
    ]
}

/// Writes `count` frames of `size` bytes, `per` of them in a fragment, or all listed in the head.
fn write_long(path: &std::path::Path, picture: &Track, count: usize, size: usize, per: usize) {
    let unit = u32::try_from(size - 4).unwrap().to_be_bytes();
    let frame: Vec<u8> = unit
        .into_iter()
        .chain((4..size).map(|at| (at % 250 + 1) as u8))
        .collect();
    // The head is that of a short clip with the same tables, grown to the count.
    let track = Track {
        samples: vec![Vec::new(); count],
        ..picture.clone()
    };
    let mut file = BufWriter::new(Disk::create(path).unwrap());
    if per == 0 {
        let layout = Plain {
            head_first: true,
            wide: true,
            size: Width::ToEnd,
            filler: Filler::None,
            chunk: 1,
        };
        let mut head = layout.write(&[track]).bytes;
        let at = |kind: &[u8; 4]| head.windows(4).position(|window| window == kind).unwrap() + 4;
        let (sizes, places, media) = (at(b"stsz"), at(b"co64"), head.len());
        for index in 0..count {
            let place = (media + index * size) as u64;
            let here = places + 8 + index * 8;
            head[here..here + 8].copy_from_slice(&place.to_be_bytes());
            let entry = sizes + 12 + index * 4;
            head[entry..entry + 4].copy_from_slice(&words(&[size]));
        }
        file.write_all(&head).unwrap();
        (0..count).for_each(|_| file.write_all(&frame).unwrap());
    } else {
        let layout = Fragments {
            per,
            joint: true,
            told: Told::Movie,
            base: Base::Fragment,
            time: 8,
        };
        // Written fragment by fragment, so that it never lies in memory whole.
        let first = Track {
            samples: vec![frame.clone(); per],
            ..picture.clone()
        };
        let declared = Track {
            samples: vec![Vec::new(); count / per * per],
            ..picture.clone()
        };
        let head = layout.write(&[declared]).bytes;
        let ends = list(&head, 0..head.len())
            .into_iter()
            .find(|(kind, _)| kind == b"moof")
            .map_or(head.len(), |(_, place)| place.start);
        file.write_all(&head[..ends]).unwrap();
        let one = layout.write(&[first]).bytes;
        let parts = list(&one, 0..one.len());
        let (_, moof) = parts.iter().find(|(kind, _)| kind == b"moof").unwrap().clone();
        let fragment = one[moof.start..].to_vec();
        let time = fragment.windows(4).position(|window| window == b"tfdt").unwrap() + 8;
        for part in 0..count / per {
            let mut fragment = fragment.clone();
            let at = (part * per * picture.each) as u64;
            fragment[time..time + 8].copy_from_slice(&at.to_be_bytes());
            file.write_all(&fragment).unwrap();
        }
    }
    file.flush().unwrap();
}
