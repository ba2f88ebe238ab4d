//! How long the service takes, learned from what it finished, and when to ask it next.
//!
//! Kept for each model, resolution and mode, because a still in 4K and a quick draft have nothing to tell each other.
//! The observations lie in the library (`library/finishes.rs`); here they are in memory with the plan that follows from
//! them. Below [`LEARNED_FROM`] observations there is no plan, and the user's interval holds.

pub mod curve;
pub mod plan;

use std::collections::{HashMap, VecDeque};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use kie::{GenerationType, Model, Resolution};

use crate::view::TaskFields;

pub use curve::{Curve, Seen};
pub use plan::{Gaps, POLL_COST, Plan};

/// Finished generations of a kind before it is asked about by its history.
pub const LEARNED_FROM: usize = 10;

/// What takes its own time.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Kind {
    /// The model.
    pub model: Model,
    /// The resolution.
    pub resolution: Resolution,
    /// The mode.
    pub mode: GenerationType,
}

impl Kind {
    /// The kind of a card's request.
    pub fn of_fields(fields: &TaskFields) -> Option<Self> {
        let TaskFields {
            model,
            resolution,
            mode,
            images,
            ..
        } = fields;
        Self::of(
            model.as_deref(),
            resolution.as_deref(),
            mode.as_deref(),
            !images.is_empty(),
        )
    }

    /// The kind of a request, by what stands in its card: left out means the service's default, and the mode follows
    /// from whether there are images.
    pub fn of(model: Option<&str>, resolution: Option<&str>, mode: Option<&str>, images: bool) -> Option<Self> {
        fn read<T: std::str::FromStr + Default>(text: Option<&str>) -> Option<T> {
            match text.map(str::trim).filter(|text| !text.is_empty()) {
                None => Some(T::default()),
                Some(text) => text.parse().ok(),
            }
        }
        let mode = match mode.map(str::trim).filter(|text| !text.is_empty()) {
            Some(text) => text.parse().ok()?,
            None if images => GenerationType::Frames,
            None => GenerationType::Text,
        };
        Some(Self {
            model: read(model)?,
            resolution: read(resolution)?,
            mode,
        })
    }
}

/// How long a kind usually takes on this machine.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Usual {
    /// One in five is done by then, ms.
    pub from_ms: u64,
    /// Half of them take longer, ms.
    pub median_ms: u64,
    /// Four in five are done by then, ms.
    pub to_ms: u64,
    /// One in ten takes longer, ms.
    pub late_ms: u64,
}

/// What is known of every kind. Clones share it.
#[derive(Clone, Debug, Default)]
pub struct Timing(Arc<Mutex<HashMap<Kind, Known>>>);

#[derive(Debug, Default)]
struct Known {
    seen: VecDeque<Seen>,
    /// Observations since the plan was made.
    fresh: usize,
    plan: Option<Arc<Plan>>,
}

impl Known {
    fn note(&mut self, seen: Seen) {
        self.seen.push_back(seen);
        if self.seen.len() > curve::MOST {
            self.seen.pop_front();
        }
        self.fresh += 1;
    }

    /// Whether enough was seen since the last plan to make it anew: each time at first, then every few.
    fn is_due(&self) -> bool {
        self.seen.len() >= LEARNED_FROM && self.fresh > self.seen.len() / 25
    }

    fn make(&mut self) {
        let seen: Vec<Seen> = self.seen.iter().copied().collect();
        self.fresh = 0;
        self.plan = Curve::learned(&seen).map(|curve| {
            let gaps = Gaps::usual(curve.by(0.5));
            Arc::new(Plan::new(curve, POLL_COST, gaps))
        });
    }
}

impl Timing {
    /// Takes over what the library holds, each kind's oldest first.
    pub fn remember(&self, finished: impl IntoIterator<Item = (Kind, Seen)>) {
        let mut known = self.known();
        for (kind, seen) in finished {
            known.entry(kind).or_default().note(seen);
        }
        known.values_mut().filter(|one| one.is_due()).for_each(Known::make);
    }

    /// Learns from one more. Making a plan takes milliseconds: call it where that does not matter.
    pub fn learn(&self, kind: Kind, seen: Seen) {
        let mut known = self.known();
        let one = known.entry(kind).or_default();
        one.note(seen);
        if one.is_due() {
            one.make();
        }
    }

    /// The plan for a kind, where enough was seen of it.
    pub fn plan(&self, kind: Kind) -> Option<Arc<Plan>> {
        self.known().get(&kind).and_then(|one| one.plan.clone())
    }

    /// How long a kind usually takes, where enough was seen of it.
    pub fn usual(&self, kind: Kind) -> Option<Usual> {
        let millis = |seconds: f64| (seconds * 1000.0).max(0.0) as u64;
        self.plan(kind).map(|plan| Usual {
            from_ms: millis(plan.by(0.2)),
            median_ms: millis(plan.median()),
            to_ms: millis(plan.by(0.8)),
            late_ms: millis(plan.late()),
        })
    }

    fn known(&self) -> MutexGuard<'_, HashMap<Kind, Known>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn draft() -> Kind {
        Kind::of(None, None, None, false).unwrap()
    }

    #[test]
    fn a_kind_is_the_same_however_it_is_written() {
        assert_eq!(
            Kind::of(Some("veo3_fast"), Some("720p"), Some("TEXT_2_VIDEO"), false),
            Some(draft())
        );
        assert_ne!(Kind::of(None, None, None, true), Some(draft()));
        assert_eq!(Kind::of(Some("from the future"), None, None, false), None);
    }

    #[test]
    fn there_is_no_plan_before_enough_was_seen_and_each_kind_has_its_own() {
        let timing = Timing::default();
        for nth in 0..LEARNED_FROM {
            assert!(timing.plan(draft()).is_none(), "{nth}");
            timing.learn(draft(), Seen::exactly(60.0 + nth as f64));
        }
        let usual = timing.usual(draft()).unwrap();
        assert!(
            (60_000..70_000).contains(&usual.median_ms) && usual.late_ms > usual.median_ms,
            "{usual:?}"
        );
        let rising = [usual.from_ms, usual.median_ms, usual.to_ms, usual.late_ms];
        assert!(rising.is_sorted() && rising[0] < rising[2], "{usual:?}");
        assert!(
            timing
                .plan(Kind::of(Some("veo3"), None, None, false).unwrap())
                .is_none()
        );
        let again = Timing::default();
        again.remember((0..LEARNED_FROM).map(|nth| (draft(), Seen::exactly(60.0 + nth as f64))));
        assert_eq!(again.usual(draft()), Some(usual), "the same after a restart");
    }
}
