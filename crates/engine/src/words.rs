//! The languages a person can be spoken to in.
//!
//! Sentences that Rust says (causes of errors, problems in a sheet, lines of the command line) are written beside the
//! thing they speak of, in both languages at once, so that neither can be forgotten. What the page itself says lives
//! in the page's own catalogues.

use serde::{Deserialize, Serialize};

/// A language of the product.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(test, derive(ts_rs::TS), ts(export))]
pub enum Lang {
    /// English.
    #[default]
    #[serde(rename = "en")]
    En,
    /// Simplified Chinese.
    #[serde(rename = "zh-CN")]
    Zh,
}

impl Lang {
    /// The language for a system locale such as `zh_CN.UTF-8`, `zh-Hans` or `en-GB`. Every Chinese locale gets Chinese,
    /// everything else English.
    pub fn from_locale(locale: &str) -> Self {
        let primary = locale.split(['-', '_', '.']).next().unwrap_or_default();
        if primary.eq_ignore_ascii_case("zh") {
            Self::Zh
        } else {
            Self::En
        }
    }

    /// The one of two sentences that is in this language.
    pub fn pick<'a>(self, en: &'a str, zh: &'a str) -> &'a str {
        match self {
            Self::En => en,
            Self::Zh => zh,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_chinese_locale_is_spoken_to_in_chinese() {
        for locale in ["zh", "zh_CN.UTF-8", "zh-Hans-SG", "ZH-TW"] {
            assert_eq!(Lang::from_locale(locale), Lang::Zh, "{locale}");
        }
        for locale in ["en_GB.UTF-8", "C", "", "de-DE", "zu-ZA"] {
            assert_eq!(Lang::from_locale(locale), Lang::En, "{locale}");
        }
    }
}
