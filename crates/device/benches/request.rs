//! What a person waits for when this machine asks a phone: from the command to the code, and from the advert to the
//! response. The other end is our own authenticator.
//!
//! The code is drawn after a mock BlueZ over a real D-Bus was asked to listen; the ceremony uses an air in memory, where
//! hearing takes no time, and a tunnel server on loopback. The user is verified without a PIN: Argon2id is meant to take
//! long.

#![expect(
    clippy::unwrap_used,
    clippy::panic,
    reason = "a benchmark that can't run shall stop"
)]

#[path = "../tests/phone_stage/mod.rs"]
mod phone_stage;
#[path = "../tests/stage/mod.rs"]
mod stage;

use std::time::{Duration, Instant};

use criterion::{Criterion, criterion_group, criterion_main};
use roamkey_ble::Scanner;
use roamkey_device::tunnel::WebSocketTunnels;
use roamkey_device::webauthn::{CreationOptions, Origin, RequestOptions};
use roamkey_device::{Code, RequestEvent, Requester};
use roamkey_testkit::bluez::{HostConfig, MockBluez};
use roamkey_testkit::bus::PrivateBus;
use roamkey_testkit::user::{Reaction, ScriptedUser};
use tokio::runtime::Runtime;

use phone_stage::{Both, ORIGIN};
use stage::{domain, total};

const CREATION: &str = r#"{"rp": {"name": "Example"}, "user": {"id": "AAEC", "name": "alice", "displayName": "Alice"},
    "challenge": "AAECAwQFBgcICQoLDA0ODw", "pubKeyCredParams": [{"type": "public-key", "alg": -7}],
    "authenticatorSelection": {"residentKey": "required"}}"#;
const REQUEST: &str = r#"{"challenge": "AAECAwQFBgcICQoLDA0ODw"}"#;

fn options_to_code(criterion: &mut Criterion) {
    let runtime = Runtime::new().unwrap();
    let bus = runtime.block_on(PrivateBus::start()).unwrap();
    let _bluez = runtime
        .block_on(MockBluez::start([HostConfig::new(bus.address())]))
        .unwrap();
    let requester = Requester::new(Scanner::on_bus(bus.address()), WebSocketTunnels::new(None));
    let one = async || {
        let started = Instant::now();
        let options = RequestOptions::from_json(REQUEST).unwrap();
        let origin = Origin::parse(ORIGIN).unwrap();
        let pending = requester.sign_in(&origin, options, Vec::new()).await.unwrap();
        let drawn = pending.picture().unwrap().to_terminal();
        let took = started.elapsed();
        assert!(!drawn.is_empty());
        pending.cancel().await;
        took
    };
    criterion.bench_function("options to QR code, BlueZ listening", |bencher| {
        bencher.iter_custom(|count| runtime.block_on(total(count, one)));
    });
}

fn ceremony(criterion: &mut Criterion) {
    let runtime = Runtime::new().unwrap();
    for (name, tls) in [("plain", false), ("TLS", true)] {
        let both = runtime.block_on(async { Both::start(domain(), tls) });
        runtime.block_on(register(&both));
        let one = async || sign_in(&both).await;
        criterion.bench_function(&format!("request: advert to response, {name}"), |bencher| {
            bencher.iter_custom(|count| runtime.block_on(total(count, one)));
        });
    }
}

async fn register(both: &Both) {
    let options = CreationOptions::from_json(CREATION).unwrap();
    let pending = both
        .requester
        .create(&Origin::parse(ORIGIN).unwrap(), options)
        .await
        .unwrap();
    let user = ScriptedUser::new(Reaction::Approve(0));
    let scanned = both.device.read(&Code::from_text(pending.link())).unwrap();
    let (registered, done) = tokio::join!(pending.finished(), both.device.run(scanned, &user));
    registered.unwrap();
    done.unwrap();
}

/// One sign-in; returns the time from the advert to the response.
async fn sign_in(both: &Both) -> Duration {
    let options = RequestOptions::from_json(REQUEST).unwrap();
    let origin = Origin::parse(ORIGIN).unwrap();
    let mut pending = both
        .requester
        .sign_in(&origin, options, Vec::new())
        .await
        .unwrap();
    let user = ScriptedUser::new(Reaction::Approve(0));
    let scanned = both.device.read(&Code::from_text(pending.link())).unwrap();
    let asking = async {
        let mut heard = Instant::now();
        loop {
            match pending.next().await.unwrap() {
                RequestEvent::Nearby => heard = Instant::now(),
                RequestEvent::Done(_) => return heard.elapsed(),
                RequestEvent::Failed(failure) => panic!("{failure}"),
                RequestEvent::Connecting | RequestEvent::Secured | RequestEvent::AskOnPhone => {}
            }
        }
    };
    let (took, done) = tokio::join!(asking, both.device.run(scanned, &user));
    done.unwrap();
    took
}

criterion_group! {
    name = benches;
    config = Criterion::default().sample_size(20);
    targets = options_to_code, ceremony
}
criterion_main!(benches);
