//! The program's arguments.

use std::{io, path::PathBuf, time::Duration};

use clap::Parser;
use simulator::{Fault, Faults, Limits, Options, Simulator};

/// A stand-in for the kie.ai Veo service on 127.0.0.1. Accepts every key that begins with "sim-".
#[derive(Parser)]
#[command(name = "kie-simulator", version)]
pub(crate) struct Arguments {
    /// Port on 127.0.0.1; 0 is any free one
    #[arg(long, default_value_t = 0)]
    port: u16,
    /// Divide generation times by this
    #[arg(long, default_value_t = 1.0, value_parser = above_zero)]
    speed: f64,
    /// Credits of the account
    #[arg(long, default_value_t = 10_000.0)]
    balance: f64,
    /// Make ids, times and drawn faults repeatable
    #[arg(long)]
    seed: Option<u64>,
    /// Median seconds of a generation, before the speed
    #[arg(long, default_value_t = 70.0, value_parser = above_zero, value_name = "SECONDS")]
    median: f64,
    /// Keep tasks and balance in this file, across restarts
    #[arg(long, value_name = "FILE")]
    state: Option<PathBuf>,
    /// A fault for a share of the requests or tasks, such as lost-reply=0.1, or cut-download=0.5x1 for once each;
    /// may be given again
    #[arg(long, value_name = "KIND=RATE", value_parser = fault)]
    fault: Vec<(Fault, f64, Option<u32>)>,
    /// Do not enforce the service's rate limits
    #[arg(long)]
    no_limits: bool,
}

fn above_zero(text: &str) -> Result<f64, String> {
    match text.parse::<f64>() {
        // An upper end too, so that it fits a Duration; how much makes sense is said on starting.
        Ok(number) if number > 0.0 && number <= 1e9 => Ok(number),
        _ => Err("must be a number above 0".to_owned()),
    }
}

fn fault(text: &str) -> Result<(Fault, f64, Option<u32>), String> {
    let (name, rate) = text.split_once('=').ok_or("must look like KIND=RATE")?;
    let fault = name.parse::<Fault>().map_err(|error| error.to_string())?;
    let (rate, limit) = match rate.split_once('x') {
        Some((rate, limit)) => (
            rate,
            Some(
                limit
                    .parse()
                    .map_err(|_| "the number after x must be whole".to_owned())?,
            ),
        ),
        None => (rate, None),
    };
    match rate.trim().parse::<f64>() {
        Ok(rate) if (0.0..=1.0).contains(&rate) => Ok((fault, rate, limit)),
        _ => Err("the rate must be between 0 and 1".to_owned()),
    }
}

impl Arguments {
    /// Starts what they describe; the error is in words for a person.
    pub(crate) async fn start(self) -> io::Result<Simulator> {
        let port = self.port;
        let options = Options {
            port,
            speed: self.speed,
            balance: self.balance,
            seed: self.seed,
            state_file: self.state,
            faults: Faults {
                rates: self.fault.iter().map(|(fault, rate, _)| (*fault, *rate)).collect(),
            },
            fault_limits: self
                .fault
                .iter()
                .filter_map(|(fault, _, limit)| Some((*fault, (*limit)?)))
                .collect(),
            limits: if self.no_limits {
                Limits::off()
            } else {
                Limits::default()
            },
            median: Duration::from_secs_f64(self.median),
            ..Options::default()
        };
        Simulator::start(options).await.map_err(|error| match error.kind() {
            io::ErrorKind::AddrInUse => io::Error::other(format!(
                "port {port} on 127.0.0.1 is taken; another one, or --port 0 for any free one"
            )),
            _ => io::Error::other(format!("could not start: {error}")),
        })
    }
}
