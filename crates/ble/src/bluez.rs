//! Linux: BlueZ over D-Bus.
//!
//! ```text
//! us                                              bluetoothd
//!  |  (own connection, serving our object)            |
//!  | ── ObjectManager.GetManagedObjects ───────────→  |   which adapters, powered, able to advertise
//!  | ── LEAdvertisingManager1.RegisterAdvertisement → |
//!  | ←── Properties.GetAll(LEAdvertisement1) ──────── |   asked at once, of our object
//!  | ←── () ───────────────────────────────────────── |   on air
//!  | ── LEAdvertisingManager1.UnregisterAdvertisement →   off air
//! ```
//!
//! Every advert has its own connection: BlueZ drops what a connection registered when that connection goes, so
//! nothing of ours can outlive this process. The object is served *before* the connection starts to read; served any
//! later, BlueZ's question can arrive first and is then never answered.

mod adapter;
mod advertisement;
mod error;
mod scanner;

use std::collections::HashMap;
use std::future::Future;
use std::time::Duration;

use roamkey_hybrid::Advert;
use roamkey_session::{Advertising, Air, AirError};
use tokio::sync::watch;
use tracing::debug;
use zbus::proxy::{self, CacheProperties, MethodFlags};
use zbus::zvariant::{DynamicDeserialize, DynamicType, OwnedObjectPath, Value};
use zbus::{Connection, Proxy, connection};

use self::adapter::{Adapter, ManagedObjects};
use self::advertisement::Advertisement;
use crate::AdapterInfo;

pub use self::scanner::{Listening, Scanner};

/// Advertises over Bluetooth LE by the machine's first powered adapter that can.
#[derive(Clone, Debug, Default)]
pub struct Advertiser(Host);

/// Where BlueZ is looked for, and how long it is waited for.
#[derive(Clone, Debug, Default)]
struct Host {
    /// D-Bus address; none for the system bus, which is `DBUS_SYSTEM_BUS_ADDRESS` or the usual socket.
    bus: Option<String>,
    limit: Limit,
}

impl Advertiser {
    /// Creates an advertiser on the system bus. Asks the system nothing yet.
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

    /// Creates an advertiser that looks for BlueZ on the bus at `address`, in D-Bus notation (`unix:path=/…`).
    #[must_use]
    pub fn on_bus(address: impl Into<String>) -> Self {
        Self(Host::on_bus(address))
    }

    /// Sets the longest wait for any one answer; 5 seconds if never called.
    #[must_use]
    pub fn with_limit(self, limit: Duration) -> Self {
        Self(self.0.with_limit(limit))
    }

    /// Says whether this machine can advertise right now, and with which adapter. Nothing goes on air.
    ///
    /// # Errors
    ///
    /// The reason why nothing can be advertised.
    pub async fn probe(&self) -> Result<AdapterInfo, AirError> {
        let connection = self.0.connect().await?;
        let adapter = Adapter::choose(&self.0.objects(&connection).await?)?;
        Ok(AdapterInfo {
            name: adapter.name().to_owned(),
            free_slots: adapter.free_slots(),
        })
    }

    /// Puts service data of `FFF9` on air. Both the future and what it returns are safe to drop at any time.
    async fn broadcast(&self, service_data: &[u8; 20]) -> Result<OnAir, AirError> {
        let (advertisement, released) = Advertisement::new(service_data);
        let builder = self
            .0
            .builder()?
            .serve_at(advertisement::PATH, advertisement)
            .map_err(error::connecting)?;
        let connection = self.0.limit.on(error::connecting, builder.build()).await?;
        let adapter = Adapter::choose(&self.0.objects(&connection).await?)?;
        let registration = Registration {
            connection,
            adapter: adapter.path().clone(),
            released,
            limit: self.0.limit,
        };

        // From here on a dropped future must also unregister: BlueZ watches our connection only once it has answered.
        let on_air = OnAir {
            registration: Some(registration),
        };
        if let Some(registration) = &on_air.registration {
            let options = HashMap::<&str, Value<'_>>::new();
            registration
                .call(
                    "RegisterAdvertisement",
                    &(advertisement::object_path(), options),
                    error::registering,
                )
                .await?;
        }
        debug!(adapter = adapter.name(), "advert on air");
        Ok(on_air)
    }
}

impl Host {
    fn on_bus(address: impl Into<String>) -> Self {
        Self {
            bus: Some(address.into()),
            limit: Limit::default(),
        }
    }

    fn with_limit(self, limit: Duration) -> Self {
        Self {
            limit: Limit(limit),
            ..self
        }
    }

