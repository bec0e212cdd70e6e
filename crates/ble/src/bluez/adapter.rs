//! Which adapter to advertise with, chosen from everything that BlueZ lists.

use std::collections::HashMap;

use roamkey_session::AirError;
use zbus::zvariant::{OwnedObjectPath, OwnedValue};

/// An adapter that is switched on, can advertise and has room for one more advert.
#[derive(Debug)]
pub(super) struct Adapter {
    path: OwnedObjectPath,
    free_slots: Option<u8>,
}

impl Adapter {
    /// Chooses the first such adapter, in the order of their names.
    ///
    /// # Errors
    ///
    /// The fault of the adapter that comes nearest: all slots taken, then switched off, then no advertising, then none.
    pub(super) fn choose(objects: &ManagedObjects) -> Result<Self, AirError> {
        let mut paths: Vec<&OwnedObjectPath> = objects.keys().collect();
        paths.sort_by_key(|path| (path.len(), path.as_str()));

        let mut nearest = Fault::NoAdapter;
        for path in paths {
            let Some(interfaces) = objects.get(path) else {
                continue;
            };
            match Self::usable(path, interfaces) {
                Ok(adapter) => return Ok(adapter),
                Err(fault) => nearest = nearest.max(fault),
            }
        }
        Err(nearest.into())
    }

    fn usable(path: &OwnedObjectPath, interfaces: &Interfaces) -> Result<Self, Fault> {
        let adapter = interfaces.get("org.bluez.Adapter1").ok_or(Fault::NoAdapter)?;
        let advertising = interfaces
            .get("org.bluez.LEAdvertisingManager1")
            .ok_or(Fault::NoAdvertising)?;
        if !read::<bool>(adapter, "Powered").unwrap_or(false) {
            return Err(Fault::PoweredOff);
        }
        // Despite its name this is the number of slots still free.
        let free_slots = read::<u8>(advertising, "SupportedInstances");
        if free_slots == Some(0) {
            return Err(Fault::NoFreeSlot);
        }
        Ok(Self {
            path: path.clone(),
            free_slots,
        })
    }

    /// The adapter's object, `/org/bluez/hci0`.
    pub(super) fn path(&self) -> &OwnedObjectPath {
        &self.path
    }

    /// The adapter's name, `hci0`.
    pub(super) fn name(&self) -> &str {
        self.path.rsplit('/').next().unwrap_or_default()
    }

    /// How many more adverts the adapter takes.
    pub(super) fn free_slots(&self) -> Option<u8> {
        self.free_slots
    }
}

/// The adapters that are switched on, in the order of their names.
///
/// # Errors
///
/// [`AirError::PoweredOff`] if all are off, [`AirError::NoAdapter`] if there is none.
pub(super) fn powered(objects: &ManagedObjects) -> Result<Vec<OwnedObjectPath>, AirError> {
    let adapters = objects
        .iter()
        .filter_map(|(path, interfaces)| Some((path, interfaces.get("org.bluez.Adapter1")?)));
    let (on, off): (Vec<_>, Vec<_>) =
        adapters.partition(|(_, adapter)| read::<bool>(adapter, "Powered").unwrap_or(false));
    let mut paths: Vec<OwnedObjectPath> = on.into_iter().map(|(path, _)| path.clone()).collect();
    paths.sort_by(|a, b| a.as_str().cmp(b.as_str()));
    match (paths.is_empty(), off.is_empty()) {
        (false, _) => Ok(paths),
        (true, false) => Err(AirError::PoweredOff),
        (true, true) => Err(AirError::NoAdapter),
    }
}

/// Everything that BlueZ lists: object, interface, property.
pub(super) type ManagedObjects = HashMap<OwnedObjectPath, Interfaces>;

/// The interfaces of one object.
pub(super) type Interfaces = HashMap<String, HashMap<String, OwnedValue>>;

/// What keeps an adapter from being used; later ones are nearer to working.
#[derive(Debug, PartialEq, Eq, PartialOrd, Ord)]
enum Fault {
    NoAdapter,
    NoAdvertising,
    PoweredOff,
    NoFreeSlot,
}

