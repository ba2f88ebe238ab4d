//! The upload host: three ways to put an image, one shape of answer. Nothing is ever fetched from outside.

use std::collections::HashMap;

use axum::{
    extract::{Multipart, State, multipart::MultipartRejection},
    http::{HeaderMap, StatusCode},
    response::Response,
};
use bytes::Bytes;
use serde_json::{Value, json};

use crate::{
    base64, clips, clock,
    draw::digest,
    fault::{Fault, Stage},
    mark::{marks, marks_in_bytes},
    reply::{self, msg},
    routes::media,
    stand::{Shared, Stand},
};

/// An answer that ends the request; boxed, since an answer is large.
type Refused = Box<Response>;

fn bad<T>(msg: &str) -> Result<T, Refused> {
    refuse(StatusCode::BAD_REQUEST, msg)
}

fn refuse<T>(status: StatusCode, msg: &str) -> Result<T, Refused> {
    Err(Box::new(reply::upload_failure(status, msg)))
}

/// Counts the request and gives the account its key belongs to.
fn account(stand: &Stand, headers: &HeaderMap) -> Result<String, Refused> {
    stand.world().upload_requests += 1;
    let Some(key) = reply::key(headers) else {
        return refuse(StatusCode::UNAUTHORIZED, "Authentication failed: Invalid API Key");
    };
    Ok(format!(
        "{}",
        u32::from_str_radix(&digest(&[&key])[..5], 16).unwrap_or(0)
    ))
}

/// `POST /api/file-stream-upload`: multipart with `file`, `uploadPath` and perhaps `fileName`.
pub(crate) async fn stream(
    State(stand): State<Shared>,
    headers: HeaderMap,
    form: Result<Multipart, MultipartRejection>,
) -> Response {
    let account = match account(&stand, &headers) {
        Ok(account) => account,
        Err(refusal) => return *refusal,
    };
    match read_form(form).await {
        Ok((bytes, mime, fields)) => {
            let field = |name: &str| fields.get(name).map(String::as_str);
            store(&stand, &account, bytes, mime, field("uploadPath"), field("fileName"))
                .unwrap_or_else(|refusal| *refusal)
        }
        Err(refusal) => *refusal,
    }
}

type Form = (Bytes, Option<String>, HashMap<String, String>);

async fn read_form(form: Result<Multipart, MultipartRejection>) -> Result<Form, Refused> {
    let Ok(mut form) = form else {
        return bad("The request must be multipart/form-data");
    };
    let (mut file, mut fields) = (None, HashMap::new());
    loop {
        let field = match form.next_field().await {
            Ok(Some(field)) => field,
            Ok(None) => break,
            Err(_) => return bad("The form could not be read"),
        };
        let name = field.name().unwrap_or_default().to_owned();
        let mime = field.content_type().map(str::to_owned);
        let Ok(bytes) = field.bytes().await else {
            return bad("The form could not be read");
        };
        if name == "file" {
            file = Some((bytes, mime));
        } else {
            fields.insert(name, String::from_utf8_lossy(&bytes).into_owned());
        }
    }
    match file {
        Some((bytes, mime)) => Ok((bytes, mime, fields)),
        None => bad("Missing required parameter: file"),
    }
}

/// `POST /api/file-base64-upload`.
pub(crate) async fn base64(State(stand): State<Shared>, headers: HeaderMap, body: Bytes) -> Response {
    let stored = account(&stand, &headers).and_then(|account| {
        let body: Value = serde_json::from_slice(&body).unwrap_or(Value::Null);
        let Some(data) = body["base64Data"].as_str() else {
            return bad("Missing required parameter: base64Data");
        };
        let (mime, text) = match data.strip_prefix("data:").and_then(|data| data.split_once(',')) {
            Some((kind, text)) => (kind.split(';').next().map(str::to_owned), text),
            None => (None, data),
        };
        let Some(bytes) = base64::decode(text) else {
            return bad("base64Data is not valid base64");
        };
        store(
            &stand,
            &account,
            bytes.into(),
            mime,
            body["uploadPath"].as_str(),
            body["fileName"].as_str(),
        )
    });
    stored.unwrap_or_else(|refusal| *refusal)
}

/// `POST /api/file-url-upload`: copies a file that is already here.
pub(crate) async fn url(State(stand): State<Shared>, headers: HeaderMap, body: Bytes) -> Response {
    let stored = account(&stand, &headers).and_then(|account| {
        let body: Value = serde_json::from_slice(&body).unwrap_or(Value::Null);
        let Some(link) = body["fileUrl"].as_str() else {
            return bad("Missing required parameter: fileUrl");
        };
        let Some((bytes, mime)) = own_file(&stand, link) else {
            return bad("File download failed: the stand-in only takes links that it made");
        };
        store(
            &stand,
            &account,
            bytes,
            Some(mime),
            body["uploadPath"].as_str(),
            body["fileName"].as_str(),
        )
    });
    stored.unwrap_or_else(|refusal| *refusal)
}

