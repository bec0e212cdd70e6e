//! A mock of BlueZ: `org.bluez` on one or more private buses, joined by an air.
//!
//! ```text
//! host 0                                                  host 1
//! Chromium ── StartDiscovery ──→ ┌──────────┐             ┌──────────┐ ←── RegisterAdvertisement ── roamkey-ble
//!          ←── InterfacesAdded ─ │ org.bluez │ ←── air ─── │ org.bluez │ ─── GetAll(LEAdvertisement1) ──→
//!          ←─ PropertiesChanged ─ └──────────┘             └──────────┘
//! ```
//!
//! A host is a machine: a bus of its own with a `bluetoothd` and its adapters. What a program registers with one
//! adapter, every *other* adapter with a discovery in progress hears, and shows as a `org.bluez.Device1` with a random
//! address. Names, properties, errors and their order are those of BlueZ 5.66.
//!
//! Not played: radio timing, BlueZ's 30-second cache of devices it no longer hears, RSSI and UUID filters,
//! connections, pairing.
//!
//! ```no_run
//! # async fn example() -> Result<(), Box<dyn std::error::Error>> {
//! use roamkey_testkit::bluez::{HostConfig, MockBluez};
//! use roamkey_testkit::bus::PrivateBus;
//!
//! let (browser, authenticator) = (PrivateBus::start().await?, PrivateBus::start().await?);
//! let hosts = [HostConfig::new(browser.address()), HostConfig::new(authenticator.address())];
//! let bluez = MockBluez::start(hosts).await?;
//! // Programs find them by DBUS_SYSTEM_BUS_ADDRESS.
//! let advert = bluez.heard().await?;
//! # Ok(())
//! # }
//! ```

mod adapter;
mod advertisement;
mod daemon;
mod host;
mod radio;
mod wire;
mod world;

use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use tokio::sync::watch;
use tokio::task::JoinSet;

use self::daemon::Daemon;
use self::world::World;

pub use self::adapter::{AdapterConfig, AdapterState};
pub use self::host::{Behaviour, Call, HostConfig, HostState};
pub use self::radio::{AdvertData, AdvertId, AirAdvert, Source};
pub use self::wire::Fault;
pub use self::world::State;

/// The mock, for as long as the value lives. Hosts are counted from 0 in the order they were given in.
#[derive(Debug)]
pub struct MockBluez {
    world: Arc<Mutex<World>>,
    state: watch::Receiver<State>,
    addresses: Vec<String>,
    /// By host; none where the daemon is not running.
    daemons: tokio::sync::Mutex<Vec<Option<Daemon>>>,
    _refreshing: JoinSet<()>,
}

impl MockBluez {
    /// Starts a daemon on every host's bus and returns when all of them own the name `org.bluez`.
    ///
    /// # Errors
    ///
    /// A bus can't be reached, or has an `org.bluez` already.
    pub async fn start(hosts: impl IntoIterator<Item = HostConfig>) -> zbus::Result<Self> {
        let hosts: Vec<HostConfig> = hosts.into_iter().collect();
        let addresses: Vec<String> = hosts.iter().map(|host| host.bus().to_owned()).collect();
        let (publish, state) = watch::channel(State::default());
        let world = Arc::new(Mutex::new(World::new(&hosts, publish)));

        let mut refreshing = JoinSet::new();
        refreshing.spawn(daemon::refresh(Arc::clone(&world)));
        let daemons = tokio::sync::Mutex::new(hosts.iter().map(|_| None).collect());
        let mock = Self {
            world,
            state,
            addresses,
            daemons,
            _refreshing: refreshing,
        };
        for host in 0..hosts.len() {
            mock.start_daemon(host).await?;
        }
        Ok(mock)
    }

    /// Everything worth knowing, at this moment.
    #[must_use]
    pub fn state(&self) -> State {
        // A program can have its answer before the call that it answers has settled; whoever holds the world settles.
        self.with(|_| self.state.borrow().clone())
    }

    /// Waits until `condition` holds, at most 20 seconds.
    ///
    /// # Errors
    ///
    /// It did not come to hold; the message names `what` and the state at the end.
    pub async fn wait_until(
        &self,
        what: &'static str,
        condition: impl FnMut(&State) -> bool,
    ) -> Result<State, WaitError> {
        let mut state = self.state.clone();
        let reached = tokio::time::timeout(WAIT_LIMIT, state.wait_for(condition)).await;
        match reached {
            Ok(Ok(state)) => Ok(state.clone()),
            Ok(Err(_)) | Err(_) => Err(WaitError {
                what,
                state: Box::new(self.state()),
            }),
        }
    }

