//! A page in front of a real engine and a real library.

use std::collections::BTreeMap;
use std::path::Path;

use engine::keys::stand_in::NoKeychain;
use engine::library::NewTask;
use engine::view::TaskFields;
use tokio::sync::mpsc;

use super::*;
use crate::store::tests::in_memory;
use crate::supply::{self, Supply};

struct Board {
    feed: Arc<Feed>,
    engine: Engine,
    batch: String,
    _supply: Supply,
}

async fn board(directory: &Path) -> Board {
    let settings = Arc::new(Settings::open(directory, None, Box::new(NoKeychain), &in_memory()).unwrap());
    let (engine, supply) = supply::open(&directory.join("demo"), &settings, true).await.unwrap();
    let feed = Arc::new(Feed::default());
    drop(feed.follow(engine.clone(), settings).await);
    let batch = engine.create_batch("Shots", None).await.unwrap().id;
    Board {
        feed,
        engine,
        batch,
        _supply: supply,
    }
}

impl Board {
    async fn add(&self, count: usize) -> Vec<String> {
        let fields = || TaskFields {
            prompt: "A quiet harbour".into(),
            ..TaskFields::default()
        };
        let new = (0..count).map(|_| NewTask {
            number: None,
            fields: fields(),
        });
        self.engine.add(self.batch.clone(), new.collect()).await.unwrap()
    }

    async fn watch(&self) -> mpsc::UnboundedReceiver<Delta> {
        let (sender, receiver) = mpsc::unbounded_channel();
        self.feed.watch(Box::new(move |delta| sender.send(delta).is_ok())).await;
        receiver
    }
}

async fn next(page: &mut mpsc::UnboundedReceiver<Delta>) -> Delta {
    tokio::time::timeout(Duration::from_secs(10), page.recv())
        .await
        .unwrap()
        .unwrap()
}

/// All messages until it has been quiet for a while.
async fn rest(page: &mut mpsc::UnboundedReceiver<Delta>) -> Vec<Delta> {
    let mut heard = Vec::new();
    while let Ok(Some(delta)) = tokio::time::timeout(Duration::from_millis(600), page.recv()).await {
        heard.push(delta);
    }
    heard
}

#[tokio::test(flavor = "multi_thread")]
async fn a_burst_is_few_numbered_messages_that_end_at_the_truth() {
    let directory = tempfile::tempdir().unwrap();
    let board = board(directory.path()).await;
    let mut page = board.watch().await;
    rest(&mut page).await;
    let snapshot = board.feed.snapshot(&board.engine, Lang::En).await.unwrap();
    let ids = board.add(40).await;
    let began = Instant::now();
    for round in 0..6 {
        for id in &ids {
            let fields = TaskFields {
                prompt: format!("Take {round}"),
                ..TaskFields::default()
            };
            board.engine.edit(id.clone(), fields).await.unwrap();
        }
    }
    board.engine.delete(vec![ids[0].clone()]).await.unwrap();
    let heard = rest(&mut page).await;
    let most = began.elapsed().as_millis() / EVERY.as_millis() + 1;
    assert!(
        (heard.len() as u128) <= most,
        "{} messages, at most {most}",
        heard.len()
    );
    let numbers: Vec<u64> = heard.iter().map(|delta| delta.seq).collect();
    let expected: Vec<u64> = (snapshot.seq + 1..).take(heard.len()).collect();
    assert_eq!(numbers, expected, "no gap, from the snapshot on");
    let mut shown = BTreeMap::new();
    for delta in &heard {
        assert!(!delta.reload && delta.tasks.len() <= MOST);
        for card in &delta.tasks {
            shown.insert(card.id.clone(), card.fields.prompt.clone());
        }
        for id in &delta.removed {
            shown.remove(id);
        }
    }
    assert_eq!(shown.len(), 39);
    assert!(shown.values().all(|prompt| prompt == "Take 5"), "{shown:?}");
    let last = heard.last().unwrap();
    assert_eq!((last.all.ready, last.batches[0].lanes.ready), (39, 39));
}

#[tokio::test(flavor = "multi_thread")]
async fn too_much_is_one_word_and_nothing_is_none() {
    let directory = tempfile::tempdir().unwrap();
    let board = board(directory.path()).await;
    let mut page = board.watch().await;
    rest(&mut page).await;
    board.add(MOST * 4).await;
    let heard = rest(&mut page).await;
    assert!(heard.iter().any(|delta| delta.reload));
    assert!(heard.iter().all(|delta| delta.tasks.len() <= MOST));
    assert_eq!(heard.last().unwrap().all.ready, (MOST * 4) as u64);
    // The queue is paused already: told again, nothing differs.
    board.engine.pause();
    board.engine.pause();
    assert!(rest(&mut page).await.is_empty());
}

#[tokio::test(flavor = "multi_thread")]
async fn a_page_that_starts_is_not_told_what_it_has() {
    let directory = tempfile::tempdir().unwrap();
    let board = board(directory.path()).await;
    let id = board.add(1).await.pop().unwrap();
    tokio::time::sleep(EVERY * 3).await;
    let snapshot = board.feed.begin(Lang::En).await.unwrap();
    assert_eq!(snapshot.all.ready, 1);
    let mut page = board.watch().await;
    assert!(rest(&mut page).await.is_empty());

    board.engine.delete(vec![id.clone()]).await.unwrap();
    let delta = next(&mut page).await;
    assert_eq!((delta.seq, delta.removed), (snapshot.seq + 1, vec![id]));
}

#[tokio::test(flavor = "multi_thread")]
async fn what_happens_while_no_page_listens_is_not_lost() {
    let directory = tempfile::tempdir().unwrap();
    let board = board(directory.path()).await;
    let mut first = board.watch().await;
    rest(&mut first).await;

    // The page reloads: between its snapshot and its channel, something happens.
    let snapshot = board.feed.begin(Lang::En).await.unwrap();
    let id = board.add(1).await.pop().unwrap();
    tokio::time::sleep(EVERY * 3).await;
    let mut second = board.watch().await;
    let delta = next(&mut second).await;
    assert_eq!(delta.seq, snapshot.seq + 1);
    assert_eq!(delta.tasks.iter().map(|card| &card.id).collect::<Vec<_>>(), [&id]);
    assert!(first.try_recv().is_err());

    // A page that died without a word: its message is kept for the next one.
    drop(second);
    let id = board.add(1).await.pop().unwrap();
    tokio::time::sleep(EVERY * 3).await;
    let mut third = board.watch().await;
    let delta = next(&mut third).await;
    assert!(delta.tasks.iter().any(|card| card.id == id));
    assert_eq!(delta.seq, snapshot.seq + 2);
}
