//! Finds the task that a number means. Buying is at stake, so two matches are never guessed between.

use engine::library::TaskRow;
use engine::task::State;
use engine::{Engine, Error, Result};

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
        return Err(Error::said(
            format!("There is no task {number}."),
            format!("没有编号为 {number} 的任务。"),
        ));
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
            Err(Error::said(
                format!("Task {number} is “{state}”; there is nothing to do like this."),
                format!("任务 {number} 当前是“{state}”，不能这样操作。"),
            ))
        }
        Err(fitting) => {
            let names: Vec<String> = fitting.iter().map(name).collect();
            Err(Error::said(
                format!(
                    "{number} stands in several batches ({}). Name one with --batch.",
                    names.join(", ")
                ),
                format!(
                    "编号 {number} 在多个批次里都有（{}），请用 --batch 指定。",
                    names.join("，")
                ),
            ))
        }
    }
}
