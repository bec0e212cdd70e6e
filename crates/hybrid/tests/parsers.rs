//! Every parser of foreign bytes: never panics, takes back what the writer wrote.

mod common;

use std::sync::LazyLock;

use common::{connected, near, seeded, show};
use proptest::prelude::*;
use roamkey_hybrid::client::{self, AwaitAdvert};
use roamkey_hybrid::{
    ClientNonce, ContactId, Hint, LinkId, LinkVerifier, LinkedRequest, Message, PeerInfo, QrCode,
    RequestPath, RoutingId, TunnelDomain, TunnelId, paths,
};

static SHOWING: LazyLock<AwaitAdvert> = LazyLock::new(|| show(&mut seeded(1)));
static LINKS: LazyLock<LinkVerifier> = LazyLock::new(|| connected(1).links);

fn bytes(max: usize) -> impl Strategy<Value = Vec<u8>> {
    prop::collection::vec(any::<u8>(), 0..max)
}

fn hint() -> impl Strategy<Value = Hint> {
    prop::sample::select(vec![
        Hint::GetAssertion,
        Hint::MakeCredential,
        Hint::CredentialPresentation,
        Hint::CredentialIssuance,
    ])
}

/// A CBOR map with small integer keys and values of the types that occur here, and some that don't.
fn some_map() -> impl Strategy<Value = Vec<u8>> {
    let value = prop_oneof![
        any::<u64>().prop_map(roamkey_cbor::Value::from),
        any::<bool>().prop_map(roamkey_cbor::Value::from),
        bytes(70).prop_map(roamkey_cbor::Value::from),
        "[a-z]{0,5}".prop_map(roamkey_cbor::Value::from),
        Just(roamkey_cbor::Value::Array(vec!["ctap".into()])),
        Just(roamkey_cbor::Value::from(
            roamkey_cbor::Map::new().with(1_u64, true)
        )),
    ];
    prop::collection::vec((0_u64..8, value), 0..8).prop_map(|entries| {
        let map: roamkey_cbor::Map<'_> = entries
            .into_iter()
            .map(|(key, value)| (key.into(), value))
            .collect();
        roamkey_cbor::encode(&map.into())
    })
}

proptest! {
    #[test]
    fn arbitrary_text_is_no_panic_as_a_qr_code(text in any::<String>()) {
        let _ = QrCode::parse(&text);
        let _ = QrCode::parse(&format!("FIDO:/{text}"));
    }

    #[test]
    fn arbitrary_digits_are_no_panic_as_a_qr_code(digits in "[0-9]{0,300}") {
        let _ = QrCode::parse(&format!("FIDO:/{digits}"));
    }

    #[test]
    fn what_a_client_shows_is_what_an_authenticator_reads(
        hint in hint(), now: u64, supports_linking: bool, seed: u64,
    ) {
        let showing = client::begin(client::Request { hint, now, supports_linking }, &mut seeded(seed));
        let code = QrCode::parse(showing.qr_text()).unwrap();
        prop_assert_eq!(code.hint(), hint);
        prop_assert_eq!(code.timestamp(), Some(now));
        prop_assert_eq!(code.supports_linking(), supports_linking);
        prop_assert!(code.fresh(now).is_ok());
    }

    #[test]
    fn arbitrary_service_data_is_never_ours(data in bytes(64)) {
        prop_assert!(SHOWING.advert_seen(&data).is_err());
    }

    #[test]
    fn an_arbitrary_frame_never_opens(frame in bytes(256)) {
        thread_local!(static PAIR: std::cell::RefCell<common::Pair> = connected(1).into());
        prop_assert!(PAIR.with_borrow_mut(|pair| pair.phone.open(&frame)).is_err());
    }

    #[test]
    fn messages_round_trip(kind in 0_u8..=3, payload in bytes(100)) {
        let plaintext = if kind == 0 { vec![0] } else { [&[kind], &payload[..]].concat() };
        let message = Message::from_plaintext(&plaintext).unwrap();
        prop_assert_eq!(message.to_plaintext(), plaintext);
    }

    #[test]
    fn arbitrary_plaintext_is_no_panic(plaintext in bytes(600)) {
        let _ = Message::from_plaintext(&plaintext);
        let _ = PeerInfo::from_plaintext(&plaintext, None);
        let _ = PeerInfo::from_plaintext(&plaintext, Some(&LINKS));
        let _ = LINKS.verify(&plaintext);
    }

    #[test]
    fn arbitrary_maps_are_no_panic(map in some_map()) {
        let _ = PeerInfo::from_plaintext(&map, None);
        let _ = PeerInfo::from_plaintext(&map, Some(&LINKS));
        let _ = LINKS.verify(&map);
        let header: String = map.iter().map(|byte| format!("{byte:02x}")).collect();
        let _ = LinkedRequest::from_header(&header);
    }

    #[test]
    fn arbitrary_text_is_no_panic_as_a_path_or_header(text in any::<String>()) {
        let _ = RequestPath::parse(&text);
        let _ = RequestPath::parse(&format!("/cable/contact/{text}"));
        let _ = LinkedRequest::from_header(&text);
        let _ = text.parse::<RoutingId>();
    }

    #[test]
    fn paths_round_trip(tunnel: [u8; 16], routing: [u8; 3], contact in prop::collection::vec(any::<u8>(), 1..200)) {
        let (tunnel, routing) = (TunnelId::from_bytes(tunnel), RoutingId::from_bytes(routing));
        let contact = ContactId::from_bytes(contact).unwrap();
        prop_assert_eq!(RequestPath::parse(&paths::new_tunnel(&tunnel)), Ok(RequestPath::New(tunnel)));
        let connect = paths::connect(&routing, &tunnel);
        prop_assert_eq!(RequestPath::parse(&connect), Ok(RequestPath::Connect(routing, tunnel)));
        prop_assert_eq!(RequestPath::parse(&paths::contact(&contact)), Ok(RequestPath::Contact(contact)));
    }

    #[test]
    fn linked_requests_round_trip(link_id: [u8; 8], nonce: [u8; 16], registering: bool) {
        let hint = if registering { Hint::MakeCredential } else { Hint::GetAssertion };
        let (link_id, client_nonce) = (LinkId::from_bytes(link_id), ClientNonce::from_bytes(nonce));
        let request = LinkedRequest { link_id, client_nonce, hint };
        prop_assert_eq!(LinkedRequest::from_header(&request.to_header()), Ok(request.clone()));
        prop_assert_eq!(LinkedRequest::from_header(&request.to_header().to_lowercase()), Ok(request));
    }

    #[test]
    fn every_assigned_or_hashed_service_has_a_host(id: u16) {
        match TunnelDomain::new(id) {
            Ok(domain) => {
                let host = domain.host();
                prop_assert!(host.starts_with("cable."));
                prop_assert!(host.bytes().all(|byte| byte.is_ascii_lowercase() || byte.is_ascii_digit() || byte == b'.'));
            }
            Err(_) => prop_assert!((2..=255).contains(&id)),
        }
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(16))]

    #[test]
    fn an_arbitrary_handshake_message_is_refused(mut message in prop::collection::vec(any::<u8>(), 81), point: bool) {
        let common::Near { on_air, joined, join, mut rng } = near(1);
        if point {
            message[..65].copy_from_slice(&join.message[..65]);
        }
        prop_assert!(on_air.respond(&message, &mut rng).is_err());
        prop_assert!(joined.reply(&message).is_err());
    }
}
