//! `kill -9` at random while a library of ten thousand cards is written to, a backup under way now and then.

use std::collections::HashMap;
use std::path::{Path, PathBuf};
use std::time::Duration;

use rand::rngs::SmallRng;
use rand::{RngExt as _, SeedableRng as _};

use super::program::{Program, say};
use super::world;
use crate::Size;
use crate::table::Line;

const CARDS: usize = 10_000;
/// Lists at once, each killed on its own.
const AT_ONCE: usize = 4;

#[derive(Default)]
struct Count {
    kills: usize,
    acknowledged: usize,
    lost: usize,
    corrupt: usize,
    strays: usize,
    unopened: usize,
    restored: usize,
    opening: usize,
    backups: usize,
}

/// The proof.
pub(super) async fn prove(size: Size) -> Vec<Line> {
    let (cards, kills) = if size == Size::Full { (CARDS, 500) } else { (300, 12) };
    let home = tempfile::tempdir().expect("a folder");
    let first = home.path().join("0");
    fill(&first, cards).await;
    let mut running = Vec::new();
    for at in 0..AT_ONCE {
        let data = home.path().join(at.to_string());
        if at > 0 {
            world::copy(&first, &data);
        }
        let seed = 0x5107 + u64::try_from(at).unwrap_or(0);
        running.push((data, kills / AT_ONCE, seed));
    }
    let counts = futures(running).await;
    let sum = |of: fn(&Count) -> usize| counts.iter().map(of).sum::<usize>();
    let killed = sum(|count| count.kills);
    let said = sum(|count| count.acknowledged);
    let base = format!(
        "{killed} kills at {cards} cards ({} while it opened)",
        sum(|count| count.opening)
    );
    vec![
        Line::must(
            format!("{kills} × kill -9 while {cards} cards are written to: 0 libraries damaged"),
            format!(
                "{base}: {} damaged, {} not opened again, {} put back",
                sum(|c| c.corrupt),
                sum(|c| c.unopened),
                sum(|c| c.restored)
            ),
            killed == kills && sum(|c| c.corrupt) + sum(|c| c.unopened) + sum(|c| c.restored) == 0,
        ),
        Line::must(
            "… 0 acknowledged commits lost",
            format!("{} lost of {said} acknowledged", sum(|c| c.lost)),
            sum(|c| c.lost) == 0 && said > killed,
        ),
        Line::must(
            "… 0 stray files after the next start",
            format!(
                "{} stray files; {} backups begun meanwhile",
                sum(|c| c.strays),
                sum(|c| c.backups)
            ),
            sum(|c| c.strays) == 0,
        ),
    ]
}

async fn futures(running: Vec<(PathBuf, usize, u64)>) -> Vec<Count> {
    let mut set = tokio::task::JoinSet::new();
    for (data, kills, seed) in running {
        set.spawn(async move { kill_again_and_again(&data, kills, seed).await });
    }
    set.join_all().await
}

async fn fill(data: &Path, cards: usize) {
    let engine = world::open(data, world::NOWHERE).await.expect("a library");
    let batch = engine.create_batch("Rain", None).await.expect("a list").id;
    let new = (0..cards)
        .map(|n| world::card(format!("0 a shot of rain, number {n}")))
        .collect();
    engine.add(batch, new).await.expect("cards");
    engine.close(Duration::from_secs(5)).await;
}

