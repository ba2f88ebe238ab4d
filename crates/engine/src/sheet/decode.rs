//! From bytes to text. Excel alone writes four encodings, depending on its language and on which "CSV" is chosen.

use encoding_rs::{Encoding, GB18030, UTF_8, UTF_16BE, UTF_16LE};

use super::problem::SheetProblem;

/// The text without its byte order mark, and the name of its encoding.
pub(super) fn decode(bytes: &[u8]) -> Result<(String, &'static str), SheetProblem> {
    if let Some(kind) = other_kind(bytes) {
        return Err(SheetProblem::NotText { kind });
    }
    let (text, encoding) = match Encoding::for_bom(bytes) {
        Some((marked, _)) => match marked.decode_with_bom_removal(bytes) {
            (text, false) => (text.into_owned(), marked),
            (_, true) => return Err(SheetProblem::UnknownEncoding),
        },
        None => match UTF_8.decode_without_bom_handling_and_without_replacement(bytes) {
            Some(text) => (text.into_owned(), UTF_8),
            None if is_broken_utf8(bytes) => return Err(SheetProblem::BrokenText),
            None => (chinese(bytes)?, GB18030),
        },
    };
    if text.contains('\0') {
        return Err(SheetProblem::Binary);
    }
    if text.trim().is_empty() {
        return Err(SheetProblem::Empty);
    }
    let name = match encoding {
        _ if encoding == UTF_16LE => "UTF-16LE",
        _ if encoding == UTF_16BE => "UTF-16BE",
        _ => encoding.name(),
    };
    Ok((text, if name == "gb18030" { "GB18030" } else { name }))
}

/// The same, in an encoding that a person chose.
pub(super) fn decode_as(bytes: &[u8], label: &str) -> Result<(String, &'static str), SheetProblem> {
    let encoding = Encoding::for_label(label.as_bytes()).ok_or(SheetProblem::UnknownEncoding)?;
    let text = encoding.decode_with_bom_removal(bytes).0.into_owned();
    if text.trim().is_empty() {
        return Err(SheetProblem::Empty);
    }
    Ok((text.replace('\0', ""), encoding.name()))
}

/// Files that people take for a sheet, or drop by mistake.
fn other_kind(bytes: &[u8]) -> Option<&'static str> {
    let kinds: [(&[u8], &str); 8] = [
        (b"PK", "ZIP"),
        (b"\xd0\xcf\x11\xe0", "XLS"),
        (b"%PDF", "PDF"),
        (b"{\\rtf", "RTF"),
        (b"\xff\xd8\xff", "JPEG"),
        (b"\x89PNG", "PNG"),
        (b"GIF8", "GIF"),
        (b"RIFF", "WebP"),
    ];
    kinds
        .iter()
        .find(|(magic, _)| bytes.starts_with(magic))
        .map(|&(_, kind)| kind)
}

/// Whether this is UTF-8 with a flaw, most often cut in the middle of a character: read as GB18030 it would give as
/// many characters, all of them wrong, and each row would be bought. A text in GB18030 has hardly one pair in seven
/// that could be UTF-8.
fn is_broken_utf8(bytes: &[u8]) -> bool {
    let (mut whole, mut flaws) = (0_usize, 0_usize);
    for chunk in bytes.utf8_chunks() {
        whole += chunk.valid().chars().filter(|c| !c.is_ascii()).count();
        flaws += usize::from(!chunk.invalid().is_empty());
    }
    whole > flaws.saturating_mul(2)
}

/// GB18030 gives a meaning to almost any bytes, so a French or German file would pass as odd Chinese and be bought as
/// such. Chinese text is made of the common characters of GB 2312, both of whose bytes are high; a lone accented
/// letter takes the plain letter behind it instead.
fn chinese(bytes: &[u8]) -> Result<String, SheetProblem> {
    if bytes.contains(&0) {
        return Err(SheetProblem::Binary);
    }
    let Some(text) = GB18030.decode_without_bom_handling_and_without_replacement(bytes) else {
        return Err(SheetProblem::UnknownEncoding);
    };
    let (mut common, mut pairs) = (0_usize, 0_usize);
    let mut rest = bytes;
    while let Some((&lead, after)) = rest.split_first() {
        rest = after;
        if lead >= 0x80 {
            pairs += 1;
            common += usize::from(lead >= 0xa1 && after.first().is_some_and(|&trail| trail >= 0xa1));
            rest = after.get(1..).unwrap_or_default();
        }
    }
    if common * 4 < pairs {
        Err(SheetProblem::UnknownEncoding)
    } else {
        Ok(text.into_owned())
    }
}
