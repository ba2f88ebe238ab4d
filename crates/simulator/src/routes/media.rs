//! The files: videos under `/v/` and `/p/`, uploaded images under `/kieai/`. No key is asked for, as at the real hosts.

use std::{collections::HashMap, time::Duration};

use axum::{
    body::Body,
    extract::{ConnectInfo, Path, Query, State},
    http::{HeaderMap, Method, StatusCode, header},
    response::{IntoResponse, Response},
};
use bytes::Bytes;
use futures_util::{StreamExt, stream};

use crate::{
    clips, clock,
    draw::digest,
    fault::{Fault, Stage},
    range::{self, Wanted},
    reply,
    stand::{Shared, Stand},
    wire::{End, Wire},
    world::World,
};

/// Silence of a stalled download, in real time: longer than any client waits.
const STALL: Duration = Duration::from_secs(600);
/// Pieces of a dripping download.
const DRIPS: usize = 40;

/// A file and what is told about it.
struct File {
    bytes: Bytes,
    mime: String,
    etag: Option<String>,
    modified: Option<String>,
}

/// Folder and bare name of a video link of ours, on whatever host.
pub(crate) fn own_link(url: &str) -> Option<(&str, &str)> {
    let (_, rest) = url.split_once("://")?;
    let (_, path) = rest.split_once('/')?;
    let path = path.split(['?', '#']).next()?;
    let (folder, file) = path.split_once('/')?;
    let name = file.strip_suffix(".mp4")?;
    matches!(folder, "v" | "p").then_some((folder, name))
}

/// What makes a signed link ours.
pub(crate) fn signature(name: &str, expires: i64) -> String {
    digest(&["signed link", name, &expires.to_string()])
}

/// Whether a link's query allows it: none at all, or a signature of ours that has not run out.
fn allowed(name: &str, query: &HashMap<String, String>) -> bool {
    let Some(expires) = query.get("expires") else {
        return true;
    };
    let expires = expires.parse().unwrap_or(0);
    query.get("sign") == Some(&signature(name, expires)) && clock::now_ms() < expires
}

fn refused(status: StatusCode) -> Response {
    reply::html(
        status,
        "<html><body><h1>This file is not available.</h1></body></html>\n",
    )
}

/// `GET` or `HEAD /v/{name}.mp4`.
pub(crate) async fn video(
    State(stand): State<Shared>,
    ConnectInfo(wire): ConnectInfo<Wire>,
    method: Method,
    Path(file): Path<String>,
    Query(query): Query<HashMap<String, String>>,
    headers: HeaderMap,
) -> Response {
    let name = file.strip_suffix(".mp4").unwrap_or_default();
    if method != Method::GET && method != Method::HEAD {
        return refused(StatusCode::METHOD_NOT_ALLOWED);
    }
    let mut world = stand.world();
    let Some((task, expired)) = world.by_link(name).map(|(task, expired)| (task.clone(), expired)) else {
        return refused(StatusCode::NOT_FOUND);
    };
    if method == Method::GET {
        world.downloads += 1;
        world.saw_download(&task.task_id);
    }
    if task.due_ms.is_none_or(|due| due > clock::now_ms()) || task.has(Fault::LinkAlwaysExpired) {
        return refused(StatusCode::NOT_FOUND);
    }
    if expired {
        return refused(StatusCode::GONE);
    }
    if !allowed(name, &query) {
        return refused(StatusCode::FORBIDDEN);
    }
    let clip = clips::clip(task.clip);
    let file = File {
        bytes: clip.bytes.clone(),
        mime: "video/mp4".to_owned(),
        etag: Some(clip.etag.clone()),
        modified: task.due_ms.map(clock::http_date),
    };
    if method == Method::HEAD {
        return serve(&file, &headers);
    }
    let mut carried = task
        .marks
        .iter()
        .map(|mark| mark.fault)
        .filter(|fault| fault.stage() == Stage::Media);
    let fault = carried.find(|fault| {
        // A fault that shows on a resume must not spend its strikes on the cut that leads there.
        fault.begins_with_a_cut() || (*fault != Fault::LinkExpired && world.strikes_task(&task.task_id, *fault))
    });
    match fault {
        Some(fault) if fault.begins_with_a_cut() => {
            resumed(&mut world, &wire, &task.task_id, fault, file, task.clip, &headers)
        }
        Some(fault) => faulty(&stand, &wire, fault, file, &headers),
        None => serve(&file, &headers),
    }
}

