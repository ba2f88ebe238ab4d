//! The recipe of a clip: into its part once that is verified, and where the user wants it, as a file beside the clip.
//!
//! A crash at any moment leaves a part that still begins with what was fetched, or one that is known to begin with less.
//! What lies behind that was never counted: it is cut off, and the recipe written anew. So it can neither stand there
//! twice nor half. A clip that has no room for its recipe (a full disk, a last box without a length) is kept without.

use std::fs::File;
use std::io::{Error, ErrorKind, Read, Result, Seek, SeekFrom, Write};
use std::path::Path;

use sha2::{Digest, Sha256};

use super::part::{HashWriter, Part, blocking};
use super::{Order, Stop, finish, place};
use crate::files::{mp4, names};
use crate::library::{Take, batches, takes, tasks};
use crate::recipe::Recipe;
use crate::stages::submit::hex;
use crate::trouble::SavingProblem;

/// An index of fragments larger than this is not moved.
const LARGEST_INDEX: u64 = 4 << 20;

/// What is to be written into a part, and where.
struct Plan {
    /// Where it begins.
    at: u64,
    /// Bytes of the media in all.
    size: u64,
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

/// Adds the recipe to the part, which holds `size` bytes of this hash: what it holds then.
pub(super) async fn add(
    order: &Order<'_>,
    take: &Take,
    part: &Part,
    media: (u64, &str),
) -> std::result::Result<(u64, String), Stop> {
    let (size, sha256) = (media.0, media.1.to_owned());
    let unchanged = Ok((size, sha256.clone()));
    if !order.core.preferences().recipe_in_clip {
        return unchanged;
    }
    let Some(recipe) = recipe(order, take).await else {
        return unchanged;
    };
    let path = part.path.clone();
    let begun = tokio::task::spawn_blocking(move || begin(&path, size, recipe.text().as_bytes()));
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
        let (path, at, id) = (part.path.clone(), plan.at, take.id.clone());
        let kept = blocking(move || hash_of(&mut File::open(&path)?.take(at)));
        let kept = kept.await.map_err(|error| order.disk(&error, None))?;
        let noted = order
            .core
            .library
            .write(move |tx| takes::set_durable(tx, &id, at, &kept));
        noted.await?;
        crash_point!("save::recipe_moving");
    }
    let path = part.path.clone();
    let ended = tokio::task::spawn_blocking(move || end(&path, &plan, &sha256));
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

/// Finds the place and writes behind the end of the media, where nothing can be spoilt.
fn begin(path: &Path, size: u64, note: &[u8]) -> std::result::Result<Plan, Hitch> {
    let mut file = File::options().read(true).write(true).open(path).map_err(Hitch::Disk)?;
    let at = match mp4::place_for_note(&mut file, size) {
        Ok(Some(at)) => at,
        _ => return Err(Hitch::Without("its last part has no length", None)),
    };
    let Some(mut bytes) = mp4::note_box(note).filter(|_| size - at <= LARGEST_INDEX) else {
        return Err(Hitch::Without("it is too long", None));
    };
    let more = bytes.len();
    file.seek(SeekFrom::Start(at)).map_err(Hitch::Disk)?;
    let moved = (&mut file)
        .take(size - at)
        .read_to_end(&mut bytes)
        .map_err(Hitch::Disk)?;
    let behind = bytes.get(bytes.len() - more..).unwrap_or_default();
    let written = file.seek(SeekFrom::Start(size)).and_then(|_| file.write_all(behind));
    if let Err(error) = written {
        file.set_len(size).map_err(Hitch::Disk)?;
        return Err(Hitch::Without("the disk does not take it", Some(error)));
    }
    crash_point!("save::recipe_written");
    if let Err(error) = file.sync_all() {
        let room = matches!(error.kind(), ErrorKind::StorageFull | ErrorKind::QuotaExceeded);
        return match file.set_len(size) {
            Ok(()) if room => Err(Hitch::Without("the disk does not take it", Some(error))),
            // What the system lost it now calls clean.
            _ => Err(Hitch::Broken(error)),
        };
    }
    crash_point!("save::recipe_synced");
    Ok(Plan { at, size, bytes, moved })
}

/// Writes what stands in the place of moved media, and reads all of it back: the media must hash to what they did.
fn end(path: &Path, plan: &Plan, sha256: &str) -> std::result::Result<(u64, String), Hitch> {
    let mut file = File::options().read(true).write(true).open(path).map_err(Hitch::Disk)?;
    if plan.moved > 0 {
        let first = plan.bytes.get(..plan.moved).unwrap_or_default();
        let written = file.seek(SeekFrom::Start(plan.at)).and_then(|_| file.write_all(first));
        written.map_err(Hitch::Disk)?;
        file.sync_all().map_err(Hitch::Broken)?;
        crash_point!("save::recipe_moved");
    }
    file.rewind().map_err(Hitch::Disk)?;
    let mut media = Sha256::new();
    std::io::copy(&mut (&mut file).take(plan.at), &mut HashWriter(&mut media)).map_err(Hitch::Disk)?;
    let mut whole = media.clone();
    let mut rest = Vec::new();
    let most = u64::try_from(plan.bytes.len()).unwrap_or(u64::MAX);
    file.take(most.saturating_add(1))
        .read_to_end(&mut rest)
        .map_err(Hitch::Disk)?;
    media.update(plan.bytes.get(plan.bytes.len() - plan.moved..).unwrap_or_default());
    whole.update(&rest);
    if rest != plan.bytes || hex(&media.finalize()) != sha256 {
        return Err(Hitch::Broken(Error::other("what is read is not what was written")));
    }
    let more = u64::try_from(plan.bytes.len() - plan.moved).unwrap_or(0);
    Ok((plan.size + more, hex(&whole.finalize())))
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

fn hash_of(from: &mut impl Read) -> Result<String> {
    let mut hasher = Sha256::new();
    std::io::copy(from, &mut HashWriter(&mut hasher))?;
    Ok(hex(&hasher.finalize()))
}
