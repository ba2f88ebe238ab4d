//! Time and network: the computer sleeps, somebody sets the clock, the network goes, a login page answers everything.
//! Nothing times out wrongly, nothing is failed by it, and what is due drains in its order, within the limits.

use std::collections::HashMap;
use std::time::Duration;

use engine::view::settings::{PollBy, Preferences};

use crate::chance::Model;
use crate::paused::{Desk, Reach, Seen, Setting, densest, paused_each};
use crate::table::Line;
use crate::{Child, Proof, Section, Size};

/// See the module.
pub const SECTION: Section = Section {
    name: "time",
    title: "Sleep, clock and network (virtual time; a login page over real HTTP too)",
    prove: |size| -> Proof { Box::pin(prove(size)) },
    child: |_| -> Child { Box::pin(async {}) },
};

const DAY_MS: i64 = 24 * 3_600 * 1_000;
const OUTAGE: Duration = Duration::from_secs(600);
/// Choices are made for a second at a time: within one, order means nothing.
const A_SECONDS_WORTH: usize = 16;

async fn prove(size: Size) -> Vec<Line> {
    // The one works, the other waits.
    let (mut lines, portal) = tokio::join!(in_virtual_time(size), super::portal::lines(size));
    lines.extend(portal);
    lines
}

async fn in_virtual_time(size: Size) -> Vec<Line> {
    let shots = if size == Size::Full { 100 } else { 25 };
    let each = [PollBy::History, PollBy::Interval];
    let lines = paused_each(each, move |poll_by| async move {
        let mut lines = sleep(shots, poll_by).await;
        lines.extend(set_clock(shots, poll_by, DAY_MS).await);
        lines.extend(set_clock(shots, poll_by, -DAY_MS).await);
        lines.extend(outage(shots, poll_by, Reach::Gone).await);
        lines.extend(outage(shots, poll_by, Reach::Portal).await);
        lines.extend(endless(poll_by).await);
        lines
    });
    lines.await.concat()
}

fn way(poll_by: PollBy) -> &'static str {
    match poll_by {
        PollBy::History => "by history",
        PollBy::Interval => "every 5 s",
    }
}

async fn desk(model: Model, poll_by: PollBy) -> Desk {
    Desk::new(Setting {
        takes: Vec::new(),
        history: Model::wide().draws(77, 50),
        model,
        seed: 9,
        jitter: 0.0,
        tells: true,
        refuses: false,
        preferences: Preferences {
            in_flight: 200,
            poll_by,
            ..Preferences::default()
        },
    })
    .await
}

fn heard(seen: &Seen) -> usize {
    seen.made.values().filter(|made| made.heard.is_some()).count()
}

/// How many stand where they should not.
fn wrong(states: &HashMap<String, usize>) -> usize {
    ["timedOut", "failed", "unconfirmed", "cancelled"]
        .iter()
        .filter_map(|state| states.get(*state))
        .sum()
}

/// How far out of its order each task was asked for the first time after a moment, at the most. `order`: what was due,
/// the longest due first.
fn disorder(seen: &Seen, order: &[String], after: f64) -> usize {
    let mut asked: Vec<&String> = Vec::new();
    for (at, id) in &seen.queries {
        if *at >= after && order.contains(id) && !asked.contains(&id) {
            asked.push(id);
        }
    }
    asked
        .iter()
        .enumerate()
        .map(|(nth, id)| order.iter().position(|due| due == *id).unwrap().abs_diff(nth))
        .max()
        .unwrap_or(0)
}

/// What holds of every drain: soon, in order, within the limits.
fn drained(lines: &mut Vec<Line>, what: &str, seen: &Seen, order: &[String], after: f64) {
    let first = seen
        .queries
        .iter()
        .find(|query| query.0 >= after)
        .map_or(f64::MAX, |query| query.0 - after);
    lines.push(Line::must(
        format!("{what}: the first is asked within 10 s"),
        format!("{first:.1} s"),
        first <= 10.0,
    ));
    let most = densest(seen.queries.iter().map(|query| query.0), 1.0);
    let out = disorder(seen, order, after);
    lines.push(Line::must(
        format!("{what}: the longest due first, never more than 10 in a second"),
        format!(
            "{} were due, none further than {out} from its place; {most} in a second",
            order.len()
        ),
        out <= A_SECONDS_WORTH && most <= 10 && seen.queries_refused == 0 && order.len() > A_SECONDS_WORTH,
    ));
}

async fn sleep(shots: usize, poll_by: PollBy) -> Vec<Line> {
    let what = format!("an hour of sleep, {}", way(poll_by));
    let desk = desk(Model::of("200 s", &[(1.0, 200.0, 0.1)]), poll_by).await;
    desk.start(shots).await;
    desk.until(1, |seen| seen.made.len() >= shots).await;
    tokio::time::sleep(Duration::from_secs(30)).await;
    desk.world.sleep(Duration::from_secs(3_600));
    let (woken, order) = (desk.world.seconds(), desk.due_order());
    desk.until(1, |seen| heard(seen) >= shots).await;
    let (states, took) = (desk.states().await, desk.world.seconds() - woken);
    let seen = desk.end().await;
    let mut lines = vec![Line::must(
        format!("{what}: {shots} tasks, none timed out or failed, all heard of"),
        format!(
            "{} of them, {took:.0} s after it; {} elsewhere",
            heard(&seen),
            wrong(&states)
        ),
        heard(&seen) == shots && wrong(&states) == 0,
    )];
    drained(&mut lines, &what, &seen, &order, woken);
    lines
}

