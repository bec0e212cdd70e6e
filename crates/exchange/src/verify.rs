//! The check of a key: it signs, and its own public key verifies the signature.

use ecdsa::signature::Verifier as _;
use roamkey_authenticator::PrivateKey;
use roamkey_ctap::CoseKey;

/// Tells whether `key` makes a signature over `challenge` that its public key verifies.
///
/// Keys read from a file have been compared with the public key beside them, so this is the key that the site knows.
#[must_use]
pub fn signs(key: &PrivateKey, challenge: &[u8]) -> bool {
    let Ok(signature) = key.sign(&[challenge]) else {
        return false;
    };
    match key.public_key() {
        CoseKey::Es256 { x, y } => {
            let point = [&[0x04], x.as_slice(), &y].concat();
            let key = p256::ecdsa::VerifyingKey::from_sec1_bytes(&point);
            let signature = p256::ecdsa::Signature::from_der(&signature);
            matches!((key, signature), (Ok(key), Ok(signature)) if key.verify(challenge, &signature).is_ok())
        }
        CoseKey::EdDsa { x } => {
            let key = ed25519_dalek::VerifyingKey::from_bytes(&x);
            let signature = ed25519_dalek::Signature::from_slice(&signature);
            matches!((key, signature), (Ok(key), Ok(signature)) if key.verify_strict(challenge, &signature).is_ok())
        }
        // RSA signatures are verified as they are made (see `roamkey_authenticator::RsaPrivateKey`).
        CoseKey::Rs256 { .. } => true,
        CoseKey::Ecdh { .. } => false,
    }
}
