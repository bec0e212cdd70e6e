//! Every tunnel ID in use, and who may join it.
//!
//! A tunnel ID stays here from `new` until the tunnel has ended, so that it can't be created twice; what `new` left
//! for its peer can be taken once.

use std::collections::HashMap;

use rand::Rng;
use roamkey_hybrid::{RoutingId, TunnelId};

/// Why a request gets no tunnel.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum Unavailable {
    /// The tunnel ID is in use.
    #[error("the tunnel ID is in use")]
    Duplicate,
    /// No such tunnel, a wrong routing ID, or somebody else joined already. One answer, so that nothing can be probed.
    #[error("no such tunnel waits for a peer")]
    Unknown,
    /// As many tunnels as the service may hold.
    #[error("the service holds as many tunnels as it may")]
    Full,
}

/// The tunnels in use; `H` is what `new` leaves for the one who joins.
#[derive(Debug)]
pub struct Registry<H> {
    tunnels: HashMap<TunnelId, Option<(RoutingId, H)>>,
    most: usize,
}

impl<H> Registry<H> {
    /// An empty registry for at most `most` tunnels.
    #[must_use]
    pub fn new(most: usize) -> Self {
        Self {
            tunnels: HashMap::new(),
            most,
        }
    }

    /// Reserves a tunnel ID and draws its routing ID.
    ///
    /// # Errors
    ///
    /// [`Unavailable::Duplicate`] or [`Unavailable::Full`].
    pub fn reserve(
        &mut self,
        id: &TunnelId,
        handover: H,
        rng: &mut dyn Rng,
    ) -> Result<RoutingId, Unavailable> {
        if self.tunnels.contains_key(id) {
            return Err(Unavailable::Duplicate);
        }
        if self.tunnels.len() >= self.most {
            return Err(Unavailable::Full);
        }
        let mut routing = [0; RoutingId::LENGTH];
        rng.fill_bytes(&mut routing);
        let routing = RoutingId::from_bytes(routing);
        self.tunnels.insert(*id, Some((routing, handover)));
        Ok(routing)
    }

    /// Takes what `new` left for the peer. The next one to ask is refused.
    ///
    /// # Errors
    ///
    /// [`Unavailable::Unknown`].
    pub fn join(&mut self, routing: &RoutingId, id: &TunnelId) -> Result<H, Unavailable> {
        let waiting = self.tunnels.get_mut(id).ok_or(Unavailable::Unknown)?;
        waiting
            .take_if(|(issued, _)| issued == routing)
            .map(|(_, handover)| handover)
            .ok_or(Unavailable::Unknown)
    }

    /// Forgets a tunnel that has ended.
    pub fn release(&mut self, id: &TunnelId) {
        self.tunnels.remove(id);
        if self.tunnels.len() < self.tunnels.capacity() / SHRINK_BELOW {
            self.tunnels.shrink_to(self.tunnels.len() * 2);
        }
    }

    /// Tunnels in use.
    #[must_use]
    pub fn len(&self) -> usize {
        self.tunnels.len()
    }

    /// Whether no tunnel is in use.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.tunnels.is_empty()
    }
}

/// The table gives memory back when less than an eighth of it is used: seldom enough to cost nothing, often enough that
/// a burst does not stay for ever.
const SHRINK_BELOW: usize = 8;
