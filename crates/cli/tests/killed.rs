//! The first promise, through the front door: a run that is killed ten times ends with every shot bought at most once.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::print_stdout,
    missing_docs
)]

mod support;

use std::path::Path;
use std::process::{Child, Stdio};
use std::time::{Duration, Instant};

use rand::RngExt as _;
use support::{Desk, assert_whole};

const ROWS: usize = 60;
const KILLS: usize = 10;

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn sixty_rows_killed_ten_times_are_bought_once_each() {
    // A slow answer now and then widens the moment between the request and its id, so that some kills fall into it.
    let faults = simulator::Faults::none().with(simulator::Fault::SlowSubmit, 0.3);
    let desk = Desk::new(simulator::Options {
        speed: 25.0,
        balance: 10_000.0,
        faults,
        ..Default::default()
    })
    .await;
    let sheet: String = std::iter::once("number,prompt,aspect_ratio\n".to_owned())
        .chain((1..=ROWS).map(|n| format!("{n:04},shot number {n:04} of the night,{}\n", ["16:9", "9:16"][n % 2])))
        .collect();
    let sheet = desk.write("night.csv", sheet);
    let out = desk.path("out");
    let mut command = desk.command();
    command.arg("generate").arg(&sheet).arg("--out").arg(&out);
    let mut child = Running(command.stdout(Stdio::null()).stderr(Stdio::null()).spawn().unwrap());
    while desk.service.ledger().accepted.is_empty() {
        assert!(child.0.try_wait().unwrap().is_none(), "the first run ended by itself");
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
    for kill in 0..KILLS {
        let alive = Duration::from_millis(rand::rng().random_range(400..3_500));
        tokio::time::sleep(alive).await;
        child.kill();
        println!(
            "kill {kill} after {alive:?}: {} accepted",
            desk.service.ledger().accepted.len()
        );
        assert_no_half_file(&out);
        let mut command = desk.command();
        child = Running(
            command
                .arg("resume")
                .stdout(Stdio::null())
                .stderr(Stdio::null())
                .spawn()
                .unwrap(),
        );
    }
    let begin = Instant::now();
    while child.0.try_wait().unwrap().is_none() {
        assert!(begin.elapsed() < Duration::from_secs(240), "the last run does not end");
        tokio::time::sleep(Duration::from_millis(100)).await;
    }
    let listed = desk.run(["list"]).await.objects();
    assert_eq!(listed.len(), ROWS);
    let ledger = desk.service.ledger();
    let mut unknown = 0;
    for (n, task) in (1..=ROWS).zip(&listed) {
        let prompt = format!("shot number {n:04} of the night");
        let bought = ledger.accepted_with_prompt(&prompt);
        assert!(bought <= 1, "{prompt} was bought {bought} times");
        match task["state"].as_str().unwrap() {
            "done" => {
                assert_eq!(bought, 1, "{task}");
                assert_whole(Path::new(task["localPath"].as_str().unwrap()));
            }
            "unconfirmed" => {
                unknown += 1;
                assert!(task["error"].as_str().is_some_and(|cause| !cause.is_empty()), "{task}");
            }
            other => panic!("{prompt} ended as {other}: {task}"),
        }
    }
    println!(
        "{unknown} unknown after {KILLS} kills, {} bought",
        ledger.accepted.len()
    );
    assert!(unknown <= KILLS, "{unknown} unknown outcomes for {KILLS} kills");
    let left: Vec<_> = names(&out).into_iter().filter(|name| !name.ends_with(".mp4")).collect();
    assert!(left.is_empty(), "left behind: {left:?}");
}

/// Whatever ends in `.mp4` is whole at every moment, also right after a kill.
fn assert_no_half_file(folder: &Path) {
    for name in names(folder).iter().filter(|name| name.ends_with(".mp4")) {
        assert_whole(&folder.join(name));
    }
}

fn names(folder: &Path) -> Vec<String> {
    let Ok(entries) = std::fs::read_dir(folder) else {
        return vec![];
    };
    entries
        .map(|entry| entry.unwrap().file_name().to_string_lossy().into_owned())
        .collect()
}

/// Ends with the test, however the test ends.
struct Running(Child);

impl Running {
    fn kill(&mut self) {
        self.0.kill().unwrap();
        self.0.wait().unwrap();
    }
}

impl Drop for Running {
    fn drop(&mut self) {
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}
