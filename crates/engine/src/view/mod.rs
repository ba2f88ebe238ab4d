//! What a window or a command line sees of the library: plain rows, made for showing.
//!
//! These types are the contract with the page: its TypeScript is generated from them (ts-rs; a test keeps it current).
//! They hold no key, no link with a signature and no path that the user did not choose.

use serde::{Deserialize, Serialize};

use crate::task::{Lane, State};

/// One card.
#[derive(Clone, Debug, Serialize)]
#[serde(rename_all = "camelCase")]
#[cfg_attr(test, derive(ts_rs::TS), ts(export))]
pub struct TaskCard {
    /// The app's own id (uuid v7).
    pub id: String,
    /// The batch it belongs to.
    pub batch_id: String,
    /// The number a person knows it by, unique in its batch.
    pub number: String,
    /// The first of several tries of one row, the same for all of them; `null`: the only one.
    pub variant_of: Option<String>,
    /// It is held until the user has seen what came of the first few of its start.
    pub held: bool,
    /// It was in the queue and is not any more, though nothing was bought: a limit or the end of the app came first. It
    /// waits for a start.
    pub stopped: bool,
    /// Its request.
    pub fields: TaskFields,
    /// What it shows of its seed images, in order.
    pub images: Vec<ImageView>,
    /// Where it stands; `null` where the library holds text that this version does not know (shown, never acted on).
    pub state: Option<State>,
    /// The lane it stands in.
    pub lane: Lane,
    /// 0 to 100: `min(90, 15 + 2·polls)` while generating, 95 while saving, 100 when the file is in place.
    pub progress: u8,
    /// Status queries answered so far, of the budget.
    pub polls: u32,
    /// The poll budget.
    pub max_polls: u32,
    /// When this run of it began (ms since 1970, UTC): accepted, or taken from the queue.
    pub started_at: Option<i64>,
    /// When it ended, where it has.
    pub finished_at: Option<i64>,
    /// When the request left (ms), where its answer was lost.
    pub sent_at: Option<i64>,
    /// How long such a task usually takes here, while it is being made and where enough was seen.
    pub usual: Option<watch::UsualView>,
    /// Bytes saved so far, while saving.
    pub bytes_done: Option<u64>,
    /// Bytes in all, where the host said.
    pub bytes_total: Option<u64>,
    /// While it is generated and not saved: until when its link works, by the shortest lifetime that the service
    /// documents (ms).
    pub link_until: Option<i64>,
    /// What one attempt costs by the documented table, in credits; `null` where unknown.
    pub price: Option<f64>,
    /// Why it stands where it stands, where that needs words.
    pub trouble: Option<TroubleView>,
    /// What may be done with it now, the likeliest first.
    pub actions: Vec<Action>,
    /// The file's name in the save folder.
    pub file_name: Option<String>,
    /// The poster frame that is kept for it: another picture has another name.
    pub poster: Option<String>,
    /// The clip's length in ms, once saved.
    pub clip_ms: Option<u64>,
    /// What its clip was rated, 1 to 5; 0: not rated.
    pub rating: u8,
    /// Whether its clip was rejected.
    pub rejected: bool,
    /// The words its clip was tagged with.
    pub tags: Vec<String>,
    /// Made in demo mode.
    pub demo: bool,
    /// When it last changed (ms).
    pub changed_at: i64,
    /// Rises with each change of this row.
    pub revision: u64,
}

/// What a person fills in for a shot. Left out means the service's default.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", default)]
#[cfg_attr(test, derive(ts_rs::TS), ts(export))]
pub struct TaskFields {
    /// The prompt.
    pub prompt: String,
    /// Seed images in order: first and last frame, or references.
    pub images: Vec<ImageRef>,
    /// `veo3_fast` (default), `veo3`, `veo3_lite`.
    pub model: Option<String>,
    /// `16:9` (default), `9:16`, `Auto`.
    pub aspect_ratio: Option<String>,
    /// `720p` (default), `1080p`, `4k`.
    pub resolution: Option<String>,
    /// Seconds: 4, 6 or 8 (default).
    pub duration: Option<u8>,
    /// `TEXT_2_VIDEO`, `FIRST_AND_LAST_FRAMES_2_VIDEO`, `REFERENCE_2_VIDEO`; left out: from the images.
    pub mode: Option<String>,
    /// 10000 to 99999.
    pub seed: Option<u32>,
    /// Text burned into the picture.
    pub watermark: Option<String>,
    /// Whether the service may translate the prompt to English (its default: yes).
    pub enable_translation: Option<bool>,
}

