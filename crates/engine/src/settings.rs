//! Settings and keys as they lie in the data directory, for whoever only reads them.
//!
//! The window writes these files (through its store); the command line reads the same ones and never writes them. Both
//! agree on names and shape here, and in [`crate::keys::stored`] for the keys.

use std::path::{Path, PathBuf};

use serde_json::Value;

use crate::error::{Error, Result};
use crate::trouble::{Told, rows};
use crate::view::settings::Preferences;

/// The file with the user's choices: a JSON object whose field [`PREFERENCES`] holds [`Preferences`].
pub const SETTINGS_FILE: &str = "settings.json";
/// The file with the keys, readable by the user alone: [`LIBRARY`] holds a list of entries, [`VIDEO`] a key.
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

/// What the files hold.
#[derive(Clone, Default)]
pub struct Stored {
    /// The user's choices.
    pub preferences: Preferences,
    /// The key file's content, keys in the clear and sealed ones: read it with [`crate::keys::stored`].
    pub keys: Value,
}

impl std::fmt::Debug for Stored {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Stored")
            .field("preferences", &self.preferences)
            .finish_non_exhaustive()
    }
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
    Ok(Stored { preferences, keys })
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
        assert!(read(directory.path()).unwrap().keys.as_object().unwrap().is_empty());
        std::fs::write(directory.path().join(KEYS_FILE), r#"{"library": [{"key": "sk-secret"#).unwrap();
        let said = read(directory.path()).unwrap_err().say(Lang::En);
        assert!(said.contains("damaged") && !said.contains("secret"), "{said}");
    }

    use crate::words::Lang;
}
