//! Renames that were meant and whose end nobody noted: a crash, a power cut, a drive that went away. Looking at the two
//! names tells what happened. Where neither is there (the drive is not) it stays open until it is.

use std::io::ErrorKind;
use std::path::Path;
use std::sync::Arc;

use super::work::along;
use crate::engine::core::Core;
use crate::error::Result;
use crate::library::renaming::{self, Intent};
use crate::save::{is_file, place};

/// What happened to one.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum End {
    Renamed,
    Kept,
    Open,
}

/// Settles what can be settled.
///
/// # Errors
/// The library's.
pub(crate) async fn settle(core: &Arc<Core>) -> Result<()> {
    // Not while a round is under way: its names are not what they will be.
    let _naming = core.naming.lock().await;
    let open = core.library.read(renaming::all).await?;
    if open.is_empty() {
        return Ok(());
    }
    let looked = tokio::task::spawn_blocking(move || {
        let ended = open.into_iter().map(|one| (look(&one), one));
        ended.collect::<Vec<_>>()
    });
    let ended = looked.await.map_err(|_| crate::error::Error::Closing)?;
    let (now, noted) = (core.now(), ended.clone());
    core.library
        .write(move |tx| {
            for (end, one) in &noted {
                match end {
                    End::Renamed => renaming::done(tx, &one.task_id, &one.take_id, &one.new, Some(&one.old), now)?,
                    End::Kept => renaming::undone(tx, &one.take_id)?,
                    End::Open => {}
                }
            }
            Ok(())
        })
        .await?;
    crash_point!("rename::settled");
    for (end, one) in ended {
        tracing::info!(?end, old = %one.old, new = %one.new, "a rename that was cut off");
        core.told(&one.task_id);
    }
    Ok(())
}

/// Blocks.
fn look(one: &Intent) -> End {
    let folder = Path::new(&one.folder);
    let (old, new) = (is_there(folder, &one.old), is_there(folder, &one.new));
    let end = match (old, new) {
        (Some(true), Some(false)) => End::Kept,
        (Some(false), Some(true)) => End::Renamed,
        // Nothing is renamed over anything, so this is a file that somebody put there since: the content tells.
        (Some(true), Some(true)) => {
            let known = one.size.zip(one.sha256.as_deref());
            let whole = |name: &str| known.is_some_and(|(size, sha256)| is_file(&folder.join(name), size, sha256));
            if !whole(&one.old) && whole(&one.new) {
                End::Renamed
            } else {
                End::Kept
            }
        }
        _ => End::Open,
    };
    if end == End::Renamed {
        // The name may be there and not be durable yet.
        if place::sync_folder(folder).is_err() {
            return End::Open;
        }
        along(folder, &one.old, &one.new, one.service_id.as_deref());
    }
    end
}

/// Whether a file of this name is there; `None` where nobody can say.
fn is_there(folder: &Path, name: &str) -> Option<bool> {
    match folder.join(name).symlink_metadata() {
        Ok(about) => Some(about.is_file()),
        Err(error) if error.kind() == ErrorKind::NotFound => Some(false),
        Err(_) => None,
    }
}
