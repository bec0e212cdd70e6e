//! Rents a tunnel from a tunnel service: WebSocket over TLS, as CTAP 2.3 §11.5 describes it.
//!
//! ```text
//! look up ─▶ connect ─▶ TLS ─▶ GET /cable/new/<tunnel ID> ─▶ 101, fido.cable, X-caBLE-Routing-ID ─▶ binary messages
//! ```
//!
//! [`WebSocketTunnel`] implements the session's [`TunnelService`](roamkey_session::TunnelService); every step has a
//! limit of its own and every failure its own [`TunnelError`](roamkey_session::TunnelError).
//!
//! A client platform joins with [`WebSocketTunnels`]: the advert says which service, `GET /cable/connect/…` which
//! tunnel.
//!
//! [`Sites`] fetches the one document that a client platform may need of a site itself, its list of related origins.
//!
//! ```no_run
//! use roamkey_hybrid::{TunnelDomain, TunnelId};
//! use roamkey_session::{DataChannel as _, TunnelService as _};
//! use roamkey_tunnel::WebSocketTunnel;
//!
//! # async fn run(tunnel_id: &TunnelId) -> Result<(), Box<dyn std::error::Error>> {
//! let service = WebSocketTunnel::new(TunnelDomain::new(266)?, None);
//! let (mut channel, routing_id) = service.open(tunnel_id).await?;
//! println!("the advert will carry {}", routing_id.to_hex());
//! let first_message = channel.receive().await?;
//! # Ok(())
//! # }
//! ```

#![forbid(unsafe_code)]

mod address;
mod channel;
mod check;
mod dial;
mod joining;
mod limits;
mod probe;
mod service;
mod sites;
mod trust;
mod upgrade;

pub use address::{Address, AddressError};
pub use channel::WebSocketChannel;
pub use check::{CheckFailed, CheckPassed, CheckStep};
pub use joining::WebSocketTunnels;
pub use limits::Limits;
pub use probe::Probe;
pub use service::{NotLoopback, WebSocketTunnel};
pub use sites::{SiteError, Sites};

#[cfg(test)]
mod recorder;
