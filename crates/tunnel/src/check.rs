//! A look at a tunnel service step by step, for whoever sets one up: which step works, what was found, how long it took.
//!
//! ```text
//! name ─▶ address ─▶ TLS ─▶ WebSocket ─▶ routing id
//! ```

use std::time::{Duration, Instant};

use roamkey_hybrid::{TunnelId, paths};
use roamkey_session::{DataChannel as _, TunnelError};
use tokio::time::timeout;

use crate::WebSocketTunnel;
use crate::channel::{Stream, WebSocketChannel};
use crate::dial::{connect, lookup};
use crate::upgrade::{routing_id, upgrade};

/// A step of the check, in this order.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum CheckStep {
    /// The name has addresses.
    Name,
    /// One of them answers.
    Address,
    /// Its certificate is trusted, and for this name. Not there without TLS.
    Tls,
    /// It speaks WebSocket and the right protocol.
    WebSocket,
    /// It gives a routing id for a new tunnel.
    RoutingId,
}

/// A step that passed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CheckPassed {
    /// Which.
    pub step: CheckStep,
    /// How long it took.
    pub took: Duration,
    /// What was found: addresses, the address that answered, the TLS version, the routing id.
    pub found: Option<String>,
}

/// A step that failed; the later ones were not tried.
#[derive(Debug, thiserror::Error)]
#[error("the check of the tunnel service ended at the step {step:?}")]
pub struct CheckFailed {
    /// Which.
    pub step: CheckStep,
    /// Why.
    #[source]
    pub source: TunnelError,
}

/// Takes the time from step to step.
struct Steps<'a> {
    passed: &'a mut (dyn FnMut(CheckPassed) + Send),
    since: Instant,
}

impl Steps<'_> {
    fn end<T>(
        &mut self,
        step: CheckStep,
        outcome: Result<T, TunnelError>,
        found: impl FnOnce(&T) -> Option<String>,
    ) -> Result<T, CheckFailed> {
        let value = outcome.map_err(|source| CheckFailed { step, source })?;
        let took = self.since.elapsed();
        self.since = Instant::now();
        (self.passed)(CheckPassed {
            step,
            took,
            found: found(&value),
        });
        Ok(value)
    }
}

impl WebSocketTunnel {
    /// Does what a sign-in would do with this service, step by step, and tells of each step that passed. The tunnel is
    /// closed again, and nobody is let in.
    ///
    /// # Errors
    ///
    /// The step that failed, and why.
    pub async fn check(
        &self,
        tunnel_id: &TunnelId,
        passed: &mut (dyn FnMut(CheckPassed) + Send),
    ) -> Result<(), CheckFailed> {
        let mut steps = Steps {
            passed,
            since: Instant::now(),
        };
        let found = lookup(&self.address, &self.limits).await;
        let found = steps.end(CheckStep::Name, found, |found| {
            let addresses: Vec<_> = found
                .iter()
                .take(MOST_SHOWN)
                .map(|one| one.ip().to_string())
                .collect();
            Some(addresses.join(", "))
        })?;
        let tcp = connect(found, &self.limits).await;
        let tcp = steps.end(CheckStep::Address, tcp, |tcp| {
            tcp.peer_addr().ok().map(|address| address.to_string())
        })?;
        let stream = if self.is_plain() {
            Stream::Plain(tcp)
        } else {
            let stream = Box::pin(self.secure(tcp)).await;
            steps.end(CheckStep::Tls, stream, Stream::tls_version)?
        };
        let host = self.domain.host();
        let path = paths::new_tunnel(tunnel_id);
        let upgraded = timeout(self.limits.upgrade, Box::pin(upgrade(stream, &host, &path))).await;
        let upgraded = upgraded.unwrap_or(Err(TunnelError::TimedOut));
        let (socket, response) = steps.end(CheckStep::WebSocket, upgraded, |_| None)?;
        let routing_id = routing_id(&response);
        steps.end(CheckStep::RoutingId, routing_id, |id| Some(id.to_hex()))?;
        WebSocketChannel::new(socket, self.limits).close().await;
        Ok(())
    }
}

/// A name may have many addresses; a person looks at a few.
const MOST_SHOWN: usize = 4;
