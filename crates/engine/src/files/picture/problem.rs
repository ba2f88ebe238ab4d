//! What can be wrong with a seed picture, and what to do about it.

use std::io::{self, ErrorKind};

use crate::words::Lang;

/// A picture that can't be sent, and why.
#[derive(Debug, thiserror::Error)]
#[error("{}", self.say(Lang::En))]
pub struct PictureProblem {
    /// The name of the file, without its folder; empty where only bytes were given.
    pub file: String,
    /// What is wrong.
    pub fault: PictureFault,
}

/// What is wrong with a picture.
#[derive(Debug)]
pub enum PictureFault {
    /// Nothing is there.
    Missing,
    /// A folder or a device.
    NotAFile,
    /// The disk would not give the bytes.
    Unreadable(io::Error),
    /// Not one byte.
    Empty,
    /// More than 20 MiB.
    TooLarge {
        /// The size of the file.
        bytes: u64,
    },
    /// A kind that is known and not taken, such as `HEIC`.
    OtherKind(&'static str),
    /// No picture of any known kind.
    NotAPicture,
    /// Less than 64 pixels a side.
    TooSmall {
        /// Width in pixels.
        width: u32,
        /// Height in pixels.
        height: u32,
    },
    /// More than 12,000 pixels a side, or more memory than a picture may take.
    TooManyPixels,
    /// The file ends before the picture does.
    CutShort,
    /// The picture does not decode.
    Damaged,
}

impl From<io::Error> for PictureFault {
    fn from(error: io::Error) -> Self {
        match error.kind() {
            ErrorKind::NotFound => Self::Missing,
            _ => Self::Unreadable(error),
        }
    }
}

impl PictureProblem {
    /// What is wrong and what to do, for a person.
    pub fn say(&self, lang: Lang) -> String {
        let name = match (self.file.as_str(), lang) {
            ("", Lang::En) => "The picture".to_owned(),
            ("", Lang::Zh) => "这张图片".to_owned(),
            (file, _) => format!("“{file}”"),
        };
        match lang {
            Lang::En => self.fault.in_english(&name),
            Lang::Zh => self.fault.in_chinese(&name),
        }
    }
}

impl PictureFault {
    fn in_english(&self, name: &str) -> String {
        match self {
            Self::Missing => format!("{name} is not there any more. Choose the picture again."),
            Self::NotAFile => format!("{name} is not a file. Choose a picture."),
            Self::Unreadable(error) => format!("{name} could not be read: {error}."),
            Self::Empty => format!("{name} is an empty file. Choose another picture."),
            Self::TooLarge { bytes } => {
                format!(
                    "{name} has {} MB; at most 20 MB can be sent. Save it smaller.",
                    bytes.div_ceil(1 << 20)
                )
            }
            Self::OtherKind(kind) => format!("{name} has the format {kind}. Save it as JPEG, PNG or WebP."),
            Self::NotAPicture => format!("{name} is not a picture. Choose a JPEG, PNG or WebP file."),
            Self::TooSmall { width, height } => {
                format!("{name} is too small ({width}×{height}). Choose one of at least 64 pixels a side.")
            }
            Self::TooManyPixels => format!("{name} has too many pixels. Save it with at most 12,000 pixels a side."),
            Self::CutShort => format!("{name} is incomplete: the file ends too early. Copy or download it again."),
            Self::Damaged => format!("{name} is damaged and can't be opened. Save or download it again."),
        }
    }

    fn in_chinese(&self, name: &str) -> String {
        match self {
            Self::Missing => format!("{name}已经不在原来的位置。请重新选择图片。"),
            Self::NotAFile => format!("{name}不是文件。请选择一张图片。"),
            Self::Unreadable(error) => format!("无法读取{name}：{error}。"),
            Self::Empty => format!("{name}是空文件。请换一张图片。"),
            Self::TooLarge { bytes } => {
                format!(
                    "{name}大小为 {} MB，最多支持 20 MB。请压缩后再试。",
                    bytes.div_ceil(1 << 20)
                )
            }
            Self::OtherKind(kind) => format!("{name}是 {kind} 格式。请另存为 JPEG、PNG 或 WebP。"),
            Self::NotAPicture => format!("{name}不是图片。请选择 JPEG、PNG 或 WebP 文件。"),
            Self::TooSmall { width, height } => {
                format!("{name}尺寸太小（{width}×{height}）。请选择边长不小于 64 像素的图片。")
            }
            Self::TooManyPixels => format!("{name}像素过多。请缩小到边长不超过 12000 像素。"),
            Self::CutShort => format!("{name}不完整，文件提前结束。请重新复制或下载。"),
            Self::Damaged => format!("{name}已损坏，无法打开。请重新保存或下载。"),
        }
    }
}
