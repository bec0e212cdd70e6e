//! Programs that use Bluetooth: one that looks for devices and one that advertises.

use std::collections::HashMap;

use futures_util::StreamExt as _;
use roamkey_testkit::bus::PrivateBus;
use zbus::fdo::{InterfacesAddedStream, InterfacesRemovedStream, ObjectManagerProxy};
use zbus::zvariant::{ObjectPath, OwnedObjectPath, OwnedValue, Value};
use zbus::{Connection, Proxy, connection, interface};

/// A program that looks for devices, as Chromium does.
pub(crate) struct Scanner {
    pub(crate) connection: Connection,
    objects: ObjectManagerProxy<'static>,
    pub(crate) adapter: Proxy<'static>,
    added: InterfacesAddedStream,
    removed: InterfacesRemovedStream,
}

impl Scanner {
    pub(crate) async fn on(bus: &PrivateBus) -> Self {
        let connection = connection::Builder::address(bus.address())
            .unwrap()
            .build()
            .await
            .unwrap();
        let objects = ObjectManagerProxy::new(&connection, "org.bluez", "/")
            .await
            .unwrap();
        let added = objects.receive_interfaces_added().await.unwrap();
        let removed = objects.receive_interfaces_removed().await.unwrap();
        let adapter = Proxy::new(&connection, "org.bluez", "/org/bluez/hci0", "org.bluez.Adapter1")
            .await
            .unwrap();
        let filter = HashMap::from([("Transport", Value::from("le"))]);
        adapter
            .call::<_, _, ()>("SetDiscoveryFilter", &(filter,))
            .await
            .unwrap();
        Self {
            connection,
            objects,
            adapter,
            added,
            removed,
        }
    }

    /// The next device, and its properties.
    pub(crate) async fn appeared(&mut self) -> (OwnedObjectPath, HashMap<String, OwnedValue>) {
        let signal = self.added.next().await.unwrap();
        let added = signal.args().unwrap();
        let properties = added.interfaces_and_properties.get(DEVICE).unwrap();
        let properties = properties
            .iter()
            .map(|(name, value)| ((*name).to_owned(), value.try_to_owned().unwrap()));
        (added.object_path.clone().into(), properties.collect())
    }

    /// The next device that went.
    pub(crate) async fn disappeared(&mut self) -> OwnedObjectPath {
        self.removed
            .next()
            .await
            .unwrap()
            .args()
            .unwrap()
            .object_path
            .clone()
            .into()
    }

    /// How many devices are known.
    pub(crate) async fn devices(&self) -> usize {
        let objects = self.objects.get_managed_objects().await.unwrap();
        objects
            .values()
            .filter(|interfaces| interfaces.keys().any(|name| *name == DEVICE))
            .count()
    }
}

/// A program that advertises.
pub(crate) struct Advertiser {
    pub(crate) manager: Proxy<'static>,
}

impl Advertiser {
    pub(crate) async fn on(bus: &PrivateBus, advert: Advert) -> Self {
        let builder = connection::Builder::address(bus.address()).unwrap();
        let connection = builder.serve_at(ADVERT, advert).unwrap().build().await.unwrap();
        let manager = zbus::proxy::Builder::new(&connection)
            .destination("org.bluez")
            .and_then(|builder| builder.path("/org/bluez/hci0"))
            .and_then(|builder| builder.interface("org.bluez.LEAdvertisingManager1"))
            .unwrap()
            .cache_properties(zbus::proxy::CacheProperties::No);
        Self {
            manager: manager.build().await.unwrap(),
        }
    }

    pub(crate) async fn register(&self) -> zbus::Result<()> {
        let path = ObjectPath::from_static_str(ADVERT).unwrap();
        self.manager
            .call(
                "RegisterAdvertisement",
                &(path, HashMap::<&str, Value<'_>>::new()),
            )
            .await
    }

    pub(crate) async fn unregister(&self) -> zbus::Result<()> {
        let path = ObjectPath::from_static_str(ADVERT).unwrap();
        self.manager.call("UnregisterAdvertisement", &(path,)).await
    }
}

/// What it advertises.
#[derive(Debug)]
pub(crate) struct Advert {
    pub(crate) kind: &'static str,
    pub(crate) uuid: &'static str,
    pub(crate) data: Vec<u8>,
    pub(crate) intervals: (u32, u32),
    pub(crate) timeout: u16,
}

impl Advert {
    pub(crate) fn of(data: &[u8]) -> Self {
        Self {
            kind: "broadcast",
            uuid: "fff9",
            data: data.to_vec(),
            intervals: (100, 150),
            timeout: 0,
        }
    }
}

#[interface(name = "org.bluez.LEAdvertisement1")]
impl Advert {
    fn release(&self) {}

    #[zbus(property, name = "Type")]
    fn kind(&self) -> &str {
        self.kind
    }

    #[zbus(property)]
    fn service_data(&self) -> HashMap<&str, Value<'_>> {
        HashMap::from([(self.uuid, Value::from(self.data.clone()))])
    }

    #[zbus(property)]
    fn min_interval(&self) -> u32 {
        self.intervals.0
    }

    #[zbus(property)]
    fn max_interval(&self) -> u32 {
        self.intervals.1
    }

    #[zbus(property)]
    fn timeout(&self) -> u16 {
        self.timeout
    }
}

const DEVICE: &str = "org.bluez.Device1";
const ADVERT: &str = "/advert";
