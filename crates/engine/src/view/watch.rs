//! What is shown to somebody who only glances: how it goes as a whole, how long things take, what a run came to.

use serde::Serialize;

/// One word for the whole.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
#[cfg_attr(test, derive(ts_rs::TS), ts(export))]
pub enum Mood {
    /// Nothing runs and nothing needs anybody.
    #[default]
    Quiet,
    /// It goes on by itself.
    Going,
    /// The user paused it, and something waits.
    Paused,
    /// It goes on as soon as the network is back.
    Network,
    /// It does not go on without somebody, or a card waits for them.
    NeedsYou,
}

/// How long such a task usually takes on this machine.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
#[cfg_attr(test, derive(ts_rs::TS), ts(export))]
pub struct UsualView {
    /// One in five is done by then (ms).
    pub from_ms: u64,
    /// Four in five are done by then (ms).
    pub to_ms: u64,
}

/// What goes on, for whoever is about to leave.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
#[cfg_attr(test, derive(ts_rs::TS), ts(export))]
pub struct GoingOn {
    /// Bought, or on the wire: made at the service, whether the app is open or not.
    pub made: u64,
    /// On their way to the disk.
    pub saving: u64,
    /// Asked for and not ordered yet.
    pub waiting: u64,
    /// Whether the app is at work: something is made or saved, or what waits is being ordered.
    pub working: bool,
}

/// What a run of one batch came to.
#[derive(Clone, Debug, Default, PartialEq, Serialize)]
#[serde(rename_all = "camelCase")]
#[cfg_attr(test, derive(ts_rs::TS), ts(export))]
pub struct RunReport {
    /// The batch.
    pub batch_id: String,
    /// Its name.
    pub batch_name: String,
    /// Where its videos lie; `null`: no folder was chosen.
    pub folder: Option<String>,
    /// How long it ran (ms).
    pub took_ms: i64,
    /// Videos saved in that time.
    pub saved: u64,
    /// Their bytes.
    pub saved_bytes: u64,
    /// Cards of the batch that came to need somebody in that time.
    pub needs_you: u64,
    /// Credits of what was bought or may have been, by the documented table.
    pub spent: f64,
    /// Purchases among them whose price is not known.
    pub unpriced: u64,
    /// Tasks of it that are held until somebody has looked at the first few.
    pub held: u64,
    /// Tasks of it that were not bought because it reached what it may cost.
    pub at_limit: u64,
}
