//! What can go wrong with a video file, on the wire.

use std::time::{Duration, Instant};

use simulator::{Fault, Options};

use crate::desk::{Desk, End, Raw, quick};

/// A finished task with this fault, and the bytes its file has without it.
async fn film(desk: &Desk, fault: &str) -> (String, Vec<u8>) {
    let link = desk.filmed(&format!("a fox [fault:{fault}]")).await;
    let clips = ["dawn", "dunes", "reef"].map(|name| format!("{}/clips/{name}.mp4", env!("CARGO_MANIFEST_DIR")));
    // The clip follows from the prompt, so a HEAD, which no fault touches, tells which of the files it is.
    let length = desk.client.head(&link).send().await.unwrap().headers()["content-length"]
        .to_str()
        .unwrap()
        .to_owned();
    let bytes = clips
        .into_iter()
        .map(|path| std::fs::read(path).unwrap())
        .find(|file| file.len().to_string() == length);
    (link, bytes.unwrap())
}

async fn resume(desk: &Desk, link: &str, first: &Raw) -> Raw {
    let range = format!("bytes={}-", first.body.len());
    match first.header("etag") {
        Some(etag) => desk.fetch(link, &[("Range", &range), ("If-Range", etag)]).await,
        None => desk.fetch(link, &[("Range", &range)]).await,
    }
}

/// The first body of a fault that begins with a cut.
async fn cut_first(desk: &Desk, link: &str, bytes: &[u8]) -> Raw {
    let first = desk.fetch(link, &[]).await;
    assert_eq!(
        (first.status, first.end, first.promised()),
        (200, End::Closed, bytes.len())
    );
    assert!(first.body == bytes[..bytes.len() / 2]);
    first
}

#[tokio::test]
async fn an_expired_link_is_gone_and_a_fresh_one_works() {
    let desk = Desk::open().await;
    let (prompt, mut fresh) = ("a fox [fault:link-expired]", Vec::new());
    let id = desk.buy(prompt).await;
    let first = desk.ended(&id).await["response"]["resultUrls"][0]
        .as_str()
        .unwrap()
        .to_owned();
    assert_eq!(desk.fetch(&first, &[]).await.status, 410);
    let asked = desk
        .post("/api/v1/common/download-url", &serde_json::json!({ "url": first }))
        .await;
    fresh.push(asked["data"].as_str().unwrap().to_owned());
    fresh.push(
        desk.record(&id).await["data"]["response"]["resultUrls"][0]
            .as_str()
            .unwrap()
            .to_owned(),
    );
    for link in fresh {
        assert_eq!(desk.fetch(&link, &[]).await.status, 200, "{link}");
    }
    assert_eq!(desk.fetch(&first, &[]).await.status, 410, "for good");

    let gone = desk.filmed("a fox [fault:link-always-expired]").await;
    let asked = desk
        .post("/api/v1/common/download-url", &serde_json::json!({ "url": gone }))
        .await;
    assert_eq!(desk.fetch(&gone, &[]).await.status, 404);
    assert_eq!(desk.fetch(asked["data"].as_str().unwrap(), &[]).await.status, 404);
}

#[tokio::test]
async fn a_cut_download_can_be_resumed_unless_it_is_always_cut() {
    let desk = Desk::open().await;
    let (link, bytes) = film(&desk, "cut-download").await;
    let first = cut_first(&desk, &link, &bytes).await;
    let rest = resume(&desk, &link, &first).await;
    assert_eq!(rest.status, 206);
    assert!([first.body, rest.body].concat() == bytes);

    let (link, bytes) = film(&desk, "cut-always").await;
    let first = cut_first(&desk, &link, &bytes).await;
    for answer in [desk.fetch(&link, &[]).await, resume(&desk, &link, &first).await] {
        assert_eq!((answer.body.len(), answer.end), (answer.promised() / 2, End::Closed));
    }
}

#[tokio::test]
async fn bodies_that_are_not_the_video() {
    let desk = Desk::open().await;
    let (link, bytes) = film(&desk, "truncated").await;
    let short = desk.fetch(&link, &[]).await;
    assert_eq!(
        (short.status, short.promised(), short.body.len()),
        (200, bytes.len() * 3 / 5, bytes.len() * 3 / 5)
    );
    assert!(bytes.starts_with(&short.body));
    for (fault, mime) in [
        ("html-download", "text/html; charset=UTF-8"),
        ("html-as-mp4", "video/mp4"),
    ] {
        let page = desk.fetch(&film(&desk, fault).await.0, &[]).await;
        assert_eq!((page.status, page.header("content-type")), (200, Some(mime)), "{fault}");
        assert!(page.text().starts_with("<!DOCTYPE html>"));
    }
    let empty = desk.fetch(&film(&desk, "empty-download").await.0, &[]).await;
    assert_eq!(
        (empty.status, empty.promised(), empty.header("content-type")),
        (200, 0, Some("video/mp4"))
    );
}

