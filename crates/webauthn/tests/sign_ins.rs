//! What authenticators answer to a sign-in: the good, and each lie by itself; and arbitrary bytes to both.

#![allow(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    reason = "a test stops where it fails"
)]

mod common;

use std::io::{Read as _, Write as _};

use flate2::Compression;
use flate2::read::DeflateDecoder;
use flate2::write::DeflateEncoder;
use p256::ecdsa::SigningKey;
use proptest::prelude::*;
use roamkey_cbor::{Map, Value as Cbor};
use roamkey_webauthn::{AnswerError, Capabilities, SignatureCheck};
use serde_json::json;
use sha2::{Digest as _, Sha256};

use common::{
    ID, ID_TEXT, RP_ID, assertion, authenticator_data, cose, finish_assertion, finish_creation, key, known,
    ok, parameters, request_json, signed, with_extensions,
};

#[test]
fn each_lie_about_a_sign_in_is_told() {
    let good = |request: &[u8]| signed(request, RP_ID, 0x05, ID);
    for allow in [&[][..], &[ID_TEXT], &["AQ", ID_TEXT]] {
        let check = finish_assertion(allow, &known(&key()), |request| ok(good(request)));
        assert_eq!(check, Ok(SignatureCheck::Verified));
        let check = finish_assertion(allow, &[], |request| ok(good(request)));
        assert_eq!(check, Ok(SignatureCheck::Unknown), "nobody knows the key");
    }
    let other = SigningKey::from_slice(&[8; 32]).unwrap();
    let forged = finish_assertion(&[], &known(&other), |request| ok(good(request)));
    assert_eq!(forged, Err(AnswerError::Signature));
    let other_site = finish_assertion(&[], &[], |request| ok(signed(request, "example.com", 0x05, ID)));
    assert_eq!(other_site, Err(AnswerError::WrongSite));
    let nobody = finish_assertion(&[], &[], |request| ok(signed(request, RP_ID, 0x00, ID)));
    assert_eq!(nobody, Err(AnswerError::NotPresent));
    let unverified = finish_assertion(&[], &[], |request| ok(signed(request, RP_ID, 0x01, ID)));
    assert_eq!(unverified, Err(AnswerError::NotVerified));
    let not_allowed = finish_assertion(&["AQ", "Ag"], &[], |request| ok(good(request)));
    assert_eq!(not_allowed, Err(AnswerError::NotAllowed));
    let nameless = |request: &[u8]| {
        let mut reply = good(request);
        reply.take(1);
        ok(reply)
    };
    assert_eq!(
        finish_assertion(&[ID_TEXT], &known(&key()), nameless),
        Ok(SignatureCheck::Verified)
    );
    assert_eq!(
        finish_assertion(&[], &[], nameless),
        Err(AnswerError::Malformed("credential"))
    );
    assert_eq!(
        finish_assertion(&["AQ", "Ag"], &[], nameless),
        Err(AnswerError::Malformed("credential"))
    );
    let without_user = |request: &[u8]| {
        let mut reply = good(request);
        reply.take(4);
        ok(reply)
    };
    assert_eq!(
        finish_assertion(&[], &[], without_user),
        Err(AnswerError::Malformed("user"))
    );
    assert_eq!(
        finish_assertion(&[ID_TEXT], &[], without_user),
        Ok(SignatureCheck::Unknown)
    );
    let odd_type =
        |request: &[u8]| ok(good(request).with(1, Map::new().with("id", ID).with("type", "later")));
    assert_eq!(
        finish_assertion(&[], &[], odd_type),
        Err(AnswerError::Malformed("credential"))
    );
    let new_key = |request: &[u8]| {
        let data = authenticator_data(RP_ID, 0x05, Some((ID, cose(&key()))));
        ok(good(request).with(2, data))
    };
    assert_eq!(
        finish_assertion(&[], &[], new_key),
        Err(AnswerError::Malformed("authenticator data"))
    );
}

