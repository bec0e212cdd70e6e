//! The server: accepts connections, owns every task, and ends them all.
//!
//! Drain: `new` is refused, tunnels may finish, `connect` still works; when the grace time is over the rest is closed
//! with code 1001. Dropping the [`Handle`] ends everything at once.

use std::io;
use std::net::SocketAddr;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use roamkey_hybrid::{RoutingId, TunnelId};
use rustls::ServerConfig;
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::futures::OwnedNotified;
use tokio::sync::{Notify, Semaphore, oneshot};
use tokio::task::{JoinHandle, JoinSet};
use tokio_rustls::TlsAcceptor;
use tracing::{debug, error, info, warn};

use crate::config::{Config, Security};
use crate::connection;
use crate::relay::{Limits, Outcome, Registry};
use crate::response::Refusal;
use crate::socket::Socket;
use crate::tls::TlsError;

/// The tunnel server.
#[derive(Debug)]
pub struct Server;

/// A running server. Dropping it closes every connection at once.
#[derive(Debug)]
pub struct Handle {
    address: SocketAddr,
    drain: Option<oneshot::Sender<Duration>>,
    shared: Arc<Shared>,
    task: JoinHandle<()>,
}

/// Why the server does not start.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum StartError {
    /// Without TLS only this machine may connect.
    #[error("{0} is not a loopback address; without TLS nothing else is served")]
    NotLoopback(SocketAddr),
    /// The certificate or its key.
    #[error(transparent)]
    Tls(#[from] TlsError),
    /// The address is in use, not ours, or needs privileges.
    #[error("{address} can't be listened on")]
    Listen {
        /// The address.
        address: SocketAddr,
        /// What the system said.
        #[source]
        source: io::Error,
    },
}

impl Server {
    /// Starts a server inside the current Tokio runtime.
    ///
    /// # Errors
    ///
    /// See [`StartError`].
    ///
    /// # Panics
    ///
    /// Outside of a Tokio runtime.
    pub fn spawn(config: Config) -> Result<Handle, StartError> {
        let address = config.listen;
        let tls = match &config.security {
            Security::PlainLoopback if address.ip().is_loopback() => None,
            Security::PlainLoopback => return Err(StartError::NotLoopback(address)),
            Security::Tls(files) => Some(files.load()?),
        };
        let listen = |source| StartError::Listen { address, source };
        let listener = listen_on(address).map_err(listen)?;
        let address = listener.local_addr().map_err(listen)?;
        let shared = Arc::new(Shared {
            registry: Mutex::new(Registry::new(config.max_tunnels)),
            limits: config.limits,
            max_message: config.max_message,
            tls_limit: config.tls_limit,
            head_limit: config.head_limit,
            tls,
            draining: AtomicBool::new(false),
            closing: Arc::new(Notify::new()),
        });
        let (drain, drained) = oneshot::channel();
        let task = tokio::spawn(run(listener, Arc::clone(&shared), drained));
        Ok(Handle {
            address,
            drain: Some(drain),
            shared,
            task,
        })
    }
}

impl Handle {
    /// Where the server listens; the real port if 0 was asked for.
    #[must_use]
    pub fn address(&self) -> SocketAddr {
        self.address
    }

    /// Tunnels in use.
    #[must_use]
    pub fn tunnels(&self) -> usize {
        self.shared.registry().len()
    }

    /// Refuses new tunnels, waits up to `grace` for the others, closes them with 1001 and ends.
    pub async fn drain(mut self, grace: Duration) {
        if let Some(drain) = self.drain.take() {
            // A server that has ended already needs no drain.
            let _ = drain.send(grace);
        }
        // It can't be cancelled here, and its own panic was reported by the runtime.
        let _ = (&mut self.task).await;
    }
}

impl Drop for Handle {
    fn drop(&mut self) {
        self.task.abort();
    }
}

/// What every connection needs.
#[derive(Debug)]
pub(crate) struct Shared {
    registry: Mutex<Registry<oneshot::Sender<Socket>>>,
    pub(crate) limits: Limits,
    pub(crate) max_message: usize,
    pub(crate) tls_limit: Duration,
    pub(crate) head_limit: Duration,
    tls: Option<Arc<ServerConfig>>,
    draining: AtomicBool,
    closing: Arc<Notify>,
}

impl Shared {
    pub(crate) fn acceptor(&self) -> Option<TlsAcceptor> {
        self.tls.clone().map(TlsAcceptor::from)
    }

    /// Reserves `tunnel`. The listener for the end of the drain is there before the drain can begin to end.
    pub(crate) fn reserve(
        self: &Arc<Self>,
        tunnel: TunnelId,
        handover: oneshot::Sender<Socket>,
    ) -> Result<(Lease, RoutingId, OwnedNotified), Refusal> {
        let closing = Arc::clone(&self.closing).notified_owned();
        if self.draining.load(Ordering::SeqCst) {
            return Err(Refusal::Draining);
        }
        let routing = self.registry().reserve(&tunnel, handover, &mut rand::rng())?;
        Ok((
            Lease {
                shared: Arc::clone(self),
                tunnel,
            },
            routing,
            closing,
        ))
    }

