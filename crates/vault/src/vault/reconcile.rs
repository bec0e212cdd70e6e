//! Bringing keyring and index together again.
//!
//! Whoever changes the keyring notes it in the index first (`pending`) and removes the note with the same transaction
//! that makes the row say so. A process that ends in between leaves its note, and the next one to open the vault acts
//! on it while it holds the vault's lock, so it can't mistake somebody at work for somebody who is gone:
//!
//! | note | keyring | what is done |
//! |---|---|---|
//! | creating | no item | the note goes: there is no passkey |
//! | creating | item | a row is made, marked unfinished: there is a whole passkey |
//! | removing | – | the item is removed, then row and note |
//! | importing | – | likewise: the import will be done once more |
//!
//! An unfinished passkey is one that its site can't have learned of, since the site is answered after the note is
//! gone. It is kept nevertheless: an index that was restored from a backup may carry a note of long ago. The list says
//! what it is, it comes last in a choice, and the next registration of the same account replaces it.
//!
//! [`Vault::check`] compares everything. Items without a row get one. Rows without an item stay and are marked: the
//! person should see that a passkey is gone, and it may come back with the keyring that held it.

use std::collections::{HashMap, HashSet};
use std::time::Duration;

use super::{Access, Vault};
use crate::folder::{FileLock, NoLock};
use crate::index::{Index, RecordId, Row, RowState, Step};
use crate::{IndexError, VaultError};

/// What a comparison of keyring and index has found.
#[derive(Clone, Copy, Debug, Default, Eq, PartialEq)]
#[non_exhaustive]
pub struct CheckReport {
    /// Passkeys that can be used.
    pub usable: usize,
    /// Passkeys that were in the keyring and not in the list. They are now.
    pub adopted: usize,
    /// Passkeys in the list whose item is not in the keyring.
    pub missing: usize,
    /// Items that can't be read.
    pub damaged: usize,
    /// Items that a newer version of this program wrote.
    pub newer: usize,
    /// Passkeys in the trash, which are counted nowhere else.
    pub removed: usize,
}

impl Vault {
    /// Compares the whole keyring with the whole index, and repairs the index.
    ///
    /// # Errors
    ///
    /// Those of the keyring and of the index; nothing is marked as missing because a keyring did not answer.
    pub fn check(&self) -> Result<CheckReport, VaultError> {
        let lock = self.lock()?;
        let report = self.with_index(Access::LookLocked(&lock), |index| self.check_index(index))?;
        Ok(report.unwrap_or_default())
    }

    fn check_index(&self, index: &mut Index) -> Result<CheckReport, VaultError> {
        let held: HashSet<_> = self
            .keyring
            .users()?
            .iter()
            .filter_map(|user| RecordId::from_user(user))
            .collect();
        let mut report = CheckReport::default();
        let mut listed: HashMap<RecordId, RowState> = HashMap::new();
        let (mut missing, mut removed) = (Vec::new(), HashSet::new());
        index.for_each(|row| {
            listed.insert(row.record_id, row.changing.state);
            if row.changing.trash.is_some() {
                removed.insert(row.record_id);
            } else if !held.contains(&row.record_id) {
                missing.push(row.record_id);
            }
        })?;
        index.change_all(&missing, |row| row.changing.state = RowState::Missing)?;
        (report.missing, report.removed) = (missing.len(), removed.len());
        for id in held.difference(&removed).copied() {
            let known = listed.get(&id).copied();
            let state = self.check_item(index, id, known)?;
            let count = match state {
                RowState::Ready | RowState::Unfinished => &mut report.usable,
                RowState::Damaged => &mut report.damaged,
                RowState::Newer => &mut report.newer,
                RowState::Missing => &mut report.missing,
            };
            *count = count.saturating_add(1);
            report.adopted = report.adopted.saturating_add(usize::from(known.is_none()));
        }
        Ok(report)
    }

    /// Looks at an item closely unless the index says that it is fine.
    fn check_item(
        &self,
        index: &mut Index,
        id: RecordId,
        known: Option<RowState>,
    ) -> Result<RowState, VaultError> {
        let state = match known {
            Some(state @ (RowState::Ready | RowState::Unfinished)) => return Ok(state),
            Some(RowState::Missing | RowState::Damaged | RowState::Newer) | None => RowState::Ready,
        };
        let Some(row) = self.row_from_keyring(id, state)? else {
            return Ok(RowState::Missing);
        };
        let state = row.changing.state;
        self.put_again(index, row, known.is_some())?;
        Ok(state)
    }

    /// Writes a row that was read from the keyring, keeping the label and the counts of the row before it.
    pub(super) fn put_again(&self, index: &mut Index, mut row: Row, keep: bool) -> Result<(), VaultError> {
        if keep && let Some(before) = index.row(row.record_id)? {
            let state = row.changing.state;
            row.changing = before.changing;
            row.changing.state = state;
            row.facts = row.facts.or(before.facts);
        }
        Ok(index.put(&row)?)
    }

    /// Acts on all notes, if no other process is at work on the vault.
    pub(super) fn finish_pending_if_alone(&self, index: &mut Index) -> Result<(), VaultError> {
        if index.pending()?.is_empty() {
            return Ok(());
        }
        match self.folder.lock_vault(Duration::ZERO) {
            Ok(lock) => match self.finish_pending(index, &lock) {
                // A disk that is full must not keep anybody from what is there. The note stays.
                Err(VaultError::Index(IndexError::DiskFull(_) | IndexError::Failed(_))) => Ok(()),
                finished => finished,
            },
            // The notes are those of a process that is alive.
            Err(NoLock::Held) => Ok(()),
            Err(error) => Err(error.into()),
        }
    }

    /// Acts on all notes.
    pub(super) fn finish_pending(&self, index: &mut Index, _lock: &FileLock) -> Result<(), VaultError> {
        for (id, step) in index.pending()? {
            match step {
                Step::Creating => match self.row_from_keyring(id, RowState::Unfinished)? {
                    Some(row) => index.put(&row)?,
                    None => index.remove(id)?,
                },
                Step::Removing | Step::Importing => {
                    self.keyring.delete(&id.user())?;
                    index.remove(id)?;
                }
            }
            tracing::info!(?step, "finished what an interrupted process had begun");
        }
        Ok(())
    }
}
