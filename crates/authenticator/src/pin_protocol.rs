//! PIN/UV auth protocol 2, its key agreement half (CTAP 2.3 §6.5.6 and §6.5.7). No PIN and no token: `hmac-secret`
//! needs nothing else.
//!
//! ```text
//! Z          x coordinate of ECDH on P-256, 32 bytes
//! HMAC key   HKDF-SHA-256(salt = 32 zero bytes, IKM = Z, info = "CTAP2 HMAC key")
//! AES key    HKDF-SHA-256(salt = 32 zero bytes, IKM = Z, info = "CTAP2 AES key")
//! encrypt    iv 16, random ‖ AES-256-CBC without padding
//! tag        HMAC-SHA-256(HMAC key, message), 32 bytes
//! ```

use std::fmt;

use aes::Aes256;
use aes::cipher::{BlockCipherDecrypt, BlockCipherEncrypt, KeyInit as _};
use hkdf::Hkdf;
use hmac::{Hmac, Mac};
use p256::ecdh::diffie_hellman;
use p256::elliptic_curve::Generate;
use p256::elliptic_curve::sec1::ToSec1Point;
use rand_core::CryptoRng;
use roamkey_ctap::CoseKey;
use sha2::Sha256;
use zeroize::Zeroizing;

/// The number of the protocol.
pub(crate) const PROTOCOL: u64 = 2;

/// A block of AES in bytes.
const BLOCK: usize = 16;

/// The authenticator's key agreement key: one for the lifetime of an `Authenticator`.
pub(crate) struct KeyAgreementKey(p256::SecretKey);

impl KeyAgreementKey {
    pub(crate) fn generate(rng: &mut dyn CryptoRng) -> Self {
        Self(p256::SecretKey::generate_from_rng(rng))
    }

    pub(crate) fn public_key(&self) -> CoseKey {
        let point = self.0.public_key().to_sec1_point(false);
        let coordinate = |bytes: Option<&p256::FieldBytes>| bytes.map_or([0; 32], |bytes| (*bytes).into());
        CoseKey::Ecdh {
            x: coordinate(point.x()),
            y: coordinate(point.y()),
        }
    }

    /// `decapsulate`: computes the shared secret; `None` when the peer's key is no point on the curve.
    pub(crate) fn decapsulate(&self, peer: &CoseKey) -> Option<SharedSecret> {
        let CoseKey::Ecdh { x, y } = peer else { return None };
        let peer = p256::PublicKey::from_sec1_bytes(&[&[4], &x[..], &y[..]].concat()).ok()?;
        let z = diffie_hellman(self.0.to_nonzero_scalar(), peer.as_affine());
        SharedSecret::derive(z.raw_secret_bytes())
    }
}

impl fmt::Debug for KeyAgreementKey {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str("KeyAgreementKey(..)")
    }
}

/// What both sides share.
pub(crate) struct SharedSecret {
    hmac: Zeroizing<[u8; 32]>,
    aes: Zeroizing<[u8; 32]>,
}

impl SharedSecret {
    fn derive(z: &[u8]) -> Option<Self> {
        let kdf = Hkdf::<Sha256>::new(Some(&[0; 32]), z);
        let mut secret = Self {
            hmac: Zeroizing::new([0; 32]),
            aes: Zeroizing::new([0; 32]),
        };
        kdf.expand(b"CTAP2 HMAC key", secret.hmac.as_mut_slice()).ok()?;
        kdf.expand(b"CTAP2 AES key", secret.aes.as_mut_slice()).ok()?;
        Some(secret)
    }

    /// `verify`: compares in constant time.
    pub(crate) fn verify(&self, message: &[u8], tag: &[u8]) -> bool {
        let mac = Hmac::<Sha256>::new_from_slice(self.hmac.as_slice());
        mac.is_ok_and(|mac| mac.chain_update(message).verify_slice(tag).is_ok())
    }

