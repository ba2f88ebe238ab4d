//! The login page of a network, between the client and the service: it answers everything itself, and nothing arrives.
//!
//! Hotels and trains do this in several ways, and every one of them looks like an answer.

use std::sync::Mutex;
use std::sync::PoisonError;

use axum::{
    extract::{Request, State},
    http::{StatusCode, header},
    middleware::Next,
    response::Response,
};

use crate::{reply, stand::Shared};

const PAGE: &str = "<!DOCTYPE html>\n<html><head><title>Welcome aboard</title></head>\n<body><h1>Please sign in to use this network</h1></body></html>\n";
/// Where a redirect leads: nowhere that could be mistaken for the service.
const LOGIN: &str = "http://127.0.0.1:1/login";

/// How a login page answers.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Portal {
    /// HTTP 200 and the page.
    Page,
    /// HTTP 302 to the page.
    Redirect,
    /// HTTP 404 and the page: its server knows no such path.
    NotFound,
    /// HTTP 511, made for this and seldom used.
    SignIn,
    /// HTTP 403 and the page.
    Forbidden,
}

/// What stands in the way, and what it swallowed.
#[derive(Debug, Default)]
pub(crate) struct Way(Mutex<Inner>);

#[derive(Debug, Default)]
struct Inner {
    portal: Option<Portal>,
    swallowed: Vec<String>,
}

impl Way {
    pub(crate) fn set(&self, portal: Option<Portal>) {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).portal = portal;
    }

    /// Method and path of every request that did not arrive.
    pub(crate) fn swallowed(&self) -> Vec<String> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).swallowed.clone()
    }

    fn swallow(&self, request: &Request) -> Option<Portal> {
        let mut inner = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let portal = inner.portal?;
        inner
            .swallowed
            .push(format!("{} {}", request.method(), request.uri().path()));
        Some(portal)
    }
}

/// Lets requests through, or answers for the service. The controls are on this side of it.
pub(crate) async fn in_the_way(State(stand): State<Shared>, request: Request, next: Next) -> Response {
    if request.uri().path().starts_with("/simulator/") {
        return next.run(request).await;
    }
    match stand.way.swallow(&request) {
        None => next.run(request).await,
        Some(Portal::Page) => reply::html(StatusCode::OK, PAGE),
        Some(Portal::Redirect) => reply::with_header(reply::html(StatusCode::FOUND, PAGE), header::LOCATION, LOGIN),
        Some(Portal::NotFound) => reply::html(StatusCode::NOT_FOUND, PAGE),
        Some(Portal::SignIn) => reply::html(StatusCode::NETWORK_AUTHENTICATION_REQUIRED, PAGE),
        Some(Portal::Forbidden) => reply::html(StatusCode::FORBIDDEN, PAGE),
    }
}
