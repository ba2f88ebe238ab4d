//! Pictures: to drop on the board, and of the board itself.

use std::{collections::HashSet, io::Cursor, path::Path};

use image::{ImageFormat, Rgb, RgbImage};

use crate::palette;

/// A picture for a seed image: stripes in two colours, so that two of them differ in content.
#[derive(Clone, Copy, Debug)]
pub struct Drawing {
    /// Pixels.
    pub width: u32,
    /// Pixels.
    pub height: u32,
    /// Red, green, blue.
    pub colour: [u8; 3],
}

/// Saves a drawing in the format that the file's name says.
pub fn draw(path: &Path, drawing: Drawing) {
    let Drawing { width, height, colour } = drawing;
    let stripe = |x: u32, y: u32| {
        if ((x + y) / 32).is_multiple_of(2) {
            Rgb(colour)
        } else {
            Rgb([250, 245, 235])
        }
    };
    RgbImage::from_fn(width, height, stripe)
        .save(path)
        .expect("a picture is saved");
}

/// The same picture in few bytes.
pub fn shrunk(png: &[u8]) -> Vec<u8> {
    palette::packed(&decoded(png))
}

fn decoded(png: &[u8]) -> RgbImage {
    image::ImageReader::with_format(Cursor::new(png), ImageFormat::Png)
        .decode()
        .expect("the screenshot is a PNG")
        .into_rgb8()
}

/// How many colours a PNG has, counted up to 64.
pub(crate) fn colours(png: &[u8]) -> usize {
    let picture = decoded(png);
    let mut seen = HashSet::new();
    for pixel in picture.pixels() {
        seen.insert(*pixel);
        if seen.len() == 64 {
            break;
        }
    }
    seen.len()
}

/// Decodes base64 as the driver sends it: padded, without line breaks.
pub(crate) fn from_base64(text: &str) -> Vec<u8> {
    let value = |byte: u8| -> u32 {
        let digit = match byte {
            b'A'..=b'Z' => byte - b'A',
            b'a'..=b'z' => byte - b'a' + 26,
            b'0'..=b'9' => byte - b'0' + 52,
            b'+' => 62,
            b'/' => 63,
            other => panic!("{other} is no base64"),
        };
        u32::from(digit)
    };
    let mut bytes = Vec::with_capacity(text.len() / 4 * 3);
    for group in text.trim_end_matches('=').as_bytes().chunks(4) {
        let bits = group.iter().fold(0, |bits, byte| bits << 6 | value(*byte)) << (6 * (4 - group.len()));
        bytes.extend_from_slice(&bits.to_be_bytes()[1..group.len()]);
    }
    bytes
}
