//! One adapter: `/org/bluez/hciN` with its power, discoveries, advertisements and the devices it hears.

use std::collections::{BTreeMap, BTreeSet, HashMap};

use zbus::Message;
use zbus::zvariant::{OwnedObjectPath, OwnedValue, Value};

use super::radio::{AdvertData, AdvertId, AirAdvert};
use super::wire::{self, ADAPTER, ADVERTISING, Answer, Fault, Interfaces, Properties};

/// What an adapter can do.
#[derive(Clone, Debug)]
pub struct AdapterConfig {
    /// Switched on at the start.
    pub powered: bool,
    /// How many advertisements it sends at the same time; none if it can't advertise over LE.
    pub slots: Option<u8>,
    /// The most bytes that one advertisement may take: 31 before Bluetooth 5.
    pub max_advert_len: u8,
}

impl Default for AdapterConfig {
    /// Switched on, 12 slots, 31 bytes.
    fn default() -> Self {
        Self {
            powered: true,
            slots: Some(12),
            max_advert_len: 31,
        }
    }
}

/// What an adapter does at the moment.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct AdapterState {
    /// 1 for `hci1`.
    pub number: u8,
    /// Switched on.
    pub powered: bool,
    /// Looking for devices.
    pub discovering: bool,
    /// Adverts that programs registered with it, also those that are not on air because it is off.
    pub registered: u8,
}

#[derive(Debug)]
pub(super) struct Adapter {
    pub(super) number: u8,
    pub(super) path: OwnedObjectPath,
    pub(super) config: AdapterConfig,
    pub(super) powered: bool,
    /// What programs may set apart from `Powered`.
    settings: BTreeMap<&'static str, OwnedValue>,
    /// The programs that asked for a discovery.
    discoveries: BTreeSet<String>,
    pub(super) registrations: Vec<Registration>,
    /// What it hears, as of the last time the world settled.
    pub(super) devices: BTreeMap<AdvertId, AirAdvert>,
}

/// An advertisement that a program registered.
#[derive(Debug)]
pub(super) struct Registration {
    pub(super) id: AdvertId,
    pub(super) client: String,
    pub(super) object: OwnedObjectPath,
    pub(super) progress: Progress,
}

/// How far a registration has come.
#[derive(Debug)]
pub(super) enum Progress {
    /// Its object is being read; then this call is answered.
    Reading(Message),
    /// It is on air whenever the adapter is on.
    Registered(AdvertData),
}

impl Adapter {
    pub(super) fn new(number: u8, host: usize, config: AdapterConfig) -> Self {
        let settings = [
            (
                "Alias",
                OwnedValue::from(zbus::zvariant::Str::from(format!("mock{host}"))),
            ),
            ("Discoverable", OwnedValue::from(false)),
            ("DiscoverableTimeout", OwnedValue::from(180u32)),
            ("Pairable", OwnedValue::from(false)),
            ("PairableTimeout", OwnedValue::from(0u32)),
        ];
        Self {
            number,
            path: wire::object_path(&format!("/org/bluez/hci{number}")),
            powered: config.powered,
            config,
            settings: BTreeMap::from(settings),
            discoveries: BTreeSet::new(),
            registrations: Vec::new(),
            devices: BTreeMap::new(),
        }
    }

    pub(super) fn state(&self) -> AdapterState {
        AdapterState {
            number: self.number,
            powered: self.powered,
            discovering: self.powered && !self.discoveries.is_empty(),
            registered: u8::try_from(self.registrations.len()).unwrap_or(u8::MAX),
        }
    }

    /// Its own object, without devices.
    pub(super) fn interfaces(&self, host: usize) -> Interfaces {
        let state = self.state();
        let mut properties = Properties::from([
            (
                "Address",
                Value::from(format!("02:00:00:00:{host:02X}:{:02X}", self.number)),
            ),
            ("AddressType", Value::from("public")),
            ("Name", Value::from(format!("mock{host}"))),
            ("Class", Value::from(0x001C_010C_u32)),
            ("Discovering", Value::from(state.discovering)),
            (
                "UUIDs",
                Value::from(vec![
                    "00001800-0000-1000-8000-00805f9b34fb",
                    "00001801-0000-1000-8000-00805f9b34fb",
                ]),
            ),
            ("Modalias", Value::from("usb:v1D6Bp0246d0542")),
            ("Roles", Value::from(vec!["central", "peripheral"])),
        ]);
        let settings = self.settings.iter();
        properties
            .extend(settings.filter_map(|(name, value)| Some((*name, Value::from(value.try_clone().ok()?)))));
        properties.extend(power(self.powered));
        let mut interfaces = Interfaces::from([
            (ADAPTER, properties),
            ("org.bluez.GattManager1", Properties::new()),
            ("org.bluez.Media1", Properties::new()),
            ("org.bluez.NetworkServer1", Properties::new()),
        ]);
        if let Some(slots) = self.config.slots {
            let length = self.config.max_advert_len;
            let mut properties = instances(slots, state.registered);
            let capabilities = HashMap::from([
                ("MaxAdvLen", Value::from(length)),
                ("MaxScnRspLen", Value::from(length)),
            ]);
            properties.extend([
                (
                    "SupportedIncludes",
                    Value::from(vec!["tx-power", "appearance", "local-name"]),
                ),
                ("SupportedSecondaryChannels", Value::from(Vec::<String>::new())),
                ("SupportedCapabilities", Value::from(capabilities)),
                ("SupportedFeatures", Value::from(Vec::<String>::new())),
            ]);
            interfaces.insert(ADVERTISING, properties);
        }
        interfaces
    }

