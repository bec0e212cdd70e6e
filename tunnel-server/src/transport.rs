//! A connection's bytes, with or without TLS.
//!
//! The WebSocket above reads into a small buffer that it keeps, because thousands of connections wait and say nothing.
//! Small reads make large messages dear, each being a system call. So a plain connection that fills that buffer gets a
//! larger one ahead of it, for as long as bytes keep coming. TLS has read whole records already.

use std::io;
use std::pin::Pin;
use std::task::{Context, Poll, ready};

use tokio::io::{AsyncRead, AsyncWrite, ReadBuf};
use tokio::net::TcpStream;
use tokio_rustls::server::TlsStream;

/// A TCP connection, or TLS on top of one.
#[derive(Debug)]
pub(crate) struct Transport {
    stream: Stream,
    ahead: Option<Box<Ahead>>,
}

/// The TLS state is boxed so that a plain connection does not pay for it.
#[derive(Debug)]
enum Stream {
    Plain(TcpStream),
    Tls(Box<TlsStream<TcpStream>>),
}

/// Bytes that were read before they were asked for.
#[derive(Debug)]
struct Ahead {
    bytes: Box<[u8]>,
    start: usize,
    end: usize,
}

impl Transport {
    pub(crate) fn plain(tcp: TcpStream) -> Self {
        Self {
            stream: Stream::Plain(tcp),
            ahead: None,
        }
    }

    pub(crate) fn tls(tls: TlsStream<TcpStream>) -> Self {
        Self {
            stream: Stream::Tls(Box::new(tls)),
            ahead: None,
        }
    }

    /// Acknowledges what was read at once instead of up to 40 ms later. A peer that left Nagle's algorithm on holds
    /// its second small message back until then. Linux forgets the setting, so it is repeated after each read.
    pub(crate) fn acknowledge(&self) {
        #[cfg(target_os = "linux")]
        {
            let tcp = match &self.stream {
                Stream::Plain(tcp) => tcp,
                Stream::Tls(tls) => tls.get_ref().0,
            };
            // A connection that broke meanwhile fails at its next use; this is an optimisation.
            let _ = tcp.set_quickack(true);
        }
    }
}

impl Ahead {
    fn new() -> Box<Self> {
        Box::new(Self {
            bytes: vec![0; AHEAD].into_boxed_slice(),
            start: 0,
            end: 0,
        })
    }

    /// Hands out what is there. `false` if that is nothing.
    fn give(&mut self, buf: &mut ReadBuf<'_>) -> bool {
        let end = self.end.min(self.start.saturating_add(buf.remaining()));
        let Some(bytes) = self.bytes.get(self.start..end).filter(|bytes| !bytes.is_empty()) else {
            return false;
        };
        buf.put_slice(bytes);
        self.start = end;
        true
    }

    /// Reads once. `Ready` without bytes is the end of the stream.
    fn fill(&mut self, tcp: &mut TcpStream, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        let mut buf = ReadBuf::new(&mut self.bytes);
        ready!(Pin::new(tcp).poll_read(cx, &mut buf))?;
        (self.start, self.end) = (0, buf.filled().len());
        Poll::Ready(Ok(()))
    }
}

impl AsyncRead for Transport {
    fn poll_read(self: Pin<&mut Self>, cx: &mut Context<'_>, buf: &mut ReadBuf<'_>) -> Poll<io::Result<()>> {
        let this = self.get_mut();
        let tcp = match &mut this.stream {
            Stream::Tls(tls) => return Pin::new(tls.as_mut()).poll_read(cx, buf),
            Stream::Plain(tcp) => tcp,
        };
        if let Some(ahead) = &mut this.ahead {
            if ahead.give(buf) {
                return Poll::Ready(Ok(()));
            }
            let filled = ahead.fill(tcp, cx);
            if !matches!(filled, Poll::Ready(Ok(()))) || !ahead.give(buf) {
                this.ahead = None;
            }
            return filled;
        }
        ready!(Pin::new(tcp).poll_read(cx, buf))?;
        if buf.remaining() == 0 {
            this.ahead = Some(Ahead::new());
        }
        Poll::Ready(Ok(()))
    }
}

impl AsyncWrite for Transport {
    fn poll_write(self: Pin<&mut Self>, cx: &mut Context<'_>, buf: &[u8]) -> Poll<io::Result<usize>> {
        match &mut self.get_mut().stream {
            Stream::Plain(tcp) => Pin::new(tcp).poll_write(cx, buf),
            Stream::Tls(tls) => Pin::new(tls.as_mut()).poll_write(cx, buf),
        }
    }

    fn poll_flush(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        match &mut self.get_mut().stream {
            Stream::Plain(tcp) => Pin::new(tcp).poll_flush(cx),
            Stream::Tls(tls) => Pin::new(tls.as_mut()).poll_flush(cx),
        }
    }

    fn poll_shutdown(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        match &mut self.get_mut().stream {
            Stream::Plain(tcp) => Pin::new(tcp).poll_shutdown(cx),
            Stream::Tls(tls) => Pin::new(tls.as_mut()).poll_shutdown(cx),
        }
    }
}

/// Size of the WebSocket's read buffer, which is held as long as the connection. Messages take 48 to 600 bytes, rarely
/// a few KiB.
pub(crate) const READ_BUFFER: usize = 512;

/// One read for a message of 16 kB, as large blobs and digital credentials send them. A connection holds it only while
/// it is read without a pause.
const AHEAD: usize = 16 << 10;