async fn set_clock(shots: usize, poll_by: PollBy, by_ms: i64) -> Vec<Line> {
    let direction = if by_ms > 0 { "forward" } else { "back" };
    let what = format!("the clock set {direction} a day, {}", way(poll_by));
    // Not done for minutes after it: one that believed the clock would call them timed out.
    let desk = desk(Model::of("300 s", &[(1.0, 300.0, 0.1)]), poll_by).await;
    desk.start(shots).await;
    desk.until(1, |seen| seen.made.len() >= shots).await;
    tokio::time::sleep(Duration::from_secs(20)).await;
    desk.world.set_clock_by(by_ms);
    let set = desk.world.seconds();
    desk.until(1, |seen| heard(seen) >= shots).await;
    let states = desk.states().await;
    let seen = desk.end().await;
    let lags = seen.lags();
    let worst = lags.iter().copied().fold(0.0, f64::max);
    let first = seen
        .queries
        .iter()
        .find(|query| query.0 >= set)
        .map_or(f64::MAX, |query| query.0 - set);
    let most = densest(seen.queries.iter().map(|query| query.0), 1.0);
    vec![Line::must(
        format!("{what}: none timed out or failed, the first asked within 10 s, all heard within 30 s of their end"),
        format!(
            "{} of {shots} heard, the latest {worst:.0} s late; the first asked after {first:.1} s; {} elsewhere",
            lags.len(),
            wrong(&states)
        ),
        lags.len() == shots && wrong(&states) == 0 && first <= 10.0 && worst <= 30.0 && most <= 10,
    )]
}

async fn outage(shots: usize, poll_by: PollBy, reach: Reach) -> Vec<Line> {
    let name = if reach == Reach::Gone {
        "the network gone for ten minutes"
    } else {
        "a login page that answers everything for ten minutes"
    };
    let what = format!("{name}, {}", way(poll_by));
    let desk = desk(Model::of("200 s", &[(1.0, 200.0, 0.1)]), poll_by).await;
    desk.start(shots).await;
    // Some are bought, the others wait for their turn.
    let bought = shots * 3 / 4;
    desk.until(1, |seen| seen.made.len() >= bought).await;
    desk.stand.be(reach);
    tokio::time::sleep(OUTAGE).await;
    let during = desk.states().await;
    let (back, order) = (desk.world.seconds(), desk.due_order());
    desk.stand.be(Reach::Well);
    // A reply that the page swallowed is the user's to settle: that one was never bought.
    let unknown = during.get("unconfirmed").copied().unwrap_or(0);
    desk.until(2, |seen| heard(seen) >= shots - unknown).await;
    let states = desk.states().await;
    let seen = desk.end().await;
    let prompts: std::collections::HashSet<_> = seen.made.values().map(|made| &made.prompt).collect();
    let allowed = usize::from(reach == Reach::Portal);
    let mut lines = vec![
        Line::must(
            format!("{what}: none timed out or failed; at most {allowed} of unknown outcome; the rest bought once"),
            format!(
                "{} heard of, {} bought twice, {unknown} unknown, {} elsewhere",
                heard(&seen),
                seen.made.len() - prompts.len(),
                wrong(&states) - unknown
            ),
            wrong(&states) == unknown
                && unknown <= allowed
                && prompts.len() == seen.made.len()
                && heard(&seen) == shots - unknown,
        ),
        Line::must(
            format!("{what}: it is tried again and again, and seldom"),
            format!("{} requests in ten minutes", seen.lost.len()),
            (60..=250).contains(&seen.lost.len()),
        ),
    ];
    drained(&mut lines, &what, &seen, &order, back);
    lines
}

/// The budget means the same time, however often one asks.
async fn endless(poll_by: PollBy) -> Vec<Line> {
    let desk = desk(Model::of("for ever", &[(1.0, 1e6, 0.01)]), poll_by).await;
    desk.start(3).await;
    desk.until(1, |seen| seen.made.len() == 3).await;
    tokio::time::sleep(Duration::from_secs(560)).await;
    let before = desk.states().await;
    tokio::time::sleep(Duration::from_secs(100)).await;
    let after = desk.states().await;
    let polls = desk.end().await.queries.len() / 3;
    let count = |states: &HashMap<String, usize>| states.get("timedOut").copied().unwrap_or(0);
    vec![Line::must(
        format!(
            "never finished, {}: called slow after 120 x 5 s, and not before",
            way(poll_by)
        ),
        format!(
            "{} after 560 s, {} of 3 after 660 s, {polls} polls each",
            count(&before),
            count(&after)
        ),
        count(&before) == 0 && count(&after) == 3,
    )]
}
