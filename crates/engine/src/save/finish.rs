//! A whole part: verified, synced, and given its name.

use std::collections::HashSet;
use std::io::{ErrorKind, Seek};
use std::path::Path;

use super::part::{self, Part, blocking};
use super::{Order, Stop, place, remember};
use crate::files::mp4::{self, Clip};
use crate::files::names;
use crate::library::{Take, takes};
use crate::trouble::SavingProblem;
use crate::words::Lang;

/// Verifies the part, which should hold `size` bytes of this hash, and gives it its name.
pub(super) async fn finish(order: &Order<'_>, take: &Take, part: &Part, size: u64, sha256: &str) -> Result<(), Stop> {
    let clip = verify(order, take, part, (size, sha256)).await?;
    crash_point!("save::verified");
    let (size, sha256) = remember::add(order, take, part, (size, sha256)).await?;
    name(order, take, part, (size, &sha256), &clip).await
}

/// Forgets the part: nothing of it is worth going on with.
pub(super) async fn forget(order: &Order<'_>, take: &Take, part: &Part) -> Result<(), Stop> {
    part.remove().await;
    let id = take.id.clone();
    order.core.library.write(move |tx| takes::drop_part(tx, &id)).await?;
    Ok(())
}

async fn verify(order: &Order<'_>, take: &Take, part: &Part, (size, sha256): (u64, &str)) -> Result<Clip, Stop> {
    let path = part.path.clone();
    // Windows flushes only what was opened for writing.
    let synced = blocking(move || {
        let file = std::fs::File::options().read(true).write(true).open(&path)?;
        if file.metadata()?.len() > size {
            // A recipe that a crash cut off, or one that never got its name: written anew.
            file.set_len(size)?;
        }
        file.sync_all().map(|()| file)
    });
    let mut file = match synced.await {
        Ok(file) => file,
        Err(error) => {
            let stop = order.disk(&error, None);
            if !matches!(stop, Stop::Folder(_)) {
                forget(order, take, part).await?;
            }
            return Err(stop);
        }
    };
    let checked = blocking(move || {
        let clip = mp4::check_file(&file);
        file.rewind()?;
        Ok((clip, part::hash(&mut file)?))
    });
    let (clip, on_disk) = checked.await.map_err(|error| order.disk(&error, None))?;
    let problem = match clip {
        Ok(clip) if on_disk == sha256 => return Ok(clip),
        Ok(_) => SavingProblem::Disk {
            detail: "what is read is not what was written".to_owned(),
        },
        Err(broken) => SavingProblem::Broken {
            en: broken.say(Lang::En),
            zh: broken.say(Lang::Zh),
        },
    };
    forget(order, take, part).await?;
    Err(Stop::Later(problem, None))
}

async fn name(
    order: &Order<'_>,
    take: &Take,
    part: &Part,
    (size, sha256): (u64, &str),
    clip: &Clip,
) -> Result<(), Stop> {
    let first = names::clip_name(order.number);
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
