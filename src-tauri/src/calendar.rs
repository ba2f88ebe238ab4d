//! Dates for people and for names of folders.

use jiff::Zoned;

/// The local day as `2026-11-22`.
pub(crate) fn today() -> String {
    Zoned::now().date().to_string()
}
