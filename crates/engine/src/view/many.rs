//! Acts for many tasks at once: which of them fit how many, and what came of one.

use serde::Serialize;

use super::Action;

/// An act that fits at least one of the chosen tasks.
#[derive(Clone, Debug, PartialEq, Serialize)]
#[serde(rename_all = "camelCase")]
#[cfg_attr(test, derive(ts_rs::TS), ts(export))]
pub struct Fit {
    /// Which.
    pub action: Action,
    /// How many of them it fits.
    pub n: u64,
    /// What those cost by the documented table, in credits, where it buys; `null` where one of them is unknown.
    pub credits: Option<f64>,
}

/// What came of an act for many.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
#[cfg_attr(test, derive(ts_rs::TS), ts(export))]
pub struct ManyDone {
    /// The tasks it was done with.
    pub done: Vec<String>,
    /// How many were left alone, because it does not fit them now.
    pub left: u64,
}
