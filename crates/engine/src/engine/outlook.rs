//! For somebody who only glances, or is not there at all: how it goes, when it is done, what it came to.

use std::collections::HashMap;
use std::sync::Arc;
use std::time::Duration;

use tokio::time::Instant;

use super::Engine;
use super::core::{Core, locked};
use crate::change::Change;
use crate::error::Result;
use crate::forecast::{self, Pace, Part};
use crate::library::{outlook, tally};
use crate::limit::GENERATIONS;
use crate::task::{Lane, State};
use crate::timing::{Kind, Plan};
use crate::view::watch::{GoingOn, Mood, RunReport};

/// How long a forecast holds: what is left is looked through no oftener than this.
const FRESH: Duration = Duration::from_secs(3);
/// Forecasts are told to the minute.
const MINUTE_MS: i64 = 60_000;

/// When each batch is expected to be done (ms), and when that was worked out.
pub(crate) type Forecast = Option<(Instant, Arc<HashMap<String, i64>>)>;

/// What is left of one batch, as whoever watches from outside is told.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct BatchSight {
    /// The batch.
    pub id: String,
    /// Its name.
    pub name: String,
    /// Between the queue and the disk.
    pub working: u64,
    /// In the queue.
    pub waiting: u64,
}

/// How it goes, as whoever watches from outside is told.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Sight {
    /// Batches of which something is left.
    pub batches: Vec<BatchSight>,
    /// Whether what waits is being ordered.
    pub buying: bool,
    /// The app paused the queue by itself.
    pub stopped: bool,
    /// Cards that wait for somebody.
    pub needs_you: u64,
    /// For how long the service could not be reached, ms.
    pub away_ms: Option<i64>,
}

impl Engine {
    /// What goes on, for whoever is about to leave.
    ///
    /// # Errors
    /// The library's.
    pub async fn going_on(&self) -> Result<GoingOn> {
        let session = self.core.session.clone();
        let (made, saving, waiting) = self.core.library.read(move |db| tally::going(db, &session)).await?;
        let buying = self.core.queue().running;
        Ok(GoingOn {
            made,
            saving,
            waiting,
            working: made + saving > 0 || (buying && waiting > 0),
        })
    }

    /// How it goes.
    ///
    /// # Errors
    /// The library's.
    pub async fn sight(&self) -> Result<Sight> {
        let session = self.core.session.clone();
        let (batches, needs_you) = self
            .core
            .library
            .read(move |db| {
                let mut batches = Vec::new();
                for (id, left) in tally::left(db, &session)? {
                    batches.push(BatchSight {
                        name: outlook::name(db, &id)?.unwrap_or_default(),
                        id,
                        working: left.working,
                        waiting: left.waiting,
                    });
                }
                Ok((batches, tally::count(db, None, Some(Lane::NeedsYou))?))
            })
            .await?;
        let queue = self.core.queue();
        let now = self.core.now();
        Ok(Sight {
            batches,
            buying: queue.running,
            stopped: queue.paused_by.is_some(),
            needs_you,
            away_ms: self.core.unreachable_since().map(|since| (now - since).max(0)),
        })
    }

    /// How many of a batch ended since `since` (ms): on the disk, and needing somebody.
    ///
    /// # Errors
    /// The library's.
    pub async fn ended_since(&self, batch: String, since: i64) -> Result<(u64, u64)> {
        self.core
            .library
            .read(move |db| outlook::ended(db, &batch, since))
            .await
    }

    /// What a batch came to from `since` to `until` (ms).
    ///
    /// # Errors
    /// [`crate::Error::NotFound`].
    pub async fn run_report(&self, batch: String, since: i64, until: i64) -> Result<RunReport> {
        let session = self.core.session.clone();
        let report = self
            .core
            .library
            .read(move |db| outlook::run(db, &batch, since, &session))
            .await?;
        Ok(RunReport {
            took_ms: (until - since).max(0),
            ..report
        })
    }

    /// When each batch is expected to be done (ms, to the minute): from what is left, the limits, and how long such
    /// tasks took on this machine. Those of which that is not known are not in it.
    ///
    /// # Errors
    /// The library's.
    pub async fn forecast(&self) -> Result<Arc<HashMap<String, i64>>> {
        if let Some((at, ends)) = locked(&self.core.forecast).as_ref()
            && at.elapsed() < FRESH
        {
            return Ok(Arc::clone(ends));
        }
        let ends = Arc::new(self.work_out().await?);
        *locked(&self.core.forecast) = Some((Instant::now(), Arc::clone(&ends)));
        Ok(ends)
    }

