//! What a scan hears and why it can't, by the real scanner and a mock BlueZ on a private bus.
#![cfg(target_os = "linux")]
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    reason = "a test fails by panicking"
)]

mod common;

use std::collections::BTreeSet;
use std::time::Duration;

use roamkey_ble::{AirError, Scanner};
use roamkey_session::{Air as _, Scanner as _, Scanning as _};
use roamkey_testkit::bluez::{AdapterConfig, AdvertData, Behaviour, Call, Fault, HostConfig, MockBluez};
use roamkey_testkit::bus::PrivateBus;

use common::{Host, advert, bytes};

fn off() -> AdapterConfig {
    AdapterConfig {
        powered: false,
        ..AdapterConfig::default()
    }
}

#[tokio::test]
async fn hears_all_three_uuids_at_20_bytes_or_more_and_nothing_else() {
    let host = Host::start().await;
    host.bluez.inject(AdvertData::of_service("fff9", &bytes(1)));
    let mut scan = Scanner::on_bus(host.bus.address()).scan().await.unwrap();
    assert_eq!(scan.next().await.unwrap(), bytes(1), "what was on air before");

    let longer = [bytes(3), vec![0xA1, 0x01, 0x18, 0x82]].concat();
    for (uuid, data) in [
        ("fff9", &bytes(2)[..19]),
        ("fff9", &[]),
        ("fe2c", &bytes(2)),
        ("0000fff9-0000-1000-8000-00805f9b34fc", &bytes(2)),
        ("fde2", &longer),
        ("fcf1", &bytes(4)),
    ] {
        host.bluez.inject(AdvertData::of_service(uuid, data));
    }
    host.bluez.inject(AdvertData {
        manufacturer_data: [(76, bytes(9))].into(),
        ..AdvertData::default()
    });
    let mut heard = BTreeSet::new();
    while heard.len() < 3 {
        heard.insert(scan.next().await.unwrap());
    }
    assert_eq!(heard, BTreeSet::from([bytes(1), longer, bytes(4)]));
    scan.stop().await;
}

#[tokio::test]
async fn asks_for_le_and_filters_by_no_uuid() {
    let host = Host::start().await;
    let scan = Scanner::on_bus(host.bus.address()).scan().await.unwrap();
    for call in ["SetDiscoveryFilter", "StartDiscovery"] {
        assert_eq!(host.calls_of(call), 1, "{call}");
    }
    scan.stop().await;
    assert_eq!(host.calls_of("StopDiscovery"), 1);
    let quiet = |state: &roamkey_testkit::bluez::State| !state.hosts[0].is_discovering();
    host.bluez.wait_until("no discovery", quiet).await.unwrap();
}

#[tokio::test]
async fn a_dropped_scan_ends() {
    let host = Host::start().await;
    let scan = Scanner::on_bus(host.bus.address()).scan().await.unwrap();
    host.bluez.discovering(0).await.unwrap();
    drop(scan);
    let quiet = |state: &roamkey_testkit::bluez::State| !state.hosts[0].is_discovering();
    host.bluez.wait_until("no discovery", quiet).await.unwrap();
}

#[tokio::test]
async fn hundreds_of_strangers_and_repetitions_hold_nothing_up() {
    let host = Host::start().await;
    let strangers: Vec<_> = (0..600_u32)
        .map(|number| {
            let data = number.to_be_bytes().repeat(5);
            host.bluez.inject(AdvertData::of_service("fff9", &data))
        })
        .collect();
    let mut scan = Scanner::on_bus(host.bus.address()).scan().await.unwrap();
    host.bluez.inject(AdvertData::of_service("fff9", &[0xEE; 20]));
    let found = tokio::time::timeout(Duration::from_secs(20), async {
        while scan.next().await.unwrap() != [0xEE; 20] {}
    });
    found.await.unwrap();
    // Nobody listens for a while, and the queue fills: the end comes in spite of it.
    strangers
        .into_iter()
        .for_each(|stranger| host.bluez.withdraw(stranger));
    tokio::time::timeout(Duration::from_secs(20), scan.stop())
        .await
        .unwrap();
}

