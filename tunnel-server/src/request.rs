//! The head of the one HTTP request that a connection may send, from bytes to [`Asked`] or a [`Refusal`].
//!
//! ```text
//! GET /cable/new/F5F0491044D72B9C0FC6439A2D0B84E7 HTTP/1.1
//! Connection: Upgrade
//! Upgrade: websocket
//! Sec-WebSocket-Version: 13
//! Sec-WebSocket-Key: <24 base64 digits>
//! Sec-WebSocket-Protocol: fido.cable
//! ```
//!
//! `Host`, cookies and extensions are not looked at: clients differ, and an extension that is not confirmed is declined
//! (RFC 6455 §9.1). `Origin`, token and forwarding headers are handed on to whoever decides about access. What is
//! checked is checked in an order that names the fault a person would look for.

use std::net::IpAddr;

use httparse::{EMPTY_HEADER, Header, Status};
use roamkey_hybrid::paths::{RequestPath, SUBPROTOCOL};
use roamkey_hybrid::{RoutingId, TunnelId};

use crate::forwarded::{self, Unreadable};
use crate::response::Refusal;

/// What a connection asked for.
#[derive(Debug, PartialEq, Eq)]
pub enum Wish {
    /// A new tunnel.
    New(TunnelId),
    /// To join the tunnel that got this routing ID.
    Connect(RoutingId, TunnelId),
}

/// A well-formed request.
#[derive(Debug, PartialEq, Eq)]
pub struct Asked {
    /// What for.
    pub wish: Wish,
    /// `Sec-WebSocket-Key` as sent: 24 base64 digits.
    pub key: WebSocketKey,
    /// `Origin`, which browsers send.
    pub origin: Option<String>,
    /// The token of `Authorization: Bearer`.
    pub token: Option<String>,
    /// The client of the nearest proxy by `Forwarded`, if the header is there. Worth as much as that proxy.
    pub forwarded: Option<Result<IpAddr, Unreadable>>,
    /// The same by `X-Forwarded-For`.
    pub x_forwarded_for: Option<Result<IpAddr, Unreadable>>,
    /// Bytes of the head; what follows belongs to the WebSocket.
    pub length: usize,
}

/// A `Sec-WebSocket-Key`: 16 bytes in base64.
#[derive(Debug, PartialEq, Eq)]
pub struct WebSocketKey([u8; KEY_LENGTH]);

impl WebSocketKey {
    fn parse(value: &[u8]) -> Option<Self> {
        let key = <[u8; KEY_LENGTH]>::try_from(value).ok()?;
        let digits = key.strip_suffix(b"==")?;
        digits
            .iter()
            .all(|digit| digit.is_ascii_alphanumeric() || b"+/".contains(digit))
            .then_some(Self(key))
    }

    /// The 24 digits.
    #[must_use]
    pub fn as_bytes(&self) -> &[u8] {
        &self.0
    }
}

/// Reads a request head. `None` asks for more bytes.
///
/// # Errors
///
/// The refusal to answer with.
pub fn parse(bytes: &[u8]) -> Result<Option<Asked>, Refusal> {
    let mut headers = [EMPTY_HEADER; MAX_HEADERS];
    let mut request = httparse::Request::new(&mut headers);
    let length = match request.parse(bytes) {
        Ok(Status::Complete(length)) if length <= MAX_HEAD => length,
        Ok(Status::Partial) if bytes.len() < MAX_HEAD => return Ok(None),
        Ok(_) | Err(httparse::Error::TooManyHeaders) => return Err(Refusal::HeadTooLarge),
        Err(_) => return Err(Refusal::NotHttp),
    };
    if request.method != Some("GET") {
        return Err(Refusal::NotGet);
    }
    let wish = match RequestPath::parse(request.path.unwrap_or_default()) {
        Ok(RequestPath::New(tunnel)) => Wish::New(tunnel),
        Ok(RequestPath::Connect(routing, tunnel)) => Wish::Connect(routing, tunnel),
        Ok(RequestPath::Contact(_)) => return Err(Refusal::NoContact),
        Err(_) => return Err(Refusal::NoSuchPath),
    };
    let headers = Headers(request.headers);
    if request.version != Some(1) || !headers.has_token("Connection", "upgrade") {
        return Err(Refusal::NotAnUpgrade);
    }
    if !headers.has_token("Upgrade", "websocket") || headers.only("Sec-WebSocket-Version") != Some(b"13") {
        return Err(Refusal::NotAnUpgrade);
    }
    let key = headers
        .only("Sec-WebSocket-Key")
        .and_then(WebSocketKey::parse)
        .ok_or(Refusal::BadKey)?;
    if headers.announces_body() {
        return Err(Refusal::Body);
    }
    if !headers
        .tokens("Sec-WebSocket-Protocol")
        .any(|token| token == SUBPROTOCOL.as_bytes())
    {
        return Err(Refusal::NoSubprotocol);
    }
    let token = headers
        .only("Authorization")
        .and_then(text)
        .and_then(|value| value.strip_prefix("Bearer "));
    Ok(Some(Asked {
        wish,
        key,
        origin: headers.only("Origin").and_then(text).map(str::to_owned),
        token: token.map(str::to_owned),
        forwarded: headers.all("Forwarded").last().map(forwarded::forwarded),
        x_forwarded_for: headers
            .all("X-Forwarded-For")
            .last()
            .map(forwarded::x_forwarded_for),
        length,
    }))
}

struct Headers<'a>(&'a [Header<'a>]);

impl<'a> Headers<'a> {
    fn all(&self, name: &'static str) -> impl Iterator<Item = &'a [u8]> + use<'a> {
        self.0
            .iter()
            .filter(move |header| header.name.eq_ignore_ascii_case(name))
            .map(|header| header.value)
    }

    /// The value of a header that is there exactly once.
    fn only(&self, name: &'static str) -> Option<&'a [u8]> {
        let mut values = self.all(name);
        let value = values.next()?;
        values.next().is_none().then(|| value.trim_ascii())
    }

    fn tokens(&self, name: &'static str) -> impl Iterator<Item = &'a [u8]> + use<'a> {
        self.all(name)
            .flat_map(|value| value.split(|byte| *byte == b','))
            .map(<[u8]>::trim_ascii)
    }

    fn has_token(&self, name: &'static str, wanted: &str) -> bool {
        self.tokens(name)
            .any(|token| token.eq_ignore_ascii_case(wanted.as_bytes()))
    }

    /// A body would be taken for WebSocket frames, or smuggle a second request past a proxy.
    fn announces_body(&self) -> bool {
        self.all("Transfer-Encoding").next().is_some()
            || self
                .all("Content-Length")
                .any(|length| length.trim_ascii() != b"0")
    }
}

fn text(value: &[u8]) -> Option<&str> {
    std::str::from_utf8(value).ok()
}

/// 16 bytes take 22 base64 digits and two of padding.
const KEY_LENGTH: usize = 24;

/// Bytes of a request head. Chromium's takes 600; cookies and proxy headers may add some KiB.
pub const MAX_HEAD: usize = 8 << 10;

/// Header lines of a request. Chromium sends 14; proxies add a handful.
pub const MAX_HEADERS: usize = 64;

#[cfg(test)]
mod tests;
