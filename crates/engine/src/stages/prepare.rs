//! Seed images on their way to the service: once for each content, under a name made from its hash.

use std::sync::Arc;
use std::time::Duration;

use bytes::Bytes;
use kie::{CallError, Upload};

use crate::clock::millis;
use crate::engine::core::{Core, locked};
use crate::error::Result;
use crate::keys::NamedKey;
use crate::library::images;
use crate::pictures;
use crate::trouble::rows::buying;
use crate::trouble::{AccountProblem, Told, Trouble};
use crate::view::ImageRef;

/// How long an upload is taken to live where the service does not say: the shorter of the documented times.
const LIVES: Duration = Duration::from_secs(24 * 3600);
/// An upload must live at least this much longer to be used: generation may fetch it late.
const MARGIN: Duration = Duration::from_secs(3600);
const UPLOAD_PATH: &str = "shotboard";

/// Why the images are not at the service.
pub(crate) enum NotReady {
    /// This task cannot go on like this.
    Never(Trouble),
    /// Nothing can: the account is refused.
    Nobody(Trouble),
    /// The network or the service is away; try again after this long.
    Later(Duration),
}

/// The links of a task's images, in order; uploads what is not there yet.
pub(crate) async fn links(
    core: &Arc<Core>,
    key: &NamedKey,
    images: &[ImageRef],
) -> Result<std::result::Result<Vec<String>, NotReady>> {
    let mut urls = Vec::with_capacity(images.len());
    for image in images {
        let url = match image {
            ImageRef::Link { url } => url.clone(),
            ImageRef::Kept { hash, name } => match upload(core, key, hash, name).await? {
                Ok(url) => url,
                Err(not_ready) => return Ok(Err(not_ready)),
            },
        };
        urls.push(url);
    }
    Ok(Ok(urls))
}

async fn upload(
    core: &Arc<Core>,
    key: &NamedKey,
    hash: &str,
    name: &str,
) -> Result<std::result::Result<String, NotReady>> {
    let turn = Arc::clone(locked(&core.uploading).entry(hash.to_owned()).or_default());
    let _turn = turn.lock().await;
    let (host, wanted, until) = (core.upload_host.clone(), hash.to_owned(), core.now() + millis(MARGIN));
    if let Some(url) = core
        .library
        .read(move |db| images::uploaded(db, &wanted, &host, until))
        .await?
    {
        return Ok(Ok(url));
    }
    let wanted = hash.to_owned();
    let Some(kept) = core.library.read(move |db| images::get(db, &wanted)).await? else {
        return Ok(Err(NotReady::Never(gone(name))));
    };
    let path = pictures::path(core.library.directory(), &kept);
    let Ok(bytes) = tokio::fs::read(&path).await else {
        return Ok(Err(NotReady::Never(gone(name))));
    };
    let file = Upload {
        bytes: Bytes::from(bytes),
        file_name: format!("{}.{}", kept.hash, kept.format),
        mime: pictures::mime(&kept).to_owned(),
        upload_path: UPLOAD_PATH.to_owned(),
    };
    let answer = core.service().upload(&key.key, file).await;
    Ok(match answer {
        Ok(uploaded) => {
            crash_point!("submit::image_uploaded");
            core.network_works();
            let expires = uploaded.expires_at.unwrap_or(i64::MAX).min(core.now() + millis(LIVES));
            let (hash, host, url) = (hash.to_owned(), core.upload_host.clone(), uploaded.url.clone());
            core.library
                .write(move |tx| images::put_upload(tx, &hash, &host, &url, expires))
                .await?;
            crash_point!("submit::image_noted");
            Ok(uploaded.url)
        }
        Err(CallError::RefusedAll { why, message, .. }) => Err(NotReady::Nobody(Trouble::Account {
            why: AccountProblem::from(why),
            service: message,
        })),
        // The upload host has this path: a login page on the way has not, and the picture is not to blame.
        Err(CallError::Refused {
            code: 404 | 405,
            message,
            spoken: false,
        }) => Err(not_now(core, None, &message)),
        Err(CallError::Refused { message, .. }) => Err(NotReady::Never(Trouble::ImageRefused {
            name: name.to_owned(),
            service: message,
        })),
        Err(CallError::TryLater { retry_after, detail }) => Err(not_now(core, retry_after, &detail)),
    })
}

fn not_now(core: &Core, asked: Option<Duration>, detail: &str) -> NotReady {
    tracing::warn!(%detail, "an image could not be uploaded; trying again");
    let wait = core.network_failed();
    NotReady::Later(asked.map_or(wait, |asked| asked.min(Duration::from_secs(300)).max(wait)))
}

fn gone(name: &str) -> Trouble {
    Trouble::request(&Told::new(&buying::IMAGE_COPY_GONE).with("name", name))
}
