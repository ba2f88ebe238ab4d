//! A copied log page: every id in it is looked up, and those that were this library's lost purchases come home.
//!
//! Nothing is taken that does not match, and nothing before all is looked up, so that stopping it leaves all as it was.

use std::collections::HashMap;
use std::sync::Arc;

use futures_util::StreamExt as _;
use tokio_util::sync::CancellationToken;

use super::Engine;
use super::attach::{Looked, look_up, take};
use super::core::Core;
use crate::doubt::ids;
use crate::doubt::likeness::{Likeness, Wish};
use crate::doubt::pairing::{Lost, Stored, is_later, pair};
use crate::doubt::words;
use crate::error::{Error, Result};
use crate::keys::NamedKey;
use crate::library::{Attempt, attempts, due, step, tasks};
use crate::task::State;
use crate::trouble::Trouble;
use crate::view::doubt::{AdoptedView, AdoptionView, LeftView, LookUp};
use crate::words::Lang;

/// Look-ups on the wire at once; the limit for status queries holds for all of them.
const AT_ONCE: usize = 8;
/// Keys that an id is looked up with: the accounts that lost purchases were sent from.
const KEYS: usize = 4;

/// A card whose outcome nobody knows, with its lost tries.
struct Open {
    task_id: String,
    number: String,
    attempts: Vec<Attempt>,
}

impl Engine {
    /// Gives every id in a text to the card that it was bought for, where the service's own record says so. `told` hears
    /// how far it is; `stop` ends it with nothing changed.
    ///
    /// # Errors
    /// [`Trouble::NoKey`] where there is no key to look with; the library's.
    pub async fn attach_from_text(
        &self,
        text: &str,
        lang: Lang,
        told: impl Fn(LookUp) + Send + Sync,
        stop: CancellationToken,
    ) -> Result<AdoptionView> {
        let found = ids::find(text);
        let wanted = found.ids.clone();
        let (open, owners) = self
            .core
            .library
            .read(move |db| {
                let mut owners = HashMap::new();
                for id in wanted {
                    if let Some(owner) = attempts::owner_of(db, &id)? {
                        owners.insert(
                            id,
                            tasks::get(db, &owner).map_or_else(|_| String::new(), |row| row.number),
                        );
                    }
                }
                Ok((open_cards(db)?, owners))
            })
            .await?;
        let keys = self.keys_of(&open)?;
        let mut view = AdoptionView {
            found: count(found.ids.len()),
            more: count(found.more),
            open: count(open.len()),
            ..AdoptionView::default()
        };
        let mut left: Vec<(String, String)> = Vec::new();
        let strangers: Vec<String> = found
            .ids
            .into_iter()
            .filter(|id| match owners.get(id) {
                Some(number) => {
                    left.push((id.clone(), owned(lang, number)));
                    false
                }
                None => true,
            })
            .collect();
        let looked = tokio::select! {
            // Stopping comes first: what is looked up in the same moment is not taken either.
            biased;
            () = stop.cancelled() => {
                view.stopped = true;
                return Ok(view);
            }
            () = self.core.closing.cancelled() => return Err(Error::Closing),
            looked = look_all(&self.core, &keys, strangers, &told) => looked,
        };
        let (mut names, mut records) = (Vec::new(), Vec::new());
        for (id, looked) in looked {
            match stored(looked) {
                Ok(record) => {
                    names.push(id);
                    records.push(record);
                }
                Err(why) => left.push((id, lang.pick(why.0, why.1).to_owned())),
            }
        }
        let taken = self.take_all(open, names, records, lang).await?;
        view.open = view.open.saturating_sub(count(taken.0.len()));
        view.attached = taken.0;
        left.extend(taken.1);
        view.left = left
            .into_iter()
            .map(|(service_id, why)| LeftView { service_id, why })
            .collect();
        let told: Vec<String> = view.attached.iter().map(|one| one.id.clone()).collect();
        self.tell(&told);
        self.core.wake_watcher.notify_one();
        Ok(view)
    }

