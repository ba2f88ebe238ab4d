//! An account in a model: what the balance is at any time is known, and so is the truth.

use proptest::prelude::*;

use super::*;

const PRICE: f64 = 60.0;
const SENT: i64 = 10_000_000;

fn reading(at: i64, credits: f64) -> Reading {
    Reading {
        asked_at: SENT + at,
        heard_at: SENT + at + 200,
        credits,
    }
}

/// Lost a second after it was sent; heard once before.
fn case(after: &[(i64, f64)]) -> Case {
    let mut readings = vec![reading(-5_000, 1_000.0)];
    readings.extend(after.iter().map(|(at, credits)| reading(*at, *credits)));
    let now = readings.last().map_or(SENT, |last| last.heard_at);
    Case {
        sent_at: SENT,
        lost_at: SENT + 1_000,
        price: Some(PRICE),
        readings,
        others: vec![],
        now,
    }
}

fn bought_at(at: i64) -> Other {
    Other {
        sent_at: SENT + at,
        answered_at: Some(SENT + at + 300),
        fate: Fate::Taken,
        price: Some(PRICE),
        made: false,
        seen_at: None,
        ended_at: None,
    }
}

fn says(case: &Case) -> Option<Verdict> {
    case.judge(&Pace::default())
}

fn cannot(why: Why) -> Option<Verdict> {
    Some(Verdict::CannotTell(why))
}

#[test]
fn nothing_is_said_before_the_settle_time() {
    for after in [
        vec![],
        vec![(4_000, 940.0)],
        vec![(4_000, 1_000.0), (31_000, 1_000.0)],
        vec![(4_000, 940.0), (31_000, 940.0), (100_000, 940.0)],
    ] {
        assert_eq!(says(&case(&after)), None, "{after:?}");
    }
}

#[test]
fn a_fall_by_the_price_and_a_balance_that_stands_still_are_told() {
    let fell = case(&[(4_000, 940.0), (31_000, 940.0), (121_000, 940.0)]);
    assert_eq!(says(&fell), Some(Verdict::LikelyBought));
    let stood = case(&[(4_000, 1_000.0), (31_000, 1_000.0), (121_000, 1_000.0)]);
    assert_eq!(says(&stood), Some(Verdict::LikelyNotBought));
}

#[test]
fn a_charge_that_comes_late_is_heard_twice_before_it_is_told() {
    let mut late = case(&[(4_000, 1_000.0), (31_000, 1_000.0), (121_000, 940.0)]);
    assert_eq!(says(&late), None, "it fell only just now");
    late.readings.push(reading(241_000, 940.0));
    assert_eq!(says(&late), Some(Verdict::LikelyBought));
}

#[test]
fn a_charge_after_the_settle_time_takes_the_verdict_back() {
    let very_late = case(&[
        (4_000, 1_000.0),
        (31_000, 1_000.0),
        (121_000, 1_000.0),
        (241_000, 940.0),
    ]);
    assert_eq!(says(&very_late), cannot(Why::MovedLate));
}

#[test]
fn whatever_else_moves_the_balance_silences_it() {
    for after in [
        [(4_000, 940.0), (31_000, 1_000.0), (121_000, 1_000.0)],
        [(4_000, 910.0), (31_000, 910.0), (121_000, 910.0)],
        [(4_000, 1_000.0), (31_000, 940.0), (121_000, 880.0)],
        [(4_000, 1_500.0), (31_000, 1_500.0), (121_000, 1_500.0)],
    ] {
        assert_eq!(says(&case(&after)), cannot(Why::MovedOtherwise), "{after:?}");
    }
}

#[test]
fn without_a_balance_before_or_a_price_there_is_nothing_to_compare() {
    let after = [(4_000, 940.0), (31_000, 940.0), (121_000, 940.0)];
    let mut none = case(&after);
    none.readings.remove(0);
    assert_eq!(says(&none), cannot(Why::NoneBefore));
    let mut old = case(&after);
    old.readings[0] = reading(-700_000, 1_000.0);
    assert_eq!(says(&old), cannot(Why::NoneBefore));
    let mut unpriced = case(&after);
    unpriced.price = None;
    assert_eq!(says(&unpriced), cannot(Why::NoPrice));
    let mut closed = case(&after);
    closed.lost_at = SENT + 3_600_000;
    assert_eq!(says(&closed), cannot(Why::ClosedTooLong));
    let mut deaf = case(&[(4_000, 940.0)]);
    deaf.now = SENT + 800_000;
    assert_eq!(says(&deaf), cannot(Why::NoneAfter));
}

#[test]
fn two_unknown_ones_at_a_time_are_one_too_many() {
    for at in [-60_000, 50_000] {
        let mut two = case(&[(4_000, 940.0), (31_000, 940.0), (121_000, 940.0)]);
        two.others.push(Other {
            fate: Fate::Unknown,
            ..bought_at(at)
        });
        assert_eq!(says(&two), cannot(Why::AnotherUnknown), "{at}");
        // Long after this one was settled, another changes nothing about it.
        two.others[0].sent_at = SENT + 300_000;
        two.others[0].answered_at = Some(SENT + 301_000);
        assert_eq!(says(&two), Some(Verdict::LikelyBought));
    }
}

