//! What can go wrong with a command, in words for a person.

use std::path::{Path, PathBuf};

use crate::keys::keychain::Refusal;
use crate::task::{Illegal, UnknownState};
use crate::trouble::rows::{board, buying, library, settings};
use crate::trouble::{Told, Trouble};
use crate::words::Lang;

/// Why a command did not do what was asked. Nothing was changed where it is returned.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// Another instance has this data directory.
    #[error("another instance uses {}", .0.display())]
    Locked(PathBuf),
    /// The library comes from a newer version of the app.
    #[error("the library has format {found}; this version knows up to {known}")]
    NewerLibrary {
        /// Its format.
        found: i64,
        /// The newest this version knows.
        known: i64,
    },
    /// The library file is damaged.
    #[error("the library is damaged: {0}")]
    Damaged(String),
    /// The task, batch or key does not exist.
    #[error("not found: {0}")]
    NotFound(String),
    /// The task moved on meanwhile.
    #[error("the task moved on meanwhile")]
    Changed,
    /// What Start would buy is not what was shown.
    #[error("{now} instead of {shown} tasks would be bought")]
    OtherCount {
        /// The count that was shown.
        shown: u64,
        /// The count now.
        now: u64,
    },
    /// The step is not allowed from where the task stands.
    #[error(transparent)]
    Illegal(#[from] Illegal),
    /// The library holds a state that this version does not know.
    #[error(transparent)]
    UnknownState(#[from] UnknownState),
    /// A request that cannot be sent, or no key.
    #[error("{}", .0.line(Lang::En))]
    Trouble(Box<Trouble>),
    /// A row of the table, filled in.
    #[error("{}", .0.say(Lang::En))]
    Told(Box<Told>),
    /// A file or folder.
    #[error("{}: {source}", path.display())]
    Io {
        /// Which.
        path: PathBuf,
        /// Why.
        source: std::io::Error,
    },
    /// The library.
    #[error("library: {0}")]
    Sqlite(#[from] rusqlite::Error),
    /// Stored text that does not parse.
    #[error("stored text: {0}")]
    Json(#[from] serde_json::Error),
    /// A key is to be kept, there is no keychain, and nobody chose yet how to keep it then.
    #[error("no keychain: {0}")]
    NoKeychain(Refusal),
    /// A thread ended early; only while the app closes.
    #[error("the app is closing")]
    Closing,
}

impl Error {
    /// An error about a file, with its path.
    pub fn io(path: &Path, source: std::io::Error) -> Self {
        Self::Io {
            path: path.to_owned(),
            source,
        }
    }

    /// Its code in the table of troubles: what the log says, and what the page acts on where it acts.
    pub fn code(&self) -> &'static str {
        self.told().code()
    }

    /// The sentence for a person: what happened, and what to do.
    pub fn say(&self, lang: Lang) -> String {
        self.told().say(lang)
    }

    /// The row of the table with what fills it.
    pub fn told(&self) -> Told {
        match self {
            Self::Locked(_) => Told::new(&library::LOCKED),
            Self::NewerLibrary { .. } => Told::new(&library::NEWER),
            Self::Damaged(detail) => Told::new(&library::DAMAGED).with("detail", detail),
            Self::NotFound(what) => {
                let zh = match what.as_str() {
                    "task" => "这个任务",
                    "batch" => "这个批次",
                    "image" => "这张图片",
                    "file" => "视频文件",
                    "poster" => "封面图",
                    _ => "这一项",
                };
                Told::new(&board::NOT_FOUND).with_both("what", what, zh)
            }
            Self::OtherCount { shown, now } => Told::new(&board::OTHER_COUNT).with("shown", shown).with("now", now),
            Self::Changed | Self::Illegal(_) => Told::new(&board::CHANGED),
            Self::UnknownState(unknown) => Told::new(&buying::UNKNOWN_STATE).with("state", &unknown.0),
            Self::Trouble(trouble) => trouble.told(),
            Self::Told(told) => (**told).clone(),
            Self::Io { path, source } => Told::new(&library::FILE).with("path", path.display()).with_both(
                "why",
                io_words(source, Lang::En),
                io_words(source, Lang::Zh),
            ),
            Self::Sqlite(why) => Told::new(&library::UNUSABLE).with("why", why),
            Self::Json(why) => Told::new(&library::UNREADABLE).with("why", why),
            Self::NoKeychain(refusal) => {
                Told::new(&settings::NO_KEYCHAIN).with_both("why", refusal.say(Lang::En), refusal.say(Lang::Zh))
            }
            Self::Closing => Told::new(&library::CLOSING),
        }
    }
}

impl From<Told> for Error {
    fn from(told: Told) -> Self {
        Self::Told(Box::new(told))
    }
}

impl From<Trouble> for Error {
    fn from(trouble: Trouble) -> Self {
        Self::Trouble(Box::new(trouble))
    }
}

/// An input/output error in words; the system's own text where there is no better.
pub fn io_words(error: &std::io::Error, lang: Lang) -> String {
    use std::io::ErrorKind as K;
    let known = match error.kind() {
        K::NotFound => Some(("not there", "不存在")),
        K::PermissionDenied => Some(("no permission", "没有权限")),
        K::StorageFull => Some(("the disk is full", "磁盘已满")),
        K::ReadOnlyFilesystem => Some(("read-only", "只读")),
        K::IsADirectory => Some(("is a folder", "是文件夹")),
        K::NotADirectory => Some(("is not a folder", "不是文件夹")),
        // Only a file in a folder's place comes to anybody's ears: names of clips that are taken are gone round.
        K::AlreadyExists => Some(("a file is in its place", "这里已有同名文件")),
        _ => None,
    };
    known.map_or_else(|| error.to_string(), |(en, zh)| lang.pick(en, zh).to_owned())
}

/// What the engine's calls return.
pub type Result<T, E = Error> = std::result::Result<T, E>;
