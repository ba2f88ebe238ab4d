//! What a person thinks of the clips, and which of them there are to go through.

use super::Engine;
use crate::change::Change;
use crate::error::Result;
use crate::library::review;
use crate::view::review::{MarkChange, Marked, Roll, RollQuery};

impl Engine {
    /// The clips to go through, in the order of the board.
    ///
    /// # Errors
    /// The library's.
    pub async fn roll(&self, query: RollQuery) -> Result<Roll> {
        self.core.library.read(move |db| review::roll(db, &query)).await
    }

    /// The saved tries of a task's row, itself among them, in their order.
    ///
    /// # Errors
    /// The library's.
    pub async fn variants(&self, id: String) -> Result<Vec<String>> {
        self.core.library.read(move |db| review::tries(db, &id)).await
    }

    /// Marks the clips of some tasks, all in one step; tasks without a saved clip are passed over. Returns what the
    /// marks of the changed ones were.
    ///
    /// # Errors
    /// The library's.
    pub async fn mark(&self, ids: Vec<String>, change: MarkChange) -> Result<Vec<Marked>> {
        let now = self.core.now();
        let before = self
            .core
            .library
            .write(move |tx| review::mark(tx, &ids, &change, now))
            .await?;
        for one in &before {
            self.core.changes.tell(Change::Task(one.id.clone()));
        }
        Ok(before)
    }

    /// Puts marks back as they were.
    ///
    /// # Errors
    /// The library's.
    pub async fn put_marks(&self, marks: Vec<Marked>) -> Result<()> {
        let now = self.core.now();
        let changed = self
            .core
            .library
            .write(move |tx| review::put_back(tx, &marks, now))
            .await?;
        for id in changed {
            self.core.changes.tell(Change::Task(id));
        }
        Ok(())
    }
}