/// A seed image as a request holds it: a kept copy, by the hash of its content, or a link that is passed through.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", tag = "kind")]
#[cfg_attr(test, derive(ts_rs::TS), ts(export))]
pub enum ImageRef {
    /// A copy kept in the data directory.
    Kept {
        /// SHA-256 of its content, hex.
        hash: String,
        /// The name of the file it came from.
        name: String,
    },
    /// A public link.
    Link {
        /// The address.
        url: String,
    },
}

/// A seed image as it is shown.
#[derive(Clone, Debug, PartialEq, Serialize)]
#[serde(rename_all = "camelCase")]
#[cfg_attr(test, derive(ts_rs::TS), ts(export))]
pub struct ImageView {
    /// What to put into [`TaskFields::images`].
    pub image: ImageRef,
    /// The file's name, or the link's last part.
    pub name: String,
    /// Pixels, where known.
    pub width: Option<u32>,
    /// Pixels, where known.
    pub height: Option<u32>,
}

/// A cause in plain words, in the user's language.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
#[cfg_attr(test, derive(ts_rs::TS), ts(export))]
pub struct TroubleView {
    /// Its code in the table of troubles: stable, the same in every language.
    pub code: String,
    /// A short name for the card's head, such as "Outcome unknown".
    pub title: String,
    /// What happened.
    pub cause: String,
    /// What happened to the money.
    pub money: String,
    /// What to do next.
    pub next: String,
    /// Whether the app goes on by itself, and when or after what.
    pub by_itself: String,
    /// Whether it does.
    pub goes_on: bool,
    /// The service's own words, where it gave any.
    pub service: Option<String>,
}

/// Something that may be done with a card.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
#[cfg_attr(test, derive(ts_rs::TS), ts(export))]
pub enum Action {
    /// Change its request.
    Edit,
    /// Put it into the queue.
    Start,
    /// Take it back out of the queue.
    Unqueue,
    /// Take it out before it is bought.
    Cancel,
    /// Remove the card (never one with something bought on it); can be undone.
    Delete,
    /// Buy it anew after a refusal.
    Retry,
    /// Fetch the bought file again.
    SaveAgain,
    /// Buy an unknown one again: may pay twice.
    SubmitAgain,
    /// Give the service's id for it.
    Attach,
    /// Give an unknown one up.
    Dismiss,
    /// Ask the service now.
    CheckNow,
    /// Stop watching; the id stays.
    StopWatching,
    /// Watch a stopped one again.
    WatchAgain,
    /// Play the video in the board.
    Play,
    /// Show the file in its folder.
    Reveal,
    /// Open the file in the system's player.
    OpenPlayer,
}

/// One list with its own save folder.
#[derive(Clone, Debug, Serialize)]
#[serde(rename_all = "camelCase")]
#[cfg_attr(test, derive(ts_rs::TS), ts(export))]
pub struct BatchView {
    /// The app's own id.
    pub id: String,
    /// Its name.
    pub name: String,
    /// Where its videos go; `null` means not chosen yet.
    pub folder: Option<String>,
    /// Cards in each lane.
    pub lanes: LaneCounts,
    /// Cards that Start would buy (drafts).
    pub startable: u64,
    /// What they would cost by the documented table, in credits; `null` where one of them is unknown.
    pub startable_credits: Option<f64>,
    /// Cards in the queue, not bought yet.
    pub queued: u64,
    /// When it is expected to be done (ms, to the minute); `null` where nothing runs or nobody knows.
    pub done_at: Option<i64>,
}

/// Cards in each lane.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
#[cfg_attr(test, derive(ts_rs::TS), ts(export))]
pub struct LaneCounts {
    /// Lane Ready.
    pub ready: u64,
    /// Lane Running.
    pub running: u64,
    /// Lane Done.
    pub done: u64,
    /// Lane Needs you.
    pub needs_you: u64,
}