#[test]
fn what_an_earlier_unknown_one_took_is_not_laid_at_somebody_elses_door() {
    let mut second = case(&[(4_000, 940.0)]);
    second.readings.insert(0, reading(-60_000, 1_060.0));
    second.others.push(Other {
        fate: Fate::Unknown,
        ..bought_at(-30_000)
    });
    assert_eq!(says(&second), cannot(Why::AnotherUnknown));
    // Settled long ago, it does not matter any more, and neither does what it took.
    second.readings[0] = reading(-1_000_000, 1_060.0);
    second.others[0].sent_at = SENT - 900_000;
    second.others[0].answered_at = Some(SENT - 899_000);
    second
        .readings
        .extend([reading(31_000, 940.0), reading(121_000, 940.0)]);
    assert_eq!(says(&second), Some(Verdict::LikelyBought));
}

#[test]
fn other_purchases_are_accounted_for_and_those_on_the_wire_are_waited_for() {
    let mut busy = case(&[(4_000, 940.0), (31_000, 820.0), (121_000, 700.0)]);
    busy.others = vec![
        bought_at(20_000),
        bought_at(25_000),
        bought_at(90_000),
        bought_at(95_000),
    ];
    assert_eq!(says(&busy), Some(Verdict::LikelyBought));
    // One that is on the wire while the balance is heard may be in it or not.
    busy.others.push(bought_at(121_100));
    assert_eq!(says(&busy), None);
    busy.readings.push(reading(125_000, 640.0));
    assert_eq!(says(&busy), Some(Verdict::LikelyBought));
}

#[test]
fn credits_that_may_have_come_back_hide_a_charge_until_it_is_known_that_they_did_not() {
    let mut hidden = case(&[(4_000, 1_000.0), (31_000, 1_000.0), (121_000, 1_000.0)]);
    hidden.others = vec![bought_at(-90_000)];
    assert_eq!(says(&hidden), None, "it may have failed, and nobody asked yet");
    hidden.others[0].seen_at = Some(SENT + 60_000);
    assert_eq!(says(&hidden), None, "or since then");
    hidden.others[0].seen_at = Some(SENT + 125_000);
    assert_eq!(says(&hidden), Some(Verdict::LikelyNotBought));
    hidden.others[0].seen_at = None;
    hidden.others[0].made = true;
    assert_eq!(says(&hidden), Some(Verdict::LikelyNotBought));
    hidden.others[0].made = false;
    hidden.others[0].ended_at = Some(SENT + 2_000);
    assert_eq!(says(&hidden), cannot(Why::GivenBack));
    hidden.others[0].ended_at = Some(SENT - 40_000);
    assert_eq!(says(&hidden), cannot(Why::GivenBack), "credits may come back late");
}

#[test]
fn an_account_that_loses_credits_by_itself_is_not_believed() {
    let mut shared = case(&[(4_000, 940.0), (31_000, 940.0), (121_000, 940.0)]);
    shared.readings.insert(0, reading(-60_000, 1_060.0));
    assert_eq!(says(&shared), cannot(Why::UsedElsewhere));
    // What this app bought in between explains it.
    shared.others = vec![bought_at(-30_000)];
    assert_eq!(says(&shared), Some(Verdict::LikelyBought));
}

#[test]
fn a_service_that_charges_late_is_noticed_before_it_fools_anybody() {
    // Bought two seconds before the balance was heard, and charged after it.
    let mut lagging = case(&[(4_000, 940.0), (31_000, 940.0), (121_000, 940.0)]);
    lagging.others = vec![bought_at(-7_000)];
    assert_eq!(says(&lagging), cannot(Why::NoneBefore));
    lagging.readings.insert(0, reading(-60_000, 1_000.0));
    // From the quiet reading on: one price for the other, and nothing for this one.
    assert_eq!(says(&lagging), None, "credits of the other may have come back");
    lagging.others[0].made = true;
    assert_eq!(says(&lagging), Some(Verdict::LikelyNotBought));
}

#[test]
fn balances_that_were_asked_for_at_the_same_time_are_no_clock_set_back() {
    let mut crossed = case(&[(4_000, 940.0), (31_000, 940.0), (121_000, 940.0)]);
    let asked_before_the_other_was_heard = Reading {
        asked_at: SENT - 5_100,
        heard_at: SENT - 4_700,
        credits: 1_000.0,
    };
    crossed.readings.insert(1, asked_before_the_other_was_heard);
    assert_eq!(says(&crossed), Some(Verdict::LikelyBought));
    crossed.readings.swap(0, 1);
    assert_eq!(says(&crossed), Some(Verdict::LikelyBought));
}

