//! The account key, held so that it cannot be printed by accident.
//!
//! It does not store or choose keys; that is the caller's business. What is held here is wiped when the last holder lets
//! go of it; the key also crosses header maps and TLS buffers that nobody here controls. From the first time a key is
//! held, [`crate::scrub`] strikes it out of everything that is written.

use std::fmt;
use std::sync::Arc;

use reqwest::header::HeaderValue;
use zeroize::Zeroizing;

use crate::scrub;

/// How many characters of a key may be shown.
const TAIL: usize = 4;

/// A kie.ai account key. `Debug` and `Display` show the last four characters at most.
#[derive(Clone, PartialEq, Eq)]
pub struct ApiKey(Arc<Zeroizing<String>>);

impl ApiKey {
    /// Takes a key as a person pasted it: spaces and line ends around it are dropped.
    pub fn new(key: impl Into<String>) -> Self {
        let given = Zeroizing::new(key.into());
        let key = given.trim();
        scrub::remember(key);
        Self(Arc::new(Zeroizing::new(key.to_owned())))
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
        let text = Zeroizing::new(format!("Bearer {}", self.expose()));
        let mut value = HeaderValue::from_str(&text).ok()?;
        value.set_sensitive(true);
        Some(value)
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
