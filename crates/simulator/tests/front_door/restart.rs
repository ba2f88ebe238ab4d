//! The journal: a stand-in started again knows what was bought.

use std::{io::Write, path::Path};

use serde_json::json;
use simulator::{Options, Simulator};

use crate::desk::{Desk, quick};

fn with_journal(path: &Path) -> Options {
    Options {
        state_file: Some(path.to_owned()),
        ..quick()
    }
}

#[tokio::test]
async fn tasks_balance_and_links_survive_a_restart_on_another_port() {
    let folder = tempfile::tempdir().unwrap();
    let journal = folder.path().join("new/stand-in.jsonl");
    let desk = Desk::with(with_journal(&journal)).await;
    let old_link = desk.filmed("a fox").await;
    let failed = desk.buy("fails [fault:flag-3]").await;
    desk.ended(&failed).await;
    let stuck = desk.buy("waits [fault:stuck]").await;
    desk.raw_generate("lost [fault:lost-reply]").await;
    let (before, old_base) = (desk.simulator.ledger(), desk.simulator.base());
    desk.simulator.stop().await;
    assert!(
        desk.client
            .get(format!("{old_base}/simulator/health"))
            .send()
            .await
            .is_err(),
        "really gone"
    );

    // Half a line, as a kill in the middle of a write leaves it.
    let mut file = std::fs::OpenOptions::new().append(true).open(&journal).unwrap();
    file.write_all(br#"{"task":{"task_id":"torn"#).unwrap();
    drop(file);

    let desk = Desk::with(Options {
        balance: 5.0,
        ..with_journal(&journal)
    })
    .await;
    let after = desk.simulator.ledger();
    let ids = |ledger: &simulator::Ledger| {
        ledger
            .accepted
            .iter()
            .map(|task| task.task_id.clone())
            .collect::<Vec<_>>()
    };
    assert_eq!(ids(&after), ids(&before));
    assert_eq!(
        after.balance,
        10_000.0 - 180.0,
        "the journal's, not the option's; the failed one was given back"
    );
    let data = desk.ended(&before.accepted[0].task_id).await;
    let link = data["response"]["resultUrls"][0].as_str().unwrap();
    assert!(link.starts_with(&desk.simulator.base()) && link.ends_with(old_link.rsplit('/').next().unwrap()));
    assert_eq!(desk.fetch(link, &[]).await.status, 200);
    let fresh = desk
        .post("/api/v1/common/download-url", &json!({ "url": old_link }))
        .await;
    assert_eq!(fresh["code"], 200, "a link of the old port is still an own one");
    assert_eq!(desk.record(&stuck).await["data"]["successFlag"], 0);

    desk.buy("a fox").await;
    let three = desk.simulator.ledger();
    assert_eq!(three.accepted_with_prompt("a fox"), 2);
    assert_ne!(
        three.accepted[0].task_id, three.accepted[4].task_id,
        "the same seed gives no id twice"
    );
    desk.simulator.set_balance(7.0);
    desk.simulator.stop().await;
    let desk = Desk::with(with_journal(&journal)).await;
    let last = desk.simulator.ledger();
    assert_eq!(
        (last.accepted.len(), last.balance),
        (5, 7.0),
        "what was written after the torn line is whole"
    );
}

#[tokio::test]
async fn a_running_task_ends_when_it_would_have_and_a_failing_one_gives_back_later() {
    let folder = tempfile::tempdir().unwrap();
    let journal = folder.path().join("stand-in.jsonl");
    let slow = |journal: &Path| Options {
        speed: 10.0,
        ..with_journal(journal)
    };
    let desk = Desk::with(slow(&journal)).await;
    let (good, bad) = (desk.buy("a fox").await, desk.buy("fails [fault:moderation]").await);
    desk.simulator.stop().await;
    let desk = Desk::with(slow(&journal)).await;
    assert_eq!(desk.record(&good).await["data"]["successFlag"], 0);
    assert_eq!(desk.credit().await, 9_880.0);
    assert_eq!(desk.ended(&good).await["successFlag"], 1);
    assert_eq!(desk.ended(&bad).await["successFlag"], 2);
    assert_eq!(desk.credit().await, 9_940.0);
}

#[tokio::test]
async fn a_journal_that_cannot_be_opened_and_a_wrong_speed_are_errors() {
    let folder = tempfile::tempdir().unwrap();
    assert!(
        Simulator::start(with_journal(folder.path())).await.is_err(),
        "a folder is no journal"
    );
    for speed in [0.0, -1.0, f64::NAN, f64::INFINITY, 1e-300] {
        assert!(Simulator::start(Options { speed, ..quick() }).await.is_err(), "{speed}");
    }
}

#[tokio::test]
async fn two_stand_ins_never_share_a_journal() {
    let folder = tempfile::tempdir().unwrap();
    let journal = folder.path().join("stand-in.jsonl");
    let desk = Desk::with(with_journal(&journal)).await;
    desk.buy("a fox").await;
    let refused = Simulator::start(with_journal(&journal)).await.unwrap_err();
    assert!(refused.to_string().contains("in use"), "{refused}");
    // A stalled download keeps the old one's connection task alive; the journal is free all the same.
    let stalled = desk.filmed("a fox [fault:stall-download]").await;
    let body = desk.client.get(&stalled).send().await.unwrap();
    desk.simulator.stop().await;
    let second = Simulator::start(with_journal(&journal)).await.unwrap();
    assert_eq!(second.ledger().accepted.len(), 2);
    assert!(body.bytes().await.is_err(), "and the stalled body ends");
}
