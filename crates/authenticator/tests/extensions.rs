//! The extensions of `with_all_extensions`, with a client platform written from the standard's text.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "a test fails by panicking"
)]

mod common;

use aes::cipher::{BlockCipherDecrypt, BlockCipherEncrypt, KeyInit};
use common::*;
use hmac::{Hmac, Mac};
use p256::elliptic_curve::sec1::ToSec1Point;
use roamkey_authenticator::{Authenticator, Outcome, UserVerificationState};
use roamkey_ctap::get_info::Info;
use roamkey_ctap::make_credential::Options;
use roamkey_ctap::{
    ClientPin, Command, CoseKey, CredProtect, CredentialId, HmacSecretInput, KeyAgreement, PrfEvaluation,
    PrfInputs,
};
use sha2::Sha256;

fn device() -> Device {
    let mut device = Device::new();
    device.authenticator =
        Authenticator::with_all_extensions(UserVerificationState::Configured, &mut device.rng);
    device
}

/// The client platform's half of PIN/UV auth protocol 2.
struct Platform {
    public_key: CoseKey,
    hmac: [u8; 32],
    aes: aes::Aes256,
}

impl Platform {
    fn agree(device: &mut Device) -> Self {
        let request = ClientPin {
            protocol: Some(2),
            subcommand: ClientPin::GET_KEY_AGREEMENT,
        };
        let answer = device.run(
            Command::ClientPin(request),
            Person::Refuses(roamkey_authenticator::Refusal::Denied),
        );
        let KeyAgreement(CoseKey::Ecdh { x, y }) = KeyAgreement::decode(answer.bytes()).unwrap() else {
            panic!("not a key agreement key")
        };
        let peer = p256::PublicKey::from_sec1_bytes(&[&[4], &x[..], &y[..]].concat()).unwrap();
        let own = p256::SecretKey::from_slice(&[0x42; 32]).unwrap();
        let z = p256::ecdh::diffie_hellman(own.to_nonzero_scalar(), peer.as_affine());
        let kdf = hkdf::Hkdf::<Sha256>::new(Some(&[0; 32]), z.raw_secret_bytes());
        let derive = |info: &[u8]| {
            let mut key = [0; 32];
            kdf.expand(info, &mut key).unwrap();
            key
        };
        let point = own.public_key().to_sec1_point(false);
        Self {
            public_key: CoseKey::Ecdh {
                x: (*point.x().unwrap()).into(),
                y: (*point.y().unwrap()).into(),
            },
            hmac: derive(b"CTAP2 HMAC key"),
            aes: aes::Aes256::new(&derive(b"CTAP2 AES key").into()),
        }
    }

    fn seal(&self, salts: &[u8]) -> HmacSecretInput {
        let mut salt_enc = vec![9; 16];
        for block in salts.chunks(16) {
            let previous = &salt_enc[salt_enc.len() - 16..];
            let mixed: Vec<u8> = block.iter().zip(previous).map(|(a, b)| a ^ b).collect();
            let mut out = <[u8; 16]>::try_from(mixed).unwrap().into();
            self.aes.encrypt_block(&mut out);
            salt_enc.extend_from_slice(&out);
        }
        let tag = Hmac::<Sha256>::new_from_slice(&self.hmac)
            .unwrap()
            .chain_update(&salt_enc)
            .finalize();
        let salt_auth = tag.into_bytes().to_vec();
        HmacSecretInput {
            key_agreement: self.public_key.clone(),
            salt_enc,
            salt_auth,
            protocol: Some(2),
        }
    }

    fn open(&self, sealed: &[u8]) -> Vec<u8> {
        let blocks: Vec<&[u8]> = sealed.chunks(16).collect();
        let decrypt = |pair: &[&[u8]]| {
            let mut out = <[u8; 16]>::try_from(pair[1]).unwrap().into();
            self.aes.decrypt_block(&mut out);
            out.iter().zip(pair[0]).map(|(a, b)| a ^ b).collect::<Vec<u8>>()
        };
        blocks.windows(2).flat_map(decrypt).collect()
    }
}

fn signed_extensions(auth_data: &[u8]) -> ciborium::Value {
    assert_eq!(auth_data[32] & ED, ED);
    ciborium::from_reader(&auth_data[37..]).unwrap()
}

/// Reads a getAssertion response whose authenticator data has extensions.
fn auth_data(message: &[u8]) -> Vec<u8> {
    assert_eq!(message[0], 0, "status {:02x}", message[0]);
    let response = roamkey_ctap::get_assertion::Response::decode(message).unwrap();
    response.auth_data
}

fn assertion_with(input: HmacSecretInput) -> GetAssertion {
    let mut request = good_assertion();
    request.extensions.hmac_secret = Some(input);
    request
}

