//! For somebody who is not there: notices, the dock, the tray, sleep held off, the report of a run; and the question
//! before the window closes while something runs.
//!
//! What is told, and when, is decided in [`tell`], which knows no window; here it is read and done.

mod awake;
mod notice;
mod tell;
mod tray;
mod words;

use std::collections::VecDeque;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use engine::view::watch::{GoingOn, RunReport};
use engine::{Engine, Error, Sight};
use tauri::window::{ProgressBarState, ProgressBarStatus};
use tauri::{AppHandle, Emitter as _, Manager as _};
use tokio::sync::broadcast::error::TryRecvError;

use crate::shop::Shop;
use crate::{WINDOW, leave};
use awake::Awake;
use tell::{Going, Progress, Told};
use tray::{Chosen, Tray};

/// The page hears by this event that something waits for it; what that is, it asks for.
const EVENT: &str = "away";
/// A report waits.
const REPORT: &str = "report";
/// Whether the window may close is to be asked.
const CLOSING: &str = "closing";

/// Two looks are never closer than this.
const EVERY: Duration = Duration::from_secs(1);
/// While something runs it is looked at this often, whatever changes: times pass by themselves.
const LONGEST: Duration = Duration::from_secs(5);
/// A library that does not say within this time what goes on keeps nobody from leaving.
const READ: Duration = Duration::from_millis(800);
/// A page that does not take the question up within this time is not there to ask it.
const ASKED: Duration = Duration::from_secs(3);
/// Reports that wait for a page; older ones go.
const REPORTS: usize = 8;

/// What is known of whoever may be looking, and what waits for them.
#[derive(Default)]
pub(crate) struct Away {
    /// Nobody has the window before them.
    unwatched: AtomicBool,
    /// The window is put away in the tray.
    hidden: AtomicBool,
    tray: Mutex<Option<Tray>>,
    reports: Mutex<VecDeque<RunReport>>,
    /// The questions so far whether to close, and the last one that the page took up.
    asked: AtomicU64,
    heard: AtomicU64,
}

impl Away {
    /// The window came to the front, or went.
    pub(crate) fn focused(&self, focused: bool) {
        self.unwatched.store(!focused, Ordering::Relaxed);
    }

    fn is_looked_at(&self) -> bool {
        !self.unwatched.load(Ordering::Relaxed) && !self.hidden.load(Ordering::Relaxed)
    }

    /// Whether there is an icon beside the clock from which the window comes back.
    pub(crate) fn has_tray(&self) -> bool {
        locked(&self.tray).is_some()
    }

    /// The next report for the page.
    pub(crate) fn next_report(&self) -> Option<RunReport> {
        locked(&self.reports).pop_front()
    }

    /// The page asks the user whether to close.
    pub(crate) fn take_up(&self) {
        self.heard.store(self.asked.load(Ordering::SeqCst), Ordering::SeqCst);
    }
}

/// Puts the window before the user.
pub(crate) fn show_window(app: &AppHandle) {
    app.state::<Away>().hidden.store(false, Ordering::Relaxed);
    if let Some(window) = app.get_webview_window(WINDOW) {
        let _ = window.unminimize();
        let _ = window.show();
        let _ = window.set_focus();
    }
}

/// Puts the window away; the tray brings it back.
pub(crate) fn hide_window(app: &AppHandle) {
    app.state::<Away>().hidden.store(true, Ordering::Relaxed);
    if let Some(window) = app.get_webview_window(WINDOW) {
        let _ = window.hide();
    }
}

/// The window is to close: at once where nothing runs, else when the user has said so.
pub(crate) fn close_asked(app: &AppHandle) {
    let app = app.clone();
    tauri::async_runtime::spawn(async move {
        let engine = app.state::<Arc<Shop>>().engines().borrow().clone();
        if !going_on(engine.as_ref()).await.working {
            return go(&app);
        }
        let away = app.state::<Away>();
        let question = away.asked.fetch_add(1, Ordering::SeqCst) + 1;
        show_window(&app);
        let told = app.emit_to(WINDOW, EVENT, CLOSING);
        tokio::time::sleep(ASKED).await;
        // A page that has died asks nobody; what goes on is picked up at the next start either way.
        if told.is_err() || away.heard.load(Ordering::SeqCst) < question {
            tracing::warn!("the page did not ask whether to close");
            go(&app);
        }
    });
}

/// What goes on in this engine; nothing where it does not say.
pub(crate) async fn going_on(engine: Option<&Engine>) -> GoingOn {
    let Some(engine) = engine else {
        return GoingOn::default();
    };
    match tokio::time::timeout(READ, engine.going_on()).await {
        Ok(Ok(going)) => going,
        _ => GoingOn::default(),
    }
}

/// The window goes at once; the app ends when the request on the wire was answered.
pub(crate) fn go(app: &AppHandle) {
    if let Some(window) = app.get_webview_window(WINDOW) {
        let _ = window.hide();
    }
    leave(app);
}

/// Puts the icon beside the clock, where the desktop has a place for it.
fn put_tray(app: &AppHandle) {
    let made = app.clone();
    let _ = app.run_on_main_thread(move || {
        let lang = made.state::<Arc<Shop>>().lang();
        match Tray::new(&made, lang, on_tray) {
            Ok(tray) => *locked(&made.state::<Away>().tray) = Some(tray),
            Err(error) => tracing::info!(%error, "this desktop has no place for an icon"),
        }
    });
}

