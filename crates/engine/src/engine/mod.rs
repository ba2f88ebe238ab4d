//! The engine: opened on a data directory, it carries tasks; a window or a command line tells it what the user wants.

mod adopt;
mod ahead;
mod ask;
mod attach;
mod board;
mod bring;
mod bulk;
pub(crate) mod core;
mod handing;
mod import;
mod look;
mod many;
mod order;
mod outlook;
pub(crate) mod picturing;
mod placing;
pub(crate) mod recover;
mod relink;
pub(crate) mod rename;
mod returning;
mod review;
mod symptoms;
mod templates;
mod views;

use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;

use tokio::sync::broadcast;

use crate::change::Change;
use crate::clock::Clock;
use crate::doubt::verdict::Pace;
use crate::error::Result;
use crate::keys::Keys;
use crate::library::Library;
use crate::renaming::settle;
use crate::save::Media;
use crate::service::Service;
use crate::stages::{keeper, midnight, queue, saver, teller, watcher, witness};
use crate::view::settings::Preferences;
use core::Core;

pub use ask::Scope;
pub use bring::Brought;
pub use import::{Imported, Origin, RowFate, Target};
pub use outlook::{BatchSight, Sight};

/// What an engine is made of.
pub struct Options {
    /// Where the library, kept images and posters lie. One engine at a time.
    pub data_dir: PathBuf,
    /// The service.
    pub service: Arc<dyn Service>,
    /// The address uploads go to; part of what an upload is remembered by.
    pub upload_host: String,
    /// The client for media hosts.
    pub media: Media,
    /// The keys.
    pub keys: Arc<dyn Keys>,
    /// The wall clock.
    pub clock: Arc<dyn Clock>,
    /// Limits and the rest.
    pub preferences: Preferences,
    /// Demo mode: cards are marked.
    pub demo: bool,
}

/// An open engine; cheap to clone.
#[derive(Clone)]
pub struct Engine {
    core: Arc<Core>,
}

impl Engine {
    /// Opens a data directory. What a crash left half way is put right here: a request that was on the wire becomes
    /// unconfirmed, images that were uploading go back into the queue. Nothing is sent. A damaged library is put back
    /// from a backup, one from a newer version only read: [`Engine::library_notice`] tells.
    ///
    /// # Errors
    /// [`crate::Error::Locked`], or input/output.
    pub async fn open(options: Options) -> Result<Self> {
        let directory = options.data_dir.clone();
        let library = tokio::task::spawn_blocking(move || Library::open(&directory))
            .await
            .map_err(|_| crate::Error::Closing)??;
        let core = Core::new(options, library);
        if !core.library.is_read_only() {
            recover::after_restart(&core).await?;
        }
        Ok(Self { core: Arc::new(core) })
    }

    /// Starts the stages on the current runtime: what was bought is watched and saved at once; nothing is bought
    /// before the user asks. The balance is asked for, where there is a key.
    pub fn run(&self) {
        if self.core.library.is_read_only() {
            return;
        }
        self.hear_balance();
        let work = &self.core.work;
        let core = Arc::clone(&self.core);
        work.spawn(async move {
            if let Err(error) = settle::settle(&core).await {
                tracing::error!(%error, "renames that were cut off could not be settled");
            }
        });
        work.spawn(queue::run(Arc::clone(&self.core)));
        work.spawn(watcher::run(Arc::clone(&self.core)));
        work.spawn(saver::run(Arc::clone(&self.core)));
        work.spawn(teller::run(Arc::clone(&self.core)));
        work.spawn(witness::run(Arc::clone(&self.core)));
        work.spawn(keeper::run(Arc::clone(&self.core)));
        work.spawn(midnight::run(Arc::clone(&self.core)));
    }

    /// Stops: no new request leaves, and one that is on the wire gets `patience` to be answered. Then the data
    /// directory is free for another engine (as soon as nothing is on the wire); this one can still be read.
    pub async fn close(&self, patience: Duration) {
        self.core.closing.cancel();
        self.core.work.close();
        let _ = tokio::time::timeout(patience, self.core.work.wait()).await;
        if let Ok(_till) = self.core.till.try_lock() {
            return self.give_up_directory().await;
        }
        // A paid request is still on the wire: its answer is kept, should the process live to hear it.
        let engine = self.clone();
        tokio::spawn(async move {
            let _till = engine.core.till.lock().await;
            engine.give_up_directory().await;
        });
    }

    async fn give_up_directory(&self) {
        let library = self.core.library.clone();
        let _ = tokio::task::spawn_blocking(move || library.close()).await;
    }

    /// Hears of changes from now on.
    pub fn listen(&self) -> broadcast::Receiver<Change> {
        self.core.changes.listen()
    }

    /// Takes over changed settings.
    pub fn set_preferences(&self, preferences: Preferences) {
        self.core.set_preferences(preferences);
    }

    /// Takes over a client with other settings (a proxy).
    pub fn set_service(&self, service: Arc<dyn Service>, media: Media) {
        self.core.set_service(service, media);
    }

    /// Changes when the balance is looked at after a lost answer: for proofs, which cannot wait for minutes.
    pub fn set_pace(&self, pace: Pace) {
        self.core.set_pace(pace);
    }

    /// The library, for what the shell serves from it.
    pub fn library(&self) -> &Library {
        &self.core.library
    }
}
