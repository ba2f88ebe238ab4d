//! A server that says whatever it is told to, byte for byte, and counts who came.

use std::sync::atomic::{AtomicU64, AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};

use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};

/// What it answers to a request's head.
pub(super) enum Say {
    /// These bytes, and the end.
    Bytes(Vec<u8>),
    /// These bytes, then a piece again and again until the other side has had enough, or so many bytes went out.
    Endless {
        /// The head of the answer and of the body.
        head: Vec<u8>,
        /// What follows, over and over.
        piece: Vec<u8>,
        /// Where it ends for want of anybody to stop it.
        most: u64,
    },
}

/// The server.
pub(super) struct Wire {
    /// Its port on the loopback address.
    pub(super) port: u16,
    seen: Arc<Seen>,
}

#[derive(Default)]
struct Seen {
    connections: AtomicUsize,
    sent: AtomicU64,
    heads: Mutex<Vec<String>>,
}

impl Wire {
    /// Listens, and answers each request as `answer` says.
    pub(super) async fn listen(answer: impl Fn(&str) -> Say + Send + Sync + 'static) -> Self {
        let listener = TcpListener::bind(("127.0.0.1", 0)).await.unwrap();
        let port = listener.local_addr().unwrap().port();
        let seen = Arc::new(Seen::default());
        let (answer, told) = (Arc::new(answer), Arc::clone(&seen));
        tokio::spawn(async move {
            while let Ok((stream, _)) = listener.accept().await {
                told.connections.fetch_add(1, Ordering::SeqCst);
                let (answer, told) = (Arc::clone(&answer), Arc::clone(&told));
                tokio::spawn(async move {
                    // Whoever hangs up has had enough; that is the point.
                    let _ = serve(stream, &*answer, &told).await;
                });
            }
        });
        Self { port, seen }
    }

    /// Its address.
    pub(super) fn base(&self) -> String {
        format!("http://127.0.0.1:{}/", self.port)
    }

    /// How often somebody connected.
    pub(super) fn connections(&self) -> usize {
        self.seen.connections.load(Ordering::SeqCst)
    }

    /// How many bytes went out.
    pub(super) fn sent(&self) -> u64 {
        self.seen.sent.load(Ordering::SeqCst)
    }

    /// Everything that was asked, heads and bodies.
    pub(super) fn heard(&self) -> String {
        self.seen.heads.lock().unwrap().join("\n")
    }
}

async fn serve(mut stream: TcpStream, answer: &(impl Fn(&str) -> Say + ?Sized), seen: &Seen) -> std::io::Result<()> {
    let mut heard = Vec::new();
    let mut piece = [0; 4096];
    let head_end = loop {
        let read = stream.read(&mut piece).await?;
        heard.extend_from_slice(&piece[..read]);
        if let Some(end) = heard.windows(4).position(|window| window == b"\r\n\r\n") {
            break end;
        }
        if read == 0 || heard.len() > 1 << 20 {
            return Ok(());
        }
    };
    let head = String::from_utf8_lossy(&heard[..head_end]).into_owned();
    let body = head
        .lines()
        .filter_map(|line| line.split_once(':'))
        .find(|(name, _)| name.eq_ignore_ascii_case("content-length"))
        .and_then(|(_, length)| length.trim().parse::<usize>().ok())
        .unwrap_or(0);
    while heard.len() < head_end + 4 + body {
        let read = stream.read(&mut piece).await?;
        if read == 0 {
            break;
        }
        heard.extend_from_slice(&piece[..read]);
    }
    let said = String::from_utf8_lossy(&heard).into_owned();
    let reply = answer(&said);
    seen.heads.lock().unwrap().push(said);
    match reply {
        Say::Bytes(bytes) => send(&mut stream, &bytes, seen).await?,
        Say::Endless { head, piece, most } => {
            send(&mut stream, &head, seen).await?;
            let mut sent = 0;
            while sent < most {
                send(&mut stream, &piece, seen).await?;
                sent += piece.len() as u64;
            }
        }
    }
    stream.shutdown().await
}

async fn send(stream: &mut TcpStream, bytes: &[u8], seen: &Seen) -> std::io::Result<()> {
    for piece in bytes.chunks(1 << 16) {
        stream.write_all(piece).await?;
        seen.sent.fetch_add(piece.len() as u64, Ordering::SeqCst);
    }
    Ok(())
}

/// An answer with a body of known length.
pub(super) fn answer(status: &str, headers: &str, body: &[u8]) -> Say {
    let head = format!(
        "HTTP/1.1 {status}\r\n{headers}Content-Length: {}\r\nConnection: close\r\n\r\n",
        body.len()
    );
    Say::Bytes([head.as_bytes(), body].concat())
}

/// An answer that points elsewhere.
pub(super) fn redirect(status: &str, to: &str) -> Say {
    answer(status, &format!("Location: {to}\r\n"), b"")
}
