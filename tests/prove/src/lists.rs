//! What the board asks of the library, with many cards beside few: what is asked on every change must cost the same.

use std::future::Future;
use std::path::Path;
use std::time::{Duration, Instant};

use engine::Engine;
use engine::task::Lane;
use engine::view::{RowsQuery, SortBy};
use engine::words::Lang;

use crate::many;
use crate::sections::library::world;

const FEW: usize = 1_000;
const MANY: usize = 100_000;

/// One question, and how long it took, each time it was asked (ms).
type Taken = Vec<(String, Vec<f64>)>;

/// Measures both libraries and sets them side by side.
pub async fn lines() -> Vec<String> {
    let (few, many) = (measure(FEW).await, measure(MANY).await);
    let mut lines = vec![format!(
        "{:58} {:>9} {:>9} {:>9} {:>8}",
        "median, ms", FEW, MANY, "p95", "ratio"
    )];
    for ((question, few), (_, many)) in few.into_iter().zip(many) {
        let (few, p95, many) = (share(&few, 0.5), share(&many, 0.95), share(&many, 0.5));
        lines.push(format!(
            "{question:58} {few:9.2} {many:9.2} {p95:9.2} {:8.1}",
            many / few.max(0.01)
        ));
    }
    lines
}

fn share(taken: &[f64], share: f64) -> f64 {
    let mut sorted = taken.to_vec();
    sorted.sort_by(f64::total_cmp);
    let last = sorted.len().saturating_sub(1);
    sorted
        .get((last as f64 * share).round() as usize)
        .copied()
        .unwrap_or(0.0)
}

async fn measure(cards: usize) -> Taken {
    let home = tempfile::tempdir().expect("a folder");
    let begun = Instant::now();
    many::make(home.path(), cards).await;
    let made = begun.elapsed();
    let begun = Instant::now();
    let engine = world::open(home.path(), world::NOWHERE).await.expect("a library");
    let opened = begun.elapsed();
    let mut taken = vec![
        ("making it".to_owned(), vec![ms(made)]),
        ("opening it".to_owned(), vec![ms(opened)]),
    ];
    for lane in [Lane::Done, Lane::Ready] {
        let total = engine
            .rows(query(Some(lane), SortBy::Place, "", 0), Lang::En)
            .await
            .expect("rows")
            .total;
        for (where_, at) in [
            ("its beginning", 0),
            ("the middle", total / 2),
            ("its end", total.saturating_sub(61)),
        ] {
            let asked = times(40, |nth| {
                engine.rows(query(Some(lane), SortBy::Place, "", at.saturating_sub(nth)), Lang::En)
            });
            taken.push((format!("60 rows of lane {lane:?} at {where_}"), asked.await));
        }
        let asked = times(200, |nth| {
            let at = nth.wrapping_mul(2_654_435_761) % total.max(1);
            engine.rows(query(Some(lane), SortBy::Place, "", at), Lang::En)
        });
        taken.push((format!("60 rows of lane {lane:?} anywhere"), asked.await));
    }
    for sort in [SortBy::Price, SortBy::Took, SortBy::Changed] {
        let asked = times(40, |nth| {
            engine.rows(query(None, sort, "", nth * (cards as u64 / 40)), Lang::En)
        });
        taken.push((format!("60 rows of the list by {sort:?}, anywhere"), asked.await));
    }
    for text in ["teapot", "霓虹", "nothing of that"] {
        // Each time after a change, so that nothing is known of it.
        let mut asked = Vec::new();
        for nth in 0..5_u64 {
            touch(&engine, home.path(), nth).await;
            asked.extend(times(1, |_| engine.rows(query(None, SortBy::Place, text, 0), Lang::En)).await);
        }
        taken.push((format!("a search for “{text}”, after a change"), asked));
    }
    let asked = times(40, |nth| {
        engine.rows(query(None, SortBy::Place, "teapot", nth * 60), Lang::En)
    });
    taken.push(("… and the next windows of it".to_owned(), asked.await));
    taken.push((
        "all counts and the queue (each change)".to_owned(),
        times(40, |_| engine.snapshot(Lang::En)).await,
    ));
    taken.push((
        "how it goes (each second)".to_owned(),
        times(40, |_| engine.sight()).await,
    ));
    let mut changes = Vec::new();
    for nth in 0..60 {
        changes.push(touch(&engine, home.path(), nth).await);
    }
    taken.push(("one change, committed".to_owned(), changes));
    engine.close(Duration::from_secs(10)).await;
    taken
}

fn query(lane: Option<Lane>, sort: SortBy, search: &str, offset: u64) -> RowsQuery {
    RowsQuery {
        batch_id: None,
        lane,
        sort,
        descending: false,
        search: search.to_owned(),
        filter: engine::view::filter::Filter::default(),
        offset,
        limit: 60,
    }
}

/// Changes one draft, as somebody who types does; how long that took (ms).
async fn touch(engine: &Engine, home: &Path, nth: u64) -> f64 {
    let db = world::look(home).expect("a library");
    let id: String = db
        .query_row(
            "SELECT id FROM task WHERE state = 'draft' LIMIT 1 OFFSET ?1",
            [nth as i64],
            |row| row.get(0),
        )
        .expect("a draft");
    let begun = Instant::now();
    engine
        .edit(id, world::fields(format!("changed {nth}")))
        .await
        .expect("an edit");
    ms(begun.elapsed())
}

async fn times<T, F: Future<Output = engine::Result<T>>>(count: u64, ask: impl Fn(u64) -> F) -> Vec<f64> {
    let mut taken = Vec::new();
    for nth in 0..count {
        let begun = Instant::now();
        ask(nth).await.expect("an answer");
        taken.push(ms(begun.elapsed()));
    }
    taken
}

fn ms(time: Duration) -> f64 {
    time.as_secs_f64() * 1e3
}
