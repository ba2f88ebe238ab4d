//! A server that reads requests honestly and answers them as badly as it is told to.

use std::sync::{Arc, Mutex};
use std::time::Duration;

use kie::{ApiKey, Client, Config, Timeouts};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};
use url::Url;

pub(crate) const KEY: &str = "sk-0123456789abcdef-canary";

/// What to do with a connection.
#[derive(Clone)]
pub(crate) enum Act {
    /// Read the request, write this, and go on with the next one on the same connection.
    Answer(String),
    /// Read the request, write this, close.
    Say(String),
    /// Close without reading.
    CloseUnread,
    /// Reset without reading.
    ResetUnread,
    /// Read the request, then close.
    CloseRead,
    /// Read the request, write this, then reset.
    SayAndReset(String),
    /// Read the request and say nothing more.
    Hang,
}

/// A whole answer.
pub(crate) fn say(status: u16, headers: &str, body: &str) -> Act {
    Act::Answer(format!(
        "HTTP/1.1 {status} Whatever\r\nContent-Length: {}\r\n{headers}\r\n{body}",
        body.len()
    ))
}

/// A request as it came.
#[derive(Clone, Debug)]
pub(crate) struct Seen {
    pub(crate) line: String,
    pub(crate) headers: String,
    pub(crate) body: String,
}

impl Seen {
    pub(crate) fn header(&self, name: &str) -> Option<&str> {
        self.headers.lines().find_map(|line| {
            let (found, value) = line.split_once(": ")?;
            found.eq_ignore_ascii_case(name).then_some(value)
        })
    }
}

pub(crate) struct Stub {
    pub(crate) base: Url,
    seen: Arc<Mutex<Vec<Seen>>>,
    connections: Arc<Mutex<usize>>,
}

impl Stub {
    /// Does the same with every connection.
    pub(crate) async fn start(act: Act) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let base = format!("http://{}", listener.local_addr().unwrap());
        let (seen, connections) = (Arc::default(), Arc::default());
        let stub = Self {
            base: base.parse().unwrap(),
            seen: Arc::clone(&seen),
            connections: Arc::clone(&connections),
        };
        tokio::spawn(async move {
            while let Ok((stream, _)) = listener.accept().await {
                *connections.lock().unwrap() += 1;
                tokio::spawn(serve(stream, act.clone(), Arc::clone(&seen)));
            }
        });
        stub
    }

    pub(crate) fn requests(&self) -> Vec<Seen> {
        self.seen.lock().unwrap().clone()
    }

    pub(crate) fn connections(&self) -> usize {
        *self.connections.lock().unwrap()
    }

    pub(crate) fn client(&self) -> Client {
        client(&self.base)
    }
}

/// A client of this base that waits for tenths of a second where a real one waits for minutes.
pub(crate) fn client(base: &Url) -> Client {
    let mut config = Config::new(base.clone(), base.clone());
    config.timeouts = short();
    Client::new(config).unwrap()
}

pub(crate) fn short() -> Timeouts {
    Timeouts {
        connect: Duration::from_millis(500),
        submit: Duration::from_millis(1500),
        status: Duration::from_millis(1500),
        upload: Duration::from_millis(1500),
    }
}

pub(crate) fn key() -> ApiKey {
    ApiKey::new(KEY)
}

/// A base where nobody listens.
pub(crate) async fn closed_port() -> Url {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    format!("http://{}", listener.local_addr().unwrap()).parse().unwrap()
}

async fn serve(mut stream: TcpStream, act: Act, seen: Arc<Mutex<Vec<Seen>>>) {
    match &act {
        Act::CloseUnread => return,
        Act::ResetUnread => return reset(&stream),
        _ => {}
    }
    while let Some(request) = read_request(&mut stream).await {
        seen.lock().unwrap().push(request);
        match &act {
            Act::Answer(text) => {
                let _ = stream.write_all(text.as_bytes()).await;
            }
            Act::Say(text) => {
                let _ = stream.write_all(text.as_bytes()).await;
                let _ = stream.shutdown().await;
                return;
            }
            Act::SayAndReset(text) => {
                let _ = stream.write_all(text.as_bytes()).await;
                // Let the client read what was said before the reset throws it away.
                tokio::time::sleep(Duration::from_millis(100)).await;
                return reset(&stream);
            }
            Act::Hang => tokio::time::sleep(Duration::from_secs(60)).await,
            Act::CloseRead | Act::CloseUnread | Act::ResetUnread => return,
        }
    }
}

/// Makes the close that follows a reset.
fn reset(stream: &TcpStream) {
    stream.set_zero_linger().unwrap();
}

async fn read_request(stream: &mut TcpStream) -> Option<Seen> {
    let mut bytes = Vec::new();
    let head = loop {
        if let Some(end) = bytes.windows(4).position(|four| four == b"\r\n\r\n") {
            break end + 4;
        }
        if stream.read_buf(&mut bytes).await.ok()? == 0 {
            return None;
        }
    };
    let text = String::from_utf8(bytes[..head].to_vec()).unwrap();
    let (line, headers) = text.split_once("\r\n").unwrap();
    let mut request = Seen {
        line: line.to_owned(),
        headers: headers.trim_end().to_owned(),
        body: String::new(),
    };
    let length: usize = request
        .header("content-length")
        .map_or(0, |length| length.parse().unwrap());
    while bytes.len() < head + length {
        if stream.read_buf(&mut bytes).await.ok()? == 0 {
            return None;
        }
    }
    request.body = String::from_utf8(bytes[head..].to_vec()).unwrap();
    Some(request)
}
