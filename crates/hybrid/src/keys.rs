//! P-256 keys: the client platform's QR key and the authenticator's identity key.
//!
//! On the wire a QR code carries the compressed form (33 bytes, `02`/`03` ‖ X), everything else the uncompressed form
//! (65 bytes, `04` ‖ X ‖ Y). The hybrid and compact forms of SEC 1 are never accepted.

use std::fmt;

use p256::elliptic_curve::sec1::ToSec1Point as _;
use rand_core::CryptoRng;
use zeroize::Zeroizing;

/// A P-256 private key. Wiped on drop. It can be cloned, because an authenticator's identity key serves many
/// transactions, each of which owns its key.
#[derive(Clone)]
pub struct PrivateKey(p256::SecretKey);

impl PrivateKey {
    /// Draws a key: 32 bytes from `rng`, again while they are no scalar of the curve (probability 2⁻³²).
    #[must_use]
    pub fn generate(rng: &mut dyn CryptoRng) -> Self {
        let mut scalar = Zeroizing::new([0; 32]);
        loop {
            rng.fill_bytes(scalar.as_mut());
            if let Some(key) = Self::from_bytes(&scalar) {
                return key;
            }
        }
    }

    /// Takes a scalar, 32 bytes big-endian. `None` if it is zero or not below the order of the curve.
    #[must_use]
    pub fn from_bytes(scalar: &[u8; 32]) -> Option<Self> {
        p256::SecretKey::from_slice(scalar).ok().map(Self)
    }

    /// Copies the scalar, 32 bytes big-endian.
    #[must_use]
    pub fn to_bytes(&self) -> Zeroizing<[u8; 32]> {
        Zeroizing::new(self.0.to_bytes().into())
    }

    /// Computes the public key.
    #[must_use]
    pub fn public(&self) -> PublicKey {
        PublicKey(self.0.public_key())
    }

    /// ECDH: the X coordinate of the shared point, 32 bytes big-endian.
    pub(crate) fn agree(&self, other: &PublicKey) -> Zeroizing<[u8; 32]> {
        let shared = p256::ecdh::diffie_hellman(self.0.to_nonzero_scalar(), other.0.as_affine());
        Zeroizing::new((*shared.raw_secret_bytes()).into())
    }
}

impl fmt::Debug for PrivateKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("PrivateKey")
    }
}

/// A P-256 public key: a point on the curve, not the point at infinity.
#[derive(Clone, Copy, PartialEq, Eq)]
pub struct PublicKey(p256::PublicKey);

impl PublicKey {
    /// Length of the compressed form in bytes.
    pub const COMPRESSED: usize = 33;
    /// Length of the uncompressed form in bytes.
    pub const UNCOMPRESSED: usize = 65;

    /// Reads the compressed form. `None` if it is another form or not on the curve.
    #[must_use]
    pub fn from_compressed(bytes: &[u8]) -> Option<Self> {
        let bytes: &[u8; Self::COMPRESSED] = bytes.try_into().ok()?;
        matches!(bytes.first(), Some(0x02 | 0x03)).then(|| Self::from_sec1(bytes))?
    }

    /// Reads the uncompressed form. `None` if it is another form or not on the curve.
    #[must_use]
    pub fn from_uncompressed(bytes: &[u8]) -> Option<Self> {
        let bytes: &[u8; Self::UNCOMPRESSED] = bytes.try_into().ok()?;
        matches!(bytes.first(), Some(0x04)).then(|| Self::from_sec1(bytes))?
    }

    /// Writes the compressed form.
    #[must_use]
    pub fn to_compressed(&self) -> [u8; Self::COMPRESSED] {
        let mut bytes = [0; Self::COMPRESSED];
        bytes.copy_from_slice(self.0.to_sec1_point(true).as_bytes());
        bytes
    }

    /// Writes the uncompressed form.
    #[must_use]
    pub fn to_uncompressed(&self) -> [u8; Self::UNCOMPRESSED] {
        let mut bytes = [0; Self::UNCOMPRESSED];
        bytes.copy_from_slice(self.0.to_sec1_point(false).as_bytes());
        bytes
    }

    fn from_sec1(bytes: &[u8]) -> Option<Self> {
        p256::PublicKey::from_sec1_bytes(bytes).ok().map(Self)
    }
}

impl fmt::Debug for PublicKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("PublicKey")
    }
}
