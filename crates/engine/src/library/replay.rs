//! Brings a library that is older than the truth up to it: from the purchase record, and from what was salvaged.
//!
//! Two things may never come of an old copy: that something bought is forgotten, and that it is bought again. So every
//! attempt that is known from elsewhere is added, its card watched again or put before the user; whatever stood in the
//! queue is taken out of it; and where nobody can say what happened since, a card says so and waits. It only ever adds
//! to the ledger, and never takes a card that is bought out of its state.

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;

use rusqlite::{Connection, OptionalExtension as _, params};
use serde_json::json;
use sha2::{Digest, Sha256};
use uuid::Uuid;

use super::images::KeptImage;
use super::newer;
use super::note::{self, Noted, NotedAttempt, NotedBatch, NotedTask};
use super::record::{Line, What};
use super::restoration::Found;
use super::salvage::Salvaged;
use super::{attempts, doubt, due, step, tasks};
use crate::error::{Error, Result};
use crate::stages::submit::hex;
use crate::task::request::Parameters;
use crate::task::{State, Step};
use crate::trouble::Trouble;
use crate::view::ImageRef;

/// What is known from elsewhere.
#[derive(Debug, Default)]
pub(super) struct Elsewhere {
    pub(super) lines: Vec<Line>,
    pub(super) salvaged: Salvaged,
    /// Seed images that lie in their folder and that the library does not know.
    pub(super) pictures: Vec<KeptImage>,
    /// Whether the lines cover everything since the library's own end.
    pub(super) complete: bool,
    /// The library is as it was when this was made (ms), not as it was when it was last used.
    pub(super) as_of: Option<i64>,
}

/// Adds what is missing. `now`: ms.
///
/// # Errors
/// The library's; then nothing was changed.
pub(super) fn replay(tx: &Connection, elsewhere: &Elsewhere, now: i64) -> Result<Found> {
    let mut found = Found::default();
    let known = gather(tx, elsewhere, &mut found)?;
    // Before anything is added here, which would count as a change of its card.
    let newer = newer::rows(tx, &elsewhere.salvaged.rows)?;
    let mut touched = BTreeSet::new();
    for noted in known.values() {
        let added = ensure_card(tx, &noted.task, &noted.batch, now)?;
        found.cards += u64::from(added);
        if add_attempt(tx, noted, now)? {
            touched.insert(noted.task.id.clone());
            if !added {
                newer::put_as_bought(tx, &noted.task, now)?;
            }
        }
    }
    for (task, batch) in &elsewhere.salvaged.cards {
        found.cards += u64::from(ensure_card(tx, task, batch, now)?);
    }
    for id in &touched {
        settle(tx, id, &mut found, now)?;
    }
    found.edited = newer::put(tx, &newer, now)?;
    found.pictures = newer::keep(tx, &elsewhere.pictures, now)?;
    if let Some(as_of) = elsewhere.as_of {
        mistrust(tx, elsewhere.complete, as_of, &mut found, now)?;
    }
    Ok(found)
}

/// The last word on each attempt: the record before what was salvaged, and what was heard last of all.
fn gather(tx: &Connection, elsewhere: &Elsewhere, found: &mut Found) -> Result<BTreeMap<String, Noted>> {
    let mut known: BTreeMap<String, Noted> = BTreeMap::new();
    for noted in &elsewhere.salvaged.attempts {
        known.insert(noted.attempt.id.clone(), noted.clone());
    }
    for line in &elsewhere.lines {
        if let What::Attempt(noted) = &line.what {
            known.insert(noted.attempt.id.clone(), (**noted).clone());
        }
    }
    for line in &elsewhere.lines {
        let What::Heard { attempt_id, service_id } = &line.what else {
            continue;
        };
        let Some(noted) = known
            .get(attempt_id)
            .cloned()
            .map_or_else(|| note::attempt_of(tx, attempt_id), |noted| Ok(Some(noted)))?
        else {
            if attempts::owner_of(tx, service_id)?.is_none() {
                found.orphans.push(service_id.clone());
            }
            continue;
        };
        if noted.attempt.service_id.is_none() {
            let attempt = NotedAttempt {
                outcome: "accepted".to_owned(),
                service_id: Some(service_id.clone()),
                ..noted.attempt
            };
            known.insert(attempt_id.clone(), Noted { attempt, ..noted });
        }
    }
    Ok(known)
}

