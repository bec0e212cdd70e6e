//! The WebSocket handshake at one of the tunnel service's paths, and what it must answer.

use roamkey_hybrid::RoutingId;
use roamkey_hybrid::paths::{ROUTING_ID_HEADER, SUBPROTOCOL};
use roamkey_session::TunnelError;
use tokio::io::{AsyncRead, AsyncWrite};
use tokio_tungstenite::tungstenite::Error;
use tokio_tungstenite::tungstenite::client::IntoClientRequest as _;
use tokio_tungstenite::tungstenite::error::{ProtocolError, SubProtocolError};
use tokio_tungstenite::tungstenite::handshake::client::{Request, Response};
use tokio_tungstenite::tungstenite::http::HeaderValue;
use tokio_tungstenite::tungstenite::protocol::WebSocketConfig;
use tokio_tungstenite::{WebSocketStream, client_async_with_config};

use crate::channel::{MAX_MESSAGE, READ_BUFFER, WRITE_BUFFER};

/// Makes a connection to the service a WebSocket at `path`. `host` goes into the `Host` header.
///
/// # Errors
///
/// [`TunnelError::Refused`], [`TunnelError::Protocol`] or [`TunnelError::Failed`].
pub(crate) async fn upgrade<S: AsyncRead + AsyncWrite + Unpin>(
    stream: S,
    host: &str,
    path: &str,
) -> Result<(WebSocketStream<S>, Response), TunnelError> {
    let request = request(host, path).map_err(|error| TunnelError::Failed(Box::new(error)))?;
    let config = WebSocketConfig::default()
        .read_buffer_size(READ_BUFFER)
        .write_buffer_size(WRITE_BUFFER)
        .max_message_size(Some(MAX_MESSAGE))
        .max_frame_size(Some(MAX_MESSAGE));
    let (socket, response) = client_async_with_config(request, stream, Some(config))
        .await
        .map_err(handshake_error)?;
    if response.headers().contains_key("Sec-WebSocket-Extensions") {
        return Err(TunnelError::Protocol("an extension that was not offered"));
    }
    Ok((socket, response))
}

fn request(host: &str, path: &str) -> Result<Request, Error> {
    // The scheme only satisfies the request's parser: the stream is encrypted already, or meant not to be.
    let mut request = format!("wss://{host}{path}").into_client_request()?;
    request
        .headers_mut()
        .insert("Sec-WebSocket-Protocol", HeaderValue::from_static(SUBPROTOCOL));
    Ok(request)
}

/// Exactly one well-formed routing ID, as Chromium's own authenticator demands.
///
/// # Errors
///
/// [`TunnelError::Protocol`].
pub(crate) fn routing_id(response: &Response) -> Result<RoutingId, TunnelError> {
    let mut values = response.headers().get_all(ROUTING_ID_HEADER).iter();
    let value = values.next().ok_or(TunnelError::Protocol("no routing ID"))?;
    if values.next().is_some() {
        return Err(TunnelError::Protocol("more than one routing ID"));
    }
    let text = value.to_str().ok().and_then(|text| text.parse().ok());
    text.ok_or(TunnelError::Protocol("a malformed routing ID"))
}

fn handshake_error(error: Error) -> TunnelError {
    match error {
        Error::Http(response) => TunnelError::Refused {
            status: response.status().as_u16(),
        },
        Error::Protocol(ProtocolError::SecWebSocketSubProtocolError(fault)) => {
            TunnelError::Protocol(match fault {
                SubProtocolError::NoSubProtocol => "no subprotocol fido.cable",
                SubProtocolError::InvalidSubProtocol
                | SubProtocolError::ServerSentSubProtocolNoneRequested => {
                    "another subprotocol than fido.cable"
                }
            })
        }
        Error::Protocol(ProtocolError::SecWebSocketAcceptKeyMismatch) => {
            TunnelError::Protocol("an answer to another request")
        }
        Error::AttackAttempt | Error::Capacity(_) => TunnelError::Protocol("an endless answer"),
        error @ (Error::Io(_) | Error::Protocol(ProtocolError::HandshakeIncomplete)) => {
            TunnelError::Failed(Box::new(error))
        }
        Error::ConnectionClosed
        | Error::AlreadyClosed
        | Error::Tls(_)
        | Error::Protocol(_)
        | Error::WriteBufferFull(_)
        | Error::Utf8(_)
        | Error::Url(_)
        | Error::HttpFormat(_) => TunnelError::Protocol("no WebSocket answer"),
    }
}