    /// Waits until something is on air, and returns the oldest of it.
    ///
    /// # Errors
    ///
    /// Nothing was for 20 seconds.
    pub async fn heard(&self) -> Result<AirAdvert, WaitError> {
        let state = self
            .wait_until("an advert on air", |state| !state.on_air.is_empty())
            .await?;
        state.on_air.first().cloned().ok_or(WaitError {
            what: "an advert on air",
            state: Box::new(state),
        })
    }

    /// Waits until nothing is on air and nothing is registered.
    ///
    /// # Errors
    ///
    /// Something was for 20 seconds.
    pub async fn emptied(&self) -> Result<(), WaitError> {
        let empty =
            |state: &State| state.on_air.is_empty() && state.hosts.iter().all(HostState::has_no_adverts);
        self.wait_until("an empty air", empty).await.map(drop)
    }

    /// Waits until an adapter of `host` discovers.
    ///
    /// # Errors
    ///
    /// None did for 20 seconds.
    pub async fn discovering(&self, host: usize) -> Result<(), WaitError> {
        let discovering = |state: &State| state.hosts.get(host).is_some_and(HostState::is_discovering);
        self.wait_until("a discovery", discovering).await.map(drop)
    }

    /// Switches an adapter on or off, as a person does. Off ends its discoveries; its adverts stay registered and are
    /// on air again when it is switched on.
    pub fn set_powered(&self, host: usize, adapter: u8, on: bool) {
        self.with(|world| world.set_powered(host, adapter, on));
    }

    /// Plugs an adapter in and returns its number: 1 for `hci1`.
    pub fn add_adapter(&self, host: usize, adapter: AdapterConfig) -> Option<u8> {
        self.with(|world| world.add_adapter(host, adapter))
    }

    /// Pulls an adapter out. Its adverts are released.
    pub fn remove_adapter(&self, host: usize, adapter: u8) {
        self.with(|world| world.remove_adapter(host, adapter));
    }

    /// Sets how the daemon of `host` treats calls from here on. What a silent daemon missed, it does when it is normal
    /// again.
    pub fn behave(&self, host: usize, behaviour: Behaviour) {
        self.with(|world| world.behave(host, behaviour));
    }

    /// Puts a stranger's advert on air: of any shape, also one that no adapter would send.
    pub fn inject(&self, advert: AdvertData) -> AdvertId {
        self.with(|world| world.inject(advert))
    }

    /// Takes an advert off the air: a stranger's just goes; a program's is released, as BlueZ does when its time is up.
    pub fn withdraw(&self, advert: AdvertId) {
        self.with(|world| world.withdraw(advert));
    }

    /// Everything that ever was on air, oldest first.
    #[must_use]
    pub fn history(&self) -> Vec<AirAdvert> {
        self.with(|world| world.history())
    }

    /// The method calls that `host` got, oldest first.
    #[must_use]
    pub fn calls(&self, host: usize) -> Vec<Call> {
        self.with(|world| world.calls(host))
    }

    /// Ends the daemon of `host`, as `systemctl stop bluetooth` does: its name leaves the bus, its adverts the air.
    pub async fn stop_daemon(&self, host: usize) {
        let daemon = self.daemons.lock().await.get_mut(host).and_then(Option::take);
        if let Some(daemon) = daemon {
            daemon.stop().await;
        }
        self.with(|world| world.stopped(host));
    }

    /// Starts the daemon of `host` again, with nothing registered.
    ///
    /// # Errors
    ///
    /// The bus can't be reached, or has an `org.bluez` already.
    pub async fn start_daemon(&self, host: usize) -> zbus::Result<()> {
        let address = self.addresses.get(host).ok_or(zbus::Error::Unsupported)?;
        let daemon = Daemon::start(Arc::clone(&self.world), host, address).await?;
        if let Some(slot) = self.daemons.lock().await.get_mut(host) {
            *slot = Some(daemon);
        }
        Ok(())
    }

    fn with<T>(&self, change: impl FnOnce(&mut World) -> T) -> T {
        change(&mut self.world.lock().unwrap_or_else(PoisonError::into_inner))
    }
}

/// Something that a test waited for did not happen.
#[derive(Debug, thiserror::Error)]
#[error("waited in vain for {what}: {state:?}")]
pub struct WaitError {
    what: &'static str,
    state: Box<State>,
}

/// Long enough for a browser to start on a busy machine.
const WAIT_LIMIT: Duration = Duration::from_secs(20);
