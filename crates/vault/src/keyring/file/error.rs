//! What can be wrong with the file store.

use crate::random::RandomError;

/// Why the file store did not do what was asked.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum FileStoreError {
    /// Passkeys are kept in a file here, and nobody has said its passphrase.
    #[error("the passkeys here are in a file under a passphrase")]
    PassphraseNeeded,
    /// Not the passphrase.
    #[error("this is not the passphrase")]
    WrongPassphrase,
    /// There is no file.
    #[error("there is no file of secrets")]
    NotThere,
    /// There is a file already; nothing is put in its place.
    #[error("there is a file of secrets already")]
    AlreadyThere,
    /// The passkeys of this folder are in the keyring.
    #[error("the passkeys of this folder are in the keyring")]
    KeyringVault,
    /// The file is not one of ours.
    #[error("the file of secrets is another program's file")]
    Foreign,
    /// A newer version of this program wrote it.
    #[error("a newer version of this program wrote the file of secrets")]
    NewerVersion(u8),
    /// The file was cut off or changed.
    #[error("the file of secrets is damaged")]
    Damaged,
    /// Another process has been writing for longer than we wait.
    #[error("another process is writing the file of secrets")]
    Busy,
    /// A file operation failed.
    #[error("the file of secrets can't be read or written")]
    Io(#[source] std::io::Error),
    /// The key could not be derived: no memory.
    #[error("the passphrase could not be checked")]
    Hash(#[source] argon2::Error),
    /// The operating system gave no randomness.
    #[error(transparent)]
    Random(#[from] RandomError),
}
