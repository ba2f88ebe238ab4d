//! The system's keychain: where the master key lies that seals all others.
//!
//! macOS has its Keychain, Windows its Credential Manager, Linux the Secret Service of the desktop. Every call may block:
//! a locked keychain asks the user for a password, a message bus may wait for half a minute; so nothing here is called
//! on a thread that anyone waits for, see [`super::safe`]. The platforms' stores are used through `keyring-core`, not
//! through `keyring`, which opens its store once in a process and never again: a keychain that was unlocked, or started,
//! meanwhile would stay unknown until the next start. Nothing falls back to a store in memory here.

use std::fmt;

use keyring_core::api::CredentialStoreApi as _;
use zeroize::Zeroizing;

use crate::words::Lang;

/// What the entries are filed under. A development build has its own, so that it never touches a user's keys.
const SERVICE: &str = if cfg!(debug_assertions) {
    "io.shotboard.desktop.dev"
} else {
    "io.shotboard.desktop"
};

/// The variable that names a stand-in, for tests: `none`, `silent`, or `file:` and a path. Release builds do not read it.
pub const STAND_IN: &str = "SHOTBOARD_KEYCHAIN";

/// Why a keychain cannot be used, or did not do what it was asked.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Why {
    /// There is none.
    Absent,
    /// It is locked, and the question for its password was dismissed.
    Locked,
    /// It did not answer in time.
    Silent,
    /// It failed.
    Failed,
}

/// A keychain's refusal.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Refusal {
    /// In kind.
    pub why: Why,
    /// Technically, for the log; holds no secret.
    pub detail: String,
}

impl Refusal {
    pub(crate) fn new(why: Why, detail: impl fmt::Display) -> Self {
        Self {
            why,
            detail: kie::scrub(&detail.to_string()).into_owned(),
        }
    }

    /// In a sentence.
    pub fn say(&self, lang: Lang) -> &'static str {
        match self.why {
            Why::Absent => lang.pick(
                "No system keychain was found on this computer.",
                "这台电脑上没有找到系统钥匙串。",
            ),
            Why::Locked => lang.pick("The system keychain is locked.", "系统钥匙串处于锁定状态。"),
            Why::Silent => lang.pick("The system keychain does not answer.", "系统钥匙串没有响应。"),
            Why::Failed => lang.pick("The system keychain could not be used.", "系统钥匙串无法使用。"),
        }
    }
}

impl fmt::Display for Refusal {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} ({})", self.say(Lang::En), self.detail)
    }
}

/// A place for small secrets that the system guards. Calls may block for long.
pub trait Keychain: Send + Sync + 'static {
    /// Which one it is, as it is recorded beside what it sealed.
    fn name(&self) -> &'static str;
    /// What lies under a name; `None` where nothing does.
    ///
    /// # Errors
    /// It cannot be used.
    fn read(&self, account: &str) -> Result<Option<Zeroizing<String>>, Refusal>;
    /// Lays a secret under a name, over what lay there.
    ///
    /// # Errors
    /// It cannot be used.
    fn write(&self, account: &str, secret: &str) -> Result<(), Refusal>;
    /// Takes away what lies under a name; nothing to do is no error.
    ///
    /// # Errors
    /// It cannot be used.
    fn forget(&self, account: &str) -> Result<(), Refusal>;
}

/// The keychain of this computer; in debug builds the stand-in that [`STAND_IN`] names, where it names one.
pub fn of_this_computer() -> Box<dyn Keychain> {
    #[cfg(debug_assertions)]
    if let Some(stand_in) = std::env::var(STAND_IN)
        .ok()
        .and_then(|named| super::stand_in::named(&named))
    {
        return stand_in;
    }
    Box::new(System)
}

/// The real one. Opened anew for each call: a few milliseconds, and it may have come, gone or been unlocked meanwhile.
struct System;

#[cfg(target_os = "macos")]
use apple_native_keyring_store::keychain::Store;
#[cfg(windows)]
use windows_native_keyring_store::Store;
#[cfg(all(unix, not(target_os = "macos")))]
use zbus_secret_service_keyring_store::Store;

impl System {
    fn entry(account: &str) -> Result<keyring_core::Entry, Refusal> {
        let store = Store::new().map_err(|error| Refusal::new(Why::Absent, error))?;
        store
            .build(SERVICE, account, None)
            .map_err(|error| Refusal::new(Why::Failed, error))
    }
}

impl Keychain for System {
    fn name(&self) -> &'static str {
        if cfg!(target_os = "macos") {
            "macos-keychain"
        } else if cfg!(windows) {
            "windows-credentials"
        } else {
            "secret-service"
        }
    }

    fn read(&self, account: &str) -> Result<Option<Zeroizing<String>>, Refusal> {
        match Self::entry(account)?.get_password() {
            Ok(secret) => Ok(Some(Zeroizing::new(secret))),
            Err(keyring_core::Error::NoEntry) => Ok(None),
            Err(error) => Err(refusal(error)),
        }
    }

    fn write(&self, account: &str, secret: &str) -> Result<(), Refusal> {
        Self::entry(account)?.set_password(secret).map_err(refusal)
    }

    fn forget(&self, account: &str) -> Result<(), Refusal> {
        match Self::entry(account)?.delete_credential() {
            Ok(()) | Err(keyring_core::Error::NoEntry) => Ok(()),
            Err(error) => Err(refusal(error)),
        }
    }
}

fn refusal(error: keyring_core::Error) -> Refusal {
    let why = match &error {
        keyring_core::Error::NoStorageAccess(_) => Why::Locked,
        _ => Why::Failed,
    };
    // `Display` names the kind and the platform's own words; `Debug` would print what was read.
    Refusal::new(why, error)
}
