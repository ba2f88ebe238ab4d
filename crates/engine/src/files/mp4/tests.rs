//! The clips beside this file are two seconds of a test picture and a tone: head first, head last, and in fragments
//! with an index that tells their number.

use std::io::Cursor;

use proptest::prelude::*;

use super::{Clip, Looks, Mp4Problem, check};
use crate::words::Lang;

const FASTSTART: &[u8] = include_bytes!("fixtures/faststart.mp4");
const HEAD_LAST: &[u8] = include_bytes!("fixtures/moov-at-end.mp4");
const FRAGMENTED: &[u8] = include_bytes!("fixtures/fragmented.mp4");

fn verdict(bytes: &[u8]) -> Result<Clip, Mp4Problem> {
    check(&mut Cursor::new(bytes), bytes.len() as u64)
}

fn place_of(bytes: &[u8], kind: &[u8; 4]) -> usize {
    bytes.windows(4).position(|window| window == kind).unwrap()
}

#[test]
fn whole_clips_are_accepted_and_described() {
    for (clip, fragmented) in [(FASTSTART, false), (HEAD_LAST, false), (FRAGMENTED, true)] {
        let found = verdict(clip).unwrap();
        assert!((2000..2100).contains(&found.duration_ms), "{found:?}");
        let plain = Clip {
            duration_ms: 0,
            ..found
        };
        let expected = Clip {
            duration_ms: 0,
            width: 256,
            height: 144,
            has_video: true,
            has_audio: true,
            fragmented,
        };
        assert_eq!(plain, expected);
    }
}

#[test]
fn every_cut_is_refused() {
    for clip in [FASTSTART, HEAD_LAST] {
        for cut in (0..clip.len()).step_by(3) {
            assert!(verdict(&clip[..cut]).is_err(), "cut at {cut} of {}", clip.len());
        }
    }
    // The index of random access at the end holds no picture: all of the clip lies before it.
    let index = place_of(FRAGMENTED, b"mfra") - 4;
    for cut in (0..FRAGMENTED.len()).step_by(3).filter(|&cut| cut != index) {
        assert!(
            verdict(&FRAGMENTED[..cut]).is_err(),
            "cut at {cut} of {}",
            FRAGMENTED.len()
        );
    }
}

#[test]
fn a_cut_between_two_parts_is_refused() {
    for clip in [FASTSTART, HEAD_LAST, FRAGMENTED] {
        let mut at = 0;
        while at < clip.len() {
            let outcome = verdict(&clip[..at]);
            let whole = clip.get(at + 4..at + 8) == Some(b"mfra");
            assert_eq!(outcome.is_ok(), whole, "cut at {at}: {outcome:?}");
            at += u32::from_be_bytes(clip[at..at + 4].try_into().unwrap()) as usize;
        }
    }
}

#[test]
fn fragments_are_missed_by_the_declared_length_alone() {
    // Without the index, only the length in the head tells; it counts milliseconds.
    let mut clip = FRAGMENTED.to_vec();
    while let Some(index) = clip.windows(4).position(|window| window == b"sidx") {
        clip[index..index + 4].copy_from_slice(b"free");
    }
    let last = clip.windows(4).rposition(|window| window == b"moof").unwrap() - 4;
    assert!(
        verdict(&clip[..last]).is_ok(),
        "a file that nowhere tells its length can't be missed"
    );
    let length = place_of(&clip, b"mvhd") + 4 + 16;
    clip[length..length + 4].copy_from_slice(&2000_u32.to_be_bytes());
    let outcome = verdict(&clip[..last]);
    assert!(matches!(outcome, Err(Mp4Problem::CutShort { .. })), "{outcome:?}");
    assert!(verdict(&clip).is_ok());
}

#[test]
fn unwritten_tails_are_found() {
    for clip in [FASTSTART, HEAD_LAST, FRAGMENTED] {
        let share = |percent: usize| clip.len() * percent / 100;
        let steps = (share(1)..share(60)).step_by(97);
        for zeros in [share(1), share(5), share(30)].into_iter().chain(steps) {
            let mut damaged = clip.to_vec();
            let from = damaged.len() - zeros;
            damaged[from..].fill(0);
            assert!(verdict(&damaged).is_err(), "{zeros} zeros at the end of {}", clip.len());
        }
    }
    let mut damaged = FASTSTART.to_vec();
    let from = damaged.len() - 4000;
    damaged[from..].fill(0);
    assert!(matches!(verdict(&damaged), Err(Mp4Problem::ZeroFilled { .. })));
}

