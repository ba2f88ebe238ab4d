//! Tasks that are not bought yet: added, edited, taken off the board and put back.

use rusqlite::{Connection, OptionalExtension, params};
use serde_json::json;
use uuid::Uuid;

use super::doubt::may_be_bought;
use super::rows::{COLUMNS, TaskRow};
use super::step::{record, state, step_from};
use super::turns::ROOM;
use crate::error::{Error, Result};
use crate::task::request::Parameters;
use crate::task::{State, Step};
use crate::trouble::Trouble;
use crate::view::TaskFields;

/// A task to be added.
#[derive(Clone, Debug, Default)]
pub struct NewTask {
    /// Its number; left out: the next free one.
    pub number: Option<String>,
    /// Its request.
    pub fields: TaskFields,
}

/// Adds drafts to one batch. Place and number are read once, however many are added.
pub(crate) struct Adder<'a> {
    tx: &'a Connection,
    batch: &'a str,
    position: i64,
    number: u64,
}

impl<'a> Adder<'a> {
    pub(crate) fn to(tx: &'a Connection, batch: &'a str) -> Result<Self> {
        let position = last_position(tx, batch)?;
        let largest: Option<i64> = tx.query_row(
            "SELECT MAX(CAST(number AS INTEGER)) FROM task
             WHERE batch_id = ?1 AND number GLOB '[0-9]*' AND length(number) < 16
               AND rtrim(number, 'abcdefghijklmnopqrstuvwxyz') NOT GLOB '*[^0-9]*'",
            [batch],
            |row| row.get(0),
        )?;
        let number = largest.and_then(|n| u64::try_from(n).ok()).unwrap_or(0);
        Ok(Self {
            tx,
            batch,
            position,
            number,
        })
    }

    /// Adds several tries of one row: 0007a, 0007b and so on, each naming the first. More than the letters there are
    /// goes on with aa.
    pub(crate) fn add_variants(&mut self, task: &NewTask, variants: u32, now: i64) -> Result<Vec<String>> {
        let number = task.number.clone().unwrap_or_else(|| self.next());
        let mut ids: Vec<String> = Vec::new();
        for nth in 0..variants {
            let one = NewTask {
                number: Some(format!("{number}{}", letters(nth))),
                fields: task.fields.clone(),
            };
            let id = self.add(&one, now)?;
            let first = ids.first().unwrap_or(&id);
            self.tx
                .execute("UPDATE task SET variant_of = ?2 WHERE id = ?1", [&id, first])?;
            ids.push(id);
        }
        // Its letters keep the row's number from being counted above.
        self.number = self.number.max(number.parse().unwrap_or(0));
        Ok(ids)
    }

    fn next(&self) -> String {
        format!("{:04}", self.number + 1)
    }

    /// Adds one and returns its id. Without a number it gets the next free one: one more than the largest that is all
    /// digits, at least four digits wide.
    pub(crate) fn add(&mut self, task: &NewTask, now: i64) -> Result<String> {
        let id = Uuid::now_v7().to_string();
        let number = task.number.clone().unwrap_or_else(|| self.next());
        if let Ok(taken) = number.parse::<u64>()
            && number.len() < 16
        {
            self.number = self.number.max(taken);
        }
        self.position += 1;
        let draft = Draft {
            id: &id,
            batch: self.batch,
            number: &number,
            position: self.position,
            fields: &task.fields,
            price: price(&task.fields),
        };
        draft.insert(self.tx, now)?;
        record(self.tx, &id, now, "added", &json!({}))?;
        Ok(id)
    }
}

/// a to z, then aa.
fn letters(nth: u32) -> String {
    let letter = |n: u32| char::from_u32(u32::from(b'a') + n % 26).unwrap_or('a');
    let mut text = letter(nth).to_string();
    let mut rest = nth / 26;
    while rest > 0 {
        text.insert(0, letter(rest - 1));
        rest = (rest - 1) / 26;
    }
    text
}

