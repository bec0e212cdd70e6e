//! Everything that can go wrong with recovery and exchange, with its [`ErrorCode`].

#![expect(
    clippy::wildcard_enum_match_arm,
    reason = "what has no code of its own shares its group's general one"
)]

use std::io;

use roamkey_exchange::WordsError;
use roamkey_exchange::age::AgeError;
use roamkey_exchange::backup::BackupError;
use roamkey_exchange::import::ImportError;
use roamkey_exchange::split::SplitError;
use roamkey_vault::VaultError;

use crate::ErrorCode;

/// Why something was not done. Nothing was changed.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum RecoveryError {
    /// There is no recovery identity yet.
    #[error("recovery is not set up")]
    NotSetUp,
    /// There is one already, and another one would not open its backups.
    #[error("recovery is set up already")]
    AlreadySetUp,
    /// What the keyring holds about recovery can't be read.
    #[error("the keyring's entry about recovery can't be read")]
    State,
    /// The words are no recovery words.
    #[error(transparent)]
    Words(WordsError),
    /// The shares do not make recovery words.
    #[error(transparent)]
    Shares(SplitError),
    /// The passphrase could be guessed.
    #[error("the passphrase is too weak")]
    PassphraseWeak,
    /// The age file does not open.
    #[error(transparent)]
    Age(AgeError),
    /// The passphrase opens nothing.
    #[error("the passphrase is wrong")]
    PassphraseWrong,
    /// The file's content can't be read.
    #[error(transparent)]
    Import(ImportError),
    /// A file can't be read.
    #[error("the file can't be read")]
    Read(#[source] io::Error),
    /// A file can't be written.
    #[error("the file can't be written")]
    Write(#[source] io::Error),
    /// A file of this name exists, and is not overwritten.
    #[error("there is a file of this name already")]
    Exists,
    /// Keys in the backup do not sign, or it holds less than it says.
    #[error("{failed} keys of the backup do not work")]
    BadKeys {
        /// How many.
        failed: usize,
    },
    /// The person stopped it.
    #[error("stopped by the person")]
    Stopped,
    /// The operating system's scheduler did not take the schedule.
    #[error("the schedule could not be set up")]
    Schedule(#[source] io::Error),
    /// The vault could not do what was asked.
    #[error(transparent)]
    Vault(#[from] VaultError),
}

impl RecoveryError {
    /// The error's stable name.
    #[must_use]
    pub fn code(&self) -> ErrorCode {
        match self {
            Self::NotSetUp => ErrorCode::RecoveryNotSetUp,
            Self::AlreadySetUp => ErrorCode::RecoveryAlreadySetUp,
            Self::State => ErrorCode::KeyringFailed,
            Self::Words(WordsError::Checksum) => ErrorCode::WordsDoNotFit,
            Self::Words(_) => ErrorCode::WordsWrong,
            Self::Shares(SplitError::TooFew { .. }) => ErrorCode::SharesTooFew,
            Self::Shares(SplitError::Numbers) => ErrorCode::SharesNumbers,
            Self::Shares(_) => ErrorCode::SharesWrong,
            Self::PassphraseWeak => ErrorCode::PassphraseWeak,
            Self::PassphraseWrong => ErrorCode::FilePassphraseWrong,
            Self::Age(error) => age(*error),
            Self::Import(error) => import(*error),
            Self::Read(_) => ErrorCode::FileUnreadable,
            Self::Write(_) => ErrorCode::FileNotWritten,
            Self::Exists => ErrorCode::FileExists,
            Self::BadKeys { .. } => ErrorCode::BackupKeysFail,
            Self::Stopped => ErrorCode::Cancelled,
            Self::Schedule(_) => ErrorCode::ScheduleFailed,
            // The vault's errors have codes of their own (see `Failure`).
            Self::Vault(_) => ErrorCode::VaultFailed,
        }
    }
}

fn age(error: AgeError) -> ErrorCode {
    match error {
        AgeError::NoMatch => ErrorCode::WordsOfAnother,
        AgeError::OtherKind(_) => ErrorCode::KeyOfOtherKind,
        AgeError::NewerVersion => ErrorCode::FileTooNew,
        AgeError::CutOff => ErrorCode::FileCutOff,
        AgeError::TooMuchWork => ErrorCode::FileUnsafe,
        AgeError::NotAge => ErrorCode::FileUnknown,
        _ => ErrorCode::FileDamaged,
    }
}

fn import(error: ImportError) -> ErrorCode {
    match error {
        ImportError::UnknownFormat | ImportError::NothingInArchive => ErrorCode::FileUnknown,
        ImportError::TooLarge => ErrorCode::FileTooLarge,
        ImportError::Encrypted | ImportError::PasswordNeeded => ErrorCode::FileProtected,
        ImportError::PasswordWrong => ErrorCode::FilePassphraseWrong,
        ImportError::AccountRestricted => ErrorCode::FileOfAccount,
        ImportError::NewerVersion => ErrorCode::FileTooNew,
        ImportError::UnsafeArchive | ImportError::TooMuchWork => ErrorCode::FileUnsafe,
        _ => ErrorCode::FileDamaged,
    }
}

impl From<BackupError> for RecoveryError {
    fn from(error: BackupError) -> Self {
        match error {
            BackupError::Age(error) => Self::Age(error),
            BackupError::Content(error) => Self::Import(error),
        }
    }
}
