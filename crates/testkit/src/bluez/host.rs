//! One host: its `bluetoothd` as the bus sees it, and what that answers.

use std::collections::{BTreeMap, HashMap};

use tokio::sync::mpsc;
use zbus::Message;
use zbus::zvariant::{OwnedObjectPath, OwnedValue};

use super::adapter::{Adapter, AdapterConfig, AdapterState, Progress, Registration};
use super::daemon::Effect;
use super::radio::{AdvertId, AirAdvert, Source};
use super::wire::{
    self, ADAPTER, ADVERTISEMENT, ADVERTISING, Answer, Fault, OBJECTS, Objects, PROPERTIES, Properties,
};

/// A machine: its bus and its adapters.
#[derive(Clone, Debug)]
pub struct HostConfig {
    bus: String,
    adapters: Vec<AdapterConfig>,
}

impl HostConfig {
    /// A host with one usual adapter, on the bus at `address`.
    #[must_use]
    pub fn new(address: &str) -> Self {
        Self {
            bus: address.to_owned(),
            adapters: vec![AdapterConfig::default()],
        }
    }

    /// Replaces the adapters: the first is `hci0`.
    #[must_use]
    pub fn with_adapters(self, adapters: impl IntoIterator<Item = AdapterConfig>) -> Self {
        Self {
            adapters: adapters.into_iter().collect(),
            ..self
        }
    }

    pub(super) fn bus(&self) -> &str {
        &self.bus
    }
}

/// What a host does at the moment.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct HostState {
    /// Its daemon runs.
    pub running: bool,
    /// By their numbers.
    pub adapters: Vec<AdapterState>,
    /// Adverts that were read and neither go on air nor are answered: see [`Behaviour::HoldingAdverts`].
    pub held: usize,
}

impl HostState {
    /// Whether no program has an advert registered.
    #[must_use]
    pub fn has_no_adverts(&self) -> bool {
        self.adapters.iter().all(|adapter| adapter.registered == 0)
    }

    /// Whether an adapter looks for devices.
    #[must_use]
    pub fn is_discovering(&self) -> bool {
        self.adapters.iter().any(|adapter| adapter.discovering)
    }
}

/// How a daemon treats method calls.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Behaviour {
    /// As BlueZ does.
    #[default]
    Normal,
    /// It hangs: no answer to anything, and nothing noticed.
    Silent,
    /// It never answers `RegisterAdvertisement`, and is normal otherwise.
    SilentOnAdverts,
    /// It reads adverts as usual, and puts them on air and answers only when its behaviour changes: a slow controller.
    HoldingAdverts,
    /// Every call fails.
    Refusing(Fault),
    /// `RegisterAdvertisement` fails.
    RefusingAdverts(Fault),
}

/// A method call that a daemon got.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Call {
    /// The caller's unique name.
    pub client: String,
    /// The object.
    pub path: String,
    /// The interface.
    pub interface: String,
    /// The method.
    pub member: String,
}

/// An advertisement object as it was read; `None` if it could not be.
#[derive(Debug)]
pub(super) struct ReadAdvert {
    pub(super) adapter: u8,
    pub(super) id: AdvertId,
    pub(super) properties: Option<HashMap<String, OwnedValue>>,
}

#[derive(Debug)]
pub(super) struct Host {
    pub(super) index: usize,
    pub(super) adapters: BTreeMap<u8, Adapter>,
    pub(super) behaviour: Behaviour,
    pub(super) calls: Vec<Call>,
    /// What a silent daemon has not looked at yet.
    pub(super) unread: Vec<Message>,
    /// The adverts it holds.
    pub(super) held: Vec<ReadAdvert>,
    /// To the daemon's task; none while it is not running. Unbounded, as a test sends a handful and must not wait.
    pub(super) effects: Option<mpsc::UnboundedSender<Effect>>,
    /// What programs have been told of the adapters.
    pub(super) announced: BTreeMap<u8, AdapterState>,
}

