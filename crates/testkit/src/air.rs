//! An air in memory: what one side advertises, every other side hears. No radio, no bus, no socket.
//!
//! ```
//! use roamkey_testkit::air::MemoryAir;
//!
//! # #[tokio::main(flavor = "current_thread")]
//! # async fn main() {
//! let air = MemoryAir::new();
//! let mut listener = air.listen();
//! let foreign = air.send_foreign(&[7; 20]); // as `Air::advertise` does for the authenticator
//! assert_eq!(listener.next().await, [7; 20]);
//! drop(foreign);
//! assert!(air.on_air().is_empty());
//! # }
//! ```

use std::collections::{BTreeMap, BTreeSet};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use roamkey_hybrid::Advert;
use roamkey_session::{Advertising, Air, AirError, Scanner, Scanning};
use tokio::sync::watch;

/// An air that any number of senders and listeners share by cloning it.
#[derive(Clone, Debug)]
pub struct MemoryAir {
    shared: Arc<Shared>,
}

impl MemoryAir {
    /// Creates an empty air in which everybody can advertise.
    #[must_use]
    pub fn new() -> Self {
        let (changed, _) = watch::channel(());
        Self {
            shared: Arc::new(Shared {
                state: Mutex::new(State::default()),
                changed,
            }),
        }
    }

    /// Starts to listen: hears what is on air and what will be.
    #[must_use]
    pub fn listen(&self) -> Listener {
        Listener {
            changed: self.shared.changed.subscribe(),
            air: self.clone(),
            heard: BTreeSet::new(),
        }
    }

    /// Puts service data of any length on air, as a stranger's device would, until the returned value is dropped.
    #[must_use]
    pub fn send_foreign(&self, service_data: &[u8]) -> Broadcast {
        self.send(service_data)
    }

    /// The service data of everything on air, oldest first.
    #[must_use]
    pub fn on_air(&self) -> Vec<Vec<u8>> {
        self.shared.state().adverts.values().cloned().collect()
    }

    /// How many adverts have ever been put on air, foreign ones included.
    #[must_use]
    pub fn ever_on_air(&self) -> u64 {
        self.shared.state().next
    }

    /// Makes every later [`Air::advertise`] and [`Scanner::scan`] fail with what `fault` returns; `None` mends it.
    pub fn fail_with(&self, fault: Option<fn() -> AirError>) {
        self.shared.state().fault = fault;
    }

    /// Waits until nothing is on air, without limit.
    pub async fn emptied(&self) {
        let mut changed = self.shared.changed.subscribe();
        while !self.shared.state().adverts.is_empty() {
            // `self` keeps the sender alive, so this only returns on a change.
            let _ = changed.changed().await;
        }
    }

    fn send(&self, service_data: &[u8]) -> Broadcast {
        let id = self.shared.change(|state| {
            let id = state.next;
            state.next += 1;
            state.adverts.insert(id, service_data.to_vec());
            id
        });
        Broadcast {
            id,
            air: self.clone(),
        }
    }
}

impl Default for MemoryAir {
    fn default() -> Self {
        Self::new()
    }
}

impl Air for MemoryAir {
    type Advertising = Broadcast;

    async fn advertise(&self, advert: &Advert) -> Result<Broadcast, AirError> {
        let fault = self.shared.state().fault;
        match fault {
            Some(fault) => Err(fault()),
            None => Ok(self.send(advert.as_bytes())),
        }
    }
}

/// Something on air in a [`MemoryAir`], until it is dropped or stopped.
#[derive(Debug)]
pub struct Broadcast {
    id: u64,
    air: MemoryAir,
}

impl Advertising for Broadcast {
    async fn stop(self) {}
}

impl Drop for Broadcast {
    fn drop(&mut self) {
        self.air.shared.change(|state| state.adverts.remove(&self.id));
    }
}

/// The receiving side, for a client platform.
#[derive(Debug)]
pub struct Listener {
    air: MemoryAir,
    changed: watch::Receiver<()>,
    heard: BTreeSet<u64>,
}

impl Listener {
    /// Waits for service data that this listener has not heard yet, without limit. Cancel-safe. What has left the air
    /// before it was asked for is not heard.
    pub async fn next(&mut self) -> Vec<u8> {
        loop {
            self.changed.borrow_and_update();
            let fresh = {
                let state = self.air.shared.state();
                let mut adverts = state.adverts.iter();
                adverts
                    .find(|(id, _)| !self.heard.contains(id))
                    .map(|(id, data)| (*id, data.clone()))
            };
            if let Some((id, service_data)) = fresh {
                self.heard.insert(id);
                return service_data;
            }
            // `self.air` keeps the sender alive, so this only returns on a change.
            let _ = self.changed.changed().await;
        }
    }
}

impl Scanner for MemoryAir {
    type Scanning = Listener;

    async fn scan(&self) -> Result<Listener, AirError> {
        let fault = self.shared.state().fault;
        match fault {
            Some(fault) => Err(fault()),
            None => Ok(self.listen()),
        }
    }
}

impl Scanning for Listener {
    async fn next(&mut self) -> Result<Vec<u8>, AirError> {
        Ok(Self::next(self).await)
    }

    async fn stop(self) {}
}

#[derive(Debug)]
struct Shared {
    state: Mutex<State>,
    changed: watch::Sender<()>,
}

impl Shared {
    fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn change<T>(&self, change: impl FnOnce(&mut State) -> T) -> T {
        let result = change(&mut self.state());
        self.changed.send_replace(());
        result
    }
}

#[derive(Debug, Default)]
struct State {
    adverts: BTreeMap<u64, Vec<u8>>,
    next: u64,
    fault: Option<fn() -> AirError>,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn every_listener_hears_what_was_and_what_comes_on_air_once() {
        let air = MemoryAir::new();
        let before = air.send_foreign(&[1; 20]);
        let mut listeners = [air.listen(), air.listen()];
        let _after = air.send_foreign(&[2; 23]);
        for listener in &mut listeners {
            assert_eq!(listener.next().await, [1; 20]);
            assert_eq!(listener.next().await, [2; 23]);
        }
        drop(before);
        assert_eq!(air.on_air(), [[2; 23]]);
        assert_eq!(air.ever_on_air(), 2);
    }

    #[tokio::test]
    async fn a_waiting_listener_wakes_up_and_the_air_empties() {
        let air = MemoryAir::new();
        let mut listener = air.listen();
        let (heard, sent) = tokio::join!(listener.next(), async { air.send_foreign(&[3]) });
        assert_eq!(heard, [3]);
        tokio::join!(air.emptied(), sent.stop());
        assert!(air.on_air().is_empty());
    }
}
