//! An open tunnel: binary WebSocket messages, one protocol message each.

use std::fmt;
use std::io;
use std::pin::Pin;
use std::task::{Context, Poll};

use futures_util::{SinkExt as _, StreamExt as _};
use roamkey_session::{DataChannel, TunnelError};
use tokio::io::{AsyncRead, AsyncWrite, ReadBuf};
use tokio::net::TcpStream;
use tokio::time::timeout;
use tokio_rustls::client::TlsStream;
use tokio_rustls::rustls::ProtocolVersion;
use tokio_tungstenite::WebSocketStream;
use tokio_tungstenite::tungstenite::error::ProtocolError;
use tokio_tungstenite::tungstenite::protocol::CloseFrame;
use tokio_tungstenite::tungstenite::protocol::frame::coding::CloseCode;
use tokio_tungstenite::tungstenite::{Error, Message};

use crate::limits::Limits;

/// A tunnel that [`WebSocketTunnel`](crate::WebSocketTunnel) opened.
pub struct WebSocketChannel(Pipe<Stream>);

impl fmt::Debug for WebSocketChannel {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("WebSocketChannel")
    }
}

impl WebSocketChannel {
    pub(crate) fn new(socket: WebSocketStream<Stream>, limits: Limits) -> Self {
        Self(Pipe { socket, limits })
    }
}

impl DataChannel for WebSocketChannel {
    async fn send(&mut self, messages: &[Vec<u8>]) -> Result<(), TunnelError> {
        self.0.send(messages).await
    }

    async fn receive(&mut self) -> Result<Vec<u8>, TunnelError> {
        self.0.receive().await
    }

    async fn close(self) {
        self.0.close().await;
    }
}

/// The channel over any stream, so that tests can watch what is written.
pub(crate) struct Pipe<S> {
    socket: WebSocketStream<S>,
    limits: Limits,
}

impl<S: AsyncRead + AsyncWrite + Unpin> Pipe<S> {
    /// All messages in one write: the buffer is flushed once, and it is larger than all of them together.
    pub(crate) async fn send(&mut self, messages: &[Vec<u8>]) -> Result<(), TunnelError> {
        let write = async {
            for message in messages {
                self.socket.feed(Message::binary(message.clone())).await?;
            }
            self.socket.flush().await
        };
        timeout(self.limits.send, write)
            .await
            .map_err(|_| TunnelError::TimedOut)?
            .map_err(transport_error)
    }

    /// Cancel-safe: a message is in the socket's buffer or it is returned. Pings are answered on the way.
    pub(crate) async fn receive(&mut self) -> Result<Vec<u8>, TunnelError> {
        loop {
            match self.socket.next().await {
                Some(Ok(Message::Binary(bytes))) => return Ok(bytes.into()),
                Some(Ok(Message::Ping(_) | Message::Pong(_) | Message::Frame(_))) => {}
                Some(Ok(Message::Text(_))) => return Err(TunnelError::Protocol("a text message")),
                Some(Ok(Message::Close(frame))) => {
                    return Err(TunnelError::Closed {
                        code: frame.map(|frame| frame.code.into()),
                    });
                }
                None => return Err(TunnelError::Closed { code: None }),
                Some(Err(error)) => return Err(transport_error(error)),
            }
        }
    }

    /// Says 1000, unless the other end closed first, and waits for the end of the connection.
    pub(crate) async fn close(mut self) {
        let frame = CloseFrame {
            code: CloseCode::Normal,
            reason: "".into(),
        };
        let goodbye = async {
            // An error here means that the connection is gone, which is what was wanted.
            let _ = self.socket.close(Some(frame)).await;
            while let Some(Ok(_)) = self.socket.next().await {}
        };
        let _ = timeout(self.limits.close, goodbye).await;
    }
}

fn transport_error(error: Error) -> TunnelError {
    match error {
        Error::ConnectionClosed | Error::AlreadyClosed => TunnelError::Closed { code: None },
        Error::Capacity(_) => TunnelError::Protocol("a message above 1 MiB"),
        Error::Utf8(_) => TunnelError::Protocol("a text message"),
        Error::Protocol(fault @ ProtocolError::ResetWithoutClosingHandshake) => {
            TunnelError::Failed(Box::new(fault))
        }
        Error::Protocol(ProtocolError::SendAfterClosing) => TunnelError::Closed { code: None },
        Error::Protocol(_) => TunnelError::Protocol("broken WebSocket framing"),
        error @ (Error::Io(_)
        | Error::Tls(_)
        | Error::WriteBufferFull(_)
        | Error::AttackAttempt
        | Error::Url(_)
        | Error::Http(_)
        | Error::HttpFormat(_)) => TunnelError::Failed(Box::new(error)),
    }
}

/// The bytes below the WebSocket.
pub(crate) enum Stream {
    /// Loopback only.
    Plain(TcpStream),
    Tls(Box<TlsStream<TcpStream>>),
}

impl Stream {
    /// The version of TLS that was agreed on, for people.
    pub(crate) fn tls_version(&self) -> Option<String> {
        let Self::Tls(tls) = self else { return None };
        let (_, connection) = tls.get_ref();
        let version = connection.protocol_version()?;
        // No other one is offered.
        let known = [
            (ProtocolVersion::TLSv1_3, "TLS 1.3"),
            (ProtocolVersion::TLSv1_2, "TLS 1.2"),
        ];
        let name = known.into_iter().find(|(known, _)| *known == version);
        name.map(|(_, name)| name.to_owned())
    }
}