/// Makes sure that a card is there; `true` where it was not.
fn ensure_card(tx: &Connection, task: &NotedTask, batch: &NotedBatch, now: i64) -> Result<bool> {
    let there = tx
        .query_row("SELECT 1 FROM task WHERE id = ?1", [&task.id], |_| Ok(()))
        .optional()?;
    if there.is_some() {
        return Ok(false);
    }
    tx.execute(
        "INSERT INTO batch (id, name, folder, created_at, updated_at) VALUES (?1, ?2, ?3, ?4, ?4)
         ON CONFLICT (id) DO NOTHING",
        params![batch.id, batch.name, batch.folder, now],
    )?;
    let mut number = task.number.clone();
    let mut again = 2;
    while tasks::by_number(tx, &batch.id, &number)?.is_some() {
        number = format!("{} ({again})", task.number);
        again += 1;
    }
    let draft = tasks::Draft {
        id: &task.id,
        batch: &batch.id,
        number: &number,
        position: tasks::last_position(tx, &batch.id)? + 1,
        fields: &task.fields,
        price: task.price,
    };
    draft.insert(tx, now)?;
    step::record(tx, &task.id, now, "foundAgain", &json!({}))?;
    Ok(true)
}

/// Adds an attempt, or what is known of one beyond what is known here; `true` where that was something.
fn add_attempt(tx: &Connection, noted: &Noted, now: i64) -> Result<bool> {
    let new = &noted.attempt;
    let owner = match &new.service_id {
        Some(id) => attempts_with(tx, id)?,
        None => None,
    };
    // An id that another attempt has was given for that one.
    let service_id = new
        .service_id
        .clone()
        .filter(|_| owner.as_ref().is_none_or(|owner| *owner == new.id));
    let mut changed = match note::attempt_of(tx, &new.id)? {
        None => insert_attempt(tx, noted, service_id.as_deref())?,
        Some(old) if old.attempt.outcome == new.outcome && old.attempt.service_id == service_id => false,
        // What is known to be bought is never unknown again.
        Some(old) if old.attempt.service_id.is_some() && service_id.is_none() => false,
        Some(_) => tx.execute(
            "UPDATE attempt SET outcome = ?2, service_id = COALESCE(service_id, ?3), answered_at = ?4 WHERE id = ?1",
            params![new.id, new.outcome, service_id, new.answered_at],
        )? == 1,
    };
    for file in &noted.files {
        // Not called saved before the saver has looked at it; the name, length and hash let it find the file.
        changed |= tx.execute(
            "INSERT INTO take (id, attempt_id, kind, ordinal, remote_url, linked_at, folder, file_name, size, sha256, clip_ms)
             VALUES (?1, ?2, 'clip', ?3, '', ?9, ?4, ?5, ?6, ?7, ?8)
             ON CONFLICT (attempt_id, kind, ordinal) DO UPDATE SET folder = excluded.folder,
               file_name = excluded.file_name, size = excluded.size, sha256 = excluded.sha256,
               clip_ms = excluded.clip_ms
             WHERE saved_at IS NULL OR file_name IS NOT excluded.file_name OR folder IS NOT excluded.folder",
            params![
                Uuid::now_v7().to_string(),
                new.id,
                file.ordinal,
                file.folder,
                file.name,
                file.size,
                file.sha256,
                file.clip_ms,
                now,
            ],
        )? == 1;
    }
    Ok(changed)
}

fn attempts_with(tx: &Connection, service_id: &str) -> Result<Option<String>> {
    Ok(tx
        .query_row("SELECT id FROM attempt WHERE service_id = ?1", [service_id], |row| {
            row.get(0)
        })
        .optional()?)
}

