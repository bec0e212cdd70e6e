//! Time of the handshake, both sides, and of what comes before it. Budget: 2 ms for both sides.

#![allow(clippy::unwrap_used, reason = "a benchmark that fails has nothing to measure")]

use std::hint::black_box;

use criterion::{BatchSize, Criterion, criterion_group, criterion_main};
use rand::{SeedableRng as _, rngs::StdRng};
use roamkey_hybrid::{Hint, Message, QrCode, RoutingId, TunnelDomain, authenticator, client};

criterion_group!(benches, handshake, qr_to_advert, trial, frame);
criterion_main!(benches);

/// The client platform's message, the authenticator's reply, and both channels.
fn handshake(criterion: &mut Criterion) {
    let mut rng = StdRng::seed_from_u64(1);
    criterion.bench_function("handshake_both_sides", |bencher| {
        bencher.iter_batched(
            || near(&mut StdRng::seed_from_u64(2)),
            |(showing, on_air, proximity)| {
                let (joined, join) = showing.join(&proximity, &mut rng).ok()?;
                let (reply, established) = on_air.respond(&join.message, &mut rng).ok()?;
                let (first, phone) = established.post_handshake(&[0xA0]).ok()?;
                let (_, browser, _) = joined.reply(&reply).ok()?.first_message(&first).ok()?;
                Some((phone, browser))
            },
            BatchSize::SmallInput,
        );
    });
}

/// From the text of a QR code to the advert.
fn qr_to_advert(criterion: &mut Criterion) {
    let mut rng = StdRng::seed_from_u64(1);
    let showing = show(&mut rng);
    criterion.bench_function("qr_text_to_advert", |bencher| {
        bencher.iter(|| scan(black_box(showing.qr_text()), &mut rng));
    });
}

/// One foreign advert, tried with the key of one open QR code. Budget: 1 µs, a million in a second.
fn trial(criterion: &mut Criterion) {
    let mut rng = StdRng::seed_from_u64(1);
    let showing = show(&mut rng);
    let (_, foreign) = scan(show(&mut rng).qr_text(), &mut rng).unwrap();
    criterion.bench_function("foreign_advert_tried", |bencher| {
        bencher.iter(|| showing.advert_seen(black_box(foreign.as_bytes())));
    });
}

/// One message of the size of a large request, sealed.
fn frame(criterion: &mut Criterion) {
    let mut rng = StdRng::seed_from_u64(1);
    let (showing, on_air, proximity) = near(&mut rng);
    let (_, join) = showing.join(&proximity, &mut rng).unwrap();
    let (_, established) = on_air.respond(&join.message, &mut rng).unwrap();
    let (_, mut channel) = established.post_handshake(&[0xA0]).unwrap();
    let message = Message::Ctap(vec![7; 3_500]);
    criterion.bench_function("seal_3500_bytes", |bencher| {
        bencher.iter(|| channel.seal(black_box(&message)))
    });
}

fn show(rng: &mut StdRng) -> client::AwaitAdvert {
    client::begin(
        client::Request {
            hint: Hint::GetAssertion,
            now: NOW,
            supports_linking: false,
        },
        rng,
    )
}

fn scan(qr_text: &str, rng: &mut StdRng) -> Option<(authenticator::AwaitClient, roamkey_hybrid::Advert)> {
    let code = QrCode::parse(qr_text).ok()?.fresh(NOW).ok()?;
    let waiting = authenticator::begin(code, TunnelDomain::new(0).ok()?).ok()?;
    Some(waiting.routed(RoutingId::from_bytes([0x2A, 0, 1]), rng))
}

fn near(rng: &mut StdRng) -> (client::AwaitAdvert, authenticator::AwaitClient, client::Proximity) {
    let showing = show(rng);
    let (on_air, advert) = scan(showing.qr_text(), rng).unwrap();
    let proximity = showing.advert_seen(advert.as_bytes()).unwrap();
    (showing, on_air, proximity)
}

/// The time of all benchmarks, Unix seconds.
const NOW: u64 = 1_780_000_000;
