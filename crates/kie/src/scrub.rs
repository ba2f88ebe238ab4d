//! Strikes account keys out of text: what the service answered, before anyone reads it, and what is about to be written
//! where others read (logs, reports, the terminal).
//!
//! Some edges echo request headers in their error pages, and some services name the key in a refusal; so every key that
//! this process has held is remembered here, and struck out in whatever dress it comes: as it is, in escapes of JSON
//! (nested ones too), of addresses and of web pages, in hexadecimal, in base64, in UTF-16, backwards, in other case, or
//! broken off at the end. It does not look for keys that nobody has entered, except behind the word `Bearer`.

use std::borrow::Cow;
use std::sync::{PoisonError, RwLock};

use zeroize::Zeroizing;

/// Shorter texts are not struck out: no key is so short, and a word of six letters may be a part of the one thing that
/// must not be touched, the id of a bought task.
const SHORTEST: usize = 8;
/// From this many characters on, what stands behind `Bearer` is a token and not a word of a sentence.
const SHORTEST_TOKEN: usize = 16;
/// So much of a key, at the end of a text that broke off, is taken for the key.
const SHORTEST_START: usize = 8;

/// Keys that this process has held. Never forgotten: one that was deleted may still be echoed.
static KNOWN: RwLock<Vec<Known>> = RwLock::new(Vec::new());

struct Known {
    key: Zeroizing<String>,
    /// What stands in its place.
    shown: String,
    forms: Vec<Form>,
}

/// One way in which a key may be written, in the letters that are left when escapes are resolved.
struct Form {
    bytes: Zeroizing<Vec<u8>>,
    any_case: bool,
}

/// Remembers a key from now on.
pub(crate) fn remember(key: &str) {
    if key.len() < SHORTEST {
        return;
    }
    let known = |all: &[Known]| all.iter().any(|one| *one.key == key);
    if known(&KNOWN.read().unwrap_or_else(PoisonError::into_inner)) {
        return;
    }
    let mut all = KNOWN.write().unwrap_or_else(PoisonError::into_inner);
    if !known(&all) {
        all.push(Known::new(key));
    }
}

/// Strikes every key that is known out of a text; its last four characters are left of it.
pub fn strike(text: &str) -> Cow<'_, str> {
    let all = KNOWN.read().unwrap_or_else(PoisonError::into_inner);
    if all.is_empty() {
        return Cow::Borrowed(text);
    }
    let view = View::of(text);
    let mut found: Vec<(usize, usize, &str)> = Vec::new();
    for known in all.iter() {
        for form in &known.forms {
            form.find(&view, |from, to| found.push((from, to, &known.shown)));
        }
        let start = known.start_at_end_of(&view);
        found.extend(start.map(|from| (from, text.len(), known.shown.as_str())));
    }
    replace(text, found)
}

/// As [`strike`], and with it whatever stands behind the word `Bearer`. For logs, reports and the terminal; not for
/// what the service answered, where a sentence may be about bearers.
pub fn scrub(text: &str) -> Cow<'_, str> {
    match strike(text) {
        Cow::Borrowed(text) => without_bearer(text),
        Cow::Owned(text) => Cow::Owned(without_bearer(&text).into_owned()),
    }
}

fn without_bearer(text: &str) -> Cow<'_, str> {
    const WORD: &str = "bearer";
    let mut found = Vec::new();
    let lower = text.to_ascii_lowercase();
    for (at, _) in lower.match_indices(WORD) {
        let behind = &text[at + WORD.len()..];
        let token = behind.trim_start_matches([' ', ':', '"', '\t', '=']);
        let of_a_token = |c: char| c.is_ascii_alphanumeric() || "-._~+/=%\\".contains(c);
        let length = token.find(|c| !of_a_token(c)).unwrap_or(token.len());
        if token.len() < behind.len() && length >= SHORTEST_TOKEN {
            let from = text.len() - token.len();
            found.push((from, from + length, "…"));
        }
    }
    replace(text, found)
}

