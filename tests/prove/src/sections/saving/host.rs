//! A media host that does as it is told, down to the byte and the reset, and beside it the four calls of the service
//! that a saver may make. Raw HTTP/1.1: what a server library would not send is what is wanted here. It counts what it
//! sent and what it was asked; nothing is taken from the engine's word.

use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant};

use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpSocket, TcpStream};

/// The key that pays, and that no media host may ever see.
pub const KEY: &str = "canary-key-5f1d";

/// One request as it came.
#[derive(Clone, Debug)]
pub struct Request {
    /// 1, 2, …, among the requests of this path.
    pub nth: usize,
    pub path: String,
    pub head: String,
    /// Where the wanted bytes begin.
    pub from: Option<usize>,
    pub if_range: Option<String>,
    pub at: Instant,
    /// Bytes of the body that were sent.
    pub sent: usize,
}

/// How an answer's body goes.
#[derive(Clone)]
pub enum Piece {
    /// These bytes.
    Bytes(Vec<u8>),
    /// These bytes, at about so many a second.
    Paced(Vec<u8>, usize),
    /// Silence.
    Wait(Duration),
    /// The same bytes for ever.
    Endless(Vec<u8>),
}

/// What is answered.
#[derive(Clone)]
pub struct Answer {
    pub status: &'static str,
    pub headers: Vec<(&'static str, String)>,
    pub body: Vec<Piece>,
    /// The connection ends with a reset.
    pub reset: bool,
}

impl Answer {
    pub fn of(status: &'static str) -> Self {
        Self {
            status,
            headers: vec![],
            body: vec![],
            reset: false,
        }
    }

    pub fn with(mut self, name: &'static str, value: impl ToString) -> Self {
        self.headers.retain(|(known, _)| *known != name);
        self.headers.push((name, value.to_string()));
        self
    }

    pub fn without(mut self, name: &str) -> Self {
        self.headers.retain(|(known, _)| *known != name);
        self
    }

    pub fn body(mut self, piece: Piece) -> Self {
        self.body.push(piece);
        self
    }

    /// The whole body, with its length.
    pub fn text(self, kind: &str, text: &str) -> Self {
        self.with("content-type", kind)
            .with("content-length", text.len())
            .body(Piece::Bytes(text.as_bytes().to_vec()))
    }

    /// Lets `count` bytes of the body through and then ends the connection.
    pub fn cut(mut self, count: usize, reset: bool) -> Self {
        let mut left = count;
        for piece in &mut self.body {
            if let Piece::Bytes(bytes) | Piece::Paced(bytes, _) = piece {
                bytes.truncate(left);
                left -= bytes.len();
            }
        }
        self.reset = reset;
        if reset {
            // What was sent is read before it is reset.
            self.body.push(Piece::Wait(Duration::from_millis(250)));
        }
        self
    }
}

/// What a good host says of a file: whole, or from where it was asked to go on.
pub fn good(file: &[u8], etag: &str, request: &Request) -> Answer {
    let from = match (request.from, &request.if_range) {
        (Some(from), Some(tag)) if tag == etag && from < file.len() => from,
        _ => return whole(file, etag),
    };
    part(file, etag, from)
}

/// The whole file.
pub fn whole(file: &[u8], etag: &str) -> Answer {
    Answer::of("200 OK")
        .with("content-type", "video/mp4")
        .with("content-length", file.len())
        .with("etag", etag)
        .body(Piece::Bytes(file.to_vec()))
}

/// The file from there on.
pub fn part(file: &[u8], etag: &str, from: usize) -> Answer {
    let range = format!("bytes {from}-{}/{}", file.len() - 1, file.len());
    Answer::of("206 Partial Content")
        .with("content-type", "video/mp4")
        .with("content-length", file.len() - from)
        .with("content-range", range)
        .with("etag", etag)
        .body(Piece::Bytes(file[from..].to_vec()))
}

type Script = dyn Fn(&Request) -> Answer + Send + Sync;

/// Counts an answer until it is dropped, however that comes.
struct UnderWay<'a>(&'a AtomicUsize);

impl<'a> UnderWay<'a> {
    fn begin(counter: &'a AtomicUsize) -> Self {
        counter.fetch_add(1, Ordering::SeqCst);
        Self(counter)
    }
}

impl Drop for UnderWay<'_> {
    fn drop(&mut self) {
        self.0.fetch_sub(1, Ordering::SeqCst);
    }
}

/// A running host.
#[derive(Clone)]
pub struct Host {
    pub port: u16,
    seen: Arc<Mutex<Vec<Request>>>,
    most_at_once: Arc<AtomicUsize>,
    connections: Arc<AtomicUsize>,
}

impl Host {
    /// Serves by `script`; the service's own paths have no answer unless the script gives one.
    pub async fn start(script: impl Fn(&Request) -> Answer + Send + Sync + 'static) -> Self {
        let socket = TcpSocket::new_v4().expect("a socket");
        // What lies in buffers counts as sent: they are kept small.
        socket.set_send_buffer_size(64 << 10).expect("a small buffer");
        socket.bind("127.0.0.1:0".parse().expect("an address")).expect("a port");
        Self::on(socket.listen(512).expect("a listener"), script)
    }

    /// The same on a listener.
    pub fn on(listener: TcpListener, script: impl Fn(&Request) -> Answer + Send + Sync + 'static) -> Self {
        let host = Self {
            port: listener.local_addr().expect("bound").port(),
            seen: Arc::default(),
            most_at_once: Arc::default(),
            connections: Arc::default(),
        };
        let (serving, script) = (host.clone(), Arc::new(script));
        let at_once = Arc::new(AtomicUsize::new(0));
        tokio::spawn(async move {
            while let Ok((stream, _)) = listener.accept().await {
                let (host, script, at_once) = (serving.clone(), Arc::clone(&script) as Arc<Script>, at_once.clone());
                host.connections.fetch_add(1, Ordering::SeqCst);
                tokio::spawn(async move {
                    let _ = host.serve(stream, &script, &at_once).await;
                });
            }
        });
        host
    }

