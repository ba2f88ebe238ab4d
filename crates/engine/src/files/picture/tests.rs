//! Real files in a real folder.

use std::fs;
use std::io::Cursor;
use std::path::PathBuf;

use image::{DynamicImage, ImageFormat, Rgba, RgbaImage};
use proptest::prelude::*;
use tempfile::TempDir;

use super::{PictureFault, PictureFormat, inspect, thumbnail};
use crate::words::Lang;

/// A picture with something in every corner.
fn drawn(width: u32, height: u32) -> DynamicImage {
    let draw = |x: u32, y: u32| {
        Rgba([
            (x * 3) as u8,
            (y * 5) as u8,
            (x ^ y) as u8,
            if x < width / 2 { 0 } else { 255 },
        ])
    };
    DynamicImage::ImageRgba8(RgbaImage::from_fn(width, height, draw))
}

fn encoded(picture: &DynamicImage, format: ImageFormat) -> Vec<u8> {
    let mut bytes = Cursor::new(Vec::new());
    let flat = DynamicImage::ImageRgb8(picture.to_rgb8());
    let picture = if format == ImageFormat::Jpeg { &flat } else { picture };
    picture.write_to(&mut bytes, format).unwrap();
    bytes.into_inner()
}

fn put(folder: &TempDir, name: &str, bytes: &[u8]) -> PathBuf {
    let path = folder.path().join(name);
    fs::write(&path, bytes).unwrap();
    path
}

const KINDS: [(ImageFormat, PictureFormat); 3] = [
    (ImageFormat::Jpeg, PictureFormat::Jpeg),
    (ImageFormat::Png, PictureFormat::Png),
    (ImageFormat::WebP, PictureFormat::Webp),
];

#[test]
fn the_content_tells_the_kind_not_the_name() {
    let folder = TempDir::new().unwrap();
    for (format, kind) in KINDS {
        let bytes = encoded(&drawn(120, 80), format);
        let found = inspect(&put(&folder, "photo.gif", &bytes)).unwrap();
        assert_eq!(
            (found.format, found.width, found.height, found.bytes),
            (kind, 120, 80, bytes.len() as u64)
        );
        assert_eq!(found.sha256.len(), 64);
    }
    let known = put(&folder, "abc", b"abc");
    assert!(inspect(&known).is_err());
}

#[test]
fn a_cut_picture_is_told_wherever_it_is_cut() {
    let folder = TempDir::new().unwrap();
    for (format, kind) in KINDS {
        let bytes = encoded(&drawn(96, 96), format);
        for cut in (16..bytes.len()).step_by(bytes.len() / 60).chain([bytes.len() - 1]) {
            let fault = inspect(&put(&folder, "cut", &bytes[..cut])).unwrap_err().fault;
            assert!(matches!(fault, PictureFault::CutShort), "{kind:?} at {cut}: {fault:?}");
        }
        let followed = [bytes.as_slice(), b"a map of the place"].concat();
        assert!(inspect(&put(&folder, "longer", &followed)).is_ok(), "{kind:?}");
    }
}

