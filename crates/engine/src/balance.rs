//! The account's balance, as far as it is known: evidence for the ledger, never a reason to act.

use std::sync::{Mutex, PoisonError};

/// What was last heard, and what should be left of it.
#[derive(Debug, Default)]
pub(crate) struct Balance(Mutex<Option<Heard>>);

#[derive(Clone, Copy, Debug)]
pub(crate) struct Heard {
    /// Credits, as the service said.
    pub(crate) credits: f64,
    /// When (ms).
    pub(crate) at: i64,
    /// Credits, less what was accepted since.
    pub(crate) expected: f64,
}

impl Balance {
    pub(crate) fn heard(&self, credits: f64, at: i64) {
        *self.0.lock().unwrap_or_else(PoisonError::into_inner) = Some(Heard {
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
        *self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
