//! Two roles that talk to each other in memory, with a seeded generator.

#![allow(dead_code, reason = "each test file uses its part")]
#![allow(
    clippy::unwrap_used,
    clippy::panic,
    reason = "a fixture that fails is a failed test"
)]

use rand::{SeedableRng as _, rngs::StdRng};
use roamkey_hybrid::authenticator::{self, AwaitClient};
use roamkey_hybrid::client::{self, AwaitAdvert, AwaitReply, Join, Proximity, Request};
use roamkey_hybrid::{
    Advert, Channel, ContactId, Hint, Link, LinkId, LinkSecret, LinkVerifier, Message, PrivateKey, QrCode,
    RoutingId, TunnelDomain,
};

/// The time of all tests, Unix seconds.
pub(crate) const NOW: u64 = 1_780_000_000;
/// What authenticatorGetInfo returns in all tests: {1: ["FIDO_2_1"]}.
pub(crate) const GET_INFO: &[u8] = b"\xA1\x01\x81\x68FIDO_2_1";
/// The routing ID of all tests.
pub(crate) const ROUTING_ID: RoutingId = RoutingId::from_bytes([0x2A, 0x00, 0x01]);

/// A generator that gives the same bytes in each run.
pub(crate) fn seeded(seed: u64) -> StdRng {
    StdRng::seed_from_u64(seed)
}

/// The tunnel service of all tests.
pub(crate) fn service() -> TunnelDomain {
    TunnelDomain::new(266).unwrap()
}

/// What a browser asks for.
pub(crate) fn good_request() -> Request {
    Request {
        hint: Hint::GetAssertion,
        now: NOW,
        supports_linking: true,
    }
}

/// Shows a QR code.
pub(crate) fn show(rng: &mut StdRng) -> AwaitAdvert {
    client::begin(good_request(), rng)
}

/// Scans a QR code and goes on air.
pub(crate) fn scan(qr_text: &str, rng: &mut StdRng) -> (AwaitClient, Advert) {
    let code = QrCode::parse(qr_text).unwrap().fresh(NOW).unwrap();
    authenticator::begin(code, service())
        .unwrap()
        .routed(ROUTING_ID, rng)
}

/// Both roles with the advert heard: the handshake is next.
pub(crate) struct Near {
    pub(crate) on_air: AwaitClient,
    pub(crate) joined: AwaitReply,
    pub(crate) join: Join,
    pub(crate) rng: StdRng,
}

/// Goes on until the advert was heard.
pub(crate) fn near(seed: u64) -> Near {
    let mut rng = seeded(seed);
    let showing = show(&mut rng);
    let (on_air, advert) = scan(showing.qr_text(), &mut rng);
    let proximity: Proximity = showing.advert_seen(advert.as_bytes()).unwrap();
    let (joined, join) = showing.join(&proximity, &mut rng).unwrap();
    Near {
        on_air,
        joined,
        join,
        rng,
    }
}

/// Both ends of an established channel after the first message.
pub(crate) struct Pair {
    pub(crate) phone: Channel,
    pub(crate) browser: Channel,
    pub(crate) update: Message,
    pub(crate) links: LinkVerifier,
    pub(crate) identity: PrivateKey,
}

/// Goes on until the authenticator has introduced itself.
pub(crate) fn connected(seed: u64) -> Pair {
    let Near {
        on_air,
        joined,
        join,
        mut rng,
    } = near(seed);
    let (reply, established) = on_air.respond(&join.message, &mut rng).unwrap();
    let identity = PrivateKey::generate(&mut rng);
    let update = established
        .link(&roamkey_hybrid::LinkOffer {
            contact_id: &contact_id(),
            id: LinkId::from_bytes([5; 8]),
            secret: &LinkSecret::from_bytes([6; 32]),
            identity: &identity,
            name: "Desk",
        })
        .unwrap();
    let (first, phone) = established.post_handshake(GET_INFO).unwrap();
    let (peer, browser, links) = joined.reply(&reply).unwrap().first_message(&first).unwrap();
    assert_eq!(peer.get_info.as_deref(), Some(GET_INFO));
    Pair {
        phone,
        browser,
        update,
        links: links.unwrap(),
        identity,
    }
}

/// How the tunnel service reaches the authenticator of all tests.
pub(crate) fn contact_id() -> ContactId {
    ContactId::from_bytes(b"push token".to_vec()).unwrap()
}

/// The link that [`connected`] hands out, as the client platform stores it.
pub(crate) fn link(identity: &PrivateKey) -> Link {
    Link {
        contact_id: contact_id(),
        id: LinkId::from_bytes([5; 8]),
        secret: LinkSecret::from_bytes([6; 32]),
        authenticator: identity.public(),
        service: service(),
        name: "Desk".to_owned(),
    }
}