    /// The keys that the lost ones were sent with; where none is there any more, the one that buys now.
    fn keys_of(&self, open: &[Open]) -> Result<Vec<NamedKey>> {
        let mut keys: Vec<NamedKey> = Vec::new();
        for attempt in open.iter().flat_map(|card| &card.attempts) {
            if keys.len() < KEYS
                && !keys.iter().any(|key| key.id == attempt.key_id)
                && let Some(key) = self.core.keys.by_id(&attempt.key_id)
            {
                keys.push(key);
            }
        }
        if keys.is_empty() {
            keys.push(self.core.keys.to_buy().ok_or(Trouble::NoKey)?);
        }
        Ok(keys)
    }

    /// Pairs, and commits what was paired in one transaction.
    async fn take_all(
        &self,
        open: Vec<Open>,
        names: Vec<String>,
        records: Vec<Stored>,
        lang: Lang,
    ) -> Result<(Vec<AdoptedView>, Vec<(String, String)>)> {
        let now = self.core.now();
        // Outside the transaction: purchases wait for that.
        let (open, records, lost, pairs) = tokio::task::spawn_blocking(move || {
            let lost: Vec<Lost> = open.iter().map(lost).collect();
            let pairs = pair(&lost, &records);
            (open, records, lost, pairs)
        })
        .await
        .map_err(|_| Error::Closing)?;
        self.core
            .library
            .write(move |tx| {
                let (mut attached, mut left) = (Vec::new(), Vec::new());
                for (at, id) in names.iter().enumerate() {
                    let Some(pair) = pairs.iter().find(|pair| pair.id == at) else {
                        left.push((id.clone(), why_left(lang, &records[at], &open, &lost)));
                        continue;
                    };
                    let card = &open[pair.card];
                    let attempt = attempts::get(tx, &card.attempts[pair.attempt].id)?;
                    // Looking up took a while: the card may have moved on.
                    if step::state(tx, &card.task_id).ok() != Some(State::Unconfirmed) || attempt.service_id.is_some() {
                        left.push((id.clone(), moved_on(lang, &card.number)));
                        continue;
                    }
                    take(tx, &attempt, id, "same", now)?;
                    attached.push(AdoptedView {
                        id: card.task_id.clone(),
                        number: card.number.clone(),
                        service_id: id.clone(),
                    });
                }
                Ok((attached, left))
            })
            .await
    }
}

fn open_cards(tx: &rusqlite::Connection) -> Result<Vec<Open>> {
    let mut open = Vec::new();
    for task_id in due::in_state(tx, State::Unconfirmed)? {
        let number = tasks::get(tx, &task_id)?.number;
        let mut lost = attempts::of_task(tx, &task_id)?;
        lost.retain(|attempt| attempt.outcome == "unknown" && attempt.service_id.is_none());
        open.push(Open {
            task_id,
            number,
            attempts: lost,
        });
    }
    Ok(open)
}

fn lost(card: &Open) -> Lost {
    let tries = card.attempts.iter();
    Lost {
        tries: tries
            .map(|attempt| (Wish::read(&attempt.body), attempt.sent_at))
            .collect(),
    }
}

/// Looks up all ids, some at a time, with each key until one knows it. In the order of the ids.
async fn look_all(
    core: &Arc<Core>,
    keys: &[NamedKey],
    ids: Vec<String>,
    told: &(impl Fn(LookUp) + Sync),
) -> Vec<(String, Looked)> {
    let of = count(ids.len());
    let mut done = 0;
    told(LookUp { done, of });
    let mut looked = Vec::with_capacity(ids.len());
    let mut asked = futures_util::stream::iter(ids.into_iter().enumerate().map(|(at, id)| async move {
        let mut answer = Looked::Nowhere;
        for key in keys {
            match look_up(core, key, &id).await {
                there @ Looked::There { .. } => {
                    answer = there;
                    break;
                }
                Looked::NoAnswer => answer = Looked::NoAnswer,
                Looked::Nowhere => {}
            }
        }
        (at, id, answer)
    }))
    .buffer_unordered(AT_ONCE);
    while let Some(one) = asked.next().await {
        done += 1;
        told(LookUp { done, of });
        looked.push(one);
    }
    looked.sort_by_key(|(at, ..)| *at);
    looked.into_iter().map(|(_, id, answer)| (id, answer)).collect()
}

