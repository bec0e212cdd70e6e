//! The PROXY protocol, versions 1 and 2: a proxy tells the client's address ahead of the client's bytes.
//!
//! ```text
//! version 1   PROXY TCP4 192.0.2.1 198.51.100.1 56324 443\r\n          at most 107 bytes
//! version 2   0d 0a 0d 0a 00 0d 0a 51 55 49 54 0a                      12 bytes: never the start of HTTP or TLS
//!             21       version 2, command: 0 LOCAL, 1 PROXY
//!             11       family: 0 unknown, 1 IPv4, 2 IPv6, 3 Unix; transport: 0 unknown, 1 stream, 2 datagram
//!             00 0c    bytes that follow, big endian
//!             source and destination address, both ports, then extensions, which are skipped
//! ```
//!
//! Specification: <https://www.haproxy.org/download/3.0/doc/proxy-protocol.txt>. Whether a header is expected is
//! configured, never guessed (§2).

use std::io;
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};

use tokio::io::AsyncReadExt as _;
use tokio::net::TcpStream;

/// A header that was read.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Header {
    /// The client; `None` if the proxy speaks for itself (a health check) or does not know.
    pub client: Option<IpAddr>,
    /// Bytes of the header; what follows is the client's.
    pub length: usize,
}

/// Why bytes are no header.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum HeaderError {
    /// Neither version begins like this.
    #[error("this is no PROXY header")]
    Unknown,
    /// Version 1: not the words or numbers that belong there.
    #[error("the PROXY line is malformed")]
    Line,
    /// Version 2: a version, command, family or transport that does not exist.
    #[error("the PROXY header has an unknown version, command or address family")]
    Kind,
    /// Version 2: shorter than its addresses, or longer than [`MAX_HEADER`].
    #[error("the PROXY header has an impossible length")]
    Length,
}

/// Reads a header. `None` asks for more bytes.
///
/// # Errors
///
/// See [`HeaderError`].
pub fn parse(bytes: &[u8]) -> Result<Option<Header>, HeaderError> {
    let begins = |prefix: &[u8]| bytes.iter().zip(prefix).all(|(byte, wanted)| byte == wanted);
    if begins(LINE) {
        line(bytes)
    } else if begins(SIGNATURE) {
        binary(bytes)
    } else {
        Err(HeaderError::Unknown)
    }
}

/// Reads the header off a connection, and not one byte more.
///
/// # Errors
///
/// What the connection says, `UnexpectedEof` if it ends, and [`HeaderError`] as `InvalidData`.
pub(crate) async fn read(tcp: &mut TcpStream) -> io::Result<Header> {
    let mut head = Vec::with_capacity(MAX_LINE);
    let mut window = [0; WINDOW];
    loop {
        let seen = tcp.peek(&mut window).await?;
        if seen == 0 {
            return Err(io::ErrorKind::UnexpectedEof.into());
        }
        let before = head.len();
        head.extend_from_slice(window.get(..seen).unwrap_or_default());
        let header = parse(&head).map_err(|error| io::Error::new(io::ErrorKind::InvalidData, error))?;
        let ours = header.map_or(seen, |header| header.length.saturating_sub(before));
        tcp.read_exact(window.get_mut(..ours).unwrap_or_default()).await?;
        if let Some(header) = header {
            return Ok(header);
        }
    }
}

fn line(bytes: &[u8]) -> Result<Option<Header>, HeaderError> {
    let window = bytes.get(..MAX_LINE).unwrap_or(bytes);
    let Some(end) = window.windows(2).position(|pair| pair == b"\r\n") else {
        return if bytes.len() < MAX_LINE {
            Ok(None)
        } else {
            Err(HeaderError::Line)
        };
    };
    let text = window
        .get(..end)
        .and_then(|line| std::str::from_utf8(line).ok())
        .ok_or(HeaderError::Line)?;
    let length = end + 2;
    let mut words = text.split(' ').skip(1);
    let family = words.next();
    if family == Some("UNKNOWN") {
        // Whatever follows must be ignored (§2.1).
        return Ok(Some(Header { client: None, length }));
    }
    let (Some(source), Some(destination), Some(from), Some(to), None) = (
        words.next(),
        words.next(),
        words.next(),
        words.next(),
        words.next(),
    ) else {
        return Err(HeaderError::Line);
    };
    let address = |text: &str| -> Option<IpAddr> {
        match family {
            Some("TCP4") => text.parse::<Ipv4Addr>().ok().map(Into::into),
            Some("TCP6") => text.parse::<Ipv6Addr>().ok().map(Into::into),
            _ => None,
        }
    };
    let port = |text: &str| text.bytes().all(|digit| digit.is_ascii_digit()) && text.parse::<u16>().is_ok();
    match (address(source), address(destination)) {
        (Some(client), Some(_)) if port(from) && port(to) => Ok(Some(Header {
            client: Some(client),
            length,
        })),
        _ => Err(HeaderError::Line),
    }
}

fn binary(bytes: &[u8]) -> Result<Option<Header>, HeaderError> {
    let Some((head, body)) = bytes.split_first_chunk::<FIXED>() else {
        return Ok(None);
    };
    let [.., kind, family, high, low] = *head;
    let size = usize::from(u16::from_be_bytes([high, low]));
    let length = FIXED + size;
    if length > MAX_HEADER {
        return Err(HeaderError::Length);
    }
    if !matches!(kind, LOCAL | PROXY) || family >> 4 > 3 || family & 0x0f > 2 {
        return Err(HeaderError::Kind);
    }
    let needed = match family >> 4 {
        1 => 2 * 4 + PORTS,
        2 => 2 * 16 + PORTS,
        _ => 0,
    };
    if kind == PROXY && size < needed {
        return Err(HeaderError::Length);
    }
    let Some(body) = body.get(..size) else {
        return Ok(None);
    };
    let client = match (kind, family) {
        (PROXY, STREAM_4) => body.first_chunk::<4>().map(|octets| IpAddr::from(*octets)),
        (PROXY, STREAM_6) => body.first_chunk::<16>().map(|octets| IpAddr::from(*octets)),
        // A health check, a Unix socket, or a transport that no WebSocket has: the proxy itself.
        _ => None,
    };
    Ok(Some(Header { client, length }))
}

/// Bytes of a header. The addresses take 52; extensions (a certificate's name, a cloud's own ids) some hundred.
pub const MAX_HEADER: usize = 4 << 10;

/// The longest line of version 1, with its end (§2.1).
const MAX_LINE: usize = 107;

/// Looked at in one step: any header without large extensions.
const WINDOW: usize = 512;

const LINE: &[u8] = b"PROXY ";

const SIGNATURE: &[u8] = b"\r\n\r\n\0\r\nQUIT\n";

/// Signature, version and command, family, length.
const FIXED: usize = 16;

/// Two ports.
const PORTS: usize = 4;

/// Version 2, command LOCAL.
const LOCAL: u8 = 0x20;

/// Version 2, command PROXY.
const PROXY: u8 = 0x21;

/// TCP over IPv4.
const STREAM_4: u8 = 0x11;

/// TCP over IPv6.
const STREAM_6: u8 = 0x21;

#[cfg(test)]
mod tests;
