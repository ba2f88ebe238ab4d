//! What is counted of the board, from the table that is kept counted: nothing here looks at a task.
//!
//! Triggers keep it (migration 0011), in the transaction that changes the card. It has a row for each batch and state,
//! and more only for what waits, so it stays as small as what is on the board is varied.

use std::collections::{BTreeMap, HashMap};

use rusqlite::types::ValueRef;
use rusqlite::{Connection, Row};

use super::query::lane_of;
use crate::error::Result;
use crate::task::{Lane, State};
use crate::view::LaneCounts;

/// What a batch's head shows.
#[derive(Clone, Debug, Default)]
pub struct Totals {
    /// Cards in each lane.
    pub lanes: LaneCounts,
    /// Cards that Start would buy.
    pub startable: u64,
    /// What they would cost; `None` where one of them is unknown.
    pub startable_credits: Option<f64>,
    /// Cards that are being bought, one after the other.
    pub queued: u64,
}

/// The totals of every batch that has a card, and of all together.
#[derive(Clone, Debug, Default)]
pub(crate) struct Whole {
    batches: HashMap<String, Totals>,
    pub(crate) all: Totals,
    /// Cards whose outcome nobody knows.
    pub(crate) unconfirmed: u64,
}

impl Whole {
    /// Of one batch.
    pub(crate) fn of(&self, batch: &str) -> Totals {
        self.batches.get(batch).cloned().unwrap_or_else(Totals::none)
    }
}

/// What is left of one batch.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct BatchLeft {
    /// Between the queue and the disk.
    pub(crate) working: u64,
    /// In the queue, asked for in this run of the app.
    pub(crate) waiting: u64,
}

/// The rest of a start that is held.
#[derive(Clone, Debug, Default, PartialEq)]
pub(crate) struct Held {
    /// Cards that would be started.
    pub(crate) cards: u64,
    /// What they would cost; `None` where one of them is unknown.
    pub(crate) credits: Option<f64>,
}

/// So many cards of one kind.
struct Kind<'a> {
    batch: &'a str,
    state: &'a str,
    /// It waits, and nothing is wrong with its request.
    fit: bool,
    held: &'a str,
    session: &'a str,
    price: Option<f64>,
    n: u64,
}

const KINDS: &str = "SELECT batch_id, state, fit, held, session, price, n FROM tally";

impl<'a> Kind<'a> {
    fn read(row: &'a Row<'_>) -> Result<Self> {
        let text = |at| match row.get_ref(at) {
            Ok(ValueRef::Text(text)) => std::str::from_utf8(text).unwrap_or_default(),
            _ => "",
        };
        let price: f64 = row.get(5)?;
        Ok(Self {
            batch: text(0),
            state: text(1),
            fit: row.get(2)?,
            held: text(3),
            session: text(4),
            price: (price >= 0.0).then_some(price),
            n: u64::try_from(row.get::<_, i64>(6)?).unwrap_or(0),
        })
    }

    fn is(&self, state: State) -> bool {
        self.state == state.as_str()
    }

    fn works(&self) -> bool {
        [State::Preparing, State::Submitting, State::Generating, State::Saving]
            .into_iter()
            .any(|state| self.is(state))
    }

    /// In the queue, asked for in this run of the app.
    fn waits(&self, session: &str) -> bool {
        self.is(State::Queued) && self.session == session
    }
}

impl Totals {
    /// Nothing costs nothing; that is known.
    fn none() -> Self {
        Self {
            startable_credits: Some(0.0),
            ..Self::default()
        }
    }

    fn add(&mut self, kind: &Kind<'_>, session: &str) {
        match lane_of(kind.state) {
            Lane::Ready => self.lanes.ready += kind.n,
            Lane::Running => self.lanes.running += kind.n,
            Lane::Done => self.lanes.done += kind.n,
            Lane::NeedsYou => self.lanes.needs_you += kind.n,
        }
        if kind.waits(session) {
            self.queued += kind.n;
        } else if kind.fit && kind.held.is_empty() {
            self.startable += kind.n;
            self.startable_credits = plus(self.startable_credits, kind);
        }
    }
}

fn plus(sum: Option<f64>, kind: &Kind<'_>) -> Option<f64> {
    Some(sum? + kind.price? * kind.n as f64)
}

