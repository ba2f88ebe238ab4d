//! What to tell somebody who is not looking, and when: a list that ended, the first thing that needs them, then ten
//! minutes of silence. And what the dock shows, and whether the computer may sleep.
//!
//! Pure: no clock, no window, no library. What is heard in the silence is not lost: it is told when the silence is over,
//! unless somebody has looked meanwhile.

use std::collections::BTreeMap;

use engine::Sight;
use engine::view::watch::RunReport;

/// After a notice, nothing is told for this long, ms.
const SILENCE_MS: i64 = 600_000;
/// A run of this many tasks, or this long, ends with a report.
const MANY: u64 = 5;
const LONG_MS: i64 = 600_000;
/// With the service out of reach for this long, the computer may sleep: nothing gets done by waiting awake.
const AWAY_MS: i64 = 600_000;

/// What is told outside the window.
#[derive(Clone, Debug, PartialEq)]
pub(crate) enum Notice {
    /// These lists ended.
    Ended(Vec<RunReport>),
    /// So many cards wait for somebody.
    NeedsYou(u64),
    /// The app paused the queue by itself.
    Stopped,
}

/// A list that is being worked on.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Run {
    /// The batch.
    pub(crate) batch: String,
    /// Since when (ms).
    pub(crate) since: i64,
    /// Tasks of it that are not at their end yet.
    pub(crate) left: u64,
}

/// What the dock or the task bar shows.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Progress {
    /// Of a hundred.
    pub(crate) percent: u64,
    /// How it stands.
    pub(crate) state: Going,
}

/// How it stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Going {
    /// It goes on.
    On,
    /// The user paused it.
    Paused,
    /// It needs somebody.
    Stopped,
}

/// What was seen and told so far.
#[derive(Debug, Default)]
pub(crate) struct Told {
    runs: BTreeMap<String, i64>,
    /// When it was last looked; nothing before the first time.
    last: Option<i64>,
    /// Cards that need somebody, as somebody saw them or was told.
    needs: u64,
    stopped: bool,
    silent_until: i64,
    untold: Vec<RunReport>,
}

impl Told {
    /// Takes note of what goes on. Returns the runs that ended since the last time, with their beginning (ms).
    pub(crate) fn look(&mut self, now: i64, sight: &Sight) -> Vec<(String, i64)> {
        // What was there at the first look is no news.
        let since = self.last.unwrap_or_else(|| {
            self.needs = sight.needs_you;
            self.stopped = sight.stopped;
            now
        });
        self.last = Some(now);
        let left = |batch: &str| sight.batches.iter().find(|one| one.id == batch);
        let ended: Vec<(String, i64)> = self
            .runs
            .iter()
            .filter(|(batch, _)| left(batch).is_none())
            .map(|(batch, since)| (batch.clone(), *since))
            .collect();
        self.runs.retain(|batch, _| left(batch).is_some());
        for batch in &sight.batches {
            // One that only waits in a queue that was never let go has not begun.
            if batch.working > 0 || sight.buying {
                self.runs.entry(batch.id.clone()).or_insert(since);
            }
        }
        ended
    }

    /// What is being worked on.
    pub(crate) fn runs(&self, sight: &Sight) -> Vec<Run> {
        let left = |batch: &String| sight.batches.iter().find(|one| one.id == *batch);
        self.runs
            .iter()
            .filter_map(|(batch, since)| {
                let left = left(batch)?;
                Some(Run {
                    batch: batch.clone(),
                    since: *since,
                    left: left.working + left.waiting,
                })
            })
            .collect()
    }

    /// What is told now. `ended`: what the runs that just ended came to; `looked_at`: somebody has the window before them.
    pub(crate) fn tell(&mut self, now: i64, sight: &Sight, ended: &[RunReport], looked_at: bool) -> Option<Notice> {
        self.untold
            .extend(ended.iter().filter(|run| is_something(run)).cloned());
        if looked_at {
            self.untold.clear();
            self.needs = sight.needs_you;
            self.stopped = sight.stopped;
            return None;
        }
        // Settled without anybody: the next one is news again.
        self.needs = self.needs.min(sight.needs_you);
        self.stopped &= sight.stopped;
        if now < self.silent_until && self.silent_until - now <= SILENCE_MS {
            return None;
        }
        let notice = if sight.stopped && !self.stopped {
            Notice::Stopped
        } else if !self.untold.is_empty() {
            Notice::Ended(std::mem::take(&mut self.untold))
        } else if sight.needs_you > self.needs {
            Notice::NeedsYou(sight.needs_you)
        } else {
            return None;
        };
        // Whoever comes to see the one sees the others too.
        self.needs = sight.needs_you;
        self.stopped = sight.stopped;
        self.silent_until = now + SILENCE_MS;
        Some(notice)
    }
}

/// Whether a run ends with a report in the window.
pub(crate) fn is_worth_a_report(run: &RunReport) -> bool {
    is_something(run) && (run.saved + run.needs_you >= MANY || run.took_ms >= LONG_MS)
}

/// Whether there is anything to say of a run: one that the user took back is nothing to speak of.
fn is_something(run: &RunReport) -> bool {
    run.saved + run.needs_you + run.at_limit > 0
}

/// What the dock shows: how much is done of all that is being worked on. `ended`: for each run, how many are at their
/// end. Nothing where nothing is.
pub(crate) fn progress(sight: &Sight, runs: &[(Run, u64)]) -> Option<Progress> {
    let ended: u64 = runs.iter().map(|(_, ended)| ended).sum();
    let left: u64 = runs.iter().map(|(run, _)| run.left).sum();
    let state = if sight.stopped {
        Going::Stopped
    } else if is_going(sight) {
        Going::On
    } else {
        Going::Paused
    };
    let percent = (ended * 100).checked_div(ended + left)?;
    (left > 0).then_some(Progress { percent, state })
}

/// Whether the computer is kept awake. `wanted`: the user's choice.
pub(crate) fn keeps_awake(sight: &Sight, wanted: bool) -> bool {
    wanted && is_going(sight) && sight.away_ms.is_none_or(|away| away < AWAY_MS)
}

/// Whether something is being made, saved or ordered.
fn is_going(sight: &Sight) -> bool {
    let (working, waiting) = sight.batches.iter().fold((0, 0), |(working, waiting), batch| {
        (working + batch.working, waiting + batch.waiting)
    });
    working > 0 || (sight.buying && waiting > 0)
}

#[cfg(test)]
mod tests;
