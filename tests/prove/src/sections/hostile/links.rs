//! Result links and redirects that lead where nothing should be fetched from, through the whole engine: bought,
//! generated, saved or not. Counted on the sockets and in the folder, not by the engine's word.

use std::net::SocketAddr;
use std::path::PathBuf;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant};

use async_trait::async_trait;
use engine::clock::SystemClock;
use engine::keys::FixedKeys;
use engine::library::NewTask;
use engine::service::Service;
use engine::view::TaskFields;
use engine::view::settings::Preferences;
use engine::words::Lang;
use engine::{Engine, LookUp, Media, Options, Scope};
use kie::{ApiKey, CallError, GenerateRequest, Generated, Proxy, Record, Submission, Upload, Uploaded};
use tempfile::TempDir;

use super::memory::Growth;
use super::wire::{Say, Wire, answer, redirect};
use crate::table::Line;

const KEY: &str = "canary-key-0815-4711";
const CLIP: &[u8] = include_bytes!("../../../fixtures/ffmpeg-h264-head-first.mp4");

/// A service that takes everything and names the links that it was given.
struct Given {
    links: Vec<String>,
    bought: Mutex<Vec<usize>>,
}

#[async_trait]
impl Service for Given {
    async fn generate(&self, _: &ApiKey, request: &GenerateRequest) -> Submission {
        let which = request.prompt.rsplit(' ').next().unwrap().parse().unwrap();
        let mut bought = self.bought.lock().unwrap();
        bought.push(which);
        Submission::Accepted {
            task_id: format!("{which:032x}"),
        }
    }

    async fn record_info(&self, _: &ApiKey, id: &str) -> Record {
        let which = usize::from_str_radix(id, 16).unwrap();
        Record::Success {
            result: Generated {
                urls: vec![self.links[which].clone()],
                ..Generated::default()
            },
        }
    }

    async fn credit(&self, _: &ApiKey) -> Result<f64, CallError> {
        Ok(1000.0)
    }

    async fn download_url(&self, _: &ApiKey, url: &url::Url) -> Result<url::Url, CallError> {
        Ok(url.clone())
    }

    async fn upload(&self, _: &ApiKey, _: Upload) -> Result<Uploaded, CallError> {
        Err(CallError::Refused {
            code: 400,
            message: "no".to_owned(),
            spoken: true,
        })
    }
}

/// What became of the links.
struct Outcome {
    /// State and sentence of each, in the order of the links.
    cards: Vec<(String, String)>,
    /// Names in the user's folder.
    files: Vec<String>,
    _home: TempDir,
}

impl Outcome {
    fn done(&self) -> usize {
        self.cards.iter().filter(|(state, _)| state == "done").count()
    }

    fn videos(&self) -> usize {
        self.files.iter().filter(|name| name.ends_with(".mp4")).count()
    }
}

/// Buys one task for each link and waits until each is saved or told.
async fn run(links: Vec<String>, media: Media, patience: Duration) -> Outcome {
    let home = tempfile::tempdir().unwrap();
    let folder: PathBuf = home.path().join("videos");
    std::fs::create_dir(&folder).unwrap();
    let count = links.len();
    let engine = Engine::open(Options {
        data_dir: home.path().join("data"),
        service: Arc::new(Given {
            links,
            bought: Mutex::default(),
        }),
        upload_host: String::new(),
        media,
        keys: Arc::new(FixedKeys::only(ApiKey::new(KEY.to_owned()))),
        clock: Arc::new(SystemClock),
        preferences: Preferences {
            poll_seconds: 0.2,
            downloads: 10,
            ..Preferences::default()
        },
        demo: false,
    })
    .await
    .unwrap();
    engine.run();
    let batch = engine
        .create_batch("Links", Some(folder.to_string_lossy().into_owned()))
        .await
        .unwrap()
        .id;
    let new = (0..count).map(|which| NewTask {
        number: None,
        fields: TaskFields {
            prompt: format!("shot {which}"),
            ..TaskFields::default()
        },
    });
    let ids = engine.add(batch, new.collect()).await.unwrap();
    engine.start(Scope::Tasks(ids.clone()), None).await.unwrap();
    let begin = Instant::now();
    let cards = loop {
        let reports = engine.reports(Some(ids.clone()), Lang::En).await.unwrap();
        let settled = |state: &str| ["done", "saveFailed", "failed"].contains(&state);
        if reports.iter().all(|report| settled(&report.state)) || begin.elapsed() > patience {
            let card = |id: &String| {
                let report = reports.iter().find(|report| report.id == *id).unwrap();
                (report.state.clone(), report.error.clone().unwrap_or_default())
            };
            break ids.iter().map(card).collect();
        }
        tokio::time::sleep(Duration::from_millis(50)).await;
    };
    engine.close(Duration::from_secs(5)).await;
    let files = std::fs::read_dir(&folder)
        .unwrap()
        .map(|entry| entry.unwrap().file_name().to_string_lossy().into_owned())
        .collect();
    Outcome {
        cards,
        files,
        _home: home,
    }
}

