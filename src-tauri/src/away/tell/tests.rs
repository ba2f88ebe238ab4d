//! An evening of somebody who is not there, minute by minute.

use engine::BatchSight;

use super::*;

const MINUTE: i64 = 60_000;

fn sight(batches: &[(&str, u64, u64)], needs_you: u64) -> Sight {
    Sight {
        batches: batches
            .iter()
            .map(|&(id, working, waiting)| BatchSight {
                id: id.into(),
                name: id.to_uppercase(),
                working,
                waiting,
            })
            .collect(),
        buying: true,
        needs_you,
        ..Sight::default()
    }
}

fn report(batch: &str, saved: u64, needs_you: u64, took_ms: i64) -> RunReport {
    RunReport {
        batch_id: batch.into(),
        saved,
        needs_you,
        took_ms,
        ..RunReport::default()
    }
}

/// One look, with what would be read of the runs that ended.
fn step(told: &mut Told, minute: i64, sight: &Sight, came_to: &[RunReport], looked_at: bool) -> Option<Notice> {
    let now = minute * MINUTE;
    let ended = told.look(now, sight);
    let names: Vec<_> = ended.iter().map(|(batch, _)| batch.as_str()).collect();
    let read: Vec<_> = came_to.iter().map(|run| run.batch_id.as_str()).collect();
    assert_eq!(names, read, "at minute {minute}");
    told.tell(now, sight, came_to, looked_at)
}

#[test]
fn one_notice_for_the_first_that_needs_somebody_then_silence_and_nothing_lost_in_it() {
    let mut told = Told::default();
    let a = |working, needs| sight(&[("a", working, 0)], needs);
    // Three old ones need somebody already: no news.
    assert_eq!(step(&mut told, 0, &a(9, 3), &[], false), None);
    assert_eq!(step(&mut told, 1, &a(8, 4), &[], false), Some(Notice::NeedsYou(4)));
    assert_eq!(step(&mut told, 2, &a(7, 5), &[], false), None, "silence");
    // The list ends in the silence, and is told when that is over.
    let run = report("a", 6, 2, 5 * MINUTE);
    assert_eq!(
        step(&mut told, 5, &sight(&[], 5), std::slice::from_ref(&run), false),
        None
    );
    assert_eq!(step(&mut told, 10, &sight(&[], 5), &[], false), None);
    assert_eq!(
        step(&mut told, 11, &sight(&[], 5), &[], false),
        Some(Notice::Ended(vec![run]))
    );
    // Whoever comes for that sees the fifth one too: it is not told on top.
    assert_eq!(step(&mut told, 40, &sight(&[], 5), &[], false), None);
}

#[test]
fn whoever_looks_is_told_nothing_then_or_later() {
    let mut told = Told::default();
    assert_eq!(step(&mut told, 0, &sight(&[("a", 4, 2)], 0), &[], true), None);
    assert_eq!(step(&mut told, 1, &sight(&[("a", 4, 1)], 1), &[], true), None);
    assert_eq!(step(&mut told, 2, &sight(&[], 1), &[report("a", 5, 1, 0)], true), None);
    assert_eq!(
        step(&mut told, 3, &sight(&[], 1), &[], false),
        None,
        "they have seen it"
    );
    // One of them was settled and another came: that is news.
    assert_eq!(step(&mut told, 4, &sight(&[], 0), &[], false), None);
    assert_eq!(
        step(&mut told, 5, &sight(&[], 1), &[], false),
        Some(Notice::NeedsYou(1))
    );
}

#[test]
fn a_queue_that_stopped_by_itself_is_told_before_anything_else() {
    let mut told = Told::default();
    let going = sight(&[("a", 2, 9)], 0);
    assert_eq!(step(&mut told, 0, &going, &[], false), None);
    let stopped = Sight {
        buying: false,
        stopped: true,
        ..sight(&[("a", 0, 9)], 2)
    };
    assert_eq!(step(&mut told, 1, &stopped, &[], false), Some(Notice::Stopped));
    assert_eq!(step(&mut told, 30, &stopped, &[], false), None, "once");
    assert_eq!(step(&mut told, 31, &going, &[], true), None);
    assert_eq!(
        step(&mut told, 32, &stopped, &[], false),
        Some(Notice::Stopped),
        "again, after it went on"
    );
}

