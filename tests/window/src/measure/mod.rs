//! The window with very many tasks behind it, measured from outside, beside an empty window of the same kind: what
//! `cargo xtask bench ui` prints.

mod table;

use std::{
    fs,
    path::Path,
    process::Command,
    time::{Duration, Instant},
};

use serde_json::{Value, json};

use crate::{Board, Stage};
use table::{Line, share};

/// What runs in the page.
const PAGE: &str = include_str!("page.js");
/// A port that nobody listens on: whatever is asked of the service comes to nothing.
const NOWHERE: &str = "http://127.0.0.1:9/";
/// Each window is opened so often, in turn; the median counts.
const OPENINGS: usize = 3;
const JUMPS: usize = 100;
const AT_ONCE: usize = 10;
/// The size that is looked at, as the app opens it.
const SIZE: (u32, u32) = (1360, 820);

/// What is measured, and with what.
pub struct Measured<'a> {
    /// Where the app and the empty window lie.
    pub programs: &'a Path,
    /// What makes the library: `many DIRECTORY CARDS`.
    pub many: &'a Path,
    /// Cards in it.
    pub cards: u32,
    /// Changes that memory is watched over.
    pub updates: u32,
}

/// Measures everything and prints it line by line. True where every bound is met.
///
/// # Panics
/// Something does not start, or the page does not do what it should.
#[expect(clippy::print_stdout, reason = "a measurement for the terminal")]
pub async fn measure(what: &Measured<'_>) -> bool {
    let mut met = true;
    let mut say = |line: Line| {
        met &= line.is_met();
        println!("  {line}");
    };
    let empty = Stage::new("empty")
        .of(&what.programs.join("examples/empty-window"))
        .timed();
    let stage = Stage::new("bench")
        .of(&what.programs.join("shotboard"))
        .timed()
        .against(NOWHERE)
        .with_key("sim-bench");
    let made = Command::new(what.many)
        .arg(stage.data())
        .arg(what.cards.to_string())
        .status();
    assert!(made.is_ok_and(|made| made.success()), "the library could not be made");

    first_frames(&empty, &stage, &mut say).await;
    let board = open(&stage).await;
    board.click("view-all").await;
    board
        .holds(
            "all lanes to be read",
            "return [...document.querySelectorAll('[data-lane]')].every(bench.full)",
            &[],
        )
        .await;
    dom(&board, &mut say).await;
    jumps(&board, &mut say).await;
    updates(&board, &stage, what.updates, &mut say).await;
    leave(board).await;
    met
}

/// How long a program's window takes to show something, from the start of its process.
struct Shown {
    /// Anything.
    first: f64,
    /// What is looked for; the app alone.
    rows: Option<f64>,
    /// The memory of its processes together, MiB.
    memory: f64,
}

async fn first_frames(empty: &Stage, stage: &Stage, say: &mut impl FnMut(Line)) {
    let (mut empties, mut boards) = (Vec::new(), Vec::new());
    for _ in 0..OPENINGS {
        let window = empty.open().await;
        empties.push(shown(&window, empty, false).await);
        drop(window);
        let board = stage.open().await;
        boards.push(shown(&board, stage, true).await);
        leave(board).await;
    }
    let median = |all: &[Shown], of: fn(&Shown) -> f64| share(&all.iter().map(of).collect::<Vec<_>>(), 0.5);
    let (plain, first) = (median(&empties, |one| one.first), median(&boards, |one| one.first));
    let rows = median(&boards, |one| one.rows.unwrap_or(f64::NAN));
    say(Line::beside(
        "empty Tauri window: first frame after the start",
        format!("{plain:.0} ms"),
    ));
    say(Line::beside(
        "Shotboard: first frame after the start",
        format!("{first:.0} ms"),
    ));
    say(Line::most("… more than the empty window", first - plain, 150.0, "ms"));
    say(Line::beside(
        "Shotboard: first frame with its cards",
        format!("{rows:.0} ms"),
    ));
    say(Line::most("… more than the empty window", rows - plain, 150.0, "ms"));
    let (plain, all) = (median(&empties, |one| one.memory), median(&boards, |one| one.memory));
    say(Line::beside(
        "memory of all processes (PSS): empty, Shotboard",
        format!("{plain:.0}, {all:.0} MiB"),
    ));
}

