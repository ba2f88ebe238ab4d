//! Dates for people and for names of files.

use engine::clock::{Clock as _, SystemClock, local_midnight};

const DAY: i64 = 86_400_000;

/// Milliseconds since 1970, UTC.
pub(crate) fn now_ms() -> i64 {
    SystemClock.now_ms()
}

/// A moment as it may stand in a file's name: `20261122T090503Z`.
pub(crate) fn utc_stamp(at: i64) -> String {
    let (year, month, day) = civil(at.div_euclid(DAY));
    let second = at.rem_euclid(DAY) / 1000;
    format!(
        "{year:04}{month:02}{day:02}T{:02}{:02}{:02}Z",
        second / 3600,
        second / 60 % 60,
        second % 60
    )
}

/// The local day as `2026-11-22`.
pub(crate) fn local_date(at: i64) -> String {
    // Noon of the local day falls on the same day in UTC, but for the few zones more than twelve hours off.
    let (year, month, day) = civil((local_midnight(at) + DAY / 2).div_euclid(DAY));
    format!("{year:04}-{month:02}-{day:02}")
}

/// Year, month and day of a day since 1970 (Howard Hinnant, "chrono-Compatible Low-Level Date Algorithms").
fn civil(days: i64) -> (i64, i64, i64) {
    let shifted = days + 719_468;
    let era = shifted.div_euclid(146_097);
    let of_era = shifted.rem_euclid(146_097);
    let year_of_era = (of_era - of_era / 1_460 + of_era / 36_524 - of_era / 146_096) / 365;
    let of_year = of_era - (365 * year_of_era + year_of_era / 4 - year_of_era / 100);
    let shifted_month = (5 * of_year + 2) / 153;
    let day = of_year - (153 * shifted_month + 2) / 5 + 1;
    let month = if shifted_month < 10 {
        shifted_month + 3
    } else {
        shifted_month - 9
    };
    (year_of_era + era * 400 + i64::from(month <= 2), month, day)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn days_have_their_names() {
        for (at, stamp) in [
            (0, "19700101T000000Z"),
            (951_782_400_000, "20000229T000000Z"),
            (1_795_338_303_999, "20261122T090503Z"),
            (4_107_542_399_000, "21000228T235959Z"),
            (-1_000, "19691231T235959Z"),
        ] {
            assert_eq!(utc_stamp(at), stamp);
        }
    }
}
