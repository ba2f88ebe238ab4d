//! Named moments at which a test may end the process, with no clean-up: what a crash or `kill -9` would do, but at the
//! very place where it would hurt most.
//!
//! The environment variable `SHOTBOARD_CRASH_AT` names the point, `name#3` its third passing. Debug builds only: in a
//! release build [`crash_point!`] is nothing at all.

/// Every crash point there is. A point that is passed without standing here ends the process too, so that none is
/// forgotten by the proof that goes through all of them.
#[cfg(debug_assertions)]
pub const POINTS: &[&str] = &[
    // Around the paid request, in the order of a task's life: what was asked for, what is on the disk, what is known.
    "start::written",
    "start::committed",
    "submit::pick_written",
    "submit::picked",
    "submit::image_uploaded",
    "submit::image_noted",
    "submit::at_the_till",
    "submit::turn_taken",
    "submit::balance_heard",
    "submit::intent_written",
    "submit::intent_committed",
    "submit::request_leaving",
    "submit::answer_received",
    "submit::acceptance_written",
    "submit::acceptance_committed",
    "submit::answer_written",
    "submit::answer_committed",
    "submit::unknown_committed",
    "submit::balance_after_heard",
    "submit::balance_after_committed",
    "recover::loss_written",
    "recover::committed",
    // From a link to the file in the folder.
    "save::part_noted",
    "save::part_made",
    "save::written",
    "save::synced",
    "save::sync_noted",
    "save::received",
    "save::verified",
    "save::recipe_written",
    "save::recipe_synced",
    "save::recipe_moving",
    "save::recipe_moved",
    "save::name_planned",
    "save::renamed",
    "save::folder_synced",
    "save::saved_noted",
    "save::done_noted",
    // A saved file that gets another name.
    "rename::intended",
    "rename::renamed",
    "rename::synced",
    "rename::noted",
    "rename::settled",
    // Around the library file itself: a new format, a backup, a damaged file and what takes its place.
    "migrate::backed_up",
    "migrate::written",
    "migrate::committed",
    "backup::written",
    "backup::synced",
    "backup::named",
    "restore::begun",
    "restore::set_aside",
    "restore::copied",
    "restore::placed",
    "restore::replayed",
    "restore::committed",
    "restore::finished",
];

/// Ends the process if this is the moment that `SHOTBOARD_CRASH_AT` names.
#[cfg(debug_assertions)]
#[doc(hidden)]
pub fn at(name: &'static str) {
    use std::sync::OnceLock;
    use std::sync::atomic::{AtomicU32, Ordering};
    static WANTED: OnceLock<Option<(String, u32)>> = OnceLock::new();
    static PASSED: AtomicU32 = AtomicU32::new(0);
    let wanted = WANTED.get_or_init(|| {
        let wanted = std::env::var("SHOTBOARD_CRASH_AT").ok()?;
        Some(match wanted.split_once('#') {
            Some((name, passing)) => (name.to_owned(), passing.parse().unwrap_or(1)),
            None => (wanted, 1),
        })
    });
    let Some((wanted, passing)) = wanted else { return };
    if !POINTS.contains(&name) || (wanted == name && PASSED.fetch_add(1, Ordering::SeqCst) + 1 == *passing) {
        std::process::abort();
    }
}

/// Marks a moment at which a test may end the process: `crash_point!("submit::intent_committed")`.
macro_rules! crash_point {
    ($name:literal) => {
        #[cfg(debug_assertions)]
        $crate::crash::at($name);
    };
}
