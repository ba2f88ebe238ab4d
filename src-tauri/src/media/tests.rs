//! Over real sockets, in front of a real engine that bought from the stand-in and saved real files.

use std::path::Path;
use std::time::Duration;

use engine::keys::stand_in::NoKeychain;
use engine::library::NewTask;
use engine::view::TaskFields;
use engine::{Engine, Scope};
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::TcpStream;
use tokio::sync::watch;

use super::Media;
use crate::settings::Settings;
use crate::store::tests::in_memory;
use crate::supply::{self, Supply};

struct Shown {
    media: Media,
    engine: Engine,
    task: String,
    image: String,
    clip: Vec<u8>,
    _supply: Supply,
    _current: watch::Sender<Option<Engine>>,
}

async fn shown(directory: &Path) -> Shown {
    let settings = std::sync::Arc::new(Settings::open(directory, None, Box::new(NoKeychain), &in_memory()).unwrap());
    let (engine, supply) = supply::open(&directory.join("demo"), &settings, true).await.unwrap();
    engine.run();
    let picture = directory.join("seed.png");
    let icon = Path::new(env!("CARGO_MANIFEST_DIR")).join("icons/icon.png");
    std::fs::copy(icon, &picture).unwrap();
    let image = engine.keep_images(vec![picture]).await.pop().unwrap().unwrap().hash;
    let clips = directory.join("clips");
    let batch = engine
        .create_batch("Clips", Some(clips.to_string_lossy().into_owned()))
        .await
        .unwrap();
    let fields = TaskFields {
        prompt: "A tide comes in".into(),
        ..TaskFields::default()
    };
    let task = engine
        .add(batch.id, vec![NewTask { number: None, fields }])
        .await
        .unwrap()
        .pop()
        .unwrap();
    engine.start(Scope::Everything, Some(1)).await.unwrap();
    let saved = async {
        loop {
            if let Ok(file) = engine.file(task.clone()).await {
                return file;
            }
            tokio::time::sleep(Duration::from_millis(100)).await;
        }
    };
    let saved = tokio::time::timeout(Duration::from_secs(60), saved).await.unwrap();
    let current = watch::Sender::new(Some(engine.clone()));
    let media = Media::serve(current.subscribe()).await.unwrap();
    Shown {
        clip: std::fs::read(saved).unwrap(),
        media,
        engine,
        task,
        image,
        _supply: supply,
        _current: current,
    }
}

/// Status line, head in small letters, body.
type Heard = (u16, String, Vec<u8>);

async fn ask(media: &Media, line: &str, headers: &str) -> Heard {
    let (host, secret) = media.base().trim_start_matches("http://").split_once('/').unwrap();
    let line = line.replace("SECRET", secret);
    let host_line = if headers.contains("Host:") {
        String::new()
    } else {
        format!("Host: {host}\r\n")
    };
    let mut socket = TcpStream::connect(host).await.unwrap();
    let request = format!("{line} HTTP/1.1\r\n{host_line}{headers}Connection: close\r\n\r\n");
    socket.write_all(request.as_bytes()).await.unwrap();
    let mut heard = Vec::new();
    socket.read_to_end(&mut heard).await.unwrap();
    let at = heard.windows(4).position(|four| four == b"\r\n\r\n").unwrap();
    let head = String::from_utf8_lossy(&heard[..at]).to_lowercase();
    let status = head.split(' ').nth(1).unwrap().parse().unwrap();
    (status, head, heard[at + 4..].to_vec())
}

