//! A client of the kie.ai Veo HTTP API.
//!
//! The service is loose in its shapes and strict about money: an accepted POST is paid for, there is no idempotency
//! key, and no list of past tasks. So this crate does two things with care. It turns every answer, and every way of
//! not getting one, into one of a few outcomes that a caller can act on; and it sends a paid request at most once.
//!
//! What it deliberately does not do: keep state, know a task of the board, wait, retry, or limit its own rate. Those
//! are decisions, and decisions belong to the engine.
//!
//! - [`Client::generate`] → [`Submission`]: the one paid call. Never repeated in here, no redirect followed.
//! - [`Client::record_info`] → [`Record`]: where a bought task stands. A failed poll is not a failed task.
//! - [`Client::credit`], [`Client::download_url`], [`Client::upload`]: free and safe to repeat, with [`CallError`].
#![cfg_attr(test, allow(clippy::unwrap_used, clippy::expect_used, clippy::panic))]

mod client;
mod common;
mod config;
mod envelope;
mod error;
#[cfg(any(test, feature = "fuzzing"))]
#[doc(hidden)]
pub mod fuzzing;
mod generate;
mod key;
mod loose;
mod record;
mod request;
mod scrub;
mod transport;
mod upload;
mod wire;

pub use client::Client;
pub use config::{Config, ConfigError, Proxy, Timeouts, is_loopback};
pub use error::{AccountTrouble, CallError};
pub use generate::Submission;
pub use key::ApiKey;
pub use record::{Generated, Record};
pub use request::GenerateRequest;
pub use scrub::{scrub, strike};
pub use upload::{Upload, Uploaded};
pub use wire::{AspectRatio, GenerationType, Model, NotAWireValue, Resolution};
