//! The queue: takes the next task that the user asked for, while there is room, and hands it to be prepared.

use std::sync::Arc;

use serde_json::json;
use tokio::sync::Semaphore;

use super::{nap, stumble, submit};
use crate::engine::core::Core;
use crate::engine::recover;
use crate::error::Result;
use crate::library::TaskRow;
use crate::task::{State, Step};

/// Tasks whose images are uploaded at once.
const PREPARED_AT_ONCE: usize = 4;

pub(crate) async fn run(core: Arc<Core>) {
    let room = Arc::new(Semaphore::new(PREPARED_AT_ONCE));
    loop {
        if core.closing.is_cancelled() {
            return;
        }
        if let Err(error) = recover::dropped(&core).await {
            stumble(&core, "queue", &error).await;
        }
        if !core.queue().running {
            if nap(&core, &core.wake_queue, None).await {
                continue;
            }
            return;
        }
        let Ok(place) = Arc::clone(&room).acquire_owned().await else {
            return;
        };
        match pick(&core).await {
            Ok(Pick::Task(row)) => {
                crash_point!("submit::picked");
                let core = Arc::clone(&core);
                let mark = core.carried.also(&row.id);
                core.told(&row.id);
                core.work.clone().spawn(async move {
                    submit::carry(&core, *row).await;
                    drop((mark, place));
                    core.wake_queue.notify_one();
                });
            }
            Ok(Pick::Nothing(next_due)) => {
                drop(place);
                if !nap(&core, &core.wake_queue, next_due).await {
                    return;
                }
            }
            Err(error) => stumble(&core, "queue", &error).await,
        }
    }
}

enum Pick {
    Task(Box<TaskRow>),
    Nothing(Option<i64>),
}

async fn pick(core: &Arc<Core>) -> Result<Pick> {
    if core.keys.to_buy().is_none() {
        core.set_queue(false, Some(core.no_key()));
        return Ok(Pick::Nothing(None));
    }
    let (at, session, most) = (
        core.moment(),
        core.session.clone(),
        u64::from(core.preferences().in_flight.max(1)),
    );
    core.library
        .write(move |tx| {
            use crate::library::{due, step, tasks};
            if due::in_flight(tx)? >= most {
                return Ok(Pick::Nothing(None));
            }
            let Some(row) = due::next_to_buy(tx, &session, at)? else {
                return Ok(Pick::Nothing(due::next_due(tx, &[State::Queued], at.now)?));
            };
            step::step_from(tx, &row.id, State::Queued, Step::Prepare, at.now, &json!({}))?;
            crash_point!("submit::pick_written");
            Ok(Pick::Task(Box::new(tasks::get(tx, &row.id)?)))
        })
        .await
}
