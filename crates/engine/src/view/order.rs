//! The order in which what waits is bought, changed by hand.

use serde::{Deserialize, Serialize};

/// Where tasks are moved to.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "camelCase", tag = "place")]
#[cfg_attr(test, derive(ts_rs::TS), ts(export))]
pub enum Beside {
    /// In front of this one.
    Before {
        /// Which.
        id: String,
    },
    /// Behind this one.
    After {
        /// Which.
        id: String,
    },
}

/// The turn of a task before a move, and after it: it is put back only where nobody moved it since.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
#[cfg_attr(test, derive(ts_rs::TS), ts(export))]
pub struct TaskPlace {
    /// The task.
    pub id: String,
    /// Before.
    pub turn: i64,
    /// After.
    pub made: i64,
}

/// What came of a move.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
#[cfg_attr(test, derive(ts_rs::TS), ts(export))]
pub struct Moved {
    /// The tasks that moved, with what puts them back.
    pub moved: Vec<TaskPlace>,
    /// How many were left alone: they do not wait, or were moved again since.
    pub left: u64,
}
