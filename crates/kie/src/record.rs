//! Where a bought task stands: `GET /api/v1/veo/record-info`.
//!
//! A failed poll is not a failed task: whatever is not the service's plain word about this task is
//! [`Record::TryLater`], and the caller's own budget ends the asking. In the other direction a plain word is never
//! taken for "still working": every flag but 0 and 1 is a failure, also those that are not documented.

use std::time::Duration;

use serde_json::Value;

use crate::client::Client;
use crate::envelope::{Reading, Verdict, is_page, words};
use crate::error::AccountTrouble;
use crate::key::ApiKey;
use crate::loose;
use crate::transport::{self, Lost, Reply};

/// Texts of code 422 (and others) that mean there is no such record, or none any more.
const NO_RECORD: &[&str] = &[
    "record not found",
    "record is null",
    "recordinfo is null",
    "record does not exist",
    "supports records within",
];
/// Texts of code 422 that mean the record is there and its result is not yet; taken for a refusal, they would lose a
/// video that was paid for. Readable answers, so they count as [`Record::Pending`].
const NO_RESULT_YET: &[&str] = &["record status is not success", "record result data"];

/// Seeds and the like of one answer that are read.
const MOST: usize = 32;

/// The longest stored request that is taken for one, in bytes: a prompt of 8,000 characters in any script, and room.
const LONGEST_REQUEST: usize = 256 * 1024;

/// The state of one bought task.
#[derive(Clone, Debug, PartialEq)]
pub enum Record {
    /// Being generated. Also one that is called finished and has no link yet: giving up on it would lose paid work,
    /// so the caller's budget decides.
    Pending {
        /// When the service took it, milliseconds since 1970.
        created_at: Option<i64>,
        /// Percent, where the service says so; for Veo it never did.
        progress: Option<f64>,
        /// The request as the service stored it, JSON text.
        param_json: Option<String>,
    },
    /// Done, with at least one link.
    Success {
        /// What came of it.
        result: Generated,
    },
    /// The service says it failed and will not finish.
    Failed {
        /// The code nearest to the reason.
        code: Option<i64>,
        /// The service's own words: those about the task before those about the answer.
        message: String,
        /// The request as the service stored it, JSON text.
        param_json: Option<String>,
    },
    /// The service knows no such task, or no longer (it forgets after 14 days).
    NotFound {
        /// The service's own words.
        message: String,
    },
    /// Every poll would be refused until the account is put right; says nothing about the task.
    RefusedAll {
        /// What is wrong.
        why: AccountTrouble,
        /// The code of the answer, or its HTTP status.
        code: i64,
        /// The service's own words.
        message: String,
    },
    /// The poll failed, not the task: no connection, 429, 455, 5xx, code 500, a page of the edge, an answer that
    /// cannot be read.
    TryLater {
        /// How long the service asks to wait, if it says so. Not capped.
        retry_after: Option<Duration>,
        /// What happened.
        detail: String,
    },
}

/// What a finished task gave.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Generated {
    /// Links of the clips; they expire. Never empty in [`Record::Success`].
    pub urls: Vec<String>,
    /// Links of the whole stitched video, after an extension.
    pub full_urls: Vec<String>,
    /// Links of the clips before they were cropped, for some ratios.
    pub origin_urls: Vec<String>,
    /// The height that was made, in the service's word ("720p").
    pub resolution: Option<String>,
    /// The seeds that were used.
    pub seeds: Vec<i64>,
    /// Whether each clip has sound.
    pub has_audio: Vec<bool>,
    /// The request as the service stored it, JSON text.
    pub param_json: Option<String>,
    /// When the service took it, milliseconds since 1970.
    pub created_at: Option<i64>,
    /// When it was done, milliseconds since 1970.
    pub completed_at: Option<i64>,
    /// What it cost, where the service says so.
    pub credits_consumed: Option<f64>,
}

impl Client {
    /// Asks once where a task stands. Free, and safe to repeat.
    pub async fn record_info(&self, key: &ApiKey, task_id: &str) -> Record {
        let mut url = self.api(&["api", "v1", "veo", "record-info"]);
        url.query_pairs_mut().append_pair("taskId", task_id);
        let get = self.transport().free.get(url);
        match transport::send(get, key, self.config().timeouts.status).await {
            Ok(reply) => of_reply(&reply),
            Err(lost @ Lost::UnusableKey) => Record::RefusedAll {
                why: AccountTrouble::BadKey,
                code: 401,
                message: lost.to_string(),
            },
            Err(lost) => Record::TryLater {
                retry_after: None,
                detail: lost.to_string(),
            },
        }
    }
}

pub(crate) fn of_reply(reply: &Reply) -> Record {
    let reading = Reading::of(reply);
    let later = |detail: String| Record::TryLater {
        retry_after: reply.retry_after,
        detail,
    };
    // Some answers that say no carry the result: look before giving up.
    if matches!(reading.verdict, Verdict::Task | Verdict::Unclear)
        && let Some(result) = result_of(&reading.data)
    {
        return Record::Success { result };
    }
    let said = reading.message.to_ascii_lowercase();
    let says = |texts: &[&str]| texts.iter().any(|text| said.contains(text));
    let Reading { code, .. } = reading;
    match reading.verdict {
        Verdict::Fine => of_data(&reading).unwrap_or_else(later),
        Verdict::Account(why) => Record::RefusedAll {
            why,
            code,
            message: reading.message,
        },
        Verdict::Task if says(NO_RESULT_YET) => pending(&reading.data),
        Verdict::Task if code == 404 || says(NO_RECORD) => Record::NotFound {
            message: reading.message,
        },
        Verdict::Task => failed(&reading, Some(code)),
        Verdict::Unclear if reading.documented && code == 501 => failed(&reading, Some(code)),
        // The service's 404 without its envelope; the page of an edge says nothing about a task.
        Verdict::Unclear if reply.status == 404 && !reading.documented && !is_page(&reply.body) => Record::NotFound {
            message: reading.message,
        },
        Verdict::Later | Verdict::Unclear => later(match &reply.cut {
            Some(cut) => format!("the answer broke off ({cut})"),
            None => format!("{code}: {}", reading.message),
        }),
    }
}

