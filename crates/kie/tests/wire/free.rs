//! The calls that cost nothing: status, balance, links, uploads.

use std::sync::{Arc, Mutex};
use std::time::Duration;

use axum::Router;
use axum::extract::Multipart;
use axum::routing::post;
use kie::{AccountTrouble, CallError, Record, Upload, Uploaded};
use url::Url;

use crate::stub::{Act, Stub, client, closed_port, key, say};

#[tokio::test]
async fn a_poll_asks_for_one_task_with_the_key() {
    let stub = Stub::start(say(
        200,
        "",
        r#"{"code":200,"msg":"success","data":{"taskId":"a","successFlag":1,"response":{"resultUrls":["https://m/1.mp4"]}}}"#,
    ))
    .await;
    let record = stub.client().record_info(&key(), "a b&c=1").await;
    assert!(matches!(record, Record::Success { result } if result.urls == ["https://m/1.mp4"]));
    let request = stub.requests().remove(0);
    assert_eq!(request.line, "GET /api/v1/veo/record-info?taskId=a+b%26c%3D1 HTTP/1.1");
    assert_eq!(
        request.header("authorization"),
        Some(format!("Bearer {}", key().expose()).as_str())
    );
    assert!(request.header("user-agent").unwrap().starts_with("Shotboard/"));
}

#[tokio::test]
async fn a_poll_that_fails_says_nothing_about_the_task() {
    for act in [
        Act::ResetUnread,
        Act::CloseRead,
        Act::Hang,
        Act::Say("HTTP/1.1 200 OK\r\nContent-Length: 60\r\n\r\n{\"code\":200".into()),
        say(502, "", "<html>bad gateway</html>"),
        say(307, "Location: /elsewhere\r\n", ""),
    ] {
        let stub = Stub::start(act).await;
        let record = stub.client().record_info(&key(), "0819").await;
        assert!(matches!(record, Record::TryLater { .. }), "{record:?}");
    }
    let record = client(&closed_port().await).record_info(&key(), "0819").await;
    assert!(matches!(record, Record::TryLater { .. }), "{record:?}");

    let busy = Stub::start(say(429, "Retry-After: 2\r\n", "")).await;
    let record = busy.client().record_info(&key(), "0819").await;
    assert!(
        matches!(record, Record::TryLater { retry_after: Some(wait), .. } if wait == Duration::from_secs(2)),
        "{record:?}"
    );
}

