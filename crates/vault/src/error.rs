//! What the vault answers when it can't do what was asked.

use crate::activity::ActivityError;
use crate::index::IndexError;
use crate::keyring::KeyringError;
use crate::policy::PolicyError;
use crate::random::RandomError;
use crate::record::RecordError;
use crate::vault::LabelError;

/// Why the vault could not do what was asked.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum VaultError {
    /// The vault has no such passkey.
    #[error("there is no such passkey")]
    NotFound,
    /// The passkey has been removed; it is in the trash.
    #[error("this passkey has been removed")]
    AlreadyRemoved,
    /// The passkey is not in the trash.
    #[error("this passkey is not in the trash")]
    NotRemoved,
    /// A text is not the beginning of a passkey's id.
    #[error("a passkey's id is 1 to 32 hex digits")]
    NotAnId,
    /// Several passkeys' ids begin like this.
    #[error("several passkeys have ids that begin like this")]
    Ambiguous,
    /// A text is not a label.
    #[error(transparent)]
    Label(#[from] LabelError),
    /// What is to be kept with a passkey is larger than 64 KiB.
    #[error("what is to be kept with the passkey is too large")]
    AttachmentTooLarge,
    /// The passkey is listed, and its key is not in the keyring.
    #[error("the key of this passkey is not in the keyring")]
    KeyMissing,
    /// The passkey's item in the keyring can't be used.
    #[error("the passkey's entry in the keyring can't be used")]
    Record(#[source] RecordError),
    /// The keyring's item and the index speak of different passkeys.
    #[error("the passkey's entry in the keyring is another passkey's")]
    Mismatch,
    /// The keyring said that it kept an item, and gave back something else.
    #[error("the keyring did not keep what was written to it")]
    NotKept,
    /// The index belongs to another keyring, or its key was removed: passkeys are listed that this keyring does not
    /// have.
    #[error("this keyring does not hold {missing} of the {listed} passkeys that are listed")]
    OtherKeyring {
        /// Passkeys in the index.
        listed: usize,
        /// Those of them that have no item in this keyring.
        missing: usize,
    },
    /// Another process has been changing the vault for longer than we wait.
    #[error("another process is changing the vault")]
    Busy,
    /// The keyring did not do what was asked.
    #[error(transparent)]
    Keyring(#[from] KeyringError),
    /// The index could not be read or written.
    #[error(transparent)]
    Index(#[from] IndexError),
    /// The activity log could not be read or written.
    #[error(transparent)]
    Activity(#[from] ActivityError),
    /// The policy of this managed device can't be used.
    #[error(transparent)]
    Policy(#[from] PolicyError),
    /// The vault's folder can't be made or written to.
    #[error("the vault's folder can't be used")]
    Folder(#[source] std::io::Error),
    /// The operating system gave no randomness.
    #[error(transparent)]
    Random(#[from] RandomError),
}

impl VaultError {
    /// Tells whether the fault is in one passkey, or in what is to be done with it: keyring and index work.
    #[must_use]
    pub fn is_of_passkey(&self) -> bool {
        match self {
            Self::NotFound
            | Self::AlreadyRemoved
            | Self::NotRemoved
            | Self::NotAnId
            | Self::Ambiguous
            | Self::Label(_)
            | Self::AttachmentTooLarge
            | Self::KeyMissing
            | Self::Record(_)
            | Self::Mismatch => true,
            Self::Keyring(error) => matches!(
                error,
                KeyringError::NoItem
                    | KeyringError::Garbled
                    | KeyringError::Duplicate
                    | KeyringError::TooLarge { .. }
            ),
            Self::NotKept
            | Self::OtherKeyring { .. }
            | Self::Busy
            | Self::Index(_)
            | Self::Activity(_)
            | Self::Policy(_)
            | Self::Folder(_)
            | Self::Random(_) => false,
        }
    }
}
