//! COSE keys and algorithms (RFC 9052 §7, RFC 9053 §2 and §7).
//!
//! ```text
//! ES256   {1: 2, 3: -7, -1: 1, -2: x, -3: y}      77 bytes
//! EdDSA   {1: 1, 3: -8, -1: 6, -2: x}             42 bytes
//! RS256   {1: 3, 3: -257, -1: n, -2: e}           272 bytes and up (RFC 8230 §4), imported passkeys only
//! ECDH    {1: 2, 3: -25, -1: 1, -2: x, -3: y}     78 bytes, key agreement only
//! ```

use roamkey_cbor::{Map, Value};

use crate::DecodeError;
use crate::fields::{Fields, FromValue};

/// A signature algorithm that exists here.
#[derive(Clone, Copy, Debug, Eq, Hash, PartialEq)]
#[non_exhaustive]
pub enum Algorithm {
    /// ECDSA on P-256 with SHA-256.
    Es256,
    /// Ed25519.
    EdDsa,
    /// RSASSA-PKCS1-v1_5 with SHA-256.
    Rs256,
}

impl Algorithm {
    /// Returns the COSE algorithm identifier.
    #[must_use]
    pub fn cose(self) -> i64 {
        match self {
            Self::Es256 => -7,
            Self::EdDsa => -8,
            Self::Rs256 => -257,
        }
    }

    /// Finds the algorithm with this COSE identifier.
    #[must_use]
    pub fn from_cose(identifier: i64) -> Option<Self> {
        match identifier {
            -7 => Some(Self::Es256),
            -8 => Some(Self::EdDsa),
            -257 => Some(Self::Rs256),
            _ => None,
        }
    }
}

/// A public key as COSE writes it. Coordinates are 32 bytes, big endian; whether they lie on the curve is not checked.
#[derive(Clone, Debug, Eq, PartialEq)]
pub enum CoseKey {
    /// A P-256 key that verifies ES256 signatures.
    Es256 {
        /// The x coordinate.
        x: [u8; 32],
        /// The y coordinate.
        y: [u8; 32],
    },
    /// An Ed25519 key that verifies EdDSA signatures.
    EdDsa {
        /// The compressed point, little endian as RFC 8032 writes it.
        x: [u8; 32],
    },
    /// An RSA key that verifies RS256 signatures.
    Rs256 {
        /// The modulus, big endian, without leading zeros.
        n: Vec<u8>,
        /// The public exponent, big endian, without leading zeros.
        e: Vec<u8>,
    },
    /// A P-256 key for key agreement (CTAP 2.3 §6.5.6), with the algorithm number that the standard fixes for it.
    Ecdh {
        /// The x coordinate.
        x: [u8; 32],
        /// The y coordinate.
        y: [u8; 32],
    },
}

/// COSE's `ECDH-ES + HKDF-256`, which CTAP writes into key agreement keys though it isn't what is done.
const ECDH_ES_HKDF_256: i64 = -25;

impl CoseKey {
    /// Returns the key as a CBOR map.
    #[must_use]
    pub fn to_value(&self) -> Value<'_> {
        match self {
            Self::Es256 { x, y } => ec2(Algorithm::Es256.cose(), x, y),
            Self::Ecdh { x, y } => ec2(ECDH_ES_HKDF_256, x, y),
            Self::EdDsa { x } => Map::new()
                .with(1, 1)
                .with(3, Algorithm::EdDsa.cose())
                .with(-1, 6)
                .with(-2, x)
                .into(),
            Self::Rs256 { n, e } => Map::new()
                .with(1, 3)
                .with(3, Algorithm::Rs256.cose())
                .with(-1, n)
                .with(-2, e)
                .into(),
        }
    }
}

fn ec2<'a>(algorithm: i64, x: &'a [u8; 32], y: &'a [u8; 32]) -> Value<'a> {
    Map::new()
        .with(1, 2)
        .with(3, algorithm)
        .with(-1, 1)
        .with(-2, x)
        .with(-3, y)
        .into()
}

impl FromValue<'_> for CoseKey {
    fn from_value(value: Value<'_>, name: &'static str) -> Result<Self, DecodeError> {
        let mut fields = Fields::of(value, name)?;
        let (key_type, algorithm) = (integer(&mut fields, 1, name)?, integer(&mut fields, 3, name)?);
        if (key_type, algorithm) == (3, Algorithm::Rs256.cose()) {
            return Ok(Self::Rs256 {
                n: fields.required(-1, name)?,
                e: fields.required(-2, name)?,
            });
        }
        let kind = (key_type, algorithm, integer(&mut fields, -1, name)?);
        let x = fields.required(-2, name)?;
        match kind {
            (2, -7, 1) => Ok(Self::Es256 {
                x,
                y: fields.required(-3, name)?,
            }),
            (2, ECDH_ES_HKDF_256, 1) => Ok(Self::Ecdh {
                x,
                y: fields.required(-3, name)?,
            }),
            (1, -8, 6) => Ok(Self::EdDsa { x }),
            _ => Err(DecodeError::InvalidValue(name)),
        }
    }
}

fn integer(fields: &mut Fields<'_>, key: i64, name: &'static str) -> Result<i64, DecodeError> {
    let value: Value<'_> = fields.required(key, name)?;
    value.as_i64().ok_or(DecodeError::UnexpectedType(name))
}
