//! Controls for tests in other processes. The real service has none of these.

use std::collections::HashMap;

use axum::{
    Json,
    extract::State,
    http::StatusCode,
    response::{IntoResponse, Response},
};
use serde::Deserialize;
use serde_json::json;

use crate::{
    fault::{Fault, Faults},
    ledger::Ledger,
    stand::Shared,
};

pub(crate) async fn health() -> Response {
    Json(json!({ "ok": true })).into_response()
}

pub(crate) async fn ledger(State(stand): State<Shared>) -> Json<Ledger> {
    Json(stand.ledger())
}

/// `{"rates":{"cut-download":0.2},"limits":{"cut-download":1}}`: replaces what was set before.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct NewFaults {
    #[serde(default)]
    rates: HashMap<Fault, f64>,
    #[serde(default)]
    limits: HashMap<Fault, u32>,
}

pub(crate) async fn faults(State(stand): State<Shared>, Json(new): Json<NewFaults>) -> Response {
    let mut rates: Vec<_> = new.rates.into_iter().collect();
    // A map has no order; the order of a task's life makes the draw repeatable.
    rates.sort_by_key(|(fault, _)| Fault::all().iter().position(|known| known == fault));
    let mut world = stand.world();
    world.trouble.faults = Faults { rates };
    world.trouble.limits = new.limits.into_iter().collect();
    Json(json!({ "ok": true })).into_response()
}

/// `{"credits": 120}`.
#[derive(Deserialize)]
pub(crate) struct NewBalance {
    credits: f64,
}

pub(crate) async fn balance(State(stand): State<Shared>, Json(new): Json<NewBalance>) -> Response {
    match stand.world().set_balance(new.credits) {
        Ok(()) => Json(json!({ "ok": true })).into_response(),
        Err(error) => (StatusCode::INTERNAL_SERVER_ERROR, error.to_string()).into_response(),
    }
}

/// `{"turn_away": 3}`: the next three connections are reset before a byte is read.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct NewDoor {
    turn_away: u32,
}

pub(crate) async fn door(State(stand): State<Shared>, Json(new): Json<NewDoor>) -> Response {
    stand.door.turn_away(new.turn_away);
    Json(json!({ "ok": true })).into_response()
}