#[test]
fn a_clock_that_was_set_back_hides_what_was_heard_before() {
    let mut back = case(&[(4_000, 940.0), (31_000, 940.0), (121_000, 940.0)]);
    back.readings.insert(0, reading(5_000_000, 1_000.0));
    back.readings.remove(1);
    assert_eq!(says(&back), cannot(Why::NoneBefore));
}

/// One history of an account: what the app did, what others did, and whether the lost one was taken.
#[derive(Clone, Debug)]
struct History {
    taken: bool,
    /// How long after sending it is charged (ms).
    late: i64,
    /// Own purchases: when, whether they fail, after how long.
    own: Vec<(i64, bool, i64)>,
    /// Another client of the account: when each of its purchases comes, and for how much.
    foreign: Vec<(i64, f64)>,
    /// When each own task is asked about, after it was bought.
    polls: i64,
}

impl History {
    fn balance(&self, at: i64) -> f64 {
        let mut credits = 100_000.0;
        if self.taken && at >= self.late {
            credits -= PRICE;
        }
        for (bought, fails, takes) in &self.own {
            if at >= *bought {
                credits -= PRICE;
            }
            if *fails && at >= bought + takes {
                credits += PRICE;
            }
        }
        credits
            - self
                .foreign
                .iter()
                .filter(|(when, _)| at >= *when)
                .map(|(_, price)| price)
                .sum::<f64>()
    }

    /// What the app knows at `now` (ms after sending).
    fn known(&self, now: i64) -> Case {
        let looks = Pace::default().looks().map(|look| look + 1_000);
        let heard = [-300_000, -65_000, -8_000].into_iter().chain(looks);
        let others = self
            .own
            .iter()
            .filter(|(bought, ..)| *bought <= now)
            .map(|(bought, fails, takes)| {
                let ends = bought + takes;
                let ended = ends.div_euclid(self.polls) * self.polls + self.polls;
                let asked = (now.div_euclid(self.polls) * self.polls).min(ended - self.polls);
                Other {
                    made: !fails && ended <= now,
                    ended_at: (*fails && ended <= now).then_some(SENT + ended),
                    seen_at: (asked > *bought).then_some(SENT + asked),
                    ..bought_at(*bought)
                }
            });
        Case {
            sent_at: SENT,
            lost_at: SENT + 1_000,
            price: Some(PRICE),
            readings: heard
                .filter(|at| at + 200 <= now)
                .map(|at| reading(at, self.balance(at + 100)))
                .collect(),
            others: others.collect(),
            now: SENT + now,
        }
    }
}

fn histories() -> impl Strategy<Value = History> {
    let own = proptest::collection::vec(
        (
            -200_000_i64..100_000,
            proptest::bool::weighted(0.1),
            30_000_i64..150_000,
        ),
        0..6,
    );
    // A client at work: it buys every five to forty seconds, all the time.
    let foreign = proptest::collection::vec(
        (5_000_i64..40_000, proptest::sample::select(vec![PRICE, 65.0, 30.0])),
        30..31,
    );
    let foreign = proptest::option::weighted(0.4, foreign).prop_map(|gaps| {
        let mut at = -310_000;
        let at_work = gaps.unwrap_or_default().into_iter().map(|(gap, price)| {
            at += gap;
            (at, price)
        });
        at_work.collect::<Vec<_>>()
    });
    (any::<bool>(), 0_i64..118_000, own, foreign, 5_000_i64..40_000).prop_map(|(taken, late, own, foreign, polls)| {
        // The till: while this one is on the wire, and until the account has settled, nothing else is bought.
        let own = own.into_iter().filter(|(at, ..)| !(-400..4_500).contains(at)).collect();
        History {
            taken,
            late,
            own,
            foreign,
            polls,
        }
    })
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(2_000))]

    /// At no moment of any history is anything said that is not so.
    #[test]
    fn no_verdict_is_ever_wrong(history in histories()) {
        for now in [2_000, 5_000, 32_000, 100_000, 122_000, 160_000, 242_000, 400_000, 602_000, 800_000] {
            match says(&history.known(now)) {
                Some(Verdict::LikelyBought) => prop_assert!(history.taken, "{now}: {history:?}"),
                Some(Verdict::LikelyNotBought) => prop_assert!(!history.taken, "{now}: {history:?}"),
                _ => {}
            }
        }
    }

    /// Where nothing failed and nobody else uses the account, it is settled.
    #[test]
    fn what_can_be_told_is_told(history in histories()) {
        let mut history = history;
        history.foreign.clear();
        history.own.iter_mut().for_each(|(_, fails, _)| *fails = false);
        let told = says(&history.known(800_000));
        let truth = if history.taken { Verdict::LikelyBought } else { Verdict::LikelyNotBought };
        prop_assert_eq!(told, Some(truth), "{:?}", history);
    }
}
