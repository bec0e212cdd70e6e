//! Adverts, and how a hearing adapter shows them.

use std::collections::{BTreeMap, HashMap};

use zbus::zvariant::{ObjectPath, OwnedObjectPath, Value};

use super::wire::{self, DEVICE, Interfaces, Properties};

/// What an advert says.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct AdvertData {
    /// Service data by UUID, in full and lower-case.
    pub service_data: BTreeMap<String, Vec<u8>>,
    /// UUIDs of services, in full and lower-case.
    pub service_uuids: Vec<String>,
    /// Manufacturer data by company.
    pub manufacturer_data: BTreeMap<u16, Vec<u8>>,
    /// The sender's name.
    pub local_name: Option<String>,
}

impl AdvertData {
    /// An advert of nothing but service data. `uuid` is short (`fff9`) or in full.
    #[must_use]
    pub fn of_service(uuid: &str, data: &[u8]) -> Self {
        Self {
            service_data: BTreeMap::from([(full_uuid(uuid), data.to_vec())]),
            ..Self::default()
        }
    }

    /// The service data under FIDO's UUID, `fff9`.
    #[must_use]
    pub fn fido(&self) -> Option<&[u8]> {
        self.service_data.get(&full_uuid("fff9")).map(Vec::as_slice)
    }

    /// The bytes it takes in an advertisement: for each field its length, its type and its content. The name goes into
    /// the scan response.
    pub(super) fn encoded_len(&self) -> usize {
        let services = self
            .service_data
            .iter()
            .map(|(uuid, data)| 2 + uuid_len(uuid) + data.len())
            .sum::<usize>();
        let companies = self
            .manufacturer_data
            .values()
            .map(|data| 4 + data.len())
            .sum::<usize>();
        let mut lists: Vec<usize> = self.service_uuids.iter().map(|uuid| uuid_len(uuid)).collect();
        let uuids = lists.iter().sum::<usize>();
        lists.sort_unstable();
        lists.dedup();
        services + companies + uuids + 2 * lists.len()
    }
}

/// Names one advert for as long as the mock lives.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct AdvertId(pub(super) u64);

/// An advert on air.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct AirAdvert {
    /// Its name in this mock.
    pub id: AdvertId,
    /// Who sends it.
    pub source: Source,
    /// What it says.
    pub data: AdvertData,
}

/// Who sends an advert.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Source {
    /// An adapter of a host, for a program.
    Adapter {
        /// Counted from 0.
        host: usize,
        /// 1 for `hci1`.
        adapter: u8,
    },
    /// A stranger's device.
    Foreign,
}

impl AirAdvert {
    /// The object that `adapter` shows it as.
    pub(super) fn device_path(&self, adapter: &OwnedObjectPath) -> OwnedObjectPath {
        wire::object_path(&format!(
            "{}/dev_{}",
            adapter.as_str(),
            self.address().replace(':', "_")
        ))
    }

    /// What the adapter shows.
    pub(super) fn device(&self, adapter: &OwnedObjectPath, rssi: i16) -> Interfaces {
        let address = self.address();
        let name = self.data.local_name.clone();
        let mut properties = Properties::from([
            ("Address", Value::from(address.clone())),
            ("AddressType", Value::from("random")),
            (
                "Alias",
                Value::from(name.clone().unwrap_or_else(|| address.replace(':', "-"))),
            ),
            ("Paired", Value::from(false)),
            ("Bonded", Value::from(false)),
            ("Trusted", Value::from(false)),
            ("Blocked", Value::from(false)),
            ("LegacyPairing", Value::from(false)),
            ("Connected", Value::from(false)),
            ("ServicesResolved", Value::from(false)),
            ("UUIDs", Value::from(self.data.service_uuids.clone())),
            ("Adapter", Value::from(ObjectPath::from(adapter.clone()))),
            ("AdvertisingFlags", Value::from(vec![0u8])),
        ]);
        properties.extend(self.heard(rssi));
        properties.extend(name.map(|name| ("Name", Value::from(name))));
        Interfaces::from([(DEVICE, properties)])
    }

    /// The properties that change with every reception.
    pub(super) fn heard(&self, rssi: i16) -> Properties {
        let mut properties = Properties::from([("RSSI", Value::from(rssi))]);
        if !self.data.service_data.is_empty() {
            let data: HashMap<String, Value<'static>> = self
                .data
                .service_data
                .iter()
                .map(|(uuid, data)| (uuid.clone(), Value::from(data.clone())))
                .collect();
            properties.insert("ServiceData", Value::from(data));
        }
        if !self.data.manufacturer_data.is_empty() {
            let data: HashMap<u16, Value<'static>> = self
                .data
                .manufacturer_data
                .iter()
                .map(|(id, data)| (*id, Value::from(data.clone())))
                .collect();
            properties.insert("ManufacturerData", Value::from(data));
        }
        properties
    }

    /// A resolvable private address (first two bits 01), spread over the id.
    fn address(&self) -> String {
        let spread = self.id.0.wrapping_add(1).wrapping_mul(0x9E37_79B9_7F4A_7C15);
        let [_, _, first, rest @ ..] = spread.to_be_bytes();
        let first = (first & 0x3F) | 0x40;
        rest.iter()
            .fold(format!("{first:02X}"), |text, byte| format!("{text}:{byte:02X}"))
    }
}

/// A UUID in full and lower-case: `fff9`, `0xFFF9` and the long form are the same.
pub(super) fn full_uuid(uuid: &str) -> String {
    let uuid = uuid.to_ascii_lowercase();
    let short = uuid.strip_prefix("0x").unwrap_or(&uuid);
    match short.len() {
        4 => format!("0000{short}{BASE}"),
        8 => format!("{short}{BASE}"),
        _ => uuid,
    }
}

fn uuid_len(uuid: &str) -> usize {
    match (uuid.ends_with(BASE), uuid.starts_with("0000")) {
        (true, true) => 2,
        (true, false) => 4,
        (false, _) => 16,
    }
}

/// What the Bluetooth standard appends to short UUIDs.
const BASE: &str = "-0000-1000-8000-00805f9b34fb";
