//! What the stages and the commands share: the library, the seams, the limits, and what only matters while the app is
//! open. Everything here can be rebuilt from the library.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError, RwLock};
use std::time::Duration;

use tokio::sync::Notify;
use tokio_util::sync::CancellationToken;
use tokio_util::task::TaskTracker;
use uuid::Uuid;

use super::Options;
use super::outlook::Forecast;
use super::picturing::Judged;
use super::rename::Renames;
use crate::balance::Balance;
use crate::change::{Change, Changes};
use crate::clock::{Clock, Steadiness, local_midnight, millis};
use crate::doubt::verdict::Pace;
use crate::error::Result;
use crate::keys::{Keys, Lock, NamedKey};
use crate::library::order::Orders;
use crate::library::spending::Day;
use crate::library::{Library, due};
use crate::limit::{GENERATIONS, STATUS_QUERIES, SlidingLog};
use crate::repeats::Repeats;
use crate::save::Media;
use crate::save::folder::Closed;
use crate::service::Service;
use crate::silence::Silence;
use crate::stages::Busy;
use crate::timing::{Kind, Plan, Timing};
use crate::trouble::Trouble;
use crate::view::settings::{PollBy, Preferences};

/// Shared by all stages.
pub(crate) struct Core {
    pub(crate) library: Library,
    pub(crate) keys: Arc<dyn Keys>,
    pub(crate) clock: Arc<dyn Clock>,
    pub(crate) changes: Changes,
    /// This run of the app: what was asked for in an earlier one is not bought without a new Start.
    pub(crate) session: String,
    pub(crate) demo: bool,
    /// The address uploads go to, part of what an upload is remembered by.
    pub(crate) upload_host: String,
    pub(crate) generations: SlidingLog,
    pub(crate) status_queries: SlidingLog,
    pub(crate) balance: Balance,
    /// Whether the last paid request got no readable answer, and the service has not been heard since.
    pub(crate) silence: Silence,
    /// Held while a paid request is on the wire: one at a time, so that a crash leaves at most one unknown and a
    /// balance can speak for it.
    pub(crate) till: tokio::sync::Mutex<()>,
    pub(crate) wake_queue: Notify,
    pub(crate) wake_watcher: Notify,
    pub(crate) wake_saver: Notify,
    pub(crate) wake_witness: Notify,
    /// Something was bought, refused or given back: the balance is asked for again.
    pub(crate) balance_moved: Notify,
    pub(crate) closing: CancellationToken,
    pub(crate) work: TaskTracker,
    /// Tasks that are being carried from the queue to an answer.
    pub(crate) carried: Busy,
    /// Bytes of files that are being saved, by task.
    pub(crate) saving: Mutex<HashMap<String, (u64, Option<u64>)>>,
    /// Save folders that could not take a file.
    pub(crate) closed: Closed,
    /// Held while a file gets its name.
    pub(crate) naming: tokio::sync::Mutex<()>,
    /// What the last renames of saved clips did, so that they can be taken back.
    pub(crate) renamed: Mutex<Renames>,
    /// Tries in a row that reached nobody, by task.
    pub(crate) away: Mutex<HashMap<String, usize>>,
    /// One upload at a time for each image.
    pub(crate) uploading: Mutex<HashMap<String, Arc<tokio::sync::Mutex<()>>>>,
    /// What came to nothing in a row.
    pub(crate) repeats: Repeats,
    /// Pictures that rows of a sheet named, as they were judged.
    pub(crate) judged: Judged,
    /// How long generations take, and when to ask about them.
    pub(crate) timing: Timing,
    /// When each batch is expected to be done.
    pub(crate) forecast: Mutex<Forecast>,
    /// The orders of long lists that somebody looks into.
    pub(crate) orders: Mutex<Orders>,
    steadiness: Steadiness,
    service: RwLock<Arc<dyn Service>>,
    media: RwLock<Media>,
    preferences: RwLock<Preferences>,
    pace: RwLock<Pace>,
    queue: Mutex<QueueState>,
    /// Failures of the network in a row, for backing off, and since when (ms).
    failures: Mutex<Option<Failures>>,
    /// When the network was last back after it had been away (ms).
    back_at: Mutex<i64>,
}