    /// Works out when batches end, and tells of every one of which that is known.
    ///
    /// # Errors
    /// The library's.
    pub async fn tell_forecast(&self) -> Result<()> {
        for batch in self.forecast().await?.keys() {
            self.core.changes.tell(Change::Batch(batch.clone()));
        }
        Ok(())
    }

    async fn work_out(&self) -> Result<HashMap<String, i64>> {
        // While the service cannot be reached, nobody knows.
        if self.core.network_is_away().is_some() {
            return Ok(HashMap::new());
        }
        let session = self.core.session.clone();
        let (working, waiting) = self
            .core
            .library
            .read(move |db| Ok((outlook::working(db)?, outlook::waiting(db, &session)?)))
            .await?;
        let Some(waiting) = waiting else {
            return Ok(HashMap::new());
        };
        let now = self.core.now();
        let plans = Plans::of(
            &self.core,
            working
                .iter()
                .map(|one| one.kind)
                .chain(waiting.iter().map(|one| one.1)),
        );
        let parts: Vec<_> = working
            .iter()
            .map(|one| {
                let part = match one.state {
                    State::Saving => Part::Saving,
                    _ => Part::Making {
                        plan: plans.get(one.kind),
                        elapsed: one.started_at.map_or(0.0, |at| (now - at).max(0) as f64 / 1000.0),
                    },
                };
                (one.batch.as_str(), part)
            })
            .collect();
        let buying = self.core.queue().running;
        let queue: Vec<_> = waiting
            .iter()
            .filter(|_| buying)
            .map(|(batch, kind)| (batch.as_str(), plans.get(*kind)))
            .collect();
        let (purchases, window) = GENERATIONS;
        let pace = Pace {
            in_flight: usize::try_from(self.core.preferences().in_flight).unwrap_or(usize::MAX),
            purchases,
            window: window.as_secs_f64(),
        };
        let mut ends = forecast::ends(&parts, &queue, pace);
        if !buying {
            // What waits for somebody to go on has no end.
            ends.retain(|batch, _| waiting.iter().all(|(waits, _)| waits != batch));
        }
        let at = |seconds: f64| {
            let end = now.saturating_add((seconds * 1000.0) as i64);
            (end + MINUTE_MS - 1) / MINUTE_MS * MINUTE_MS
        };
        Ok(ends
            .into_iter()
            .map(|(batch, end)| (batch.to_owned(), at(end)))
            .collect())
    }
}

/// What is known of the kinds that are left.
struct Plans(HashMap<Kind, Option<Arc<Plan>>>);

impl Plans {
    fn of(core: &Core, kinds: impl Iterator<Item = Option<Kind>>) -> Self {
        let mut plans = HashMap::new();
        for kind in kinds.flatten() {
            plans.entry(kind).or_insert_with(|| core.timing.plan(kind));
        }
        Self(plans)
    }

    fn get(&self, kind: Option<Kind>) -> Option<&Plan> {
        self.0.get(&kind?)?.as_deref()
    }
}

/// One word for the whole. `away`: the service cannot be reached.
pub(super) fn mood(running: bool, stopped: bool, queued: u64, in_flight: u64, away: bool, needs_you: u64) -> Mood {
    if stopped {
        return Mood::NeedsYou;
    }
    if in_flight > 0 || (running && queued > 0) {
        return match (away, running || queued == 0) {
            (true, _) => Mood::Network,
            (false, true) => Mood::Going,
            (false, false) => Mood::Paused,
        };
    }
    if queued > 0 {
        Mood::Paused
    } else if needs_you > 0 {
        Mood::NeedsYou
    } else {
        Mood::Quiet
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_word_says_what_matters_most() {
        for (running, stopped, queued, in_flight, away, needs_you, word) in [
            (false, false, 0, 0, false, 0, Mood::Quiet),
            // Nothing waits: that the queue may run is nobody's business.
            (true, false, 0, 0, false, 0, Mood::Quiet),
            (true, false, 5, 0, false, 3, Mood::Going),
            (true, false, 0, 2, false, 0, Mood::Going),
            // Paused with nothing left to order: what is being made goes on.
            (false, false, 0, 2, false, 0, Mood::Going),
            (false, false, 5, 2, false, 0, Mood::Paused),
            (false, false, 5, 0, true, 0, Mood::Paused),
            (true, false, 5, 2, true, 1, Mood::Network),
            (false, true, 5, 2, true, 0, Mood::NeedsYou),
            (false, false, 0, 0, false, 1, Mood::NeedsYou),
        ] {
            let said = mood(running, stopped, queued, in_flight, away, needs_you);
            assert_eq!(
                said, word,
                "{running} {stopped} {queued} {in_flight} {away} {needs_you}"
            );
        }
    }
}
