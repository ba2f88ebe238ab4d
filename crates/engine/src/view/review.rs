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
    /// One of several saved tries of their row.
    Variants,
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
    /// For each of them the number of its row, where several tries of that row are saved; 0: it is the only one.
    pub groups: Vec<u32>,
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
    /// One of several saved tries of their row.
    pub variants: u64,
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

/// Which clips are to be renamed, and how.
#[derive(Clone, Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
#[cfg_attr(test, derive(ts_rs::TS), ts(export))]
pub struct RenameOrder {
    /// Which clips.
    pub query: RollQuery,
    /// How they are called then, such as `{batch}_{number}`.
    pub template: String,
}

/// One clip's name, before and after.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
#[cfg_attr(test, derive(ts_rs::TS), ts(export))]
pub struct RenameRow {
    /// The task.
    pub id: String,
    /// What it is called now.
    pub from: String,
    /// What it is called then; `None` where the file is not in its place.
    pub to: Option<String>,
}

/// What a rename would do.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
#[cfg_attr(test, derive(ts_rs::TS), ts(export))]
pub struct RenamePreview {
    /// Clips that would get another name.
    pub changed: u64,
    /// Clips that are called so already.
    pub same: u64,
    /// Clips whose files are not in their place.
    pub gone: u64,
    /// The first of those that would change, and of those that are gone.
    pub rows: Vec<RenameRow>,
    /// Words in braces that mean nothing.
    pub unknown: Vec<String>,
}

/// How far a rename is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[cfg_attr(test, derive(ts_rs::TS), ts(export))]
pub struct RenameProgress {
    /// Clips that have their name.
    pub done: u64,
    /// Of so many.
    pub of: u64,
}

/// What came of a rename.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
#[cfg_attr(test, derive(ts_rs::TS), ts(export))]
pub struct RenameReport {
    /// Clips that have another name now.
    pub renamed: u64,
    /// What takes it back, until the app is closed; 0: nothing was done.
    pub deed: u32,
    /// What kept its name and why, a sentence each.
    pub problems: Vec<String>,
    /// Whether it was stopped before its end.
    pub stopped: bool,
}

/// A saved clip whose file is not where it was saved.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
#[cfg_attr(test, derive(ts_rs::TS), ts(export))]
pub struct MissingFile {
    /// The task.
    pub id: String,
    /// Where it was saved.
    pub path: String,
    /// Whether the whole folder is not there.
    pub folder_gone: bool,
}

/// What came of looking for a clip.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
#[cfg_attr(test, derive(ts_rs::TS), ts(export))]
pub struct FoundClips {
    /// What the file is called.
    pub name: String,
    /// It is the clip by its recipe, and not byte for byte what was saved.
    pub changed: bool,
    /// Others from the same folder that were found beside it.
    pub others: u64,
    /// Others from the same folder that are still missing.
    pub still: u64,
}
