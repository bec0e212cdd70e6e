//! What goes on air and how it leaves it, by the real advertiser and a mock BlueZ on a private bus.
#![cfg(target_os = "linux")]
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    reason = "a test fails by panicking"
)]

mod common;

use std::future::Future;
use std::pin::pin;
use std::process::{Command, Stdio};
use std::task::Poll;
use std::time::Duration;

use roamkey_ble::Advertiser;
use roamkey_session::{Advertising as _, Air as _};
use roamkey_testkit::bluez::{AdapterConfig, AdvertData, Behaviour, Source};

use common::{Host, advert, bytes};

#[tokio::test]
async fn sends_exactly_20_bytes_of_service_data_fff9_and_nothing_else() {
    let host = Host::start().await;
    let on_air = host.advertiser.advertise(&advert(0xA0)).await.unwrap();
    let heard = host.bluez.state().on_air;
    assert_eq!(heard.len(), 1);
    assert_eq!(heard[0].data, AdvertData::of_service("fff9", &bytes(0xA0)));
    assert_eq!(heard[0].source, Source::Adapter { host: 0, adapter: 0 });
    on_air.stop().await;
}

#[tokio::test]
async fn is_off_the_air_when_stop_returns() {
    let host = Host::start().await;
    host.advertiser.advertise(&advert(1)).await.unwrap().stop().await;
    assert!(host.bluez.state().on_air.is_empty());
    assert_eq!(host.calls_of("UnregisterAdvertisement"), 1);
}

#[tokio::test]
async fn leaves_the_air_when_dropped() {
    let host = Host::start().await;
    drop(host.advertiser.advertise(&advert(1)).await.unwrap());
    host.bluez.emptied().await.unwrap();
}

#[test]
fn leaves_the_air_when_dropped_outside_a_runtime() {
    let runtime = tokio::runtime::Builder::new_multi_thread()
        .worker_threads(1)
        .enable_all()
        .build()
        .unwrap();
    let (host, on_air) = runtime.block_on(async {
        let host = Host::start().await;
        let on_air = host.advertiser.advertise(&advert(1)).await.unwrap();
        (host, on_air)
    });
    drop(on_air);
    runtime.block_on(host.bluez.emptied()).unwrap();
    assert_eq!(host.calls_of("UnregisterAdvertisement"), 0);
}

#[tokio::test]
async fn registers_and_unregisters_100_times_without_a_miss() {
    let host = Host::start().await;
    for first in 0..100 {
        let on_air = host.advertiser.advertise(&advert(first)).await.unwrap();
        assert_eq!(host.bluez.state().on_air.len(), 1);
        on_air.stop().await;
    }
    let history = host.bluez.history();
    let sent: Vec<_> = history
        .iter()
        .map(|advert| advert.data.fido().unwrap().to_vec())
        .collect();
    assert_eq!(sent, (0..100).map(bytes).collect::<Vec<_>>());
    host.bluez.emptied().await.unwrap();
    alone(&host).await;
}

#[tokio::test]
async fn sends_several_adverts_at_once_and_stops_each_alone() {
    let host = Host::start().await;
    let adverts = [advert(1), advert(2)];
    let [first, second] = adverts.each_ref().map(|advert| host.advertiser.advertise(advert));
    let (first, second) = tokio::join!(first, second);
    assert_eq!(host.bluez.state().on_air.len(), 2);
    first.unwrap().stop().await;
    let left = host.bluez.heard().await.unwrap();
    assert_eq!(left.data.fido(), Some(bytes(2).as_slice()));
    second.unwrap().stop().await;
    host.bluez.emptied().await.unwrap();
}

#[tokio::test]
async fn a_future_dropped_at_any_point_leaves_nothing_on_air() {
    let host = Host::start().await;
    for polls in 1.. {
        let advert = advert(1);
        let finished = abandoned_after(polls, host.advertiser.advertise(&advert)).await;
        alone(&host).await;
        host.bluez.emptied().await.unwrap();
        if finished {
            assert!(polls > 3, "advertising took {polls} polls");
            break;
        }
    }
}

#[tokio::test]
async fn a_future_dropped_while_bluez_registers_unregisters() {
    let host = Host::start().await;
    host.bluez.behave(0, Behaviour::HoldingAdverts);
    let advert = advert(1);
    tokio::select! {
        result = host.advertiser.advertise(&advert) => panic!("advertised too early: {result:?}"),
        held = host.bluez.wait_until("an advert held", |state| state.hosts[0].held == 1) => drop(held.unwrap()),
    }
    alone(&host).await;
    host.bluez
        .wait_until("its end", |state| state.hosts[0].has_no_adverts())
        .await
        .unwrap();
    host.bluez.behave(0, Behaviour::Normal);
    assert!(host.bluez.history().is_empty());
}

