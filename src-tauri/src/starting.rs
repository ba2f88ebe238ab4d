//! What is made sure of before Start: a folder for every batch, and a request that can be sent in every card.
//!
//! The engine would queue a card without a prompt and then call it failed. A person who pressed Start on forty cards
//! is better served by hearing at once which two are not ready; nothing is bought until they all are.

use engine::task::request::Parameters;
use engine::view::{Action, RowsQuery, TaskCard};
use engine::{Error, Scope};

use crate::places;
use crate::shop::Desk;

/// How many rows are looked at in one go.
const WINDOW: u64 = 200;
/// How many numbers are named.
const NAMED: usize = 5;

/// Refuses a Start that could not be carried out whole.
///
/// # Errors
/// A sentence that names the cards, or the folder; the library's.
pub(crate) async fn check(desk: &Desk, scope: &Scope) -> Result<(), Error> {
    let (batches, unfit) = match scope {
        Scope::Tasks(ids) => {
            let cards = desk.engine.cards(ids.clone(), desk.lang).await?;
            let mut batches: Vec<String> = cards.iter().map(|card| card.batch_id.clone()).collect();
            batches.dedup();
            (
                batches,
                cards.iter().filter(|card| !can_be_sent(card)).map(number).collect(),
            )
        }
        Scope::Batch(batch) => {
            let batch = batch.clone();
            let unfit = unfit(desk, Some(&batch)).await?;
            (vec![batch], unfit)
        }
        _ => {
            let startable = desk.engine.snapshot(desk.lang).await?.batches;
            let startable = startable.into_iter().filter(|batch| batch.startable > 0);
            (startable.map(|batch| batch.id).collect(), unfit(desk, None).await?)
        }
    };
    if !unfit.is_empty() {
        return Err(not_ready(unfit));
    }
    places::prepare(desk, batches).await
}

/// Numbers of the cards that Start would take and the service could not. Only looked for where a price is unknown,
/// which every card has that can be sent.
async fn unfit(desk: &Desk, batch: Option<&str>) -> Result<Vec<String>, Error> {
    let mut batches = desk.engine.snapshot(desk.lang).await?.batches.into_iter();
    let known = batches.all(|one| batch.is_some_and(|batch| one.id != batch) || one.startable_credits.is_some());
    let mut unfit = Vec::new();
    if known {
        return Ok(unfit);
    }
    let mut offset = 0;
    loop {
        let query = RowsQuery {
            batch_id: batch.map(str::to_owned),
            lane: engine::task::Lane::Ready,
            search: String::new(),
            offset,
            limit: WINDOW,
        };
        let window = desk.engine.rows(query, desk.lang).await?;
        let startable = window.rows.iter().filter(|card| card.actions.contains(&Action::Start));
        unfit.extend(startable.filter(|card| !can_be_sent(card)).map(number));
        offset += WINDOW;
        if offset >= window.total || unfit.len() > NAMED {
            return Ok(unfit);
        }
    }
}

fn can_be_sent(card: &TaskCard) -> bool {
    Parameters::check(&card.fields).is_ok()
}

fn number(card: &TaskCard) -> String {
    card.number.clone()
}

fn not_ready(mut numbers: Vec<String>) -> Error {
    let more = numbers.len() > NAMED;
    numbers.truncate(NAMED);
    let (en, zh) = (numbers.join(", "), numbers.join("、"));
    let (and, deng) = if more { (" and more", "等") } else { ("", "") };
    Error::said(
        format!(
            "Not ready to be sent: {en}{and}. Open each to see what is missing (most often the prompt), or delete it. Nothing was started."
        ),
        format!("还不能提交：{zh}{deng}。请打开看看缺了什么（多半是提示词），或删除它们。本次没有开始任何任务。"),
    )
}
