//! Waits until tasks have ended, showing how they come along, and reports them.

use std::collections::{HashMap, HashSet};
use std::time::{Duration, Instant};

use engine::change::Change;
use engine::task::State;
use engine::trouble::rows::account;
use engine::trouble::{Told, join};
use engine::view::TaskReport;
use engine::{Engine, Result};
use tokio::sync::broadcast::error::RecvError;

use crate::End;
use crate::progress::Progress;
use crate::say::Say;

/// How long a request on the wire may still be answered when the run ends early.
const PATIENCE: Duration = Duration::from_secs(15);
/// How long a run goes on without hearing anything of the service while everything only waits to be bought.
const SILENCE: Duration = Duration::from_secs(60);
/// How long while something bought is still to be brought home.
const LONG_SILENCE: Duration = Duration::from_secs(600);
/// How long one goes on after a refusal of the whole account while nothing moves.
const REFUSED: Duration = Duration::from_secs(20);

/// Follows `ids` until each has ended, or nothing can go on; then reports them in this order.
///
/// Whatever goes wrong meanwhile, the engine is closed properly and what became of the tasks is told: something may
/// have been bought.
pub(crate) async fn follow(engine: &Engine, say: &Say, ids: Vec<String>) -> Result<End> {
    let why = match watch(engine, say, &ids).await {
        Ok(why) => why,
        Err(error) => Some(error.say(say.lang)),
    };
    engine.close(PATIENCE).await;
    report(engine, say, ids, why).await
}

/// Shows how tasks come along until each has ended; why not, where that is so.
async fn watch(engine: &Engine, say: &Say, ids: &[String]) -> Result<Option<String>> {
    let mut changes = engine.listen();
    let mut progress = Progress::new(say);
    let mut open: HashSet<String> = ids.iter().cloned().collect();
    let mut revisions: HashMap<String, (u64, Option<u64>)> = HashMap::new();
    let mut moved_at = Instant::now();
    let mut looking: Vec<String> = ids.to_vec();
    let why = loop {
        for card in engine.cards(looking, say.lang).await? {
            let now = (card.revision, card.bytes_done);
            if revisions.insert(card.id.clone(), now) != Some(now) {
                moved_at = Instant::now();
            }
            progress.show(&card);
            if card.state.is_none_or(ended) {
                open.remove(&card.id);
            }
        }
        if open.is_empty() {
            break None;
        }
        if let Some(why) = stuck(engine, say, &open, moved_at).await? {
            break Some(why);
        }
        looking = tokio::select! {
            changed = heard(&mut changes, &open) => changed,
            _ = tokio::signal::ctrl_c() => break Some(say.pick(
                "Stopped. What was bought goes on at the service; `resume` fetches it.",
                "已停止。已购买的任务会在服务端继续，运行 resume 即可取回。",
            )),
        };
    };
    progress.clear();
    Ok(why)
}

fn ended(state: State) -> bool {
    matches!(
        state,
        State::Done
            | State::Failed
            | State::Unconfirmed
            | State::TimedOut
            | State::SaveFailed
            | State::Cancelled
            | State::Draft
    )
}

/// The followed tasks that changed; all of them after a second of silence.
async fn heard(changes: &mut tokio::sync::broadcast::Receiver<Change>, open: &HashSet<String>) -> Vec<String> {
    let all = || open.iter().cloned().collect();
    let deadline = tokio::time::sleep(Duration::from_secs(1));
    tokio::pin!(deadline);
    loop {
        tokio::select! {
            () = &mut deadline => return all(),
            change = changes.recv() => match change {
                Ok(Change::Task(id)) if open.contains(&id) => return vec![id],
                Ok(Change::Queue | Change::Everything) | Err(RecvError::Lagged(_)) => return all(),
                Ok(_) => {}
                Err(RecvError::Closed) => return all(),
            },
        }
    }
}

/// Why nothing can go on, where nothing can.
async fn stuck(engine: &Engine, say: &Say, open: &HashSet<String>, moved_at: Instant) -> Result<Option<String>> {
    let paused = engine.paused_by();
    if paused.is_none() && engine.is_running() && engine.unreachable_since().is_none() {
        return Ok(None);
    }
    let reports = engine.reports(Some(open.iter().cloned().collect()), say.lang).await?;
    let any = |states: &[&str]| reports.iter().any(|task| states.contains(&task.state.as_str()));
    // An answer on its way, a file on its way: both end by themselves, and soon.
    if any(&["submitting", "saving"]) {
        return Ok(None);
    }
    let still = moved_at.elapsed();
    let bought = any(&["generating"]);
    if let Some(trouble) = paused {
        // What was bought is brought home first, as long as the service still answers for it.
        let over = !bought || still > REFUSED.max(engine.poll_interval() * 4);
        return Ok(over.then(|| trouble.line(say.lang)));
    }
    Ok((still > if bought { LONG_SILENCE } else { SILENCE }).then(|| {
        let said = Told::new(&account::AWAY).view(say.lang);
        let resume = say.pick("Run `resume` when it is back.", "恢复后运行 resume 即可。");
        join(say.lang, [&said.cause, &said.money, &resume])
    }))
}

async fn report(engine: &Engine, say: &Say, ids: Vec<String>, why: Option<String>) -> Result<End> {
    let reports = engine.reports(Some(ids), say.lang).await?;
    for task in &reports {
        // A person has seen the lines go by; what is not done is said once more.
        if say.json || task.state != "done" {
            say.report(task);
        }
    }
    summary(say, &reports);
    if let Some(why) = why {
        say.error(&why);
    }
    Ok(if reports.iter().all(|task| task.state == "done") {
        End::Done
    } else {
        End::NotAll
    })
}

fn summary(say: &Say, reports: &[TaskReport]) {
    let mut counts: Vec<(String, usize)> = Vec::new();
    for task in reports {
        match counts.iter_mut().find(|(state, _)| *state == task.state) {
            Some((_, count)) => *count += 1,
            None => counts.push((task.state.clone(), 1)),
        }
    }
    counts.sort_by_key(|(state, _)| state != "done");
    let parts: Vec<String> = counts
        .iter()
        .map(|(state, count)| format!("{count} {}", say.state(state)))
        .collect();
    say.line(&parts.join(say.lang.pick(", ", "，")));
    let folder = reports.iter().find_map(|task| {
        std::path::Path::new(task.local_path.as_ref()?)
            .parent()
            .map(|folder| folder.display().to_string())
    });
    if let Some(folder) = folder {
        say.line(&say.pick(format!("Videos are in {folder}"), format!("视频保存在 {folder}")));
    }
}
