//! Whose turn it is, where more tasks are due than the service may be asked about.
//!
//! The one that has most likely been done for longest: the expected time since it ended unnoticed. That is the same
//! yardstick by which a poll is planned, so under load everybody is asked as if a poll had grown dearer.
//!
//! Nobody starves: whoever has been due for longer than the *patience* (ten seconds, or a fifth of a second for each task
//! that is due) goes before all others, the longest due first. Before such a one there can only be tasks that fell due
//! earlier, and each of them, once asked, falls due later. So with `n` tasks due and `r` queries a second nobody is late
//! by more than the patience and `n / r` seconds. After a sleep everything is late, and the longest due is first.
//!
//! Pure: no clock, no database.

use crate::library::Waiting;
use crate::timing::Timing;

/// The least lateness that puts one in front of all others, in ms.
const PATIENCE_MS: i64 = 10_000;
/// For each task that is due, in ms.
const PATIENCE_EACH_MS: i64 = 200;
/// How fast a task whose kind has no history is taken to end, in parts of a second for each second.
const PLAIN_HAZARD: f64 = 0.01;

/// Puts those whose turn it is first. `timing`: where polls go by history; else the longest due is first.
pub(crate) fn in_turn(waiting: Vec<Waiting>, now: i64, timing: Option<&Timing>) -> Vec<Waiting> {
    let Some(timing) = timing else {
        return by_due(waiting);
    };
    let patience = PATIENCE_MS.max(PATIENCE_EACH_MS.saturating_mul(i64::try_from(waiting.len()).unwrap_or(i64::MAX)));
    // One that lies ahead was written before the clock was set back.
    let (late, due): (Vec<_>, Vec<_>) = waiting
        .into_iter()
        .partition(|one| one.due_at > now || now - one.due_at >= patience);
    let mut gains: Vec<(f64, Waiting)> = due.into_iter().map(|one| (gain(&one, now, timing), one)).collect();
    gains.sort_by(|(a, one), (b, other)| b.total_cmp(a).then_with(|| one.due_at.cmp(&other.due_at)));
    let mut turns = by_due(late);
    turns.extend(gains.into_iter().map(|(_, one)| one));
    turns
}

fn by_due(mut waiting: Vec<Waiting>) -> Vec<Waiting> {
    waiting.sort_by(|one, other| one.due_at.cmp(&other.due_at).then_with(|| one.id.cmp(&other.id)));
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
        assert_eq!(
            order(&in_turn(all.clone(), now, Some(&timing()))),
            ["00001", "00002", "00000"]
        );
        assert_eq!(order(&in_turn(all, now, None)), ["00000", "00001", "00002"]);
    }

    #[test]
    fn after_a_sleep_or_a_clock_set_back_the_longest_due_goes_first() {
        let now = 10_000_000;
        for due in [now - 3_600_000, now + 86_400_000] {
            let all: Vec<_> = (0..50)
                .map(|nth| {
                    waiting(
                        nth,
                        due - 90_000,
                        due - 5_000,
                        due + i64::try_from(nth * 37 % 50).unwrap(),
                    )
                })
                .collect();
            let turns = in_turn(all, now, Some(&timing()));
            assert!(turns.is_sorted_by_key(|one| one.due_at), "{:?}", order(&turns));
        }
    }

    /// The worst that can be thought of: everybody is due all the time, and some always gain more than others.
    #[test]
    fn nobody_is_late_by_more_than_the_patience_and_one_round() {
        let (tasks, timing) = (400_usize, timing());
        let rate_ms = 105;
        let mut now = 1_000_000_i64;
        let mut all: Vec<_> = (0..tasks)
            .map(|nth| waiting(nth, now - if nth < 300 { 90_000 } else { 1_000 }, now, now))
            .collect();
        let bound = PATIENCE_EACH_MS * i64::try_from(tasks).unwrap() + rate_ms * i64::try_from(tasks).unwrap();
        let mut worst = 0;
        for _ in 0..4_000 {
            now += rate_ms;
            all = in_turn(all, now, Some(&timing));
            let mut asked = all.remove(0);
            worst = worst.max(now - asked.due_at);
            // Those that gain stay in the thick of it for ever.
            let elapsed = asked.asked_at - asked.taken_at;
            (asked.asked_at, asked.due_at, asked.taken_at) = (now, now, now - elapsed);
            all.push(asked);
        }
        let latest = all.iter().map(|one| now - one.due_at).max().unwrap();
        assert!(worst.max(latest) <= bound, "{worst} and {latest} against {bound}");
        assert!(
            worst > PATIENCE_EACH_MS * 350,
            "the case is one where some wait for others: {worst}"
        );
    }
}
