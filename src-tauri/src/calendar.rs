//! Dates for people and for names of files.

use jiff::{Timestamp, Zoned};

/// This moment as it may stand in a file's name, in UTC: `20261122T090503Z`.
pub(crate) fn utc_stamp() -> String {
    Timestamp::now().strftime("%Y%m%dT%H%M%SZ").to_string()
}

/// The local day as `2026-11-22`.
pub(crate) fn today() -> String {
    Zoned::now().date().to_string()
}
