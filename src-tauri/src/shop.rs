//! The open engine: the real one, or the demo's; which of them, and how one is exchanged for the other.
//!
//! One engine is open at a time. The window does not wait for it: whoever needs it first opens it, and a failure
//! (another window has the library, a newer version made it) is told to whoever asked and tried again with the next
//! question. It decides nothing about tasks.

use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use engine::settings::{DEMO_FOLDER, data_dir};
use engine::view::settings::Preferences;
use engine::words::Lang;
use engine::{Engine, Error, Scope};
use tokio::sync::{Mutex, OnceCell, watch};

use crate::feed::Feed;
use crate::ipc::{Answer, IpcError};
use crate::media::Media;
use crate::settings::Settings;
use crate::store;
use crate::supply::{self, Supply};

/// How long a request that is on the wire may take to be answered when an engine closes.
pub(crate) const PATIENCE: Duration = Duration::from_secs(10);

/// The app's one state.
pub(crate) struct Shop {
    directory: Option<PathBuf>,
    /// `KIE_API_KEY` as it was when the app started.
    key: Option<String>,
    stores: Box<store::Open>,
    settings: OnceCell<Arc<Settings>>,
    open: Mutex<Option<Opened>>,
    /// One that was exchanged and is still hearing its last answer.
    leaving: Mutex<Option<tokio::task::JoinHandle<()>>>,
    /// What the media server serves from.
    current: watch::Sender<Option<Engine>>,
    feed: Arc<Feed>,
    media: OnceCell<Media>,
    closing: AtomicBool,
}

struct Opened {
    engine: Engine,
    demo: bool,
    /// Lives and ends with its engine: the stand-in service, the teller of changes.
    _supply: Supply,
    telling: tokio::task::JoinHandle<()>,
}

/// What a command works with.
pub(crate) struct Desk {
    /// The engine.
    pub(crate) engine: Engine,
    /// The language to answer in.
    pub(crate) lang: Lang,
    /// Whether this is the demo.
    pub(crate) demo: bool,
    /// Settings and keys.
    pub(crate) settings: Arc<Settings>,
}

impl Shop {
    /// Nothing is opened yet. `directory`: where data lie, where that is known; `key`: the one from the environment.
    pub(crate) fn new(directory: Option<PathBuf>, key: Option<String>, stores: Box<store::Open>) -> Self {
        Self {
            directory,
            key,
            stores,
            settings: OnceCell::new(),
            open: Mutex::new(None),
            leaving: Mutex::new(None),
            current: watch::Sender::new(None),
            feed: Arc::default(),
            media: OnceCell::new(),
            closing: AtomicBool::new(false),
        }
    }

    /// The engine and all that a command needs; opens it where it is not open.
    pub(crate) async fn desk(&self) -> Answer<Desk> {
        let settings = self.settings().await.map_err(|error| self.say(&error))?;
        let lang = settings.lang();
        let mut open = self.open.lock().await;
        if self.closing.load(Ordering::Acquire) {
            return Err(self.say(&Error::Closing));
        }
        if open.is_none() {
            let opened = self.open(&settings, settings.preferences().demo).await;
            let opened = opened.map_err(|error| IpcError::new(&error, lang))?;
            if settings.preferences().resume_on_open {
                resume(&opened.engine).await;
            }
            *open = Some(opened);
        }
        let Some(opened) = open.as_ref() else {
            return Err(self.say(&Error::Closing));
        };
        Ok(Desk {
            engine: opened.engine.clone(),
            lang,
            demo: opened.demo,
            settings,
        })
    }

    /// Settings and keys, without an engine.
    ///
    /// # Errors
    /// No place for data; files that cannot be read.
    pub(crate) async fn settings(&self) -> Result<Arc<Settings>, Error> {
        let opened = self.settings.get_or_try_init(|| async {
            let directory = self.directory()?;
            let environment = self.key.clone();
            let keychain = engine::keys::keychain::of_this_computer();
            let settings = Settings::open(directory, environment, keychain, &*self.stores).map(Arc::new)?;
            // Off the window's thread, and nobody waits for a password to be typed: what opens later is heard later.
            let asked = Arc::clone(&settings);
            let asking = tokio::task::spawn_blocking(move || asked.settle_keys());
            let _ = tokio::time::timeout(engine::keys::safe::AT_START, asking).await;
            Ok(settings)
        });
        opened.await.cloned()
    }

    /// The language to speak, also where nothing could be opened.
    pub(crate) fn lang(&self) -> Lang {
        let system = || Lang::from_locale(&sys_locale::get_locale().unwrap_or_default());
        self.settings.get().map_or_else(system, |settings| settings.lang())
    }

    /// An error as the page hears it.
    pub(crate) fn say(&self, error: &Error) -> IpcError {
        IpcError::new(error, self.lang())
    }

