//! What the user chose and the keys they gave, live: read at start, written at each change, handed to the engine.
//!
//! It holds no key in the clear where there is a keychain, and gives none to the page. What a choice does to a running engine is
//! decided in [`crate::shop`].

mod keeping;
mod keyring;
#[cfg(test)]
mod tests;

use std::path::{Path, PathBuf};
use std::sync::{Mutex, PoisonError};

use engine::Error;
use engine::keys::keychain::Keychain;
use engine::keys::safe::Safe;
use engine::keys::stored::VIDEO_ENTRY;
use engine::keys::{self, Held, Lock};
use engine::settings::{KEYS_FILE, PREFERENCES, SETTINGS_FILE, preferences_of};
use engine::trouble::Told;
use engine::trouble::rows::settings as rows;
use engine::view::settings::{KeyInUse, KeyState, KeyView, Preferences, SettingsView};
use engine::words::Lang;
use serde_json::Value;
use url::Url;

use crate::store::{Found, Open, Values};

/// Settings and keys of one data directory.
pub(crate) struct Settings {
    directory: PathBuf,
    chosen: Values,
    keys: Values,
    /// Opens and seals keys.
    safe: Safe,
    /// `KIE_API_KEY` as it was when the app started.
    environment: Option<String>,
    /// The system's language.
    system: Lang,
    /// Keys deleted in this run of the app, with the place each had, for undo.
    removed: Mutex<Vec<(usize, Value)>>,
    /// Held while the key library is read, changed and written.
    changing: Mutex<()>,
    /// Held while a master key is looked for or made.
    sealing: Mutex<()>,
    notices: Mutex<Vec<Told>>,
}

impl Settings {
    /// Opens both files, after each was checked. `environment`: what `KIE_API_KEY` holds. The keychain is not asked for
    /// anything yet: see [`Settings::settle_keys`].
    ///
    /// # Errors
    /// A file that can be neither read nor set aside.
    pub(crate) fn open(
        directory: &Path,
        environment: Option<String>,
        keychain: Box<dyn Keychain>,
        open: &Open,
    ) -> Result<Self, Error> {
        let (chosen, found_chosen) = Values::open(directory.join(SETTINGS_FILE), false, open)?;
        let (keys, found_keys) = Values::open(directory.join(KEYS_FILE), true, open)?;
        let notices = [
            notice(&found_chosen, ["settings", "设置"]),
            notice(&found_keys, ["keys", "密钥"]),
        ];
        let settings = Self {
            directory: directory.to_owned(),
            chosen,
            keys,
            safe: Safe::new(keychain),
            environment,
            system: Lang::from_locale(&sys_locale::get_locale().unwrap_or_default()),
            removed: Mutex::default(),
            changing: Mutex::default(),
            sealing: Mutex::default(),
            notices: Mutex::new(notices.into_iter().flatten().collect()),
        };
        settings.name_keys()?;
        Ok(settings)
    }

    /// The language to speak.
    pub(crate) fn lang(&self) -> Lang {
        self.preferences().language.unwrap_or(self.system)
    }

    /// What the user chose, within what is possible.
    pub(crate) fn preferences(&self) -> Preferences {
        let stored = self.chosen.get(PREFERENCES);
        within_bounds(stored.map_or_else(Preferences::default, preferences_of))
    }

    /// Keeps changed choices.
    ///
    /// # Errors
    /// A proxy that is no address; the disk's. Then nothing changed.
    pub(crate) fn choose(&self, preferences: Preferences) -> Result<Preferences, Error> {
        let preferences = within_bounds(preferences);
        proxy(&preferences)?;
        self.chosen.put(PREFERENCES, serde_json::to_value(&preferences)?)?;
        Ok(preferences)
    }

    /// The settings as the page sees them.
    pub(crate) fn view(&self) -> SettingsView {
        let chosen = self.chosen_key().and_then(Result::ok);
        let in_use = chosen.map(|key| KeyInUse {
            source: key.source.as_str().to_owned(),
            tail: key.key.tail(),
            name: key.name,
        });
        let keys = self.library_keys().into_iter();
        let video = self.video_key();
        SettingsView {
            preferences: self.preferences(),
            keys: keys
                .map(|key| key_view(key.id, key.name, key.platform, key.held))
                .collect(),
            video_key: video.map(|held| key_view(VIDEO_ENTRY.to_owned(), String::new(), "kie.ai".to_owned(), held)),
            keeping: self.keeping(),
            key_in_use: in_use,
            data_dir: self.directory.display().to_string(),
        }
    }

    /// What a person must hear once; empty from the second time on.
    pub(crate) fn take_notices(&self) -> Vec<String> {
        let lang = self.lang();
        let mut notices = self.notices.lock().unwrap_or_else(PoisonError::into_inner);
        notices.drain(..).map(|told| told.say(lang)).collect()
    }
}

fn key_view(id: String, name: String, platform: String, held: Held) -> KeyView {
    KeyView {
        usable: keys::is_kie(&platform) && !held.is_nothing(),
        place: held.place,
        state: match held.lock {
            None => KeyState::Ready,
            Some(Lock::Waiting) => KeyState::Waiting,
            Some(Lock::Shut(_)) => KeyState::Shut,
            Some(Lock::Gone) => KeyState::Again,
        },
        tail: held.tail,
        id,
        name,
        platform,
    }
}

/// The way out that the user chose.
///
/// # Errors
/// Text that is no address.
pub(crate) fn proxy(preferences: &Preferences) -> Result<kie::Proxy, Error> {
    match preferences.proxy.trim() {
        "" | "system" => Ok(kie::Proxy::System),
        "none" => Ok(kie::Proxy::None),
        text => match Url::parse(text) {
            Ok(url) if url.has_host() => Ok(kie::Proxy::Url(url)),
            // The text may hold a password, so it is not repeated.
            _ => Err(Told::new(&rows::PROXY_TEXT).into()),
        },
    }
}

fn within_bounds(mut preferences: Preferences) -> Preferences {
    let usual = Preferences::default();
    preferences.in_flight = preferences.in_flight.clamp(1, 500);
    preferences.downloads = preferences.downloads.clamp(1, 10);
    // What cannot be an amount is the strictest limit, never none.
    preferences.day_limit = preferences.day_limit.map(|limit| limit.clamp(0.0, 1e9));
    preferences.pause_after = preferences.pause_after.min(1_000);
    preferences.max_polls = preferences.max_polls.clamp(1, 10_000);
    preferences.poll_seconds = if preferences.poll_seconds.is_finite() {
        preferences.poll_seconds.clamp(0.1, 600.0)
    } else {
        usual.poll_seconds
    };
    preferences.save_folder = preferences.save_folder.filter(|folder| Path::new(folder).is_absolute());
    if preferences.proxy.trim().is_empty() {
        preferences.proxy = usual.proxy;
    }
    preferences
}

/// What a person is told of a file that was not as it was left.
fn notice(found: &Found, [en, zh]: [&str; 2]) -> Option<Told> {
    let name = |aside: &Path| {
        aside
            .file_name()
            .map(|name| name.to_string_lossy().into_owned())
            .unwrap_or_default()
    };
    let told = match found {
        Found::Good | Found::Nothing => return None,
        Found::Restored { aside: None } => Told::new(&rows::FOUND_GONE),
        Found::Restored { aside: Some(aside) } => Told::new(&rows::FOUND_BROKEN).with("aside", name(aside)),
        Found::Lost { aside } => Told::new(&rows::FOUND_LOST).with("aside", name(aside)),
    };
    Some(told.with_both("what", en, zh))
}
