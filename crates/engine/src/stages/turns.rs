//! Whose turn it is, where more tasks are due than the service may be asked about.
//!
//! The one that has most likely been done for longest: the expected time since it ended unnoticed. That is the same
//! yardstick by which a poll is planned, so under load everybody is asked as if a poll had grown dearer.
//!
//! Nobody starves: every third turn belongs to whoever has been due for longer than the *patience* (ten seconds, or a
//! tenth of a second for each task that is due), the longest due first. Before such a one there can only be tasks that
//! fell due earlier, and each of them, once asked, falls due later. So with `n` tasks due and `r` queries a second
//! nobody is late by more than the patience and `3 n / r` seconds.
//!
//! What fell due while nobody could ask (the computer slept, the network was away, the app was closed) goes before
//! everything else, the longest due first.
//!
//! Pure: no clock, no database.

use std::collections::{HashSet, VecDeque};

use crate::library::Waiting;
use crate::timing::Timing;

/// The least lateness that gives one a turn of those who wait, in ms.
const PATIENCE_MS: i64 = 10_000;
/// For each task that is due, in ms.
const PATIENCE_EACH_MS: i64 = 100;
/// Every so many turns, one is of those who wait.
const EVERY: usize = 3;
/// How fast a task whose kind has no history is taken to end, in parts of a second for each second.
const PLAIN_HAZARD: f64 = 0.01;

/// The next `wanted` of those that are due. `since`: when asking became possible again (ms). `timing`: where polls go by
/// history; else the longest due is first.
pub(crate) fn in_turn(
    waiting: Vec<Waiting>,
    now: i64,
    since: i64,
    wanted: usize,
    timing: Option<&Timing>,
) -> Vec<Waiting> {
    let Some(timing) = timing else {
        return by_due(waiting, now).into_iter().take(wanted).collect();
    };
    let count = i64::try_from(waiting.len()).unwrap_or(i64::MAX);
    let patience = PATIENCE_MS.max(PATIENCE_EACH_MS.saturating_mul(count));
    // One that lies ahead was written before the clock was set back.
    let (missed, due): (Vec<_>, Vec<_>) = waiting
        .into_iter()
        .partition(|one| one.due_at > now || one.due_at <= since);
    let mut turns = by_due(missed, now);
    let late: Vec<_> = due.iter().filter(|one| now - one.due_at >= patience).cloned().collect();
    let mut late = VecDeque::from(by_due(late, now));
    let mut gains: Vec<(f64, Waiting)> = due.into_iter().map(|one| (gain(&one, now, timing), one)).collect();
    gains.sort_by(|(a, one), (b, other)| b.total_cmp(a).then_with(|| one.due_at.cmp(&other.due_at)));
    let mut likely = gains.into_iter().map(|(_, one)| one);
    let mut taken: HashSet<String> = HashSet::new();
    while turns.len() < wanted {
        let of_late = if turns.len().is_multiple_of(EVERY) {
            late.pop_front()
        } else {
            None
        };
        let Some(next) = of_late.or_else(|| likely.next()) else {
            break;
        };
        if taken.insert(next.id.clone()) {
            turns.push(next);
        }
    }
    turns.truncate(wanted);
    turns
}

/// The longest due first. What lies ahead was written before the clock was set back, and is older than anything else.
fn by_due(mut waiting: Vec<Waiting>, now: i64) -> Vec<Waiting> {
    let age = |one: &Waiting| (one.due_at <= now, one.due_at);
    waiting.sort_by(|one, other| age(one).cmp(&age(other)).then_with(|| one.id.cmp(&other.id)));
    waiting
}

