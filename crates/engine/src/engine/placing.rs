//! Many pictures at once: a task of each, or onto rows that are there, by name or in order. What is bought is not looked
//! at.

use std::collections::HashMap;

use rusqlite::Connection;

use super::Engine;
use super::bulk::mark;
use crate::error::Result;
use crate::files::same_name::Rows;
use crate::library::{NewTask, TaskRow, batches, images, tasks};
use crate::view::bulk::TaskBefore;
use crate::view::create::{ImagePlan, ImagesPlaced, PlacedImage, Placing};
use crate::view::{ImageRef, TaskFields};

/// How much of a prompt a preview shows, in characters.
const SHOWN: usize = 80;
/// The mode that takes no picture, and the one that takes three.
const TEXT: &str = "TEXT_2_VIDEO";
const REFERENCE: &str = "REFERENCE_2_VIDEO";

impl Engine {
    /// Where pictures would go, in a batch or anywhere. Nothing is changed.
    ///
    /// # Errors
    /// The library's.
    pub async fn plan_images(&self, batch: Option<String>, new: Vec<ImageRef>) -> Result<ImagePlan> {
        self.core
            .library
            .read(move |db| {
                let rows = open_rows(db, batch.as_deref())?;
                let view = |pairs: Vec<(usize, usize)>| {
                    let seen = |(image, row): (usize, usize)| PlacedImage {
                        image: u32::try_from(image).unwrap_or(u32::MAX),
                        task_id: rows[row].id.clone(),
                        number: rows[row].number.clone(),
                        prompt: rows[row].fields.prompt.chars().take(SHOWN).collect(),
                    };
                    pairs.into_iter().map(seen).collect()
                };
                Ok(ImagePlan {
                    by_name: view(by_name(&rows, &new)),
                    in_order: view(in_order(&rows, &new)),
                    empty_rows: rows.iter().filter(|row| row.fields.images.is_empty()).count() as u64,
                })
            })
            .await
    }

    /// Puts pictures where the plan says, all of them in one commit. New tasks get the prompt; `upright`: those of a
    /// picture that stands upright are 9:16.
    ///
    /// # Errors
    /// [`crate::Error::NotFound`] for the batch of new tasks; the library's. Then nothing changed.
    pub async fn place_images(
        &self,
        batch: Option<String>,
        new: Vec<ImageRef>,
        how: Placing,
        prompt: String,
        upright: bool,
    ) -> Result<ImagesPlaced> {
        let now = self.core.now();
        let placed = self
            .core
            .library
            .write(move |tx| match how {
                Placing::Each => {
                    let batch = batches::get(tx, &batch.unwrap_or_default())?;
                    let mut adder = tasks::Adder::to(tx, &batch.id)?;
                    let mut placed = ImagesPlaced::default();
                    for image in new {
                        let fields = TaskFields {
                            aspect_ratio: (upright && stands(tx, &image)?).then(|| "9:16".to_owned()),
                            prompt: prompt.clone(),
                            images: vec![image],
                            ..TaskFields::default()
                        };
                        placed.added.push(adder.add(&NewTask { number: None, fields }, now)?);
                    }
                    Ok(placed)
                }
                Placing::ByName | Placing::InOrder => {
                    let rows = open_rows(tx, batch.as_deref())?;
                    let pairs = if how == Placing::ByName {
                        by_name(&rows, &new)
                    } else {
                        in_order(&rows, &new)
                    };
                    attach(tx, &rows, &new, &pairs, now)
                }
            })
            .await?;
        self.tell(&placed.added);
        let ids: Vec<String> = placed.before.iter().map(|one| one.id.clone()).collect();
        self.tell(&ids);
        Ok(placed)
    }
}

/// Rows whose request may be changed, in their order.
fn open_rows(db: &Connection, batch: Option<&str>) -> Result<Vec<TaskRow>> {
    let mut open = Vec::new();
    for row in tasks::all(db, batch)? {
        if tasks::may_edit(db, &row)? {
            open.push(row);
        }
    }
    Ok(open)
}

/// Pairs of a picture and a row, by name; a row takes as many as its mode does.
fn by_name(rows: &[TaskRow], new: &[ImageRef]) -> Vec<(usize, usize)> {
    let known = Rows::new(rows.iter().map(|row| row.number.as_str()));
    let mut taken: HashMap<usize, usize> = HashMap::new();
    let mut pairs = Vec::new();
    for (at, image) in new.iter().enumerate() {
        let ImageRef::Kept { name, .. } = image else { continue };
        let Some(row) = known.meant_by(name) else { continue };
        let fields = &rows[row].fields;
        let taken = taken.entry(row).or_default();
        if fields.images.len() + *taken < most(fields) && !fields.images.contains(image) {
            *taken += 1;
            pairs.push((at, row));
        }
    }
    pairs
}

/// Pairs of a picture and a row without one.
fn in_order(rows: &[TaskRow], new: &[ImageRef]) -> Vec<(usize, usize)> {
    let empty = rows.iter().enumerate().filter(|(_, row)| row.fields.images.is_empty());
    (0..new.len()).zip(empty.map(|(at, _)| at)).collect()
}

fn most(fields: &TaskFields) -> usize {
    if fields.mode.as_deref() == Some(REFERENCE) {
        3
    } else {
        2
    }
}

fn attach(
    tx: &Connection,
    rows: &[TaskRow],
    new: &[ImageRef],
    pairs: &[(usize, usize)],
    now: i64,
) -> Result<ImagesPlaced> {
    let mut placed = ImagesPlaced {
        left: new.len().saturating_sub(pairs.len()) as u64,
        ..ImagesPlaced::default()
    };
    for (at, row) in rows.iter().enumerate() {
        let own: Vec<ImageRef> = pairs
            .iter()
            .filter(|(_, of)| *of == at)
            .filter_map(|(image, _)| new.get(*image).cloned())
            .collect();
        if own.is_empty() {
            continue;
        }
        let mut fields = row.fields.clone();
        fields.images.extend(own);
        // Text alone was said of a row that had no picture; now the picture says otherwise.
        fields.mode = fields.mode.filter(|mode| mode != TEXT);
        tasks::edit(tx, &row.id, &fields, now)?;
        placed.before.push(TaskBefore {
            id: row.id.clone(),
            made: mark(&fields)?,
            fields: row.fields.clone(),
        });
    }
    Ok(placed)
}

fn stands(tx: &Connection, image: &ImageRef) -> Result<bool> {
    Ok(match image {
        ImageRef::Kept { hash, .. } => images::get(tx, hash)?.is_some_and(|kept| kept.height > kept.width),
        ImageRef::Link { .. } => false,
    })
}