#[tokio::test]
async fn the_balance_has_decimals() {
    let stub = Stub::start(say(200, "", r#"{"code":200,"msg":"success","data":5916.25}"#)).await;
    assert_eq!(stub.client().credit(&key()).await, Ok(5916.25));
    assert_eq!(stub.requests()[0].line, "GET /api/v1/chat/credit HTTP/1.1");
}

#[tokio::test]
async fn a_balance_that_is_none_is_an_error_of_the_right_kind() {
    for (status, body, account, later) in [
        (
            200,
            r#"{"code":401,"msg":"Unauthorized"}"#,
            Some(AccountTrouble::BadKey),
            false,
        ),
        (
            403,
            "<html><title>Denied</title></html>",
            Some(AccountTrouble::Edge),
            false,
        ),
        (200, r#"{"code":200,"data":"plenty"}"#, None, true),
        (200, "<html>wifi</html>", None, true),
        (503, "", None, true),
        (404, "<html>nothing here</html>", None, false),
        // Not the service: it knows no redirect. A network that wants a login first answers like this.
        (308, "", None, true),
        (302, "<html>please log in</html>", None, true),
    ] {
        let stub = Stub::start(say(status, "", body)).await;
        let error = stub.client().credit(&key()).await.unwrap_err();
        match &error {
            CallError::RefusedAll { why, .. } => assert_eq!(Some(*why), account, "{error:?}"),
            CallError::TryLater { .. } => assert!(later, "{error:?}"),
            CallError::Refused { .. } => assert!(account.is_none() && !later, "{error:?}"),
        }
        if let CallError::RefusedAll { spoken, .. } | CallError::Refused { spoken, .. } = error {
            assert_eq!(spoken, body.starts_with("{\"code\":"), "{status} {body}");
        }
    }
}

#[tokio::test]
async fn a_fresh_link_for_an_old_one() {
    let old = Url::parse("https://tempfile.example/v/1.mp4?sig=x").unwrap();
    let stub = Stub::start(say(
        200,
        "",
        r#"{"code":200,"msg":"success","data":"https://tempfile.example/v/1.mp4?sig=y"}"#,
    ))
    .await;
    let fresh = stub.client().download_url(&key(), &old).await.unwrap();
    assert_eq!(fresh.as_str(), "https://tempfile.example/v/1.mp4?sig=y");
    let request = stub.requests().remove(0);
    assert_eq!(request.line, "POST /api/v1/common/download-url HTTP/1.1");
    assert_eq!(request.body, r#"{"url":"https://tempfile.example/v/1.mp4?sig=x"}"#);

    let foreign = Stub::start(say(200, "", r#"{"code":422,"msg":"url is wrong","data":null}"#)).await;
    assert_eq!(
        foreign.client().download_url(&key(), &old).await,
        Err(CallError::Refused {
            code: 422,
            message: "url is wrong".into(),
            spoken: true,
        })
    );
}

fn image() -> Upload {
    Upload {
        bytes: vec![0x89, b'P', b'N', b'G', 0, 255].into(),
        file_name: "种子 \"1\".png".into(),
        mime: "image/png".into(),
        upload_path: "/shotboard/seeds/".into(),
    }
}

/// One part of a form: its name, file name, kind and bytes.
type FormPart = (String, Option<String>, Option<String>, Vec<u8>);

#[tokio::test]
async fn an_upload_is_a_form_with_the_three_parts() {
    let parts: Arc<Mutex<Vec<FormPart>>> = Arc::default();
    let kept = Arc::clone(&parts);
    let app = Router::new().route(
        "/api/file-stream-upload",
        post(async move |mut form: Multipart| {
            while let Some(field) = form.next_field().await.unwrap() {
                let own = |text: Option<&str>| text.map(str::to_owned);
                let (name, file) = (own(field.name()).unwrap(), own(field.file_name()));
                let mime = own(field.content_type());
                let bytes = field.bytes().await.unwrap().to_vec();
                kept.lock().unwrap().push((name, file, mime, bytes));
            }
            r#"{"success":true,"code":200,"msg":"File uploaded successfully","data":{"success":true,
            "fileName":"1.png","filePath":"kieai/1/shotboard/seeds/1.png",
            "downloadUrl":"https://tempfile.redpandaai.co/kieai/1/1.png","fileSize":6,"mimeType":"image/png",
            "uploadedAt":"2026-10-01T07:46:53.882Z"}}"#
        }),
    );
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    let base = Url::parse(&format!("http://{}", listener.local_addr().unwrap())).unwrap();
    tokio::spawn(async move { axum::serve(listener, app).await });

    let uploaded = client(&base).upload(&key(), image()).await.unwrap();
    assert_eq!(
        uploaded,
        Uploaded {
            url: "https://tempfile.redpandaai.co/kieai/1/1.png".into(),
            expires_at: None
        }
    );
    let mut parts = parts.lock().unwrap().clone();
    parts.sort();
    let text = |name: &str, value: &str| (name.into(), None, None, value.as_bytes().to_vec());
    let file = image();
    assert_eq!(parts[1], text("fileName", &file.file_name));
    assert_eq!(parts[2], text("uploadPath", "shotboard/seeds"));
    let (name, _, mime, bytes) = &parts[0];
    assert_eq!(
        (name.as_str(), mime.as_deref(), bytes.as_slice()),
        ("file", Some("image/png"), &file.bytes[..])
    );
}

#[tokio::test]
async fn an_upload_without_a_link_or_with_a_refusal() {
    let data = |data: &str| say(200, "", &format!(r#"{{"success":true,"code":200,"data":{data}}}"#));
    let stub = Stub::start(data(
        r#"{"fileUrl":"https://m/1.png","expiresAt":"2026-10-04T00:00:00Z"}"#,
    ))
    .await;
    let uploaded = stub.client().upload(&key(), words()).await.unwrap();
    assert_eq!(
        (uploaded.url.as_str(), uploaded.expires_at),
        ("https://m/1.png", Some(1_791_072_000_000))
    );

    let stub = Stub::start(data(r#"{"success":true}"#)).await;
    let error = stub.client().upload(&key(), words()).await.unwrap_err();
    assert!(matches!(error, CallError::TryLater { .. }), "{error:?}");

    let missing = r#"{"success":false,"code":400,"msg":"Missing required parameter: uploadPath"}"#;
    let stub = Stub::start(say(200, "", missing)).await;
    assert_eq!(
        stub.client().upload(&key(), words()).await,
        Err(CallError::Refused {
            code: 400,
            message: "Missing required parameter: uploadPath".into(),
            spoken: true,
        })
    );
}

/// The stub reads bodies as text.
fn words() -> Upload {
    Upload {
        bytes: "picture".into(),
        ..image()
    }
}
