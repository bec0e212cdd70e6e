//! Why nothing can be advertised: every fault has its own error, and none leaves anything on air.
#![cfg(target_os = "linux")]
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    reason = "a test fails by panicking"
)]

mod common;

use std::time::{Duration, Instant};

use roamkey_ble::{Advertiser, AirError};
use roamkey_session::{Advertising as _, Air as _};
use roamkey_testkit::bluez::{AdapterConfig, Behaviour, Fault, HostConfig, MockBluez};
use roamkey_testkit::bus::PrivateBus;

use common::{Host, advert, bytes};

#[tokio::test]
async fn without_a_system_bus_there_is_no_service() {
    let folder = tempfile::tempdir().unwrap();
    let advertiser = Advertiser::on_bus(format!("unix:path={}/socket", folder.path().display()));
    both(&advertiser, |error| matches!(error, AirError::NoService(Some(_)))).await;
    both(&Advertiser::on_bus("nonsense"), |error| {
        matches!(error, AirError::NoService(Some(_)))
    })
    .await;
}

#[tokio::test]
async fn without_bluetoothd_there_is_no_service() {
    let bus = PrivateBus::start().await.unwrap();
    both(&Advertiser::on_bus(bus.address()), |error| {
        matches!(error, AirError::NoService(Some(_)))
    })
    .await;
}

#[tokio::test]
async fn a_bluetoothd_that_is_not_running_is_not_started() {
    let folder = tempfile::tempdir().unwrap();
    let started = folder.path().join("started");
    let command = format!("/bin/sh -c 'touch {}; exit 1'", started.display());
    let bus = PrivateBus::start_with_service("org.bluez", &command)
        .await
        .unwrap();
    both(&Advertiser::on_bus(bus.address()), |error| {
        matches!(error, AirError::NoService(Some(_)))
    })
    .await;
    assert!(!started.exists());

    // The bus would have started it for anybody else.
    let connection = zbus::connection::Builder::address(bus.address())
        .unwrap()
        .build()
        .await
        .unwrap();
    let objects = zbus::fdo::ObjectManagerProxy::new(&connection, "org.bluez", "/")
        .await
        .unwrap();
    objects.get_managed_objects().await.unwrap_err();
    assert!(started.exists());
}

#[tokio::test]
async fn after_bluetoothd_has_ended_there_is_no_service() {
    let host = Host::start().await;
    host.bluez.stop_daemon(0).await;
    both(&host.advertiser, |error| {
        matches!(error, AirError::NoService(Some(_)))
    })
    .await;
    host.bluez.start_daemon(0).await.unwrap();
    host.advertiser.probe().await.unwrap();
}

#[tokio::test]
async fn without_an_adapter_there_is_none() {
    let host = Host::with_adapters([]).await;
    both(&host.advertiser, |error| matches!(error, AirError::NoAdapter)).await;
}

#[tokio::test]
async fn an_adapter_that_is_off_is_off() {
    let host = Host::with_adapters([AdapterConfig {
        powered: false,
        ..AdapterConfig::default()
    }])
    .await;
    both(&host.advertiser, |error| matches!(error, AirError::PoweredOff)).await;
    host.bluez.set_powered(0, 0, true);
    host.advertiser.probe().await.unwrap();
}

#[tokio::test]
async fn a_refusal_by_the_bus_or_by_bluez_is_a_missing_permission() {
    let not_authorized = Fault {
        name: "org.bluez.Error.NotAuthorized",
        text: "Not Authorized",
    };
    let not_permitted = Fault {
        name: "org.bluez.Error.NotPermitted",
        text: "Not Permitted",
    };
    let bus = PrivateBus::start_denying("org.bluez").await.unwrap();
    let _bluez = MockBluez::start([HostConfig::new(bus.address())]).await.unwrap();
    let denied = |error: &AirError| matches!(error, AirError::NotPermitted(Some(_)));
    both(&Advertiser::on_bus(bus.address()), denied).await;

    let host = Host::start().await;
    for fault in [Fault::ACCESS_DENIED, not_authorized, not_permitted] {
        host.bluez.behave(0, Behaviour::Refusing(fault));
        both(&host.advertiser, |error| {
            matches!(error, AirError::NotPermitted(Some(_)))
        })
        .await;
    }
    for fault in [Fault::ACCESS_DENIED, not_authorized] {
        host.bluez.behave(0, Behaviour::RefusingAdverts(fault));
        let error = host.advertiser.advertise(&advert(1)).await.unwrap_err();
        assert!(matches!(error, AirError::NotPermitted(Some(_))), "{error:?}");
    }
}

#[tokio::test]
async fn an_adapter_without_le_advertising_is_unsupported() {
    let host = Host::with_adapters([AdapterConfig {
        slots: None,
        ..AdapterConfig::default()
    }])
    .await;
    both(&host.advertiser, |error| {
        matches!(error, AirError::Unsupported(Some(_)))
    })
    .await;
}

