//! One GET of a media link: redirects followed hop by hop, the answer judged before a byte is written.

use std::time::Duration;

use bytes::{Bytes, BytesMut};
use reqwest::header::{
    ACCEPT_ENCODING, CONTENT_ENCODING, CONTENT_LENGTH, CONTENT_RANGE, CONTENT_TYPE, ETAG, HeaderMap, HeaderName,
    IF_RANGE, LOCATION, RANGE, RETRY_AFTER,
};
use reqwest::{Response, StatusCode};
use url::Url;

use super::media::Media;
use super::{Stop, address, asked_wait};
use crate::stages::submit::hex;
use crate::trouble::SavingProblem;

const HOPS: usize = 5;
/// The digest of the whole file, whatever part of it is sent (RFC 9530).
const REPR_DIGEST: HeaderName = HeaderName::from_static("repr-digest");
/// As many bytes tell a video from anything else.
const SIGNATURE: usize = 12;

/// What is there already.
#[derive(Clone, Copy)]
pub(super) struct Resume<'a> {
    /// How much.
    pub(super) bytes: u64,
    /// The last of it, which is asked for once more and compared.
    pub(super) tail: &'a [u8],
    /// The strong validator of the version it is a part of.
    pub(super) etag: &'a str,
    /// The whole file's length, where it is known.
    pub(super) total: Option<u64>,
}

impl Resume<'_> {
    fn from(&self) -> u64 {
        self.bytes.saturating_sub(u64::try_from(self.tail.len()).unwrap_or(0))
    }
}

/// A body that may be written.
pub(super) struct Body {
    response: Response,
    /// Read already.
    first: Bytes,
    /// Where it begins in the file.
    pub(super) start: u64,
    /// The whole file's length, where the host said.
    pub(super) total: Option<u64>,
    /// A strong validator, where there is one.
    pub(super) etag: Option<String>,
    /// SHA-256 of the whole file, hex, where the host says it.
    pub(super) digest: Option<String>,
}

impl Body {
    /// The next bytes; `None` at the end.
    pub(super) async fn chunk(&mut self) -> Result<Option<Bytes>, Stop> {
        if self.first.is_empty() {
            self.response.chunk().await.map_err(network)
        } else {
            Ok(Some(std::mem::take(&mut self.first)))
        }
    }

    /// Reads until at least `count` bytes are at hand, or all there are.
    async fn gather(&mut self, count: usize) -> Result<(), Stop> {
        let mut first = BytesMut::from(&self.first[..]);
        while first.len() < count {
            match self.response.chunk().await.map_err(network)? {
                Some(chunk) => first.extend_from_slice(&chunk),
                None => break,
            }
        }
        self.first = first.freeze();
        Ok(())
    }
}

/// Asks for a link, behind what is there already. `None`: the host does not go on from there.
pub(super) async fn get(media: &Media, link: &str, resume: Option<Resume<'_>>) -> Result<Option<Body>, Stop> {
    let resume = resume.filter(|resume| resume.from() > 0);
    let mut url = Url::parse(link).map_err(|_| forbidden("not an address"))?;
    for _ in 0..=HOPS {
        address::check(&url, media.loopback).map_err(forbidden)?;
        let mut request = media.client.get(url.clone()).header(ACCEPT_ENCODING, "identity");
        if let Some(resume) = &resume {
            let range = format!("bytes={}-", resume.from());
            request = request.header(RANGE, range).header(IF_RANGE, resume.etag);
        }
        let response = request.send().await.map_err(network)?;
        if !response.status().is_redirection() || response.status() == StatusCode::NOT_MODIFIED {
            return judge(response, resume).await;
        }
        let next = text(response.headers(), &LOCATION).ok_or_else(|| forbidden("a redirect to nowhere"))?;
        url = url.join(&next).map_err(|_| forbidden("a redirect to no address"))?;
    }
    Err(forbidden("too many redirects"))
}

async fn judge(response: Response, resume: Option<Resume<'_>>) -> Result<Option<Body>, Stop> {
    let headers = response.headers();
    let wait = retry_after(headers);
    match response.status().as_u16() {
        200 | 206 => {}
        416 => return Ok(None),
        401 | 403 | 404 | 410 => return Err(Stop::LinkDead(SavingProblem::LinkExpired { until: None })),
        429 | 503 => return Err(Stop::Later(http(&response), asked_wait(wait))),
        500.. => return Err(Stop::Later(http(&response), None)),
        _ => return Err(Stop::LinkDead(http(&response))),
    }
    if text(headers, &CONTENT_ENCODING).is_some_and(|how| !how.eq_ignore_ascii_case("identity")) {
        let found = "a compressed body".to_owned();
        return Err(Stop::Later(SavingProblem::NotAVideo { found }, None));
    }
    let kind = text(headers, &CONTENT_TYPE).unwrap_or_default().to_ascii_lowercase();
    let foreign = ["text/", "application/json", "application/xml", "image/", "multipart/"]
        .iter()
        .any(|no| kind.starts_with(no));
    let strong = text(headers, &ETAG).filter(|tag| tag.starts_with('"'));
    let digest = text(headers, &REPR_DIGEST).as_deref().and_then(sha256_of);
    if response.status() == StatusCode::PARTIAL_CONTENT {
        let range = text(headers, &CONTENT_RANGE);
        let (Some(resume), Some((start, total)), false) = (resume, range.as_deref().and_then(content_range), foreign)
        else {
            return Ok(None);
        };
        // Only the very version that the part holds the beginning of: a 206 without its validator may be another.
        let same = strong.as_deref() == Some(resume.etag) && resume.total.is_none_or(|known| known == total);
        if start != resume.from() || !same {
            return Ok(None);
        }
        let body = Body {
            response,
            first: Bytes::new(),
            start: resume.bytes,
            total: Some(total),
            etag: strong,
            digest,
        };
        return goes_on(body, resume.tail).await;
    }
    let total = text(headers, &CONTENT_LENGTH).and_then(|length| length.parse().ok());
    let mut body = Body {
        response,
        first: Bytes::new(),
        start: 0,
        total,
        etag: strong,
        digest,
    };
    // Looked at before anything is written: a page of a captive portal must not cost the part that is there.
    body.gather(SIGNATURE).await?;
    if foreign || body.first.get(4..8) != Some(b"ftyp") {
        let found = format!("{kind} {}", glimpse(&body.first));
        let found = if body.first.is_empty() { "0 B".to_owned() } else { found };
        let found = found.trim().to_owned();
        return Err(Stop::LinkDead(SavingProblem::NotAVideo { found }));
    }
    Ok(Some(body))
}

