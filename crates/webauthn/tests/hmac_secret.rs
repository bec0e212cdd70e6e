//! `prf` with authenticators that have `hmac-secret` in its place: an authenticator of the tests' own, written from CTAP
//! 2.3 §6.5.6, §6.5.7 and §12.7, opens what is sent and seals what comes back; then it lies.

#![allow(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    reason = "a test stops where it fails"
)]

mod common;

use aes::Aes256;
use cbc::cipher::block_padding::NoPadding;
use cbc::cipher::{BlockModeDecrypt as _, BlockModeEncrypt as _, KeyIvInit as _};
use hmac::{Hmac, KeyInit as _, Mac as _};
use p256::elliptic_curve::sec1::ToSec1Point as _;
use proptest::prelude::*;
use rand::SeedableRng as _;
use rand::rngs::StdRng;
use roamkey_cbor::{Map, Value as Cbor, encode};
use roamkey_webauthn::{AnswerError, Assertion, Capabilities, KeyAgreement, SealedSalts, StatusCode};
use serde_json::{Value, json};
use sha2::{Digest as _, Sha256};

use common::{
    ID, ID_TEXT, RP_ID, assertion, cose, creation, creation_json, key, ok, parameters, registered,
    request_json, signed,
};

fn rng() -> StdRng {
    StdRng::seed_from_u64(7)
}

/// An authenticator without `prf`.
fn capabilities(extensions: &[&str], protocols: &[u64], verifies: bool) -> Capabilities {
    let extensions: Cbor<'_> = extensions.iter().map(|name| Cbor::from(*name)).collect();
    let protocols = (!protocols.is_empty()).then(|| {
        protocols
            .iter()
            .map(|number| Cbor::from(*number))
            .collect::<Cbor<'_>>()
    });
    let info = Map::new()
        .with(1, vec![Cbor::from("FIDO_2_1")])
        .with(2, extensions)
        .with(3, [0_u8; 16])
        .with(4, Map::new().with("rk", true).with("uv", verifies))
        .with_some(6, protocols);
    Capabilities::from_get_info(&encode(&Cbor::from(info)))
}

/// The authenticator's side of the agreement.
struct Authenticator(p256::SecretKey);

impl Authenticator {
    fn new(byte: u8) -> Self {
        Self(p256::SecretKey::from_slice(&[byte; 32]).unwrap())
    }

    /// What it answers to getKeyAgreement.
    fn key(&self) -> Vec<u8> {
        let point = self.0.public_key().to_sec1_point(false);
        agreement_key(point.x().unwrap().as_slice(), point.y().unwrap().as_slice())
    }

    /// The HMAC and AES keys of a protocol, with the client platform's key in `input`.
    fn shared(&self, input: &Map<'_>, protocol: u64) -> ([u8; 32], [u8; 32]) {
        let peer = input.get(1).unwrap().as_map().unwrap();
        assert_eq!(peer.get(3), Some(&Cbor::from(-25)));
        let coordinate = |key: i64| peer.get(key).unwrap().as_bytes().unwrap().to_vec();
        let point = [vec![4], coordinate(-2), coordinate(-3)].concat();
        let peer = p256::PublicKey::from_sec1_bytes(&point).unwrap();
        let z = p256::ecdh::diffie_hellman(self.0.to_nonzero_scalar(), peer.as_affine());
        let z = z.raw_secret_bytes();
        if protocol == 1 {
            let hash: [u8; 32] = Sha256::digest(z).into();
            return (hash, hash);
        }
        // HKDF (RFC 5869) with one block of output.
        let extracted = mac(&[0; 32], z);
        let expand = |info: &[u8]| mac(&extracted, &[info, &[1]].concat());
        (expand(b"CTAP2 HMAC key"), expand(b"CTAP2 AES key"))
    }

    /// Opens the salts of `hmac-secret` in a request's extensions.
    fn salts(&self, input: &Map<'_>, protocol: u64) -> Vec<u8> {
        let (hmac, aes) = self.shared(input, protocol);
        let bytes = |key: u64| input.get(key).unwrap().as_bytes().unwrap().to_vec();
        let (sealed, tag) = (bytes(2), bytes(3));
        let length = if protocol == 1 { 16 } else { 32 };
        assert_eq!(tag, mac(&hmac, &sealed)[..length]);
        let number = input.get(4).map(|number| number.as_u64().unwrap());
        assert_eq!(number, (protocol != 1).then_some(protocol));
        let (iv, sealed) = match protocol {
            1 => ([0; 16], &sealed[..]),
            _ => (sealed[..16].try_into().unwrap(), &sealed[16..]),
        };
        let cipher = cbc::Decryptor::<Aes256>::new(&aes.into(), &iv.into());
        cipher.decrypt_padded_vec::<NoPadding>(sealed).unwrap()
    }