    /// What has changed since `before`, by interface, for `PropertiesChanged`.
    pub(super) fn changes(&self, before: &AdapterState) -> Interfaces {
        let after = self.state();
        let mut adapter = Properties::new();
        if after.powered != before.powered {
            adapter.extend(power(after.powered));
        }
        if after.discovering != before.discovering {
            adapter.insert("Discovering", Value::from(after.discovering));
        }
        let mut changes = Interfaces::new();
        if !adapter.is_empty() {
            changes.insert(ADAPTER, adapter);
        }
        if let Some(slots) = self
            .config
            .slots
            .filter(|_| after.registered != before.registered)
        {
            changes.insert(ADVERTISING, instances(slots, after.registered));
        }
        changes
    }

    /// Switches it on or off; off ends all discoveries.
    pub(super) fn set_powered(&mut self, on: bool) {
        self.powered = on;
        if !on {
            self.discoveries.clear();
        }
    }

    /// `Properties.Set` on `Adapter1`.
    pub(super) fn set(&mut self, call: &Message, name: &str, value: OwnedValue) -> Answer {
        if name == "Powered" {
            let on = bool::try_from(value).map_err(|_| Fault::BAD_ARGUMENTS)?;
            self.set_powered(on);
            return wire::reply(call, &());
        }
        let setting = self.settings.get_mut(name).ok_or(Fault::READ_ONLY)?;
        if setting.value_signature() != value.value_signature() {
            return Err(Fault::BAD_ARGUMENTS);
        }
        *setting = value;
        wire::reply(call, &())
    }

    /// A method of `Adapter1`.
    pub(super) fn call(&mut self, call: &Message, client: &str, member: &str) -> Answer {
        match member {
            "SetDiscoveryFilter" | "RemoveDevice" => wire::reply(call, &()),
            "GetDiscoveryFilters" => {
                let names = [
                    "UUIDs",
                    "RSSI",
                    "Pathloss",
                    "Transport",
                    "DuplicateData",
                    "Discoverable",
                    "Pattern",
                ];
                wire::reply(call, &names.as_slice())
            }
            "StartDiscovery" if !self.powered => Err(Fault::NOT_READY),
            "StartDiscovery" if self.discoveries.insert(client.to_owned()) => wire::reply(call, &()),
            "StartDiscovery" => Err(Fault::IN_PROGRESS),
            "StopDiscovery" if !self.powered => Err(Fault::NOT_READY),
            "StopDiscovery" if self.discoveries.remove(client) => wire::reply(call, &()),
            "StopDiscovery" => Err(Fault::NO_DISCOVERY),
            _ => Err(Fault::NO_METHOD),
        }
    }

    /// `RegisterAdvertisement`: takes a slot and has the program's object read.
    pub(super) fn register(
        &mut self,
        call: &Message,
        client: &str,
        id: AdvertId,
    ) -> Result<OwnedObjectPath, Fault> {
        let slots = self.config.slots.ok_or(Fault::NO_METHOD)?;
        let (object, _): (OwnedObjectPath, HashMap<String, OwnedValue>) =
            call.body().deserialize().map_err(|_| Fault::BAD_ARGUMENTS)?;
        if self.position(client, &object).is_some() {
            return Err(Fault::ALREADY_EXISTS);
        }
        if self.registrations.len() >= slots.into() {
            return Err(Fault::NO_SLOT);
        }
        let progress = Progress::Reading(call.clone());
        self.registrations.push(Registration {
            id,
            client: client.to_owned(),
            object: object.clone(),
            progress,
        });
        Ok(object)
    }

    /// `UnregisterAdvertisement`, also of one that is still being read. Returns what was taken away.
    pub(super) fn unregister(&mut self, call: &Message, client: &str) -> Result<Registration, Fault> {
        let object: OwnedObjectPath = call.body().deserialize().map_err(|_| Fault::BAD_ARGUMENTS)?;
        let position = self.position(client, &object).ok_or(Fault::DOES_NOT_EXIST)?;
        Ok(self.registrations.remove(position))
    }

    /// Takes away an advertisement by its id.
    pub(super) fn take(&mut self, id: AdvertId) -> Option<Registration> {
        let position = self
            .registrations
            .iter()
            .position(|registration| registration.id == id)?;
        Some(self.registrations.remove(position))
    }

    /// A program has left the bus. Like `bluetoothd`, this does not notice for an advertisement that it is still reading:
    /// only `UnregisterAdvertisement` keeps that off the air.
    pub(super) fn forget(&mut self, client: &str) {
        self.discoveries.remove(client);
        let reading = |registration: &Registration| matches!(registration.progress, Progress::Reading(_));
        self.registrations
            .retain(|registration| registration.client != client || reading(registration));
    }

    fn position(&self, client: &str, object: &OwnedObjectPath) -> Option<usize> {
        self.registrations
            .iter()
            .position(|known| known.client == client && known.object == *object)
    }
}

fn power(on: bool) -> Properties {
    Properties::from([
        ("Powered", Value::from(on)),
        ("PowerState", Value::from(if on { "on" } else { "off" })),
    ])
}

fn instances(slots: u8, active: u8) -> Properties {
    let free = slots.saturating_sub(active);
    Properties::from([
        ("ActiveInstances", Value::from(active)),
        ("SupportedInstances", Value::from(free)),
    ])
}