/// Every kind of card in one batch, or in all.
fn each(tx: &Connection, batch: Option<&str>, mut see: impl FnMut(&Kind<'_>)) -> Result<()> {
    let mut query = match batch {
        Some(_) => tx.prepare_cached(&format!("{KINDS} WHERE batch_id = ?1"))?,
        None => tx.prepare_cached(&format!("{KINDS} WHERE ?1 IS NULL"))?,
    };
    let mut rows = query.query([batch])?;
    while let Some(row) = rows.next()? {
        see(&Kind::read(row)?);
    }
    Ok(())
}

/// The totals of everything. `session` is this run of the app: what was asked for in an earlier one waits for Start
/// again.
pub(crate) fn whole(tx: &Connection, session: &str) -> Result<Whole> {
    let mut whole = Whole {
        all: Totals::none(),
        ..Whole::default()
    };
    each(tx, None, |kind| {
        whole.all.add(kind, session);
        if kind.is(State::Unconfirmed) {
            whole.unconfirmed += kind.n;
        }
        match whole.batches.get_mut(kind.batch) {
            Some(totals) => totals.add(kind, session),
            None => {
                let mut totals = Totals::none();
                totals.add(kind, session);
                whole.batches.insert(kind.batch.to_owned(), totals);
            }
        }
    })?;
    Ok(whole)
}

/// The totals of one batch.
pub(crate) fn totals(tx: &Connection, batch: &str, session: &str) -> Result<Totals> {
    let mut totals = Totals::none();
    each(tx, Some(batch), |kind| totals.add(kind, session))?;
    Ok(totals)
}

/// How many cards there are in a lane, or in all of them, of one batch or of all.
pub(crate) fn count(tx: &Connection, batch: Option<&str>, lane: Option<Lane>) -> Result<u64> {
    let mut count = 0;
    each(tx, batch, |kind| {
        if lane.is_none_or(|lane| lane == lane_of(kind.state)) {
            count += kind.n;
        }
    })?;
    Ok(count)
}

/// How often cards have come, gone or moved in each lane.
pub(crate) fn moved(tx: &Connection) -> Result<LaneCounts> {
    let mut query = tx.prepare_cached("SELECT lane, n FROM moved")?;
    let mut rows = query.query([])?;
    let mut moved = LaneCounts::default();
    while let Some(row) = rows.next()? {
        let n = u64::try_from(row.get::<_, i64>(1)?).unwrap_or(0);
        match row.get::<_, String>(0)?.as_str() {
            "ready" => moved.ready = n,
            "running" => moved.running = n,
            "done" => moved.done = n,
            _ => moved.needs_you = n,
        }
    }
    Ok(moved)
}

/// How many cards stand in each state, as it is stored.
pub(crate) fn by_state(tx: &Connection) -> Result<Vec<(String, u64)>> {
    let mut states: BTreeMap<String, u64> = BTreeMap::new();
    each(tx, None, |kind| {
        *states.entry(kind.state.to_owned()).or_default() += kind.n
    })?;
    Ok(states.into_iter().collect())
}

/// What is left, by batch. `session`: this run of the app.
pub(crate) fn left(tx: &Connection, session: &str) -> Result<BTreeMap<String, BatchLeft>> {
    let mut left: BTreeMap<String, BatchLeft> = BTreeMap::new();
    each(tx, None, |kind| {
        if kind.works() {
            left.entry(kind.batch.to_owned()).or_default().working += kind.n;
        } else if kind.waits(session) {
            left.entry(kind.batch.to_owned()).or_default().waiting += kind.n;
        }
    })?;
    Ok(left)
}

/// How many are bought and made, how many are saved, how many wait. `session`: this run of the app.
pub(crate) fn going(tx: &Connection, session: &str) -> Result<(u64, u64, u64)> {
    let (mut made, mut saving, mut waiting) = (0, 0, 0);
    each(tx, None, |kind| {
        if kind.is(State::Submitting) || kind.is(State::Generating) {
            made += kind.n;
        } else if kind.is(State::Saving) {
            saving += kind.n;
        } else if kind.is(State::Preparing) || kind.waits(session) {
            waiting += kind.n;
        }
    })?;
    Ok((made, saving, waiting))
}

/// What is held of each start, where any of it could be started; the oldest start first.
pub(crate) fn held(tx: &Connection) -> Result<BTreeMap<String, Held>> {
    let mut held: BTreeMap<String, Held> = BTreeMap::new();
    each(tx, None, |kind| {
        if kind.fit && !kind.held.is_empty() {
            let nothing = Held {
                cards: 0,
                credits: Some(0.0),
            };
            let start = held.entry(kind.held.to_owned()).or_insert(nothing);
            start.cards += kind.n;
            start.credits = plus(start.credits, kind);
        }
    })?;
    Ok(held)
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Whatever is done to cards, in whatever way, the table says what counting all of them says.
    #[test]
    fn what_is_kept_counted_is_what_counting_says() {
        let home = tempfile::tempdir().unwrap();
        drop(crate::library::Library::open(home.path()).unwrap());
        let db = Connection::open(home.path().join(crate::library::FILE)).unwrap();
        db.execute_batch(
            "INSERT INTO batch (id, name, created_at, updated_at) VALUES ('a', 'A', 1, 1), ('b', 'B', 1, 1);
             WITH RECURSIVE n (i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 200)
             INSERT INTO task (id, batch_id, number, position, prompt, images, state, sort, price, created_at, updated_at)
             SELECT 't' || i, iif(i % 3, 'a', 'b'), i, i, 'rain', '[]', iif(i % 5, 'draft', 'done'), i,
               iif(i % 4, 60.0, NULL), 1, 1 FROM n;",
        )
        .unwrap();
        let changes = [
            "state = 'queued', session = 'one'",
            "session = 'two'",
            "state = 'unconfirmed'",
            "state = 'written by somebody else'",
            "held = 1, canary = 'first', session = NULL",
            "held = 0, canary = NULL",
            "trouble = '{}'",
            "trouble = NULL",
            "price = 22.5",
            "price = NULL",
            "deleted_at = 7",
            "deleted_at = NULL",
            "batch_id = 'b', number = 'b' || id",
            "state = 'draft', updated_at = 9",
        ];
        // Any order will do, as long as it is a wild one.
        let mut roll: u64 = 7;
        let mut next = |below: usize| {
            roll = roll
                .wrapping_mul(6_364_136_223_846_793_005)
                .wrapping_add(1_442_695_040_888_963_407);
            usize::try_from(roll >> 33).unwrap() % below
        };
        let mut seen = 0;
        for round in 0..600 {
            let id = format!("t{}", next(200) + 1);
            let way = ["UPDATE", "UPDATE OR REPLACE", "UPDATE OR IGNORE"][next(3)];
            let change = changes[next(changes.len())];
            seen += db
                .execute(&format!("{way} task SET {change} WHERE id = ?1"), [&id])
                .unwrap();
            if round % 40 == 0 {
                db.execute("DELETE FROM task WHERE id = ?1", [&id]).unwrap();
            }
            if round % 7 == 0 {
                // What is rolled back was never counted.
                let tx = db.unchecked_transaction().unwrap();
                tx.execute("UPDATE task SET state = 'failed'", []).unwrap();
                drop(tx);
            }
        }
        assert!(seen > 500);
        let kinds = |sql: &str| -> Vec<String> {
            let mut query = db.prepare(sql).unwrap();
            let rows = query.query_map([], |row| row.get(0)).unwrap();
            rows.map(Result::unwrap).collect()
        };
        let kind = "json_array(batch_id, state, fit, held, session, price,";
        let kept = kinds(&format!("SELECT {kind} n) FROM tally ORDER BY 1"));
        let counted = kinds(&format!(
            "SELECT {kind} COUNT(*)) FROM counted GROUP BY batch_id, state, fit, held, session, price ORDER BY 1"
        ));
        assert!(kept.len() > 10, "{kept:?}");
        assert_eq!(kept, counted);
        for session in ["one", "two"] {
            for batch in [Some("a"), Some("b"), None] {
                let told = match batch {
                    Some(batch) => totals(&db, batch, session).unwrap(),
                    None => whole(&db, session).unwrap().all,
                };
                let plain = plainly(&db, batch, session);
                assert_eq!(
                    (told.lanes, told.startable, told.startable_credits, told.queued),
                    (plain.lanes, plain.startable, plain.startable_credits, plain.queued),
                    "{batch:?} {session}"
                );
            }
        }
    }

    /// The same by looking at every card.
    fn plainly(db: &Connection, batch: Option<&str>, session: &str) -> Totals {
        let of_batch = "deleted_at IS NULL AND (?1 IS NULL OR batch_id = ?1)";
        let lane = |lane: &str| -> u64 {
            let sql = format!("SELECT COUNT(*) FROM task WHERE {of_batch} AND lane = ?2");
            db.query_row(&sql, [batch, Some(lane)], |row| row.get::<_, u32>(0))
                .unwrap()
                .into()
        };
        let startable = "trouble IS NULL AND held = 0
            AND (state = 'draft' OR (state = 'queued' AND session IS NOT ?2))";
        let (count, priced, sum, queued): (u32, u32, f64, u32) = db
            .query_row(
                &format!(
                    "SELECT COUNT(*) FILTER (WHERE {startable}), COUNT(price) FILTER (WHERE {startable}),
                       COALESCE(SUM(price) FILTER (WHERE {startable}), 0.0),
                       COUNT(*) FILTER (WHERE state = 'queued' AND session IS ?2)
                     FROM task WHERE {of_batch}"
                ),
                [batch, Some(session)],
                |row| Ok((row.get(0)?, row.get(1)?, row.get(2)?, row.get(3)?)),
            )
            .unwrap();
        Totals {
            lanes: LaneCounts {
                ready: lane("ready"),
                running: lane("running"),
                done: lane("done"),
                needs_you: lane("needsYou"),
            },
            startable: count.into(),
            startable_credits: (count == priced).then_some(sum),
            queued: queued.into(),
        }
    }
}
