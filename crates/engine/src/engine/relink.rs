//! Saved clips that are not where they were saved: which, and finding them again where somebody put them.
//!
//! A file is taken for the clip because of what it holds: the very bytes that were saved, or the clip's own recipe in a
//! whole video. Its name and place prove nothing. Where a folder was moved, the others in it are found by the same test.

use std::collections::HashSet;
use std::path::{Path, PathBuf};
use std::time::Duration;

use serde_json::json;

use super::Engine;
use crate::error::{Error, Result};
use crate::files::given::{self, NotRead};
use crate::files::{mp4, picture};
use crate::library::step;
use crate::library::takes::{self, Saved};
use crate::recipe::Recipe;
use crate::renaming::settle::settle;
use crate::save::{hash_of, is_file};
use crate::trouble::Told;
use crate::trouble::rows::board;
use crate::view::review::{FoundClips, MissingFile};

/// A network drive that is gone may never answer.
const PATIENCE: Duration = Duration::from_secs(20);
/// Files of a folder that are looked at.
const MOST: usize = 20_000;

/// What a file is to a clip.
enum Likeness {
    /// The bytes that were saved.
    Same,
    /// The clip by its recipe, with other bytes; whole.
    Changed { size: u64, sha256: String, clip_ms: u64 },
    /// Another clip, by the number that it tells.
    Another(String),
    /// Nothing of ours.
    Stranger,
}

impl Engine {
    /// The saved clips of these tasks whose files are not in their place. What cannot be told (a drive that does not
    /// answer) is not called missing.
    ///
    /// # Errors
    /// The library's.
    pub async fn missing_files(&self, ids: Vec<String>) -> Result<Vec<MissingFile>> {
        settle(&self.core).await?;
        let saved = self.core.library.read(move |db| takes::saved_of(db, &ids)).await?;
        let looked = tokio::task::spawn_blocking(move || {
            let gone = saved.into_iter().filter(|one| is_gone(&one.path()));
            let missing = gone.map(|one| MissingFile {
                folder_gone: is_gone(Path::new(&one.folder)),
                path: one.path().to_string_lossy().into_owned(),
                id: one.task_id,
            });
            missing.collect()
        });
        match tokio::time::timeout(PATIENCE, looked).await {
            Ok(missing) => missing.map_err(|_| Error::Closing),
            Err(_) => Ok(Vec::new()),
        }
    }

    /// Takes this file for the clip of a task, where it is: the clip's place is changed, nothing on the disk is. Others
    /// that are missing from the same folder are looked for beside it.
    ///
    /// # Errors
    /// In words: it is another clip, or none; the file of this one is still in its place.
    pub async fn find_clip(&self, id: String, file: PathBuf) -> Result<FoundClips> {
        settle(&self.core).await?;
        let one = self
            .core
            .library
            .read(move |db| takes::saved_of(db, &[id]))
            .await?
            .pop();
        let one = one.ok_or_else(|| Error::NotFound("file".to_owned()))?;
        let file = std::path::absolute(&file).map_err(|error| Error::io(&file, error))?;
        let name = file.file_name().unwrap_or_default().to_string_lossy().into_owned();
        let (looked, at) = (one.clone(), file.clone());
        let looked = tokio::task::spawn_blocking(move || -> Result<Likeness> {
            if !is_gone(&looked.path()) {
                return Err(Told::new(&board::FILE_STILL_THERE).into());
            }
            liken(&looked, &at).map_err(|why| {
                let file = at.file_name().unwrap_or_default().to_string_lossy().into_owned();
                let fault = picture::PictureFault::from(why);
                picture::PictureProblem { file, fault }.told().into()
            })
        });
        let changed = match looked.await.map_err(|_| Error::Closing)?? {
            Likeness::Same => None,
            Likeness::Changed { size, sha256, clip_ms } => Some((size, sha256, clip_ms)),
            Likeness::Another(number) => return Err(another(&name, number)),
            Likeness::Stranger => {
                let told = Told::new(&board::NOT_THIS_CLIP).with("name", name);
                return Err(told.with("number", one.number).into());
            }
        };
        let mut found = FoundClips {
            name: name.clone(),
            changed: changed.is_some(),
            ..FoundClips::default()
        };
        let folder = file.parent().unwrap_or(Path::new("")).to_owned();
        self.placed(vec![(one.clone(), folder.clone(), name, changed)]).await?;
        let others = self.beside(&one, folder).await?;
        (found.others, found.still) = others;
        Ok(found)
    }

