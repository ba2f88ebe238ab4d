//! How far a start gets within the spending limits: the same sums as at the purchase, taken ahead.

use std::collections::HashMap;

use rusqlite::Connection;

use crate::error::Result;
use crate::library::spending::{self, Counted, Day, GRACE};
use crate::view::start::{SpendLimit, StartSummary};

/// What may still be spent.
pub(super) struct Room {
    session: String,
    day: Left,
    day_limit: Option<f64>,
    batches: HashMap<String, Left>,
    any_batch: Option<String>,
}

/// What a limit leaves.
#[derive(Clone, Copy, Debug)]
enum Left {
    /// There is no limit.
    Any,
    /// So many credits.
    Credits(f64),
    /// Nothing more is bought.
    Nothing,
}

impl Left {
    /// What is spent, and what waits already, comes first.
    fn of(limit: Option<f64>, spent: Counted, promised: Counted) -> Self {
        match limit {
            None => Self::Any,
            Some(_) if spent.unpriced + promised.unpriced > 0 => Self::Nothing,
            Some(limit) => Self::Credits(limit - spent.credits - promised.credits),
        }
    }

    fn fits(self, price: Option<f64>) -> bool {
        match (self, price) {
            (Self::Any, _) => true,
            (Self::Credits(left), Some(price)) => price <= left + GRACE,
            _ => false,
        }
    }

    fn less(&mut self, price: f64) {
        if let Self::Credits(left) = self {
            *left -= price;
        }
    }
}

impl Room {
    pub(super) fn of(db: &Connection, session: &str, day: Option<Day>) -> Result<Self> {
        let left = match day {
            None => Left::Any,
            Some(day) => Left::of(
                Some(day.limit),
                spending::of_day(db, day.since)?,
                spending::promised(db, None, session)?,
            ),
        };
        Ok(Self {
            session: session.to_owned(),
            day: left,
            day_limit: day.map(|day| day.limit),
            batches: HashMap::new(),
            any_batch: None,
        })
    }

    /// Whether one more of this batch fits. Where it does not, nothing behind it is bought: of its batch, or, where it is
    /// the day's limit or a price that nobody knows, of any.
    pub(super) fn take(&mut self, db: &Connection, batch: &str, price: Option<f64>) -> Result<bool> {
        self.belongs(batch);
        if !self.batches.contains_key(batch) {
            let limit = spending::of(db, batch)?;
            let left = match limit {
                None => Left::Any,
                Some(_) => Left::of(
                    limit,
                    spending::of_batch(db, batch)?,
                    spending::promised(db, Some(batch), &self.session)?,
                ),
            };
            self.batches.insert(batch.to_owned(), left);
        }
        let Some(of_batch) = self.batches.get_mut(batch) else {
            return Ok(false);
        };
        if !self.day.fits(price) {
            self.day = Left::Nothing;
            return Ok(false);
        }
        if !of_batch.fits(price) {
            if price.is_none() {
                self.day = Left::Nothing;
            }
            *of_batch = Left::Nothing;
            return Ok(false);
        }
        if let Some(price) = price {
            self.day.less(price);
            of_batch.less(price);
        }
        Ok(true)
    }

    /// One of this batch is in the start.
    pub(super) fn belongs(&mut self, batch: &str) {
        match &self.any_batch {
            Some(known) if known == batch => {}
            // More than one: nobody's.
            Some(_) => self.any_batch = Some(String::new()),
            None => self.any_batch = Some(batch.to_owned()),
        }
    }

    /// Puts the limits into the summary. `today`: since when (ms) it is today.
    pub(super) fn tell(self, db: &Connection, today: i64, summary: &mut StartSummary) -> Result<()> {
        summary.day = SpendLimit {
            limit: self.day_limit,
            spent: spending::of_day(db, today)?.credits,
        };
        if let Some(batch) = self.any_batch.filter(|batch| !batch.is_empty()) {
            summary.batch = SpendLimit {
                limit: spending::of(db, &batch)?,
                spent: spending::of_batch(db, &batch)?.credits,
            };
            summary.batch_id = Some(batch);
        }
        Ok(())
    }
}
