//! Private keys as files have them: PKCS#8 (RFC 5958), DER or PEM.
//!
//! ```text
//! ES256   30 81 87 … { version 0, { ecPublicKey, prime256v1 }, ECPrivateKey { 1, scalar, [1] public key } }   138 bytes
//! EdDSA   30 2e … { version 0, { Ed25519 }, OCTET STRING { seed } }                                           48 bytes
//! RS256   { version 0, { rsaEncryption, NULL }, RSAPrivateKey }                                    1216 bytes and more
//! ```
//!
//! ES256 keys are written with their public key: some importers want it, and a restore drill verifies against it.

use pkcs8::der::Decode as _;
use pkcs8::{ObjectIdentifier, PrivateKeyInfoRef};
use roamkey_authenticator::{KeyError, PrivateKey, RsaPrivateKey};
use roamkey_ctap::{Algorithm, CoseKey};
use sec1::EcPrivateKey;
use zeroize::Zeroizing;

/// Why bytes are not a key that can sign here.
#[derive(Clone, Copy, Debug, Eq, PartialEq, thiserror::Error)]
pub enum KeyFault {
    /// They are no PKCS#8 key, or a damaged one.
    #[error("the private key is damaged")]
    Damaged,
    /// A key of another curve, kind or size.
    #[error("the private key is of a kind that can't sign here")]
    Unsupported,
    /// The public key beside it is another key's.
    #[error("the private key and the public key beside it do not belong together")]
    Mismatch,
}

/// Reads a key from DER.
///
/// # Errors
///
/// [`KeyFault`].
pub fn from_pkcs8(der: &[u8]) -> Result<PrivateKey, KeyFault> {
    let info = PrivateKeyInfoRef::from_der(der).map_err(|_| KeyFault::Damaged)?;
    let public = info.public_key.as_ref().and_then(|bits| bits.as_bytes());
    match info.algorithm.oid {
        EC_PUBLIC_KEY => {
            if info.algorithm.parameters_oid() != Ok(PRIME256V1) {
                return Err(KeyFault::Unsupported);
            }
            let key = EcPrivateKey::from_der(info.private_key.as_bytes()).map_err(|_| KeyFault::Damaged)?;
            let own =
                PrivateKey::from_bytes(Algorithm::Es256, key.private_key).map_err(|_| KeyFault::Damaged)?;
            with_public(own, key.public_key.or(public))
        }
        ED25519 => {
            // The seed is an OCTET STRING inside the OCTET STRING (RFC 8410 §7).
            let [0x04, 0x20, seed @ ..] = info.private_key.as_bytes() else {
                return Err(KeyFault::Damaged);
            };
            let own = PrivateKey::from_bytes(Algorithm::EdDsa, seed).map_err(|_| KeyFault::Damaged)?;
            with_public(own, public)
        }
        RSA_ENCRYPTION => match RsaPrivateKey::from_pkcs8(der) {
            Ok(key) => Ok(PrivateKey::Rs256(Box::new(key))),
            Err(KeyError::Unsupported) => Err(KeyFault::Unsupported),
            Err(_) => Err(KeyFault::Damaged),
        },
        _ => Err(KeyFault::Unsupported),
    }
}

/// Reads a key from PEM, `-----BEGIN PRIVATE KEY-----`.
///
/// # Errors
///
/// [`KeyFault`].
pub fn from_pem(text: &str) -> Result<PrivateKey, KeyFault> {
    let body = text
        .trim()
        .strip_prefix(PEM_BEGIN)
        .and_then(|rest| rest.strip_suffix(PEM_END));
    let body = body.ok_or(KeyFault::Damaged)?;
    let digits: Zeroizing<String> =
        Zeroizing::new(body.chars().filter(|sign| !sign.is_whitespace()).collect());
    from_pkcs8(&crate::fields::base64(&digits).ok_or(KeyFault::Damaged)?)
}