/// A record that can be compared, or why not, in both languages.
fn stored(looked: Looked) -> Result<Stored, (&'static str, &'static str)> {
    match looked {
        Looked::There { stored, created_at } => match stored.as_deref().and_then(Wish::read) {
            Some(wish) => Ok(Stored { wish, created_at }),
            None => Err((
                "The service does not say what was asked for under this ID; attach it to its card by hand.",
                "服务端没有给出这个 ID 的请求内容，请在对应卡片上手动填入。",
            )),
        },
        Looked::Nowhere => Err(("The service knows no task with this ID.", "服务端没有这个 ID 的任务。")),
        Looked::NoAnswer => Err((
            "The service did not answer for this ID; try again later.",
            "服务没有应答这个 ID，请稍后再试。",
        )),
    }
}

/// Why a record was paired with no card: the nearest miss.
fn why_left(lang: Lang, record: &Stored, open: &[Open], lost: &[Lost]) -> String {
    let mut miss: Option<(usize, String)> = None;
    for (card, tries) in open.iter().zip(lost) {
        let number = &card.number;
        for (wish, sent_at) in &tries.tries {
            let Some(wish) = wish.as_ref().filter(|wish| wish.same_prompt(&record.wish)) else {
                continue;
            };
            let (far, why) = match wish.compare(&record.wish) {
                Likeness::Same if is_later(record.created_at, *sent_at) => (
                    0,
                    match lang {
                        Lang::En => format!("The same request as {number}, which has an ID already."),
                        Lang::Zh => format!("与 {number} 的请求相同，但它已经有 ID 了。"),
                    },
                ),
                Likeness::Same => (
                    1,
                    match lang {
                        Lang::En => format!("The same request as {number}, but made before it was sent."),
                        Lang::Zh => format!("与 {number} 的请求相同，但生成时间早于它的提交时间。"),
                    },
                ),
                Likeness::Differs(differences) => {
                    let names: Vec<_> = differences.iter().map(|one| words::field(lang, one.field)).collect();
                    (
                        1 + names.len(),
                        match lang {
                            Lang::En => format!("Like {number}, but for: {}.", names.join(", ").to_lowercase()),
                            Lang::Zh => format!("与 {number} 相近，但不同：{}。", names.join("、")),
                        },
                    )
                }
                Likeness::Unreadable => continue,
            };
            if miss.as_ref().is_none_or(|(known, _)| far < *known) {
                miss = Some((far, why));
            }
        }
    }
    miss.map_or_else(
        || {
            lang.pick(
                "No card with an unknown outcome asked for this.",
                "没有结果未知的卡片提交过这个请求。",
            )
            .to_owned()
        },
        |(_, why)| why,
    )
}

fn owned(lang: Lang, number: &str) -> String {
    match (lang, number.is_empty()) {
        (Lang::En, true) => "A card has this ID already.".to_owned(),
        (Lang::Zh, true) => "已有卡片使用这个 ID。".to_owned(),
        (Lang::En, false) => format!("{number} has this ID already."),
        (Lang::Zh, false) => format!("{number} 已经使用这个 ID。"),
    }
}

fn moved_on(lang: Lang, number: &str) -> String {
    match lang {
        Lang::En => format!("{number} has moved on meanwhile."),
        Lang::Zh => format!("{number} 的状态刚刚变了。"),
    }
}

fn count(n: usize) -> u32 {
    u32::try_from(n).unwrap_or(u32::MAX)
}
