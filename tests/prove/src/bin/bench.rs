//! `bench [NAME…]` measures and prints; see [`prove::bench`].
#![allow(
    clippy::print_stdout,
    clippy::print_stderr,
    reason = "a measurement for the terminal"
)]

use std::process::ExitCode;
use std::time::Instant;

use prove::bench;

fn main() -> ExitCode {
    let words: Vec<String> = std::env::args().skip(1).collect();
    if let Some(unknown) = words
        .iter()
        .find(|word| !bench::ALL.iter().any(|one| one.name == **word))
    {
        let known: Vec<_> = bench::ALL.iter().map(|one| one.name).collect();
        eprintln!("There is no benchmark `{unknown}`. There are: {}", known.join(", "));
        return ExitCode::FAILURE;
    }
    let runtime = match tokio::runtime::Runtime::new() {
        Ok(runtime) => runtime,
        Err(error) => {
            eprintln!("{error}");
            return ExitCode::FAILURE;
        }
    };
    for one in bench::ALL {
        if !words.is_empty() && !words.iter().any(|word| word == one.name) {
            continue;
        }
        let begin = Instant::now();
        let lines = runtime.block_on((one.run)());
        println!("\n{} ({:.0} s)", one.title, begin.elapsed().as_secs_f64());
        for line in lines {
            println!("  {line}");
        }
    }
    ExitCode::SUCCESS
}