/// `GET` or `HEAD` of an uploaded image.
pub(crate) async fn image(
    State(stand): State<Shared>,
    method: Method,
    Path(path): Path<String>,
    headers: HeaderMap,
) -> Response {
    if method != Method::GET && method != Method::HEAD {
        return refused(StatusCode::METHOD_NOT_ALLOWED);
    }
    if method == Method::GET {
        stand.world().downloads += 1;
    }
    let Some(stored) = stand.shelf().get(&format!("kieai/{path}")).cloned() else {
        return refused(StatusCode::NOT_FOUND);
    };
    let modified = Some(clock::http_date(stored.at_ms));
    serve(
        &File {
            bytes: stored.bytes,
            mime: stored.mime,
            etag: Some(stored.etag),
            modified,
        },
        &headers,
    )
}

/// The file or the asked part of it, whole and right.
fn serve(file: &File, headers: &HeaderMap) -> Response {
    let (response, body) = head(
        file,
        range::wanted(
            headers,
            file.bytes.len(),
            file.etag.as_deref(),
            file.modified.as_deref(),
        ),
    );
    let length = body.len().to_string();
    reply::with_header(response.map(|_| Body::from(body)), header::CONTENT_LENGTH, &length)
}

/// Status and headers (without a length) for these bytes of the file, and the bytes.
fn head(file: &File, wanted: Wanted) -> (Response, Bytes) {
    let length = file.bytes.len();
    let (status, body, content_range) = match wanted {
        Wanted::Whole => (StatusCode::OK, file.bytes.clone(), None),
        Wanted::Part(start, end) => (
            StatusCode::PARTIAL_CONTENT,
            file.bytes.slice(start..end),
            Some(format!("bytes {start}-{}/{length}", end - 1)),
        ),
        Wanted::Nothing => (
            StatusCode::RANGE_NOT_SATISFIABLE,
            Bytes::new(),
            Some(format!("bytes */{length}")),
        ),
    };
    let mut response = (status, Body::empty()).into_response();
    let told = [
        (header::CONTENT_TYPE, Some(file.mime.clone())),
        (header::ACCEPT_RANGES, Some("bytes".to_owned())),
        (header::ETAG, file.etag.clone()),
        (header::LAST_MODIFIED, file.modified.clone()),
        (header::CONTENT_RANGE, content_range),
    ];
    for (name, value) in told {
        if let Some(value) = value {
            response = reply::with_header(response, name, &value);
        }
    }
    (response, body)
}

/// Lets half of a good answer's body through.
fn cut(wire: &Wire, file: &File, headers: &HeaderMap) -> Response {
    let wanted = range::wanted(
        headers,
        file.bytes.len(),
        file.etag.as_deref(),
        file.modified.as_deref(),
    );
    wire.cut_after(head(file, wanted).1.len() / 2, End::Close);
    serve(file, headers)
}