    /// The engine that is open, whenever another one is.
    pub(crate) fn engines(&self) -> watch::Receiver<Option<Engine>> {
        self.current.subscribe()
    }

    /// Tells the page of changes.
    pub(crate) fn feed(&self) -> &Arc<Feed> {
        &self.feed
    }

    /// What the page puts before the path of a clip, a poster, an image; serves from the first time it is asked.
    ///
    /// # Errors
    /// No port on 127.0.0.1.
    pub(crate) async fn media_base(&self) -> Result<String, Error> {
        let served = self.media.get_or_try_init(|| Media::serve(self.current.subscribe()));
        match served.await {
            Ok(media) => Ok(media.base().to_owned()),
            Err(error) => Err(Error::io(Path::new("127.0.0.1"), error)),
        }
    }

    /// Exchanges the real engine for the demo's, or back, and remembers the choice. The new one is opened first: where
    /// that fails, nothing changed.
    ///
    /// # Errors
    /// What opening says; the disk's.
    pub(crate) async fn set_demo(&self, demo: bool) -> Result<(), Error> {
        let settings = self.settings().await?;
        let mut open = self.open.lock().await;
        if self.closing.load(Ordering::Acquire) {
            return Err(Error::Closing);
        }
        let chosen = Preferences {
            demo,
            ..settings.preferences()
        };
        if open.as_ref().is_some_and(|opened| opened.demo == demo) {
            return settings.choose(chosen).map(drop);
        }
        // The one left last time may still be closing; two of one directory cannot be open.
        let mut leaving = self.leaving.lock().await;
        if let Some(closing) = leaving.take() {
            let _ = closing.await;
        }
        let before = settings.preferences();
        settings.choose(chosen)?;
        match self.open(&settings, demo).await {
            Ok(opened) => {
                if let Some(left) = open.replace(opened) {
                    *leaving = Some(tokio::spawn(left.close()));
                }
                Ok(())
            }
            Err(error) => {
                settings.choose(before)?;
                Err(error)
            }
        }
    }

    /// Takes over changed choices, once they are kept.
    ///
    /// # Errors
    /// A proxy that cannot be used.
    pub(crate) async fn take_over(&self, before: &Preferences, now: &Preferences) -> Result<(), Error> {
        if before.demo != now.demo {
            self.set_demo(now.demo).await?;
        }
        let open = self.open.lock().await;
        let Some(opened) = open.as_ref() else { return Ok(()) };
        if before.proxy != now.proxy && !opened.demo {
            let (client, media) = supply::real_client(now)?;
            opened.engine.set_service(Arc::new(client), media);
        }
        opened.engine.set_preferences(supply::preferences(now, opened.demo));
        Ok(())
    }

    /// Closes for good: nothing is opened afterwards.
    pub(crate) async fn close(&self) {
        self.closing.store(true, Ordering::Release);
        let opened = self.open.lock().await.take();
        self.current.send_replace(None);
        self.feed.leave().await;
        if let Some(opened) = opened {
            opened.close().await;
        }
        if let Some(closing) = self.leaving.lock().await.take() {
            let _ = closing.await;
        }
    }

    /// Whether [`Shop::close`] was called.
    pub(crate) fn is_closing(&self) -> bool {
        self.closing.load(Ordering::Acquire)
    }

    /// Where data lie, where that is known; the demo's are inside.
    pub(crate) fn data_dir(&self) -> Option<PathBuf> {
        self.directory.clone()
    }

    fn directory(&self) -> Result<&Path, Error> {
        match &self.directory {
            Some(directory) => Ok(directory),
            None => Err(data_dir(None).err().unwrap_or(Error::Closing)),
        }
    }

    async fn open(&self, settings: &Arc<Settings>, demo: bool) -> Result<Opened, Error> {
        let mut directory = self.directory()?.to_owned();
        if demo {
            directory.push(DEMO_FOLDER);
        }
        let (engine, supply) = supply::open(&directory, settings, demo).await?;
        let telling = self.feed.follow(engine.clone(), Arc::clone(settings)).await;
        engine.run();
        self.current.send_replace(Some(engine.clone()));
        tracing::info!(demo, "library opened");
        Ok(Opened {
            engine,
            demo,
            _supply: supply,
            telling,
        })
    }
}

impl Opened {
    async fn close(self) {
        self.telling.abort();
        self.engine.close(PATIENCE).await;
    }
}

/// Goes on with what was queued when the app was last closed: only where the user chose so.
async fn resume(engine: &Engine) {
    match engine.start(Scope::LeftOver, None).await {
        Ok(0) => engine.pause(),
        Ok(count) => tracing::info!(count, "going on with the queue, as chosen"),
        Err(error) => tracing::warn!(%error, "the queue waits for Start"),
    }
}

#[cfg(test)]
mod tests;
