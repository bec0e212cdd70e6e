//! Public keys of any authenticator: from COSE, to the form that servers take, and to verify with.
//!
//! ```text
//! ES256 -7   {1: 2, 3: -7, -1: 1, -2: x, -3: y}        ES384 -35   the same with -1: 2 and 48 bytes
//! EdDSA -8   {1: 1, 3: -8, -1: 6, -2: x}               RS256 -257  {1: 3, 3: -257, -1: n, -2: e}
//! ```
//!
//! A key of any other algorithm passes through; it has no `SubjectPublicKeyInfo` and verifies nothing here, as
//! WebAuthn L3 §5.2.1.1 allows.

use ring::signature::{self, RsaPublicKeyComponents, UnparsedPublicKey, VerificationAlgorithm};
use roamkey_cbor::Value;

/// A public key and its COSE algorithm.
#[derive(Clone, PartialEq, Eq)]
pub struct PublicKey {
    algorithm: i64,
    key: Key,
}

#[derive(Clone, PartialEq, Eq)]
enum Key {
    /// `04 ‖ x ‖ y`, 65 bytes.
    P256(Vec<u8>),
    /// `04 ‖ x ‖ y`, 97 bytes.
    P384(Vec<u8>),
    Ed25519(Vec<u8>),
    /// Modulus and exponent, big endian without zeros in front.
    Rsa {
        n: Vec<u8>,
        e: Vec<u8>,
    },
    Other,
}

impl PublicKey {
    /// Reads a COSE key. `None` if it is none, or not what its algorithm demands.
    #[must_use]
    pub fn from_cose(value: &Value<'_>) -> Option<Self> {
        let map = value.as_map()?;
        let kind = map.get(1)?.as_i64()?;
        let algorithm = map.get(3)?.as_i64()?;
        let number = |key: i64| map.get(key).and_then(Value::as_i64);
        let bytes = |key: i64, length: usize| {
            map.get(key)
                .and_then(Value::as_bytes)
                .filter(|bytes| bytes.len() == length)
        };
        let point = |length: usize| Some([&[4], bytes(-2, length)?, bytes(-3, length)?].concat());
        let key = match algorithm {
            ES256 if (kind, number(-1)) == (2, Some(1)) => Key::P256(point(32)?),
            ES384 if (kind, number(-1)) == (2, Some(2)) => Key::P384(point(48)?),
            EDDSA if (kind, number(-1)) == (1, Some(6)) => Key::Ed25519(bytes(-2, 32)?.to_vec()),
            RS256 if kind == 3 => Key::Rsa {
                n: modulus_part(map.get(-1)?)?,
                e: modulus_part(map.get(-2)?)?,
            },
            ES256 | ES384 | EDDSA | RS256 => return None,
            _ => Key::Other,
        };
        Some(Self { algorithm, key })
    }

    /// The COSE algorithm number.
    #[must_use]
    pub fn algorithm(&self) -> i64 {
        self.algorithm
    }

    /// The key as `SubjectPublicKeyInfo` in DER (RFC 5280 §4.1), which server libraries take. `None` for an algorithm
    /// that is not known here.
    #[must_use]
    pub fn to_spki(&self) -> Option<Vec<u8>> {
        let (algorithm, key) = match &self.key {
            Key::P256(point) => (EC_P256, point.clone()),
            Key::P384(point) => (EC_P384, point.clone()),
            Key::Ed25519(x) => (ED25519, x.clone()),
            Key::Rsa { n, e } => (
                RSA,
                der(SEQUENCE, &[unsigned_integer(n), unsigned_integer(e)].concat()),
            ),
            Key::Other => return None,
        };
        let bits = der(BIT_STRING, &[&[0], key.as_slice()].concat());
        Some(der(SEQUENCE, &[der(SEQUENCE, algorithm), bits].concat()))
    }

    /// Verifies a signature as WebAuthn L3 §6.5.5 writes it. `None` for an algorithm that is not known here.
    #[must_use]
    pub fn verifies(&self, message: &[u8], signature: &[u8]) -> Option<bool> {
        let with = |algorithm: &'static dyn VerificationAlgorithm, key: &[u8]| {
            UnparsedPublicKey::new(algorithm, key)
                .verify(message, signature)
                .is_ok()
        };
        Some(match &self.key {
            Key::P256(point) => with(&signature::ECDSA_P256_SHA256_ASN1, point),
            Key::P384(point) => with(&signature::ECDSA_P384_SHA384_ASN1, point),
            Key::Ed25519(x) => with(&signature::ED25519, x),
            Key::Rsa { n, e } => RsaPublicKeyComponents { n, e }
                .verify(&signature::RSA_PKCS1_2048_8192_SHA256, message, signature)
                .is_ok(),
            Key::Other => return None,
        })
    }
}

impl std::fmt::Debug for PublicKey {
    /// Prints the algorithm only: a public key tells one account from another.
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "PublicKey({})", self.algorithm)
    }
}

/// A positive integer without zeros in front, of a length that RSA keys have.
fn modulus_part(value: &Value<'_>) -> Option<Vec<u8>> {
    let bytes = value.as_bytes()?;
    let significant = bytes.iter().position(|byte| *byte != 0)?;
    bytes
        .get(significant..)
        .filter(|bytes| bytes.len() <= MAX_RSA_BYTES)
        .map(<[u8]>::to_vec)
}

/// DER's integers are signed: one that begins with a set bit gets a zero in front.
fn unsigned_integer(bytes: &[u8]) -> Vec<u8> {
    let sign: &[u8] = if bytes.first().is_some_and(|first| *first >= 0x80) {
        &[0]
    } else {
        &[]
    };
    der(INTEGER, &[sign, bytes].concat())
}

/// Tag, length, content (X.690 §8.1). Contents here are at most some thousand bytes long.
fn der(tag: u8, content: &[u8]) -> Vec<u8> {
    let [high, low] = u16::try_from(content.len()).unwrap_or(u16::MAX).to_be_bytes();
    let mut out = vec![tag];
    match (high, low) {
        (0, 0..=0x7F) => out.push(low),
        (0, _) => out.extend([0x81, low]),
        _ => out.extend([0x82, high, low]),
    }
    out.extend_from_slice(content);
    out
}

const ES256: i64 = -7;
const EDDSA: i64 = -8;
const ES384: i64 = -35;
const RS256: i64 = -257;

const SEQUENCE: u8 = 0x30;
const INTEGER: u8 = 0x02;
const BIT_STRING: u8 = 0x03;
/// id-ecPublicKey, prime256v1.
const EC_P256: &[u8] = &[
    0x06, 0x07, 0x2A, 0x86, 0x48, 0xCE, 0x3D, 0x02, 0x01, 0x06, 0x08, 0x2A, 0x86, 0x48, 0xCE, 0x3D, 0x03,
    0x01, 0x07,
];
/// id-ecPublicKey, secp384r1.
const EC_P384: &[u8] = &[
    0x06, 0x07, 0x2A, 0x86, 0x48, 0xCE, 0x3D, 0x02, 0x01, 0x06, 0x05, 0x2B, 0x81, 0x04, 0x00, 0x22,
];
/// id-Ed25519.
const ED25519: &[u8] = &[0x06, 0x03, 0x2B, 0x65, 0x70];
/// rsaEncryption, NULL.
const RSA: &[u8] = &[
    0x06, 0x09, 0x2A, 0x86, 0x48, 0x86, 0xF7, 0x0D, 0x01, 0x01, 0x01, 0x05, 0x00,
];
/// 8192 bits.
const MAX_RSA_BYTES: usize = 1024;