/// So many failures in a row, and the network is taken to be away.
const AWAY: u32 = 2;
/// Two polls of one task are never closer, unless the user's own interval is.
const SHORTEST_GAP_MS: i64 = 1_000;

/// Failures of the network in a row.
#[derive(Clone, Copy, Debug)]
struct Failures {
    count: u32,
    since: i64,
    last: tokio::time::Instant,
}

/// Whether tasks are being bought.
#[derive(Clone, Debug, Default)]
pub(crate) struct QueueState {
    pub(crate) running: bool,
    pub(crate) paused_by: Option<Trouble>,
}

impl Core {
    pub(super) fn new(options: Options, library: Library) -> Self {
        Self {
            library,
            keys: options.keys,
            clock: options.clock,
            changes: Changes::default(),
            session: Uuid::now_v7().to_string(),
            demo: options.demo,
            upload_host: options.upload_host,
            generations: SlidingLog::new(GENERATIONS),
            status_queries: SlidingLog::new(STATUS_QUERIES),
            balance: Balance::default(),
            silence: Silence::default(),
            till: tokio::sync::Mutex::default(),
            wake_queue: Notify::new(),
            wake_watcher: Notify::new(),
            wake_saver: Notify::new(),
            wake_witness: Notify::new(),
            balance_moved: Notify::new(),
            closing: CancellationToken::new(),
            work: TaskTracker::new(),
            carried: Busy::default(),
            saving: Mutex::default(),
            closed: Closed::default(),
            naming: tokio::sync::Mutex::default(),
            renamed: Mutex::default(),
            away: Mutex::default(),
            uploading: Mutex::default(),
            repeats: Repeats::default(),
            judged: Judged::default(),
            timing: Timing::default(),
            forecast: Mutex::default(),
            orders: Mutex::default(),
            steadiness: Steadiness::default(),
            service: RwLock::new(options.service),
            media: RwLock::new(options.media),
            preferences: RwLock::new(options.preferences),
            pace: RwLock::default(),
            queue: Mutex::default(),
            failures: Mutex::default(),
            back_at: Mutex::new(i64::MIN),
        }
    }

    pub(crate) fn now(&self) -> i64 {
        let now = self.clock.now_ms();
        self.steadiness.look(now);
        now
    }

    /// Since when (ms) the wall clock can be believed: neither set nor slept over since then.
    pub(crate) fn steady_since(&self) -> i64 {
        self.steadiness.look(self.clock.now_ms())
    }

    pub(crate) fn service(&self) -> Arc<dyn Service> {
        Arc::clone(&self.service.read().unwrap_or_else(PoisonError::into_inner))
    }

    pub(crate) fn media(&self) -> Media {
        self.media.read().unwrap_or_else(PoisonError::into_inner).clone()
    }

    pub(crate) fn preferences(&self) -> Preferences {
        self.preferences.read().unwrap_or_else(PoisonError::into_inner).clone()
    }

    pub(super) fn set_service(&self, service: Arc<dyn Service>, media: Media) {
        *self.service.write().unwrap_or_else(PoisonError::into_inner) = service;
        *self.media.write().unwrap_or_else(PoisonError::into_inner) = media;
    }

    /// When the balance is looked at after a lost answer.
    pub(crate) fn pace(&self) -> Pace {
        *self.pace.read().unwrap_or_else(PoisonError::into_inner)
    }

    pub(super) fn set_pace(&self, pace: Pace) {
        *self.pace.write().unwrap_or_else(PoisonError::into_inner) = pace;
        self.wake_witness.notify_one();
    }

