//! Everything that can go wrong on this device, with its [`ErrorCode`].

#![expect(
    clippy::wildcard_enum_match_arm,
    reason = "what has no code of its own shares its group's general one"
)]

use std::io;

use roamkey_authenticator::{Outcome, Refusal, StoreError};
use roamkey_hybrid::authenticator::UnknownService;
use roamkey_hybrid::{FreshnessError, QrError};
use roamkey_session::{AirError, SessionError, TunnelError};
use roamkey_vault::{FileStoreError, IndexError, KeyringError, PinError, RecordError, VaultError};

use crate::os_verification::OsVerificationError;
use crate::recovery::RecoveryError;
use crate::settings::SettingsError;
use crate::{ErrorCode, ScanError};

/// Why something was not done. [`Failure::code`] is its stable name.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum Failure {
    /// No code could be read from a picture.
    #[error(transparent)]
    Scan(#[from] ScanError),
    /// The text is no sign-in code.
    #[error("not a sign-in code")]
    Code(#[source] QrError),
    /// The code is of the wrong time.
    #[error(transparent)]
    Freshness(FreshnessError),
    /// The code was used before.
    #[error("the code was used before")]
    CodeUsed,
    /// The other device does not know the tunnel service.
    #[error(transparent)]
    UnknownService(UnknownService),
    /// The transaction ended without an answer.
    #[error(transparent)]
    Session(SessionError),
    /// The request was answered with something else than what it asked for.
    #[error("the request was not carried out")]
    NotDone(Outcome),
    /// The vault could not do what was asked.
    #[error(transparent)]
    Vault(VaultError),
    /// The PIN was not accepted or not set.
    #[error(transparent)]
    Pin(PinError),
    /// The operating system did not verify the person.
    #[error(transparent)]
    OsVerification(#[from] OsVerificationError),
    /// The settings can't be read or written.
    #[error(transparent)]
    Settings(SettingsError),
    /// A backup, a restore, an import or an export could not be done.
    #[error(transparent)]
    Recovery(RecoveryError),
    /// The data folder can't be used.
    #[error("the data folder can't be used")]
    Folder(#[source] io::Error),
    /// A thread of ours is gone.
    #[error("a working thread is gone")]
    Thread(#[source] tokio::task::JoinError),
}

impl Failure {
    /// The failure's stable name.
    #[must_use]
    pub fn code(&self) -> ErrorCode {
        match self {
            Self::Scan(error) => scan(error),
            Self::Code(QrError::Prefix) => ErrorCode::NotASignInCode,
            Self::Code(_) => ErrorCode::DamagedCode,
            Self::Freshness(FreshnessError::TooOld { .. }) => ErrorCode::CodeTooOld,
            Self::Freshness(_) => ErrorCode::CodeFromTheFuture,
            Self::CodeUsed => ErrorCode::CodeUsed,
            Self::UnknownService(_) => ErrorCode::TunnelServiceUnknownToBrowser,
            Self::Session(error) => session(error),
            Self::NotDone(outcome) => not_done(outcome),
            Self::Vault(error) => vault(error),
            Self::Pin(error) => pin(error),
            Self::OsVerification(error) => ErrorCode::from(*error),
            Self::Settings(SettingsError::Damaged(_)) => ErrorCode::SettingsDamaged,
            Self::Settings(SettingsError::File(_)) | Self::Folder(_) => ErrorCode::FolderUnusable,
            Self::Recovery(error) => error.code(),
            Self::Thread(_) => ErrorCode::Internal,
        }
    }
}

fn scan(error: &ScanError) -> ErrorCode {
    match error {
        ScanError::TooLarge => ErrorCode::PictureTooLarge,
        ScanError::NotAPicture(_) => ErrorCode::NotAPicture,
        ScanError::NoCode => ErrorCode::NoCodeInPicture,
        ScanError::OnlyOtherCodes => ErrorCode::NotASignInCode,
    }
}

fn session(error: &SessionError) -> ErrorCode {
    match error {
        SessionError::Handshake(_) => ErrorCode::HandshakeFailed,
        SessionError::Channel(_) | SessionError::SecondCommand => ErrorCode::PeerBrokeProtocol,
        SessionError::ClientNeverCame => ErrorCode::NobodyCame,
        SessionError::NoRequest => ErrorCode::NoRequest,
        SessionError::Air(error) => ErrorCode::from(error),
        SessionError::Tunnel { source, .. } => ErrorCode::from(source),
        SessionError::AnswerLost { .. } => ErrorCode::AnswerLost,
        // A thread that is gone, and what later versions add.
        _ => ErrorCode::Internal,
    }
}

impl From<&AirError> for ErrorCode {
    fn from(error: &AirError) -> Self {
        match error {
            AirError::NoService(_) => Self::BluetoothNoService,
            AirError::NoAdapter => Self::BluetoothNoAdapter,
            AirError::PoweredOff => Self::BluetoothOff,
            AirError::NotPermitted(_) => Self::BluetoothNotPermitted,
            AirError::Unsupported(_) => Self::BluetoothCannotAdvertise,
            AirError::TimedOut => Self::BluetoothTimeout,
            _ => Self::BluetoothFailed,
        }
    }
}

impl From<&TunnelError> for ErrorCode {
    fn from(error: &TunnelError) -> Self {
        match error {
            TunnelError::NameLookup(_) => Self::TunnelNameLookup,
            TunnelError::Unreachable(_) => Self::TunnelUnreachable,
            TunnelError::Tls(_) => Self::TunnelNotTrusted,
            TunnelError::Refused { .. } => Self::TunnelRefused,
            TunnelError::Protocol(_) => Self::TunnelProtocol,
            TunnelError::TimedOut => Self::TunnelTimeout,
            _ => Self::TunnelLost,
        }
    }
}

fn not_done(outcome: &Outcome) -> ErrorCode {
    match outcome {
        Outcome::Excluded => ErrorCode::AlreadyRegistered,
        Outcome::NoCredentials => ErrorCode::NoPasskey,
        Outcome::Refused(Refusal::Denied) => ErrorCode::Refused,
        Outcome::Refused(Refusal::VerificationFailed) => ErrorCode::PinWrong,
        Outcome::Refused(Refusal::TimedOut) => ErrorCode::QuestionTimeout,
        Outcome::Refused(Refusal::Withdrawn) => ErrorCode::Withdrawn,
        Outcome::Refused(Refusal::Policy) => ErrorCode::PolicyBlocked,
        Outcome::StoreFailed(error) => store(error),
        // Turned down without a question; the others are done, and what later versions add.
        _ => ErrorCode::RequestNotSupported,
    }
}

fn store(error: &StoreError) -> ErrorCode {
    match error {
        StoreError::Locked => ErrorCode::KeyringLocked,
        StoreError::Missing => ErrorCode::KeyringMissing,
        StoreError::TimedOut => ErrorCode::KeyringTimeout,
        StoreError::Corrupt => ErrorCode::PasskeyDamaged,
        _ => ErrorCode::VaultFailed,
    }
}

fn vault(error: &VaultError) -> ErrorCode {
    match error {
        VaultError::Keyring(error) => keyring(error),
        VaultError::Record(RecordError::NewerVersion(_)) | VaultError::Index(IndexError::NewerVersion) => {
            ErrorCode::PasskeyTooNew
        }
        VaultError::Record(_) | VaultError::Mismatch | VaultError::KeyMissing => ErrorCode::PasskeyDamaged,
        VaultError::OtherKeyring { .. } => ErrorCode::KeyringOther,
        VaultError::Busy => ErrorCode::VaultBusy,
        VaultError::Activity(_) => ErrorCode::ActivityUnreadable,
        VaultError::Policy(_) => ErrorCode::PolicyUnusable,
        VaultError::NotFound => ErrorCode::PasskeyNotFound,
        VaultError::AlreadyRemoved => ErrorCode::PasskeyRemoved,
        VaultError::NotRemoved => ErrorCode::PasskeyNotRemoved,
        VaultError::NotAnId => ErrorCode::PasskeyIdUnfit,
        VaultError::Ambiguous => ErrorCode::PasskeyIdAmbiguous,
        VaultError::Label(_) => ErrorCode::LabelUnfit,
        _ => ErrorCode::VaultFailed,
    }
}

fn keyring(error: &KeyringError) -> ErrorCode {
    match error {
        KeyringError::Locked(_) | KeyringError::Dismissed(_) => ErrorCode::KeyringLocked,
        KeyringError::Unavailable(_) | KeyringError::NoCollection(_) => ErrorCode::KeyringMissing,
        KeyringError::TimedOut => ErrorCode::KeyringTimeout,
        KeyringError::File(error) => file_store(error),
        KeyringError::Garbled | KeyringError::Duplicate => ErrorCode::PasskeyDamaged,
        _ => ErrorCode::KeyringFailed,
    }
}

fn file_store(error: &FileStoreError) -> ErrorCode {
    match error {
        FileStoreError::PassphraseNeeded => ErrorCode::PassphraseNeeded,
        FileStoreError::WrongPassphrase => ErrorCode::PassphraseWrong,
        FileStoreError::NotThere | FileStoreError::Foreign | FileStoreError::Damaged => {
            ErrorCode::StoreDamaged
        }
        FileStoreError::AlreadyThere => ErrorCode::StoreThere,
        FileStoreError::KeyringVault => ErrorCode::StoreInKeyring,
        FileStoreError::NewerVersion(_) => ErrorCode::PasskeyTooNew,
        FileStoreError::Busy => ErrorCode::VaultBusy,
        FileStoreError::Io(_) => ErrorCode::FolderUnusable,
        // No memory, no randomness, and what later versions add.
        _ => ErrorCode::Internal,
    }
}

fn pin(error: &PinError) -> ErrorCode {
    match error {
        PinError::Wrong { .. } => ErrorCode::PinWrong,
        PinError::Wait { .. } => ErrorCode::PinLocked,
        PinError::NotSet => ErrorCode::PinNotSet,
        PinError::AlreadySet => ErrorCode::PinAlreadySet,
        PinError::NotAllowed => ErrorCode::PinNotAllowed,
        PinError::ShorterThanPolicy { .. } => ErrorCode::PinTooShort,
        PinError::Vault(error) => vault(error),
        _ => ErrorCode::KeyringFailed,
    }
}

impl From<OsVerificationError> for ErrorCode {
    fn from(error: OsVerificationError) -> Self {
        match error {
            OsVerificationError::Root => Self::OsVerificationRoot,
            OsVerificationError::NoService => Self::OsVerificationMissing,
            OsVerificationError::NotInstalled => Self::OsVerificationNotInstalled,
            OsVerificationError::Unasked => Self::OsVerificationUnasked,
            OsVerificationError::NotAllowed => Self::OsVerificationNotAllowed,
            OsVerificationError::NoPrompt => Self::OsVerificationNoPrompt,
            OsVerificationError::TimedOut => Self::OsVerificationTimeout,
            OsVerificationError::Dismissed => Self::Refused,
            OsVerificationError::NotRecognised => Self::OsVerificationFailed,
        }
    }
}
