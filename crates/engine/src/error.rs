//! What can go wrong with a command, in words for a person.

use std::path::{Path, PathBuf};

use crate::task::{Illegal, UnknownState};
use crate::trouble::Trouble;
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
    /// Something in plain words, in both languages.
    #[error("{en}")]
    Said {
        /// English.
        en: String,
        /// Chinese.
        zh: String,
    },
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

    /// A sentence of one's own in both languages.
    pub fn said(en: impl Into<String>, zh: impl Into<String>) -> Self {
        Self::Said {
            en: en.into(),
            zh: zh.into(),
        }
    }

    /// The code that the page acts on; most errors are only shown and have none.
    pub fn code(&self) -> Option<&'static str> {
        Some(match self {
            Self::Locked(_) => "locked",
            Self::NewerLibrary { .. } => "newerLibrary",
            Self::NotFound(_) => "notFound",
            Self::Changed | Self::OtherCount { .. } | Self::Illegal(_) => "changed",
            Self::Trouble(trouble) if **trouble == Trouble::NoKey => "noKey",
            _ => return None,
        })
    }

    /// The sentence for a person: what, where, what to do.
    pub fn say(&self, lang: Lang) -> String {
        let pick = |en: String, zh: String| if lang == Lang::En { en } else { zh };
        match self {
            Self::Locked(_) => pick(
                "Shotboard is already open with this library. Use that window, or close it first.".into(),
                "Shotboard 已经打开了这个任务库。请使用那个窗口，或先关闭它。".into(),
            ),
            Self::NewerLibrary { .. } => pick(
                "This library was made by a newer version of Shotboard. Update the app to open it; nothing was changed."
                    .into(),
                "这个任务库由更新版本的 Shotboard 创建。请升级应用后打开，现有内容没有改动。".into(),
            ),
            Self::Damaged(detail) => pick(
                format!("The library file is damaged ({detail}). Nothing was changed. A backup lies in the folder “backups” beside it."),
                format!("任务库文件已损坏（{detail}）。没有做任何改动，旁边的“backups”文件夹里有备份。"),
            ),
            Self::NotFound(what) => {
                let zh = match what.as_str() {
                    "task" => "这个任务",
                    "batch" => "这个批次",
                    "image" => "这张图片",
                    "file" => "视频文件",
                    "poster" => "封面图",
                    _ => "这一项",
                };
                pick(format!("This {what} is not there any more."), format!("{zh}已经不在了。"))
            }
            Self::OtherCount { shown, now } => pick(
                format!("The list has changed: {now} instead of {shown} would be bought. Nothing was started."),
                format!("列表刚刚变了：现在会购买 {now} 个，而不是 {shown} 个。没有开始任何任务。"),
            ),
            Self::Changed | Self::Illegal(_) => pick(
                "This task has moved on meanwhile; look at it again.".into(),
                "这个任务的状态刚刚变了，请再看一眼。".into(),
            ),
            Self::UnknownState(unknown) => pick(
                format!("This task has a state that this version does not know ({}). Update the app.", unknown.0),
                format!("任务处于当前版本不认识的状态（{}），请升级应用。", unknown.0),
            ),
            Self::Trouble(trouble) => {
                let said = trouble.say(lang);
                pick(format!("{} {}", said.cause, said.next), format!("{}{}", said.cause, said.next))
            }
            Self::Said { en, zh } => pick(en.clone(), zh.clone()),
            Self::Io { path, source } => pick(
                format!("{}: {}", path.display(), io_words(source, lang)),
                format!("{}：{}", path.display(), io_words(source, lang)),
            ),
            Self::Sqlite(why) => pick(
                format!("The library could not be used ({why}). Try again; if it stays so, restart the app."),
                format!("任务库暂时无法使用（{why}）。请重试，仍不行就重启应用。"),
            ),
            Self::Json(why) => pick(
                format!("The library holds something unreadable ({why})."),
                format!("任务库里有无法读取的内容（{why}）。"),
            ),
            Self::Closing => pick("The app is closing.".into(), "应用正在关闭。".into()),
        }
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
        _ => None,
    };
    known.map_or_else(|| error.to_string(), |(en, zh)| lang.pick(en, zh).to_owned())
}

/// What the engine's calls return.
pub type Result<T, E = Error> = std::result::Result<T, E>;
