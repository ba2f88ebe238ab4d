//! What the balance says about one purchase whose answer was lost.
//!
//! A balance is one number for a whole account, so it speaks of one purchase only where everything else that could
//! have moved it is accounted for. Where that cannot be shown, the answer is "cannot tell" with the reason, never a
//! guess. What no balance can show: one lone purchase of the very same price that somebody else makes with the same
//! account in these very minutes. Hence "likely", and nobody but the user acts on it.

use serde::{Deserialize, Serialize};

/// How far back the account is looked at, and how long after the purchase another unknown one disturbs it (ms).
const RECENT_MS: i64 = 10 * 60_000;
/// What was bought longer ago than this was made or given back meanwhile (ms).
const LONG_AGO_MS: i64 = 60 * 60_000;
/// How long before a reading nothing may have been bought for it to be the start of an account (ms).
const STILL_MS: i64 = 3_000;
/// How much earlier a reading may be than the one noted before it, with the clock left alone (ms).
const JITTER_MS: i64 = 2_000;
/// Half a hundredth of a credit: balances are floats.
const SAME: f64 = 0.005;

/// What the balance says.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", tag = "says", content = "why")]
pub enum Verdict {
    /// It fell by the price, stayed there, and nothing else that is known could have moved it.
    LikelyBought,
    /// It has not moved in the longest settle time, and nothing that is known could have hidden a charge.
    LikelyNotBought,
    /// It speaks of more than this purchase, or not at all.
    CannotTell(Why),
}

/// Why a balance cannot tell.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub enum Why {
    /// It is not known what the account held shortly before.
    NoneBefore,
    /// It could not be heard often enough afterwards.
    NoneAfter,
    /// The price of this or of another purchase is not known.
    NoPrice,
    /// Another purchase of these minutes is unknown too.
    AnotherUnknown,
    /// Credits of other tasks may have been given back meanwhile.
    GivenBack,
    /// Credits went before this one was sent, and this app did not spend them: something else uses the account.
    UsedElsewhere,
    /// It moved by something else than the price.
    MovedOtherwise,
    /// It fell after the settle time: the service may have been late, or somebody else bought.
    MovedLate,
    /// The app was closed for too long after sending.
    ClosedTooLong,
}

/// When the balance is heard after an answer was lost (ms).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Pace {
    /// The first time; purchases are held until then.
    pub first: i64,
    /// The second.
    pub second: i64,
    /// The settle time: before it nothing is said.
    pub longest: i64,
    /// The last look, which can only take back what was said.
    pub last: i64,
}

impl Default for Pace {
    fn default() -> Self {
        Self {
            first: 3_000,
            second: 30_000,
            longest: 120_000,
            last: 600_000,
        }
    }
}

impl Pace {
    /// When the balance is to be heard, counted from when the answer was lost. One more than the settle time needs, for
    /// a charge that came late.
    pub fn looks(&self) -> [i64; 5] {
        [self.first, self.second, self.longest, self.longest * 2, self.last]
    }

    /// How far apart two readings must be to confirm each other.
    fn apart(&self) -> i64 {
        (self.longest - self.second) * 4 / 5
    }
}

/// A balance that was heard.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Reading {
    /// When it was asked for (ms).
    pub asked_at: i64,
    /// When the answer was there (ms).
    pub heard_at: i64,
    /// Credits.
    pub credits: f64,
}

/// What became of another purchase.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Fate {
    /// On the wire now.
    Sent,
    /// The service took it for sure.
    Taken,
    /// Nobody knew in these minutes.
    Unknown,
}

/// Another purchase that was not refused, of any key: two keys may belong to one account.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Other {
    /// When it was sent (ms).
    pub sent_at: i64,
    /// When it was answered (ms).
    pub answered_at: Option<i64>,
    /// What became of it.
    pub fate: Fate,
    /// Credits.
    pub price: Option<f64>,
    /// Whether its video was made, so that nothing is given back.
    pub made: bool,
    /// When it was last asked about and had not failed (ms).
    pub seen_at: Option<i64>,
    /// When it was heard to have come to nothing (ms).
    pub ended_at: Option<i64>,
}