async fn shown(board: &Board, stage: &Stage, rows: bool) -> Shown {
    if rows {
        board
            .holds(
                "the board's first frame",
                "return performance.getEntriesByName('board').length > 0",
                &[],
            )
            .await;
    }
    let painted = "return performance.getEntriesByType('paint').some((one) => one.name === 'first-contentful-paint')";
    board.holds("a first frame", painted, &[]).await;
    let at = "const one = performance.getEntriesByName(arguments[0])[0]; return performance.timeOrigin + one.startTime";
    let started = stage.started_ms();
    let since = async |name: &str| number(&board.run(at, &[json!(name)]).await) - started;
    let first = since("first-contentful-paint").await;
    let rows = if rows { Some(since("board").await) } else { None };
    let memory = stage.processes().iter().map(|(process, _)| memory(*process)).sum();
    Shown { first, rows, memory }
}

async fn dom(board: &Board, say: &mut impl FnMut(Line)) {
    let nodes = number(&board.run("return bench.nodes('[data-lane]')", &[]).await);
    say(Line::most("DOM nodes of the cards, four lanes", nodes, 400.0, ""));
    board.click("room-list").await;
    board
        .holds(
            "the list",
            "return bench.full(document.querySelector('[data-testid=list] .scroll'))",
            &[],
        )
        .await;
    let nodes = number(&board.run("return bench.nodes('[data-testid=list]')", &[]).await);
    say(Line::most("DOM nodes of the rows, list", nodes, 400.0, ""));
    board.click("room-board").await;
}

async fn jumps(board: &Board, say: &mut impl FnMut(Line)) {
    let bare = numbers(&board.run("return bench.bare(100)", &[]).await);
    say(Line::beside(
        "jump in an empty scrolling element of the same window: p50, p95",
        format!("{:.0}, {:.0} ms", share(&bare, 0.5), share(&bare, 0.95)),
    ));
    for (name, css, room) in [
        ("lane Ready", "[data-lane='ready']", "room-board"),
        ("lane Done", "[data-lane='done']", "room-board"),
        ("lane Needs you", "[data-lane='needsYou']", "room-board"),
        ("list", "[data-testid='list'] .scroll", "room-list"),
    ] {
        board.click(room).await;
        board.see_css(css).await;
        let (mut took, mut filled, mut longest) = (Vec::new(), Vec::new(), 0.0_f64);
        // Few at a time: the driver waits half a minute for a script, and the computer may be busy.
        for _ in 0..JUMPS / AT_ONCE {
            let jumps = "return bench.jumps(arguments[0], arguments[1])";
            let seen = board.run(jumps, &[json!(css), json!(AT_ONCE)]).await;
            took.extend(numbers(&seen["took"]));
            filled.extend(numbers(&seen["filled"]));
            longest = longest.max(number(&seen["longest"]));
        }
        let p50 = share(&took, 0.5);
        say(Line::most(
            format!("jump in the {name}, p50 {p50:.0} ms: p95"),
            share(&took, 0.95),
            5.0,
            "ms",
        ));
        say(Line::beside(
            "… until its cards are there: p50, p95; longest block",
            format!(
                "{:.0}, {:.0}; {:.0} ms",
                share(&filled, 0.5),
                share(&filled, 0.95),
                longest
            ),
        ));
    }
    board.click("room-board").await;
    let top = "for (const lane of document.querySelectorAll('[data-lane]')) lane.scrollTop = 0;";
    board.run(top, &[]).await;
}

