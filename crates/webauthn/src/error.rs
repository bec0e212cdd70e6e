//! What can be wrong with a request, and with what an authenticator answers.

use roamkey_ctap::StatusCode;

use crate::{OptionsError, RpIdError};

/// Why a request can't be made. The caller, the site, or what the authenticator can do is at fault.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum CeremonyError {
    /// The options are wrong.
    #[error(transparent)]
    Options(#[from] OptionsError),
    /// The origin may not use the RP ID.
    #[error(transparent)]
    RpId(#[from] RpIdError),
    /// The site demands that the person is verified, and the authenticator says that it can't.
    #[error("the authenticator can't verify its user")]
    CannotVerify,
    /// The site demands a discoverable passkey, and the authenticator says that it keeps none.
    #[error("the authenticator keeps no discoverable passkeys")]
    CannotKeep,
    /// The site demands an extension that the authenticator does not have.
    #[error("the authenticator does not have the extension {0}")]
    MissingExtension(&'static str),
}

/// Why an answer was not accepted. The authenticator said no, or it lies.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum AnswerError {
    /// It said no.
    #[error("the authenticator answered {0:?}")]
    Status(StatusCode),
    /// Not canonical CBOR.
    #[error("the answer is not canonical CBOR")]
    Cbor(#[source] roamkey_cbor::Error),
    /// A part is missing, of another type, or makes no sense.
    #[error("{0} is missing or malformed")]
    Malformed(&'static str),
    /// Made for another RP ID.
    #[error("the answer is for another site")]
    WrongSite,
    /// Nobody was there.
    #[error("the answer says that nobody was present")]
    NotPresent,
    /// The person was to be verified and was not.
    #[error("the answer says that the person was not verified")]
    NotVerified,
    /// A key of an algorithm that nobody asked for.
    #[error("the new passkey's algorithm was not asked for")]
    WrongAlgorithm,
    /// A new passkey that was to be excluded.
    #[error("the new passkey is one that was to be excluded")]
    Excluded,
    /// A passkey that the allow list does not name.
    #[error("the passkey is not one that was asked for")]
    NotAllowed,
    /// The signature does not verify.
    #[error("the signature does not verify")]
    Signature,
    /// The key that was to seal the inputs of `prf` is none, or not the one that the authenticator then used.
    #[error("the key agreement for prf failed")]
    KeyAgreement,
}

/// What is known of the signature in an answer. The site verifies it in any case.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum SignatureCheck {
    /// It verifies: at a registration with the new key itself, at a sign-in with the key that the caller knew.
    Verified,
    /// There is none: the registration is without attestation.
    None,
    /// It was made with a key that is not known here, or of an algorithm that can't be verified here.
    Unknown,
}
