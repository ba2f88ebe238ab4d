//! A whole part: verified, synced, and given its name.

use std::collections::HashSet;
use std::fs::File;
use std::io::{ErrorKind, Read, Result as IoResult, Seek};
use std::path::Path;

use sha2::{Digest, Sha256};

use super::part::{HashWriter, Part, blocking};
use super::{Order, Stop, place, remember};
use crate::files::mp4::{self, Clip};
use crate::files::names;
use crate::library::{Take, takes};
use crate::stages::submit::hex;
use crate::trouble::SavingProblem;
use crate::words::Lang;

/// The largest index of fragments that is moved for a recipe.
const LARGEST_INDEX: u64 = 4 << 20;

/// A part that is whole: read once, and hashed in a way that can be gone on with behind a recipe.
pub(super) struct Whole {
    /// The part, open for writing too.
    pub(super) file: File,
    /// Its bytes.
    pub(super) size: u64,
    /// What they hash to.
    pub(super) sha256: String,
    /// Where a recipe may stand; `None`: nowhere.
    pub(super) place: Option<u64>,
    /// The hash of what stands before that place.
    pub(super) before: Sha256,
    /// What stands behind it.
    pub(super) behind: Vec<u8>,
}

/// Verifies the part, which should hold `size` bytes of this hash, and gives it its name.
pub(super) async fn finish(order: &Order<'_>, take: &Take, part: &Part, size: u64, sha256: &str) -> Result<(), Stop> {
    let (whole, clip) = verify(order, take, part, (size, sha256)).await?;
    crash_point!("save::verified");
    let (size, sha256) = remember::add(order, take, part, whole).await?;
    name(order, take, part, (size, &sha256), &clip).await
}

/// Forgets the part: nothing of it is worth going on with.
pub(super) async fn forget(order: &Order<'_>, take: &Take, part: &Part) -> Result<(), Stop> {
    part.remove().await;
    let id = take.id.clone();
    order.core.library.write(move |tx| takes::drop_part(tx, &id)).await?;
    Ok(())
}

/// Looks at what lies on the disk: all of it is read, once.
async fn verify(
    order: &Order<'_>,
    take: &Take,
    part: &Part,
    (size, sha256): (u64, &str),
) -> Result<(Whole, Clip), Stop> {
    let path = part.path.clone();
    // Windows flushes only what was opened for writing.
    let opened = blocking(move || {
        let file = File::options().read(true).write(true).open(&path)?;
        if file.metadata()?.len() > size {
            // A recipe that a crash cut off, or one that never got its name: written anew. Everything else was synced
            // before it was counted.
            file.set_len(size)?;
            file.sync_all()?;
        }
        Ok(file)
    });
    let file = match opened.await {
        Ok(file) => file,
        Err(error) => {
            let stop = order.disk(&error, None);
            if !matches!(stop, Stop::Folder(_)) {
                forget(order, take, part).await?;
            }
            return Err(stop);
        }
    };
    let looked = blocking(move || {
        let clip = mp4::check_file(&file);
        Ok((read(file, size)?, clip))
    });
    let (whole, clip) = looked.await.map_err(|error| order.disk(&error, None))?;
    let problem = match clip {
        Ok(clip) if whole.sha256 == sha256 => return Ok((whole, clip)),
        Ok(_) => SavingProblem::Disk {
            detail: "what is read is not what was written".to_owned(),
        },
        Err(broken) => SavingProblem::Broken {
            en: broken.say(Lang::En),
            zh: broken.say(Lang::Zh),
        },
    };
    drop(whole);
    forget(order, take, part).await?;
    Err(Stop::Later(problem, None))
}

/// Reads all of a file that should have `size` bytes.
fn read(mut file: File, size: u64) -> IoResult<Whole> {
    let place = mp4::place_for_note(&mut file, size).ok().flatten();
    let place = place.filter(|at| size - at <= LARGEST_INDEX);
    let at = place.unwrap_or(size);
    file.rewind()?;
    let mut before = Sha256::new();
    std::io::copy(&mut (&mut file).take(at), &mut HashWriter(&mut before))?;
    let mut behind = Vec::new();
    // One more than there should be: a file that is longer is another one.
    (&mut file)
        .take((size - at).saturating_add(1))
        .read_to_end(&mut behind)?;
    let sha256 = hex(&before.clone().chain_update(&behind).finalize());
    Ok(Whole {
        file,
        size,
        sha256,
        place,
        before,
        behind,
    })
}

async fn name(
    order: &Order<'_>,
    take: &Take,
    part: &Part,
    (size, sha256): (u64, &str),
    clip: &Clip,
) -> Result<(), Stop> {
    let first = names::clip_name(order.name);
    // One at a time: two files that differ only in case would both find their name free.
    let _naming = order.core.naming.lock().await;
    let folder = order.folder.to_owned();
    let taken = blocking(move || names_in(&folder)).await;
    let mut taken = taken.map_err(|error| order.disk(&error, None))?;
    for n in 1..10_000 {
        let name = names::taken(&first, n);
        if taken.contains(&names::folded(&name)) {
            continue;
        }
        let (id, planned, hash, length) = (take.id.clone(), name.clone(), sha256.to_owned(), clip.duration_ms);
        order
            .core
            .library
            .write(move |tx| takes::plan_name(tx, &id, &planned, size, &hash, length))
            .await?;
        crash_point!("save::name_planned");
        let (path, target, folder) = (part.path.clone(), order.folder.join(&name), order.folder.to_owned());
        let renamed = blocking(move || {
            place::rename(&path, &target)?;
            crash_point!("save::renamed");
            place::sync_folder(&folder)
        });
        match renamed.await {
            Ok(()) => {
                crash_point!("save::folder_synced");
                remember::beside(order, take, order.folder, &name).await;
                return Ok(order.saved(take).await?);
            }
            Err(error) if error.kind() == ErrorKind::AlreadyExists => {
                taken.insert(names::folded(&name));
            }
            Err(error) => return Err(order.disk(&error, None)),
        }
    }
    Err(Stop::Never(SavingProblem::Disk {
        detail: format!("{first}: no free name"),
    }))
}

/// The names in a folder as every system compares them: a name that is taken on one of them is taken.
fn names_in(folder: &Path) -> std::io::Result<HashSet<String>> {
    std::fs::read_dir(folder)?
        .map(|entry| Ok(names::folded(&entry?.file_name().to_string_lossy())))
        .collect()
}