/// Writes a key as DER.
#[must_use]
pub fn to_pkcs8(key: &PrivateKey) -> Zeroizing<Vec<u8>> {
    let secret = key.to_bytes();
    match key.public_key() {
        CoseKey::Es256 { x, y } => {
            Zeroizing::new([P256_BEGIN, &secret, P256_PUBLIC, x.as_slice(), y.as_slice()].concat())
        }
        CoseKey::EdDsa { .. } => Zeroizing::new([ED25519_BEGIN, secret.as_slice()].concat()),
        CoseKey::Rs256 { .. } | CoseKey::Ecdh { .. } => rsa(key),
    }
}

/// Writes a key as PEM, in lines of 64 characters.
#[must_use]
pub fn to_pem(key: &PrivateKey) -> Zeroizing<String> {
    use base64::Engine as _;
    let encoded = Zeroizing::new(base64::engine::general_purpose::STANDARD.encode(&*to_pkcs8(key)));
    let mut pem = Zeroizing::new(String::with_capacity(
        encoded.len().saturating_mul(2).saturating_add(64),
    ));
    pem.push_str(PEM_BEGIN);
    pem.push('\n');
    for (place, digit) in encoded.chars().enumerate() {
        if place > 0 && place % 64 == 0 {
            pem.push('\n');
        }
        pem.push(digit);
    }
    pem.push('\n');
    pem.push_str(PEM_END);
    pem.push('\n');
    pem
}

/// No other key has an RSA public key.
fn rsa(key: &PrivateKey) -> Zeroizing<Vec<u8>> {
    if let PrivateKey::Rs256(key) = key {
        key.to_pkcs8()
    } else {
        Zeroizing::default()
    }
}

/// Compares the public key that a file has beside the private one.
fn with_public(key: PrivateKey, public: Option<&[u8]>) -> Result<PrivateKey, KeyFault> {
    let fits = match (key.public_key(), public) {
        (_, None) => true,
        (CoseKey::Es256 { x, y }, Some([0x04, rest @ ..])) => rest == [x, y].concat(),
        (CoseKey::Es256 { x, y }, Some([sign @ (0x02 | 0x03), rest @ ..])) => {
            rest == x && y.last().is_some_and(|byte| byte % 2 == sign % 2)
        }
        (CoseKey::EdDsa { x }, Some(rest)) => rest == x,
        (_, Some(_)) => false,
    };
    if fits { Ok(key) } else { Err(KeyFault::Mismatch) }
}

const EC_PUBLIC_KEY: ObjectIdentifier = ObjectIdentifier::new_unwrap("1.2.840.10045.2.1");
const PRIME256V1: ObjectIdentifier = ObjectIdentifier::new_unwrap("1.2.840.10045.3.1.7");
const ED25519: ObjectIdentifier = ObjectIdentifier::new_unwrap("1.3.101.112");
const RSA_ENCRYPTION: ObjectIdentifier = ObjectIdentifier::new_unwrap("1.2.840.113549.1.1.1");

/// Up to the scalar.
const P256_BEGIN: &[u8] = &[
    0x30, 0x81, 0x87, 0x02, 0x01, 0x00, 0x30, 0x13, 0x06, 0x07, 0x2a, 0x86, 0x48, 0xce, 0x3d, 0x02, 0x01,
    0x06, 0x08, 0x2a, 0x86, 0x48, 0xce, 0x3d, 0x03, 0x01, 0x07, 0x04, 0x6d, 0x30, 0x6b, 0x02, 0x01, 0x01,
    0x04, 0x20,
];
/// Between the scalar and the coordinates.
const P256_PUBLIC: &[u8] = &[0xa1, 0x44, 0x03, 0x42, 0x00, 0x04];
/// Up to the seed.
const ED25519_BEGIN: &[u8] = &[
    0x30, 0x2e, 0x02, 0x01, 0x00, 0x30, 0x05, 0x06, 0x03, 0x2b, 0x65, 0x70, 0x04, 0x22, 0x04, 0x20,
];
const PEM_BEGIN: &str = "-----BEGIN PRIVATE KEY-----";
const PEM_END: &str = "-----END PRIVATE KEY-----";
