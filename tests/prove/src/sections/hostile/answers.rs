//! Answers of the service that are not what they should be: every endpoint of the client, over real sockets.

use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant};

use kie::{ApiKey, Client, Config, GenerateRequest, Proxy, Record, Submission, Upload};
use serde_json::json;

use super::memory::Growth;
use super::wire::{Say, Wire, answer, redirect};
use crate::Size;
use crate::table::Line;

const KEY: &str = "canary-key-0815-4711";

fn client(base: &str) -> Client {
    let base: url::Url = base.parse().unwrap();
    let mut config = Config::new(base.clone(), base);
    config.proxy = Proxy::None;
    config.timeouts.submit = Duration::from_secs(20);
    config.timeouts.status = Duration::from_secs(20);
    config.timeouts.upload = Duration::from_secs(20);
    Client::new(config).unwrap()
}

/// What the five calls gave.
struct Gave {
    /// An id that was taken for that of a bought task.
    id: Option<String>,
    /// Links that would be fetched.
    links: usize,
}

/// Every call of the client, once.
async fn call_all(client: &Client) -> Gave {
    let key = ApiKey::new(KEY);
    let request = GenerateRequest {
        prompt: "a cat".to_owned(),
        ..GenerateRequest::default()
    };
    let upload = Upload {
        bytes: b"\x89PNG".as_slice().into(),
        file_name: "a.png".to_owned(),
        mime: "image/png".to_owned(),
        upload_path: "x".to_owned(),
    };
    let link: url::Url = "https://media.example/1.mp4".parse().unwrap();
    let submission = client.generate(&key, &request).await;
    let record = client.record_info(&key, "0819").await;
    let _ = client.credit(&key).await;
    let _ = client.download_url(&key, &link).await;
    let _ = client.upload(&key, upload).await;
    Gave {
        id: match submission {
            Submission::Accepted { task_id } => Some(task_id),
            _ => None,
        },
        links: match record {
            Record::Success { result } => result.urls.len(),
            _ => 0,
        },
    }
}

/// Bodies of the wrong shape; none names a task.
fn shapes() -> Vec<Vec<u8>> {
    let deep = |open: &str, close: &str| format!("{}1{}", open.repeat(50_000), close.repeat(50_000));
    let mut shapes: Vec<String> = [
        "",
        "null",
        "true",
        "0",
        "\"\"",
        "[]",
        "{}",
        "[[[[]]]]",
        "{\"code\":null,\"msg\":null,\"data\":null}",
        "{\"code\":[],\"msg\":{},\"data\":[{}]}",
        "{\"code\":200,\"data\":\"{}\"}",
        "{\"code\":200,\"data\":[{\"taskId\":\"0819\"}]}",
        "{\"code\":200,\"data\":{\"taskId\":null}}",
        "{\"code\":200,\"data\":{\"taskId\":{}}}",
        "{\"code\":200,\"data\":{\"taskId\":[\"0819\"]}}",
        "{\"code\":200,\"data\":{\"taskId\":true}}",
        "{\"code\":200,\"data\":{\"taskId\":1.5}}",
        "{\"code\":200,\"data\":{\"taskId\":1e300}}",
        "{\"code\":200,\"data\":{\"taskId\":\"a b\"}}",
        "{\"code\":200,\"data\":{\"taskId\":\"\\u0000\"}}",
        "{\"code\":200,\"data\":{\"taskId\":\"null\"}}",
        "{\"code\":1e999}",
        "{\"code\":-9223372036854775808,\"data\":-0}",
        "{\"code\":99999999999999999999999999999999}",
        "{\"code\":\"two hundred\",\"data\":{\"successFlag\":\"yes\"}}",
        "{\"code\":200,\"data\":{\"successFlag\":1,\"response\":7}}",
        "{\"code\":200,\"data\":{\"successFlag\":1,\"response\":{\"resultUrls\":{\"a\":\"b\"}}}}",
        "{\"code\":200,\"data\":{\"successFlag\":[1],\"createTime\":\"tomorrow\",\"paramJson\":[]}}",
        "{\"code\":200,\"code\":500,\"data\":{\"taskId\":\"0819\",\"taskId\":null}}",
        "{\"code\":200,\"msg\":\"succ",
        "{\"code\":200}{\"data\":{\"taskId\":\"0819\"}}",
        "<html><title>Sign in</title></html>",
        "\u{feff}\u{feff}{\"code\":200}",
        "{'code':200,'data':{'taskId':'0819'}}",
        "NaN",
    ]
    .map(str::to_owned)
    .to_vec();
    shapes.extend([
        deep("[", "]"),
        deep("{\"data\":", "}"),
        format!("{{\"code\":200,\"data\":{}}}", deep("[", "]")),
        json!({"code": 200, "data": {"taskId": "x".repeat(1 << 18)}}).to_string(),
        json!({"code": 500, "msg": "m".repeat(1 << 18)}).to_string(),
        format!("{{\"code\":{}}}", "7".repeat(1 << 18)),
        format!("[{}]", vec!["0"; 100_000].join(",")),
    ]);
    let mut shapes: Vec<Vec<u8>> = shapes.into_iter().map(String::into_bytes).collect();
    shapes.push(b"\xff\xfe{\0\"\0".to_vec());
    shapes.push(b"{\"code\":200,\"data\":{\"taskId\":\"\xff\xff\"".to_vec());
    shapes
}

