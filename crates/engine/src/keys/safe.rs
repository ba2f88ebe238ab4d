//! Opens what is sealed and seals what is given, with master keys that lie in the system's keychain.
//!
//! The keychain is asked on threads of its own. Whoever needs an answer waits for as long as it chooses to, and an answer
//! that comes later (the user has typed a password) is taken all the same. A master key is made only by
//! [`Safe::new_seal`], after the keychain has shown that it keeps what it is given; what cannot be opened is never
//! overwritten here. It writes no file: what to store is handed back.

use std::collections::HashMap;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError, mpsc};
use std::thread;
use std::time::Duration;

use kie::ApiKey;
use uuid::Uuid;

use super::Lock;
use super::keychain::{Keychain, Refusal, Why};
use super::seal::{Bond, Master};
use super::stored::{FIELD, Sealed, StoredSeal};

/// How long a start waits for a keychain before it goes on without; most answer in a twentieth of a second.
pub const AT_START: Duration = Duration::from_secs(3);
/// How long somebody who is about to keep a key waits: they may be typing the keychain's password.
pub const AT_HAND: Duration = Duration::from_secs(45);

/// The open and the closed seals of one key file. Clones share them.
#[derive(Clone)]
pub struct Safe(Arc<Inner>);

struct Inner {
    keychain: Box<dyn Keychain>,
    state: Mutex<State>,
    moved: Condvar,
}

#[derive(Default)]
struct State {
    doors: HashMap<String, Door>,
    /// Keys that are in no file, by entry.
    session: HashMap<String, ApiKey>,
    /// What the keychain said last; `None` where it was not asked.
    last: Option<Result<(), Refusal>>,
}

/// What is known of a master key.
#[derive(Clone)]
enum Door {
    Asking,
    Open {
        master: Master,
        keychain: String,
    },
    /// The keychain works and has no such key, or another in its place.
    Missing,
    Shut(Refusal),
}

impl Safe {
    /// Over this keychain. Nothing is asked yet.
    pub fn new(keychain: Box<dyn Keychain>) -> Self {
        Self(Arc::new(Inner {
            keychain,
            state: Mutex::default(),
            moved: Condvar::new(),
        }))
    }

    /// Begins to ask for these master keys and returns at once. Those that are open, or being asked for, are left alone.
    pub fn ask(&self, seals: &[StoredSeal]) {
        let wanted: Vec<StoredSeal> = {
            let mut state = self.state();
            let closed =
                |seal: &&StoredSeal| !matches!(state.doors.get(&seal.id), Some(Door::Asking | Door::Open { .. }));
            let wanted: Vec<_> = seals.iter().filter(closed).cloned().collect();
            for seal in &wanted {
                state.doors.insert(seal.id.clone(), Door::Asking);
            }
            wanted
        };
        if wanted.is_empty() {
            return;
        }
        let safe = self.clone();
        let asked: Vec<String> = wanted.iter().map(|seal| seal.id.clone()).collect();
        let asking = thread::Builder::new().name("keychain".to_owned()).spawn(move || {
            for seal in wanted {
                let door = safe.look(&seal);
                safe.learn(seal.id, door);
            }
        });
        if let Err(error) = asking {
            for id in asked {
                self.learn(id, Door::Shut(Refusal::new(Why::Failed, &error)));
            }
        }
    }

    /// Waits until nothing is being asked any more, but no longer than this. False where something still is.
    pub fn wait(&self, patience: Duration) -> bool {
        let asking = |state: &mut State| state.doors.values().any(|door| matches!(door, Door::Asking));
        let waited = self.0.moved.wait_timeout_while(self.state(), patience, asking);
        let (_state, over) = waited.unwrap_or_else(PoisonError::into_inner);
        !over.timed_out()
    }

