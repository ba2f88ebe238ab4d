//! What can be wrong with a seed picture, and what to do about it.

use std::io;

use crate::error::io_words;
use crate::files::given::NotRead;
use crate::trouble::Told;
use crate::trouble::rows::pictures;
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

impl From<NotRead> for PictureFault {
    fn from(why: NotRead) -> Self {
        match why {
            NotRead::Missing => Self::Missing,
            NotRead::NotAFile => Self::NotAFile,
            NotRead::TooLarge { bytes } => Self::TooLarge { bytes },
            NotRead::Unreadable(error) => Self::Unreadable(error),
        }
    }
}

impl PictureProblem {
    /// What is wrong and what to do, for a person.
    pub fn say(&self, lang: Lang) -> String {
        self.told().say(lang)
    }

    /// The row of the table of troubles with what fills it.
    pub fn told(&self) -> Told {
        let told = match &self.fault {
            PictureFault::Missing => Told::new(&pictures::MISSING),
            PictureFault::NotAFile => Told::new(&pictures::NOT_A_FILE),
            PictureFault::Unreadable(error) => {
                Told::new(&pictures::UNREADABLE).with_both("why", io_words(error, Lang::En), io_words(error, Lang::Zh))
            }
            PictureFault::Empty => Told::new(&pictures::EMPTY),
            PictureFault::TooLarge { bytes } => Told::new(&pictures::TOO_LARGE).with("size", bytes.div_ceil(1 << 20)),
            PictureFault::OtherKind(kind) => Told::new(&pictures::OTHER_KIND).with("kind", kind),
            PictureFault::NotAPicture => Told::new(&pictures::NOT_A_PICTURE),
            PictureFault::TooSmall { width, height } => Told::new(&pictures::TOO_SMALL)
                .with("width", width)
                .with("height", height),
            PictureFault::TooManyPixels => Told::new(&pictures::TOO_MANY_PIXELS),
            PictureFault::CutShort => Told::new(&pictures::CUT_SHORT),
            PictureFault::Damaged => Told::new(&pictures::DAMAGED),
        };
        match self.file.as_str() {
            "" => told.with_both("name", "The picture", "这张图片"),
            file => told.with("name", format!("“{file}”")),
        }
    }
}
