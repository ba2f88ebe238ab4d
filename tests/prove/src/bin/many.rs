//! `many DIRECTORY CARDS` makes a library of so many cards, for whoever measures with it; see [`prove::many`].
#![allow(clippy::print_stderr, reason = "a command for the terminal")]

use std::path::Path;
use std::process::ExitCode;

fn main() -> ExitCode {
    let words: Vec<String> = std::env::args().skip(1).collect();
    let [directory, cards] = words.as_slice() else {
        eprintln!("many DIRECTORY CARDS");
        return ExitCode::FAILURE;
    };
    match (cards.parse(), tokio::runtime::Runtime::new()) {
        (Ok(cards), Ok(runtime)) => {
            runtime.block_on(prove::many::make(Path::new(directory), cards));
            ExitCode::SUCCESS
        }
        _ => {
            eprintln!("`{cards}` is no count of cards.");
            ExitCode::FAILURE
        }
    }
}
