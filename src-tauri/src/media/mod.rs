//! Local media for the board, over a loopback port.
//!
//! WebKitGTK plays no video from an app's own protocol, only from http. So the clips, posters and seed pictures that
//! the library knows are served on 127.0.0.1: a random port, a secret in the path, the `Host` checked (a page that
//! rebinds its name to 127.0.0.1 has another one), foreign origins refused. Requests name ids; paths never come from
//! outside, and nothing is written.

mod range;
#[cfg(test)]
mod tests;

use std::net::Ipv4Addr;
use std::path::PathBuf;
use std::sync::Arc;
use std::time::UNIX_EPOCH;

use axum::Router;
use axum::body::Body;
use axum::extract::{Request, State};
use axum::http::header::{
    ACCEPT_RANGES, ACCESS_CONTROL_ALLOW_ORIGIN, CACHE_CONTROL, CONTENT_LENGTH, CONTENT_RANGE, CONTENT_TYPE, ETAG, HOST,
    IF_RANGE, ORIGIN, RANGE, VARY, X_CONTENT_TYPE_OPTIONS,
};
use axum::http::request::Parts;
use axum::http::{HeaderMap, HeaderValue, Method, Response, StatusCode};
use engine::Engine;
use tokio::fs::File;
use tokio::io::{AsyncReadExt as _, AsyncSeekExt as _};
use tokio::net::TcpListener;
use tokio::sync::watch;
use tokio_util::io::ReaderStream;
use uuid::Uuid;

use range::Wanted;

/// The page's origins: Linux and macOS; Windows without and with https.
const ORIGINS: [&str; 3] = ["tauri://localhost", "http://tauri.localhost", "https://tauri.localhost"];
/// For what never changes under its address.
const FOREVER: &str = "private, max-age=31536000, immutable";
/// For what may: asked for again each time.
const ASK: &str = "private, no-cache";

/// A running media server; it ends with the app.
#[derive(Debug)]
pub(crate) struct Media {
    base: String,
}

struct Door {
    host: String,
    secret: String,
    engine: watch::Receiver<Option<Engine>>,
}

impl Media {
    /// Serves from the engine that is open at each moment.
    ///
    /// # Errors
    /// No port on 127.0.0.1.
    pub(crate) async fn serve(engine: watch::Receiver<Option<Engine>>) -> std::io::Result<Self> {
        let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).await?;
        let host = format!("127.0.0.1:{}", listener.local_addr()?.port());
        let secret = format!("{}{}", Uuid::new_v4().simple(), Uuid::new_v4().simple());
        let base = format!("http://{host}/{secret}");
        let door = Arc::new(Door { host, secret, engine });
        let router = Router::new().fallback(answer).with_state(door);
        tokio::spawn(async move {
            if let Err(error) = axum::serve(listener, router).await {
                tracing::error!(%error, "the media server ended");
            }
        });
        Ok(Self { base })
    }

    /// What the page puts before `/clip/…`, `/poster/…`, `/image/…`.
    pub(crate) fn base(&self) -> &str {
        &self.base
    }
}

async fn answer(State(door): State<Arc<Door>>, request: Request) -> Response<Body> {
    let asked = request.into_parts().0;
    let headers = &asked.headers;
    if headers.get(HOST).map(HeaderValue::as_bytes) != Some(door.host.as_bytes()) {
        return empty(StatusCode::FORBIDDEN);
    }
    let origin = headers.get(ORIGIN).cloned();
    if origin
        .as_ref()
        .is_some_and(|origin| !ORIGINS.iter().any(|known| origin == known))
    {
        return empty(StatusCode::FORBIDDEN);
    }
    let mut response = serve(&door, &asked).await;
    let headers = response.headers_mut();
    headers.insert(VARY, HeaderValue::from_static("Origin"));
    headers.insert(X_CONTENT_TYPE_OPTIONS, HeaderValue::from_static("nosniff"));
    if let Some(origin) = origin {
        headers.insert(ACCESS_CONTROL_ALLOW_ORIGIN, origin);
    }
    response
}

