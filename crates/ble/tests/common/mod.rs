//! A private bus with a mock BlueZ on it, and adverts to send.
#![allow(dead_code, reason = "every test file takes what it needs")]

use std::time::Duration;

use roamkey_ble::Advertiser;
use roamkey_hybrid::Advert;
use roamkey_testkit::bluez::{AdapterConfig, Call, HostConfig, MockBluez};
use roamkey_testkit::bus::PrivateBus;

/// One host: its bus, its BlueZ, and the real advertiser.
pub(crate) struct Host {
    pub(crate) bluez: MockBluez,
    pub(crate) bus: PrivateBus,
    pub(crate) advertiser: Advertiser,
}

impl Host {
    /// A host with one usual adapter.
    pub(crate) async fn start() -> Self {
        Self::with_adapters([AdapterConfig::default()]).await
    }

    /// A host with these adapters.
    pub(crate) async fn with_adapters<const N: usize>(adapters: [AdapterConfig; N]) -> Self {
        let bus = PrivateBus::start().await.unwrap();
        let bluez = MockBluez::start([HostConfig::new(bus.address()).with_adapters(adapters)])
            .await
            .unwrap();
        let advertiser = Advertiser::on_bus(bus.address());
        Self {
            bluez,
            bus,
            advertiser,
        }
    }

    /// The advertiser, with little patience.
    pub(crate) fn impatient(&self) -> Advertiser {
        self.advertiser.clone().with_limit(Duration::from_millis(100))
    }

    /// How often BlueZ was asked to do `member`.
    pub(crate) fn calls_of(&self, member: &str) -> usize {
        self.bluez
            .calls(0)
            .iter()
            .filter(|call: &&Call| call.member == member)
            .count()
    }
}

/// An advert of 20 bytes counted up from `first`.
pub(crate) fn advert(first: u8) -> Advert {
    Advert::from_service_data(&bytes(first)).unwrap()
}

/// The 20 bytes of [`advert`].
pub(crate) fn bytes(first: u8) -> Vec<u8> {
    (0..20).map(|offset: u8| first.wrapping_add(offset)).collect()
}
