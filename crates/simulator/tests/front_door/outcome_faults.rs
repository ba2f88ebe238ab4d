//! What can become of an accepted task, and what can go wrong when it is asked about.

use std::time::Duration;

use serde_json::{Value, json};
use simulator::{Fault, Faults, Options};

use crate::desk::{Desk, End, KEY, Raw, quick};

async fn raw_record(desk: &Desk, task_id: &str) -> Raw {
    let path = format!("/api/v1/veo/record-info?taskId={task_id}");
    desk.raw(&format!(
        "GET {path} HTTP/1.1\r\nHost: x\r\nConnection: close\r\nAuthorization: Bearer {KEY}\r\n\r\n"
    ))
    .await
}

#[tokio::test]
async fn failures_after_acceptance_are_in_the_record_and_the_msg_says_success() {
    let desk = Desk::open().await;
    let cases = [
        (
            Fault::Moderation,
            2,
            400,
            "Your prompt was flagged by Website as violating content policies.",
        ),
        (Fault::Flag2, 2, 422, "failed"),
        (Fault::Flag3, 3, 500, "internal error, please try again later."),
        (Fault::FlagUnknown, 7, 501, "Internal Error - Timeout"),
    ];
    for (fault, flag, code, message) in cases {
        let id = desk.buy(&format!("a fox [fault:{fault}]")).await;
        let data = desk.ended(&id).await;
        let told = (
            &data["successFlag"],
            &data["errorCode"],
            &data["errorMessage"],
            &data["response"],
        );
        assert_eq!(
            told,
            (&json!(flag), &json!(code), &json!(message), &Value::Null),
            "{fault}"
        );
        assert!(data["completeTime"].is_i64());
        let record = desk.record(&id).await;
        assert_eq!((&record["code"], &record["msg"]), (&json!(200), &json!("success")));
    }
    assert_eq!(desk.credit().await, 10_000.0, "all given back");
}

#[tokio::test]
async fn results_come_in_every_shape_the_pages_show() {
    let desk = Desk::open().await;
    let ended = async |fault: Fault| {
        let id = desk.buy(&format!("a fox [fault:{fault}]")).await;
        desk.ended(&id).await
    };
    let decode = |text: &Value| serde_json::from_str::<Vec<String>>(text.as_str().unwrap()).unwrap();
    let as_text = ended(Fault::ResultAsText).await;
    let link = decode(&as_text["response"]["resultUrls"]).remove(0);
    assert_eq!(desk.fetch(&link, &[]).await.status, 200);
    let at_data = ended(Fault::ResultAtData).await;
    assert_eq!(at_data["response"], Value::Null);
    assert_eq!(decode(&at_data["resultUrls"]).len(), 1);
    let none = ended(Fault::NoUrls).await;
    assert_eq!(
        (&none["successFlag"], &none["response"]["resultUrls"]),
        (&json!(1), &json!([]))
    );
}

#[tokio::test]
async fn a_stuck_task_stays_and_a_slow_one_takes_ten_times_as_long() {
    let desk = Desk::with(Options {
        speed: 1.0,
        median: Duration::from_millis(60),
        ..quick()
    })
    .await;
    let stuck = desk.buy("a fox [fault:stuck]").await;
    let slow = desk.buy("a fox [fault:slow-task]").await;
    let usual = desk.buy("a fox").await;
    desk.ended(&usual).await;
    assert_eq!(
        desk.record(&slow).await["data"]["successFlag"],
        0,
        "the usual one has ended, the slow one not"
    );
    desk.ended(&slow).await;
    assert_eq!(desk.record(&stuck).await["data"]["successFlag"], 0);
}

#[tokio::test]
async fn a_failure_limited_to_the_first_buy_spares_the_second() {
    let desk = Desk::open().await;
    let prompt = "a fox [fault:flag-2 x1]";
    let (first, second) = (desk.buy(prompt).await, desk.buy(prompt).await);
    assert_eq!(desk.ended(&first).await["successFlag"], 2);
    assert_eq!(desk.ended(&second).await["successFlag"], 1);
}

#[tokio::test]
async fn a_record_can_be_missing_once_or_for_ever() {
    let desk = Desk::open().await;
    let late = desk.buy("a fox [fault:record-missing]").await;
    let missing = json!({ "code": 422, "msg": format!("Record not found for taskId: {late}"), "data": null });
    assert_eq!(desk.record(&late).await, missing);
    assert_eq!(desk.record(&late).await["code"], 200);
    let lost = desk.buy("a fox [fault:record-lost]").await;
    for _ in 0..5 {
        assert_eq!(desk.record(&lost).await["code"], 422);
    }
}

#[tokio::test]
async fn status_queries_fail_in_every_dress_and_then_recover() {
    let desk = Desk::open().await;
    for fault in [Fault::Poll500, Fault::PollHtml, Fault::Poll429, Fault::PollReset] {
        let id = desk.buy(&format!("a fox [fault:{fault} x2]")).await;
        for _ in 0..2 {
            let raw = raw_record(&desk, &id).await;
            match fault {
                Fault::Poll500 => assert!(raw.status == 500 && raw.text().contains(r#""code":500"#)),
                Fault::PollHtml => assert!(raw.status == 200 && raw.text().starts_with("<!DOCTYPE html>")),
                Fault::Poll429 => assert!(raw.status == 200 && raw.text().contains(r#""code":429"#)),
                _ => assert_eq!((raw.status, raw.end), (0, End::Reset)),
            }
        }
        assert_eq!(desk.ended(&id).await["successFlag"], 1, "{fault}");
    }
}

#[tokio::test]
async fn rates_deal_outcomes_to_tasks_and_strike_queries_one_by_one() {
    let faults = Faults::one(Fault::Moderation, 0.4).with(Fault::Poll500, 0.3);
    let desk = Desk::with(Options { faults, ..quick() }).await;
    let (mut failed, mut errors) = (0, 0);
    for n in 0..60 {
        let id = desk.buy(&format!("shot {n}")).await;
        loop {
            let raw = raw_record(&desk, &id).await;
            errors += usize::from(raw.status == 500);
            let record: Value = serde_json::from_slice(&raw.body).unwrap();
            if record["code"] == 200 && record["data"]["successFlag"] != 0 {
                failed += usize::from(record["data"]["successFlag"] == 2);
                break;
            }
            tokio::time::sleep(Duration::from_millis(5)).await;
        }
    }
    assert!((12..=36).contains(&failed), "{failed} of 60");
    assert!(errors > 10, "{errors}");
    desk.simulator.set_faults(Faults::none());
    let id = desk.buy("calm").await;
    assert_eq!(desk.ended(&id).await["successFlag"], 1);
}
