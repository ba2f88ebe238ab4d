//! The paid request: ended at every named moment, met by everything that a network and a service can do to it, started
//! again twice. The service's ledger and the disk say what was bought, what was saved, and what was forgotten.

mod cell;
mod count;
mod naive;
mod outcome;
mod point;
mod service;
mod shop;
mod twice;
mod wire;

use std::path::Path;
use std::sync::Arc;

use tokio::sync::Semaphore;
use tokio::task::JoinSet;

use self::cell::{Buyer, Cell};
use self::count::Count;
use self::outcome::Outcome;
use self::point::Point;
use self::shop::Place;
use crate::table::Line;
use crate::{Child, Proof, Section, Size};

/// The section.
pub(super) const SECTION: Section = Section {
    name: "submit",
    title: "The paid request",
    prove: |size| -> Proof { Box::pin(prove(size)) },
    child: |words| -> Child { Box::pin(run(words)) },
};

/// Cells at once: most of their time is waiting.
const AT_ONCE: usize = 24;
/// The least of each that the issue asks for.
const POINTS: usize = 12;
const OUTCOMES: usize = 12;

/// The cells of the quick proof: one of each kind, the worst ones first.
const WORST: &[(&str, &str)] = &[
    ("submit::answer_received", "accepted"),
    ("submit::acceptance_written", "429 as HTTP 429"),
    ("(killed while the request is on the wire)", "lost reply"),
    ("submit::intent_committed", "307"),
    ("submit::intent_written", "308"),
    ("submit::request_leaving", "429 as HTTP 200"),
    ("submit::answer_written", "half a reply"),
    ("submit::unknown_committed", "reset after the request, taken"),
    ("submit::answer_committed", "455"),
    ("submit::acceptance_committed", "502 with HTML"),
    ("recover::loss_written", "reset after the first byte of the answer"),
    ("recover::committed", "500, taken"),
    ("submit::turn_taken", "refused"),
    ("submit::image_uploaded", "reset before the first byte"),
    ("start::committed", "connection closed while idle"),
];

async fn prove(size: Size) -> Vec<Line> {
    let cells: Vec<_> = match size {
        Size::Full => point::all()
            .into_iter()
            .flat_map(|point| outcome::ALL.iter().map(move |outcome| (point, *outcome)))
            .collect(),
        Size::Quick => WORST
            .iter()
            .map(|(point, outcome)| (point::named(point), outcome::named(outcome)))
            .collect(),
    };
    let mut lines = of_engine(&run_all(Buyer::Engine, &cells).await, size);
    if size == Size::Full {
        lines.push(of_naive(&run_all(Buyer::Naive, &cells).await));
    }
    let (wire, twice) = tokio::join!(wire::lines(size), twice::lines());
    lines.extend(wire);
    lines.extend(twice);
    lines
}

async fn run_all(buyer: Buyer, cells: &[(Point, Outcome)]) -> Vec<Cell> {
    let room = Arc::new(Semaphore::new(AT_ONCE));
    let mut running = JoinSet::new();
    for (point, outcome) in cells.iter().copied() {
        let room = Arc::clone(&room);
        running.spawn(async move {
            let _place = room.acquire_owned().await;
            cell::run(buyer, point, outcome).await
        });
    }
    running.join_all().await
}

fn total(cells: &[Cell]) -> Count {
    let mut total = Count::default();
    cells.iter().for_each(|cell| total.add(&cell.count));
    total
}

/// The cells that a line complains about, by name: enough of them to begin with.
fn named<'a>(cells: impl Iterator<Item = &'a Cell>) -> String {
    let names: Vec<_> = cells
        .map(|cell| format!("{} × {}", cell.point.name, cell.outcome.name))
        .collect();
    match names.as_slice() {
        [] => String::new(),
        some => format!("; in {} cells: {}", names.len(), some[..some.len().min(4)].join(", ")),
    }
}

fn of_engine(cells: &[Cell], size: Size) -> Vec<Line> {
    let total = total(cells);
    let those = |wrong: fn(&Cell) -> bool| named(cells.iter().filter(move |cell| wrong(cell)));
    let expected = cells.iter().filter(|cell| cell.point.can_be(&cell.outcome)).count();
    let missed = |cell: &Cell| cell.ended == 0 && cell.point.can_be(&cell.outcome);
    let reached = expected - cells.iter().filter(|cell| missed(cell)).count();
    let (points, outcomes) = (
        distinct(cells, |cell| cell.point.name),
        distinct(cells, |cell| cell.outcome.name),
    );
    let runs: usize = cells.iter().map(|cell| cell.runs).sum();
    let ends: usize = cells.iter().map(|cell| cell.ended).sum();
    let enough = size == Size::Quick || (points >= POINTS && outcomes >= OUTCOMES);
    let known = total.saved + total.shown;
    vec![
        Line::must(
            format!(
                "{points} moments × {outcomes} outcomes, ended twice and started again: each ended where it can be"
            ),
            format!(
                "{} cells, {reached} of {expected} ended there ({ends} ends in {runs} runs){}",
                cells.len(),
                those(|cell| cell.ended == 0 && cell.point.can_be(&cell.outcome)),
            ),
            reached == expected && enough,
        ),
        Line::must(
            "0 bought twice",
            format!(
                "{} of {} bought{}",
                total.twice,
                total.accepted,
                those(|cell| cell.count.twice > 0)
            ),
            total.twice == 0 && total.accepted > 0,
        ),
        Line::must(
            "0 bought and forgotten: a whole video with its id, or shown as unconfirmed",
            format!(
                "{} of {}: {} saved, {} shown (and {} shown that cost nothing){}",
                total.forgotten,
                total.accepted,
                total.saved,
                total.shown,
                total.free,
                those(|cell| cell.count.forgotten > 0),
            ),
            total.forgotten == 0 && known == total.accepted && total.saved > 0,
        ),
        Line::must(
            "0 paid requests without an intent of their own on the disk",
            format!("{}{}", total.repeated, those(|cell| cell.count.repeated > 0)),
            total.repeated == 0,
        ),
        Line::must(
            "every shot comes to its end",
            match total.astray.first() {
                None => "all did".to_owned(),
                Some(first) => format!("{first}{}", those(|cell| !cell.count.astray.is_empty())),
            },
            total.astray.is_empty(),
        ),
    ]
}

fn of_naive(cells: &[Cell]) -> Line {
    let total = total(cells);
    Line::beside(
        "the same for a loop that posts until an id comes and keeps a plain file",
        format!(
            "{} bought twice and {} forgotten of {} bought, in {} of {} cells; {} repeated by its HTTP client",
            total.twice,
            total.forgotten,
            total.accepted,
            cells
                .iter()
                .filter(|cell| cell.count.twice + cell.count.forgotten > 0)
                .count(),
            cells.len(),
            total.repeated,
        ),
    )
}

fn distinct(cells: &[Cell], of: fn(&Cell) -> &'static str) -> usize {
    cells.iter().map(of).collect::<std::collections::HashSet<_>>().len()
}

/// What a child process of this section does.
async fn run(words: Vec<String>) {
    match words.split_first() {
        Some((word, rest)) if word == "engine" => shop::run(Place::of_words(rest)).await,
        Some((word, rest)) if word == "naive" => naive::run(Place::of_words(rest)).await,
        Some((word, rest)) if word == "hold" => twice::hold(Path::new(&rest[0])).await,
        _ => panic!("no such child: {words:?}"),
    }
}