impl AsyncRead for Stream {
    fn poll_read(self: Pin<&mut Self>, cx: &mut Context<'_>, buf: &mut ReadBuf<'_>) -> Poll<io::Result<()>> {
        match self.get_mut() {
            Self::Plain(tcp) => Pin::new(tcp).poll_read(cx, buf),
            Self::Tls(tls) => Pin::new(tls.as_mut()).poll_read(cx, buf),
        }
    }
}

impl AsyncWrite for Stream {
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

/// What Chromium accepts in one message.
pub(crate) const MAX_MESSAGE: usize = 1 << 20;

/// Requests take up to 4 KiB; a larger one grows the buffer while it is read.
pub(crate) const READ_BUFFER: usize = 4 << 10;

/// Above any messages that are sent together, so that they leave in one write. Nothing is allocated ahead.
pub(crate) const WRITE_BUFFER: usize = 4 << 20;

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use rustls::crypto::ring;
    use rustls::version::{TLS12, TLS13};
    use rustls::{ClientConfig, RootCertStore, ServerConfig};
    use rustls_pki_types::{PrivateKeyDer, ServerName};
    use tokio::io::duplex;
    use tokio_rustls::{TlsAcceptor, TlsConnector};
    use tokio_tungstenite::tungstenite::protocol::{Role, WebSocketConfig};

    use super::*;
    use crate::recorder::Recorder;

    fn config() -> WebSocketConfig {
        WebSocketConfig::default()
            .read_buffer_size(READ_BUFFER)
            .write_buffer_size(WRITE_BUFFER)
    }

    async fn pipe<S: AsyncRead + AsyncWrite + Unpin>(stream: S, role: Role) -> Pipe<S> {
        let socket = WebSocketStream::from_raw_socket(stream, role, Some(config())).await;
        Pipe {
            socket,
            limits: Limits::default(),
        }
    }

    #[tokio::test]
    async fn two_messages_leave_in_one_write() {
        let (ours, theirs) = duplex(1 << 16);
        let (recorder, writes) = Recorder::new(ours);
        let mut sender = pipe(recorder, Role::Client).await;
        sender.send(&[vec![1; 81], vec![2; 300]]).await.unwrap();
        assert_eq!(writes.count(), 1);
        let mut receiver = pipe(theirs, Role::Server).await;
        assert_eq!(receiver.receive().await.unwrap(), [1; 81]);
        assert_eq!(receiver.receive().await.unwrap(), [2; 300]);
    }

    #[tokio::test]
    async fn two_messages_leave_in_one_tls_record_and_one_write() {
        let made = rcgen::generate_simple_self_signed(["localhost".to_owned()]).unwrap();
        let mut roots = RootCertStore::empty();
        roots.add(made.cert.der().clone()).unwrap();
        let provider = Arc::new(ring::default_provider());
        let client = ClientConfig::builder_with_provider(Arc::clone(&provider))
            .with_protocol_versions(&[&TLS13, &TLS12])
            .unwrap()
            .with_root_certificates(roots)
            .with_no_client_auth();
        let server = ServerConfig::builder_with_provider(provider)
            .with_protocol_versions(&[&TLS13, &TLS12])
            .unwrap()
            .with_no_client_auth()
            .with_single_cert(
                vec![made.cert.der().clone()],
                PrivateKeyDer::try_from(made.signing_key.serialize_der()).unwrap(),
            )
            .unwrap();
        let (ours, theirs) = duplex(1 << 16);
        let (recorder, writes) = Recorder::new(ours);
        let connector = TlsConnector::from(Arc::new(client));
        let acceptor = TlsAcceptor::from(Arc::new(server));
        let name = ServerName::try_from("localhost").unwrap();
        let (ours, theirs) = tokio::join!(connector.connect(name, recorder), acceptor.accept(theirs));
        let mut sender = pipe(Box::new(ours.unwrap()), Role::Client).await;
        let mut receiver = pipe(Box::new(theirs.unwrap()), Role::Server).await;
        writes.reset();
        sender.send(&[vec![1; 81], vec![2; 300]]).await.unwrap();
        assert_eq!(writes.count(), 1);
        assert_eq!(writes.tls_records(), 1);
        assert_eq!(receiver.receive().await.unwrap(), [1; 81]);
        assert_eq!(receiver.receive().await.unwrap(), [2; 300]);
    }

    #[tokio::test]
    async fn a_cancelled_receive_loses_nothing() {
        let (ours, theirs) = duplex(1 << 16);
        let mut sender = pipe(ours, Role::Client).await;
        let mut receiver = pipe(theirs, Role::Server).await;
        for number in 0..20_u8 {
            sender.send(&[vec![number; 5000]]).await.unwrap();
            // Polled once or not at all, then dropped; the frame takes more than one read.
            let polled = futures_util::FutureExt::now_or_never(receiver.receive());
            let message = match polled {
                Some(message) => message.unwrap(),
                None => receiver.receive().await.unwrap(),
            };
            assert_eq!(message, vec![number; 5000]);
        }
    }
}
