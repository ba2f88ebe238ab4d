//! Which key pays.
//!
//! The order is the design's rule 12: the environment, the key in the video settings, the first in the library whose
//! platform is the service. Where keys are stored is not known here; the shell and the command line hand them in.

use kie::ApiKey;

/// The variable that comes before everything else.
pub const ENVIRONMENT: &str = "KIE_API_KEY";

/// Where a key came from.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum KeySource {
    /// `KIE_API_KEY`.
    Environment,
    /// The video settings.
    Video,
    /// The key library.
    Library,
}

impl KeySource {
    /// As the page knows it.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Environment => "environment",
            Self::Video => "video",
            Self::Library => "library",
        }
    }
}

/// A key with the name that the ledger remembers it by. `Debug` shows only the last four characters.
#[derive(Clone, Debug)]
pub struct NamedKey {
    /// Stays the same while the user renames the key: its id in the library, or the name of its source.
    pub id: String,
    /// The user's name for it.
    pub name: String,
    /// Where it came from.
    pub source: KeySource,
    /// The key.
    pub key: ApiKey,
}

/// A key of the library, as it is stored.
#[derive(Clone, Debug)]
pub struct LibraryKey {
    /// Its id.
    pub id: String,
    /// The user's name for it.
    pub name: String,
    /// The platform as the user wrote it.
    pub platform: String,
    /// The key.
    pub key: ApiKey,
}

/// Whether a platform, as a user writes it, is the one this app buys from.
pub fn is_kie(platform: &str) -> bool {
    matches!(
        platform.trim().to_lowercase().as_str(),
        "kie.ai" | "kie" | "kei" | "kieai"
    )
}

/// The key to buy with, or `None` where none is set. Empty and blank keys count as not set.
pub fn choose(environment: Option<&str>, video: Option<&ApiKey>, library: &[LibraryKey]) -> Option<NamedKey> {
    let environment = environment
        .map(|text| ApiKey::new(text.to_owned()))
        .filter(|key| !key.is_empty());
    if let Some(key) = environment {
        let name = ENVIRONMENT.to_owned();
        return Some(NamedKey {
            id: "environment".to_owned(),
            name,
            source: KeySource::Environment,
            key,
        });
    }
    if let Some(key) = video.filter(|key| !key.is_empty()) {
        let id = "video".to_owned();
        return Some(NamedKey {
            name: id.clone(),
            id,
            source: KeySource::Video,
            key: key.clone(),
        });
    }
    library
        .iter()
        .find(|key| is_kie(&key.platform) && !key.key.is_empty())
        .map(|key| NamedKey {
            id: key.id.clone(),
            name: key.name.clone(),
            source: KeySource::Library,
            key: key.key.clone(),
        })
}

/// Gives the engine its keys.
pub trait Keys: Send + Sync + 'static {
    /// The key to buy with now.
    fn to_buy(&self) -> Option<NamedKey>;
    /// The key that something was bought with, by its id, where it is still there.
    fn by_id(&self, id: &str) -> Option<NamedKey>;
}

/// Keys that do not change: the command line, the demo, tests.
#[derive(Clone, Debug, Default)]
pub struct FixedKeys {
    chosen: Option<NamedKey>,
    library: Vec<LibraryKey>,
}

impl FixedKeys {
    /// The choice between what the environment and the settings hold; the rest of the library stays known, so that
    /// what another key bought is watched with that key.
    pub fn choosing(environment: Option<&str>, video: Option<&ApiKey>, library: Vec<LibraryKey>) -> Self {
        Self {
            chosen: choose(environment, video, &library),
            library,
        }
    }

    /// One key and no other.
    pub fn only(key: ApiKey) -> Self {
        let name = "demo".to_owned();
        Self {
            chosen: Some(NamedKey {
                id: name.clone(),
                name,
                source: KeySource::Library,
                key,
            }),
            library: Vec::new(),
        }
    }
}

impl Keys for FixedKeys {
    fn to_buy(&self) -> Option<NamedKey> {
        self.chosen.clone()
    }

    fn by_id(&self, id: &str) -> Option<NamedKey> {
        let known = self.library.iter().find(|key| key.id == id).map(|key| NamedKey {
            id: key.id.clone(),
            name: key.name.clone(),
            source: KeySource::Library,
            key: key.key.clone(),
        });
        known.or_else(|| self.chosen.clone().filter(|key| key.id == id))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn library(rows: &[(&str, &str)]) -> Vec<LibraryKey> {
        rows.iter()
            .map(|(platform, key)| LibraryKey {
                id: format!("id-{key}"),
                name: format!("name-{key}"),
                platform: (*platform).to_owned(),
                key: ApiKey::new((*key).to_owned()),
            })
            .collect()
    }

    #[test]
    fn the_table_of_cases() {
        let rows = library(&[("openai", "o"), (" KIE ", "first"), ("kie.ai", "second")]);
        // environment, video settings, library → source and key
        type Case<'a> = (
            Option<&'a str>,
            Option<&'a str>,
            &'a [LibraryKey],
            Option<(KeySource, &'a str)>,
        );
        let cases: &[Case<'_>] = &[
            (Some("env"), Some("vid"), &rows, Some((KeySource::Environment, "env"))),
            (Some("  env \n"), None, &[], Some((KeySource::Environment, "env"))),
            (Some("   "), Some("vid"), &rows, Some((KeySource::Video, "vid"))),
            (Some(""), Some(" "), &rows, Some((KeySource::Library, "first"))),
            (None, None, &rows, Some((KeySource::Library, "first"))),
            (None, None, &rows[2..], Some((KeySource::Library, "second"))),
            (None, None, &rows[..1], None),
            (None, None, &[], None),
        ];
        for (environment, video, library, expected) in cases {
            let video = video.map(|key| ApiKey::new(key.to_owned()));
            let chosen = choose(*environment, video.as_ref(), library);
            let found = chosen.as_ref().map(|key| (key.source, key.key.expose()));
            assert_eq!(found, *expected, "{environment:?} {video:?}");
        }
    }

    #[test]
    fn the_four_spellings_of_the_platform_in_any_case() {
        for platform in ["kie.ai", "kie", "kei", "kieai", "KIE.AI", " Kie ", "\tKEI", "KieAI "] {
            assert!(is_kie(platform), "{platform:?}");
        }
        for platform in ["", "k i e", "kie.com", "openai", "kie.ai.evil", "mykie"] {
            assert!(!is_kie(platform), "{platform:?}");
        }
    }

    #[test]
    fn an_empty_key_in_the_library_is_passed_over() {
        let rows = library(&[("kie", " "), ("kei", "real")]);
        assert_eq!(
            choose(None, None, &rows).map(|key| key.name),
            Some("name-real".to_owned())
        );
    }
}
