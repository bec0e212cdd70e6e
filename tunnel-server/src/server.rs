//! The server: accepts connections, owns every task, and ends them all.
//!
//! Drain: `new` is refused, tunnels may finish, `connect` still works; when the grace time is over the rest is closed
//! with code 1001. Dropping the [`Handle`] ends everything at once.

use std::io;
use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Duration;

use tokio::net::{TcpListener, TcpStream};
use tokio::sync::{OwnedSemaphorePermit, Semaphore, oneshot};
use tokio::task::{JoinHandle, JoinSet};
use tracing::{error, info, warn};

use crate::acme;
use crate::admin;
use crate::config::{Config, Security};
use crate::connection;
use crate::metrics::Dropped;
use crate::shared::Shared;
use crate::tls::{TlsError, TlsFiles};

/// The tunnel server.
#[derive(Debug)]
pub struct Server;

/// A running server. Dropping it closes every connection at once.
#[derive(Debug)]
pub struct Handle {
    address: SocketAddr,
    admin_address: Option<SocketAddr>,
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
        refuse_plain(&config.security, address)?;
        let listener = listen_on(address).map_err(|source| StartError::Listen { address, source })?;
        Self::spawn_on(listener, config)
    }

    /// The same on a socket that listens already, such as one that a service manager opened. `config.listen` is not
    /// looked at.
    ///
    /// # Errors
    ///
    /// See [`StartError`].
    ///
    /// # Panics
    ///
    /// Outside of a Tokio runtime.
    pub fn spawn_on(listener: std::net::TcpListener, config: Config) -> Result<Handle, StartError> {
        let (listener, address) = adopt(listener, config.listen)?;
        refuse_plain(&config.security, address)?;
        let mut certificates = None;
        let tls = match &config.security {
            Security::PlainLoopback => None,
            Security::Tls(files) => Some(files.load()?),
            Security::Acme(acme) => {
                let (tls, orders) = acme.start()?;
                certificates = Some(orders);
                Some(tls)
            }
        };
        let admin = config.admin.map(|address| {
            let listener = listen_on(address).map_err(|source| StartError::Listen { address, source })?;
            adopt(listener, address)
        });
        let admin = admin.transpose()?;
        let shared = Arc::new(Shared::new(&config, tls));
        let mut helpers = JoinSet::new();
        let admin_address = admin.map(|(listener, address)| {
            helpers.spawn(admin::serve(listener, Arc::clone(&shared)));
            address
        });
        if let Security::Tls(files) = config.security {
            shared.metrics.certificate_loaded();
            helpers.spawn(reload(files, config.reload, Arc::clone(&shared)));
        }
        if let Some(certificates) = certificates {
            helpers.spawn(acme::renew(certificates, Arc::clone(&shared)));
        }
        let (drain, drained) = oneshot::channel();
        let task = tokio::spawn(run(listener, Arc::clone(&shared), drained, helpers));
        Ok(Handle {
            address,
            admin_address,
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

    /// Where health and metrics are, if anywhere.
    #[must_use]
    pub fn admin_address(&self) -> Option<SocketAddr> {
        self.admin_address
    }

    /// Tunnels in use.
    #[must_use]
    pub fn tunnels(&self) -> usize {
        self.shared.tunnels()
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

fn refuse_plain(security: &Security, address: SocketAddr) -> Result<(), StartError> {
    match security {
        Security::PlainLoopback if !address.ip().is_loopback() => Err(StartError::NotLoopback(address)),
        Security::PlainLoopback | Security::Tls(_) | Security::Acme(_) => Ok(()),
    }
}

/// The listener for this runtime, and where it really listens; `address` is where it should.
fn adopt(
    listener: std::net::TcpListener,
    address: SocketAddr,
) -> Result<(TcpListener, SocketAddr), StartError> {
    let adopted = listener.set_nonblocking(true).and_then(|()| {
        let address = listener.local_addr()?;
        Ok((TcpListener::from_std(listener)?, address))
    });
    adopted.map_err(|source| StartError::Listen { address, source })
}

/// Loads the certificate again whenever its files change. A pair that can't be used changes nothing.
async fn reload(files: TlsFiles, every: Duration, shared: Arc<Shared>) {
    let mut seen = files.stamp();
    loop {
        tokio::time::sleep(every).await;
        let stamp = files.stamp();
        if stamp == seen {
            continue;
        }
        seen = stamp;
        match files.load() {
            Ok(tls) => {
                shared.replace_certificate(tls);
                info!("new certificate loaded");
            }
            Err(error) => {
                let error: &(dyn std::error::Error + 'static) = &error;
                shared.metrics.certificate_failed();
                error!(error, "the old certificate stays in use");
            }
        }
    }
}

/// Without `SO_REUSEADDR` a restart would have to wait for the old connections' TIME_WAIT.
fn listen_on(address: SocketAddr) -> io::Result<std::net::TcpListener> {
    let domain = socket2::Domain::for_address(address);
    let socket = socket2::Socket::new(domain, socket2::Type::STREAM, Some(socket2::Protocol::TCP))?;
    #[cfg(unix)]
    socket.set_reuse_address(true)?;
    socket.bind(&address.into())?;
    socket.listen(BACKLOG)?;
    Ok(socket.into())
}

/// `helpers` end with it.
async fn run(
    listener: TcpListener,
    shared: Arc<Shared>,
    mut drain: oneshot::Receiver<Duration>,
    helpers: JoinSet<()>,
) {
    let mut connections = JoinSet::new();
    let setups = Arc::new(Semaphore::new(MAX_SETUPS));
    let grace = loop {
        tokio::select! {
            tcp = accept(&listener, &setups) => spawn(&mut connections, tcp, &shared),
            Some(ended) = connections.join_next(), if !connections.is_empty() => report(ended),
            grace = &mut drain => break grace.unwrap_or_default(),
        }
    };
    info!(tunnels = shared.tunnels(), "draining");
    shared.drain();
    let deadline = tokio::time::sleep(grace);
    tokio::pin!(deadline);
    while shared.tunnels() > 0 {
        tokio::select! {
            tcp = accept(&listener, &setups) => spawn(&mut connections, tcp, &shared),
            Some(ended) = connections.join_next(), if !connections.is_empty() => report(ended),
            () = &mut deadline => break,
        }
    }
    drop(listener);
    shared.close();
    let rest = async { while connections.join_next().await.is_some() {} };
    // What is left after the close limit is dropped with the set.
    let _ = tokio::time::timeout(shared.limits.close + CLOSE_MARGIN, rest).await;
    drop(helpers);
}

type Accepted = (TcpStream, SocketAddr, OwnedSemaphorePermit);

/// The next connection, once there is room to set it up. Cancel-safe.
async fn accept(listener: &TcpListener, setups: &Arc<Semaphore>) -> Option<Accepted> {
    // The semaphore is never closed.
    let permit = Arc::clone(setups).acquire_owned().await.ok()?;
    match listener.accept().await {
        Ok((tcp, address)) => Some((tcp, address, permit)),
        Err(error) => {
            // Out of file descriptors, most often: existing tunnels go on, and the backlog waits.
            warn!(%error, "no connection can be accepted");
            tokio::time::sleep(ACCEPT_PAUSE).await;
            None
        }
    }
}

fn spawn(connections: &mut JoinSet<()>, accepted: Option<Accepted>, shared: &Arc<Shared>) {
    let Some((tcp, address, permit)) = accepted else {
        return;
    };
    match shared.admit(address.ip()) {
        Ok(visit) => drop(connections.spawn(connection::serve(tcp, Arc::clone(shared), visit, permit))),
        Err(_) => shared.metrics.dropped(Dropped::TooMany),
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
