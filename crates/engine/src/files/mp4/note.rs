//! A note of the app's own in a video file: one box of the file itself (`uuid`), which players pass over.
//!
//! It stands where nothing has to move for it: behind the last box, or before the index of random access, which is
//! looked for from the end of the file and must stay last. No offset inside the file changes, and the bytes that were
//! there are there as they were.

use std::io::{Read, Seek, SeekFrom};

use super::problem::Mp4Problem;
use super::source::Source;
use super::{PARTS, begins_as_mp4};

/// The box's own name.
const NAME: [u8; 16] = [
    0x53, 0x68, 0x6f, 0x74, 0x62, 0x6f, 0x61, 0x72, 0x64, 0x21, 0x4e, 0x6f, 0x74, 0x65, 0x00, 0x01,
];
/// Length, `uuid` and the name.
const HEAD: u64 = 24;
/// The longest note, in bytes. No recipe comes near it; one that would is left out.
pub const LONGEST_NOTE: usize = 128 << 10;

/// A note as a box; `None` where it is too long to be one.
pub fn note_box(note: &[u8]) -> Option<Vec<u8>> {
    let length = u32::try_from(note.len()).ok()?.checked_add(24)?;
    (note.len() <= LONGEST_NOTE).then(|| [&length.to_be_bytes(), b"uuid".as_slice(), &NAME, note].concat())
}

/// Where a note may be put into a whole file of `length` bytes; `None` where its last box says "to the end" and would
/// swallow it.
///
/// # Errors
/// The file is not a whole row of boxes.
pub fn place_for_note(file: &mut (impl Read + Seek), length: u64) -> Result<Option<u64>, Mp4Problem> {
    let mut source = Source::new(file, length);
    let mut place = Some(length);
    walk(&mut source, |source, start, kind, end| {
        place = match kind {
            _ if end == length && source.u32(start)? == 0 => None,
            b"mfra" if end == length => Some(start),
            _ => Some(length),
        };
        Ok(())
    })?;
    Ok(place)
}

/// The last note in a file of `length` bytes. The file is somebody else's word: no more than [`LONGEST_NOTE`] is read of
/// a note, and of everything else only the heads of its boxes.
///
/// # Errors
/// It is no MP4, or its boxes do not lie in a row.
pub fn read_note(file: &mut (impl Read + Seek), length: u64) -> Result<Option<Vec<u8>>, Mp4Problem> {
    let mut found = None;
    let mut source = Source::new(file, length);
    begins_as_mp4(&mut source)?;
    walk(&mut source, |source, start, kind, end| {
        let body = start + 8;
        // Only as it is written here: with a plain length.
        if kind == b"uuid" && end - start >= HEAD && source.u32(start)? > 1 && source.read(body, 16)? == NAME {
            found = Some((start + HEAD, end));
        }
        Ok(())
    })?;
    let Some((from, end)) = found else { return Ok(None) };
    let Some(count) = usize::try_from(end - from).ok().filter(|count| *count <= LONGEST_NOTE) else {
        return Ok(None);
    };
    let mut note = vec![0; count];
    let read = file
        .seek(SeekFrom::Start(from))
        .and_then(|_| file.read_exact(&mut note));
    read.map_err(Mp4Problem::Unreadable)?;
    Ok(Some(note))
}

