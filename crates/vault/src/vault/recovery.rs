//! What a backup needs of the vault: whole passkeys, the end of the activity log, and a place in the keyring for what
//! is known of recovery.
//!
//! For whom backups are encrypted stands in the keyring and not in a file: whoever can write files could otherwise put
//! a recipient of their own there, and wait for the next backup.

use zeroize::Zeroizing;

use super::attachments::read_large_blob;
use super::import::Import;
use super::store::credential;
use super::{Access, Vault};
use crate::index::{Attachment, Index, RecordId};
use crate::keyring::SecretBytes;
use crate::{KeyringError, VaultError};

/// The item's name in the keyring.
const RECOVERY_USER: &str = "recovery";

impl Vault {
    /// Reads a passkey with all that belongs to it, as [`import`](Self::import) takes it.
    ///
    /// # Errors
    ///
    /// [`VaultError::NotFound`], [`VaultError::KeyMissing`], [`VaultError::Record`] for one that can't be used; the
    /// keyring's and the index's.
    pub fn export(&self, id: RecordId) -> Result<Import, VaultError> {
        let record = self.read_record(id)?;
        let read = |index: &mut Index| {
            let sealed = index.sealed_row(id)?.ok_or(VaultError::NotFound)?;
            let row = self.repaired_row(index, &sealed)?;
            let large_blob = index.attachment(id, Attachment::LargeBlob, read_large_blob)?;
            Ok((row.changing, large_blob))
        };
        let found = self.with_index(Access::Look, read)?;
        let (changing, large_blob) = found.ok_or(VaultError::NotFound)?;
        let credential = credential(record, changing.backup_state);
        let mut whole = Import::new(credential.ok_or(VaultError::Keyring(KeyringError::Garbled))?);
        whole.label = changing.label;
        whole.large_blob = large_blob;
        whole.foreign = self.foreign(id)?;
        Ok(whole)
    }

    /// The sequence and the hash of the last entry in the activity log, as text; `None` if there is none.
    ///
    /// # Errors
    ///
    /// The keyring's, [`VaultError::Activity`].
    pub fn activity_end(&self) -> Result<Option<String>, VaultError> {
        let Some(head) = self.activity_head()? else {
            return Ok(None);
        };
        let hash: String = head.hash.iter().map(|byte| format!("{byte:02x}")).collect();
        Ok(Some(format!("{}:{hash}", head.sequence)))
    }

    /// Reads what was kept with [`set_recovery`](Self::set_recovery); `None` if that is nothing.
    ///
    /// # Errors
    ///
    /// The keyring's.
    pub fn recovery(&self) -> Result<Option<SecretBytes>, VaultError> {
        Ok(self.keyring.get(RECOVERY_USER)?)
    }

    /// Keeps what is known of recovery, in the keyring. It is there when this returns.
    ///
    /// # Errors
    ///
    /// The keyring's, [`VaultError::NotKept`].
    pub fn set_recovery(&self, state: &[u8]) -> Result<(), VaultError> {
        let _lock = self.lock()?;
        let state = Zeroizing::new(state.to_vec());
        self.keyring.replace(RECOVERY_USER, &state)?;
        match self.keyring.get(RECOVERY_USER)? {
            Some(kept) if *kept == *state => Ok(()),
            Some(_) | None => Err(VaultError::NotKept),
        }
    }
}