impl From<Fault> for AirError {
    fn from(fault: Fault) -> Self {
        match fault {
            Fault::NoAdapter => Self::NoAdapter,
            Fault::NoAdvertising => Self::Unsupported(Some(Box::new(Unsupported::NoAdvertising))),
            Fault::PoweredOff => Self::PoweredOff,
            Fault::NoFreeSlot => Self::Unsupported(Some(Box::new(Unsupported::NoFreeSlot))),
        }
    }
}

/// Why a powered adapter is of no use.
#[derive(Debug, thiserror::Error)]
enum Unsupported {
    #[error("the adapter has no Bluetooth LE advertising")]
    NoAdvertising,
    #[error("other programs use all advertising slots of the adapter")]
    NoFreeSlot,
}

fn read<'v, T: TryFrom<&'v OwnedValue>>(
    properties: &'v HashMap<String, OwnedValue>,
    name: &str,
) -> Option<T> {
    T::try_from(properties.get(name)?).ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn takes_the_first_adapter_that_is_switched_on() {
        let objects = listing(&[(0, Some(4), false), (1, Some(4), true), (2, Some(4), true)]);
        assert_eq!(Adapter::choose(&objects).unwrap().name(), "hci1");
    }

    #[test]
    fn counts_adapters_by_number_and_not_by_letter() {
        let objects = listing(&[(10, Some(4), true), (9, Some(4), true)]);
        assert_eq!(Adapter::choose(&objects).unwrap().name(), "hci9");
    }

    #[test]
    fn passes_over_adapters_without_room() {
        let objects = listing(&[(0, Some(0), true), (1, None, true), (2, Some(1), true)]);
        assert_eq!(Adapter::choose(&objects).unwrap().name(), "hci2");
    }

    #[test]
    fn reports_the_fault_that_is_easiest_to_mend() {
        assert!(matches!(Adapter::choose(&listing(&[])), Err(AirError::NoAdapter)));
        assert!(matches!(
            Adapter::choose(&listing(&[(0, None, true)])),
            Err(AirError::Unsupported(Some(_)))
        ));
        let off_and_incapable = listing(&[(0, Some(4), false), (1, None, true)]);
        assert!(matches!(
            Adapter::choose(&off_and_incapable),
            Err(AirError::PoweredOff)
        ));
        let full_and_off = listing(&[(0, Some(0), true), (1, Some(4), false)]);
        assert!(matches!(
            Adapter::choose(&full_and_off),
            Err(AirError::Unsupported(Some(_)))
        ));
    }

    #[test]
    fn does_not_trip_over_objects_and_properties_of_other_kinds() {
        let mut objects = listing(&[(0, Some(4), true)]);
        objects.insert(
            path("/org/bluez"),
            HashMap::from([("org.bluez.AgentManager1".to_owned(), HashMap::new())]),
        );
        let powered_as_text = HashMap::from([(
            "Powered".to_owned(),
            OwnedValue::from(zbus::zvariant::Str::from("yes")),
        )]);
        let strange = HashMap::from([
            ("org.bluez.Adapter1".to_owned(), powered_as_text),
            ("org.bluez.LEAdvertisingManager1".to_owned(), HashMap::new()),
        ]);
        objects.insert(path("/a"), strange);
        assert_eq!(Adapter::choose(&objects).unwrap().name(), "hci0");
    }

    /// Adapters by number, free slots (none: can't advertise) and whether they are on.
    fn listing(adapters: &[(u8, Option<u8>, bool)]) -> ManagedObjects {
        let mut objects = HashMap::new();
        for (number, slots, powered) in adapters {
            let adapter = HashMap::from([("Powered".to_owned(), OwnedValue::from(*powered))]);
            let mut interfaces = HashMap::from([("org.bluez.Adapter1".to_owned(), adapter)]);
            if let Some(slots) = slots {
                let slots = HashMap::from([("SupportedInstances".to_owned(), OwnedValue::from(*slots))]);
                interfaces.insert("org.bluez.LEAdvertisingManager1".to_owned(), slots);
            }
            objects.insert(path(&format!("/org/bluez/hci{number}")), interfaces);
        }
        objects
    }

    fn path(text: &str) -> OwnedObjectPath {
        OwnedObjectPath::try_from(text).unwrap()
    }
}
