//! Midnight: what was spent and saved "today" is told again when the user's day ends, also where nothing else happens.

use std::sync::Arc;
use std::time::Duration;

use crate::change::Change;
use crate::clock::local_midnight;
use crate::engine::core::Core;

/// Timers stop while a computer sleeps, and time zones change on a train: the day is looked at this often.
const EVERY: Duration = Duration::from_secs(20);

pub(crate) async fn run(core: Arc<Core>) {
    let mut day = local_midnight(core.now());
    loop {
        tokio::select! {
            () = core.closing.cancelled() => return,
            () = tokio::time::sleep(EVERY) => {}
        }
        let now = local_midnight(core.now());
        if now != day {
            day = now;
            core.changes.tell(Change::Queue);
        }
    }
}