    /// Opens a sealed key.
    ///
    /// # Errors
    /// Why it stays closed.
    pub fn open(&self, sealed: &Sealed, entry: &str) -> Result<ApiKey, Lock> {
        match self.state().doors.get(&sealed.by) {
            Some(Door::Open { master, keychain }) => {
                let text = master.open(bond(keychain, entry), &sealed.text).ok_or(Lock::Gone)?;
                Ok(ApiKey::new(text.as_str()))
            }
            Some(Door::Asking) | None => Err(Lock::Waiting),
            Some(Door::Missing) => Err(Lock::Gone),
            Some(Door::Shut(refusal)) => Err(Lock::Shut(refusal.why)),
        }
    }

    /// Seals a key with a master key that is open; `None` where it is not.
    pub fn seal(&self, seal: &str, entry: &str, key: &ApiKey) -> Option<Sealed> {
        match self.state().doors.get(seal) {
            Some(Door::Open { master, keychain }) => {
                let text = master.seal(bond(keychain, entry), key.expose())?;
                Some(Sealed {
                    by: seal.to_owned(),
                    text,
                })
            }
            _ => None,
        }
    }

    /// The first of these master keys that is open.
    pub fn first_open<'a>(&self, seals: &'a [StoredSeal]) -> Option<&'a StoredSeal> {
        let state = self.state();
        let open = |seal: &&StoredSeal| matches!(state.doors.get(&seal.id), Some(Door::Open { .. }));
        seals.iter().rev().find(open)
    }

    /// Why one of these could not be asked for, where the keychain itself could not be used.
    pub fn shut<'a>(&self, mut seals: impl Iterator<Item = &'a str>) -> Option<Refusal> {
        let state = self.state();
        seals.find_map(|seal| match state.doors.get(seal) {
            Some(Door::Shut(refusal)) => Some(refusal.clone()),
            Some(Door::Asking) | None => Some(Refusal::new(Why::Silent, "still being asked")),
            _ => None,
        })
    }

    /// Makes a master key, after the keychain has shown by a write, a read and a delete that it keeps what it is given.
    /// Only for where nothing is sealed that it could make unreadable: an older one is not replaced, it stays beside.
    ///
    /// # Errors
    /// Why the keychain cannot be used; then it holds nothing new.
    pub fn new_seal(&self, patience: Duration) -> Result<StoredSeal, Refusal> {
        let abandoned = Arc::new(AtomicBool::new(false));
        let (told, heard) = mpsc::channel();
        let (safe, given_up) = (self.clone(), Arc::clone(&abandoned));
        let making = thread::Builder::new().name("keychain".to_owned()).spawn(move || {
            // Whoever waited may have left by now.
            let _ = told.send(make(&*safe.0.keychain, &given_up));
        });
        let made = making
            .map_err(|error| Refusal::new(Why::Failed, error))
            .and_then(|_| heard.recv_timeout(patience).map_err(|gone| lost(gone, patience))?);
        abandoned.store(true, Ordering::Release);
        self.state().last = Some(made.as_ref().map(drop).map_err(Clone::clone));
        let (seal, master) = made?;
        let keychain = seal.keychain.clone();
        self.learn(seal.id.clone(), Door::Open { master, keychain });
        Ok(seal)
    }

    /// Reads a master key from the keychain once more, and opens with it: whether what is about to be all that is left
    /// of a key can really be opened tomorrow.
    pub fn can_open_tomorrow(&self, seal: &StoredSeal, sealed: &Sealed, entry: &str, key: &ApiKey) -> bool {
        let (told, heard) = mpsc::channel();
        let (safe, asked) = (self.clone(), seal.clone());
        let asking = thread::Builder::new().name("keychain".to_owned()).spawn(move || {
            let _ = told.send(safe.look(&asked));
        });
        match asking.ok().and_then(|_| heard.recv_timeout(AT_HAND).ok()) {
            Some(Door::Open { master, keychain }) => master
                .open(bond(&keychain, entry), &sealed.text)
                .is_some_and(|text| *text == key.expose()),
            _ => false,
        }
    }

    /// What the keychain said last; `None` where it was not asked yet.
    pub fn last_heard(&self) -> Option<Result<(), Refusal>> {
        self.state().last.clone()
    }

    /// Something is being asked.
    pub fn is_asking(&self) -> bool {
        self.state().doors.values().any(|door| matches!(door, Door::Asking))
    }

    /// Keeps a key in memory alone.
    pub fn keep_for_session(&self, entry: &str, key: ApiKey) {
        self.state().session.insert(entry.to_owned(), key);
    }

    /// Takes a key out of memory.
    pub fn forget_session(&self, entry: &str) {
        self.state().session.remove(entry);
    }

    /// A key that is kept in memory alone.
    pub fn of_this_session(&self, entry: &str) -> Option<ApiKey> {
        self.state().session.get(entry).cloned()
    }

    fn look(&self, seal: &StoredSeal) -> Door {
        let keychain = &self.0.keychain;
        match keychain.read(&account(&seal.id)) {
            Ok(None) => Door::Missing,
            Ok(Some(text)) => match Master::from_text(&text) {
                Some(master) if master.is(&seal.keychain, &seal.id, &seal.check) => Door::Open {
                    master,
                    keychain: seal.keychain.clone(),
                },
                _ => Door::Missing,
            },
            Err(refusal) => Door::Shut(refusal),
        }
    }

    fn learn(&self, id: String, door: Door) {
        let said = match &door {
            Door::Asking => "asking",
            Door::Open { .. } => "open",
            Door::Missing => "not in the keychain",
            Door::Shut(refusal) => {
                tracing::warn!(%refusal, "the keychain");
                "shut"
            }
        };
        tracing::info!(seal = %id, said, "the keychain was asked");
        let mut state = self.state();
        state.last = Some(match &door {
            Door::Shut(refusal) => Err(refusal.clone()),
            _ => Ok(()),
        });
        state.doors.insert(id, door);
        drop(state);
        self.0.moved.notify_all();
    }

    fn state(&self) -> MutexGuard<'_, State> {
        self.0.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

