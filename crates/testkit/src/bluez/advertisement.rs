//! Reads `org.bluez.LEAdvertisement1` as `bluetoothd` does: a property that is missing is fine, one of the wrong type or
//! out of range spoils the whole.

use std::collections::HashMap;
use std::time::Duration;

use zbus::zvariant::OwnedValue;

use super::radio::{AdvertData, full_uuid};

/// An advertisement that a program asked for.
#[derive(Debug)]
pub(super) struct Advertisement {
    pub(super) data: AdvertData,
    /// How long it stays on air at most.
    pub(super) timeout: Option<Duration>,
}

impl Advertisement {
    /// Reads the answer to `Properties.GetAll`; none if `bluetoothd` would refuse it, for an adapter that sends up to
    /// `max_len` bytes.
    pub(super) fn parse(properties: &HashMap<String, OwnedValue>, max_len: usize) -> Option<Self> {
        let kind: String = optional(properties, "Type")?.unwrap_or_else(|| "broadcast".to_owned());
        let flags_len = match kind.as_str() {
            "broadcast" => 0,
            "peripheral" => 3,
            _ => return None,
        };
        let service_data: HashMap<String, OwnedValue> =
            optional(properties, "ServiceData")?.unwrap_or_default();
        let manufacturer_data: HashMap<u16, OwnedValue> =
            optional(properties, "ManufacturerData")?.unwrap_or_default();
        let service_uuids: Vec<String> = optional(properties, "ServiceUUIDs")?.unwrap_or_default();
        let data = AdvertData {
            service_data: service_data
                .into_iter()
                .map(|(uuid, data)| Some((full_uuid(&uuid), bytes(data)?)))
                .collect::<Option<_>>()?,
            service_uuids: service_uuids.iter().map(|uuid| full_uuid(uuid)).collect(),
            manufacturer_data: manufacturer_data
                .into_iter()
                .map(|(company, data)| Some((company, bytes(data)?)))
                .collect::<Option<_>>()?,
            local_name: optional(properties, "LocalName")?,
        };

        let shortest: Option<u32> = optional(properties, "MinInterval")?;
        let longest: Option<u32> = optional(properties, "MaxInterval")?;
        let intervals_fit = [shortest, longest]
            .into_iter()
            .flatten()
            .all(|interval| INTERVALS.contains(&interval));
        let in_order = shortest.unwrap_or_default() <= longest.unwrap_or_default();
        if !intervals_fit || !in_order || data.encoded_len() + flags_len > max_len {
            return None;
        }
        let timeout: u16 = optional(properties, "Timeout")?.unwrap_or_default();
        let timeout = (timeout > 0).then(|| Duration::from_secs(timeout.into()));
        Some(Self { data, timeout })
    }
}

/// The property if it is there; `None` if it is of another type.
#[expect(clippy::option_option, reason = "absent and wrong are different")]
fn optional<T: TryFrom<OwnedValue>>(
    properties: &HashMap<String, OwnedValue>,
    name: &str,
) -> Option<Option<T>> {
    match properties.get(name) {
        None => Some(None),
        Some(value) => T::try_from(value.try_clone().ok()?).ok().map(Some),
    }
}

fn bytes(value: OwnedValue) -> Option<Vec<u8>> {
    Vec::<u8>::try_from(value).ok()
}

/// Milliseconds: what Bluetooth 5.2 allows, vol 4, part E, §7.8.53.
const INTERVALS: std::ops::RangeInclusive<u32> = 20..=10_485_759;
