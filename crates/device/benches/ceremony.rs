//! What a person waits for, without the person: from the QR code to the advert, and from the advert to the answer.
//!
//! The tunnel server is on loopback, plain and with TLS. The way from the code to the air ends at a mock BlueZ over a
//! real D-Bus; the ceremony uses an air in memory, where hearing takes no time. The user is verified without a PIN:
//! Argon2id is meant to take long.

#![expect(clippy::unwrap_used, reason = "a benchmark that can't run shall stop")]

#[path = "../tests/stage/mod.rs"]
mod stage;

use std::time::Instant;

use criterion::{Criterion, criterion_group, criterion_main};
use roamkey_ble::Advertiser;
use roamkey_device::{Code, Device, Progress, now};
use roamkey_testkit::bluez::{HostConfig, MockBluez};
use roamkey_testkit::bus::PrivateBus;
use roamkey_testkit::relying_party::client_platform::{Registering, SigningIn};
use roamkey_testkit::relying_party::{AuthenticationRequest, RegistrationRequest, RelyingParty};
use roamkey_testkit::user::{Reaction, ScriptedUser};
use tokio::runtime::Runtime;

use stage::{Stage, code, total};

const ORIGIN: &str = "https://login.example.org";

fn code_to_advert(criterion: &mut Criterion) {
    let runtime = Runtime::new().unwrap();
    let stage = runtime.block_on(async { Stage::new() });
    let bus = runtime.block_on(PrivateBus::start()).unwrap();
    let _bluez = runtime
        .block_on(MockBluez::start([HostConfig::new(bus.address())]))
        .unwrap();
    let folder = tempfile::tempdir().unwrap();
    let advertiser = Advertiser::on_bus(bus.address());
    let device = Device::new(
        stage.vault.clone(),
        stage.tunnel.clone(),
        advertiser,
        folder.path().to_owned(),
    )
    .unwrap();
    let one = async || {
        let waiting = code(now().0);
        let started = Instant::now();
        let user = ScriptedUser::new(Reaction::Wait);
        let sign_in = device.read(&Code::from_text(waiting.qr_text())).unwrap();
        let mut run = std::pin::pin!(device.run(sign_in, &user));
        tokio::select! {
            ended = &mut run => drop(ended.unwrap()),
            () = user.reached(Progress::OnAir) => {}
        }
        started.elapsed()
    };
    criterion.bench_function("QR code to advert, BlueZ and plain tunnel", |bencher| {
        bencher.iter_custom(|count| runtime.block_on(total(count, one)));
    });
}

fn ceremony(criterion: &mut Criterion) {
    let runtime = Runtime::new().unwrap();
    let stages = runtime.block_on(async { [("plain", Stage::new()), ("TLS", Stage::with_tls())] });
    for (tunnel, stage) in stages {
        let request = runtime.block_on(registered(&stage));
        let user = ScriptedUser::new(Reaction::Approve(0));
        let one = async || {
            let (done, answered) = stage.transact(&user, &request).await;
            done.unwrap();
            answered.unwrap().took
        };
        criterion.bench_function(&format!("advert to assertion, {tunnel}"), |bencher| {
            bencher.iter_custom(|count| runtime.block_on(total(count, one)));
        });
    }
}

/// Registers a passkey and returns the request that signs in with it.
async fn registered(stage: &Stage) -> Vec<u8> {
    let user = ScriptedUser::new(Reaction::Approve(0));
    let mut rp = RelyingParty::new("login.example.org", ORIGIN).unwrap();
    let options = rp
        .registration_options(&RegistrationRequest::of("alice"))
        .unwrap();
    let registering = Registering::new(&options, ORIGIN).unwrap();
    let (_, answer) = stage.transact(&user, registering.request()).await;
    rp.register(&registering.finish(&answer.unwrap().bytes).unwrap().response)
        .unwrap();
    let options = rp
        .authentication_options(&AuthenticationRequest::discoverable())
        .unwrap();
    SigningIn::new(&options, ORIGIN).unwrap().request().to_vec()
}

criterion_group! {
    name = benches;
    config = Criterion::default().sample_size(20);
    targets = code_to_advert, ceremony
}
criterion_main!(benches);
