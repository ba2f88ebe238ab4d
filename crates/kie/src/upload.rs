//! Giving the service a seed image: `POST /api/file-stream-upload` on the upload host.
//!
//! Free and safe to repeat: the same name overwrites. It reads no file and chooses no name; uploads live for a day or
//! three (the documents disagree), so when to upload again is the caller's question.

use bytes::Bytes;
use reqwest::multipart::{Form, Part};

use crate::client::Client;
use crate::error::CallError;
use crate::key::ApiKey;
use crate::loose;
use crate::transport;

/// A file to upload.
#[derive(Clone)]
pub struct Upload {
    /// What is in it.
    pub bytes: Bytes,
    /// Its name there. An equal one in the same path is overwritten, with a cache in between: make it unique.
    pub file_name: String,
    /// Its kind, such as `image/png`.
    pub mime: String,
    /// The folder there; slashes at its ends are dropped, for the service refuses them.
    pub upload_path: String,
}

impl std::fmt::Debug for Upload {
    /// With the number of bytes instead of all of them.
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Upload")
            .field("bytes", &self.bytes.len())
            .field("file_name", &self.file_name)
            .field("mime", &self.mime)
            .field("upload_path", &self.upload_path)
            .finish()
    }
}

/// A file that the service has.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Uploaded {
    /// Its public link.
    pub url: String,
    /// When it goes away, milliseconds since 1970, where the service says so; live it does not.
    pub expires_at: Option<i64>,
}

impl Client {
    /// Uploads a file.
    ///
    /// # Errors
    /// [`CallError`] in all its kinds; [`CallError::TryLater`] also for an answer that says yes and names no link.
    pub async fn upload(&self, key: &ApiKey, file: Upload) -> Result<Uploaded, CallError> {
        let length = file.bytes.len() as u64;
        let part = |mime: &str| {
            Part::stream_with_length(file.bytes.clone(), length)
                .file_name(file.file_name.clone())
                .mime_str(mime)
        };
        let part = part(&file.mime)
            .or_else(|_| part("application/octet-stream"))
            .map_err(|error| CallError::Refused {
                code: 400,
                message: error.to_string(),
                spoken: false,
            })?;
        // The words before the bytes: a server that streams the file knows where to by then.
        let form = Form::new()
            .text("uploadPath", file.upload_path.trim_matches('/').to_owned())
            .text("fileName", file.file_name.clone())
            .part("file", part);
        let post = self
            .transport()
            .upload
            .post(self.uploads(&["api", "file-stream-upload"]))
            .multipart(form);
        let reply = transport::send(post, key, self.config().timeouts.upload).await?;
        let data = CallError::or_data(&reply)?;
        // Live it is `downloadUrl`; the quickstart's `fileUrl` was never seen.
        let url = ["downloadUrl", "fileUrl"]
            .iter()
            .filter_map(|name| data.get(*name))
            .find_map(|link| loose::links(link).into_iter().next())
            .ok_or_else(|| CallError::without("link"))?;
        Ok(Uploaded {
            url,
            expires_at: data.get("expiresAt").and_then(loose::time),
        })
    }
}
