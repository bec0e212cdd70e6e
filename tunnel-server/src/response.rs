//! The answers to a request head: 101, or a refusal that says why.
//!
//! ```text
//! HTTP/1.1 101 Switching Protocols
//! Upgrade: websocket
//! Connection: Upgrade
//! Sec-WebSocket-Accept: <base64>
//! Sec-WebSocket-Protocol: fido.cable
//! X-caBLE-Routing-ID: <6 hex digits>          only to `new`, exactly once
//! ```

use roamkey_hybrid::RoutingId;
use roamkey_hybrid::paths::{ROUTING_ID_HEADER, SUBPROTOCOL};
use tokio_tungstenite::tungstenite::handshake::derive_accept_key;

use crate::guard::TooMany;
use crate::relay::Unavailable;
use crate::request::WebSocketKey;

/// Why a request is refused, sorted by who could do something about it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum Refusal {
    /// Not an HTTP/1 request head.
    #[error("this is not an HTTP request")]
    NotHttp,
    /// The head exceeds [`crate::request::MAX_HEAD`] or [`crate::request::MAX_HEADERS`].
    #[error("the request head is too large")]
    HeadTooLarge,
    /// The head was not complete in time.
    #[error("the request took too long")]
    HeadTooSlow,
    /// A method other than GET.
    #[error("only GET is supported")]
    NotGet,
    /// A path that no tunnel service has.
    #[error("no such path; a tunnel service has /cable/new/<tunnel> and /cable/connect/<routing>/<tunnel>")]
    NoSuchPath,
    /// `/cable/contact/…`.
    #[error("state-assisted transactions (/cable/contact) are not supported here; scan the QR code instead")]
    NoContact,
    /// No WebSocket handshake of version 13.
    #[error("this address speaks WebSocket (RFC 6455, version 13) only")]
    NotAnUpgrade,
    /// `Sec-WebSocket-Key` is missing, doubled or malformed.
    #[error("Sec-WebSocket-Key must be there once, 16 bytes in base64")]
    BadKey,
    /// The request announces a body.
    #[error("a WebSocket request has no body")]
    Body,
    /// `fido.cable` is not among the subprotocols.
    #[error("the WebSocket subprotocol fido.cable is required")]
    NoSubprotocol,
    /// See [`Unavailable::Duplicate`].
    #[error("this tunnel exists already")]
    Duplicate,
    /// See [`Unavailable::Unknown`].
    #[error("no such tunnel")]
    Unknown,
    /// See [`Unavailable::Full`].
    #[error("too many tunnels; try again later")]
    Full,
    /// The browser's `Origin` is not on the list.
    #[error("this service is not for this origin")]
    ForeignOrigin,
    /// The client's address is not on the list.
    #[error("this service is not for this address")]
    ForeignAddress,
    /// A trusted proxy's forwarding header has no address.
    #[error("the proxy in front of this service does not say who asks")]
    BadForwarding,
    /// `new` without the token.
    #[error("creating tunnels needs a token here")]
    NoToken,
    /// Too many requests or WebSockets from one address.
    #[error("too many requests from this address; try again later")]
    TooMany,
    /// The service shuts down.
    #[error("this service is shutting down; try again")]
    Draining,
}

impl From<TooMany> for Refusal {
    fn from(_: TooMany) -> Self {
        Self::TooMany
    }
}

impl From<Unavailable> for Refusal {
    fn from(unavailable: Unavailable) -> Self {
        match unavailable {
            Unavailable::Duplicate => Self::Duplicate,
            Unavailable::Unknown => Self::Unknown,
            Unavailable::Full => Self::Full,
        }
    }
}

impl Refusal {
    /// Each of them.
    pub const ALL: [Self; 19] = [
        Self::NotHttp,
        Self::HeadTooLarge,
        Self::HeadTooSlow,
        Self::NotGet,
        Self::NoSuchPath,
        Self::NoContact,
        Self::NotAnUpgrade,
        Self::BadKey,
        Self::Body,
        Self::NoSubprotocol,
        Self::Duplicate,
        Self::Unknown,
        Self::ForeignOrigin,
        Self::ForeignAddress,
        Self::BadForwarding,
        Self::NoToken,
        Self::Full,
        Self::TooMany,
        Self::Draining,
    ];

    /// The word in metrics.
    #[must_use]
    pub fn label(self) -> &'static str {
        match self {
            Self::NotHttp => "not_http",
            Self::HeadTooLarge => "head_too_large",
            Self::HeadTooSlow => "head_too_slow",
            Self::NotGet => "not_get",
            Self::NoSuchPath => "no_such_path",
            Self::NoContact => "contact",
            Self::NotAnUpgrade => "not_an_upgrade",
            Self::BadKey => "bad_key",
            Self::Body => "body",
            Self::NoSubprotocol => "no_subprotocol",
            Self::Duplicate => "duplicate",
            Self::Unknown => "unknown_tunnel",
            Self::ForeignOrigin => "foreign_origin",
            Self::ForeignAddress => "foreign_address",
            Self::BadForwarding => "bad_forwarding",
            Self::NoToken => "no_token",
            Self::Full => "full",
            Self::TooMany => "too_many_from_address",
            Self::Draining => "draining",
        }
    }

    /// The HTTP status.
    #[must_use]
    pub fn status(self) -> u16 {
        self.line().0
    }

    /// The whole response.
    #[must_use]
    pub fn response(self) -> Vec<u8> {
        let (status, phrase, extra) = self.line();
        let body = format!("{self}\n");
        format!(
            "HTTP/1.1 {status} {phrase}\r\n{extra}Content-Type: text/plain; charset=utf-8\r\n\
             Content-Length: {}\r\nConnection: close\r\n\r\n{body}",
            body.len()
        )
        .into_bytes()
    }

    /// Status, phrase and the headers that belong to it.
    fn line(self) -> (u16, &'static str, &'static str) {
        match self {
            Self::NotHttp | Self::BadKey | Self::Body | Self::NoSubprotocol | Self::BadForwarding => {
                (400, "Bad Request", "")
            }
            Self::NoToken => (401, "Unauthorized", "WWW-Authenticate: Bearer\r\n"),
            Self::ForeignOrigin | Self::ForeignAddress => (403, "Forbidden", ""),
            Self::NoSuchPath | Self::NoContact | Self::Unknown => (404, "Not Found", ""),
            Self::NotGet => (405, "Method Not Allowed", "Allow: GET\r\n"),
            Self::HeadTooSlow => (408, "Request Timeout", ""),
            Self::Duplicate => (409, "Conflict", ""),
            Self::NotAnUpgrade => (
                426,
                "Upgrade Required",
                "Upgrade: websocket\r\nSec-WebSocket-Version: 13\r\n",
            ),
            Self::TooMany => (429, "Too Many Requests", "Retry-After: 60\r\n"),
            Self::HeadTooLarge => (431, "Request Header Fields Too Large", ""),
            Self::Full | Self::Draining => (503, "Service Unavailable", "Retry-After: 30\r\n"),
        }
    }
}

/// The 101 response; with the routing ID if a tunnel was created.
#[must_use]
pub fn switching(key: &WebSocketKey, routing: Option<&RoutingId>) -> Vec<u8> {
    let accept = derive_accept_key(key.as_bytes());
    let routing = routing
        .map(|id| format!("{ROUTING_ID_HEADER}: {}\r\n", id.to_hex()))
        .unwrap_or_default();
    format!(
        "HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n\
         Sec-WebSocket-Accept: {accept}\r\nSec-WebSocket-Protocol: {SUBPROTOCOL}\r\n{routing}\r\n"
    )
    .into_bytes()
}