/// Walks the boxes of the file itself: where each begins, what it is, where it ends.
fn walk<'a>(
    source: &mut Source<'a>,
    mut each: impl FnMut(&mut Source<'a>, u64, &[u8; 4], u64) -> Result<(), Mp4Problem>,
) -> Result<(), Mp4Problem> {
    let mut at = 0;
    let mut parts = 0;
    while let Some(piece) = source.outer(at)? {
        parts += 1;
        if parts > PARTS {
            return super::damaged(at, "it declares more parts than any real video has");
        }
        each(source, piece.start, &piece.kind, piece.end)?;
        at = piece.end;
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use std::io::Cursor;

    use proptest::prelude::*;

    use super::*;
    use crate::files::mp4::check;

    const FASTSTART: &[u8] = include_bytes!("fixtures/faststart.mp4");
    const HEAD_LAST: &[u8] = include_bytes!("fixtures/moov-at-end.mp4");
    const FRAGMENTED: &[u8] = include_bytes!("fixtures/fragmented.mp4");
    const NOTE: &[u8] = "{\"prompt\":\"雨 \u{1F327}\"}".as_bytes();

    fn noted(clip: &[u8], note: &[u8]) -> Vec<u8> {
        let at = place_for_note(&mut Cursor::new(clip), clip.len() as u64)
            .unwrap()
            .unwrap() as usize;
        [&clip[..at], &note_box(note).unwrap(), &clip[at..]].concat()
    }

    fn read(bytes: &[u8]) -> Result<Option<Vec<u8>>, Mp4Problem> {
        read_note(&mut Cursor::new(bytes), bytes.len() as u64)
    }

    fn whole(bytes: &[u8]) -> bool {
        check(&mut Cursor::new(bytes), bytes.len() as u64).is_ok()
    }

    #[test]
    fn every_shape_takes_a_note_gives_it_back_and_is_as_whole_as_before() {
        for clip in [FASTSTART, HEAD_LAST, FRAGMENTED] {
            assert_eq!(read(clip).unwrap(), None);
            let with = noted(clip, NOTE);
            assert_eq!(read(&with).unwrap().as_deref(), Some(NOTE));
            let length = |bytes: &[u8]| check(&mut Cursor::new(bytes), bytes.len() as u64).unwrap();
            assert_eq!(length(&with), length(clip));
        }
    }

    #[test]
    fn nothing_but_the_index_of_fragments_stands_behind_it() {
        for clip in [FASTSTART, HEAD_LAST] {
            assert!(noted(clip, NOTE).starts_with(clip));
        }
        let with = noted(FRAGMENTED, NOTE);
        // The last four bytes of the file are the length of its index, which begins there.
        let last = u32::from_be_bytes(with[with.len() - 4..].try_into().unwrap()) as usize;
        assert_eq!(&with[with.len() - last + 4..][..4], b"mfra");
        assert!(FRAGMENTED.ends_with(&with[with.len() - last..]));
        assert!(with.starts_with(&FRAGMENTED[..FRAGMENTED.len() - last]));
    }

    #[test]
    fn a_box_that_goes_to_the_end_is_left_alone() {
        let mut open_end = FASTSTART.to_vec();
        let mdat = open_end.windows(4).position(|at| at == b"mdat").unwrap() - 4;
        open_end[mdat..mdat + 4].fill(0);
        assert!(whole(&open_end));
        let place = place_for_note(&mut Cursor::new(&open_end), open_end.len() as u64).unwrap();
        assert_eq!(place, None);
        assert_eq!(read(&open_end).unwrap(), None);
    }

    #[test]
    fn every_cut_of_a_file_with_a_note_is_still_found() {
        for clip in [FASTSTART, HEAD_LAST, FRAGMENTED] {
            let with = noted(clip, NOTE);
            let at = place_for_note(&mut Cursor::new(clip), clip.len() as u64)
                .unwrap()
                .unwrap() as usize;
            let behind = at + note_box(NOTE).unwrap().len();
            for cut in 0..with.len() {
                // Exactly before the note, or exactly before the index behind it, nothing of the media is missing.
                if cut != at && cut != behind && (cut % 7 == 0 || cut + 400 > at) {
                    assert!(!whole(&with[..cut]), "cut at {cut} of {}", with.len());
                }
            }
        }
    }

    #[test]
    fn the_last_of_two_notes_counts_and_too_long_a_one_is_none() {
        let twice = noted(&noted(FASTSTART, b"first"), b"second");
        assert_eq!(read(&twice).unwrap().as_deref(), Some(b"second".as_slice()));
        assert_eq!(note_box(&vec![b'x'; LONGEST_NOTE + 1]), None);
        let mut long = FASTSTART.to_vec();
        let content = vec![b'x'; LONGEST_NOTE + 1];
        long.extend(u32::try_from(content.len() + 24).unwrap().to_be_bytes());
        long.extend([b"uuid".as_slice(), &NAME, &content].concat());
        assert_eq!(read(&long).unwrap(), None);
    }

    proptest! {
        #[test]
        fn no_change_makes_the_reader_panic_or_read_much(
            changes in prop::collection::vec((any::<prop::sample::Index>(), any::<[u8; 4]>()), 1..6),
            claimed in prop_oneof![Just(1_u64), Just(3), Just(u64::MAX >> 20)],
        ) {
            let mut clip = noted(HEAD_LAST, NOTE);
            let heads = [0, clip.len() - 400];
            for (index, bytes) in changes {
                let at = (heads[usize::from(bytes[0] & 1)] + index.index(380)).min(clip.len() - 4);
                clip[at..at + 4].copy_from_slice(&bytes);
            }
            let length = (clip.len() as u64).saturating_mul(claimed);
            if let Ok(Some(note)) = read_note(&mut Cursor::new(&clip), length) {
                prop_assert!(note.len() <= LONGEST_NOTE);
            }
            let _ = place_for_note(&mut Cursor::new(&clip), length);
        }

        #[test]
        fn whatever_is_noted_comes_back(note in prop::collection::vec(any::<u8>(), 0..3000), which in 0..3_usize) {
            let clip = [FASTSTART, HEAD_LAST, FRAGMENTED][which];
            prop_assert_eq!(read(&noted(clip, &note)).unwrap(), Some(note));
        }
    }
}
