//! The teller: hears the balance again after anything that may have moved it, so that what the board shows is what the
//! service says. Free of cost, seldom, and never in the way of a purchase.

use std::sync::Arc;
use std::time::Duration;

use super::submit::ask_balance;
use crate::engine::core::Core;

/// What happens within this time is asked about once; the service gets it to settle, too.
const SETTLE: Duration = Duration::from_secs(3);

pub(crate) async fn run(core: Arc<Core>) {
    loop {
        tokio::select! {
            () = core.balance_moved.notified() => {}
            () = core.closing.cancelled() => return,
        }
        tokio::select! {
            () = tokio::time::sleep(SETTLE) => {}
            () = core.closing.cancelled() => return,
        }
        if let Some(key) = core.keys.to_buy() {
            tokio::select! {
                _ = ask_balance(&core, &key) => {}
                () = core.closing.cancelled() => return,
            }
        }
    }
}
