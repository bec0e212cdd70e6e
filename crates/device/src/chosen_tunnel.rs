//! A tunnel service that can be exchanged for another one while the device runs.

use std::fmt;
use std::net::SocketAddr;
use std::sync::{Arc, PoisonError, RwLock};

use roamkey_hybrid::{RoutingId, TunnelDomain, TunnelId};
use roamkey_session::{TunnelError, TunnelService};
use roamkey_tunnel::{Address, NotLoopback, WebSocketChannel, WebSocketTunnel};

/// The tunnel service that the person has chosen. Clones are the same choice.
///
/// A code is read for the service of that moment, so a choice is to be made between two transactions, not within one.
#[derive(Clone)]
pub struct ChosenTunnel {
    service: Arc<RwLock<WebSocketTunnel>>,
    reach: Reach,
}

/// How services are reached.
#[derive(Clone)]
enum Reach {
    /// At their own hosts, or at this address instead.
    Tls(Option<Address>),
    /// On this machine, without TLS.
    Plain(SocketAddr),
}

impl ChosenTunnel {
    /// Begins with this service, at its own host or at `address`.
    #[must_use]
    pub fn new(domain: TunnelDomain, address: Option<Address>) -> Self {
        Self {
            service: Arc::new(RwLock::new(WebSocketTunnel::new(domain, address.clone()))),
            reach: Reach::Tls(address),
        }
    }

    /// Begins with this service, and takes a server on this machine without TLS for whichever is chosen. For
    /// demonstrations and tests.
    ///
    /// # Errors
    ///
    /// [`NotLoopback`] if `address` is not a loopback address.
    pub fn plain_loopback(domain: TunnelDomain, address: SocketAddr) -> Result<Self, NotLoopback> {
        Ok(Self {
            service: Arc::new(RwLock::new(WebSocketTunnel::plain_loopback(domain, address)?)),
            reach: Reach::Plain(address),
        })
    }

    /// Takes another service from now on.
    pub fn choose(&self, domain: TunnelDomain) {
        let mut service = self.service.write().unwrap_or_else(PoisonError::into_inner);
        if service.domain() != domain {
            *service = self.at(domain);
        }
    }

    /// A service with this number, reached in the same way, whether chosen or not.
    #[must_use]
    pub fn at(&self, domain: TunnelDomain) -> WebSocketTunnel {
        match &self.reach {
            Reach::Tls(address) => WebSocketTunnel::new(domain, address.clone()),
            // The address was a loopback one when this was made.
            Reach::Plain(address) => WebSocketTunnel::plain_loopback(domain, *address)
                .unwrap_or_else(|_| WebSocketTunnel::new(domain, None)),
        }
    }

    /// The service that is chosen.
    #[must_use]
    pub fn service(&self) -> WebSocketTunnel {
        self.service
            .read()
            .unwrap_or_else(PoisonError::into_inner)
            .clone()
    }
}

impl TunnelService for ChosenTunnel {
    type Channel = WebSocketChannel;

    fn domain(&self) -> TunnelDomain {
        self.service().domain()
    }

    async fn open(&self, tunnel_id: &TunnelId) -> Result<(WebSocketChannel, RoutingId), TunnelError> {
        let service = self.service();
        service.open(tunnel_id).await
    }
}

impl fmt::Debug for ChosenTunnel {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("ChosenTunnel")
            .field("domain", &self.domain())
            .finish_non_exhaustive()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn clones_follow_a_choice_and_the_address_stays() {
        let domain = |id| TunnelDomain::new(id).unwrap();
        let first = ChosenTunnel::new(domain(0), Some("localhost:1".parse().unwrap()));
        let clone = first.clone();
        first.choose(domain(266));
        assert_eq!(clone.domain(), domain(266));
        assert_eq!(clone.service().address(), "localhost:1");
        assert_eq!(
            ChosenTunnel::new(domain(1), None).at(domain(0)).address(),
            "cable.ua5v.com:443"
        );
    }
}
