//! What decoders don't tell: whether a picture goes on to its own end, and what a file is that is none of the three.

use super::PictureFormat;

/// Whether the file holds the mark or the length with which its format ends. Bytes behind that are allowed: phones put
/// maps and short films there.
pub(super) fn is_whole(format: PictureFormat, bytes: &[u8]) -> bool {
    match format {
        PictureFormat::Jpeg => jpeg_ends(bytes).is_some(),
        PictureFormat::Png => png_ends(bytes).is_some(),
        PictureFormat::Webp => bytes
            .get(4..8)
            .and_then(|size| size.try_into().ok())
            .is_some_and(|size| u64::from(u32::from_le_bytes(size)) + 8 <= bytes.len() as u64),
    }
}

/// Walks the segments to the end mark (ITU-T T.81, B.1): a search for its two bytes would find the one of a preview
/// that a camera put inside.
fn jpeg_ends(bytes: &[u8]) -> Option<()> {
    let mut rest = bytes.get(2..)?;
    loop {
        let mark = rest.iter().position(|&byte| byte == 0xff)?;
        rest = rest.get(mark + 1..)?;
        let (&code, behind) = rest.split_first()?;
        match code {
            0xd9 => return Some(()),
            // Fill bytes before a mark: the mark may begin with this one.
            0xff => {}
            // Within picture data: a byte that only looks like a mark, or a restart.
            0x00 | 0x01 | 0xd0..=0xd8 => rest = behind,
            _ => {
                let length: [u8; 2] = behind.get(..2)?.try_into().ok()?;
                rest = behind.get(usize::from(u16::from_be_bytes(length))..)?;
            }
        }
    }
}

/// Walks the chunks to the last one, `IEND`.
fn png_ends(bytes: &[u8]) -> Option<()> {
    let mut rest = bytes.get(8..)?;
    loop {
        let length: [u8; 4] = rest.get(..4)?.try_into().ok()?;
        let end = usize::try_from(u32::from_be_bytes(length)).ok()?.checked_add(12)?;
        if rest.get(4..8)? == b"IEND" {
            return rest.get(..end).map(|_| ());
        }
        rest = rest.get(end..)?;
    }
}

/// What the file is, where that is known.
pub(super) fn other_kind(bytes: &[u8]) -> Option<&'static str> {
    if bytes.get(4..8) == Some(b"ftyp") {
        return match bytes.get(8..12)? {
            b"heic" | b"heix" | b"heim" | b"heis" | b"hevc" | b"mif1" | b"msf1" => Some("HEIC"),
            b"avif" | b"avis" => Some("AVIF"),
            _ => Some("MP4"),
        };
    }
    let kinds: [(&[u8], &str); 9] = [
        (b"GIF8", "GIF"),
        (b"%PDF", "PDF"),
        (b"BM", "BMP"),
        (b"II*\0", "TIFF"),
        (b"MM\0*", "TIFF"),
        (b"8BPS", "Photoshop (PSD)"),
        (b"\xff\x0a", "JPEG XL"),
        (b"\0\0\0\x0cJXL ", "JPEG XL"),
        (b"PK\x03\x04", "ZIP"),
    ];
    if let Some((_, kind)) = kinds.iter().find(|(magic, _)| bytes.starts_with(magic)) {
        return Some(kind);
    }
    let head = bytes.get(..bytes.len().min(1024))?.to_ascii_lowercase();
    head.windows(4).any(|tag| tag == b"<svg").then_some("SVG")
}
