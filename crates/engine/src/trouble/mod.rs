//! Everything that can go wrong, as one table: [`rows`].
//!
//! Each cause has a stable code and says, in both languages, what happened, what happened to the money, what to do next,
//! and whether the app goes on by itself. Window, command line, logs and `docs/ERRORS.md` all read the same rows.
//!
//! A [`Trouble`] is what is wrong with a task or with the queue. It is stored as data and put into words only when it is
//! shown, so that a card follows the language of whoever looks at it. Everything else that can be told (an error of a
//! command, a problem in a sheet) becomes a [`Told`] where it happens.

mod print;
pub mod row;
pub mod rows;
mod say;
mod told;

use kie::AccountTrouble;
use serde::{Deserialize, Serialize};

use crate::doubt::verdict::Verdict;

pub use print::table_as_markdown;
pub use told::{Told, join};

/// A cause.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", tag = "kind")]
pub enum Trouble {
    /// The request itself cannot be sent; found before anything was bought. Both languages are stored.
    Request {
        /// English.
        en: String,
        /// Chinese.
        zh: String,
        /// Which row of the table it is; empty where an older version wrote it.
        #[serde(default)]
        code: String,
    },
    /// A seed image could not be uploaded because the service refused it. Nothing was bought.
    ImageRefused {
        /// The image's name.
        name: String,
        /// The service's words.
        service: String,
    },
    /// The service refused the request before accepting it. Nothing was bought.
    Refused {
        /// The service's code.
        code: i64,
        /// The service's words.
        service: String,
    },
    /// The service accepted it and could not make the video.
    GenerationFailed {
        /// The service's code.
        code: Option<i64>,
        /// The service's words.
        service: String,
    },
    /// The service no longer knows an id it gave.
    Forgotten {
        /// The service's words.
        service: String,
    },
    /// The reply to the paid request was lost.
    LostReply {
        /// What broke, technically.
        detail: String,
        /// What could be read of the answer.
        service: String,
        /// What the account should have held before, in credits.
        before: Option<f64>,
        /// What it held when it was last heard.
        after: Option<f64>,
        /// What the balance says; `None` while it is being watched.
        #[serde(default)]
        verdict: Option<Verdict>,
    },
    /// The app ended between the paid request and its answer.
    Interrupted {
        /// When the request left (ms).
        sent_at: i64,
        /// What the account should have held before, in credits.
        before: Option<f64>,
        /// What it held later.
        after: Option<f64>,
        /// What the balance says; `None` while it is being watched.
        #[serde(default)]
        verdict: Option<Verdict>,
    },
    /// The poll budget is spent.
    TimedOut {
        /// Status queries answered.
        polls: u32,
    },
    /// The user stopped watching something bought.
    Stopped,
    /// The user gave an unknown one up.
    Dismissed,
    /// The library is older than what happened: it may have been bought since.
    LostTrack {
        /// Since when (ms); 0: since ever.
        since: i64,
    },
    /// The library was found damaged while it was in use.
    LibraryDamaged,
    /// The purchase record cannot be written.
    RecordUnwritable,
    /// The file could not be saved.
    Saving {
        /// Why.
        problem: SavingProblem,
    },
    /// No key is set.
    NoKey,
    /// The key whose turn it is cannot be opened.
    KeyLocked {
        /// Its name.
        name: String,
        /// It must be entered again; else its keychain may still open.
        gone: bool,
    },
    /// The day's spending limit is reached.
    DayLimit {
        /// The limit in credits.
        limit: f64,
        /// What counts against it, in credits.
        spent: f64,
    },
    /// There is a spending limit, and a price that nobody knows.
    LimitUnpriced {
        /// The number of the task that was to be bought.
        number: String,
    },
    /// So many in a row came to nothing for one cause.
    Repeated {
        /// How many.
        times: u32,
        /// The cause's name in English.
        en: String,
        /// The cause's name in Chinese.
        zh: String,
        /// The service's words.
        service: String,
    },
    /// The service refuses everything from this account.
    Account {
        /// Why.
        why: AccountProblem,
        /// The service's words.
        service: String,
    },
}

/// Why a bought file is not on the disk.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", tag = "why")]
pub enum SavingProblem {
    /// The link died and the service gave no fresh one that works.
    LinkExpired {
        /// Until when the service keeps the file by the longest lifetime that it documents (ms).
        #[serde(default)]
        until: Option<i64>,
    },
    /// The media host's certificate is not to be trusted.
    BadCertificate {
        /// Technically.
        detail: String,
    },
    /// The network, or the host, did not deliver.
    Network {
        /// Technically.
        detail: String,
    },
    /// What came is not a video.
    NotAVideo {
        /// What it looks like, or its first characters.
        found: String,
    },
    /// The file is broken as it comes from the host.
    Broken {
        /// English.
        en: String,
        /// Chinese.
        zh: String,
    },
    /// The disk is full.
    DiskFull {
        /// Bytes that are missing, where known.
        missing: Option<u64>,
    },
    /// The folder is not there.
    FolderMissing {
        /// Its path.
        path: String,
    },
    /// The folder cannot be written to.
    FolderReadOnly {
        /// Its path.
        path: String,
    },
    /// No folder was chosen.
    NoFolder,
    /// The link leads where the app does not go.
    Forbidden {
        /// Host and reason, no query.
        detail: String,
    },
    /// Larger than any clip.
    TooLarge {
        /// Bytes.
        bytes: u64,
    },
    /// Something else about the disk.
    Disk {
        /// Technically.
        detail: String,
    },
}

impl SavingProblem {
    /// Whether it is the folder's: then nothing else can be saved there either, until the folder can be written to.
    pub(crate) fn is_of_folder(&self) -> bool {
        matches!(
            self,
            Self::DiskFull { .. } | Self::FolderMissing { .. } | Self::FolderReadOnly { .. }
        )
    }

    /// Whether it passes without anybody doing anything, so that the app tries again by itself.
    pub(crate) fn passes(&self) -> bool {
        self.is_of_folder() || matches!(self, Self::Network { .. } | Self::Disk { .. })
    }
}

/// Why an account is refused.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub enum AccountProblem {
    /// 401.
    BadKey,
    /// 402.
    NoCredits,
    /// 403 from the service's edge.
    Edge,
    /// 505.
    FeatureOff,
}

impl From<AccountTrouble> for AccountProblem {
    fn from(why: AccountTrouble) -> Self {
        match why {
            AccountTrouble::BadKey => Self::BadKey,
            AccountTrouble::NoCredits => Self::NoCredits,
            AccountTrouble::Edge => Self::Edge,
            AccountTrouble::FeatureOff => Self::FeatureOff,
        }
    }
}
