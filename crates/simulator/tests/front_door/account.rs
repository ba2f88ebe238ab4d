//! Keys, balance, fresh links, limits, and paths that nobody answers.

use std::time::Duration;

use reqwest::Method;
use serde_json::{Value, json};
use simulator::{Limit, Limits, Options};

use crate::desk::{Desk, End, quick};

#[tokio::test]
async fn only_keys_of_the_stand_in_are_taken_and_the_refusal_is_the_live_one() {
    let desk = Desk::open().await;
    let id = desk.buy("a fox").await;
    let paths = [
        (Method::POST, "/api/v1/veo/generate".to_owned()),
        (Method::POST, "/api/v1/veo/extend".to_owned()),
        (Method::GET, format!("/api/v1/veo/record-info?taskId={id}")),
        (Method::GET, format!("/api/v1/veo/get-1080p-video?taskId={id}")),
        (Method::POST, "/api/v1/veo/get-4k-video".to_owned()),
        (Method::GET, "/api/v1/chat/credit".to_owned()),
        (Method::POST, "/api/v1/common/download-url".to_owned()),
    ];
    for (method, path) in paths {
        for header in [None, Some("Bearer real-key"), Some("Basic sim-test"), Some("sim-test")] {
            let mut request = desk
                .client
                .request(method.clone(), desk.url(&path))
                .json(&json!({ "prompt": "x" }));
            if let Some(header) = header {
                request = request.header("Authorization", header);
            }
            let response = request.send().await.unwrap();
            assert_eq!(response.status(), 200);
            let answer: Value = response.json().await.unwrap();
            assert_eq!(answer["code"], 401, "{path} with {header:?}");
            assert!(
                answer["msg"]
                    .as_str()
                    .unwrap()
                    .starts_with("Unauthorized – Authentication failed.")
            );
            assert_eq!(answer["data"], Value::Null);
        }
    }
    assert_eq!(desk.simulator.ledger().accepted.len(), 1);
}

#[tokio::test]
async fn the_balance_falls_by_the_price_and_a_failed_task_gives_it_back() {
    let desk = Desk::with(Options {
        balance: 400.5,
        ..quick()
    })
    .await;
    desk.buy("fast").await;
    desk.generate(&json!({ "prompt": "lite", "model": "veo3_lite", "resolution": "1080p" }))
        .await;
    assert_eq!(desk.credit().await, 400.5 - 60.0 - 35.0);
    let failing = desk.buy("fails [fault:flag-3]").await;
    assert_eq!(desk.simulator.ledger().accepted[2].credits, 60.0);
    desk.ended(&failing).await;
    assert_eq!(desk.credit().await, 305.5, "given back");

    let answer = desk
        .generate(&json!({ "prompt": "dear", "model": "veo3", "resolution": "4k" }))
        .await;
    assert_eq!(answer["code"], 402);
    assert_eq!(answer["msg"], "The current credits are insufficient. Please top up.");
    assert_eq!(desk.credit().await, 305.5, "a refusal costs nothing");
    desk.simulator.set_balance(370.0);
    assert_eq!(
        desk.generate(&json!({ "prompt": "dear", "model": "veo3", "resolution": "4k" }))
            .await["code"],
        200
    );
    assert_eq!(
        desk.get("/api/v1/chat/credit").await.to_string(),
        r#"{"code":200,"data":0,"msg":"success"}"#
    );
}

#[tokio::test]
async fn without_refund_a_failed_task_stays_paid() {
    let desk = Desk::with(Options {
        refund: false,
        ..quick()
    })
    .await;
    let failing = desk.buy("fails [fault:moderation]").await;
    desk.ended(&failing).await;
    assert_eq!(desk.credit().await, 9_940.0);
}

#[tokio::test]
async fn a_fresh_link_is_given_for_an_own_one_and_a_foreign_one_is_wrong() {
    let desk = Desk::open().await;
    let link = desk.filmed("a fox").await;
    let answer = desk.post("/api/v1/common/download-url", &json!({ "url": link })).await;
    let fresh = answer["data"].as_str().unwrap();
    assert!(
        fresh.contains("?expires="),
        "a bare string with a signed link: {answer}"
    );
    let (whole, signed) = (desk.fetch(&link, &[]).await, desk.fetch(fresh, &[]).await);
    assert_eq!((signed.status, &signed.body), (200, &whole.body));
    let forged = fresh.replace("?expires=", "?expires=9");
    assert_eq!(desk.fetch(&forged, &[]).await.status, 403);

    for url in [
        "https://example.com/a.mp4",
        "https://example.com/v/0.mp4",
        "",
        "not a link",
    ] {
        let answer = desk.post("/api/v1/common/download-url", &json!({ "url": url })).await;
        assert_eq!(
            answer,
            json!({ "code": 422, "msg": "url is wrong", "data": null }),
            "{url}"
        );
    }
}

