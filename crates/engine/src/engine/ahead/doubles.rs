//! What would be bought twice: the very request that was bought before, and the same one twice in one start. Variants
//! are meant to be tries of one request, and are not doubles of one another.

use std::collections::HashMap;

use rusqlite::{Connection, OptionalExtension, params};

use super::NAMED;
use crate::error::Result;
use crate::library::{TaskRow, images, outlook};
use crate::stages::submit;
use crate::task::State;
use crate::task::request::Parameters;
use crate::view::start::{BoughtBefore, Doubt, StartSummary};
use crate::view::{ImageRef, TaskFields};

pub(super) struct Doubles {
    host: String,
    /// Requests of this start, by their hash: the variants they belong to.
    seen: HashMap<String, String>,
}

impl Doubles {
    /// `host`: where uploads go; links made elsewhere are others.
    pub(super) fn new(host: String) -> Self {
        let seen = HashMap::new();
        Self { host, seen }
    }

    /// What there is to doubt about the next one of a start. Where that is `without` reason enough to leave it out, no
    /// later one is its double.
    pub(super) fn look(
        &mut self,
        db: &Connection,
        row: &TaskRow,
        parameters: &Parameters,
        without: &[Doubt],
    ) -> Result<Doubts> {
        let group: String = db
            .prepare_cached("SELECT COALESCE(variant_of, id) FROM task WHERE id = ?1")?
            .query_row([&row.id], |row| row.get(0))?;
        let hash = |urls| submit::body_hash(&parameters.request(&row.fields, urls).canonical_json());
        let mut doubts = Doubts::default();
        if let Some(sent) = links(db, &row.fields, &self.host)?.map(hash) {
            doubts.bought = bought(db, &sent, &row.id, &group)?;
            doubts.in_vain = doubts.bought.is_none()
                && row.state().is_ok_and(|state| state == State::Draft)
                && in_vain(db, &sent, &row.id)?;
        }
        // Kept images are known by what they hold: that is the same whether or not they were uploaded.
        let pictures = row.fields.images.iter().map(|image| match image {
            ImageRef::Link { url } => url.clone(),
            ImageRef::Kept { hash, .. } => hash.clone(),
        });
        let request = hash(pictures.collect());
        let seen = self.seen.get(&request);
        doubts.twin = seen.is_some_and(|other| *other != group);
        if seen.is_none() && !doubts.any_of(without) {
            self.seen.insert(request, group);
        }
        Ok(doubts)
    }
}

/// What there is to doubt about one.
#[derive(Debug, Default)]
pub(super) struct Doubts {
    /// The number of the task that bought exactly this last, and when (ms).
    pub(super) bought: Option<(String, i64)>,
    pub(super) in_vain: bool,
    pub(super) twin: bool,
}

impl Doubts {
    pub(super) fn any_of(&self, these: &[Doubt]) -> bool {
        these.iter().any(|doubt| match doubt {
            Doubt::Again => self.bought.is_some(),
            Doubt::InVain => self.in_vain,
            Doubt::Twin => self.twin,
        })
    }

    /// Counts them, and names the first few.
    pub(super) fn tell(self, row: &TaskRow, summary: &mut StartSummary) {
        if let Some((by, at)) = self.bought {
            summary.again_count += 1;
            if summary.again.len() < NAMED {
                let (id, number) = (row.id.clone(), row.number.clone());
                summary.again.push(BoughtBefore { id, number, by, at });
            }
        }
        for (there, count, named) in [
            (self.in_vain, &mut summary.in_vain_count, &mut summary.in_vain),
            (self.twin, &mut summary.twins_count, &mut summary.twins),
        ] {
            if there {
                *count += 1;
                if named.len() < NAMED {
                    named.push(row.number.clone());
                }
            }
        }
    }
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

/// Whether this task was sent exactly so before, and the service turned it down or could not make it. Whoever tries a
/// failed one again is asked about that; one that was edited and put back looks like any other.
fn in_vain(db: &Connection, hash: &str, id: &str) -> Result<bool> {
    Ok(db
        .prepare_cached(
            "SELECT EXISTS (SELECT 1 FROM attempt
             WHERE task_id = ?1 AND body_hash = ?2 AND outcome IN ('refused', 'notMade'))",
        )?
        .query_row([id, hash], |row| row.get(0))?)
}

/// Who bought exactly this last, and when; not another variant of it. What is on the wire counts, and what may have been
/// bought.
fn bought(db: &Connection, hash: &str, id: &str, group: &str) -> Result<Option<(String, i64)>> {
    Ok(db
        .prepare_cached(&format!(
            "SELECT t.number, a.sent_at FROM attempt a JOIN task t ON t.id = a.task_id
             WHERE a.body_hash = ?1 AND (a.outcome = 'sent' OR a.outcome IN {})
               AND (t.id = ?2 OR COALESCE(t.variant_of, t.id) <> ?3)
             ORDER BY a.sent_at DESC LIMIT 1",
            outlook::BOUGHT
        ))?
        .query_row(params![hash, id, group], |row| Ok((row.get(0)?, row.get(1)?)))
        .optional()?)
}
