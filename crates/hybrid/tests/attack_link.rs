//! Peers that break one rule of links and of state-assisted transactions at a time.

mod common;

use common::{Pair, ROUTING_ID, connected, link, seeded, service};
use roamkey_hybrid::{
    AdvertError, HandshakeError, Hint, LinkSecret, LinkedRequest, LinkingError, Message, PrivateKey,
    authenticator, client,
};

#[test]
fn a_link_of_another_handshake_is_refused() {
    let (Pair { update, .. }, Pair { links, .. }) = (connected(1), connected(2));
    let Message::Update(update) = update else {
        panic!("not an update")
    };
    assert_eq!(links.verify(&update).unwrap_err(), LinkingError::Signature);
}

#[test]
fn a_link_with_another_identity_key_is_refused() {
    let Pair {
        update,
        links,
        identity,
        ..
    } = connected(1);
    let Message::Update(mut update) = update else {
        panic!("not an update")
    };
    let own = identity.public().to_uncompressed();
    let at = update.windows(65).position(|window| window == own).unwrap();
    let other = PrivateKey::generate(&mut seeded(9)).public().to_uncompressed();
    update[at..at + 65].copy_from_slice(&other);
    assert_eq!(links.verify(&update).unwrap_err(), LinkingError::Signature);
    update[at] = 0x05;
    assert_eq!(links.verify(&update).unwrap_err(), LinkingError::IdentityKey);
}

#[test]
fn an_update_that_is_not_canonical_cbor_is_refused() {
    let Pair { links, .. } = connected(1);
    assert!(matches!(links.verify(&[0xA1]), Err(LinkingError::Cbor(_))));
    assert!(matches!(links.verify(&[0x80]), Err(LinkingError::NotAMap)));
    assert!(matches!(
        links.verify(&[0xA1, 0x01, 0x01]),
        Err(LinkingError::NotAMap)
    ));
}

#[test]
fn a_linked_client_with_another_secret_is_refused() {
    let identity = PrivateKey::generate(&mut seeded(3));
    let mut rng = seeded(1);
    let showing = client::begin_linked(link(&identity), Hint::GetAssertion, &mut rng);
    let request = LinkedRequest::from_header(showing.payload()).unwrap();
    let secret = LinkSecret::from_bytes([7; 32]);
    let (_, advert) =
        authenticator::begin_linked(&request, &secret, identity, ROUTING_ID, service(), &mut rng);
    assert_eq!(
        showing.advert_seen(advert.as_bytes()).unwrap_err(),
        AdvertError::Foreign
    );
}

#[test]
fn an_old_advert_does_not_serve_a_new_linked_request() {
    let identity = PrivateKey::generate(&mut seeded(3));
    let mut rng = seeded(1);
    let old = client::begin_linked(link(&identity), Hint::GetAssertion, &mut rng);
    let new = client::begin_linked(link(&identity), Hint::GetAssertion, &mut rng);
    let request = LinkedRequest::from_header(old.payload()).unwrap();
    let secret = LinkSecret::from_bytes([6; 32]);
    let (_, advert) =
        authenticator::begin_linked(&request, &secret, identity, ROUTING_ID, service(), &mut rng);
    assert!(old.advert_seen(advert.as_bytes()).is_ok());
    assert_eq!(
        new.advert_seen(advert.as_bytes()).unwrap_err(),
        AdvertError::Foreign
    );
}

#[test]
fn a_linked_authenticator_without_the_identity_key_is_found_out() {
    let (identity, imposter) = (
        PrivateKey::generate(&mut seeded(3)),
        PrivateKey::generate(&mut seeded(4)),
    );
    let mut rng = seeded(1);
    let showing = client::begin_linked(link(&identity), Hint::GetAssertion, &mut rng);
    let request = LinkedRequest::from_header(showing.payload()).unwrap();
    let secret = LinkSecret::from_bytes([6; 32]);
    let (on_air, advert) =
        authenticator::begin_linked(&request, &secret, imposter, ROUTING_ID, service(), &mut rng);
    let proximity = showing.advert_seen(advert.as_bytes()).unwrap();
    let (_, message) = showing.join(&proximity, &mut rng).unwrap();
    assert!(matches!(
        on_air.respond(&message, &mut rng),
        Err(HandshakeError::Rejected)
    ));
}
