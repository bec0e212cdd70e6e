//! The mock BlueZ, as programs see it on the bus: a scanner on one host, an advertiser on another.
#![cfg(target_os = "linux")]
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    reason = "a test fails by panicking"
)]

mod programs;

use std::collections::HashMap;
use std::time::Duration;

use futures_util::StreamExt as _;
use roamkey_testkit::bluez::{AdapterConfig, AdvertData, HostConfig, MockBluez};
use roamkey_testkit::bus::PrivateBus;
use zbus::connection;
use zbus::fdo::PropertiesProxy;
use zbus::zvariant::OwnedValue;

use programs::{Advert, Advertiser, Scanner};

#[tokio::test]
async fn a_scanner_hears_what_another_host_advertises_from_its_first_byte_to_its_end() {
    let (bluez, buses) = two_hosts().await;
    let mut scanner = Scanner::on(&buses[0]).await;
    scanner
        .adapter
        .call::<_, _, ()>("StartDiscovery", &())
        .await
        .unwrap();
    let advertiser = Advertiser::on(&buses[1], Advert::of(&[0xA7; 20])).await;
    advertiser.register().await.unwrap();

    let (path, device) = scanner.appeared().await;
    assert_eq!(text(&device, "AddressType"), "random");
    let address = text(&device, "Address");
    assert_eq!(
        path.as_str(),
        format!("/org/bluez/hci0/dev_{}", address.replace(':', "_"))
    );
    assert_eq!(service_data(&device)[FIDO], [0xA7; 20]);
    for property in [
        "Paired",
        "Connected",
        "ServicesResolved",
        "Trusted",
        "Blocked",
        "LegacyPairing",
    ] {
        assert_eq!(device[property], OwnedValue::from(false), "{property}");
    }

    advertiser.unregister().await.unwrap();
    assert_eq!(scanner.disappeared().await, path);
    bluez.emptied().await.unwrap();
}

#[tokio::test]
async fn a_scanner_hears_what_was_on_air_before_it_listened_and_hears_it_again() {
    let (bluez, buses) = two_hosts().await;
    bluez.inject(AdvertData::of_service("fff9", &[1; 23]));
    let mut scanner = Scanner::on(&buses[0]).await;
    scanner
        .adapter
        .call::<_, _, ()>("StartDiscovery", &())
        .await
        .unwrap();
    let (path, device) = scanner.appeared().await;
    assert_eq!(service_data(&device)[FIDO], [1; 23]);

    let properties = PropertiesProxy::new(&scanner.connection, "org.bluez", path)
        .await
        .unwrap();
    let mut changes = properties.receive_properties_changed().await.unwrap();
    let change = changes.next().await.unwrap();
    let again = change.args().unwrap();
    assert!(
        again.changed_properties.contains_key("RSSI") && again.changed_properties.contains_key("ServiceData")
    );
}

#[tokio::test]
async fn an_adapter_does_not_hear_itself() {
    let (bluez, buses) = two_hosts().await;
    let mut scanner = Scanner::on(&buses[1]).await;
    scanner
        .adapter
        .call::<_, _, ()>("StartDiscovery", &())
        .await
        .unwrap();
    let advertiser = Advertiser::on(&buses[1], Advert::of(&[1; 20])).await;
    advertiser.register().await.unwrap();
    bluez.inject(AdvertData::of_service("fde2", &[2; 20]));
    let (_, device) = scanner.appeared().await;
    assert_eq!(
        service_data(&device)["0000fde2-0000-1000-8000-00805f9b34fb"],
        [2; 20]
    );
}

#[tokio::test]
async fn nobody_hears_anything_without_a_discovery() {
    let (bluez, buses) = two_hosts().await;
    bluez.inject(AdvertData::of_service("fff9", &[1; 20]));
    let scanner = Scanner::on(&buses[0]).await;
    assert_eq!(scanner.devices().await, 0);
    scanner
        .adapter
        .call::<_, _, ()>("StartDiscovery", &())
        .await
        .unwrap();
    assert_eq!(scanner.devices().await, 1);
    scanner
        .adapter
        .call::<_, _, ()>("StopDiscovery", &())
        .await
        .unwrap();
    assert_eq!(scanner.devices().await, 0);
}

#[tokio::test]
async fn a_discovery_ends_with_its_program_and_with_the_power() {
    let (bluez, buses) = two_hosts().await;
    let scanner = Scanner::on(&buses[0]).await;
    scanner
        .adapter
        .call::<_, _, ()>("StartDiscovery", &())
        .await
        .unwrap();
    bluez.discovering(0).await.unwrap();
    drop(scanner);
    bluez
        .wait_until("the end of the discovery", |state| {
            !state.hosts[0].is_discovering()
        })
        .await
        .unwrap();

    let scanner = Scanner::on(&buses[0]).await;
    scanner
        .adapter
        .call::<_, _, ()>("StartDiscovery", &())
        .await
        .unwrap();
    scanner.adapter.set_property("Powered", false).await.unwrap();
    assert!(!bluez.state().hosts[0].is_discovering() && !bluez.state().hosts[0].adapters[0].powered);
    let error = scanner
        .adapter
        .call::<_, _, ()>("StartDiscovery", &())
        .await
        .unwrap_err();
    assert_eq!(name(&error), "org.bluez.Error.NotReady");
}

