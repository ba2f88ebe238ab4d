//! Settings and keys as they lie in the data directory, for whoever only reads them.
//!
//! The window writes these files (through its store); the command line reads the same ones and never writes them. Both
//! agree on names and shape here.

use std::path::{Path, PathBuf};

use kie::ApiKey;
use serde::{Deserialize, Serialize};
use serde_json::Value;

use crate::error::{Error, Result};
use crate::keys::LibraryKey;
use crate::trouble::{Told, rows};
use crate::view::settings::Preferences;

/// The file with the user's choices: a JSON object whose field [`PREFERENCES`] holds [`Preferences`].
pub const SETTINGS_FILE: &str = "settings.json";
/// The file with the keys, readable by the user alone: [`LIBRARY`] holds a list of [`StoredKey`], [`VIDEO`] a key.
pub const KEYS_FILE: &str = "keys.json";
/// See [`SETTINGS_FILE`].
pub const PREFERENCES: &str = "preferences";
/// See [`KEYS_FILE`].
pub const LIBRARY: &str = "library";
/// The key of the video settings: `{"key": …}`, or the key alone.
pub const VIDEO: &str = "video";
/// The app's name among data directories.
pub const IDENTIFIER: &str = "io.shotboard.desktop";
/// The variable that names another data directory.
pub const DATA_DIR: &str = "SHOTBOARD_DATA_DIR";
/// The demo's library inside the data directory.
pub const DEMO_FOLDER: &str = "demo";

/// The stand-in service's own record, inside [`DEMO_FOLDER`]: what was bought there is known after a restart.
pub const DEMO_SERVICE: &str = "service.jsonl";

/// A key as it is stored. Never sent to the page.
#[derive(Clone, Default, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub struct StoredKey {
    /// Its id.
    pub id: String,
    /// The user's name for it.
    pub name: String,
    /// The platform as the user wrote it.
    pub platform: String,
    /// The key itself.
    pub key: String,
}

impl std::fmt::Debug for StoredKey {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("StoredKey")
            .field("id", &self.id)
            .field("name", &self.name)
            .finish_non_exhaustive()
    }
}

/// What the files hold.
#[derive(Clone, Debug, Default)]
pub struct Stored {
    /// The user's choices.
    pub preferences: Preferences,
    /// The key in the video settings.
    pub video: Option<ApiKey>,
    /// The key library.
    pub library: Vec<LibraryKey>,
}

/// The data directory: the one named, else the variable, else the system's place for this app.
///
/// # Errors
/// The system has no such place.
pub fn data_dir(named: Option<PathBuf>) -> Result<PathBuf> {
    named
        .or_else(|| {
            std::env::var_os(DATA_DIR)
                .filter(|path| !path.is_empty())
                .map(PathBuf::from)
        })
        .or_else(|| dirs::data_dir().map(|base| base.join(IDENTIFIER)))
        .ok_or_else(|| Told::new(&rows::library::NO_DATA_DIR).into())
}

/// Where videos go unless the user chose otherwise.
pub fn default_folder() -> Option<PathBuf> {
    dirs::video_dir()
        .or_else(|| dirs::home_dir().map(|home| home.join("Videos")))
        .map(|base| base.join("Shotboard"))
}

/// Reads both files. Missing ones are empty; what does not parse is an error and is left alone.
///
/// # Errors
/// A file that cannot be read or parsed, by its path; never its content.
pub fn read(directory: &Path) -> Result<Stored> {
    let settings = object(&directory.join(SETTINGS_FILE))?;
    let keys = object(&directory.join(KEYS_FILE))?;
    let preferences = settings
        .get(PREFERENCES)
        .cloned()
        .map_or_else(Preferences::default, preferences_of);
    Ok(Stored {
        preferences,
        video: video_key(&keys),
        library: library_keys(&keys),
    })
}

