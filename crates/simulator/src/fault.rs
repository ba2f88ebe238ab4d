//! What can go wrong, by name: the faults a task or a rate can ask for.
//!
//! Each fault says what the service does and whether the shot was charged, so that a test can tell what the right
//! outcome is. Only names and facts live here; the endpoints act them out.

use std::{fmt, str::FromStr};

use serde::{Deserialize, Serialize};

/// Where in a task's life a fault strikes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Stage {
    /// On the paid POST.
    Submit,
    /// What becomes of the task once accepted: how long it takes, how it ends, how the record looks.
    Outcome,
    /// On a status query.
    Poll,
    /// On the video file.
    Media,
    /// On an image upload.
    Upload,
}

macro_rules! faults {
    ($($(#[doc = $doc:literal])+ $variant:ident = $name:literal, $stage:ident, $natural:expr;)+) => {
        /// One way for the service to misbehave. Every name is kebab-case: `[fault:lost-reply]` in a prompt.
        #[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
        #[serde(rename_all = "kebab-case")]
        pub enum Fault {
            $($(#[doc = $doc])+ #[serde(rename = $name)] $variant,)+
        }

        impl Fault {
            /// Every fault, in the order of a task's life.
            pub fn all() -> &'static [Fault] {
                &[$(Fault::$variant),+]
            }

            /// The kebab-case name used in markers, on the command line and in JSON.
            pub fn name(self) -> &'static str {
                match self { $(Fault::$variant => $name),+ }
            }

            /// Where it strikes.
            pub fn stage(self) -> Stage {
                match self { $(Fault::$variant => Stage::$stage),+ }
            }

            /// How often it strikes when nothing else was asked: `None` is every time.
            pub fn natural_limit(self) -> Option<u32> {
                match self { $(Fault::$variant => $natural),+ }
            }

            /// What the service does, in the words of this list.
            pub fn describe(self) -> &'static str {
                match self { $(Fault::$variant => concat!($($doc),+).trim_ascii()),+ }
            }
        }
    };
}

faults! {
    /// JSON code 422 in HTTP 200, as for a wrong parameter. Not charged.
    Refuse422 = "refuse-422", Submit, None;
    /// JSON code 400 in HTTP 200: the prompt is against the policy. Not charged.
    Refuse400Policy = "refuse-400-policy", Submit, None;
    /// JSON code 401 in HTTP 200, though the key is good. Not charged.
    Unauthorized = "unauthorized", Submit, None;
    /// JSON code 402 in HTTP 200, whatever the balance. Not charged.
    NoCredits = "no-credits", Submit, None;
    /// HTTP 403 from the edge, text `error code: 1010`. Not charged.
    ForbiddenEdge = "forbidden-edge", Submit, None;
    /// JSON code 505 in HTTP 200: the feature is off. Not charged.
    FeatureOff505 = "feature-off-505", Submit, None;
    /// JSON code 429 in HTTP 200. Not charged.
    RateLimited = "rate-limited", Submit, None;
    /// HTTP 429 with `Retry-After: 1`. Not charged.
    RateLimitedHttp = "rate-limited-http", Submit, None;
    /// JSON code 455 in HTTP 200: maintenance. Not charged.
    Maintenance455 = "maintenance-455", Submit, None;
    /// HTTP 500 with an envelope of code 500. Not charged.
    ServerError500 = "server-error-500", Submit, None;
    /// The task is accepted and answered with HTTP 500 and an envelope of code 500. Charged.
    Late500 = "late-500", Submit, None;
    /// HTTP 502 with an HTML page from the edge, after the task was accepted. Charged.
    BadGateway = "bad-gateway", Submit, None;
    /// The task is accepted and the connection closed without a byte of answer. Charged.
    LostReply = "lost-reply", Submit, None;
    /// The connection is closed without a byte of answer and nothing was accepted. Not charged.
    LostRequest = "lost-request", Submit, None;
    /// The connection is reset (TCP RST) once the request was read, and nothing was accepted. Not charged.
    ResetRequest = "reset-request", Submit, None;
    /// The head and half of the body of a good answer, then the connection is closed. Charged.
    HalfReply = "half-reply", Submit, None;
    /// HTTP 200 whose JSON is broken. Charged.
    GarbledReply = "garbled-reply", Submit, None;
    /// The task is accepted and the connection reset (TCP RST). Charged.
    Reset = "reset", Submit, None;
    /// The task is accepted; the head and one byte of the answer's body pass, then the connection is reset. Charged.
    ResetReply = "reset-reply", Submit, None;
    /// The task is accepted and answered with HTTP 307 to a path that accepts it once more. Charged, twice if followed.
    Redirect307 = "redirect-307", Submit, None;
    /// As `redirect-307`, with HTTP 308. Charged, twice if followed.
    Redirect308 = "redirect-308", Submit, None;
    /// The task is accepted at once and the answer comes 20 s / speed later. Charged.
    SlowSubmit = "slow-submit", Submit, None;
    /// The task is accepted 20 s / speed later and answered then, whether or not anybody still listens. Charged.
    LateAccept = "late-accept", Submit, None;
    /// Over a connection that was used before: reset, and nothing accepted, as if it had just been closed as idle.
    /// Over a fresh one all is well. Charged.
    IdleClose = "idle-close", Submit, None;
    /// Code 200 and `data` without a task id. Charged.
    AcceptedWithoutId = "accepted-without-id", Submit, None;
    /// Ends with flag 2, errorCode 400 and a policy text. Charged, given back.
    Moderation = "moderation", Outcome, None;
    /// Ends with flag 2, errorCode 422 and the text `failed`. Charged, given back.
    Flag2 = "flag-2", Outcome, None;
    /// Ends with flag 3, errorCode 500, while the top-level msg says success. Charged, given back.
    Flag3 = "flag-3", Outcome, None;
    /// Ends with flag 7, which no page lists, and errorCode 501. Charged, given back.
    FlagUnknown = "flag-unknown", Outcome, None;
    /// Never ends: flag 0 for ever. Charged.
    Stuck = "stuck", Outcome, None;
    /// Takes ten times its latency. Charged.
    SlowTask = "slow-task", Outcome, None;
    /// `resultUrls` is JSON text instead of an array. Charged.
    ResultAsText = "result-as-text", Outcome, None;
    /// `resultUrls` stands at `data` as JSON text and `response` is null, as in the quickstart. Charged.
    ResultAtData = "result-at-data", Outcome, None;
    /// Flag 1 with an empty list of links. Charged.
    NoUrls = "no-urls", Outcome, None;
    /// The record answers 422 "Record not found" once, then as usual. Charged.
    RecordMissing = "record-missing", Poll, Some(1);
    /// The record answers 422 "Record not found" for ever. Charged.
    RecordLost = "record-lost", Poll, None;
    /// A status query gets HTTP 500 with an envelope of code 500. Charged.
    Poll500 = "poll-500", Poll, None;
    /// A status query gets HTTP 200 with an HTML page from the edge. Charged.
    PollHtml = "poll-html", Poll, None;
    /// A status query gets JSON code 429 in HTTP 200. Charged.
    Poll429 = "poll-429", Poll, None;
    /// A status query gets a TCP RST. Charged.
    PollReset = "poll-reset", Poll, None;
    /// The first link issued is gone (410); one asked for afresh works. Charged.
    LinkExpired = "link-expired", Media, Some(1);
    /// Every link is gone (404). Charged.
    LinkAlwaysExpired = "link-always-expired", Media, None;
    /// The connection is closed at half of the body, once. Charged.
    CutDownload = "cut-download", Media, Some(1);
    /// The connection is closed at half of every body, resumed or not. Charged.
    CutAlways = "cut-always", Media, None;
    /// A file cut short (60 %) whose Content-Length and ETag agree with what is sent. Charged.
    Truncated = "truncated", Media, None;
    /// HTTP 200 with an HTML page, labelled text/html. Charged.
    HtmlDownload = "html-download", Media, None;
    /// HTTP 200 with an HTML page, labelled video/mp4. Charged.
    HtmlAsMp4 = "html-as-mp4", Media, None;
    /// HTTP 200, video/mp4, Content-Length 0. Charged.
    EmptyDownload = "empty-download", Media, None;
    /// The first body is cut at half; a Range is answered with 200 and the whole file. Charged.
    NoRange = "no-range", Media, None;
    /// The first body is cut at half; a Range is answered with 206 for other bytes, and says so. Charged.
    WrongRange = "wrong-range", Media, None;
    /// The whole file, chunked, without Content-Length. Charged.
    NoLength = "no-length", Media, None;
    /// Half of the body, then silence on an open connection (10 minutes), once. Charged.
    StallDownload = "stall-download", Media, Some(1);
    /// The first body is cut at half; after that the link gives another file with another ETag. Charged.
    ChangedContent = "changed-content", Media, None;
    /// The first body is cut at half; no answer carries an ETag or a Last-Modified. Charged.
    NoEtag = "no-etag", Media, None;
    /// The body drips over 20 s / speed. Charged.
    SlowDownload = "slow-download", Media, None;
    /// HTTP 503 with `Retry-After: 1`, twice. Charged.
    RetryLater503 = "retry-later-503", Media, Some(2);
    /// The upload gets HTTP 500.
    Upload500 = "upload-500", Upload, None;
    /// The upload gets HTTP 401, though the key is good.
    Upload401 = "upload-401", Upload, None;
    /// The upload says success and names no link.
    UploadNoUrl = "upload-no-url", Upload, None;
}

impl Fault {
    /// Whether a POST that meets this fault is accepted and paid for.
    pub fn charges(self) -> bool {
        use Fault as F;
        match self.stage() {
            Stage::Submit => matches!(
                self,
                F::Late500
                    | F::BadGateway
                    | F::LostReply
                    | F::HalfReply
                    | F::GarbledReply
                    | F::Reset
                    | F::ResetReply
                    | F::Redirect307
                    | F::Redirect308
                    | F::SlowSubmit
                    | F::LateAccept
                    | F::IdleClose
                    | F::AcceptedWithoutId
            ),
            Stage::Upload => false,
            Stage::Outcome | Stage::Poll | Stage::Media => true,
        }
    }

    /// By rate: dealt to a task once, when it is accepted, and not drawn anew for each request.
    pub(crate) fn is_dealt_to_tasks(self) -> bool {
        match self.stage() {
            Stage::Outcome | Stage::Media => true,
            Stage::Poll => matches!(self, Fault::RecordMissing | Fault::RecordLost),
            Stage::Submit | Stage::Upload => false,
        }
    }

    /// Faults that only show on a resumed download, and so begin with a cut.
    pub(crate) fn begins_with_a_cut(self) -> bool {
        matches!(
            self,
            Fault::NoRange | Fault::WrongRange | Fault::ChangedContent | Fault::NoEtag
        )
    }
}

impl fmt::Display for Fault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}

