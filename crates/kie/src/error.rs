//! What may be wrong with an account, and how a call that is safe to repeat can end without its answer.

use std::fmt;
use std::time::Duration;

use serde_json::Value;

use crate::envelope::{Reading, Verdict};
use crate::transport::{Lost, Reply};

/// A refusal that the next task would meet as well.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum AccountTrouble {
    /// 401: the key is missing, wrong, or not one that a header can carry.
    BadKey,
    /// 402: not enough credits.
    NoCredits,
    /// 403: an edge block, missing permissions, or an address that is not on the key's list.
    Edge,
    /// 505: the service has switched the feature off.
    FeatureOff,
}

impl fmt::Display for AccountTrouble {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(match self {
            Self::BadKey => "the key was refused",
            Self::NoCredits => "not enough credits",
            Self::Edge => "access was refused",
            Self::FeatureOff => "the feature is switched off",
        })
    }
}

/// How a call that costs nothing and may be repeated ended, when not with its answer.
#[derive(Clone, Debug, PartialEq, thiserror::Error)]
pub enum CallError {
    /// Every further call would end the same way until the account is put right.
    #[error("{why} ({code}): {message}")]
    RefusedAll {
        /// What is wrong.
        why: AccountTrouble,
        /// The code of the answer, or its HTTP status.
        code: i64,
        /// The service's own words.
        message: String,
        /// Whether the service itself said so, in its envelope; else anybody on the way may have.
        spoken: bool,
    },
    /// This call is refused; the same one again would be, too.
    #[error("refused ({code}): {message}")]
    Refused {
        /// The code of the answer, or its HTTP status.
        code: i64,
        /// The service's own words.
        message: String,
        /// Whether the service itself said so, in its envelope; else anybody on the way may have.
        spoken: bool,
    },
    /// No answer, or one that says "not now": the same call may work later.
    #[error("no answer for now: {detail}")]
    TryLater {
        /// How long the service asks to wait, if it says so. Not capped.
        retry_after: Option<Duration>,
        /// What happened.
        detail: String,
    },
}

impl CallError {
    /// The `data` of an answer that is not a refusal.
    pub(crate) fn or_data(reply: &Reply) -> Result<Value, Self> {
        let reading = Reading::of(reply);
        let (code, message, spoken) = (reading.code, reading.message, reading.documented);
        Err(match reading.verdict {
            Verdict::Fine => return Ok(reading.data),
            Verdict::Account(why) => Self::RefusedAll {
                why,
                code,
                message,
                spoken,
            },
            Verdict::Task => Self::Refused { code, message, spoken },
            // A plain 4xx stays as it is however often one asks. Not so a redirect: the service knows none, so somebody
            // on the way gave it, such as the login page of a network, and it goes as it came.
            Verdict::Unclear
                if !reading.documented && matches!(reply.status, 400..=499) && !matches!(reply.status, 408 | 425) =>
            {
                Self::Refused { code, message, spoken }
            }
            Verdict::Later | Verdict::Unclear => Self::TryLater {
                retry_after: reply.retry_after,
                detail: match &reply.cut {
                    Some(cut) => format!("the answer broke off ({cut})"),
                    None => format!("{code}: {message}"),
                },
            },
        })
    }

    /// An answer that says yes and lacks what was asked for.
    pub(crate) fn without(what: &str) -> Self {
        Self::TryLater {
            retry_after: None,
            detail: format!("the answer holds no {what}"),
        }
    }
}

impl From<Lost> for CallError {
    fn from(lost: Lost) -> Self {
        match lost {
            Lost::UnusableKey => Self::RefusedAll {
                why: AccountTrouble::BadKey,
                code: 401,
                message: lost.to_string(),
                spoken: false,
            },
            other => Self::TryLater {
                retry_after: None,
                detail: other.to_string(),
            },
        }
    }
}