fn insert_attempt(tx: &Connection, noted: &Noted, service_id: Option<&str>) -> Result<bool> {
    let new = &noted.attempt;
    let added = tx.execute(
        "INSERT INTO attempt (id, task_id, ordinal, outcome, body, body_hash, key_id, key_name, price, balance_before,
           sent_at, answered_at, service_id)
         SELECT ?1, ?2, CASE WHEN EXISTS (SELECT 1 FROM attempt WHERE task_id = ?2 AND ordinal = ?3)
             THEN MAX(ordinal) + 1 ELSE ?3 END, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12, ?13
         FROM attempt WHERE task_id = ?2",
        params![
            new.id,
            noted.task.id,
            new.ordinal,
            new.outcome,
            new.body,
            new.body_hash,
            new.key_id,
            new.key_name,
            new.price,
            new.balance_before,
            new.sent_at,
            new.answered_at,
            service_id,
        ],
    )?;
    Ok(added == 1)
}

/// Puts a card where its attempts say it stands.
fn settle(tx: &Connection, id: &str, found: &mut Found, now: i64) -> Result<()> {
    // A card that was taken off the board and has something bought on it is needed there.
    tx.execute("UPDATE task SET deleted_at = NULL WHERE id = ?1", [id])?;
    let all = attempts::of_task(tx, id)?;
    let last = |outcomes: &[&str]| {
        all.iter()
            .rfind(|attempt| outcomes.contains(&attempt.outcome.as_str()))
            .cloned()
    };
    let at = step::state(tx, id)?;
    let under_way = matches!(
        at,
        State::Generating | State::Saving | State::Done | State::TimedOut | State::SaveFailed
    );
    let bought = last(&["accepted", "attached"]).filter(|attempt| attempt.service_id.is_some());
    if let Some(attempt) = bought {
        found.bought += 1;
        if !under_way {
            watch(tx, id, &attempt, now)?;
        }
        return adopt_files(tx, id, &attempt.id, found, now);
    }
    if under_way {
        return Ok(());
    }
    if let Some(attempt) = last(&["sent", "unknown"]) {
        attempts::answer(
            tx,
            &attempt.id,
            attempts::Outcome::Unknown,
            None,
            "no answer was noted",
            now,
        )?;
        lose_track(tx, id, now)?;
        tx.execute(
            "UPDATE task SET attempt_id = ?2, session = NULL WHERE id = ?1",
            [id, attempt.id.as_str()],
        )?;
        let trouble = Trouble::Interrupted {
            sent_at: attempt.sent_at,
            before: attempt.balance_before,
            after: attempt.balance_after,
            verdict: None,
        };
        tasks::set_trouble(tx, id, &trouble)?;
        found.unanswered += 1;
    } else if let Some(attempt) = last(&["notMade", "forgotten"]).filter(|attempt| attempt.service_id.is_some()) {
        watch(tx, id, &attempt, now)?;
        step::step(tx, id, Step::GenerationFailed, now, &json!({}))?;
        let service = String::new();
        let trouble = match attempt.outcome.as_str() {
            "forgotten" => Trouble::Forgotten { service },
            _ => Trouble::GenerationFailed { code: None, service },
        };
        tasks::set_trouble(tx, id, &trouble)?;
        found.bought += 1;
    }
    Ok(())
}

/// What was bought is watched again, whatever its card looked like in the backup.
fn watch(tx: &Connection, id: &str, attempt: &attempts::Attempt, now: i64) -> Result<()> {
    lose_track(tx, id, now)?;
    tx.execute(
        "UPDATE task SET attempt_id = ?2, polls = 0, session = NULL WHERE id = ?1",
        [id, attempt.id.as_str()],
    )?;
    let detail = json!({ "id": attempt.service_id, "by": "record" });
    step::step(tx, id, Step::Attach, now, &detail)?;
    tasks::set_due(tx, id, now)
}

fn lose_track(tx: &Connection, id: &str, now: i64) -> Result<()> {
    if step::state(tx, id)? != State::Unconfirmed {
        step::step(tx, id, Step::LoseTrack, now, &json!({}))?;
    }
    Ok(())
}

/// Where every file of an attempt is in its place by name and length, the saver only has to look at it.
fn adopt_files(tx: &Connection, id: &str, attempt: &str, found: &mut Found, now: i64) -> Result<()> {
    let takes = super::takes::of_attempt(tx, attempt)?;
    let there = takes.iter().filter(|take| take.saved_at.is_none()).all(|take| {
        let place = take.folder.as_ref().zip(take.file_name.as_ref());
        place.is_some_and(|(folder, name)| {
            std::fs::metadata(Path::new(folder).join(name)).is_ok_and(|meta| Some(meta.len()) == take.size)
        })
    });
    if takes.is_empty() || !there {
        return Ok(());
    }
    if matches!(step::state(tx, id)?, State::Generating | State::TimedOut) {
        step::step(tx, id, Step::Generated, now, &json!({ "by": "record" }))?;
        tasks::set_due(tx, id, now)?;
        found.files += 1;
    }
    Ok(())
}