    /// Seals outputs.
    fn seal(&self, input: &Map<'_>, protocol: u64, outputs: &[u8]) -> Vec<u8> {
        let (_, aes) = self.shared(input, protocol);
        let iv = if protocol == 1 { [0; 16] } else { [9; 16] };
        let cipher = cbc::Encryptor::<Aes256>::new(&aes.into(), &iv.into());
        let sealed = cipher.encrypt_padded_vec::<NoPadding>(outputs);
        if protocol == 1 {
            sealed
        } else {
            [&iv[..], &sealed].concat()
        }
    }
}

fn agreement_key(x: &[u8], y: &[u8]) -> Vec<u8> {
    let key = Map::new()
        .with(1, 2)
        .with(3, -25)
        .with(-1, 1)
        .with(-2, x)
        .with(-3, y);
    ok(Map::new().with(1, key))
}

fn mac(key: &[u8], message: &[u8]) -> [u8; 32] {
    let mac = Hmac::<Sha256>::new_from_slice(key).unwrap();
    mac.chain_update(message).finalize().into_bytes().into()
}

fn salt(input: &[u8]) -> Vec<u8> {
    Sha256::digest([b"WebAuthn PRF\0", input].concat()).to_vec()
}

fn agreed(agreement: KeyAgreement, authenticator: &Authenticator) -> SealedSalts {
    agreement
        .agree(&authenticator.key(), &mut rng())
        .unwrap()
        .unwrap()
}

fn with_inputs(prf: &Value) -> Assertion {
    let mut json = request_json(&[ID_TEXT]);
    json["userVerification"] = "discouraged".into();
    json["extensions"] = json!({ "prf": prf });
    assertion(&json)
}

/// A good answer to `request`, its authenticator data ending in extension outputs, signed by [`key`].
fn evaluated(request: &[u8], flags: u8, outputs: &Map<'_>) -> Vec<u8> {
    use p256::ecdsa::signature::Signer as _;
    let mut data = common::authenticator_data(RP_ID, flags | 0x80, None);
    data.extend(encode(&Cbor::from(outputs.clone())));
    let hash = parameters(request).get(2).unwrap().as_bytes().unwrap().to_vec();
    let signature: p256::ecdsa::DerSignature = key().sign(&[&data[..], &hash].concat());
    let good = signed(request, RP_ID, flags, ID);
    ok(good.with(2, data).with(3, signature.as_bytes().to_vec()))
}

fn input_of<'a>(sent: &'a Map<'_>, extensions: u64, name: &str) -> &'a Map<'a> {
    sent.get(extensions)
        .unwrap()
        .as_map()
        .unwrap()
        .get(name)
        .unwrap()
        .as_map()
        .unwrap()
}

#[test]
fn a_sign_in_evaluates_one_or_two_inputs_by_either_protocol() {
    let authenticator = Authenticator::new(3);
    for protocol in [1, 2] {
        for (inputs, count) in [
            (json!({ "first": "AA" }), 1),
            (json!({ "first": "AA", "second": "AQ" }), 2),
        ] {
            let capabilities = capabilities(&["hmac-secret"], &[protocol], true);
            let assertion = with_inputs(&json!({ "eval": inputs }));
            let agreement = assertion.key_agreement(&capabilities).unwrap();
            assert_eq!(
                agreement.request(),
                [
                    &[6][..],
                    &encode(&Cbor::from(Map::new().with(1, protocol).with(2, 2)))
                ]
                .concat()
            );
            let assertion = assertion.with_salts(agreed(agreement, &authenticator));
            let request = assertion.ask(&capabilities).unwrap();
            let sent = parameters(&request);
            assert_eq!(
                sent.get(5),
                Some(&Cbor::from(Map::new().with("uv", true))),
                "only verified is WebAuthn's"
            );
            let input = input_of(&sent, 4, "hmac-secret");
            let salts = [salt(&[0]), salt(&[1])].concat();
            assert_eq!(authenticator.salts(input, protocol), salts[..32 * count]);

            let outputs = [[5; 32], [6; 32]].concat();
            let sealed = authenticator.seal(input, protocol, &outputs[..32 * count]);
            let reply = evaluated(&request, 0x05, &Map::new().with("hmac-secret", sealed));
            let signed_in = assertion.finish(&reply, &common::known(&key())).unwrap();
            let results = signed_in.prf().unwrap();
            assert_eq!(
                (results.first, results.second),
                ([5; 32], (count == 2).then_some([6; 32]))
            );
        }
    }
}