#[tokio::test]
async fn all_powered_adapters_listen_and_later_ones_too() {
    let host = Host::with_adapters([off(), AdapterConfig::default(), AdapterConfig::default()]).await;
    let mut scan = Scanner::on_bus(host.bus.address()).scan().await.unwrap();
    let discovering = |host: &Host| -> Vec<u8> {
        let state = host.bluez.state();
        let adapters = state.hosts[0].adapters.iter();
        adapters
            .filter(|adapter| adapter.discovering)
            .map(|adapter| adapter.number)
            .collect()
    };
    assert_eq!(discovering(&host), [1, 2]);

    host.bluez.set_powered(0, 0, true);
    let number = host.bluez.add_adapter(0, AdapterConfig::default()).unwrap();
    host.bluez.set_powered(0, 1, false);
    host.bluez.set_powered(0, 1, true);
    host.bluez.inject(AdvertData::of_service("fff9", &bytes(7)));
    let all = |state: &roamkey_testkit::bluez::State| {
        state.hosts[0].adapters.len() == 4
            && state.hosts[0].adapters.iter().all(|adapter| adapter.discovering)
    };
    let waiting = host.bluez.wait_until("four discoveries", all);
    tokio::pin!(waiting);
    loop {
        tokio::select! {
            state = &mut waiting => { state.unwrap(); break; }
            heard = scan.next() => assert_eq!(heard.unwrap(), bytes(7)),
        }
    }
    assert_eq!(number, 3);
    scan.stop().await;
}

#[tokio::test]
async fn a_scan_and_an_advert_of_two_hosts_meet() {
    let (near, far) = (
        PrivateBus::start().await.unwrap(),
        PrivateBus::start().await.unwrap(),
    );
    let hosts = [HostConfig::new(near.address()), HostConfig::new(far.address())];
    let _bluez = MockBluez::start(hosts).await.unwrap();
    let mut scan = Scanner::on_bus(near.address()).scan().await.unwrap();
    let advertiser = roamkey_ble::Advertiser::on_bus(far.address());
    let _on_air = advertiser.advertise(&advert(5)).await.unwrap();
    assert_eq!(scan.next().await.unwrap(), bytes(5));
}

#[tokio::test]
async fn each_reason_not_to_listen_has_its_own_error() {
    let scan = async |address: &str| {
        let scanner = Scanner::on_bus(address).with_limit(Duration::from_millis(500));
        scanner.scan().await.err()
    };
    let error = scan("unix:path=/nonexistent/socket").await;
    assert!(matches!(error, Some(AirError::NoService(Some(_)))), "{error:?}");
    let bus = PrivateBus::start().await.unwrap();
    let error = scan(bus.address()).await;
    assert!(matches!(error, Some(AirError::NoService(Some(_)))), "{error:?}");
    let denying = PrivateBus::start_denying("org.bluez").await.unwrap();
    let _bluez = MockBluez::start([HostConfig::new(denying.address())])
        .await
        .unwrap();
    let error = scan(denying.address()).await;
    assert!(
        matches!(error, Some(AirError::NotPermitted(Some(_)))),
        "{error:?}"
    );

    let host = Host::with_adapters([]).await;
    let error = scan(host.bus.address()).await;
    assert!(matches!(error, Some(AirError::NoAdapter)), "{error:?}");
    let host = Host::with_adapters([off(), off()]).await;
    let error = scan(host.bus.address()).await;
    assert!(matches!(error, Some(AirError::PoweredOff)), "{error:?}");

    let host = Host::start().await;
    let not_supported = Fault {
        name: "org.bluez.Error.NotSupported",
        text: "Operation is not supported",
    };
    for (fault, expected) in [
        (Fault::ACCESS_DENIED, "NotPermitted"),
        (Fault::NOT_READY, "PoweredOff"),
        (not_supported, "Unsupported"),
    ] {
        host.bluez.behave(0, Behaviour::Refusing(fault));
        let error = format!("{:?}", scan(host.bus.address()).await);
        assert!(error.contains(expected), "{error}");
    }
    host.bluez.behave(0, Behaviour::Silent);
    let error = scan(host.bus.address()).await;
    assert!(matches!(error, Some(AirError::TimedOut)), "{error:?}");
}

#[tokio::test]
async fn a_bluetoothd_that_ends_ends_the_scan() {
    let host = Host::start().await;
    let mut scan = Scanner::on_bus(host.bus.address()).scan().await.unwrap();
    host.bluez.stop_daemon(0).await;
    let error = scan.next().await.unwrap_err();
    assert!(matches!(error, AirError::NoService(_)), "{error:?}");
    tokio::time::timeout(Duration::from_secs(20), scan.stop())
        .await
        .unwrap();
}

#[tokio::test]
async fn nothing_is_asked_of_bluez_that_it_would_have_to_be_started_for() {
    let host = Host::start().await;
    let scan = Scanner::on_bus(host.bus.address()).scan().await.unwrap();
    scan.stop().await;
    let members: BTreeSet<String> = host
        .bluez
        .calls(0)
        .into_iter()
        .map(|call: Call| call.member)
        .collect();
    let expected = [
        "GetManagedObjects",
        "SetDiscoveryFilter",
        "StartDiscovery",
        "StopDiscovery",
    ];
    assert_eq!(members, expected.map(str::to_owned).into());
}
