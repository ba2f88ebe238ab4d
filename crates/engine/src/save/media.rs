//! The client for media hosts: no key, no cookies, no redirects of its own, and only to addresses that are allowed.

use std::future::Future;
use std::net::SocketAddr;
use std::pin::Pin;
use std::sync::Arc;
use std::time::Duration;

use hyper_util::client::proxy::matcher::Matcher;
use reqwest::dns::{Addrs, Name, Resolve, Resolving};
use reqwest::redirect::Policy;

use super::address::allowed;
use crate::error::{Error, Result};
use crate::trouble::Told;
use crate::trouble::rows::account;

const CONNECT: Duration = Duration::from_secs(15);
/// The longest silence in a body.
const SILENCE: Duration = Duration::from_secs(30);
/// Larger than any clip.
const LARGEST: u64 = 4 << 30;
const USER_AGENT: &str = concat!("Shotboard/", env!("CARGO_PKG_VERSION"));

/// Fetches media. Cheap to clone.
#[derive(Clone, Debug)]
pub struct Media {
    pub(super) client: reqwest::Client,
    /// The configured service is on a loopback address, so media may be too.
    pub(super) loopback: bool,
    /// Bytes of the largest file that is fetched.
    pub(super) largest: u64,
}

/// What a look-up of a host's name gives.
pub type Found = Pin<Box<dyn Future<Output = std::io::Result<Vec<SocketAddr>>> + Send>>;

/// Looks up the addresses of a host by its name.
pub type LookUp = Arc<dyn Fn(String) -> Found + Send + Sync>;

/// What the system says.
fn system() -> LookUp {
    Arc::new(|host| Box::pin(async move { Ok(tokio::net::lookup_host((host.as_str(), 0)).await?.collect()) }))
}

impl Media {
    /// A client that goes out as `proxy` says. `loopback`: plain http and loopback addresses are acceptable, because
    /// the configured service itself is on one.
    ///
    /// # Errors
    /// A proxy address that cannot be used.
    pub fn new(proxy: &kie::Proxy, loopback: bool) -> Result<Self> {
        Self::looking_up(proxy, loopback, system())
    }

    /// The same, with the names of hosts looked up elsewhere than in the system; every answer is checked all the same.
    ///
    /// # Errors
    /// As [`Media::new`].
    pub fn looking_up(proxy: &kie::Proxy, loopback: bool, names: LookUp) -> Result<Self> {
        let builder = reqwest::Client::builder()
            .user_agent(USER_AGENT)
            .redirect(Policy::none())
            .connect_timeout(CONNECT)
            .read_timeout(SILENCE)
            .dns_resolver(Arc::new(Checked {
                loopback,
                proxies: proxy_hosts(proxy),
                names,
            }));
        let builder = match proxy {
            _ if loopback => builder.no_proxy(),
            kie::Proxy::None => builder.no_proxy(),
            kie::Proxy::System => builder,
            kie::Proxy::Url(url) => builder.proxy(reqwest::Proxy::all(url.as_str()).map_err(no_client)?),
        };
        Ok(Self {
            client: builder.build().map_err(no_client)?,
            loopback,
            largest: LARGEST,
        })
    }

    /// The same, for files of at most `bytes` bytes (4 GiB otherwise).
    #[must_use]
    pub fn at_most(self, bytes: u64) -> Self {
        Self { largest: bytes, ..self }
    }
}

fn no_client(error: reqwest::Error) -> Error {
    Told::new(&account::PROXY).with("why", error).into()
}

/// The hosts of the proxies that requests may go through: connected to wherever they are, mostly on this computer or
/// in the office, though no link may lead there.
fn proxy_hosts(proxy: &kie::Proxy) -> Vec<String> {
    let host = |uri: &str| {
        url::Url::parse(uri)
            .ok()
            .and_then(|url| url.host_str().map(str::to_owned))
    };
    match proxy {
        kie::Proxy::None => vec![],
        kie::Proxy::Url(url) => url.host_str().map(str::to_owned).into_iter().collect(),
        kie::Proxy::System => {
            let system = Matcher::from_system();
            ["https://media.example", "http://media.example"]
                .into_iter()
                .filter_map(|target| {
                    system
                        .intercept(&target.parse().ok()?)
                        .and_then(|via| host(&via.uri().to_string()))
                })
                .collect()
        }
    }
}

/// Looks names up and keeps only what may be connected to: checked at the connection itself, a name that is looked up
/// twice cannot answer differently.
struct Checked {
    loopback: bool,
    proxies: Vec<String>,
    names: LookUp,
}

impl Resolve for Checked {
    fn resolve(&self, name: Name) -> Resolving {
        let (host, loopback) = (name.as_str().to_owned(), self.loopback);
        let proxy = self.proxies.iter().any(|proxy| proxy.eq_ignore_ascii_case(&host));
        let looked_up = (self.names)(host.clone());
        Box::pin(async move {
            let found: Vec<SocketAddr> = looked_up
                .await?
                .into_iter()
                .filter(|address| proxy || allowed(address.ip(), loopback))
                .collect();
            if found.is_empty() {
                return Err(format!("{host} has no public address").into());
            }
            Ok(Box::new(found.into_iter()) as Addrs)
        })
    }
}
