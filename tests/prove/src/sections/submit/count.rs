//! What a cell came to: the service's ledger against what lies on the disk. Nobody is asked who might be mistaken: the
//! engine's library and files are read when its last process is gone.

use std::collections::HashMap;
use std::fs::File;
use std::io::BufReader;
use std::path::{Path, PathBuf};

use engine::files::mp4;
use rusqlite::{Connection, OpenFlags, OptionalExtension};
use serde_json::Value;
use simulator::Ledger;

use super::cell::Buyer;
use super::naive;
use super::shop::{self, Place};

/// Everything counted in one cell, or in many.
#[derive(Debug, Default)]
pub(super) struct Count {
    /// Paid requests that the service accepted.
    pub(super) accepted: usize,
    /// Acceptances of a shot beyond its first.
    pub(super) twice: usize,
    /// Acceptances that nobody on this side knows of any more.
    pub(super) forgotten: usize,
    /// Acceptances that lie on the disk as a whole video, with their id.
    pub(super) saved: usize,
    /// Acceptances that are shown as unconfirmed.
    pub(super) shown: usize,
    /// Shots shown as unconfirmed that were not accepted.
    pub(super) free: usize,
    /// Requests that came to the service without an intent of their own: repeated on the way.
    pub(super) repeated: usize,
    /// Shots that did not come to an end, or came to one that nobody expects.
    pub(super) astray: Vec<String>,
}

impl Count {
    pub(super) fn add(&mut self, other: &Count) {
        self.accepted += other.accepted;
        self.twice += other.twice;
        self.forgotten += other.forgotten;
        self.saved += other.saved;
        self.shown += other.shown;
        self.free += other.free;
        self.repeated += other.repeated;
        self.astray.extend(other.astray.iter().cloned());
    }
}

/// Counts.
pub(super) fn of(buyer: Buyer, place: &Place, ledger: &Ledger) -> Count {
    let mut count = Count {
        accepted: ledger.accepted.len(),
        ..Count::default()
    };
    for prompt in &place.prompts {
        count.twice += ledger.accepted_with_prompt(prompt).saturating_sub(1);
    }
    match buyer {
        Buyer::Engine => of_engine(place, ledger, &mut count),
        Buyer::Naive => of_naive(place, ledger, &mut count),
    }
    count
}

/// Whether every shot has come to an end.
pub(super) fn is_over(buyer: Buyer, place: &Place) -> bool {
    match buyer {
        Buyer::Engine => shots(place).iter().all(|shot| shop::is_over(&shot.state)),
        Buyer::Naive => {
            let list = list(place);
            list.len() == place.prompts.len() && list.iter().all(|shot| shot["file"].is_string())
        }
    }
}

/// Whether any outcome is unknown by now; the engine may be at work.
pub(super) fn has_doubt(place: &Place) -> bool {
    let path = place.data().join(engine::library::FILE);
    Connection::open_with_flags(path, OpenFlags::SQLITE_OPEN_READ_ONLY)
        .and_then(|library| {
            let doubt = "SELECT EXISTS (SELECT 1 FROM attempt WHERE outcome = 'unknown')";
            library.query_row(doubt, [], |row| row.get(0))
        })
        .unwrap_or(false)
}

/// A card as it stands in the library.
struct Shot {
    prompt: String,
    state: String,
    /// Paid requests that it has an intent for, and how many of those are in doubt.
    attempts: u32,
    unknown: u32,
}

fn index(number: u32) -> usize {
    usize::try_from(number).unwrap_or(usize::MAX)
}

fn library(place: &Place) -> Connection {
    Connection::open(place.data().join(engine::library::FILE)).unwrap()
}

fn shots(place: &Place) -> Vec<Shot> {
    let library = library(place);
    let mut query = library
        .prepare(
            "SELECT prompt, state, (SELECT COUNT(*) FROM attempt WHERE task_id = t.id),
               (SELECT COUNT(*) FROM attempt WHERE task_id = t.id AND outcome = 'unknown')
             FROM task t",
        )
        .unwrap();
    let rows = query.query_map([], |row| {
        Ok(Shot {
            prompt: row.get(0)?,
            state: row.get(1)?,
            attempts: row.get(2)?,
            unknown: row.get(3)?,
        })
    });
    rows.unwrap().map(Result::unwrap).collect()
}

/// The file of the shot that has this id of the service, where there is one.
fn saved(library: &Connection, service_id: &str) -> Option<PathBuf> {
    let found: Option<(String, String)> = library
        .query_row(
            "SELECT k.folder, k.file_name FROM attempt a JOIN task t ON t.id = a.task_id JOIN take k ON k.attempt_id = a.id
             WHERE a.service_id = ?1 AND t.state = 'done' AND k.saved_at IS NOT NULL",
            [service_id],
            |row| Ok((row.get(0)?, row.get(1)?)),
        )
        .optional()
        .unwrap();
    found.map(|(folder, name)| Path::new(&folder).join(name))
}

fn of_engine(place: &Place, ledger: &Ledger, count: &mut Count) {
    let library = library(place);
    let shots = shots(place);
    if shots.len() != place.prompts.len() {
        count.astray.push(format!("{} cards", shots.len()));
    }
    // How many acceptances without an id each card may stand for: as many as it shows doubts.
    let mut doubts: HashMap<&str, u32> = HashMap::new();
    for shot in &shots {
        let posts = ledger.posts_with_prompt(&shot.prompt);
        count.repeated += posts.saturating_sub(index(shot.attempts));
        match shot.state.as_str() {
            "done" => {}
            "unconfirmed" => {
                doubts.insert(&shot.prompt, shot.unknown);
                count.free += usize::from(ledger.accepted_with_prompt(&shot.prompt) == 0);
            }
            state => count.astray.push(format!("“{}” is {state}", shot.prompt)),
        }
    }
    let mut files = 0;
    for accepted in &ledger.accepted {
        let doubt = doubts.get_mut(accepted.prompt.as_str()).filter(|left| **left > 0);
        if saved(&library, &accepted.task_id).is_some_and(|path| is_whole(&path)) {
            files += 1;
        } else if let Some(left) = doubt {
            *left -= 1;
            count.shown += 1;
        } else {
            count.forgotten += 1;
        }
    }
    count.saved = files;
    let names: Vec<_> = std::fs::read_dir(place.videos())
        .unwrap()
        .map(|entry| entry.unwrap().file_name().to_string_lossy().into_owned())
        .collect();
    let done = shots.iter().filter(|shot| shot.state == "done").count();
    if done != files || names.len() != files {
        count.astray.push(format!(
            "{done} cards are done, {files} files are whole, the folder holds {names:?}"
        ));
    }
}

fn list(place: &Place) -> Vec<Value> {
    let bytes = std::fs::read(naive::list(&place.home)).unwrap_or_default();
    serde_json::from_slice(&bytes).unwrap_or_default()
}

fn of_naive(place: &Place, ledger: &Ledger, count: &mut Count) {
    let known: Vec<Value> = list(place).into_iter().map(|shot| shot["id"].clone()).collect();
    count.forgotten = ledger
        .accepted
        .iter()
        .filter(|accepted| !known.iter().any(|id| *id == accepted.task_id))
        .count();
    count.saved = count.accepted - count.forgotten;
    count.repeated = ledger.posts.iter().filter(|post| post.outcome == "followed").count();
}

fn is_whole(path: &Path) -> bool {
    let Ok(file) = File::open(path) else { return false };
    let Ok(length) = file.metadata().map(|data| data.len()) else {
        return false;
    };
    mp4::check(&mut BufReader::new(file), length).is_ok()
}