/// A look-up that says for each name what it is told to, and counts.
fn names(say: impl Fn(&str, usize) -> Vec<&'static str> + Send + Sync + 'static) -> LookUp {
    let asked = Arc::new(AtomicUsize::new(0));
    Arc::new(move |host| {
        let nth = asked.fetch_add(1, Ordering::SeqCst);
        let found: Vec<SocketAddr> = say(&host, nth)
            .into_iter()
            .map(|ip| SocketAddr::new(ip.parse().unwrap(), 0))
            .collect();
        Box::pin(async move { Ok(found) })
    })
}

/// The lines about links.
pub(super) async fn lines() -> Vec<Line> {
    let (a, b, c, d) = tokio::join!(inside(), by_name(), redirects(), bodies());
    vec![a, b, c, d]
}

/// Links to this very machine and to private places, in every spelling, while the service is a public one.
async fn inside() -> Line {
    let wire = Wire::listen(|_| answer("200 OK", "Content-Type: video/mp4\r\n", CLIP)).await;
    let port = wire.port;
    let links: Vec<String> = [
        format!("http://127.0.0.1:{port}/a.mp4"),
        format!("https://127.0.0.1:{port}/a.mp4"),
        format!("https://2130706433:{port}/a.mp4"),
        format!("https://0x7f.1:{port}/a.mp4"),
        format!("https://0177.0.0.1:{port}/a.mp4"),
        format!("https://[::1]:{port}/a.mp4"),
        format!("https://[::ffff:127.0.0.1]:{port}/a.mp4"),
        format!("https://[64:ff9b::7f00:1]:{port}/a.mp4"),
        format!("https://0.0.0.0:{port}/a.mp4"),
        format!("https://１２７.０.０.１:{port}/a.mp4"),
        format!("https://localhost:{port}/a.mp4"),
        format!("https://user:pw@localhost:{port}/a.mp4"),
        "https://169.254.169.254/latest/meta-data".to_owned(),
        "https://10.0.0.1/a.mp4".to_owned(),
        "https://[fd00::1]/a.mp4".to_owned(),
        "file:///etc/passwd".to_owned(),
        "data:video/mp4,x".to_owned(),
        "ftp://media.example/a.mp4".to_owned(),
        "\\\\host\\share\\a.mp4".to_owned(),
    ]
    .into();
    let count = links.len();
    let media = Media::new(&Proxy::None, false).unwrap();
    let outcome = run(links, media, Duration::from_secs(40)).await;
    let told = outcome
        .cards
        .iter()
        .filter(|(state, said)| state == "saveFailed" && !said.is_empty())
        .count();
    Line::must(
        "links to this machine, private places and files: none fetched, each told",
        format!(
            "{count} links, {} connections, {} files, {told} told",
            wire.connections(),
            outcome.files.len()
        ),
        wire.connections() == 0 && outcome.files.is_empty() && told == count,
    )
}

/// Names that lead inside: at once, by the second answer, or among others.
async fn by_name() -> Line {
    let wire = Wire::listen(|_| answer("200 OK", "Content-Type: video/mp4\r\n", CLIP)).await;
    let port = wire.port;
    let always = names(|host, _| match host {
        "loop.example" => vec!["127.0.0.1"],
        "mapped.example" => vec!["::ffff:127.0.0.1"],
        "office.example" => vec!["10.0.0.1", "192.168.0.1"],
        "cloud.example" => vec!["169.254.169.254"],
        "zero.example" => vec!["0.0.0.0"],
        _ => vec![],
    });
    let hosts = ["loop", "mapped", "office", "cloud", "zero", "nobody"];
    let links: Vec<String> = hosts
        .iter()
        .map(|host| format!("https://{host}.example:{port}/a.mp4"))
        .collect();
    let media = Media::looking_up(&Proxy::None, false, always).unwrap();
    let outcome = run(links, media, Duration::from_secs(12)).await;
    let refused = outcome.done() == 0 && outcome.videos() == 0 && wire.connections() == 0;
    // The stand-in service on this machine may give links to it, and a name may lead there; the same name may not lead
    // anywhere else in the house at its second answer.
    let office = Wire::listen(|_| answer("200 OK", "Content-Type: video/mp4\r\n", CLIP)).await;
    let turning = names(|_, nth| {
        if nth == 0 {
            vec!["127.0.0.1"]
        } else {
            vec!["10.0.0.1", "0.0.0.0"]
        }
    });
    let links = (0..4).map(|n| format!("http://turns.example:{}/{n}.mp4", office.port));
    let media = Media::looking_up(&Proxy::None, true, turning).unwrap();
    let turned = run(links.collect(), media, Duration::from_secs(12)).await;
    Line::must(
        "names are checked at the connection, whatever a resolver answers, also the second time",
        format!(
            "{} names that lead inside: {} connections; one that turns: {} of 4 fetched",
            hosts.len(),
            wire.connections(),
            turned.done()
        ),
        // At least the first answer is good, so this can tell a check from a wall.
        refused && turned.done() >= 1 && office.connections() == turned.done() && turned.videos() == turned.done(),
    )
}

