//! Tunnel services that others rent from: joined wherever an advert says.

use std::net::SocketAddr;

use roamkey_hybrid::TunnelDomain;
use roamkey_session::{TunnelError, Tunnels};
use rustls_pki_types::CertificateDer;

use crate::address::Address;
use crate::channel::WebSocketChannel;
use crate::limits::Limits;
use crate::service::{NotLoopback, WebSocketTunnel};
use crate::trust::Trust;

/// Every tunnel service there is, each at its own host. Clones share the root certificates.
#[derive(Debug, Clone, Default)]
pub struct WebSocketTunnels {
    way: Way,
    trust: Trust,
    limits: Limits,
}

/// How a service is reached.
#[derive(Debug, Clone, Default)]
enum Way {
    /// At its own host, port 443.
    #[default]
    Usual,
    /// All at this address, each by its own name.
    At(Address),
    /// All at this loopback address, without TLS.
    PlainLoopback(SocketAddr),
}

impl WebSocketTunnels {
    /// Each service at its own host, or all at `address`. Whatever the address, the certificate must be for the
    /// service's host.
    #[must_use]
    pub fn new(address: Option<Address>) -> Self {
        Self {
            way: address.map_or(Way::Usual, Way::At),
            ..Self::default()
        }
    }

    /// All services on this machine without TLS, for demonstrations and tests.
    ///
    /// # Errors
    ///
    /// [`NotLoopback`] if `address` is not a loopback address.
    pub fn plain_loopback(address: SocketAddr) -> Result<Self, NotLoopback> {
        if !address.ip().is_loopback() {
            return Err(NotLoopback::new(address));
        }
        Ok(Self {
            way: Way::PlainLoopback(address),
            ..Self::default()
        })
    }

    /// Trusts these root certificates instead of the platform's. Without TLS it changes nothing.
    #[must_use]
    pub fn with_roots(self, roots: Vec<CertificateDer<'static>>) -> Self {
        Self {
            trust: Trust::in_roots(roots),
            ..self
        }
    }

    /// Other limits than the default ones.
    #[must_use]
    pub fn with_limits(self, limits: Limits) -> Self {
        Self { limits, ..self }
    }

    /// Reads the root certificates ahead of time, while something else is waited for. Calling it is optional.
    ///
    /// # Errors
    ///
    /// [`TunnelError::Tls`] if there are none; [`Tunnels::join`] would say the same.
    pub async fn prepare(&self) -> Result<(), TunnelError> {
        match &self.way {
            Way::Usual | Way::At(_) => self.trust.config().await.map(drop),
            Way::PlainLoopback(_) => Ok(()),
        }
    }

    fn service(&self, domain: TunnelDomain) -> Result<WebSocketTunnel, NotLoopback> {
        let service = match &self.way {
            Way::Usual => WebSocketTunnel::trusting(domain, None, self.trust.clone()),
            Way::At(address) => WebSocketTunnel::trusting(domain, Some(address.clone()), self.trust.clone()),
            Way::PlainLoopback(address) => WebSocketTunnel::plain_loopback(domain, *address)?,
        };
        Ok(service.with_limits(self.limits))
    }
}

impl Tunnels for WebSocketTunnels {
    type Channel = WebSocketChannel;

    async fn join(&self, service: TunnelDomain, path: &str) -> Result<WebSocketChannel, TunnelError> {
        let tunnel = self
            .service(service)
            .map_err(|error| TunnelError::Failed(Box::new(error)))?;
        tunnel.join(path).await
    }
}
