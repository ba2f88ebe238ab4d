//! Videos to be fetched: a real clip, made as long as a test needs by a box that players skip.

use std::sync::LazyLock;

const SMALL: &[u8] = include_bytes!("../../../../../crates/engine/src/files/mp4/fixtures/moov-at-end.mp4");
/// A clip in fragments, as streaming encoders write them.
pub const FRAGMENTED: &[u8] = include_bytes!("../../../../../crates/engine/src/files/mp4/fixtures/fragmented.mp4");

/// The clip as it is: some 40 kB.
pub fn small() -> Vec<u8> {
    SMALL.to_vec()
}

/// A clip of exactly `length` bytes. `version` tells two of the same length apart, from the end of the real clip on.
pub fn long(length: usize, version: u64) -> Vec<u8> {
    let mut bytes = small();
    let box_length = length.checked_sub(bytes.len()).expect("longer than the clip itself");
    bytes.extend(u32::try_from(box_length).expect("a box").to_be_bytes());
    bytes.extend(b"free");
    let mut state = version.wrapping_mul(0x9e37_79b9_7f4a_7c15) | 1;
    while bytes.len() < length {
        // xorshift: no two places alike, and never zeros.
        state ^= state << 13;
        state ^= state >> 7;
        state ^= state << 17;
        let some = state.to_le_bytes();
        let fits = some.len().min(length - bytes.len());
        bytes.extend(&some[..fits]);
    }
    bytes
}

/// Where each fragment of [`FRAGMENTED`] begins.
pub fn fragment_starts() -> Vec<usize> {
    let (mut at, mut found) = (0, vec![]);
    while at + 8 <= FRAGMENTED.len() {
        let length = u32::from_be_bytes(FRAGMENTED[at..at + 4].try_into().expect("four bytes"));
        if &FRAGMENTED[at + 4..at + 8] == b"moof" {
            found.push(at);
        }
        at += usize::try_from(length).expect("small").max(8);
    }
    found
}

/// Two versions of the middle-sized clip that most rows fetch.
pub static ONE: LazyLock<Vec<u8>> = LazyLock::new(|| long(600_000, 1));
/// As long as [`ONE`], other bytes behind the first 40 kB.
pub static TWO: LazyLock<Vec<u8>> = LazyLock::new(|| long(600_000, 2));

/// Whether a saved file is what was made: byte for byte, or with one recipe in the only place where it may stand.
pub fn is(there: &[u8], made: &[u8]) -> bool {
    there == made || carries(there, made)
}

/// Whether a saved file is what was made, byte for byte, and exactly one recipe of the app's: behind it, or before the
/// index of fragments, which stays last. Written without the app's own reader.
pub fn carries(there: &[u8], made: &[u8]) -> bool {
    let number = |at: &[u8]| u32::from_be_bytes(at.try_into().expect("four bytes")) as usize;
    let index = made
        .len()
        .checked_sub(number(&made[made.len() - 4..]))
        .filter(|at| made[at + 4..].starts_with(b"mfra"));
    let at = index.unwrap_or(made.len());
    let Some(more) = there.len().checked_sub(made.len()).filter(|more| *more > 24) else {
        return false;
    };
    let note = &there[at..at + more];
    let recipe: Option<serde_json::Value> = serde_json::from_slice(&note[24..]).ok();
    there[..at] == made[..at]
        && there[at + more..] == made[at..]
        && number(&note[..4]) == more
        && note[4..].starts_with(b"uuidShotboard!Note\0\x01")
        && recipe.is_some_and(|recipe| recipe["shotboard"] == 1 && recipe["taskId"].is_string())
}
