//! Services that repeat the key they are sent, and another origin that writes down all it is sent.

use std::sync::{Arc, Mutex};

use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::{TcpListener, TcpStream};

/// How a key is repeated.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Dress {
    /// 422 in JSON, the header as it came.
    Json,
    /// 422 in JSON, every letter escaped.
    Escaped,
    /// 422 in JSON within JSON, every letter escaped twice.
    Nested,
    /// 401, as it is.
    WrongKey,
    /// 403 as a web page with all headers in it.
    Edge,
    /// 502 as a web page with all headers in it.
    Gateway,
    /// 500 in JSON, percent-encoded, in base64, in hex, backwards.
    Encoded,
    /// 200, no JSON, in UTF-16.
    Wide,
    /// An answer that breaks off in the middle of the key.
    Half,
    /// A status line that is the key.
    StatusLine,
    /// Accepted, with an id that holds the key, and links that do.
    Accepted,
    /// 307 to the other origin.
    Redirect,
}

impl Dress {
    pub(super) const ALL: [Self; 12] = [
        Self::Json,
        Self::Escaped,
        Self::Nested,
        Self::WrongKey,
        Self::Edge,
        Self::Gateway,
        Self::Encoded,
        Self::Wide,
        Self::Half,
        Self::StatusLine,
        Self::Accepted,
        Self::Redirect,
    ];
}

/// A service, and what it was sent.
pub(super) struct Service {
    pub(super) base: String,
    heard: Arc<Mutex<Vec<u8>>>,
}

impl Service {
    /// Repeats keys. `other`: where redirects point.
    pub(super) async fn echo(dress: Dress, other: &str) -> Self {
        let other = other.to_owned();
        Self::start(move |head| answer(dress, head, &other)).await
    }

    /// The other origin: says no to everything.
    pub(super) async fn elsewhere() -> Self {
        Self::start(|_| plain(404, "text/plain", "nothing here")).await
    }

