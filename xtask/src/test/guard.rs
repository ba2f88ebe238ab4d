//! The guard: tests must never touch the folders of the person who runs them.
//!
//! Every place from which the app derives a default folder points into an empty guard folder while tests run. A test
//! that forgets to name its own folder leaves something there, and is told. Windows gives these places by other means
//! than variables; there is no guard there.

use std::{
    env, fs,
    path::{Path, PathBuf},
    process::Command,
};

use crate::place;

/// Variables that would lead tests to the user's own keys, library or service.
const UNSET: &[&str] = &[
    "SHOTBOARD_DATA_DIR",
    "KIE_API_KEY",
    "KIE_API_BASE",
    "KIE_UPLOAD_BASE",
    "XDG_VIDEOS_DIR",
];

/// Where default folders point while tests run.
pub(crate) struct Guard {
    folder: PathBuf,
}

impl Guard {
    /// Empties the guard folder.
    ///
    /// # Errors
    /// It cannot be emptied or made.
    pub(crate) fn set() -> Result<Self, String> {
        let folder = place::target()?.join("guard");
        let told = |error: std::io::Error| format!("{} cannot be emptied: {error}.", folder.display());
        if folder.exists() {
            fs::remove_dir_all(&folder).map_err(told)?;
        }
        fs::create_dir_all(&folder).map_err(told)?;
        Ok(Self { folder })
    }

    /// Points a command's default folders into the guard.
    pub(crate) fn around(&self, command: &mut Command) {
        for name in UNSET {
            command.env_remove(name);
        }
        if cfg!(windows) {
            return;
        }
        // cargo and rustup keep their own places, which they derive from the home folder too.
        if let Some(home) = env::var_os("HOME").map(PathBuf::from) {
            for (name, place) in [("CARGO_HOME", ".cargo"), ("RUSTUP_HOME", ".rustup")] {
                if env::var_os(name).is_none() {
                    command.env(name, home.join(place));
                }
            }
        }
        command
            .env("HOME", &self.folder)
            .env("XDG_DATA_HOME", self.folder.join("data"))
            .env("XDG_CONFIG_HOME", self.folder.join("config"))
            .env("XDG_CACHE_HOME", self.folder.join("cache"))
            .env("XDG_STATE_HOME", self.folder.join("state"));
    }

    /// Looks for anything of the app's in the guard folder. What libraries keep for themselves (font caches) may stay.
    ///
    /// # Errors
    /// Names what was found.
    pub(crate) fn check(&self) -> Result<(), String> {
        let mut found = Vec::new();
        look_into(&self.folder, &mut found);
        if found.is_empty() {
            return Ok(());
        }
        found.sort();
        Err(format!(
            "A test used the app's default folders instead of its own; outside this run it would have touched the \
             user's. Found in {}:\n  {}",
            self.folder.display(),
            found.join("\n  ")
        ))
    }
}

fn look_into(folder: &Path, found: &mut Vec<String>) {
    for entry in fs::read_dir(folder).into_iter().flatten().flatten() {
        let path = entry.path();
        let name = entry.file_name().to_string_lossy().to_lowercase();
        if name.contains("shotboard") {
            found.push(path.display().to_string());
        } else if entry.file_type().is_ok_and(|kind| kind.is_dir()) {
            look_into(&path, found);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_the_app_leaves_is_found_and_what_others_leave_is_not() {
        let folder = env::temp_dir().join(format!("xtask-guard-{}", std::process::id()));
        fs::create_dir_all(folder.join("cache/fontconfig")).unwrap();
        let guard = Guard { folder };
        assert_eq!(guard.check(), Ok(()));
        fs::create_dir_all(guard.folder.join("Videos/Shotboard")).unwrap();
        fs::create_dir_all(guard.folder.join("data/io.shotboard.desktop/demo")).unwrap();
        let told = guard.check().unwrap_err();
        fs::remove_dir_all(&guard.folder).unwrap();
        assert!(
            told.contains("Videos/Shotboard") && told.contains("data/io.shotboard.desktop"),
            "{told}"
        );
    }
}
