//! `prove [SECTION…]` prints the table; `prove child SECTION …` is what a section starts and kills.
#![allow(clippy::print_stderr, reason = "a proof for the terminal")]

use std::process::ExitCode;
use std::time::Instant;

use prove::table::{self, Part};
use prove::{Size, sections};

fn main() -> ExitCode {
    let words: Vec<String> = std::env::args().skip(1).collect();
    let runtime = match tokio::runtime::Runtime::new() {
        Ok(runtime) => runtime,
        Err(error) => {
            eprintln!("{error}");
            return ExitCode::FAILURE;
        }
    };
    if let [child, name, rest @ ..] = words.as_slice()
        && child == "child"
    {
        let Some(section) = sections::ALL.iter().find(|section| section.name == *name) else {
            eprintln!("there is no section `{name}`");
            return ExitCode::FAILURE;
        };
        runtime.block_on((section.child)(rest.to_vec()));
        return ExitCode::SUCCESS;
    }
    if let Some(unknown) = words
        .iter()
        .find(|word| !sections::ALL.iter().any(|section| section.name == **word))
    {
        let known: Vec<_> = sections::ALL.iter().map(|section| section.name).collect();
        eprintln!("There is no section `{unknown}`. There are: {}", known.join(", "));
        return ExitCode::FAILURE;
    }
    let mut parts = Vec::new();
    for section in sections::ALL {
        if !words.is_empty() && !words.iter().any(|word| word == section.name) {
            continue;
        }
        eprintln!("{} …", section.title);
        let begin = Instant::now();
        let lines = runtime.block_on((section.prove)(Size::Full));
        let took = begin.elapsed();
        parts.push(Part {
            title: section.title,
            lines,
            took,
        });
    }
    if table::print(&parts) {
        ExitCode::SUCCESS
    } else {
        ExitCode::FAILURE
    }
}
