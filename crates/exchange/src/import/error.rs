//! Why a file, or an entry in it, was not taken.

use std::fmt;

use crate::key::KeyFault;

/// Why nothing was taken from a file.
#[derive(Clone, Copy, Debug, Eq, PartialEq, thiserror::Error)]
#[non_exhaustive]
pub enum ImportError {
    /// It is of no format that we know.
    #[error("not a file of passkeys in a format that is known here")]
    UnknownFormat,
    /// It is larger than [`MAX_FILE`](super::MAX_FILE).
    #[error("the file is larger than {} MiB", super::MAX_FILE / (1024 * 1024))]
    TooLarge,
    /// It begins like a known format and can't be read: cut off or altered.
    #[error("the file is cut off or damaged")]
    Damaged,
    /// It is an age file: decrypt it first.
    #[error("the file is encrypted")]
    Encrypted,
    /// It is protected with a password, and none was given.
    #[error("the file is protected with a password")]
    PasswordNeeded,
    /// The password is another one.
    #[error("the password is wrong")]
    PasswordWrong,
    /// Only the account that it was exported from can read it.
    #[error("the file can be read by the account that exported it only")]
    AccountRestricted,
    /// Its password takes more work or memory to check than we do for a file of unknown origin.
    #[error("the password's work factor is out of bounds")]
    TooMuchWork,
    /// A newer version of the format, or of Roamkey, wrote it.
    #[error("the file is of a newer version")]
    NewerVersion,
    /// An archive that unpacks to more than we read, or is made to confuse.
    #[error("the archive unpacks to too much, or is not made well")]
    UnsafeArchive,
    /// An archive without a file of passkeys.
    #[error("the archive holds no file of passkeys")]
    NothingInArchive,
}

/// An entry that was left out.
///
/// # Privacy
///
/// Names a site: for the person, not for a log.
#[derive(Clone, Eq, PartialEq)]
pub struct Skipped {
    /// Where in the file.
    pub place: EntryPlace,
    /// The site, if it is known.
    pub rp_id: Option<String>,
    /// Why.
    pub reason: Reason,
}

impl fmt::Debug for Skipped {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Skipped")
            .field("reason", &self.reason)
            .finish_non_exhaustive()
    }
}

/// Where in a file an entry is, counted from 1; in an archive, within its file.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum EntryPlace {
    /// An item, all of it.
    Item(usize),
    /// One credential of an item.
    Credential {
        /// The item.
        item: usize,
        /// The credential in it.
        credential: usize,
    },
    /// A passkey, among those of the file that can be used.
    Passkey(usize),
    /// The file is one entry.
    Whole,
}

impl fmt::Display for EntryPlace {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Item(item) => write!(f, "item {item}"),
            Self::Credential { item, credential } => write!(f, "item {item}, credential {credential}"),
            Self::Passkey(number) => write!(f, "passkey {number}"),
            Self::Whole => f.write_str("the passkey"),
        }
    }
}

/// Why an entry was left out.
#[derive(Clone, Copy, Debug, Eq, PartialEq, thiserror::Error)]
#[non_exhaustive]
pub enum Reason {
    /// It can't be read at all.
    #[error("the entry can't be read")]
    Unreadable,
    /// A field that every passkey has is not there.
    #[error("it has no {0}")]
    Missing(&'static str),
    /// A field has a value that it can't have.
    #[error("its {0} has no possible value")]
    Field(&'static str),
    /// The private key is damaged.
    #[error("its private key is damaged")]
    KeyDamaged,
    /// The private key is of another curve or kind.
    #[error("its private key is of a curve or kind that can't sign here (ES256, Ed25519 and RSA can)")]
    KeyUnsupported,
    /// The private key does not fit the public key beside it.
    #[error("its private key does not belong to the public key beside it")]
    KeyMismatch,
    /// The site was shown a signature counter. Here it would start at zero, which looks like a copied key.
    #[error("it counts its signatures, and a counter can't move")]
    Counter,
    /// The same passkey was in the file before.
    #[error("it is in the file twice")]
    Repeated,
    /// Two different passkeys in the file claim one credential id.
    #[error("another passkey in the file has the same credential id")]
    AmbiguousId,
}

impl Reason {
    /// A stable name, as reports print it.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Unreadable => "unreadable",
            Self::Missing(_) => "missing_field",
            Self::Field(_) => "bad_field",
            Self::KeyDamaged => "key_damaged",
            Self::KeyUnsupported => "key_unsupported",
            Self::KeyMismatch => "key_mismatch",
            Self::Counter => "counter",
            Self::Repeated => "repeated",
            Self::AmbiguousId => "ambiguous_id",
        }
    }
}

impl From<KeyFault> for Reason {
    fn from(fault: KeyFault) -> Self {
        match fault {
            KeyFault::Damaged => Self::KeyDamaged,
            KeyFault::Unsupported => Self::KeyUnsupported,
            KeyFault::Mismatch => Self::KeyMismatch,
        }
    }
}
