//! RS256 keys: read from PKCS#8 and from primes, and signatures that OpenSSL made with the same key byte by byte
//! (RSASSA-PKCS1-v1_5 is deterministic).

#![allow(
    clippy::unwrap_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "a test fails by panicking"
)]

mod common;

use std::path::Path;

use common::*;
use roamkey_authenticator::{
    Credential, CredentialStore, KeyError, PrfSeeds, PrivateKey, RsaPrivateKey, UnixTime,
};
use roamkey_ctap::{Algorithm, CoseKey, CredProtect, CredentialId, PublicKeyCredentialParameters};

fn file(name: &str) -> Vec<u8> {
    std::fs::read(Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/rsa").join(name)).unwrap()
}

fn key(bits: usize) -> PrivateKey {
    let key = RsaPrivateKey::from_pkcs8(&file(&format!("{bits}.pkcs8"))).unwrap();
    PrivateKey::Rs256(Box::new(key))
}

#[test]
fn signatures_are_those_of_another_implementation() {
    for bits in [2048, 3072, 4096] {
        let signature = key(bits).sign(&[b"roam", b"key"]).unwrap();
        assert_eq!(signature, file(&format!("{bits}.signature")), "{bits}");
    }
}

#[test]
fn a_key_is_stored_as_its_two_primes_and_comes_back() {
    for bits in [2048, 3072, 4096] {
        let key = key(bits);
        let bytes = key.to_bytes();
        assert_eq!(bytes.len(), bits / 8);
        assert!(bytes[..bits / 16] > bytes[bits / 16..], "the larger one first");
        let again = PrivateKey::from_bytes(Algorithm::Rs256, &bytes).unwrap();
        assert_eq!(again.to_bytes(), bytes);
        assert_eq!(again.public_key(), key.public_key());
        let swapped = [&bytes[bits / 16..], &bytes[..bits / 16]].concat();
        let again = PrivateKey::from_bytes(Algorithm::Rs256, &swapped).unwrap();
        assert_eq!(again.sign(&[b"x"]).unwrap(), key.sign(&[b"x"]).unwrap());
    }
}

#[test]
fn a_key_written_as_pkcs8_is_read_by_another_implementation_and_signs_the_same() {
    for bits in [2048, 3072, 4096] {
        let key = RsaPrivateKey::from_pkcs8(&file(&format!("{bits}.pkcs8"))).unwrap();
        let written = key.to_pkcs8();
        let pair = ring::rsa::KeyPair::from_pkcs8(&written).unwrap();
        let mut signature = vec![0; bits / 8];
        let random = ring::rand::SystemRandom::new();
        pair.sign(
            &ring::signature::RSA_PKCS1_SHA256,
            &random,
            b"roamkey",
            &mut signature,
        )
        .unwrap();
        assert_eq!(signature, file(&format!("{bits}.signature")), "{bits}");
        let again = RsaPrivateKey::from_pkcs8(&written).unwrap();
        assert_eq!(again.to_pkcs8(), written, "{bits}");
    }
}

#[test]
fn the_public_key_is_modulus_and_exponent() {
    let key = key(2048);
    assert_eq!(key.algorithm(), Algorithm::Rs256);
    let CoseKey::Rs256 { n, e } = key.public_key() else {
        panic!("wrong kind")
    };
    assert_eq!((n.len(), e.as_slice()), (256, [1, 0, 1].as_slice()));
    let public = ring::signature::RsaPublicKeyComponents { n, e };
    let signature = file("2048.signature");
    let verified = public.verify(
        &ring::signature::RSA_PKCS1_2048_8192_SHA256,
        b"roamkey",
        &signature,
    );
    assert!(verified.is_ok());
}

#[test]
fn keys_of_other_sizes_and_exponents_are_unsupported() {
    for name in ["1024.pkcs8", "exponent_3.pkcs8"] {
        let refused = RsaPrivateKey::from_pkcs8(&file(name)).unwrap_err();
        assert_eq!(refused, KeyError::Unsupported, "{name}");
    }
    for length in [0, 1, 128, 255, 257, 512 + 2, 1024] {
        let refused = RsaPrivateKey::from_primes(&vec![0xFF; length]).unwrap_err();
        assert_eq!(refused, KeyError::Unsupported, "{length}");
    }
}

#[test]
fn what_is_no_rsa_key_is_invalid() {
    assert!(RsaPrivateKey::from_pkcs8(&file("three_primes.pkcs8")).is_err());
    let good = file("2048.pkcs8");
    for end in [0, 1, 30, good.len() - 1] {
        assert_eq!(
            RsaPrivateKey::from_pkcs8(&good[..end]).unwrap_err(),
            KeyError::Invalid
        );
    }
    // Any number in it that is changed no longer fits the others: here one of the modulus, one of a prime.
    for at in [100, good.len() - 500] {
        let mut changed = good.clone();
        changed[at] ^= 0x04;
        assert!(RsaPrivateKey::from_pkcs8(&changed).is_err(), "{at}");
    }
    for primes in [[0; 256], [1; 256], [0xFF; 256]] {
        assert_eq!(
            RsaPrivateKey::from_primes(&primes).unwrap_err(),
            KeyError::Invalid
        );
    }
}

#[test]
fn keys_are_never_generated_and_never_shown() {
    let mut rng = <rand::rngs::StdRng as rand::SeedableRng>::seed_from_u64(1);
    assert!(PrivateKey::generate(Algorithm::Rs256, &mut rng).is_none());
    let key = RsaPrivateKey::from_pkcs8(&file("2048.pkcs8")).unwrap();
    assert_eq!(format!("{key:?}"), "RsaPrivateKey(..)");
}

#[test]
fn an_imported_passkey_signs_in_with_rs256() {
    let mut device = Device::new();
    let key = key(2048);
    let imported = Credential {
        id: CredentialId::new(*b"imported"),
        rp_id: rp_id("example.com"),
        user: user(b"alice", "alice"),
        key: PrivateKey::from_bytes(Algorithm::Rs256, &key.to_bytes()).unwrap(),
        prf_seeds: PrfSeeds::generate(&mut device.rng),
        discoverable: true,
        cred_protect: CredProtect::default(),
        cred_blob: None,
        backup_eligible: true,
        backup_state: true,
        created_at: UnixTime(1),
    };
    device.store.create(&imported, &[], UnixTime(1)).unwrap();
    let signed = device.sign_in(good_assertion());
    assert_eq!(
        (signed.id.as_slice(), signed.flags),
        (b"imported".as_slice(), UP | UV | BE | BS)
    );
    assert_eq!(
        signed.signature,
        key.sign(&[&signed.auth_data, &CLIENT_DATA_HASH]).unwrap()
    );
}

#[test]
fn no_passkey_is_made_for_rs256_alone() {
    let mut device = Device::new();
    let mut request = good_creation();
    request.pub_key_cred_params = vec![PublicKeyCredentialParameters::new(Algorithm::Rs256)];
    assert_eq!(device.make_status(request.clone()), 0x26);
    request
        .pub_key_cred_params
        .push(PublicKeyCredentialParameters::new(Algorithm::EdDsa));
    let created = device.create(request);
    assert_eq!(
        item(&created.public_key, 3).as_integer().map(i128::from),
        Some(-8)
    );
}
