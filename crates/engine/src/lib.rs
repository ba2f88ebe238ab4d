//! Tasks from draft to saved file: states, library, submit, watch, save. Knows no window.
//!
//! One way through, the same for a click, a command line and a restart after a crash: a task is added and committed, the
//! queue picks it, its seed images are uploaded, the intent is committed, the paid request leaves once, the service's id
//! is committed, the watcher asks until there are links, the links are committed, the saver streams to a part file,
//! verifies, syncs, renames, and commits. The library is the truth; memory holds only what a restart can rebuild.
#![cfg_attr(test, allow(clippy::unwrap_used, clippy::expect_used, clippy::panic))]

#[macro_use]
pub mod crash;

mod balance;
pub mod change;
pub mod clock;
pub mod diagnostics;
pub mod doubt;
mod engine;
pub mod error;
pub mod export;
pub mod files;
pub mod forecast;
pub mod guarded;
mod handing;
pub mod keys;
pub mod library;
pub mod limit;
pub mod pictures;
mod present;
pub mod price;
pub mod recipe;
mod renaming;
mod repeats;
mod save;
pub mod secrets;
pub mod service;
pub mod settings;
pub mod sheet;
mod silence;
mod stages;
pub mod task;
pub mod timing;
pub mod trouble;
pub mod view;
pub mod words;

pub use engine::{BatchSight, Brought, Engine, Imported, Options, Origin, RowFate, Scope, Sight, Target};
pub use error::{Error, Result};
pub use save::{Found, LookUp, Media};