#[tokio::test]
async fn a_killed_process_leaves_nothing_on_air() {
    if let Ok(address) = std::env::var(CHILD) {
        let _on_air = Advertiser::on_bus(address).advertise(&advert(7)).await.unwrap();
        return std::future::pending().await;
    }
    let host = Host::start().await;
    let mut child = Command::new(std::env::current_exe().unwrap())
        .args(["--exact", "a_killed_process_leaves_nothing_on_air"])
        .env(CHILD, host.bus.address())
        .stdout(Stdio::null())
        .spawn()
        .unwrap();
    let heard = host.bluez.heard().await.unwrap();
    assert_eq!(heard.data.fido(), Some(bytes(7).as_slice()));
    child.kill().unwrap();
    child.wait().unwrap();
    host.bluez.emptied().await.unwrap();
}

#[tokio::test]
async fn bluez_may_release_the_advert_first() {
    let host = Host::start().await;
    let on_air = host.advertiser.advertise(&advert(1)).await.unwrap();
    host.bluez.withdraw(host.bluez.heard().await.unwrap().id);
    assert!(host.bluez.state().on_air.is_empty());
    on_air.stop().await;
}

#[tokio::test]
async fn bluez_takes_the_advert_off_the_air_by_itself_after_two_minutes() {
    let host = Host::start().await;
    let on_air = host.advertiser.advertise(&advert(1)).await.unwrap();
    let bus = zbus::connection::Builder::address(host.bus.address())
        .unwrap()
        .build()
        .await
        .unwrap();
    let client = host.bluez.calls(0).pop().unwrap().client;
    let properties = zbus::fdo::PropertiesProxy::new(&bus, client, "/org/roamkey/advert")
        .await
        .unwrap();
    let advertisement = "org.bluez.LEAdvertisement1".try_into().unwrap();
    let timeout = properties.get(advertisement, "Timeout").await.unwrap();
    assert_eq!(u16::try_from(timeout).unwrap(), 120);
    on_air.stop().await;
}

#[tokio::test]
async fn an_adapter_that_goes_off_and_on_again_goes_on_sending_until_stopped() {
    let host = Host::start().await;
    let on_air = host.advertiser.advertise(&advert(1)).await.unwrap();
    host.bluez.set_powered(0, 0, false);
    assert!(host.bluez.state().on_air.is_empty());
    host.bluez.set_powered(0, 0, true);
    assert_eq!(host.bluez.state().on_air.len(), 1);
    host.bluez.set_powered(0, 0, false);
    on_air.stop().await;
    host.bluez.set_powered(0, 0, true);
    assert!(host.bluez.state().on_air.is_empty());
}

#[tokio::test]
async fn stop_returns_when_the_adapter_was_pulled_out() {
    let host = Host::start().await;
    let on_air = host.advertiser.advertise(&advert(1)).await.unwrap();
    host.bluez.remove_adapter(0, 0);
    on_air.stop().await;
    let number = host.bluez.add_adapter(0, AdapterConfig::default()).unwrap();
    assert_eq!(
        host.advertiser.probe().await.unwrap().name(),
        format!("hci{number}")
    );
    assert!(host.bluez.state().on_air.is_empty());
}

#[tokio::test]
async fn stop_returns_when_the_service_was_restarted() {
    let host = Host::start().await;
    let on_air = host.advertiser.advertise(&advert(1)).await.unwrap();
    host.bluez.stop_daemon(0).await;
    host.bluez.start_daemon(0).await.unwrap();
    on_air.stop().await;
    assert!(host.bluez.state().on_air.is_empty());
    host.advertiser.advertise(&advert(2)).await.unwrap().stop().await;
}

#[tokio::test]
async fn stop_returns_when_the_service_hangs_and_the_advert_goes_when_it_recovers() {
    let host = Host::start().await;
    let on_air = host.impatient().advertise(&advert(1)).await.unwrap();
    host.bluez.behave(0, Behaviour::Silent);
    on_air.stop().await;
    assert_eq!(host.bluez.state().on_air.len(), 1);
    host.bluez.behave(0, Behaviour::Normal);
    host.bluez.emptied().await.unwrap();
}

/// Polls `future` `polls` times, then drops it. Whether it finished.
async fn abandoned_after(polls: usize, future: impl Future) -> bool {
    let mut future = pin!(future);
    let mut left = polls;
    std::future::poll_fn(|context| {
        left -= 1;
        match future.as_mut().poll(context) {
            Poll::Ready(_) => Poll::Ready(true),
            Poll::Pending if left == 0 => Poll::Ready(false),
            Poll::Pending => Poll::Pending,
        }
    })
    .await
}

/// Waits until nobody but the mock and this test is on the bus.
async fn alone(host: &Host) {
    let bus = zbus::connection::Builder::address(host.bus.address())
        .unwrap()
        .build()
        .await
        .unwrap();
    let bus = zbus::fdo::DBusProxy::new(&bus).await.unwrap();
    let alone = async {
        while bus
            .list_names()
            .await
            .unwrap()
            .iter()
            .filter(|name| name.starts_with(':'))
            .count()
            > 2
        {
            tokio::task::yield_now().await;
        }
    };
    tokio::time::timeout(Duration::from_secs(20), alone)
        .await
        .expect("connections are closed");
}

/// Set where this test runs as the process to be killed: the bus to advertise on.
const CHILD: &str = "ROAMKEY_TEST_ADVERTISE_ON";