#[test]
fn what_cannot_be_evaluated_is_not_asked_for() {
    let prf = json!({ "eval": { "first": "AA" } });
    let plain = with_inputs(&prf);
    for (extensions, protocols, verifies) in [
        (&["hmac-secret", "prf"][..], &[2][..], true),
        (&["largeBlob"], &[2], true),
        (&["hmac-secret"], &[3], true),
        (&["hmac-secret"], &[2], false),
    ] {
        let capabilities = capabilities(extensions, protocols, verifies);
        assert!(
            plain.key_agreement(&capabilities).is_none(),
            "{extensions:?} {protocols:?} {verifies}"
        );
    }
    let able = capabilities(&["hmac-secret"], &[], true);
    assert!(
        plain.key_agreement(&able).is_some(),
        "CTAP 2.0 had one protocol and need not name it"
    );
    assert!(with_inputs(&json!({})).key_agreement(&able).is_none());

    // One envelope holds for all passkeys: where each may have inputs of its own, they must be the same.
    let of = |allow: &[&str], prf: Value| {
        let mut json = request_json(allow);
        json["extensions"] = json!({ "prf": prf });
        assertion(&json).key_agreement(&able).is_some()
    };
    let (a, b) = (json!({ "first": "AA" }), json!({ "first": "AQ" }));
    assert!(of(
        &["AQ", "Ag"],
        json!({ "evalByCredential": { "AQ": a, "Ag": a } })
    ));
    assert!(of(
        &["AQ", "Ag"],
        json!({ "eval": a, "evalByCredential": { "AQ": a } })
    ));
    assert!(of(&["AQ"], json!({ "eval": b, "evalByCredential": { "AQ": a } })));
    assert!(!of(
        &["AQ", "Ag"],
        json!({ "evalByCredential": { "AQ": a, "Ag": b } })
    ));
    assert!(!of(&["AQ", "Ag"], json!({ "evalByCredential": { "AQ": a } })));
}

