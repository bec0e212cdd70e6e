//! RS256 keys: read from PKCS#8 and from primes, and signatures that OpenSSL made with the same key byte by byte
//! (RSASSA-PKCS1-v1_5 is deterministic).

#![allow(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    reason = "a test stops where it fails"
)]

use std::path::Path;

use roamkey_authenticator::{KeyError, PrivateKey, RsaPrivateKey};
use roamkey_ctap::{Algorithm, CoseKey};

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
        let again = PrivateKey::from_bytes(Algorithm::Rs256, &bytes).unwrap();
        assert_eq!(again.to_bytes(), bytes);
        assert_eq!(again.public_key(), key.public_key());
        let swapped = [&bytes[bits / 16..], &bytes[..bits / 16]].concat();
        let again = PrivateKey::from_bytes(Algorithm::Rs256, &swapped).unwrap();
        assert_eq!(again.sign(&[b"x"]).unwrap(), key.sign(&[b"x"]).unwrap());
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
