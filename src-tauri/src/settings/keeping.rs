//! How keys are kept: sealed where there is a keychain, else as the user chose; and how keys move from one to the other.
//!
//! A key in the clear goes only after its sealed twin was read back from the disk and opened with a master key that was
//! read back from the keychain. Nothing here falls back in silence. Whatever asks the keychain may take long and is
//! called on a thread where that does no harm.

use std::fs;
use std::path::Path;
use std::sync::PoisonError;
use std::time::Duration;

use engine::Error;
use engine::keys::keychain::Refusal;
use engine::keys::safe::{AT_HAND, AT_START};
use engine::keys::stored::{self, KEEP, Keep, SEALS, StoredSeal, StoredSecret, VIDEO_ENTRY};
use engine::settings::{KEYS_FILE, LIBRARY, VIDEO};
use engine::trouble::{Told, rows};
use engine::view::settings::KeepingView;
use kie::ApiKey;
use serde_json::Value;

use super::Settings;
use super::keyring::is_plain;

/// How a key that was just given is kept.
pub(super) enum Way {
    Seal(StoredSeal),
    Keep(Keep),
}

impl Settings {
    /// What is done with keys after a start, once: sealed ones are asked for, those in the clear are sealed where nobody
    /// chose otherwise. May take as long as a person needs to type a password.
    pub(crate) fn settle_keys(&self) {
        self.ask_keychain();
        let keys = self.keys.all();
        let open = entries(&keys).any(|(_, entry)| is_plain(entry));
        if open && stored::keep(&keys).is_none() {
            match self.seal_all() {
                Ok(count) => tracing::info!(count, "keys in the clear are sealed now"),
                Err(error) => tracing::warn!(%error, "keys in the clear could not be sealed"),
            }
        }
    }

    /// Asks the keychain for what opens the sealed keys; waits for a moment, and hears an answer that comes later.
    pub(crate) fn ask_keychain(&self) {
        let keys = self.keys.all();
        let used = stored::sealed_by(&keys);
        let seals: Vec<_> = stored::seals(&keys)
            .into_iter()
            .filter(|seal| used.contains(&seal.id))
            .collect();
        self.safe.ask(&seals);
        self.safe.wait(AT_START);
    }

    /// Keeps all keys in another way: sealed (`None`), or as one can without a keychain.
    ///
    /// # Errors
    /// [`Error::NoKeychain`]; the disk's. Then every key is where it was.
    pub(crate) fn keep_keys(&self, keep: Option<Keep>) -> Result<(), Error> {
        match keep {
            None => self.seal_all().map(drop),
            Some(keep) => {
                let _one_at_a_time = self.alone();
                self.keys.put(KEEP, serde_json::to_value(keep)?)?;
                self.rewrite(|entry, held| match keep {
                    Keep::Session if held.is_plain() => {
                        let key = ApiKey::new(held.key);
                        let tail = key.tail();
                        self.safe.keep_for_session(entry, key);
                        Some(for_session(tail))
                    }
                    Keep::File => self.safe.of_this_session(entry).map(in_the_clear),
                    _ => None,
                })?;
                if keep == Keep::Session {
                    self.strike_from_asides();
                } else {
                    for (entry, _) in entries(&self.keys.all()).filter(|(_, entry)| is_plain(entry)) {
                        self.safe.forget_session(&entry);
                    }
                }
                Ok(())
            }
        }
    }

    /// How keys are kept here, for the page.
    pub(super) fn keeping(&self) -> KeepingView {
        let keys = self.keys.all();
        let refusal = self.safe.last_heard().and_then(Result::err);
        let keep = stored::keep(&keys);
        let open = entries(&keys).any(|(_, entry)| is_plain(entry));
        KeepingView {
            asking: self.safe.is_asking(),
            ask: open && keep.is_none() && refusal.is_some(),
            without: refusal.map(|refusal| refusal.say(self.lang()).to_owned()),
            keep,
        }
    }

