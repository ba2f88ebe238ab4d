//! Boxes of an MP4, read and written plainly. It shares nothing with the check that it puts to the proof.

use std::ops::Range;

/// The boxes of a range: kind, and where they stand.
pub(super) fn list(bytes: &[u8], within: Range<usize>) -> Vec<([u8; 4], Range<usize>)> {
    let mut found = Vec::new();
    let mut at = within.start;
    while at + 8 <= within.end {
        let size = match number(bytes, at, 4) {
            0 => within.end - at,
            1 => number(bytes, at + 8, 8),
            size => size,
        };
        found.push((bytes[at + 4..at + 8].try_into().unwrap(), at..at + size));
        at += size.max(8);
    }
    found
}

/// The first box at this path below the file, without its head.
pub(super) fn find(bytes: &[u8], within: Range<usize>, path: &[&[u8; 4]]) -> Option<Range<usize>> {
    let (first, rest) = path.split_first()?;
    let (_, place) = list(bytes, within).into_iter().find(|(kind, _)| kind == *first)?;
    let body = place.start + 8..place.end;
    if rest.is_empty() {
        Some(body)
    } else {
        find(bytes, body, rest)
    }
}

/// A number of `width` bytes.
pub(super) fn number(bytes: &[u8], at: usize, width: usize) -> usize {
    bytes[at..at + width]
        .iter()
        .fold(0, |sum, &byte| sum << 8 | usize::from(byte))
}

/// A box.
pub(super) fn boxed(kind: &[u8; 4], body: &[u8]) -> Vec<u8> {
    let size = u32::try_from(body.len() + 8).unwrap();
    [&size.to_be_bytes(), kind.as_slice(), body].concat()
}

/// A box with version and flags.
pub(super) fn full(kind: &[u8; 4], version: u8, flags: u32, body: &[u8]) -> Vec<u8> {
    let head = (u32::from(version) << 24 | flags).to_be_bytes();
    boxed(kind, &[&head, body].concat())
}

/// Numbers of four bytes.
pub(super) fn words(numbers: &[usize]) -> Vec<u8> {
    numbers
        .iter()
        .flat_map(|&number| u32::try_from(number).unwrap().to_be_bytes())
        .collect()
}
