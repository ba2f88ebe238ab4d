//! Which key pays.
//!
//! The order is the design's rule 12: the environment, the key in the video settings, the first in the library whose
//! platform is the service. A key that is there and cannot be opened is not passed over in silence: another one would
//! spend another account's money. How keys are kept is in the modules below; who writes the files is not known here.

pub mod keychain;
pub mod safe;
pub mod seal;
#[cfg(debug_assertions)]
pub mod stand_in;
pub mod stored;
#[cfg(test)]
mod tests;

use kie::ApiKey;
use serde::Serialize;

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

/// Where a key is kept.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
#[cfg_attr(test, derive(ts_rs::TS), ts(export))]
pub enum Place {
    /// Sealed in the key file, with a master key in the system's keychain.
    Keychain,
    /// In memory, until the app is closed.
    Session,
    /// In the key file, in the clear.
    File,
}

/// Why a key that is there cannot be used now.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Lock {
    /// The keychain is still being asked.
    Waiting,
    /// The keychain cannot be used: it may open later.
    Shut(keychain::Why),
    /// It cannot be opened any more, or was for one session only: it must be entered again.
    Gone,
}

/// What is held of one key.
#[derive(Clone, Debug)]
pub struct Held {
    /// The key; empty where it is locked, or where there is none.
    pub key: ApiKey,
    /// Where it is kept.
    pub place: Place,
    /// Why it cannot be used, where it cannot.
    pub lock: Option<Lock>,
    /// Its last characters, also where it is locked.
    pub tail: String,
}

impl Held {
    /// One that lies in the clear.
    pub fn plain(key: ApiKey) -> Self {
        Self {
            tail: key.tail(),
            key,
            place: Place::File,
            lock: None,
        }
    }

    /// There is no key, and none is missed.
    pub fn is_nothing(&self) -> bool {
        self.key.is_empty() && self.lock.is_none()
    }
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
    pub held: Held,
}

impl LibraryKey {
    fn named(&self) -> NamedKey {
        NamedKey {
            id: self.id.clone(),
            name: self.name.clone(),
            source: KeySource::Library,
            key: self.held.key.clone(),
        }
    }
}

/// Whether a platform, as a user writes it, is the one this app buys from.
pub fn is_kie(platform: &str) -> bool {
    matches!(
        platform.trim().to_lowercase().as_str(),
        "kie.ai" | "kie" | "kei" | "kieai"
    )
}

/// The key whose turn it is, or the name of the one whose turn it would be, if it could be opened. `None` where none is
/// set. Empty and blank keys count as not set.
pub fn choose(
    environment: Option<&str>,
    video: Option<&Held>,
    library: &[LibraryKey],
) -> Option<Result<NamedKey, Locked>> {
    let environment = environment
        .map(|text| ApiKey::new(text.to_owned()))
        .filter(|key| !key.is_empty());
    if let Some(key) = environment {
        let name = ENVIRONMENT.to_owned();
        return Some(Ok(NamedKey {
            id: "environment".to_owned(),
            name,
            source: KeySource::Environment,
            key,
        }));
    }
    if let Some(held) = video.filter(|held| !held.is_nothing()) {
        let id = stored::VIDEO_ENTRY.to_owned();
        let key = NamedKey {
            name: id.clone(),
            id,
            source: KeySource::Video,
            key: held.key.clone(),
        };
        return Some(unless_locked(key, held));
    }
    library
        .iter()
        .find(|key| is_kie(&key.platform) && !key.held.is_nothing())
        .map(|key| unless_locked(key.named(), &key.held))
}

fn unless_locked(key: NamedKey, held: &Held) -> Result<NamedKey, Locked> {
    match held.lock {
        None => Ok(key),
        Some(lock) => Err(Locked { name: key.name, lock }),
    }
}

/// A key whose turn it is and that cannot be opened.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Locked {
    /// Its name.
    pub name: String,
    /// Why.
    pub lock: Lock,
}

/// Gives the engine its keys.
pub trait Keys: Send + Sync + 'static {
    /// The key to buy with now.
    fn to_buy(&self) -> Option<NamedKey>;
    /// The key that something was bought with, by its id, where it is still there.
    fn by_id(&self, id: &str) -> Option<NamedKey>;
    /// Where there is nothing to buy with: the key whose turn it would be.
    fn locked(&self) -> Option<Locked> {
        None
    }
}

/// Keys that do not change: the command line, the demo, tests.
#[derive(Clone, Debug, Default)]
pub struct FixedKeys {
    chosen: Option<NamedKey>,
    locked: Option<Locked>,
    video: Option<Held>,
    library: Vec<LibraryKey>,
}

impl FixedKeys {
    /// The choice between what the environment and the settings hold; the rest stays known, so that what another key
    /// bought is watched with that key.
    pub fn choosing(environment: Option<&str>, video: Option<Held>, library: Vec<LibraryKey>) -> Self {
        let (chosen, locked) = match choose(environment, video.as_ref(), &library) {
            Some(Ok(key)) => (Some(key), None),
            Some(Err(locked)) => (None, Some(locked)),
            None => (None, None),
        };
        Self {
            chosen,
            locked,
            video,
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
            ..Self::default()
        }
    }
}

impl Keys for FixedKeys {
    fn to_buy(&self) -> Option<NamedKey> {
        self.chosen.clone()
    }

    fn by_id(&self, id: &str) -> Option<NamedKey> {
        find(id, self.video.as_ref(), &self.library).or_else(|| self.chosen.clone().filter(|key| key.id == id))
    }

    fn locked(&self) -> Option<Locked> {
        self.locked.clone()
    }
}

/// The key of an id, where it is there and open; the environment's has an id of its own, which [`choose`] knows.
pub fn find(id: &str, video: Option<&Held>, library: &[LibraryKey]) -> Option<NamedKey> {
    let open = |held: &Held| held.lock.is_none() && !held.key.is_empty();
    let found = library.iter().find(|key| key.id == id && open(&key.held));
    found.map(LibraryKey::named).or_else(|| {
        let video = video.filter(|_| id == stored::VIDEO_ENTRY);
        choose(None, video, &[])?.ok()
    })
}
