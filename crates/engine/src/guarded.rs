//! A small JSON file that must never be lost: the file itself, and a last-good copy beside it.
//!
//! The store plugin rewrites its file in place and takes a file that does not parse for an empty one; both are known
//! to have cost people everything. So it is never asked to save, and never shown a file that was not checked: every
//! write goes first to the copy and then to the file, each whole or not at all, and a file that does not parse is set
//! aside under a dated name, never overwritten. It does not know what is in the file.

use std::fs::{self, File, OpenOptions};
use std::io::{self, Write as _};
use std::path::{Path, PathBuf};

use serde_json::{Map, Value};

/// What was found when a file was checked.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Found {
    /// It parses.
    Good,
    /// There is none, and never was.
    Nothing,
    /// It was gone or broken, and is now what the last-good copy held. `aside`: where the broken one is.
    Restored {
        /// The broken file under its new name; `None` where the file was gone.
        aside: Option<PathBuf>,
    },
    /// It was broken and so is the copy, or there is none: starts empty.
    Lost {
        /// The broken file under its new name.
        aside: PathBuf,
    },
}

/// A file and its copy.
#[derive(Clone, Debug)]
pub struct Guarded {
    path: PathBuf,
    /// For the user's eyes alone: mode 0600 where there are modes.
    secret: bool,
}

impl Guarded {
    /// The file at `path`.
    pub fn new(path: PathBuf, secret: bool) -> Self {
        Self { path, secret }
    }

    /// Where it is.
    pub fn path(&self) -> &Path {
        &self.path
    }

    /// Makes sure that whoever opens the file next finds a JSON object, or no file.
    ///
    /// # Errors
    /// The file system's; then nothing was changed that cannot be found again.
    pub fn check(&self) -> io::Result<Found> {
        self.hide(&self.path)?;
        self.hide(&self.good())?;
        let found = match fs::read(&self.path) {
            Ok(bytes) if is_object(&bytes) => {
                if !holds_object(&self.good())? {
                    self.replace(&self.good(), &bytes)?;
                }
                return Ok(Found::Good);
            }
            Ok(_) => Some(self.set_aside()?),
            Err(error) if error.kind() == io::ErrorKind::NotFound => None,
            Err(error) => return Err(error),
        };
        if holds_object(&self.good())? {
            self.replace(&self.path, &fs::read(self.good())?)?;
            return Ok(Found::Restored { aside: found });
        }
        Ok(found.map_or(Found::Nothing, |aside| Found::Lost { aside }))
    }

    /// Writes new content: the copy first, so that from then on it is known whatever happens to the file.
    ///
    /// # Errors
    /// The file system's; the file then holds what it held before.
    pub fn write(&self, content: &Map<String, Value>) -> io::Result<()> {
        let bytes = serde_json::to_vec_pretty(content)?;
        if let Some(folder) = self.path.parent() {
            fs::create_dir_all(folder)?;
        }
        self.replace(&self.good(), &bytes)?;
        self.replace(&self.path, &bytes)
    }

    fn good(&self) -> PathBuf {
        self.beside(".good")
    }

    fn beside(&self, ending: &str) -> PathBuf {
        let mut name = self.path.as_os_str().to_owned();
        name.push(ending);
        PathBuf::from(name)
    }

    /// Whole or not at all: beside it, synced, renamed, the folder synced.
    fn replace(&self, target: &Path, bytes: &[u8]) -> io::Result<()> {
        let beside = {
            let mut name = target.as_os_str().to_owned();
            name.push(".new");
            PathBuf::from(name)
        };
        // What a crash left there may have another mode.
        match fs::remove_file(&beside) {
            Err(error) if error.kind() != io::ErrorKind::NotFound => return Err(error),
            _ => {}
        }
        let mut file = self.create(&beside)?;
        file.write_all(bytes)?;
        file.sync_all()?;
        drop(file);
        rename(&beside, target)?;
        sync_folder(target)
    }

    /// The mode is there before the first byte of content.
    fn create(&self, path: &Path) -> io::Result<File> {
        let mut options = OpenOptions::new();
        options.write(true).create_new(true);
        #[cfg(unix)]
        if self.secret {
            std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
        }
        options.open(path)
    }

    fn set_aside(&self) -> io::Result<PathBuf> {
        let stamp = jiff::Timestamp::now().strftime("%Y%m%dT%H%M%SZ").to_string();
        let mut aside = self.beside(&format!(".broken-{stamp}"));
        let mut again = 2;
        while aside.symlink_metadata().is_ok() {
            aside = self.beside(&format!(".broken-{stamp}-{again}"));
            again += 1;
        }
        fs::rename(&self.path, &aside)?;
        sync_folder(&aside)?;
        Ok(aside)
    }

    /// Takes a file with keys out of everyone else's sight.
    fn hide(&self, path: &Path) -> io::Result<()> {
        #[cfg(unix)]
        if self.secret && path.is_file() {
            return fs::set_permissions(path, std::os::unix::fs::PermissionsExt::from_mode(0o600));
        }
        let _ = path;
        Ok(())
    }
}

fn is_object(bytes: &[u8]) -> bool {
    serde_json::from_slice::<Map<String, Value>>(bytes).is_ok()
}

fn holds_object(path: &Path) -> io::Result<bool> {
    match fs::read(path) {
        Ok(bytes) => Ok(is_object(&bytes)),
        Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(false),
        Err(error) => Err(error),
    }
}

/// On Windows a virus scanner may hold the target for a moment.
fn rename(from: &Path, to: &Path) -> io::Result<()> {
    const TRIES: u32 = if cfg!(windows) { 8 } else { 1 };
    let mut tried = 1;
    loop {
        match fs::rename(from, to) {
            Err(error) if tried < TRIES && error.kind() == io::ErrorKind::PermissionDenied => {
                std::thread::sleep(std::time::Duration::from_millis(10 << tried));
                tried += 1;
            }
            done => return done,
        }
    }
}

fn sync_folder(of: &Path) -> io::Result<()> {
    // Elsewhere a folder cannot be opened for this.
    #[cfg(unix)]
    if let Some(folder) = of.parent() {
        return File::open(folder)?.sync_all();
    }
    let _ = of;
    Ok(())
}
