//! The balance, and a fresh link for an old one.

use std::time::Duration;

use axum::{extract::State, http::HeaderMap, response::Response};
use bytes::Bytes;
use serde_json::{Value, json};

use crate::{
    clock,
    reply::{self, msg},
    routes::media,
    stand::Shared,
};

/// `GET /api/v1/chat/credit`: a number, whole where it is whole.
pub(crate) async fn credit(State(stand): State<Shared>, headers: HeaderMap) -> Response {
    if reply::key(&headers).is_none() {
        return reply::envelope(401, msg::UNAUTHORIZED, Value::Null);
    }
    let balance = stand.world().balance();
    #[allow(clippy::cast_possible_truncation)]
    let data = if balance.fract() == 0.0 && balance.abs() < 1e15 {
        json!(balance as i64)
    } else {
        json!(balance)
    };
    reply::success(data)
}

/// How long a link from [`download_url`] works, in real time.
const LIFE: Duration = Duration::from_secs(20 * 60);

/// `POST /api/v1/common/download-url`: only for links that the stand-in made.
pub(crate) async fn download_url(State(stand): State<Shared>, headers: HeaderMap, body: Bytes) -> Response {
    if reply::key(&headers).is_none() {
        return reply::envelope(401, msg::UNAUTHORIZED, Value::Null);
    }
    let body: Value = serde_json::from_slice(&body).unwrap_or(Value::Null);
    let wrong = || reply::envelope(422, "url is wrong", Value::Null);
    // The host is not looked at: after a restart on another port the old links are still ours.
    let Some((folder, name)) = body["url"].as_str().and_then(media::own_link) else {
        return wrong();
    };
    let mut world = stand.world();
    let Some((task_id, _)) = world
        .by_link(name)
        .map(|(task, expired)| (task.task_id.clone(), expired))
    else {
        return wrong();
    };
    let fresh = match folder {
        "v" => world.issue_link(&task_id),
        _ => Some(name.to_owned()),
    };
    let Some(fresh) = fresh else { return wrong() };
    let expires = clock::now_ms() + i64::try_from(LIFE.as_millis()).unwrap_or(0);
    let sign = media::signature(&fresh, expires);
    reply::success(json!(format!(
        "{}/{folder}/{fresh}.mp4?expires={expires}&sign={sign}",
        stand.base
    )))
}
