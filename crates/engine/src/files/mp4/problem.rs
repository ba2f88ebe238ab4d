//! What can be wrong with a video file, in words that a person can act on.

use std::io;

use crate::words::Lang;

/// Why a file is not a whole, playable MP4.
#[derive(Debug, thiserror::Error)]
pub enum Mp4Problem {
    /// Not one byte.
    #[error("the file is empty")]
    Empty,
    /// Something else came under the name of a video.
    #[error("not an MP4 file; it looks like {}", .0.name(Lang::En))]
    NotVideo(Looks),
    /// The file ends before what it promises.
    #[error("the file is cut short: {what}")]
    CutShort {
        /// What is missing.
        what: &'static str,
    },
    /// Zeros stand where video or sound should be, as after a crash or a lost write.
    #[error("the file holds zeros instead of data from byte {at} on")]
    ZeroFilled {
        /// Where the zeros were met, in bytes from the start.
        at: u64,
    },
    /// The structure contradicts itself.
    #[error("the file is damaged near byte {at}: {what}")]
    Damaged {
        /// Where, in bytes from the start.
        at: u64,
        /// What is wrong there.
        what: &'static str,
    },
    /// The disk would not give the bytes.
    #[error("the file could not be read: {0}")]
    Unreadable(#[source] io::Error),
}

/// What a file that is no MP4 seems to be.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Looks {
    /// A web page, mostly an error page of a server or of a sign-in to a network.
    Html,
    /// A JSON answer, mostly an error of a service.
    Json,
    /// An XML answer, as storage servers give for an expired link.
    Xml,
    /// Words.
    Text,
    /// A still picture.
    Picture,
    /// A video of another kind.
    OtherVideo,
    /// A packed archive.
    Archive,
    /// Nothing known.
    Unknown,
}

impl Looks {
    fn name(self, lang: Lang) -> &'static str {
        match self {
            Self::Html => lang.pick("a web page", "网页"),
            Self::Json => lang.pick("a JSON message", "JSON 消息"),
            Self::Xml => lang.pick("an XML message", "XML 消息"),
            Self::Text => lang.pick("plain text", "纯文本"),
            Self::Picture => lang.pick("a picture", "图片"),
            Self::OtherVideo => lang.pick("another kind of video", "其他格式的视频"),
            Self::Archive => lang.pick("an archive", "压缩包"),
            Self::Unknown => lang.pick("something unknown", "未知内容"),
        }
    }

    /// Judges by the first bytes of a file that does not begin as an MP4.
    pub(super) fn of(head: &[u8]) -> Self {
        let text = head.strip_prefix(b"\xef\xbb\xbf").unwrap_or(head);
        let text = text.trim_ascii_start().to_ascii_lowercase();
        let begins = |any: &[&[u8]]| any.iter().any(|magic| head.starts_with(magic));
        if begins(&[b"\xff\xd8\xff", b"\x89PNG", b"GIF8", b"BM"]) || head.get(8..12) == Some(b"WEBP") {
            Self::Picture
        } else if begins(&[b"\x1a\x45\xdf\xa3", b"FLV", b"OggS", b"\0\0\x01\xba"]) || head.get(8..12) == Some(b"AVI ") {
            Self::OtherVideo
        } else if begins(&[b"PK\x03\x04", b"\x1f\x8b", b"7z\xbc\xaf", b"Rar!"]) {
            Self::Archive
        } else if text.starts_with(b"<!doctype html") || text.windows(5).any(|tag| tag == b"<html") {
            Self::Html
        } else if text.starts_with(b"<") {
            Self::Xml
        } else if text.starts_with(b"{") || text.starts_with(b"[") {
            Self::Json
        } else if !text.is_empty() && !head.iter().any(|&byte| byte < 9) {
            Self::Text
        } else {
            Self::Unknown
        }
    }
}

impl Mp4Problem {
    /// One plain sentence for the person who waits for the video.
    pub fn say(&self, lang: Lang) -> String {
        let said = match self {
            Self::Empty => lang.pick("The video file is empty.", "视频文件是空的。"),
            Self::NotVideo(looks) => {
                return match lang {
                    Lang::En => format!("What arrived is not a video: it looks like {}.", looks.name(lang)),
                    Lang::Zh => format!("收到的不是视频，看起来是{}。", looks.name(lang)),
                };
            }
            Self::CutShort { .. } => lang.pick(
                "The video file is incomplete: it ends too early.",
                "视频文件不完整，后面一部分缺失。",
            ),
            Self::ZeroFilled { .. } => lang.pick(
                "Part of the video file was never written: it holds only zeros.",
                "视频文件有一部分没有真正写入，内容全是零。",
            ),
            Self::Damaged { .. } => lang.pick("The video file is damaged.", "视频文件已损坏。"),
            Self::Unreadable(error) => {
                return match lang {
                    Lang::En => format!("The video file could not be read: {error}."),
                    Lang::Zh => format!("无法读取视频文件：{error}。"),
                };
            }
        };
        said.to_owned()
    }
}
