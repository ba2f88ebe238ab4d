//! The key library: which keys there are, in which order they are tried.
//!
//! Entries that this version does not understand are kept as they are.

use std::sync::{MutexGuard, PoisonError};

use engine::Error;
use engine::keys::{KeySource, Keys, NamedKey};
use engine::settings::{LIBRARY, StoredKey, library_keys, video_key};
use kie::ApiKey;
use serde_json::Value;
use uuid::Uuid;

use super::Settings;

impl Settings {
    /// Adds a key behind the others.
    ///
    /// # Errors
    /// No key in the text; one that is there already; the disk's.
    pub(crate) fn add_key(&self, name: &str, platform: &str, key: &str) -> Result<String, Error> {
        let _one_at_a_time = self.alone();
        let key = ApiKey::new(key);
        if key.is_empty() || key.expose().contains(char::is_whitespace) {
            return Err(Error::said(
                "This is not a key. Copy it from kie.ai/api-key.",
                "这不是密钥，请从 kie.ai/api-key 复制。",
            ));
        }
        let mut all = self.stored();
        let twin = all
            .iter()
            .find(|one| one["key"].as_str().map(str::trim) == Some(key.expose()));
        if let Some(twin) = twin {
            let name = twin["name"].as_str().unwrap_or_default();
            return Err(Error::said(
                format!("This key is there already, as “{name}”."),
                format!("这个密钥已经有了，名称是“{name}”。"),
            ));
        }
        let id = Uuid::now_v7().to_string();
        all.push(serde_json::to_value(StoredKey {
            id: id.clone(),
            name: or(name, "kie.ai"),
            platform: or(platform, "kie.ai"),
            key: key.expose().to_owned(),
        })?);
        self.store(all)?;
        Ok(id)
    }

    /// Renames a key, or says that it is for another platform.
    ///
    /// # Errors
    /// No such key; the disk's.
    pub(crate) fn edit_key(&self, id: &str, name: &str, platform: &str) -> Result<(), Error> {
        let _one_at_a_time = self.alone();
        let mut all = self.stored();
        let at = place(&all, id)?;
        all[at]["name"] = or(name, "kie.ai").into();
        all[at]["platform"] = or(platform, "kie.ai").into();
        self.store(all)
    }

    /// Takes a key away; [`Settings::restore_key`] puts it back while the app is open.
    ///
    /// # Errors
    /// No such key; the disk's.
    pub(crate) fn remove_key(&self, id: &str) -> Result<(), Error> {
        let _one_at_a_time = self.alone();
        let mut all = self.stored();
        let at = place(&all, id)?;
        let gone = all.remove(at);
        self.store(all)?;
        self.removed
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .push((at, gone));
        Ok(())
    }

    /// Puts a deleted key back where it was.
    ///
    /// # Errors
    /// No such key; the disk's.
    pub(crate) fn restore_key(&self, id: &str) -> Result<(), Error> {
        let _one_at_a_time = self.alone();
        let mut removed = self.removed.lock().unwrap_or_else(PoisonError::into_inner);
        let found = removed.iter().rposition(|(_, key)| key["id"] == id);
        let (at, key) = found.map(|at| removed[at].clone()).ok_or_else(no_key)?;
        let mut all = self.stored();
        all.insert(at.min(all.len()), key);
        self.store(all)?;
        removed.retain(|(_, key)| key["id"] != id);
        Ok(())
    }

    /// Moves a key to the front, where it is tried first.
    ///
    /// # Errors
    /// No such key; the disk's.
    pub(crate) fn use_key(&self, id: &str) -> Result<(), Error> {
        let _one_at_a_time = self.alone();
        let mut all = self.stored();
        let at = place(&all, id)?;
        all[..=at].rotate_right(1);
        self.store(all)
    }

    /// A key of the library.
    ///
    /// # Errors
    /// No such key.
    pub(crate) fn key(&self, id: &str) -> Result<ApiKey, Error> {
        let found = library_keys(&self.keys.all()).into_iter().find(|key| key.id == id);
        found.map(|key| key.key).ok_or_else(no_key)
    }

    /// Gives every key an id: a file written by hand may have none.
    pub(super) fn name_keys(&self) -> Result<(), Error> {
        let _one_at_a_time = self.alone();
        let mut all = self.stored();
        let nameless: Vec<&mut Value> = all
            .iter_mut()
            .filter(|one| one.is_object() && one["id"].as_str().unwrap_or_default().is_empty())
            .collect();
        if nameless.is_empty() {
            return Ok(());
        }
        for one in nameless {
            one["id"] = Uuid::now_v7().to_string().into();
        }
        self.store(all)
    }

    fn alone(&self) -> MutexGuard<'_, ()> {
        self.changing.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn stored(&self) -> Vec<Value> {
        match self.keys.get(LIBRARY) {
            Some(Value::Array(all)) => all,
            _ => Vec::new(),
        }
    }

    fn store(&self, all: Vec<Value>) -> Result<(), Error> {
        self.keys.put(LIBRARY, all.into())
    }
}

impl Keys for Settings {
    fn to_buy(&self) -> Option<NamedKey> {
        self.key_to_buy()
    }

    fn by_id(&self, id: &str) -> Option<NamedKey> {
        let stored = self.keys.all();
        if let Some(key) = library_keys(&stored).into_iter().find(|key| key.id == id) {
            return Some(NamedKey {
                id: key.id,
                name: key.name,
                source: KeySource::Library,
                key: key.key,
            });
        }
        // The environment's and the video settings' key have ids of their own, which the choice knows.
        let environment = engine::keys::choose(self.environment.as_deref(), None, &[]);
        let video = engine::keys::choose(None, video_key(&stored).as_ref(), &[]);
        environment.into_iter().chain(video).find(|key| key.id == id)
    }
}

fn or(text: &str, otherwise: &str) -> String {
    let text = text.trim();
    if text.is_empty() { otherwise } else { text }.to_owned()
}

fn place(all: &[Value], id: &str) -> Result<usize, Error> {
    all.iter().position(|one| one["id"] == id).ok_or_else(no_key)
}

fn no_key() -> Error {
    Error::said("This key is not there any more.", "这个密钥已经不在了。")
}
