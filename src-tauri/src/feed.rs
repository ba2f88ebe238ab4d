//! Changes of the engine, told to the page: coalesced for each task, numbered, at most four messages a second in all.
//!
//! A change names a row; what the row holds is read when the message goes out. Snapshots are read under the same lock
//! that messages are numbered under, so that a page can join the two without a gap: what a snapshot does not hold yet
//! comes with a later number. While no page listens, changes are gathered, not lost.

use std::collections::BTreeSet;
use std::sync::Arc;
use std::time::Duration;

use engine::change::Change;
use engine::view::{Delta, LaneCounts, QueueView, Snapshot};
use engine::words::Lang;
use engine::{Engine, Error};
use tokio::sync::Mutex;
use tokio::sync::broadcast::error::{RecvError, TryRecvError};
use tokio::task::JoinHandle;
use tokio::time::Instant;

use crate::settings::Settings;

/// The shortest time between two messages. The first after a silence goes at once; a queue at work changes something
/// many times a second, and nobody reads that fast.
const EVERY: Duration = Duration::from_millis(250);
/// The share of time that may go into reading what changed, on a board so large that this takes long: one part in four.
const REST: u32 = 3;
/// More changed cards than this are not told one by one.
const MOST: usize = 200;

/// Takes a message to the page; `false` where the page is gone.
pub(crate) type Outlet = Box<dyn Fn(Delta) -> bool + Send + Sync>;

/// The one stream of messages.
#[derive(Default)]
pub(crate) struct Feed {
    state: Mutex<State>,
}

#[derive(Default)]
struct State {
    outlet: Option<Outlet>,
    /// Number of the last message.
    seq: u64,
    waiting: Waiting,
    told: Option<(LaneCounts, QueueView)>,
    source: Option<(Engine, Arc<Settings>)>,
}

/// What changed since the last message.
#[derive(Debug, Default)]
struct Waiting {
    tasks: BTreeSet<String>,
    removed: BTreeSet<String>,
    batches: BTreeSet<String>,
    everything: bool,
}

impl Waiting {
    fn note(&mut self, change: Change) {
        match change {
            Change::Task(id) => {
                self.removed.remove(&id);
                self.tasks.insert(id);
            }
            Change::Removed(id) => {
                self.tasks.remove(&id);
                self.removed.insert(id);
            }
            Change::Batch(id) => drop(self.batches.insert(id)),
            Change::Queue => {}
            Change::Everything => self.everything = true,
        }
        if self.everything || self.tasks.len() + self.removed.len() > MOST {
            *self = Self {
                everything: true,
                ..Self::default()
            };
        }
    }

    fn is_empty(&self) -> bool {
        !self.everything && self.tasks.is_empty() && self.removed.is_empty() && self.batches.is_empty()
    }
}

impl Feed {
    /// From now on tells of this engine, on a task of its own; whoever listens hears that everything is to be read
    /// again. It is to be aborted when the engine closes.
    pub(crate) async fn follow(self: &Arc<Self>, engine: Engine, settings: Arc<Settings>) -> JoinHandle<()> {
        let changes = engine.listen();
        let mut state = self.state.lock().await;
        state.waiting.note(Change::Everything);
        state.source = Some((engine, settings));
        drop(state);
        let feed = Arc::clone(self);
        tokio::spawn(async move { feed.tell(changes).await })
    }

    /// Messages go to this page from now on. What gathered while nobody listened goes out at once.
    pub(crate) async fn watch(&self, outlet: Outlet) {
        let mut state = self.state.lock().await;
        state.outlet = Some(outlet);
        state.flush().await;
    }

    /// The board at a glance for a page that is starting; the one that listened is gone. What gathered so far is in it
    /// and is not told: the page would read everything a second time.
    ///
    /// # Errors
    /// The library's; [`Error::Closing`].
    pub(crate) async fn begin(&self, lang: Lang) -> Result<Snapshot, Error> {
        let mut state = self.state.lock().await;
        state.outlet = None;
        let (engine, _) = state.source.as_ref().ok_or(Error::Closing)?;
        let mut snapshot = engine.first_snapshot(lang).await?;
        snapshot.seq = state.seq;
        state.waiting = Waiting::default();
        state.told = Some((snapshot.all, snapshot.queue.clone()));
        Ok(snapshot)
    }

    /// Lets go of the engine, so that its library is free once it has closed.
    pub(crate) async fn leave(&self) {
        self.state.lock().await.source = None;
    }

    /// The board at a glance, with the number of the last message that it holds.
    ///
    /// # Errors
    /// The library's.
    pub(crate) async fn snapshot(&self, engine: &Engine, lang: Lang) -> Result<Snapshot, Error> {
        let state = self.state.lock().await;
        let mut snapshot = engine.snapshot(lang).await?;
        snapshot.seq = state.seq;
        Ok(snapshot)
    }

    async fn tell(&self, mut changes: tokio::sync::broadcast::Receiver<Change>) {
        let mut next = Instant::now();
        loop {
            let first = changes.recv().await;
            tokio::time::sleep_until(next).await;
            let mut state = self.state.lock().await;
            match first {
                Ok(change) => state.waiting.note(change),
                Err(RecvError::Lagged(_)) => state.waiting.note(Change::Everything),
                Err(RecvError::Closed) => return,
            }
            loop {
                match changes.try_recv() {
                    Ok(change) => state.waiting.note(change),
                    Err(TryRecvError::Lagged(_)) => state.waiting.note(Change::Everything),
                    Err(_) => break,
                }
            }
            let began = Instant::now();
            state.flush().await;
            next = began + EVERY.max(began.elapsed() * (REST + 1));
        }
    }
}

impl State {
    async fn flush(&mut self) {
        let (Some(outlet), Some((engine, settings))) = (&self.outlet, &self.source) else {
            return;
        };
        let delta = match read(engine, settings.lang(), &self.waiting, self.seq + 1).await {
            Ok(delta) => delta,
            Err(error) => {
                // Everything that waits goes on waiting; the next change tries again.
                tracing::warn!(%error, "changes could not be read");
                return;
            }
        };
        let told = (delta.all, delta.queue.clone());
        if self.waiting.is_empty() && self.told.as_ref() == Some(&told) {
            return;
        }
        if outlet(delta) {
            self.seq += 1;
            self.told = Some(told);
            self.waiting = Waiting::default();
        } else {
            self.outlet = None;
        }
    }
}

async fn read(engine: &Engine, lang: Lang, waiting: &Waiting, seq: u64) -> Result<Delta, Error> {
    let tasks = engine.cards(waiting.tasks.iter().cloned().collect(), lang).await?;
    let snapshot = engine.snapshot(lang).await?;
    let mut batches = snapshot.batches;
    // A card that is gone does not say which batch it was in.
    if !waiting.everything && waiting.removed.is_empty() {
        let touched: BTreeSet<&String> = tasks
            .iter()
            .map(|card| &card.batch_id)
            .chain(&waiting.batches)
            .collect();
        batches.retain(|batch| touched.contains(&batch.id));
    }
    Ok(Delta {
        seq,
        tasks,
        removed: waiting.removed.iter().cloned().collect(),
        batches,
        all: snapshot.all,
        moved: snapshot.moved,
        queue: snapshot.queue,
        reload: waiting.everything,
    })
}

#[cfg(test)]
mod tests;
