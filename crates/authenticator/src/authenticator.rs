//! The entry point: a command goes in, and either an answer or a question to the person comes out.

use roamkey_ctap::Command;

use crate::rejection::Rejection;
use crate::{Answer, ConsentPrompt, CredentialStore, Outcome, Pending, UnixTime};
use crate::{get_assertion, get_info, make_credential, selection};

/// The authenticator. It keeps no passkeys and no state between commands.
#[derive(Debug)]
pub struct Authenticator {
    user_verification: UserVerificationState,
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
    /// Makes an authenticator.
    #[must_use]
    pub fn new(user_verification: UserVerificationState) -> Self {
        Self { user_verification }
    }

    /// Returns the capabilities as CBOR without a status byte, as the first message over hybrid carries them.
    #[must_use]
    pub fn get_info(&self) -> Vec<u8> {
        get_info::info(self.user_verification).encode()
    }

    /// Begins with a command. Nothing depends on the time yet that a command begins at.
    pub fn begin(&mut self, command: Command, store: &dyn CredentialStore, _now: UnixTime) -> Begun {
        let begun = match command {
            Command::MakeCredential(request) => {
                make_credential::begin(*request, self.user_verification, store)
            }
            Command::GetAssertion(request) => get_assertion::begin(*request, self.user_verification, store),
            Command::Selection => Ok(selection::begin()),
            Command::GetInfo => {
                let message = [&[0], &self.get_info()[..]].concat();
                return Begun::Reply(Answer::success(message, Outcome::Informed));
            }
            // CTAP 2.3 §6.3: the person picks the account here, so there is never more than one assertion.
            Command::GetNextAssertion => Err(Rejection::NoNextAssertion),
            Command::ClientPin(_) => Err(Rejection::CommandNotOffered),
        };
        match begun {
            Ok((pending, prompt)) => Begun::Ask(pending, prompt),
            Err(rejection) => Begun::Reply(Answer::rejected(rejection)),
        }
    }
}
