//! Sealing: XChaCha20-Poly1305 with a master key of 256 bits and a random nonce for each text.
//!
//! A sealed text is bound to the entry, the field and the keychain it was sealed for: moved elsewhere, it does not open.
//! Nothing here knows where the master key or the sealed texts lie.

use chacha20poly1305::aead::{Aead as _, Payload};
use chacha20poly1305::{KeyInit as _, XChaCha20Poly1305, XNonce};
use rand::TryRng as _;
use zeroize::Zeroizing;

/// Before every sealed text: how it was sealed.
const VERSION: &str = "1:";
const NONCE: usize = 24;
const MASTER: usize = 32;
/// What the check of a master key is sealed over.
const CHECK: &str = "shotboard";

/// What a sealed text belongs to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Bond<'a> {
    /// The keychain that holds the master key, by name.
    pub keychain: &'a str,
    /// The id of the entry.
    pub entry: &'a str,
    /// Its field.
    pub field: &'a str,
}

impl Bond<'_> {
    /// No two bonds give the same bytes: each part is preceded by its length.
    fn bytes(self) -> Vec<u8> {
        let parts = ["shotboard", VERSION, self.keychain, self.entry, self.field];
        parts
            .iter()
            .flat_map(|part| [&(part.len() as u64).to_le_bytes(), part.as_bytes()].concat())
            .collect()
    }
}

/// The key that seals the others. Wiped when dropped; never printed.
#[derive(Clone)]
pub struct Master(Zeroizing<[u8; MASTER]>);

impl Master {
    /// A new one from the system's own randomness; `None` where the system gives none.
    pub fn random() -> Option<Self> {
        let mut bytes = Zeroizing::new([0; MASTER]);
        rand::rngs::SysRng.try_fill_bytes(&mut *bytes).ok()?;
        Some(Self(bytes))
    }

    /// As it lies in the keychain: text, since some of them keep nothing else unchanged.
    pub fn to_text(&self) -> Zeroizing<String> {
        Zeroizing::new(format!("{VERSION}{}", hex(&*self.0)))
    }

    /// From the keychain; `None` for what is no master key.
    pub fn from_text(text: &str) -> Option<Self> {
        let bytes = Zeroizing::new(unhex(text.trim().strip_prefix(VERSION)?)?);
        let mut master = Zeroizing::new([0; MASTER]);
        (bytes.len() == MASTER).then(|| master.copy_from_slice(&bytes))?;
        Some(Self(master))
    }

    /// Seals a text; `None` where the system gives no randomness.
    pub fn seal(&self, bond: Bond<'_>, text: &str) -> Option<String> {
        let mut nonce = [0; NONCE];
        rand::rngs::SysRng.try_fill_bytes(&mut nonce).ok()?;
        let payload = Payload {
            msg: text.as_bytes(),
            aad: &bond.bytes(),
        };
        let sealed = self.cipher().encrypt(&XNonce::from(nonce), payload).ok()?;
        Some(format!("{VERSION}{}{}", hex(&nonce), hex(&sealed)))
    }

    /// Opens a sealed text; `None` where another master sealed it, or for another entry, or it was changed.
    pub fn open(&self, bond: Bond<'_>, sealed: &str) -> Option<Zeroizing<String>> {
        let bytes = unhex(sealed.strip_prefix(VERSION)?)?;
        let (nonce, sealed) = bytes.split_at_checked(NONCE)?;
        let payload = Payload {
            msg: sealed,
            aad: &bond.bytes(),
        };
        let nonce: [u8; NONCE] = nonce.try_into().ok()?;
        let text = Zeroizing::new(self.cipher().decrypt(&XNonce::from(nonce), payload).ok()?);
        Some(Zeroizing::new(std::str::from_utf8(&text).ok()?.to_owned()))
    }

    /// A value by which this master is known again.
    pub fn check(&self, keychain: &str, seal: &str) -> Option<String> {
        self.seal(check_bond(keychain, seal), CHECK)
    }

