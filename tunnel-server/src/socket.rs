//! One side of a tunnel: a WebSocket with small buffers, and how it is closed.
//!
//! Closing reads on until the peer's close frame or the end of its stream, so that the peer can read ours even if it
//! was in the middle of sending: a connection that is closed with unread bytes makes the kernel send a reset, and a
//! reset makes the peer throw the close frame away.
//!
//! ```text
//! we begin:    Say ─▶ Flush ─▶ Shutdown ─▶ Await ──their close frame──▶ done
//!                                            └─broken framing─▶ Drain ──end of stream──▶ done
//! they began:         Flush (the answer) ─▶ Shutdown ─▶ Drain what is there already ─▶ done
//! ```

use std::pin::Pin;
use std::task::{Context, Poll, ready};

use futures_util::{Sink, Stream};
use tokio::io::{AsyncRead as _, AsyncWrite as _, ReadBuf};
use tokio_tungstenite::WebSocketStream;
use tokio_tungstenite::tungstenite::error::ProtocolError;
use tokio_tungstenite::tungstenite::protocol::frame::CloseFrame;
use tokio_tungstenite::tungstenite::protocol::{Role, WebSocketConfig};
use tokio_tungstenite::tungstenite::{Bytes, Error, Message};

use crate::relay::{CloseCode, Fault};
use crate::shared::Seat;
use crate::transport::{READ_BUFFER, Transport};

/// What a socket had to say.
pub(crate) enum Received {
    Message(Bytes),
    /// A close frame; the answer is queued.
    Close(Option<u16>),
    /// The connection ended or broke.
    Gone,
    Fault(Fault),
}

/// An open WebSocket.
#[derive(Debug)]
pub(crate) struct Socket {
    stream: WebSocketStream<Transport>,
    seat: Seat,
    unflushed: bool,
    /// Reads that are still acknowledged at once.
    quick: u8,
}

impl Socket {
    /// `rest` is what arrived behind the request head.
    pub(crate) async fn new(transport: Transport, rest: Vec<u8>, max_message: usize, seat: Seat) -> Self {
        let config = WebSocketConfig::default()
            .read_buffer_size(READ_BUFFER)
            .write_buffer_size(WRITE_BUFFER)
            .max_write_buffer_size(max_message.saturating_add(2 * WRITE_BUFFER))
            .max_message_size(Some(max_message))
            .max_frame_size(Some(max_message));
        let stream = if rest.is_empty() {
            WebSocketStream::from_raw_socket(transport, Role::Server, Some(config)).await
        } else {
            WebSocketStream::from_partially_read(transport, rest, Role::Server, Some(config)).await
        };
        Self {
            stream,
            seat,
            unflushed: false,
            quick: QUICK_READS,
        }
    }

    /// The next message or the end. Pings are answered on the way and go no further.
    pub(crate) fn poll_receive(&mut self, cx: &mut Context<'_>) -> Poll<Received> {
        loop {
            let received = match ready!(Pin::new(&mut self.stream).poll_next(cx)) {
                Some(Ok(Message::Binary(bytes))) => Received::Message(bytes),
                Some(Ok(Message::Ping(_) | Message::Pong(_) | Message::Frame(_))) => continue,
                Some(Ok(Message::Text(_)) | Err(Error::Utf8(_))) => Received::Fault(Fault::Text),
                Some(Ok(Message::Close(frame))) => Received::Close(frame.map(|frame| frame.code.into())),
                Some(Err(Error::Capacity(_))) => Received::Fault(Fault::TooBig),
                None
                | Some(Err(Error::Io(_) | Error::Protocol(ProtocolError::ResetWithoutClosingHandshake))) => {
                    Received::Gone
                }
                Some(Err(_)) => Received::Fault(Fault::Framing),
            };
            if let Some(left) = self.quick.checked_sub(1) {
                self.quick = left;
                self.stream.get_ref().acknowledge();
            }
            return Poll::Ready(received);
        }
    }

    /// Takes a message for sending. Only after [`Self::poll_sent`] was ready.
    ///
    /// # Errors
    ///
    /// The connection broke.
    pub(crate) fn send(&mut self, message: Bytes) -> Result<(), Error> {
        self.unflushed = true;
        Pin::new(&mut self.stream).start_send(Message::Binary(message))
    }

