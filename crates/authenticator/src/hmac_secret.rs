//! The extensions `hmac-secret` and `hmac-secret-mc` (CTAP 2.3 §12.7 and §12.8): `prf` in an envelope of its own.
//!
//! ```text
//! saltEnc   encrypt(salt1 32 ‖ salt2 32?)       saltAuth = authenticate(saltEnc)
//! output    encrypt(output1 32 ‖ output2 32?)
//! ```

use rand_core::CryptoRng;
use roamkey_ctap::{HmacSecretInput, PrfEvaluation};
use zeroize::Zeroizing;

use crate::PrfSeeds;
use crate::pin_protocol::{KeyAgreementKey, PROTOCOL, SharedSecret};
use crate::rejection::Rejection;

/// Salts that were decrypted and verified.
pub(crate) struct Salts {
    shared: SharedSecret,
    salts: PrfEvaluation,
}

impl Salts {
    /// Opens the envelope.
    ///
    /// # Errors
    ///
    /// `InvalidParameter` for another protocol, a key off the curve or a wrong number of salts, `PinAuthInvalid` for no
    /// protocol and for salts that do not verify.
    pub(crate) fn open(input: &HmacSecretInput, key: &KeyAgreementKey) -> Result<Self, Rejection> {
        match input.protocol {
            Some(PROTOCOL) => {}
            Some(_) => return Err(Rejection::InvalidParameter),
            // Absent means 1, which is not supported; the standard has a status of its own for that.
            None => return Err(Rejection::PinAuthInvalid),
        }
        let shared = key
            .decapsulate(&input.key_agreement)
            .ok_or(Rejection::InvalidParameter)?;
        if !shared.verify(&input.salt_enc, &input.salt_auth) {
            return Err(Rejection::PinAuthInvalid);
        }
        let plaintext = shared
            .decrypt(&input.salt_enc)
            .ok_or(Rejection::InvalidParameter)?;
        let salts = match plaintext.as_chunks::<32>() {
            ([first], []) => PrfEvaluation {
                first: *first,
                second: None,
            },
            ([first, second], []) => PrfEvaluation {
                first: *first,
                second: Some(*second),
            },
            _ => return Err(Rejection::InvalidParameter),
        };
        Ok(Self { shared, salts })
    }

    /// Evaluates the function and seals the outputs.
    pub(crate) fn evaluate(&self, seeds: &PrfSeeds, user_verified: bool, rng: &mut dyn CryptoRng) -> Vec<u8> {
        let results = seeds.evaluate(user_verified, &self.salts);
        let mut outputs = Zeroizing::new(results.first.to_vec());
        outputs.extend_from_slice(results.second.as_ref().map_or(&[], <[u8; 32]>::as_slice));
        self.shared.encrypt(&outputs, rng)
    }
}
