//! When each list will be done: a forecast from what is left, the limits, and how long things took on this machine.
//!
//! The queue is played through once: what is being made ends as such things did, what waits is bought in its order as
//! soon as there is room and the limit of purchases allows it, and takes as long as its kind. Each part gets another
//! share of its kind's curve, evenly spread, so that the last of fifty ends late, as the last of fifty does, and the
//! same question has the same answer. Where nothing was learned of a kind, whatever depends on it has no end.
//!
//! Pure: no clock, no database.

use std::cmp::{Ordering, Reverse};
use std::collections::{BinaryHeap, HashMap, HashSet};

use crate::timing::Plan;

/// What is left of one task.
#[derive(Clone, Copy, Debug)]
pub enum Part<'a> {
    /// It is being made, for so many seconds now.
    Making {
        /// How long its kind takes; `None`: nobody knows.
        plan: Option<&'a Plan>,
        /// Seconds since it was bought.
        elapsed: f64,
    },
    /// It is made and on its way to the disk.
    Saving,
}

/// What holds purchases back.
#[derive(Clone, Copy, Debug)]
pub struct Pace {
    /// So many are made at once.
    pub in_flight: usize,
    /// So many purchases…
    pub purchases: usize,
    /// …in so many seconds.
    pub window: f64,
}

/// Seconds that bringing a clip to the disk takes, more or less.
const SAVED_IN: f64 = 5.0;
/// The golden ratio's part: shares a step of it apart are spread evenly, however many there are.
const STEP: f64 = 0.618_033_988_749_895;

/// In how many seconds each batch is done. `working`: what is at work, by batch; `waiting`: what is still to be bought,
/// in its order, with how long its kind takes. A batch of whose tasks nobody knows how long they take is left out, and
/// so are those that come after it.
pub fn ends<'a>(
    working: &[(&'a str, Part<'_>)],
    waiting: &[(&'a str, Option<&Plan>)],
    pace: Pace,
) -> HashMap<&'a str, f64> {
    let mut ends: HashMap<&str, f64> = HashMap::new();
    let mut unknown: HashSet<&str> = HashSet::new();
    // When a place becomes free.
    let mut places: BinaryHeap<Reverse<Seconds>> = BinaryHeap::new();
    let mut shares = Shares(0.5);
    let mut certain = true;
    for &(batch, part) in working {
        let rest = match part {
            Part::Saving => 0.0,
            Part::Making {
                plan: Some(plan),
                elapsed,
            } => {
                let rest = plan.rest(elapsed, shares.next());
                places.push(Reverse(Seconds(rest)));
                rest
            }
            Part::Making { plan: None, .. } => {
                unknown.insert(batch);
                certain = false;
                continue;
            }
        };
        later(&mut ends, batch, rest);
    }
    let mut bought: Vec<f64> = Vec::new();
    for &(batch, plan) in waiting {
        let Some(plan) = plan.filter(|_| certain) else {
            certain = false;
            unknown.insert(batch);
            continue;
        };
        let mut at = 0.0_f64;
        if places.len() >= pace.in_flight.max(1) {
            at = places.pop().map_or(0.0, |Reverse(free)| free.0);
        }
        // Bought in order, and no more in a window than there may be.
        at = at.max(bought.last().copied().unwrap_or(0.0));
        if let Some(first) = bought.len().checked_sub(pace.purchases.max(1)) {
            at = at.max(bought[first] + pace.window);
        }
        bought.push(at);
        let done = at + plan.by(shares.next());
        places.push(Reverse(Seconds(done)));
        later(&mut ends, batch, done);
    }
    ends.retain(|batch, _| !unknown.contains(batch));
    ends.values_mut().for_each(|end| *end += SAVED_IN);
    ends
}

fn later<'a>(ends: &mut HashMap<&'a str, f64>, batch: &'a str, at: f64) {
    let end = ends.entry(batch).or_default();
    *end = end.max(at);
}

/// Shares of a curve, spread evenly.
struct Shares(f64);

impl Shares {
    fn next(&mut self) -> f64 {
        let share = self.0;
        self.0 = (self.0 + STEP).fract();
        share
    }
}

/// A time that can be put in order.
#[derive(Clone, Copy, Debug)]
struct Seconds(f64);

impl PartialEq for Seconds {
    fn eq(&self, other: &Self) -> bool {
        self.cmp(other) == Ordering::Equal
    }
}

