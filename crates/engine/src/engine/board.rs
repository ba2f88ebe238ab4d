//! Lists and cards before anything is bought: batches, adding, editing, deleting, images.

use std::path::PathBuf;

use serde_json::json;

use super::Engine;
use crate::change::Change;
use crate::error::{Error, Result};
use crate::library::{Batch, KeptImage, NewTask, TaskRow, batches, images, spending, step, tasks};
use crate::pictures;
use crate::task::{State, Step};
use crate::trouble::rows::board;
use crate::trouble::{SavingProblem, Told, Trouble};
use crate::view::bulk::TaskBefore;
use crate::view::{ImageRef, TaskFields};

/// No limit is larger, in credits.
const LARGEST_LIMIT: f64 = 1e9;

impl Engine {
    /// Makes a batch.
    ///
    /// # Errors
    /// The library's.
    pub async fn create_batch(&self, name: &str, folder: Option<String>) -> Result<Batch> {
        let (name, now) = (batch_name(name)?, self.core.now());
        let batch = self
            .core
            .library
            .write(move |tx| batches::create(tx, &name, folder.as_deref(), None, now))
            .await?;
        self.core.changes.tell(Change::Batch(batch.id.clone()));
        Ok(batch)
    }

    /// Every batch, newest first.
    ///
    /// # Errors
    /// The library's.
    pub async fn batches(&self) -> Result<Vec<Batch>> {
        self.core.library.read(batches::all).await
    }

    /// Renames a batch.
    ///
    /// # Errors
    /// [`Error::NotFound`].
    pub async fn rename_batch(&self, id: String, name: &str) -> Result<()> {
        let (name, now, told) = (batch_name(name)?, self.core.now(), id.clone());
        self.core
            .library
            .write(move |tx| batches::rename(tx, &id, &name, now))
            .await?;
        self.core.changes.tell(Change::Batch(told));
        Ok(())
    }

    /// Sets what a batch may cost, in credits by the documented prices, or lifts the limit. It counts from the batch's
    /// first purchase on.
    ///
    /// # Errors
    /// [`Error::NotFound`]; a sentence where it is no amount.
    pub async fn set_spend_limit(&self, id: String, limit: Option<f64>) -> Result<()> {
        if limit.is_some_and(|limit| !(0.0..=LARGEST_LIMIT).contains(&limit)) {
            return Err(Told::new(&board::NOT_AN_AMOUNT).into());
        }
        let now = self.core.now();
        self.core
            .library
            .write(move |tx| spending::set(tx, &id, limit, now))
            .await?;
        self.core.changes.tell(Change::Queue);
        Ok(())
    }

    /// Chooses where a batch's videos go. What waits for a folder is saved at once.
    ///
    /// # Errors
    /// [`Error::NotFound`].
    pub async fn set_folder(&self, id: String, folder: String) -> Result<()> {
        let (now, told) = (self.core.now(), id.clone());
        let saved_again = self
            .core
            .library
            .write(move |tx| {
                batches::set_folder(tx, &id, &folder, now)?;
                let waiting: Vec<_> = tasks::all(tx, Some(&id))?
                    .into_iter()
                    .filter(waits_for_folder)
                    .collect();
                for row in &waiting {
                    step::step(tx, &row.id, Step::SaveAgain, now, &json!({}))?;
                    tasks::set_due(tx, &row.id, now)?;
                }
                Ok(waiting.into_iter().map(|row| row.id).collect::<Vec<_>>())
            })
            .await?;
        self.core.closed.open_all();
        self.core.changes.tell(Change::Batch(told));
        self.tell(&saved_again);
        self.core.wake_saver.notify_one();
        Ok(())
    }

    /// Adds drafts to a batch, all or none.
    ///
    /// # Errors
    /// [`Error::NotFound`] for the batch; the library's.
    pub async fn add(&self, batch: String, new: Vec<NewTask>) -> Result<Vec<String>> {
        let now = self.core.now();
        let ids = self
            .core
            .library
            .write(move |tx| {
                batches::get(tx, &batch)?;
                let mut adder = tasks::Adder::to(tx, &batch)?;
                new.iter().map(|task| adder.add(task, now)).collect::<Result<Vec<_>>>()
            })
            .await?;
        self.tell(&ids);
        Ok(ids)
    }

