//! Seed pictures, judged by their content: the service takes JPEG, PNG and WebP, and a file that turns out to be
//! something else costs a paid task.
//!
//! Nothing is converted or repaired here; the bytes that were checked are the bytes that go out. Names and extensions
//! are not believed.

mod ending;
mod problem;
#[cfg(test)]
mod tests;

use std::io::Cursor;
use std::path::Path;

use image::codecs::jpeg::JpegEncoder;
use image::{DynamicImage, ImageDecoder, ImageFormat, ImageReader, Limits, Rgb, RgbImage};
use sha2::{Digest, Sha256};

pub use self::problem::{PictureFault, PictureProblem};
use super::given;

/// The largest picture that is sent, in bytes.
pub const MAX_BYTES: u64 = 20 << 20;

/// The longest side of a picture, in pixels.
pub const MAX_SIDE: u32 = 12_000;

/// The shortest side of a picture, in pixels.
pub const MIN_SIDE: u32 = 64;

/// The memory that one decoded picture may take, in bytes: the largest allowed with four channels, and room to decode.
const MAX_DECODED: u64 = 640 << 20;

/// Quality of thumbnails, of 100.
const THUMBNAIL_QUALITY: u8 = 82;

/// The kinds of pictures that the service takes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum PictureFormat {
    /// JPEG.
    Jpeg,
    /// PNG.
    Png,
    /// WebP.
    Webp,
}

impl PictureFormat {
    /// The media type, as HTTP names it.
    pub fn mime(self) -> &'static str {
        match self {
            Self::Jpeg => "image/jpeg",
            Self::Png => "image/png",
            Self::Webp => "image/webp",
        }
    }

    /// The usual extension, without its dot.
    pub fn extension(self) -> &'static str {
        match self {
            Self::Jpeg => "jpg",
            Self::Png => "png",
            Self::Webp => "webp",
        }
    }

    fn of(bytes: &[u8]) -> Option<Self> {
        if bytes.starts_with(b"\xff\xd8\xff") {
            Some(Self::Jpeg)
        } else if bytes.starts_with(b"\x89PNG\r\n\x1a\n") {
            Some(Self::Png)
        } else if bytes.starts_with(b"RIFF") && bytes.get(8..12) == Some(b"WEBP") {
            Some(Self::Webp)
        } else {
            None
        }
    }

    fn decoder(self) -> ImageFormat {
        match self {
            Self::Jpeg => ImageFormat::Jpeg,
            Self::Png => ImageFormat::Png,
            Self::Webp => ImageFormat::WebP,
        }
    }
}

/// A picture that was found whole.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Picture {
    /// What its content is.
    pub format: PictureFormat,
    /// Width in pixels as it is shown, a camera's rotation applied.
    pub width: u32,
    /// Height in pixels as it is shown, a camera's rotation applied.
    pub height: u32,
    /// Size of the file in bytes.
    pub bytes: u64,
    /// SHA-256 of the file, in hexadecimal.
    pub sha256: String,
}

/// Reads the picture at `path` whole and decodes it. May take a second or two and some hundred megabytes for the
/// largest: call it off the threads that wait for others.
///
/// # Errors
/// Names the file and says what to do, for anything but a whole JPEG, PNG or WebP of allowed size.
pub fn inspect(path: &Path) -> Result<Picture, PictureProblem> {
    take(path).map(|(picture, _)| picture)
}

/// As [`inspect`], with the very bytes that were judged: what a second reading would give is not known.
///
/// # Errors
/// As [`inspect`].
pub fn take(path: &Path) -> Result<(Picture, Vec<u8>), PictureProblem> {
    let file = path
        .file_name()
        .map(|name| name.to_string_lossy().into_owned())
        .unwrap_or_default();
    judge(path).map_err(|fault| PictureProblem { file, fault })
}

/// A JPEG of the picture no larger than `max_side` pixels each way, upright, on white where it is transparent.
///
/// # Errors
/// When the bytes are no picture that [`inspect`] accepts.
pub fn thumbnail(bytes: &[u8], max_side: u32) -> Result<Vec<u8>, PictureProblem> {
    let small = decode(bytes).map(|(_, picture)| shrink(&picture, max_side));
    small.and_then(|small| encode(&small)).map_err(|fault| PictureProblem {
        file: String::new(),
        fault,
    })
}

