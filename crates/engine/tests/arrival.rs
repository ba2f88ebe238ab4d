//! How lists come in and files come home where the way is crooked: a proxy with a private name, a folder changed half
//! way, a host that serves two versions, a link that is none.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, missing_docs)]

#[path = "support/scripted.rs"]
mod scripted;
mod support;

use std::path::Path;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::{Duration, Instant};

use axum::body::{Body, Bytes};
use axum::http::header::{CONTENT_LENGTH, CONTENT_RANGE, CONTENT_TYPE, ETAG, RANGE};
use axum::http::{HeaderMap, StatusCode};
use axum::response::Response;
use engine::Media;
use engine::library::NewTask;
use futures_util::{StreamExt, stream};
use kie::{Generated, Proxy, Record};
use scripted::{Bench, Scripted, accepted};
use support::prompt_only;
use tokio::io::AsyncReadExt;
use tokio::net::TcpListener;

const CLIP: &[u8] = include_bytes!("../src/files/mp4/fixtures/faststart.mp4");

#[tokio::test(flavor = "multi_thread")]
async fn a_proxy_with_a_private_name_is_used() {
    let proxy = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = format!("http://localhost:{}", proxy.local_addr().unwrap().port());
    let address = Proxy::Url(address.parse().unwrap());
    let bench = Bench::with(made("https://clips.example.com/a.mp4".to_owned()), |options| {
        options.media = Media::new(&address, false).unwrap();
    })
    .await;
    bench.bring("a", "saving").await;
    let called = tokio::time::timeout(Duration::from_secs(10), proxy.accept()).await;
    let (mut caller, _) = called.expect("nobody came to the proxy").unwrap();
    let mut wanted = [0; 29];
    caller.read_exact(&mut wanted).await.unwrap();
    assert_eq!(wanted, *b"CONNECT clips.example.com:443");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_folder_changed_half_way_gets_the_file_and_the_old_one_keeps_nothing() {
    let host = host(|nth, from| match nth {
        1 => body(CLIP, 0, "\"a\"", half(CLIP, Duration::from_secs(2))),
        _ => body(CLIP, from, "\"a\"", CLIP[from..].into()),
    });
    let bench = Bench::new(made(host.await)).await;
    let id = bench.bring("a", "saving").await;
    let begin = Instant::now();
    while names(&bench.folder()).is_empty() {
        assert!(begin.elapsed() < Duration::from_secs(10), "nothing arrives");
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
    let other = bench.home.path().join("other");
    let folder = other.to_string_lossy().into_owned();
    bench.engine.set_folder(bench.batch.clone(), folder).await.unwrap();
    bench.until(&id, &["done"]).await;
    assert_eq!(names(&bench.folder()), [""; 0], "nothing is left behind");
    assert_eq!(names(&other), ["0001.mp4"]);
    assert!(support::media(&std::fs::read(other.join("0001.mp4")).unwrap()) == CLIP);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_host_with_two_versions_gives_one_of_them_and_never_a_mix() {
    // The same boxes, other pictures in both halves.
    let mut newer = CLIP.to_vec();
    for at in [CLIP.len() / 4, CLIP.len() * 3 / 4] {
        newer[at..at + 64].iter_mut().for_each(|byte| *byte ^= 0x55);
    }
    let served = newer.clone();
    // Its second answer goes on from the middle, though it was asked to only for the version of the first.
    let host = host(move |nth, from| match nth {
        1 => body(CLIP, 0, "\"a\"", half(CLIP, Duration::ZERO)),
        _ => body(&served, from, "W/\"b\"", served[from..].to_vec().into()),
    });
    let bench = Bench::new(made(host.await)).await;
    let id = bench.bring("a", "done").await;
    let saved = std::fs::read(bench.report(&id).await.local_path.unwrap()).unwrap();
    let saved = support::media(&saved);
    assert!(saved == CLIP || saved == newer, "{} bytes of neither", saved.len());
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_no_link_is_refused_and_the_task_is_watched_on() {
    let bench = Bench::new(Scripted::new(|nth, _| accepted(nth))).await;
    let id = bench.bring("a", "generating").await;
    for link in [
        "",
        "not a link",
        "clips.example.com/a.mp4",
        "file:///etc/passwd",
        "ftp://clips.example.com/a.mp4",
    ] {
        let taken = bench.engine.save_from(id.clone(), link.to_owned()).await;
        assert!(taken.is_err(), "{link:?} was taken for a link");
        assert_eq!(bench.report(&id).await.state, "generating", "after {link:?}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn five_thousand_numbered_tasks_are_added_in_a_breath() {
    let bench = Bench::new(Scripted::new(|nth, _| accepted(nth))).await;
    let new: Vec<NewTask> = (0..5_000)
        .map(|n| NewTask {
            number: Some(format!("shot {n}")),
            fields: prompt_only("x"),
        })
        .collect();
    let begin = Instant::now();
    let ids = bench.engine.add(bench.batch.clone(), new).await.unwrap();
    let took = begin.elapsed();
    assert_eq!(ids.len(), 5_000);
    assert!(
        took < Duration::from_secs(3),
        "{took:?}: the cost of one grows with the list"
    );
}

/// Accepts, and has the video at this link at once.
fn made(link: String) -> Scripted {
    Scripted::new(|nth, _| accepted(nth)).queried(move |_| Record::Success {
        result: Generated {
            urls: vec![link.clone()],
            ..Generated::default()
        },
    })
}

/// A media host, and a link on it. `answer` is given the count of requests and where the wanted bytes begin.
async fn host(answer: impl Fn(usize, usize) -> Response + Send + Sync + 'static) -> String {
    let (answer, count) = (Arc::new(answer), Arc::new(AtomicUsize::new(0)));
    let app = axum::Router::new().fallback(move |headers: HeaderMap| {
        let nth = count.fetch_add(1, Ordering::SeqCst) + 1;
        let range = headers.get(RANGE).map(|range| range.to_str().unwrap().to_owned());
        let from = range.map_or(0, |range| {
            let begin = range.strip_prefix("bytes=").unwrap().strip_suffix('-').unwrap();
            begin.parse().unwrap()
        });
        let response = answer(nth, from);
        async move { response }
    });
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap();
    tokio::spawn(async move { axum::serve(listener, app).await });
    format!("http://{address}/a.mp4")
}

/// An answer that promises the clip from there on, whatever its body then holds.
fn body(clip: &[u8], from: usize, tag: &str, body: Body) -> Response {
    let response = Response::builder()
        .header(CONTENT_TYPE, "video/mp4")
        .header(CONTENT_LENGTH, clip.len() - from)
        .header(ETAG, tag);
    let response = if from == 0 {
        response
    } else {
        let range = format!("bytes {from}-{}/{}", clip.len() - 1, clip.len());
        response
            .status(StatusCode::PARTIAL_CONTENT)
            .header(CONTENT_RANGE, range)
    };
    response.body(body).unwrap()
}

/// The first half, then silence, then the end of the connection.
fn half(clip: &'static [u8], silence: Duration) -> Body {
    let first = Bytes::from_static(&clip[..clip.len() / 2]);
    let end = stream::once(async move {
        tokio::time::sleep(silence).await;
        Err(std::io::Error::other("cut"))
    });
    Body::from_stream(stream::iter([Ok(first)]).chain(end))
}

/// What lies in a folder.
fn names(folder: &Path) -> Vec<String> {
    let entries = std::fs::read_dir(folder).unwrap();
    entries
        .map(|entry| entry.unwrap().file_name().to_string_lossy().into_owned())
        .collect()
}
