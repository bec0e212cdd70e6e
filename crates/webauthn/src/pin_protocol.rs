//! PIN/UV auth protocols 1 and 2 as a client platform, their key agreement half (CTAP 2.3 §6.5.6 and §6.5.7):
//! `hmac-secret` needs nothing else of them.
//!
//! ```text
//!            protocol 1                          protocol 2
//! Z          x coordinate of ECDH on P-256, 32 bytes
//! HMAC key   SHA-256(Z)                          HKDF-SHA-256(salt = 32 zero bytes, Z, "CTAP2 HMAC key")
//! AES key    the same                            HKDF-SHA-256(salt = 32 zero bytes, Z, "CTAP2 AES key")
//! encrypt    AES-256-CBC, IV zero                iv 16, random ‖ AES-256-CBC
//! tag        HMAC-SHA-256, its first 16 bytes    HMAC-SHA-256, 32 bytes
//! ```

use aes::Aes256;
use cbc::cipher::block_padding::NoPadding;
use cbc::cipher::{BlockModeDecrypt as _, BlockModeEncrypt as _, KeyIvInit as _};
use hkdf::Hkdf;
use hmac::{Hmac, KeyInit as _, Mac as _};
use p256::ecdh::diffie_hellman;
use p256::elliptic_curve::Generate as _;
use p256::elliptic_curve::sec1::ToSec1Point as _;
use rand_core::CryptoRng;
use roamkey_ctap::CoseKey;
use sha2::{Digest as _, Sha256};
use zeroize::Zeroizing;

/// A protocol that is spoken here.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum PinProtocol {
    One,
    Two,
}

impl PinProtocol {
    /// The first that an authenticator lists and that is spoken here. One that has `hmac-secret` and lists none is of
    /// CTAP 2.0, which had the first only.
    pub(crate) fn choose(listed: &[u64]) -> Option<Self> {
        if listed.is_empty() {
            return Some(Self::One);
        }
        listed.iter().find_map(|number| match number {
            1 => Some(Self::One),
            2 => Some(Self::Two),
            _ => None,
        })
    }

    pub(crate) fn number(self) -> u64 {
        match self {
            Self::One => 1,
            Self::Two => 2,
        }
    }

    /// `encapsulate`: makes a key pair and the secret that it shares with the authenticator's key; `None` if that is no
    /// point on the curve.
    pub(crate) fn encapsulate(
        self,
        peer: &CoseKey,
        rng: &mut dyn CryptoRng,
    ) -> Option<(CoseKey, SharedSecret)> {
        let CoseKey::Ecdh { x, y } = peer else { return None };
        let peer = p256::PublicKey::from_sec1_bytes(&[&[4], &x[..], &y[..]].concat()).ok()?;
        let own = p256::SecretKey::generate_from_rng(rng);
        let z = diffie_hellman(own.to_nonzero_scalar(), peer.as_affine());
        let point = own.public_key().to_sec1_point(false);
        let own = CoseKey::Ecdh {
            x: (*point.x()?).into(),
            y: (*point.y()?).into(),
        };
        Some((own, SharedSecret::derive(self, z.raw_secret_bytes())?))
    }
}

/// What both sides share.
pub(crate) struct SharedSecret {
    protocol: PinProtocol,
    hmac: Zeroizing<[u8; 32]>,
    aes: Zeroizing<[u8; 32]>,
}

impl SharedSecret {
    fn derive(protocol: PinProtocol, z: &[u8]) -> Option<Self> {
        let mut secret = Self {
            protocol,
            hmac: Zeroizing::new([0; 32]),
            aes: Zeroizing::new([0; 32]),
        };
        match protocol {
            PinProtocol::One => {
                let hash = Zeroizing::new(<[u8; 32]>::from(Sha256::digest(z)));
                (*secret.hmac, *secret.aes) = (*hash, *hash);
            }
            PinProtocol::Two => {
                let kdf = Hkdf::<Sha256>::new(Some(&[0; 32]), z);
                kdf.expand(b"CTAP2 HMAC key", secret.hmac.as_mut_slice()).ok()?;
                kdf.expand(b"CTAP2 AES key", secret.aes.as_mut_slice()).ok()?;
            }
        }
        Some(secret)
    }

