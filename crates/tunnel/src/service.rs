//! The tunnel service as the session sees it.

use std::net::SocketAddr;

use roamkey_hybrid::{RoutingId, TunnelDomain, TunnelId, paths};
use roamkey_session::{TunnelError, TunnelService};
use rustls_pki_types::{CertificateDer, ServerName};
use tokio::net::TcpStream;
use tokio::time::timeout;
use tokio_rustls::TlsConnector;
use tokio_tungstenite::tungstenite::handshake::client::Response;
use tracing::debug;

use crate::address::Address;
use crate::channel::{Stream, WebSocketChannel};
use crate::dial::dial;
use crate::limits::Limits;
use crate::trust::{Trust, tls_error};
use crate::upgrade::{routing_id, upgrade};

/// A tunnel service, reached by WebSocket. Clones share the root certificates.
#[derive(Debug, Clone)]
pub struct WebSocketTunnel {
    pub(crate) domain: TunnelDomain,
    pub(crate) address: Address,
    security: Security,
    pub(crate) limits: Limits,
}

#[derive(Debug, Clone)]
enum Security {
    Tls(Trust),
    PlainLoopback,
}

/// Without TLS, only this machine may be talked to.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("{0} is not a loopback address; without TLS nothing else is connected to")]
pub struct NotLoopback(SocketAddr);

impl NotLoopback {
    pub(crate) fn new(address: SocketAddr) -> Self {
        Self(address)
    }
}

impl WebSocketTunnel {
    /// The service with this number, at its own host and port 443 or at `address`. Whatever the address, the
    /// certificate must be for the service's host, and the request names it.
    #[must_use]
    pub fn new(domain: TunnelDomain, address: Option<Address>) -> Self {
        Self::trusting(domain, address, Trust::default())
    }

    pub(crate) fn trusting(domain: TunnelDomain, address: Option<Address>, trust: Trust) -> Self {
        let address = address.unwrap_or_else(|| Address::new(domain.host(), HTTPS));
        Self {
            domain,
            address,
            security: Security::Tls(trust),
            limits: Limits::default(),
        }
    }

    /// A service on this machine without TLS, for demonstrations and tests.
    ///
    /// # Errors
    ///
    /// [`NotLoopback`] if `address` is not a loopback address.
    pub fn plain_loopback(domain: TunnelDomain, address: SocketAddr) -> Result<Self, NotLoopback> {
        if !address.ip().is_loopback() {
            return Err(NotLoopback(address));
        }
        let address = Address::new(address.ip().to_string(), address.port());
        Ok(Self {
            domain,
            address,
            security: Security::PlainLoopback,
            limits: Limits::default(),
        })
    }

    /// Trusts these root certificates instead of the platform's. Without TLS it changes nothing.
    #[must_use]
    pub fn with_roots(mut self, roots: Vec<CertificateDer<'static>>) -> Self {
        if let Security::Tls(trust) = &mut self.security {
            *trust = Trust::in_roots(roots);
        }
        self
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
    /// [`TunnelError::Tls`] if there are none; [`TunnelService::open`] would say the same.
    pub async fn prepare(&self) -> Result<(), TunnelError> {
        match &self.security {
            Security::Tls(trust) => trust.config().await.map(drop),
            Security::PlainLoopback => Ok(()),
        }
    }

    pub(crate) fn is_plain(&self) -> bool {
        matches!(self.security, Security::PlainLoopback)
    }

    pub(crate) async fn secure(&self, tcp: TcpStream) -> Result<Stream, TunnelError> {
        let Security::Tls(trust) = &self.security else {
            return Ok(Stream::Plain(tcp));
        };
        let config = trust.config().await?;
        let name =
            ServerName::try_from(self.domain.host()).map_err(|error| TunnelError::Tls(Box::new(error)))?;
        let connect = TlsConnector::from(config).connect(name, tcp);
        let tls = timeout(self.limits.tls, connect)
            .await
            .map_err(|_| TunnelError::TimedOut)?
            .map_err(tls_error)?;
        Ok(Stream::Tls(Box::new(tls)))
    }

    async fn dial(&self) -> Result<TcpStream, TunnelError> {
        // The certificates are read while the connection is made.
        let (tcp, prepared) = tokio::join!(dial(&self.address, &self.limits), self.prepare());
        prepared?;
        tcp
    }

    /// Joins a tunnel that somebody else created: `path` is the one that
    /// [`Join`](roamkey_hybrid::client::Join) names.
    ///
    /// # Errors
    ///
    /// The step that failed.
    pub async fn join(&self, path: &str) -> Result<WebSocketChannel, TunnelError> {
        Ok(self.connect(path).await?.0)
    }

    pub(crate) async fn connect(&self, path: &str) -> Result<(WebSocketChannel, Response), TunnelError> {
        let tcp = self.dial().await?;
        let stream = Box::pin(self.secure(tcp)).await?;
        let host = self.domain.host();
        let upgraded = timeout(self.limits.upgrade, Box::pin(upgrade(stream, &host, path))).await;
        let (socket, response) = upgraded.map_err(|_| TunnelError::TimedOut)??;
        Ok((WebSocketChannel::new(socket, self.limits), response))
    }
}

impl TunnelService for WebSocketTunnel {
    type Channel = WebSocketChannel;

    fn domain(&self) -> TunnelDomain {
        self.domain
    }

    async fn open(&self, tunnel_id: &TunnelId) -> Result<(WebSocketChannel, RoutingId), TunnelError> {
        let (channel, response) = self.connect(&paths::new_tunnel(tunnel_id)).await?;
        let routing_id = routing_id(&response)?;
        debug!(tunnel = ?tunnel_id, service = self.domain.id(), "tunnel open");
        Ok((channel, routing_id))
    }
}

/// The port of `wss`.
const HTTPS: u16 = 443;
