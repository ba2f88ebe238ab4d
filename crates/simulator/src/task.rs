//! An accepted task: the facts that are fixed when it is bought. How it stands is worked out from them and the clock,
//! so nothing runs while nobody asks, and a restart loses nothing.

use serde::{Deserialize, Serialize};
use serde_json::Value;

use crate::{draw::digest, fault::Fault, mark::Mark};

/// One bought task, as the journal keeps it.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub(crate) struct Task {
    pub task_id: String,
    pub prompt: String,
    /// The body as sent.
    pub body: Value,
    /// What the record shows as `paramJson`.
    pub param_json: String,
    pub resolution: String,
    /// Set on an extension: the task it goes on from.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub extends: Option<String>,
    pub accepted_ms: i64,
    /// When it ends; `None`: never.
    pub due_ms: Option<i64>,
    /// Credits taken.
    pub credits: f64,
    pub seed: u32,
    /// Number of the clip it gets.
    pub clip: usize,
    /// Faults still to strike, by marker or by rate.
    #[serde(default)]
    pub marks: Vec<Mark>,
}

/// How a task stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Standing {
    Generating,
    Done,
    /// Ended without a video: flag, error code and text of the record.
    Failed(i64, i64, &'static str),
}

impl Task {
    pub(crate) fn has(&self, fault: Fault) -> bool {
        self.marks.iter().any(|mark| mark.fault == fault)
    }

    /// How it will end. The texts are ones the real service was seen to use.
    pub(crate) fn ending(&self) -> Standing {
        let failure = self.marks.iter().find_map(|mark| match mark.fault {
            Fault::Moderation => Some((
                2,
                400,
                "Your prompt was flagged by Website as violating content policies.",
            )),
            Fault::Flag2 => Some((2, 422, "failed")),
            Fault::Flag3 => Some((3, 500, "internal error, please try again later.")),
            Fault::FlagUnknown => Some((7, 501, "Internal Error - Timeout")),
            _ => None,
        });
        failure.map_or(Standing::Done, |(flag, code, text)| Standing::Failed(flag, code, text))
    }

    pub(crate) fn standing(&self, now_ms: i64) -> Standing {
        if self.due_ms.is_some_and(|due| due <= now_ms) {
            self.ending()
        } else {
            Standing::Generating
        }
    }

    /// What is given back, and when: the price of a task that will fail.
    pub(crate) fn refund(&self) -> Option<(i64, f64)> {
        match (self.due_ms, self.ending()) {
            (Some(due), Standing::Failed(..)) => Some((due, self.credits)),
            _ => None,
        }
    }

    /// The file name (without `.mp4`) of the n-th link issued for it.
    pub(crate) fn link(&self, issue: u32) -> String {
        digest(&[&self.task_id, "link", &issue.to_string()])
    }
}