#[tokio::test]
async fn calls_that_bluez_refuses_are_refused_by_the_same_names() {
    let (_bluez, buses) = two_hosts().await;
    let scanner = Scanner::on(&buses[0]).await;
    let error = scanner
        .adapter
        .call::<_, _, ()>("StopDiscovery", &())
        .await
        .unwrap_err();
    assert_eq!(name(&error), "org.bluez.Error.Failed");
    scanner
        .adapter
        .call::<_, _, ()>("StartDiscovery", &())
        .await
        .unwrap();
    let error = scanner
        .adapter
        .call::<_, _, ()>("StartDiscovery", &())
        .await
        .unwrap_err();
    assert_eq!(name(&error), "org.bluez.Error.InProgress");

    let advertiser = Advertiser::on(&buses[1], Advert::of(&[1; 20])).await;
    assert_eq!(
        name(&advertiser.unregister().await.unwrap_err()),
        "org.bluez.Error.DoesNotExist"
    );
    advertiser.register().await.unwrap();
    assert_eq!(
        name(&advertiser.register().await.unwrap_err()),
        "org.bluez.Error.AlreadyExists"
    );
}

#[tokio::test]
async fn an_advert_that_bluez_can_not_read_or_send_is_refused() {
    let (bluez, buses) = two_hosts().await;
    let good = || Advert::of(&[1; 20]);
    let bad = [
        Advert {
            kind: "observer",
            ..good()
        },
        Advert {
            intervals: (150, 100),
            ..good()
        },
        Advert {
            intervals: (10, 10),
            ..good()
        },
        Advert {
            uuid: "0000fff9-0000-1000-8000-00805f9b34fa",
            ..good()
        },
        Advert::of(&[1; 28]),
        Advert {
            kind: "peripheral",
            ..Advert::of(&[1; 25])
        },
    ];
    for advert in bad {
        let what = format!("{advert:?}");
        let advertiser = Advertiser::on(&buses[1], advert).await;
        assert_eq!(
            name(&advertiser.register().await.unwrap_err()),
            "org.bluez.Error.Failed",
            "{what}"
        );
    }
    assert!(bluez.history().is_empty());
    for fits in [
        Advert::of(&[1; 27]),
        Advert {
            kind: "peripheral",
            ..Advert::of(&[1; 24])
        },
    ] {
        Advertiser::on(&buses[1], fits).await.register().await.unwrap();
    }
}

#[tokio::test]
async fn an_advert_with_a_timeout_is_released_when_it_is_over() {
    let (bluez, buses) = two_hosts().await;
    let advertiser = Advertiser::on(
        &buses[1],
        Advert {
            timeout: 1,
            ..Advert::of(&[1; 20])
        },
    )
    .await;
    advertiser.register().await.unwrap();
    assert_eq!(bluez.state().on_air.len(), 1);
    bluez.emptied().await.unwrap();
    assert_eq!(
        name(&advertiser.unregister().await.unwrap_err()),
        "org.bluez.Error.DoesNotExist"
    );
}

#[tokio::test]
async fn slots_are_counted_and_announced() {
    let bus = PrivateBus::start().await.unwrap();
    let one_slot = AdapterConfig {
        slots: Some(1),
        ..AdapterConfig::default()
    };
    let bluez = MockBluez::start([HostConfig::new(bus.address()).with_adapters([one_slot])])
        .await
        .unwrap();
    let first = Advertiser::on(&bus, Advert::of(&[1; 20])).await;
    let second = Advertiser::on(&bus, Advert::of(&[2; 20])).await;
    first.register().await.unwrap();
    assert_eq!(
        first
            .manager
            .get_property::<u8>("SupportedInstances")
            .await
            .unwrap(),
        0
    );
    assert_eq!(
        name(&second.register().await.unwrap_err()),
        "org.bluez.Error.NotPermitted"
    );
    drop(first);
    bluez.emptied().await.unwrap();
    second.register().await.unwrap();
    assert_eq!(
        second
            .manager
            .get_property::<u8>("ActiveInstances")
            .await
            .unwrap(),
        1
    );
}

#[tokio::test]
async fn a_bus_dies_with_its_owner() {
    let bus = PrivateBus::start().await.unwrap();
    let connection = connection::Builder::address(bus.address())
        .unwrap()
        .build()
        .await
        .unwrap();
    drop(bus);
    tokio::time::timeout(Duration::from_secs(20), connection.closed())
        .await
        .unwrap();
}

/// A host that listens and a host that sends.
async fn two_hosts() -> (MockBluez, [PrivateBus; 2]) {
    let buses = [
        PrivateBus::start().await.unwrap(),
        PrivateBus::start().await.unwrap(),
    ];
    let bluez = MockBluez::start(buses.iter().map(|bus| HostConfig::new(bus.address())))
        .await
        .unwrap();
    (bluez, buses)
}

fn text(properties: &HashMap<String, OwnedValue>, name: &str) -> String {
    properties[name].try_clone().unwrap().try_into().unwrap()
}

fn service_data(properties: &HashMap<String, OwnedValue>) -> HashMap<String, Vec<u8>> {
    let data: HashMap<String, OwnedValue> =
        properties["ServiceData"].try_clone().unwrap().try_into().unwrap();
    data.into_iter()
        .map(|(uuid, data)| (uuid, data.try_into().unwrap()))
        .collect()
}

fn name(error: &zbus::Error) -> &str {
    if let zbus::Error::MethodError(name, ..) = error {
        name
    } else {
        panic!("{error:?}")
    }
}

const FIDO: &str = "0000fff9-0000-1000-8000-00805f9b34fb";
