//! What can go wrong with the paid POST, as a raw client sees it on the wire, and whether it was charged.

use std::time::{Duration, Instant};

use reqwest::Method;
use serde_json::{Value, json};
use simulator::{Fault, Faults, Options, Stage};

use crate::desk::{Desk, End, KEY, Raw, quick};

/// Meets one fault; asserts that the ledger says what the fault says about money.
async fn meet(desk: &Desk, fault: Fault) -> Raw {
    let prompt = format!("shot [fault:{fault}]");
    let raw = desk.raw_generate(&prompt).await;
    let ledger = desk.simulator.ledger();
    assert_eq!(
        ledger.accepted_with_prompt(&prompt),
        usize::from(fault.charges()),
        "{fault}"
    );
    assert_eq!(ledger.posts_with_prompt(&prompt), 1, "{fault}");
    assert_eq!(ledger.posts.last().unwrap().outcome, fault.name());
    raw
}

fn code(raw: &Raw) -> Value {
    serde_json::from_slice::<Value>(&raw.body).unwrap()["code"].clone()
}

#[tokio::test]
async fn refusals_come_as_documented_and_cost_nothing() {
    let desk = Desk::open().await;
    let cases = [
        (Fault::Refuse422, 200, 422),
        (Fault::Refuse400Policy, 200, 400),
        (Fault::Unauthorized, 200, 401),
        (Fault::NoCredits, 200, 402),
        (Fault::FeatureOff505, 200, 505),
        (Fault::RateLimited, 200, 429),
        (Fault::RateLimitedHttp, 429, 429),
        (Fault::Maintenance455, 200, 455),
        (Fault::ServerError500, 500, 500),
    ];
    for (fault, status, expected) in cases {
        let raw = meet(&desk, fault).await;
        assert_eq!((raw.status, code(&raw)), (status, json!(expected)), "{fault}");
        assert_eq!(
            raw.header("retry-after"),
            (fault == Fault::RateLimitedHttp).then_some("1"),
            "{fault}"
        );
    }
    let edge = meet(&desk, Fault::ForbiddenEdge).await;
    assert_eq!((edge.status, edge.text().as_str()), (403, "error code: 1010"));
    assert_eq!(desk.credit().await, 10_000.0);
}

#[tokio::test]
async fn answers_are_lost_reset_or_cut_on_the_wire() {
    let desk = Desk::open().await;
    for fault in [Fault::LostReply, Fault::LostRequest] {
        let raw = meet(&desk, fault).await;
        assert_eq!((raw.status, raw.end), (0, End::Closed), "{fault}: not a byte");
    }
    for fault in [Fault::Reset, Fault::ResetRequest] {
        let raw = meet(&desk, fault).await;
        assert_eq!((raw.status, raw.end), (0, End::Reset), "{fault}");
    }
    let begun = meet(&desk, Fault::ResetReply).await;
    assert_eq!((begun.text().as_str(), begun.end), ("{", End::Reset), "one byte");
    let half = meet(&desk, Fault::HalfReply).await;
    assert_eq!((half.status, half.end), (200, End::Closed));
    assert_eq!(half.body.len(), half.promised() / 2);
    assert!(half.text().starts_with('{'));
}

