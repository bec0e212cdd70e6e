//! One hybrid transaction over ports, in either role.
//!
//! [`Authentication::run`] takes what a fresh QR code became and walks one way: tunnel → advert → handshake → first message →
//! command → person → signed answer → shutdown. It owns every wait and its limit, and nothing else: bytes on the wire
//! are `roamkey-hybrid`'s, what a command may do is `roamkey-authenticator`'s, sockets, radios and screens are the
//! ports' ([`Air`], [`TunnelService`], [`User`]).
//!
//! The other role is [`connect`]: scan → tunnel → handshake → first message, then a [`Conversation`] of commands and
//! replies. Its ports are [`Scanner`] and [`Tunnels`].
//!
//! Whatever happens, the advert leaves the air and the tunnel is closed before [`Authentication::run`] returns; dropping
//! its future does the same without waiting.

#![forbid(unsafe_code)]

mod authenticate;
mod ports;
mod request;

pub use authenticate::{Authentication, Limits, Phase, Progress, SessionError};
pub use ports::{
    Advertising, Air, AirError, DataChannel, Scanner, Scanning, TunnelError, TunnelService, Tunnels, User,
};
pub use request::{Conversation, MAX_GET_INFO, RequestError, RequestLimits, RequestProgress, connect};
pub use roamkey_authenticator::BoxError;
