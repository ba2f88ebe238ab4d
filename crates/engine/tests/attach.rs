//! Ids that a user brings are compared with what was sent; what does not match is taken only after a second yes.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, missing_docs)]

#[path = "support/scripted.rs"]
mod scripted;
mod support;

use engine::words::Lang;
use kie::Record;
use scripted::{Bench, Scripted, id_of, lost};
use serde_json::json;
use tokio_util::sync::CancellationToken;

/// What the service has under the ids 1, 2, 3, 4: this request, another one, one that it does not tell, an older one.
fn record(id: &str) -> Record {
    let stored = |prompt: &str| Some(json!({ "prompt": prompt, "model": "veo3_fast" }).to_string());
    let there = |param_json, created_at| Record::Pending {
        created_at,
        progress: None,
        param_json,
    };
    match id {
        id if id == id_of(1) => there(stored(" a  fox "), None),
        id if id == id_of(2) => there(stored("a wolf"), None),
        id if id == id_of(3) => there(None, None),
        id if id == id_of(4) => there(stored("a fox"), Some(1_000_000_000_000)),
        _ => Record::NotFound {
            message: "record not found".to_owned(),
        },
    }
}

async fn doubted() -> (Bench, String) {
    let bench = Bench::new(Scripted::new(|_, _| lost()).queried(|query| record(query.id))).await;
    let id = bench.bring("a fox", "unconfirmed").await;
    (bench, id)
}

#[tokio::test(flavor = "multi_thread")]
async fn what_matches_is_taken_and_what_does_not_is_asked_about() {
    let (bench, card) = doubted().await;
    let attach = async |nth: usize, anyway| {
        bench
            .engine
            .attach_checked(card.clone(), &id_of(nth), anyway, Lang::En)
            .await
    };
    let other = attach(2, false).await.unwrap();
    assert!(!other.attached);
    assert_eq!(
        (other.differences[0].name.as_str(), other.differences[0].theirs.as_str()),
        ("Prompt", "a wolf")
    );
    let untold = attach(3, false).await.unwrap();
    assert!(!untold.attached && untold.unchecked.is_some(), "{untold:?}");
    let older = attach(4, false).await.unwrap();
    assert!(!older.attached, "it was made before it was sent");
    assert_eq!(older.differences[0].name, "Time");
    for anyway in [false, true] {
        let nobody = attach(9, anyway).await.unwrap_err().say(Lang::En);
        assert!(nobody.contains("knows no task"), "{nobody}");
    }
    assert_eq!(bench.report(&card).await.state, "unconfirmed");
    assert!(attach(1, false).await.unwrap().attached);
    assert_eq!(bench.report(&card).await.task_id, Some(id_of(1)));
    assert_eq!(bench.service.posts().len(), 1, "nothing was bought by it");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_second_yes_takes_it_and_the_history_says_so() {
    let (bench, card) = doubted().await;
    let answer = bench
        .engine
        .attach_checked(card.clone(), &id_of(2), true, Lang::En)
        .await;
    assert!(answer.unwrap().attached);
    let history = bench.engine.task(card, Lang::En).await.unwrap().history;
    assert!(
        history.iter().any(|line| line.text.contains("does not match")),
        "{history:?}"
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn a_look_up_that_is_stopped_leaves_everything_as_it_was() {
    let (bench, card) = doubted().await;
    let page = format!("{} {}", id_of(1), id_of(2));
    let stop = CancellationToken::new();
    stop.cancel();
    let stopped = bench
        .engine
        .attach_from_text(&page, Lang::En, |_| (), stop)
        .await
        .unwrap();
    assert!(stopped.stopped && stopped.attached.is_empty());
    assert_eq!(bench.report(&card).await.state, "unconfirmed");

    let whole = bench
        .engine
        .attach_from_text(&page, Lang::En, |_| (), CancellationToken::new())
        .await
        .unwrap();
    assert_eq!(whole.attached.len(), 1);
    assert_eq!((whole.left[0].service_id.as_str(), whole.open), (id_of(2).as_str(), 0));
    assert_eq!(bench.report(&card).await.task_id, Some(id_of(1)));
}

#[tokio::test(flavor = "multi_thread")]
async fn giving_up_and_submitting_again_keep_what_was_known() {
    let (bench, card) = doubted().await;
    bench.engine.dismiss(vec![card.clone()]).await.unwrap();
    let detail = bench.engine.task(card, Lang::En).await.unwrap();
    let evidence = detail.evidence.expect("what is known stays");
    assert_eq!((evidence.price, evidence.balance_before), (Some(60.0), Some(1_000.0)));
    assert_eq!(evidence.answer, "None: the connection broke off.");
}
