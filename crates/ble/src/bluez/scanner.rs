//! Listening: the service data of every advert that any adapter hears.
//!
//! ```text
//! us                                          bluetoothd
//!  | ── AddMatch: signals of org.bluez ────→ (the bus)
//!  | ── ObjectManager.GetManagedObjects ─────→  |   which adapters; devices that it heard lately
//!  | ── Adapter1.SetDiscoveryFilter ─────────→  |   each powered adapter: LE, and no UUIDs
//!  | ── Adapter1.StartDiscovery ─────────────→  |
//!  | ←── InterfacesAdded(Device1) ───────────── |   heard for the first time
//!  | ←── PropertiesChanged(Device1) ─────────── |   heard again
//!  | ── Adapter1.StopDiscovery ──────────────→  |
//! ```
//!
//! No UUID filter: BlueZ applies it to lists of services, and what we listen for is service data. An adapter that is
//! plugged in or switched on later listens as well. BlueZ ends the discoveries of a connection that goes.
//!
//! The signals of a busy place fill the connection's queue within seconds, and a full queue holds up the answers to our
//! own calls too, so they are taken off while a call is under way.

use std::collections::{HashMap, VecDeque};
use std::future::Future;
use std::time::Duration;

use futures_util::{FutureExt as _, StreamExt as _};
use roamkey_session::{AirError, Scanning};
use tracing::debug;
use zbus::message::Type;
use zbus::zvariant::{OwnedObjectPath, OwnedValue, Value};
use zbus::{Connection, MatchRule, Message, MessageStream};

use super::adapter::{self, Interfaces};
use super::{Host, Limit, call, error};

/// Listens for adverts over Bluetooth LE by all of the machine's powered adapters.
#[derive(Clone, Debug, Default)]
pub struct Scanner(Host);

impl Scanner {
    /// Creates a scanner on the system bus. Asks the system nothing yet.
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

    /// Creates a scanner that looks for BlueZ on the bus at `address`, in D-Bus notation (`unix:path=/…`).
    #[must_use]
    pub fn on_bus(address: impl Into<String>) -> Self {
        Self(Host::on_bus(address))
    }

    /// Sets the longest wait for any one answer; 5 seconds if never called.
    #[must_use]
    pub fn with_limit(self, limit: Duration) -> Self {
        Self(self.0.with_limit(limit))
    }
}

impl roamkey_session::Scanner for Scanner {
    type Scanning = Listening;

    async fn scan(&self) -> Result<Listening, AirError> {
        let connection = self.0.connect().await?;
        let limit = self.0.limit;
        let signals = limit
            .on(error::asking, subscribe(&connection, BLUEZ, None))
            .await?;
        let owners = limit
            .on(
                error::asking,
                subscribe(&connection, "org.freedesktop.DBus", Some("NameOwnerChanged")),
            )
            .await?;
        let mut listening = Listening {
            connection,
            signals,
            owners,
            limit,
            heard: VecDeque::new(),
            switched_on: VecDeque::new(),
            adapters: Vec::new(),
        };
        let connection = listening.connection.clone();
        let objects = listening
            .while_hearing(Box::pin(self.0.objects(&connection)))
            .await?;
        let adapters = adapter::powered(&objects)?;
        for interfaces in objects.values() {
            listening.hear_device(interfaces);
        }
        let mut fault = AirError::NoAdapter;
        for adapter in adapters {
            match listening.start(&adapter).await {
                Ok(()) => listening.adapters.push(adapter),
                Err(error) => fault = error,
            }
        }
        if listening.adapters.is_empty() {
            return Err(fault);
        }
        debug!(adapters = listening.adapters.len(), "listening");
        Ok(listening)
    }
}

/// A scan in progress. Dropping it closes its connection, and with it the scan.
#[derive(Debug)]
pub struct Listening {
    connection: Connection,
    signals: MessageStream,
    owners: MessageStream,
    limit: Limit,
    /// Service data that nobody has asked for yet, oldest first.
    heard: VecDeque<Vec<u8>>,
    /// Adapters that are to listen as well.
    switched_on: VecDeque<OwnedObjectPath>,
    /// Adapters that listen.
    adapters: Vec<OwnedObjectPath>,
}

impl Scanning for Listening {
    async fn next(&mut self) -> Result<Vec<u8>, AirError> {
        loop {
            if let Some(service_data) = self.heard.pop_front() {
                return Ok(service_data);
            }
            if let Some(adapter) = self.switched_on.front().cloned() {
                // The entry stays until this is done, should the future be dropped before.
                let started = self.start(&adapter).await;
                debug!(ok = started.is_ok(), "another adapter was switched on");
                self.switched_on.pop_front();
                if started.is_ok() && !self.adapters.contains(&adapter) {
                    self.adapters.push(adapter);
                }
                continue;
            }
            self.hear().await?;
        }
    }

    async fn stop(self) {
        let Self {
            connection,
            signals,
            owners,
            limit,
            adapters,
            ..
        } = self;
        // Nobody takes signals off any more.
        drop((signals, owners));
        for adapter in adapters {
            let stop = call::<_, ()>(&connection, adapter.as_str(), ADAPTER, "StopDiscovery", &());
            // An adapter that was switched off has stopped by itself.
            let stopped = limit.on(error::asking, stop).await;
            debug!(ok = stopped.is_ok(), "stopped listening");
        }
        let _ = limit.on(error::asking, connection.close()).await;
    }
}