    /// Whether this is the master that the check was made with.
    pub fn is(&self, keychain: &str, seal: &str, check: &str) -> bool {
        self.open(check_bond(keychain, seal), check)
            .is_some_and(|text| *text == CHECK)
    }

    fn cipher(&self) -> XChaCha20Poly1305 {
        XChaCha20Poly1305::new((&*self.0).into())
    }
}

impl std::fmt::Debug for Master {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Master(…)")
    }
}

fn check_bond<'a>(keychain: &'a str, seal: &'a str) -> Bond<'a> {
    Bond {
        keychain,
        entry: seal,
        field: "check",
    }
}

fn hex(bytes: &[u8]) -> String {
    const DIGITS: &[u8; 16] = b"0123456789abcdef";
    let digit = |value: u8| char::from(DIGITS[usize::from(value)]);
    // Room for all of it at once: a text that grew would leave copies behind.
    let mut text = String::with_capacity(bytes.len() * 2);
    for byte in bytes {
        text.push(digit(byte >> 4));
        text.push(digit(byte & 15));
    }
    text
}

fn unhex(text: &str) -> Option<Vec<u8>> {
    if !text.is_ascii() || !text.len().is_multiple_of(2) {
        return None;
    }
    let pairs = text.as_bytes().chunks_exact(2);
    let value = |digit: u8| char::from(digit).to_digit(16);
    pairs
        .map(|pair| u8::try_from(value(pair[0])? << 4 | value(pair[1])?).ok())
        .collect()
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    const BOND: Bond<'static> = Bond {
        keychain: "secret-service",
        entry: "0193",
        field: "key",
    };

    #[test]
    fn opens_for_its_own_entry_field_and_keychain_alone() {
        let master = Master::random().unwrap();
        let sealed = master.seal(BOND, "sk-secret-1234").unwrap();
        assert_eq!(*master.open(BOND, &sealed).unwrap(), "sk-secret-1234");
        assert_ne!(
            sealed,
            master.seal(BOND, "sk-secret-1234").unwrap(),
            "a nonce of its own"
        );
        for other in [
            Bond { entry: "0194", ..BOND },
            Bond { field: "name", ..BOND },
            Bond {
                keychain: "none",
                ..BOND
            },
            // The same letters, cut elsewhere.
            Bond {
                entry: "0193k",
                field: "ey",
                ..BOND
            },
        ] {
            assert!(master.open(other, &sealed).is_none(), "{other:?}");
        }
        assert!(Master::random().unwrap().open(BOND, &sealed).is_none());
        assert!(!sealed.contains("secret") && !format!("{master:?}").contains(&*master.to_text()));
    }

    #[test]
    fn a_master_is_known_again() {
        let master = Master::random().unwrap();
        let check = master.check("k", "s").unwrap();
        let read = Master::from_text(&master.to_text()).unwrap();
        assert!(read.is("k", "s", &check));
        assert!(!read.is("k", "t", &check) && !read.is("l", "s", &check));
        assert!(!Master::random().unwrap().is("k", "s", &check));
        for text in [
            "",
            "1:",
            "1:00",
            "2:00",
            &"0".repeat(64),
            &format!("1:{}", "g".repeat(64)),
        ] {
            assert!(Master::from_text(text).is_none(), "{text}");
        }
    }

    proptest! {
        /// One changed character, anywhere, and it does not open; no text whatever brings it down.
        #[test]
        fn a_changed_text_does_not_open(at in 2usize..130, digit in 0u8..16, text in ".{0,64}") {
            let master = Master::random().unwrap();
            let sealed = master.seal(BOND, &"k".repeat(32)).unwrap();
            let mut changed = sealed.clone().into_bytes();
            let at = at.min(changed.len() - 1);
            changed[at] = b"0123456789abcdef"[usize::from(digit)];
            let changed = String::from_utf8(changed).unwrap();
            prop_assert_eq!(master.open(BOND, &changed).is_some(), changed == sealed);
            prop_assert!(master.open(BOND, &text).is_none());
        }
    }
}