    pub(super) fn set_preferences(&self, preferences: Preferences) {
        *self.preferences.write().unwrap_or_else(PoisonError::into_inner) = preferences;
        self.wake_all();
    }

    pub(crate) fn wake_all(&self) {
        self.wake_queue.notify_one();
        self.wake_watcher.notify_one();
        self.wake_saver.notify_one();
    }

    pub(crate) fn queue(&self) -> QueueState {
        locked(&self.queue).clone()
    }

    /// Lets the queue run, or stops it; a reason stays on the board until the user goes on.
    pub(crate) fn set_queue(&self, running: bool, paused_by: Option<Trouble>) {
        if let Some(trouble) = &paused_by {
            tracing::warn!(target: "trouble", code = trouble.code(), "the queue is paused");
        }
        if running {
            self.repeats.afresh(self.now());
        }
        *locked(&self.queue) = QueueState { running, paused_by };
        self.wake_queue.notify_one();
        self.changes.tell(Change::Queue);
    }

    /// A purchase came to nothing: the queue stops where too many in a row did so for one cause.
    /// `sent_at`: when it left (ms).
    pub(crate) fn came_to_nothing(&self, trouble: &Trouble, sent_at: i64) {
        let times = self.repeats.failed(trouble, sent_at, self.now());
        let most = self.preferences().pause_after;
        if most > 0 && times >= most && self.queue().running {
            let [en, zh] = trouble.told().row.title.map(str::to_owned);
            let service = trouble.service().unwrap_or_default().to_owned();
            self.set_queue(false, Some(Trouble::Repeated { times, en, zh, service }));
        }
    }

    /// What may be spent today.
    pub(crate) fn day_limit(&self) -> Option<Day> {
        let limit = self.preferences().day_limit?;
        let since = self.today();
        Some(Day { limit, since })
    }

    /// Since when it is today (ms).
    pub(crate) fn today(&self) -> i64 {
        local_midnight(self.now())
    }

    /// A task changed: tells it, and wakes whoever may have work now.
    pub(crate) fn told(&self, id: &str) {
        self.changes.tell(Change::Task(id.to_owned()));
        self.wake_queue.notify_one();
    }

    /// The key to ask about something with: the one that bought it, else the one that buys now.
    pub(crate) fn key_for(&self, key_id: &str) -> Option<NamedKey> {
        self.keys.by_id(key_id).or_else(|| self.keys.to_buy())
    }

    /// Why there is nothing to buy with.
    pub(crate) fn no_key(&self) -> Trouble {
        self.keys.locked().map_or(Trouble::NoKey, |locked| Trouble::KeyLocked {
            name: locked.name,
            gone: locked.lock == Lock::Gone,
        })
    }

    /// The user's time between two status queries of one task, in ms.
    pub(crate) fn interval_ms(&self) -> i64 {
        millis(self.preferences().poll_interval())
    }

    /// How long to wait before a task is asked about again, in ms, where it was not done after `elapsed` ms: by the
    /// history of its kind where there is enough of it, else the user's interval.
    pub(crate) fn gap_ms(&self, kind: Option<Kind>, elapsed: i64) -> i64 {
        // Nothing takes longer, and nothing less than no time: the clock was set, and nobody knows how long it has been.
        const BELIEVED_MS: i64 = 7_200_000;
        let interval = self.interval_ms();
        let believed = (0..=BELIEVED_MS).contains(&elapsed);
        match kind.filter(|_| believed).and_then(|kind| self.plan(kind)) {
            Some(plan) => {
                let gap = plan.gap(elapsed as f64 / 1000.0);
                // A little either way, so that what was bought in one breath does not come back in one.
                let shift = (0.1 * gap).min(1.0) * rand::random_range(-1.0..1.0);
                millis(Duration::from_secs_f64((gap + shift).max(0.0))).max(interval.min(SHORTEST_GAP_MS))
            }
            None => interval,
        }
    }