    /// Ready when the next message can be taken.
    pub(crate) fn poll_sent(&mut self, cx: &mut Context<'_>) -> Poll<Result<(), Error>> {
        Pin::new(&mut self.stream).poll_ready(cx)
    }

    /// Pushes what was taken out to the network.
    pub(crate) fn poll_flush(&mut self, cx: &mut Context<'_>) -> Poll<Result<(), Error>> {
        if self.unflushed {
            ready!(Pin::new(&mut self.stream).poll_flush(cx))?;
            self.unflushed = false;
        }
        Poll::Ready(Ok(()))
    }

    /// Begins to close with `code`, or without a frame of our own if the peer sent one.
    pub(crate) fn close(self, code: Option<(CloseCode, &'static str)>) -> Closing {
        let step = match code {
            Some((code, reason)) => Step::Say(CloseFrame {
                code: code.number().into(),
                reason: reason.into(),
            }),
            None => Step::Flush,
        };
        Closing {
            stream: self.stream,
            _seat: self.seat,
            answering: code.is_none(),
            step,
        }
    }
}

/// A WebSocket that is being closed.
#[derive(Debug)]
pub(crate) struct Closing {
    stream: WebSocketStream<Transport>,
    _seat: Seat,
    answering: bool,
    step: Step,
}

#[derive(Debug)]
enum Step {
    Say(CloseFrame),
    Flush,
    Shutdown,
    Await { left: usize },
    Drain { left: usize },
}

impl Closing {
    /// Ready when the connection may be dropped. An error ends it too: there is nobody left to tell.
    pub(crate) fn poll(&mut self, cx: &mut Context<'_>) -> Poll<()> {
        loop {
            let mut stream = Pin::new(&mut self.stream);
            self.step = match &mut self.step {
                Step::Say(frame) => {
                    if ready!(stream.as_mut().poll_ready(cx)).is_err() {
                        return Poll::Ready(());
                    }
                    if stream.start_send(Message::Close(Some(frame.clone()))).is_err() {
                        return Poll::Ready(());
                    }
                    Step::Flush
                }
                Step::Flush => match ready!(stream.poll_flush(cx)) {
                    Ok(()) => Step::Shutdown,
                    Err(_) => return Poll::Ready(()),
                },
                Step::Shutdown => match ready!(Pin::new(stream.get_mut().get_mut()).poll_shutdown(cx)) {
                    Ok(()) if self.answering => Step::Drain { left: MAX_DRAINED },
                    Ok(()) => Step::Await { left: MAX_DRAINED },
                    Err(_) => return Poll::Ready(()),
                },
                Step::Await { left } => match ready!(stream.poll_next(cx)) {
                    Some(Ok(Message::Close(_))) => return Poll::Ready(()),
                    Some(Ok(message)) => match left.checked_sub(message.len()) {
                        Some(left) => Step::Await { left },
                        None => return Poll::Ready(()),
                    },
                    Some(Err(_)) | None => Step::Drain { left: *left },
                },
                Step::Drain { left } => {
                    let mut bytes = [0; DRAIN_BUFFER];
                    let mut buffer = ReadBuf::new(&mut bytes);
                    let read = match Pin::new(stream.get_mut().get_mut()).poll_read(cx, &mut buffer) {
                        Poll::Ready(read) => read,
                        Poll::Pending if self.answering => return Poll::Ready(()),
                        Poll::Pending => return Poll::Pending,
                    };
                    match (read, left.checked_sub(buffer.filled().len())) {
                        (Ok(()), Some(left)) if !buffer.filled().is_empty() => Step::Drain { left },
                        _ => return Poll::Ready(()),
                    }
                }
            };
        }
    }
}

/// Messages that arrive together leave in one write up to this size.
const WRITE_BUFFER: usize = 4 << 10;

/// The handshake and the first encrypted message are three or four reads a side; later ones wait for a person anyway.
const QUICK_READS: u8 = 8;

/// Bytes read and thrown away after our close frame: two messages of the largest size. Who sends more gets a reset.
const MAX_DRAINED: usize = 2 << 20;

/// On the stack, for bytes that nobody looks at.
const DRAIN_BUFFER: usize = 2 << 10;
