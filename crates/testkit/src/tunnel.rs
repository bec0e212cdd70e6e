//! An in-memory tunnel service: pairs two message pipes without sockets.
//!
//! It keeps the contract of a real one: a tunnel is joined once and only with the routing ID that it was given,
//! messages arrive whole and in order, a closed end is told to the other with its code, and messages that were sent
//! before the other end joined are held. The pipes are bounded: a fast sender waits for a slow reader.

use std::collections::HashMap;
use std::sync::{Mutex, PoisonError};

use roamkey_hybrid::{RequestPath, RoutingId, TunnelDomain, TunnelId};
use roamkey_session::{DataChannel, TunnelError, TunnelService, Tunnels};
use tokio::sync::mpsc;

/// The service. Share it between both roles.
#[derive(Debug)]
pub struct MemoryTunnelService {
    domain: TunnelDomain,
    waiting: Mutex<Waiting>,
}

#[derive(Debug, Default)]
struct Waiting {
    tunnels: HashMap<(RoutingId, TunnelId), MemoryChannel>,
    opened: u8,
}

/// One end of a tunnel.
#[derive(Debug)]
pub struct MemoryChannel {
    out: mpsc::Sender<Frame>,
    incoming: mpsc::Receiver<Frame>,
}

#[derive(Debug)]
enum Frame {
    Message(Vec<u8>),
    Closed(u16),
}

/// More than any transaction has under way.
const HELD_MESSAGES: usize = 16;

impl MemoryTunnelService {
    /// A service that stands for `domain`.
    #[must_use]
    pub fn new(domain: TunnelDomain) -> Self {
        Self {
            domain,
            waiting: Mutex::default(),
        }
    }

    /// Joins the tunnel that [`TunnelService::open`] made, as a client platform does, by its path.
    ///
    /// # Errors
    ///
    /// [`TunnelError::Refused`] with 404 if there is no such tunnel, or if it was joined before.
    pub fn connect(&self, path: &str) -> Result<MemoryChannel, TunnelError> {
        let Ok(RequestPath::Connect(routing_id, tunnel_id)) = RequestPath::parse(path) else {
            return Err(TunnelError::Refused { status: 404 });
        };
        let mut waiting = self.waiting.lock().unwrap_or_else(PoisonError::into_inner);
        waiting
            .tunnels
            .remove(&(routing_id, tunnel_id))
            .ok_or(TunnelError::Refused { status: 404 })
    }
}

impl TunnelService for MemoryTunnelService {
    type Channel = MemoryChannel;

    fn domain(&self) -> TunnelDomain {
        self.domain
    }

    async fn open(&self, tunnel_id: &TunnelId) -> Result<(MemoryChannel, RoutingId), TunnelError> {
        let mut waiting = self.waiting.lock().unwrap_or_else(PoisonError::into_inner);
        waiting.opened = waiting.opened.wrapping_add(1);
        let routing_id = RoutingId::from_bytes([0x52, 0x4b, waiting.opened]);
        let (to_client, at_client) = mpsc::channel(HELD_MESSAGES);
        let (to_authenticator, at_authenticator) = mpsc::channel(HELD_MESSAGES);
        waiting.tunnels.insert(
            (routing_id, *tunnel_id),
            MemoryChannel {
                out: to_authenticator,
                incoming: at_client,
            },
        );
        Ok((
            MemoryChannel {
                out: to_client,
                incoming: at_authenticator,
            },
            routing_id,
        ))
    }
}

impl Tunnels for MemoryTunnelService {
    type Channel = MemoryChannel;

    async fn join(&self, service: TunnelDomain, path: &str) -> Result<MemoryChannel, TunnelError> {
        if service != self.domain {
            return Err(TunnelError::NameLookup(std::io::ErrorKind::NotFound.into()));
        }
        self.connect(path)
    }
}

impl MemoryChannel {
    /// Breaks the tunnel for the other end with `code`, as a tunnel service does when it goes away.
    pub async fn close_with(self, code: u16) {
        // The other end may be gone already.
        let _ = self.out.send(Frame::Closed(code)).await;
    }
}

impl DataChannel for MemoryChannel {
    async fn send(&mut self, messages: &[Vec<u8>]) -> Result<(), TunnelError> {
        for message in messages {
            let frame = Frame::Message(message.clone());
            self.out
                .send(frame)
                .await
                .map_err(|_| TunnelError::Closed { code: None })?;
        }
        Ok(())
    }

    async fn receive(&mut self) -> Result<Vec<u8>, TunnelError> {
        match self.incoming.recv().await {
            Some(Frame::Message(message)) => Ok(message),
            Some(Frame::Closed(code)) => Err(TunnelError::Closed { code: Some(code) }),
            None => Err(TunnelError::Closed { code: None }),
        }
    }

    async fn close(self) {
        self.close_with(1000).await;
    }
}
