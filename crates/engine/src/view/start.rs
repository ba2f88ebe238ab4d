//! Before money is spent: what a start would buy, and what is held until its first few have ended.

use serde::Serialize;

/// A start whose rest is held until the user has seen what came of its first few.
#[derive(Clone, Debug, Default, PartialEq, Serialize)]
#[serde(rename_all = "camelCase")]
#[cfg_attr(test, derive(ts_rs::TS), ts(export))]
pub struct CanaryView {
    /// Which one.
    pub id: String,
    /// How many are its first few.
    pub first: u64,
    /// How many of those are on the disk.
    pub worked: u64,
    /// How many of those have not ended.
    pub running: u64,
    /// How many are held and can be started.
    pub held: u64,
    /// What those cost by the documented table, in credits; `null` where one of them is unknown.
    pub credits: Option<f64>,
}

/// A task that cannot be sent as it is.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
#[cfg_attr(test, derive(ts_rs::TS), ts(export))]
pub struct CannotStart {
    /// The task.
    pub id: String,
    /// Its number.
    pub number: String,
    /// Why, in words.
    pub why: String,
}

/// A task whose very request was bought before, or may have been.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
#[cfg_attr(test, derive(ts_rs::TS), ts(export))]
pub struct BoughtBefore {
    /// The task that would buy it again.
    pub id: String,
    /// Its number.
    pub number: String,
    /// The number of the task that bought it; the same where it was this one.
    pub by: String,
    /// When (ms).
    pub at: i64,
}

/// What a start would do, before it is asked for.
#[derive(Clone, Debug, Default, PartialEq, Serialize)]
#[serde(rename_all = "camelCase")]
#[cfg_attr(test, derive(ts_rs::TS), ts(export))]
pub struct StartSummary {
    /// How many tasks would be started: the count that the start is asked for with.
    pub count: u64,
    /// Credits of those with a known price.
    pub credits: f64,
    /// How many have no known price.
    pub unpriced: u64,
    /// The day the price table was read (year-month-day).
    pub prices_of: String,
    /// The balance in credits as last heard.
    pub balance: Option<f64>,
    /// The first few that cannot be sent as they are. They cost nothing.
    pub cannot: Vec<CannotStart>,
    /// How many there are in all.
    pub cannot_count: u64,
    /// The first few whose very request was bought before.
    pub again: Vec<BoughtBefore>,
    /// How many there are in all.
    pub again_count: u64,
}
