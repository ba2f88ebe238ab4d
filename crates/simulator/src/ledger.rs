//! The service's own count: what it accepted, refused and served. Tests compare a client's story with it.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};
use serde_json::Value;

/// A POST that was accepted, and so charged.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Accepted {
    /// The id given to the task, whether or not the client ever saw it.
    pub task_id: String,
    /// The prompt as sent.
    pub prompt: String,
    /// When, in milliseconds since 1970, UTC.
    pub accepted_at_ms: i64,
    /// Credits taken.
    pub credits: f64,
    /// The body as sent.
    pub body: Value,
    /// Status queries for this task that passed the limiter, in this run.
    pub status_queries: u64,
    /// GETs of its video, in this run, whatever they got.
    pub downloads: u64,
}

/// A POST to a paid endpoint, accepted or not, in this run.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Post {
    /// When it was read, in milliseconds since 1970, UTC.
    pub at_ms: i64,
    /// Its prompt, where the body could be read.
    pub prompt: Option<String>,
    /// The task it made, if it made one.
    pub task_id: Option<String>,
    /// `accepted`, the name of the fault that struck, the JSON code of the refusal, or `followed` for one that came to
    /// where a redirect had pointed.
    pub outcome: String,
}

/// Everything counted.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Ledger {
    /// Every accepted POST, oldest first; with a journal also those of former runs.
    pub accepted: Vec<Accepted>,
    /// Every POST seen in this run, oldest first (the last 100,000).
    pub posts: Vec<Post>,
    /// How many POSTs of this run ended how, by [`Post::outcome`]; all of them.
    pub posts_by_outcome: BTreeMap<String, u64>,
    /// Credits taken for everything in `accepted`, larger files included, before anything is given back.
    pub charged: f64,
    /// Credits given back for failed tasks so far.
    pub given_back: f64,
    /// Status queries seen in this run, refused ones included.
    pub status_queries: u64,
    /// GETs of videos and uploaded images seen in this run.
    pub downloads: u64,
    /// Uploads stored in this run.
    pub uploads: u64,
    /// Uploads asked for in this run, stored or not.
    pub upload_requests: u64,
    /// Credits left, with what was given back for failed tasks.
    pub balance: f64,
    /// Connections that came in this run.
    pub connections: u64,
    /// Those of them that were reset before a byte was read.
    pub turned_away: u64,
}

impl Ledger {
    /// How many accepted POSTs carried this prompt.
    pub fn accepted_with_prompt(&self, prompt: &str) -> usize {
        self.accepted
            .iter()
            .filter(|accepted| accepted.prompt == prompt)
            .count()
    }

    /// How many POSTs of this run carried this prompt, accepted or not.
    pub fn posts_with_prompt(&self, prompt: &str) -> usize {
        self.posts
            .iter()
            .filter(|post| post.prompt.as_deref() == Some(prompt))
            .count()
    }
}