#[tokio::test]
async fn an_adapter_without_a_free_slot_is_unsupported() {
    let host = Host::with_adapters([AdapterConfig {
        slots: Some(1),
        ..AdapterConfig::default()
    }])
    .await;
    let on_air = host.advertiser.advertise(&advert(1)).await.unwrap();
    both(&host.advertiser, |error| {
        matches!(error, AirError::Unsupported(Some(_)))
    })
    .await;
    assert_eq!(host.bluez.state().on_air.len(), 1);
    on_air.stop().await;
    host.advertiser.advertise(&advert(2)).await.unwrap().stop().await;
}

#[tokio::test]
async fn a_registration_that_bluez_can_not_carry_is_unsupported() {
    let not_supported = Fault {
        name: "org.bluez.Error.NotSupported",
        text: "Operation is not supported",
    };
    let invalid_length = Fault {
        name: "org.bluez.Error.InvalidLength",
        text: "Invalid Length",
    };
    let host = Host::start().await;
    for fault in [Fault::NO_SLOT, not_supported, invalid_length] {
        host.bluez.behave(0, Behaviour::RefusingAdverts(fault));
        let error = host.advertiser.advertise(&advert(1)).await.unwrap_err();
        assert!(matches!(error, AirError::Unsupported(Some(_))), "{error:?}");
    }
}

#[tokio::test]
async fn a_registration_that_fails_otherwise_keeps_its_cause() {
    let host = Host::with_adapters([AdapterConfig {
        max_advert_len: 23,
        ..AdapterConfig::default()
    }])
    .await;
    let error = host.advertiser.advertise(&advert(1)).await.unwrap_err();
    let AirError::Failed(cause) = &error else {
        panic!("{error:?}")
    };
    assert!(
        cause.to_string().contains("Failed to parse advertisement"),
        "{cause}"
    );
    host.bluez.behave(0, Behaviour::RefusingAdverts(Fault::NOT_READY));
    assert!(matches!(
        host.advertiser.advertise(&advert(1)).await,
        Err(AirError::PoweredOff)
    ));
    assert!(host.bluez.history().is_empty());
}

#[tokio::test]
async fn takes_the_adapter_that_is_on() {
    let off = AdapterConfig {
        powered: false,
        ..AdapterConfig::default()
    };
    let incapable = AdapterConfig {
        slots: None,
        ..AdapterConfig::default()
    };
    let host = Host::with_adapters([off, incapable, AdapterConfig::default()]).await;
    assert_eq!(host.advertiser.probe().await.unwrap().name(), "hci2");
    let on_air = host.advertiser.advertise(&advert(1)).await.unwrap();
    assert_eq!(host.bluez.state().hosts[0].adapters[2].registered, 1);
    on_air.stop().await;
}

#[tokio::test]
async fn probing_puts_nothing_on_air() {
    let host = Host::start().await;
    let adapter = host.advertiser.probe().await.unwrap();
    assert_eq!((adapter.name(), adapter.free_slots()), ("hci0", Some(12)));
    assert!(host.bluez.history().is_empty());
    assert_eq!(host.calls_of("RegisterAdvertisement"), 0);
}

#[tokio::test]
async fn a_service_that_hangs_is_given_up_within_the_limit() {
    let host = Host::start().await;
    host.bluez.behave(0, Behaviour::Silent);
    let started = Instant::now();
    both(&host.impatient(), |error| matches!(error, AirError::TimedOut)).await;
    assert!(started.elapsed() < Duration::from_secs(5));
    host.bluez.behave(0, Behaviour::Normal);
    host.bluez.emptied().await.unwrap();
}

#[tokio::test]
async fn a_registration_that_is_never_answered_is_given_up_and_withdrawn() {
    let host = Host::start().await;
    host.bluez.behave(0, Behaviour::SilentOnAdverts);
    let error = host.impatient().advertise(&advert(1)).await.unwrap_err();
    assert!(matches!(error, AirError::TimedOut), "{error:?}");
    host.bluez.behave(0, Behaviour::Normal);
    let on_air = host.advertiser.advertise(&advert(2)).await.unwrap();
    assert_eq!(
        host.bluez.heard().await.unwrap().data.fido(),
        Some(bytes(2).as_slice())
    );
    on_air.stop().await;
    host.bluez.emptied().await.unwrap();
    let deadline = Instant::now() + Duration::from_secs(20);
    while host.calls_of("UnregisterAdvertisement") < 2 {
        assert!(Instant::now() < deadline, "the first advert was not withdrawn");
        tokio::task::yield_now().await;
    }
}

#[tokio::test]
async fn a_bus_that_accepts_and_says_nothing_is_given_up_within_the_limit() {
    let folder = tempfile::tempdir().unwrap();
    let socket = folder.path().join("socket");
    let _listener = tokio::net::UnixListener::bind(&socket).unwrap();
    let advertiser =
        Advertiser::on_bus(format!("unix:path={}", socket.display())).with_limit(Duration::from_millis(50));
    both(&advertiser, |error| matches!(error, AirError::TimedOut)).await;
}

/// Probing and advertising report the same fault.
async fn both(advertiser: &Advertiser, expected: fn(&AirError) -> bool) {
    let error = advertiser.probe().await.unwrap_err();
    assert!(expected(&error), "probe: {error:?}");
    let error = advertiser.advertise(&advert(1)).await.unwrap_err();
    assert!(expected(&error), "advertise: {error:?}");
}