    /// Finds the others that are missing from the folder in which `one` was; how many were found, and how many not.
    async fn beside(&self, one: &Saved, folder: PathBuf) -> Result<(u64, u64)> {
        let from = one.folder.clone();
        let known = self.core.library.read(move |db| {
            let there = folder.to_string_lossy().into_owned();
            Ok((takes::saved_in(db, &from)?, takes::saved_in(db, &there)?, folder))
        });
        let (others, here, folder) = known.await?;
        let looked = tokio::task::spawn_blocking(move || {
            let missing: Vec<Saved> = others.into_iter().filter(|one| is_gone(&one.path())).collect();
            // A file that another clip has is not given to a second one.
            let mut taken: HashSet<String> = here.into_iter().map(|one| one.file_name).collect();
            let files = clips_in(&folder);
            let mut found = Vec::new();
            let mut still = 0;
            for one in missing {
                let fits = |(name, size): &&(String, u64)| *size == one.size && !taken.contains(name);
                let by_name = files.iter().filter(fits).filter(|(name, _)| *name == one.file_name);
                let by_size = files.iter().filter(fits).filter(|(name, _)| *name != one.file_name);
                let mut candidates = by_name.chain(by_size);
                match candidates.find(|(name, _)| is_surely(&one, &folder.join(name))) {
                    Some((name, _)) => {
                        taken.insert(name.clone());
                        found.push((one, folder.clone(), name.clone(), None));
                    }
                    None => still += 1,
                }
            }
            (found, still)
        });
        let (found, still) = looked.await.map_err(|_| Error::Closing)?;
        let count = found.len() as u64;
        for some in found.chunks(200) {
            self.placed(some.to_vec()).await?;
        }
        Ok((count, still))
    }

    /// Notes where clips are.
    async fn placed(&self, places: Vec<Place>) -> Result<()> {
        let now = self.core.now();
        let told: Vec<String> = places.iter().map(|(one, ..)| one.task_id.clone()).collect();
        self.core
            .library
            .write(move |tx| {
                for (one, folder, name, changed) in &places {
                    let folder = folder.to_string_lossy();
                    if let Some(number) = takes::holder_of(tx, one, &folder, name)? {
                        return Err(another(name, number));
                    }
                    takes::set_place(tx, one, &folder, name)?;
                    if let Some((size, sha256, clip_ms)) = changed {
                        takes::set_content(tx, &one.take_id, *size, sha256, *clip_ms)?;
                    }
                    step::record(tx, &one.task_id, now, "found", &json!({ "file": name }))?;
                    step::touch(tx, &one.task_id, now)?;
                }
                Ok(())
            })
            .await?;
        told.iter().for_each(|id| self.core.told(id));
        Ok(())
    }
}

/// A clip, the folder and name it was found under, and what it holds where that is something else than what was saved.
type Place = (Saved, PathBuf, String, Option<(u64, String, u64)>);

fn another(name: &str, number: String) -> Error {
    Told::new(&board::ANOTHER_CLIP)
        .with("name", name)
        .with("number", number)
        .into()
}

/// Surely not there; where nobody can say, it is not.
fn is_gone(path: &Path) -> bool {
    matches!(path.metadata(), Err(error) if error.kind() == std::io::ErrorKind::NotFound)
}

fn liken(one: &Saved, path: &Path) -> std::result::Result<Likeness, NotRead> {
    let mut file = given::open(path)?;
    let size = file.metadata()?.len();
    if size == one.size && is_file(&std::fs::canonicalize(path)?, size, &one.sha256) {
        return Ok(Likeness::Same);
    }
    let note = mp4::read_note(&mut file, size).unwrap_or_default();
    let Some(recipe) = note.and_then(|note| Recipe::read(&note)) else {
        return Ok(Likeness::Stranger);
    };
    if !one.is_told_by(&recipe) {
        return Ok(Likeness::Another(recipe.number));
    }
    // By its recipe it is; half of it would be worse than none.
    match mp4::check_file(&file) {
        Ok(clip) => Ok(Likeness::Changed {
            size,
            sha256: hash_of(path)?,
            clip_ms: clip.duration_ms,
        }),
        Err(_) => Ok(Likeness::Stranger),
    }
}

/// Whether a file of the right length is the clip: by its recipe, and by all its bytes where it has none.
fn is_surely(one: &Saved, path: &Path) -> bool {
    let Ok(mut file) = given::open(path) else { return false };
    let note = mp4::read_note(&mut file, one.size).unwrap_or_default();
    match note.and_then(|note| Recipe::read(&note)) {
        Some(recipe) if recipe.task_id.is_some() => one.is_told_by(&recipe),
        _ => is_file(path, one.size, &one.sha256),
    }
}

/// Names and lengths of the clips in a folder.
fn clips_in(folder: &Path) -> Vec<(String, u64)> {
    let Ok(entries) = std::fs::read_dir(folder) else {
        return Vec::new();
    };
    let clips = entries.take(MOST).filter_map(|entry| {
        let entry = entry.ok()?;
        let name = entry.file_name().into_string().ok()?;
        let is_clip = Path::new(&name).extension()?.eq_ignore_ascii_case("mp4");
        let about = entry.metadata().ok().filter(|about| is_clip && about.is_file())?;
        Some((name, about.len()))
    });
    clips.collect()
}
