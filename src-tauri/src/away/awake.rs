//! Keeps the computer from going to sleep by itself while something runs. The screen may go dark, and a lid that is
//! closed still counts.
//!
//! On a thread of its own: on Windows the wish belongs to the thread that made it, and on Linux it is asked of a message
//! bus that may not be there or not answer.

use std::sync::mpsc::{Receiver, Sender, channel};

use engine::settings::IDENTIFIER;
use keepawake::{Builder, KeepAwake};

/// The one wish to stay awake.
pub(super) struct Awake {
    wishes: Option<Sender<bool>>,
    held: bool,
}

impl Awake {
    /// Nothing is held yet.
    pub(super) fn new() -> Self {
        let (wishes, heard) = channel();
        let started = std::thread::Builder::new()
            .name("awake".into())
            .spawn(move || hear(&heard));
        Self {
            wishes: started.is_ok().then_some(wishes),
            held: false,
        }
    }

    /// Holds sleep off, or lets it come. Returns at once.
    pub(super) fn hold(&mut self, hold: bool) {
        if self.held == hold {
            return;
        }
        self.held = hold;
        if let Some(wishes) = &self.wishes {
            let _ = wishes.send(hold);
        }
    }
}

/// Until the other end is dropped; then nothing is held any more.
fn hear(wishes: &Receiver<bool>) {
    let mut held: Option<KeepAwake> = None;
    while let Ok(hold) = wishes.recv() {
        // What was held is let go before anything else is asked for.
        drop(held.take());
        if hold {
            held = ask();
        }
        tracing::info!(held = held.is_some(), wanted = hold, "staying awake");
    }
}

fn ask() -> Option<KeepAwake> {
    let asked = |sleep: bool| {
        Builder::default()
            .idle(true)
            .sleep(sleep)
            .reason("Videos are being made")
            .app_name("Shotboard")
            .app_reverse_domain(IDENTIFIER)
            .create()
    };
    // On Linux not every desktop heeds the wish about idleness alone when it puts the computer to sleep by itself.
    let held = if cfg!(target_os = "linux") {
        asked(true).or_else(|_| asked(false))
    } else {
        asked(false)
    };
    held.inspect_err(|error| tracing::info!(%error, "this computer cannot be kept awake"))
        .ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Where there is no message bus, as in a container, nothing hangs and nothing is said loudly.
    #[test]
    fn asking_where_nobody_listens_returns_at_once() {
        let began = std::time::Instant::now();
        let mut awake = Awake::new();
        for hold in [true, true, false, true] {
            awake.hold(hold);
        }
        drop(awake);
        assert!(began.elapsed() < std::time::Duration::from_secs(1));
    }
}