/// Everything that is known about one lost answer.
#[derive(Clone, Debug, Default)]
pub struct Case {
    /// When it was sent (ms).
    pub sent_at: i64,
    /// When its answer was lost (ms).
    pub lost_at: i64,
    /// Credits.
    pub price: Option<f64>,
    /// Balances of its key, in the order in which they were heard.
    pub readings: Vec<Reading>,
    /// Other purchases since an hour before it.
    pub others: Vec<Other>,
    /// Now (ms).
    pub now: i64,
}

impl Other {
    /// Whether it was on the wire at some time from `from` to `to`.
    fn on_the_wire(&self, from: i64, to: i64) -> bool {
        self.sent_at <= to && self.answered_at.is_none_or(|at| at >= from)
    }

    /// Whether credits of it may have come back between `from` and `to`.
    fn may_be_given_back(&self, from: i64, to: i64) -> bool {
        let past = self.ended_at.is_some_and(|at| at < from - RECENT_MS);
        let seen = self.seen_at.is_some_and(|at| at >= to);
        self.fate == Fate::Taken && self.sent_at < to && !self.made && !seen && !past
    }
}

impl Case {
    /// What the balance says; `None` while it is still being watched.
    pub fn judge(&self, pace: &Pace) -> Option<Verdict> {
        use Verdict::CannotTell;
        let Some(price) = self.price.filter(|price| *price > SAME) else {
            return Some(CannotTell(Why::NoPrice));
        };
        if self.lost_at - self.sent_at > RECENT_MS {
            return Some(CannotTell(Why::ClosedTooLong));
        }
        // Before anything else: what it took is no sign of somebody else.
        if self.another_unknown_by(self.sent_at) {
            return Some(CannotTell(Why::AnotherUnknown));
        }
        let readings = self.calm();
        let before = match self.start(&readings) {
            Ok(before) => before,
            Err(why) => return Some(CannotTell(why)),
        };
        let after: Vec<Reading> = readings
            .iter()
            .filter(|reading| reading.asked_at >= self.lost_at + pace.first * 9 / 10)
            .copied()
            .collect();
        let mut moves: Vec<(Reading, bool)> = Vec::new();
        for reading in after {
            if self.another_unknown_by(reading.heard_at) {
                return Some(CannotTell(Why::AnotherUnknown));
            }
            let moved = match self.unexplained(&before, &reading) {
                Some(moved) => moved,
                None => return Some(CannotTell(Why::NoPrice)),
            };
            let fell = (moved + price).abs() < SAME;
            let fell_before = moves.last().is_some_and(|(_, fell)| *fell);
            // Neither the price nor nothing; or it came back.
            if !fell && (moved.abs() >= SAME || fell_before) {
                return Some(CannotTell(Why::MovedOtherwise));
            }
            moves.push((reading, fell));
            if reading.asked_at < self.lost_at + pace.longest {
                continue;
            }
            let confirmed = moves
                .iter()
                .any(|(other, same)| *same == fell && reading.asked_at - other.asked_at >= pace.apart());
            if confirmed && fell {
                return Some(Verdict::LikelyBought);
            }
            if confirmed {
                return self.nothing_moved(&before, &reading, pace);
            }
        }
        if self.another_unknown_by(self.now) {
            return Some(CannotTell(Why::AnotherUnknown));
        }
        (self.now > self.lost_at + pace.last + pace.longest).then_some(CannotTell(Why::NoneAfter))
    }

