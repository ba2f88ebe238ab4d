//! Putting images, and getting them back.

use reqwest::{Client, Response, multipart};
use serde_json::{Value, json};

use crate::desk::{Desk, KEY};

const PNG: &[u8] = b"\x89PNG\r\n\x1a\n a picture";

fn form(bytes: &[u8], name: Option<&str>) -> multipart::Form {
    let file = multipart::Part::bytes(bytes.to_vec())
        .file_name("local.png")
        .mime_str("image/png")
        .unwrap();
    let form = multipart::Form::new()
        .part("file", file)
        .text("uploadPath", "images/shotboard");
    match name {
        Some(name) => form.text("fileName", name.to_owned()),
        None => form,
    }
}

async fn put(desk: &Desk, form: multipart::Form) -> Response {
    let request = desk.client.post(desk.url("/api/file-stream-upload")).bearer_auth(KEY);
    request.multipart(form).send().await.unwrap()
}

async fn link(client: &Client, response: Response) -> (String, Vec<u8>) {
    let answer: Value = response.json().await.unwrap();
    let link = answer["data"]["downloadUrl"].as_str().unwrap().to_owned();
    let bytes = client.get(&link).send().await.unwrap().bytes().await.unwrap();
    (link, bytes.to_vec())
}

#[tokio::test]
async fn a_stream_upload_answers_in_the_live_shape_and_the_image_is_served() {
    let desk = Desk::open().await;
    let response = put(&desk, form(PNG, Some("种 子.png"))).await;
    assert_eq!(response.status(), 200);
    let answer: Value = response.json().await.unwrap();
    let data = &answer["data"];
    assert_eq!(
        (&answer["success"], &answer["code"], &data["success"]),
        (&json!(true), &json!(200), &json!(true))
    );
    assert_eq!(
        (&data["fileName"], &data["fileSize"]),
        (&json!("种 子.png"), &json!(PNG.len()))
    );
    assert_eq!(data["mimeType"], "image/png");
    let path = data["filePath"].as_str().unwrap();
    assert!(
        path.starts_with("kieai/") && path.ends_with("/images/shotboard/种 子.png"),
        "{path}"
    );
    assert!(data["uploadedAt"].as_str().unwrap().ends_with('Z'));
    let link = data["downloadUrl"].as_str().unwrap();
    assert!(link.is_ascii() && !link.contains(' '), "{link}");
    let image = desk.fetch(link, &[("Range", "bytes=1-3")]).await;
    assert_eq!((image.status, image.text().as_str()), (206, "PNG"));
    assert_eq!(desk.simulator.ledger().uploads, 1);
}

#[tokio::test]
async fn names_are_made_when_missing_and_overwrite_when_the_same() {
    let desk = Desk::open().await;
    let (first, _) = link(&desk.client, put(&desk, form(PNG, None)).await).await;
    let (second, _) = link(&desk.client, put(&desk, form(b"\xFF\xD8\xFF other", None)).await).await;
    assert!(first.ends_with(".png") && second.ends_with(".jpeg") && first != second);
    link(&desk.client, put(&desk, form(PNG, Some("same.png"))).await).await;
    let (_, bytes) = link(&desk.client, put(&desk, form(b"\x89PNG new", Some("same.png"))).await).await;
    assert_eq!(bytes, b"\x89PNG new");
}

#[tokio::test]
async fn base64_and_own_links_are_taken_foreign_links_are_not_fetched() {
    let desk = Desk::open().await;
    let put = async |path: &str, body: Value| {
        desk.client
            .post(desk.url(path))
            .bearer_auth(KEY)
            .json(&body)
            .send()
            .await
            .unwrap()
    };
    let body = json!({ "base64Data": "data:image/gif;base64,R0lGODlh", "uploadPath": "images", "fileName": "a b.gif" });
    let (gif, bytes) = link(&desk.client, put("/api/file-base64-upload", body).await).await;
    assert_eq!(bytes, b"GIF89a");
    let body = json!({ "fileUrl": gif, "uploadPath": "copies" });
    assert_eq!(
        link(&desk.client, put("/api/file-url-upload", body).await).await.1,
        b"GIF89a"
    );
    let wrong = [
        (
            "/api/file-url-upload",
            json!({ "fileUrl": "http://127.0.0.1:9/x.png", "uploadPath": "copies" }),
        ),
        (
            "/api/file-base64-upload",
            json!({ "base64Data": "!!", "uploadPath": "images" }),
        ),
        ("/api/file-base64-upload", json!({ "base64Data": "R0lG" })),
        (
            "/api/file-base64-upload",
            json!({ "base64Data": "R0lG", "uploadPath": "../up" }),
        ),
    ];
    for (path, body) in wrong {
        let refused = put(path, body.clone()).await;
        assert_eq!(refused.status(), 400, "{body}");
        let answer: Value = refused.json().await.unwrap();
        assert_eq!((&answer["success"], &answer["code"]), (&json!(false), &json!(400)));
    }
}

#[tokio::test]
async fn missing_parts_and_bad_keys_are_refused_by_status() {
    let desk = Desk::open().await;
    let bare = multipart::Form::new().part("file", multipart::Part::bytes(PNG));
    let answer: Value = put(&desk, bare).await.json().await.unwrap();
    assert_eq!(answer["msg"], "Missing required parameter: uploadPath");
    assert_eq!(
        put(&desk, multipart::Form::new().text("uploadPath", "images"))
            .await
            .status(),
        400
    );
    let stranger = desk
        .client
        .post(desk.url("/api/file-stream-upload"))
        .bearer_auth("real")
        .multipart(form(PNG, None));
    let response = stranger.send().await.unwrap();
    assert_eq!(response.status(), 401);
    let answer: Value = response.json().await.unwrap();
    assert_eq!(
        answer,
        json!({ "success": false, "code": 401, "msg": "Authentication failed: Invalid API Key" })
    );
    assert_eq!(
        desk.call(reqwest::Method::GET, "/api/file-stream-upload", None)
            .await
            .unwrap()
            .status(),
        405
    );
    let ledger = desk.simulator.ledger();
    assert_eq!((ledger.uploads, ledger.upload_requests), (0, 3));
}

#[tokio::test]
async fn upload_faults_are_asked_for_in_the_name_or_in_the_picture() {
    let desk = Desk::open().await;
    let in_name = put(&desk, form(PNG, Some("a[fault:upload-500].png"))).await;
    assert_eq!(in_name.status(), 500);
    let picture = [PNG, b"[fault:upload-401 x1]"].concat();
    assert_eq!(put(&desk, form(&picture, None)).await.status(), 401);
    assert_eq!(put(&desk, form(&picture, None)).await.status(), 200, "only once");
    let nameless: Value = put(&desk, form(PNG, Some("[fault:upload-no-url]")))
        .await
        .json()
        .await
        .unwrap();
    assert_eq!(nameless["success"], true);
    assert_eq!(nameless["data"].get("downloadUrl"), None);
}
