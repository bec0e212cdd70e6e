//! Whole transactions of both roles against each other, in memory: no socket, no clock, no sleep.

mod common;

use common::{GET_INFO, NOW, Near, Pair, ROUTING_ID, connected, link, near, seeded, service, show};
use roamkey_hybrid::{
    Advert, ChannelError, FreshnessError, Hint, LinkSecret, LinkedRequest, MAX_AGE, MAX_FRAME, MAX_SKEW,
    Message, QrCode, RequestPath, TunnelDomain, authenticator, client,
};

#[test]
fn a_request_is_answered_and_the_client_shuts_down() {
    let Pair {
        mut phone,
        mut browser,
        ..
    } = connected(1);
    let request = Message::Ctap(b"\x02\xA1\x01\x6Bexample.com".to_vec());
    let response = Message::Ctap(vec![0x2E]);

    let frame = browser.seal(&request).unwrap();
    assert_eq!(phone.open(&frame), Ok(request));
    let frame = phone.seal(&response).unwrap();
    assert_eq!(browser.open(&frame), Ok(response));
    let frame = browser.seal(&Message::Shutdown).unwrap();
    assert_eq!(frame.len(), 48);
    assert_eq!(phone.open(&frame), Ok(Message::Shutdown));
}

#[test]
fn the_client_is_sent_where_the_authenticator_waits() {
    let mut rng = seeded(1);
    let showing = show(&mut rng);
    let code = QrCode::parse(showing.qr_text()).unwrap().fresh(NOW).unwrap();
    let waiting = authenticator::begin(code, service()).unwrap();
    let tunnel_id = *waiting.tunnel_id();
    let (_, advert) = waiting.routed(ROUTING_ID, &mut rng);
    let proximity = showing.advert_seen(advert.as_bytes()).unwrap();
    let (_, join) = showing.join(&proximity, &mut rng).unwrap();
    assert_eq!(join.service, service());
    assert_eq!(
        RequestPath::parse(&join.path),
        Ok(RequestPath::Connect(ROUTING_ID, tunnel_id))
    );
}

#[test]
fn the_qr_code_says_what_the_client_asked_for() {
    let request = client::Request {
        hint: Hint::MakeCredential,
        now: NOW,
        supports_linking: false,
    };
    let code = QrCode::parse(client::begin(request, &mut seeded(1)).qr_text()).unwrap();
    assert_eq!(code.hint(), Hint::MakeCredential);
    assert_eq!(code.timestamp(), Some(NOW));
    assert_eq!(code.known_domains(), Some(2));
    assert!(!code.supports_linking());
}

#[test]
fn no_two_qr_codes_are_alike() {
    let mut rng = seeded(1);
    assert_ne!(show(&mut rng).qr_text(), show(&mut rng).qr_text());
}

#[test]
fn a_qr_code_in_lower_case_is_the_same_code() {
    let showing = show(&mut seeded(1));
    assert!(QrCode::parse(&showing.qr_text().to_lowercase()).is_ok());
}

#[test]
fn a_code_is_fresh_within_five_minutes_either_way() {
    let code = |now| {
        QrCode::parse(show(&mut seeded(1)).qr_text())
            .unwrap()
            .fresh(now)
            .map(|_| ())
    };
    assert_eq!(code(NOW), Ok(()));
    assert_eq!(code(NOW + MAX_AGE), Ok(()));
    assert_eq!(
        code(NOW + MAX_AGE + 1),
        Err(FreshnessError::TooOld { seconds: 301 })
    );
    assert_eq!(code(NOW - MAX_SKEW), Ok(()));
    assert_eq!(
        code(NOW - MAX_SKEW - 1),
        Err(FreshnessError::FromTheFuture { seconds: 301 })
    );
    assert_eq!(code(0), Err(FreshnessError::FromTheFuture { seconds: NOW }));
    assert_eq!(
        code(u64::MAX),
        Err(FreshnessError::TooOld {
            seconds: u64::MAX - NOW
        })
    );
}

