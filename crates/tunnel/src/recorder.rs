//! Tests only: a stream that remembers its writes.

use std::io;
use std::pin::Pin;
use std::sync::{Arc, Mutex};
use std::task::{Context, Poll};

use tokio::io::{AsyncRead, AsyncWrite, ReadBuf};

#[derive(Debug)]
pub(crate) struct Recorder<S> {
    stream: S,
    writes: Writes,
}

#[derive(Debug, Clone, Default)]
pub(crate) struct Writes(Arc<Mutex<Vec<Vec<u8>>>>);

impl Writes {
    pub(crate) fn count(&self) -> usize {
        self.0.lock().map(|writes| writes.len()).unwrap_or_default()
    }

    pub(crate) fn reset(&self) {
        if let Ok(mut writes) = self.0.lock() {
            writes.clear();
        }
    }

    /// Records in what was written: one type byte, two of version, two of length, then that many.
    pub(crate) fn tls_records(&self) -> usize {
        let bytes = self.0.lock().map(|writes| writes.concat()).unwrap_or_default();
        let (mut rest, mut records) = (&bytes[..], 0);
        while let [_, _, _, high, low, payload @ ..] = rest {
            rest = payload
                .get(usize::from(u16::from_be_bytes([*high, *low]))..)
                .unwrap_or_default();
            records += 1;
        }
        records
    }
}

impl<S> Recorder<S> {
    pub(crate) fn new(stream: S) -> (Self, Writes) {
        let writes = Writes::default();
        (
            Self {
                stream,
                writes: writes.clone(),
            },
            writes,
        )
    }
}

impl<S: AsyncRead + Unpin> AsyncRead for Recorder<S> {
    fn poll_read(self: Pin<&mut Self>, cx: &mut Context<'_>, buf: &mut ReadBuf<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.get_mut().stream).poll_read(cx, buf)
    }
}

impl<S: AsyncWrite + Unpin> AsyncWrite for Recorder<S> {
    fn poll_write(self: Pin<&mut Self>, cx: &mut Context<'_>, buf: &[u8]) -> Poll<io::Result<usize>> {
        let this = self.get_mut();
        if let Ok(mut writes) = this.writes.0.lock() {
            writes.push(buf.to_vec());
        }
        Pin::new(&mut this.stream).poll_write(cx, buf)
    }

    fn poll_flush(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.get_mut().stream).poll_flush(cx)
    }

    fn poll_shutdown(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.get_mut().stream).poll_shutdown(cx)
    }
}