#[test]
fn zeros_over_half_of_what_stands_last_are_found() {
    // The last frame of sound, and the words about the clip: neither loses its length.
    for clip in [FASTSTART, HEAD_LAST] {
        for zeros in 8..90 {
            let mut damaged = clip.to_vec();
            let from = damaged.len() - zeros;
            damaged[from..].fill(0);
            let outcome = verdict(&damaged);
            assert!(
                matches!(outcome, Err(Mp4Problem::ZeroFilled { .. })),
                "{zeros}: {outcome:?}"
            );
        }
    }
}

#[test]
fn an_index_that_lists_one_fragment_too_many_is_no_damage() {
    // As GStreamer writes it: the last entry was reserved and never filled.
    let mut clip = FRAGMENTED.to_vec();
    let tfra = clip.windows(4).rposition(|window| window == b"tfra").unwrap() - 4;
    let length = |clip: &[u8], at: usize| u32::from_be_bytes(clip[at..at + 4].try_into().unwrap());
    assert_eq!(clip[tfra + 8], 1, "entries of 64 bits");
    let entry = 19;
    let at = tfra + length(&clip, tfra) as usize;
    clip.splice(at..at, std::iter::repeat_n(0, entry));
    let mfra = place_of(&clip, b"mfra") - 4;
    let end = clip.len();
    for (place, more) in [
        (tfra, entry as u32),
        (tfra + 20, 1),
        (mfra, entry as u32),
        (end - 4, entry as u32),
    ] {
        let grown = length(&clip, place) + more;
        clip[place..place + 4].copy_from_slice(&grown.to_be_bytes());
    }
    assert!(verdict(&clip).is_ok(), "{:?}", verdict(&clip));
    clip[at + 15] = 77;
    assert!(verdict(&clip).is_err(), "a place where no fragment is");
}

#[test]
fn a_file_on_the_disk_is_read_as_the_same_file_in_memory() {
    for clip in [FASTSTART, HEAD_LAST, FRAGMENTED] {
        for bytes in [clip, &clip[..clip.len() - 1], &clip[..100], b""] {
            let mut file = tempfile::tempfile().unwrap();
            std::io::Write::write_all(&mut file, bytes).unwrap();
            assert_eq!(
                super::check_file(&file).ok(),
                verdict(bytes).ok(),
                "{} bytes",
                bytes.len()
            );
        }
    }
}

#[test]
fn zeros_inside_a_picture_are_found() {
    // The first picture opens with a note of the encoder; the picture itself is its second unit.
    let length_at = |at: usize| u32::from_be_bytes(FASTSTART[at..at + 4].try_into().unwrap()) as usize;
    let note = place_of(FASTSTART, b"mdat") + 4;
    let picture = note + 4 + length_at(note);
    let end = picture + 4 + length_at(picture);
    for zeros in [picture..picture + 4, end - 200..end] {
        let mut damaged = FASTSTART.to_vec();
        damaged[zeros.clone()].fill(0);
        let outcome = verdict(&damaged);
        assert!(
            matches!(outcome, Err(Mp4Problem::ZeroFilled { .. })),
            "{zeros:?}: {outcome:?}"
        );
    }
}

#[test]
fn anything_behind_the_end_is_refused() {
    for junk in [b"<html>sorry</html>".as_slice(), &[0; 64], b"abc", &[7; 9]] {
        let bytes = [FASTSTART, junk].concat();
        assert!(verdict(&bytes).is_err(), "{junk:?}");
    }
}

#[test]
fn unusual_layouts_of_whole_files_are_accepted() {
    let with_free = [FASTSTART, b"\0\0\0\x0cfree1234", b"\0\0\0\x1cuuid0123456789abcdefmore"].concat();
    assert!(verdict(&with_free).is_ok());

    let mut open_end = FASTSTART.to_vec();
    let mdat = place_of(&open_end, b"mdat") - 4;
    open_end[mdat..mdat + 4].fill(0);
    assert!(verdict(&open_end).is_ok());
    assert!(
        verdict(&open_end[..open_end.len() - 1]).is_err(),
        "only the tables tell of this cut"
    );

    // An empty `free` box stands before the media: together they make room for a long head.
    let mut long_head = HEAD_LAST.to_vec();
    let mdat = place_of(&long_head, b"mdat") - 4;
    let size = u64::from(u32::from_be_bytes(long_head[mdat..mdat + 4].try_into().unwrap())) + 8;
    assert_eq!(&long_head[mdat - 4..mdat], b"free");
    long_head[mdat - 8..mdat - 4].copy_from_slice(&1_u32.to_be_bytes());
    long_head[mdat - 4..mdat].copy_from_slice(b"mdat");
    long_head[mdat..mdat + 8].copy_from_slice(&size.to_be_bytes());
    assert!(verdict(&long_head).is_ok());
}