#[test]
fn a_code_without_a_timestamp_has_no_age() {
    // The smallest map of Chromium's unit tests: the required keys only.
    let text = "FIDO:/21451485302227106379487559113723092434570048571579929725294386093726313840430492013630000000134226708900000000000000000000000000000000";
    let code = QrCode::parse(text).unwrap();
    assert_eq!(code.timestamp(), None);
    assert!(code.knows(TunnelDomain::new(0).unwrap()));
    assert!(code.fresh(u64::MAX).is_ok());
}

#[test]
fn an_assigned_tunnel_service_must_be_one_that_the_client_knows() {
    let code = QrCode::parse(show(&mut seeded(1)).qr_text()).unwrap();
    assert!(code.knows(TunnelDomain::new(0).unwrap()));
    assert!(code.knows(TunnelDomain::new(1).unwrap()));
    assert!(code.knows(TunnelDomain::new(256).unwrap()));
    // Key 2 of this code is negative, which Chromium lets pass and which can only mean none.
    let negative = "FIDO:/311128939754948225010737272163691841350542492850876234846380351375941641366794207848312195737072897740603372917473984890076363892023799500181524277887776107096654083076";
    let code = QrCode::parse(negative).unwrap().fresh(NOW).unwrap();
    assert!(code.code().knows(TunnelDomain::new(256).unwrap()));
    let refused = authenticator::begin(code, TunnelDomain::new(0).unwrap()).unwrap_err();
    assert_eq!(refused.id, 0);
}

#[test]
fn service_data_behind_the_advert_is_ignored() {
    let mut rng = seeded(1);
    let showing = show(&mut rng);
    let (_, advert) = common::scan(showing.qr_text(), &mut rng);
    let suffixed = [&advert.as_bytes()[..], &[0xA1, 0x01, 0x18, 0x82]].concat();
    assert!(showing.advert_seen(&suffixed).is_ok());
}

#[test]
fn an_advert_is_twenty_bytes_long() {
    let (_, advert) = common::scan(show(&mut seeded(1)).qr_text(), &mut seeded(2));
    assert_eq!(advert.as_bytes().len(), Advert::LENGTH);
}

#[test]
fn an_update_links_the_client_and_the_link_serves_a_transaction_without_a_qr_code() {
    let Pair {
        mut phone,
        mut browser,
        update,
        links,
        identity,
    } = connected(1);
    let frame = phone.seal(&update).unwrap();
    assert_eq!(frame.len(), 528);
    let Ok(Message::Update(update)) = browser.open(&frame) else {
        panic!("not an update")
    };
    let stored = links.verify(&update).unwrap().unwrap();
    assert_eq!((stored.service, stored.name.as_str()), (service(), "Desk"));
    assert_eq!(stored.authenticator, identity.public());

    let mut rng = seeded(2);
    let showing = client::begin_linked(stored, Hint::MakeCredential, &mut rng);
    let request = LinkedRequest::from_header(showing.payload()).unwrap();
    assert_eq!(request.hint, Hint::MakeCredential);
    let secret = LinkSecret::from_bytes([6; 32]);
    let (on_air, advert) =
        authenticator::begin_linked(&request, &secret, identity, ROUTING_ID, service(), &mut rng);
    let proximity = showing.advert_seen(advert.as_bytes()).unwrap();
    let (joined, message) = showing.join(&proximity, &mut rng).unwrap();
    let (reply, established) = on_air.respond(&message, &mut rng).unwrap();
    let (first, mut phone) = established.post_handshake(GET_INFO).unwrap();
    let (_, mut browser, links) = joined.reply(&reply).unwrap().first_message(&first).unwrap();
    assert!(links.is_none());
    let frame = browser.seal(&Message::Ctap(vec![4])).unwrap();
    assert_eq!(phone.open(&frame), Ok(Message::Ctap(vec![4])));
}