    /// `encrypt`: `plaintext` is whole blocks long.
    pub(crate) fn encrypt(&self, plaintext: &[u8], rng: &mut dyn CryptoRng) -> Vec<u8> {
        let mut iv = [0; BLOCK];
        if self.protocol == PinProtocol::Two {
            rng.fill_bytes(&mut iv);
        }
        let cipher = cbc::Encryptor::<Aes256>::new((&*self.aes).into(), &iv.into());
        let ciphertext = cipher.encrypt_padded_vec::<NoPadding>(plaintext);
        match self.protocol {
            PinProtocol::One => ciphertext,
            PinProtocol::Two => [&iv[..], &ciphertext].concat(),
        }
    }

    /// `decrypt`: `None` if the length is not that of whole blocks, after an IV in protocol 2.
    pub(crate) fn decrypt(&self, message: &[u8]) -> Option<Zeroizing<Vec<u8>>> {
        let (iv, ciphertext) = match self.protocol {
            PinProtocol::One => ([0; BLOCK], message),
            PinProtocol::Two => {
                let (iv, ciphertext) = message.split_first_chunk()?;
                (*iv, ciphertext)
            }
        };
        let cipher = cbc::Decryptor::<Aes256>::new((&*self.aes).into(), &iv.into());
        let plaintext = cipher.decrypt_padded_vec::<NoPadding>(ciphertext);
        plaintext.ok().map(Zeroizing::new)
    }

    /// `authenticate`.
    pub(crate) fn authenticate(&self, message: &[u8]) -> Option<Vec<u8>> {
        let mac = Hmac::<Sha256>::new_from_slice(self.hmac.as_slice()).ok()?;
        let mut tag = mac.chain_update(message).finalize().into_bytes().to_vec();
        if self.protocol == PinProtocol::One {
            tag.truncate(SHORT_TAG);
        }
        Some(tag)
    }
}

/// A block of AES in bytes.
const BLOCK: usize = 16;
/// A tag of protocol 1 in bytes.
const SHORT_TAG: usize = 16;

#[cfg(test)]
mod tests {
    use super::*;

    fn secret(protocol: PinProtocol) -> SharedSecret {
        SharedSecret::derive(protocol, &[1; 32]).unwrap()
    }

    /// Gives zeros.
    struct Zeros;

    impl rand_core::TryRng for Zeros {
        type Error = std::convert::Infallible;
        fn try_next_u32(&mut self) -> Result<u32, Self::Error> {
            Ok(0)
        }
        fn try_next_u64(&mut self) -> Result<u64, Self::Error> {
            Ok(0)
        }
        fn try_fill_bytes(&mut self, bytes: &mut [u8]) -> Result<(), Self::Error> {
            bytes.fill(0);
            Ok(())
        }
    }

    impl rand_core::TryCryptoRng for Zeros {}

    #[test]
    fn what_was_encrypted_is_decrypted_and_nothing_of_another_length() {
        for (protocol, iv, tag) in [(PinProtocol::One, 0, 16), (PinProtocol::Two, 16, 32)] {
            let secret = secret(protocol);
            for length in [32, 64] {
                let sealed = secret.encrypt(&vec![5; length], &mut Zeros);
                assert_eq!(sealed.len(), iv + length);
                assert_eq!(secret.decrypt(&sealed).unwrap().as_slice(), vec![5; length]);
                assert!(secret.decrypt(&sealed[1..]).is_none());
                assert_eq!(secret.authenticate(&sealed).unwrap().len(), tag);
            }
        }
        assert!(secret(PinProtocol::Two).decrypt(&[0; 15]).is_none());
    }

    #[test]
    fn the_first_protocol_that_both_speak_is_taken() {
        for (listed, chosen) in [
            (&[2, 1][..], Some(PinProtocol::Two)),
            (&[1, 2], Some(PinProtocol::One)),
            (&[3, 2], Some(PinProtocol::Two)),
            (&[3], None),
            (&[], Some(PinProtocol::One)),
        ] {
            assert_eq!(PinProtocol::choose(listed), chosen, "{listed:?}");
        }
    }
}