    pub(crate) fn join(
        &self,
        routing: &RoutingId,
        tunnel: &TunnelId,
    ) -> Result<oneshot::Sender<Socket>, Refusal> {
        Ok(self.registry().join(routing, tunnel)?)
    }

    fn registry(&self) -> MutexGuard<'_, Registry<oneshot::Sender<Socket>>> {
        // Every method leaves the registry whole, so that a panic elsewhere does not matter.
        self.registry.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// A reserved tunnel ID; dropping it frees the ID.
#[derive(Debug)]
pub(crate) struct Lease {
    shared: Arc<Shared>,
    tunnel: TunnelId,
}

impl Lease {
    /// Tells that the tunnel ended. `Debug` of a tunnel ID prints four digits of it.
    pub(crate) fn ended(&self, outcome: Outcome, joined: bool, messages: u64, bytes: u64) {
        debug!(tunnel = ?self.tunnel, ?outcome, joined, messages, bytes, "tunnel ended");
    }
}

impl Drop for Lease {
    fn drop(&mut self) {
        self.shared.registry().release(&self.tunnel);
    }
}

/// Without `SO_REUSEADDR` a restart would have to wait for the old connections' TIME_WAIT.
fn listen_on(address: SocketAddr) -> io::Result<TcpListener> {
    let domain = socket2::Domain::for_address(address);
    let socket = socket2::Socket::new(domain, socket2::Type::STREAM, Some(socket2::Protocol::TCP))?;
    #[cfg(unix)]
    socket.set_reuse_address(true)?;
    socket.set_nonblocking(true)?;
    socket.bind(&address.into())?;
    socket.listen(BACKLOG)?;
    TcpListener::from_std(socket.into())
}

async fn run(listener: TcpListener, shared: Arc<Shared>, mut drain: oneshot::Receiver<Duration>) {
    let mut connections = JoinSet::new();
    let setups = Arc::new(Semaphore::new(MAX_SETUPS));
    let grace = loop {
        tokio::select! {
            tcp = accept(&listener, &setups) => spawn(&mut connections, tcp, &shared),
            Some(ended) = connections.join_next(), if !connections.is_empty() => report(ended),
            grace = &mut drain => break grace.unwrap_or_default(),
        }
    };
    info!(tunnels = shared.registry().len(), "draining");
    shared.draining.store(true, Ordering::SeqCst);
    let deadline = tokio::time::sleep(grace);
    tokio::pin!(deadline);
    while !shared.registry().is_empty() {
        tokio::select! {
            tcp = accept(&listener, &setups) => spawn(&mut connections, tcp, &shared),
            Some(ended) = connections.join_next(), if !connections.is_empty() => report(ended),
            () = &mut deadline => break,
        }
    }
    drop(listener);
    shared.closing.notify_waiters();
    let rest = async { while connections.join_next().await.is_some() {} };
    // What is left after the close limit is dropped with the set.
    let _ = tokio::time::timeout(shared.limits.close + CLOSE_MARGIN, rest).await;
}

type Accepted = (TcpStream, tokio::sync::OwnedSemaphorePermit);

/// The next connection, once there is room to set it up. Cancel-safe.
async fn accept(listener: &TcpListener, setups: &Arc<Semaphore>) -> Option<Accepted> {
    // The semaphore is never closed.
    let permit = Arc::clone(setups).acquire_owned().await.ok()?;
    match listener.accept().await {
        Ok((tcp, _)) => Some((tcp, permit)),
        Err(error) => {
            // Out of file descriptors, most often: existing tunnels go on, and the backlog waits.
            warn!(%error, "no connection can be accepted");
            tokio::time::sleep(ACCEPT_PAUSE).await;
            None
        }
    }
}

fn spawn(connections: &mut JoinSet<()>, accepted: Option<Accepted>, shared: &Arc<Shared>) {
    if let Some((tcp, permit)) = accepted {
        connections.spawn(connection::serve(tcp, Arc::clone(shared), permit));
    }
}

fn report(ended: Result<(), tokio::task::JoinError>) {
    if let Err(error) = ended
        && error.is_panic()
    {
        error!("a connection's task panicked");
    }
}

/// Connections the kernel completes for us while all set-ups are busy.
const BACKLOG: i32 = 1024;

/// Connections without a tunnel yet, at once. At 10 s each for the slowest this admits 100 slow ones a second, and
/// bounds what they can take to a few MiB.
const MAX_SETUPS: usize = 1024;

/// Between two tries when the system has no file descriptor left.
const ACCEPT_PAUSE: Duration = Duration::from_millis(100);

/// For the close timers of all tunnels to fire before the rest is dropped.
const CLOSE_MARGIN: Duration = Duration::from_secs(1);