impl Eq for Seconds {}

impl PartialOrd for Seconds {
    fn partial_cmp(&self, other: &Self) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}

impl Ord for Seconds {
    fn cmp(&self, other: &Self) -> Ordering {
        self.0.total_cmp(&other.0)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::timing::{Curve, Gaps, POLL_COST, Seen};

    const PACE: Pace = Pace {
        in_flight: 50,
        purchases: 20,
        window: 10.4,
    };

    /// A kind that takes `seconds`, give or take a twentieth.
    fn taking(seconds: f64) -> Plan {
        let seen: Vec<Seen> = (0..60)
            .map(|nth| Seen::exactly(seconds * (0.95 + 0.1 * f64::from(nth) / 60.0)))
            .collect();
        Plan::new(Curve::learned(&seen).unwrap(), POLL_COST, Gaps::usual(seconds))
    }

    fn near(found: Option<&f64>, expected: f64) {
        let found = *found.unwrap();
        assert!((found - expected).abs() < 0.12 * expected, "{found} against {expected}");
    }

    #[test]
    fn one_that_is_being_made_ends_as_its_kind_does_and_one_that_is_late_has_no_past_end() {
        let plan = taking(100.0);
        let rest = |elapsed| {
            let making = Part::Making {
                plan: Some(&plan),
                elapsed,
            };
            *ends(&[("a", making)], &[], PACE).get("a").unwrap() - SAVED_IN
        };
        assert!((rest(0.0) - 100.0).abs() < 8.0, "{}", rest(0.0));
        assert!((rest(60.0) - 40.0).abs() < 8.0, "{}", rest(60.0));
        assert!(rest(4_000.0) > 0.0 && rest(4_000.0) < 60.0, "{}", rest(4_000.0));
        assert_eq!(ends(&[("a", Part::Saving)], &[], PACE)["a"], SAVED_IN);
    }

    #[test]
    fn what_is_left_goes_through_in_rounds_of_what_may_be_made_at_once() {
        let plan = taking(100.0);
        let waiting = vec![("a", Some(&plan)); 30];
        // Ten at once: three rounds. All at once: one, and the second score is bought ten seconds later.
        let ten = Pace { in_flight: 10, ..PACE };
        near(ends(&[], &waiting, ten).get("a"), 310.0);
        near(ends(&[], &waiting, PACE).get("a"), 116.0);
        // The limit of purchases alone: 1,000 take at least 50 windows of 20.
        let many = vec![("a", Some(&plan)); 1_000];
        let wide = Pace {
            in_flight: 5_000,
            ..PACE
        };
        near(ends(&[], &many, wide).get("a"), 49.0 * 10.4 + 107.0);
        assert_eq!(
            ends(&[], &many, wide),
            ends(&[], &many, wide),
            "the same answer each time"
        );
    }

    #[test]
    fn what_is_at_work_holds_its_place_and_the_later_list_waits_for_the_earlier_one() {
        let plan = taking(100.0);
        let one = Pace { in_flight: 1, ..PACE };
        let working = [(
            "a",
            Part::Making {
                plan: Some(&plan),
                elapsed: 50.0,
            },
        )];
        let found = ends(&working, &[("a", Some(&plan)), ("b", Some(&plan))], one);
        near(found.get("a"), 155.0);
        near(found.get("b"), 255.0);
    }

    #[test]
    fn where_nothing_was_learned_nothing_is_said() {
        let plan = taking(100.0);
        let unknown = Part::Making {
            plan: None,
            elapsed: 5.0,
        };
        let known = Part::Making {
            plan: Some(&plan),
            elapsed: 5.0,
        };
        // Its own list, and whatever waits behind it; a list that is all at work already ends when it ends.
        let found = ends(&[("a", unknown), ("b", known)], &[("c", Some(&plan))], PACE);
        assert_eq!(found.keys().copied().collect::<Vec<_>>(), ["b"]);
        let found = ends(
            &[("a", known)],
            &[("a", Some(&plan)), ("b", None), ("c", Some(&plan))],
            PACE,
        );
        assert_eq!(found.keys().copied().collect::<Vec<_>>(), ["a"]);
        assert!(ends(&[("a", known)], &[("a", None)], PACE).is_empty());
        assert!(ends(&[], &[], PACE).is_empty());
    }
}
