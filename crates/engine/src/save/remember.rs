//! The recipe of a clip: into its part once that is verified, and where the user wants it, as a file beside the clip.
//!
//! A crash at any moment leaves a part that still begins with what was fetched, or one that is known to begin with less.
//! What lies behind that was never counted: it is cut off, and the recipe written anew. So it can neither stand there
//! twice nor half. A clip that has no room for its recipe (a full disk, a last box without a length) is kept without.

use std::fs::File;
use std::io::{Error, ErrorKind, Read, Result, Seek, SeekFrom, Write};
use std::path::Path;

use sha2::{Digest, Sha256};

use super::finish::{self, Whole};
use super::part::{Part, blocking};
use super::{Order, Stop, place};
use crate::files::{mp4, names};
use crate::library::{Take, batches, takes, tasks};
use crate::recipe::Recipe;
use crate::stages::submit::hex;
use crate::trouble::SavingProblem;

/// What is to be written into a part, and where.
struct Plan {
    file: File,
    /// Where it begins.
    at: u64,
    /// Bytes of the media in all.
    size: u64,
    /// The hash of what stands before that.
    before: Sha256,
    /// The recipe, and behind it what it moves.
    bytes: Vec<u8>,
    /// How much of that is moved media.
    moved: usize,
}

/// Why the recipe was not added.
enum Hitch {
    /// The clip is as it was.
    Without(&'static str, Option<Error>),
    /// The part can no longer be trusted.
    Broken(Error),
    /// The disk does not let us go on.
    Disk(Error),
}

/// Adds the recipe to the part, which is whole: what it holds then, and what that hashes to. The media were read when
/// they were verified and are not read again; what is written here is.
pub(super) async fn add(
    order: &Order<'_>,
    take: &Take,
    part: &Part,
    whole: Whole,
) -> std::result::Result<(u64, String), Stop> {
    let unchanged = Ok((whole.size, whole.sha256.clone()));
    if !order.core.preferences().recipe_in_clip {
        return unchanged;
    }
    let Some(recipe) = recipe(order, take).await else {
        return unchanged;
    };
    let begun = tokio::task::spawn_blocking(move || begin(whole, recipe.text().as_bytes()));
    let plan = match begun
        .await
        .unwrap_or_else(|_| Err(Hitch::Disk(ErrorKind::Interrupted.into())))
    {
        Ok(plan) => plan,
        Err(hitch) => {
            hitched(order, take, part, hitch).await?;
            return unchanged;
        }
    };
    if plan.moved > 0 {
        // From here on the part begins with less of what was fetched; a crash has only the rest fetched again.
        let (at, id, kept) = (plan.at, take.id.clone(), hex(&plan.before.clone().finalize()));
        let noted = order
            .core
            .library
            .write(move |tx| takes::set_durable(tx, &id, at, &kept));
        noted.await?;
        crash_point!("save::recipe_moving");
    }
    let ended = tokio::task::spawn_blocking(move || end(plan));
    match ended
        .await
        .unwrap_or_else(|_| Err(Hitch::Disk(ErrorKind::Interrupted.into())))
    {
        Ok(whole) => Ok(whole),
        Err(hitch) => {
            hitched(order, take, part, hitch).await?;
            unchanged
        }
    }
}

/// Writes a recipe as a file beside the clip of this name, where the user wants that. Never over anything: a file that
/// says the same is left, any other gets company. Trouble here is not the clip's.
pub(super) async fn beside(order: &Order<'_>, take: &Take, folder: &Path, clip: &str) {
    if !order.core.preferences().recipe_beside {
        return;
    }
    let Some(recipe) = recipe(order, take).await else {
        return;
    };
    let stem = clip.strip_suffix(".mp4").unwrap_or(clip);
    let short: String = take.id.chars().rev().take(8).collect();
    let (name, part) = (format!("{stem}.json"), folder.join(format!("{stem}.{short}.json.part")));
    let folder = folder.to_owned();
    let written = blocking(move || write_beside(&folder, &name, &part, recipe.text().as_bytes()));
    if let Err(error) = written.await {
        tracing::warn!(task = %order.number, %error, "the recipe beside the clip was not written");
    }
}

fn write_beside(folder: &Path, name: &str, part: &Path, text: &[u8]) -> Result<()> {
    match std::fs::remove_file(part) {
        Err(error) if error.kind() != ErrorKind::NotFound => return Err(error),
        _ => {}
    }
    let mut file = File::options().write(true).create_new(true).open(part)?;
    let written = file.write_all(text).and_then(|()| file.sync_all());
    drop(file);
    let named = written.and_then(|()| {
        for n in 1..1_000 {
            let target = folder.join(names::taken(name, n));
            match place::rename(part, &target) {
                Err(error) if error.kind() == ErrorKind::AlreadyExists => {
                    if says(&target, text) {
                        return std::fs::remove_file(part);
                    }
                }
                other => return other,
            }
        }
        Err(ErrorKind::AlreadyExists.into())
    });
    if named.is_err() {
        let _ = std::fs::remove_file(part);
    }
    named.and_then(|()| place::sync_folder(folder))
}

/// Whether a plain file of this name holds just this.
fn says(path: &Path, text: &[u8]) -> bool {
    let length = u64::try_from(text.len()).unwrap_or(u64::MAX);
    std::fs::symlink_metadata(path).is_ok_and(|meta| meta.is_file() && meta.len() == length)
        && std::fs::read(path).is_ok_and(|there| there == text)
}

async fn recipe(order: &Order<'_>, take: &Take) -> Option<Recipe> {
    let (id, attempt, ordinal) = (order.task_id.to_owned(), order.attempt.clone(), take.ordinal);
    let made = order.core.library.read(move |db| {
        let task = tasks::get(db, &id)?;
        let batch = batches::get(db, &task.batch_id)?.name;
        Ok(Recipe::of(&task, &batch, &attempt, ordinal))
    });
    made.await
        .inspect_err(|error| tracing::warn!(task = %order.number, %error, "a clip is kept without its recipe"))
        .ok()
}

/// Writes behind the end of the media, where nothing can be spoilt.
fn begin(whole: Whole, note: &[u8]) -> std::result::Result<Plan, Hitch> {
    let Whole {
        mut file,
        size,
        place,
        before,
        behind: index,
        ..
    } = whole;
    let Some(at) = place else {
        return Err(Hitch::Without("nothing may stand behind its last part", None));
    };
    let Some(mut bytes) = mp4::note_box(note) else {
        return Err(Hitch::Without("it is too long", None));
    };
    bytes.extend(&index);
    let behind = bytes.get(index.len()..).unwrap_or_default();
    let written = file.seek(SeekFrom::Start(size)).and_then(|_| file.write_all(behind));
    if let Err(error) = written {
        back_to(&file, size).map_err(Hitch::Disk)?;
        return Err(Hitch::Without("the disk does not take it", Some(error)));
    }
    crash_point!("save::recipe_written");
    if let Err(error) = file.sync_all() {
        let room = matches!(error.kind(), ErrorKind::StorageFull | ErrorKind::QuotaExceeded);
        return match back_to(&file, size) {
            Ok(()) if room => Err(Hitch::Without("the disk does not take it", Some(error))),
            // What the system lost it now calls clean.
            _ => Err(Hitch::Broken(error)),
        };
    }
    crash_point!("save::recipe_synced");
    Ok(Plan {
        file,
        at,
        size,
        before,
        bytes,
        moved: index.len(),
    })
}

/// Cuts off what was written behind the media. Synced: the file may get its name as it is.
fn back_to(file: &File, size: u64) -> Result<()> {
    file.set_len(size)?;
    file.sync_all()
}

/// Writes what stands in the place of moved media, and reads back everything that was written here.
fn end(plan: Plan) -> std::result::Result<(u64, String), Hitch> {
    let Plan {
        mut file,
        at,
        size,
        before,
        bytes,
        moved,
    } = plan;
    if moved > 0 {
        let first = bytes.get(..moved).unwrap_or_default();
        let written = file.seek(SeekFrom::Start(at)).and_then(|_| file.write_all(first));
        written.map_err(Hitch::Disk)?;
        file.sync_all().map_err(Hitch::Broken)?;
        crash_point!("save::recipe_moved");
    }
    file.seek(SeekFrom::Start(at)).map_err(Hitch::Disk)?;
    let mut there = Vec::with_capacity(bytes.len());
    let most = u64::try_from(bytes.len()).unwrap_or(u64::MAX);
    file.take(most.saturating_add(1))
        .read_to_end(&mut there)
        .map_err(Hitch::Disk)?;
    if there != bytes {
        return Err(Hitch::Broken(Error::other("what is read is not what was written")));
    }
    let more = u64::try_from(bytes.len() - moved).unwrap_or(0);
    Ok((size + more, hex(&before.chain_update(&there).finalize())))
}

async fn hitched(order: &Order<'_>, take: &Take, part: &Part, hitch: Hitch) -> std::result::Result<(), Stop> {
    match hitch {
        Hitch::Without(why, error) => {
            tracing::warn!(task = %order.number, why, ?error, "a clip is kept without its recipe");
            Ok(())
        }
        Hitch::Disk(error) => Err(order.disk(&error, None)),
        Hitch::Broken(error) => {
            finish::forget(order, take, part).await?;
            let detail = error.to_string();
            Err(Stop::Later(SavingProblem::Disk { detail }, None))
        }
    }
}
