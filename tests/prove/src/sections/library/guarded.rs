//! The settings and key file: killed while it is written, torn as a power cut tears, two hundred times.

use std::path::Path;
use std::time::Duration;

use engine::guarded::{Found, Guarded};
use rand::rngs::SmallRng;
use rand::{RngExt as _, SeedableRng as _};
use serde_json::{Map, Value, json};

use super::program::{Program, say};
use crate::Size;
use crate::table::Line;

/// The proof.
pub(super) async fn prove(size: Size) -> Vec<Line> {
    let times = if size == Size::Full { 200 } else { 12 };
    let home = tempfile::tempdir().expect("a folder");
    let path = home.path().join("keys.json");
    let words = path.to_string_lossy().into_owned();
    let mut chance = SmallRng::seed_from_u64(77);
    let (mut lost, mut kept, mut torn_lost, mut strays) = (0, 0_u64, 0, 0);
    for _ in 0..times {
        let mut program = Program::start(&["keys", &words], None);
        let first = program.line().await;
        tokio::time::sleep(Duration::from_micros(chance.random_range(0..15_000))).await;
        let said = first.into_iter().chain(program.kill().await).last();
        if let Some(said) = said.and_then(|line| line.parse::<u64>().ok()) {
            kept = kept.max(said);
        }
        let file = Guarded::new(path.clone(), true);
        let found = file.check();
        lost += usize::from(found.is_err() || number(&path).is_none_or(|number| number < kept));
        // Then the power goes in the midst of something else that writes it: torn, zeroed, emptied, gone.
        let whole = std::fs::read(&path).expect("the file");
        let before = number(&path);
        tear(&path, &whole, &mut chance);
        let found = file.check().expect("it can be put right");
        let good = matches!(found, Found::Good | Found::Restored { .. });
        // The copy is written first: what it gives back may be newer than the file was, never older.
        torn_lost += usize::from(!good || number(&path) < before);
        strays += std::fs::read_dir(home.path())
            .expect("a folder")
            .flatten()
            .filter(|entry| entry.file_name().to_string_lossy().ends_with(".new"))
            .count()
            .saturating_sub(2);
        for entry in std::fs::read_dir(home.path()).expect("a folder").flatten() {
            if entry.file_name().to_string_lossy().contains(".broken-") {
                std::fs::remove_file(entry.path()).expect("removed");
            }
        }
    }
    vec![
        Line::must(
            format!("settings and keys: {times} kills while they are written, 0 lost"),
            format!("{lost} lost, of {kept} writes acknowledged"),
            lost == 0 && kept > times,
        ),
        Line::must(
            format!("… torn, zeroed, emptied or gone {times} times, 0 lost"),
            format!("{torn_lost} lost, {strays} stray files"),
            torn_lost + strays == 0,
        ),
    ]
}

fn number(path: &Path) -> Option<u64> {
    let value: Value = serde_json::from_slice(&std::fs::read(path).ok()?).ok()?;
    value["number"].as_u64()
}

fn tear(path: &Path, whole: &[u8], chance: &mut SmallRng) {
    let at = chance.random_range(0..whole.len());
    let write = |bytes: &[u8]| std::fs::write(path, bytes).expect("written");
    match chance.random_range(0..5_u8) {
        0 => write(&[]),
        1 => write(&whole[..at]),
        2 => write(&vec![0; whole.len()]),
        3 => write(&[&whole[..at], &vec![0; whole.len() - at]].concat()),
        _ => std::fs::remove_file(path).expect("removed"),
    }
}

/// The child: writes the file over and over, and says each number once it is on the disk.
pub(super) fn write(path: &Path) {
    let file = Guarded::new(path.to_owned(), true);
    file.check().expect("a file");
    let mut n = number(path).unwrap_or(0);
    loop {
        n += 1;
        let keys: Vec<Value> = (0..n % 40)
            .map(|k| json!({ "id": k, "name": "Studio 影棚", "key": "k".repeat(32) }))
            .collect();
        let content: Map<String, Value> = [("number".to_owned(), n.into()), ("library".to_owned(), keys.into())]
            .into_iter()
            .collect();
        file.write(&content).expect("written");
        say(&n.to_string());
    }
}