#[tokio::test]
async fn resumes_that_are_answered_wrongly() {
    let desk = Desk::open().await;
    let (link, bytes) = film(&desk, "no-range").await;
    let first = cut_first(&desk, &link, &bytes).await;
    let again = resume(&desk, &link, &first).await;
    assert_eq!((again.status, again.header("content-range")), (200, None));
    assert!(again.body == bytes, "the whole file");

    let (link, bytes) = film(&desk, "wrong-range").await;
    let first = cut_first(&desk, &link, &bytes).await;
    let shifted = resume(&desk, &link, &first).await;
    let start = bytes.len() / 2 - 1024;
    assert_eq!((shifted.status, shifted.promised()), (206, bytes.len() - start));
    assert_eq!(
        shifted.header("content-range").unwrap(),
        format!("bytes {start}-{}/{}", bytes.len() - 1, bytes.len())
    );
    assert!(shifted.body == bytes[start..]);
    assert!(
        desk.fetch(&link, &[]).await.body == bytes,
        "without a Range it is right"
    );

    let (link, bytes) = film(&desk, "no-etag").await;
    let first = cut_first(&desk, &link, &bytes).await;
    assert_eq!((first.header("etag"), first.header("last-modified")), (None, None));
    let whole = desk.fetch(&link, &[]).await;
    assert!(whole.header("etag").is_none() && whole.body == bytes);
}

#[tokio::test]
async fn changed_content_shows_in_the_validator() {
    let desk = Desk::open().await;
    let (link, bytes) = film(&desk, "changed-content").await;
    let first = cut_first(&desk, &link, &bytes).await;
    let second = resume(&desk, &link, &first).await;
    assert_eq!(second.status, 200, "If-Range no longer holds, so the whole new file");
    assert_ne!(second.header("etag"), first.header("etag"));
    assert!(second.body != bytes && &second.body[4..8] == b"ftyp");
    let careless = desk
        .fetch(&link, &[("Range", &format!("bytes={}-", first.body.len()))])
        .await;
    assert_eq!(
        careless.status, 206,
        "without If-Range a client would glue two files together"
    );
}

#[tokio::test]
async fn without_a_length_the_body_is_chunked_and_whole() {
    let desk = Desk::open().await;
    let (link, bytes) = film(&desk, "no-length").await;
    let raw = desk.fetch(&link, &[]).await;
    assert_eq!(
        (raw.header("content-length"), raw.header("transfer-encoding")),
        (None, Some("chunked"))
    );
    assert!(raw.body.ends_with(b"0\r\n\r\n"));
    let decoded = desk.client.get(&link).send().await.unwrap().bytes().await.unwrap();
    assert!(decoded == bytes);
}

#[tokio::test]
async fn a_stalled_download_is_silent_on_an_open_connection_once() {
    let desk = Desk::open().await;
    let (link, bytes) = film(&desk, "stall-download").await;
    let stalled = desk.fetch(&link, &[]).await;
    assert_eq!((stalled.end, stalled.promised()), (End::Silence, bytes.len()));
    assert!(stalled.body == bytes[..bytes.len() / 2]);
    assert!(resume(&desk, &link, &stalled).await.body == bytes[bytes.len() / 2..]);
}

#[tokio::test]
async fn a_slow_download_drips_and_arrives() {
    let desk = Desk::with(Options {
        speed: 40.0,
        median: Duration::from_millis(800),
        ..quick()
    })
    .await;
    let (link, bytes) = film(&desk, "slow-download").await;
    let start = Instant::now();
    assert!(desk.fetch(&link, &[]).await.body == bytes);
    assert!(
        start.elapsed().as_millis() >= 450,
        "20 s at speed 40: {:?}",
        start.elapsed()
    );
}

#[tokio::test]
async fn retry_later_is_said_twice() {
    let desk = Desk::open().await;
    let (link, bytes) = film(&desk, "retry-later-503").await;
    for _ in 0..2 {
        let busy = desk.fetch(&link, &[]).await;
        assert_eq!((busy.status, busy.header("retry-after")), (503, Some("1")));
    }
    assert!(desk.fetch(&link, &[]).await.body == bytes);
}

#[tokio::test]
async fn counts_in_markers_and_limits_bound_a_media_fault() {
    let desk = Desk::with(Options {
        fault_limits: vec![(Fault::HtmlDownload, 1)],
        ..quick()
    })
    .await;
    for marker in ["html-as-mp4 x1", "html-download"] {
        let (link, bytes) = film(&desk, marker).await;
        assert!(desk.fetch(&link, &[]).await.text().starts_with('<'));
        assert!(desk.fetch(&link, &[]).await.body == bytes, "{marker}");
    }
}

#[tokio::test]
async fn faults_of_other_stages_do_not_hide_one_of_the_file() {
    let desk = Desk::open().await;
    let (link, bytes) = film(
        &desk,
        "slow-task][fault:poll-429 x1][fault:retry-later-503 x1][fault:cut-download",
    )
    .await;
    assert_eq!(desk.fetch(&link, &[]).await.status, 503);
    cut_first(&desk, &link, &bytes).await;
    assert!(desk.fetch(&link, &[]).await.body == bytes);
}
