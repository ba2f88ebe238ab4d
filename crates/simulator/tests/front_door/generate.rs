//! Buying: what is accepted, what is refused, and the records as they were recorded.

use std::time::Duration;

use serde_json::{Value, json};
use simulator::Options;

use crate::desk::{Desk, quick};

#[tokio::test]
async fn a_task_goes_from_pending_to_a_playable_link_in_the_recorded_bodies() {
    let desk = Desk::with(Options {
        speed: 1.0,
        median: Duration::from_millis(400),
        ..quick()
    })
    .await;
    let id = desk.buy("a fox in the snow").await;
    assert!(
        id.len() == 32 && id.bytes().all(|byte| matches!(byte, b'0'..=b'9' | b'a'..=b'f')),
        "{id}"
    );

    let mut pending = desk.record(&id).await;
    let created = pending["data"]["createTime"].take().as_i64().unwrap();
    let param = pending["data"]["paramJson"].take();
    let expected = json!({ "code": 200, "msg": "success", "data": {
        "taskId": id, "paramJson": null, "response": null, "successFlag": 0, "fallbackFlag": false,
        "completeTime": null, "createTime": null, "errorCode": null, "errorMessage": "" } });
    assert_eq!(pending, expected);
    assert_eq!(created % 1000, 0, "milliseconds of whole seconds");
    let param: Value = serde_json::from_str(param.as_str().unwrap()).unwrap();
    let asked = json!({ "prompt": "a fox in the snow", "model": "veo3_fast", "aspectRatio": "16:9",
        "generationType": "TEXT_2_VIDEO", "resolution": "720p", "duration": 8, "enableTranslation": true,
        "enableFallback": false });
    assert_eq!(param, asked);

    let data = desk.ended(&id).await;
    let link = data["response"]["resultUrls"][0].as_str().unwrap();
    let seed = data["response"]["seeds"][0].as_i64().unwrap();
    let response = json!({ "taskId": id, "resolution": "720p", "originUrls": null, "resultUrls": [link],
        "fullResultUrls": null, "hasAudioList": [true], "seeds": [seed] });
    assert_eq!(data["response"], response);
    assert!((10_000..=99_999).contains(&seed));
    assert_eq!(
        (&data["successFlag"], &data["errorCode"], &data["errorMessage"]),
        (&json!(1), &json!(null), &json!(null))
    );
    assert!(data["completeTime"].as_i64().unwrap() >= created);
    let film = desk.fetch(link, &[]).await;
    assert_eq!((film.status, film.header("content-type")), (200, Some("video/mp4")));
    assert_eq!(&film.body[4..8], b"ftyp");
}

#[tokio::test]
async fn unknown_and_missing_ids_are_told_as_recorded() {
    let desk = Desk::open().await;
    let unknown = desk.record("00ff").await;
    assert_eq!(
        unknown,
        json!({ "code": 422, "msg": "Record not found for taskId: 00ff", "data": null })
    );
    assert_eq!(desk.get("/api/v1/veo/record-info").await["code"], 422);
}

#[tokio::test]
async fn every_documented_field_is_taken_and_shown_again() {
    let desk = Desk::open().await;
    let body = json!({ "prompt": "两只狐狸", "imageUrls": ["https://example.com/a.png"], "model": "veo3",
        "aspect_ratio": "9:16", "resolution": "1080p", "duration": 4,
        "generationType": "FIRST_AND_LAST_FRAMES_2_VIDEO", "seeds": 12345, "watermark": "mine",
        "callBackUrl": "https://example.com/back", "enableFallback": true, "enableTranslation": false });
    let id = desk.generate(&body).await["data"]["taskId"]
        .as_str()
        .unwrap()
        .to_owned();
    let data = desk.ended(&id).await;
    let param: Value = serde_json::from_str(data["paramJson"].as_str().unwrap()).unwrap();
    let asked = json!({ "prompt": "两只狐狸", "model": "veo3", "aspectRatio": "9:16",
        "generationType": "FIRST_AND_LAST_FRAMES_2_VIDEO", "resolution": "1080p", "duration": 4,
        "enableTranslation": false, "enableFallback": true, "imageUrls": ["https://example.com/a.png"],
        "waterMark": "mine", "seeds": 12345 });
    assert_eq!(param, asked);
    assert_eq!(data["response"]["seeds"], json!([12345]));
    assert_eq!(data["response"]["resolution"], "1080p");
    let ledger = desk.simulator.ledger();
    assert_eq!((&ledger.accepted[0].body, ledger.accepted[0].credits), (&body, 255.0));
}