impl Host {
    pub(super) fn new(index: usize, config: &HostConfig) -> Self {
        let numbered = (0..).zip(config.adapters.iter().cloned());
        let adapters: BTreeMap<u8, Adapter> = numbered
            .map(|(number, adapter)| (number, Adapter::new(number, index, adapter)))
            .collect();
        Self {
            index,
            announced: adapters
                .values()
                .map(|adapter| (adapter.number, adapter.state()))
                .collect(),
            adapters,
            behaviour: Behaviour::Normal,
            calls: Vec::new(),
            unread: Vec::new(),
            held: Vec::new(),
            effects: None,
        }
    }

    pub(super) fn state(&self) -> HostState {
        let adapters = self.adapters.values().map(Adapter::state).collect();
        HostState {
            running: self.effects.is_some(),
            adapters,
            held: self.held.len(),
        }
    }

    /// What its adapters send at the moment.
    pub(super) fn sends(&self) -> impl Iterator<Item = AirAdvert> + '_ {
        let powered = self.adapters.values().filter(|adapter| adapter.powered);
        powered.flat_map(move |adapter| {
            let source = Source::Adapter {
                host: self.index,
                adapter: adapter.number,
            };
            adapter
                .registrations
                .iter()
                .filter_map(move |registration| match &registration.progress {
                    Progress::Registered(data) => Some(AirAdvert {
                        id: registration.id,
                        source,
                        data: data.clone(),
                    }),
                    Progress::Reading(_) => None,
                })
        })
    }

    /// Answers a method call; `id` is for an advert should the call register one.
    pub(super) fn answer(&mut self, call: &Message, id: AdvertId) -> Answer {
        let header = call.header();
        let text = |part: Option<&str>| part.unwrap_or_default().to_owned();
        let call_made = Call {
            client: text(header.sender().map(|name| name.as_str())),
            path: text(header.path().map(|path| path.as_str())),
            interface: text(header.interface().map(|name| name.as_str())),
            member: text(header.member().map(|name| name.as_str())),
        };
        self.calls.push(call_made.clone());
        let Call {
            client,
            path,
            interface,
            member,
        } = call_made;
        let registers = interface == ADVERTISING && member == "RegisterAdvertisement";
        match self.behaviour {
            Behaviour::Refusing(fault) => return Err(fault),
            Behaviour::RefusingAdverts(fault) if registers => return Err(fault),
            Behaviour::SilentOnAdverts if registers => return Ok(None),
            Behaviour::Normal
            | Behaviour::Silent
            | Behaviour::SilentOnAdverts
            | Behaviour::HoldingAdverts
            | Behaviour::RefusingAdverts(_) => {}
        }
        match (interface.as_str(), member.as_str()) {
            ("org.freedesktop.DBus.Peer", "Ping") => wire::reply(call, &()),
            ("org.freedesktop.DBus.Peer", "GetMachineId") => wire::reply(call, &"0".repeat(32)),
            (OBJECTS, "GetManagedObjects") if path == "/" => wire::reply(call, &self.objects()),
            (PROPERTIES, _) => self.property(call, &path, &member),
            (ADAPTER, _) => self.adapter(&path)?.call(call, &client, &member),
            (ADVERTISING, "RegisterAdvertisement") => {
                let adapter = self.adapter(&path)?;
                let (number, object) = (adapter.number, adapter.register(call, &client, id)?);
                self.effect(Effect::Read {
                    adapter: number,
                    id,
                    client,
                    object,
                });
                Ok(None)
            }
            (ADVERTISING, "UnregisterAdvertisement") => {
                let taken = self.adapter(&path)?.unregister(call, &client)?;
                self.unfinished(&taken);
                wire::reply(call, &())
            }
            // What programs register here, nobody ever asks for: there is no pairing, and no connection.
            ("org.bluez.AgentManager1" | "org.bluez.ProfileManager1", _) if path == "/org/bluez" => {
                wire::reply(call, &())
            }
            ("org.bluez.GattManager1" | "org.bluez.Media1", _) => {
                self.adapter(&path).and_then(|_| wire::reply(call, &()))
            }
            _ => Err(Fault::NO_METHOD),
        }
    }

    fn property(&mut self, call: &Message, path: &str, member: &str) -> Answer {
        let body = call.body();
        let bad = |_: zbus::Error| Fault::BAD_ARGUMENTS;
        if member == "Set" {
            let (interface, name, value): (String, String, OwnedValue) = body.deserialize().map_err(bad)?;
            return match interface.as_str() {
                ADAPTER => self.adapter(path)?.set(call, &name, value),
                _ => Err(Fault::READ_ONLY),
            };
        }
        let mut objects = self.objects();
        let mut interfaces = objects.remove(&wire::object_path(path)).ok_or(Fault::NO_OBJECT)?;
        match member {
            "GetAll" => {
                let interface: String = body.deserialize().map_err(bad)?;
                wire::reply(call, &interfaces.remove(interface.as_str()).unwrap_or_default())
            }
            "Get" => {
                let (interface, name): (String, String) = body.deserialize().map_err(bad)?;
                let value = interfaces
                    .remove(interface.as_str())
                    .and_then(|mut all| all.remove(name.as_str()));
                wire::reply(call, &value.ok_or(Fault::NO_PROPERTY)?)
            }
            _ => Err(Fault::NO_METHOD),
        }
    }

    fn objects(&self) -> Objects {
        let managers = [
            "org.bluez.AgentManager1",
            "org.bluez.ProfileManager1",
            "org.bluez.HealthManager1",
        ];
        let managers = managers
            .into_iter()
            .map(|name| (name, Properties::new()))
            .collect();
        let mut objects = Objects::from([(wire::object_path("/org/bluez"), managers)]);
        for adapter in self.adapters.values() {
            objects.insert(adapter.path.clone(), adapter.interfaces(self.index));
            for advert in adapter.devices.values() {
                objects.insert(
                    advert.device_path(&adapter.path),
                    advert.device(&adapter.path, RSSI),
                );
            }
        }
        objects
    }

    fn adapter(&mut self, path: &str) -> Result<&mut Adapter, Fault> {
        self.adapters
            .values_mut()
            .find(|adapter| adapter.path.as_str() == path)
            .ok_or(Fault::NO_OBJECT)
    }

    /// Tells the owner of a registration that it is gone: by `Release`, or by the failure of a call still open.
    pub(super) fn release(&self, registration: &Registration) {
        self.unfinished(registration);
        if let Progress::Registered(_) = registration.progress {
            let release = Message::method_call(registration.object.as_str(), "Release").and_then(|call| {
                call.destination(registration.client.as_str())?
                    .interface(ADVERTISEMENT)?
                    .build(&())
            });
            self.send(release.ok());
        }
    }

    fn unfinished(&self, registration: &Registration) {
        if let Progress::Reading(call) = &registration.progress {
            self.send(wire::error(call, Fault::UNFINISHED));
        }
    }

    /// `PropertiesChanged`.
    pub(super) fn announce(&self, path: &OwnedObjectPath, interface: &str, changes: &Properties) {
        let gone: [&str; 0] = [];
        self.send(wire::signal(
            path,
            PROPERTIES,
            "PropertiesChanged",
            &(interface, changes, gone.as_slice()),
        ));
    }

    pub(super) fn send(&self, message: Option<Message>) {
        if let Some(message) = message {
            self.effect(Effect::Send(message));
        }
    }

    pub(super) fn effect(&self, effect: Effect) {
        if let Some(effects) = &self.effects {
            // A daemon that has just ended does not mind.
            let _ = effects.send(effect);
        }
    }
}

/// dBm, as if the sender lay on the same table.
pub(super) const RSSI: i16 = -50;