/// The queue and the money at a glance.
#[derive(Clone, Debug, Default, PartialEq, Serialize)]
#[serde(rename_all = "camelCase")]
#[cfg_attr(test, derive(ts_rs::TS), ts(export))]
pub struct QueueView {
    /// One word for the whole.
    pub mood: watch::Mood,
    /// Whether queued tasks are being bought now.
    pub running: bool,
    /// Why the app paused it, where it did (a refusal that would hit every task).
    pub paused_by: Option<TroubleView>,
    /// Tasks in the queue.
    pub queued: u64,
    /// Tasks between the queue and the disk.
    pub in_flight: u64,
    /// Tasks whose outcome is unknown.
    pub unconfirmed: u64,
    /// The balance in credits as last heard, and when (ms).
    pub balance: Option<f64>,
    /// When the balance was heard (ms).
    pub balance_at: Option<i64>,
    /// Credits of what was bought since local midnight, or may have been, by the documented table.
    pub spent_today: f64,
    /// How many of those purchases have no known price.
    pub unpriced_today: u64,
    /// Files saved since local midnight.
    pub saved_today: u64,
    /// Their bytes.
    pub saved_today_bytes: u64,
    /// Starts whose rest is held until the user has seen their first few.
    pub canaries: Vec<start::CanaryView>,
    /// Batches that stopped at their spending limit.
    pub stopped: Vec<start::BatchStopped>,
}

/// What has to be said of the library as a whole, in the user's language.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
#[cfg_attr(test, derive(ts_rs::TS), ts(export))]
pub struct LibraryNotice {
    /// A short name, such as "Your library was restored from a backup".
    pub title: String,
    /// What happened.
    pub text: String,
    /// What was found again, what to look at: a sentence each.
    pub details: Vec<String>,
    /// The library can only be read; this notice stays.
    pub read_only: bool,
}

/// What the page starts from, and reads again when a delta's number is missing.
#[derive(Clone, Debug, Serialize)]
#[serde(rename_all = "camelCase")]
#[cfg_attr(test, derive(ts_rs::TS), ts(export))]
pub struct Snapshot {
    /// The number of the last delta that this already holds.
    pub seq: u64,
    /// Every batch, newest first.
    pub batches: Vec<BatchView>,
    /// All batches together.
    pub all: LaneCounts,
    /// How often cards have come, gone or moved in each lane; says only whether it is the same as before.
    pub moved: LaneCounts,
    /// The queue.
    pub queue: QueueView,
    /// What has to be said of the library as a whole.
    pub notice: Option<LibraryNotice>,
}

/// What changed since the last one; at most four a second.
#[derive(Clone, Debug, Serialize)]
#[serde(rename_all = "camelCase")]
#[cfg_attr(test, derive(ts_rs::TS), ts(export))]
pub struct Delta {
    /// One more than the last.
    pub seq: u64,
    /// Changed or new cards (at most 200; if more changed, `reload` is set instead).
    pub tasks: Vec<TaskCard>,
    /// Cards that are gone.
    pub removed: Vec<String>,
    /// Changed or new batches.
    pub batches: Vec<BatchView>,
    /// All batches together.
    pub all: LaneCounts,
    /// How often cards have come, gone or moved in each lane: rows of a lane in which none have need no second reading.
    pub moved: LaneCounts,
    /// The queue.
    pub queue: QueueView,
    /// Too much changed: read the snapshot and the visible rows again.
    pub reload: bool,
}

/// What rows can be sorted by: each by an index, however many there are.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "camelCase")]
#[cfg_attr(test, derive(ts_rs::TS), ts(export))]
pub enum SortBy {
    /// Where they stand: in their lane, or over all lanes in their batch.
    #[default]
    Place,
    /// The state.
    State,
    /// The model.
    Model,
    /// The price of one attempt.
    Price,
    /// How long it took from its start to its end.
    Took,
    /// When it last changed.
    Changed,
}

/// Which rows the page wants: a window of a list that is filtered and sorted by the library.
#[derive(Clone, Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
#[cfg_attr(test, derive(ts_rs::TS), ts(export))]
pub struct RowsQuery {
    /// One batch, or all.
    pub batch_id: Option<String>,
    /// One lane, or all.
    pub lane: Option<Lane>,
    /// What they are sorted by.
    pub sort: SortBy,
    /// The last first.
    pub descending: bool,
    /// Text to look for in number, prompt, file name and error; empty for none.
    pub search: String,
    /// What else they must be.
    #[serde(default)]
    pub filter: filter::Filter,
    /// First row.
    pub offset: u64,
    /// How many, 1 to 200.
    pub limit: u64,
}

