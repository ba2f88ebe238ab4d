//! The account key, held so that it cannot be printed by accident.
//!
//! It does not store or choose keys; that is the caller's business. Memory is not wiped on drop: the key crosses
//! header maps and TLS buffers that nobody here controls, and a promise kept in half is worse than none.

use std::fmt;

use reqwest::header::HeaderValue;

/// How many characters of a key may be shown.
const TAIL: usize = 4;
/// Below this length a key is too likely to be an ordinary word of an answer to be struck out of it.
const SCRUB_FROM: usize = 6;

/// A kie.ai account key. `Debug` and `Display` show the last four characters at most.
#[derive(Clone, PartialEq, Eq)]
pub struct ApiKey(String);

impl ApiKey {
    /// Takes a key as a person pasted it: spaces and line ends around it are dropped.
    pub fn new(key: impl Into<String>) -> Self {
        Self(key.into().trim().to_owned())
    }

    /// The whole key. For the request header and for storing it, nothing else.
    pub fn expose(&self) -> &str {
        &self.0
    }

    /// Whether there is nothing in it.
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// The last four characters, or fewer of a key so short that four would be all of it.
    pub fn tail(&self) -> String {
        let length = self.0.chars().count();
        let shown = TAIL.min(length.saturating_sub(1));
        self.0.chars().skip(length - shown).collect()
    }

    /// The `Authorization` value, marked sensitive so that HTTP debug output leaves it out.
    /// `None` for a text that cannot be a key: empty, with spaces inside, or with characters outside ASCII.
    pub(crate) fn bearer(&self) -> Option<HeaderValue> {
        // A header may carry more than this, but no key does, and a pasted label or quote is best told at once.
        if self.is_empty() || !self.0.bytes().all(|byte| byte.is_ascii_graphic()) {
            return None;
        }
        let mut value = HeaderValue::from_str(&format!("Bearer {}", self.0)).ok()?;
        value.set_sensitive(true);
        Some(value)
    }

    /// Strikes this key out of a text that others wrote: some edges echo request headers in their error pages.
    pub(crate) fn scrub(&self, text: String) -> String {
        if self.0.len() < SCRUB_FROM || !text.contains(&self.0) {
            return text;
        }
        text.replace(&self.0, &self.to_string())
    }
}

impl fmt::Debug for ApiKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "ApiKey(…{})", self.tail())
    }
}

impl fmt::Display for ApiKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "…{}", self.tail())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn shows_at_most_four_characters_and_never_all_of_them() {
        let key = ApiKey::new("  0123456789abcdef\n");
        assert_eq!(key.expose(), "0123456789abcdef");
        assert_eq!(format!("{key} {key:?}"), "…cdef ApiKey(…cdef)");
        for (text, tail) in [("", ""), ("k", ""), ("abcd", "bcd"), ("密钥一二三", "钥一二三")] {
            assert_eq!(ApiKey::new(text).tail(), tail);
        }
    }

    #[test]
    fn a_text_that_cannot_be_a_key_has_no_bearer() {
        assert!(ApiKey::new(" ").bearer().is_none());
        assert!(ApiKey::new("two lines").bearer().is_none());
        assert!(ApiKey::new("密钥").bearer().is_none());
        assert!(ApiKey::new("plain").bearer().unwrap().is_sensitive());
    }
}
