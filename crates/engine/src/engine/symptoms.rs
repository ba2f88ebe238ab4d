//! What the engine knows of itself for a report.

use serde_json::Value;

use super::Engine;
use crate::diagnostics::{Known, KnownTask, REPORTED_EVENTS};
use crate::error::{Error, Result};
use crate::library::{attempts, batches, history, query, tally};
use crate::limit::GENERATIONS;
use crate::present;
use crate::words::Lang;

impl Engine {
    /// What a report tells of the library, and of one task.
    ///
    /// # Errors
    /// The library's; [`Error::NotFound`] where there is no such task.
    pub(crate) async fn known(&self, task: Option<String>, lang: Lang) -> Result<Known> {
        let queue = self.queue(lang).await?;
        let now = self.core.now();
        let since = now - crate::clock::millis(GENERATIONS.1);
        let silent_since = self.unreachable_since();
        self.core
            .library
            .read(move |db| {
                Ok(Known {
                    states: tally::by_state(db)?,
                    outcomes: query::by_outcome(db)?,
                    batches: batches::all(db)?.len(),
                    sent_lately: attempts::sent_since(db, since)?.len(),
                    queue,
                    silent_since,
                    task: task.map(|id| of_task(db, &id, lang)).transpose()?,
                    now,
                })
            })
            .await
    }
}

fn of_task(db: &rusqlite::Connection, id: &str, lang: Lang) -> Result<KnownTask> {
    let row = query::cards(db, std::slice::from_ref(&id.to_owned()))?.pop();
    let task = row.ok_or_else(|| Error::NotFound("task".to_owned()))?.task;
    let fields = match serde_json::to_value(&task.fields)? {
        Value::Object(all) => all,
        _ => serde_json::Map::new(),
    };
    // Names of pictures and links are the user's own, as the prompt and the watermark are: they are counted.
    let fields = fields.into_iter().filter_map(|(name, value)| match name.as_str() {
        "prompt" => None,
        "images" => Some((name, value.as_array().map_or(0, Vec::len).into())),
        "watermark" => Some((name, (!value.is_null()).into())),
        _ => Some((name, value)).filter(|(_, value)| !value.is_null()),
    });
    Ok(KnownTask {
        fields: fields.collect(),
        polls: task.polls,
        trouble: task.trouble.as_ref().map(crate::trouble::Trouble::told),
        attempts: attempts::of_task(db, id)?
            .iter()
            .map(|one| present::attempt(one, lang))
            .collect(),
        events: history::of_task(db, id, REPORTED_EVENTS)?
            .iter()
            .map(|event| (event.at, event.kind.clone(), present::event(event, lang).text))
            .collect(),
        number: task.number,
        state: task.state_text,
        prompt: task.fields.prompt,
    })
}
