//! Names for saved clips, made for people and safe on Linux, Windows and macOS alike.
//!
//! A folder of clips is copied to USB sticks, network shares and other people's machines, so the rules of every system
//! hold on each of them. A name is only ever made from the user's own text (a task number, a batch name); a name that
//! a remote server proposes is never used. This module does not look at the disk: whether a name is free is decided by
//! the rename that never overwrites, which asks [`taken`] for the next one.

use unicode_normalization::UnicodeNormalization;
use unicode_segmentation::UnicodeSegmentation;

/// The longest stem, in bytes of UTF-8: it leaves room for " (12)" and ".mp4" under the 143 bytes of encrypted home
/// folders, the tightest limit in use.
const STEM_BYTES: usize = 120;

/// The longest name of one file that the common file systems take, in bytes of UTF-8.
const NAME_BYTES: usize = 255;

/// What a stem is called when nothing usable is left of the text.
const LAST_RESORT: &str = "clip";

/// A file stem (a name without its extension) made from any text, however hostile.
///
/// The result is NFC, at most 120 bytes, never empty, holds nothing that a path could be made of, and is a name that
/// no system reserves. Applying it twice changes nothing.
pub fn safe_stem(text: &str) -> String {
    let readable: String = text.chars().filter_map(stand_in).nfc().collect();
    let one_spaced = readable.split(' ').filter(|word| !word.is_empty());
    let joined = one_spaced.collect::<Vec<_>>().join(" ");
    let stem = trim_end(trim_start(&joined));
    let stem = unreserve(stem);
    let stem = trim_end(cut(&stem, STEM_BYTES));
    if stem.is_empty() {
        LAST_RESORT.to_owned()
    } else {
        stem.to_owned()
    }
}

/// The name of the saved clip of a task with this number.
pub fn clip_name(number: &str) -> String {
    safe_stem(number) + ".mp4"
}

/// The name to try as the `n`th when the ones before are taken: `0001.mp4`, `0001 (2).mp4`, `0001 (3).mp4`, and so on.
/// Stays within 255 bytes.
pub fn taken(name: &str, n: u32) -> String {
    if n < 2 {
        return name.to_owned();
    }
    let (stem, extension) = match name.rfind('.') {
        Some(dot) if dot > 0 && name.len() - dot <= 16 => name.split_at(dot),
        _ => (name, ""),
    };
    let suffix = format!(" ({n}){extension}");
    format!("{}{suffix}", trim_end(cut(stem, NAME_BYTES - suffix.len())))
}

/// A name as it compares on the least distinguishing of systems: without case, and composed or not alike.
pub fn folded(name: &str) -> String {
    let lower: String = name.nfc().flat_map(char::to_lowercase).collect();
    lower.nfc().collect()
}

/// The character that stands for this one in a name, or none.
fn stand_in(c: char) -> Option<char> {
    match c {
        // Look-alikes from the full-width block would read better, but Windows maps them back to the forbidden
        // originals wherever a program uses the old code-page calls.
        '/' | '\\' | ':' | '|' => Some('-'),
        '<' => Some('('),
        '>' => Some(')'),
        '"' => Some('\''),
        '?' | '*' => None,
        _ if c.is_whitespace() => Some(' '),
        _ if c.is_control() || is_unseen(c) => None,
        _ => Some(c),
    }
}

/// Characters that a person does not see but that change how a name reads or compares: directions, zero widths, tags,
/// and the private range in which some systems hide characters that they can't store.
fn is_unseen(c: char) -> bool {
    matches!(c,
        '\u{ad}' | '\u{61c}' | '\u{180e}' | '\u{200b}' | '\u{200e}' | '\u{200f}'
        | '\u{202a}'..='\u{202e}' | '\u{2060}'..='\u{206f}' | '\u{e000}'..='\u{f8ff}'
        | '\u{feff}' | '\u{fff0}'..='\u{fffb}' | '\u{fffe}' | '\u{ffff}'
        | '\u{e0000}'..='\u{e007f}')
}

