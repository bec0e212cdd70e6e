//! The tunnel service's HTTP interface: paths and headers, shared with the service itself (CTAP 2.3 §11.5).
//!
//! | path | who | meaning |
//! |---|---|---|
//! | `/cable/new/<tunnel ID>` | authenticator | create a tunnel; the answer carries [`ROUTING_ID_HEADER`] |
//! | `/cable/connect/<routing ID>/<tunnel ID>` | client platform; linked authenticator | join it |
//! | `/cable/contact/<contact ID>` | linked client platform | create a tunnel and wake the authenticator |
//!
//! IDs are hexadecimal, contact IDs base64url without padding.

use base64::Engine as _;
use base64::prelude::BASE64_URL_SAFE_NO_PAD;

use crate::link::ContactId;
use crate::{RoutingId, TunnelId};

/// The WebSocket subprotocol that both ends offer and the service selects.
pub const SUBPROTOCOL: &str = "fido.cable";
/// The response header with the routing ID, six hexadecimal digits.
pub const ROUTING_ID_HEADER: &str = "X-caBLE-Routing-ID";
/// The request header of a linked client platform, see [`LinkedRequest`](crate::LinkedRequest).
pub const CLIENT_PAYLOAD_HEADER: &str = "X-caBLE-Client-Payload";
/// The request and response header that asks for and promises a signal when the authenticator joins.
pub const SIGNAL_CONNECTION_HEADER: &str = "X-caBLE-Signal-Connection";

/// The path that creates a tunnel.
#[must_use]
pub fn new_tunnel(tunnel_id: &TunnelId) -> String {
    format!("/cable/new/{}", tunnel_id.to_hex())
}

/// The path that joins a tunnel.
#[must_use]
pub fn connect(routing_id: &RoutingId, tunnel_id: &TunnelId) -> String {
    format!("/cable/connect/{}/{}", routing_id.to_hex(), tunnel_id.to_hex())
}

/// The path that wakes a linked authenticator.
#[must_use]
pub fn contact(contact_id: &ContactId) -> String {
    format!(
        "/cable/contact/{}",
        BASE64_URL_SAFE_NO_PAD.encode(contact_id.as_bytes())
    )
}

/// A path that a tunnel service answers.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum RequestPath {
    /// Create a tunnel.
    New(TunnelId),
    /// Join a tunnel.
    Connect(RoutingId, TunnelId),
    /// Wake a linked authenticator.
    Contact(ContactId),
}

impl RequestPath {
    /// Reads the path of a request, without query. Nothing is normalised: one wrong sign and it is another path.
    ///
    /// # Errors
    ///
    /// Each variant of [`PathError`] can occur.
    pub fn parse(path: &str) -> Result<Self, PathError> {
        let mut segments = path.strip_prefix("/cable/").ok_or(PathError::Unknown)?.split('/');
        match (segments.next(), segments.next(), segments.next(), segments.next()) {
            (Some("new"), Some(tunnel), None, None) => {
                Ok(Self::New(tunnel.parse().map_err(|_| PathError::TunnelId)?))
            }
            (Some("connect"), Some(routing), Some(tunnel), None) => Ok(Self::Connect(
                routing.parse().map_err(|_| PathError::RoutingId)?,
                tunnel.parse().map_err(|_| PathError::TunnelId)?,
            )),
            (Some("contact"), Some(contact), None, None) => {
                let bytes = BASE64_URL_SAFE_NO_PAD
                    .decode(contact)
                    .map_err(|_| PathError::ContactId)?;
                Ok(Self::Contact(
                    ContactId::from_bytes(bytes).ok_or(PathError::ContactId)?,
                ))
            }
            _ => Err(PathError::Unknown),
        }
    }
}

/// Why a path is not one that a tunnel service answers. Whoever requested it is at fault.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum PathError {
    /// No such path.
    #[error("no such path")]
    Unknown,
    /// The tunnel ID is not 32 hexadecimal digits.
    #[error("the path has no valid tunnel ID")]
    TunnelId,
    /// The routing ID is not 6 hexadecimal digits.
    #[error("the path has no valid routing ID")]
    RoutingId,
    /// The contact ID is not 1 to 1,024 bytes in base64url without padding.
    #[error("the path has no valid contact ID")]
    ContactId,
}
