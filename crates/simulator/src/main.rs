//! `kie-simulator`: the stand-in as a program. Its first line on standard output is its base address, alone.

mod arguments;

use std::{
    io::{self, Write},
    process::ExitCode,
};

use clap::Parser;
use simulator::Simulator;

#[tokio::main]
async fn main() -> ExitCode {
    match serve(arguments::Arguments::parse()).await {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            let _ = writeln!(io::stderr(), "kie-simulator: {error}");
            ExitCode::from(2)
        }
    }
}

async fn serve(arguments: arguments::Arguments) -> io::Result<()> {
    let simulator = arguments.start().await?;
    announce(&simulator)?;
    std::future::pending().await
}

fn announce(simulator: &Simulator) -> io::Result<()> {
    let mut out = io::stdout();
    writeln!(out, "{}", simulator.base())?;
    out.flush()
}
