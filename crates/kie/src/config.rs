//! Where the service is, how to get there, and how long to wait.
//!
//! It holds no key: keys come with each call, because which one is used is decided for each task.

use std::fmt;
use std::time::Duration;

use url::{Host, Url};

/// The documented API host.
const API_BASE: &str = "https://api.kie.ai";
/// The host that uploads really go to; the generated specification names the API host, all live traffic uses this one.
const UPLOAD_BASE: &str = "https://kieai.redpandaai.co";

/// What a [`crate::Client`] is built from.
#[derive(Clone, Debug)]
pub struct Config {
    /// Base of the API; a path in it is kept, so a gateway may put the service below one.
    pub api_base: Url,
    /// Base of the file uploads.
    pub upload_base: Url,
    /// The way out. Loopback bases are always reached directly.
    pub proxy: Proxy,
    /// How long to wait.
    pub timeouts: Timeouts,
}

impl Config {
    /// These bases, the system's proxy, the usual timeouts.
    pub fn new(api_base: Url, upload_base: Url) -> Self {
        Self {
            api_base,
            upload_base,
            proxy: Proxy::System,
            timeouts: Timeouts::default(),
        }
    }
}

impl Default for Config {
    /// The documented hosts.
    #[expect(clippy::expect_used, reason = "two constants, which a test of this file reads")]
    fn default() -> Self {
        Self::new(
            Url::parse(API_BASE).expect("the API base is an address"),
            Url::parse(UPLOAD_BASE).expect("the upload base is an address"),
        )
    }
}

/// The way out to the service.
#[derive(Clone, Default, PartialEq, Eq)]
pub enum Proxy {
    /// What the environment or the system says.
    #[default]
    System,
    /// Directly.
    None,
    /// Through this one: http, https, socks4, socks4a, socks5 or socks5h. A name and password in it are used.
    Url(Url),
}

impl fmt::Debug for Proxy {
    /// Leaves out a name and password.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::System => f.write_str("System"),
            Self::None => f.write_str("None"),
            Self::Url(url) => write!(f, "Url({})", place(url)),
        }
    }
}

/// How long to wait for each kind of call, from its first byte to the last of the answer.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Timeouts {
    /// Name look-up, TCP and TLS together. Shorter than the others, so that running out of it proves that nothing was
    /// sent.
    pub connect: Duration,
    /// The paid POST: seen to take a minute and more under load.
    pub submit: Duration,
    /// Status, balance and link calls: 15 s was seen to fail under load.
    pub status: Duration,
    /// A whole seed image, over a slow line.
    pub upload: Duration,
}

impl Default for Timeouts {
    fn default() -> Self {
        Self {
            connect: Duration::from_secs(10),
            submit: Duration::from_secs(120),
            status: Duration::from_secs(45),
            upload: Duration::from_secs(300),
        }
    }
}

/// Why no client can be built from a [`Config`].
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum ConfigError {
    /// A base is not a plain http or https address.
    #[error("the {which} address {place} cannot be used: {reason}")]
    Base {
        /// "API" or "upload".
        which: &'static str,
        /// The address without name, password and query.
        place: String,
        /// What is wrong with it.
        reason: &'static str,
    },
    /// The proxy is not one that can be used.
    #[error("the proxy {place} cannot be used: {reason}")]
    Proxy {
        /// The proxy without name and password.
        place: String,
        /// What is wrong with it.
        reason: String,
    },
    /// TLS or the resolver could not be set up.
    #[error("the HTTP client could not be set up: {0}")]
    Setup(String),
}

/// Whether an address names this very machine: `localhost`, `127.0.0.0/8`, `::1`.
pub fn is_loopback(url: &Url) -> bool {
    match url.host() {
        Some(Host::Ipv4(ip)) => ip.is_loopback(),
        Some(Host::Ipv6(ip)) => ip.is_loopback() || ip.to_ipv4_mapped().is_some_and(|ip| ip.is_loopback()),
        Some(Host::Domain(name)) => {
            let name = name.trim_end_matches('.');
            name == "localhost" || name.ends_with(".localhost")
        }
        None => false,
    }
}

/// Checks a base before anything is built on it.
pub(crate) fn check_base(which: &'static str, base: &Url) -> Result<(), ConfigError> {
    let reason = if !matches!(base.scheme(), "http" | "https") {
        "it must begin with https:// (or http://)"
    } else if !base.username().is_empty() || base.password().is_some() {
        "it must hold no name or password"
    } else {
        return Ok(());
    };
    Err(ConfigError::Base {
        which,
        place: place(base),
        reason,
    })
}

/// An address without what may be secret in it.
pub(crate) fn place(url: &Url) -> String {
    let mut url = url.clone();
    // Both refuse addresses that cannot hold a name at all, and those hide none.
    let _ = url.set_username("");
    let _ = url.set_password(None);
    url.set_query(None);
    url.set_fragment(None);
    url.to_string()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_default_is_the_documented_hosts() {
        let config = Config::default();
        assert_eq!(config.api_base.as_str(), "https://api.kie.ai/");
        assert_eq!(config.upload_base.host_str(), Some("kieai.redpandaai.co"));
    }

    #[test]
    fn loopback_is_told_from_the_rest() {
        for (address, is) in [
            ("http://localhost:1/", true),
            ("http://127.9.9.9/", true),
            ("http://[::1]:80/", true),
            ("http://[::ffff:127.0.0.1]/", true),
            ("http://127.0.0.1.example.com/", false),
            ("http://localhost.example.com/", false),
            ("http://10.0.0.1/", false),
        ] {
            assert_eq!(is_loopback(&Url::parse(address).unwrap()), is, "{address}");
        }
    }

    #[test]
    fn debug_hides_the_password_of_a_proxy() {
        let config = Config {
            proxy: Proxy::Url(Url::parse("http://me:hunter2@proxy.example:3128").unwrap()),
            ..Config::default()
        };
        let text = format!("{config:?}");
        assert!(
            text.contains("proxy.example:3128") && !text.contains("hunter2"),
            "{text}"
        );
    }
}
