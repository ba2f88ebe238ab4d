//! The connection itself: a listener whose sockets can be cut or reset on purpose.
//!
//! A handler arms a cut, then answers as usual; the socket lets the agreed number of bytes through and fails. So the
//! client sees on the wire what a broken service shows, and every handler stays an ordinary function. Stopping the
//! stand-in ends all its connections too: a pooled one must not go on talking to a service that is gone. And at the
//! door itself a connection can be reset before a byte of it is read.

use std::{
    future::Future,
    io,
    net::SocketAddr,
    pin::Pin,
    sync::{
        Arc, Mutex, PoisonError,
        atomic::{AtomicU32, AtomicU64, Ordering},
    },
    task::{Context, Poll},
    time::Duration,
};

use axum::{extract::connect_info::Connected, serve::IncomingStream};
use tokio::{
    io::{AsyncRead, AsyncWrite, ReadBuf},
    net::{TcpListener, TcpStream},
};
use tokio_util::sync::{CancellationToken, WaitForCancellationFutureOwned};

/// How a cut connection ends.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum End {
    /// An orderly close (FIN).
    Close,
    /// A TCP RST.
    Reset,
}

#[derive(Debug)]
struct Cut {
    /// Bytes of the body that still pass; `None`: not even the head.
    body: Option<usize>,
    /// How much of the blank line after the head has gone by; 4 is all of it.
    head_matched: usize,
    end: End,
}

impl Cut {
    /// Where the body begins in `bytes` (its end, if not in here), and how much of the blank line is seen by then.
    fn scan(&self, bytes: &[u8]) -> (usize, usize) {
        let mut matched = self.head_matched;
        for (index, byte) in bytes.iter().enumerate() {
            if matched == 4 {
                return (index, matched);
            }
            matched = match (matched, byte) {
                (0 | 2, b'\r') | (1 | 3, b'\n') => matched + 1,
                (_, b'\r') => 1,
                _ => 0,
            };
        }
        (bytes.len(), matched)
    }

    /// How many of these bytes may pass.
    fn admit(&self, bytes: &[u8]) -> usize {
        let (body_at, _) = self.scan(bytes);
        self.body
            .map_or(0, |body| body_at.saturating_add(body).min(bytes.len()))
    }

    fn passed(&mut self, bytes: &[u8]) {
        let (body_at, matched) = self.scan(bytes);
        self.head_matched = matched;
        if let Some(body) = self.body.as_mut() {
            *body = body.saturating_sub(bytes.len() - body_at);
        }
    }
}

/// A handler's hold on its own connection.
#[derive(Clone, Debug, Default)]
pub(crate) struct Wire {
    cut: Arc<Mutex<Option<Cut>>>,
    /// Requests that came over this connection.
    requests: Arc<AtomicU32>,
}

impl Wire {
    /// Notes one more request.
    pub(crate) fn saw_request(&self) {
        self.requests.fetch_add(1, Ordering::SeqCst);
    }

    /// Whether the present request is the first that came over this connection.
    pub(crate) fn is_fresh(&self) -> bool {
        self.requests.load(Ordering::SeqCst) <= 1
    }

    /// The answer's head and `body` bytes of its body pass, then the connection ends.
    pub(crate) fn cut_after(&self, body: usize, end: End) {
        self.arm(Cut {
            body: Some(body),
            head_matched: 0,
            end,
        });
    }

    /// Not a byte of the answer passes.
    pub(crate) fn cut_now(&self, end: End) {
        self.arm(Cut {
            body: None,
            head_matched: 0,
            end,
        });
    }

    fn arm(&self, cut: Cut) {
        *self.cut.lock().unwrap_or_else(PoisonError::into_inner) = Some(cut);
    }
}

/// One accepted connection.
pub(crate) struct Line {
    stream: TcpStream,
    wire: Wire,
    closed: Pin<Box<WaitForCancellationFutureOwned>>,
}

fn gone() -> io::Error {
    io::Error::from(io::ErrorKind::ConnectionAborted)
}

impl AsyncRead for Line {
    fn poll_read(mut self: Pin<&mut Self>, cx: &mut Context<'_>, buf: &mut ReadBuf<'_>) -> Poll<io::Result<()>> {
        if self.closed.as_mut().poll(cx).is_ready() {
            return Poll::Ready(Err(gone()));
        }
        Pin::new(&mut self.stream).poll_read(cx, buf)
    }
}