/// For how long, by expectation, it has been done and nobody knows (s).
fn gain(one: &Waiting, now: i64, timing: &Timing) -> f64 {
    let seconds = |from: i64, to: i64| to.saturating_sub(from) as f64 / 1000.0;
    let unasked = seconds(one.asked_at, now).max(0.0);
    match one.kind.and_then(|kind| timing.plan(kind)) {
        Some(plan) => plan.unnoticed(seconds(one.taken_at, one.asked_at), seconds(one.taken_at, now)),
        None => PLAIN_HAZARD * unasked * unasked / 2.0,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::timing::{Kind, Seen};

    fn kind() -> Kind {
        Kind::of(None, None, None, false).unwrap()
    }

    fn timing() -> Timing {
        let timing = Timing::default();
        timing.remember((0..60).map(|nth| (kind(), Seen::exactly(75.0 + f64::from(nth % 30)))));
        timing
    }

    fn waiting(id: usize, taken_at: i64, asked_at: i64, due_at: i64) -> Waiting {
        Waiting {
            id: format!("{id:05}"),
            due_at,
            asked_at,
            taken_at,
            kind: Some(kind()),
        }
    }

    fn order(waiting: &[Waiting]) -> Vec<&str> {
        waiting.iter().map(|one| one.id.as_str()).collect()
    }

    #[test]
    fn the_likeliest_to_be_done_goes_first_and_without_history_the_longest_due() {
        let now = 200_000;
        // Taken 20 s ago (cannot be done yet), 90 s ago (in the thick of it), and the same but asked a second ago.
        let all = vec![
            waiting(0, now - 20_000, now - 20_000, now - 5_000),
            waiting(1, now - 90_000, now - 6_000, now - 1_000),
            waiting(2, now - 90_000, now - 1_000, now - 1_000),
        ];
        let turns = in_turn(all.clone(), now, 0, 10, Some(&timing()));
        assert_eq!(order(&turns), ["00001", "00002", "00000"]);
        assert_eq!(order(&in_turn(all, now, 0, 10, None)), ["00000", "00001", "00002"]);
    }

    #[test]
    fn what_was_missed_in_a_sleep_or_lies_ahead_after_a_clock_set_back_goes_first_and_in_its_order() {
        let now = 10_000_000;
        for due in [now - 3_600_000, now + 86_400_000] {
            let mut all: Vec<_> = (0..50)
                .map(|nth| {
                    waiting(
                        nth,
                        due - 90_000,
                        due - 5_000,
                        due + i64::try_from(nth * 37 % 50).unwrap(),
                    )
                })
                .collect();
            all.push(waiting(99, now - 90_000, now - 60_000, now - 10));
            let turns = in_turn(all, now, now - 1_000, 60, Some(&timing()));
            assert!(turns[..50].is_sorted_by_key(|one| one.due_at), "{:?}", order(&turns));
            assert_eq!((turns.len(), turns[50].id.as_str()), (51, "00099"));
            let ahead = waiting(98, now, now, now + 9_000);
            let turns = in_turn([turns, vec![ahead]].concat(), now, 0, 1, None);
            assert!(
                due < now || turns[0].due_at > now,
                "what lies ahead waits for nobody: {}",
                turns[0].id
            );
        }
    }

    /// The worst that can be thought of: everybody is due all the time, and some always gain more than others.
    #[test]
    fn nobody_is_late_by_more_than_the_patience_and_three_rounds() {
        let (tasks, timing) = (400_usize, timing());
        let count = i64::try_from(tasks).unwrap();
        let rate_ms = 110;
        let mut now = 1_000_000_i64;
        let mut all: Vec<_> = (0..tasks)
            .map(|nth| waiting(nth, now - if nth < 300 { 90_000 } else { 1_000 }, now, now))
            .collect();
        let bound = PATIENCE_EACH_MS * count + 3 * rate_ms * count + 10 * rate_ms;
        let mut worst = 0;
        for _ in 0..400 {
            for asked in in_turn(all.clone(), now, 0, 10, Some(&timing)) {
                now += rate_ms;
                worst = worst.max(now - asked.due_at);
                let one = all.iter_mut().find(|one| one.id == asked.id).unwrap();
                // Those that gain stay in the thick of it for ever.
                let elapsed = one.asked_at - one.taken_at;
                (one.asked_at, one.due_at, one.taken_at) = (now, now, now - elapsed);
            }
        }
        let latest = all.iter().map(|one| now - one.due_at).max().unwrap();
        assert!(worst.max(latest) <= bound, "{worst} and {latest} against {bound}");
        assert!(
            worst > PATIENCE_EACH_MS * count,
            "the case is one where some wait for others: {worst}"
        );
    }
}
