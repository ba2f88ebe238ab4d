//! Sending one request and reading its answer, and telling "never sent" from "nobody knows".
//!
//! The paid POST has a connection of its own kind: every default that could repeat it (redirects, protocol retries)
//! or spoil it (an idle connection that the server has just closed) is off. Nothing here repeats a call or reads what
//! an answer means.

use std::error::Error as _;
use std::time::Duration;

use jiff::Timestamp;
use reqwest::header::{ACCEPT, AUTHORIZATION, DATE, HeaderMap, HeaderValue, RETRY_AFTER};
use reqwest::redirect::Policy;
use reqwest::{ClientBuilder, RequestBuilder, Response};
use url::Url;

use crate::config::{self, Config, ConfigError, Proxy};
use crate::key::ApiKey;
use crate::scrub;

/// The most of an answer that is read, in bytes; real ones are a few kilobytes.
const LONGEST_ANSWER: usize = 2 * 1024 * 1024;
/// How long an idle connection for free calls is kept: longer, and servers close it first.
const IDLE: Duration = Duration::from_secs(15);

/// The connections to the service.
pub(crate) struct Transport {
    /// For the paid POST alone.
    pub(crate) submit: reqwest::Client,
    /// For what is free on the API host.
    pub(crate) free: reqwest::Client,
    /// For the upload host.
    pub(crate) upload: reqwest::Client,
}

impl Transport {
    pub(crate) fn new(config: &Config) -> Result<Self, ConfigError> {
        let setup = |builder: ClientBuilder| builder.build().map_err(|error| ConfigError::Setup(describe(error)));
        let free = |base| setup(builder(config, base)?.pool_idle_timeout(IDLE));
        Ok(Self {
            submit: setup(
                builder(config, &config.api_base)?
                    .retry(reqwest::retry::never())
                    .pool_max_idle_per_host(0)
                    .http1_only(),
            )?,
            free: free(&config.api_base)?,
            upload: free(&config.upload_base)?,
        })
    }
}

/// What all connections share. None follows redirects: the service uses none, and the key should not travel.
fn builder(config: &Config, base: &Url) -> Result<ClientBuilder, ConfigError> {
    let builder = reqwest::Client::builder()
        .user_agent(user_agent())
        .redirect(Policy::none())
        .referer(false)
        .connect_timeout(config.timeouts.connect);
    Ok(match &config.proxy {
        _ if config::is_loopback(base) => builder.no_proxy(),
        Proxy::System => builder,
        Proxy::None => builder.no_proxy(),
        Proxy::Url(url) => {
            let refused = |reason: String| ConfigError::Proxy {
                place: config::place(url),
                reason,
            };
            if !matches!(
                url.scheme(),
                "http" | "https" | "socks4" | "socks4a" | "socks5" | "socks5h"
            ) {
                return Err(refused("it must be an http, https or socks address".into()));
            }
            let proxy = reqwest::Proxy::all(url.clone()).map_err(|error| refused(describe(error)))?;
            builder.proxy(proxy)
        }
    })
}

/// A plain product token. The edge before the service refuses requests with none, and those of bare HTTP libraries.
fn user_agent() -> String {
    let (os, arch) = (std::env::consts::OS, std::env::consts::ARCH);
    format!("Shotboard/{} ({os}; {arch})", env!("CARGO_PKG_VERSION"))
}

/// An answer as it came.
#[derive(Clone, Debug)]
pub(crate) struct Reply {
    pub(crate) status: u16,
    /// How long the service asks to wait.
    pub(crate) retry_after: Option<Duration>,
    /// What could be read of the body; every key is struck out of it, however the service wrote it.
    pub(crate) body: String,
    /// Why the body is not whole, if it is not.
    pub(crate) cut: Option<String>,
}

/// A request without an answer.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub(crate) enum Lost {
    /// The key cannot be put into a header. Nothing was sent.
    #[error("the key is empty or holds characters that no key has")]
    UnusableKey,
    /// No connection came about, so nothing was sent.
    #[error("{0}")]
    NotSent(String),
    /// It may have arrived.
    #[error("{0}")]
    NoAnswer(String),
}

