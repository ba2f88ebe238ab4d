//! A clip brings its card back: the one that made it, or a new draft that is filled in like it.
//!
//! What stands in the clip is somebody else's word. It leads to a card of this library, or fills a form; nothing is
//! bought, saved or believed because of it.

use std::path::PathBuf;

use super::Engine;
use crate::error::{Error, Result};
use crate::files::given::{self, NotRead};
use crate::files::{mp4, picture};
use crate::library::{NewTask, attempts, images, tasks};
use crate::pictures;
use crate::recipe::Recipe;
use crate::trouble::Told;
use crate::trouble::rows::board;
use crate::view::{ImageRef, TaskFields};

/// A new card from a recipe.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Brought {
    /// The card's id.
    pub id: String,
    /// Seed images of the clip that are not kept on this computer.
    pub images_missing: u32,
}

impl Engine {
    /// Reads how a clip was made from the clip itself.
    ///
    /// # Errors
    /// In words: it is no video, or carries no recipe.
    pub async fn recipe_of(&self, clip: PathBuf) -> Result<Recipe> {
        let name = clip.file_name().unwrap_or_default().to_string_lossy().into_owned();
        let read = tokio::task::spawn_blocking(move || -> std::result::Result<Option<Vec<u8>>, NotRead> {
            let mut file = given::open(&clip)?;
            let length = file.metadata()?.len();
            // A file that is no video carries nothing either; which of both does not help anybody.
            Ok(mp4::read_note(&mut file, length).unwrap_or_default())
        });
        let note = match read.await.map_err(|_| Error::Closing)? {
            Ok(note) => note,
            Err(why) => {
                let fault = picture::PictureFault::from(why);
                return Err(picture::PictureProblem { file: name, fault }.told().into());
            }
        };
        let recipe = note.and_then(|note| Recipe::read(&note));
        recipe.ok_or_else(|| Told::new(&board::NO_RECIPE).with("name", name).into())
    }

    /// The card of this library that the clip came from, where it is here.
    ///
    /// # Errors
    /// The library's.
    pub async fn card_of(&self, recipe: &Recipe) -> Result<Option<String>> {
        let Some(id) = recipe.task_id.clone() else {
            return Ok(None);
        };
        let found = self.core.library.read(move |db| {
            let owner = attempts::owner_of(db, &id)?;
            // One that was taken off the board leads nowhere.
            Ok(owner.filter(|task| tasks::get(db, task).is_ok()))
        });
        found.await
    }

    /// A new draft like the one that made the clip, with the seed images that are still kept here.
    ///
    /// # Errors
    /// The library's.
    pub async fn bring_back(&self, batch: String, recipe: Recipe) -> Result<Brought> {
        let (hashes, directory) = (recipe.images.clone(), self.core.library.directory().to_owned());
        let wanted = hashes.len();
        let kept = self.core.library.read(move |db| {
            let mut kept = Vec::new();
            for hash in hashes.into_iter().flatten() {
                let image = images::get(db, &hash)?;
                kept.extend(image.filter(|image| pictures::path(&directory, image).is_file()));
            }
            Ok(kept)
        });
        let images: Vec<_> = kept.await?.iter().map(ImageRef::from).collect();
        let missing = wanted.saturating_sub(images.len());
        let read = recipe.fields();
        // What the images make by themselves is left to them, so that the card can be changed like any other.
        let usual = match (wanted, missing) {
            (0, _) => "TEXT_2_VIDEO",
            (_, 0) => "FIRST_AND_LAST_FRAMES_2_VIDEO",
            _ => "",
        };
        let mode = read.mode.clone().filter(|mode| mode != usual);
        let fields = TaskFields { images, mode, ..read };
        let new = NewTask { number: None, fields };
        let id = self.add(batch, vec![new]).await?.pop();
        Ok(Brought {
            id: id.ok_or_else(|| Error::NotFound("task".to_owned()))?,
            images_missing: u32::try_from(missing).unwrap_or(u32::MAX),
        })
    }
}
