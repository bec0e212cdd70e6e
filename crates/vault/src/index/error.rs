//! What can be wrong with the index file.

use rusqlite::ErrorCode;

use super::SealBroken;
use crate::random::RandomError;

/// Why the index could not be read or written.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum IndexError {
    /// The file is damaged.
    #[error("the passkey index is damaged")]
    Corrupt(#[source] rusqlite::Error),
    /// The file is not an index of passkeys.
    #[error("the passkey index is not an index")]
    Foreign,
    /// A later version of this program made the file.
    #[error("a newer version of this program made the passkey index")]
    NewerVersion,
    /// A row does not open.
    #[error("a row of the passkey index is damaged")]
    Row(#[from] SealBroken),
    /// What is kept beside a row (a large blob, foreign fields) does not open, and is nowhere else.
    #[error("what is kept with a passkey is damaged")]
    Attachment,
    /// Another process has been writing for longer than we wait.
    #[error("another process keeps the passkey index busy")]
    Busy(#[source] rusqlite::Error),
    /// There is no room on the disk.
    #[error("the disk is full")]
    DiskFull(#[source] rusqlite::Error),
    /// The file or its folder can't be written to.
    #[error("the passkey index can't be written to")]
    ReadOnly(#[source] rusqlite::Error),
    /// A file operation failed.
    #[error("the passkey index could not be opened")]
    File(#[from] std::io::Error),
    /// The operating system gave no randomness.
    #[error(transparent)]
    Random(#[from] RandomError),
    /// SQLite failed in another way.
    #[error("the passkey index failed")]
    Failed(#[source] rusqlite::Error),
}

impl IndexError {
    /// Tells whether the file must be made anew from the keyring.
    pub(crate) fn is_damage(&self) -> bool {
        matches!(self, Self::Corrupt(_) | Self::Foreign)
    }
}

impl From<rusqlite::Error> for IndexError {
    #[expect(
        clippy::wildcard_enum_match_arm,
        reason = "SQLite's codes grow; all others are failures alike"
    )]
    fn from(error: rusqlite::Error) -> Self {
        // A value of the wrong type or an unknown table: not the file that this program wrote.
        let Some(code) = error.sqlite_error_code() else {
            return Self::Corrupt(error);
        };
        match code {
            ErrorCode::DatabaseCorrupt
            | ErrorCode::NotADatabase
            | ErrorCode::Unknown
            | ErrorCode::TypeMismatch => Self::Corrupt(error),
            ErrorCode::DatabaseBusy | ErrorCode::DatabaseLocked => Self::Busy(error),
            ErrorCode::DiskFull => Self::DiskFull(error),
            ErrorCode::ReadOnly | ErrorCode::PermissionDenied | ErrorCode::CannotOpen => {
                Self::ReadOnly(error)
            }
            _ => Self::Failed(error),
        }
    }
}