#[tokio::test]
async fn answers_that_cannot_be_used_still_cost() {
    let desk = Desk::open().await;
    let garbled = meet(&desk, Fault::GarbledReply).await;
    assert_eq!(
        (garbled.status, garbled.header("content-type")),
        (200, Some("application/json"))
    );
    assert_eq!(garbled.body.len(), garbled.promised(), "whole, but no JSON");
    assert!(serde_json::from_slice::<Value>(&garbled.body).is_err());
    let late = meet(&desk, Fault::Late500).await;
    assert_eq!((late.status, code(&late)), (500, json!(500)));
    let gateway = meet(&desk, Fault::BadGateway).await;
    assert_eq!(gateway.status, 502);
    assert!(gateway.header("content-type").unwrap().starts_with("text/html") && gateway.text().contains("<html>"));
    let nameless = meet(&desk, Fault::AcceptedWithoutId).await;
    assert_eq!(nameless.text(), r#"{"code":200,"data":{},"msg":"success"}"#);
    assert_eq!(desk.credit().await, 10_000.0 - 240.0);
}

#[tokio::test]
async fn a_followed_redirect_buys_twice() {
    let desk = Desk::open().await;
    for (fault, status) in [(Fault::Redirect307, 307), (Fault::Redirect308, 308)] {
        let redirect = meet(&desk, fault).await;
        assert_eq!(redirect.status, status);
        let location = redirect.header("location").unwrap().to_owned();
        let prompt = format!("shot [fault:{fault}]");
        let path = location.strip_prefix(&desk.simulator.base()).unwrap();
        assert_eq!(desk.post(path, &json!({ "prompt": prompt })).await["code"], 200);
        let ledger = desk.simulator.ledger();
        assert_eq!(ledger.accepted_with_prompt(&prompt), 2);
        assert_eq!(ledger.posts.last().unwrap().outcome, "followed");
    }
}

#[tokio::test]
async fn a_late_acceptance_comes_though_nobody_listens_any_more() {
    let desk = Desk::open().await;
    let raw = meet(&desk, Fault::LateAccept).await;
    assert_eq!((raw.status, code(&raw)), (200, json!(200)));
    let prompt = "unheard [fault:late-accept]";
    let impatient = desk.client.post(desk.url("/api/v1/veo/generate")).bearer_auth(KEY);
    let impatient = impatient
        .timeout(Duration::from_millis(30))
        .json(&json!({ "prompt": prompt }));
    assert!(impatient.send().await.unwrap_err().is_timeout());
    assert_eq!(desk.simulator.ledger().accepted_with_prompt(prompt), 0, "not yet");
    tokio::time::sleep(Duration::from_millis(200)).await;
    let ledger = desk.simulator.ledger();
    assert_eq!(ledger.accepted_with_prompt(prompt), 1);
    let post = ledger.posts.last().unwrap();
    assert_eq!(post.task_id, Some(ledger.accepted.last().unwrap().task_id.clone()));
}

#[tokio::test]
async fn only_a_connection_that_was_used_before_is_closed_as_idle() {
    let desk = Desk::open().await;
    let fresh = meet(&desk, Fault::IdleClose).await;
    assert_eq!((fresh.status, code(&fresh)), (200, json!(200)));
    let body = json!({ "prompt": "pooled [fault:idle-close]" });
    desk.credit().await;
    let reused = desk.call(Method::POST, "/api/v1/veo/generate", Some(&body)).await;
    assert!(reused.is_err(), "{reused:?}");
    assert_eq!(desk.generate(&body).await["code"], 200, "the next one is fresh");
    let ledger = desk.simulator.ledger();
    let seen = |post: &&simulator::Post| post.prompt.as_deref() == Some("pooled [fault:idle-close]");
    let ids: Vec<_> = ledger
        .posts
        .iter()
        .filter(seen)
        .map(|post| post.task_id.is_some())
        .collect();
    assert_eq!(ids, [false, true]);
}

#[tokio::test]
async fn the_door_resets_before_a_byte_is_read() {
    let desk = Desk::open().await;
    desk.simulator.turn_away(2);
    for _ in 0..2 {
        let turned = desk.raw_generate("unread").await;
        assert_eq!((turned.status, turned.end), (0, End::Reset));
    }
    assert_eq!(code(&desk.raw_generate("read").await), json!(200));
    let ledger = desk.simulator.ledger();
    assert_eq!((ledger.connections, ledger.turned_away, ledger.posts.len()), (3, 2, 1));
}

#[tokio::test]
async fn the_service_may_think_before_it_answers() {
    let think = Duration::from_millis(150);
    let desk = Desk::with(Options { think, ..quick() }).await;
    let start = Instant::now();
    let (raw, early) = tokio::join!(desk.raw_generate("a shot"), async {
        tokio::time::sleep(think / 3).await;
        desk.simulator.ledger().posts.len()
    });
    assert_eq!((raw.status, early), (200, 1), "decided at once");
    assert!(start.elapsed() >= think);
}

#[tokio::test]
async fn a_slow_answer_is_charged_before_it_comes() {
    let desk = Desk::open().await;
    let start = Instant::now();
    let (raw, early) = tokio::join!(meet(&desk, Fault::SlowSubmit), async {
        tokio::time::sleep(std::time::Duration::from_millis(50)).await;
        desk.simulator.ledger().accepted.len()
    });
    assert_eq!((raw.status, code(&raw), early), (200, json!(200), 1));
    assert!(start.elapsed().as_millis() >= 100, "20 s at speed 200");
}

#[tokio::test]
async fn a_limited_fault_lets_the_same_prompt_through_afterwards() {
    let desk = Desk::open().await;
    let body = json!({ "prompt": "shot [fault:server-error-500 x1] [fault:maintenance-455 x2]" });
    let mut codes = Vec::new();
    for _ in 0..4 {
        let response = desk
            .call(reqwest::Method::POST, "/api/v1/veo/generate", Some(&body))
            .await
            .unwrap();
        codes.push(response.json::<Value>().await.unwrap()["code"].as_i64().unwrap());
    }
    assert_eq!(codes, [500, 455, 455, 200]);
}

#[tokio::test]
async fn every_fault_by_rate_strikes_about_as_often_as_asked_and_repeatably() {
    let struck = async || {
        let desk = Desk::with(Options {
            faults: Faults::one(Fault::Refuse422, 0.3),
            ..quick()
        })
        .await;
        for n in 0..100 {
            desk.generate(&json!({ "prompt": format!("shot {n}") })).await;
        }
        desk.simulator
            .ledger()
            .posts
            .into_iter()
            .map(|post| post.outcome == "refuse-422")
            .collect::<Vec<_>>()
    };
    let first = struck().await;
    let count = first.iter().filter(|struck| **struck).count();
    assert!((15..=45).contains(&count), "{count} of 100");
    assert_eq!(first, struck().await);
}

#[test]
fn every_fault_has_its_own_name_and_says_what_it_does() {
    let mut names: Vec<_> = Fault::all().iter().map(|fault| fault.name()).collect();
    for fault in Fault::all() {
        assert_eq!(fault.name().parse(), Ok(*fault));
        assert_eq!(serde_json::to_value(fault).unwrap(), json!(fault.name()));
        let told = fault.describe();
        let charged = told.contains("Charged");
        assert_eq!(charged, fault.charges(), "{fault}: {told}");
        assert!(
            fault.stage() != Stage::Submit || charged || told.contains("Not charged"),
            "{fault}"
        );
    }
    names.sort_unstable();
    names.dedup();
    assert_eq!(names.len(), Fault::all().len());
    assert!(
        "no-such"
            .parse::<Fault>()
            .unwrap_err()
            .to_string()
            .contains("lost-reply")
    );
}