/// The lines about answers.
pub(super) async fn lines(size: Size) -> Vec<Line> {
    vec![shape().await, bounds(size).await, redirects().await]
}

async fn shape() -> Line {
    let growth = Growth::begin();
    let begin = Instant::now();
    let mut invented = 0;
    let next = Arc::new(Mutex::new(("200 OK", Vec::new())));
    let told = Arc::clone(&next);
    let wire = Wire::listen(move |_| {
        let (status, body) = &*told.lock().unwrap();
        answer(status, "Content-Type: application/json\r\n", body)
    })
    .await;
    let client = client(&wire.base());
    for body in shapes() {
        for status in ["200 OK", "422 No", "502 Bad Gateway"] {
            *next.lock().unwrap() = (status, body.clone());
            let gave = call_all(&client).await;
            invented += usize::from(gave.id.is_some()) + gave.links;
        }
    }
    // The other way round: what is right is taken, so that a deaf client would be noticed.
    *next.lock().unwrap() = ("200 OK", br#"{"code":200,"data":{"taskId":"0819ab"}}"#.to_vec());
    let heard = call_all(&client).await.id.as_deref() == Some("0819ab");
    let made = wire.connections();
    let (mib, took) = (growth.mib(), begin.elapsed());
    Line::must(
        "answers of any shape: no task and no link invented, below 150 MB",
        format!(
            "{made} answers to 5 calls in {:.1} s, {invented} invented, {mib} MiB more",
            took.as_secs_f64()
        ),
        invented == 0 && heard && made > 500 && mib < 150,
    )
}

async fn bounds(size: Size) -> Line {
    let most: u64 = if size == Size::Full { 256 << 20 } else { 64 << 20 };
    let head = |more: &str| format!("HTTP/1.1 200 OK\r\nContent-Type: application/json\r\n{more}\r\n").into_bytes();
    let endless = move |more: &'static str, piece: &'static [u8]| {
        move |_: &str| Say::Endless {
            head: head(more),
            piece: piece.repeat(4096),
            most,
        }
    };
    let bomb = gzip_bomb();
    let growth = Growth::begin();
    let begin = Instant::now();
    let wires = [
        Wire::listen(endless("", b"[0,")).await,
        Wire::listen(endless("Content-Length: 99999999999\r\n", b"    ")).await,
        Wire::listen(endless("Content-Encoding: gzip\r\n", b"\0\0\0\0")).await,
        Wire::listen(move |_| {
            answer(
                "200 OK",
                "Content-Encoding: gzip\r\nContent-Type: application/json\r\n",
                &bomb,
            )
        })
        .await,
        // A head without end.
        Wire::listen(move |_: &str| Say::Endless {
            head: b"HTTP/1.1 200 OK\r\n".to_vec(),
            piece: b"X-More: and more\r\n".repeat(512),
            most,
        })
        .await,
    ];
    let mut taken = 0;
    for wire in &wires {
        let gave = call_all(&client(&wire.base())).await;
        taken += usize::from(gave.id.is_some()) + gave.links;
    }
    let sent: u64 = wires.iter().map(Wire::sent).sum();
    let calls: usize = wires.iter().map(Wire::connections).sum();
    // Two megabytes of an answer are read, and the buffers on the way filled.
    let each = sent / calls.max(1) as u64;
    let (mib, took) = (growth.mib(), begin.elapsed());
    Line::must(
        "answers without end and compressed bombs: left after 2 MB, below 100 MB of memory",
        format!(
            "{calls} answers in {:.1} s, {:.1} MB of each went out, {mib} MiB more",
            took.as_secs_f64(),
            each as f64 / 1e6
        ),
        taken == 0 && calls == 25 && each < 16 << 20 && mib < 100 && took < Duration::from_secs(60),
    )
}

/// A gigabyte of spaces as gzip, by the rules of RFC 1951 for one stored and many repeated blocks: a member whose body
/// is a run of one byte, copied from one place before, over and over.
fn gzip_bomb() -> Vec<u8> {
    let mut bits = Bits::default();
    // One last block with fixed codes: a space, then copies of 258 bytes from a distance of one.
    bits.put(1, 1);
    bits.put(1, 2);
    bits.code(0x30 + u32::from(b' '), 8);
    for _ in 0..4_000_000 {
        bits.code(0b1100_0101, 8);
        bits.code(0, 5);
    }
    bits.code(0, 7);
    let mut bomb = vec![0x1f, 0x8b, 8, 0, 0, 0, 0, 0, 0, 3];
    bomb.extend(bits.bytes());
    bomb.extend([0; 8]);
    bomb
}

#[derive(Default)]
struct Bits {
    done: Vec<u8>,
    held: u32,
    count: u32,
}

impl Bits {
    fn put(&mut self, value: u32, width: u32) {
        for bit in 0..width {
            self.held |= (value >> bit & 1) << self.count;
            self.count += 1;
            if self.count == 8 {
                self.done.push(u8::try_from(self.held).unwrap());
                (self.held, self.count) = (0, 0);
            }
        }
    }

    /// Codes stand with their first bit first.
    fn code(&mut self, value: u32, width: u32) {
        for bit in (0..width).rev() {
            self.put(value >> bit & 1, 1);
        }
    }

    fn bytes(mut self) -> Vec<u8> {
        self.done.push(u8::try_from(self.held).unwrap());
        self.done
    }
}

async fn redirects() -> Line {
    let other = Wire::listen(|_| answer("200 OK", "", b"{\"code\":200,\"data\":{\"taskId\":\"0819\"}}")).await;
    let mut asked = 0;
    let mut taken = 0;
    for status in ["301 Moved", "302 Found", "303 See", "307 Temporary", "308 Permanent"] {
        let to = format!("{}stolen", other.base());
        let wire = Wire::listen(move |_| redirect(status, &to)).await;
        let gave = call_all(&client(&wire.base())).await;
        asked += wire.connections();
        taken += usize::from(gave.id.is_some()) + gave.links;
    }
    Line::must(
        "a redirect to another origin never carries the key, nor the paid request",
        format!(
            "{asked} calls redirected, {} came to the other origin, the key there: {}",
            other.connections(),
            if other.heard().contains(KEY) { "yes" } else { "no" }
        ),
        asked == 25 && taken == 0 && other.connections() == 0 && !other.heard().contains(KEY),
    )
}
