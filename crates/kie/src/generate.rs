//! The paid call: `POST /api/v1/veo/generate`.
//!
//! Every accepted one is billed and none can be called back, so this module decides with care between "certainly not
//! accepted" and "nobody knows", and sends exactly once. What to do about doubt is not decided here.

use std::time::Duration;

use reqwest::header::{CONTENT_TYPE, HeaderValue};
use serde_json::Value;

use crate::client::Client;
use crate::envelope::{Reading, Verdict};
use crate::error::AccountTrouble;
use crate::key::ApiKey;
use crate::loose;
use crate::request::GenerateRequest;
use crate::transport::{self, Lost, Reply};

/// How much of a doubtful answer is kept as evidence, in characters.
const EVIDENCE: usize = 2000;

/// How a paid request ended.
#[derive(Clone, Debug, PartialEq)]
pub enum Submission {
    /// Bought. This id is the only handle on it.
    Accepted {
        /// The id, to be stored before anything else happens.
        task_id: String,
    },
    /// Certainly not bought: no connection came about (name look-up, refused, TLS, timed out while connecting), so
    /// not a byte of it was sent. Safe to send again.
    NotSent {
        /// What happened.
        detail: String,
    },
    /// Certainly not bought, and this request never will be: 400, 404, 422, 451.
    RefusedTask {
        /// The code of the answer.
        code: i64,
        /// The service's own words.
        message: String,
    },
    /// Certainly not bought, and the next one would end the same: 401, 402, 403, 505.
    RefusedAll {
        /// What is wrong.
        why: AccountTrouble,
        /// The code of the answer, or its HTTP status.
        code: i64,
        /// The service's own words, or the first of those of the edge before it.
        message: String,
    },
    /// Certainly not bought, and may be later: 429, 455. Safe to send again.
    TryLater {
        /// The code of the answer, or its HTTP status.
        code: i64,
        /// The service's own words.
        message: String,
        /// How long the service asks to wait, if it says so. Not capped.
        retry_after: Option<Duration>,
    },
    /// Perhaps bought. Never to be sent again without a person's word.
    Unknown {
        /// What happened.
        detail: String,
        /// The HTTP status, if an answer began.
        status: Option<u16>,
        /// The first 2000 characters of what came: evidence to show.
        body: String,
    },
}

impl Client {
    /// Buys one video: sends the request once and says how that ended. Never retries, follows no redirect.
    ///
    /// Dropping the future while it runs leaves the outcome unknown, exactly like a lost answer; the caller must have
    /// stored its intent before calling.
    pub async fn generate(&self, key: &ApiKey, request: &GenerateRequest) -> Submission {
        let url = self.api(&["api", "v1", "veo", "generate"]);
        let post = self
            .transport()
            .submit
            .post(url)
            .header(CONTENT_TYPE, HeaderValue::from_static("application/json"))
            .body(request.canonical_json());
        let submission = match transport::send(post, key, self.config().timeouts.submit).await {
            Ok(reply) => of_reply(reply),
            Err(lost) => of_lost(lost),
        };
        tracing::debug!(outcome = submission.name(), "generate");
        submission
    }
}

impl Submission {
    fn name(&self) -> &'static str {
        match self {
            Self::Accepted { .. } => "accepted",
            Self::NotSent { .. } => "not sent",
            Self::RefusedTask { .. } => "refused for this task",
            Self::RefusedAll { .. } => "refused for every task",
            Self::TryLater { .. } => "try later",
            Self::Unknown { .. } => "unknown",
        }
    }
}

fn of_lost(lost: Lost) -> Submission {
    match lost {
        Lost::UnusableKey => Submission::RefusedAll {
            why: AccountTrouble::BadKey,
            code: 401,
            message: lost.to_string(),
        },
        Lost::NotSent(detail) => Submission::NotSent { detail },
        Lost::NoAnswer(detail) => Submission::Unknown {
            detail,
            status: None,
            body: String::new(),
        },
    }
}

pub(crate) fn of_reply(reply: Reply) -> Submission {
    let reading = Reading::of(&reply);
    let id = task_id(&reading.data);
    let contradiction = id.is_some() && !matches!(reading.verdict, Verdict::Fine | Verdict::Unclear);
    if let (Some(task_id), false) = (id, contradiction) {
        // An id is an id, whatever came around it: HTTP 500, a code that says failed, a connection cut after it.
        // Watching one that turns out to be nothing costs a few polls; losing one costs a video.
        return Submission::Accepted { task_id };
    }
    let Reading { code, message, .. } = reading;
    match reading.verdict {
        _ if contradiction => unknown(reply, "the answer refuses and names a task id"),
        Verdict::Task => Submission::RefusedTask { code, message },
        Verdict::Account(why) => Submission::RefusedAll { why, code, message },
        Verdict::Later => Submission::TryLater {
            code,
            message,
            retry_after: reply.retry_after,
        },
        Verdict::Fine => unknown(reply, "the answer says it was accepted, but names no task id"),
        Verdict::Unclear if (300..400).contains(&reply.status) => {
            unknown(reply, "the answer points to another address")
        }
        Verdict::Unclear if reading.documented => unknown(reply, &format!("the service failed ({code}): {message}")),
        Verdict::Unclear => unknown(reply, "the answer could not be read"),
    }
}