fn replace<'a>(text: &'a str, mut found: Vec<(usize, usize, &str)>) -> Cow<'a, str> {
    if found.is_empty() {
        return Cow::Borrowed(text);
    }
    found.sort_by_key(|(from, to, _)| (*from, std::cmp::Reverse(*to)));
    let mut clean = String::with_capacity(text.len());
    let mut at = 0;
    for (from, to, shown) in found {
        // One that begins inside the last leaves what sticks out of it to nobody.
        if from >= at {
            clean.push_str(&text[at..from]);
            clean.push_str(shown);
        }
        at = at.max(to);
    }
    clean.push_str(&text[at..]);
    Cow::Owned(clean)
}

impl Known {
    fn new(key: &str) -> Self {
        let bytes = key.as_bytes();
        let hex: String = bytes.iter().map(|byte| format!("{byte:02x}")).collect();
        let backwards: Vec<u8> = bytes.iter().rev().copied().collect();
        let any_case = |bytes: Vec<u8>| Form {
            bytes: Zeroizing::new(bytes),
            any_case: true,
        };
        let mut forms = vec![any_case(bytes.to_vec())];
        // Other letters cannot be sent as a key, so nobody echoes them; and their bytes backwards are no text.
        if key.is_ascii() {
            forms.extend([any_case(hex.into_bytes()), any_case(backwards)]);
            for alphabet in [STANDARD, IN_ADDRESSES] {
                for before in 0..3 {
                    let bytes = Zeroizing::new(base64(alphabet, bytes, before));
                    if !forms.iter().any(|form| form.bytes == bytes) {
                        forms.push(Form { bytes, any_case: false });
                    }
                }
            }
        }
        let tail: String = key.chars().skip(key.chars().count() - 4).collect();
        Self {
            key: Zeroizing::new(key.to_owned()),
            shown: format!("…{tail}"),
            forms,
        }
    }

    /// Where the text ends in a beginning of this key: an answer that broke off.
    fn start_at_end_of(&self, view: &View<'_>) -> Option<usize> {
        let (key, text) = (self.key.as_bytes(), &*view.bytes);
        (SHORTEST_START..key.len())
            .rev()
            .filter(|length| *length <= text.len())
            .find(|length| text[text.len() - length..].eq_ignore_ascii_case(&key[..*length]))
            .map(|length| view.from(text.len() - length))
    }
}

impl Form {
    fn find(&self, view: &View<'_>, mut found: impl FnMut(usize, usize)) {
        let (wanted, text) = (&**self.bytes, &*view.bytes);
        let Some(first) = wanted.first() else { return };
        let mut at = 0;
        while at + wanted.len() <= text.len() {
            let here = &text[at..at + wanted.len()];
            let is = here[0].eq_ignore_ascii_case(first)
                && if self.any_case {
                    here.eq_ignore_ascii_case(wanted)
                } else {
                    here == wanted
                };
            if is {
                found(view.from(at), view.to(at + wanted.len() - 1));
                at += wanted.len();
            } else {
                at += 1;
            }
        }
    }
}

/// A text with its escapes resolved, and where in the text each byte of that came from.
struct View<'a> {
    bytes: Cow<'a, [u8]>,
    /// Empty where nothing was escaped: then every byte is its own.
    spans: Vec<(u32, u32)>,
}

impl<'a> View<'a> {
    fn of(text: &'a str) -> Self {
        // Nobody reads a text of this size; it is given up rather than searched wrongly.
        let escaped =
            text.bytes().any(|byte| matches!(byte, b'\\' | b'%' | b'&' | 0)) && u32::try_from(text.len()).is_ok();
        if !escaped {
            return Self {
                bytes: Cow::Borrowed(text.as_bytes()),
                spans: Vec::new(),
            };
        }
        let source = text.as_bytes();
        let (mut bytes, mut spans) = (Vec::with_capacity(source.len()), Vec::with_capacity(source.len()));
        let mut at = 0;
        while at < source.len() {
            let (byte, length) = resolve(&source[at..]);
            if let Some(byte) = byte {
                bytes.push(byte);
                spans.push((narrow(at), narrow(at + length)));
            } else if let Some((_, to)) = spans.last_mut() {
                *to = narrow(at + length);
            }
            at += length;
        }
        Self {
            bytes: Cow::Owned(bytes),
            spans,
        }
    }