    pub fn link(&self, path: &str) -> String {
        format!("http://127.0.0.1:{}{path}", self.port)
    }

    /// Every request so far.
    pub fn seen(&self) -> Vec<Request> {
        self.seen.lock().expect("not poisoned").clone()
    }

    /// The requests for files.
    pub fn files(&self) -> Vec<Request> {
        let all = self.seen().into_iter();
        all.filter(|request| !request.path.starts_with("/api/")).collect()
    }

    /// How often one of the service's paths was called.
    pub fn calls(&self, path: &str) -> usize {
        self.seen().iter().filter(|request| request.path.contains(path)).count()
    }

    /// Bytes of files that were sent.
    pub fn sent(&self) -> usize {
        self.files().iter().map(|request| request.sent).sum()
    }

    /// Every connection so far, also one that asked for nothing.
    pub fn connections(&self) -> usize {
        self.connections.load(Ordering::SeqCst)
    }

    /// The most files at one time whose last bytes had not left.
    pub fn most_at_once(&self) -> usize {
        self.most_at_once.load(Ordering::SeqCst)
    }

    async fn serve(&self, mut stream: TcpStream, script: &Arc<Script>, at_once: &AtomicUsize) -> std::io::Result<()> {
        let Some(head) = read_head(&mut stream).await? else {
            return Ok(());
        };
        let (request, index) = self.note(head);
        // The service's own paths, such as the balance, are no files.
        let mut under_way = (!request.path.starts_with("/api/")).then(|| UnderWay::begin(at_once));
        self.most_at_once
            .fetch_max(at_once.load(Ordering::SeqCst), Ordering::SeqCst);
        let answer = script(&request);
        let mut head = format!("HTTP/1.1 {}\r\nconnection: close\r\n", answer.status);
        for (name, value) in &answer.headers {
            head.push_str(&format!("{name}: {value}\r\n"));
        }
        stream.write_all(format!("{head}\r\n").as_bytes()).await?;
        // Whoever asked may go on as soon as the last piece is there, before this end has heard of it.
        let last = answer.body.len().saturating_sub(1);
        for (nth, piece) in answer.body.into_iter().enumerate() {
            if nth == last {
                under_way = None;
            }
            match piece {
                Piece::Bytes(bytes) => self.send(&mut stream, &bytes, index).await?,
                Piece::Paced(bytes, rate) => {
                    let each = (rate / 50).max(1);
                    for some in bytes.chunks(each) {
                        self.send(&mut stream, some, index).await?;
                        tokio::time::sleep(Duration::from_millis(20)).await;
                    }
                }
                Piece::Wait(silence) => {
                    stream.flush().await?;
                    tokio::time::sleep(silence).await;
                }
                Piece::Endless(bytes) => loop {
                    self.send(&mut stream, &bytes, index).await?;
                },
            }
        }
        drop(under_way);
        stream.flush().await?;
        if answer.reset {
            stream.set_zero_linger()?;
        } else {
            stream.shutdown().await?;
        }
        Ok(())
    }

    async fn send(&self, stream: &mut TcpStream, bytes: &[u8], index: usize) -> std::io::Result<()> {
        for some in bytes.chunks(16 << 10) {
            stream.write_all(some).await?;
            self.seen.lock().expect("not poisoned")[index].sent += some.len();
        }
        Ok(())
    }

    fn note(&self, head: String) -> (Request, usize) {
        let path = head.split(' ').nth(1).unwrap_or_default().to_owned();
        let header = |name: &str| {
            let lines = head.lines().skip(1).filter_map(|line| line.split_once(": "));
            let mut found = lines.filter(|(known, _)| known.eq_ignore_ascii_case(name));
            found.next().map(|(_, value)| value.to_owned())
        };
        let from = header("range").and_then(|range| range.strip_prefix("bytes=")?.strip_suffix('-')?.parse().ok());
        let mut seen = self.seen.lock().expect("not poisoned");
        let request = Request {
            nth: seen.iter().filter(|known| known.path == path).count() + 1,
            from,
            if_range: header("if-range"),
            path,
            at: Instant::now(),
            sent: 0,
            head,
        };
        seen.push(request.clone());
        (request, seen.len() - 1)
    }
}

async fn read_head(stream: &mut TcpStream) -> std::io::Result<Option<String>> {
    let mut head = vec![];
    while !head.ends_with(b"\r\n\r\n") {
        let mut byte = [0];
        if head.len() > 64 << 10 || stream.read(&mut byte).await? == 0 {
            return Ok(None);
        }
        head.push(byte[0]);
    }
    Ok(Some(String::from_utf8_lossy(&head).into_owned()))
}

/// What the service answers in its envelope.
pub fn envelope(code: i64, data: serde_json::Value) -> Answer {
    let message = if code == 200 { "success" } else { "no" };
    let text = serde_json::json!({ "code": code, "msg": message, "data": data }).to_string();
    Answer::of("200 OK").text("application/json", &text)
}

/// The record of a finished task with this link.
pub fn record(link: &str) -> Answer {
    envelope(
        200,
        serde_json::json!({
            "taskId": "t", "paramJson": "{}", "successFlag": 1, "errorCode": null, "errorMessage": null,
            "response": { "taskId": "t", "resultUrls": [link] },
        }),
    )
}
