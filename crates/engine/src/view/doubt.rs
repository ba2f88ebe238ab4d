//! What is shown of a lost answer, and of ids that were attached to it.

use serde::Serialize;

/// Everything that is known of a purchase whose answer was lost.
#[derive(Clone, Debug, PartialEq, Serialize)]
#[serde(rename_all = "camelCase")]
#[cfg_attr(test, derive(ts_rs::TS), ts(export))]
pub struct EvidenceView {
    /// When it was sent (ms).
    pub sent_at: i64,
    /// The name of the key that pays.
    pub key_name: String,
    /// Credits by the documented table.
    pub price: Option<f64>,
    /// What the account should have held before.
    pub balance_before: Option<f64>,
    /// What it held when it was last heard.
    pub balance_after: Option<f64>,
    /// When that was (ms).
    pub balance_at: Option<i64>,
    /// What came of the answer, in words.
    pub answer: String,
    /// The balance is watched until then before anything is said (ms); `null` where it was said.
    pub watched_until: Option<i64>,
    /// What else was being bought or made, the nearest first; at most six.
    pub beside: Vec<BesideView>,
    /// How many there were in all.
    pub beside_total: u64,
}

/// Another purchase of the same minutes.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
#[cfg_attr(test, derive(ts_rs::TS), ts(export))]
pub struct BesideView {
    /// The card's id.
    pub id: String,
    /// Its number.
    pub number: String,
    /// What it was doing, in words.
    pub text: String,
}

/// What came of giving an id to a card.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
#[cfg_attr(test, derive(ts_rs::TS), ts(export))]
pub struct AttachView {
    /// It is the card's now. If not, the rest says why the user is asked once more.
    pub attached: bool,
    /// What the service has under this id asks for something else.
    pub differences: Vec<DifferenceView>,
    /// Why it could not be compared.
    pub unchecked: Option<String>,
}

/// Something that was asked for otherwise.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
#[cfg_attr(test, derive(ts_rs::TS), ts(export))]
pub struct DifferenceView {
    /// What, in words.
    pub name: String,
    /// On the card.
    pub ours: String,
    /// At the service.
    pub theirs: String,
}

/// How far a look-up of several ids has come.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
#[cfg_attr(test, derive(ts_rs::TS), ts(export))]
pub struct LookUp {
    /// Looked up.
    pub done: u32,
    /// In all.
    pub of: u32,
}

/// What came of a copied log page.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
#[cfg_attr(test, derive(ts_rs::TS), ts(export))]
pub struct AdoptionView {
    /// Ids that were found in the text and looked up.
    pub found: u32,
    /// Ids past the most that are looked up at once.
    pub more: u32,
    /// The user stopped it: nothing was attached.
    pub stopped: bool,
    /// Cards that have their id now.
    pub attached: Vec<AdoptedView>,
    /// Ids that stay over, and why.
    pub left: Vec<LeftView>,
    /// Cards whose outcome is still unknown.
    pub open: u32,
}

/// A card that got its id.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
#[cfg_attr(test, derive(ts_rs::TS), ts(export))]
pub struct AdoptedView {
    /// The card's id.
    pub id: String,
    /// Its number.
    pub number: String,
    /// The service's id.
    pub service_id: String,
}

/// An id that belongs to no card.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
#[cfg_attr(test, derive(ts_rs::TS), ts(export))]
pub struct LeftView {
    /// The service's id.
    pub service_id: String,
    /// Why, in words.
    pub why: String,
}
