//! One round on the disk: what was meant is committed before, what came of it after.

use std::io::{self, Error, ErrorKind, Read as _};
use std::path::Path;
use std::sync::Arc;

use super::Step;
use crate::engine::core::Core;
use crate::error::Result;
use crate::library::renaming;
use crate::recipe::Recipe;
use crate::save::place;

/// A recipe beside a clip is smaller than this.
const LARGEST_RECIPE: u64 = 1 << 20;

/// A clip on its way to another name.
#[derive(Clone, Debug)]
pub(crate) struct Moved {
    pub(crate) take_id: String,
    pub(crate) task_id: String,
    pub(crate) service_id: Option<String>,
    /// What it was called before any of this.
    pub(crate) first: String,
    pub(crate) step: Step,
}

/// Why one did not get its name.
#[derive(Debug)]
pub(crate) enum Refusal {
    /// The library knows it otherwise by now.
    Changed,
    /// The disk's own reason.
    Disk(Error),
}

/// Renames the clips of one round, all in `folder`; what of them did not get its name, and why. The naming lock is held
/// throughout, so that no clip that is being saved takes a name in between.
pub(crate) async fn carry_out(
    core: &Arc<Core>,
    folder: &str,
    round: Vec<Moved>,
) -> Result<Vec<(Moved, Option<Refusal>)>> {
    let _naming = core.naming.lock().await;
    let (meant, at) = (round.clone(), folder.to_owned());
    let noted = core.library.write(move |tx| {
        let note = |one: &Moved| renaming::intend(tx, &one.take_id, &at, &one.step.from, &one.step.to);
        meant.iter().map(note).collect::<Result<Vec<bool>>>()
    });
    let noted = noted.await?;
    crash_point!("rename::intended");
    let (going, left): (Vec<_>, Vec<_>) = round.into_iter().zip(noted).partition(|(_, noted)| *noted);
    let going: Vec<Moved> = going.into_iter().map(|(one, _)| one).collect();
    let at = folder.to_owned();
    let (going, outcomes) = tokio::task::spawn_blocking(move || {
        let outcomes = on_the_disk(Path::new(&at), &going);
        (going, outcomes)
    })
    .await
    .map_err(|_| crate::error::Error::Closing)?;
    // Where the folder could not be synced nobody knows what a power cut leaves: what was meant stays noted, and is looked
    // at again.
    let outcomes = outcomes.map_err(|error| crate::error::Error::io(Path::new(folder), error))?;
    let ended: Vec<(Moved, bool)> = going
        .iter()
        .cloned()
        .zip(outcomes.iter().map(io::Result::is_ok))
        .collect();
    let now = core.now();
    core.write_surely(move |tx| {
        for (one, renamed) in &ended {
            if *renamed {
                let first = (!one.step.passing).then_some(one.first.as_str());
                renaming::done(tx, &one.task_id, &one.take_id, &one.step.to, first, now)?;
            } else {
                renaming::undone(tx, &one.take_id)?;
            }
        }
        Ok(())
    })
    .await?;
    crash_point!("rename::noted");
    for one in &going {
        core.told(&one.task_id);
    }
    let refused = outcomes.into_iter().map(|outcome| outcome.err().map(Refusal::Disk));
    let left = left.into_iter().map(|(one, _)| (one, Some(Refusal::Changed)));
    Ok(going.into_iter().zip(refused).chain(left).collect())
}

/// Each rename's own outcome; an error where the folder could not be synced after them.
fn on_the_disk(folder: &Path, round: &[Moved]) -> io::Result<Vec<io::Result<()>>> {
    let mut outcomes = Vec::with_capacity(round.len());
    for one in round {
        let outcome = place::rename(&folder.join(&one.step.from), &folder.join(&one.step.to));
        crash_point!("rename::renamed");
        if outcome.is_ok() {
            along(folder, &one.step.from, &one.step.to, one.service_id.as_deref());
        }
        outcomes.push(outcome);
    }
    if outcomes.iter().any(io::Result::is_ok) {
        place::sync_folder(folder)?;
    }
    crash_point!("rename::synced");
    Ok(outcomes)
}

/// Takes the recipe beside a clip along, where there is one and it is this clip's. Trouble here is not the clip's.
pub(super) fn along(folder: &Path, from: &str, to: &str, service_id: Option<&str>) {
    let beside = |clip: &str| folder.join(Path::new(clip).with_extension("json"));
    let (old, new) = (beside(from), beside(to));
    let ours = || -> io::Result<bool> {
        let about = old.symlink_metadata()?;
        if !about.is_file() || about.len() > LARGEST_RECIPE {
            return Ok(false);
        }
        let mut text = Vec::new();
        std::fs::File::open(&old)?.take(LARGEST_RECIPE).read_to_end(&mut text)?;
        let recipe = Recipe::read(&text);
        Ok(recipe.is_some_and(|recipe| recipe.task_id.is_some() && recipe.task_id.as_deref() == service_id))
    };
    match ours() {
        Ok(true) => {
            if let Err(error) = place::rename(&old, &new) {
                tracing::warn!(%error, "the recipe beside a clip kept its name");
            }
        }
        Ok(false) => {}
        Err(error) if error.kind() == ErrorKind::NotFound => {}
        Err(error) => tracing::warn!(%error, "the recipe beside a clip could not be read"),
    }
}

/// Every name in a folder.
pub(crate) fn names_in(folder: &Path) -> io::Result<Vec<String>> {
    std::fs::read_dir(folder)?
        .map(|entry| Ok(entry?.file_name().to_string_lossy().into_owned()))
        .collect()
}
