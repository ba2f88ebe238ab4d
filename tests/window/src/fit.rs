//! Whether what is shown has its room: nothing cut off without a sign, nothing over something else, nothing beside the
//! window; and the same with longer words, as another language would bring them.

use serde_json::Value;

use crate::Board;

/// Every text of the page, and what takes its room away.
const LOOK: &str = include_str!("fit/misfits.js");
/// Makes every text of the page longer, now and whenever it changes.
const GROW: &str = include_str!("fit/grow.js");

impl Board {
    /// Texts that do not have their room, each with what is wrong and where.
    pub async fn misfits(&self) -> Vec<String> {
        let found = self.run(LOOK, &[]).await;
        let texts = found.as_array().cloned().unwrap_or_default();
        texts.iter().filter_map(Value::as_str).map(str::to_owned).collect()
    }

    /// From here on every text that is the page's own is 40 % longer.
    pub async fn grow_texts(&self) {
        self.run(GROW, &[]).await;
    }
}