/// Sends one request, once, and reads the answer as far as it comes.
pub(crate) async fn send(request: RequestBuilder, key: &ApiKey, timeout: Duration) -> Result<Reply, Lost> {
    let bearer = key.bearer().ok_or(Lost::UnusableKey)?;
    let request = request
        .header(AUTHORIZATION, bearer)
        .header(ACCEPT, HeaderValue::from_static("application/json"))
        .timeout(timeout);
    let response = request.send().await.map_err(|error| {
        let definite = error.is_connect() || error.is_builder();
        let text = scrub::strike(&describe(error)).into_owned();
        if definite {
            Lost::NotSent(text)
        } else {
            Lost::NoAnswer(text)
        }
    })?;
    Ok(read(response).await)
}

async fn read(mut response: Response) -> Reply {
    let status = response.status().as_u16();
    let retry_after = retry_after(response.headers());
    let mut bytes = Vec::new();
    let cut = loop {
        match response.chunk().await {
            Ok(Some(chunk)) if bytes.len() + chunk.len() > LONGEST_ANSWER => {
                break Some("the answer is too long".to_owned());
            }
            Ok(Some(chunk)) => bytes.extend_from_slice(&chunk),
            Ok(None) => break None,
            Err(error) => break Some(scrub::strike(&describe(error)).into_owned()),
        }
    };
    Reply {
        status,
        retry_after,
        body: scrub::strike(&String::from_utf8_lossy(&bytes)).into_owned(),
        cut,
    }
}

/// An error with its causes and without the address, which may hold what is nobody's business.
fn describe(error: reqwest::Error) -> String {
    let kind = if error.is_timeout() { "timed out: " } else { "" };
    let error = error.without_url();
    let mut text = format!("{kind}{error}");
    let mut cause = error.source();
    while let Some(error) = cause {
        let line = error.to_string();
        if !text.ends_with(&line) {
            text.push_str(": ");
            text.push_str(&line);
        }
        cause = error.source();
    }
    text
}

/// `Retry-After` in seconds or as a date; the server's own clock is preferred for the latter, for ours may be wrong.
fn retry_after(headers: &HeaderMap) -> Option<Duration> {
    let text = headers.get(RETRY_AFTER)?.to_str().ok()?.trim();
    if let Ok(seconds) = text.parse::<f64>() {
        return Duration::try_from_secs_f64(seconds).ok();
    }
    let now = headers
        .get(DATE)
        .and_then(|date| http_date(date.to_str().ok()?))
        .unwrap_or_else(Timestamp::now);
    Duration::try_from(http_date(text)?.duration_since(now)).ok()
}

fn http_date(text: &str) -> Option<Timestamp> {
    jiff::fmt::rfc2822::DateTimeParser::new().parse_timestamp(text).ok()
}

#[cfg(test)]
impl Reply {
    /// A whole answer, for the tests of those who read it.
    pub(crate) fn plain(status: u16, body: &str) -> Self {
        Self {
            status,
            retry_after: None,
            body: body.to_owned(),
            cut: None,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn retry_after_in_seconds_as_a_date_and_as_rubbish() {
        let read = |text: &str| {
            let mut headers = HeaderMap::new();
            headers.insert(RETRY_AFTER, text.parse().unwrap());
            headers.insert(DATE, "Wed, 21 Oct 2015 07:28:00 GMT".parse().unwrap());
            retry_after(&headers)
        };
        assert_eq!(read("7"), Some(Duration::from_secs(7)));
        assert_eq!(read(" 1.5 "), Some(Duration::from_millis(1500)));
        assert_eq!(read("Wed, 21 Oct 2015 07:28:30 GMT"), Some(Duration::from_secs(30)));
        for rubbish in [
            "-1",
            "soon",
            "",
            "NaN",
            "inf",
            "1e300",
            "Wed, 21 Oct 2015 07:27:00 GMT",
            "Someday, 99 Foo 2015 99:99:99 GMT",
        ] {
            assert_eq!(read(rubbish), None, "{rubbish}");
        }
    }
}
