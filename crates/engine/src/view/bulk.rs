//! Editing many tasks at once: what was touched, and what came of it.

use serde::{Deserialize, Serialize};

use super::TaskFields;

/// A part of a request that can be set for many tasks at once.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
#[cfg_attr(test, derive(ts_rs::TS), ts(export))]
pub enum BulkField {
    /// The model.
    Model,
    /// The mode.
    Mode,
    /// The ratio.
    AspectRatio,
    /// The resolution.
    Resolution,
    /// The length.
    Duration,
    /// The seed of the generator.
    Seed,
    /// Text burned into the picture.
    Watermark,
    /// Whether the prompt may be translated.
    EnableTranslation,
}

/// What is to be changed in many tasks. What was not touched stays as each of them has it.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", default)]
#[cfg_attr(test, derive(ts_rs::TS), ts(export))]
pub struct BulkEdit {
    /// Which of `values` are meant.
    pub touched: Vec<BulkField>,
    /// The new values; prompt and images are not read.
    pub values: TaskFields,
    /// Text to look for in each prompt, exactly as it is written; empty: nothing is replaced.
    pub find: String,
    /// What stands in its place.
    pub replace: String,
    /// Put before each prompt.
    pub prefix: String,
    /// Put behind each prompt.
    pub suffix: String,
}

/// A request as it was before a bulk edit: what is needed to put it back.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
#[cfg_attr(test, derive(ts_rs::TS), ts(export))]
pub struct TaskBefore {
    /// The task.
    pub id: String,
    /// Its request before.
    pub fields: TaskFields,
    /// What it was changed to, as a hash: it is put back only where nobody changed it since.
    pub made: String,
}

/// What came of a bulk edit, or would come of it.
#[derive(Clone, Debug, Default, PartialEq, Serialize)]
#[serde(rename_all = "camelCase")]
#[cfg_attr(test, derive(ts_rs::TS), ts(export))]
pub struct BulkEdited {
    /// Tasks whose request changed.
    pub changed: u64,
    /// Tasks that have what was asked for already.
    pub same: u64,
    /// Tasks that were left alone: bought, perhaps bought, at work, or gone.
    pub left_alone: u64,
    /// Of the changed ones, those that cannot be sent as they are then.
    pub cannot: u64,
    /// The first changed prompt, before and after; `null` where no prompt changes.
    pub sample: Option<PromptChange>,
    /// What puts them back; empty for a look ahead.
    pub before: Vec<TaskBefore>,
}

/// One prompt, before and after.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
#[cfg_attr(test, derive(ts_rs::TS), ts(export))]
pub struct PromptChange {
    /// As it is.
    pub from: String,
    /// As it will be.
    pub to: String,
}
