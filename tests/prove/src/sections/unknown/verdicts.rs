//! What the balance is said to say, against what the ledger says.

use std::sync::Arc;
use std::time::{Duration, Instant};

use futures_util::StreamExt as _;
use rand::rngs::StdRng;
use rand::{RngExt as _, SeedableRng as _};
use tokio_util::sync::CancellationToken;

use super::world::{PACE, World};
use crate::Size;
use crate::table::Line;

/// Worlds at a time.
const AT_ONCE: usize = 40;

/// What happens around one lost answer.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Around {
    /// Nothing, or purchases of this app that go well.
    Own,
    /// Purchases of this app that fail, so that credits come back.
    GivenBack,
    /// Another client buys all the time.
    Somebody,
    /// A second answer is lost.
    Two,
    /// Another client buys once, in these very seconds, for the very same price.
    LoneTwin,
}

#[derive(Clone, Debug)]
struct Plan {
    seed: u64,
    around: Around,
    /// The lost one's prompt.
    prompt: String,
    before: usize,
    after: usize,
}

/// What came of one.
#[derive(Clone, Debug, Default)]
struct Seen {
    bought: bool,
    /// Every verdict that ever stood there.
    verdicts: Vec<String>,
    /// What a look after three seconds (a fortieth of them) would have said: that the balance fell.
    fell_at_once: Option<bool>,
    posts: usize,
}

impl Seen {
    fn told(&self) -> Option<bool> {
        match self.verdicts.last().map(String::as_str) {
            Some("likelyBought") => Some(true),
            Some("likelyNotBought") => Some(false),
            _ => None,
        }
    }

    fn wrong(&self) -> bool {
        self.verdicts.iter().any(|said| match said.as_str() {
            "likelyBought" => !self.bought,
            "likelyNotBought" => self.bought,
            _ => false,
        })
    }
}

pub(super) async fn prove(size: Size) -> Vec<Line> {
    let [own, given_back, somebody, two, twin] = match size {
        Size::Full => [60, 18, 30, 8, 4],
        Size::Quick => [4, 2, 3, 1, 0],
    };
    let plans = [
        (Around::Own, own),
        (Around::GivenBack, given_back),
        (Around::Somebody, somebody),
        (Around::Two, two),
        (Around::LoneTwin, twin),
    ];
    let mut dice = StdRng::seed_from_u64(20_261_122);
    let all: Vec<Plan> = plans
        .into_iter()
        .flat_map(|(around, count)| (0..count).map(move |nth| (around, nth)))
        .map(|(around, nth)| plan(around, nth, &mut dice))
        .collect();
    let seen: Vec<(Plan, Seen)> = futures_util::stream::iter(all)
        .map(|plan| async move {
            let seen = run(&plan).await;
            (plan, seen)
        })
        .buffer_unordered(AT_ONCE)
        .collect()
        .await;
    lines(&seen)
}

fn plan(around: Around, nth: usize, dice: &mut StdRng) -> Plan {
    let how = match (around, nth % 3) {
        (Around::LoneTwin, _) | (_, 1) => "#never".to_owned(),
        (_, 0) => "#lost".to_owned(),
        // Up to eighty seconds late.
        _ => format!("#late={}", dice.random_range(20..2_000)),
    };
    Plan {
        seed: dice.random(),
        around,
        prompt: format!("a kite over dunes {how}"),
        before: dice.random_range(0..3),
        after: dice.random_range(0..3),
    }
}

async fn run(plan: &Plan) -> Seen {
    let median = match plan.around {
        Around::GivenBack => Duration::from_millis(1_500),
        // Others are finished while the balance is watched, as they are in two minutes of the real one.
        _ => Duration::from_millis(2_500),
    };
    let world = Arc::new(World::new(median, plan.seed).await);
    let stop = CancellationToken::new();
    let somebody = (plan.around == Around::Somebody).then(|| somebody(Arc::clone(&world), plan.seed, stop.clone()));
    let somebody = somebody.map(tokio::spawn);
    // The account is still, as it is when somebody opens the app and looks before pressing Start.
    tokio::time::sleep(Duration::from_millis(3_300)).await;
    let other = |nth: usize| match plan.around {
        Around::GivenBack => format!("other {nth} [fault:moderation]"),
        Around::Two if nth == 0 => "other #lost".to_owned(),
        _ => format!("other {nth}"),
    };
    let before = plan.before + usize::from(matches!(plan.around, Around::Two | Around::GivenBack));
    let mut prompts: Vec<String> = (0..before).map(other).collect();
    prompts.push(plan.prompt.clone());
    prompts.extend((before..before + plan.after).map(other));
    let ids = world.buy(&prompts).await;
    let lost = &ids[before];
    assert!(
        world
            .until(std::slice::from_ref(lost), &["unconfirmed"], Duration::from_secs(30))
            .await,
        "{plan:?}"
    );
    if plan.around == Around::LoneTwin {
        world.somebody_buys("the very same price").await;
    }
    let verdicts = watch(&world, lost).await;
    stop.cancel();
    if let Some(somebody) = somebody {
        let _ = somebody.await;
    }
    let ledger = world.service.ledger();
    let seen = Seen {
        bought: ledger.accepted_with_prompt(&plan.prompt) == 1,
        verdicts,
        fell_at_once: first_look(&world, lost),
        posts: ledger.posts_with_prompt(&plan.prompt),
    };
    if let Ok(world) = Arc::try_unwrap(world) {
        world.end().await;
    }
    seen
}

