//! One GET of a media link: redirects followed hop by hop, the answer judged before a byte is written.

use std::time::Duration;

use reqwest::header::{
    ACCEPT_ENCODING, CONTENT_ENCODING, CONTENT_LENGTH, CONTENT_RANGE, CONTENT_TYPE, ETAG, HeaderMap, HeaderName,
    IF_RANGE, LOCATION, RANGE, RETRY_AFTER,
};
use reqwest::{Response, StatusCode};
use url::Url;

use super::media::Media;
use super::{Stop, address, asked_wait};
use crate::trouble::SavingProblem;

const HOPS: usize = 5;

/// A body that may be written.
pub(super) struct Body {
    pub(super) response: Response,
    /// Where it begins in the file.
    pub(super) start: u64,
    /// The whole file's length, where the host said.
    pub(super) total: Option<u64>,
    /// A strong validator, where there is one.
    pub(super) etag: Option<String>,
}

/// What a resumed request got.
pub(super) enum Got {
    /// A body.
    Body(Body),
    /// The host does not go on from there: start again from zero.
    Restart,
}

/// Asks for a link, from `from` on where bytes of the version `etag` are there already.
pub(super) async fn get(media: &Media, link: &str, from: u64, etag: Option<&str>) -> Result<Got, Stop> {
    let mut url = Url::parse(link).map_err(|_| forbidden("not an address"))?;
    for _ in 0..=HOPS {
        address::check(&url, media.loopback).map_err(forbidden)?;
        let mut request = media.client.get(url.clone()).header(ACCEPT_ENCODING, "identity");
        if let (true, Some(etag)) = (from > 0, etag) {
            request = request.header(RANGE, format!("bytes={from}-")).header(IF_RANGE, etag);
        }
        let response = request.send().await.map_err(network)?;
        if !response.status().is_redirection() || response.status() == StatusCode::NOT_MODIFIED {
            return judge(response, from, etag).await;
        }
        let next = text(response.headers(), &LOCATION).ok_or_else(|| forbidden("a redirect to nowhere"))?;
        url = url.join(&next).map_err(|_| forbidden("a redirect to no address"))?;
    }
    Err(forbidden("too many redirects"))
}

async fn judge(response: Response, from: u64, etag: Option<&str>) -> Result<Got, Stop> {
    let headers = response.headers();
    let wait = retry_after(headers);
    match response.status().as_u16() {
        200 | 206 => {}
        416 => return Ok(Got::Restart),
        401 | 403 | 404 | 410 => return Err(Stop::LinkDead(SavingProblem::LinkExpired)),
        429 | 503 => return Err(Stop::Later(http(&response), asked_wait(wait))),
        500.. => return Err(Stop::Later(http(&response), None)),
        _ => return Err(Stop::LinkDead(http(&response))),
    }
    if text(headers, &CONTENT_ENCODING).is_some_and(|how| !how.eq_ignore_ascii_case("identity")) {
        return Err(Stop::Later(
            SavingProblem::NotAVideo {
                found: "a compressed body".to_owned(),
            },
            None,
        ));
    }
    let kind = text(headers, &CONTENT_TYPE).unwrap_or_default().to_ascii_lowercase();
    if ["text/", "application/json", "application/xml", "image/", "multipart/"]
        .iter()
        .any(|no| kind.starts_with(no))
    {
        if response.status() == StatusCode::PARTIAL_CONTENT {
            return Ok(Got::Restart);
        }
        return Err(Stop::LinkDead(SavingProblem::NotAVideo {
            found: beginning(response, &kind).await,
        }));
    }
    let strong = text(headers, &ETAG).filter(|tag| tag.starts_with('"'));
    if response.status() == StatusCode::PARTIAL_CONTENT {
        let Some((start, total)) = text(headers, &CONTENT_RANGE).as_deref().and_then(content_range) else {
            return Ok(Got::Restart);
        };
        // Only the very version that the part holds the beginning of: a 206 without its validator may be another.
        if start != from || strong.is_none() || strong.as_deref() != etag {
            return Ok(Got::Restart);
        }
        return Ok(Got::Body(Body {
            response,
            start,
            total: Some(total),
            etag: strong,
        }));
    }
    let total = text(headers, &CONTENT_LENGTH).and_then(|length| length.parse().ok());
    Ok(Got::Body(Body {
        response,
        start: 0,
        total,
        etag: strong,
    }))
}

/// `bytes 5-9/10` → (5, 10). Anything else is not an answer to what was asked.
fn content_range(text: &str) -> Option<(u64, u64)> {
    let (range, total) = text.strip_prefix("bytes ")?.split_once('/')?;
    let (start, end) = range.split_once('-')?;
    let (start, end, total): (u64, u64, u64) = (start.parse().ok()?, end.parse().ok()?, total.parse().ok()?);
    (start <= end && end + 1 == total).then_some((start, total))
}

fn retry_after(headers: &HeaderMap) -> Option<Duration> {
    let text = text(headers, &RETRY_AFTER)?;
    if let Ok(seconds) = text.trim().parse::<u64>() {
        return Some(Duration::from_secs(seconds));
    }
    let date = jiff::fmt::rfc2822::DateTimeParser::new()
        .parse_timestamp(text.trim())
        .ok()?;
    Duration::try_from(date.duration_since(jiff::Timestamp::now())).ok()
}

fn text(headers: &HeaderMap, name: &HeaderName) -> Option<String> {
    headers.get(name)?.to_str().ok().map(str::to_owned)
}

/// What came instead of a video: its kind and first characters, for a person.
async fn beginning(response: Response, kind: &str) -> String {
    let mut response = response;
    let first = response.chunk().await.ok().flatten().unwrap_or_default();
    format!("{kind} {}", super::part::glimpse(&first)).trim().to_owned()
}

fn http(response: &Response) -> SavingProblem {
    SavingProblem::Network {
        detail: format!("HTTP {}", response.status().as_u16()),
    }
}

fn forbidden(detail: impl Into<String>) -> Stop {
    Stop::LinkDead(SavingProblem::Forbidden { detail: detail.into() })
}

/// A network error without the link, whose query may be a signature.
pub(super) fn network(error: reqwest::Error) -> Stop {
    use std::error::Error as _;
    let error = error.without_url();
    let mut detail = error.to_string();
    let mut source = error.source();
    while let Some(cause) = source {
        detail = cause.to_string();
        source = cause.source();
    }
    if detail.contains("no public address") {
        return forbidden(detail);
    }
    Stop::Later(SavingProblem::Network { detail }, None)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_a_range_to_the_end_is_an_answer() {
        assert_eq!(content_range("bytes 5-9/10"), Some((5, 10)));
        for text in [
            "bytes 5-8/10",
            "bytes */10",
            "bytes 5-9/*",
            "items 5-9/10",
            "bytes 9-5/10",
            "",
        ] {
            assert_eq!(content_range(text), None, "{text}");
        }
    }

    #[test]
    fn a_wait_may_be_seconds_or_a_date_and_garbage_is_none() {
        let of = |text: &str| {
            let mut headers = HeaderMap::new();
            headers.insert(RETRY_AFTER, text.parse().unwrap());
            retry_after(&headers)
        };
        assert_eq!(of("7"), Some(Duration::from_secs(7)));
        assert!(of("Wed, 21 Oct 2099 07:28:00 GMT").is_some());
        assert_eq!(of("Wed, 21 Oct 2015 07:28:00 GMT"), None);
        assert_eq!(of("-3"), None);
        assert_eq!(of("soon"), None);
    }
}