/// A fault name nobody knows.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct UnknownFault(pub String);

impl fmt::Display for UnknownFault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let names: Vec<_> = Fault::all().iter().map(|fault| fault.name()).collect();
        write!(f, "no fault is called {:?}; known are: {}", self.0, names.join(", "))
    }
}

impl std::error::Error for UnknownFault {}

impl FromStr for Fault {
    type Err = UnknownFault;

    fn from_str(text: &str) -> Result<Self, UnknownFault> {
        let text = text.trim();
        Fault::all()
            .iter()
            .copied()
            .find(|fault| fault.name() == text)
            .ok_or_else(|| UnknownFault(text.to_owned()))
    }
}

/// Faults by rate: each with the share (0 to 1) of the POSTs, tasks, queries or uploads that it strikes.
///
/// Submit, poll and upload faults are drawn for each request, the others once for each task, when it is accepted.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Faults {
    /// Fault and rate, drawn in this order.
    pub rates: Vec<(Fault, f64)>,
}

impl Faults {
    /// None at all.
    pub fn none() -> Self {
        Self::default()
    }

    /// One fault at one rate.
    pub fn one(fault: Fault, rate: f64) -> Self {
        Self::default().with(fault, rate)
    }

    /// These and one more.
    #[must_use]
    pub fn with(mut self, fault: Fault, rate: f64) -> Self {
        self.rates.push((fault, rate));
        self
    }
}