/// A new card, with everything that has been decided about it.
pub(super) struct Draft<'a> {
    pub(super) id: &'a str,
    pub(super) batch: &'a str,
    pub(super) number: &'a str,
    /// In its batch. Its turn comes after everything that is there.
    pub(super) position: i64,
    pub(super) fields: &'a TaskFields,
    /// In credits; `None`: not known.
    pub(super) price: Option<f64>,
}

impl Draft<'_> {
    /// Adds its row, with what keeps it from being sent.
    pub(super) fn insert(&self, tx: &Connection, now: i64) -> Result<()> {
        let fields = self.fields;
        tx.prepare_cached(
            "INSERT INTO task (id, batch_id, number, position, turn, sort, prompt, images, model, aspect_ratio, resolution,
               duration, mode, seed, watermark, translation, price, state, created_at, updated_at)
             SELECT ?1, ?2, ?3, ?4, n.turn, n.turn, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12, ?13, ?14, ?15, 'draft', ?16, ?16
             FROM (SELECT COALESCE(MAX(turn), 0) + ?17 AS turn FROM task) AS n",
        )?
        .execute(params![
            self.id,
            self.batch,
            self.number,
            self.position,
            fields.prompt,
            serde_json::to_string(&fields.images)?,
            fields.model,
            fields.aspect_ratio,
            fields.resolution,
            fields.duration,
            fields.mode,
            fields.seed,
            fields.watermark,
            fields.enable_translation,
            self.price,
            now,
            ROOM,
        ])?;
        set_wrong(tx, self.id, fields)
    }
}

/// The last place that is taken in a batch; 0 where none is.
pub(super) fn last_position(tx: &Connection, batch: &str) -> Result<i64> {
    Ok(tx
        .prepare_cached("SELECT COALESCE(MAX(position), 0) FROM task WHERE batch_id = ?1")?
        .query_row([batch], |row| row.get(0))?)
}

/// Whether a task's request may still be changed: nothing is being bought with it, and nothing was or may have been.
/// A state that this version does not know is left alone.
pub(crate) fn may_edit(tx: &Connection, row: &TaskRow) -> Result<bool> {
    Ok(match row.state() {
        Ok(State::Draft) => true,
        Ok(state) => state.editable() && !may_be_bought(tx, &row.id)?,
        Err(_) => false,
    })
}

/// Changes the request of a task that nothing is being bought with.
pub(crate) fn edit(tx: &Connection, id: &str, fields: &TaskFields, now: i64) -> Result<()> {
    let row = get(tx, id)?;
    let state = row.state()?;
    if !may_edit(tx, &row)? {
        return Err(Error::Changed);
    }
    if matches!(state, State::Failed | State::Cancelled) {
        step_from(tx, id, state, Step::Revise, now, &json!({}))?;
    }
    put_fields(tx, id, fields, price(fields), now)?;
    set_wrong(tx, id, fields)?;
    record(tx, id, now, "edited", &json!({}))
}

/// Writes a request over a card's, whatever state it is in: for callers that know that it may be.
pub(super) fn put_fields(tx: &Connection, id: &str, fields: &TaskFields, price: Option<f64>, now: i64) -> Result<()> {
    tx.execute(
        "UPDATE task SET prompt = ?2, images = ?3, model = ?4, aspect_ratio = ?5, resolution = ?6, duration = ?7,
           mode = ?8, seed = ?9, watermark = ?10, translation = ?11, price = ?12, updated_at = ?13,
           revision = revision + 1
         WHERE id = ?1",
        params![
            id,
            fields.prompt,
            serde_json::to_string(&fields.images)?,
            fields.model,
            fields.aspect_ratio,
            fields.resolution,
            fields.duration,
            fields.mode,
            fields.seed,
            fields.watermark,
            fields.enable_translation,
            price,
            now,
        ],
    )?;
    Ok(())
}

