//! Private keys: ES256 (ECDSA on P-256, RFC 6979 nonces), EdDSA (Ed25519), and RS256 for imported passkeys.

use std::fmt;

use ecdsa::hazmat::sign_prehashed_rfc6979;
use ed25519_dalek::Signer;
use p256::elliptic_curve::sec1::ToSec1Point;
use p256::elliptic_curve::{FieldBytes, Generate};
use rand_core::CryptoRng;
use roamkey_ctap::{Algorithm, CoseKey};
use sha2::{Digest, Sha256};
use zeroize::Zeroizing;

use crate::RsaPrivateKey;

/// A passkey's private key.
#[non_exhaustive]
pub enum PrivateKey {
    /// A P-256 key.
    Es256(p256::SecretKey),
    /// An Ed25519 key.
    EdDsa(ed25519_dalek::SigningKey),
    /// An RSA key: imported, never generated.
    Rs256(Box<RsaPrivateKey>),
}

/// Why bytes are not a private key, or a key can't sign.
#[derive(Clone, Copy, Debug, Eq, PartialEq, thiserror::Error)]
#[non_exhaustive]
pub enum KeyError {
    /// The bytes are not a private key of this algorithm.
    #[error("the bytes are not a private key of this algorithm")]
    Invalid,
    /// The key is of a size or kind that is not supported.
    #[error("a key of this size or kind is not supported")]
    Unsupported,
    /// The signature could not be computed.
    #[error("the signature could not be computed")]
    Signing,
}

impl PrivateKey {
    /// Generates a key; `None` for an algorithm that is for imported passkeys only.
    #[must_use]
    pub fn generate(algorithm: Algorithm, rng: &mut dyn CryptoRng) -> Option<Self> {
        match algorithm {
            Algorithm::Es256 => Some(Self::Es256(p256::SecretKey::generate_from_rng(rng))),
            Algorithm::EdDsa => {
                let mut seed = Zeroizing::new([0; 32]);
                rng.fill_bytes(seed.as_mut_slice());
                Some(Self::EdDsa(ed25519_dalek::SigningKey::from_bytes(&seed)))
            }
            Algorithm::Rs256 | _ => None,
        }
    }

    /// Reads a key from its bytes: the scalar, big endian, or the Ed25519 seed, 32 bytes both; for RS256 both primes as
    /// [`RsaPrivateKey::from_primes`] takes them, 256 to 512 bytes.
    ///
    /// # Errors
    ///
    /// [`KeyError::Invalid`] when the bytes are no key of this algorithm, [`KeyError::Unsupported`] for RSA keys of
    /// other sizes than 2048, 3072 and 4096 bits.
    pub fn from_bytes(algorithm: Algorithm, bytes: &[u8]) -> Result<Self, KeyError> {
        match algorithm {
            Algorithm::Es256 => p256::SecretKey::from_bytes(&fixed(bytes)?.into())
                .map(Self::Es256)
                .map_err(|_| KeyError::Invalid),
            Algorithm::EdDsa => Ok(Self::EdDsa(ed25519_dalek::SigningKey::from_bytes(&fixed(bytes)?))),
            Algorithm::Rs256 => Ok(Self::Rs256(Box::new(RsaPrivateKey::from_primes(bytes)?))),
            _ => Err(KeyError::Invalid),
        }
    }

    /// Returns the bytes that [`from_bytes`](Self::from_bytes) reads.
    #[must_use]
    pub fn to_bytes(&self) -> Zeroizing<Vec<u8>> {
        match self {
            Self::Es256(key) => Zeroizing::new(key.to_bytes().to_vec()),
            Self::EdDsa(key) => Zeroizing::new(key.as_bytes().to_vec()),
            Self::Rs256(key) => Zeroizing::new(key.primes().to_vec()),
        }
    }

    /// Returns the algorithm.
    #[must_use]
    pub fn algorithm(&self) -> Algorithm {
        match self {
            Self::Es256(_) => Algorithm::Es256,
            Self::EdDsa(_) => Algorithm::EdDsa,
            Self::Rs256(_) => Algorithm::Rs256,
        }
    }

    /// Returns the public key.
    #[must_use]
    pub fn public_key(&self) -> CoseKey {
        match self {
            Self::Es256(key) => {
                let point = key.public_key().to_sec1_point(false);
                let coordinate = |bytes: Option<&FieldBytes<p256::NistP256>>| {
                    bytes.map_or([0; 32], |bytes| (*bytes).into())
                };
                CoseKey::Es256 {
                    x: coordinate(point.x()),
                    y: coordinate(point.y()),
                }
            }
            Self::EdDsa(key) => CoseKey::EdDsa {
                x: key.verifying_key().to_bytes(),
            },
            Self::Rs256(key) => CoseKey::Rs256 {
                n: key.modulus(),
                e: RsaPrivateKey::exponent(),
            },
        }
    }

    /// Signs `parts`, one after the other: DER for ES256, 64 bytes for EdDSA, as long as the modulus for RS256
    /// (WebAuthn L3 §6.5.5).
    ///
    /// # Errors
    ///
    /// [`KeyError::Signing`] when the signature can't be computed.
    pub fn sign(&self, parts: &[&[u8]]) -> Result<Vec<u8>, KeyError> {
        match self {
            Self::Es256(key) => {
                // From the scalar: a `SigningKey` would compute the public key first, which costs as much again.
                let digest = parts
                    .iter()
                    .fold(Sha256::new(), |hash, part| hash.chain_update(part))
                    .finalize();
                let scalar = key.to_nonzero_scalar();
                let (signature, _) = sign_prehashed_rfc6979::<p256::NistP256, Sha256>(&scalar, &digest, &[]);
                Ok(signature.to_der().as_bytes().to_vec())
            }
            Self::EdDsa(key) => {
                let signature = key.try_sign(&parts.concat()).map_err(|_| KeyError::Signing)?;
                Ok(signature.to_bytes().to_vec())
            }
            Self::Rs256(key) => key.sign(&parts.concat()),
        }
    }
}

fn fixed(bytes: &[u8]) -> Result<[u8; 32], KeyError> {
    bytes.try_into().map_err(|_| KeyError::Invalid)
}

impl fmt::Debug for PrivateKey {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str("PrivateKey(..)")
    }
}
