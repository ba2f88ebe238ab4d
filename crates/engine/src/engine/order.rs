//! The order in which what waits is bought, changed by hand. It moves and never starts anything.

use super::Engine;
use crate::change::Change;
use crate::error::Result;
use crate::library::turns;
use crate::view::order::{Beside, Moved, TaskPlace};

impl Engine {
    /// Puts those of these tasks that wait in front of another one or behind it; they keep the order among themselves.
    ///
    /// # Errors
    /// [`crate::Error::Changed`] where that one does not wait any more; then nothing moved.
    pub async fn move_tasks(&self, ids: Vec<String>, beside: Beside) -> Result<Moved> {
        let moved = self
            .core
            .library
            .write(move |tx| turns::arrange(tx, &ids, &beside))
            .await?;
        // Whatever stands between them has another row now.
        self.core.changes.tell(Change::Everything);
        Ok(moved)
    }

    /// Puts tasks back to their turns, where they wait and nobody moved them since. The answer puts them forward again.
    ///
    /// # Errors
    /// The library's; then nothing moved.
    pub async fn put_order_back(&self, places: Vec<TaskPlace>) -> Result<Moved> {
        let moved = self.core.library.write(move |tx| turns::put_back(tx, places)).await?;
        self.core.changes.tell(Change::Everything);
        Ok(moved)
    }
}
