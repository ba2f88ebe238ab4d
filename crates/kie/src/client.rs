//! The client: one value that holds the connections, cheap to clone.
//!
//! Its calls stand in the module of their endpoint.

use std::fmt;
use std::sync::Arc;

use url::Url;

use crate::config::{self, Config, ConfigError};
use crate::transport::Transport;

/// A client of the service. Clones share their connections.
#[derive(Clone)]
pub struct Client(Arc<Inner>);

struct Inner {
    config: Config,
    transport: Transport,
}

impl Client {
    /// Sets up the connections. Nothing is sent.
    ///
    /// # Errors
    /// If an address or the proxy cannot be used, or TLS cannot be set up.
    pub fn new(config: Config) -> Result<Self, ConfigError> {
        config::check_base("API", &config.api_base)?;
        config::check_base("upload", &config.upload_base)?;
        for base in [&config.api_base, &config.upload_base] {
            if base.scheme() == "http" && !config::is_loopback(base) {
                tracing::warn!(place = %config::place(base), "keys travel to this address unencrypted");
            }
        }
        let transport = Transport::new(&config)?;
        Ok(Self(Arc::new(Inner { config, transport })))
    }

    /// What it was built from.
    pub fn config(&self) -> &Config {
        &self.0.config
    }

    pub(crate) fn transport(&self) -> &Transport {
        &self.0.transport
    }

    pub(crate) fn api(&self, path: &[&str]) -> Url {
        below(&self.config().api_base, path)
    }

    pub(crate) fn uploads(&self, path: &[&str]) -> Url {
        below(&self.config().upload_base, path)
    }
}

impl fmt::Debug for Client {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("Client").field(self.config()).finish()
    }
}

/// An address below a base, whose own path and query end where they end.
fn below(base: &Url, path: &[&str]) -> Url {
    let mut url = base.clone();
    url.set_query(None);
    url.set_fragment(None);
    // Refused only for addresses that have no path at all, and the bases are http.
    if let Ok(mut segments) = url.path_segments_mut() {
        segments.pop_if_empty().extend(path);
    }
    url
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::config::Proxy;

    #[test]
    fn a_base_may_have_a_path() {
        for base in ["https://gate.example/kie", "https://gate.example/kie/?x#y"] {
            let url = below(&Url::parse(base).unwrap(), &["api", "v1"]);
            assert_eq!(url.as_str(), "https://gate.example/kie/api/v1");
        }
        let url = below(&Url::parse("https://api.kie.ai").unwrap(), &["api"]);
        assert_eq!(url.as_str(), "https://api.kie.ai/api");
    }

    #[test]
    fn what_cannot_be_used_is_told_without_its_secrets() {
        let url = |text: &str| Url::parse(text).unwrap();
        let good = url("https://api.example");
        let mut config = Config::new(url("https://me:hunter2@api.example/?t=hunter2"), good.clone());
        let text = Client::new(config.clone()).unwrap_err().to_string();
        assert!(text.starts_with("the API address https://api.example/ "), "{text}");

        config.api_base = url("ftp://api.example");
        assert!(matches!(
            Client::new(config.clone()),
            Err(ConfigError::Base { which: "API", .. })
        ));

        config.api_base = good;
        config.proxy = Proxy::Url(url("gopher://me:hunter2@proxy.example"));
        let text = Client::new(config).unwrap_err().to_string();
        assert!(text.contains("proxy.example") && !text.contains("hunter2"), "{text}");
    }
}