#[test]
fn two_lists_that_end_in_a_silence_are_one_notice_and_a_clock_set_back_is_no_silence_for_ever() {
    let mut told = Told::default();
    let both = sight(&[("a", 1, 0), ("b", 1, 0), ("c", 1, 0)], 0);
    assert_eq!(step(&mut told, 100, &both, &[], false), None);
    let [a, b, c] = ["a", "b", "c"].map(|batch| report(batch, 1, 0, MINUTE));
    let first = step(
        &mut told,
        101,
        &sight(&[("b", 1, 0), ("c", 1, 0)], 0),
        std::slice::from_ref(&a),
        false,
    );
    assert_eq!(first, Some(Notice::Ended(vec![a])));
    assert_eq!(
        step(
            &mut told,
            102,
            &sight(&[("c", 1, 0)], 0),
            std::slice::from_ref(&b),
            false
        ),
        None
    );
    assert_eq!(
        step(&mut told, 103, &sight(&[], 0), std::slice::from_ref(&c), false),
        None
    );
    // Set back by more than the silence: what was noted as ahead is not believed.
    assert_eq!(
        step(&mut told, 20, &sight(&[], 0), &[], false),
        Some(Notice::Ended(vec![b, c]))
    );
}

#[test]
fn a_run_begins_with_the_work_and_one_that_was_only_taken_back_is_not_spoken_of() {
    let mut told = Told::default();
    let paused = Sight {
        buying: false,
        ..sight(&[("a", 0, 5)], 0)
    };
    assert_eq!(told.look(0, &sight(&[], 0)), []);
    assert_eq!(told.look(MINUTE, &paused), []);
    assert_eq!(told.runs(&paused), [], "it was never let go");
    let going = sight(&[("a", 1, 4)], 0);
    assert_eq!(told.look(3 * MINUTE, &going), []);
    let run = Run {
        batch: "a".into(),
        since: MINUTE,
        left: 5,
    };
    assert_eq!(
        told.runs(&going),
        [run],
        "since the last look without it: nothing quick is missed"
    );
    // Paused in the middle it is the same run.
    told.look(4 * MINUTE, &paused);
    assert_eq!(told.look(5 * MINUTE, &sight(&[], 0)), [("a".into(), MINUTE)]);
    let nothing = report("a", 0, 0, 4 * MINUTE);
    assert_eq!(
        told.tell(5 * MINUTE, &sight(&[], 0), std::slice::from_ref(&nothing), false),
        None
    );
    // One that found its limit reached bought nothing either, and that is news.
    let at_limit = RunReport { at_limit: 4, ..nothing };
    assert_eq!(
        told.tell(6 * MINUTE, &sight(&[], 0), std::slice::from_ref(&at_limit), false),
        Some(Notice::Ended(vec![at_limit]))
    );
}

#[test]
fn a_report_is_for_five_tasks_or_ten_minutes() {
    for (saved, needs, took, worth) in [
        (5, 0, MINUTE, true),
        (3, 2, MINUTE, true),
        (4, 0, MINUTE, false),
        (1, 0, 10 * MINUTE, true),
        (0, 1, 30 * MINUTE, true),
        (0, 0, 30 * MINUTE, false),
    ] {
        assert_eq!(
            is_worth_a_report(&report("a", saved, needs, took)),
            worth,
            "{saved} {needs} {took}"
        );
    }
}

#[test]
fn the_dock_shows_done_of_all_and_nothing_when_all_is_done() {
    let run = |left| Run {
        batch: "a".into(),
        since: 0,
        left,
    };
    let going = sight(&[("a", 2, 4)], 0);
    let shown = |sight: &Sight, runs: &[(Run, u64)]| progress(sight, runs).map(|shown| (shown.percent, shown.state));
    assert_eq!(shown(&going, &[(run(6), 2)]), Some((25, Going::On)));
    assert_eq!(shown(&going, &[(run(6), 0), (run(2), 8)]), Some((50, Going::On)));
    let paused = Sight {
        buying: false,
        ..sight(&[("a", 0, 4)], 0)
    };
    assert_eq!(shown(&paused, &[(run(4), 4)]), Some((50, Going::Paused)));
    let stopped = Sight {
        stopped: true,
        ..paused.clone()
    };
    assert_eq!(shown(&stopped, &[(run(4), 4)]), Some((50, Going::Stopped)));
    assert_eq!(shown(&sight(&[], 0), &[]), None);
    assert_eq!(shown(&sight(&[], 0), &[(run(0), 9)]), None);
}

#[test]
fn the_computer_is_kept_awake_for_work_alone() {
    let going = sight(&[("a", 2, 4)], 0);
    assert!(keeps_awake(&going, true) && !keeps_awake(&going, false));
    let paused = Sight {
        buying: false,
        ..sight(&[("a", 0, 4)], 0)
    };
    assert!(!keeps_awake(&paused, true), "paused by the user");
    let ending = Sight {
        buying: false,
        ..going.clone()
    };
    assert!(
        keeps_awake(&ending, true),
        "paused, and what was bought is still being made"
    );
    assert!(
        !keeps_awake(&sight(&[], 3), true),
        "cards that need somebody are no work"
    );
    let away = |away_ms| Sight {
        away_ms: Some(away_ms),
        ..going.clone()
    };
    assert!(keeps_awake(&away(MINUTE), true) && !keeps_awake(&away(10 * MINUTE), true));
}