fn unknown(reply: Reply, detail: &str) -> Submission {
    Submission::Unknown {
        detail: match &reply.cut {
            Some(cut) => format!("the answer broke off ({cut})"),
            None => detail.to_owned(),
        },
        status: Some(reply.status),
        body: reply.body.chars().take(EVIDENCE).collect(),
    }
}

/// The id of the new task; the documents write it in two ways.
fn task_id(data: &Value) -> Option<String> {
    ["taskId", "task_id"].iter().find_map(|name| loose::id(data.get(name)?))
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn read(status: u16, body: &str) -> Submission {
        of_reply(Reply::plain(status, body))
    }

    fn accepted(id: &str) -> Submission {
        Submission::Accepted { task_id: id.into() }
    }

    #[test]
    fn an_id_is_an_id() {
        for (status, body) in [
            (200, r#"{"code":200,"msg":"success","data":{"taskId":"0819"}}"#),
            (200, r#"{"code":200,"msg":"success","data":{"task_id":"0819"}}"#),
            (200, r#"{"code":"200","data":{"taskId":"0819","task_id":1}}"#),
            (200, "\u{feff}{\"data\":{\"taskId\":\"0819\"}}"),
            (500, r#"{"code":200,"msg":"success","data":{"taskId":"0819"}}"#),
            (200, r#"{"code":501,"msg":"failed","data":{"taskId":"0819"}}"#),
            (307, r#"{"code":200,"data":{"taskId":"0819"}}"#),
        ] {
            assert_eq!(read(status, body), accepted("0819"), "{status} {body}");
        }
        assert_eq!(read(200, r#"{"code":200,"data":{"taskId":12345}}"#), accepted("12345"));
    }

    #[test]
    fn documented_refusals_in_their_documented_words() {
        let refused = |why, code, message: &str| Submission::RefusedAll {
            why,
            code,
            message: message.into(),
        };
        assert_eq!(
            read(
                200,
                r#"{"code":402,"msg":"The current credits are insufficient. Please top up.","data":null}"#
            ),
            refused(
                AccountTrouble::NoCredits,
                402,
                "The current credits are insufficient. Please top up."
            )
        );
        assert_eq!(
            read(401, r#"{"code":401,"msg":"You do not have access permissions"}"#),
            refused(AccountTrouble::BadKey, 401, "You do not have access permissions")
        );
        assert_eq!(
            read(403, "error code: 1010"),
            refused(AccountTrouble::Edge, 403, "error code: 1010")
        );
        assert_eq!(
            read(200, r#"{"code":505,"msg":"off"}"#),
            refused(AccountTrouble::FeatureOff, 505, "off")
        );
        for code in [400, 404, 422, 451] {
            for status in [200, 500, 422] {
                assert_eq!(
                    read(status, &format!(r#"{{"code":{code},"msg":"why"}}"#)),
                    Submission::RefusedTask {
                        code,
                        message: "why".into()
                    }
                );
            }
        }
    }

    #[test]
    fn whatever_may_have_been_bought_is_unknown() {
        for (status, body) in [
            (200, r#"{"code":200,"msg":"success","data":null}"#),
            (200, r#"{"code":200,"msg":"success","data":{"taskId":""}}"#),
            (200, r#"{"code":200,"msg":"success","data":"0819"}"#),
            (200, r#"{"code":200,"msg":"success","data":[{"taskId":"0819"}]}"#),
            (200, r#"{"code":200,"msg":"succ"#),
            (200, r#"{"code":500,"msg":"Server error"}"#),
            (200, r#"{"code":501,"msg":"failed"}"#),
            (200, r#"{"code":408,"msg":"silent"}"#),
            (200, r#"{"code":777,"msg":"?"}"#),
            (402, r#"{"code":402,"msg":"no","data":{"taskId":"0819"}}"#),
            (400, r#"{"code":500,"msg":"Server error"}"#),
            (400, "<html>bad request</html>"),
            (404, "<html>not found</html>"),
            (502, "<html>bad gateway</html>"),
            (503, ""),
            (302, ""),
        ] {
            let Submission::Unknown {
                status: told,
                body: kept,
                ..
            } = read(status, body)
            else {
                panic!("{status} {body}: {:?}", read(status, body));
            };
            assert_eq!((told, kept.as_str()), (Some(status), body));
        }
    }

    #[test]
    fn the_evidence_is_cut_at_two_thousand_characters() {
        let Submission::Unknown { body, .. } = read(502, &"密".repeat(5000)) else {
            panic!("a bad gateway is unknown");
        };
        assert_eq!(body.chars().count(), 2000);
    }

    proptest! {
        /// Only a readable refusal may ever lead to sending again, whatever else the answer holds.
        #[test]
        fn no_code_but_429_and_455_says_send_again(status in 100u16..600, code in any::<i64>()) {
            let answer = read(status, &format!(r#"{{"code":{code},"msg":"m","data":null}}"#));
            if let Submission::TryLater { .. } = answer {
                prop_assert!([429, 455].contains(&code) || [429, 455].contains(&status));
            }
            let sent_again = matches!(answer, Submission::NotSent { .. });
            prop_assert!(!sent_again);
        }
    }
}
