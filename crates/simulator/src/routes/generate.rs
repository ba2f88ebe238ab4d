//! The paid POSTs: key, limit, faults, validation, balance, acceptance, and what may happen to the answer.

use std::time::Duration;

use axum::{
    extract::{ConnectInfo, State},
    http::{HeaderMap, StatusCode, header},
    response::{IntoResponse, Response},
};
use bytes::Bytes;
use serde_json::{Value, json};

use crate::{
    fault::{Fault, Stage},
    mark::marks,
    order::{self, Order, Refusal},
    reply::{self, msg},
    stand::{Shared, Stand},
    task::Standing,
    wire::{End, Wire},
};

/// Where a redirected POST would be accepted once more.
pub(crate) const MOVED: &str = "/api/v1/veo/generate/moved";

type Reader = fn(&Value) -> Result<Order, Refusal>;

/// `POST /api/v1/veo/generate`.
pub(crate) async fn generate(
    State(stand): State<Shared>,
    ConnectInfo(wire): ConnectInfo<Wire>,
    headers: HeaderMap,
    body: Bytes,
) -> Response {
    buy(&stand, &wire, &headers, &body, order::generation, true).await
}

/// Behind the redirect: the same, without faults on the answer.
pub(crate) async fn moved(
    State(stand): State<Shared>,
    ConnectInfo(wire): ConnectInfo<Wire>,
    headers: HeaderMap,
    body: Bytes,
) -> Response {
    buy(&stand, &wire, &headers, &body, order::generation, false).await
}

/// `POST /api/v1/veo/extend`.
pub(crate) async fn extend(
    State(stand): State<Shared>,
    ConnectInfo(wire): ConnectInfo<Wire>,
    headers: HeaderMap,
    body: Bytes,
) -> Response {
    buy(&stand, &wire, &headers, &body, order::extension, true).await
}

async fn buy(stand: &Stand, wire: &Wire, headers: &HeaderMap, bytes: &Bytes, read: Reader, faulty: bool) -> Response {
    let body: Value = serde_json::from_slice(bytes).unwrap_or(Value::Null);
    let prompt = body["prompt"].as_str().map(str::to_owned);
    let (fault, outcome) = decide(stand, headers, &body, read, faulty);
    let (label, task_id) = match (&outcome, fault) {
        (Ok(id), None) => ("accepted".to_owned(), Some(id.clone())),
        (Ok(id), Some(fault)) => (fault.name().to_owned(), Some(id.clone())),
        (Err(Some(_)), Some(fault)) => (fault.name().to_owned(), None),
        (Err(Some(refusal)), None) => (refusal.code.to_string(), None),
        (Err(None), fault) => (fault.map_or("not-accepted", Fault::name).to_owned(), None),
    };
    stand.world().saw_post(prompt, task_id, label);
    match outcome {
        Err(Some(refusal)) => refuse(fault, &refusal),
        Err(None) => {
            wire.cut_now(End::Close);
            StatusCode::OK.into_response()
        }
        Ok(task_id) => answer(stand, wire, fault, &task_id).await,
    }
}

