//! Vectors from elsewhere for the primitives: Wycheproof's for the verifiers that judge our signatures in these tests,
//! and for HKDF; the RFCs' for our own signatures, which are deterministic.

#![allow(
    clippy::unwrap_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "a test fails by panicking"
)]

use std::path::Path;

use p256::ecdsa::signature::Verifier;
use roamkey_authenticator::PrivateKey;
use roamkey_ctap::{Algorithm, CoseKey};
use serde::Deserialize;
use serde::de::DeserializeOwned;
use sha2::Sha256;

#[derive(Deserialize)]
struct Signature {
    #[serde(rename = "tcId")]
    number: u32,
    comment: String,
    result: String,
    key: String,
    msg: String,
    sig: String,
}

#[derive(Deserialize)]
struct Hkdf {
    #[serde(rename = "tcId")]
    number: u32,
    result: String,
    ikm: String,
    salt: String,
    info: String,
    size: usize,
    okm: String,
}

fn vectors<T: DeserializeOwned>(name: &str) -> Vec<T> {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/wycheproof");
    serde_json::from_slice(&std::fs::read(path.join(name)).unwrap()).unwrap()
}

fn bytes(hex: &str) -> Vec<u8> {
    hex::decode(hex).unwrap()
}

#[test]
fn the_verifier_of_es256_takes_what_is_valid_and_nothing_else() {
    let vectors: Vec<Signature> = vectors("ecdsa_secp256r1_sha256.json");
    assert_eq!(vectors.len(), 484);
    for vector in vectors {
        let key = p256::ecdsa::VerifyingKey::from_sec1_bytes(&bytes(&vector.key)).unwrap();
        let verified = p256::ecdsa::Signature::from_der(&bytes(&vector.sig))
            .and_then(|signature| key.verify(&bytes(&vector.msg), &signature))
            .is_ok();
        assert_eq!(
            verified,
            vector.result == "valid",
            "{} {}",
            vector.number,
            vector.comment
        );
    }
}

#[test]
fn the_verifier_of_eddsa_takes_what_is_valid_and_nothing_else() {
    let vectors: Vec<Signature> = vectors("ed25519.json");
    assert_eq!(vectors.len(), 151);
    for vector in vectors {
        let key = ed25519_dalek::VerifyingKey::from_bytes(&bytes(&vector.key).try_into().unwrap()).unwrap();
        let verified = ed25519_dalek::Signature::from_slice(&bytes(&vector.sig))
            .and_then(|signature| key.verify_strict(&bytes(&vector.msg), &signature))
            .is_ok();
        assert_eq!(
            verified,
            vector.result == "valid",
            "{} {}",
            vector.number,
            vector.comment
        );
    }
}

#[test]
fn hkdf_gives_the_known_keys() {
    let vectors: Vec<Hkdf> = vectors("hkdf_sha256.json");
    assert_eq!(vectors.len(), 86);
    for vector in vectors {
        let kdf = hkdf::Hkdf::<Sha256>::new(Some(&bytes(&vector.salt)), &bytes(&vector.ikm));
        let mut okm = vec![0; vector.size];
        let derived = kdf.expand(&bytes(&vector.info), &mut okm).is_ok();
        assert_eq!(derived, vector.result == "valid", "{}", vector.number);
        assert!(!derived || okm == bytes(&vector.okm), "{}", vector.number);
    }
}

#[test]
fn es256_signs_as_in_rfc_6979() {
    // RFC 6979 A.2.5, P-256 with SHA-256, message "sample".
    let key = bytes("c9afa9d845ba75166b5c215767b1d6934e50c3db36e89b127b8a622b120f6721");
    let key = PrivateKey::from_bytes(Algorithm::Es256, &key).unwrap();
    let CoseKey::Es256 { x, .. } = key.public_key() else {
        panic!("wrong kind")
    };
    assert_eq!(
        hex::encode(x),
        "60fed4ba255a9d31c961eb74c6356d68c049b8923b61fa6ce669622e60f29fb6"
    );
    let signature = p256::ecdsa::Signature::from_der(&key.sign(&[b"sam", b"ple"]).unwrap()).unwrap();
    assert_eq!(
        hex::encode(signature.to_bytes()),
        "efd48b2aacb6a8fd1140dd9cd45e81d69d2c877b56aaf991c34d0ea84eaf3716\
         f7cb1c942d657c41d436c7a1b6e29f65f3e900dbb9aff4064dc4ab2f843acda8"
    );
}

#[test]
fn eddsa_signs_as_in_rfc_8032() {
    // RFC 8032 §7.1, test 1, the empty message, and test 2, one byte.
    for (key, message, signature) in [
        (
            "9d61b19deffd5a60ba844af492ec2cc44449c5697b326919703bac031cae7f60",
            &b""[..],
            "e5564300c360ac729086e2cc806e828a84877f1eb8e5d974d873e065224901555\
             fb8821590a33bacc61e39701cf9b46bd25bf5f0595bbe24655141438e7a100b",
        ),
        (
            "4ccd089b28ff96da9db6c346ec114e0f5b8a319f35aba624da8cf6ed4fb8a6fb",
            &[0x72],
            "92a009a9f0d4cab8720e820b5f642540a2b27b5416503f8fb3762223ebdb69da0\
             85ac1e43e15996e458f3613d0f11d8c387b2eaeb4302aeeb00d291612bb0c00",
        ),
    ] {
        let key = PrivateKey::from_bytes(Algorithm::EdDsa, &bytes(key)).unwrap();
        assert_eq!(hex::encode(key.sign(&[message]).unwrap()), signature);
    }
}
