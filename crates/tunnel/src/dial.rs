//! From a name to a TCP connection: lookup, then one attempt per address, each a moment after the one before.

use std::io;
use std::net::SocketAddr;
use std::time::Duration;

use futures_util::StreamExt as _;
use futures_util::stream::FuturesUnordered;
use roamkey_session::TunnelError;
use tokio::net::{TcpStream, lookup_host};
use tokio::time::{sleep, timeout};

use crate::address::Address;
use crate::limits::Limits;

/// Connects to the first address that answers.
///
/// # Errors
///
/// [`TunnelError::NameLookup`], [`TunnelError::Unreachable`] with the last attempt's reason, [`TunnelError::TimedOut`].
pub(crate) async fn dial(address: &Address, limits: &Limits) -> Result<TcpStream, TunnelError> {
    connect(lookup(address, limits).await?, limits).await
}

/// The addresses of a name: at least one.
///
/// # Errors
///
/// [`TunnelError::NameLookup`], [`TunnelError::TimedOut`].
pub(crate) async fn lookup(address: &Address, limits: &Limits) -> Result<Vec<SocketAddr>, TunnelError> {
    let lookup = timeout(limits.lookup, lookup_host((address.host(), address.port())));
    let found: Vec<_> = lookup
        .await
        .map_err(|_| TunnelError::TimedOut)?
        .map_err(TunnelError::NameLookup)?
        .collect();
    if found.is_empty() {
        return Err(TunnelError::NameLookup(io::ErrorKind::NotFound.into()));
    }
    Ok(found)
}

/// Connects to the first of these that answers.
///
/// # Errors
///
/// [`TunnelError::Unreachable`] with the last attempt's reason, [`TunnelError::TimedOut`].
pub(crate) async fn connect(found: Vec<SocketAddr>, limits: &Limits) -> Result<TcpStream, TunnelError> {
    let tcp = timeout(limits.connect, first_of(found))
        .await
        .map_err(|_| TunnelError::TimedOut)?;
    let tcp = tcp.map_err(TunnelError::Unreachable)?;
    // The second of two small messages must not wait for the acknowledgement of the first.
    tcp.set_nodelay(true).map_err(TunnelError::Unreachable)?;
    Ok(tcp)
}

/// Happy Eyeballs (RFC 8305 §5) without its sorting: the resolver has sorted by what this machine can reach.
async fn first_of(addresses: Vec<SocketAddr>) -> io::Result<TcpStream> {
    let mut attempts: FuturesUnordered<_> = (0..)
        .zip(addresses)
        .map(|(turn, address)| async move {
            sleep(ATTEMPT_DELAY * turn).await;
            TcpStream::connect(address).await
        })
        .collect();
    let mut last = io::ErrorKind::NotFound.into();
    while let Some(attempt) = attempts.next().await {
        match attempt {
            Ok(tcp) => return Ok(tcp),
            Err(error) => last = error,
        }
    }
    Err(last)
}

/// RFC 8305 §8: long enough to prefer the first address, short enough not to be felt if it is dead.
const ATTEMPT_DELAY: Duration = Duration::from_millis(250);
