//! What a start would buy, looked at before it is asked for. It reads and changes nothing.

mod doubles;
mod room;

use rusqlite::Connection;

use self::doubles::Doubles;
use self::room::Room;
use super::Engine;
use super::ask::{self, Scope};
use crate::error::Result;
use crate::library::tasks;
use crate::price;
use crate::task::request::Parameters;
use crate::trouble::Trouble;
use crate::view::start::{CannotStart, FirstFew, StartSummary};
use crate::words::Lang;

/// How many are named; the rest is counted.
const NAMED: usize = 5;
/// How many a start with a first few may begin with.
const FIRSTS: [u64; 3] = [1, 3, 5];

impl Engine {
    /// What [`Engine::start`] would do now.
    ///
    /// # Errors
    /// The library's.
    pub async fn look_at_start(&self, scope: Scope, lang: Lang) -> Result<StartSummary> {
        let (session, host, day) = (
            self.core.session.clone(),
            self.core.upload_host.clone(),
            self.core.day_limit(),
        );
        let (balance, today) = (self.core.balance.get().map(|heard| heard.credits), self.core.today());
        self.core
            .library
            .read(move |db| {
                let ids = ask::chosen(db, &scope, &session)?;
                let mut look = Look {
                    db,
                    lang,
                    summary: StartSummary {
                        count: u64::try_from(ids.len()).unwrap_or(u64::MAX),
                        prices_of: price::AS_OF.to_owned(),
                        balance,
                        ..StartSummary::default()
                    },
                    room: Room::of(db, &session, day)?,
                    doubles: Doubles::new(host),
                    seen: 0,
                };
                for id in &ids {
                    look.at(id)?;
                }
                for id in unsendable(db, &scope)? {
                    let row = tasks::get(db, &id)?;
                    if let Some(trouble) = row.trouble {
                        look.cannot(id, row.number, &trouble);
                    }
                }
                let Look { mut summary, room, .. } = look;
                room.tell(db, today, &mut summary)?;
                Ok(summary)
            })
            .await
    }
}

/// A walk through what would be bought, in the order in which it would be.
struct Look<'a> {
    db: &'a Connection,
    lang: Lang,
    summary: StartSummary,
    room: Room,
    doubles: Doubles,
    seen: u64,
}

impl Look<'_> {
    fn at(&mut self, id: &str) -> Result<()> {
        let row = tasks::get(self.db, id)?;
        match Parameters::check(&row.fields) {
            Ok(parameters) => {
                let price = parameters.price();
                match price {
                    Some(price) => self.summary.credits += price,
                    None => self.summary.unpriced += 1,
                }
                if self.room.take(self.db, &row.batch_id, price)? {
                    self.summary.fit += 1;
                }
                self.doubles.look(self.db, &row, &parameters, &mut self.summary)?;
            }
            // Found wrong by this version only, or chosen by name: it would be refused before anything is sent.
            Err(trouble) => {
                self.room.belongs(&row.batch_id);
                self.summary.fit += 1;
                self.cannot(row.id, row.number, &trouble);
            }
        }
        self.seen += 1;
        if FIRSTS.contains(&self.seen) && self.seen < self.summary.count {
            self.summary.firsts.push(FirstFew {
                count: self.seen,
                credits: self.summary.credits,
                unpriced: self.summary.unpriced,
            });
        }
        Ok(())
    }

    fn cannot(&mut self, id: String, number: String, trouble: &Trouble) {
        self.summary.cannot_count += 1;
        if self.summary.cannot.len() < NAMED {
            let why = trouble.told().view(self.lang).cause;
            self.summary.cannot.push(CannotStart { id, number, why });
        }
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
        "SELECT id FROM task WHERE deleted_at IS NULL AND lane = 'ready' AND (?1 IS NULL OR batch_id = ?1)
           AND trouble IS NOT NULL AND state = 'draft' ORDER BY turn, id",
    )?;
    let rows = query.query_map([batch], |row| row.get(0))?;
    Ok(rows.collect::<Result<_, _>>()?)
}