#[tokio::test]
async fn what_is_documented_as_wrong_is_refused_with_422_and_costs_nothing() {
    let desk = Desk::open().await;
    let one = json!(["https://example.com/1.png"]);
    let four = json!([
        "https://e.com/1",
        "https://e.com/2",
        "https://e.com/3",
        "https://e.com/4"
    ]);
    let wrong = [
        json!({}),
        json!({ "prompt": "  " }),
        json!({ "prompt": 7 }),
        json!({ "prompt": "x", "model": "veo4" }),
        json!({ "prompt": "x", "aspect_ratio": "4:3" }),
        json!({ "prompt": "x", "aspectRatio": "auto" }),
        json!({ "prompt": "x", "resolution": "1080P" }),
        json!({ "prompt": "x", "duration": 5 }),
        json!({ "prompt": "x", "duration": "8" }),
        json!({ "prompt": "x", "seeds": 9999 }),
        json!({ "prompt": "x", "seeds": 100_000 }),
        json!({ "prompt": "x", "generationType": "IMAGE_2_VIDEO" }),
        json!({ "prompt": "x", "generationType": "TEXT_2_VIDEO", "imageUrls": one }),
        json!({ "prompt": "x", "generationType": "FIRST_AND_LAST_FRAMES_2_VIDEO" }),
        json!({ "prompt": "x", "imageUrls": four }),
        json!({ "prompt": "x", "generationType": "REFERENCE_2_VIDEO" }),
        json!({ "prompt": "x", "generationType": "REFERENCE_2_VIDEO", "imageUrls": four }),
        json!({ "prompt": "x", "generationType": "REFERENCE_2_VIDEO", "imageUrls": one, "model": "veo3" }),
        json!({ "prompt": "x", "generationType": "REFERENCE_2_VIDEO", "imageUrls": one, "duration": 4 }),
        json!({ "prompt": "x", "imageUrls": ["data:image/png;base64,AAAA"] }),
        json!({ "prompt": "x", "imageUrls": ["/home/me/a.png"] }),
        json!({ "prompt": "x", "imageUrls": "https://example.com/1.png" }),
    ];
    for body in &wrong {
        let answer = desk.generate(body).await;
        assert_eq!(
            (&answer["code"], &answer["data"]),
            (&json!(422), &Value::Null),
            "{body}"
        );
        assert!(!answer["msg"].as_str().unwrap().is_empty());
    }
    let right = [
        json!({ "prompt": "x", "imageUrls": [], "seeds": null }),
        json!({ "prompt": "x", "aspectRatio": "Auto", "imageUrls": one }),
        json!({ "prompt": "x", "generationType": "REFERENCE_2_VIDEO", "imageUrls": one, "model": "veo3_lite" }),
    ];
    for body in &right {
        assert_eq!(desk.generate(body).await["code"], 200, "{body}");
    }
    let ledger = desk.simulator.ledger();
    assert_eq!(
        (ledger.accepted.len(), ledger.posts.len()),
        (right.len(), wrong.len() + right.len())
    );
}

#[tokio::test]
async fn both_spellings_of_the_ratio_choose_the_shape_of_the_video() {
    let desk = Desk::open().await;
    // The track header holds width and height as the last two 16.16 numbers.
    let shape = async |field: &str, ratio: &str| {
        let answer = desk.generate(&json!({ "prompt": "shape", field: ratio })).await;
        let data = desk.ended(answer["data"]["taskId"].as_str().unwrap()).await;
        let film = desk
            .fetch(data["response"]["resultUrls"][0].as_str().unwrap(), &[])
            .await
            .body;
        let at = film.windows(4).position(|four| four == b"tkhd").unwrap() + 4;
        (
            u16::from_be_bytes([film[at + 76], film[at + 77]]),
            u16::from_be_bytes([film[at + 80], film[at + 81]]),
        )
    };
    assert_eq!(shape("aspect_ratio", "16:9").await, (640, 360));
    assert_eq!(shape("aspect_ratio", "9:16").await, (360, 640));
    assert_eq!(shape("aspectRatio", "9:16").await, (360, 640));
}

#[tokio::test]
async fn a_seed_repeats_ids_whatever_the_order_of_requests() {
    let (first, second) = (Desk::open().await, Desk::open().await);
    let (a, b) = (first.buy("a").await, first.buy("b").await);
    assert_eq!((second.buy("b").await, second.buy("a").await), (b, a.clone()));
    assert_ne!(first.buy("a").await, a, "bought again it is another task");
}

#[tokio::test]
async fn larger_files_and_extensions_follow_the_documented_dance() {
    let desk = Desk::with(Options {
        speed: 600.0,
        median: Duration::from_secs(12),
        ..quick()
    })
    .await;
    let id = desk.buy("a fox").await;
    desk.ended(&id).await;
    let hd = format!("/api/v1/veo/get-1080p-video?taskId={id}&index=0");
    let first = desk.get(&hd).await;
    assert_eq!(first["code"], 400);
    assert!(first["msg"].as_str().unwrap().starts_with("1080P is processing."));
    let four_k = desk.post("/api/v1/veo/get-4k-video", &json!({ "taskId": id })).await;
    assert_eq!(
        (&four_k["code"], &four_k["data"]["resultUrls"]),
        (&json!(200), &Value::Null)
    );
    let waiting = desk.post("/api/v1/veo/get-4k-video", &json!({ "taskId": id })).await;
    assert!(waiting["code"] == 422 && waiting["msg"].as_str().unwrap().starts_with("4k is processing."));
    tokio::time::sleep(Duration::from_millis(600)).await;
    let link = desk.get(&hd).await["data"]["resultUrl"].as_str().unwrap().to_owned();
    assert_eq!(desk.fetch(&link, &[]).await.status, 200);
    let ready = desk.post("/api/v1/veo/get-4k-video", &json!({ "taskId": id })).await;
    assert_eq!(ready["code"], 422, "even its success is a 422");
    assert!(ready["data"]["resultUrls"][0].as_str().unwrap().contains("/p/"));
    assert_eq!(desk.credit().await, 10_000.0 - 60.0 - 5.0 - 120.0, "each is paid once");

    let extension = json!({ "taskId": id, "prompt": "it runs on", "model": "lite" });
    let longer = desk.post("/api/v1/veo/extend", &extension).await["data"]["taskId"]
        .as_str()
        .unwrap()
        .to_owned();
    assert_ne!(longer, id);
    assert!(desk.ended(&longer).await["response"]["fullResultUrls"][0].is_string());
    for path in ["/api/v1/veo/extend", "/api/v1/veo/get-4k-video"] {
        let unknown = desk.post(path, &json!({ "taskId": "none", "prompt": "x" })).await;
        assert_eq!(
            unknown,
            json!({ "code": 422, "msg": "Record does not exist", "data": null })
        );
    }
}
