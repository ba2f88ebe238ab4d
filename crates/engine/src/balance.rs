//! The account's balance, as far as it is known: evidence for the ledger, never a reason to act.

use std::sync::{Mutex, PoisonError};

/// What was last heard, and what should be left of it.
#[derive(Debug, Default)]
pub(crate) struct Balance(Mutex<Option<Heard>>);

#[derive(Clone, Debug)]
pub(crate) struct Heard {
    /// The key it was heard with; another key may be another account.
    pub(crate) key_id: String,
    /// Credits, as the service said.
    pub(crate) credits: f64,
    /// When (ms).
    pub(crate) at: i64,
    /// Credits, less what was accepted since.
    pub(crate) expected: f64,
}

impl Balance {
    pub(crate) fn heard(&self, key_id: &str, credits: f64, at: i64) {
        *self.0.lock().unwrap_or_else(PoisonError::into_inner) = Some(Heard {
            key_id: key_id.to_owned(),
            credits,
            at,
            expected: credits,
        });
    }

    pub(crate) fn spent(&self, credits: Option<f64>) {
        if let Some(heard) = self.0.lock().unwrap_or_else(PoisonError::into_inner).as_mut() {
            heard.expected -= credits.unwrap_or(0.0);
        }
    }

    pub(crate) fn get(&self) -> Option<Heard> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }

    /// The same, where it was heard with this key.
    pub(crate) fn of(&self, key_id: &str) -> Option<Heard> {
        self.get().filter(|heard| heard.key_id == key_id)
    }
}