    /// Where the byte at `at` of the view begins in the text.
    fn from(&self, at: usize) -> usize {
        self.spans.get(at).map_or(at, |(from, _)| *from as usize)
    }

    /// Where it ends.
    fn to(&self, at: usize) -> usize {
        self.spans.get(at).map_or(at + 1, |(_, to)| *to as usize)
    }
}

fn narrow(at: usize) -> u32 {
    u32::try_from(at).unwrap_or(u32::MAX)
}

/// The byte that a text begins with, and how many bytes of it that takes. `None` for the zeros of UTF-16.
fn resolve(text: &[u8]) -> (Option<u8>, usize) {
    let plain = (Some(text[0]), 1);
    match text[0] {
        0 => (None, 1),
        // However often it was packed into another string: \u0041, \\u0041, \\\\u0041.
        b'\\' => {
            let run = text.iter().take_while(|byte| **byte == b'\\').count();
            match text.get(run) {
                Some(b'u') => number(text, run + 1, 4, 16).map_or(plain, |byte| (Some(byte), run + 5)),
                Some(b'x') => number(text, run + 1, 2, 16).map_or(plain, |byte| (Some(byte), run + 3)),
                Some(b'/') => (Some(b'/'), run + 1),
                _ => plain,
            }
        }
        // Likewise: %41, %2541, %252541.
        b'%' => {
            let again = text[1..].chunks(2).take_while(|two| *two == b"25").count();
            (0..=again)
                .rev()
                .find_map(|again| Some((Some(number(text, 1 + 2 * again, 2, 16)?), 3 + 2 * again)))
                .unwrap_or(plain)
        }
        b'&' if text.get(1) == Some(&b'#') => {
            let (from, radix) = match text.get(2) {
                Some(b'x' | b'X') => (3, 16),
                _ => (2, 10),
            };
            let Some(length) = text[from..].iter().take(8).position(|byte| *byte == b';') else {
                return plain;
            };
            number(text, from, length, radix).map_or(plain, |byte| (Some(byte), from + length + 1))
        }
        _ => plain,
    }
}

/// The ASCII character whose number stands there.
fn number(text: &[u8], from: usize, length: usize, radix: u32) -> Option<u8> {
    let digits = std::str::from_utf8(text.get(from..from + length)?).ok()?;
    u8::from_str_radix(digits.trim_start_matches('0'), radix)
        .ok()
        .filter(u8::is_ascii)
}

const STANDARD: &[u8; 64] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
const IN_ADDRESSES: &[u8; 64] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";