/// As [`inspect`], of bytes that came from elsewhere; `file`: what they are called.
///
/// # Errors
/// As [`inspect`].
pub fn inspect_bytes(file: &str, bytes: &[u8]) -> Result<Picture, PictureProblem> {
    judge_bytes(bytes).map_err(|fault| PictureProblem {
        file: file.to_owned(),
        fault,
    })
}

fn judge(path: &Path) -> Result<(Picture, Vec<u8>), PictureFault> {
    let bytes = given::read(path, MAX_BYTES)?;
    judge_bytes(&bytes).map(|found| (found, bytes))
}

fn judge_bytes(bytes: &[u8]) -> Result<Picture, PictureFault> {
    if bytes.is_empty() {
        return Err(PictureFault::Empty);
    }
    if bytes.len() as u64 > MAX_BYTES {
        return Err(PictureFault::TooLarge {
            bytes: bytes.len() as u64,
        });
    }
    let (format, picture) = decode(bytes)?;
    let sha256 = Sha256::digest(bytes).iter().map(|byte| format!("{byte:02x}")).collect();
    Ok(Picture {
        format,
        width: picture.width(),
        height: picture.height(),
        bytes: bytes.len() as u64,
        sha256,
    })
}

fn decode(bytes: &[u8]) -> Result<(PictureFormat, DynamicImage), PictureFault> {
    let Some(format) = PictureFormat::of(bytes) else {
        return Err(ending::other_kind(bytes).map_or(PictureFault::NotAPicture, PictureFault::OtherKind));
    };
    let mut limits = Limits::default();
    limits.max_image_width = Some(MAX_SIDE);
    limits.max_image_height = Some(MAX_SIDE);
    limits.max_alloc = Some(MAX_DECODED);
    let mut reader = ImageReader::with_format(Cursor::new(bytes), format.decoder());
    reader.limits(limits);
    let whole = ending::is_whole(format, bytes);
    let broken = |error: image::ImageError| match error {
        image::ImageError::Limits(_) => PictureFault::TooManyPixels,
        _ if whole => PictureFault::Damaged,
        _ => PictureFault::CutShort,
    };
    let mut decoder = reader.into_decoder().map_err(broken)?;
    let (width, height) = decoder.dimensions();
    if decoder.total_bytes() > MAX_DECODED {
        return Err(PictureFault::TooManyPixels);
    }
    if width.min(height) < MIN_SIDE {
        return Err(PictureFault::TooSmall { width, height });
    }
    let orientation = decoder.orientation().map_err(broken)?;
    let mut picture = DynamicImage::from_decoder(decoder).map_err(broken)?;
    // Decoders fill in grey for what is missing of a JPEG and call it done.
    if !whole {
        return Err(PictureFault::CutShort);
    }
    picture.apply_orientation(orientation);
    Ok((format, picture))
}

fn shrink(picture: &DynamicImage, max_side: u32) -> RgbImage {
    let side = max_side.max(1);
    let small = if picture.width().max(picture.height()) > side {
        picture.thumbnail(side, side).into_rgba8()
    } else {
        picture.to_rgba8()
    };
    let mut flat = RgbImage::new(small.width(), small.height());
    for (to, from) in flat.pixels_mut().zip(small.pixels()) {
        let [red, green, blue, opacity] = from.0;
        let on_white = |channel: u8| {
            let mixed = u16::from(channel) * u16::from(opacity) + 255 * (255 - u16::from(opacity));
            u8::try_from(mixed / 255).unwrap_or(255)
        };
        *to = Rgb([red, green, blue].map(on_white));
    }
    flat
}

fn encode(picture: &RgbImage) -> Result<Vec<u8>, PictureFault> {
    let mut bytes = Vec::new();
    let encoder = JpegEncoder::new_with_quality(&mut bytes, THUMBNAIL_QUALITY);
    picture.write_with_encoder(encoder).map_err(|_| PictureFault::Damaged)?;
    Ok(bytes)
}