/// Redirects from a host that may be fetched from to places that may not, and to another origin that may.
async fn redirects() -> Line {
    let inside = Wire::listen(|_| answer("200 OK", "Content-Type: video/mp4\r\n", CLIP)).await;
    let other = Wire::listen(|_| answer("200 OK", "Content-Type: video/mp4\r\n", CLIP)).await;
    let targets = [
        "file:///etc/passwd".to_owned(),
        format!("http://0.0.0.0:{}/a.mp4", inside.port),
        format!("//0.0.0.0:{}/a.mp4", inside.port),
        "http://169.254.169.254/latest".to_owned(),
        "//10.0.0.1/a.mp4".to_owned(),
        "https://[fe80::1]/a.mp4".to_owned(),
        format!("http://user:pw@127.0.0.1:{}/a.mp4", inside.port),
        "javascript:alert(1)".to_owned(),
        "data:video/mp4,x".to_owned(),
        "http://".to_owned(),
        "/again".to_owned(),
    ];
    let good = format!("http://127.0.0.1:{}/a.mp4", other.port);
    let to = targets.clone();
    let media = Wire::listen(move |head| {
        let which = head.split(['/', ' ']).find_map(|word| word.parse::<usize>().ok());
        match which.and_then(|which| to.get(which)) {
            Some(target) => redirect("302 Found", target),
            None if head.starts_with("GET /again") => redirect("302 Found", "/again"),
            None => redirect("302 Found", &good),
        }
    })
    .await;
    let links = (0..=targets.len()).map(|which| format!("http://127.0.0.1:{}/{which}", media.port));
    let outcome = run(
        links.collect(),
        Media::new(&Proxy::None, true).unwrap(),
        Duration::from_secs(40),
    )
    .await;
    let (last, refused) = outcome.cards.split_last().unwrap();
    let told = refused.iter().filter(|(state, _)| state == "saveFailed").count();
    let key = [media.heard(), other.heard()].iter().any(|heard| heard.contains(KEY));
    Line::must(
        "redirects are judged at each hop; no media host ever sees the key",
        format!(
            "{} redirects astray: {} connections, {told} told; one to a good host: {}; key seen: {key}",
            targets.len(),
            inside.connections(),
            last.0
        ),
        told == targets.len()
            && inside.connections() == 0
            && last.0 == "done"
            && outcome.videos() == 1
            && !key
            && other.connections() == 1,
    )
}

/// Bodies without end, of a size that no clip has, and packed ones.
async fn bodies() -> Line {
    const MOST: u64 = 24 << 20;
    let video = "HTTP/1.1 200 OK\r\nContent-Type: video/mp4\r\n";
    let head = |more: &str, body: &[u8]| [video.as_bytes(), more.as_bytes(), b"\r\n", body].concat();
    let endless = |head: Vec<u8>| Say::Endless {
        head,
        piece: vec![7; 1 << 16],
        most: 512 << 20,
    };
    let growth = Growth::begin();
    let wire = Wire::listen(
        move |asked| match asked.split(['/', ' ']).find_map(|word| word.parse().ok()) {
            // A film that begins well and never ends.
            Some(0) => endless(head("", b"\0\0\0\x10ftypisom\0\0\0\0\xff\xff\xff\xffmdat")),
            // The same under a length beyond all measure.
            Some(1) => endless(head("Content-Length: 999999999999999\r\n", b"\0\0\0\x10ftypisom")),
            // No film at all, without end.
            Some(2) => endless(head("", b"<html>")),
            // Packed: what is written is what was sent, or nothing.
            Some(3) => endless(head("Content-Encoding: gzip\r\n", b"\x1f\x8b\x08\0")),
            Some(4) => endless(head("Content-Encoding: br\r\n", b"\0\0\0\x10ftypisom")),
            // A length that is none.
            Some(5) => endless(head("Content-Length: -1\r\n", b"\0\0\0\x10ftypisom")),
            _ => answer("200 OK", "Content-Type: video/mp4\r\n", CLIP),
        },
    )
    .await;
    let links = (0..7).map(|which| format!("http://127.0.0.1:{}/{which}", wire.port));
    let media = Media::new(&Proxy::None, true).unwrap().at_most(MOST);
    let outcome = run(links.collect(), media, Duration::from_secs(15)).await;
    let left: u64 = outcome.files.iter().filter(|name| !name.ends_with(".mp4")).count() as u64;
    let (sent, mib) = (wire.sent() >> 20, growth.mib());
    Line::must(
        "bodies without end or packed: given up at the bound, nothing under a final name but the one clip",
        format!(
            "6 bodies, {} videos, {left} parts left, {sent} MB came in all, {mib} MiB more memory",
            outcome.videos()
        ),
        outcome.done() == 1 && outcome.videos() == 1 && sent < 16 * (MOST >> 20) && mib < 150,
    )
}
