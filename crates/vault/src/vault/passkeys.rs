//! Finding passkeys by site, reading one, noting its use.

use roamkey_authenticator::UnixTime;

use super::{Access, Vault};
use crate::VaultError;
use crate::index::{Index, RecordId, Row, RowState, SealedRow};
use crate::record::{Record, RecordError};

impl Vault {
    /// The passkeys of a site that can be used, the last used first and unfinished ones last.
    pub(super) fn find_rows(&self, rp_id: &str) -> Result<Vec<Row>, VaultError> {
        let find = |index: &mut Index| {
            let mut found = Vec::new();
            for sealed in index.of_rp(rp_id)? {
                found.extend(self.usable_row(index, &sealed)?);
            }
            Ok(found)
        };
        let mut rows = self.with_index(Access::Look, find)?.unwrap_or_default();
        rows.sort_by_key(|row| {
            let created = row.facts.as_ref().map(|facts| facts.created_at);
            let finished = row.changing.state == RowState::Ready;
            std::cmp::Reverse((finished, row.changing.last_used.max(created), created))
        });
        Ok(rows)
    }

    /// Opens a row, if its passkey may sign. One that does not open is made anew from the keyring, and one whose item was
    /// missing is looked for once more: the keyring may have come back.
    pub(super) fn usable_row(
        &self,
        index: &mut Index,
        sealed: &SealedRow,
    ) -> Result<Option<Row>, VaultError> {
        let row = self.repaired_row(index, sealed)?;
        if row.changing.trash.is_some() {
            return Ok(None);
        }
        match row.changing.state {
            RowState::Ready | RowState::Unfinished => Ok(Some(row)),
            RowState::Damaged | RowState::Newer => Ok(None),
            RowState::Missing => match self.row_from_keyring(row.record_id, RowState::Ready)? {
                Some(found) => {
                    self.put_again(index, found, true)?;
                    let row = index.row(row.record_id)?;
                    Ok(row.filter(|row| row.changing.state == RowState::Ready))
                }
                None => Ok(None),
            },
        }
    }

    /// Opens a row, making it anew from the keyring if it does not open.
    pub(super) fn repaired_row(&self, index: &mut Index, sealed: &SealedRow) -> Result<Row, VaultError> {
        if let Ok(row) = index.open_row(sealed) {
            return Ok(row);
        }
        tracing::warn!("a row of the passkey index is damaged; making it anew from the keyring");
        let id = sealed.record_id;
        let row = match self.row_from_keyring(id, RowState::Ready)? {
            Some(row) => row,
            None => Row::new(id, None, RowState::Missing, false),
        };
        index.put(&row)?;
        Ok(row)
    }

    /// Reads a passkey with its key, and whether it is backed up.
    pub(super) fn load_record(&self, credential_id: &[u8]) -> Result<(Record, bool), VaultError> {
        let find = |index: &mut Index| {
            let mut found = Vec::new();
            for sealed in index.of_credential(credential_id)? {
                found.extend(self.usable_row(index, &sealed)?);
            }
            Ok(found)
        };
        let rows = self.with_index(Access::Look, find)?.unwrap_or_default();
        let mut last_error = VaultError::NotFound;
        // More than one row only if somebody has copied an item in the keyring.
        for row in rows {
            match self.read_record(row.record_id) {
                Ok(record) if Some(&record.facts) == row.facts.as_ref() => {
                    return Ok((record, row.changing.backup_state));
                }
                Ok(_) => last_error = VaultError::Mismatch,
                Err(error) => {
                    self.mark(row.record_id, &error)?;
                    last_error = error;
                }
            }
        }
        Err(last_error)
    }

    /// Reads and decodes an item.
    pub(super) fn read_record(&self, id: RecordId) -> Result<Record, VaultError> {
        let bytes = self.keyring.get(&id.user())?.ok_or(VaultError::KeyMissing)?;
        Record::decode(&bytes).map_err(VaultError::Record)
    }

    /// Lets the list show what reading a passkey's item has found to be wrong with it.
    pub(super) fn mark(&self, id: RecordId, error: &VaultError) -> Result<(), VaultError> {
        if !error.is_of_passkey() {
            return Ok(());
        }
        let state = if matches!(error, VaultError::KeyMissing) {
            RowState::Missing
        } else if matches!(error, VaultError::Record(RecordError::NewerVersion(_))) {
            RowState::Newer
        } else {
            RowState::Damaged
        };
        self.with_index(Access::Look, |index| {
            index.change(id, |row| {
                row.changing.state = state;
                Ok(())
            })
        })?;
        Ok(())
    }

    /// Notes that a passkey has signed: its site knows it.
    pub(super) fn note_use(&self, credential_id: &[u8], now: UnixTime) -> Result<(), VaultError> {
        let note = |index: &mut Index| {
            let mut noted = Err(VaultError::NotFound);
            for sealed in index.of_credential(credential_id)? {
                if self.repaired_row(index, &sealed)?.changing.trash.is_some() {
                    continue;
                }
                index.note(sealed.record_id, |row| {
                    let changing = &mut row.changing;
                    changing.last_used = changing.last_used.max(Some(now.0));
                    changing.uses = changing.uses.saturating_add(1);
                    if changing.state == RowState::Unfinished {
                        changing.state = RowState::Ready;
                    }
                })?;
                noted = Ok(());
            }
            noted
        };
        self.with_index(Access::Look, note)?.ok_or(VaultError::NotFound)
    }
}
