//! How long nobody may buy, as the service asked: kept, so that a restart does not knock again at once.

use rusqlite::{Connection, OptionalExtension, params};

use crate::clock::{millis, until};
use crate::error::Result;
use crate::limit::Fence;

/// Keeps the fence as it stands at `now` (ms).
pub(crate) fn keep(tx: &Connection, fence: Fence, now: i64) -> Result<()> {
    tx.execute(
        "INSERT OR REPLACE INTO fence (limited, closed_until, shy_until) VALUES ('generations', ?1, ?2)",
        params![
            now.saturating_add(millis(fence.closed)),
            now.saturating_add(millis(fence.shy))
        ],
    )?;
    Ok(())
}

/// What is left of it at `now` (ms). A clock that was set back makes it longer than it was; whoever takes it over caps
/// it.
pub(crate) fn kept(tx: &Connection, now: i64) -> Result<Fence> {
    let kept: Option<(i64, i64)> = tx
        .query_row(
            "SELECT closed_until, shy_until FROM fence WHERE limited = 'generations'",
            [],
            |row| Ok((row.get(0)?, row.get(1)?)),
        )
        .optional()?;
    Ok(kept.map_or_else(Fence::default, |(closed, shy)| Fence {
        closed: until(closed, now),
        shy: until(shy, now),
    }))
}
