//! What a keyring can answer instead of the secret.
//!
//! `keyring_core::Error` is never kept: some of its variants carry the secret itself, and print it.

use keyring_core::Error as CoreError;

use super::FileStoreError;

/// The cause below an error, from whatever library reported it.
pub(crate) type BoxError = Box<dyn std::error::Error + Send + Sync + 'static>;

/// Why the keyring did not do what was asked.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum KeyringError {
    /// There is no item of this name.
    #[error("there is no such item in the keyring")]
    NoItem,
    /// An item is not text as this program writes it.
    #[error("an item in the keyring is damaged")]
    Garbled,
    /// The keyring holds several items of the same name.
    #[error("the keyring holds the same item more than once")]
    Duplicate,
    /// The secret is longer than every keyring can keep.
    #[error("a secret of {length} bytes is too large for the keyring")]
    TooLarge {
        /// The secret's length in bytes.
        length: usize,
    },
    /// The keyring is locked, and its prompt was closed or could not be shown.
    #[error("the keyring stayed locked: its prompt was closed or could not be shown")]
    Dismissed(#[source] BoxError),
    /// The keyring is locked, and asks for nothing.
    #[error("the keyring is locked")]
    Locked(#[source] BoxError),
    /// The keyring service runs, and no keyring has been made in it.
    #[error("the keyring service has no keyring to keep secrets in")]
    NoCollection(#[source] BoxError),
    /// No keyring service can be reached in this session.
    #[error("there is no keyring service in this session")]
    Unavailable(#[source] BoxError),
    /// The keyring did not answer in time; most often its prompt is still waiting.
    #[error("the keyring did not answer in time")]
    TimedOut,
    /// The keyring can't do what every keyring must.
    #[error("this keyring can't keep such an item")]
    Unsupported,
    /// The file in the place of a keyring did not do what was asked.
    #[error(transparent)]
    File(FileStoreError),
    /// The keyring's service or the way to it failed, twice.
    #[error("the keyring failed")]
    Failed(#[source] BoxError),
}

impl KeyringError {
    /// Sorts an answer of the keyring to a call.
    #[expect(clippy::wildcard_enum_match_arm, reason = "the library's errors may grow")]
    pub(super) fn sort(error: CoreError) -> Self {
        match error {
            CoreError::NoEntry => Self::NoItem,
            CoreError::NoStorageAccess(cause) => match cause.downcast() {
                Ok(error) => Self::File(*error),
                Err(cause) => super::backend::no_access(cause),
            },
            CoreError::PlatformFailure(cause) => Self::Failed(cause),
            CoreError::BadEncoding(_) | CoreError::BadDataFormat(..) => Self::Garbled,
            CoreError::Ambiguous(_) => Self::Duplicate,
            // The rest: too long, invalid, not supported, no default store, a damaged store. None depends on state.
            _ => Self::Unsupported,
        }
    }

    /// Sorts the failure to connect at all.
    #[expect(clippy::wildcard_enum_match_arm, reason = "the library's errors may grow")]
    pub(super) fn no_connection(error: CoreError) -> Self {
        match error {
            CoreError::PlatformFailure(cause) | CoreError::NoStorageAccess(cause) => match cause.downcast() {
                Ok(error) => Self::File(*error),
                Err(cause) => Self::Unavailable(cause),
            },
            other => Self::sort(other),
        }
    }
}
