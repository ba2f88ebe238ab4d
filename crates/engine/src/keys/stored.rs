//! Keys as they lie in the key file: each sealed, or in the clear with the user's word for it, or not there at all.
//!
//! The shell writes these shapes and the command line only reads them. What opens a sealed one is [`super::safe`].

use kie::ApiKey;
use serde::{Deserialize, Serialize};
use serde_json::Value;

use super::safe::Safe;
use super::{Held, LibraryKey, Lock, Place};
use crate::settings::{LIBRARY, VIDEO};

/// In the key file: the master keys that something is sealed with, by what they can be known again ([`StoredSeal`]).
pub const SEALS: &str = "seals";
/// In the key file: what the user chose for a computer without a keychain ([`Keep`]).
pub const KEEP: &str = "withoutKeychain";
/// The entry of the key in the video settings.
pub const VIDEO_ENTRY: &str = "video";
/// The one field of an entry that is sealed.
pub const FIELD: &str = "key";

/// Where keys are kept on a computer without a keychain.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
#[cfg_attr(test, derive(ts_rs::TS), ts(export))]
pub enum Keep {
    /// In memory, until the app is closed.
    Session,
    /// In the key file, in the clear, readable by the user alone.
    File,
}

/// A master key in a keychain, without the key.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct StoredSeal {
    /// Its id, and its name in the keychain.
    pub id: String,
    /// Which keychain holds it.
    pub keychain: String,
    /// A text sealed with it: tells whether what the keychain holds is still the same key.
    pub check: String,
}

/// A sealed key.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Sealed {
    /// The id of the [`StoredSeal`] that opens it.
    pub by: String,
    /// The sealed text.
    pub text: String,
}

/// The part of an entry that says where its key is.
#[derive(Clone, Default, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub struct StoredSecret {
    /// In the clear. With `sealed` beside it: it was about to be sealed when the app ended, and still counts.
    #[serde(skip_serializing_if = "String::is_empty")]
    pub key: String,
    /// Sealed.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub sealed: Option<Sealed>,
    /// In no file: entered for one session.
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    pub session: bool,
    /// The last four characters, where the key itself does not lie here: so that the user knows which one to enter.
    #[serde(skip_serializing_if = "String::is_empty")]
    pub tail: String,
}

impl StoredSecret {
    /// Reads it out of an entry; what does not parse is no secret.
    pub fn of(entry: &Value) -> Self {
        match entry {
            // The key in the video settings may stand there alone.
            Value::String(key) => Self {
                key: key.clone(),
                ..Self::default()
            },
            other => serde_json::from_value(other.clone()).unwrap_or_default(),
        }
    }

    /// Puts it into an entry in place of what was there; the entry's other fields stay.
    pub fn into_entry(self, entry: &mut Value) {
        if !entry.is_object() {
            *entry = Value::Object(serde_json::Map::new());
        }
        let Some(fields) = entry.as_object_mut() else { return };
        for name in ["key", "sealed", "session", "tail"] {
            fields.remove(name);
        }
        if let Ok(Value::Object(new)) = serde_json::to_value(self) {
            fields.extend(new);
        }
    }

    /// A key in the clear lies here.
    pub fn is_plain(&self) -> bool {
        !self.key.trim().is_empty()
    }

    /// What is held of it now.
    pub fn held(&self, entry: &str, safe: &Safe) -> Held {
        if self.is_plain() {
            return Held::plain(ApiKey::new(self.key.clone()));
        }
        let (key, lock) = if let Some(key) = safe.of_this_session(entry) {
            return Held {
                tail: key.tail(),
                key,
                place: Place::Session,
                lock: None,
            };
        } else if let Some(sealed) = &self.sealed {
            match safe.open(sealed, entry) {
                Ok(key) => (key, None),
                Err(lock) => (ApiKey::new(""), Some(lock)),
            }
        } else {
            (ApiKey::new(""), self.session.then_some(Lock::Gone))
        };
        Held {
            tail: if lock.is_some() { self.tail.clone() } else { key.tail() },
            key,
            place: match (&self.sealed, self.session) {
                (Some(_), _) => Place::Keychain,
                (None, true) => Place::Session,
                (None, false) => Place::File,
            },
            lock,
        }
    }
}

