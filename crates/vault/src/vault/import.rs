//! Taking in passkeys that were made elsewhere.
//!
//! ```text
//! for each:  note → item into the keyring → read it back, compare → row with all that belongs to it (and the note goes)
//! ```
//!
//! A passkey is here whole, or not at all: a process that is killed in between leaves its note, and the next one
//! removes the item. The import can then be done once more, and passes over what is here already.
//!
//! | under the credential ID is | the import |
//! |---|---|
//! | nothing | adds the passkey |
//! | a row whose key is gone from the keyring | adds it, with the label and the counts of that row, which goes |
//! | a passkey in the trash | leaves it there |
//! | any other passkey, also a damaged one | leaves it as it is |

use roamkey_authenticator::{Credential, LargeBlob, UnixTime};
use roamkey_ctap::CredentialId;
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

/// What this device has under a credential ID.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum Holding {
    /// Nothing.
    Nothing,
    /// A passkey that can be used.
    Usable,
    /// A passkey in the trash.
    InTrash,
    /// A passkey whose key is gone from the keyring.
    KeyMissing,
    /// A passkey that is damaged, or that a newer version of this program wrote.
    Unreadable,
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
    /// Imports passkeys, one after the other, and returns what became of each, in the order of `passkeys`. Notes in the
    /// activity log, as `event`, how many were added.
    ///
    /// # Errors
    ///
    /// The keyring's and the index's, before any passkey was tried.
    pub fn import(
        &self,
        passkeys: &[Import],
        event: Event,
        now: UnixTime,
    ) -> Result<Vec<Imported>, VaultError> {
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
                ..Activity::of(event)
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
        let lost = match self.already_here(&record.facts.credential_id, lock)? {
            Here::Stays(here) => return Ok(here),
            Here::Lost(rows) => rows,
        };
        let id = RecordId(random()?);
        let mut row = Row::new(
            id,
            Some(record.facts.clone()),
            RowState::Ready,
            record.backup_state,
        );
        for lost in &lost {
            row.changing.label.clone_from(&lost.changing.label);
            row.changing.last_used = row.changing.last_used.max(lost.changing.last_used);
            row.changing.uses = row.changing.uses.max(lost.changing.uses);
        }
        row.changing.label = label.or(row.changing.label);
        let blob = blob.map(|blob| (Attachment::LargeBlob, large_blob_value(blob)));
        let foreign = foreign.map(|foreign| (Attachment::Foreign, foreign.as_slice().into()));
        let attachments: Vec<_> = blob.into_iter().chain(foreign).collect();
        let lost: Vec<_> = lost.iter().map(|row| row.record_id).collect();
        self.keep(&row, &record, &attachments, &lost, Step::Importing, lock)?;
        Ok(Imported::Added(id))
    }

    fn already_here(&self, credential_id: &[u8], lock: &FileLock) -> Result<Here, VaultError> {
        let find = |index: &mut Index| {
            let mut lost = Vec::new();
            for sealed in index.of_credential(credential_id)? {
                let row = self.repaired_row(index, &sealed)?;
                if row.changing.trash.is_some() {
                    return Ok(Here::Stays(Imported::InTrash(row.record_id)));
                }
                if row.changing.state != RowState::Missing
                    || self.keyring.get(&row.record_id.user())?.is_some()
                {
                    return Ok(Here::Stays(Imported::Duplicate(row.record_id)));
                }
                lost.push(row);
            }
            Ok(Here::Lost(lost))
        };
        let here = self.with_index(Access::LookLocked(lock), find)?;
        Ok(here.unwrap_or(Here::Lost(Vec::new())))
    }

    /// Tells what this device has under a credential ID. Of several, which only a keyring has into which somebody has
    /// copied, a usable one counts.
    ///
    /// # Errors
    ///
    /// The keyring's and the index's.
    pub fn holding(&self, id: &CredentialId) -> Result<Holding, VaultError> {
        let held = self.with_index(Access::Look, |index| self.held(index, id))?;
        Ok(held.unwrap_or(Holding::Nothing))
    }

    /// The same for many credential IDs, in their order: the index is opened once.
    ///
    /// # Errors
    ///
    /// The keyring's and the index's.
    pub fn holdings(&self, ids: &[&CredentialId]) -> Result<Vec<Holding>, VaultError> {
        let held = self.with_index(Access::Look, |index| {
            ids.iter().map(|id| self.held(index, id)).collect()
        })?;
        Ok(held.unwrap_or_else(|| vec![Holding::Nothing; ids.len()]))
    }

    fn held(&self, index: &mut Index, id: &CredentialId) -> Result<Holding, VaultError> {
        let mut holding = Holding::Nothing;
        for sealed in index.of_credential(id.as_bytes())? {
            if self.usable_row(index, &sealed)?.is_some() {
                return Ok(Holding::Usable);
            }
            let row = self.repaired_row(index, &sealed)?;
            holding = match (row.changing.trash, row.changing.state) {
                (Some(_), _) => Holding::InTrash,
                (None, RowState::Missing) => Holding::KeyMissing,
                (None, _) => Holding::Unreadable,
            };
        }
        Ok(holding)
    }
}

/// What is under a credential ID before an import.
enum Here {
    /// A passkey that stays as it is.
    Stays(Imported),
    /// Nothing but rows whose keys are gone, if any.
    Lost(Vec<Row>),
}

/// WebAuthn L3 §5.8.3 ends credential ids at 1023 bytes.
const MAX_CREDENTIAL_ID: usize = 1023;
