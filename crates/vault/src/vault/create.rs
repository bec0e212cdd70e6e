//! Creating a passkey, and removing the ones that it replaces.
//!
//! ```text
//! lock → note → item into the keyring → read it back, compare → row (and the note goes) → the caller answers the site
//!                                                                └ then for each replaced one: note → item → row
//! ```
//!
//! The new passkey is whole before an old one is touched.

use roamkey_authenticator::UnixTime;
use roamkey_cbor::Value;
use subtle::ConstantTimeEq as _;

use super::{Access, Vault};
use crate::fault;
use crate::folder::FileLock;
use crate::index::{Attachment, Index, RecordId, Row, RowState, Step};
use crate::random::random;
use crate::record::{Facts, Record};
use crate::{KeyringError, VaultError};

impl Vault {
    /// Keeps a passkey, then removes those that it replaces, with those of the same account that are in the trash. When
    /// this returns, the passkey is durable; after an error there is none of it.
    pub(super) fn create_record(
        &self,
        record: &Record,
        replaces: &[&[u8]],
        now: UnixTime,
    ) -> Result<(), VaultError> {
        let lock = self.lock_to_write(now)?;
        let id = RecordId(random()?);
        let row = Row::new(
            id,
            Some(record.facts.clone()),
            RowState::Ready,
            record.backup_state,
        );
        self.keep(&row, record, &[], &[], Step::Creating, &lock)?;
        fault::point("listed");
        // The new passkey is there, which is what the caller asked for. An old one that could not be removed stays
        // listed, and its note has the next process try again.
        if let Err(error) = self.remove_replaced(&record.facts, id, replaces, &lock) {
            tracing::warn!(%error, "a replaced passkey could not be removed yet");
        }
        Ok(())
    }

    /// Puts a passkey into keyring and index, there in the place of rows whose keys are gone: whole, or not at all.
    pub(super) fn keep(
        &self,
        row: &Row,
        record: &Record,
        attachments: &[(Attachment, Value<'_>)],
        lost: &[RecordId],
        step: Step,
        lock: &FileLock,
    ) -> Result<(), VaultError> {
        let id = row.record_id;
        self.write_index(lock, |index| Ok(index.begin(id, step)?))?;
        fault::point("noted");
        let kept = self.put_item(id, record).and_then(|()| {
            fault::point("read back");
            self.write_index(lock, |index| Ok(index.put_with(row, attachments, lost)?))
        });
        if let Err(error) = &kept {
            self.withdraw(id, lock, error);
        }
        kept
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

    /// Destroys the passkeys with these credential ids and those of the same account in the trash, except the one just
    /// made.
    fn remove_replaced(
        &self,
        made: &Facts,
        except: RecordId,
        replaces: &[&[u8]],
        lock: &FileLock,
    ) -> Result<(), VaultError> {
        let remove = |index: &mut Index| {
            let mut old = Vec::new();
            for credential_id in replaces {
                old.extend(
                    index
                        .of_credential(credential_id)?
                        .into_iter()
                        .map(|row| row.record_id),
                );
            }
            if made.discoverable {
                for sealed in index.of_rp(&made.rp_id)? {
                    let row = index.open_row(&sealed).ok();
                    old.extend(
                        row.filter(|row| is_removed_account(row, made))
                            .map(|row| row.record_id),
                    );
                }
            }
            for id in old.into_iter().filter(|id| *id != except) {
                self.destroy_in(index, id, lock)?;
            }
            Ok(())
        };
        self.with_index(Access::Write(lock), remove).map(drop)
    }
}

/// CTAP 2.3 §6.1.2 step 17: an account has one discoverable passkey here.
fn is_removed_account(row: &Row, made: &Facts) -> bool {
    row.changing.trash.is_some()
        && row
            .facts
            .as_ref()
            .is_some_and(|facts| facts.discoverable && facts.user_id == made.user_id)
}