/// A window of rows.
#[derive(Clone, Debug, Serialize)]
#[serde(rename_all = "camelCase")]
#[cfg_attr(test, derive(ts_rs::TS), ts(export))]
pub struct Rows {
    /// How many there are in all.
    pub total: u64,
    /// The rows from `offset` on.
    pub rows: Vec<TaskCard>,
}

/// One task with everything that is known of it.
#[derive(Clone, Debug, Serialize)]
#[serde(rename_all = "camelCase")]
#[cfg_attr(test, derive(ts_rs::TS), ts(export))]
pub struct TaskDetail {
    /// The card.
    pub card: TaskCard,
    /// Tries to buy it, oldest first.
    pub attempts: Vec<AttemptView>,
    /// What happened, oldest first (the last 200).
    pub history: Vec<EventView>,
    /// Columns of its sheet that mean nothing to the app, with what stands there.
    pub besides: Vec<(String, String)>,
    /// The file's full path.
    pub local_path: Option<String>,
    /// What is known of its purchase, where its answer was lost.
    pub evidence: Option<doubt::EvidenceView>,
}

/// One try to buy.
#[derive(Clone, Debug, Serialize)]
#[serde(rename_all = "camelCase")]
#[cfg_attr(test, derive(ts_rs::TS), ts(export))]
pub struct AttemptView {
    /// 1, 2, …
    pub ordinal: u32,
    /// When the paid request left (ms).
    pub sent_at: i64,
    /// The service's id.
    pub service_id: Option<String>,
    /// The name of the key that paid.
    pub key_name: String,
    /// Credits by the documented table; `null` where unknown.
    pub price: Option<f64>,
    /// Balance before, where known.
    pub balance_before: Option<f64>,
    /// Balance after, where known.
    pub balance_after: Option<f64>,
    /// How it ended, in words.
    pub outcome: String,
}

/// One line of a task's history.
#[derive(Clone, Debug, Serialize)]
#[serde(rename_all = "camelCase")]
#[cfg_attr(test, derive(ts_rs::TS), ts(export))]
pub struct EventView {
    /// When (ms).
    pub at: i64,
    /// What, in words.
    pub text: String,
}

/// What came of reading a sheet into a batch.
#[derive(Clone, Debug, Default, Serialize)]
#[serde(rename_all = "camelCase")]
#[cfg_attr(test, derive(ts_rs::TS), ts(export))]
pub struct ImportReport {
    /// The batch the rows went into.
    pub batch_id: String,
    /// The batch's name.
    pub batch_name: String,
    /// New cards.
    pub added: u64,
    /// Cards not bought yet whose request was brought up to date.
    pub updated: u64,
    /// Rows that were there already, unchanged, or bought.
    pub unchanged: u64,
    /// Rows that could not be used.
    pub problems: Vec<LineProblem>,
    /// Columns that mean nothing to the app.
    pub unknown_columns: Vec<String>,
}

/// A row that could not be used.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
#[cfg_attr(test, derive(ts_rs::TS), ts(export))]
pub struct LineProblem {
    /// Line in the sheet (1 is the first), or 0 for something that is not a row (a dropped file).
    pub line: u64,
    /// What is wrong and what to do.
    pub text: String,
}

/// A task as a script hears of it: the contract of `shotboard-cli --json`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct TaskReport {
    /// The app's own id; not part of the contract.
    #[serde(skip)]
    pub id: String,
    /// The number a person knows it by.
    pub number: String,
    /// The state's name.
    pub state: String,
    /// The service's id, once it gave one.
    pub task_id: Option<String>,
    /// The saved file.
    pub local_path: Option<String>,
    /// The link as the service last gave it.
    pub remote_url: Option<String>,
    /// Why it is not done, with the service's own words.
    pub error: Option<String>,
}

pub mod bulk;
pub mod create;
pub mod doubt;
pub mod filter;
pub mod many;
pub mod order;
pub mod review;
pub mod settings;
pub mod sheet;
pub mod start;
pub mod watch;
