//! Creating a passkey, and removing the ones that it replaces.
//!
//! ```text
//! lock → note → item into the keyring → read it back, compare → row (and the note goes) → the caller answers the site
//!                                                                └ then for each replaced one: note → item → row
//! ```
//!
//! The new passkey is whole before an old one is touched.

use subtle::ConstantTimeEq as _;

use super::{Access, Vault};
use crate::fault;
use crate::folder::FileLock;
use crate::index::{RecordId, Row, RowState, Step};
use crate::random::random;
use crate::record::Record;
use crate::{KeyringError, VaultError};

impl Vault {
    /// Keeps a passkey, then removes those that it replaces. When this returns, the passkey is durable; after an
    /// error there is none of it.
    pub(super) fn create_record(&self, record: &Record, replaces: &[&[u8]]) -> Result<(), VaultError> {
        let lock = self.lock()?;
        let id = RecordId(random()?);
        self.write_index(&lock, |index| self.finish_pending(index, &lock))?;
        self.write_index(&lock, |index| Ok(index.begin(id, Step::Creating)?))?;
        fault::point("noted");
        if let Err(error) = self.put_item(id, record) {
            self.withdraw(id, &lock, &error);
            return Err(error);
        }
        fault::point("read back");
        let row = Row::new(
            id,
            Some(record.facts.clone()),
            RowState::Ready,
            record.backup_state,
        );
        if let Err(error) = self.write_index(&lock, |index| Ok(index.put(&row)?)) {
            self.withdraw(id, &lock, &error);
            return Err(error);
        }
        fault::point("listed");
        for credential_id in replaces {
            // The new passkey is there, which is what the caller asked for. An old one that could not be removed
            // stays listed, and its note has the next process try again.
            if let Err(error) = self.remove_credential(credential_id, id, &lock) {
                tracing::warn!(%error, "a replaced passkey could not be removed yet");
            }
        }
        Ok(())
    }

    fn put_item(&self, id: RecordId, record: &Record) -> Result<(), VaultError> {
        let bytes = record.encode();
        self.keyring.create(&id.user(), &bytes)?;
        fault::point("in keyring");
        let kept = self.keyring.get(&id.user())?;
        if kept.is_some_and(|kept| bool::from(kept.ct_eq(&bytes))) {
            Ok(())
        } else {
            Err(VaultError::NotKept)
        }
    }

    /// Undoes what was done for a passkey that could not be kept. What can't be undone is left to its note.
    fn withdraw(&self, id: RecordId, lock: &FileLock, why: &VaultError) {
        // A keyring that does not answer would make us wait for as long again.
        if matches!(why, VaultError::Keyring(KeyringError::TimedOut)) {
            return;
        }
        let undone = self
            .keyring
            .delete(&id.user())
            .map_err(VaultError::from)
            .and_then(|_was_there| self.write_index(lock, |index| Ok(index.remove(id)?)));
        if let Err(error) = undone {
            tracing::debug!(%error, "an unfinished passkey is left to the next process");
        }
    }

    /// Removes the passkeys with this credential id, except the one just made.
    fn remove_credential(
        &self,
        credential_id: &[u8],
        except: RecordId,
        lock: &FileLock,
    ) -> Result<(), VaultError> {
        let find = |index: &mut crate::index::Index| Ok(index.of_credential(credential_id)?);
        let rows = self.with_index(Access::Write(lock), find)?.unwrap_or_default();
        for id in rows
            .into_iter()
            .map(|row| row.record_id)
            .filter(|id| *id != except)
        {
            self.write_index(lock, |index| Ok(index.begin(id, Step::Removing)?))?;
            fault::point("removal noted");
            self.keyring.delete(&id.user())?;
            fault::point("removed from keyring");
            self.write_index(lock, |index| Ok(index.remove(id)?))?;
        }
        Ok(())
    }
}
