//! RS256 keys: RSASSA-PKCS1-v1_5 with SHA-256 (RFC 8017 §8.2, RFC 8812 §2), for imported passkeys only.
//!
//! ```text
//! stored     p ‖ q, big endian, of equal length: 128, 192 or 256 bytes each
//! public     n = p·q, 2048, 3072 or 4096 bits; e = 65537
//! private    dP = e⁻¹ mod (p-1)   dQ = e⁻¹ mod (q-1)   qInv = q⁻¹ mod p
//! ```
//!
//! `ring` signs, in constant time, and verifies each signature before it gives it out. Two things it does not do: it
//! takes no key without all of the numbers above, so they are computed here from the primes; and it does not wipe its
//! memory (`docs/adr/0005-rs256-by-ring.md`).

use std::fmt;

use crypto_bigint::{BoxedUint, ConcatenatingMul, NonZero, Odd};
use pkcs8::der::asn1::{AnyRef, OctetStringRef, UintRef};
use pkcs8::der::{Decode, Encode};
use pkcs8::spki::AlgorithmIdentifierRef;
use pkcs8::{ObjectIdentifier, PrivateKeyInfoRef};
use ring::rand::SystemRandom;
use ring::rsa::{KeyPair, KeyPairComponents, PublicKeyComponents};
use ring::signature::RSA_PKCS1_SHA256;
use zeroize::Zeroizing;

use crate::KeyError;

/// An RSA private key.
pub struct RsaPrivateKey {
    primes: Zeroizing<Vec<u8>>,
    pair: KeyPair,
}

/// The one public exponent, 65537.
const EXPONENT: [u8; 3] = [1, 0, 1];

/// Lengths of one prime, in bytes: what `ring` signs with.
const PRIME_LENGTHS: [usize; 3] = [128, 192, 256];

/// `rsaEncryption` (RFC 8017 appendix A.1).
const RSA_ENCRYPTION: ObjectIdentifier = ObjectIdentifier::new_unwrap("1.2.840.113549.1.1.1");

impl RsaPrivateKey {
    /// Takes the primes, one after the other, big endian, of equal length.
    ///
    /// # Errors
    ///
    /// [`KeyError::Unsupported`] for a length other than 256, 384 or 512 bytes, [`KeyError::Invalid`] for numbers that
    /// can't be the primes of a key with exponent 65537.
    pub fn from_primes(primes: &[u8]) -> Result<Self, KeyError> {
        let length = primes.len() / 2;
        if !primes.len().is_multiple_of(2) || !PRIME_LENGTHS.contains(&length) {
            return Err(KeyError::Unsupported);
        }
        let (first, second) = primes.split_at(length);
        // `ring` wants the larger one first.
        let (p, q) = if first > second {
            (first, second)
        } else {
            (second, first)
        };
        Ok(Self {
            pair: pair(p, q).ok_or(KeyError::Invalid)?,
            primes: Zeroizing::new([p, q].concat()),
        })
    }

    /// Reads a key from PKCS#8 (RFC 5958): `PrivateKeyInfo` with an `RSAPrivateKey` (RFC 8017 appendix A.1.2), as DER.
    ///
    /// # Errors
    ///
    /// [`KeyError::Unsupported`] for a key with more than two primes, another exponent than 65537 or another size than
    /// 2048, 3072 or 4096 bits; [`KeyError::Invalid`] for anything else that is no RSA key, or whose numbers do not
    /// fit together.
    pub fn from_pkcs8(der: &[u8]) -> Result<Self, KeyError> {
        let info = PrivateKeyInfoRef::from_der(der).map_err(|_| KeyError::Invalid)?;
        if info.algorithm.oid != RSA_ENCRYPTION {
            return Err(KeyError::Invalid);
        }
        let key =
            pkcs1::RsaPrivateKeyRef::from_der(info.private_key.as_bytes()).map_err(|_| KeyError::Invalid)?;
        if key.other_prime_infos.is_some() || key.public_exponent.as_bytes() != EXPONENT {
            return Err(KeyError::Unsupported);
        }
        let primes = [key.prime1.as_bytes(), key.prime2.as_bytes()];
        let primes = Zeroizing::new(primes.concat());
        let own = Self::from_primes(&primes)?;
        // Signing fails if the numbers are no primes, so this is the check of what the file claims.
        if own.modulus() != key.modulus.as_bytes() {
            return Err(KeyError::Invalid);
        }
        own.sign(b"").map_err(|_| KeyError::Invalid)?;
        Ok(own)
    }

    /// Writes the key as PKCS#8, for other programs: what [`from_pkcs8`](Self::from_pkcs8) reads.
    #[must_use]
    pub fn to_pkcs8(&self) -> Zeroizing<Vec<u8>> {
        let (p, q) = self.primes.split_at(self.primes.len() / 2);
        // The numbers made this key, so they can be computed and written.
        components(p, q).and_then(|key| encode(&key)).unwrap_or_default()
    }

    /// Returns the primes as [`from_primes`](Self::from_primes) takes them, the larger one first.
    pub(crate) fn primes(&self) -> &[u8] {
        &self.primes
    }