/// What becomes of the POST: a task, a refusal, or (`Err(None)`) nothing and no answer either.
fn decide(
    stand: &Stand,
    headers: &HeaderMap,
    body: &Value,
    read: Reader,
    faulty: bool,
) -> (Option<Fault>, Result<String, Option<Refusal>>) {
    let refuse = |code, msg: &str| {
        Err(Some(Refusal {
            code,
            msg: msg.to_owned(),
        }))
    };
    let mut world = stand.world();
    let Some(key) = reply::key(headers) else {
        return (None, refuse(401, msg::UNAUTHORIZED));
    };
    if !world.may_generate(&key) {
        return (None, refuse(429, msg::TOO_OFTEN));
    }
    let prompt = body["prompt"].as_str().unwrap_or_default();
    let fault = if faulty {
        world.trouble.strike(Stage::Submit, &marks(prompt), prompt)
    } else {
        None
    };
    match fault {
        Some(Fault::LostRequest) => return (fault, Err(None)),
        Some(fault) if !fault.charges() => {
            let (code, text) = refusal_of(fault);
            return (Some(fault), refuse(code, text));
        }
        _ => {}
    }
    let order = match read(body) {
        Ok(order) => order,
        Err(refusal) => return (None, Err(Some(refusal))),
    };
    if let Some(source) = &order.extends {
        let standing = world.task(source).map(|task| task.standing(crate::clock::now_ms()));
        match standing {
            Some(Standing::Done) => {}
            Some(_) => return (None, refuse(422, "record status is not success.")),
            None => return (None, refuse(422, "Record does not exist")),
        }
    }
    if world.balance() < order.credits {
        return (None, refuse(402, msg::NO_CREDITS));
    }
    match world.accept(order, body.clone()) {
        Ok(task_id) => (fault, Ok(task_id)),
        Err(error) => {
            tracing::warn!(%error, "a task could not be written down, so it is not accepted");
            (None, Err(None))
        }
    }
}

/// Code and text of the faults that are refusals.
fn refusal_of(fault: Fault) -> (i64, &'static str) {
    match fault {
        Fault::Refuse400Policy => (400, msg::POLICY),
        Fault::Unauthorized => (401, msg::UNAUTHORIZED),
        Fault::NoCredits => (402, msg::NO_CREDITS),
        Fault::ForbiddenEdge => (403, "error code: 1010"),
        Fault::FeatureOff505 => (505, "This feature is currently disabled."),
        Fault::RateLimited | Fault::RateLimitedHttp => (429, msg::TOO_OFTEN),
        Fault::Maintenance455 => (455, "The service is under maintenance. Please try again later."),
        Fault::ServerError500 => (500, msg::SERVER_ERROR),
        _ => (422, "Your request was rejected by Flow(the parameters are not valid)."),
    }
}

/// A refusal on the wire: in HTTP 200 as a rule, by a real status where the fault says so.
fn refuse(fault: Option<Fault>, refusal: &Refusal) -> Response {
    let with = |status| reply::with_status(status, refusal.code, &refusal.msg, Value::Null);
    match fault {
        Some(Fault::ForbiddenEdge) => (
            StatusCode::FORBIDDEN,
            [(header::CONTENT_TYPE, "text/plain; charset=UTF-8")],
            refusal.msg.clone(),
        )
            .into_response(),
        Some(Fault::RateLimitedHttp) => {
            reply::with_header(with(StatusCode::TOO_MANY_REQUESTS), header::RETRY_AFTER, "1")
        }
        Some(Fault::ServerError500) => with(StatusCode::INTERNAL_SERVER_ERROR),
        _ => with(StatusCode::OK),
    }
}

/// The answer to an accepted POST, or what is left of it.
async fn answer(stand: &Stand, wire: &Wire, fault: Option<Fault>, task_id: &str) -> Response {
    let good = json!({ "code": 200, "msg": "success", "data": { "taskId": task_id } }).to_string();
    match fault {
        Some(Fault::BadGateway) => return reply::html(StatusCode::BAD_GATEWAY, reply::EDGE_PAGE),
        Some(Fault::LostReply) => wire.cut_now(End::Close),
        Some(Fault::Reset) => wire.cut_now(End::Reset),
        Some(Fault::HalfReply) => wire.cut_after(good.len() / 2, End::Close),
        Some(Fault::GarbledReply) => {
            return reply::json_text(StatusCode::OK, format!("{}\u{0}\u{fffd}]]", &good[..good.len() / 2]));
        }
        Some(Fault::Redirect307) => {
            let location = format!("{}{MOVED}", stand.base);
            return reply::with_header(
                StatusCode::TEMPORARY_REDIRECT.into_response(),
                header::LOCATION,
                &location,
            );
        }
        Some(Fault::SlowSubmit) => tokio::time::sleep(stand.sped_up(Duration::from_secs(20))).await,
        Some(Fault::AcceptedWithoutId) => return reply::success(json!({})),
        _ => {}
    }
    reply::json_text(StatusCode::OK, good)
}