/// What the data of an answer with code 200 says, or why it says nothing.
fn of_data(reading: &Reading) -> Result<Record, String> {
    let data = &reading.data;
    if !data.is_object() {
        return Err("the answer holds no record".into());
    }
    let trouble = trouble_of(data);
    match flag_of(data) {
        Some(0) => Ok(pending(data)),
        Some(1) => Ok(result_of(data).map_or_else(|| pending(data), |result| Record::Success { result })),
        Some(flag) => Ok(match failed(reading, None) {
            Record::Failed {
                code,
                message,
                param_json,
            } if message.is_empty() => Record::Failed {
                code,
                message: format!("no reason given (flag {flag})"),
                param_json,
            },
            told => told,
        }),
        None => match result_of(data) {
            Some(result) => Ok(Record::Success { result }),
            None if trouble => Ok(failed(reading, None)),
            None if response_of(data).is_none() && data.get("taskId").is_some() => Ok(pending(data)),
            None => Err("the record says neither that it works nor that it ended".into()),
        },
    }
}

fn pending(data: &Value) -> Record {
    Record::Pending {
        created_at: data.get("createTime").and_then(loose::time),
        progress: data.get("progress").and_then(loose::number),
        param_json: param_json(data),
    }
}

/// A failure in the words that are nearest to its cause: a failed task often comes with `msg: "success"`.
fn failed(reading: &Reading, code: Option<i64>) -> Record {
    let data = &reading.data;
    let inner = data.get("errorMessage").and_then(loose::text).map(words);
    let outer = Some(reading.message.as_str())
        .filter(|text| reading.verdict != Verdict::Fine || (reading.spoken && !is_praise(text)));
    Record::Failed {
        code: data.get("errorCode").and_then(loose::integer).or(code),
        message: inner.or_else(|| outer.map(str::to_owned)).unwrap_or_default(),
        param_json: param_json(data),
    }
}

/// The `msg` of an envelope that is about the answer and not about the task.
fn is_praise(text: &str) -> bool {
    ["success", "ok", "successful"]
        .iter()
        .any(|word| text.eq_ignore_ascii_case(word))
}

fn flag_of(data: &Value) -> Option<i64> {
    match data.get("successFlag")? {
        Value::Bool(done) => Some(i64::from(*done)),
        other => loose::integer(other),
    }
}

/// Whether a record without a flag speaks of an error.
fn trouble_of(data: &Value) -> bool {
    let code = data.get("errorCode").and_then(loose::integer);
    code.is_some_and(|code| !matches!(code, 0 | 200)) || data.get("errorMessage").and_then(loose::text).is_some()
}

/// `data.response`, an object or JSON text of one.
fn response_of(data: &Value) -> Option<Value> {
    match data.get("response")? {
        Value::Null => None,
        Value::String(text) => serde_json::from_str(text).ok().filter(Value::is_object),
        other => Some(other.clone()),
    }
}

/// The result, if there is at least one link: in `data.response`, or right in `data` as the quickstart has it. Other
/// places are not searched, for `paramJson` holds links of the seed images.
fn result_of(data: &Value) -> Option<Generated> {
    let response = response_of(data).unwrap_or_default();
    let field = |name: &str| response.get(name).or_else(|| data.get(name));
    let links = |name: &str| {
        let inner = response.get(name).map(loose::links).unwrap_or_default();
        match inner.is_empty() {
            false => inner,
            true => data.get(name).map(loose::links).unwrap_or_default(),
        }
    };
    let list = |name: &str| match field(name) {
        Some(Value::Array(items)) => items.clone(),
        Some(Value::Null) | None => Vec::new(),
        Some(single) => vec![single.clone()],
    };
    let urls = links("resultUrls");
    if urls.is_empty() {
        return None;
    }
    Some(Generated {
        urls,
        full_urls: links("fullResultUrls"),
        origin_urls: links("originUrls"),
        resolution: field("resolution").and_then(loose::text).map(words),
        seeds: list("seeds").iter().filter_map(loose::integer).take(MOST).collect(),
        has_audio: list("hasAudioList")
            .iter()
            .filter_map(Value::as_bool)
            .take(MOST)
            .collect(),
        param_json: param_json(data),
        created_at: data.get("createTime").and_then(loose::time),
        completed_at: data.get("completeTime").and_then(loose::time),
        credits_consumed: data.get("creditsConsumed").and_then(loose::number),
    })
}

/// The stored request: JSON text, read as an object too.
fn param_json(data: &Value) -> Option<String> {
    match data.get("paramJson")? {
        Value::String(text) if !text.trim().is_empty() => Some(text.clone()),
        object @ Value::Object(_) => Some(object.to_string()),
        _ => None,
    }
    .filter(|text| text.len() <= LONGEST_REQUEST)
}

#[cfg(test)]
#[path = "record_tests.rs"]
mod tests;