fn on_tray(app: &AppHandle, chosen: Chosen) {
    match chosen {
        Chosen::Show => show_window(app),
        Chosen::Quit => close_asked(app),
        Chosen::Pause => {
            let shop = Arc::clone(&app.state::<Arc<Shop>>());
            let app = app.clone();
            tauri::async_runtime::spawn(async move {
                let Ok(desk) = shop.desk().await else { return };
                if desk.engine.is_running() {
                    desk.engine.pause();
                } else if desk.engine.resume().is_err() {
                    // Nothing to buy with: the window says so.
                    show_window(&app);
                }
            });
        }
    }
}

/// Watches whichever engine is open, for as long as the app is.
pub(crate) async fn watch(app: AppHandle, shop: Arc<Shop>) {
    put_tray(&app);
    let mut engines = shop.engines();
    let mut awake = Awake::new();
    loop {
        let engine = engines.borrow_and_update().clone();
        let changed = match engine {
            Some(engine) => tokio::select! {
                () = follow(&app, &shop, &engine, &mut awake) => None,
                changed = engines.changed() => Some(changed),
            },
            None => None,
        };
        awake.hold(false);
        show_progress(&app, None);
        let changed = match changed {
            Some(changed) => changed,
            // There is none, or it is closing: until there is another one.
            None => engines.changed().await,
        };
        if changed.is_err() {
            return;
        }
    }
}

async fn follow(app: &AppHandle, shop: &Shop, engine: &Engine, awake: &mut Awake) {
    let mut changes = engine.listen();
    let mut told = Told::default();
    let mut shown = None;
    loop {
        let going = match look(app, shop, engine, &mut told, &mut shown, awake).await {
            Ok(sight) => !sight.batches.is_empty(),
            Err(Error::Closing) => return,
            Err(error) => {
                tracing::debug!(%error, "what goes on could not be read");
                true
            }
        };
        tokio::time::sleep(EVERY).await;
        // What came meanwhile is seen in one look.
        let mut came = false;
        while matches!(changes.try_recv(), Ok(_) | Err(TryRecvError::Lagged(_))) {
            came = true;
        }
        if !came {
            let longest = if going { LONGEST } else { LONGEST * 12 };
            let _ = tokio::time::timeout(longest, changes.recv()).await;
        }
    }
}

async fn look(
    app: &AppHandle,
    shop: &Shop,
    engine: &Engine,
    told: &mut Told,
    shown: &mut Option<Progress>,
    awake: &mut Awake,
) -> Result<Sight, Error> {
    let away = app.state::<Away>();
    let (preferences, lang) = {
        let settings = shop.settings().await?;
        (settings.preferences(), settings.lang())
    };
    let sight = engine.sight().await?;
    let now = jiff::Timestamp::now().as_millisecond();
    let mut ended = Vec::new();
    for (batch, since) in told.look(now, &sight) {
        ended.push(engine.run_report(batch, since, now).await?);
    }
    let mut runs = Vec::new();
    for run in told.runs(&sight) {
        let (done, needs) = engine.ended_since(run.batch.clone(), run.since).await?;
        runs.push((run, done + needs));
    }
    if let Some(notice) = told.tell(now, &sight, &ended, away.is_looked_at()) {
        let (title, text) = words::notice(&notice, lang);
        tracing::info!(title, "a notice was shown");
        notice::show(app.clone(), title, text, words::tray(true, lang).show);
    }
    report(app, &away, ended);
    let progress = tell::progress(&sight, &runs);
    if progress != *shown {
        *shown = progress;
        show_progress(app, progress);
    }
    awake.hold(tell::keeps_awake(&sight, preferences.keep_awake));
    if let Some(tray) = locked(&away.tray).as_mut() {
        tray.say(sight.buying, !sight.batches.is_empty(), lang);
    }
    Ok(sight)
}

/// Lays the reports of long runs ready, and tells the page.
fn report(app: &AppHandle, away: &Away, ended: Vec<RunReport>) {
    let worth: Vec<_> = ended.into_iter().filter(tell::is_worth_a_report).collect();
    if worth.is_empty() {
        return;
    }
    let mut reports = locked(&away.reports);
    reports.extend(worth);
    while reports.len() > REPORTS {
        reports.pop_front();
    }
    drop(reports);
    let _ = app.emit_to(WINDOW, EVENT, REPORT);
}

/// On the dock or the task bar; nothing takes it away.
fn show_progress(app: &AppHandle, progress: Option<Progress>) {
    let Some(window) = app.get_webview_window(WINDOW) else {
        return;
    };
    let status = match progress.map(|progress| progress.state) {
        None => ProgressBarStatus::None,
        Some(Going::On) => ProgressBarStatus::Normal,
        Some(Going::Paused) => ProgressBarStatus::Paused,
        Some(Going::Stopped) => ProgressBarStatus::Error,
    };
    let shown = window.set_progress_bar(ProgressBarState {
        status: Some(status),
        progress: progress.map(|progress| progress.percent),
    });
    if let Err(error) = shown {
        tracing::debug!(%error, "no progress on the task bar");
    }
}

fn locked<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}
