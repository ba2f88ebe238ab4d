//! A keychain for tests and development: a file, one that is not there, one that never answers. Not in release builds.

use std::collections::BTreeMap;
use std::path::PathBuf;
use std::sync::{Mutex, PoisonError};

use zeroize::Zeroizing;

use super::keychain::{Keychain, Refusal, Why};

/// The one that a variable names: `none`, `silent`, `file:` and a path. `None`: no such.
pub(super) fn named(name: &str) -> Option<Box<dyn Keychain>> {
    match name {
        "none" => Some(Box::new(NoKeychain)),
        "silent" => Some(Box::new(Silent)),
        other => Some(Box::new(InFile::at(other.strip_prefix("file:")?.into()))),
    }
}

/// A computer without a keychain.
pub struct NoKeychain;

impl Keychain for NoKeychain {
    fn name(&self) -> &'static str {
        "none"
    }

    fn read(&self, _: &str) -> Result<Option<Zeroizing<String>>, Refusal> {
        Err(Refusal::new(Why::Absent, "a stand-in"))
    }

    fn write(&self, _: &str, _: &str) -> Result<(), Refusal> {
        Err(Refusal::new(Why::Absent, "a stand-in"))
    }

    fn forget(&self, _: &str) -> Result<(), Refusal> {
        Err(Refusal::new(Why::Absent, "a stand-in"))
    }
}

/// One whose question for a password nobody answers.
pub struct Silent;

impl Silent {
    fn wait() -> Refusal {
        std::thread::sleep(std::time::Duration::from_secs(3600));
        Refusal::new(Why::Silent, "a stand-in")
    }
}

impl Keychain for Silent {
    fn name(&self) -> &'static str {
        "silent"
    }

    fn read(&self, _: &str) -> Result<Option<Zeroizing<String>>, Refusal> {
        Err(Self::wait())
    }

    fn write(&self, _: &str, _: &str) -> Result<(), Refusal> {
        Err(Self::wait())
    }

    fn forget(&self, _: &str) -> Result<(), Refusal> {
        Err(Self::wait())
    }
}

/// A keychain that is a file, read at each call: what a test takes out of it is gone.
pub struct InFile {
    path: PathBuf,
    one_at_a_time: Mutex<()>,
}

impl InFile {
    /// The file at `path`; not there, it is empty.
    pub fn at(path: PathBuf) -> Self {
        Self {
            path,
            one_at_a_time: Mutex::default(),
        }
    }

    fn all(&self) -> Result<BTreeMap<String, String>, Refusal> {
        match std::fs::read(&self.path) {
            Ok(bytes) => serde_json::from_slice(&bytes).map_err(|error| Refusal::new(Why::Locked, error)),
            Err(error) if error.kind() == std::io::ErrorKind::NotFound => Ok(BTreeMap::new()),
            Err(error) => Err(Refusal::new(Why::Failed, error)),
        }
    }

    fn change(&self, change: impl FnOnce(&mut BTreeMap<String, String>)) -> Result<(), Refusal> {
        let _alone = self.one_at_a_time.lock().unwrap_or_else(PoisonError::into_inner);
        let mut all = self.all()?;
        change(&mut all);
        let bytes = serde_json::to_vec(&all).map_err(|error| Refusal::new(Why::Failed, error))?;
        std::fs::write(&self.path, bytes).map_err(|error| Refusal::new(Why::Failed, error))
    }
}

impl Keychain for InFile {
    fn name(&self) -> &'static str {
        "file-stand-in"
    }

    fn read(&self, account: &str) -> Result<Option<Zeroizing<String>>, Refusal> {
        let _alone = self.one_at_a_time.lock().unwrap_or_else(PoisonError::into_inner);
        Ok(self.all()?.remove(account).map(Zeroizing::new))
    }

    fn write(&self, account: &str, secret: &str) -> Result<(), Refusal> {
        self.change(|all| {
            all.insert(account.to_owned(), secret.to_owned());
        })
    }

    fn forget(&self, account: &str) -> Result<(), Refusal> {
        self.change(|all| {
            all.remove(account);
        })
    }
}