/// Buys every eighth of a second to a second: every five to forty, forty times as fast.
async fn somebody(world: Arc<World>, seed: u64, stop: CancellationToken) {
    let mut dice = StdRng::seed_from_u64(seed);
    while !stop.is_cancelled() {
        world.somebody_buys("somebody else's").await;
        let pause = Duration::from_millis(dice.random_range(125..1_000));
        tokio::select! {
            () = tokio::time::sleep(pause) => {}
            () = stop.cancelled() => {}
        }
    }
}

/// Every verdict that stands in the library until nothing changes any more.
async fn watch(world: &World, task: &str) -> Vec<String> {
    let library = world.library();
    let begin = Instant::now();
    let mut verdicts: Vec<String> = Vec::new();
    let until = u64::try_from(PACE.last + PACE.second).unwrap();
    while begin.elapsed() < Duration::from_millis(until) {
        let said: Option<String> = library
            .query_row(
                "SELECT json_extract(verdict, '$.says') || COALESCE(': ' || json_extract(verdict, '$.why'), '')
                 FROM attempt WHERE task_id = ?1",
                [task],
                |row| row.get(0),
            )
            .unwrap();
        if let Some(said) = said.filter(|said| verdicts.last() != Some(said)) {
            verdicts.push(said);
        }
        // What is likely bought, or cannot be told, is not looked at again.
        if verdicts.last().is_some_and(|said| said != "likelyNotBought") {
            break;
        }
        tokio::time::sleep(Duration::from_millis(40)).await;
    }
    verdicts
}

/// Whether the balance had fallen when it was heard for the first time after the answer was lost.
fn first_look(world: &World, task: &str) -> Option<bool> {
    let library = world.library();
    let (before, lost_at): (Option<f64>, i64) = library
        .query_row(
            "SELECT balance_before, answered_at FROM attempt WHERE task_id = ?1",
            [task],
            |row| Ok((row.get(0)?, row.get(1)?)),
        )
        .ok()?;
    let after: f64 = library
        .query_row(
            "SELECT credits FROM reading WHERE asked_at >= ?1 ORDER BY id LIMIT 1",
            [lost_at],
            |row| row.get(0),
        )
        .ok()?;
    Some(before? - after >= 0.5)
}

fn lines(seen: &[(Plan, Seen)]) -> Vec<Line> {
    let (twins, all): (Vec<_>, Vec<_>) = seen.iter().partition(|(plan, _)| plan.around == Around::LoneTwin);
    let count = |test: &dyn Fn(&(Plan, Seen)) -> bool| all.iter().filter(|one| test(one)).count();
    for (plan, seen) in &all {
        let missed = plan.around == Around::Own && seen.told() != Some(seen.bought);
        if seen.wrong() || missed {
            eprintln!("{plan:?}: {seen:?}");
        }
    }
    let wrong = count(&|(_, seen)| seen.wrong());
    let told = count(&|(_, seen)| seen.told().is_some());
    let bought = count(&|(_, seen)| seen.bought);
    let sound = |plan: &Plan| plan.around == Around::Own;
    let settleable = count(&|(plan, _)| sound(plan));
    let settled = count(&|(plan, seen)| sound(plan) && seen.told() == Some(seen.bought));
    let doubled = count(&|(_, seen)| seen.posts > 1);
    let two = count(&|(plan, seen)| plan.around == Around::Two && seen.told().is_some());
    let hasty = count(&|(_, seen)| seen.fell_at_once.is_some_and(|fell| fell != seen.bought));
    let mut lines = vec![
        Line::must(
            "0 wrong verdicts of the balance at any moment (charged up to 80 s late, refunds, a second client at work)",
            format!(
                "{wrong} of {told} told, of {} unknown ones ({bought} bought, {} not)",
                all.len(),
                all.len() - bought
            ),
            wrong == 0 && told > 0,
        ),
        Line::must(
            "at least 95 % of what a balance can settle soundly is settled",
            format!("{settled} of {settleable}"),
            settled * 100 >= settleable * 95 && settleable > 0,
        ),
        Line::must(
            "nothing is told while two are unknown at a time",
            format!("{two} told of {}", count(&|(plan, _)| plan.around == Around::Two)),
            two == 0,
        ),
        Line::must(
            "nobody acts on a verdict but the user: 0 paid requests sent again",
            format!("{doubled} of {}", all.len()),
            doubled == 0,
        ),
        Line::beside(
            "one look at the balance after 3 s, taken at its word",
            format!("{hasty} of {} wrong", all.len()),
        ),
    ];
    if !twins.is_empty() {
        let fooled = twins.iter().filter(|(_, seen)| seen.wrong()).count();
        lines.push(Line::beside(
            "a lone purchase of the same price by another client in the same seconds: no balance can tell it apart",
            format!("{fooled} of {} told as likely bought", twins.len()),
        ));
    }
    lines
}