    /// Changes the request of a task that nothing is being bought with. Answers what [`Engine::put_back`] puts it back
    /// by; `None` where it was that already.
    ///
    /// # Errors
    /// [`Error::Changed`] where it was bought meanwhile.
    pub async fn edit(&self, id: String, fields: TaskFields) -> Result<Option<TaskBefore>> {
        let (now, told) = (self.core.now(), id.clone());
        let before = self
            .core
            .library
            .write(move |tx| {
                let before = tasks::get(tx, &id)?.fields;
                tasks::edit(tx, &id, &fields, now)?;
                let made = super::bulk::mark(&fields)?;
                Ok((before != fields).then_some(TaskBefore {
                    id,
                    fields: before,
                    made,
                }))
            })
            .await?;
        self.tell(&[told]);
        Ok(before)
    }

    /// Takes cards off the board, all or none; [`Engine::restore`] puts them back.
    ///
    /// # Errors
    /// [`Error::Changed`] where something of one could still be fetched.
    pub async fn delete(&self, ids: Vec<String>) -> Result<()> {
        let (now, told) = (self.core.now(), ids.clone());
        self.core
            .library
            .write(move |tx| ids.iter().try_for_each(|id| tasks::delete(tx, id, now)))
            .await?;
        for id in told {
            self.core.changes.tell(Change::Removed(id));
        }
        self.core.changes.tell(Change::Queue);
        Ok(())
    }

    /// Takes those of them off the board of which nothing could still be fetched, and says which; the others stay.
    ///
    /// # Errors
    /// The library's; then nothing changed.
    pub async fn delete_those(&self, ids: Vec<String>) -> Result<Vec<String>> {
        let now = self.core.now();
        let gone = self
            .core
            .library
            .write(move |tx| {
                let mut gone = Vec::new();
                for id in ids {
                    match tasks::delete(tx, &id, now) {
                        Ok(()) => gone.push(id),
                        // It refuses before it changes anything.
                        Err(Error::Changed | Error::NotFound(_)) => {}
                        Err(error) => return Err(error),
                    }
                }
                Ok(gone)
            })
            .await?;
        for id in &gone {
            self.core.changes.tell(Change::Removed(id.clone()));
        }
        self.core.changes.tell(Change::Queue);
        Ok(gone)
    }

    /// Puts deleted cards back.
    ///
    /// # Errors
    /// [`Error::NotFound`].
    pub async fn restore(&self, ids: Vec<String>) -> Result<()> {
        let (now, told) = (self.core.now(), ids.clone());
        self.core
            .library
            .write(move |tx| ids.iter().try_for_each(|id| tasks::restore(tx, id, now)))
            .await?;
        self.tell(&told);
        Ok(())
    }

    /// Checks image files by their content and keeps copies; one result for each path.
    pub async fn keep_images(&self, paths: Vec<PathBuf>) -> Vec<Result<KeptImage>> {
        let mut kept = Vec::with_capacity(paths.len());
        for path in paths {
            kept.push(self.keep_image(path).await);
        }
        kept
    }

    async fn keep_image(&self, path: PathBuf) -> Result<KeptImage> {
        let directory = self.core.library.directory().to_owned();
        let image = tokio::task::spawn_blocking(move || pictures::keep(&directory, &path))
            .await
            .map_err(|_| Error::Closing)??;
        let (noted, now) = (image.clone(), self.core.now());
        self.core.library.write(move |tx| images::keep(tx, &noted, now)).await?;
        Ok(image)
    }

    /// Attaches kept images to an unbought task, behind those it has.
    ///
    /// # Errors
    /// [`Error::Changed`] where it was bought meanwhile.
    pub async fn attach_images(&self, id: String, new: Vec<ImageRef>) -> Result<()> {
        let (now, told) = (self.core.now(), id.clone());
        self.core
            .library
            .write(move |tx| {
                let mut fields = tasks::get(tx, &id)?.fields;
                fields.images.extend(new);
                tasks::edit(tx, &id, &fields, now)
            })
            .await?;
        self.tell(&[told]);
        Ok(())
    }
}

/// Bought, generated, and not saved for want of a folder that can be written to.
fn waits_for_folder(row: &TaskRow) -> bool {
    let folder = |problem: &SavingProblem| *problem == SavingProblem::NoFolder || problem.is_of_folder();
    row.state_text == State::SaveFailed.as_str()
        && matches!(&row.trouble, Some(Trouble::Saving { problem }) if folder(problem))
}

fn batch_name(name: &str) -> Result<String> {
    const LONGEST: usize = 120;
    let name = name.trim();
    if name.is_empty() {
        return Err(Told::new(&board::BATCH_NAMELESS).into());
    }
    Ok(name.chars().take(LONGEST).collect())
}

impl From<&KeptImage> for ImageRef {
    fn from(image: &KeptImage) -> Self {
        Self::Kept {
            hash: image.hash.clone(),
            name: image.name.clone(),
        }
    }
}
