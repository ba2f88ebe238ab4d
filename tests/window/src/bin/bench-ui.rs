//! `bench-ui PROGRAMS [CARDS [UPDATES]]` measures the real window and prints it; see [`window::measure`]. `PROGRAMS` is
//! the folder that the app and the empty window were built into.
#![allow(
    clippy::expect_used,
    clippy::print_stdout,
    clippy::print_stderr,
    reason = "a command for the terminal"
)]

use std::{path::PathBuf, process::ExitCode};

use window::measure::{Measured, measure};

#[tokio::main]
async fn main() -> ExitCode {
    let mut words = std::env::args().skip(1);
    let Some(programs) = words.next().map(PathBuf::from) else {
        eprintln!("bench-ui PROGRAMS [CARDS [UPDATES]]");
        return ExitCode::FAILURE;
    };
    let mut count = |usual: u32| words.next().and_then(|word| word.parse().ok()).unwrap_or(usual);
    let (cards, updates) = (count(100_000), count(1_000_000));
    let own = std::env::current_exe().expect("a program knows where it lies");
    let many = own.with_file_name("many");
    println!("\nThe window with {cards} tasks, {}", programs.display());
    let met = measure(&Measured {
        programs: &programs.canonicalize().expect("the folder of the programs"),
        many: &many,
        cards,
        updates,
    })
    .await;
    println!(
        "\n{}",
        if met {
            "Every bound is met."
        } else {
            "Not every bound is met."
        }
    );
    ExitCode::SUCCESS
}
