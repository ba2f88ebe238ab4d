//! The paid POST: one request, and an honest word on what became of it.

use std::time::Duration;

use kie::{
    AccountTrouble, AspectRatio, Client, Config, GenerateRequest, GenerationType, Model, Proxy, Resolution, Submission,
};
use serde_json::{Value, json};
use tokio::net::TcpListener;

use crate::stub::{Act, Stub, client, closed_port, key, say, short};

async fn submit(client: &Client) -> Submission {
    client.generate(&key(), &GenerateRequest::new("a cat")).await
}

/// Submits once against a server that does this, and sees to it that it heard at most one request.
async fn against(act: Act) -> (Submission, Stub) {
    let stub = Stub::start(act).await;
    let submission = submit(&stub.client()).await;
    // A second request would come at once or after a moment.
    tokio::time::sleep(Duration::from_millis(100)).await;
    assert!(stub.connections() <= 1, "{submission:?}");
    (submission, stub)
}

fn is_unknown(submission: &Submission, status: Option<u16>) -> bool {
    matches!(submission, Submission::Unknown { status: told, .. } if *told == status)
}

#[tokio::test]
async fn the_request_holds_what_was_set_and_nothing_else() {
    let stub = Stub::start(say(200, "", r#"{"code":200,"msg":"success","data":{"taskId":"0819"}}"#)).await;
    let client = stub.client();
    let accepted = Submission::Accepted { task_id: "0819".into() };
    assert_eq!(submit(&client).await, accepted);
    let full = GenerateRequest {
        prompt: "猫".into(),
        image_urls: vec!["https://x/1.png".into(), "https://x/2.png".into()],
        model: Some(Model::Quality),
        aspect_ratio: Some(AspectRatio::Auto),
        resolution: Some(Resolution::P1080),
        duration: Some(6),
        generation_type: Some(GenerationType::Frames),
        seeds: Some(12345),
        watermark: Some("w".into()),
        call_back_url: Some("https://cb.example/".into()),
        enable_fallback: Some(false),
        enable_translation: Some(false),
    };
    assert_eq!(client.generate(&key(), &full).await, accepted);

    let seen = stub.requests();
    let bodies: Vec<Value> = seen
        .iter()
        .map(|request| serde_json::from_str(&request.body).unwrap())
        .collect();
    let everything = json!({
        "prompt": "猫", "imageUrls": ["https://x/1.png", "https://x/2.png"], "model": "veo3", "aspect_ratio": "Auto",
        "resolution": "1080p", "duration": 6, "generationType": "FIRST_AND_LAST_FRAMES_2_VIDEO", "seeds": 12345,
        "watermark": "w", "callBackUrl": "https://cb.example/", "enableFallback": false, "enableTranslation": false,
    });
    assert_eq!(bodies, [json!({"prompt": "a cat"}), everything]);

    let first = &seen[0];
    assert_eq!(first.line, "POST /api/v1/veo/generate HTTP/1.1");
    assert_eq!(
        first.header("authorization"),
        Some(format!("Bearer {}", key().expose()).as_str())
    );
    assert_eq!(first.header("content-type"), Some("application/json"));
    assert_eq!(first.header("accept"), Some("application/json"));
    assert!(first.header("user-agent").unwrap().starts_with("Shotboard/"));
    assert_eq!(first.header("cookie"), None);
    assert_eq!(stub.connections(), 2, "each paid request has a connection of its own");
}

#[tokio::test]
async fn a_redirect_is_not_followed() {
    for status in [301, 302, 303, 307, 308] {
        let (submission, stub) = against(say(status, "Location: /again\r\n", "")).await;
        assert!(is_unknown(&submission, Some(status)), "{submission:?}");
        assert_eq!(stub.requests().len(), 1);
    }
}

#[tokio::test]
async fn an_answer_lost_on_the_way_is_unknown() {
    let half = "HTTP/1.1 200 OK\r\nContent-Length: 60\r\n\r\n{\"code\":200,\"msg\":\"success\",\"da";
    let head = "HTTP/1.1 200 OK\r\nContent-Le";
    for (act, status) in [
        (Act::CloseUnread, None),
        (Act::ResetUnread, None),
        (Act::CloseRead, None),
        (Act::SayAndReset(String::new()), None),
        (Act::Say(head.into()), None),
        (Act::Say("SSH-2.0-OpenSSH_9.2\r\n".into()), None),
        (Act::Hang, None),
        (Act::Say(half.into()), Some(200)),
        (Act::SayAndReset(half.into()), Some(200)),
        (say(200, "", "\u{1}garbled"), Some(200)),
        (say(200, "", "<html>welcome to the hotel</html>"), Some(200)),
        (say(502, "", "<html>bad gateway</html>"), Some(502)),
        (
            say(500, "", r#"{"code":500,"msg":"Server error","data":null}"#),
            Some(500),
        ),
        (say(200, "", r#"{"code":200,"msg":"success","data":{}}"#), Some(200)),
    ] {
        let (submission, _stub) = against(act).await;
        assert!(is_unknown(&submission, status), "{submission:?}");
    }
}

#[tokio::test]
async fn an_id_that_came_before_the_cut_is_kept() {
    let body = r#"{"code":200,"msg":"success","data":{"taskId":"0819"}}"#;
    let (submission, _stub) = against(Act::SayAndReset(format!(
        "HTTP/1.1 200 OK\r\nContent-Length: 500\r\n\r\n{body}\n"
    )))
    .await;
    assert_eq!(submission, Submission::Accepted { task_id: "0819".into() });
    let (cut, _stub) = against(Act::SayAndReset(format!(
        "HTTP/1.1 200 OK\r\nContent-Length: 500\r\n\r\n{}",
        &body[..48]
    )))
    .await;
    assert!(is_unknown(&cut, Some(200)), "half an id is none: {cut:?}");
}

#[tokio::test]
async fn an_endless_answer_is_given_up() {
    let flood = format!("{{\"code\":200,\"pad\":\"{}\"}}", "x".repeat(3 << 20));
    let (submission, _stub) = against(say(200, "", &flood)).await;
    assert!(
        matches!(&submission, Submission::Unknown { detail, body, .. }
            if detail.contains("too long") && body.len() == 2000),
        "{submission:?}"
    );
}

#[tokio::test]
async fn not_now_in_both_dresses_with_and_without_a_time() {
    let text = r#"{"code":429,"msg":"Your call frequency is too high. Please try again later."}"#;
    let later = |code, message: &str, seconds: Option<u64>| Submission::TryLater {
        code,
        message: message.into(),
        retry_after: seconds.map(Duration::from_secs),
    };
    let words = "Your call frequency is too high. Please try again later.";
    for (act, wanted) in [
        (say(200, "", text), later(429, words, None)),
        (say(429, "Retry-After: 7\r\n", text), later(429, words, Some(7))),
        (
            say(429, "Retry-After: -7\r\n", "slow down"),
            later(429, "slow down", None),
        ),
        (say(500, "Retry-After: 3\r\n", text), later(429, words, Some(3))),
        (
            say(200, "", r#"{"code":455,"msg":"maintenance"}"#),
            later(455, "maintenance", None),
        ),
    ] {
        assert_eq!(against(act).await.0, wanted);
    }
}

#[tokio::test]
async fn a_refusal_says_whom_it_concerns() {
    let task = r#"{"code":422,"msg":"Your request was rejected by Flow(x).","data":null}"#;
    assert!(matches!(
        against(say(200, "", task)).await.0,
        Submission::RefusedTask { code: 422, message } if message == "Your request was rejected by Flow(x)."
    ));
    for (status, body, wanted) in [
        (200, r#"{"code":401,"msg":"Unauthorized"}"#, AccountTrouble::BadKey),
        (402, "<html>pay</html>", AccountTrouble::NoCredits),
        (403, "error code: 1010", AccountTrouble::Edge),
        (200, r#"{"code":505,"msg":"off"}"#, AccountTrouble::FeatureOff),
    ] {
        let (submission, _stub) = against(say(status, "", body)).await;
        assert!(
            matches!(submission, Submission::RefusedAll { why, .. } if why == wanted),
            "{submission:?}"
        );
    }
}

#[tokio::test]
async fn without_a_connection_nothing_was_sent() {
    let dead = closed_port().await;
    let nowhere = "http://no-such-host.invalid".parse().unwrap();
    // TLS to a server that closes, and to one that never answers the handshake.
    let closing = Stub::start(Act::CloseUnread).await.base;
    let mute = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let secure = |authority: &str| format!("https://{authority}").parse().unwrap();
    for base in [
        dead,
        nowhere,
        secure(closing.authority()),
        secure(&mute.local_addr().unwrap().to_string()),
    ] {
        let submission = submit(&client(&base)).await;
        assert!(
            matches!(submission, Submission::NotSent { .. }),
            "{base}: {submission:?}"
        );
    }
}

#[tokio::test]
async fn a_proxy_is_used_for_far_hosts_only_and_its_refusal_means_not_sent() {
    let proxy = Stub::start(say(407, "", "")).await;
    let service = Stub::start(say(200, "", r#"{"code":200,"data":{"taskId":"0819"}}"#)).await;
    let through = |base: &url::Url| {
        let mut config = Config::new(base.clone(), base.clone());
        config.proxy = Proxy::Url(proxy.base.clone());
        config.timeouts = short();
        Client::new(config).unwrap()
    };
    let near = submit(&through(&service.base)).await;
    assert_eq!(near, Submission::Accepted { task_id: "0819".into() });
    assert_eq!(proxy.connections(), 0);

    let far = submit(&through(&"https://api.example.invalid".parse().unwrap())).await;
    assert!(matches!(far, Submission::NotSent { .. }), "{far:?}");
    let asked = proxy.requests();
    assert_eq!(asked[0].line, "CONNECT api.example.invalid:443 HTTP/1.1");
    assert_eq!(asked[0].header("authorization"), None);
}

#[tokio::test]
async fn a_key_that_cannot_be_sent_is_refused_without_a_connection() {
    let stub = Stub::start(Act::Hang).await;
    for text in ["", "two\nlines", "密钥"] {
        let submission = stub
            .client()
            .generate(&kie::ApiKey::new(text), &GenerateRequest::new("p"))
            .await;
        assert!(
            matches!(
                submission,
                Submission::RefusedAll {
                    why: AccountTrouble::BadKey,
                    ..
                }
            ),
            "{submission:?}"
        );
    }
    assert_eq!(stub.connections(), 0);
}
