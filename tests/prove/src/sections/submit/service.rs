//! The stand-in service of one cell, which may be away at first.

use std::time::{Duration, Instant};

use simulator::{Ledger, Simulator};
use tokio::net::TcpSocket;
use url::Url;

use super::outcome::{Away, Outcome};

/// How long answers are held back where a run is ended on the wire.
const THINK: Duration = Duration::from_millis(100);

/// See the module's head.
pub(super) struct Service {
    api: Url,
    open: Option<Simulator>,
    /// Keeps the port of a service that does not listen.
    shut: Option<TcpSocket>,
    /// Where seed images go while the service is away.
    uploads: Option<Simulator>,
    options: simulator::Options,
    /// It resets every connection.
    away: bool,
}

impl Service {
    pub(super) async fn start(outcome: &Outcome, on_the_wire: bool) -> Self {
        let options = simulator::Options {
            // A slow answer takes nearly seven seconds, a generation a few hundredths.
            speed: 3.0,
            median: Duration::from_millis(150),
            seed: Some(11),
            think: if on_the_wire { THINK } else { Duration::ZERO },
            ..simulator::Options::default()
        };
        let mut service = Self {
            api: "http://127.0.0.1:9/".parse().unwrap(),
            open: None,
            shut: None,
            uploads: None,
            options,
            away: outcome.away == Some(Away::Reset),
        };
        let base = if outcome.away == Some(Away::Refused) {
            // Bound and not listening: connections are refused, and nobody else gets the port.
            let socket = TcpSocket::new_v4().unwrap();
            socket.bind("127.0.0.1:0".parse().unwrap()).unwrap();
            let base = format!("http://{}", socket.local_addr().unwrap());
            service.shut = Some(socket);
            base
        } else {
            let simulator = Simulator::start(service.options.clone()).await.unwrap();
            if outcome.away == Some(Away::Reset) {
                simulator.turn_away(u32::MAX);
            }
            let base = simulator.base();
            service.open = Some(simulator);
            base
        };
        service.api = base.parse().unwrap();
        if outcome.away.is_some() {
            service.uploads = Some(Simulator::start(simulator::Options::default()).await.unwrap());
        }
        service
    }

    pub(super) fn api(&self) -> &Url {
        &self.api
    }

    pub(super) fn uploads(&self) -> Url {
        match &self.uploads {
            Some(uploads) => uploads.base().parse().unwrap(),
            None => self.api.clone(),
        }
    }

    /// Whether it is there and takes nothing.
    pub(super) fn is_away(&self) -> bool {
        self.away
    }

    /// Paid requests that it has seen.
    pub(super) fn posts(&self) -> usize {
        self.open.as_ref().map_or(0, |simulator| simulator.ledger().posts.len())
    }

    /// Ends the time in which it is away.
    pub(super) async fn come_back(&mut self) {
        if let Some(socket) = self.shut.take() {
            drop(socket);
            let port = self.api.port().expect("a port");
            let options = simulator::Options {
                port,
                ..self.options.clone()
            };
            self.open = Some(listen(&options).await);
        }
        if let Some(simulator) = &self.open {
            simulator.turn_away(0);
            self.away = false;
        }
    }

    /// Its ledger, once nothing can be accepted any more.
    pub(super) async fn settled(&self, outcome: &Outcome) -> Ledger {
        let begin = Instant::now();
        loop {
            let ledger = self.open.as_ref().expect("it came back").ledger();
            let late = outcome.fault == Some("late-accept")
                && ledger
                    .posts
                    .iter()
                    .any(|post| post.outcome == "late-accept" && post.task_id.is_none());
            if !late || begin.elapsed() > Duration::from_secs(20) {
                return ledger;
            }
            tokio::time::sleep(Duration::from_millis(50)).await;
        }
    }
}

/// Starts on a port that was ours a moment ago. A process that is being forked meanwhile still holds it for an instant.
async fn listen(options: &simulator::Options) -> Simulator {
    for _ in 0..200 {
        if let Ok(simulator) = Simulator::start(options.clone()).await {
            return simulator;
        }
        tokio::time::sleep(Duration::from_millis(10)).await;
    }
    Simulator::start(options.clone()).await.unwrap()
}