    /// A service that takes one shot and gives it, with a link that leads elsewhere.
    pub(super) async fn with_media_at(other: &str) -> Self {
        let other = other.to_owned();
        Self::start(move |head| {
            let own = header(head, "host");
            let path = head.split(' ').nth(1).unwrap_or_default();
            if path.contains("generate") {
                json(r#"{"code":200,"msg":"success","data":{"taskId":"0123456789abcdef0123456789abcdef"}}"#)
            } else if path.contains("record-info") {
                json(&format!(
                    r#"{{"code":200,"msg":"success","data":{{"taskId":"0123456789abcdef0123456789abcdef","successFlag":1,"response":{{"resultUrls":["http://{own}/media/a.mp4"]}}}}}}"#
                ))
            } else if path.contains("media") {
                format!("HTTP/1.1 302 Found\r\nLocation: {other}/b.mp4\r\nContent-Length: 0\r\nConnection: close\r\n\r\n")
                    .into_bytes()
            } else if path.contains("credit") {
                json(r#"{"code":200,"msg":"success","data":100}"#)
            } else {
                json(r#"{"code":422,"msg":"no","data":null}"#)
            }
        })
        .await
    }

    pub(super) fn heard(&self) -> Vec<u8> {
        self.heard.lock().unwrap().clone()
    }

    async fn start(answer: impl Fn(&str) -> Vec<u8> + Send + Sync + 'static) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let base = format!("http://{}", listener.local_addr().unwrap());
        let heard = Arc::new(Mutex::new(Vec::new()));
        let (kept, answer) = (Arc::clone(&heard), Arc::new(answer));
        tokio::spawn(async move {
            while let Ok((connection, _)) = listener.accept().await {
                let (kept, answer) = (Arc::clone(&kept), Arc::clone(&answer));
                tokio::spawn(async move { serve(connection, &kept, &*answer).await });
            }
        });
        Self { base, heard }
    }
}

async fn serve(mut connection: TcpStream, heard: &Mutex<Vec<u8>>, answer: &(dyn Fn(&str) -> Vec<u8> + Send + Sync)) {
    let mut bytes = Vec::new();
    let mut piece = [0; 4096];
    let whole = |bytes: &[u8]| {
        let text = String::from_utf8_lossy(bytes).into_owned();
        let (head, body) = text.split_once("\r\n\r\n")?;
        let length = header(head, "content-length").parse().unwrap_or(0);
        (body.len() >= length).then(|| head.to_owned())
    };
    let head = loop {
        match connection.read(&mut piece).await {
            Ok(0) | Err(_) => return,
            Ok(read) => {
                bytes.extend_from_slice(&piece[..read]);
                heard.lock().unwrap().extend_from_slice(&piece[..read]);
                if let Some(head) = whole(&bytes) {
                    break head;
                }
            }
        }
    };
    let _ = connection.write_all(&answer(&head)).await;
    let _ = connection.shutdown().await;
}

fn header(head: &str, name: &str) -> String {
    let lines = head.lines().filter_map(|line| line.split_once(':'));
    let mut found = lines.filter(|(one, _)| one.eq_ignore_ascii_case(name));
    found
        .next()
        .map(|(_, value)| value.trim().to_owned())
        .unwrap_or_default()
}

fn plain(status: u16, kind: &str, body: &str) -> Vec<u8> {
    format!(
        "HTTP/1.1 {status} X\r\nContent-Type: {kind}\r\nContent-Length: {}\r\nConnection: close\r\n\r\n{body}",
        body.len()
    )
    .into_bytes()
}

fn json(body: &str) -> Vec<u8> {
    plain(200, "application/json", body)
}

fn answer(dress: Dress, head: &str, other: &str) -> Vec<u8> {
    let bearer = header(head, "authorization");
    let key = bearer.trim_start_matches("Bearer ").to_owned();
    let each = |form: &dyn Fn(u8) -> String| bearer.bytes().map(form).collect::<String>();
    let refused = |code: u16, words: &str| format!(r#"{{"code":{code},"msg":"no account for {words}","data":null}}"#);
    let page = format!("<html><head><title>Denied {bearer}</title></head><body><pre>{head}</pre></body></html>");
    match dress {
        Dress::Json => json(&refused(422, &bearer)),
        Dress::Escaped => json(&refused(422, &each(&|byte| format!("\\u{byte:04x}")))),
        Dress::Nested => {
            let inner = each(&|byte| format!("\\\\u{byte:04x}"));
            json(&refused(422, &format!("{{\\\"key\\\":\\\"{inner}\\\"}}")))
        }
        Dress::WrongKey => json(&refused(401, &bearer)),
        Dress::Edge => plain(403, "text/html", &page),
        Dress::Gateway => plain(502, "text/html", &page),
        Dress::Encoded => {
            let percent = each(&|byte| format!("%{byte:02x}"));
            let hex = each(&|byte| format!("{byte:02x}"));
            let backwards: String = bearer.chars().rev().collect();
            let base64 = base64(format!("user:{key}:x").as_bytes());
            json(&refused(500, &format!("{percent} {hex} {backwards} {base64}")))
        }
        Dress::Wide => {
            let wide: Vec<u8> = page.encode_utf16().flat_map(u16::to_le_bytes).collect();
            let head = format!(
                "HTTP/1.1 200 OK\r\nContent-Type: text/html\r\nContent-Length: {}\r\nConnection: close\r\n\r\n",
                wide.len()
            );
            [head.as_bytes(), &wide].concat()
        }
        Dress::Half => {
            let body = format!(r#"{{"code":200,"msg":"you sent {}"#, &bearer[..bearer.len() - 6]);
            format!("HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: 5000\r\n\r\n{body}")
                .into_bytes()
        }
        Dress::StatusLine => format!("{bearer}\r\n{bearer}: {bearer}\r\n\r\n").into_bytes(),
        Dress::Accepted => json(&format!(
            r#"{{"code":200,"msg":"{bearer}","data":{{"taskId":"{key}","successFlag":1,"errorMessage":"{bearer}","paramJson":"{{\"token\":\"{bearer}\"}}","response":{{"resultUrls":["{other}/{key}.mp4?key={key}"]}}}}}}"#
        )),
        Dress::Redirect => format!(
            "HTTP/1.1 307 X\r\nLocation: {other}/api?from={bearer}\r\nContent-Length: 0\r\nConnection: close\r\n\r\n"
        )
        .into_bytes(),
    }
}

fn base64(bytes: &[u8]) -> String {
    const LETTERS: &[u8; 64] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    let mut text = String::new();
    for three in bytes.chunks(3) {
        let value = three.iter().fold(0u32, |value, byte| value << 8 | u32::from(*byte)) << (8 * (3 - three.len()));
        let letters = (0..4).map(|at| char::from(LETTERS[(value >> (18 - 6 * at) & 63) as usize]));
        text.extend(letters.take(three.len() + 1));
    }
    text
}