#[test]
fn get_info_names_them_only_where_they_are_offered() {
    let info = Info::decode(&device().authenticator.get_info()).unwrap();
    assert_eq!(
        info.extensions,
        [
            "credBlob",
            "credProtect",
            "hmac-secret",
            "hmac-secret-mc",
            "largeBlob",
            "prf"
        ]
    );
    assert_eq!(
        (info.pin_uv_auth_protocols, info.max_cred_blob_length),
        (vec![2], Some(64))
    );
    let info = Info::decode(&Device::new().authenticator.get_info()).unwrap();
    assert_eq!(info.extensions, ["largeBlob", "prf"]);
    assert_eq!(
        (info.pin_uv_auth_protocols, info.max_cred_blob_length),
        (vec![], None)
    );
}

#[test]
fn key_agreement_is_answered_without_asking_and_other_subcommands_are_not_there() {
    let mut device = device();
    let mut status = |protocol, subcommand| {
        device
            .run(
                Command::ClientPin(ClientPin { protocol, subcommand }),
                Person::Approves(0),
            )
            .bytes()[0]
    };
    assert_eq!(status(Some(2), 2), 0x00);
    assert_eq!(status(Some(1), 2), 0x02);
    assert_eq!(status(None, 2), 0x14);
    for subcommand in [0, 1, 3, 4, 5, 6, 7, 8, 9, 99] {
        assert_eq!(status(Some(2), subcommand), 0x3E);
    }
}

#[test]
fn hmac_secret_and_prf_evaluate_the_same_function() {
    let mut device = device();
    let mut creation = good_creation();
    creation.extensions.hmac_secret = Some(true);
    let platform = Platform::agree(&mut device);
    creation.extensions.hmac_secret_mc = Some(platform.seal(&[1; 32]));
    let salts = PrfEvaluation {
        first: [1; 32],
        second: Some([2; 32]),
    };
    creation.extensions.prf = Some(PrfInputs {
        eval: Some(salts.clone()),
        ..PrfInputs::default()
    });
    let created = device.create(creation);

    let outputs = created.extensions.as_ref().unwrap();
    assert_eq!(text_item(outputs, "hmac-secret").as_bool(), Some(true));
    let at_creation = platform.open(text_item(outputs, "hmac-secret-mc").as_bytes().unwrap());
    let results = text_item(text_item(created.unsigned.as_ref().unwrap(), "prf"), "results").clone();
    assert_eq!(&at_creation, text_item(&results, "first").as_bytes().unwrap());

    let request = assertion_with(platform.seal(&[[1; 32], [2; 32]].concat()));
    let answer = device.run(get(request), Person::Approves(0));
    let outputs = signed_extensions(&auth_data(answer.bytes()));
    let both = platform.open(text_item(&outputs, "hmac-secret").as_bytes().unwrap());
    assert_eq!(both[..32], at_creation);
    assert_eq!(&both[32..], text_item(&results, "second").as_bytes().unwrap());

    let mut request = assertion_with(platform.seal(&[1; 32]));
    request.options.uv = None;
    let answer = device.run(get(request), Person::Approves(0));
    let outputs = signed_extensions(&auth_data(answer.bytes()));
    let unverified = platform.open(text_item(&outputs, "hmac-secret").as_bytes().unwrap());
    assert_ne!(unverified, at_creation);
}

#[test]
fn salts_that_do_not_verify_are_refused_without_asking() {
    let mut device = device();
    device.create(good_creation());
    let platform = Platform::agree(&mut device);
    let good = platform.seal(&[1; 32]);
    let mut status = |input: HmacSecretInput| {
        let answer = device.run(
            get(assertion_with(input)),
            Person::Refuses(roamkey_authenticator::Refusal::Denied),
        );
        assert!(answer.bytes() == [0x27] || matches!(answer.outcome(), Outcome::Rejected(_)));
        answer.bytes()[0]
    };
    assert_eq!(status(good.clone()), 0x27);
    let mut changed = good.clone();
    changed.salt_enc[20] ^= 1;
    assert_eq!(status(changed), 0x33);
    let mut changed = good.clone();
    changed.salt_auth.truncate(16);
    assert_eq!(status(changed), 0x33);
    assert_eq!(
        status(HmacSecretInput {
            protocol: None,
            ..good.clone()
        }),
        0x33
    );
    for protocol in [Some(1), Some(3)] {
        assert_eq!(
            status(HmacSecretInput {
                protocol,
                ..good.clone()
            }),
            0x02
        );
    }
    let off_curve = CoseKey::Ecdh {
        x: [1; 32],
        y: [1; 32],
    };
    assert_eq!(
        status(HmacSecretInput {
            key_agreement: off_curve,
            ..good.clone()
        }),
        0x02
    );
    for length in [0, 16, 48, 80, 96] {
        assert_eq!(status(platform.seal(&vec![1; length])), 0x02, "{length}");
    }
}