#[tokio::test(flavor = "multi_thread")]
async fn serves_what_the_library_knows_and_nothing_else() {
    let directory = tempfile::tempdir().unwrap();
    let shown = shown(directory.path()).await;
    let (media, task, clip) = (&shown.media, &shown.task, &shown.clip);
    let get = |path: String| format!("GET /SECRET/{path}");

    let (status, head, body) = ask(media, &get(format!("clip/{task}")), "").await;
    assert_eq!((status, &body), (200, clip));
    assert!(
        head.contains("content-type: video/mp4") && head.contains("accept-ranges: bytes"),
        "{head}"
    );
    let (status, head, body) = ask(media, &format!("HEAD /SECRET/clip/{task}"), "").await;
    assert_eq!((status, body.len()), (200, 0));
    assert!(head.contains(&format!("content-length: {}", clip.len())), "{head}");

    // A player's way through a file: its parts together are the file.
    let third = clip.len() / 3;
    let mut whole = Vec::new();
    for range in [
        format!("0-{}", third - 1),
        format!("{third}-{}", 2 * third - 1),
        format!("{}-", 2 * third),
    ] {
        let (status, head, body) = ask(
            media,
            &get(format!("clip/{task}")),
            &format!("Range: bytes={range}\r\n"),
        )
        .await;
        assert_eq!(status, 206, "{range}");
        assert!(head.contains(&format!("/{}", clip.len())), "{head}");
        whole.extend(body);
    }
    assert_eq!(&whole, clip);
    let (status, head, _) = ask(media, &get(format!("clip/{task}")), "Range: bytes=999999999-\r\n").await;
    assert_eq!(status, 416);
    assert!(
        head.contains(&format!("content-range: bytes */{}", clip.len())),
        "{head}"
    );
    let stale = "Range: bytes=0-9\r\nIf-Range: \"another\"\r\n";
    assert_eq!(ask(media, &get(format!("clip/{task}")), stale).await.0, 200);

    let (status, head, body) = ask(media, &get(format!("image/{}", shown.image)), "").await;
    assert_eq!((status, &body[..3]), (200, &[0xff, 0xd8, 0xff][..]));
    assert!(head.contains("immutable"), "{head}");

    assert_eq!(
        ask(media, &get(format!("poster/{task}?r=1")), "").await.0,
        404,
        "none was drawn yet"
    );
    shown.engine.keep_poster(task.clone(), body.clone()).await.unwrap();
    assert_eq!(ask(media, &get(format!("poster/{task}?r=2")), "").await.2, body);

    for path in [
        "clip/nobody",
        "clip/..%2f..%2flibrary.db",
        "clip/../library.db",
        "secrets/x",
        "clip",
        "",
        "image/00",
    ] {
        assert_eq!(ask(media, &get(path.to_owned()), "").await.0, 404, "{path}");
    }
    assert_eq!(
        ask(media, &format!("POST /SECRET/clip/{task}"), "Content-Length: 0\r\n")
            .await
            .0,
        405
    );
}

#[tokio::test]
async fn strangers_are_refused_before_anything_is_looked_up() {
    let current = watch::Sender::new(None);
    let media = Media::serve(current.subscribe()).await.unwrap();
    let port = media
        .base()
        .split(':')
        .nth(2)
        .unwrap()
        .split('/')
        .next()
        .unwrap()
        .to_owned();
    let wrong = "0".repeat(64);
    for (line, headers, status) in [
        (format!("GET /{wrong}/clip/x"), String::new(), 404),
        ("GET /clip/x".to_owned(), String::new(), 404),
        ("GET /SECRET/clip/x".to_owned(), String::new(), 404),
        (
            "GET /SECRET/clip/x".to_owned(),
            format!("Host: localhost:{port}\r\n"),
            403,
        ),
        (
            "GET /SECRET/clip/x".to_owned(),
            format!("Host: evil.example:{port}\r\n"),
            403,
        ),
        (
            "GET /SECRET/clip/x".to_owned(),
            "Origin: https://evil.example\r\n".to_owned(),
            403,
        ),
        ("GET /SECRET/clip/x".to_owned(), "Origin: null\r\n".to_owned(), 403),
    ] {
        let (found, head, _) = ask(&media, &line, &headers).await;
        assert_eq!(found, status, "{line} {headers}");
        assert!(!head.contains("access-control"), "{head}");
    }
    let (_, head, _) = ask(&media, "GET /SECRET/clip/x", "Origin: tauri://localhost\r\n").await;
    assert!(
        head.contains("access-control-allow-origin: tauri://localhost"),
        "{head}"
    );
}