    /// How to keep a key that is given now. `keep`: what the user has just chosen, having heard that there is no keychain.
    pub(super) fn way(&self, keep: Option<Keep>) -> Result<Way, Error> {
        if let Some(keep) = keep {
            let _one_at_a_time = self.alone();
            self.keys.put(KEEP, serde_json::to_value(keep)?)?;
            return Ok(Way::Keep(keep));
        }
        match self.seal_to_use(AT_HAND)? {
            Ok(seal) => Ok(Way::Seal(seal)),
            Err(refusal) => stored::keep(&self.keys.all())
                .map(Way::Keep)
                .ok_or(Error::NoKeychain(refusal)),
        }
    }

    /// A key as it is to be stored in its entry; one for this session alone is held from now on.
    pub(super) fn kept(&self, way: &Way, id: &str, key: &ApiKey, entry: &Value) -> Result<StoredSecret, Error> {
        match way {
            Way::Seal(seal) => {
                let sealed = self.safe.seal(&seal.id, id, key);
                let sealed = sealed.filter(|sealed| self.safe.can_open_tomorrow(seal, sealed, id, key));
                let sealed = sealed.ok_or_else(not_sealed)?;
                self.safe.forget_session(id);
                Ok(StoredSecret {
                    tail: key.tail(),
                    sealed: Some(sealed),
                    ..StoredSecret::default()
                })
            }
            Way::Keep(Keep::File) => {
                self.safe.forget_session(id);
                Ok(in_the_clear(key.clone()))
            }
            Way::Keep(Keep::Session) => {
                self.safe.keep_for_session(id, key.clone());
                // What is sealed may open again when its keychain is back.
                Ok(StoredSecret {
                    sealed: StoredSecret::of(entry).sealed,
                    ..for_session(key.tail())
                })
            }
        }
    }

    /// Seals every key that lies in the clear or in memory alone; how many.
    fn seal_all(&self) -> Result<usize, Error> {
        let seal = self.seal_to_use(AT_HAND)?.map_err(Error::NoKeychain)?;
        let _one_at_a_time = self.alone();
        // First both, so that there is no moment at which only one of them could be lost.
        let both = self.rewrite(|entry, held| {
            let key = if held.is_plain() {
                ApiKey::new(held.key.clone())
            } else {
                self.safe.of_this_session(entry)?
            };
            Some(StoredSecret {
                sealed: Some(self.safe.seal(&seal.id, entry, &key)?),
                tail: key.tail(),
                ..held
            })
        })?;
        // What lies on the disk, not what is remembered of it.
        let path = self.directory.join(KEYS_FILE);
        let bytes = fs::read(&path).map_err(|error| Error::io(&path, error))?;
        let on_disk: Value = serde_json::from_slice(&bytes)?;
        for (entry, value) in entries(&on_disk) {
            let held = StoredSecret::of(value);
            let key = if held.is_plain() {
                Some(ApiKey::new(held.key.clone()))
            } else {
                self.safe.of_this_session(&entry)
            };
            let Some(key) = key else { continue };
            let sealed = held.sealed.as_ref().ok_or_else(not_sealed)?;
            if !self.safe.can_open_tomorrow(&seal, sealed, &entry, &key) {
                return Err(not_sealed());
            }
        }
        self.rewrite(|entry, held| {
            held.sealed.as_ref().filter(|_| held.is_plain() || held.session)?;
            self.safe.forget_session(entry);
            Some(StoredSecret {
                key: String::new(),
                session: false,
                ..held
            })
        })?;
        for (_, gone) in self.removed.lock().unwrap_or_else(PoisonError::into_inner).iter_mut() {
            let id = gone["id"].as_str().unwrap_or_default().to_owned();
            let held = StoredSecret::of(gone);
            if held.is_plain()
                && let Some(sealed) = self.safe.seal(&seal.id, &id, &ApiKey::new(held.key))
            {
                StoredSecret {
                    sealed: Some(sealed),
                    tail: held.tail,
                    ..StoredSecret::default()
                }
                .into_entry(gone);
            }
        }
        self.strike_from_asides();
        Ok(both)
    }