/// What was not bought in the backup may have been since. Nothing stays in the queue; and where the record cannot say,
/// the card says so and waits for the user.
fn mistrust(tx: &Connection, complete: bool, as_of: i64, found: &mut Found, now: i64) -> Result<()> {
    let waiting = |state| due::in_state(tx, state);
    if complete {
        for (state, taken) in [(State::Preparing, Step::PutBack), (State::Queued, Step::Unqueue)] {
            for id in waiting(state)? {
                if state == State::Preparing {
                    step::step(tx, &id, taken, now, &json!({}))?;
                }
                doubt::step_or_doubt(tx, &id, Step::Unqueue, now, &json!({}))?;
                tx.execute("UPDATE task SET session = NULL WHERE id = ?1", [&id])?;
                found.taken_back += 1;
            }
        }
        return Ok(());
    }
    for state in [
        State::Preparing,
        State::Queued,
        State::Draft,
        State::Failed,
        State::Cancelled,
    ] {
        for id in waiting(state)? {
            if doubt::may_be_bought(tx, &id)? {
                // Known to be bought, or in doubt already: the queue alone must not have it.
                if matches!(state, State::Preparing | State::Queued) {
                    doubt::step_or_doubt(tx, &id, Step::Cancel, now, &json!({}))?;
                }
                continue;
            }
            doubt_about(tx, &id, as_of, now)?;
            found.doubtful += 1;
        }
    }
    Ok(())
}

/// An attempt of which nothing is known, not even that it was made.
fn doubt_about(tx: &Connection, id: &str, as_of: i64, now: i64) -> Result<()> {
    let row = tasks::get(tx, id)?;
    lose_track(tx, id, now)?;
    // As it would have been sent, but for where its images lie.
    let links = row.fields.images.iter().filter_map(|image| match image {
        ImageRef::Link { url } => Some(url.clone()),
        ImageRef::Kept { .. } => None,
    });
    let body = Parameters::check(&row.fields)
        .map(|parameters| parameters.request(&row.fields, links.collect()).canonical_json())
        .unwrap_or_default();
    let attempt = Uuid::now_v7().to_string();
    tx.execute(
        "INSERT INTO attempt (id, task_id, ordinal, outcome, body, body_hash, key_id, key_name, price, sent_at, answer)
         SELECT ?1, ?2, COALESCE(MAX(ordinal), 0) + 1, 'unknown', ?3, ?4, '', '', ?5, ?6, ?7
         FROM attempt WHERE task_id = ?2",
        params![
            attempt,
            id,
            body,
            hex(&Sha256::digest(body.as_bytes())),
            row.price,
            as_of,
            "restored from a backup; nobody knows whether it was sent"
        ],
    )?;
    tx.execute(
        "UPDATE task SET attempt_id = ?2, session = NULL WHERE id = ?1",
        params![id, attempt],
    )?;
    tasks::set_trouble(tx, id, &Trouble::LostTrack { since: as_of })
}

/// Lines that were heard and whose commit never came, as far as this library knows the attempt.
pub(super) fn unheard(db: &Connection, lines: &[Line]) -> Result<bool> {
    for line in lines {
        if let What::Heard { service_id, .. } = &line.what
            && attempts::owner_of(db, service_id)?.is_none()
        {
            return Ok(true);
        }
    }
    Ok(false)
}

/// Damage that shows while a library is put back is damage all the same.
pub(super) fn or_damaged(error: Error) -> Error {
    match &error {
        Error::Sqlite(why)
            if matches!(
                why.sqlite_error_code(),
                Some(rusqlite::ErrorCode::DatabaseCorrupt | rusqlite::ErrorCode::NotADatabase)
            ) =>
        {
            Error::Damaged(why.to_string())
        }
        _ => error,
    }
}
