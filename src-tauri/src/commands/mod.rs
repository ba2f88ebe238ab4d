//! What the page may ask, by domain. Each command is thin: take the arguments, ask the engine, answer in the user's
//! language. Every one is async (a synchronous one would run on the window's thread), listed in `build.rs` and granted
//! by name in `capabilities/main.json`; a test keeps the three together.

pub(crate) mod away;
pub(crate) mod batches;
pub(crate) mod board;
pub(crate) mod bulk;
pub(crate) mod doubt;
pub(crate) mod files;
pub(crate) mod history;
pub(crate) mod keys;
pub(crate) mod many;
pub(crate) mod pictures;
pub(crate) mod queue;
pub(crate) mod report;
pub(crate) mod results;
pub(crate) mod review;
pub(crate) mod settings;
pub(crate) mod sheets;
pub(crate) mod tasks;
pub(crate) mod templates;
#[cfg(test)]
mod tests;
pub(crate) mod views;

use std::sync::Arc;

use crate::shop::Shop;

/// The app's state, as commands get it.
pub(crate) type Open<'a> = tauri::State<'a, Arc<Shop>>;
