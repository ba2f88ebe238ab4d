//! Saved videos, compared byte by byte with what the stand-in service serves. Behind it stands the app's recipe.

use std::{
    fs,
    path::{Path, PathBuf},
};

/// The stand-in's own files.
const ORIGINALS: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/../../crates/simulator/clips");

/// Every file named `.mp4` below a folder. Such a name promises a whole video, whenever one looks.
///
/// # Panics
/// One of them is not, byte by byte, a clip of the stand-in service with its recipe behind it.
pub fn saved_clips(folder: &Path) -> Vec<PathBuf> {
    let originals: Vec<Vec<u8>> = videos(Path::new(ORIGINALS))
        .iter()
        .filter_map(|clip| fs::read(clip).ok())
        .collect();
    assert!(!originals.is_empty(), "the stand-in has clips");
    let mut saved = videos(folder);
    saved.sort();
    for clip in &saved {
        let bytes = fs::read(clip).expect("a saved clip can be read");
        let whole = originals.iter().any(|made| is_with_recipe(&bytes, made));
        assert!(whole, "{} is not a whole clip with its recipe", clip.display());
    }
    saved
}

/// Whether a file is a clip, byte by byte, and behind it one box that says how it was made.
fn is_with_recipe(bytes: &[u8], made: &[u8]) -> bool {
    bytes.strip_prefix(made).is_some_and(|note| {
        let length = note.first_chunk().map(|length| u32::from_be_bytes(*length) as usize);
        length == Some(note.len()) && note[4..].starts_with(b"uuidShotboard!Note") && note.ends_with(b"}\n")
    })
}

/// Waits until so many whole videos lie below a folder.
pub async fn wait_for_clips(folder: &Path, count: usize) -> Vec<PathBuf> {
    crate::until(format!("{count} saved videos"), async || {
        let saved = saved_clips(folder);
        (saved.len() >= count).then_some(saved)
    })
    .await
}

fn videos(folder: &Path) -> Vec<PathBuf> {
    let mut found = Vec::new();
    for entry in fs::read_dir(folder).into_iter().flatten().flatten() {
        let path = entry.path();
        if path.is_dir() {
            found.extend(videos(&path));
        } else if path.extension().is_some_and(|end| end == "mp4") {
            found.push(path);
        }
    }
    found
}