    /// Returns n, big endian, without leading zeros: 256, 384 or 512 bytes.
    pub(crate) fn modulus(&self) -> Vec<u8> {
        let public: PublicKeyComponents<Vec<u8>> = self.pair.public().into();
        public.n
    }

    /// Returns e, big endian, without leading zeros.
    pub(crate) fn exponent() -> Vec<u8> {
        EXPONENT.to_vec()
    }

    /// Signs a message: as many bytes as the modulus has.
    pub(crate) fn sign(&self, message: &[u8]) -> Result<Vec<u8>, KeyError> {
        let mut signature = vec![0; self.pair.public().modulus_len()];
        // The padding of PKCS#1 v1.5 is fixed: the interface asks for a generator that this scheme never reads.
        self.pair
            .sign(&RSA_PKCS1_SHA256, &SystemRandom::new(), message, &mut signature)
            .map_err(|_| KeyError::Signing)?;
        Ok(signature)
    }
}

impl fmt::Debug for RsaPrivateKey {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str("RsaPrivateKey(..)")
    }
}

/// Every number of a key; the public ones could be known to anybody.
type Components = KeyPairComponents<Zeroizing<Vec<u8>>>;

/// Makes the key that signs; p > q.
fn pair(p: &[u8], q: &[u8]) -> Option<KeyPair> {
    KeyPair::from_components(&components(p, q)?).ok()
}

/// Computes the rest of the key; p > q.
fn components(p: &[u8], q: &[u8]) -> Option<Components> {
    let bits = u32::try_from(p.len()).ok()?.checked_mul(8)?;
    let number = |bytes: &[u8]| BoxedUint::from_be_slice(bytes, bits).ok().map(Zeroizing::new);
    let (p, q) = (number(p)?, number(q)?);
    let one = BoxedUint::one_with_precision(bits);
    let less_one = |prime: &BoxedUint| Zeroizing::new(prime.wrapping_sub(&one));
    let (p_less_one, q_less_one) = (less_one(&p), less_one(&q));

    let modulus = p.concatenating_mul(&*q);
    let totient = Zeroizing::new(p_less_one.concatenating_mul(&*q_less_one));
    Some(KeyPairComponents {
        public_key: PublicKeyComponents {
            n: bytes(&modulus),
            e: Zeroizing::new(EXPONENT.to_vec()),
        },
        d: inverse_of_exponent(&totient)?,
        p: bytes(&p),
        q: bytes(&q),
        dP: inverse_of_exponent(&p_less_one)?,
        dQ: inverse_of_exponent(&q_less_one)?,
        qInv: {
            let p = Option::<Odd<BoxedUint>>::from(p.to_odd()).map(Zeroizing::new)?;
            let inverse = Option::<BoxedUint>::from(q.invert_odd_mod(&p)).map(Zeroizing::new)?;
            bytes(&inverse)
        },
    })
}

/// Writes `RSAPrivateKey` (RFC 8017 appendix A.1.2) inside `PrivateKeyInfo`.
fn encode(key: &Components) -> Option<Zeroizing<Vec<u8>>> {
    let number = |bytes| UintRef::new(bytes).ok();
    let inner = to_der(&pkcs1::RsaPrivateKeyRef {
        modulus: number(&key.public_key.n)?,
        public_exponent: number(&key.public_key.e)?,
        private_exponent: number(&key.d)?,
        prime1: number(&key.p)?,
        prime2: number(&key.q)?,
        exponent1: number(&key.dP)?,
        exponent2: number(&key.dQ)?,
        coefficient: number(&key.qInv)?,
        other_prime_infos: None,
    })?;
    let algorithm = AlgorithmIdentifierRef {
        oid: RSA_ENCRYPTION,
        parameters: Some(AnyRef::NULL),
    };
    to_der(&PrivateKeyInfoRef::new(
        algorithm,
        OctetStringRef::new(&inner).ok()?,
    ))
}

fn to_der(value: &impl Encode) -> Option<Zeroizing<Vec<u8>>> {
    let length = usize::try_from(value.encoded_len().ok()?).ok()?;
    let mut der = Zeroizing::new(vec![0; length]);
    value.encode_to_slice(&mut der).ok()?;
    Some(der)
}

/// Computes e⁻¹ mod `modulus`; `None` if there is none.
fn inverse_of_exponent(modulus: &BoxedUint) -> Option<Zeroizing<Vec<u8>>> {
    let exponent = BoxedUint::from_be_slice(&EXPONENT, modulus.bits_precision()).ok()?;
    let modulus = Option::<NonZero<BoxedUint>>::from(modulus.to_nz()).map(Zeroizing::new)?;
    let inverse = Option::<BoxedUint>::from(exponent.invert_mod(&modulus)).map(Zeroizing::new)?;
    Some(bytes(&inverse))
}

/// Writes a number big endian, without leading zeros, as `ring` reads numbers.
fn bytes(number: &BoxedUint) -> Zeroizing<Vec<u8>> {
    let padded = Zeroizing::new(number.to_be_bytes().into_vec());
    let zeros = padded.iter().take_while(|byte| **byte == 0).count();
    Zeroizing::new(padded.iter().skip(zeros).copied().collect())
}
