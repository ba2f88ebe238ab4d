//! The service as the engine needs it, and no more: what [`kie::Client`] does, as a seam for tests on a paused clock.

use async_trait::async_trait;
use kie::{ApiKey, CallError, GenerateRequest, Record, Submission, Upload, Uploaded};
use url::Url;

/// The calls the engine makes. None of them may repeat `generate` by itself.
#[async_trait]
pub trait Service: Send + Sync + 'static {
    /// The paid request: at most one POST.
    async fn generate(&self, key: &ApiKey, request: &GenerateRequest) -> Submission;
    /// One status query.
    async fn record_info(&self, key: &ApiKey, service_id: &str) -> Record;
    /// The balance in credits.
    async fn credit(&self, key: &ApiKey) -> Result<f64, CallError>;
    /// A fresh link for a file that the service made.
    async fn download_url(&self, key: &ApiKey, url: &Url) -> Result<Url, CallError>;
    /// Uploads a seed image.
    async fn upload(&self, key: &ApiKey, file: Upload) -> Result<Uploaded, CallError>;
}

#[async_trait]
impl Service for kie::Client {
    async fn generate(&self, key: &ApiKey, request: &GenerateRequest) -> Submission {
        kie::Client::generate(self, key, request).await
    }

    async fn record_info(&self, key: &ApiKey, service_id: &str) -> Record {
        kie::Client::record_info(self, key, service_id).await
    }

    async fn credit(&self, key: &ApiKey) -> Result<f64, CallError> {
        kie::Client::credit(self, key).await
    }

    async fn download_url(&self, key: &ApiKey, url: &Url) -> Result<Url, CallError> {
        kie::Client::download_url(self, key, url).await
    }

    async fn upload(&self, key: &ApiKey, file: Upload) -> Result<Uploaded, CallError> {
        kie::Client::upload(self, key, file).await
    }
}
