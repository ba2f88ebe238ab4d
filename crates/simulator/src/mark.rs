//! Faults asked for in the prompt: `[fault:cut-download]`, `[fault:rate-limited x2]`, at any place in the text.
//!
//! A marker that names no known fault is plain text, as the service would take it.

use serde::{Deserialize, Serialize};

use crate::fault::Fault;

/// One fault that a task carries.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Mark {
    pub fault: Fault,
    /// It strikes this many times; without a number the fault's own habit counts.
    pub first: Option<u32>,
}

/// Every marker of a text, in its order.
pub(crate) fn marks(text: &str) -> Vec<Mark> {
    text.split("[fault:")
        .skip(1)
        .filter_map(|rest| {
            let (inside, _) = rest.split_once(']')?;
            let mut words = inside.split_whitespace();
            let fault = words.next()?.parse().ok()?;
            let first = match words.next() {
                Some(word) => Some(word.strip_prefix('x')?.parse().ok()?),
                None => None,
            };
            words.next().is_none().then_some(Mark { fault, first })
        })
        .collect()
}

/// Markers in a file's bytes: an image carries them in a comment or behind its end.
pub(crate) fn marks_in_bytes(bytes: &[u8]) -> Vec<Mark> {
    const REACH: usize = 64 * 1024;
    let tail = bytes.len().saturating_sub(REACH).max(REACH.min(bytes.len()));
    let mut found = marks(&String::from_utf8_lossy(&bytes[..bytes.len().min(REACH)]));
    found.extend(marks(&String::from_utf8_lossy(&bytes[tail..])));
    found
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn markers_are_found_anywhere_and_counted() {
        let found =
            marks("一只猫[fault:lost-reply]runs [fault:cut-download x3] [fault:nonsense] [fault:reset y2] [fault:");
        assert_eq!(
            found,
            [
                Mark {
                    fault: Fault::LostReply,
                    first: None
                },
                Mark {
                    fault: Fault::CutDownload,
                    first: Some(3)
                }
            ]
        );
    }

    #[test]
    fn a_marker_behind_a_picture_is_seen_once() {
        let mut bytes = vec![0xFF; 40];
        bytes.extend_from_slice(b"[fault:upload-500 x1]");
        assert_eq!(
            marks_in_bytes(&bytes),
            [Mark {
                fault: Fault::Upload500,
                first: Some(1)
            }]
        );
        bytes.splice(0..0, vec![0; 300_000]);
        assert_eq!(marks_in_bytes(&bytes).len(), 1);
    }
}