    fn builder(&self) -> Result<connection::Builder<'_>, AirError> {
        match &self.bus {
            Some(address) => connection::Builder::address(address.as_str()),
            None => connection::Builder::system(),
        }
        .map_err(error::connecting)
    }

    async fn connect(&self) -> Result<Connection, AirError> {
        self.limit.on(error::connecting, self.builder()?.build()).await
    }

    /// Everything that BlueZ knows.
    async fn objects(&self, connection: &Connection) -> Result<ManagedObjects, AirError> {
        let call = call(
            connection,
            "/",
            "org.freedesktop.DBus.ObjectManager",
            "GetManagedObjects",
            &(),
        );
        self.limit.on(error::asking, call).await
    }
}

impl Air for Advertiser {
    type Advertising = OnAir;

    async fn advertise(&self, advert: &Advert) -> Result<OnAir, AirError> {
        self.broadcast(advert.as_bytes()).await
    }
}

/// An advert on air. Dropping it unregisters it in the background, and closes its connection in any case.
#[derive(Debug)]
pub struct OnAir {
    /// None when it was taken off the air.
    registration: Option<Registration>,
}

impl Advertising for OnAir {
    async fn stop(mut self) {
        if let Some(registration) = self.registration.take() {
            registration.withdraw().await;
        }
    }
}

impl Drop for OnAir {
    fn drop(&mut self) {
        // Without a runtime the registration is just dropped, which closes the connection. The task ends by the limit.
        if let (Some(registration), Ok(runtime)) =
            (self.registration.take(), tokio::runtime::Handle::try_current())
        {
            runtime.spawn(registration.withdraw());
        }
    }
}

/// What BlueZ knows of us: a connection with an object on it.
#[derive(Debug)]
struct Registration {
    connection: Connection,
    adapter: OwnedObjectPath,
    released: watch::Receiver<bool>,
    limit: Limit,
}

impl Registration {
    /// Unregisters, unless BlueZ has released us, and closes the connection. What fails here is only logged: with the
    /// connection closed nothing of ours stays on air.
    async fn withdraw(self) {
        let released = *self.released.borrow();
        if !released
            && let Err(error) = self
                .call(
                    "UnregisterAdvertisement",
                    &(advertisement::object_path(),),
                    error::asking,
                )
                .await
        {
            debug!(error = %error, "could not unregister the advert");
        }
        let closed = self.limit.on(error::asking, self.connection.close()).await;
        debug!(released, closed = closed.is_ok(), "advert off air");
    }

    async fn call<B>(
        &self,
        method: &str,
        body: &B,
        fault: fn(zbus::Error) -> AirError,
    ) -> Result<(), AirError>
    where
        B: serde::Serialize + DynamicType + Sync,
    {
        let call = call(
            &self.connection,
            self.adapter.as_str(),
            "org.bluez.LEAdvertisingManager1",
            method,
            body,
        );
        self.limit.on(fault, call).await
    }
}

/// Calls `method` of BlueZ without having it started: where no adapter is, systemd refuses to start `bluetoothd` and
/// the bus would keep us waiting for 25 seconds.
async fn call<B, R>(
    connection: &Connection,
    path: &str,
    interface: &str,
    method: &str,
    body: &B,
) -> zbus::Result<R>
where
    B: serde::Serialize + DynamicType + Sync,
    R: for<'d> DynamicDeserialize<'d>,
{
    let proxy: Proxy<'_> = proxy::Builder::new(connection)
        .destination("org.bluez")?
        .path(path)?
        .interface(interface)?
        .cache_properties(CacheProperties::No)
        .build()
        .await?;
    let reply = proxy
        .call_with_flags(method, MethodFlags::NoAutoStart.into(), body)
        .await?;
    reply.ok_or(zbus::Error::InvalidReply)
}

/// The longest wait for one answer.
#[derive(Clone, Copy, Debug)]
struct Limit(Duration);

impl Limit {
    async fn on<T>(
        self,
        fault: fn(zbus::Error) -> AirError,
        answer: impl Future<Output = zbus::Result<T>>,
    ) -> Result<T, AirError> {
        match tokio::time::timeout(self.0, answer).await {
            Ok(result) => result.map_err(fault),
            Err(_) => Err(AirError::TimedOut),
        }
    }
}

impl Default for Limit {
    /// BlueZ answers within milliseconds; 5 seconds is a machine that just woke up.
    fn default() -> Self {
        Self(Duration::from_secs(5))
    }
}
