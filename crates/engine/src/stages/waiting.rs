//! What waits for a disk or a network, and goes on by itself.
//!
//! A folder that could not take one file takes none: its files wait together, and one cheap look at the folder every ten
//! seconds to a minute speaks for all of them, so that a share that never answers holds up one thread and not each. A
//! host that delivered nothing for a while is asked again every five minutes. Anything else waits for the user.

use std::collections::{HashMap, HashSet};
use std::path::PathBuf;
use std::sync::Arc;

use serde_json::json;

use super::saver::WAITS;
use super::{Busy, BusyMark};
use crate::change::Change;
use crate::engine::core::Core;
use crate::error::Result;
use crate::library::due::Waiting;
use crate::library::{step, tasks};
use crate::save::folder;
use crate::task::{State, Step};
use crate::trouble::{SavingProblem, Trouble};

/// Waits between two looks at a folder, in ms; the last one again and again.
const LOOKS: [i64; 4] = [10_000, 15_000, 30_000, 60_000];
/// Between two tries of a host that does not deliver, in ms.
const SLOW: i64 = 300_000;
/// Files that go on at once when their folder can take one: room for one may not be room for all.
const TOGETHER: usize = 20;

/// When the app looks by itself again; `None` where only the user can help.
pub(super) fn first_wait(problem: &SavingProblem) -> Option<i64> {
    if problem.is_of_folder() {
        Some(LOOKS[0])
    } else if problem.passes() {
        Some(SLOW)
    } else {
        None
    }
}

/// What stands for all the files whose host is being waited for, where one is taken up.
const HOSTS: &str = "hosts";

/// Takes up what is due, folder by folder. `taken`: what was taken up when the library was read.
pub(super) fn look(core: &Arc<Core>, busy: &Busy, taken: &HashSet<String>, waiting: Vec<Waiting>) {
    let take = |name: &str| if taken.contains(name) { None } else { busy.take(name) };
    let mut folders: HashMap<PathBuf, Vec<Waiting>> = HashMap::new();
    let mut rest = Vec::new();
    for one in waiting {
        match (&one.folder, problem(&one)) {
            (Some(folder), Some(problem)) if problem.is_of_folder() => {
                folders.entry(PathBuf::from(folder)).or_default().push(one);
            }
            _ => rest.push(one),
        }
    }
    for (folder, files) in folders {
        let Some(mark) = take(&format!("folder {}", folder.display())) else {
            continue;
        };
        let core = Arc::clone(core);
        core.work
            .clone()
            .spawn(async move { look_at(&core, folder, files, mark).await });
    }
    if let Some(mark) = (!rest.is_empty()).then(|| take(HOSTS)).flatten() {
        let core = Arc::clone(core);
        core.work.clone().spawn(async move {
            // One try of the quick ones is left to each.
            let tries = u32::try_from(WAITS.len() - 1).unwrap_or(0);
            report(&core, go_on(&core, rest, tries).await);
            drop(mark);
            core.wake_saver.notify_one();
        });
    }
}

async fn look_at(core: &Arc<Core>, folder: PathBuf, mut files: Vec<Waiting>, mark: BusyMark) {
    let wanted = files.first().map_or(0, Waiting::bytes_left);
    let seen = tokio::select! {
        seen = folder::probe(&folder, wanted) => seen,
        () = core.closing.cancelled() => return,
    };
    let outcome = match seen {
        Ok(()) => {
            core.closed.open(&folder);
            let later = files.split_off(files.len().min(TOGETHER));
            match go_on(core, files, 0).await {
                Ok(()) => stay(core, later, None).await,
                broken => broken,
            }
        }
        Err(problem) => {
            core.closed.close(&folder, &problem);
            stay(core, files, Some(problem)).await
        }
    };
    report(core, outcome);
    drop(mark);
    core.wake_saver.notify_one();
}

/// Saves them again, now.
async fn go_on(core: &Arc<Core>, files: Vec<Waiting>, tries: u32) -> Result<()> {
    let (now, told) = (core.now(), ids(&files));
    core.library
        .write(move |tx| {
            for file in files {
                let id = &file.task.id;
                if step::state(tx, id)? != State::SaveFailed {
                    continue;
                }
                step::step_from(tx, id, State::SaveFailed, Step::SaveAgain, now, &json!({ "by": "app" }))?;
                tx.execute("UPDATE task SET tries = ?2 WHERE id = ?1", rusqlite::params![id, tries])?;
                tasks::set_due(tx, id, now)?;
            }
            Ok(())
        })
        .await?;
    tell(core, told);
    Ok(())
}

/// Waits on. `found`: what is the matter with the folder now, where it was looked at.
async fn stay(core: &Arc<Core>, files: Vec<Waiting>, found: Option<SavingProblem>) -> Result<()> {
    let now = core.now();
    let changed: Vec<_> = files.iter().filter(|file| found != problem(file)).collect();
    let told = if found.is_some() { ids_of(&changed) } else { vec![] };
    core.library
        .write(move |tx| {
            for file in files {
                let (id, tries) = (&file.task.id, file.task.tries);
                if step::state(tx, id)? != State::SaveFailed {
                    continue;
                }
                let nth = usize::try_from(tries).unwrap_or(0) + 1;
                let wait = if found.is_some() {
                    LOOKS[nth.min(LOOKS.len() - 1)]
                } else {
                    LOOKS[0]
                };
                tx.execute(
                    "UPDATE task SET tries = MIN(tries + 1, 1000) WHERE id = ?1 AND ?2",
                    rusqlite::params![id, found.is_some()],
                )?;
                if let Some(problem) = &found
                    && file.task.trouble.as_ref()
                        != Some(&Trouble::Saving {
                            problem: problem.clone(),
                        })
                {
                    let problem = problem.clone();
                    tasks::set_trouble(tx, id, &Trouble::Saving { problem })?;
                    step::touch(tx, id, now)?;
                }
                tasks::set_due(tx, id, now + wait)?;
            }
            Ok(())
        })
        .await?;
    tell(core, told);
    Ok(())
}

fn problem(file: &Waiting) -> Option<SavingProblem> {
    match &file.task.trouble {
        Some(Trouble::Saving { problem }) => Some(problem.clone()),
        _ => None,
    }
}

fn ids(files: &[Waiting]) -> Vec<String> {
    files.iter().map(|file| file.task.id.clone()).collect()
}

fn ids_of(files: &[&Waiting]) -> Vec<String> {
    files.iter().map(|file| file.task.id.clone()).collect()
}

fn tell(core: &Core, ids: Vec<String>) {
    if !ids.is_empty() {
        core.changes.tell(Change::Queue);
    }
    ids.iter().for_each(|id| core.told(id));
}

fn report(core: &Core, outcome: Result<()>) {
    if let Err(error) = outcome
        && !core.closing.is_cancelled()
    {
        tracing::error!(%error, "what waits to be saved could not be looked at");
    }
}