impl Listening {
    /// Starts a discovery on one adapter.
    async fn start(&mut self, adapter: &OwnedObjectPath) -> Result<(), AirError> {
        let (connection, limit) = (self.connection.clone(), self.limit);
        let discovery = async {
            let filter = (HashMap::from([("Transport", Value::from("le"))]),);
            let set = call::<_, ()>(
                &connection,
                adapter.as_str(),
                ADAPTER,
                "SetDiscoveryFilter",
                &filter,
            );
            limit.on(error::asking, set).await?;
            let start = call::<_, ()>(&connection, adapter.as_str(), ADAPTER, "StartDiscovery", &());
            limit.on(error::asking, start).await
        };
        self.while_hearing(Box::pin(discovery)).await
    }

    /// Waits for `call`, and takes signals off meanwhile.
    async fn while_hearing<T>(
        &mut self,
        call: impl Future<Output = Result<T, AirError>> + Unpin,
    ) -> Result<T, AirError> {
        let mut call = call.fuse();
        loop {
            tokio::select! {
                biased;
                done = &mut call => return done,
                heard = self.hear() => heard?,
            }
        }
    }

    /// Takes one signal off. Cancel-safe.
    async fn hear(&mut self) -> Result<(), AirError> {
        let signal = tokio::select! {
            signal = self.signals.next() => signal,
            change = self.owners.next() => {
                return match change {
                    Some(Ok(change)) if !bluez_went(&change) => Ok(()),
                    Some(_) | None => Err(AirError::NoService(None)),
                };
            }
        };
        let signal = signal.ok_or(AirError::NoService(None))?.map_err(error::asking)?;
        let header = signal.header();
        match header.member().map(|member| member.as_str()) {
            Some("InterfacesAdded") => {
                if let Ok((path, interfaces)) = signal.body().deserialize::<(OwnedObjectPath, Interfaces)>() {
                    self.hear_device(&interfaces);
                    if let Some(adapter) = interfaces.get(ADAPTER) {
                        self.hear_adapter(&path, adapter);
                    }
                }
            }
            Some("PropertiesChanged") => {
                let body = signal.body();
                let changed = body.deserialize::<(&str, HashMap<String, OwnedValue>, Vec<&str>)>();
                match (changed, header.path()) {
                    (Ok((DEVICE, properties, _)), _) => self.hear_properties(&properties),
                    (Ok((ADAPTER, properties, _)), Some(path)) => {
                        self.hear_adapter(&OwnedObjectPath::from(path.to_owned()), &properties);
                    }
                    (Ok(_) | Err(_), _) => {}
                }
            }
            Some(_) | None => {}
        }
        Ok(())
    }

    fn hear_device(&mut self, interfaces: &Interfaces) {
        if let Some(properties) = interfaces.get(DEVICE) {
            self.hear_properties(properties);
        }
    }

    /// Keeps the service data of FIDO's UUIDs, long enough for an advert.
    fn hear_properties(&mut self, properties: &HashMap<String, OwnedValue>) {
        let Some(data) = properties
            .get("ServiceData")
            .and_then(|data| data.try_clone().ok())
        else {
            return;
        };
        let Ok(mut data) = HashMap::<String, OwnedValue>::try_from(data) else {
            return;
        };
        for uuid in FIDO_SERVICES {
            let bytes = data
                .remove(uuid)
                .and_then(|bytes| Vec::<u8>::try_from(bytes).ok());
            if let Some(bytes) = bytes.filter(|bytes| bytes.len() >= roamkey_hybrid::Advert::LENGTH) {
                if self.heard.len() == MAX_HEARD {
                    // What is still on air will be heard again.
                    self.heard.pop_front();
                }
                self.heard.push_back(bytes);
            }
        }
    }

    fn hear_adapter(&mut self, path: &OwnedObjectPath, properties: &HashMap<String, OwnedValue>) {
        let on = properties
            .get("Powered")
            .is_some_and(|powered| matches!(**powered, Value::Bool(true)));
        if on && !self.switched_on.contains(path) {
            self.switched_on.push_back(path.clone());
        }
    }
}

/// All signals of a sender, or those of one name about BlueZ.
async fn subscribe(
    connection: &Connection,
    sender: &'static str,
    member: Option<&'static str>,
) -> zbus::Result<MessageStream> {
    let mut rule = MatchRule::builder().msg_type(Type::Signal).sender(sender)?;
    if let Some(member) = member {
        rule = rule.member(member)?.add_arg(BLUEZ)?;
    }
    MessageStream::for_match_rule(rule.build(), connection, Some(QUEUE)).await
}

/// Whether BlueZ's name has no owner any more.
fn bluez_went(change: &Message) -> bool {
    let body = change.body();
    body.deserialize::<(&str, &str, &str)>()
        .is_ok_and(|(name, _, owner)| name == BLUEZ && owner.is_empty())
}

const BLUEZ: &str = "org.bluez";
const ADAPTER: &str = "org.bluez.Adapter1";
const DEVICE: &str = "org.bluez.Device1";

/// The UUIDs that phones advertise under: FIDO's own, and two of Google's, of older Android and iOS.
const FIDO_SERVICES: [&str; 3] = [
    "0000fff9-0000-1000-8000-00805f9b34fb",
    "0000fde2-0000-1000-8000-00805f9b34fb",
    "0000fcf1-0000-1000-8000-00805f9b34fb",
];

/// Signals that wait on the connection: a second of a busy place.
const QUEUE: usize = 256;
/// Adverts that wait to be asked for.
const MAX_HEARD: usize = 1024;
