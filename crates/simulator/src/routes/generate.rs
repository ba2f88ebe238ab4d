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

async fn buy(stand: &Shared, wire: &Wire, headers: &HeaderMap, bytes: &Bytes, read: Reader, faulty: bool) -> Response {
    let body: Value = serde_json::from_slice(bytes).unwrap_or(Value::Null);
    let prompt = body["prompt"].as_str().map(str::to_owned);
    let (fault, admitted) = admit(stand, wire, headers, &body, faulty);
    if let (Ok(()), Some(Fault::LateAccept)) = (&admitted, fault) {
        return late(stand, body, read).await;
    }
    // A POST that is refused by itself meets no fault.
    let (fault, outcome) = match admitted.map(|()| take(stand, &body, read)) {
        Ok(Ok(task_id)) => (fault, Ok(task_id)),
        Ok(Err(no)) => (None, Err(no)),
        Err(no) => (fault, Err(no)),
    };
    let (label, task_id) = match (&outcome, fault) {
        (Ok(id), None) if faulty => ("accepted".to_owned(), Some(id.clone())),
        (Ok(id), None) => ("followed".to_owned(), Some(id.clone())),
        (Ok(id), Some(fault)) => (fault.name().to_owned(), Some(id.clone())),
        (Err(No::Refused(refusal)), None) => (refusal.code.to_string(), None),
        (Err(No::Refused(_)), Some(fault)) => (fault.name().to_owned(), None),
        (Err(_), fault) => (fault.map_or("not-accepted", Fault::name).to_owned(), None),
    };
    stand.world().saw_post(prompt, task_id, label);
    tokio::time::sleep(stand.think).await;
    match outcome {
        Err(No::Refused(refusal)) => refuse(fault, &refusal),
        Err(No::Gone(end)) => {
            wire.cut_now(end);
            StatusCode::OK.into_response()
        }
        Ok(task_id) => answer(stand, wire, fault, &task_id).await,
    }
}

/// Why a POST made no task.
enum No {
    /// It is refused, in words.
    Refused(Refusal),
    /// The connection ends instead of an answer.
    Gone(End),
}

fn no<T>(code: i64, msg: &str) -> Result<T, No> {
    let msg = msg.to_owned();
    Err(No::Refused(Refusal { code, msg }))
}

/// Whether a POST is looked at at all, and the fault that meets it.
fn admit(
    stand: &Stand,
    wire: &Wire,
    headers: &HeaderMap,
    body: &Value,
    faulty: bool,
) -> (Option<Fault>, Result<(), No>) {
    let mut world = stand.world();
    let Some(key) = reply::key(headers) else {
        return (None, no(401, msg::UNAUTHORIZED));
    };
    if !world.may_generate(&key) {
        return (None, no(429, msg::TOO_OFTEN));
    }
    let prompt = body["prompt"].as_str().unwrap_or_default();
    let fault = if faulty {
        world.trouble.strike(Stage::Submit, &marks(prompt), prompt)
    } else {
        None
    };
    let admitted = match fault {
        Some(Fault::LostRequest) => Err(No::Gone(End::Close)),
        Some(Fault::ResetRequest) => Err(No::Gone(End::Reset)),
        Some(Fault::IdleClose) if !wire.is_fresh() => Err(No::Gone(End::Reset)),
        Some(fault) if !fault.charges() => {
            let (code, text) = refusal_of(fault);
            no(code, text)
        }
        _ => Ok(()),
    };
    (fault, admitted)
}

/// Makes a task of a POST, if it is one that can be paid.
fn take(stand: &Stand, body: &Value, read: Reader) -> Result<String, No> {
    let order = read(body).map_err(No::Refused)?;
    let mut world = stand.world();
    if let Some(source) = &order.extends {
        let standing = world.task(source).map(|task| task.standing(crate::clock::now_ms()));
        match standing {
            Some(Standing::Done) => {}
            Some(_) => return no(422, "record status is not success."),
            None => return no(422, "Record does not exist"),
        }
    }
    if world.balance() < order.credits {
        return no(402, msg::NO_CREDITS);
    }
    world.accept(order, body.clone()).map_err(|error| {
        tracing::warn!(%error, "a task could not be written down, so it is not accepted");
        No::Gone(End::Close)
    })
}

/// Accepts later, on a task of its own: this handler ends with its connection.
async fn late(stand: &Shared, body: Value, read: Reader) -> Response {
    let prompt = body["prompt"].as_str().map(str::to_owned);
    let label = Fault::LateAccept.name();
    stand.world().saw_post(prompt.clone(), None, label.to_owned());
    let shared = Shared::clone(stand);
    let accepted = tokio::spawn(async move {
        tokio::time::sleep(shared.sped_up(Duration::from_secs(20))).await;
        let taken = take(&shared, &body, read);
        if let (Ok(task_id), Some(prompt)) = (&taken, prompt) {
            shared.world().name_post(&prompt, label, task_id);
        }
        taken
    });
    match accepted.await {
        Ok(Ok(task_id)) => good(&task_id),
        Ok(Err(No::Refused(refusal))) => refuse(None, &refusal),
        _ => refuse(Some(Fault::ServerError500), &server_error()),
    }
}

fn server_error() -> Refusal {
    let (code, msg) = refusal_of(Fault::ServerError500);
    let msg = msg.to_owned();
    Refusal { code, msg }
}

fn good_text(task_id: &str) -> String {
    json!({ "code": 200, "msg": "success", "data": { "taskId": task_id } }).to_string()
}

fn good(task_id: &str) -> Response {
    reply::json_text(StatusCode::OK, good_text(task_id))
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
    let good = good_text(task_id);
    let redirect = |status: StatusCode| {
        let location = format!("{}{MOVED}", stand.base);
        reply::with_header(status.into_response(), header::LOCATION, &location)
    };
    match fault {
        Some(Fault::Late500) => return refuse(Some(Fault::ServerError500), &server_error()),
        Some(Fault::BadGateway) => return reply::html(StatusCode::BAD_GATEWAY, reply::EDGE_PAGE),
        Some(Fault::LostReply) => wire.cut_now(End::Close),
        Some(Fault::Reset) => wire.cut_now(End::Reset),
        Some(Fault::ResetReply) => wire.cut_after(1, End::Reset),
        Some(Fault::HalfReply) => wire.cut_after(good.len() / 2, End::Close),
        Some(Fault::GarbledReply) => {
            return reply::json_text(StatusCode::OK, format!("{}\u{0}\u{fffd}]]", &good[..good.len() / 2]));
        }
        Some(Fault::Redirect307) => return redirect(StatusCode::TEMPORARY_REDIRECT),
        Some(Fault::Redirect308) => return redirect(StatusCode::PERMANENT_REDIRECT),
        Some(Fault::SlowSubmit) => tokio::time::sleep(stand.sped_up(Duration::from_secs(20))).await,
        Some(Fault::AcceptedWithoutId) => return reply::success(json!({})),
        _ => {}
    }
    reply::json_text(StatusCode::OK, good)
}