/// Joiners hold an emoji or a Persian word together; at an end they hold nothing.
fn is_joiner(c: char) -> bool {
    matches!(c, '\u{200c}' | '\u{200d}')
}

/// A leading dot hides a file, a leading dash reads as an option to a command.
fn trim_start(stem: &str) -> &str {
    stem.trim_start_matches(|c| matches!(c, '.' | '-' | ' ') || is_joiner(c))
}

/// Windows drops trailing dots and spaces without a word, so the file would not be found again.
fn trim_end(stem: &str) -> &str {
    stem.trim_end_matches(|c| matches!(c, '.' | ' ') || is_joiner(c))
}

/// At most `limit` bytes of the text, cut between two characters as people count them.
fn cut(text: &str, limit: usize) -> &str {
    if text.len() <= limit {
        return text;
    }
    let between = text.grapheme_indices(true).map(|(at, _)| at);
    let end = between.take_while(|&at| at <= limit).last().unwrap_or(0);
    // One "character" of a hundred stacked marks is longer than any name: it may be cut inside.
    let end = if end > 0 { end } else { text.floor_char_boundary(limit) };
    text.get(..end).unwrap_or_default()
}

/// `CON` and its kin are devices on Windows, with any extension and in any case: `CON.tar` becomes `CON_.tar`.
fn unreserve(stem: &str) -> String {
    if is_reserved(stem) {
        let (base, rest) = stem.split_at(stem.find('.').unwrap_or(stem.len()));
        format!("{}_{rest}", base.trim_end())
    } else {
        stem.to_owned()
    }
}

