//! FIDO hybrid transport (CTAP 2.3 §11.5): bytes in, bytes out.

#![forbid(unsafe_code)]

pub mod authenticator;
pub mod paths;

mod advert;
mod channel;
mod derive;
mod digits;
mod domain;
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

pub use advert::{Advert, AdvertError};
pub use channel::{Channel, ChannelError, MAX_FRAME};
pub use digits::DigitsError;
pub use domain::{DomainError, TunnelDomain};
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