/// The faults that show on a resume: the first body is cut, what follows is wrong in its own way.
fn resumed(
    world: &mut World,
    wire: &Wire,
    task_id: &str,
    fault: Fault,
    mut file: File,
    clip: usize,
    headers: &HeaderMap,
) -> Response {
    if fault == Fault::NoEtag {
        file.etag = None;
        file.modified = None;
    }
    if world.first_cut(task_id) {
        return cut(wire, &file, headers);
    }
    let asks = headers.contains_key(header::RANGE);
    if fault == Fault::ChangedContent {
        let other = clips::clip(clips::other(clip));
        file.bytes = other.bytes.clone();
        file.etag = Some(other.etag.clone());
        file.modified = Some(clock::http_date(clock::now_ms() / 60_000 * 60_000));
        return serve(&file, headers);
    }
    if !asks || fault == Fault::NoEtag || !world.strikes_task(task_id, fault) {
        return serve(&file, headers);
    }
    match range::wanted(
        headers,
        file.bytes.len(),
        file.etag.as_deref(),
        file.modified.as_deref(),
    ) {
        Wanted::Part(start, _) if fault == Fault::WrongRange => {
            let shifted = if start == 0 { 1 } else { start.saturating_sub(1024) };
            let (response, body) = head(&file, Wanted::Part(shifted, file.bytes.len()));
            let length = body.len().to_string();
            reply::with_header(response.map(|_| Body::from(body)), header::CONTENT_LENGTH, &length)
        }
        _ => serve(&file, &HeaderMap::new()),
    }
}

/// The faults that need no resume.
fn faulty(stand: &Stand, wire: &Wire, fault: Fault, mut file: File, headers: &HeaderMap) -> Response {
    let wanted = range::wanted(
        headers,
        file.bytes.len(),
        file.etag.as_deref(),
        file.modified.as_deref(),
    );
    match fault {
        Fault::CutDownload | Fault::CutAlways => cut(wire, &file, headers),
        Fault::RetryLater503 => reply::with_header(refused(StatusCode::SERVICE_UNAVAILABLE), header::RETRY_AFTER, "1"),
        Fault::HtmlDownload => reply::html(StatusCode::OK, reply::EDGE_PAGE),
        Fault::HtmlAsMp4 => reply::with_header(
            reply::html(StatusCode::OK, reply::EDGE_PAGE),
            header::CONTENT_TYPE,
            "video/mp4",
        ),
        Fault::EmptyDownload => {
            file.bytes = Bytes::new();
            file.etag = Some(clips::etag(b""));
            serve(&file, &HeaderMap::new())
        }
        Fault::Truncated => {
            file.bytes = file.bytes.slice(..file.bytes.len() * 3 / 5);
            file.etag = Some(clips::etag(&file.bytes));
            serve(&file, headers)
        }
        Fault::NoLength => {
            let (response, body) = head(&file, wanted);
            let pieces = stream::iter(pieces(&body, body.len().div_ceil(4)).map(Ok::<_, std::io::Error>));
            response.map(|_| Body::from_stream(pieces))
        }
        Fault::StallDownload => {
            let (response, body) = head(&file, wanted);
            let half = stream::iter([Ok(body.slice(..body.len() / 2))]);
            let silence = stream::once(async {
                tokio::time::sleep(STALL).await;
                Err(std::io::Error::from(std::io::ErrorKind::TimedOut))
            });
            let response = reply::with_header(response, header::CONTENT_LENGTH, &body.len().to_string());
            response.map(|_| Body::from_stream(half.chain(silence)))
        }
        Fault::SlowDownload => {
            let (response, body) = head(&file, wanted);
            let pause = stand.sped_up(Duration::from_secs(20)) / u32::try_from(DRIPS).unwrap_or(1);
            let drips = stream::iter(pieces(&body, body.len().div_ceil(DRIPS))).then(move |piece| async move {
                tokio::time::sleep(pause).await;
                Ok::<_, std::io::Error>(piece)
            });
            let response = reply::with_header(response, header::CONTENT_LENGTH, &body.len().to_string());
            response.map(|_| Body::from_stream(drips))
        }
        _ => serve(&file, headers),
    }
}

fn pieces(body: &Bytes, size: usize) -> impl Iterator<Item = Bytes> + Send + 'static {
    let body = body.clone();
    let size = size.max(1);
    (0..body.len().div_ceil(size)).map(move |n| body.slice(n * size..((n + 1) * size).min(body.len())))
}
