//! The calls of the common API: the balance, and a fresh link to a file of the service.
//!
//! Both cost nothing and may be repeated.

use reqwest::header::{CONTENT_TYPE, HeaderValue};
use serde_json::json;
use url::Url;

use crate::client::Client;
use crate::error::CallError;
use crate::key::ApiKey;
use crate::loose;
use crate::transport;

impl Client {
    /// The credits left on the account: `GET /api/v1/chat/credit`. The cheapest way to try a key.
    ///
    /// # Errors
    /// [`CallError`] in all its kinds; [`CallError::RefusedAll`] for a key that does not work.
    pub async fn credit(&self, key: &ApiKey) -> Result<f64, CallError> {
        let url = self.api(&["api", "v1", "chat", "credit"]);
        let get = self.transport().free.get(url);
        let reply = transport::send(get, key, self.config().timeouts.status).await?;
        let data = CallError::or_data(&reply)?;
        // The documents say a whole number; live it has decimals.
        loose::number(&data).ok_or_else(|| CallError::without("balance"))
    }

    /// A fresh direct link, valid for 20 minutes, for a link that the service gave:
    /// `POST /api/v1/common/download-url`.
    ///
    /// # Errors
    /// [`CallError`] in all its kinds; [`CallError::Refused`] (422) for a link that is not the service's own.
    pub async fn download_url(&self, key: &ApiKey, url: &Url) -> Result<Url, CallError> {
        let post = self
            .transport()
            .free
            .post(self.api(&["api", "v1", "common", "download-url"]))
            .header(CONTENT_TYPE, HeaderValue::from_static("application/json"))
            .body(json!({ "url": url.as_str() }).to_string());
        let reply = transport::send(post, key, self.config().timeouts.status).await?;
        let data = CallError::or_data(&reply)?;
        loose::links(&data)
            .first()
            .and_then(|link| Url::parse(link).ok())
            .ok_or_else(|| CallError::without("link"))
    }
}
