//! The larger files of a finished task, in a simple form: the first request buys it and starts the work, later ones
//! say "not yet" in the documented words, then give a link. The bytes are the task's own clip again.

use std::{collections::HashMap, time::Duration};

use axum::{
    extract::{Query, State},
    http::HeaderMap,
    response::Response,
};
use bytes::Bytes;
use serde_json::{Value, json};

use crate::{
    clock, price,
    reply::{self, msg},
    stand::{Shared, Stand},
    task::Standing,
};

/// Where the larger file stands.
enum Progress {
    Bought,
    Working,
    Ready(String),
}

/// Refuses, buys, or looks: at most one purchase for each task and size.
fn advance(
    stand: &Stand,
    headers: &HeaderMap,
    task_id: &str,
    what: &str,
    takes: Duration,
    credits: f64,
) -> Result<Progress, Box<Response>> {
    let refuse = |code, msg: &str| Err(Box::new(reply::envelope(code, msg, Value::Null)));
    let mut world = stand.world();
    if reply::key(headers).is_none() {
        return refuse(401, msg::UNAUTHORIZED);
    }
    match world.task(task_id).map(|task| task.standing(clock::now_ms())) {
        Some(Standing::Done) => {}
        Some(_) => return refuse(422, "record status is not success."),
        None => return refuse(422, "Record does not exist"),
    }
    match world.upgrade(task_id, what) {
        Some((due, name)) if due <= clock::now_ms() => Ok(Progress::Ready(format!("{}/p/{name}.mp4", stand.base))),
        Some(_) => Ok(Progress::Working),
        None if world.balance() < credits => refuse(402, msg::NO_CREDITS),
        None => match world.buy_upgrade(task_id, what, takes, credits) {
            Ok(()) => Ok(Progress::Bought),
            Err(_) => refuse(500, msg::SERVER_ERROR),
        },
    }
}

/// `GET /api/v1/veo/get-1080p-video?taskId=`: 5 credits, about a minute / speed.
pub(crate) async fn get_1080p(
    State(stand): State<Shared>,
    Query(query): Query<HashMap<String, String>>,
    headers: HeaderMap,
) -> Response {
    let task_id = query.get("taskId").map_or("", String::as_str);
    match advance(
        &stand,
        &headers,
        task_id,
        "1080p",
        Duration::from_secs(60),
        price::UPGRADE_1080P,
    ) {
        Err(refusal) => *refusal,
        Ok(Progress::Ready(link)) => reply::success(json!({ "resultUrl": link })),
        Ok(Progress::Bought | Progress::Working) => reply::envelope(
            400,
            "1080P is processing. It should be ready in 1-2 minutes. Please check back shortly.",
            Value::Null,
        ),
    }
}

/// `POST /api/v1/veo/get-4k-video`: 120 credits, about five minutes / speed; even its success is a code 422.
pub(crate) async fn get_4k(State(stand): State<Shared>, headers: HeaderMap, body: Bytes) -> Response {
    let body: Value = serde_json::from_slice(&body).unwrap_or(Value::Null);
    let task_id = body["taskId"].as_str().unwrap_or_default();
    let data = |urls: Value| json!({ "taskId": task_id, "resultUrls": urls, "imageUrls": null });
    match advance(
        &stand,
        &headers,
        task_id,
        "4k",
        Duration::from_secs(300),
        price::UPGRADE_4K,
    ) {
        Err(refusal) => *refusal,
        Ok(Progress::Bought) => reply::success(data(Value::Null)),
        Ok(Progress::Working) => reply::envelope(
            422,
            "4k is processing. It should be ready in 5-10 minutes. Please check back shortly.",
            data(Value::Null),
        ),
        Ok(Progress::Ready(link)) => {
            reply::envelope(422, "The video has been generated successfully", data(json!([link])))
        }
    }
}
