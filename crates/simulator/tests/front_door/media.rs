//! The files as they should be: whole, in parts, by validator, and never with a key.

use reqwest::Method;

use crate::desk::Desk;

#[tokio::test]
async fn a_video_is_served_with_length_and_strong_validators_and_head_agrees() {
    let desk = Desk::open().await;
    let link = desk.filmed("a fox").await;
    let film = desk.fetch(&link, &[]).await;
    assert_eq!((film.status, film.promised()), (200, film.body.len()));
    assert_eq!(film.header("accept-ranges"), Some("bytes"));
    let etag = film.header("etag").unwrap();
    assert!(etag.starts_with('"') && etag.ends_with('"'), "strong: {etag}");
    assert!(film.header("last-modified").unwrap().ends_with(" GMT"));

    let head = desk.client.request(Method::HEAD, &link).send().await.unwrap();
    assert_eq!(
        head.headers()["content-length"].to_str().unwrap(),
        film.body.len().to_string()
    );
    assert_eq!(head.headers()["etag"].to_str().unwrap(), etag);
    let post = desk.client.post(&link).send().await.unwrap();
    assert_eq!(post.status(), 405);
    assert_eq!(desk.simulator.ledger().downloads, 1, "a HEAD is no download");
}

#[tokio::test]
async fn parts_put_together_are_the_file() {
    let desk = Desk::open().await;
    let link = desk.filmed("a fox").await;
    let film = desk.fetch(&link, &[]).await;
    let total = film.body.len();
    let (mut joined, step) = (Vec::new(), total / 7 + 1);
    while joined.len() < total {
        let range = format!("bytes={}-{}", joined.len(), joined.len() + step - 1);
        let part = desk
            .fetch(&link, &[("Range", &range), ("If-Range", film.header("etag").unwrap())])
            .await;
        assert_eq!((part.status, part.promised()), (206, part.body.len()));
        let end = joined.len() + part.body.len() - 1;
        assert_eq!(
            part.header("content-range").unwrap(),
            format!("bytes {}-{end}/{total}", joined.len())
        );
        joined.extend_from_slice(&part.body);
    }
    assert!(joined == film.body);
    let tail = desk.fetch(&link, &[("Range", "bytes=-100")]).await;
    assert_eq!(tail.body, film.body[total - 100..]);
}

#[tokio::test]
async fn if_range_decides_between_the_part_and_the_whole() {
    let desk = Desk::open().await;
    let link = desk.filmed("a fox").await;
    let film = desk.fetch(&link, &[]).await;
    let (etag, modified) = (film.header("etag").unwrap(), film.header("last-modified").unwrap());
    let weak = format!("W/{etag}");
    let cases = [
        (etag, 206),
        (modified, 206),
        ("\"other\"", 200),
        (weak.as_str(), 200),
        ("Sun, 06 Nov 1994 08:49:37 GMT", 200),
    ];
    for (condition, status) in cases {
        let answer = desk
            .fetch(&link, &[("Range", "bytes=10-"), ("If-Range", condition)])
            .await;
        assert_eq!(answer.status, status, "{condition}");
        assert!(answer.body == film.body[if status == 206 { 10 } else { 0 }..]);
    }
}

#[tokio::test]
async fn a_range_behind_the_end_is_416_and_unknown_files_are_404() {
    let desk = Desk::open().await;
    let link = desk.filmed("a fox").await;
    let total = desk.fetch(&link, &[]).await.body.len();
    let beyond = desk.fetch(&link, &[("Range", &format!("bytes={total}-"))]).await;
    assert_eq!(
        (beyond.status, beyond.header("content-range").unwrap()),
        (416, format!("bytes */{total}").as_str())
    );
    for path in ["/v/0123.mp4", "/v/", "/v/../simulator/ledger", "/kieai/1/none.png"] {
        let answer = desk.fetch(&desk.url(path), &[]).await;
        assert_eq!(answer.status, 404, "{path}");
    }
}