fn own_file(stand: &Stand, link: &str) -> Option<(Bytes, String)> {
    if let Some((_, name)) = media::own_link(link) {
        let clip = stand.world().by_link(name).map(|(task, _)| task.clip)?;
        return Some((clips::clip(clip).bytes.clone(), "video/mp4".to_owned()));
    }
    let (_, path) = link.split_once("://")?.1.split_once('/')?;
    let stored = stand.shelf().get(&decoded(path)).cloned()?;
    Some((stored.bytes, stored.mime))
}

/// Checks the names, meets the faults, stores, and answers as the live service does.
fn store(
    stand: &Stand,
    account: &str,
    bytes: Bytes,
    mime: Option<String>,
    folder: Option<&str>,
    name: Option<&str>,
) -> Result<Response, Refused> {
    let Some(folder) = folder
        .map(|folder| folder.trim_matches('/'))
        .filter(|folder| !folder.is_empty())
    else {
        return bad("Missing required parameter: uploadPath");
    };
    if bytes.is_empty() {
        return bad("The file is empty");
    }
    let mime = kind(&bytes)
        .map(str::to_owned)
        .or(mime)
        .unwrap_or_else(|| "application/octet-stream".to_owned());
    let etag = clips::etag(&bytes);
    let extension = mime.rsplit('/').next().unwrap_or("bin");
    let name = match name.filter(|name| !name.is_empty()) {
        Some(name) => name.to_owned(),
        None => format!("{}.{extension}", digest(&[&etag, &clock::now_ms().to_string()])),
    };
    if folder.split('/').any(|part| part.is_empty() || part == "..") || name.contains(['/', '\\']) || name == ".." {
        return bad("Invalid uploadPath or fileName");
    }
    let mut carried = marks(&name);
    carried.extend(marks(folder));
    carried.extend(marks_in_bytes(&bytes));
    let mut world = stand.world();
    let fault = world.trouble.strike(Stage::Upload, &carried, &etag);
    match fault {
        Some(Fault::Upload500) => {
            return refuse(StatusCode::INTERNAL_SERVER_ERROR, msg::SERVER_ERROR);
        }
        Some(Fault::Upload401) => {
            return refuse(StatusCode::UNAUTHORIZED, "Authentication failed: Invalid API Key");
        }
        _ => {}
    }
    world.uploads += 1;
    drop(world);
    let path = format!("kieai/{account}/{folder}/{name}");
    let size = bytes.len();
    let stored = stand.shelf().put(&path, bytes, mime, etag);
    let mut data = json!({
        "success": true,
        "fileName": name,
        "filePath": path,
        "fileSize": size,
        "mimeType": stored.mime,
        "uploadedAt": clock::iso(stored.at_ms),
    });
    if fault != Some(Fault::UploadNoUrl) {
        data["downloadUrl"] = json!(format!("{}/{}", stand.base, encoded(&path)));
    }
    let body = json!({ "success": true, "code": 200, "msg": "File uploaded successfully", "data": data });
    Ok(reply::json_text(StatusCode::OK, body.to_string()))
}

/// What the first bytes say a file is.
fn kind(bytes: &[u8]) -> Option<&'static str> {
    match bytes {
        [0x89, b'P', b'N', b'G', ..] => Some("image/png"),
        [0xFF, 0xD8, 0xFF, ..] => Some("image/jpeg"),
        [b'R', b'I', b'F', b'F', _, _, _, _, b'W', b'E', b'B', b'P', ..] => Some("image/webp"),
        _ => None,
    }
}

/// A path for a link: every byte that is not plain is percent-encoded.
fn encoded(path: &str) -> String {
    use std::fmt::Write;
    path.bytes().fold(String::with_capacity(path.len()), |mut text, byte| {
        match byte {
            b'A'..=b'Z' | b'a'..=b'z' | b'0'..=b'9' | b'-' | b'.' | b'_' | b'~' | b'/' => text.push(char::from(byte)),
            _ => {
                let _ = write!(text, "%{byte:02X}");
            }
        }
        text
    })
}

/// The path of a link of ours again.
fn decoded(path: &str) -> String {
    let path = path.split(['?', '#']).next().unwrap_or_default().as_bytes();
    let mut bytes = Vec::with_capacity(path.len());
    let mut at = 0;
    while at < path.len() {
        let hex = path.get(at + 1..at + 3).and_then(|hex| std::str::from_utf8(hex).ok());
        match hex
            .and_then(|hex| u8::from_str_radix(hex, 16).ok())
            .filter(|_| path[at] == b'%')
        {
            Some(byte) => {
                bytes.push(byte);
                at += 3;
            }
            None => {
                bytes.push(path[at]);
                at += 1;
            }
        }
    }
    String::from_utf8_lossy(&bytes).into_owned()
}
