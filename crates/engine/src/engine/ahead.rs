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
use crate::view::start::{CannotStart, Doubt, FirstFew, ModelCost, StartSummary};
use crate::words::Lang;

/// How many are named; the rest is counted.
const NAMED: usize = 5;
/// How many a start with a first few may begin with.
const FIRSTS: [u64; 3] = [1, 3, 5];

impl Engine {
    /// What [`Engine::start`] would do now. Those with a doubt of these kinds are left out; they are named all the same.
    ///
    /// # Errors
    /// The library's.
    pub async fn look_at_start(&self, scope: Scope, without: Vec<Doubt>, lang: Lang) -> Result<StartSummary> {
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
                        prices_of: price::AS_OF.to_owned(),
                        balance,
                        ..StartSummary::default()
                    },
                    room: Room::of(db, &session, day)?,
                    doubles: Doubles::new(host),
                    without,
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
                // Fewer than all: with the last one they are no few any more.
                summary.firsts.retain(|few| few.count < summary.count);
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
    without: Vec<Doubt>,
}

impl Look<'_> {
    fn at(&mut self, id: &str) -> Result<()> {
        let row = tasks::get(self.db, id)?;
        match Parameters::check(&row.fields) {
            Ok(parameters) => {
                let doubts = self.doubles.look(self.db, &row, &parameters, &self.without)?;
                let out = doubts.any_of(&self.without);
                doubts.tell(&row, &mut self.summary);
                if out {
                    self.summary.left_out += 1;
                    self.room.belongs(&row.batch_id);
                    return Ok(());
                }
                let price = parameters.price();
                match price {
                    Some(price) => self.summary.credits += price,
                    None => self.summary.unpriced += 1,
                }
                count_in(&mut self.summary.models, parameters.model.as_wire(), price);
                if self.room.take(self.db, &row.batch_id, price)? {
                    self.summary.fit += 1;
                }
            }
            // Found wrong by this version only, or chosen by name: it would be refused before anything is sent.
            Err(trouble) => {
                self.room.belongs(&row.batch_id);
                self.summary.fit += 1;
                self.cannot(row.id, row.number, &trouble);
            }
        }
        self.summary.count += 1;
        if FIRSTS.contains(&self.summary.count) {
            self.summary.firsts.push(FirstFew {
                count: self.summary.count,
                credits: self.summary.credits,
                unpriced: self.summary.unpriced,
                models: self.summary.models.clone(),
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

fn count_in(models: &mut Vec<ModelCost>, model: &str, price: Option<f64>) {
    let credits = price.unwrap_or_default();
    match models.iter_mut().find(|one| one.model == model) {
        Some(one) => {
            one.count += 1;
            one.credits += credits;
        }
        None => models.push(ModelCost {
            model: model.to_owned(),
            count: 1,
            credits,
        }),
    }
}

/// Those of a start that have no doubt of these kinds: the ones that were shown.
pub(super) fn leave_out(db: &Connection, ids: Vec<String>, without: &[Doubt], host: String) -> Result<Vec<String>> {
    if without.is_empty() {
        return Ok(ids);
    }
    let mut doubles = Doubles::new(host);
    let mut kept = Vec::with_capacity(ids.len());
    for id in ids {
        let row = tasks::get(db, &id)?;
        let out = match Parameters::check(&row.fields) {
            Ok(parameters) => doubles.look(db, &row, &parameters, without)?.any_of(without),
            Err(_) => false,
        };
        if !out {
            kept.push(id);
        }
    }
    Ok(kept)
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
