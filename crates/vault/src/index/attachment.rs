//! What is kept beside a passkey's row: too large for a list to read, and of no use to it.
//!
//! ```text
//! 1  large blob      array: length before compression, bytes
//! 2  foreign fields  bytes that a later export gives back as they came
//! ```

use roamkey_cbor::Value;
use rusqlite::{OptionalExtension as _, Transaction, params};

use super::{Column, Index, IndexError, Place, RecordId, Seal, SealBroken};

/// What kind of thing is kept beside a row.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(crate) enum Attachment {
    /// What the site keeps with the passkey.
    LargeBlob,
    /// What another program had kept with it.
    Foreign,
}

impl Index {
    /// Reads what is kept beside a row; `None` if that is nothing.
    pub(crate) fn attachment<T>(
        &self,
        id: RecordId,
        kind: Attachment,
        read: impl FnOnce(Value<'_>) -> Option<T>,
    ) -> Result<Option<T>, IndexError> {
        let sealed: Option<Vec<u8>> = self
            .connection
            .prepare_cached("SELECT sealed FROM attachment WHERE record_id = ?1 AND kind = ?2")?
            .query_row(params![id.0, kind.number()], |row| row.get(0))
            .optional()?;
        let value = sealed.map(|sealed| self.seal.open(&kind.place(&id), &sealed, read));
        value.transpose().map_err(|SealBroken| IndexError::Attachment)
    }

    /// Keeps something beside a row in place of what was there, or removes that; tells whether there is such a row.
    pub(crate) fn set_attachment(
        &mut self,
        id: RecordId,
        kind: Attachment,
        value: Option<&Value<'_>>,
    ) -> Result<bool, IndexError> {
        let transaction = super::begin(&mut self.connection)?;
        let there = transaction
            .prepare_cached("SELECT 1 FROM passkey WHERE record_id = ?1")?
            .exists(params![id.0])?;
        if there {
            put(&transaction, &self.seal, id, kind, value)?;
            super::commit(transaction)?;
        }
        Ok(there)
    }
}

impl Attachment {
    fn number(self) -> i64 {
        match self {
            Self::LargeBlob => 1,
            Self::Foreign => 2,
        }
    }

    fn place(self, id: &RecordId) -> Place<'_> {
        let column = match self {
            Self::LargeBlob => Column::LargeBlob,
            Self::Foreign => Column::Foreign,
        };
        Place {
            column,
            record_id: &id.0,
            bound: &[],
        }
    }
}

pub(super) fn put(
    transaction: &Transaction<'_>,
    seal: &Seal,
    id: RecordId,
    kind: Attachment,
    value: Option<&Value<'_>>,
) -> Result<(), IndexError> {
    match value {
        Some(value) => {
            let sealed = seal.seal(&kind.place(&id), value)?;
            transaction
                .prepare_cached(
                    "INSERT OR REPLACE INTO attachment (record_id, kind, sealed) VALUES (?1, ?2, ?3)",
                )?
                .execute(params![id.0, kind.number(), sealed])
        }
        None => transaction
            .prepare_cached("DELETE FROM attachment WHERE record_id = ?1 AND kind = ?2")?
            .execute(params![id.0, kind.number()]),
    }?;
    Ok(())
}