/// Takes a task off the board; its attempts stay in the ledger. Refused where something that was bought, or may have
/// been, could still be fetched.
pub(crate) fn delete(tx: &Connection, id: &str, now: i64) -> Result<()> {
    let state = state(tx, id)?;
    let gone = match state {
        State::Draft | State::Queued | State::Failed | State::Cancelled => !may_be_bought(tx, id)?,
        _ => false,
    };
    if !gone {
        return Err(Error::Changed);
    }
    tx.execute(
        "UPDATE task SET deleted_at = ?2, session = NULL, revision = revision + 1 WHERE id = ?1",
        params![id, now],
    )?;
    record(tx, id, now, "deleted", &json!({}))
}

/// Puts a deleted task back onto the board, out of the queue.
pub(crate) fn restore(tx: &Connection, id: &str, now: i64) -> Result<()> {
    let changed = tx.execute(
        "UPDATE task SET deleted_at = NULL, session = NULL, updated_at = ?2, revision = revision + 1
         WHERE id = ?1 AND deleted_at IS NOT NULL",
        params![id, now],
    )?;
    if changed == 0 {
        return Err(Error::NotFound("task".to_owned()));
    }
    record(tx, id, now, "restored", &json!({}))
}

/// One row.
pub(crate) fn get(tx: &Connection, id: &str) -> Result<TaskRow> {
    tx.prepare_cached(&format!(
        "SELECT {COLUMNS} FROM task t WHERE t.id = ?1 AND t.deleted_at IS NULL"
    ))?
    .query_row([id], TaskRow::read)
    .optional()?
    .ok_or_else(|| Error::NotFound("task".to_owned()))
}

/// The rows of a batch or of all, in the order of the board.
pub(crate) fn all(tx: &Connection, batch: Option<&str>) -> Result<Vec<TaskRow>> {
    let sql = format!(
        "SELECT {COLUMNS} FROM task t WHERE t.deleted_at IS NULL AND (?1 IS NULL OR t.batch_id = ?1)
         ORDER BY t.batch_id, t.position"
    );
    let mut query = tx.prepare(&sql)?;
    let rows = query.query_map([batch], TaskRow::read)?;
    Ok(rows.collect::<Result<_, _>>()?)
}

/// The task of a batch with this number, deleted ones included (a number is never given twice).
pub(crate) fn by_number(tx: &Connection, batch: &str, number: &str) -> Result<Option<(String, bool)>> {
    Ok(tx
        .query_row(
            "SELECT id, deleted_at IS NOT NULL FROM task WHERE batch_id = ?1 AND number = ?2",
            [batch, number],
            |row| Ok((row.get(0)?, row.get(1)?)),
        )
        .optional()?)
}

/// Stores what keeps a request from being sent, so that its card says so and Start passes it over; clears it where
/// nothing does.
fn set_wrong(tx: &Connection, id: &str, fields: &TaskFields) -> Result<()> {
    let wrong = Parameters::check(fields)
        .err()
        .map(|trouble| serde_json::to_string(&trouble))
        .transpose()?;
    tx.execute("UPDATE task SET trouble = ?2 WHERE id = ?1", params![id, wrong])?;
    Ok(())
}

/// Stores why a task stands where it stands.
pub(crate) fn set_trouble(tx: &Connection, id: &str, trouble: &Trouble) -> Result<()> {
    tx.execute(
        "UPDATE task SET trouble = ?2 WHERE id = ?1",
        params![id, serde_json::to_string(trouble)?],
    )?;
    // A draft that cannot be sent is told while it is written; everything else is worth a line. By code and number: its
    // sentences may name what is the user's own.
    if !matches!(trouble, Trouble::Request { .. }) {
        let number: String = tx.query_row("SELECT number FROM task WHERE id = ?1", [id], |row| row.get(0))?;
        tracing::info!(target: "trouble", task = number, code = trouble.code(), "told");
    }
    Ok(())
}

/// Stores when a task's next step is due.
pub(crate) fn set_due(tx: &Connection, id: &str, due_at: i64) -> Result<()> {
    tx.prepare_cached("UPDATE task SET due_at = ?2 WHERE id = ?1")?
        .execute(params![id, due_at])?;
    Ok(())
}

fn price(fields: &TaskFields) -> Option<f64> {
    // An estimate for the board; a request that cannot be sent has none.
    Parameters::check(fields).ok().and_then(|parameters| parameters.price())
}
