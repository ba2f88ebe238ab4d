//! One change to many tasks: all of it in one transaction, what is bought left alone, and what is needed to put it back.
//!
//! It only ever changes requests, and only where a single edit may. It does not start, delete or move anything.

use rusqlite::Connection;
use sha2::{Digest as _, Sha256};

use super::Engine;
use crate::error::{Error, Result};
use crate::library::tasks;
use crate::task::request::Parameters;
use crate::view::TaskFields;
use crate::view::bulk::{BulkEdit, BulkEdited, BulkField, PromptChange, TaskBefore};

impl Engine {
    /// Changes what was touched in these tasks and leaves alone what is bought or gone.
    ///
    /// # Errors
    /// The library's; then nothing changed.
    pub async fn edit_many(&self, ids: Vec<String>, edit: BulkEdit) -> Result<BulkEdited> {
        let now = self.core.now();
        let edited = self
            .core
            .library
            .write(move |tx| {
                walk(tx, &ids, |id, fields| {
                    let changed = edit.of(fields);
                    if changed != *fields {
                        tasks::edit(tx, id, &changed, now)?;
                    }
                    Ok(changed)
                })
            })
            .await?;
        self.tell_edited(&edited);
        Ok(edited)
    }

    /// What [`Engine::edit_many`] would do; nothing is changed.
    ///
    /// # Errors
    /// The library's.
    pub async fn look_at_edit(&self, ids: Vec<String>, edit: BulkEdit) -> Result<BulkEdited> {
        let mut ahead = self
            .core
            .library
            .read(move |db| walk(db, &ids, |_, fields| Ok(edit.of(fields))))
            .await?;
        ahead.before.clear();
        Ok(ahead)
    }

    /// Puts requests back to what they were. One that was changed again or bought since stays as it is. The answer puts
    /// them forward again.
    ///
    /// # Errors
    /// The library's; then nothing changed.
    pub async fn put_back(&self, before: Vec<TaskBefore>) -> Result<BulkEdited> {
        let now = self.core.now();
        let edited = self
            .core
            .library
            .write(move |tx| {
                let ids: Vec<String> = before.iter().map(|one| one.id.clone()).collect();
                let mut old = before.into_iter();
                walk(tx, &ids, |id, fields| {
                    // One for each id, in their order; those that are left alone are never asked for.
                    let Some(one) = old.by_ref().find(|one| one.id == id) else {
                        return Err(Error::Changed);
                    };
                    if mark(fields)? != one.made {
                        return Err(Error::Changed);
                    }
                    tasks::edit(tx, id, &one.fields, now)?;
                    Ok(one.fields)
                })
            })
            .await?;
        self.tell_edited(&edited);
        Ok(edited)
    }

    fn tell_edited(&self, edited: &BulkEdited) {
        let ids: Vec<String> = edited.before.iter().map(|one| one.id.clone()).collect();
        self.tell(&ids);
    }
}

/// Goes over the tasks: `change` gives what one becomes, or [`Error::Changed`] where it is to be left alone.
fn walk(
    db: &Connection,
    ids: &[String],
    mut change: impl FnMut(&str, &TaskFields) -> Result<TaskFields>,
) -> Result<BulkEdited> {
    let mut edited = BulkEdited::default();
    for id in ids {
        let row = match tasks::get(db, id) {
            Ok(row) => row,
            Err(Error::NotFound(_)) => {
                edited.left_alone += 1;
                continue;
            }
            Err(error) => return Err(error),
        };
        if !tasks::may_edit(db, &row)? {
            edited.left_alone += 1;
            continue;
        }
        let to = match change(id, &row.fields) {
            Ok(to) => to,
            Err(Error::Changed) => {
                edited.left_alone += 1;
                continue;
            }
            Err(error) => return Err(error),
        };
        if to == row.fields {
            edited.same += 1;
            continue;
        }
        edited.changed += 1;
        edited.cannot += u64::from(Parameters::check(&to).is_err());
        if edited.sample.is_none() && to.prompt != row.fields.prompt {
            edited.sample = Some(PromptChange {
                from: row.fields.prompt.clone(),
                to: to.prompt.clone(),
            });
        }
        edited.before.push(TaskBefore {
            id: id.clone(),
            fields: row.fields,
            made: mark(&to)?,
        });
    }
    Ok(edited)
}

/// Enough of a hash to know a request again.
pub(super) fn mark(fields: &TaskFields) -> Result<String> {
    let digest = Sha256::digest(serde_json::to_vec(fields)?);
    Ok(digest.iter().take(12).map(|byte| format!("{byte:02x}")).collect())
}

impl BulkEdit {
    /// The request with what was touched changed.
    fn of(&self, fields: &TaskFields) -> TaskFields {
        let (mut to, values) = (fields.clone(), &self.values);
        for field in &self.touched {
            match field {
                BulkField::Model => to.model.clone_from(&values.model),
                BulkField::Mode => to.mode.clone_from(&values.mode),
                BulkField::AspectRatio => to.aspect_ratio.clone_from(&values.aspect_ratio),
                BulkField::Resolution => to.resolution.clone_from(&values.resolution),
                BulkField::Duration => to.duration = values.duration,
                BulkField::Seed => to.seed = values.seed,
                BulkField::Watermark => to.watermark.clone_from(&values.watermark),
                BulkField::EnableTranslation => to.enable_translation = values.enable_translation,
            }
        }
        if !self.find.is_empty() {
            to.prompt = to.prompt.replace(&self.find, &self.replace);
        }
        // Asked for twice it stands there once: a second click, or a task that has it already.
        if !to.prompt.starts_with(&self.prefix) {
            to.prompt.insert_str(0, &self.prefix);
        }
        if !to.prompt.ends_with(&self.suffix) {
            to.prompt.push_str(&self.suffix);
        }
        to
    }
}
