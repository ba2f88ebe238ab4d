//! What a start would buy, looked at before it is asked for. It reads and changes nothing.

use rusqlite::{Connection, OptionalExtension, params};

use super::Engine;
use super::ask::{self, Scope};
use crate::error::Result;
use crate::library::{images, outlook, tasks};
use crate::price;
use crate::stages::submit;
use crate::task::request::Parameters;
use crate::trouble::Trouble;
use crate::view::start::{BoughtBefore, CannotStart, StartSummary};
use crate::view::{ImageRef, TaskFields};
use crate::words::Lang;

/// How many are named; the rest is counted.
const NAMED: usize = 5;

impl Engine {
    /// What [`Engine::start`] would do now.
    ///
    /// # Errors
    /// The library's.
    pub async fn look_at_start(&self, scope: Scope, lang: Lang) -> Result<StartSummary> {
        let (session, host) = (self.core.session.clone(), self.core.upload_host.clone());
        let balance = self.core.balance.get().map(|heard| heard.credits);
        self.core
            .library
            .read(move |db| {
                let mut summary = StartSummary {
                    prices_of: price::AS_OF.to_owned(),
                    balance,
                    ..StartSummary::default()
                };
                for id in ask::chosen(db, &scope, &session)? {
                    look_at(db, &id, &host, lang, &mut summary)?;
                }
                for id in unsendable(db, &scope)? {
                    let row = tasks::get(db, &id)?;
                    if let Some(trouble) = row.trouble {
                        cannot(&mut summary, id, row.number, &trouble, lang);
                    }
                }
                Ok(summary)
            })
            .await
    }
}

fn look_at(db: &Connection, id: &str, host: &str, lang: Lang, summary: &mut StartSummary) -> Result<()> {
    let row = tasks::get(db, id)?;
    summary.count += 1;
    let parameters = match Parameters::check(&row.fields) {
        Ok(parameters) => parameters,
        // Found wrong by this version only, or chosen by name: it would be refused before anything is sent.
        Err(trouble) => {
            cannot(summary, row.id, row.number, &trouble, lang);
            return Ok(());
        }
    };
    match parameters.price() {
        Some(price) => summary.credits += price,
        None => summary.unpriced += 1,
    }
    let Some(urls) = links(db, &row.fields, host)? else {
        return Ok(());
    };
    let body = parameters.request(&row.fields, urls).canonical_json();
    if let Some((by, at)) = bought(db, &submit::body_hash(&body))? {
        summary.again_count += 1;
        if summary.again.len() < NAMED {
            let (id, number) = (row.id, row.number);
            summary.again.push(BoughtBefore { id, number, by, at });
        }
    }
    Ok(())
}

fn cannot(summary: &mut StartSummary, id: String, number: String, trouble: &Trouble, lang: Lang) {
    summary.cannot_count += 1;
    if summary.cannot.len() < NAMED {
        let why = trouble.told().view(lang).cause;
        summary.cannot.push(CannotStart { id, number, why });
    }
}

/// Drafts that stand there and are left out because they cannot be sent.
fn unsendable(db: &Connection, scope: &Scope) -> Result<Vec<String>> {
    let batch = match scope {
        Scope::Batch(batch) => Some(batch.as_str()),
        Scope::Everything => None,
        Scope::Tasks(_) | Scope::Held(_) | Scope::LeftOver => return Ok(Vec::new()),
    };
    let mut query = db.prepare_cached(
        "SELECT id FROM task WHERE deleted_at IS NULL AND (?1 IS NULL OR batch_id = ?1)
           AND trouble IS NOT NULL AND state = 'draft' ORDER BY batch_id, position",
    )?;
    let rows = query.query_map([batch], |row| row.get(0))?;
    Ok(rows.collect::<Result<_, _>>()?)
}

/// The links that its images had when they were last sent; `None` where one never was, so nothing was bought with it.
fn links(db: &Connection, fields: &TaskFields, host: &str) -> Result<Option<Vec<String>>> {
    let mut urls = Vec::with_capacity(fields.images.len());
    for image in &fields.images {
        match image {
            ImageRef::Link { url } => urls.push(url.clone()),
            ImageRef::Kept { hash, .. } => match images::uploaded(db, hash, host, 0)? {
                Some(url) => urls.push(url),
                None => return Ok(None),
            },
        }
    }
    Ok(Some(urls))
}

/// Who bought exactly this last, and when. What is on the wire counts, and what may have been bought.
fn bought(db: &Connection, hash: &str) -> Result<Option<(String, i64)>> {
    Ok(db
        .prepare_cached(&format!(
            "SELECT t.number, a.sent_at FROM attempt a JOIN task t ON t.id = a.task_id
             WHERE a.body_hash = ?1 AND (a.outcome = 'sent' OR a.outcome IN {})
             ORDER BY a.sent_at DESC LIMIT 1",
            outlook::BOUGHT
        ))?
        .query_row(params![hash], |row| Ok((row.get(0)?, row.get(1)?)))
        .optional()?)
}
