//! What is looked for besides text, and what somebody keeps of it under a name.

use serde::{Deserialize, Serialize};

use crate::task::State;

/// What a card must be to be shown; what is left out is not asked for. Of a list one is enough.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", default)]
#[cfg_attr(test, derive(ts_rs::TS), ts(export))]
pub struct Filter {
    /// Where it stands.
    pub states: Vec<State>,
    /// Why it stands there.
    pub causes: Vec<Cause>,
    /// The model, by its name at the service.
    pub models: Vec<String>,
    /// The ratio.
    pub ratios: Vec<String>,
    /// Whether it has seed images.
    pub images: Option<bool>,
    /// Added within so many days, today being the first.
    pub days: Option<u32>,
    /// Its clip is rated so or better.
    pub rating: Option<u8>,
    /// Whether its clip was rejected.
    pub rejected: Option<bool>,
    /// A word that its clip is tagged with.
    pub tag: Option<String>,
}

/// A kind of cause, as somebody would look for it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
#[cfg_attr(test, derive(ts_rs::TS), ts(export))]
pub enum Cause {
    /// The request cannot be sent as it is.
    Request,
    /// The service refused it before accepting it.
    Refused,
    /// The service accepted it and made no video.
    NotMade,
    /// Nobody knows whether it was bought.
    Unknown,
    /// It takes longer than it should.
    Slow,
    /// Its file is not on the disk.
    Saving,
    /// The user gave it up or stopped watching it.
    GivenUp,
}

/// What a saved view shows.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", default)]
#[cfg_attr(test, derive(ts_rs::TS), ts(export))]
pub struct ViewBody {
    /// Of one batch, or of all.
    pub batch_id: Option<String>,
    /// Text to look for.
    pub search: String,
    /// Everything else.
    pub filter: Filter,
}

/// A view that was kept under a name.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
#[cfg_attr(test, derive(ts_rs::TS), ts(export))]
pub struct SavedView {
    /// The app's own id.
    pub id: String,
    /// Its name.
    pub name: String,
    /// What it shows.
    pub body: ViewBody,
}