    /// The plan for a kind, where polls go by history and there is enough of it.
    pub(crate) fn plan(&self, kind: Kind) -> Option<Arc<Plan>> {
        match self.preferences().poll_by {
            PollBy::History => self.timing.plan(kind),
            PollBy::Interval => None,
        }
    }

    /// Now, and how far ahead a due time can lie: see [`due::Moment`].
    pub(crate) fn moment(&self) -> due::Moment {
        // Longer than the longest wait that is asked for and the longest gap of a plan.
        const LONGEST_MS: i64 = 340_000;
        due::Moment {
            now: self.now(),
            horizon: LONGEST_MS.max(self.interval_ms() * 14),
        }
    }

    /// The network failed once more: how long everybody waits before the next try.
    pub(crate) fn network_failed(&self) -> Duration {
        // What fails within a second failed for one reason, and counts once.
        const BURST: Duration = Duration::from_secs(1);
        let now = tokio::time::Instant::now();
        let mut failures = locked(&self.failures);
        let counted = match *failures {
            None => Failures {
                count: 1,
                since: self.now(),
                last: now,
            },
            Some(known) if now.duration_since(known.last) < BURST => known,
            Some(known) => Failures {
                count: known.count.saturating_add(1),
                last: now,
                ..known
            },
        };
        *failures = Some(counted);
        let base = [1, 2, 5, 12, 30, 60][usize::try_from(counted.count - 1).unwrap_or(5).min(5)];
        // Jitter of a quarter either way, so that a thousand tasks do not come back in one breath.
        Duration::from_millis(base * 1000).mul_f64(rand::random_range(0.75..1.25))
    }

    /// The network answered.
    pub(crate) fn network_works(&self) {
        let before = locked(&self.failures).take();
        if before.is_some_and(|failures| failures.count >= AWAY) {
            *locked(&self.back_at) = self.now();
        }
    }

    /// Since when (ms) the service could be asked: the computer was awake, the clock steady and the network there.
    pub(crate) fn could_ask_since(&self) -> i64 {
        let (steady, back, now) = (self.steady_since(), *locked(&self.back_at), self.now());
        // One that lies ahead was noted before the clock was set back.
        if back <= now { steady.max(back) } else { steady }
    }

    /// Where the network has failed twice in a row and nothing was heard since: how long to wait between two tries of
    /// one query, so that its return is noticed within ten seconds and nothing else is spent on it.
    pub(crate) fn network_is_away(&self) -> Option<Duration> {
        let count = locked(&self.failures).filter(|failures| failures.count >= AWAY)?.count;
        let base = [1_000, 2_000, 4_000, 8_000][usize::try_from(count - AWAY).unwrap_or(3).min(3)];
        Some(Duration::from_millis(base).mul_f64(rand::random_range(0.75..1.25)))
    }

    /// Since when the service has not answered (ms), where it does not.
    pub(crate) fn unreachable_since(&self) -> Option<i64> {
        locked(&self.failures).map(|failures| failures.since)
    }

    /// Writes, and goes on trying while the disk is full or the library busy: for what must never be forgotten once it
    /// is known, such as a task id that was paid for.
    pub(crate) async fn write_surely<T, F>(&self, work: F) -> Result<T>
    where
        T: Send + 'static,
        F: Fn(&rusqlite::Transaction<'_>) -> Result<T> + Clone + Send + 'static,
    {
        loop {
            match self.library.write(work.clone()).await {
                Err(crate::Error::Sqlite(error)) if passing(&error) => {
                    tracing::error!(%error, "the library could not be written; trying again");
                    tokio::time::sleep(Duration::from_secs(1)).await;
                }
                other => return other,
            }
        }
    }
}

fn passing(error: &rusqlite::Error) -> bool {
    use rusqlite::ErrorCode as C;
    matches!(
        error.sqlite_error_code(),
        Some(C::DiskFull | C::SystemIoFailure | C::DatabaseBusy | C::DatabaseLocked | C::CannotOpen | C::ReadOnly)
    )
}

pub(crate) fn locked<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}