impl AsyncWrite for Line {
    fn poll_write(self: Pin<&mut Self>, cx: &mut Context<'_>, buf: &[u8]) -> Poll<io::Result<usize>> {
        let line = self.get_mut();
        if line.closed.as_mut().poll(cx).is_ready() {
            return Poll::Ready(Err(gone()));
        }
        let mut armed = line.wire.cut.lock().unwrap_or_else(PoisonError::into_inner);
        let Some(cut) = armed.as_mut() else {
            return Pin::new(&mut line.stream).poll_write(cx, buf);
        };
        let allowed = cut.admit(buf);
        if allowed == 0 {
            if cut.end == End::Reset {
                // With a zero linger time the close that follows is a reset.
                line.stream.set_zero_linger()?;
            }
            return Poll::Ready(Err(gone()));
        }
        let written = Pin::new(&mut line.stream).poll_write(cx, &buf[..allowed]);
        if let Poll::Ready(Ok(count)) = written {
            cut.passed(&buf[..count]);
        }
        written
    }

    fn poll_flush(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.stream).poll_flush(cx)
    }

    fn poll_shutdown(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.stream).poll_shutdown(cx)
    }
}

/// What happens to connections before anything is read.
#[derive(Debug, Default)]
pub(crate) struct Door {
    /// So many of the next ones are reset.
    turn_away: AtomicU32,
    came: AtomicU64,
    turned_away: AtomicU64,
}

impl Door {
    /// Resets the next `count` connections.
    pub(crate) fn turn_away(&self, count: u32) {
        self.turn_away.store(count, Ordering::SeqCst);
    }

    /// Connections that came, and those of them that were reset at once.
    pub(crate) fn counts(&self) -> (u64, u64) {
        (
            self.came.load(Ordering::SeqCst),
            self.turned_away.load(Ordering::SeqCst),
        )
    }

    /// Whether the one that has just come may stay.
    fn admits(&self) -> bool {
        self.came.fetch_add(1, Ordering::SeqCst);
        let one_less = |left: u32| left.checked_sub(1);
        let turned_away = self
            .turn_away
            .fetch_update(Ordering::SeqCst, Ordering::SeqCst, one_less)
            .is_ok();
        if turned_away {
            self.turned_away.fetch_add(1, Ordering::SeqCst);
        }
        !turned_away
    }
}

/// The listener.
pub(crate) struct Doorway {
    listener: TcpListener,
    closed: CancellationToken,
    door: Arc<Door>,
}

impl Doorway {
    pub(crate) fn new(listener: TcpListener, closed: CancellationToken, door: Arc<Door>) -> Self {
        Self { listener, closed, door }
    }
}

impl axum::serve::Listener for Doorway {
    type Io = Line;
    type Addr = SocketAddr;

    async fn accept(&mut self) -> (Line, SocketAddr) {
        loop {
            match self.listener.accept().await {
                Ok((stream, _)) if !self.door.admits() => {
                    // With a zero linger time the close that follows is a reset.
                    let _ = stream.set_zero_linger();
                }
                Ok((stream, from)) => {
                    // A cut answer should leave at once, not wait for more.
                    let _ = stream.set_nodelay(true);
                    let closed = Box::pin(self.closed.clone().cancelled_owned());
                    return (
                        Line {
                            stream,
                            wire: Wire::default(),
                            closed,
                        },
                        from,
                    );
                }
                // Out of file handles, or a client that was gone before we looked: go on in a moment.
                Err(_) => tokio::time::sleep(Duration::from_millis(50)).await,
            }
        }
    }

    fn local_addr(&self) -> io::Result<SocketAddr> {
        self.listener.local_addr()
    }
}

impl Connected<IncomingStream<'_, Doorway>> for Wire {
    fn connect_info(stream: IncomingStream<'_, Doorway>) -> Self {
        stream.io().wire.clone()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_cut_counts_body_bytes_only_however_the_head_is_split() {
        let answer = b"HTTP/1.1 200 OK\r\nA: b\r\n\r\n0123456789";
        for step in 1..answer.len() {
            let mut cut = Cut {
                body: Some(4),
                head_matched: 0,
                end: End::Close,
            };
            let mut sent = Vec::new();
            let mut rest = &answer[..];
            while !rest.is_empty() {
                let piece = &rest[..step.min(rest.len())];
                let allowed = cut.admit(piece);
                if allowed == 0 {
                    break;
                }
                cut.passed(&piece[..allowed]);
                sent.extend_from_slice(&piece[..allowed]);
                rest = &rest[allowed..];
            }
            assert!(
                sent.ends_with(b"\r\n\r\n0123"),
                "in steps of {step}: {:?}",
                String::from_utf8_lossy(&sent)
            );
        }
    }
}
