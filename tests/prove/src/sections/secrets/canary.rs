//! A key that stands nowhere else, and the search for it. Shares nothing with the code that strikes keys out.

use std::fs;
use std::path::Path;

use crate::table::Line;

/// How much of a key, in characters, is too much.
const PIECE: usize = 12;

/// A key, and every form of it that is searched for.
pub(super) struct Canary {
    pub(super) key: String,
    forms: Vec<(&'static str, Vec<u8>)>,
}

impl Canary {
    pub(super) fn new() -> Self {
        Self::of(format!("sim-{}", uuid::Uuid::new_v4().simple()))
    }

    /// One that another process made.
    pub(super) fn known(key: &str) -> Self {
        Self::of(key.to_owned())
    }

    fn of(key: String) -> Self {
        let each = |form: &dyn Fn(u8) -> String| key.bytes().map(form).collect::<String>().into_bytes();
        let mut forms = vec![
            ("as it is", key.clone().into_bytes()),
            ("upper case", key.to_uppercase().into_bytes()),
            ("JSON escapes", each(&|byte| format!("\\u{byte:04x}"))),
            ("JSON escapes in JSON", each(&|byte| format!("\\\\u{byte:04x}"))),
            ("percent", each(&|byte| format!("%{byte:02X}"))),
            ("percent, small", each(&|byte| format!("%{byte:02x}"))),
            ("entities", each(&|byte| format!("&#{byte};"))),
            ("hex", each(&|byte| format!("{byte:02x}"))),
            ("hex, capitals", each(&|byte| format!("{byte:02X}"))),
            ("reversed", key.bytes().rev().collect()),
            ("UTF-16 LE", key.encode_utf16().flat_map(u16::to_le_bytes).collect()),
            ("UTF-16 BE", key.encode_utf16().flat_map(u16::to_be_bytes).collect()),
        ];
        for (name, skip) in [("base64", 0), ("base64, one on", 1), ("base64, two on", 2)] {
            forms.push((name, base64_inside(key.as_bytes(), skip)));
        }
        // The head is the same for every key of the stand-in; the last four characters may be shown.
        let secret = &key.as_bytes()[4..];
        forms.extend(secret.windows(PIECE).map(|piece| ("a piece", piece.to_vec())));
        Self { key, forms }
    }

    /// The forms in which the key lies in these bytes.
    pub(super) fn in_bytes(&self, bytes: &[u8]) -> Vec<&'static str> {
        let mut found: Vec<&str> = Vec::new();
        for (name, form) in &self.forms {
            if !found.contains(name) && contains(bytes, form) {
                found.push(name);
            }
        }
        found
    }

    /// Where the key lies below a folder, in names and in what is in files.
    pub(super) fn in_folder(&self, folder: &Path) -> Vec<String> {
        let mut found = Vec::new();
        for entry in fs::read_dir(folder).into_iter().flatten().flatten() {
            let path = entry.path();
            let mut here = self.in_bytes(path.as_os_str().as_encoded_bytes());
            if path.is_dir() {
                found.extend(self.in_folder(&path));
            } else {
                here.extend(self.in_bytes(&fs::read(&path).unwrap_or_default()));
            }
            found.extend(here.iter().map(|form| format!("{}: {form}", path.display())));
        }
        found
    }
}

fn contains(text: &[u8], wanted: &[u8]) -> bool {
    let first = wanted[0];
    let mut from = 0;
    while let Some(at) = text[from..].iter().position(|byte| *byte == first) {
        if text[from + at..].starts_with(wanted) {
            return true;
        }
        from += at + 1;
    }
    false
}

/// The part of the base64 text of the key behind `skip` other bytes that is the same whatever stands around it.
fn base64_inside(key: &[u8], skip: usize) -> Vec<u8> {
    const LETTERS: &[u8; 64] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    let bits: Vec<bool> = key
        .iter()
        .flat_map(|byte| (0..8).rev().map(move |bit| byte >> bit & 1 == 1))
        .collect();
    let begin = (6 - skip * 8 % 6) % 6;
    let sixes = bits[begin..].chunks_exact(6);
    sixes
        .map(|six| LETTERS[six.iter().fold(0, |value, bit| value * 2 + usize::from(*bit))])
        .collect()
}

/// A search that finds nothing proves nothing unless it finds what is there.
pub(super) fn the_search_finds_what_it_looks_for() -> Line {
    let canary = Canary::new();
    let folder = tempfile::tempdir().unwrap();
    let whole: Vec<_> = canary.forms.iter().filter(|(name, _)| *name != "a piece").collect();
    let mut found = 0;
    for (at, (name, form)) in whole.iter().enumerate() {
        let path = folder.path().join(format!("{at}"));
        fs::write(&path, [b"before ", form.as_slice(), b" after"].concat()).unwrap();
        let seen = canary.in_folder(folder.path());
        found += usize::from(seen.iter().any(|seen| seen.ends_with(name)));
        fs::remove_file(path).unwrap();
    }
    // In a library, where it would stand in the log of changes before it stands in the file.
    let library = rusqlite::Connection::open(folder.path().join("library.db")).unwrap();
    library.pragma_update(None, "journal_mode", "wal").unwrap();
    let kept = format!(
        "create table t (a text) strict; insert into t values ('x {} y')",
        canary.key
    );
    library.execute_batch(&kept).unwrap();
    let in_wal = canary
        .in_folder(folder.path())
        .iter()
        .any(|place| place.contains("-wal"));
    Line::must(
        "the search itself finds a key that was put there: in 15 forms, and in a library's log",
        format!("{found} of {} forms, in the log: {in_wal}", whole.len()),
        found == whole.len() && whole.len() == 15 && in_wal,
    )
}