#[test]
fn a_registration_asks_for_the_secret_and_for_outputs_where_it_can() {
    let mut json = creation_json();
    json["extensions"] = json!({ "prf": { "eval": { "first": "AA" } } });
    let authenticator = Authenticator::new(3);
    let finished = |capabilities: &Capabilities, outputs: &dyn Fn(&Map<'_>) -> Map<'static>| {
        let mut creation = creation(&json);
        if let Some(agreement) = creation.key_agreement(capabilities) {
            creation = creation.with_salts(agreed(agreement, &authenticator));
        }
        let asked = creation.ask(capabilities).unwrap();
        let sent = parameters(&asked.request);
        let extensions = sent.get(6).unwrap().as_map().unwrap();
        assert_eq!(extensions.get("hmac-secret"), Some(&Cbor::from(true)));
        let mut data = common::authenticator_data(RP_ID, 0x85, Some((ID, cose(&key()))));
        data.extend(encode(&Cbor::from(outputs(extensions))));
        let reply = ok(registered(&asked.request, &data, &key()));
        let registration = creation.finish(&asked, &reply, capabilities).unwrap();
        registration.to_json()["clientExtensionResults"]["prf"].clone()
    };
    let without = capabilities(&["hmac-secret"], &[2], true);
    assert_eq!(
        finished(&without, &|sent| {
            assert!(sent.get("hmac-secret-mc").is_none());
            Map::new().with("hmac-secret", true)
        }),
        json!({ "enabled": true })
    );
    assert_eq!(
        finished(&without, &|_| Map::new().with("hmac-secret", false)),
        json!({ "enabled": false })
    );
    let with = capabilities(&["hmac-secret", "hmac-secret-mc"], &[2], true);
    let evaluated = finished(&with, &|sent| {
        let input = sent.get("hmac-secret-mc").unwrap().as_map().unwrap();
        assert_eq!(authenticator.salts(input, 2), salt(&[0]));
        Map::new()
            .with("hmac-secret", true)
            .with("hmac-secret-mc", authenticator.seal(input, 2, &[5; 32]))
    });
    assert_eq!(
        evaluated["results"]["first"],
        "BQUFBQUFBQUFBQUFBQUFBQUFBQUFBQUFBQUFBQUFBQU"
    );
}

#[test]
fn a_key_that_is_none_ends_it_and_no_key_goes_without() {
    let capabilities = capabilities(&["hmac-secret"], &[2], true);
    let with = |reply: &[u8]| {
        let assertion = with_inputs(&json!({ "eval": { "first": "AA" } }));
        let agreement = assertion.key_agreement(&capabilities).unwrap();
        agreement.agree(reply, &mut rng()).map(|salts| salts.is_some())
    };
    let good = Authenticator::new(3);
    assert_eq!(with(&good.key()), Ok(true));
    let signature_key = ok(Map::new().with(1, cose(&key())));
    let mut off_the_curve = good.key();
    *off_the_curve.last_mut().unwrap() ^= 1;
    for lie in [
        off_the_curve,
        agreement_key(&[0; 32], &[0; 32]),
        agreement_key(&[1; 31], &[1; 32]),
        signature_key,
        vec![0],
        vec![0, 0xA0],
        vec![],
        [good.key(), vec![0]].concat(),
    ] {
        assert_eq!(with(&lie), Err(AnswerError::KeyAgreement), "{lie:02x?}");
    }
    for refusal in [[0x01], [0x2C], [0x7F]] {
        assert_eq!(with(&refusal), Ok(false));
    }
}

#[test]
fn each_lie_about_outputs_has_its_error() {
    let authenticator = Authenticator::new(3);
    let finish = |change: &dyn Fn(&[u8], &Map<'_>) -> Vec<u8>| {
        let capabilities = capabilities(&["hmac-secret"], &[2], true);
        let assertion = with_inputs(&json!({ "eval": { "first": "AA", "second": "AQ" } }));
        let agreement = assertion.key_agreement(&capabilities).unwrap();
        let assertion = assertion.with_salts(agreed(agreement, &authenticator));
        let request = assertion.ask(&capabilities).unwrap();
        let sent = parameters(&request);
        let reply = change(&request, input_of(&sent, 4, "hmac-secret"));
        Ok::<_, AnswerError>(assertion.finish(&reply, &[])?.prf().map(|results| results.first))
    };
    let output = |bytes: Cbor<'static>, flags: u8| {
        finish(&move |request, _| evaluated(request, flags, &Map::new().with("hmac-secret", bytes.clone())))
    };
    let sealed = |length: usize, flags: u8| {
        finish(&|request, input| {
            let output = authenticator.seal(input, 2, &vec![5; length]);
            evaluated(request, flags, &Map::new().with("hmac-secret", output))
        })
    };
    assert_eq!(sealed(64, 0x05), Ok(Some([5; 32])));
    assert_eq!(
        sealed(64, 0x01),
        Ok(None),
        "of a person who was not verified it is another function's"
    );
    let malformed = Err(AnswerError::Malformed("hmac-secret"));
    for length in [0, 16, 32, 48, 80, 96] {
        assert_eq!(sealed(length, 0x05), malformed, "{length}");
    }
    assert_eq!(output(Cbor::from(vec![1_u8; 79]), 0x05), malformed);
    assert_eq!(output(Cbor::from(vec![1_u8; 15]), 0x05), malformed);
    assert_eq!(output(Cbor::from(true), 0x05), malformed);
    assert_eq!(
        finish(&|request, _| evaluated(request, 0x05, &Map::new())),
        Ok(None)
    );
    // It opened the envelope with another key than the one that it gave.
    assert_eq!(finish(&|_, _| vec![0x33]), Err(AnswerError::KeyAgreement));
    assert_eq!(
        finish(&|_, _| vec![0x27]),
        Err(AnswerError::Status(StatusCode::OperationDenied))
    );
}

proptest! {
    #[test]
    fn arbitrary_replies_never_panic(key in proptest::collection::vec(any::<u8>(), 0..120), output: Vec<u8>) {
        let capabilities = capabilities(&["hmac-secret"], &[2], true);
        let agreement = || with_inputs(&json!({ "eval": { "first": "AA" } })).key_agreement(&capabilities).unwrap();
        let _ = agreement().agree(&key, &mut rng());
        let assertion = with_inputs(&json!({ "eval": { "first": "AA" } }));
        let assertion = assertion.with_salts(agreed(agreement(), &Authenticator::new(3)));
        let request = assertion.ask(&capabilities).unwrap();
        let reply = evaluated(&request, 0x05, &Map::new().with("hmac-secret", output));
        let _ = assertion.finish(&reply, &[]);
    }
}