#[test]
fn what_is_not_taken_is_named_with_a_way_out() {
    let folder = TempDir::new().unwrap();
    let small = encoded(&drawn(63, 400), ImageFormat::Png);
    let wide = encoded(&drawn(12_001, 64), ImageFormat::Png);
    for (bytes, said) in [
        (
            b"\0\0\0\x18ftypheic\0\0\0\0".as_slice(),
            "“x” has the format HEIC. Save it as JPEG, PNG or WebP.",
        ),
        (b"GIF89a", "“x” has the format GIF. Save it as JPEG, PNG or WebP."),
        (
            b"<?xml version='1.0'?>\n<svg/>",
            "“x” has the format SVG. Save it as JPEG, PNG or WebP.",
        ),
        (b"%PDF-1.7", "“x” has the format PDF. Save it as JPEG, PNG or WebP."),
        (b"hello", "“x” is not a picture. Choose a JPEG, PNG or WebP file."),
        (b"", "“x” is an empty file. Choose another picture."),
        (
            &small,
            "“x” is too small (63×400). Choose one of at least 64 pixels a side.",
        ),
        (
            &wide,
            "“x” has too many pixels. Save it with at most 12,000 pixels a side.",
        ),
        (
            &vec![0; (20 << 20) + 1],
            "“x” has 21 MB; at most 20 MB can be sent. Save it smaller.",
        ),
    ] {
        assert_eq!(inspect(&put(&folder, "x", bytes)).unwrap_err().say(Lang::En), said);
    }
    let heic = inspect(&put(&folder, "猫.jpg", b"\0\0\0\x18ftypheic")).unwrap_err();
    assert_eq!(heic.say(Lang::Zh), "“猫.jpg”是 HEIC 格式。请另存为 JPEG、PNG 或 WebP。");
}

#[test]
fn only_regular_files_are_opened() {
    let folder = TempDir::new().unwrap();
    let fault = |path: PathBuf| inspect(&path).unwrap_err().fault;
    assert!(matches!(fault(folder.path().to_owned()), PictureFault::NotAFile));
    assert!(matches!(fault(folder.path().join("none")), PictureFault::Missing));
    #[cfg(unix)]
    {
        let link = |name: &str, to: &std::path::Path| {
            let path = folder.path().join(name);
            std::os::unix::fs::symlink(to, &path).unwrap();
            path
        };
        let picture = put(&folder, "real.png", &encoded(&drawn(64, 64), ImageFormat::Png));
        assert!(inspect(&link("good", &picture)).is_ok());
        assert!(matches!(
            fault(link("device", "/dev/zero".as_ref())),
            PictureFault::NotAFile
        ));
        assert!(matches!(
            fault(link("dangling", "/nowhere/at/all".as_ref())),
            PictureFault::Missing
        ));
    }
}

#[test]
fn thumbnails_are_small_jpegs_on_white() {
    for (format, _) in KINDS {
        let small = thumbnail(&encoded(&drawn(400, 200), format), 100).unwrap();
        let picture = image::load_from_memory_with_format(&small, ImageFormat::Jpeg)
            .unwrap()
            .to_rgb8();
        assert_eq!(picture.dimensions(), (100, 50));
        if format == ImageFormat::Png {
            assert!(
                picture.get_pixel(5, 5).0.iter().all(|&channel| channel > 245),
                "transparent is white"
            );
        }
    }
    let tiny = thumbnail(&encoded(&drawn(64, 64), ImageFormat::Png), 512).unwrap();
    assert_eq!(image::load_from_memory(&tiny).unwrap().width(), 64, "never made larger");
    assert!(thumbnail(b"no picture", 100).is_err());
}

#[test]
fn a_camera_held_upright_is_seen_upright() {
    let bytes = encoded(&drawn(200, 100), ImageFormat::Jpeg);
    // The orientation note (EXIF tag 0x0112) with the value 6: turn right.
    let note = b"\xff\xe1\0\x22Exif\0\0MM\0*\0\0\0\x08\0\x01\x01\x12\0\x03\0\0\0\x01\0\x06\0\0\0\0\0\0";
    let turned = [&bytes[..2], note, &bytes[2..]].concat();
    let folder = TempDir::new().unwrap();
    let found = inspect(&put(&folder, "phone.jpg", &turned)).unwrap();
    assert_eq!((found.width, found.height), (100, 200));
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]

    #[test]
    fn no_change_makes_it_panic(kind in 0..3_usize, changes in prop::collection::vec((0..4000_usize, any::<u8>()), 1..8)) {
        let mut bytes = encoded(&drawn(64, 64), KINDS[kind].0);
        for (at, byte) in changes {
            let at = at % bytes.len();
            bytes[at] = byte;
        }
        let _ = thumbnail(&bytes, 32);
    }
}