#[test]
fn what_is_no_video_is_named() {
    for (bytes, looks) in [
        (
            b"\r\n<!DOCTYPE html><html><body>Just a moment...".as_slice(),
            Looks::Html,
        ),
        (b"{\"code\":404,\"msg\":\"expired\"}", Looks::Json),
        (
            b"<?xml version=\"1.0\"?><Error><Code>AccessDenied</Code></Error>",
            Looks::Xml,
        ),
        (b"Not Found", Looks::Text),
        (b"\x89PNG\r\n\x1a\n0000", Looks::Picture),
        (b"\x1a\x45\xdf\xa3webm0000", Looks::OtherVideo),
        (b"PK\x03\x0400000000", Looks::Archive),
        (b"\x01\x02\x03\x04\x05\x06\x07\x08\x09", Looks::Unknown),
    ] {
        match verdict(bytes) {
            Err(Mp4Problem::NotVideo(found)) => assert_eq!(found, looks),
            other => panic!("{looks:?}: {other:?}"),
        }
    }
    assert!(matches!(verdict(b""), Err(Mp4Problem::Empty)));
    let said = verdict(b"<html>").unwrap_err();
    assert_eq!(
        said.say(Lang::En),
        "What arrived is not a video: it looks like a web page."
    );
    assert_eq!(said.say(Lang::Zh), "收到的不是视频，看起来是网页。");
}

#[test]
fn a_file_that_declares_billions_of_samples_is_refused_quickly() {
    let mut clip = FASTSTART.to_vec();
    let sizes = place_of(&clip, b"stsz") + 4;
    clip[sizes + 4..sizes + 12].copy_from_slice(&[0, 0, 0, 1, 0xff, 0xff, 0xff, 0xff]);
    let started = std::time::Instant::now();
    assert!(verdict(&clip).is_err());
    // A length that only claims to be large gives no more time either.
    assert!(check(&mut Cursor::new(FASTSTART), u64::MAX).is_err());
    assert!(started.elapsed().as_secs() < 2);
}

/// A file that counts what is read of it.
struct Counted<'a> {
    inner: Cursor<&'a [u8]>,
    reads: u64,
    bytes: u64,
}

impl std::io::Read for Counted<'_> {
    fn read(&mut self, out: &mut [u8]) -> std::io::Result<usize> {
        let read = self.inner.read(out)?;
        self.reads += 1;
        self.bytes += read as u64;
        Ok(read)
    }
}

impl std::io::Seek for Counted<'_> {
    fn seek(&mut self, to: std::io::SeekFrom) -> std::io::Result<u64> {
        self.inner.seek(to)
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(400))]

    #[test]
    fn no_change_makes_it_read_without_end(
        which in 0..3_usize,
        length in prop_oneof![Just(1_u64), 1..100_u64, Just(u64::MAX >> 1)],
        changes in prop::collection::vec((any::<prop::sample::Index>(), any::<[u8; 4]>()), 1..6),
    ) {
        let mut clip = [FASTSTART, HEAD_LAST, FRAGMENTED][which].to_vec();
        for (index, bytes) in changes {
            let at = index.index(clip.len() - 4);
            clip[at..at + 4].copy_from_slice(&bytes);
        }
        let claimed = (clip.len() as u64).saturating_mul(length);
        let mut file = Counted { inner: Cursor::new(&clip), reads: 0, bytes: 0 };
        let _ = check(&mut file, claimed);
        prop_assert!(file.reads < 100_000 && file.bytes < 64 << 20, "{} reads, {} bytes", file.reads, file.bytes);
    }

    #[test]
    fn no_bytes_make_it_panic(bytes in prop::collection::vec(any::<u8>(), 0..400)) {
        let _ = verdict(&bytes);
        let _ = verdict(&[b"\0\0\0\x10ftypisom\0\0\0\0".as_slice(), &bytes].concat());
    }

    #[test]
    fn no_change_makes_it_panic(
        which in 0..3_usize,
        changes in prop::collection::vec((any::<prop::sample::Index>(), prop_oneof![Just(0), Just(0xff), any::<u8>()]), 1..12),
    ) {
        let mut clip = [FASTSTART, HEAD_LAST, FRAGMENTED][which].to_vec();
        // Most of a clip is pictures; the heads are where a changed byte changes the way through.
        let boxes = [b"moov", b"moof", b"sidx", b"mfra"].map(|kind| clip.windows(4).position(|at| at == kind));
        let from = boxes.into_iter().flatten().min().unwrap_or(0);
        for (index, byte) in changes {
            let at = (from + index.index(3000)).min(clip.len() - 1);
            clip[at] = byte;
        }
        let _ = verdict(&clip);
    }
}
