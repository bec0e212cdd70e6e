//! `update_linking.json`: the update that hands out a link, and links that must be refused.

use serde_json::Value as Json;

use super::{array, bytes, fields, list, number, private, public};
use crate::linking::{self, LinkVerifier};
use crate::{ContactId, FirstMessageError, LinkId, LinkOffer, LinkSecret, Message, PeerInfo, TunnelDomain};

pub(super) fn run(file: &Json) {
    fields(
        file,
        &[
            "phone_identity_private",
            "phone_identity_public",
            "client_identity_private",
            "client_identity_public",
            "handshake_hash",
            "ecdh_x",
            "signature",
            "linking_map_cbor",
            "padding_key0_length",
            "update_plaintext_with_type",
            "update_plaintext_length",
            "padded_length",
            "frame_length",
            "client_rejects",
            "extra_key_999_variant_cbor",
        ],
    );
    let (identity, client) = (
        private(&file["phone_identity_private"]),
        private(&file["client_identity_private"]),
    );
    assert_eq!(identity.public(), public(&file["phone_identity_public"]));
    assert_eq!(client.public(), public(&file["client_identity_public"]));
    assert_eq!(identity.agree(&client.public()).to_vec(), bytes(&file["ecdh_x"]));
    assert_eq!(client.agree(&identity.public()).to_vec(), bytes(&file["ecdh_x"]));

    let verifier = LinkVerifier {
        client,
        handshake_hash: array(&file["handshake_hash"]),
        service: TunnelDomain::new(0).unwrap(),
    };
    verified(&verifier, &bytes(&file["linking_map_cbor"]));
    verified(&verifier, &bytes(&file["extra_key_999_variant_cbor"]));
    for case in list(&file["client_rejects"]) {
        let map = bytes(&case["linking_map_cbor"]);
        assert!(
            verifier
                .verify_link(&roamkey_cbor::decode(&map).unwrap())
                .is_err(),
            "{case}"
        );
    }
    written(file, &verifier);
    in_the_first_message(file, &verifier);
}

/// The old way: the linking map is key 2 of the first message, verified if a link was asked for, ignored if not.
fn in_the_first_message(file: &Json, verifier: &LinkVerifier) {
    let first = |map: &Json| {
        let map = roamkey_cbor::decode(&bytes(map)).unwrap().into_owned();
        roamkey_cbor::encode(
            &roamkey_cbor::Map::new()
                .with(1_u64, [0xA0])
                .with(2_u64, map)
                .into(),
        )
    };
    let signed = first(&file["linking_map_cbor"]);
    assert!(
        PeerInfo::from_plaintext(&signed, Some(verifier))
            .unwrap()
            .link
            .is_some()
    );
    assert!(PeerInfo::from_plaintext(&signed, None).unwrap().link.is_none());
    for case in list(&file["client_rejects"]) {
        let unsigned = first(&case["linking_map_cbor"]);
        let refused = PeerInfo::from_plaintext(&unsigned, Some(verifier)).unwrap_err();
        assert!(matches!(refused, FirstMessageError::Link(_)), "{case}");
        assert!(PeerInfo::from_plaintext(&unsigned, None).unwrap().link.is_none());
    }
}

fn verified(verifier: &LinkVerifier, map: &[u8]) {
    let link = verifier.verify_link(&roamkey_cbor::decode(map).unwrap()).unwrap();
    assert_eq!(link.name, "Test phone");
    assert_eq!(link.contact_id.as_bytes(), b"contact-id/for test+vectors?~");
}

/// Our writer makes the very bytes of the file, and our reader takes them back.
fn written(file: &Json, verifier: &LinkVerifier) {
    let map = bytes(&file["linking_map_cbor"]);
    let link = verifier
        .verify_link(&roamkey_cbor::decode(&map).unwrap())
        .unwrap();
    let offer = LinkOffer {
        contact_id: &ContactId::from_bytes(link.contact_id.as_bytes().to_vec()).unwrap(),
        id: LinkId::from_bytes(*link.id.as_bytes()),
        secret: &LinkSecret::from_bytes(*link.secret.expose()),
        identity: &private(&file["phone_identity_private"]),
        name: &link.name,
    };
    let update = linking::update(&offer, &verifier.client.public(), &verifier.handshake_hash);
    let plaintext = Message::Update(update.clone()).to_plaintext();
    assert_eq!(plaintext, bytes(&file["update_plaintext_with_type"]));
    assert_eq!(
        u64::try_from(plaintext.len()).unwrap(),
        number(&file["update_plaintext_length"])
    );
    assert!(
        update
            .windows(32)
            .any(|window| window == bytes(&file["signature"]))
    );
    let padding = roamkey_cbor::decode(&update)
        .unwrap()
        .into_map()
        .unwrap()
        .take(0_u64)
        .unwrap();
    assert_eq!(
        u64::try_from(padding.as_bytes().unwrap().len()).unwrap(),
        number(&file["padding_key0_length"])
    );
    let mut padded = plaintext;
    crate::padding::pad(&mut padded);
    assert_eq!(
        u64::try_from(padded.len()).unwrap(),
        number(&file["padded_length"])
    );
    assert_eq!(
        u64::try_from(padded.len() + 16).unwrap(),
        number(&file["frame_length"])
    );
    assert!(verifier.verify(&update).unwrap().is_some());
}
