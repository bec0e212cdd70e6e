//! A connection's bytes, with or without TLS.

use std::io;
use std::pin::Pin;
use std::task::{Context, Poll};

use tokio::io::{AsyncRead, AsyncWrite, ReadBuf};
use tokio::net::TcpStream;
use tokio_rustls::server::TlsStream;

/// A TCP connection, or TLS on top of one. The TLS state is boxed so that a plain connection does not pay for it.
#[derive(Debug)]
pub(crate) enum Transport {
    Plain(TcpStream),
    Tls(Box<TlsStream<TcpStream>>),
}

impl Transport {
    /// Size of the WebSocket's read buffer, which is held as long as the connection. Larger messages grow it while they
    /// are read.
    pub(crate) fn read_buffer(&self) -> usize {
        match self {
            Self::Plain(_) => PLAIN_READ_BUFFER,
            Self::Tls(_) => TLS_READ_BUFFER,
        }
    }

    /// Acknowledges what was read at once instead of up to 40 ms later. A peer that left Nagle's algorithm on holds
    /// its second small message back until then. Linux forgets the setting, so it is repeated after each read.
    pub(crate) fn acknowledge(&self) {
        #[cfg(target_os = "linux")]
        {
            let tcp = match self {
                Self::Plain(tcp) => tcp,
                Self::Tls(tls) => tls.get_ref().0,
            };
            // A connection that broke meanwhile fails at its next use; this is an optimisation.
            let _ = tcp.set_quickack(true);
        }
    }
}

impl AsyncRead for Transport {
    fn poll_read(self: Pin<&mut Self>, cx: &mut Context<'_>, buf: &mut ReadBuf<'_>) -> Poll<io::Result<()>> {
        match self.get_mut() {
            Self::Plain(tcp) => Pin::new(tcp).poll_read(cx, buf),
            Self::Tls(tls) => Pin::new(tls.as_mut()).poll_read(cx, buf),
        }
    }
}

impl AsyncWrite for Transport {
    fn poll_write(self: Pin<&mut Self>, cx: &mut Context<'_>, buf: &[u8]) -> Poll<io::Result<usize>> {
        match self.get_mut() {
            Self::Plain(tcp) => Pin::new(tcp).poll_write(cx, buf),
            Self::Tls(tls) => Pin::new(tls.as_mut()).poll_write(cx, buf),
        }
    }

    fn poll_flush(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        match self.get_mut() {
            Self::Plain(tcp) => Pin::new(tcp).poll_flush(cx),
            Self::Tls(tls) => Pin::new(tls.as_mut()).poll_flush(cx),
        }
    }

    fn poll_shutdown(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        match self.get_mut() {
            Self::Plain(tcp) => Pin::new(tcp).poll_shutdown(cx),
            Self::Tls(tls) => Pin::new(tls.as_mut()).poll_shutdown(cx),
        }
    }
}

/// Messages take 48 to 600 bytes, rarely a few KiB. Each read is a system call, so that a smaller buffer would make large
/// messages dear.
const PLAIN_READ_BUFFER: usize = 768;

/// Here a read only copies what TLS has decrypted, and half of it does as well.
const TLS_READ_BUFFER: usize = 512;