/// The choices in a stored value; a field that does not parse falls back alone, not all of them.
///
/// A file from before there was a choice of what polls go by, with another interval than the default: somebody set it,
/// and gets it.
pub fn preferences_of(mut value: Value) -> Preferences {
    if let Value::Object(stored) = &mut value
        && !stored.contains_key("pollBy")
        && stored
            .get("pollSeconds")
            .is_some_and(|seconds| seconds.as_f64() != Some(Preferences::default().poll_seconds))
    {
        stored.insert("pollBy".to_owned(), "interval".into());
    }
    if let Ok(whole) = serde_json::from_value(value.clone()) {
        return whole;
    }
    let (Value::Object(stored), Ok(Value::Object(mut known))) = (value, serde_json::to_value(Preferences::default()))
    else {
        return Preferences::default();
    };
    for (name, value) in stored {
        let before = known.insert(name.clone(), value);
        if serde_json::from_value::<Preferences>(Value::Object(known.clone())).is_err() {
            match before {
                Some(before) => known.insert(name, before),
                None => known.remove(&name),
            };
        }
    }
    serde_json::from_value(Value::Object(known)).unwrap_or_default()
}

/// The key in the video settings.
pub fn video_key(keys: &Value) -> Option<ApiKey> {
    let text = match keys.get(VIDEO)? {
        Value::String(text) => text.as_str(),
        other => other.get("key").and_then(Value::as_str)?,
    };
    Some(ApiKey::new(text.to_owned())).filter(|key| !key.is_empty())
}

/// The key library.
pub fn library_keys(keys: &Value) -> Vec<LibraryKey> {
    let stored = keys
        .get(LIBRARY)
        .and_then(Value::as_array)
        .map(Vec::as_slice)
        .unwrap_or_default();
    stored
        .iter()
        .filter_map(|one| serde_json::from_value::<StoredKey>(one.clone()).ok())
        .map(|one| LibraryKey {
            id: one.id,
            name: one.name,
            platform: one.platform,
            key: ApiKey::new(one.key),
        })
        .collect()
}

fn object(path: &Path) -> Result<Value> {
    let text = match std::fs::read(path) {
        Ok(text) => text,
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => return Ok(Value::Object(serde_json::Map::new())),
        Err(error) => return Err(Error::io(path, error)),
    };
    serde_json::from_slice(&text).map_err(|_| {
        let told = Told::new(&rows::settings::FILE_DAMAGED);
        told.with("path", path.display()).into()
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::view::settings::PollBy;
    use serde_json::json;

    #[test]
    fn a_field_that_does_not_parse_falls_back_alone() {
        let read = preferences_of(json!({"pollSeconds": 9.0, "inFlight": "many", "fromTheFuture": 1}));
        assert_eq!(
            read,
            Preferences {
                poll_by: PollBy::Interval,
                poll_seconds: 9.0,
                ..Preferences::default()
            }
        );
    }

    #[test]
    fn an_interval_that_somebody_set_is_kept_to_and_the_default_is_nobodys_choice() {
        let by = |stored| preferences_of(stored).poll_by;
        assert_eq!(by(json!({"pollSeconds": 2.0})), PollBy::Interval);
        assert_eq!(by(json!({"pollSeconds": 5.0, "maxPolls": 60})), PollBy::History);
        assert_eq!(by(json!({"pollSeconds": 5, "pollBy": "interval"})), PollBy::Interval);
        assert_eq!(by(json!({"pollSeconds": 2.0, "pollBy": "history"})), PollBy::History);
        assert_eq!(by(json!({})), PollBy::History);
    }

    #[test]
    fn missing_files_are_empty_and_broken_ones_an_error_without_their_content() {
        let directory = tempfile::tempdir().unwrap();
        assert!(read(directory.path()).unwrap().library.is_empty());
        std::fs::write(directory.path().join(KEYS_FILE), r#"{"library": [{"key": "sk-secret"#).unwrap();
        let said = read(directory.path()).unwrap_err().say(Lang::En);
        assert!(said.contains("damaged") && !said.contains("secret"), "{said}");
    }

    use crate::words::Lang;

    #[test]
    fn keys_are_read_and_never_shown() {
        let keys = json!({"video": {"key": " v-key "}, "library": [{"id": "1", "name": "a", "platform": "kie", "key": "k-secret-1234"}, 7]});
        assert_eq!(
            video_key(&keys).map(|key| key.expose().to_owned()),
            Some("v-key".to_owned())
        );
        let library = library_keys(&keys);
        assert_eq!(library.len(), 1);
        assert!(!format!("{library:?}").contains("secret"));
    }
}
