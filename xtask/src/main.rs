//! Every chore of this repository: `cargo xtask` alone prints what there is.
//!
//! Plain Rust without a dependency, so that the first thing a newcomer builds is built in seconds. It decides nothing
//! about the product: it installs what is missing, calls cargo and npm in the right order, and says in plain lines what
//! it does and, when something fails, what to do next.
#![allow(
    clippy::print_stdout,
    clippy::print_stderr,
    reason = "a command for the terminal speaks through it"
)]
#![cfg_attr(test, allow(clippy::unwrap_used, clippy::expect_used, clippy::panic))]

mod bench;
mod command;
mod packages;
mod page;
mod place;
mod prove;
mod run;
mod say;
mod screenshots;
mod test;
mod types;

use std::process::ExitCode;

const HELP: &str = "\
cargo xtask run [--release]   Install what is missing, build the app and open it
                              (without a display: run the demo in the terminal and list the saved files)
cargo xtask test              Install what the tests need and run all of them, the real window included
cargo xtask prove [SECTION…]  Inject every fault, count on the service's ledger and on the disk, print one table
cargo xtask bench [--release] [NAME…]
                              Measure against the ideal, in virtual time, and print it (`commits`: wall time, --release)
cargo xtask bench ui [--debug] [TASKS [CHANGES]]
                              Measure the real window with 100,000 tasks behind it, beside an empty window
cargo xtask screenshots       Make the pictures under docs/screenshots anew: every screen, in the real window
            … all [TOUR…]     Every screen in both languages, light and dark, small and on a wall, into target/screenshots
            … wordy [TOUR…]   The same with longer words, as another language would bring them
                              (tours: first, tasks, batch, doubts, account, library, disk; looks: zh, en, light, dark)
cargo xtask types             Write the page's types anew from the Rust ones (ui/src/lib/types)
cargo xtask help              This list
";

fn main() -> ExitCode {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let words: Vec<&str> = arguments.iter().map(String::as_str).collect();
    let outcome = match words.as_slice() {
        [] | ["help" | "--help" | "-h"] => {
            print!("{HELP}");
            Ok(())
        }
        ["run"] => run::run(false),
        ["run", "--release"] => run::run(true),
        ["test"] => test::test(),
        ["prove", sections @ ..] => prove::prove(sections),
        ["bench", "ui", "--debug", counts @ ..] => bench::ui(true, counts),
        ["bench", "ui", counts @ ..] => bench::ui(false, counts),
        ["bench", "--release", names @ ..] => bench::bench(true, names),
        ["bench", names @ ..] => bench::bench(false, names),
        ["screenshots", words @ ..] => screenshots::screenshots(words),
        ["types"] => types::write(),
        unknown => Err(format!("There is no chore `{}`.\n\n{HELP}", unknown.join(" "))),
    };
    match outcome {
        Ok(()) => ExitCode::SUCCESS,
        Err(problem) => {
            eprintln!("\n{problem}");
            ExitCode::FAILURE
        }
    }
}
