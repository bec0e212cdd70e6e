//! `prf` with authenticators that have `hmac-secret` in its place (WebAuthn L3 §10.1.4; CTAP 2.3 §12.7 and §12.8):
//! the same function, its salts and outputs in an envelope between client platform and authenticator.
//!
//! ```text
//! authenticatorClientPIN {1: protocol, 2: getKeyAgreement}  ─▶  {1: COSE key}
//! hmac-secret     in at assertion   {1: our COSE key, 2: saltEnc, 3: saltAuth, 4: protocol?}   out  encrypted, signed
//! hmac-secret     in at creation    true                                                       out  bool
//! hmac-secret-mc  in at creation    as at assertion                                            out  as at assertion
//! saltEnc   encrypt(salt 32 ‖ salt 32?)   saltAuth = authenticate(saltEnc)
//! ```
//!
//! An authenticator has one function for when it verified its user and another one for when it did not; WebAuthn's is
//! the first. So whoever asks for outputs asks for verification too, whatever the site wants of it.

use rand_core::CryptoRng;
use roamkey_cbor::Map;
use roamkey_ctap::{
    ClientPin, Command, CoseKey, KeyAgreement as AuthenticatorKey, PrfEvaluation, ResponseError,
};
use zeroize::Zeroizing;

use crate::error::AnswerError;
use crate::pin_protocol::{PinProtocol, SharedSecret};
use crate::prf::PrfInput;

pub(crate) const NAME: &str = "hmac-secret";
pub(crate) const NAME_AT_CREATION: &str = "hmac-secret-mc";

/// Salts that wait for the authenticator's key: what it has to be asked for before the ceremony itself.
pub struct KeyAgreement {
    protocol: PinProtocol,
    salts: Zeroizing<Vec<u8>>,
}

impl KeyAgreement {
    pub(crate) fn new(protocol: PinProtocol, input: &PrfInput) -> Self {
        Self {
            protocol,
            salts: input.to_salts(),
        }
    }

    /// The request: command byte ‖ CBOR. It concerns nobody: no person is asked.
    #[must_use]
    pub fn request(&self) -> Vec<u8> {
        let request = ClientPin {
            protocol: Some(self.protocol.number()),
            subcommand: ClientPin::GET_KEY_AGREEMENT,
        };
        Command::ClientPin(request).encode()
    }

    /// Seals the salts for the key in the reply (status byte ‖ CBOR). `None` if the authenticator gives no key: it does
    /// without them, and has no outputs.
    ///
    /// # Errors
    ///
    /// [`AnswerError::KeyAgreement`] for a reply that is malformed, or a key that is none.
    pub fn agree(self, reply: &[u8], rng: &mut dyn CryptoRng) -> Result<Option<SealedSalts>, AnswerError> {
        let peer = match AuthenticatorKey::decode(reply) {
            Ok(AuthenticatorKey(key)) => key,
            Err(ResponseError::Status(_)) => return Ok(None),
            Err(_) => return Err(AnswerError::KeyAgreement),
        };
        let (key, shared) = self
            .protocol
            .encapsulate(&peer, rng)
            .ok_or(AnswerError::KeyAgreement)?;
        let salts = shared.encrypt(&self.salts, rng);
        Ok(Some(SealedSalts {
            tag: shared.authenticate(&salts).ok_or(AnswerError::KeyAgreement)?,
            protocol: self.protocol,
            two: self.salts.len() > SALT,
            key,
            salts,
            shared,
        }))
    }
}

/// Salts that one authenticator can open, and what opens its outputs.
pub struct SealedSalts {
    protocol: PinProtocol,
    two: bool,
    key: CoseKey,
    salts: Vec<u8>,
    tag: Vec<u8>,
    shared: SharedSecret,
}

impl SealedSalts {
    pub(crate) fn to_cbor(&self) -> Map<'_> {
        // In protocol 1 the number may be missing, and authenticators of that time know no such member.
        let protocol = (self.protocol != PinProtocol::One).then(|| self.protocol.number());
        Map::new()
            .with(1, self.key.to_value())
            .with(2, &self.salts)
            .with(3, &self.tag)
            .with_some(4, protocol)
    }

    /// Opens outputs: one for each salt, no more and no less.
    pub(crate) fn open(&self, outputs: &[u8]) -> Result<PrfEvaluation, AnswerError> {
        let malformed = AnswerError::Malformed(NAME);
        let outputs = self.shared.decrypt(outputs).ok_or(malformed)?;
        match (outputs.as_chunks::<SALT>(), self.two) {
            (([first], []), false) => Ok(PrfEvaluation {
                first: *first,
                second: None,
            }),
            (([first, second], []), true) => Ok(PrfEvaluation {
                first: *first,
                second: Some(*second),
            }),
            _ => Err(malformed),
        }
    }
}

impl std::fmt::Debug for KeyAgreement {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("KeyAgreement(..)")
    }
}

impl std::fmt::Debug for SealedSalts {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("SealedSalts(..)")
    }
}

/// A salt, or an output, in bytes.
const SALT: usize = 32;
