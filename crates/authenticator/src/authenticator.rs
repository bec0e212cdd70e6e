//! The entry point: a command goes in, and either an answer or a question to the person comes out.

use rand_core::CryptoRng;
use roamkey_ctap::{ClientPin, Command, KeyAgreement};

use crate::pin_protocol::{KeyAgreementKey, PROTOCOL};
use crate::rejection::Rejection;
use crate::{Answer, ConsentPrompt, CredentialStore, Outcome, Pending, UnixTime};
use crate::{get_assertion, get_info, make_credential, selection};

/// The authenticator. It keeps no passkeys and no state between commands, except for a key agreement key where
/// `hmac-secret` is offered.
#[derive(Debug)]
pub struct Authenticator {
    pub(crate) user_verification: UserVerificationState,
    pub(crate) key_agreement: Option<KeyAgreementKey>,
}

/// Whether this device can verify its user.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum UserVerificationState {
    /// It can: a PIN is set, or the operating system's check is there.
    Configured,
    /// It could, but nothing is set up.
    NotConfigured,
}

impl UserVerificationState {
    pub(crate) fn is_configured(self) -> bool {
        self == Self::Configured
    }
}

/// What a command led to.
#[derive(Debug)]
pub enum Begun {
    /// An answer at once: nothing about passkeys, nobody to ask.
    Reply(Answer),
    /// A question. The answer follows from [`Pending::finish`] or [`Pending::refuse`].
    Ask(Pending, ConsentPrompt),
}

impl Authenticator {
    /// Makes an authenticator as client platforms like it over hybrid: it names `prf` and `largeBlob`.
    ///
    /// Chromium 156 takes an authenticator that names `credBlob` for a U2F key, and sets a `credProtect` level of its
    /// own choice where that is named; neither has a use over hybrid.
    #[must_use]
    pub fn new(user_verification: UserVerificationState) -> Self {
        Self {
            user_verification,
            key_agreement: None,
        }
    }

    /// Makes an authenticator that offers everything it can: `hmac-secret` and `hmac-secret-mc` with a fresh key
    /// agreement key, `credProtect` and `credBlob` besides `prf` and `largeBlob`.
    #[must_use]
    pub fn with_all_extensions(user_verification: UserVerificationState, rng: &mut dyn CryptoRng) -> Self {
        Self {
            user_verification,
            key_agreement: Some(KeyAgreementKey::generate(rng)),
        }
    }

    /// Returns the capabilities as CBOR without a status byte, as the first message over hybrid carries them.
    #[must_use]
    pub fn get_info(&self) -> Vec<u8> {
        get_info::info(self).encode()
    }

    /// Begins with a command. Nothing depends on the time yet that a command begins at.
    pub fn begin(&mut self, command: Command, store: &dyn CredentialStore, _now: UnixTime) -> Begun {
        let begun = match command {
            Command::MakeCredential(request) => make_credential::begin(*request, self, store),
            Command::GetAssertion(request) => get_assertion::begin(*request, self, store),
            Command::Selection => Ok(selection::begin()),
            Command::GetInfo => {
                let message = [&[0], &self.get_info()[..]].concat();
                return Begun::Reply(Answer::success(message, Outcome::Informed));
            }
            // CTAP 2.3 §6.3: the person picks the account here, so there is never more than one assertion.
            Command::GetNextAssertion => Err(Rejection::NoNextAssertion),
            Command::ClientPin(request) => match self.client_pin(request) {
                Ok(answer) => return Begun::Reply(answer),
                Err(rejection) => Err(rejection),
            },
        };
        match begun {
            Ok((pending, prompt)) => Begun::Ask(pending, prompt),
            Err(rejection) => Begun::Reply(Answer::rejected(rejection)),
        }
    }

    /// `authenticatorClientPIN` (CTAP 2.3 §6.5.5): getKeyAgreement, and nothing else.
    fn client_pin(&self, request: ClientPin) -> Result<Answer, Rejection> {
        let key = self.key_agreement.as_ref().ok_or(Rejection::CommandNotOffered)?;
        if request.subcommand != ClientPin::GET_KEY_AGREEMENT {
            return Err(Rejection::InvalidSubcommand);
        }
        // §6.5.5.4, steps 1 and 2: the protocol must be there and supported. Step 3: the key.
        match request.protocol {
            None => Err(Rejection::MissingParameter),
            Some(PROTOCOL) => Ok(Answer::success(
                KeyAgreement(key.public_key()).encode(),
                Outcome::Informed,
            )),
            Some(_) => Err(Rejection::InvalidParameter),
        }
    }
}
