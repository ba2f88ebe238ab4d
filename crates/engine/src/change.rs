//! What changed, told to whoever shows it.
//!
//! A change names a row and carries nothing of it: whoever hears reads the library, which is the truth. So a change
//! that is missed, doubled or late can never show anything wrong.

use tokio::sync::broadcast;

/// Something to look at again.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Change {
    /// A task was added or changed.
    Task(String),
    /// A task left the board.
    Removed(String),
    /// A batch was added or changed.
    Batch(String),
    /// The queue, the balance or the totals.
    Queue,
    /// So much that everything should be read again.
    Everything,
}

/// How many unread changes are kept for a slow listener; past that it hears that it missed some.
const KEPT: usize = 8_192;

/// Where changes are told.
#[derive(Debug)]
pub struct Changes {
    sender: broadcast::Sender<Change>,
}

impl Default for Changes {
    fn default() -> Self {
        Self {
            sender: broadcast::Sender::new(KEPT),
        }
    }
}

impl Changes {
    /// Tells a change; nobody listening is fine.
    pub fn tell(&self, change: Change) {
        let _ = self.sender.send(change);
    }

    /// Listens from now on.
    pub fn listen(&self) -> broadcast::Receiver<Change> {
        self.sender.subscribe()
    }
}