impl std::fmt::Debug for StoredSecret {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("StoredSecret")
            .field("plain", &self.is_plain())
            .field("sealed", &self.sealed.is_some())
            .field("session", &self.session)
            .finish_non_exhaustive()
    }
}

/// The words of an entry of the key library.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(rename_all = "camelCase", default)]
struct StoredEntry {
    id: String,
    name: String,
    platform: String,
}

/// The master keys that the key file names.
pub fn seals(keys: &Value) -> Vec<StoredSeal> {
    let stored = keys.get(SEALS).and_then(Value::as_array);
    let all = stored.map(Vec::as_slice).unwrap_or_default().iter();
    all.filter_map(|one| serde_json::from_value(one.clone()).ok()).collect()
}

/// What the user chose for a computer without a keychain, where they did.
pub fn keep(keys: &Value) -> Option<Keep> {
    serde_json::from_value(keys.get(KEEP)?.clone()).ok()
}

/// The ids of the master keys that something in the key file is sealed with.
pub fn sealed_by(keys: &Value) -> Vec<String> {
    let library = keys.get(LIBRARY).and_then(Value::as_array);
    let entries = library.map(Vec::as_slice).unwrap_or_default().iter();
    let entries = entries.chain(keys.get(VIDEO));
    let sealed = entries.filter_map(|entry| StoredSecret::of(entry).sealed);
    sealed.map(|sealed| sealed.by).collect()
}

/// How many keys there are and how they are kept, for a report: `video settings: none, library: 2 (1 sealed, 1 in the
/// clear)`. Opens none.
pub fn summary(keys: &Value) -> String {
    let word = |secret: &StoredSecret| match secret {
        _ if secret.is_plain() => Some("in the clear"),
        _ if secret.sealed.is_some() => Some("sealed"),
        _ if secret.session => Some("for a session"),
        _ => None,
    };
    let video = keys.get(VIDEO).and_then(|entry| word(&StoredSecret::of(entry)));
    let library = keys.get(LIBRARY).and_then(Value::as_array);
    let library = library.map(Vec::as_slice).unwrap_or_default().iter();
    let words: Vec<_> = library.filter_map(|entry| word(&StoredSecret::of(entry))).collect();
    let count = |word: &str| words.iter().filter(|one| **one == word).count();
    let kinds = ["sealed", "in the clear", "for a session"];
    let kinds = kinds.iter().filter(|kind| count(kind) > 0);
    let kinds: Vec<_> = kinds.map(|kind| format!("{} {kind}", count(kind))).collect();
    let kinds = if kinds.is_empty() {
        String::new()
    } else {
        format!(" ({})", kinds.join(", "))
    };
    format!(
        "video settings: {}, library: {}{kinds}",
        video.unwrap_or("none"),
        words.len()
    )
}

/// The key in the video settings.
pub fn video_key(keys: &Value, safe: &Safe) -> Option<Held> {
    let held = StoredSecret::of(keys.get(VIDEO)?).held(VIDEO_ENTRY, safe);
    Some(held).filter(|held| !held.is_nothing())
}

/// The key library.
pub fn library_keys(keys: &Value, safe: &Safe) -> Vec<LibraryKey> {
    let stored = keys.get(LIBRARY).and_then(Value::as_array);
    let all = stored.map(Vec::as_slice).unwrap_or_default().iter();
    all.filter_map(|one| {
        let words = serde_json::from_value::<StoredEntry>(one.clone()).ok()?;
        Some(LibraryKey {
            held: StoredSecret::of(one).held(&words.id, safe),
            id: words.id,
            name: words.name,
            platform: words.platform,
        })
    })
    .collect()
}