fn make(keychain: &dyn Keychain, given_up: &AtomicBool) -> Result<(StoredSeal, Master), Refusal> {
    let failed = |what: &str| Refusal::new(Why::Failed, what);
    let name = Uuid::new_v4();
    let (probe, text) = (format!("probe {name}"), Uuid::new_v4().to_string());
    keychain.write(&probe, &text)?;
    let kept = keychain.read(&probe)?;
    keychain.forget(&probe)?;
    if kept.is_none_or(|kept| *kept != text) || keychain.read(&probe)?.is_some() {
        return Err(failed("it does not keep what it is given"));
    }
    let master = Master::random().ok_or_else(|| failed("no randomness"))?;
    let id = name.to_string();
    let check = master
        .check(keychain.name(), &id)
        .ok_or_else(|| failed("no randomness"))?;
    if given_up.load(Ordering::Acquire) {
        return Err(failed("nobody waits for it any more"));
    }
    keychain.write(&account(&id), &master.to_text())?;
    let back = keychain.read(&account(&id))?.and_then(|text| Master::from_text(&text));
    if !back.is_some_and(|back| back.is(keychain.name(), &id, &check)) {
        return Err(failed("it gives back something else"));
    }
    if given_up.load(Ordering::Acquire) {
        // Nobody will know of this one.
        keychain.forget(&account(&id))?;
        return Err(failed("nobody waits for it any more"));
    }
    let seal = StoredSeal {
        id,
        keychain: keychain.name().to_owned(),
        check,
    };
    Ok((seal, master))
}

fn lost(gone: mpsc::RecvTimeoutError, patience: Duration) -> Refusal {
    match gone {
        mpsc::RecvTimeoutError::Timeout => Refusal::new(Why::Silent, format!("no answer in {} s", patience.as_secs())),
        mpsc::RecvTimeoutError::Disconnected => Refusal::new(Why::Failed, "it broke down"),
    }
}

fn account(seal: &str) -> String {
    format!("master key {seal}")
}

fn bond<'a>(keychain: &'a str, entry: &'a str) -> Bond<'a> {
    Bond {
        keychain,
        entry,
        field: FIELD,
    }
}

impl std::fmt::Debug for Safe {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Safe")
            .field("keychain", &self.0.keychain.name())
            .finish_non_exhaustive()
    }
}
