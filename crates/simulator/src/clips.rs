//! The videos: real short MP4s with picture and sound, built in (how they were made: `clips/README.md`).

use std::sync::LazyLock;

use bytes::Bytes;

use crate::draw::digest;

/// One video file.
#[derive(Debug)]
pub(crate) struct Clip {
    pub bytes: Bytes,
    /// A strong validator: it changes with the bytes.
    pub etag: String,
}

const LANDSCAPE: [&[u8]; 3] = [
    include_bytes!("../clips/dawn.mp4"),
    include_bytes!("../clips/dunes.mp4"),
    include_bytes!("../clips/reef.mp4"),
];
const PORTRAIT: [&[u8]; 2] = [
    include_bytes!("../clips/aurora.mp4"),
    include_bytes!("../clips/tide.mp4"),
];

static CLIPS: LazyLock<Vec<Clip>> = LazyLock::new(|| {
    LANDSCAPE
        .iter()
        .chain(&PORTRAIT)
        .map(|bytes| Clip {
            bytes: Bytes::from_static(bytes),
            etag: etag(bytes),
        })
        .collect()
});

/// A quoted strong validator of some bytes.
pub(crate) fn etag(bytes: &[u8]) -> String {
    use sha2::{Digest, Sha256};
    let sum: String = Sha256::digest(bytes)
        .iter()
        .take(16)
        .map(|byte| format!("{byte:02x}"))
        .collect();
    format!("\"{sum}\"")
}

/// The clip of this number; an unknown number (from another version's journal) gets the first.
pub(crate) fn clip(number: usize) -> &'static Clip {
    &CLIPS[if number < CLIPS.len() { number } else { 0 }]
}

/// Which clip a prompt gets at this ratio.
pub(crate) fn choose(prompt: &str, ratio: &str) -> usize {
    let hash = usize::from_str_radix(&digest(&[prompt])[..8], 16).unwrap_or(0);
    if ratio == "9:16" {
        LANDSCAPE.len() + hash % PORTRAIT.len()
    } else {
        hash % LANDSCAPE.len()
    }
}

/// Another clip of the same shape.
pub(crate) fn other(number: usize) -> usize {
    if number < LANDSCAPE.len() {
        (number + 1) % LANDSCAPE.len()
    } else {
        LANDSCAPE.len() + (number + 1 - LANDSCAPE.len()) % PORTRAIT.len()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Name and body of the top-level boxes; panics unless they fill the file exactly.
    fn boxes(mut bytes: &[u8]) -> Vec<(String, &[u8])> {
        let mut found = Vec::new();
        while !bytes.is_empty() {
            let size = u32::from_be_bytes(bytes[..4].try_into().unwrap()) as usize;
            found.push((String::from_utf8_lossy(&bytes[4..8]).into_owned(), &bytes[8..size]));
            bytes = &bytes[size..];
        }
        found
    }

    fn holds(bytes: &[u8], what: &[u8]) -> bool {
        bytes.windows(what.len()).any(|window| window == what)
    }

    #[test]
    fn every_clip_is_a_whole_mp4_with_picture_and_sound_ready_to_stream() {
        for clip in CLIPS.iter() {
            let boxes = boxes(&clip.bytes);
            let names: Vec<_> = boxes.iter().map(|(name, _)| name.as_str()).collect();
            assert_eq!(names.first(), Some(&"ftyp"));
            let at = |wanted: &str| names.iter().position(|name| *name == wanted).unwrap();
            assert!(at("moov") < at("mdat"), "the index comes first: {names:?}");
            let (_, moov) = &boxes[at("moov")];
            for part in [&b"avc1"[..], b"mp4a", b"vide", b"soun"] {
                assert!(holds(moov, part), "{}", String::from_utf8_lossy(part));
            }
            assert!(clip.bytes.len() < 260_000, "{} bytes", clip.bytes.len());
        }
        let mut etags: Vec<_> = CLIPS.iter().map(|clip| &clip.etag).collect();
        etags.sort();
        etags.dedup();
        assert_eq!(etags.len(), 5, "all different");
    }

    #[test]
    fn a_prompt_keeps_its_clip_and_the_clip_its_shape() {
        for prompt in ["fox", "海", "a long walk", "night market", ""] {
            assert!(choose(prompt, "16:9") < 3 && other(choose(prompt, "16:9")) < 3);
            assert!((3..5).contains(&choose(prompt, "9:16")) && (3..5).contains(&other(choose(prompt, "9:16"))));
            assert_ne!(other(choose(prompt, "16:9")), choose(prompt, "16:9"));
            assert_eq!(choose(prompt, "16:9"), choose(prompt, "16:9"));
        }
    }
}
