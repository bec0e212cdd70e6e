//! The object that BlueZ reads the advert from: `org.bluez.LEAdvertisement1`.
//!
//! Service data of a 16-bit UUID takes 2 + 2 + 20 bytes of the 31 that a legacy advertisement holds. A `broadcast`
//! advertisement is not connectable and carries no flags.

use std::collections::HashMap;

use tokio::sync::watch;
use zbus::zvariant::{ObjectPath, Value};

use crate::LONGEST_ON_AIR;

/// Where the object lives on our connection.
pub(super) const PATH: &str = "/org/roamkey/advert";

/// [`PATH`] as D-Bus knows paths.
pub(super) fn object_path() -> ObjectPath<'static> {
    ObjectPath::from_static_str_unchecked(PATH)
}

/// One advertisement and its way to say that BlueZ let go of it.
pub(super) struct Advertisement {
    service_data: [u8; 20],
    released: watch::Sender<bool>,
}

impl Advertisement {
    /// The object and the flag that is set when BlueZ releases it.
    pub(super) fn new(service_data: &[u8; 20]) -> (Self, watch::Receiver<bool>) {
        let (released, observed) = watch::channel(false);
        (
            Self {
                service_data: *service_data,
                released,
            },
            observed,
        )
    }
}

#[zbus::interface(name = "org.bluez.LEAdvertisement1")]
impl Advertisement {
    /// BlueZ has taken the advert off the air: its time was up, or the adapter went.
    fn release(&self) {
        self.released.send_replace(true);
    }

    #[zbus(property, name = "Type")]
    fn kind(&self) -> &str {
        "broadcast"
    }

    #[zbus(property)]
    fn service_data(&self) -> HashMap<&str, Value<'_>> {
        HashMap::from([(FIDO_SERVICE, Value::from(self.service_data.as_slice()))])
    }

    /// Seconds. Belt and braces: should neither our unregistering nor the end of our connection reach BlueZ, it takes
    /// the advert off the air by itself.
    #[zbus(property)]
    fn timeout(&self) -> u16 {
        u16::try_from(LONGEST_ON_AIR.as_secs()).unwrap_or(u16::MAX)
    }

    /// Milliseconds. The kernel's default is 1280, which a client's radio that listens part of the time may miss for
    /// many seconds; 100 is the least that Bluetooth 4 controllers allow for an advertisement without connections.
    #[zbus(property)]
    fn min_interval(&self) -> u32 {
        100
    }

    /// Milliseconds.
    #[zbus(property)]
    fn max_interval(&self) -> u32 {
        150
    }
}

/// The UUID of FIDO's service, 16-bit `FFF9`, in full (CTAP 2.3 §11.5.1).
const FIDO_SERVICE: &str = "0000fff9-0000-1000-8000-00805f9b34fb";
