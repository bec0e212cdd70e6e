//! States of hybrid transport in which foreign bytes arrive, the same in every run.

#![allow(dead_code, reason = "each target uses its part")]
#![allow(
    clippy::unwrap_used,
    reason = "a fixture that fails must stop the run, not empty it"
)]

use rand::{SeedableRng as _, rngs::StdRng};
use roamkey_hybrid::authenticator::{self, AwaitClient};
use roamkey_hybrid::client::{self, AwaitAdvert, AwaitReply};
use roamkey_hybrid::{Advert, Channel, Hint, LinkVerifier, QrCode, RoutingId, TunnelDomain};

/// The time of all runs, Unix seconds.
pub(crate) const NOW: u64 = 1_780_000_000;

/// A client platform that listens for an advert.
pub(crate) fn showing() -> AwaitAdvert {
    let request = client::Request {
        hint: Hint::GetAssertion,
        now: NOW,
        supports_linking: true,
    };
    client::begin(request, &mut StdRng::seed_from_u64(1))
}

/// An authenticator that answers `showing` from the air.
pub(crate) fn on_air(showing: &AwaitAdvert) -> (AwaitClient, Advert) {
    let code = QrCode::parse(showing.qr_text()).unwrap().fresh(NOW).unwrap();
    let waiting = authenticator::begin(code, TunnelDomain::new(266).unwrap()).unwrap();
    waiting.routed(RoutingId::from_bytes([0x2A, 0, 1]), &mut StdRng::seed_from_u64(2))
}

/// A client platform that waits for the authenticator's reply, and its own message.
pub(crate) fn joined() -> (AwaitReply, Vec<u8>) {
    let showing = showing();
    let (_, advert) = on_air(&showing);
    let proximity = showing.advert_seen(advert.as_bytes()).unwrap();
    let (joined, join) = showing.join(&proximity, &mut StdRng::seed_from_u64(3)).unwrap();
    (joined, join.message)
}

/// Both ends of a channel, the authenticator's first, and what verifies its links.
pub(crate) fn connected() -> (Channel, Channel, LinkVerifier) {
    let (on_air, _) = on_air(&showing());
    let (joined, message) = joined();
    let (reply, established) = on_air.respond(&message, &mut StdRng::seed_from_u64(4)).unwrap();
    let (first, phone) = established.post_handshake(&[0xA0]).unwrap();
    let (_, browser, links) = joined.reply(&reply).unwrap().first_message(&first).unwrap();
    (phone, browser, links.unwrap())
}
