//! FIDO hybrid transport (CTAP 2.3 §11.5), both roles: bytes, time and randomness in, bytes out.
//!
//! A client platform (say, a browser) shows a QR code. An authenticator scans it, opens a tunnel, proves by Bluetooth
//! that it is nearby, and both end up with an encrypted [`Channel`] for CTAP2 messages. Nothing here opens a socket,
//! reads a clock or draws randomness of its own, and nothing looks inside a CTAP2 message.
//!
//! Each role is a chain of states in which every step consumes the one before; see [`authenticator`] and [`client`].
//! The whole of it, from the QR code to a sealed message:
//!
//! ```
//! use rand::{SeedableRng as _, rngs::StdRng};
//! use roamkey_hybrid::{Hint, Message, QrCode, RoutingId, TunnelDomain, authenticator, client};
//!
//! let rng = &mut StdRng::seed_from_u64(1);
//! let now = 1_780_000_000;
//!
//! // The client platform shows a QR code.
//! let request = client::Request { hint: Hint::GetAssertion, now, supports_linking: false };
//! let showing = client::begin(request, rng);
//!
//! // The authenticator scans it, opens a tunnel under `waiting.tunnel_id()` and is given a routing ID.
//! let code = QrCode::parse(showing.qr_text())?.fresh(now)?;
//! let waiting = authenticator::begin(code, TunnelDomain::new(0)?)?;
//! let (on_air, advert) = waiting.routed(RoutingId::from_bytes([0x2A, 0, 1]), rng);
//!
//! // The client platform hears the advert and joins the tunnel.
//! let proximity = showing.advert_seen(advert.as_bytes())?;
//! let (joined, join) = showing.join(&proximity, rng)?;
//! assert!(join.path.starts_with("/cable/connect/2A0001/"));
//!
//! // Both shake hands; the authenticator introduces itself.
//! let (reply, established) = on_air.respond(&join.message, rng)?;
//! let (first, mut phone) = established.post_handshake(&[0xA0])?;
//! let (peer, mut browser, _) = joined.reply(&reply)?.first_message(&first)?;
//! assert_eq!(peer.get_info.as_deref(), Some(&[0xA0][..]));
//!
//! // CTAP2, both ways.
//! let frame = browser.seal(&Message::Ctap(vec![0x04]))?;
//! assert_eq!(phone.open(&frame)?, Message::Ctap(vec![0x04]));
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```

#![forbid(unsafe_code)]

pub mod authenticator;
pub mod client;
pub mod paths;

mod advert;
mod channel;
mod derive;
mod digits;
mod domain;
mod first_message;
mod handshake;
mod hint;
mod id;
mod keys;
mod link;
mod linking;
mod mac;
mod message;
mod noise;
mod padding;
mod qr;
mod secret;
#[cfg(test)]
mod vectors;

pub use advert::{Advert, AdvertError};
pub use channel::{Channel, ChannelError, MAX_FRAME};
pub use digits::DigitsError;
pub use domain::{DomainError, TunnelDomain};
pub use first_message::{FirstMessageError, PeerInfo, Revision};
pub use handshake::{HandshakeError, NoiseError};
pub use hint::Hint;
pub use id::{IdError, RoutingId, TunnelId};
pub use keys::{PrivateKey, PublicKey};
pub use link::{ClientNonce, ContactId, Link, LinkId, LinkOffer, LinkedRequest, LinkedRequestError};
pub use linking::{LinkVerifier, LinkingError};
pub use message::{Message, MessageError};
pub use paths::{PathError, RequestPath};
pub use qr::{FreshQrCode, FreshnessError, MAX_AGE, MAX_SKEW, QrCode, QrError};
pub use secret::LinkSecret;