#[tokio::test]
async fn twenty_generations_pass_in_a_window_and_the_rest_are_told_in_http_200() {
    let per = Duration::from_millis(1500);
    let limits = Limits {
        generate: Some(Limit { count: 20, per }),
        status: None,
    };
    let desk = Desk::with(Options { limits, ..quick() }).await;
    for n in 0..20 {
        desk.buy(&format!("shot {n}")).await;
    }
    let answer = desk.generate(&json!({ "prompt": "one more" })).await;
    let told = json!({ "code": 429, "msg": "Your call frequency is too high. Please try again later.", "data": null });
    assert_eq!(answer, told);
    tokio::time::sleep(per).await;
    desk.buy("one more").await;
    let ledger = desk.simulator.ledger();
    assert_eq!((ledger.accepted.len(), ledger.posts.len()), (21, 22));
    assert_eq!(ledger.posts_with_prompt("one more"), 2);
    assert_eq!(ledger.accepted_with_prompt("one more"), 1);
}

#[tokio::test]
async fn ten_status_queries_pass_in_a_second() {
    let limits = Limits {
        generate: None,
        ..Limits::default()
    };
    let desk = Desk::with(Options { limits, ..quick() }).await;
    let id = desk.buy("a fox").await;
    let mut codes = Vec::new();
    for _ in 0..12 {
        codes.push(desk.record(&id).await["code"].as_i64().unwrap());
    }
    assert_eq!(codes, [[200; 10].as_slice(), &[429; 2]].concat());
    tokio::time::sleep(Duration::from_millis(1001)).await;
    assert_eq!(desk.record(&id).await["code"], 200);
    let ledger = desk.simulator.ledger();
    assert_eq!((ledger.status_queries, ledger.accepted[0].status_queries), (13, 11));
}

#[tokio::test]
async fn unknown_paths_get_the_envelope_and_controls_are_there() {
    let desk = Desk::open().await;
    assert_eq!(desk.get("/api/v1/veo/nothing").await["code"], 404);
    assert_eq!(desk.call(Method::GET, "/elsewhere", None).await.unwrap().status(), 404);
    assert_eq!(
        desk.call(Method::GET, "/api/v1/veo/generate", None)
            .await
            .unwrap()
            .status(),
        405
    );

    assert_eq!(desk.get("/simulator/health").await, json!({ "ok": true }));
    desk.post("/simulator/balance", &json!({ "credits": 61 })).await;
    desk.post(
        "/simulator/faults",
        &json!({ "rates": { "rate-limited": 1.0 }, "limits": { "rate-limited": 2 } }),
    )
    .await;
    for expected in [429, 429, 200] {
        assert_eq!(desk.generate(&json!({ "prompt": "by rate" })).await["code"], expected);
    }
    let ledger = desk.get("/simulator/ledger").await;
    assert_eq!(ledger["balance"], 1.0);
    assert_eq!(ledger["accepted"][0]["prompt"], "by rate");
    assert_eq!(ledger["posts"][0]["outcome"], "rate-limited");
    desk.post("/simulator/door", &json!({ "turn_away": 1 })).await;
    assert_eq!(desk.raw_generate("at the door").await.end, End::Reset);
    desk.post("/simulator/faults", &json!({})).await;
    desk.post("/simulator/balance", &json!({ "credits": 100 })).await;
    let failed = desk.buy("refused later [fault:flag-2]").await;
    desk.ended(&failed).await;
    let ledger = desk.get("/simulator/ledger").await;
    assert_eq!(
        ledger["posts_by_outcome"],
        json!({ "accepted": 2, "rate-limited": 2 }),
        "every POST, by what became of it"
    );
    assert_eq!(
        (&ledger["charged"], &ledger["given_back"]),
        (&json!(120.0), &json!(60.0))
    );
    assert_eq!(ledger["turned_away"], 1);
    assert_eq!(
        serde_json::from_value::<simulator::Ledger>(ledger).unwrap(),
        desk.simulator.ledger(),
        "another process reads all of it"
    );
    let unknown = json!({ "rates": { "no-such-fault": 1.0 } });
    let refused = desk
        .call(Method::POST, "/simulator/faults", Some(&unknown))
        .await
        .unwrap();
    assert!(refused.status().is_client_error());
}
