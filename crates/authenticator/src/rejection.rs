//! Every way in which the core says no, and the one map from there to status codes (CTAP 2.3 §8.2).

use roamkey_ctap::{DecodeError, StatusCode};

use crate::{KeyError, Refusal, StoreError};

/// Why a request gets no result, sorted by fault.
#[derive(Debug)]
pub(crate) enum Rejection {
    // The request is at fault.
    /// It is malformed, or a value in it is not allowed.
    Malformed(DecodeError),
    /// The command is not offered.
    CommandNotOffered,
    /// A parameter has a value that is not supported.
    InvalidParameter,
    /// A parameter that another one demands is missing.
    MissingParameter,
    /// An option is not allowed with this command, or not available.
    InvalidOption,
    /// An option is not supported.
    UnsupportedOption,
    /// None of the algorithms is supported.
    UnsupportedAlgorithm,
    /// A code over the salts, or the proof of a token, does not verify. No tokens are given out, so no proof can.
    PinAuthInvalid,
    /// The subcommand is not offered.
    InvalidSubcommand,
    /// There is no assertion to go on with.
    NoNextAssertion,

    // The person, or the lack of a passkey.
    /// No passkey fits.
    NoCredentials,
    /// A passkey of the exclude list is here.
    Excluded,
    /// The person did not approve.
    Refused {
        /// Why not.
        refusal: Refusal,
        /// The status for a prompt that ran out of time.
        timed_out: StatusCode,
    },
    /// The consent was given for another request.
    ForeignConsent,

    // Our side is at fault.
    /// The store failed.
    Store(StoreError),
    /// A key can't sign.
    Key(KeyError),
}

impl Rejection {
    /// Returns the status code. Total: a new variant does not compile until it has one.
    pub(crate) fn status(&self) -> StatusCode {
        match self {
            Self::Malformed(error) => error.status(),
            Self::CommandNotOffered => StatusCode::InvalidCommand,
            Self::InvalidParameter => StatusCode::InvalidParameter,
            Self::MissingParameter => StatusCode::MissingParameter,
            Self::InvalidOption => StatusCode::InvalidOption,
            Self::UnsupportedOption => StatusCode::UnsupportedOption,
            Self::UnsupportedAlgorithm => StatusCode::UnsupportedAlgorithm,
            Self::PinAuthInvalid => StatusCode::PinAuthInvalid,
            Self::InvalidSubcommand => StatusCode::InvalidSubcommand,
            Self::NoNextAssertion => StatusCode::NotAllowed,
            Self::NoCredentials => StatusCode::NoCredentials,
            Self::Excluded => StatusCode::CredentialExcluded,
            Self::Refused { refusal, timed_out } => refusal_status(*refusal, *timed_out),
            Self::ForeignConsent => StatusCode::OperationDenied,
            Self::Store(error) => store_status(error),
            Self::Key(KeyError::Invalid | KeyError::Unsupported | KeyError::Signing) => StatusCode::Other,
        }
    }
}

/// CTAP 2.3 §6.1.2 step 11 and §6.2.2 step 6: a failed built-in verification is `OPERATION_DENIED` at an
/// authenticator without client PIN; what a time-out is depends on what was asked. A request that is withdrawn while
/// the prompt is up is `KEEPALIVE_CANCEL`, as after a cancel on USB.
fn refusal_status(refusal: Refusal, timed_out: StatusCode) -> StatusCode {
    match refusal {
        // A policy's no looks like the person's: the other end learns nothing about passkeys here.
        Refusal::Denied | Refusal::VerificationFailed | Refusal::Policy => StatusCode::OperationDenied,
        Refusal::TimedOut => timed_out,
        Refusal::Withdrawn => StatusCode::KeepaliveCancel,
    }
}

fn store_status(error: &StoreError) -> StatusCode {
    match error {
        StoreError::NotFound => StatusCode::NoCredentials,
        StoreError::Full => StatusCode::KeyStoreFull,
        StoreError::TimedOut => StatusCode::UserActionTimeout,
        StoreError::Locked | StoreError::Missing | StoreError::Corrupt | StoreError::Failed(_) => {
            StatusCode::Other
        }
    }
}

impl From<StoreError> for Rejection {
    fn from(error: StoreError) -> Self {
        Self::Store(error)
    }
}

impl From<KeyError> for Rejection {
    fn from(error: KeyError) -> Self {
        Self::Key(error)
    }
}

impl From<DecodeError> for Rejection {
    fn from(error: DecodeError) -> Self {
        Self::Malformed(error)
    }
}
