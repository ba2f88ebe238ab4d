//! The keeper: a backup each day, beside everything else and in nobody's way.

use std::sync::Arc;
use std::time::Duration;

use crate::engine::core::Core;
use crate::error::Result;

/// How old the newest backup gets.
const DAY_MS: i64 = 24 * 60 * 60 * 1000;
/// The first moments belong to the user.
const FIRST: Duration = Duration::from_secs(60);
/// Timers stop while a computer sleeps, so it is looked at again this often.
const EVERY: Duration = Duration::from_secs(600);

pub(crate) async fn run(core: Arc<Core>) {
    let mut wait = FIRST;
    loop {
        tokio::select! {
            () = core.closing.cancelled() => return,
            () = tokio::time::sleep(wait) => {}
        }
        wait = EVERY;
        if let Err(error) = back_up_if_due(&core).await {
            super::stumble(&core, "keeper", &error).await;
        }
    }
}

async fn back_up_if_due(core: &Core) -> Result<()> {
    // A clock that was set back by days must not put the next backup off by days.
    let recent = |at: i64| (core.now() - at).abs() < DAY_MS;
    if core.library.backed_up_at().await.is_some_and(recent) {
        return Ok(());
    }
    let anything =
        |db: &rusqlite::Connection| Ok(db.query_row("SELECT EXISTS (SELECT 1 FROM batch)", [], |row| row.get(0))?);
    if core.library.read(anything).await? {
        core.library.back_up("daily").await?;
        tracing::info!("the library was backed up");
    }
    Ok(())
}
