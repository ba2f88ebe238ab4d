//! The shapes of answers: the service's envelope, the edge's pages, the upload host's own.

use axum::{
    body::Body,
    http::{HeaderMap, HeaderValue, StatusCode, header},
    response::{IntoResponse, Response},
};
use serde_json::{Value, json};

/// The texts the real service was seen to use.
pub(crate) mod msg {
    pub(crate) const UNAUTHORIZED: &str = "Unauthorized – Authentication failed. Please check that your Authorization and Content-Type headers are correctly set.";
    pub(crate) const NO_CREDITS: &str = "The current credits are insufficient. Please top up.";
    pub(crate) const TOO_OFTEN: &str = "Your call frequency is too high. Please try again later.";
    pub(crate) const POLICY: &str = "Your prompt was flagged by Website as violating content policies.";
    pub(crate) const SERVER_ERROR: &str = "Server exception, please try again later or contact customer service";
}

/// An error page as the edge in front of the service writes it.
pub(crate) const EDGE_PAGE: &str = "<!DOCTYPE html>\n<html><head><title>502 Bad Gateway</title></head>\n<body><center><h1>502 Bad Gateway</h1></center><hr><center>cloudflare</center></body></html>\n";

/// The envelope in HTTP 200, as nearly every answer comes, good or bad.
pub(crate) fn envelope(code: i64, msg: &str, data: Value) -> Response {
    with_status(StatusCode::OK, code, msg, data)
}

/// The envelope under another HTTP status.
pub(crate) fn with_status(status: StatusCode, code: i64, msg: &str, data: Value) -> Response {
    json_text(status, json!({ "code": code, "msg": msg, "data": data }).to_string())
}

/// `{"code":200,"msg":"success","data":…}`.
pub(crate) fn success(data: Value) -> Response {
    envelope(200, "success", data)
}

/// The upload host's failure; there the HTTP status is the code.
pub(crate) fn upload_failure(status: StatusCode, msg: &str) -> Response {
    json_text(
        status,
        json!({ "success": false, "code": status.as_u16(), "msg": msg }).to_string(),
    )
}

/// A body that calls itself JSON, whatever it is.
pub(crate) fn json_text(status: StatusCode, text: impl Into<Body>) -> Response {
    (status, [(header::CONTENT_TYPE, "application/json")], text.into()).into_response()
}

/// An HTML page.
pub(crate) fn html(status: StatusCode, page: &'static str) -> Response {
    (status, [(header::CONTENT_TYPE, "text/html; charset=UTF-8")], page).into_response()
}

/// An answer with one more header.
pub(crate) fn with_header(mut response: Response, name: header::HeaderName, value: &str) -> Response {
    if let Ok(value) = HeaderValue::from_str(value) {
        response.headers_mut().insert(name, value);
    }
    response
}

/// The key of a request, if it is one the stand-in takes: anything that begins with `sim-`.
pub(crate) fn key(headers: &HeaderMap) -> Option<String> {
    let given = headers.get(header::AUTHORIZATION)?.to_str().ok()?;
    let (scheme, key) = given.split_once(' ')?;
    let key = key.trim();
    (scheme.eq_ignore_ascii_case("bearer") && key.starts_with("sim-")).then(|| key.to_owned())
}
