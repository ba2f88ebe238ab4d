//! The order of a long list, kept while it holds, so that a jump to its middle is as quick as one to its beginning.
//!
//! An order is the row numbers of what a query finds, eight bytes a card. It is read when somebody first looks deep into
//! a list, or filters it, and read again once the list may be another one: for a lane in its own order when a card came,
//! went or moved there, for everything else after any change of the library. A few are kept; the oldest goes first.

use rusqlite::{Connection, params};

use super::query::{self, Asked};
use crate::error::Result;
use crate::view::{RowsQuery, SortBy};

/// The four lanes, the list, and a few that somebody is likely to go back to.
const KEPT: usize = 8;
/// Cards in all of them together, unless one alone has more: 16 MB.
const MOST: usize = 2_000_000;

/// The orders that are kept. They belong to one reading connection.
#[derive(Debug, Default)]
pub(crate) struct Orders {
    /// The last one asked for stands last.
    kept: Vec<Order>,
}

#[derive(Debug)]
struct Order {
    of: String,
    when: When,
    rows: Vec<i64>,
}

/// What the library was like when an order was read.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum When {
    /// So often cards have moved in the lanes that it is about.
    Moved(i64),
    /// The library has had so many changes, as its reading connection counts them.
    Changed(i64),
}

impl When {
    /// Asked before anything else is: an order that is newer than this is only read once more.
    fn now(tx: &Connection, query: &RowsQuery) -> Result<Self> {
        if query::is_plain(query) && query.sort == SortBy::Place {
            let moved = tx
                .prepare_cached("SELECT COALESCE(SUM(n), 0) FROM moved WHERE ?1 IS NULL OR lane = ?1")?
                .query_row([query.lane.map(super::step::lane_text)], |row| row.get(0))?;
            return Ok(Self::Moved(moved));
        }
        Ok(Self::Changed(
            tx.query_row("PRAGMA data_version", [], |row| row.get(0))?,
        ))
    }
}

impl Orders {
    /// The row numbers of everything that a query finds, in its order, whatever its window.
    pub(crate) fn of(&mut self, tx: &Connection, query: &RowsQuery) -> Result<&[i64]> {
        let when = When::now(tx, query)?;
        let of = format!(
            "{:?}",
            RowsQuery {
                offset: 0,
                limit: 0,
                ..query.clone()
            }
        );
        let known = self.kept.iter().position(|order| order.of == of);
        let order = match known.map(|at| self.kept.remove(at)) {
            Some(order) if order.when == when => order,
            _ => Order {
                rows: read(tx, query)?,
                of,
                when,
            },
        };
        self.kept.push(order);
        while self.kept.len() > 1 && (self.kept.len() > KEPT || self.cards() > MOST) {
            self.kept.remove(0);
        }
        Ok(self.kept.last().map_or(&[], |order| &order.rows))
    }

    fn cards(&self) -> usize {
        self.kept.iter().map(|order| order.rows.len()).sum()
    }
}

fn read(tx: &Connection, query: &RowsQuery) -> Result<Vec<i64>> {
    let Asked { filter, order } = Asked::of(query, query.descending);
    let mut rows = tx.prepare_cached(&format!("SELECT t.rowid FROM task t WHERE {filter} ORDER BY {order}"))?;
    let (lane, batch, search) = query::values(query);
    let rows = rows.query_map(params![lane, batch, search], |row| row.get(0))?;
    Ok(rows.collect::<Result<_, _>>()?)
}