/// Compares the overlap; a body behind it, or no going on.
async fn goes_on(mut body: Body, tail: &[u8]) -> Result<Option<Body>, Stop> {
    body.gather(tail.len()).await?;
    if body.first.get(..tail.len()) != Some(tail) {
        return Ok(None);
    }
    body.first = body.first.slice(tail.len()..);
    Ok(Some(body))
}

/// `bytes 5-9/10` → (5, 10). Anything else is not an answer to what was asked.
fn content_range(text: &str) -> Option<(u64, u64)> {
    let (range, total) = text.strip_prefix("bytes ")?.split_once('/')?;
    let (start, end) = range.split_once('-')?;
    let (start, end, total): (u64, u64, u64) = (start.parse().ok()?, end.parse().ok()?, total.parse().ok()?);
    (start <= end && end.checked_add(1) == Some(total)).then_some((start, total))
}

/// `sha-256=:…:` among the digests, as hex.
fn sha256_of(text: &str) -> Option<String> {
    let told = text.split(',').find_map(|one| one.trim().strip_prefix("sha-256=:"))?;
    let bytes = base64(told.strip_suffix(':')?)?;
    (bytes.len() == 32).then(|| hex(&bytes))
}

fn base64(text: &str) -> Option<Vec<u8>> {
    const ALPHABET: &[u8; 64] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    let (mut bytes, mut held, mut bits) = (Vec::new(), 0u32, 0);
    for digit in text.trim_end_matches('=').bytes() {
        let value = ALPHABET.iter().position(|known| *known == digit)?;
        held = (held << 6) | u32::try_from(value).ok()?;
        bits += 6;
        if bits >= 8 {
            bits -= 8;
            bytes.push(u8::try_from((held >> bits) & 0xff).ok()?);
        }
    }
    Some(bytes)
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

fn http(response: &Response) -> SavingProblem {
    SavingProblem::Network {
        detail: format!("HTTP {}", response.status().as_u16()),
    }
}

fn forbidden(detail: impl Into<String>) -> Stop {
    Stop::LinkDead(SavingProblem::Forbidden { detail: detail.into() })
}

/// A network error without the link, whose query may be a signature.
fn network(error: reqwest::Error) -> Stop {
    use std::error::Error as _;
    let error = error.without_url();
    let connecting = error.is_connect();
    let mut detail = error.to_string();
    let mut source = error.source();
    while let Some(cause) = source {
        detail = cause.to_string();
        source = cause.source();
    }
    if detail.contains("no public address") {
        return forbidden(detail);
    }
    if !connecting {
        return Stop::Later(SavingProblem::Network { detail }, None);
    }
    // What answers with a certificate of its own may be a captive portal, answering for everybody: whether it is, the
    // service tells, which is asked for a fresh link now.
    if detail.contains("certificate") {
        return Stop::LinkDead(SavingProblem::BadCertificate { detail });
    }
    Stop::Away(SavingProblem::Network { detail })
}

/// The first characters of a body, printable, for a person; without what stands behind a question mark in a word,
/// which may be a signature.
fn glimpse(bytes: &[u8]) -> String {
    let text: String = String::from_utf8_lossy(&bytes[..bytes.len().min(200)])
        .chars()
        .map(|c| if c.is_control() { ' ' } else { c })
        .collect();
    let words = text.split_whitespace().map(|word| match word.split_once('?') {
        Some((before, query)) if query.contains('=') => format!("{before}?…"),
        _ => word.to_owned(),
    });
    words.collect::<Vec<_>>().join(" ").chars().take(120).collect()
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
            "bytes 0-18446744073709551615/0",
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

    #[test]
    fn a_digest_of_the_file_is_read_and_garbage_is_none() {
        let empty = "sha-256=:47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU=:";
        let known = Some("e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855".to_owned());
        assert_eq!(sha256_of(empty), known);
        assert_eq!(sha256_of(&format!("md5=:AAAA:, {empty}")), known);
        for text in ["", "sha-256=:AAAA:", "sha-256=47DE", "sha-512=:47DE:", "sha-256=:!!!!:"] {
            assert_eq!(sha256_of(text), None, "{text}");
        }
    }

    #[test]
    fn what_came_instead_of_a_video_is_told_without_a_signature() {
        let page = b"<a href=\"https://cdn.example/a.mp4?sign=secret&x=1\">\r\n who? </a>";
        let told = glimpse(page);
        assert!(!told.contains("secret"), "{told}");
        assert!(told.ends_with("?… who? </a>"), "{told}");
    }
}
