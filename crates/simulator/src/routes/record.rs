//! `GET /api/v1/veo/record-info`: how a task stands, in the bodies that were recorded from the real service.

use std::collections::HashMap;

use axum::{
    extract::{ConnectInfo, Query, State},
    http::{HeaderMap, StatusCode},
    response::{IntoResponse, Response},
};
use serde_json::{Value, json};

use crate::{
    clock,
    fault::{Fault, Stage},
    reply::{self, msg},
    stand::Shared,
    task::{Standing, Task},
    wire::{End, Wire},
};

pub(crate) async fn record_info(
    State(stand): State<Shared>,
    ConnectInfo(wire): ConnectInfo<Wire>,
    Query(query): Query<HashMap<String, String>>,
    headers: HeaderMap,
) -> Response {
    let mut world = stand.world();
    world.status_queries += 1;
    let Some(key) = reply::key(&headers) else {
        return reply::envelope(401, msg::UNAUTHORIZED, Value::Null);
    };
    if !world.may_query(&key) {
        return reply::envelope(429, msg::TOO_OFTEN, Value::Null);
    }
    let Some(task_id) = query.get("taskId").map(|id| id.trim()).filter(|id| !id.is_empty()) else {
        return reply::envelope(422, "taskId is required", Value::Null);
    };
    let missing = || reply::envelope(422, &format!("Record not found for taskId: {task_id}"), Value::Null);
    let Some(task) = world.task(task_id).cloned() else {
        return missing();
    };
    world.saw_query(task_id);
    if world.strikes_task(task_id, Fault::RecordLost) || world.strikes_task(task_id, Fault::RecordMissing) {
        return missing();
    }
    match world.trouble.strike(Stage::Poll, &task.marks, task_id) {
        Some(Fault::Poll500) => {
            return reply::with_status(StatusCode::INTERNAL_SERVER_ERROR, 500, msg::SERVER_ERROR, Value::Null);
        }
        Some(Fault::PollHtml) => return reply::html(StatusCode::OK, reply::EDGE_PAGE),
        Some(Fault::Poll429) => return reply::envelope(429, msg::TOO_OFTEN, Value::Null),
        Some(Fault::PollReset) => {
            wire.cut_now(End::Reset);
            return StatusCode::OK.into_response();
        }
        _ => {}
    }
    let link = match task.standing(clock::now_ms()) {
        Standing::Done => world
            .issue_link(task_id)
            .map(|name| format!("{}/v/{name}.mp4", stand.base)),
        _ => None,
    };
    reply::success(record(&task, link))
}

/// The record of a task; `link` is its video's, told only when it is done.
fn record(task: &Task, link: Option<String>) -> Value {
    // Times are milliseconds of whole seconds, as the service tells them.
    let second = |ms: i64| ms / 1000 * 1000;
    let standing = task.standing(clock::now_ms());
    let mut data = json!({
        "taskId": task.task_id,
        "paramJson": task.param_json,
        "response": null,
        "successFlag": 0,
        "fallbackFlag": false,
        "completeTime": null,
        "createTime": second(task.accepted_ms),
        "errorCode": null,
        "errorMessage": "",
    });
    match (standing, link) {
        (Standing::Failed(flag, code, text), _) => {
            data["successFlag"] = json!(flag);
            data["errorCode"] = json!(code);
            data["errorMessage"] = json!(text);
            data["completeTime"] = json!(task.due_ms.map(second));
        }
        (Standing::Done, Some(link)) => {
            let urls = if task.has(Fault::NoUrls) {
                json!([])
            } else {
                json!([link])
            };
            data["successFlag"] = json!(1);
            data["errorMessage"] = Value::Null;
            data["completeTime"] = json!(task.due_ms.map(second));
            if task.has(Fault::ResultAtData) {
                data["resultUrls"] = json!(urls.to_string());
            } else {
                data["response"] = json!({
                    "taskId": task.task_id,
                    "resolution": task.resolution,
                    "originUrls": null,
                    "resultUrls": if task.has(Fault::ResultAsText) { json!(urls.to_string()) } else { urls.clone() },
                    "fullResultUrls": if task.extends.is_some() { urls } else { Value::Null },
                    "hasAudioList": [true],
                    "seeds": [task.seed],
                });
            }
        }
        _ => {}
    }
    data
}
