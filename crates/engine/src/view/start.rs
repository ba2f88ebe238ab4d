//! Before money is spent: what a start would buy, and what is held until its first few have ended.

use serde::{Deserialize, Serialize};

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

/// Why one would rather not be bought: its kind of money spent twice or in vain.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "camelCase")]
#[cfg_attr(test, derive(ts_rs::TS), ts(export))]
pub enum Doubt {
    /// Its very request was bought before.
    Again,
    /// It came to nothing before, exactly as it is now.
    InVain,
    /// Another one of the same start asks for the same.
    Twin,
}

/// What those of one model cost.
#[derive(Clone, Debug, Default, PartialEq, Serialize)]
#[serde(rename_all = "camelCase")]
#[cfg_attr(test, derive(ts_rs::TS), ts(export))]
pub struct ModelCost {
    /// The model, by the service's name.
    pub model: String,
    /// How many.
    pub count: u64,
    /// Credits of those with a known price.
    pub credits: f64,
}

/// What only the first few of a start would cost.
#[derive(Clone, Debug, Default, PartialEq, Serialize)]
#[serde(rename_all = "camelCase")]
#[cfg_attr(test, derive(ts_rs::TS), ts(export))]
pub struct FirstFew {
    /// How many.
    pub count: u64,
    /// Credits of those of them with a known price.
    pub credits: f64,
    /// How many of them have no known price.
    pub unpriced: u64,
    /// The same by model, in the order of their first.
    pub models: Vec<ModelCost>,
}

/// A spending limit, and how far it is used up.
#[derive(Clone, Debug, Default, PartialEq, Serialize)]
#[serde(rename_all = "camelCase")]
#[cfg_attr(test, derive(ts_rs::TS), ts(export))]
pub struct SpendLimit {
    /// In credits; `null`: none.
    pub limit: Option<f64>,
    /// What counts against it so far, in credits: everything that was sent and not definitely turned away.
    pub spent: f64,
}

/// A batch that stopped at its spending limit.
#[derive(Clone, Debug, Default, PartialEq, Serialize)]
#[serde(rename_all = "camelCase")]
#[cfg_attr(test, derive(ts_rs::TS), ts(export))]
pub struct BatchStopped {
    /// Which one.
    pub batch_id: String,
    /// Its name.
    pub batch_name: String,
    /// Its limit in credits.
    pub limit: f64,
    /// What counts against it, in credits.
    pub spent: f64,
    /// How many of it wait for a start.
    pub left: u64,
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
    /// The same by model, in the order of their first.
    pub models: Vec<ModelCost>,
    /// How many were left out because they are doubtful, as was asked.
    pub left_out: u64,
    /// What only the first few of them would cost, for each choice of how many that is fewer than all.
    pub firsts: Vec<FirstFew>,
    /// What may be spent today.
    pub day: SpendLimit,
    /// The batch that all of them belong to; `null` where they belong to several.
    pub batch_id: Option<String>,
    /// What may be spent for that batch.
    pub batch: SpendLimit,
    /// How many of them, in the order in which they are bought, fit the limits; the next one would stop the queue or
    /// its batch.
    pub fit: u64,
    /// The day the price table was read (year-month-day).
    pub prices_of: String,
    /// The balance in credits as last heard.
    pub balance: Option<f64>,
    /// The first few that cannot be sent as they are. They cost nothing.
    pub cannot: Vec<CannotStart>,
    /// How many there are in all.
    pub cannot_count: u64,
    /// The first few whose very request was bought before. These and the next two are named and counted whether or not
    /// they are left out.
    pub again: Vec<BoughtBefore>,
    /// How many there are in all.
    pub again_count: u64,
    /// Numbers of the first few that came to nothing before, exactly as they are now.
    pub in_vain: Vec<String>,
    /// How many there are in all.
    pub in_vain_count: u64,
    /// Numbers of the first few that ask for the same as another one of this start, and are no variants of it.
    pub twins: Vec<String>,
    /// How many there are in all.
    pub twins_count: u64,
}