#[test]
fn a_client_that_did_not_ask_for_a_link_gets_none() {
    let mut rng = seeded(1);
    let request = client::Request {
        supports_linking: false,
        ..common::good_request()
    };
    let showing = client::begin(request, &mut rng);
    let (on_air, advert) = common::scan(showing.qr_text(), &mut rng);
    let proximity = showing.advert_seen(advert.as_bytes()).unwrap();
    let (joined, join) = showing.join(&proximity, &mut rng).unwrap();
    let (reply, established) = on_air.respond(&join.message, &mut rng).unwrap();
    let identity = roamkey_hybrid::PrivateKey::generate(&mut rng);
    let offer = roamkey_hybrid::LinkOffer {
        contact_id: &common::contact_id(),
        id: roamkey_hybrid::LinkId::from_bytes([5; 8]),
        secret: &LinkSecret::from_bytes([6; 32]),
        identity: &identity,
        name: "Desk",
    };
    assert!(established.link(&offer).is_none());
    let (first, _) = established.post_handshake(GET_INFO).unwrap();
    let (_, _, links) = joined.reply(&reply).unwrap().first_message(&first).unwrap();
    assert!(links.is_none());
}

#[test]
fn an_update_about_something_newer_is_ignored() {
    let Pair { links, .. } = connected(1);
    assert!(links.verify(&[0xA0]).unwrap().is_none());
    assert!(links.verify(&[0xA1, 0x18, 0x2A, 0x01]).unwrap().is_none());
}

#[test]
fn a_linked_advert_may_name_any_tunnel_service() {
    // Chromium's authenticator fills the routing ID and the service with random bytes in this flow.
    let identity = roamkey_hybrid::PrivateKey::generate(&mut seeded(3));
    let showing = client::begin_linked(link(&identity), Hint::GetAssertion, &mut seeded(1));
    let request = LinkedRequest::from_header(showing.payload()).unwrap();
    let elsewhere = TunnelDomain::new(0xBEEF).unwrap();
    let secret = LinkSecret::from_bytes([6; 32]);
    let (_, advert) =
        authenticator::begin_linked(&request, &secret, identity, ROUTING_ID, elsewhere, &mut seeded(2));
    assert!(showing.advert_seen(advert.as_bytes()).is_ok());
    assert_eq!(showing.service(), service());
}

#[test]
fn requests_larger_than_a_noise_message_pass() {
    let Pair {
        mut phone,
        mut browser,
        ..
    } = connected(1);
    let request = Message::Ctap(vec![7; 200_000]);
    let frame = browser.seal(&request).unwrap();
    assert_eq!(phone.open(&frame), Ok(request));
}

#[test]
fn the_longest_message_fills_the_longest_frame() {
    let Pair {
        mut phone,
        mut browser,
        ..
    } = connected(1);
    let longest = MAX_FRAME - 16 - 16 - 2;
    let frame = browser.seal(&Message::Json(vec![7; longest])).unwrap();
    assert!(frame.len() <= MAX_FRAME && frame.len() + 32 > MAX_FRAME);
    assert!(phone.open(&frame).is_ok());
    let refused = browser.seal(&Message::Json(vec![7; longest + 1]));
    assert_eq!(refused, Err(ChannelError::MessageTooLong { actual: longest + 2 }));
}

#[test]
fn no_state_prints_a_secret() {
    let mut rng = seeded(1);
    let showing = show(&mut rng);
    let code = QrCode::parse(showing.qr_text()).unwrap();
    let mut printed = format!("{showing:?} {code:?}");
    let digits = showing.qr_text()[6..].to_owned();
    let Near {
        on_air,
        joined,
        join,
        mut rng,
    } = near(1);
    printed += &format!("{on_air:?} {joined:?}");
    let (_, established) = on_air.respond(&join.message, &mut rng).unwrap();
    printed += &format!("{established:?}");
    let Pair {
        phone,
        update,
        links,
        identity,
        ..
    } = connected(1);
    printed += &format!(
        "{phone:?} {update:?} {links:?} {identity:?} {:?}",
        link(&identity)
    );
    assert!(!printed.contains(&digits[..20]));
    assert!(
        !printed.contains("Desk"),
        "the authenticator's name often is a person's"
    );
    // Derived output of a secret would be a list of numbers.
    assert!(
        !printed.contains("[5, 5, 5") && !printed.contains("[6, 6, 6"),
        "{printed}"
    );
}