#[test]
fn hmac_secret_needs_user_presence() {
    let mut device = device();
    device.create(good_creation());
    let mut request = assertion_with(Platform::agree(&mut device).seal(&[1; 32]));
    request.options = Options {
        rk: None,
        up: Some(false),
        uv: None,
    };
    assert_eq!(device.get_status(request), 0x2B);
}

#[test]
fn salts_at_creation_count_only_beside_hmac_secret() {
    let mut device = device();
    let mut creation = good_creation();
    creation.extensions.hmac_secret_mc = Some(Platform::agree(&mut device).seal(&[1; 32]));
    assert!(device.create(creation).extensions.is_none());
}

#[test]
fn what_is_not_offered_is_ignored() {
    let platform = Platform::agree(&mut device());
    let mut device = Device::new();
    let mut creation = good_creation();
    creation.extensions.hmac_secret = Some(true);
    creation.extensions.cred_blob = Some(vec![1; 8]);
    creation.extensions.hmac_secret_mc = Some(platform.seal(&[1; 32]));
    let created = device.create(creation);
    assert!(created.extensions.is_none());
    let mut request = assertion_with(platform.seal(&[1; 32]));
    request.extensions.cred_blob = Some(true);
    assert_eq!(device.sign_in(request).flags & ED, 0);
}

#[test]
fn a_blob_is_kept_up_to_its_limit_and_returned_when_asked_for() {
    for (length, kept) in [(0, true), (1, true), (64, true), (65, false)] {
        let mut device = device();
        let mut creation = good_creation();
        creation.extensions.cred_blob = Some(vec![5; length]);
        let created = device.create(creation);
        let output = text_item(created.extensions.as_ref().unwrap(), "credBlob").as_bool();
        assert_eq!(output, Some(kept), "{length}");
        let mut request = good_assertion();
        request.extensions.cred_blob = Some(true);
        let answer = device.run(get(request), Person::Approves(0));
        let outputs = signed_extensions(&auth_data(answer.bytes()));
        let blob = text_item(&outputs, "credBlob").as_bytes().unwrap().clone();
        assert_eq!(blob, vec![5; if kept { length } else { 0 }]);
        let mut request = good_assertion();
        request.extensions.cred_blob = Some(false);
        assert_eq!(device.sign_in(request).flags & ED, 0);
    }
}

#[test]
fn a_token_cannot_verify_where_none_are_given_out() {
    let mut device = device();
    let mut request = good_assertion();
    request.pin_uv_auth_param = Some(vec![0; 32]);
    request.pin_uv_auth_protocol = Some(2);
    assert_eq!(device.get_status(request.clone()), 0x33);
    request.pin_uv_auth_protocol = Some(1);
    assert_eq!(device.get_status(request), 0x02);
    // What comes first in the standard wins: an unsupported algorithm, an option that is not allowed.
    let mut creation = good_creation();
    creation.pin_uv_auth_param = Some(vec![0; 32]);
    creation.pin_uv_auth_protocol = Some(2);
    assert_eq!(device.make_status(creation.clone()), 0x33);
    creation.options.up = Some(false);
    assert_eq!(device.make_status(creation.clone()), 0x2C);
    creation.pub_key_cred_params.clear();
    assert_eq!(device.make_status(creation), 0x26);
    // Chromium names the protocol also where it proves nothing.
    let mut creation = good_creation();
    creation.pin_uv_auth_protocol = Some(2);
    creation.extensions.cred_protect = CredProtect::from_level(2);
    assert_eq!(device.make_status(creation), 0x00);
    let id = CredentialId::new(device.store.all()[0].1.id.as_bytes());
    assert!(device.store.remove(&id));
}

#[test]
fn a_token_means_nothing_where_no_verification_is_set_up() {
    let mut device = Device::with(UserVerificationState::NotConfigured);
    device.authenticator =
        Authenticator::with_all_extensions(UserVerificationState::NotConfigured, &mut device.rng);
    let mut creation = good_creation();
    creation.pin_uv_auth_param = Some(vec![0; 32]);
    creation.pin_uv_auth_protocol = Some(2);
    let created = device.create(creation);
    assert_eq!(created.flags & (UP | UV), UP);
    let mut request = good_assertion();
    request.pin_uv_auth_param = Some(vec![0; 32]);
    request.pin_uv_auth_protocol = Some(2);
    assert_eq!(device.sign_in(request).flags & (UP | UV), UP);
}
