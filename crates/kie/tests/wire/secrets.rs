//! The key is in the header that carries it and in no text that anyone prints.

use std::fmt::Debug;

use kie::{ApiKey, GenerateRequest, Upload};
use url::Url;

use crate::stub::{Act, KEY, Stub, client, closed_port, key, say};

fn assert_clean(what: &str, value: &impl Debug) {
    let text = format!("{value:?} {value:#?}");
    assert!(!text.contains(KEY), "{what}: {text}");
}

#[tokio::test]
async fn no_outcome_holds_the_key_even_when_a_page_echoes_it() {
    let echo = format!("<html><body>Your request:\nAuthorization: Bearer {KEY}\n</body></html>");
    let line = format!("denied for {KEY}");
    let words = format!(r#"{{"code":422,"msg":"no such account {KEY}","data":{{"errorMessage":"{KEY}"}}}}"#);
    let mut bases = vec![("closed", closed_port().await)];
    let mut stubs = Vec::new();
    for act in [
        say(200, "", &echo),
        say(403, "", &line),
        say(502, "", &echo),
        say(200, "", &words),
        Act::Say(format!("HTTP/1.1 200 {KEY}\r\nContent-Length: 99\r\n\r\n{line}")),
        Act::Say(format!("{KEY}\r\n")),
        Act::CloseRead,
    ] {
        let stub = Stub::start(act).await;
        bases.push(("stub", stub.base.clone()));
        stubs.push(stub);
    }
    for (what, base) in bases {
        let client = client(&base);
        assert_clean(what, &client);
        assert_clean(what, &client.generate(&key(), &GenerateRequest::new("p")).await);
        assert_clean(what, &client.record_info(&key(), "0819").await);
        assert_clean(what, &client.credit(&key()).await);
        assert_clean(
            what,
            &client.download_url(&key(), &Url::parse("https://m/1").unwrap()).await,
        );
        let upload = Upload {
            bytes: "x".into(),
            file_name: "x".into(),
            mime: "image/png".into(),
            upload_path: "x".into(),
        };
        let error = client.upload(&key(), upload).await.unwrap_err();
        assert_clean(what, &error);
        assert!(!error.to_string().contains(KEY), "{error}");
    }
    assert_clean("the key itself", &ApiKey::new(KEY));
    assert!(stubs.iter().all(|stub| stub.connections() > 0));
}