/// Whether a system keeps this name for a device.
pub fn is_reserved(name: &str) -> bool {
    let base = name.split('.').next().unwrap_or_default();
    let name = base.trim().to_ascii_uppercase();
    match name.strip_prefix("COM").or_else(|| name.strip_prefix("LPT")) {
        Some(port) => {
            let mut digits = port.chars();
            matches!(digits.next(), Some('0'..='9' | '¹' | '²' | '³')) && digits.next().is_none()
        }
        None => matches!(
            name.as_str(),
            "CON" | "PRN" | "AUX" | "NUL" | "CONIN$" | "CONOUT$" | "CLOCK$"
        ),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn hostile_numbers_become_plain_names() {
        for (given, name) in [
            ("0001", "0001"),
            ("12A", "12A"),
            ("第三场 · 雨夜", "第三场 · 雨夜"),
            ("../../etc/passwd", "etc-passwd"),
            ("..\\..\\x", "x"),
            ("C:\\x", "C--x"),
            ("a:b", "a-b"),
            ("%2e%2e%2fx", "%2e%2e%2fx"),
            ("shot\u{202e}4pm.exe", "shot4pm.exe"),
            ("a\0b\tc\n d", "ab c d"),
            ("-rf", "rf"),
            (".hidden", "hidden"),
            ("end. . ", "end"),
            ("who? <me>*|\"you\"", "who (me)-'you'"),
            ("cafe\u{301}", "café"),
            ("e\u{200b}\u{301}", "é"),
            ("a\u{3000}\u{a0}b", "a b"),
            ("👩\u{200d}👧", "👩\u{200d}👧"),
            ("", "clip"),
            ("???", "clip"),
            ("\u{200d}", "clip"),
        ] {
            assert_eq!(safe_stem(given), name, "{given:?}");
        }
        assert_eq!(clip_name("0001"), "0001.mp4");
    }

    #[test]
    fn device_names_of_windows_are_never_used() {
        for (given, name) in [
            ("CON", "CON_"),
            ("con.mp4", "con_.mp4"),
            ("Nul . tar", "Nul_. tar"),
            ("aux", "aux_"),
            ("COM1", "COM1_"),
            ("com¹", "com¹_"),
            ("LPT³.x", "LPT³_.x"),
            ("conin$", "conin$_"),
            ("COM", "COM"),
            ("COM10", "COM10"),
            ("CONSOLE", "CONSOLE"),
        ] {
            assert_eq!(safe_stem(given), name, "{given:?}");
        }
    }

    #[test]
    fn a_long_name_is_cut_between_characters() {
        assert_eq!(safe_stem(&"画".repeat(99)), "画".repeat(40));
        let families = "👨\u{200d}👩\u{200d}👧".repeat(20);
        assert_eq!(safe_stem(&families).len() % "👨\u{200d}👩\u{200d}👧".len(), 0);
        let stacked = safe_stem(&format!("a{}", "\u{0321}".repeat(200)));
        assert!((100..=120).contains(&stacked.len()), "{}", stacked.len());
    }

    #[test]
    fn the_next_name_keeps_its_extension_and_fits() {
        assert_eq!(taken("0001.mp4", 1), "0001.mp4");
        assert_eq!(taken("0001.mp4", 2), "0001 (2).mp4");
        assert_eq!(taken("a.b.mp4", 31), "a.b (31).mp4");
        let long = taken(&format!("{}.mp4", "图".repeat(83)), 1000);
        assert!(long.len() <= 255 && long.ends_with("图 (1000).mp4"), "{long}");
    }

    #[test]
    fn twins_are_one_name_on_some_system() {
        for (one, other) in [
            ("0001.mp4", "0001.MP4"),
            ("café.mp4", "cafe\u{301}.mp4"),
            ("É.mp4", "e\u{301}.mp4"),
            ("第三场.mp4", "第三场.mp4"),
        ] {
            assert_eq!(folded(one), folded(other));
        }
        assert_ne!(folded("0001.mp4"), folded("0002.mp4"));
    }

    proptest! {
        #[test]
        fn any_text_gives_a_name_that_every_system_takes(text in ".*|[./\\\\: -]*(?i:con|nul|com[1²])[. ]*[a-z]*|\\PC{60,}") {
            let stem = safe_stem(&text);
            prop_assert!(!stem.is_empty() && stem.len() <= STEM_BYTES);
            prop_assert!(!stem.contains(|c: char| c.is_control() || "<>:\"/\\|?*".contains(c)));
            prop_assert!(!stem.starts_with(['.', '-', ' ']) && !stem.ends_with(['.', ' ']));
            prop_assert_eq!(&stem.nfc().collect::<String>(), &stem);
            prop_assert_eq!(&safe_stem(&stem), &stem);
            let base = stem.split('.').next().unwrap().trim_end().to_ascii_uppercase();
            prop_assert!(!["CON", "NUL", "COM1", "COM²"].contains(&base.as_str()));
        }

        #[test]
        fn no_text_leads_out_of_the_folder(text in "(?s).{0,400}|(?s)[./\\\\:~%\\x00\n\u{202e}\u{2028}\u{feff}e\u{301}-]{0,40}") {
            let name = clip_name(&text);
            let path = std::path::Path::new(&name);
            prop_assert_eq!(path.components().count(), 1);
            prop_assert_eq!(path.file_name(), Some(std::ffi::OsStr::new(&name)));
            prop_assert!(name.len() <= NAME_BYTES && name.ends_with(".mp4") && name.len() > 4);
            prop_assert!(!name.chars().any(|c| c.is_control() || is_unseen(c) || "/\\:".contains(c)));
            prop_assert_eq!(name.nfc().collect::<String>(), name.clone());
            // A longer file system name on macOS is decomposed; it has room for it.
            prop_assert!(name.nfd().collect::<String>().encode_utf16().count() <= 255);
        }

        #[test]
        fn a_taken_name_has_as_many_others_as_are_needed(text in "(?s).{0,300}") {
            let name = clip_name(&text);
            // No system tells names apart by case alone.
            let names: std::collections::HashSet<String> =
                (1..200).map(|n| taken(&name, n).to_lowercase()).collect();
            prop_assert_eq!(names.len(), 199);
        }

        #[test]
        fn every_next_name_is_new_and_fits(text in ".*", n in 2u32..) {
            let name = clip_name(&text);
            let next = taken(&name, n);
            let suffix = format!(" ({n}).mp4");
            prop_assert!(next != name && next.len() <= 255 && next.ends_with(&suffix));
        }
    }
}