    /// `decrypt`: `None` when the length is not that of an IV and whole blocks.
    pub(crate) fn decrypt(&self, message: &[u8]) -> Option<Zeroizing<Vec<u8>>> {
        let cipher = Aes256::new(&(*self.aes).into());
        let (iv, ciphertext) = message.split_first_chunk::<BLOCK>()?;
        let (blocks, rest) = ciphertext.as_chunks::<BLOCK>();
        let mut plaintext = Zeroizing::new(Vec::with_capacity(ciphertext.len()));
        let mut previous = iv;
        for block in blocks {
            let mut out = (*block).into();
            cipher.decrypt_block(&mut out);
            plaintext.extend(out.iter().zip(previous).map(|(byte, mask)| byte ^ mask));
            previous = block;
        }
        rest.is_empty().then_some(plaintext)
    }

    /// `encrypt`: `plaintext` is whole blocks long.
    pub(crate) fn encrypt(&self, plaintext: &[u8], rng: &mut dyn CryptoRng) -> Vec<u8> {
        let cipher = Aes256::new(&(*self.aes).into());
        let mut previous = [0; BLOCK];
        rng.fill_bytes(&mut previous);
        let mut message = previous.to_vec();
        for block in plaintext.as_chunks::<BLOCK>().0 {
            let mut masked = *block;
            masked
                .iter_mut()
                .zip(previous)
                .for_each(|(byte, mask)| *byte ^= mask);
            let mut out = masked.into();
            cipher.encrypt_block(&mut out);
            previous = out.into();
            message.extend_from_slice(&previous);
        }
        message
    }
}

#[cfg(test)]
mod wycheproof;

#[cfg(test)]
mod tests {
    use super::*;
    use rand::SeedableRng;
    use rand::rngs::StdRng;

    #[test]
    fn both_sides_share_a_secret_and_changes_are_noticed() {
        let mut rng = StdRng::seed_from_u64(1);
        let (ours, theirs) = (
            KeyAgreementKey::generate(&mut rng),
            KeyAgreementKey::generate(&mut rng),
        );
        let here = ours.decapsulate(&theirs.public_key()).unwrap();
        let there = theirs.decapsulate(&ours.public_key()).unwrap();
        for length in [0, 16, 32, 64] {
            let message = there.encrypt(&vec![7; length], &mut rng);
            assert_eq!(message.len(), 16 + length);
            assert_eq!(here.decrypt(&message).unwrap().as_slice(), vec![7; length]);
            assert!(here.decrypt(&message[1..]).is_none());
        }
        let tag = Hmac::<Sha256>::new_from_slice(there.hmac.as_slice())
            .unwrap()
            .chain_update(b"salt");
        let tag = tag.finalize().into_bytes();
        assert!(here.verify(b"salt", &tag));
        assert!(!here.verify(b"salz", &tag) && !here.verify(b"salt", &tag[..16]));
    }

    #[test]
    fn a_point_off_the_curve_and_a_signature_key_are_refused() {
        let ours = KeyAgreementKey::generate(&mut StdRng::seed_from_u64(1));
        assert!(
            ours.decapsulate(&CoseKey::Ecdh {
                x: [1; 32],
                y: [1; 32]
            })
            .is_none()
        );
        let CoseKey::Ecdh { x, y } = ours.public_key() else {
            panic!("wrong kind")
        };
        assert!(ours.decapsulate(&CoseKey::Es256 { x, y }).is_none());
    }

    #[test]
    fn the_key_never_shows_in_debug_output() {
        let key = KeyAgreementKey::generate(&mut StdRng::seed_from_u64(1));
        assert_eq!(format!("{key:?}"), "KeyAgreementKey(..)");
    }

    #[test]
    fn zeros_under_a_zero_key_encrypt_to_the_known_block() {
        // AES-256 of a zero block under a zero key, from the AES submission (KAT): with a zero IV, CBC is plain AES.
        let secret = SharedSecret {
            hmac: Zeroizing::new([0; 32]),
            aes: Zeroizing::new([0; 32]),
        };
        let plain = secret.decrypt(
            &[
                &[0; 16][..],
                &hex::decode("dc95c078a2408989ad48a21492842087").unwrap(),
            ]
            .concat(),
        );
        assert_eq!(plain.unwrap().as_slice(), [0; 16]);
    }
}