    /// The balance did not move until `settled`: whether that can be because a charge was hidden by credits that came
    /// back, or was late.
    fn nothing_moved(&self, before: &Reading, settled: &Reading, pace: &Pace) -> Option<Verdict> {
        let later = self.calm().into_iter().filter(|reading| {
            reading.asked_at > settled.asked_at && reading.asked_at <= self.lost_at + pace.last + pace.longest
        });
        for reading in later {
            if self.unexplained(before, &reading).is_none_or(|moved| moved < -SAME) {
                return Some(Verdict::CannotTell(Why::MovedLate));
            }
        }
        let hides = |other: &&Other| other.may_be_given_back(before.asked_at, settled.heard_at);
        let mut hiding = self.others.iter().filter(hides).peekable();
        if hiding.peek().is_none() {
            return Some(Verdict::LikelyNotBought);
        }
        // One that is still being made is asked about again soon, and then it is known not to have failed until then.
        let failed = hiding.any(|other| other.ended_at.is_some());
        let in_vain = self.now > self.lost_at + pace.last + pace.longest;
        (failed || in_vain).then_some(Verdict::CannotTell(Why::GivenBack))
    }

    /// Readings during which nothing was on the wire, in order; none from before the clock was set back.
    fn calm(&self) -> Vec<Reading> {
        let mut readings: Vec<Reading> = Vec::with_capacity(self.readings.len());
        for reading in &self.readings {
            if readings
                .last()
                .is_some_and(|last| last.heard_at > reading.heard_at + JITTER_MS)
            {
                readings.clear();
            }
            readings.push(*reading);
        }
        // Two that were asked for at the same time may be noted in either order.
        readings.sort_by_key(|reading| reading.heard_at);
        readings.retain(|reading| {
            let own = self.sent_at < reading.heard_at && self.lost_at > reading.asked_at;
            !own && !self
                .others
                .iter()
                .any(|other| other.on_the_wire(reading.asked_at, reading.heard_at))
        });
        readings
    }

    /// The reading that the account starts from: the last one before sending that is itself accounted for, back to one
    /// before which nothing was bought for a while. So a service that charges late is noticed.
    fn start(&self, readings: &[Reading]) -> Result<Reading, Why> {
        let mut start: Option<Reading> = None;
        let mut last: Option<Reading> = None;
        for reading in readings.iter().filter(|reading| reading.heard_at <= self.sent_at) {
            let moved = last.and_then(|last| self.unexplained(&last, reading));
            if moved.is_some_and(|moved| moved < -SAME) && reading.heard_at > self.sent_at - RECENT_MS {
                return Err(Why::UsedElsewhere);
            }
            let still = !self
                .others
                .iter()
                .any(|other| other.on_the_wire(reading.asked_at - STILL_MS, reading.heard_at));
            let follows = start.is_some_and(|start| {
                self.unexplained(&start, reading)
                    .is_some_and(|moved| moved.abs() < SAME)
            });
            if still || follows {
                start = Some(*reading);
            }
            last = Some(*reading);
        }
        let start = start.filter(|start| start.heard_at > self.sent_at - RECENT_MS);
        start.ok_or(Why::NoneBefore)
    }

    /// What moved from one reading to another besides what was bought in between; `None` where that is not known of one,
    /// or not its price.
    fn unexplained(&self, from: &Reading, to: &Reading) -> Option<f64> {
        let mut expected = from.credits;
        let between = |other: &&Other| other.sent_at >= from.heard_at && other.sent_at < to.asked_at;
        for other in self.others.iter().filter(between) {
            match other.fate {
                Fate::Taken => expected -= other.price?,
                Fate::Unknown => return None,
                Fate::Sent => {}
            }
        }
        Some(to.credits - expected)
    }

    fn another_unknown_by(&self, at: i64) -> bool {
        self.others
            .iter()
            .any(|other| other.fate == Fate::Unknown && other.sent_at > self.sent_at - RECENT_MS && other.sent_at <= at)
    }

    /// Since when other purchases matter to a case (ms).
    pub fn reaches_back_to(sent_at: i64) -> i64 {
        sent_at - LONG_AGO_MS
    }
}

#[cfg(test)]
mod tests;
