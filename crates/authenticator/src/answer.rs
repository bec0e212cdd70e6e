//! The answer to a command: the bytes for the other end, and what happened for this end.

use std::fmt;

use roamkey_ctap::{DecodeError, StatusCode};
use zeroize::{Zeroize, ZeroizeOnDrop};

use crate::rejection::Rejection;
use crate::{Refusal, StoreError};

/// An answer: status byte, then CBOR. The bytes may hold `prf` results and are wiped on drop.
pub struct Answer {
    bytes: Bytes,
    outcome: Outcome,
    unrecorded: Option<StoreError>,
}

#[derive(Zeroize, ZeroizeOnDrop)]
struct Bytes(Vec<u8>);

/// What happened.
#[derive(Debug)]
#[non_exhaustive]
pub enum Outcome {
    /// A passkey was created.
    Created,
    /// A passkey signed.
    SignedIn,
    /// Nothing was created: a passkey of the exclude list is here.
    Excluded,
    /// Nothing was signed: no passkey here fits.
    NoCredentials,
    /// The person did not approve.
    Refused(Refusal),
    /// The other end asked what this authenticator can do.
    Informed,
    /// The person chose this device.
    Selected,
    /// The request was turned down, whatever the person said.
    Rejected(StatusCode),
    /// The store failed.
    StoreFailed(StoreError),
}

impl Answer {
    /// Answers a message that [`Command::decode`](roamkey_ctap::Command::decode) could not read.
    #[must_use]
    pub fn undecodable(error: &DecodeError) -> Self {
        Self::rejected(Rejection::Malformed(*error))
    }

    pub(crate) fn success(bytes: Vec<u8>, outcome: Outcome) -> Self {
        Self {
            bytes: Bytes(bytes),
            outcome,
            unrecorded: None,
        }
    }

    pub(crate) fn rejected(rejection: Rejection) -> Self {
        let status = rejection.status();
        let outcome = match rejection {
            Rejection::Malformed(_)
            | Rejection::CommandNotOffered
            | Rejection::InvalidParameter
            | Rejection::MissingParameter
            | Rejection::InvalidOption
            | Rejection::UnsupportedOption
            | Rejection::UnsupportedAlgorithm
            | Rejection::PinAuthInvalid
            | Rejection::InvalidSubcommand
            | Rejection::NoNextAssertion
            | Rejection::ForeignConsent
            | Rejection::Key(_) => Outcome::Rejected(status),
            Rejection::NoCredentials => Outcome::NoCredentials,
            Rejection::Excluded => Outcome::Excluded,
            Rejection::Refused {
                refusal,
                timed_out: _,
            } => Outcome::Refused(refusal),
            Rejection::Store(error) => Outcome::StoreFailed(error),
        };
        Self {
            bytes: Bytes(vec![status.byte()]),
            outcome,
            unrecorded: None,
        }
    }

    /// Notes that the passkey has signed but something about that could not be stored.
    pub(crate) fn but_unrecorded(mut self, error: Option<StoreError>) -> Self {
        self.unrecorded = error;
        self
    }

    /// Returns the message for the other end: status byte, then CBOR.
    #[must_use]
    pub fn bytes(&self) -> &[u8] {
        &self.bytes.0
    }

    /// Returns what happened.
    #[must_use]
    pub fn outcome(&self) -> &Outcome {
        &self.outcome
    }

    /// Returns the reason why the use of a passkey could not be noted, or its large blob not be read or kept. The answer
    /// stands.
    #[must_use]
    pub fn unrecorded(&self) -> Option<&StoreError> {
        self.unrecorded.as_ref()
    }

    /// Splits the answer into the message, which the caller wipes where that matters, and what happened.
    #[must_use]
    pub fn into_parts(mut self) -> (Vec<u8>, Outcome) {
        (std::mem::take(&mut self.bytes.0), self.outcome)
    }
}

impl fmt::Debug for Answer {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter
            .debug_struct("Answer")
            .field("outcome", &self.outcome)
            .finish_non_exhaustive()
    }
}
