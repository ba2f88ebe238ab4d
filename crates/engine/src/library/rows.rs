//! A task's row as it is stored.

use rusqlite::Row;

use crate::error::Result;
use crate::task::State;
use crate::trouble::Trouble;
use crate::view::TaskFields;

/// A task's row.
#[derive(Clone, Debug)]
pub struct TaskRow {
    /// uuid v7.
    pub id: String,
    /// Its batch.
    pub batch_id: String,
    /// Unique in its batch.
    pub number: String,
    /// The request.
    pub fields: TaskFields,
    /// Credits of one attempt.
    pub price: Option<f64>,
    /// The stored text of its state.
    pub state_text: String,
    /// The run of the app in which it was asked for.
    pub session: Option<String>,
    /// The attempt that counts now.
    pub attempt_id: Option<String>,
    /// Status queries answered.
    pub polls: u32,
    /// Tries in this stage that came to nothing.
    pub tries: u32,
    /// When its next step is due (ms).
    pub due_at: Option<i64>,
    /// When this run began (ms).
    pub started_at: Option<i64>,
    /// When it ended (ms).
    pub finished_at: Option<i64>,
    /// Why it stands where it stands.
    pub trouble: Option<Trouble>,
    /// Rises with each change.
    pub revision: u64,
    /// When it last changed (ms).
    pub updated_at: i64,
}

/// The columns of [`TaskRow`], for a query that calls the table `t`.
pub(super) const COLUMNS: &str = "t.id, t.batch_id, t.number, t.prompt, t.images, t.model, t.aspect_ratio, \
    t.resolution, t.duration, t.mode, t.seed, t.watermark, t.translation, t.price, t.state, t.session, t.attempt_id, \
    t.polls, t.tries, t.due_at, t.started_at, t.finished_at, t.trouble, t.revision, t.updated_at";

/// How many columns those are.
pub(super) const WIDTH: usize = 25;

impl TaskRow {
    /// The state, or an error for text that this version does not know.
    ///
    /// # Errors
    /// [`crate::Error::UnknownState`].
    pub fn state(&self) -> Result<State> {
        Ok(State::from_stored(&self.state_text)?)
    }

    pub(super) fn read(row: &Row<'_>) -> rusqlite::Result<Self> {
        let images: String = row.get(4)?;
        let trouble: Option<String> = row.get(22)?;
        let fields = TaskFields {
            prompt: row.get(3)?,
            images: parse(4, &images)?,
            model: row.get(5)?,
            aspect_ratio: row.get(6)?,
            resolution: row.get(7)?,
            duration: row.get(8)?,
            mode: row.get(9)?,
            seed: row.get(10)?,
            watermark: row.get(11)?,
            enable_translation: row.get(12)?,
        };
        Ok(Self {
            id: row.get(0)?,
            batch_id: row.get(1)?,
            number: row.get(2)?,
            fields,
            price: row.get(13)?,
            state_text: row.get(14)?,
            session: row.get(15)?,
            attempt_id: row.get(16)?,
            polls: row.get(17)?,
            tries: row.get(18)?,
            due_at: row.get(19)?,
            started_at: row.get(20)?,
            finished_at: row.get(21)?,
            // A trouble from a newer version is shown as none rather than hiding the card.
            trouble: trouble.and_then(|text| serde_json::from_str(&text).ok()),
            revision: row.get::<_, i64>(23).map(|n| u64::try_from(n).unwrap_or(0))?,
            updated_at: row.get(24)?,
        })
    }
}

fn parse<T: serde::de::DeserializeOwned>(column: usize, text: &str) -> rusqlite::Result<T> {
    serde_json::from_str(text).map_err(|error| {
        rusqlite::Error::FromSqlConversionFailure(column, rusqlite::types::Type::Text, Box::new(error))
    })
}
