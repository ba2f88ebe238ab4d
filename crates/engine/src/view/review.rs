//! What reviewing sees and says: marks on clips, the roll of clips to go through, names to be given, picks to be handed
//! on.

use serde::{Deserialize, Serialize};

/// What is done to the marks of some clips.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "camelCase", tag = "kind")]
#[cfg_attr(test, derive(ts_rs::TS), ts(export))]
pub enum MarkChange {
    /// Rates them; one that was rejected is not any more.
    Rate {
        /// 1 to 5.
        rating: u8,
    },
    /// Rejects them; a rating goes.
    Reject,
    /// Takes rating and rejection away; tags stay.
    None,
    /// Puts a word on them, or takes it off.
    Tag {
        /// The word.
        tag: String,
        /// Whether it is put on.
        on: bool,
    },
}

/// The marks of one clip, to be put back as they were.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
#[cfg_attr(test, derive(ts_rs::TS), ts(export))]
pub struct Marked {
    /// The task.
    pub id: String,
    /// 1 to 5; 0: not rated.
    pub rating: u8,
    /// Whether it was rejected.
    pub rejected: bool,
    /// Its words.
    pub tags: Vec<String>,
}

/// Which clips.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "camelCase", tag = "kind")]
#[cfg_attr(test, derive(ts_rs::TS), ts(export))]
pub enum Which {
    /// Every saved one.
    All,
    /// Neither rated nor rejected.
    Unmarked,
    /// Rated this or better.
    Rated {
        /// 1 to 5.
        least: u8,
    },
    /// Whatever was not rejected.
    NotRejected,
    /// Rejected ones.
    Rejected,
    /// With this word.
    Tagged {
        /// The word.
        tag: String,
    },
    /// These tasks.
    These {
        /// Their ids.
        ids: Vec<String>,
    },
}

/// Which clips, of what.
#[derive(Clone, Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
#[cfg_attr(test, derive(ts_rs::TS), ts(export))]
pub struct RollQuery {
    /// One batch, or all.
    pub batch_id: Option<String>,
    /// Text to look for in number, prompt and file name; empty for none.
    pub search: String,
    /// Which of them.
    pub which: Which,
}

/// The clips to go through, in the order of the board: their tasks' ids alone, so that a place in it means the same
/// clip however much is marked meanwhile.
#[derive(Clone, Debug, Default, Serialize)]
#[serde(rename_all = "camelCase")]
#[cfg_attr(test, derive(ts_rs::TS), ts(export))]
pub struct Roll {
    /// The tasks, at most ten thousand.
    pub ids: Vec<String>,
    /// How many there are in all.
    pub total: u64,
    /// How many there are of each kind.
    pub counts: RollCounts,
    /// The words in use, the most used first.
    pub tags: Vec<TagCount>,
}

/// Clips by their marks.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
#[cfg_attr(test, derive(ts_rs::TS), ts(export))]
pub struct RollCounts {
    /// Saved clips.
    pub all: u64,
    /// Neither rated nor rejected.
    pub unmarked: u64,
    /// Rated 3 or better.
    pub picks: u64,
    /// Rejected.
    pub rejected: u64,
}

/// A word and how many clips have it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
#[cfg_attr(test, derive(ts_rs::TS), ts(export))]
pub struct TagCount {
    /// The word.
    pub tag: String,
    /// How many clips have it.
    pub count: u64,
}

/// What is to be handed on, and how.
#[derive(Clone, Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
#[cfg_attr(test, derive(ts_rs::TS), ts(export))]
pub struct ExportOrder {
    /// Which clips.
    pub query: RollQuery,
    /// How the copies are called, such as `{batch}_{number}`.
    pub template: String,
    /// Whether the files are copied; lists alone name the files where they are.
    pub copy: bool,
    /// A sheet of them.
    pub csv: bool,
    /// A sequence for Final Cut Pro, DaVinci Resolve, Premiere by way of a converter.
    pub fcpxml: bool,
    /// A sequence for whatever reads OpenTimelineIO.
    pub otio: bool,
}

/// What would be handed on.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
#[cfg_attr(test, derive(ts_rs::TS), ts(export))]
pub struct NamesPreview {
    /// How many clips.
    pub count: u64,
    /// Their bytes.
    pub bytes: u64,
    /// The first three names.
    pub names: Vec<String>,
    /// Words in braces that mean nothing.
    pub unknown: Vec<String>,
}

/// How far an export is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
#[cfg_attr(test, derive(ts_rs::TS), ts(export))]
pub struct ExportProgress {
    /// Clips copied.
    pub done: u64,
    /// Of so many.
    pub of: u64,
    /// Bytes copied.
    pub bytes: u64,
    /// Of so many.
    pub bytes_of: u64,
}

/// What came of an export.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
#[cfg_attr(test, derive(ts_rs::TS), ts(export))]
pub struct ExportReport {
    /// Clips copied.
    pub copied: u64,
    /// Lists written, by name.
    pub lists: Vec<String>,
    /// Where they are.
    pub folder: String,
    /// What could not be handed on, a sentence each.
    pub problems: Vec<String>,
    /// Whether it was stopped before its end.
    pub stopped: bool,
}
