//! One cell of the matrix: two shots, one point where runs are ended, one thing that the first paid request meets.
//!
//! A cell has a stand-in service and a folder of its own, so that cells can neither help nor hurt one another.

use std::iter;
use std::process::ExitStatus;
use std::time::{Duration, Instant};

use tokio::process::Child;

use super::count::{self, Count};
use super::naive;
use super::outcome::Outcome;
use super::point::{Ending, Point};
use super::service::Service;
use super::shop::{self, Place};
use crate::child;

/// The longest a run may take; far more than any needs.
const PATIENCE: Duration = Duration::from_secs(60);
/// How long the service stays away from a loop that does not give up.
const AWAY: Duration = Duration::from_millis(400);
/// How much later a run that had to wait is opened again.
const LATER: Duration = Duration::from_secs(300);
/// Runs after which a cell that does not come to its end is called stuck.
const RUNS: usize = 6;

/// Who buys.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Buyer {
    /// The engine.
    Engine,
    /// The loop that everybody writes first.
    Naive,
}

/// What became of a cell.
#[derive(Debug)]
pub(super) struct Cell {
    pub(super) point: Point,
    pub(super) outcome: Outcome,
    /// Runs that were ended at the point.
    pub(super) ended: usize,
    /// All runs.
    pub(super) runs: usize,
    pub(super) count: Count,
}

/// Runs a cell: ended, started again, ended again at the same point, started again, and let run to its end.
pub(super) async fn run(buyer: Buyer, point: Point, outcome: Outcome) -> Cell {
    let home = tempfile::tempdir().unwrap();
    shop::lay_out(home.path());
    let mut service = Service::start(&outcome, point.is_on_the_wire()).await;
    let mut place = Place {
        home: home.path().to_owned(),
        api: service.api().clone(),
        uploads: service.uploads(),
        prompts: outcome.prompts(),
        later: Duration::ZERO,
    };
    let (mut ended, mut runs) = (0, 0);
    for ending in point.endings().into_iter().chain(iter::repeat(Ending::Rest)).take(RUNS) {
        let child = start(buyer, &place, ending);
        let was_ended = see_through(child, &mut service, ending, buyer, &place).await;
        // Whoever was ended while it was away, or gave up, finds it back.
        service.come_back().await;
        runs += 1;
        if !was_ended {
            place.later += LATER;
        }
        ended += usize::from(was_ended && point.is_meant_by(ending));
        if ending == Ending::Rest && count::is_over(buyer, &place) {
            break;
        }
    }
    let ledger = service.settled(&outcome).await;
    Cell {
        point,
        outcome,
        ended,
        runs,
        count: count::of(buyer, &place, &ledger),
    }
}

fn start(buyer: Buyer, place: &Place, ending: Ending) -> Child {
    let mut command = child::command("submit");
    let (word, variable) = match buyer {
        Buyer::Engine => ("engine", "SHOTBOARD_CRASH_AT"),
        Buyer::Naive => ("naive", naive::END_AT),
    };
    if let Ending::At(name) = ending {
        let moment = if buyer == Buyer::Engine {
            name
        } else {
            naive::moment(name)
        };
        command.env(variable, moment);
    }
    command.arg(word).args(place.words()).spawn().unwrap()
}

/// Waits until a run has ended, or ends it; whether it ended as it was meant to and not by coming to rest.
async fn see_through(mut child: Child, service: &mut Service, ending: Ending, buyer: Buyer, place: &Place) -> bool {
    let (begin, posts) = (Instant::now(), service.posts());
    loop {
        if let Some(status) = child.try_wait().unwrap() {
            assert!(status.success() || is_crash(status), "a run failed: {status}");
            return !status.success();
        }
        if ending == Ending::OnTheWire && service.posts() > posts {
            child.kill().await.unwrap();
            return true;
        }
        // A loop that does not give up, and an engine that will not go on before it has heard the service again.
        let missed = match buyer {
            Buyer::Naive => begin.elapsed() > AWAY,
            Buyer::Engine => service.is_away() && count::has_doubt(place),
        };
        if missed {
            service.come_back().await;
        }
        if begin.elapsed() > PATIENCE {
            child.kill().await.unwrap();
            return false;
        }
        tokio::time::sleep(Duration::from_millis(4)).await;
    }
}

/// Whether a process ended at a crash point, and not by an error of its own.
fn is_crash(status: ExitStatus) -> bool {
    /// What a panic ends with.
    const PANIC: i32 = 101;
    !status.success() && status.code() != Some(PANIC)
}
