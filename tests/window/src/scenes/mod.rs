//! Every screen that is designed, reached as a person reaches it: for the pictures under `docs/screenshots`, and for the
//! checks that hold on each of them.
//!
//! A tour opens the app in one look and stops at each scene on its way. What is done there is the visitor's business.

mod batch;
mod create;
mod doubts;
mod look;
mod troubles;

pub use look::Look;

use crate::Board;

/// A key that the stand-in takes.
const KEY: &str = "sim-a-key-0042";

/// One way through the app, with the scenes on it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Tour {
    /// The first page, where to keep keys, a wrong key.
    First,
    /// Written, dropped and changed tasks, from an empty board on; settings and keys.
    Tasks,
    /// A sheet: looked at, tried with three, run, reviewed, handed on.
    Batch,
    /// What needs someone: refusals, lost answers, and what is asked then.
    Doubts,
    /// No credits, no network, no key, keys to be entered again.
    Account,
    /// A library put back, a library of a newer version.
    Library,
    /// A folder that cannot be written to, a full disk.
    Disk,
}

impl Tour {
    /// All of them, in the order of an acquaintance.
    pub const ALL: [Self; 7] = [
        Self::First,
        Self::Tasks,
        Self::Batch,
        Self::Doubts,
        Self::Account,
        Self::Library,
        Self::Disk,
    ];

    /// As it is asked for on the command line.
    pub fn name(self) -> &'static str {
        match self {
            Self::First => "first",
            Self::Tasks => "tasks",
            Self::Batch => "batch",
            Self::Doubts => "doubts",
            Self::Account => "account",
            Self::Library => "library",
            Self::Disk => "disk",
        }
    }

    /// Walks it in one look.
    pub async fn walk(self, look: Look, visit: &mut impl AsyncFnMut(&Board, &str)) {
        match self {
            Self::First => create::first_start(look, visit).await,
            Self::Tasks => create::tasks(look, visit).await,
            Self::Batch => {
                batch::sheet(look, visit).await;
                batch::leaving(look, visit).await;
            }
            Self::Doubts => doubts::needs_you(look, visit).await,
            Self::Account => {
                troubles::no_credits(look, visit).await;
                troubles::no_network(look, visit).await;
                troubles::no_key(look, visit).await;
                troubles::keys_again(look, visit).await;
            }
            Self::Library => {
                troubles::damaged_library(look, visit).await;
                troubles::newer_library(look, visit).await;
            }
            Self::Disk => {
                troubles::folder_in_the_way(look, visit).await;
                troubles::full_disk(look, visit).await;
            }
        }
    }
}

/// Every scene in one look.
pub async fn every(look: Look, visit: &mut impl AsyncFnMut(&Board, &str)) {
    for tour in Tour::ALL {
        tour.walk(look, visit).await;
    }
}

/// Types a shot into the composer and saves it.
async fn add_task(board: &Board, prompt: &str) {
    board.click("new-task").await;
    board.write("composer-prompt", prompt).await;
    board.click("composer-save").await;
    // With the first task Start appears in the bar, and what stands beside it moves.
    board.says("lane-ready", prompt).await;
}

async fn start_all(board: &Board) {
    board.click("start").await;
    board.click("start-confirm").await;
    board.gone("start-confirm").await;
}

/// Waits until a lane holds at least so many cards.
async fn wait_for(board: &Board, lane: &str, least: usize) {
    board
        .holds(
            &format!("{least} cards in the lane {lane}"),
            "return Number(document.querySelector(`[data-testid='lane-${arguments[0]}']`)?.dataset.count) >= arguments[1]",
            &[serde_json::json!(lane), serde_json::json!(least)],
        )
        .await;
}
