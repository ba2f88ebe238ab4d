//! `shotboard-cli`: the same engine without a window, for scripts and schedulers.
//!
//! It reads the app's settings and keys and never writes them; it shares the library with the window, one at a time.

mod args;
mod demo;
mod generate;
mod open;
mod pick;
mod progress;
mod report;
mod resume;
mod run;
mod say;

use std::process::ExitCode;

use clap::Parser;
use engine::secrets::Scrubbing;

use crate::args::{Args, Command};
use crate::say::Say;

/// How a run ended: the contract with scripts.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum End {
    /// Everything is done.
    Done = 0,
    /// Something is not.
    NotAll = 1,
    /// Nothing could start.
    NothingStarted = 2,
}

fn main() -> ExitCode {
    let args = Args::parse();
    let say = Say::new(&args);
    let filter = tracing_subscriber::EnvFilter::try_from_default_env().unwrap_or_else(|_| "error".into());
    tracing_subscriber::fmt()
        .with_env_filter(filter)
        .with_writer(|| Scrubbing(std::io::stderr()))
        .init();
    engine::secrets::scrub_panics(|_| {});
    let runtime = match tokio::runtime::Runtime::new() {
        Ok(runtime) => runtime,
        Err(error) => {
            say.error(&error.to_string());
            return ExitCode::from(End::NothingStarted as u8);
        }
    };
    let end = runtime.block_on(command(&args, &say)).unwrap_or_else(|error| {
        say.told(&error.told().view(say.lang));
        End::NothingStarted
    });
    // A blocked read of a dead disk must not keep a finished run from ending.
    runtime.shutdown_timeout(std::time::Duration::from_secs(2));
    ExitCode::from(end as u8)
}

async fn command(args: &Args, say: &Say) -> engine::Result<End> {
    match &args.command {
        Command::Generate { sheet, out, numbers } => {
            generate::generate(args, say, sheet, out.as_deref(), numbers).await
        }
        Command::Demo { shots, out } => demo::demo(args, say, *shots, out.as_deref()).await,
        Command::Resume => resume::resume(args, say).await,
        Command::Retry {
            numbers,
            batch,
            may_pay_twice,
        } => resume::retry(args, say, numbers, batch.as_deref(), *may_pay_twice).await,
        Command::Download { number, url, batch } => {
            resume::download(args, say, number, url.as_deref(), batch.as_deref()).await
        }
        Command::List => resume::list(args, say).await,
        Command::Report {
            number,
            batch,
            with_prompt,
        } => report::report(args, say, number.as_deref(), batch.as_deref(), *with_prompt).await,
    }
}