    /// The master key to seal with: one that is open; a new one only where nothing sealed may still open.
    fn seal_to_use(&self, patience: Duration) -> Result<Result<StoredSeal, Refusal>, Error> {
        let _one_at_a_time = self.sealing.lock().unwrap_or_else(PoisonError::into_inner);
        let keys = self.keys.all();
        let seals = stored::seals(&keys);
        self.safe.ask(&seals);
        self.safe.wait(patience);
        if let Some(open) = self.safe.first_open(&seals) {
            return Ok(Ok(open.clone()));
        }
        let used = stored::sealed_by(&keys);
        if let Some(refusal) = self.safe.shut(used.iter().map(String::as_str)) {
            return Ok(Err(refusal));
        }
        let seal = match self.safe.new_seal(patience) {
            Ok(seal) => seal,
            Err(refusal) => return Ok(Err(refusal)),
        };
        let mut kept: Vec<StoredSeal> = seals.into_iter().filter(|one| used.contains(&one.id)).collect();
        kept.push(seal.clone());
        let _one_at_a_time = self.alone();
        self.keys.put(SEALS, serde_json::to_value(kept)?)?;
        Ok(Ok(seal))
    }

    /// Changes the secrets of all entries at once; how many. `change`: what an entry is to hold, `None` to leave it.
    fn rewrite(&self, change: impl Fn(&str, StoredSecret) -> Option<StoredSecret>) -> Result<usize, Error> {
        let mut count = 0;
        let mut library = self.stored();
        for entry in &mut library {
            let id = entry["id"].as_str().unwrap_or_default().to_owned();
            if let Some(new) = change(&id, StoredSecret::of(entry)) {
                new.into_entry(entry);
                count += 1;
            }
        }
        if count > 0 {
            self.store(library)?;
        }
        if let Some(mut video) = self.keys.get(VIDEO)
            && let Some(new) = change(VIDEO_ENTRY, StoredSecret::of(&video))
        {
            new.into_entry(&mut video);
            self.keys.put(VIDEO, video)?;
            count += 1;
        }
        Ok(count)
    }

    /// Strikes the keys out of what was set aside beside the key file: a broken one may hold them in the clear.
    fn strike_from_asides(&self) {
        let Ok(listed) = fs::read_dir(&self.directory) else {
            return;
        };
        let own = [KEYS_FILE.to_owned(), format!("{KEYS_FILE}.good")];
        for entry in listed.flatten() {
            let name = entry.file_name().to_string_lossy().into_owned();
            if !name.starts_with(KEYS_FILE) || own.contains(&name) {
                continue;
            }
            if let Err(error) = strike(&entry.path()) {
                tracing::warn!(%error, name, "a key may still lie in a file that was set aside");
            }
        }
    }
}

/// Every entry that holds a key, by its id.
fn entries(keys: &Value) -> impl Iterator<Item = (String, &Value)> {
    let library = keys.get(LIBRARY).and_then(Value::as_array);
    let library = library.map(Vec::as_slice).unwrap_or_default().iter();
    let named = |entry: &Value| entry["id"].as_str().unwrap_or_default().to_owned();
    let video = keys.get(VIDEO).map(|video| (VIDEO_ENTRY.to_owned(), video));
    library.map(move |entry| (named(entry), entry)).chain(video)
}

fn in_the_clear(key: ApiKey) -> StoredSecret {
    StoredSecret {
        key: key.expose().to_owned(),
        ..StoredSecret::default()
    }
}

fn for_session(tail: String) -> StoredSecret {
    StoredSecret {
        session: true,
        tail,
        ..StoredSecret::default()
    }
}

fn strike(path: &Path) -> std::io::Result<()> {
    let before = String::from_utf8_lossy(&fs::read(path)?).into_owned();
    let after = kie::strike(&before);
    if after == before {
        return Ok(());
    }
    // The same file, so that its mode stays. Cut short by a crash, it is what it was anyway: broken.
    fs::write(path, after.as_bytes())?;
    fs::File::options().write(true).open(path)?.sync_all()
}

fn not_sealed() -> Error {
    Told::new(&rows::settings::KEY_NOT_SEALED).into()
}
