//! The pseudo-random function behind `prf` and `hmac-secret` (CTAP 2.3 §12.7).
//!
//! ```text
//! output = HMAC-SHA-256(key = seed with or without user verification, message = salt)
//! ```
//!
//! Each passkey has two seeds, one for ceremonies with user verification and one for those without. Both are made at
//! creation, whether the site asks for `prf` or not, because they can't be had later.

use std::fmt;

use hmac::{Hmac, KeyInit, Mac};
use rand_core::CryptoRng;
use roamkey_ctap::PrfEvaluation;
use sha2::Sha256;
use zeroize::{Zeroize, ZeroizeOnDrop};

/// One seed: 32 random bytes.
#[derive(Zeroize, ZeroizeOnDrop)]
pub struct PrfSeed([u8; 32]);

impl PrfSeed {
    /// Takes the bytes of a seed that was made before.
    #[must_use]
    pub fn from_bytes(bytes: [u8; 32]) -> Self {
        Self(bytes)
    }

    /// Makes a seed.
    #[must_use]
    pub fn generate(rng: &mut dyn CryptoRng) -> Self {
        let mut seed = Self([0; 32]);
        rng.fill_bytes(&mut seed.0);
        seed
    }

    /// Returns the bytes, to be stored.
    #[must_use]
    pub fn as_bytes(&self) -> &[u8; 32] {
        &self.0
    }

    #[expect(clippy::expect_used, reason = "HMAC takes keys of any length")]
    fn output(&self, salt: &[u8; 32]) -> [u8; 32] {
        let mac = Hmac::<Sha256>::new_from_slice(&self.0).expect("HMAC takes keys of any length");
        mac.chain_update(salt).finalize().into_bytes().into()
    }
}

impl fmt::Debug for PrfSeed {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str("PrfSeed(..)")
    }
}

/// Both seeds of a passkey.
#[derive(Debug)]
pub struct PrfSeeds {
    /// The seed for ceremonies with user verification.
    pub with_uv: PrfSeed,
    /// The seed for ceremonies without.
    pub without_uv: PrfSeed,
}

impl PrfSeeds {
    /// Makes both seeds.
    #[must_use]
    pub fn generate(rng: &mut dyn CryptoRng) -> Self {
        Self {
            with_uv: PrfSeed::generate(rng),
            without_uv: PrfSeed::generate(rng),
        }
    }

    /// Evaluates the function for one or two salts.
    pub(crate) fn evaluate(&self, user_verified: bool, salts: &PrfEvaluation) -> PrfEvaluation {
        let seed = if user_verified {
            &self.with_uv
        } else {
            &self.without_uv
        };
        PrfEvaluation {
            first: seed.output(&salts.first),
            second: salts.second.as_ref().map(|salt| seed.output(salt)),
        }
    }
}
