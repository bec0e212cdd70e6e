//! What every connection of a server shares, and the tokens that stand for a share of it.
//!
//! Each token gives back what it stands for when it is dropped: [`Visit`] a set-up, [`Seat`] an open WebSocket,
//! [`Lease`] a tunnel ID.

use std::net::IpAddr;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError, RwLock};
use std::time::{Duration, Instant};

use roamkey_hybrid::{RoutingId, TunnelId};
use rustls::ServerConfig;
use subtle::ConstantTimeEq as _;
use tokio::sync::futures::OwnedNotified;
use tokio::sync::{Notify, oneshot};
use tokio_rustls::TlsAcceptor;
use tracing::debug;

use crate::config::{Access, Config, Proxies, ProxySource};
use crate::guard::{Guard, Network, TooMany};
use crate::metrics::Metrics;
use crate::relay::{Limits, Outcome, Registry};
use crate::request::{Asked, Wish};
use crate::response::Refusal;
use crate::socket::Socket;

/// State of one server.
#[derive(Debug)]
pub(crate) struct Shared {
    registry: Mutex<Registry<Handover>>,
    guard: Mutex<Guard>,
    tls: RwLock<Option<Arc<ServerConfig>>>,
    draining: AtomicBool,
    closing: Arc<Notify>,
    access: Access,
    proxies: Option<Proxies>,
    pub(crate) metrics: Metrics,
    pub(crate) limits: Limits,
    pub(crate) max_message: usize,
    pub(crate) tls_limit: Duration,
    pub(crate) head_limit: Duration,
}

/// What the creator of a tunnel leaves for the one who joins.
#[derive(Debug)]
pub(crate) struct Handover {
    created: Instant,
    socket: oneshot::Sender<Socket>,
}

impl Shared {
    pub(crate) fn new(config: &Config, tls: Option<Arc<ServerConfig>>) -> Self {
        Self {
            registry: Mutex::new(Registry::new(config.max_tunnels)),
            guard: Mutex::new(Guard::new(config.address_limits)),
            tls: RwLock::new(tls),
            draining: AtomicBool::new(false),
            closing: Arc::new(Notify::new()),
            access: config.access.clone(),
            proxies: config.proxies.clone(),
            metrics: Metrics::new(),
            limits: config.limits,
            max_message: config.max_message,
            tls_limit: config.tls_limit,
            head_limit: config.head_limit,
        }
    }

    /// Counts a connection that was just accepted. A proxy's is counted when its client is known.
    pub(crate) fn admit(self: &Arc<Self>, peer: IpAddr) -> Result<Visit, TooMany> {
        let proxies = self.proxies.as_ref().filter(|proxies| proxies.contains(peer));
        let mut visit = Visit {
            shared: Arc::clone(self),
            client: peer,
            told_by: proxies.map(|proxies| proxies.source),
            network: None,
            since: Instant::now(),
        };
        if visit.told_by.is_none() {
            visit.count()?;
        }
        Ok(visit)
    }

    /// Whether this request may have a WebSocket at all.
    pub(crate) fn allow(self: &Arc<Self>, asked: &Asked, visit: &Visit) -> Result<Seat, Refusal> {
        let told = match visit.told_by {
            Some(ProxySource::Forwarded) => asked.forwarded,
            Some(ProxySource::XForwardedFor) => asked.x_forwarded_for,
            Some(ProxySource::ProxyProtocol) | None => None,
        };
        let client = told
            .transpose()
            .map_err(|_| Refusal::BadForwarding)?
            .unwrap_or(visit.client);
        let network = self.guard().network(client);
        if let Some(network) = network {
            self.guard().enter(network, Instant::now())?;
        }
        let seat = Seat(network.map(|network| (Arc::clone(self), network)));
        let addresses = &self.access.addresses;
        if !addresses.is_empty() && !addresses.iter().any(|range| range.contains(client)) {
            return Err(Refusal::ForeignAddress);
        }
        let listed = |origin: &str| {
            self.access
                .origins
                .iter()
                .any(|allowed| allowed.eq_ignore_ascii_case(origin))
        };
        if !self.access.origins.is_empty() && asked.origin.as_deref().is_some_and(|origin| !listed(origin)) {
            return Err(Refusal::ForeignOrigin);
        }
        if let (Some(token), Wish::New(_)) = (&self.access.token, &asked.wish) {
            let presented = asked.token.as_deref().unwrap_or_default();
            if !bool::from(presented.as_bytes().ct_eq(token.as_bytes())) {
                return Err(Refusal::NoToken);
            }
        }
        Ok(seat)
    }

