//! Why the activity log could not be read or written.

use crate::random::RandomError;
use crate::record::RecordError;

/// Why the activity log could not be read or written. A broken log is none of these: it is read as far as it goes.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum ActivityError {
    /// The file can't be read or written.
    #[error("the activity log can't be read or written")]
    File(#[source] std::io::Error),
    /// The keyring's item that says where the log ends can't be read.
    #[error("the keyring's entry for the activity log can't be read")]
    Head(#[source] RecordError),
    /// The keyring has no key for the log.
    #[error("the keyring has no key for the activity log")]
    NoKey,
    /// The operating system gave no randomness.
    #[error(transparent)]
    Random(#[from] RandomError),
}
