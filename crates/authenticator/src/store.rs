//! Where passkeys live, as a trait. The vault implements it over the OS keyring, tests over a map in memory.

use std::sync::Arc;

use roamkey_ctap::{CredentialId, LargeBlob, RpId};

use crate::{Credential, CredentialSummary, UnixTime};

/// The cause below an error, from whatever library reported it.
pub type BoxError = Box<dyn std::error::Error + Send + Sync + 'static>;

/// A place for passkeys (WebAuthn: public key credential sources).
///
/// Calls block: a keyring may ask its owner to unlock it. They take `&self`, so a store that is shared, as an [`Arc`] of
/// one is, minds its own locks.
pub trait CredentialStore {
    /// Lists the passkeys of exactly this relying party, the last used first, without touching any key.
    ///
    /// # Errors
    ///
    /// The reason why the list can't be had. An empty list means that there is no passkey.
    fn find(&self, rp_id: &RpId) -> Result<Vec<CredentialSummary>, StoreError>;

    /// Reads one passkey with its key.
    ///
    /// # Errors
    ///
    /// [`StoreError::NotFound`] when it is not here, or the reason why it can't be read.
    fn load(&self, id: &CredentialId) -> Result<Credential, StoreError>;

    /// Adds a passkey and removes those in `replaces`, which belong to the same account (CTAP 2.3 §6.1). The passkey
    /// is durable when this returns; after an error nothing has changed.
    ///
    /// # Errors
    ///
    /// [`StoreError::Full`] when there is no room, or the reason why it can't be written.
    fn create(
        &self,
        credential: &Credential,
        replaces: &[CredentialId],
        now: UnixTime,
    ) -> Result<(), StoreError>;

    /// Notes that a passkey has signed.
    ///
    /// # Errors
    ///
    /// The reason why that can't be noted.
    fn used(&self, id: &CredentialId, now: UnixTime) -> Result<(), StoreError>;

    /// Reads what the relying party keeps with the passkey (`largeBlob`); `None` if that is nothing.
    ///
    /// # Errors
    ///
    /// [`StoreError::NotFound`] when there is no such passkey, or the reason why it can't be read.
    fn large_blob(&self, id: &CredentialId) -> Result<Option<LargeBlob>, StoreError>;

    /// Keeps `blob` with the passkey in place of what was there, or with `None` deletes that. It is durable when this
    /// returns; after an error nothing has changed.
    ///
    /// # Errors
    ///
    /// [`StoreError::NotFound`] when there is no such passkey, [`StoreError::Full`] when there is no room, or the
    /// reason why it can't be written.
    fn set_large_blob(&self, id: &CredentialId, blob: Option<&LargeBlob>) -> Result<(), StoreError>;
}

/// A store that is shared is a store.
impl<S: CredentialStore + ?Sized> CredentialStore for Arc<S> {
    fn find(&self, rp_id: &RpId) -> Result<Vec<CredentialSummary>, StoreError> {
        (**self).find(rp_id)
    }

    fn load(&self, id: &CredentialId) -> Result<Credential, StoreError> {
        (**self).load(id)
    }

    fn create(
        &self,
        credential: &Credential,
        replaces: &[CredentialId],
        now: UnixTime,
    ) -> Result<(), StoreError> {
        (**self).create(credential, replaces, now)
    }

    fn used(&self, id: &CredentialId, now: UnixTime) -> Result<(), StoreError> {
        (**self).used(id, now)
    }

    fn large_blob(&self, id: &CredentialId) -> Result<Option<LargeBlob>, StoreError> {
        (**self).large_blob(id)
    }

    fn set_large_blob(&self, id: &CredentialId, blob: Option<&LargeBlob>) -> Result<(), StoreError> {
        (**self).set_large_blob(id, blob)
    }
}

/// Why a store could not do what it was asked.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum StoreError {
    /// There is no such passkey.
    #[error("there is no such passkey")]
    NotFound,
    /// There is no room for another passkey.
    #[error("there is no room for another passkey")]
    Full,
    /// The keyring is locked, and nobody unlocked it.
    #[error("the keyring is locked")]
    Locked,
    /// This machine has no keyring, or it does not answer.
    #[error("there is no keyring on this machine")]
    Missing,
    /// The keyring did not answer in time.
    #[error("the keyring did not answer in time")]
    TimedOut,
    /// What is stored can't be read back.
    #[error("a stored passkey is damaged")]
    Corrupt,
    /// Anything else that the keyring or the file system reported.
    #[error("the passkey store failed")]
    Failed(#[source] BoxError),
}
