//! The stages that carry a task from the queue to the disk, and the teller and the witness beside them.
//!
//! Each picks its work from the library by state and due time, does one step, commits the outcome with a
//! compare-and-set and tells the change. None keeps anything that a restart would need.

pub(crate) mod keeper;
pub(crate) mod midnight;
pub(crate) mod prepare;
pub(crate) mod queue;
pub(crate) mod saver;
pub(crate) mod submit;
pub(crate) mod teller;
pub(crate) mod turns;
mod waiting;
pub(crate) mod watcher;
pub(crate) mod witness;

use std::collections::{HashMap, HashSet};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use tokio::sync::Notify;

use crate::clock::until;
use crate::engine::core::{Core, locked};
use crate::trouble::Trouble;

/// The longest a stage sleeps. Timers stop while a computer sleeps, so the wall clock is looked at again this often.
const LONGEST_NAP: Duration = Duration::from_secs(5);

/// Tasks that a stage is busy with, and how often.
#[derive(Clone, Debug, Default)]
pub(crate) struct Busy(Arc<Mutex<HashMap<String, usize>>>);

impl Busy {
    /// Marks a task as taken up; `None` if it is already. Dropping the mark frees it.
    pub(crate) fn take(&self, id: &str) -> Option<BusyMark> {
        if self.has(id) { None } else { Some(self.also(id)) }
    }

    /// Marks a task as taken up once more, though it may be already.
    pub(crate) fn also(&self, id: &str) -> BusyMark {
        *locked(&self.0).entry(id.to_owned()).or_default() += 1;
        BusyMark {
            busy: self.clone(),
            id: id.to_owned(),
        }
    }

    pub(crate) fn has(&self, id: &str) -> bool {
        locked(&self.0).contains_key(id)
    }

    /// Everything that is taken up now.
    pub(crate) fn all(&self) -> HashSet<String> {
        locked(&self.0).keys().cloned().collect()
    }
}

/// See [`Busy::take`].
#[derive(Debug)]
pub(crate) struct BusyMark {
    busy: Busy,
    id: String,
}

impl Drop for BusyMark {
    fn drop(&mut self) {
        let mut marks = locked(&self.busy.0);
        if let Some(count) = marks.get_mut(&self.id) {
            *count -= 1;
            if *count == 0 {
                marks.remove(&self.id);
            }
        }
    }
}

/// Sleeps until the next due time, a wake-up, or the end. Returns `false` when the app is closing.
pub(crate) async fn nap(core: &Core, wake: &Notify, next_due: Option<i64>) -> bool {
    let due = next_due.map_or(LONGEST_NAP, |due| until(due, core.now()).min(LONGEST_NAP));
    tokio::select! {
        () = core.closing.cancelled() => false,
        () = wake.notified() => true,
        () = tokio::time::sleep(due.max(Duration::from_millis(1))) => true,
    }
}

/// After an error of the library: it is told in the log, and tried again in a second.
pub(crate) async fn stumble(core: &Core, stage: &str, error: &crate::Error) {
    tracing::error!(stage, %error, "a stage could not use the library");
    if core.library.is_damaged() {
        core.set_queue(false, Some(Trouble::LibraryDamaged));
    }
    tokio::select! {
        () = core.closing.cancelled() => (),
        () = tokio::time::sleep(Duration::from_secs(1)) => (),
    }
}