    /// Reserves `tunnel`. The listener for the end of the drain is there before the drain can begin to end.
    pub(crate) fn reserve(
        self: &Arc<Self>,
        tunnel: TunnelId,
    ) -> Result<(Lease, RoutingId, oneshot::Receiver<Socket>, OwnedNotified), Refusal> {
        let closing = Arc::clone(&self.closing).notified_owned();
        if self.draining() {
            return Err(Refusal::Draining);
        }
        let (socket, peer) = oneshot::channel();
        let handover = Handover {
            created: Instant::now(),
            socket,
        };
        let routing = self.registry().reserve(&tunnel, handover, &mut rand::rng())?;
        Ok((
            Lease {
                shared: Arc::clone(self),
                tunnel,
            },
            routing,
            peer,
            closing,
        ))
    }

    pub(crate) fn join(
        &self,
        routing: &RoutingId,
        tunnel: &TunnelId,
    ) -> Result<oneshot::Sender<Socket>, Refusal> {
        let handover = self.registry().join(routing, tunnel)?;
        self.metrics.joined(handover.created.elapsed());
        Ok(handover.socket)
    }

    pub(crate) fn tunnels(&self) -> usize {
        self.registry().len()
    }

    pub(crate) fn draining(&self) -> bool {
        self.draining.load(Ordering::SeqCst)
    }

    /// From here on no tunnel is created.
    pub(crate) fn drain(&self) {
        self.draining.store(true, Ordering::SeqCst);
    }

    /// Ends all tunnels.
    pub(crate) fn close(&self) {
        self.closing.notify_waiters();
    }

    pub(crate) fn acceptor(&self) -> Option<TlsAcceptor> {
        let tls = self.tls.read().unwrap_or_else(PoisonError::into_inner);
        tls.clone().map(TlsAcceptor::from)
    }

    /// New connections get this certificate; open ones keep theirs.
    pub(crate) fn replace_certificate(&self, tls: Arc<ServerConfig>) {
        *self.tls.write().unwrap_or_else(PoisonError::into_inner) = Some(tls);
        self.metrics.certificate_loaded();
    }

    /// What keeps the service from working, if anything does.
    pub(crate) fn unready(&self) -> Option<&'static str> {
        let has_tls = self.tls.read().unwrap_or_else(PoisonError::into_inner).is_some();
        if self.draining() {
            Some("draining")
        } else if has_tls && !self.metrics.certified() {
            Some("no certificate yet")
        } else {
            None
        }
    }

    pub(crate) fn metrics_page(&self) -> String {
        self.metrics.render(self.tunnels(), self.draining())
    }

    // Every method leaves registry and guard whole, so that a panic elsewhere does not matter.

    fn registry(&self) -> MutexGuard<'_, Registry<Handover>> {
        self.registry.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn guard(&self) -> MutexGuard<'_, Guard> {
        self.guard.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// A connection that has no answer yet.
#[derive(Debug)]
pub(crate) struct Visit {
    shared: Arc<Shared>,
    /// Who is connected, as far as it is known; with `told_by`, the proxy until it has told.
    client: IpAddr,
    told_by: Option<ProxySource>,
    network: Option<Network>,
    since: Instant,
}

impl Visit {
    /// Whether a PROXY header comes first.
    pub(crate) fn has_header(&self) -> bool {
        self.told_by == Some(ProxySource::ProxyProtocol)
    }

    /// The PROXY header named this client, or the proxy itself.
    pub(crate) fn came_from(&mut self, client: Option<IpAddr>) -> Result<(), TooMany> {
        self.client = client.unwrap_or(self.client);
        self.count()
    }

    fn count(&mut self) -> Result<(), TooMany> {
        let mut guard = self.shared.guard();
        if let Some(network) = guard.network(self.client) {
            guard.admit(network, Instant::now())?;
            self.network = Some(network);
        }
        Ok(())
    }

    pub(crate) fn since(&self) -> Instant {
        self.since
    }
}

impl Drop for Visit {
    fn drop(&mut self) {
        if let Some(network) = self.network {
            self.shared.guard().settle(network);
        }
    }
}

/// An open WebSocket of a client that is counted.
#[derive(Debug)]
pub(crate) struct Seat(Option<(Arc<Shared>, Network)>);

impl Drop for Seat {
    fn drop(&mut self) {
        if let Some((shared, network)) = &self.0 {
            shared.guard().leave(*network);
        }
    }
}

/// A reserved tunnel ID.
#[derive(Debug)]
pub(crate) struct Lease {
    shared: Arc<Shared>,
    tunnel: TunnelId,
}

impl Lease {
    pub(crate) fn message(&self, size: usize) {
        self.shared.metrics.message(size);
    }

    /// Tells that the tunnel ended. `Debug` of a tunnel ID prints four digits of it.
    pub(crate) fn ended(&self, outcome: Outcome, joined: bool, messages: u64, bytes: u64) {
        self.shared.metrics.ended(outcome);
        debug!(tunnel = ?self.tunnel, reason = outcome.label(), joined, messages, bytes, "tunnel ended");
    }
}

impl Drop for Lease {
    fn drop(&mut self) {
        self.shared.registry().release(&self.tunnel);
    }
}
