//! A stand-in for the kie.ai Veo service on a loopback port: demo mode, tests, benchmarks.
//!
//! It answers with the shapes, texts, limits, prices and waiting times of the real service, buys nothing, and goes
//! wrong on demand. It shares no type with the client in this repository and never looks at it, so that a mistake in
//! one cannot hide in the other. It does not call back (`callBackUrl` is taken and ignored) and never fetches anything
//! from outside. How it compares and how faults are asked for: the README beside this crate.
#![cfg_attr(test, allow(clippy::unwrap_used, clippy::expect_used, clippy::panic))]

mod base64;
mod clips;
mod clock;
mod draw;
mod fault;
mod journal;
mod ledger;
mod limits;
mod mark;
mod order;
mod portal;
mod price;
mod range;
mod reply;
mod routes;
mod shelf;
mod stand;
mod task;
mod trouble;
mod wire;
mod world;

use std::{
    io,
    net::Ipv4Addr,
    path::{Path, PathBuf},
    sync::Arc,
    time::Duration,
};

pub use fault::{Fault, Faults, Stage, UnknownFault};
pub use ledger::{Accepted, Ledger, Post};
pub use limits::{Limit, Limits};
pub use portal::Portal;
use tokio::{net::TcpListener, task::JoinHandle};
use tokio_util::sync::CancellationToken;

use crate::{journal::Journal, stand::Shared, wire::Wire, world::Pace};

/// How a stand-in behaves. Start from [`Options::default`].
#[derive(Clone, Debug)]
pub struct Options {
    /// Port on 127.0.0.1; 0 is any free one.
    pub port: u16,
    /// What simulated times (generation, slow answers, slow downloads) are divided by. Limits stay in real time.
    pub speed: f64,
    /// Credits of a new account; with a journal that has entries, its balance counts instead.
    pub balance: f64,
    /// Makes ids, waiting times and faults by rate the same in every run.
    pub seed: Option<u64>,
    /// Journal of what was bought: with it, tasks and balance survive a restart. Uploads do not.
    pub state_file: Option<PathBuf>,
    /// Faults by rate; those in prompts work besides.
    pub faults: Faults,
    /// Strikes for each task (or prompt, or upload) of a fault by rate, where it should stop after some. Also used for
    /// markers that give no number of their own.
    pub fault_limits: Vec<(Fault, u32)>,
    /// The service's limits.
    pub limits: Limits,
    /// Median time of a generation, before the speed.
    pub median: Duration,
    /// Whether a failed task gives its credits back.
    pub refund: bool,
    /// How long the answer to every paid POST waits after the POST was decided, in real time: what a kill falls into.
    pub think: Duration,
}

impl Default for Options {
    fn default() -> Self {
        Self {
            port: 0,
            speed: 1.0,
            balance: 10_000.0,
            seed: None,
            state_file: None,
            faults: Faults::none(),
            fault_limits: Vec::new(),
            limits: Limits::default(),
            median: Duration::from_secs(70),
            refund: true,
            think: Duration::ZERO,
        }
    }
}

/// Speeds and times beyond these mean nothing, and their quotient might not fit a `Duration`.
const MIN_SPEED: f64 = 0.001;
const MAX_SPEED: f64 = 1e6;
const MAX_MEDIAN: Duration = Duration::from_secs(86_400);

/// Opens the journal; one that is still held gets a second, as a stand-in that was just killed lets go of it.
async fn open_journal(path: &Path) -> io::Result<(Journal, Vec<journal::Entry>)> {
    for _ in 0..20 {
        match Journal::open(path) {
            Err(error) if error.kind() == io::ErrorKind::ResourceBusy => {
                tokio::time::sleep(Duration::from_millis(50)).await;
            }
            opened => return opened,
        }
    }
    Journal::open(path)
}

/// A running stand-in. It stops when dropped.
#[derive(Debug)]
pub struct Simulator {
    stand: Shared,
    closed: CancellationToken,
    serving: JoinHandle<()>,
}

impl Simulator {
    /// Binds 127.0.0.1, reads the journal back if there is one, and serves on a task of its own.
    ///
    /// # Errors
    /// The port is taken, the journal cannot be opened or is in use by another stand-in, or the speed or the median makes no sense.
    pub async fn start(options: Options) -> io::Result<Simulator> {
        let wrong = |what| Err(io::Error::new(io::ErrorKind::InvalidInput, what));
        if !(MIN_SPEED..=MAX_SPEED).contains(&options.speed) {
            return wrong("the speed must be between 0.001 and 1000000");
        }
        if options.median > MAX_MEDIAN {
            return wrong("the median time must be at most a day");
        }
        let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, options.port)).await?;
        let base = format!("http://127.0.0.1:{}", listener.local_addr()?.port());
        let journal = match options.state_file.as_deref() {
            Some(path) => Some(open_journal(path).await?),
            None => None,
        };
        let pace = Pace {
            seed: options.seed.unwrap_or_else(rand::random),
            speed: options.speed,
            median: options.median,
            refund: options.refund,
        };
        let mut world = world::World::new(pace, options.limits, options.balance, journal)?;
        world.trouble.faults = options.faults;
        world.trouble.limits = options.fault_limits;
        let stand = Shared::new(stand::Stand::new(world, base, options.speed, options.think));
        let closed = CancellationToken::new();
        let doorway = wire::Doorway::new(listener, closed.clone(), Arc::clone(&stand.door));
        let service = stand::router(Arc::clone(&stand)).into_make_service_with_connect_info::<Wire>();
        let serving = tokio::spawn(async move {
            // Ends only with the task: the listener never gives up.
            let _ = axum::serve(doorway, service).await;
        });
        Ok(Simulator { stand, closed, serving })
    }

    /// `http://127.0.0.1:PORT`: the API, the uploads and the media are all there.
    pub fn base(&self) -> String {
        self.stand.base.clone()
    }

    /// The service's own count.
    pub fn ledger(&self) -> Ledger {
        self.stand.ledger()
    }

    /// Replaces the faults by rate. Tasks already accepted keep what they were dealt.
    pub fn set_faults(&self, faults: Faults) {
        self.stand.world().trouble.faults = faults;
    }

    /// Replaces [`Options::fault_limits`].
    pub fn set_fault_limits(&self, limits: Vec<(Fault, u32)>) {
        self.stand.world().trouble.limits = limits;
    }

    /// Sets the credits left. A journal that cannot be written leaves the balance as it was.
    pub fn set_balance(&self, credits: f64) {
        if let Err(error) = self.stand.world().set_balance(credits) {
            tracing::warn!(%error, "the stand-in's balance could not be written down");
        }
    }

    /// Resets the next `count` connections before a byte of them is read; 0 lets all in again.
    pub fn turn_away(&self, count: u32) {
        self.stand.door.turn_away(count);
    }

    /// Puts the login page of a network in front of everything but the controls, or takes it away.
    pub fn set_portal(&self, portal: Option<Portal>) {
        self.stand.way.set(portal);
    }

    /// Method and path of every request that a login page answered: none of them arrived.
    pub fn swallowed(&self) -> Vec<String> {
        self.stand.way.swallowed()
    }

    /// Stops: the port is free afterwards, open connections end, and nothing more is accepted or written.
    pub async fn stop(mut self) {
        self.shut();
        let _ = (&mut self.serving).await;
    }

    fn shut(&self) {
        self.stand.world().stop();
        self.closed.cancel();
        self.serving.abort();
    }
}

impl Drop for Simulator {
    fn drop(&mut self) {
        self.shut();
    }
}
