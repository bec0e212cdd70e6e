//! Taking in passkeys that were made elsewhere.
//!
//! ```text
//! for each:  note → item into the keyring → read it back, compare → row with all that belongs to it (and the note goes)
//! ```
//!
//! A passkey is here whole, or not at all: a process that is killed in between leaves its note, and the next one
//! removes the item. The import can then be done once more, and passes over what is here already.

use roamkey_authenticator::{Credential, LargeBlob, UnixTime};
use zeroize::Zeroizing;

use super::attachments::{MAX_FOREIGN_LENGTH, large_blob_value};
use super::details::parse_label;
use super::store::record;
use super::{Access, Vault};
use crate::folder::FileLock;
use crate::index::{Attachment, Index, RecordId, Row, RowState, Step};
use crate::random::random;
use crate::{Activity, Event, KeyringError, VaultError};

/// A passkey to be imported, with what belongs to it.
///
/// # Privacy
///
/// As [`Credential`]. `Debug` shows none of it.
#[non_exhaustive]
pub struct Import {
    /// The passkey: any credential ID of 1 to 1023 bytes, and the time at which it was created.
    pub credential: Credential,
    /// What the person called it.
    pub label: Option<String>,
    /// What the site keeps with it.
    pub large_blob: Option<LargeBlob>,
    /// What the other program kept with it and this one has no place for, at most
    /// [`MAX_FOREIGN_LENGTH`](super::attachments::MAX_FOREIGN_LENGTH) bytes.
    pub foreign: Option<Zeroizing<Vec<u8>>>,
}

/// What became of one passkey of an import.
#[derive(Debug)]
#[non_exhaustive]
pub enum Imported {
    /// It is here.
    Added(RecordId),
    /// A passkey with its credential ID was here already, and has stayed as it was.
    Duplicate(RecordId),
    /// A passkey with its credential ID is in the trash, from where it can be restored.
    InTrash(RecordId),
    /// It is larger than a keyring's items may be, or its credential ID has no possible length.
    TooLarge,
    /// It could not be kept, and nothing of it is here.
    Failed(VaultError),
    /// It was not tried, since keyring or index had failed before it.
    NotTried,
}

impl Import {
    /// A passkey with nothing but itself.
    #[must_use]
    pub fn new(credential: Credential) -> Self {
        Self {
            credential,
            label: None,
            large_blob: None,
            foreign: None,
        }
    }
}

impl std::fmt::Debug for Import {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Import")
    }
}

impl Vault {
    /// Imports passkeys, one after the other, and returns what became of each, in the order of `passkeys`.
    ///
    /// # Errors
    ///
    /// The keyring's and the index's, before any passkey was tried.
    pub fn import(&self, passkeys: &[Import], now: UnixTime) -> Result<Vec<Imported>, VaultError> {
        let lock = self.lock_to_write(now)?;
        let mut failed = false;
        let imported = passkeys.iter().map(|passkey| {
            if failed {
                return Imported::NotTried;
            }
            let imported = self.import_one(passkey, &lock);
            // What is wrong with keyring or index is wrong for the rest too, and may cost two minutes each.
            failed = matches!(&imported, Imported::Failed(error) if !error.is_of_passkey());
            imported
        });
        let imported: Vec<_> = imported.collect();
        drop(lock);
        let added = imported
            .iter()
            .filter(|one| matches!(one, Imported::Added(_)))
            .count();
        if let (1.., Ok(count)) = (added, u64::try_from(added)) {
            let activity = Activity {
                count: Some(count),
                ..Activity::of(Event::Imported)
            };
            self.note_done(&activity, now);
        }
        Ok(imported)
    }

    fn import_one(&self, passkey: &Import, lock: &FileLock) -> Imported {
        match self.try_import(passkey, lock) {
            Ok(imported) => imported,
            Err(VaultError::Keyring(KeyringError::TooLarge { .. })) => Imported::TooLarge,
            Err(error) => Imported::Failed(error),
        }
    }

    fn try_import(&self, passkey: &Import, lock: &FileLock) -> Result<Imported, VaultError> {
        let record = record(&passkey.credential);
        let label = passkey.label.as_deref().map(parse_label).transpose()?;
        if !(1..=MAX_CREDENTIAL_ID).contains(&record.facts.credential_id.len()) {
            return Ok(Imported::TooLarge);
        }
        let too_large = |length: Option<usize>, limit| length.is_some_and(|length| length > limit);
        let (blob, foreign) = (passkey.large_blob.as_ref(), passkey.foreign.as_ref());
        if too_large(blob.map(|blob| blob.data.len()), LargeBlob::MAX_LENGTH)
            || too_large(foreign.map(|foreign| foreign.len()), MAX_FOREIGN_LENGTH)
        {
            return Err(VaultError::AttachmentTooLarge);
        }
        if let Some(here) = self.already_here(&record.facts.credential_id, lock)? {
            return Ok(here);
        }
        let id = RecordId(random()?);
        let mut row = Row::new(
            id,
            Some(record.facts.clone()),
            RowState::Ready,
            record.backup_state,
        );
        row.changing.label = label;
        let blob = blob.map(|blob| (Attachment::LargeBlob, large_blob_value(blob)));
        let foreign = foreign.map(|foreign| (Attachment::Foreign, foreign.as_slice().into()));
        let attachments: Vec<_> = blob.into_iter().chain(foreign).collect();
        self.keep(&row, &record, &attachments, Step::Importing, lock)?;
        Ok(Imported::Added(id))
    }

    fn already_here(&self, credential_id: &[u8], lock: &FileLock) -> Result<Option<Imported>, VaultError> {
        let find = |index: &mut Index| {
            let Some(sealed) = index.of_credential(credential_id)?.into_iter().next() else {
                return Ok(None);
            };
            let row = self.repaired_row(index, &sealed)?;
            Ok(Some(match row.changing.trash {
                None => Imported::Duplicate(row.record_id),
                Some(_) => Imported::InTrash(row.record_id),
            }))
        };
        Ok(self.with_index(Access::LookLocked(lock), find)?.flatten())
    }
}

/// WebAuthn L3 §5.8.3 ends credential ids at 1023 bytes.
const MAX_CREDENTIAL_ID: usize = 1023;