async fn kill_again_and_again(data: &Path, kills: usize, seed: u64) -> Count {
    let mut chance = SmallRng::seed_from_u64(seed);
    let mut count = Count::default();
    // What was last said to be committed of each card.
    let mut promised: HashMap<String, u64> = HashMap::new();
    let directory = data.to_string_lossy().into_owned();
    for _ in 0..kills {
        let mut program = Program::start(&["write", &directory], None);
        // One in six dies while the library is being opened.
        let opened = if chance.random_bool(1.0 / 6.0) {
            tokio::time::sleep(Duration::from_micros(chance.random_range(0..60_000))).await;
            count.opening += 1;
            false
        } else {
            match program.line().await {
                Some(line) => {
                    count.strays += line.split(' ').nth(1).and_then(|n| n.parse().ok()).unwrap_or(1);
                    true
                }
                None => {
                    count.unopened += 1;
                    false
                }
            }
        };
        let mut fresh = Vec::new();
        if opened {
            let until = tokio::time::Instant::now() + Duration::from_micros(chance.random_range(0..40_000));
            while let Ok(Some(line)) = tokio::time::timeout_at(until, program.line()).await {
                fresh.push(line);
            }
        }
        fresh.extend(program.kill().await);
        count.kills += 1;
        let mut touched = Vec::new();
        for line in fresh {
            match line.split_once(' ') {
                Some(("wrote", rest)) => {
                    let (id, token) = rest.split_once(' ').expect("id and number");
                    promised.insert(id.to_owned(), token.parse().expect("a number"));
                    touched.push(id.to_owned());
                    count.acknowledged += 1;
                }
                Some(("backup", _)) => count.backups += 1,
                _ => {}
            }
        }
        count.corrupt += usize::from(!world::whole(data));
        count.lost += lost(data, &promised, &touched);
    }
    // Everything that was ever said, at the end; and the library was never exchanged for an older one.
    let all: Vec<String> = promised.keys().cloned().collect();
    count.lost += lost(data, &promised, &all);
    count.restored = std::fs::read_dir(data)
        .expect("a folder")
        .flatten()
        .filter(|entry| entry.file_name().to_string_lossy().contains("damaged"))
        .count();
    count
}

fn lost(data: &Path, promised: &HashMap<String, u64>, ids: &[String]) -> usize {
    let Ok(db) = world::look(data) else { return ids.len() };
    let mut query = db.prepare("SELECT prompt FROM task WHERE id = ?1").expect("a table");
    ids.iter()
        .filter(|id| {
            let prompt: Option<String> = query.query_row([id], |row| row.get(0)).ok();
            let token = prompt.and_then(|prompt| prompt.split(' ').next()?.parse::<u64>().ok());
            // A later one that was committed and not said any more is as good.
            token.is_none_or(|token| token < promised[*id])
        })
        .count()
}

/// The child: changes cards and adds some, and says each once it is committed; until it is killed.
pub(super) async fn write(data: &Path) {
    let engine = world::open(data, world::NOWHERE).await.expect("a library");
    say(&format!("open {}", world::strays(data).len()));
    let mut token = u64::try_from(micros()).unwrap_or(1);
    let (ids, batch) = cards(data);
    let mut chance = SmallRng::seed_from_u64(token);
    loop {
        token += 1;
        let prompt = format!("{token} a shot of rain, written again");
        match chance.random_range(0..60_u8) {
            0..=2 => {
                let new = vec![world::card(prompt)];
                let id = engine.add(batch.clone(), new).await.expect("a card").remove(0);
                say(&format!("wrote {id} {token}"));
            }
            3 => {
                let library = engine.library().clone();
                tokio::spawn(async move { library.back_up("daily").await });
                say("backup begun");
            }
            _ => {
                let id = ids[chance.random_range(0..ids.len())].clone();
                engine.edit(id.clone(), world::fields(prompt)).await.expect("an edit");
                say(&format!("wrote {id} {token}"));
            }
        }
    }
}

/// Every card, and the list they stand in.
fn cards(data: &Path) -> (Vec<String>, String) {
    let db = world::look(data).expect("a library");
    let mut query = db.prepare("SELECT id FROM task").expect("a table");
    let ids = query.query_map([], |row| row.get(0)).expect("rows").flatten().collect();
    let batch = db
        .query_row("SELECT id FROM batch", [], |row| row.get(0))
        .expect("a list");
    (ids, batch)
}

/// Rises from one child to the next: a number said later is greater.
fn micros() -> u128 {
    std::time::SystemTime::now()
        .duration_since(std::time::UNIX_EPOCH)
        .map_or(0, |since| since.as_micros())
}