/// What of the base64 text depends on the key alone where `before` bytes stand before it.
fn base64(alphabet: &[u8; 64], key: &[u8], before: usize) -> Vec<u8> {
    let all: Zeroizing<Vec<u8>> = Zeroizing::new([&[0; 3][..before], key].concat());
    let whole = all.len() * 8 / 6;
    let letter = |at: usize| {
        let bit = at * 6;
        let two = u16::from(all[bit / 8]) << 8 | u16::from(all.get(bit / 8 + 1).copied().unwrap_or(0));
        alphabet[usize::from(two >> (10 - bit % 8) & 63)]
    };
    ((before * 8).div_ceil(6)..whole).map(letter).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::ApiKey;

    const KEY: &str = "sk-Canary/0123456789+abcdef~WXYZ";

    fn struck(text: &str) -> String {
        ApiKey::new(KEY);
        strike(text).into_owned()
    }

    #[test]
    fn a_key_is_struck_out_in_whatever_dress() {
        let json = KEY
            .chars()
            .map(|c| format!("\\u{:04x}", u32::from(c)))
            .collect::<String>();
        let nested = json.replace('\\', "\\\\\\");
        let percent = KEY.bytes().map(|byte| format!("%{byte:02X}")).collect::<String>();
        let twice = percent.replace('%', "%25");
        let page = KEY.bytes().map(|byte| format!("&#{byte};")).collect::<String>();
        let page_hex = KEY.bytes().map(|byte| format!("&#x{byte:x};")).collect::<String>();
        let hex = KEY.bytes().map(|byte| format!("{byte:02X}")).collect::<String>();
        let wide = String::from_utf8(KEY.encode_utf16().flat_map(u16::to_le_bytes).collect()).unwrap();
        let backwards = KEY.chars().rev().collect::<String>();
        for dressed in [
            KEY.to_owned(),
            KEY.to_uppercase(),
            KEY.replace('/', "\\/"),
            KEY.replace('/', "%2F"),
            json,
            nested,
            percent,
            twice,
            page,
            page_hex,
            hex,
            wide,
            backwards,
        ] {
            assert_eq!(struck(&format!("<{dressed}>é")), "<…WXYZ>é", "{dressed}");
            assert_eq!(struck(&dressed), "…WXYZ");
        }
        assert_eq!(struck(&format!("{KEY}{KEY}, {KEY}")), "…WXYZ…WXYZ, …WXYZ");
    }

    #[test]
    fn in_base64_wherever_it_begins() {
        // `Basic` credentials, with names of three lengths before the key and two after it.
        for (before, encoded) in [
            ("", "c2stQ2FuYXJ5LzAxMjM0NTY3ODkrYWJjZGVmfldYWVo="),
            ("u:", "dTpzay1DYW5hcnkvMDEyMzQ1Njc4OSthYmNkZWZ+V1hZWg=="),
            ("a", "YXNrLUNhbmFyeS8wMTIzNDU2Nzg5K2FiY2RlZn5XWFla"),
        ] {
            for encoded in [encoded.to_owned(), encoded.replace('+', "-").replace('/', "_")] {
                let clean = struck(&format!("Basic {encoded}"));
                assert!(clean.contains("…WXYZ") && clean.len() < 24, "{before:?}: {clean}");
            }
        }
    }

    #[test]
    fn an_answer_that_broke_off_in_the_key_and_other_text() {
        assert_eq!(
            struck("Authorization: Bearer sk-Canary/0123"),
            "Authorization: Bearer …WXYZ"
        );
        for text in [
            "",
            "sk-",
            "sk-Cana",
            "50 % off",
            "\\u00",
            "a\\\\b",
            "&#;&#x;",
            "%",
            "%2",
            "密钥 100%2",
            "Bearer of news",
        ] {
            assert_eq!(struck(text), text);
            assert_eq!(scrub(text), text);
        }
        assert_eq!(ApiKey::new("密钥密钥一二三四").tail(), "一二三四");
        assert_eq!(strike("密密钥密钥一二三四"), "密…一二三四");
        // A short text is no key: it may be a part of an id.
        ApiKey::new("0819");
        assert_eq!(strike("task 0819aa"), "task 0819aa");
    }

    #[test]
    fn whatever_stands_behind_bearer_goes_from_logs() {
        for (text, clean) in [
            ("authorization: bearer 9182736450zyxwvu9182", "authorization: bearer …"),
            ("{\"a\":\"Bearer eyJhbGciOi.eyJzdWIiOiIx.abc\"}", "{\"a\":\"Bearer …\"}"),
            ("the bearer of this letter", "the bearer of this letter"),
            ("Bearer:  9182736450zyxwvu!", "Bearer:  …!"),
        ] {
            assert_eq!(scrub(text), clean);
        }
    }

    proptest::proptest! {
        /// Whatever surrounds it, nothing panics and the key is gone.
        #[test]
        fn never_left_in(before in ".{0,40}", after in ".{0,40}") {
            let clean = struck(&format!("{before}{KEY}{after}"));
            proptest::prop_assert!(!clean.contains(KEY));
            scrub(&before);
        }
    }
}