async fn updates(board: &Board, stage: &Stage, updates: u32, say: &mut impl FnMut(Line)) {
    let clips = number(&board.run("return bench.clips(10000)", &[]).await);
    let burst = board.run("return bench.burst(10000)", &[]).await;
    let idle = thread(stage, async || drop(board.run("return bench.wait(4000)", &[]).await)).await / 4000.0;
    let mut taken = Vec::new();
    for _ in 0..5 {
        let begun = Instant::now();
        let took = thread(stage, async || {
            drop(board.run("return bench.burst(10000, false)", &[]).await)
        })
        .await;
        taken.push(took - idle * begun.elapsed().as_millis() as f64);
    }
    say(Line::most(
        format!("{clips:.0} changes by one command: the page's thread worked"),
        share(&taken, 0.5),
        60.0,
        "ms",
    ));
    say(Line::most("… longest block", number(&burst["longest"]), 50.0, "ms"));
    say(Line::beside(
        "… shown after the command's answer",
        format!("{:.0} ms", number(&burst["there"])),
    ));
    say(Line::beside(
        "… gaps of 3 ms in all, with what other programs took; over",
        format!("{:.0} ms; {:.0} ms", number(&burst["busy"]), number(&burst["lasted"])),
    ));
    let (mut own, mut rose, mut longest) = (0.0, 0.0, 0.0_f64);
    for _ in 0..5 {
        let seen = board.run("return bench.messages(10)", &[]).await;
        own += number(&seen["own"]);
        rose += number(&seen["rose"]);
        longest = longest.max(number(&seen["longest"]));
    }
    assert!(rose > 40.0, "only {rose} of 50 messages came");
    say(Line::beside(
        "200 changed cards in a message, 50 times: the page was busy for each",
        format!("{:.1} ms", own / 50.0),
    ));
    say(Line::most("… longest block", longest, 50.0, "ms"));
    let begun = Instant::now();
    let taken = thread(stage, async || messages(board).await).await - idle * begun.elapsed().as_millis() as f64;
    say(Line::beside(
        "… the page's thread worked for each",
        format!("{:.1} ms", taken / 50.0),
    ));

    let (before, _) = held(board, stage).await;
    let mut done = 20_000;
    say(Line::beside(
        "memory of the page (PSS) before",
        format!("{before:.0} MiB"),
    ));
    let mut told = vec![updates / 10, updates / 2, updates];
    while done < updates {
        for _ in 0..9 {
            board.run("return bench.burst(10000, false)", &[]).await;
        }
        messages(board).await;
        done += 100_000;
        if told.first().is_some_and(|next| done >= *next) {
            told.remove(0);
            let (now, uncleared) = held(board, stage).await;
            say(Line::most(
                format!("… more of it after {done} changes"),
                now - before,
                20.0,
                "MiB",
            ));
            say(Line::beside(
                "… before what nobody holds was cleared away",
                format!("{:.0} MiB", uncleared - before),
            ));
        }
    }
}

/// Fifty messages of two hundred changed cards.
async fn messages(board: &Board) {
    for _ in 0..5 {
        board.run("return bench.messages(10, false)", &[]).await;
    }
}

async fn open(stage: &Stage) -> Board {
    let board = stage.open().await;
    board.resize(SIZE.0, SIZE.1).await;
    board.run(PAGE, &[]).await;
    board
}

/// Closes the window as somebody who is asked and says so: a library that was left in the middle is looked through at
/// the next start.
async fn leave(board: Board) {
    // The window may be gone before the driver has its answer.
    let close = "setTimeout(() => window.__TAURI_INTERNALS__.invoke('answer_leaving', { answer: 'close' }), 200)";
    board.run(close, &[]).await;
    board.has_ended().await;
}

/// What the page's process holds, MiB; and with what it has not cleared away yet.
async fn held(board: &Board, stage: &Stage) -> (f64, f64) {
    let uncleared = web(stage).await;
    board.run("return bench.collect()", &[]).await;
    (web(stage).await, uncleared)
}

/// The page's own process, once it is quiet.
async fn web(stage: &Stage) -> f64 {
    tokio::time::sleep(Duration::from_secs(6)).await;
    let processes = stage.processes();
    let pages = processes.iter().filter(|(_, program)| program.contains("WebProcess"));
    pages.map(|(process, _)| memory(*process)).sum()
}

/// The processor time of the page's one thread while something is done, ms. Unlike the time on the clock it does not
/// depend on what else the computer does; drawing, which this machine does by its processor, has threads of its own.
async fn thread(stage: &Stage, work: impl AsyncFnOnce()) -> f64 {
    let taken = || -> f64 {
        let processes = stage.processes();
        let pages = processes.iter().filter(|(_, program)| program.contains("WebProcess"));
        pages.map(|(process, _)| on_processor(*process)).sum()
    };
    let before = taken();
    work().await;
    taken() - before
}

/// How long a process's first thread has been computing, ms.
fn on_processor(process: u32) -> f64 {
    let told = fs::read_to_string(format!("/proc/{process}/task/{process}/schedstat")).unwrap_or_default();
    let nanoseconds = told.split_whitespace().next().and_then(|one| one.parse::<f64>().ok());
    nanoseconds.unwrap_or(f64::NAN) / 1e6
}

/// What a process alone and its share of what it shares takes, MiB.
fn memory(process: u32) -> f64 {
    let rollup = fs::read_to_string(format!("/proc/{process}/smaps_rollup")).unwrap_or_default();
    let line = rollup.lines().find_map(|line| line.strip_prefix("Pss:"));
    let kib = line
        .and_then(|line| line.split_whitespace().next())
        .and_then(|kib| kib.parse::<f64>().ok());
    kib.unwrap_or(0.0) / 1024.0
}

fn number(value: &Value) -> f64 {
    value.as_f64().unwrap_or(f64::NAN)
}

fn numbers(value: &Value) -> Vec<f64> {
    value.as_array().into_iter().flatten().map(number).collect()
}