async fn serve(door: &Door, asked: &Parts) -> Response<Body> {
    let mut parts = asked.uri.path().trim_start_matches('/').splitn(3, '/');
    let (secret, kind, id) = (parts.next(), parts.next(), parts.next());
    if !secret.is_some_and(|secret| same(secret, &door.secret)) {
        return empty(StatusCode::NOT_FOUND);
    }
    if !matches!(asked.method, Method::GET | Method::HEAD) {
        return empty(StatusCode::METHOD_NOT_ALLOWED);
    }
    let engine = door.engine.borrow().clone();
    let (Some(kind), Some(id), Some(engine)) = (kind, id, engine) else {
        return empty(StatusCode::NOT_FOUND);
    };
    let revised = asked.uri.query().is_some_and(|query| query.starts_with("r="));
    let found = match kind {
        "clip" => engine.file(id.to_owned()).await.map(|path| (path, "video/mp4", ASK)),
        "poster" => {
            let caching = if revised { FOREVER } else { ASK };
            engine
                .poster(id.to_owned())
                .await
                .map(|path| (path, "image/jpeg", caching))
        }
        "image" => engine
            .thumbnail(id.to_owned())
            .await
            .map(|path| (path, "image/jpeg", FOREVER)),
        _ => return empty(StatusCode::NOT_FOUND),
    };
    match found {
        Ok((path, mime, caching)) => send(path, mime, caching, asked).await,
        Err(_) => empty(StatusCode::NOT_FOUND),
    }
}

async fn send(path: PathBuf, mime: &'static str, caching: &'static str, asked: &Parts) -> Response<Body> {
    let opened = async {
        let file = File::open(&path).await?;
        let about = file.metadata().await?;
        Ok::<_, std::io::Error>((file, about))
    };
    let Ok((mut file, about)) = opened.await else {
        return empty(StatusCode::NOT_FOUND);
    };
    if !about.is_file() {
        return empty(StatusCode::NOT_FOUND);
    }
    let total = about.len();
    let changed = about.modified().ok().and_then(|at| at.duration_since(UNIX_EPOCH).ok());
    let tag = format!("\"{total:x}-{:x}\"", changed.unwrap_or_default().as_nanos());
    let mut response = empty(StatusCode::OK);
    let headers = response.headers_mut();
    headers.insert(CONTENT_TYPE, HeaderValue::from_static(mime));
    headers.insert(CACHE_CONTROL, HeaderValue::from_static(caching));
    headers.insert(ACCEPT_RANGES, HeaderValue::from_static("bytes"));
    if let Ok(tag) = HeaderValue::from_str(&tag) {
        headers.insert(ETAG, tag);
    }
    let (start, length) = match wanted(&asked.headers, &tag, total) {
        Wanted::All => (0, total),
        Wanted::Part { start, end } => {
            if let Ok(place) = HeaderValue::from_str(&format!("bytes {start}-{end}/{total}")) {
                headers.insert(CONTENT_RANGE, place);
            }
            *response.status_mut() = StatusCode::PARTIAL_CONTENT;
            (start, end - start + 1)
        }
        Wanted::Nothing => {
            let mut refused = empty(StatusCode::RANGE_NOT_SATISFIABLE);
            if let Ok(place) = HeaderValue::from_str(&format!("bytes */{total}")) {
                refused.headers_mut().insert(CONTENT_RANGE, place);
            }
            return refused;
        }
    };
    response.headers_mut().insert(CONTENT_LENGTH, HeaderValue::from(length));
    if asked.method == Method::GET {
        if start > 0 && file.seek(std::io::SeekFrom::Start(start)).await.is_err() {
            return empty(StatusCode::INTERNAL_SERVER_ERROR);
        }
        const CHUNK: usize = 64 * 1024;
        *response.body_mut() = Body::from_stream(ReaderStream::with_capacity(file.take(length), CHUNK));
    }
    response
}

fn wanted(headers: &HeaderMap, tag: &str, total: u64) -> Wanted {
    let stale = headers.get(IF_RANGE).is_some_and(|known| known != tag);
    match headers.get(RANGE).and_then(|range| range.to_str().ok()) {
        Some(range) if !stale => range::read(range, total),
        _ => Wanted::All,
    }
}

/// Compares without telling by its time how much was right.
fn same(given: &str, secret: &str) -> bool {
    let differ = given
        .bytes()
        .zip(secret.bytes())
        .fold(0, |differ, (a, b)| differ | (a ^ b));
    given.len() == secret.len() && differ == 0
}

fn empty(status: StatusCode) -> Response<Body> {
    let mut response = Response::new(Body::empty());
    *response.status_mut() = status;
    response
}
