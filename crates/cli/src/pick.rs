//! Finds the task that a number means. Buying is at stake, so two matches are never guessed between.

use engine::library::TaskRow;
use engine::task::State;
use engine::trouble::Told;
use engine::trouble::rows::board;
use engine::{Engine, Result};

use crate::say::Say;

/// The task with a number, among those that `fits`; `batch` narrows it down.
pub(crate) async fn by_number(
    engine: &Engine,
    number: &str,
    batch: Option<&str>,
    fits: impl Fn(State) -> bool,
    say: &Say,
) -> Result<TaskRow> {
    let batches = engine.batches().await?;
    let name = |row: &TaskRow| {
        batches
            .iter()
            .find(|batch| batch.id == row.batch_id)
            .map_or("", |batch| batch.name.as_str())
            .to_owned()
    };
    let mut found = engine.numbered(number.trim().to_owned()).await?;
    found.retain(|row| batch.is_none_or(|wanted| name(row) == wanted));
    if found.is_empty() {
        return Err(Told::new(&board::NO_SUCH_NUMBER).with("number", number).into());
    }
    let fitting: Vec<TaskRow> = found
        .iter()
        .filter(|row| row.state().is_ok_and(&fits))
        .cloned()
        .collect();
    match <[TaskRow; 1]>::try_from(fitting) {
        Ok([row]) => Ok(row),
        Err(fitting) if fitting.is_empty() => {
            let state = say.state(&found[0].state_text);
            let told = Told::new(&board::NOT_LIKE_THIS).with("number", number);
            Err(told.with("state", state).into())
        }
        Err(fitting) => {
            let names: Vec<String> = fitting.iter().map(name).collect();
            let told = Told::new(&board::NUMBER_AMBIGUOUS).with("number", number);
            Err(told.with_both("batches", names.join(", "), names.join("，")).into())
        }
    }
}
