//! What the composer keeps and what dropped pictures may become.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use super::TaskFields;
use super::bulk::TaskBefore;

/// How a written text becomes tasks.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
#[cfg_attr(test, derive(ts_rs::TS), ts(export))]
pub enum Split {
    /// One task of all of it.
    One,
    /// One for each paragraph.
    #[default]
    Paragraphs,
    /// One for each line.
    Lines,
}

/// What a template holds.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", default)]
#[cfg_attr(test, derive(ts_rs::TS), ts(export))]
pub struct TemplateBody {
    /// The prompt, with its gaps, and the parameters; no pictures.
    pub fields: TaskFields,
    /// How the text becomes tasks.
    pub split: Split,
    /// How many of each.
    pub variants: u32,
    /// What its gaps begin with, by their names: one value a line.
    pub filled: BTreeMap<String, String>,
    /// Each value of a gap with each of the others; else the first with the first.
    pub all_with_all: bool,
}

/// A template.
#[derive(Clone, Debug, PartialEq, Serialize)]
#[serde(rename_all = "camelCase")]
#[cfg_attr(test, derive(ts_rs::TS), ts(export))]
pub struct TemplateView {
    /// The app's own id.
    pub id: String,
    /// Its name.
    pub name: String,
    /// What it holds.
    pub body: TemplateBody,
}

/// What is to become of dropped pictures.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
#[cfg_attr(test, derive(ts_rs::TS), ts(export))]
pub enum Placing {
    /// A new task of each.
    Each,
    /// Onto the rows whose number their names hold.
    ByName,
    /// One after the other onto the rows without a picture.
    InOrder,
}

/// Where dropped pictures would go.
#[derive(Clone, Debug, Default, PartialEq, Serialize)]
#[serde(rename_all = "camelCase")]
#[cfg_attr(test, derive(ts_rs::TS), ts(export))]
pub struct ImagePlan {
    /// By their names.
    pub by_name: Vec<PlacedImage>,
    /// In order.
    pub in_order: Vec<PlacedImage>,
    /// Rows that are not bought and have no picture.
    pub empty_rows: u64,
}

/// One picture and its row.
#[derive(Clone, Debug, PartialEq, Serialize)]
#[serde(rename_all = "camelCase")]
#[cfg_attr(test, derive(ts_rs::TS), ts(export))]
pub struct PlacedImage {
    /// Which of the pictures, from 0.
    pub image: u32,
    /// The row.
    pub task_id: String,
    /// Its number.
    pub number: String,
    /// The beginning of its prompt.
    pub prompt: String,
}

/// What became of dropped pictures.
#[derive(Clone, Debug, Default, PartialEq, Serialize)]
#[serde(rename_all = "camelCase")]
#[cfg_attr(test, derive(ts_rs::TS), ts(export))]
pub struct ImagesPlaced {
    /// New tasks.
    pub added: Vec<String>,
    /// Pictures that found no row.
    pub left: u64,
    /// Rows that were given pictures, as they were before.
    pub before: Vec<TaskBefore>,
}
