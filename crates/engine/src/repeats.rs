//! Failures in a row with one cause: after so many of them, what is left would most likely fail the same way, and the
//! queue stops to be looked at. What was sent before the user last went on is no news and does not count.

use std::sync::Mutex;

use crate::engine::core::locked;
use crate::trouble::Trouble;

/// What came to nothing in a row.
#[derive(Debug, Default)]
pub(crate) struct Repeats(Mutex<Row>);

#[derive(Debug, Default)]
struct Row {
    cause: String,
    times: u32,
    /// When the user last went on (ms).
    since: i64,
}

impl Repeats {
    /// The user goes on: counted from here.
    pub(crate) fn afresh(&self, now: i64) {
        *locked(&self.0) = Row {
            since: now,
            ..Row::default()
        };
    }

    /// A video was made: whatever failed before it does not fail always.
    pub(crate) fn worked(&self) {
        locked(&self.0).times = 0;
    }

    /// A purchase that left at `sent_at` (ms) came to nothing at `now`: how many did so in a row for this cause.
    pub(crate) fn failed(&self, trouble: &Trouble, sent_at: i64, now: i64) -> u32 {
        let mut row = locked(&self.0);
        // One that lies ahead was noted before the clock was set back.
        if sent_at < row.since && row.since <= now {
            return 0;
        }
        let cause = cause(trouble);
        row.times = if row.cause == cause {
            row.times.saturating_add(1)
        } else {
            1
        };
        row.cause = cause;
        row.times
    }
}

/// What makes two failures the same: their row of the table, and where that is the general one, the service's code and
/// its words without their numbers.
fn cause(trouble: &Trouble) -> String {
    let code = match trouble {
        Trouble::Refused { code, .. } => code.to_string(),
        Trouble::GenerationFailed { code, .. } => code.map(|code| code.to_string()).unwrap_or_default(),
        _ => return trouble.code().to_owned(),
    };
    let words: String = trouble
        .service()
        .unwrap_or_default()
        .chars()
        .filter(|letter| !letter.is_ascii_digit())
        .take(120)
        .collect();
    format!("{} {code} {}", trouble.code(), words.to_lowercase())
}