#[test]
fn prf_inputs_are_hashed_and_results_come_back() {
    let mut json = request_json(&[ID_TEXT]);
    json["extensions"] = json!({ "prf": {
        "eval": { "first": "Zmlyc3Q" }, "evalByCredential": { ID_TEXT: { "first": "AA", "second": "AQ" } }
    } });
    let salt = |input: &[u8]| Sha256::digest([b"WebAuthn PRF\0", input].concat()).to_vec();
    let with = assertion(&json);
    let request = with.ask(&with_extensions(&["prf"])).unwrap();
    let sent = parameters(&request);
    let prf = sent
        .get(4)
        .unwrap()
        .as_map()
        .unwrap()
        .get("prf")
        .unwrap()
        .as_map()
        .unwrap();
    let inputs = Map::new().with("first", salt(&[0])).with("second", salt(&[1]));
    assert_eq!(
        prf.get("eval"),
        Some(&Cbor::from(Map::new().with("first", salt(b"first"))))
    );
    assert_eq!(
        prf.get("evalByCredential"),
        Some(&Cbor::from(Map::new().with(ID, inputs)))
    );

    let results = Map::new().with("results", Map::new().with("first", [5_u8; 32]));
    let reply = ok(signed(&request, RP_ID, 0x05, ID).with(8, Map::new().with("prf", results)));
    let signed_in = with.finish(&reply, &[]).unwrap();
    assert_eq!(signed_in.prf().unwrap().first, [5; 32]);
    let first = signed_in.to_json()["clientExtensionResults"]["prf"]["results"]["first"].clone();
    assert_eq!(first, "BQUFBQUFBQUFBQUFBQUFBQUFBQUFBQUFBQUFBQUFBQU");

    let without = assertion(&json);
    let request = without.ask(&Capabilities::default()).unwrap();
    assert!(
        parameters(&request).get(4).is_none(),
        "a phone without prf is not asked"
    );
    let signed_in = without
        .finish(&ok(signed(&request, RP_ID, 0x05, ID)), &[])
        .unwrap();
    assert_eq!(
        signed_in.to_json()["clientExtensionResults"],
        json!({ "prf": {} })
    );
}

#[test]
fn large_blobs_are_compressed_on_the_way_and_bounded_on_the_way_back() {
    let mut json = request_json(&[ID_TEXT]);
    json["extensions"] = json!({ "largeBlob": { "write": "YmxvYmJsb2JibG9iYmxvYg" } });
    let writing = assertion(&json);
    let request = writing.ask(&with_extensions(&["largeBlob"])).unwrap();
    let sent = parameters(&request);
    let blob = sent
        .get(4)
        .unwrap()
        .as_map()
        .unwrap()
        .get("largeBlob")
        .unwrap()
        .as_map()
        .unwrap();
    assert_eq!(blob.get("originalSize"), Some(&Cbor::from(16_u64)));
    let mut expanded = String::new();
    DeflateDecoder::new(blob.get("write").unwrap().as_bytes().unwrap())
        .read_to_string(&mut expanded)
        .unwrap();
    assert_eq!(expanded, "blobblobblobblob");
    let written = Map::new().with("largeBlob", Map::new().with("written", true));
    let reply = ok(signed(&request, RP_ID, 0x05, ID).with(8, written));
    let results = writing.finish(&reply, &[]).unwrap().to_json()["clientExtensionResults"].clone();
    assert_eq!(results, json!({ "largeBlob": { "written": true } }));

    let deflated = |bytes: &[u8]| {
        let mut encoder = DeflateEncoder::new(Vec::new(), Compression::best());
        encoder.write_all(bytes).unwrap();
        encoder.finish().unwrap()
    };
    json["extensions"] = json!({ "largeBlob": { "read": true } });
    let read = |blob: Vec<u8>, size: u64| {
        let reading = assertion(&json);
        let request = reading.ask(&with_extensions(&["largeBlob"])).unwrap();
        let output = Map::new().with("blob", blob).with("originalSize", size);
        let reply = ok(signed(&request, RP_ID, 0x05, ID).with(8, Map::new().with("largeBlob", output)));
        reading
            .finish(&reply, &[])
            .map(|signed_in| signed_in.large_blob().unwrap().to_vec())
    };
    assert_eq!(read(deflated(b"hello"), 5).unwrap(), b"hello");
    let malformed = Err(AnswerError::Malformed("largeBlob"));
    assert_eq!(read(deflated(&[0; 1_000_000]), 5), malformed, "more than it says");
    assert_eq!(read(deflated(b"hello"), 6), malformed, "less than it says");
    assert_eq!(read(deflated(&vec![0; 2 << 20]), 2 << 20), malformed, "a bomb");
    assert_eq!(read(vec![0xFF; 9], 5), malformed, "not DEFLATE");
}

proptest! {
    #[test]
    fn no_reply_makes_judging_panic(status in 0_u8..3, body in prop::collection::vec(any::<u8>(), 0..200)) {
        let reply = [vec![status], body].concat();
        prop_assert!(finish_creation(|_| reply.clone()).is_err());
        prop_assert!(finish_assertion(&[], &[], |_| reply).is_err());
    }

    #[test]
    fn no_changed_byte_of_a_signed_reply_passes(at in 0_usize..150, flip in 1_u8..=255) {
        let changed = finish_assertion(&[ID_TEXT], &known(&key()), |request| {
            let mut reply = ok(signed(request, RP_ID, 0x05, ID));
            let at = at % reply.len();
            reply[at] ^= flip;
            reply
        });
        // The user handle is not signed, and neither is what nobody reads.
        if let Ok(check) = changed {
            prop_assert_eq!(check, SignatureCheck::Verified);
        }
    }

    #[test]
    fn no_description_makes_reading_panic(bytes in prop::collection::vec(any::<u8>(), 0..200)) {
        let _ = Capabilities::from_get_info(&bytes);
    }
}
