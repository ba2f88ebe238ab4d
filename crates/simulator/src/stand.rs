//! What all endpoints share, and the table of paths.

use std::{
    sync::{Arc, Mutex, MutexGuard, PoisonError},
    time::Duration,
};

use axum::{
    Router,
    extract::{ConnectInfo, DefaultBodyLimit, Request},
    http::{StatusCode, Uri},
    middleware::{self, Next},
    response::Response,
    routing::{any, get, post},
};
use serde_json::Value;

use crate::{
    ledger::Ledger,
    portal::{self, Way},
    reply,
    routes::{account, control, derived, generate, media, record, upload},
    shelf::Shelf,
    wire::{Door, Wire},
    world::World,
};

/// The running stand-in, as its endpoints see it.
#[derive(Debug)]
pub(crate) struct Stand {
    world: Mutex<World>,
    shelf: Mutex<Shelf>,
    /// The address clients reach, without a slash at its end.
    pub base: String,
    pub speed: f64,
    /// How long every answer to a paid POST is thought about, in real time.
    pub think: Duration,
    pub door: Arc<Door>,
    pub way: Way,
}

/// How every endpoint holds it.
pub(crate) type Shared = Arc<Stand>;

impl Stand {
    pub(crate) fn new(world: World, base: String, speed: f64, think: Duration) -> Self {
        Self {
            world: Mutex::new(world),
            shelf: Mutex::default(),
            base,
            speed,
            think,
            door: Arc::default(),
            way: Way::default(),
        }
    }

    /// Everything counted, at the door too.
    pub(crate) fn ledger(&self) -> Ledger {
        let (connections, turned_away) = self.door.counts();
        Ledger {
            connections,
            turned_away,
            ..self.world().ledger()
        }
    }

    /// The world, for a moment: never held over an await.
    pub(crate) fn world(&self) -> MutexGuard<'_, World> {
        self.world.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// The uploads.
    pub(crate) fn shelf(&self) -> MutexGuard<'_, Shelf> {
        self.shelf.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// A simulated time in real time.
    pub(crate) fn sped_up(&self, time: Duration) -> Duration {
        time.div_f64(self.speed)
    }
}

/// A path nobody answers: within the API an envelope of code 404, elsewhere a plain 404.
async fn unknown(uri: Uri) -> Response {
    if uri.path().starts_with("/api/") {
        reply::envelope(404, "Not Found", Value::Null)
    } else {
        reply::html(
            StatusCode::NOT_FOUND,
            "<html><body><h1>404 Not Found</h1></body></html>\n",
        )
    }
}

/// A known path with another method.
async fn wrong_method() -> Response {
    reply::with_status(StatusCode::METHOD_NOT_ALLOWED, 405, "Method Not Allowed", Value::Null)
}

/// Counts the requests of each connection.
async fn counted(ConnectInfo(wire): ConnectInfo<Wire>, request: Request, next: Next) -> Response {
    wire.saw_request();
    next.run(request).await
}

/// Every path of the service, its upload host, its media host, and the controls.
pub(crate) fn router(stand: Shared) -> Router {
    const MIB: usize = 1024 * 1024;
    let uploads = Router::new()
        .route("/api/file-stream-upload", post(upload::stream))
        .route("/api/file-base64-upload", post(upload::base64))
        .route("/api/file-url-upload", post(upload::url))
        .layer(DefaultBodyLimit::max(48 * MIB));
    Router::new()
        .route("/api/v1/veo/generate", post(generate::generate))
        .route(generate::MOVED, post(generate::moved))
        .route("/api/v1/veo/extend", post(generate::extend))
        .route("/api/v1/veo/record-info", get(record::record_info))
        .route("/api/v1/veo/get-1080p-video", get(derived::get_1080p))
        .route("/api/v1/veo/get-4k-video", post(derived::get_4k))
        .route("/api/v1/chat/credit", get(account::credit))
        .route("/api/v1/common/download-url", post(account::download_url))
        .merge(uploads)
        .route("/v/{file}", any(media::video))
        .route("/p/{file}", any(media::video))
        .route("/kieai/{*path}", any(media::image))
        .route("/simulator/health", get(control::health))
        .route("/simulator/ledger", get(control::ledger))
        .route("/simulator/faults", post(control::faults))
        .route("/simulator/balance", post(control::balance))
        .route("/simulator/door", post(control::door))
        .method_not_allowed_fallback(wrong_method)
        .fallback(unknown)
        .layer(middleware::from_fn_with_state(Arc::clone(&stand), portal::in_the_way))
        .layer(middleware::from_fn(counted))
        .with_state(stand)
}
