//! Everything that can go wrong while a phone is asked, with its [`ErrorCode`].

#![expect(
    clippy::wildcard_enum_match_arm,
    reason = "what has no code of its own shares its group's general one"
)]

use std::io;

use roamkey_session::{AirError, RequestError, TunnelError};
use roamkey_tunnel::SiteError;
use roamkey_webauthn::{
    AnswerError, CeremonyError, OptionsError, OriginError, RelatedOriginsError, RpIdError, StatusCode,
};

use crate::ErrorCode;

/// Why a phone did not sign in or create a passkey. [`RequestFailure::code`] is its stable name.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum RequestFailure {
    /// The origin is none that may use passkeys.
    #[error(transparent)]
    Origin(#[from] OriginError),
    /// The file with the options can't be read.
    #[error("the file can't be read")]
    Unreadable(#[source] io::Error),
    /// The options are wrong; the error names the member.
    #[error(transparent)]
    Options(#[from] OptionsError),
    /// The origin may not use the RP ID.
    #[error(transparent)]
    RpId(RpIdError),
    /// The RP ID's list of related origins could not be fetched.
    #[error(transparent)]
    Site(#[from] SiteError),
    /// What was fetched is no list of related origins.
    #[error(transparent)]
    RelatedOrigins(#[from] RelatedOriginsError),
    /// This machine can't listen over Bluetooth. No code was shown.
    #[error(transparent)]
    Air(AirError),
    /// The site demands what the phone can't do.
    #[error(transparent)]
    Phone(CeremonyError),
    /// The transaction ended without an answer.
    #[error(transparent)]
    Session(RequestError),
    /// The phone said no, or its answer was not accepted.
    #[error(transparent)]
    Answer(#[from] AnswerError),
    /// A fault of Roamkey's own.
    #[error("a working task is gone")]
    Internal,
}

impl From<CeremonyError> for RequestFailure {
    fn from(error: CeremonyError) -> Self {
        match error {
            CeremonyError::Options(error) => Self::Options(error),
            CeremonyError::RpId(error) => Self::RpId(error),
            error => Self::Phone(error),
        }
    }
}

impl RequestFailure {
    /// The failure's stable name.
    #[must_use]
    pub fn code(&self) -> ErrorCode {
        match self {
            Self::Origin(_) => ErrorCode::OriginInvalid,
            Self::Unreadable(_) => ErrorCode::OptionsUnreadable,
            Self::Options(_) => ErrorCode::OptionsInvalid,
            Self::RpId(RpIdError::NotListed) | Self::Site(SiteError::Status(404 | 410)) => {
                ErrorCode::OriginNotRelated
            }
            Self::RpId(_) => ErrorCode::RpIdMismatch,
            Self::Site(error) => site(error),
            Self::RelatedOrigins(_) => ErrorCode::RelatedOriginsInvalid,
            Self::Air(error) | Self::Session(RequestError::Air(error)) => listening(error),
            Self::Phone(CeremonyError::CannotVerify) => ErrorCode::PhoneCannotVerify,
            Self::Phone(_) => ErrorCode::PhoneCannot,
            Self::Session(error) => session(error),
            Self::Answer(error) => answer(*error),
            Self::Internal => ErrorCode::Internal,
        }
    }

    /// What exactly was wrong, in one phrase that names no site, no account and no value: the member of the options,
    /// the part of an answer, the HTTP status of a tunnel service. `None` where the code says it all.
    #[must_use]
    pub fn detail(&self) -> Option<String> {
        match self {
            Self::Origin(error) => Some(error.to_string()),
            Self::Unreadable(error) => Some(error.kind().to_string()),
            Self::Options(error) => Some(error.to_string()),
            Self::RpId(error) => Some(error.to_string()),
            Self::Site(error) => Some(error.to_string()),
            Self::RelatedOrigins(error) => Some(error.to_string()),
            Self::Phone(error @ CeremonyError::MissingExtension(_)) => Some(error.to_string()),
            Self::Session(RequestError::Tunnel(
                error @ (TunnelError::Refused { .. } | TunnelError::Protocol(_)),
            )) => Some(error.to_string()),
            Self::Answer(
                error @ (AnswerError::Malformed(_) | AnswerError::Cbor(_) | AnswerError::Status(_)),
            ) => Some(error.to_string()),
            Self::Session(RequestError::FirstMessage(error)) => Some(error.to_string()),
            Self::Session(RequestError::Channel(error)) => Some(error.to_string()),
            _ => None,
        }
    }
}

/// A site that gives something else than a list, or one that is not there.
fn site(error: &SiteError) -> ErrorCode {
    match error {
        SiteError::Status(_)
        | SiteError::NotJson
        | SiteError::TooLong
        | SiteError::NotHttps
        | SiteError::Redirects
        | SiteError::Protocol(_) => ErrorCode::RelatedOriginsInvalid,
        _ => ErrorCode::RelatedOriginsUnreachable,
    }
}

/// The same faults as when advertising; only what an adapter can't do differs.
fn listening(error: &AirError) -> ErrorCode {
    match error {
        AirError::Unsupported(_) => ErrorCode::BluetoothCannotListen,
        error => error.into(),
    }
}

fn session(error: &RequestError) -> ErrorCode {
    match error {
        RequestError::NobodyScanned => ErrorCode::NobodyScanned,
        RequestError::HandshakeTimedOut => ErrorCode::PhoneHandshakeTimeout,
        RequestError::IntroductionTimedOut => ErrorCode::PhoneIntroductionTimeout,
        RequestError::PersonTimedOut => ErrorCode::PhonePersonTimeout,
        RequestError::UnassignedService(_) => ErrorCode::PhoneTunnelUnassigned,
        RequestError::ReservedAdvert => ErrorCode::PhoneTooNew,
        RequestError::Handshake(_) => ErrorCode::PhoneHandshakeFailed,
        RequestError::FirstMessage(_) => ErrorCode::PhoneIntroductionWrong,
        RequestError::NoCtap => ErrorCode::PhoneOffersNoPasskeys,
        RequestError::GetInfoTooLong { .. } => ErrorCode::PhoneIntroductionTooLong,
        RequestError::OutOfTurn => ErrorCode::PhoneOutOfTurn,
        RequestError::Channel(_) | RequestError::NotAReply => ErrorCode::PhoneBrokeProtocol,
        RequestError::PhoneLeft => ErrorCode::PhoneLeft,
        RequestError::Tunnel(TunnelError::Refused { status: 300..400 }) => ErrorCode::TunnelRedirected,
        RequestError::Tunnel(error) => error.into(),
        _ => ErrorCode::Internal,
    }
}

fn answer(error: AnswerError) -> ErrorCode {
    match error {
        AnswerError::Status(status) => refusal(status),
        AnswerError::Cbor(_) | AnswerError::Malformed(_) => ErrorCode::PhoneAnswerMalformed,
        AnswerError::WrongSite => ErrorCode::PhoneAnswerOtherSite,
        AnswerError::NotPresent | AnswerError::NotVerified => ErrorCode::PhoneAnswerUnverified,
        AnswerError::WrongAlgorithm => ErrorCode::PhoneAnswerOtherAlgorithm,
        AnswerError::Excluded | AnswerError::NotAllowed => ErrorCode::PhoneAnswerOtherPasskey,
        AnswerError::Signature => ErrorCode::PhoneAnswerBadSignature,
        AnswerError::KeyAgreement => ErrorCode::PhoneKeyAgreementFailed,
        _ => ErrorCode::PhoneAnswerMalformed,
    }
}

/// What the phone said instead of an answer (CTAP 2.3 §8.2).
fn refusal(status: StatusCode) -> ErrorCode {
    match status {
        StatusCode::CredentialExcluded => ErrorCode::PhoneAlreadyRegistered,
        StatusCode::NoCredentials | StatusCode::InvalidCredential => ErrorCode::PhoneNoPasskey,
        StatusCode::OperationDenied | StatusCode::KeepaliveCancel => ErrorCode::PhoneRefused,
        StatusCode::UserActionTimeout | StatusCode::ActionTimeout | StatusCode::Timeout => {
            ErrorCode::PhonePersonTimeout
        }
        StatusCode::PinAuthBlocked
        | StatusCode::PinBlocked
        | StatusCode::PinInvalid
        | StatusCode::PinAuthInvalid
        | StatusCode::PinNotSet
        | StatusCode::PuatRequired
        | StatusCode::UvBlocked
        | StatusCode::UvInvalid => ErrorCode::PhoneNotVerified,
        StatusCode::KeyStoreFull => ErrorCode::PhoneFull,
        StatusCode::UnsupportedAlgorithm | StatusCode::UnsupportedOption | StatusCode::InvalidOption => {
            ErrorCode::PhoneCannot
        }
        _ => ErrorCode::PhoneFailed,
    }
}
