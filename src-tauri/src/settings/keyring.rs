//! The key library: which keys there are, in which order they are tried.
//!
//! Entries that this version does not understand are kept as they are. How a key is kept is in [`super::keeping`].

use std::sync::{MutexGuard, PoisonError};

use engine::Error;
use engine::keys::stored::{Keep, StoredSecret, VIDEO_ENTRY, library_keys, video_key};
use engine::keys::{self, Held, Keys, LibraryKey, Lock, Locked, NamedKey};
use engine::settings::{LIBRARY, VIDEO};
use engine::trouble::rows::settings as rows;
use engine::trouble::{Told, Trouble};
use kie::ApiKey;
use serde_json::{Value, json};
use uuid::Uuid;

use super::Settings;

impl Settings {
    /// Adds a key behind the others. May wait for the system's keychain. `keep`: where to, if there is no keychain.
    ///
    /// # Errors
    /// No key in the text; one that is there already; [`Error::NoKeychain`] where nobody chose yet; the disk's.
    pub(crate) fn add_key(&self, name: &str, platform: &str, key: &str, keep: Option<Keep>) -> Result<String, Error> {
        let key = checked(key)?;
        self.no_twin(&key, None)?;
        let way = self.way(keep)?;
        let _one_at_a_time = self.alone();
        self.no_twin(&key, None)?;
        let id = Uuid::now_v7().to_string();
        let mut entry = json!({"id": id, "name": or(name, "kie.ai"), "platform": or(platform, "kie.ai")});
        self.kept(&way, &id, &key, &entry)?.into_entry(&mut entry);
        let mut all = self.stored();
        all.push(entry);
        self.store(all)?;
        Ok(id)
    }

    /// Enters a key once more, for one that cannot be opened: name and id stay, so that whatever was bought with it is
    /// still known by it. May wait for the system's keychain.
    ///
    /// # Errors
    /// As for [`Settings::add_key`]; no such key.
    pub(crate) fn enter_key(&self, id: &str, key: &str, keep: Option<Keep>) -> Result<(), Error> {
        let key = checked(key)?;
        self.no_twin(&key, Some(id))?;
        let way = self.way(keep)?;
        let _one_at_a_time = self.alone();
        if id == VIDEO_ENTRY {
            let mut entry = self.keys.get(VIDEO).ok_or_else(no_key)?;
            self.kept(&way, id, &key, &entry)?.into_entry(&mut entry);
            return self.keys.put(VIDEO, entry);
        }
        let mut all = self.stored();
        let at = place(&all, id)?;
        self.kept(&way, id, &key, &all[at])?.into_entry(&mut all[at]);
        self.store(all)
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

    /// A key, to be tried.
    ///
    /// # Errors
    /// No such key; one that cannot be opened.
    pub(crate) fn key(&self, id: &str) -> Result<ApiKey, Error> {
        let (name, held) = if id == VIDEO_ENTRY {
            (id.to_owned(), self.video_key().ok_or_else(no_key)?)
        } else {
            let found = self.library_keys().into_iter().find(|key| key.id == id);
            found.map(|key| (key.name, key.held)).ok_or_else(no_key)?
        };
        match held.lock {
            None => Ok(held.key),
            Some(lock) => {
                let gone = lock == Lock::Gone;
                Err(Trouble::KeyLocked { name, gone }.into())
            }
        }
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

    pub(super) fn library_keys(&self) -> Vec<LibraryKey> {
        library_keys(&self.keys.all(), &self.safe)
    }

    pub(super) fn video_key(&self) -> Option<Held> {
        video_key(&self.keys.all(), &self.safe)
    }

    pub(super) fn chosen_key(&self) -> Option<Result<NamedKey, Locked>> {
        keys::choose(
            self.environment.as_deref(),
            self.video_key().as_ref(),
            &self.library_keys(),
        )
    }

    pub(super) fn alone(&self) -> MutexGuard<'_, ()> {
        self.changing.lock().unwrap_or_else(PoisonError::into_inner)
    }

    pub(super) fn stored(&self) -> Vec<Value> {
        match self.keys.get(LIBRARY) {
            Some(Value::Array(all)) => all,
            _ => Vec::new(),
        }
    }

    pub(super) fn store(&self, all: Vec<Value>) -> Result<(), Error> {
        self.keys.put(LIBRARY, all.into())
    }

    /// Refuses a key that another entry holds.
    fn no_twin(&self, key: &ApiKey, but: Option<&str>) -> Result<(), Error> {
        let all = self.library_keys();
        let twin = all
            .iter()
            .find(|one| one.held.key == *key && but.is_none_or(|but| but != one.id));
        twin.map_or(Ok(()), |twin| {
            Err(Told::new(&rows::KEY_TWICE).with("name", &twin.name).into())
        })
    }
}

impl Keys for Settings {
    fn to_buy(&self) -> Option<NamedKey> {
        self.chosen_key()?.ok()
    }

    fn by_id(&self, id: &str) -> Option<NamedKey> {
        keys::find(id, self.video_key().as_ref(), &self.library_keys()).or_else(|| {
            // The environment's key has an id of its own, which the choice knows.
            let environment = keys::choose(self.environment.as_deref(), None, &[])?;
            environment.ok().filter(|key| key.id == id)
        })
    }

    fn locked(&self) -> Option<Locked> {
        self.chosen_key()?.err()
    }
}

/// What a person pasted, if it can be a key.
fn checked(text: &str) -> Result<ApiKey, Error> {
    let key = ApiKey::new(text);
    if key.is_empty() || key.expose().contains(char::is_whitespace) {
        return Err(Told::new(&rows::NOT_A_KEY).into());
    }
    Ok(key)
}

/// A key in the clear lies in this entry.
pub(super) fn is_plain(entry: &Value) -> bool {
    StoredSecret::of(entry).is_plain()
}

fn or(text: &str, otherwise: &str) -> String {
    let text = text.trim();
    if text.is_empty() { otherwise } else { text }.to_owned()
}

fn place(all: &[Value], id: &str) -> Result<usize, Error> {
    all.iter().position(|one| one["id"] == id).ok_or_else(no_key)
}

fn no_key() -> Error {
    Told::new(&rows::KEY_GONE).into()
}
