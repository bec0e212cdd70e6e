//! What is kept beside a passkey in the index: its large blob, and fields of other programs.
//!
//! Both are sealed, go with the passkey, and are lost if the index must be made anew: the keyring has no room for them.

use roamkey_authenticator::LargeBlob;
use roamkey_cbor::Value;
use zeroize::Zeroizing;

use super::{Access, Vault};
use crate::VaultError;
use crate::index::{Attachment, Index, RecordId};
use crate::keyring::SecretBytes;

/// Most bytes that are kept with a passkey for the program that it came from.
pub const MAX_FOREIGN_LENGTH: usize = 64 * 1024;

impl Vault {
    pub(super) fn read_large_blob(&self, credential_id: &[u8]) -> Result<Option<LargeBlob>, VaultError> {
        let read = |index: &mut Index| {
            let id = self.attached_to(index, credential_id)?;
            Ok(index.attachment(id, Attachment::LargeBlob, read_large_blob)?)
        };
        self.with_index(Access::Look, read)?.ok_or(VaultError::NotFound)
    }

    pub(super) fn write_large_blob(
        &self,
        credential_id: &[u8],
        blob: Option<&LargeBlob>,
    ) -> Result<(), VaultError> {
        if blob.is_some_and(|blob| blob.data.len() > LargeBlob::MAX_LENGTH) {
            return Err(VaultError::AttachmentTooLarge);
        }
        let lock = self.lock()?;
        let value = blob.map(large_blob_value);
        let write = |index: &mut Index| {
            let id = self.attached_to(index, credential_id)?;
            index.set_attachment(id, Attachment::LargeBlob, value.as_ref())?;
            Ok(())
        };
        self.with_index(Access::LookLocked(&lock), write)?
            .ok_or(VaultError::NotFound)
    }

    /// The passkey that a site means: one that may sign.
    fn attached_to(&self, index: &mut Index, credential_id: &[u8]) -> Result<RecordId, VaultError> {
        for sealed in index.of_credential(credential_id)? {
            if let Some(row) = self.usable_row(index, &sealed)? {
                return Ok(row.record_id);
            }
        }
        Err(VaultError::NotFound)
    }

    /// Reads what another program had kept with a passkey when it was imported; `None` if that is nothing.
    ///
    /// # Errors
    ///
    /// The keyring's and the index's.
    pub fn foreign(&self, id: RecordId) -> Result<Option<SecretBytes>, VaultError> {
        let read = |index: &mut Index| {
            Ok(index.attachment(id, Attachment::Foreign, |value| {
                Some(Zeroizing::new(value.into_bytes()?.into_owned()))
            })?)
        };
        Ok(self.with_index(Access::Look, read)?.flatten())
    }

    /// Keeps fields of another program with a passkey in place of what was there, or with `None` deletes that.
    ///
    /// # Errors
    ///
    /// [`VaultError::AttachmentTooLarge`] above [`MAX_FOREIGN_LENGTH`], [`VaultError::NotFound`], the keyring's and the
    /// index's.
    pub fn set_foreign(&self, id: RecordId, fields: Option<&[u8]>) -> Result<(), VaultError> {
        if fields.is_some_and(|fields| fields.len() > MAX_FOREIGN_LENGTH) {
            return Err(VaultError::AttachmentTooLarge);
        }
        let lock = self.lock()?;
        let value = fields.map(Into::into);
        let set = |index: &mut Index| Ok(index.set_attachment(id, Attachment::Foreign, value.as_ref())?);
        match self.with_index(Access::LookLocked(&lock), set)? {
            Some(true) => Ok(()),
            Some(false) | None => Err(VaultError::NotFound),
        }
    }
}

pub(super) fn large_blob_value(blob: &LargeBlob) -> Value<'_> {
    Value::Array(vec![blob.original_size.into(), (&blob.data).into()])
}

pub(super) fn read_large_blob(value: Value<'_>) -> Option<LargeBlob> {
    let mut elements = value.into_array()?.into_iter();
    Some(LargeBlob {
        original_size: elements.next()?.as_u64()?,
        data: elements.next()?.into_bytes()?.into_owned(),
    })
}
