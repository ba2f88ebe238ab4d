//! The history as a file: what it holds, what no spreadsheet may make of it, and that its length costs no memory.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, missing_docs)]

mod support;

use std::time::Duration;

use engine::library::NewTask;
use engine::view::TaskFields;
use engine::words::Lang;
use serde_json::Value;
use support::{KEY, World};

const ENDED: &[&str] = &["done", "failed"];

#[tokio::test(flavor = "multi_thread")]
async fn a_history_tells_what_was_bought_and_gives_no_formula_and_no_key_away() {
    let world = World::new().await;
    let prompts = [
        "=HYPERLINK(\"http://x\",\"雨\")",
        "a fox, \"quoted\",\n two lines",
        &format!("{KEY} pasted"),
    ];
    let ids = world.add(&prompts).await;
    world.start(&ids[..2]).await;
    for id in &ids[..2] {
        assert_eq!(world.until(id, ENDED).await.state, "done");
    }
    let (csv, json) = (world.home.path().join("h.csv"), world.home.path().join("h.JSON"));
    std::fs::write(&csv, "of yesterday").unwrap();
    for file in [&csv, &json] {
        let batch = Some(world.batch.clone());
        assert_eq!(
            world
                .engine
                .export_history(batch, file.clone(), Lang::En)
                .await
                .unwrap(),
            3
        );
    }
    assert_eq!(
        std::fs::read_dir(world.home.path()).unwrap().count(),
        4,
        "nothing else is left beside them"
    );

    let table = std::fs::read_to_string(&csv).unwrap();
    assert!(table.starts_with('\u{feff}') && !table.contains(KEY), "{table}");
    let mut reader = csv::Reader::from_reader(table.as_bytes());
    let heads = reader.headers().unwrap().clone();
    let rows: Vec<_> = reader.records().map(Result::unwrap).collect();
    let cell = |row: usize, head: &str| {
        let at = heads.iter().position(|there| there == head).unwrap();
        rows[row].get(at).unwrap().to_owned()
    };
    assert_eq!(cell(0, "prompt"), format!("'{}", prompts[0]));
    assert_eq!(cell(1, "prompt"), prompts[1]);
    assert_eq!([cell(0, "number"), cell(2, "state")], ["0001", "draft"]);
    let ledger = world.service.ledger();
    assert!(
        ledger
            .accepted
            .iter()
            .any(|bought| cell(0, "task IDs").contains(&bought.task_id))
    );
    assert_eq!(cell(0, "spent (credits)"), cell(0, "price (credits)"));
    assert_eq!(cell(2, "spent (credits)"), "0");
    assert!(std::path::Path::new(&cell(0, "file")).is_file());
    assert!(cell(0, "saved (UTC)").ends_with('Z') && cell(0, "saved").contains('T'));

    let told: Vec<Value> = serde_json::from_slice(&std::fs::read(&json).unwrap()).unwrap();
    assert_eq!(told[0]["prompt"], prompts[0]);
    assert_eq!((&told[1]["attempts"], &told[2]["file"]), (&1.into(), &Value::Null));
    assert!(
        told[2]["prompt"]
            .as_str()
            .is_some_and(|prompt| prompt.ends_with("pasted") && !prompt.contains(KEY))
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn a_folder_that_is_not_there_is_told_and_an_empty_history_is_a_whole_file() {
    let world = World::new().await;
    let nowhere = world.home.path().join("gone/h.csv");
    assert!(world.engine.export_history(None, nowhere, Lang::En).await.is_err());
    let json = world.home.path().join("h.json");
    assert_eq!(
        world.engine.export_history(None, json.clone(), Lang::Zh).await.unwrap(),
        0
    );
    assert_eq!(
        serde_json::from_slice::<Vec<Value>>(&std::fs::read(json).unwrap()).unwrap(),
        Vec::<Value>::new()
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn twenty_thousand_tasks_in_two_batches_are_all_there_once_and_in_order() {
    let world = World::new().await;
    let other = world.engine.create_batch("Second", None).await.unwrap().id;
    for batch in [&world.batch, &other] {
        let new = (1..=10_000).map(|n| NewTask {
            number: Some(format!("shot {n}")),
            fields: TaskFields {
                prompt: format!("prompt {n}"),
                ..TaskFields::default()
            },
        });
        world.engine.add(batch.clone(), new.collect()).await.unwrap();
    }
    let csv = world.home.path().join("h.csv");
    let export = world.engine.export_history(None, csv.clone(), Lang::Zh);
    let count = tokio::time::timeout(Duration::from_secs(60), export)
        .await
        .unwrap()
        .unwrap();
    assert_eq!(count, 20_000);
    let mut reader = csv::Reader::from_path(&csv).unwrap();
    for (nth, row) in reader.records().map(Result::unwrap).enumerate() {
        assert_eq!(row.get(1), Some(format!("shot {}", nth % 10_000 + 1).as_str()));
    }
}
