//! The index: a SQLite file with one row for each passkey, so that listing and finding ask the keyring for nothing.
//!
//! ```text
//! passkey     record_id   16 bytes, random: the item's name in the keyring
//!             rp          16 bytes: hidden RP ID, to look up by; null if the record can't be read
//!             credential  16 bytes: hidden credential id, to look up by; null likewise
//!             sealed      what the passkey is, and what changes: last use, uses, label, state, trash
//! attachment  record_id, kind, sealed: the large blob (1), foreign fields (2); gone with the passkey
//! pending     record_id, step   what was begun in the keyring and not seen to its end (see `reconcile`)
//! seal        proof       sealed constant: shows whether a key is the one that this file was sealed with
//! clock       latest      s since 1970: the latest time that this file has seen, a clock set back or not
//!             due         when the first passkey in the trash is to be destroyed; null if the trash is empty
//! ```
//!
//! Whoever has the file without the keyring learns how many passkeys there are, which of them share a site, which have
//! attachments and how large, and when the trash is due. Whoever can write it can remove rows or bring back an older
//! file, which a look at the keyring repairs; a row can be neither made nor moved.
//!
//! The file is in WAL mode with `synchronous=FULL`: what a call has written is there after a power failure. The one
//! exception is [`Index::note`].

use roamkey_cbor::Value;
use rusqlite::{Connection, OptionalExtension as _, Row as SqlRow, Transaction, TransactionBehavior, params};

mod attachment;
mod clock;
mod error;
mod file;
mod row;
mod seal;
#[cfg(test)]
mod tests;
mod v1;

pub(crate) use attachment::Attachment;
pub use error::IndexError;
pub(crate) use file::{LockedIndex, OldIndex, Unlocking};
pub(crate) use row::{Changing, Row, RowState, SealedRow, Trash, read_any_row};
pub use row::{NotARecordId, RecordId};
pub use seal::SealBroken;
pub(crate) use seal::{Column, Place, Seal};

use crate::fault;

/// The open file and the keys to its columns.
#[derive(Debug)]
pub(crate) struct Index {
    connection: Connection,
    seal: Seal,
}

/// What was begun in the keyring.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(crate) enum Step {
    /// The item is to be written.
    Creating,
    /// The item is to be removed.
    Removing,
    /// The item is to be written, and is of no use without the row: the import will be done once more.
    Importing,
}

impl Index {
    /// Adds or replaces a row, and ends what was pending for it, both or neither.
    pub(crate) fn put(&mut self, row: &Row) -> Result<(), IndexError> {
        self.put_with(row, &[], &[])
    }

    /// As [`put`](Self::put), with what is kept beside the row, and in the place of other rows: all or nothing.
    pub(crate) fn put_with(
        &mut self,
        row: &Row,
        attachments: &[(Attachment, Value<'_>)],
        in_place_of: &[RecordId],
    ) -> Result<(), IndexError> {
        let transaction = begin(&mut self.connection)?;
        for id in in_place_of {
            remove(&transaction, *id)?;
        }
        put_rows(&transaction, &self.seal, std::slice::from_ref(row))?;
        for (kind, value) in attachments {
            attachment::put(&transaction, &self.seal, row.record_id, *kind, Some(value))?;
        }
        commit(transaction)
    }

    /// Changes a row, or leaves everything as it was if `change` fails. `None` if there is no such row any more.
    pub(crate) fn change<T, E: From<IndexError>>(
        &mut self,
        id: RecordId,
        change: impl FnOnce(&mut Row) -> Result<T, E>,
    ) -> Result<Option<T>, E> {
        let transaction = begin(&mut self.connection)?;
        let Some(mut row) = read_row(&transaction, &self.seal, id)? else {
            return Ok(None);
        };
        let changed = change(&mut row)?;
        update(&transaction, &self.seal, &row)?;
        commit(transaction)?;
        Ok(Some(changed))
    }

    /// Changes several rows, all or none; those that are not there are passed over.
    pub(crate) fn change_all(
        &mut self,
        ids: &[RecordId],
        mut change: impl FnMut(&mut Row),
    ) -> Result<(), IndexError> {
        let transaction = begin(&mut self.connection)?;
        for id in ids {
            if let Some(mut row) = read_row(&transaction, &self.seal, *id)? {
                change(&mut row);
                update(&transaction, &self.seal, &row)?;
            }
        }
        commit(transaction)
    }

    /// Changes a row like [`change`](Self::change), without waiting for the disk: a power failure may undo it. For
    /// what is good to know and not worth making a person wait.
    pub(crate) fn note(&mut self, id: RecordId, change: impl FnOnce(&mut Row)) -> Result<(), IndexError> {
        self.connection.pragma_update(None, "synchronous", "NORMAL")?;
        let changed = self.change(id, |row| {
            change(row);
            Ok(())
        });
        self.connection.pragma_update(None, "synchronous", "FULL")?;
        changed.map(drop)
    }

    /// Removes a row with what is kept beside it, and ends what was pending for it: all or nothing.
    pub(crate) fn remove(&mut self, id: RecordId) -> Result<(), IndexError> {
        let transaction = begin(&mut self.connection)?;
        remove(&transaction, id)?;
        commit(transaction)
    }

    /// Notes what is about to be done in the keyring.
    pub(crate) fn begin(&mut self, id: RecordId, step: Step) -> Result<(), IndexError> {
        fault::point("before a note");
        self.connection
            .prepare_cached("INSERT OR REPLACE INTO pending (record_id, step) VALUES (?1, ?2)")?
            .execute(params![id.0, step.number()])?;
        fault::point("after a note");
        Ok(())
    }

    /// What was begun and not ended.
    pub(crate) fn pending(&self) -> Result<Vec<(RecordId, Step)>, IndexError> {
        let mut statement = self
            .connection
            .prepare_cached("SELECT record_id, step FROM pending")?;
        let rows = statement.query_map([], |row| {
            Ok((RecordId(row.get(0)?), Step::from_number(row.get(1)?)))
        })?;
        Ok(rows.collect::<Result<_, _>>()?)
    }

    /// Gives all rows to `each`, opened, and returns the names of those that do not open.
    pub(crate) fn for_each(&self, mut each: impl FnMut(Row)) -> Result<Vec<RecordId>, IndexError> {
        let mut broken = Vec::new();
        let mut statement = self
            .connection
            .prepare_cached("SELECT record_id, rp, credential, sealed FROM passkey")?;
        let mut rows = statement.query([])?;
        while let Some(row) = rows.next()? {
            let id = RecordId(row.get(0)?);
            match open_row(&self.seal, id, row)? {
                Ok(row) => each(row),
                Err(SealBroken) => broken.push(id),
            }
        }
        Ok(broken)
    }

    /// The rows of a site.
    pub(crate) fn of_rp(&self, rp_id: &str) -> Result<Vec<SealedRow>, IndexError> {
        self.select("rp = ?1", params![row::rp_lookup(&self.seal, rp_id)])
    }

    /// The rows of a credential: one, unless somebody copied an item in the keyring.
    pub(crate) fn of_credential(&self, credential_id: &[u8]) -> Result<Vec<SealedRow>, IndexError> {
        self.select(
            "credential = ?1",
            params![row::credential_lookup(&self.seal, credential_id)],
        )
    }

    /// One row as the file keeps it.
    pub(crate) fn sealed_row(&self, id: RecordId) -> Result<Option<SealedRow>, IndexError> {
        Ok(self.select("record_id = ?1", params![id.0])?.pop())
    }

    /// One row, opened; `None` if there is none, or none that opens.
    pub(crate) fn row(&self, id: RecordId) -> Result<Option<Row>, IndexError> {
        Ok(self.sealed_row(id)?.and_then(|row| self.open_row(&row).ok()))
    }

    /// Opens a row's columns.
    pub(crate) fn open_row(&self, row: &SealedRow) -> Result<Row, SealBroken> {
        let (rp, credential) = (row.rp.as_deref(), row.credential.as_deref());
        Row::open(&self.seal, row.record_id, rp, credential, &row.sealed)
    }

    /// The names of the passkeys that begin with these hex digits in upper case: two of them at most.
    pub(crate) fn of_prefix(&self, digits: &str) -> Result<Vec<RecordId>, IndexError> {
        let mut statement = self.connection.prepare_cached(
            "SELECT record_id FROM passkey WHERE substr(hex(record_id), 1, length(?1)) = ?1 LIMIT 2",
        )?;
        let ids = statement.query_map(params![digits], |row| row.get(0).map(RecordId))?;
        Ok(ids.collect::<Result<_, _>>()?)
    }

    /// Lets the file grow no further, as a full disk would.
    #[cfg(test)]
    pub(crate) fn limit_pages(&self) -> Result<(), IndexError> {
        let pages: i64 = self
            .connection
            .query_row("PRAGMA page_count", [], |row| row.get(0))?;
        Ok(self
            .connection
            .query_row(&format!("PRAGMA max_page_count = {pages}"), [], |_row| Ok(()))?)
    }

    fn select(
        &self,
        condition: &str,
        parameters: impl rusqlite::Params,
    ) -> Result<Vec<SealedRow>, IndexError> {
        let query = format!("SELECT record_id, rp, credential, sealed FROM passkey WHERE {condition}");
        let mut statement = self.connection.prepare_cached(&query)?;
        let rows = statement.query_map(parameters, |row| {
            Ok(SealedRow {
                record_id: RecordId(row.get(0)?),
                rp: row.get(1)?,
                credential: row.get(2)?,
                sealed: row.get(3)?,
            })
        })?;
        Ok(rows.collect::<Result<_, _>>()?)
    }
}

impl Step {
    fn number(self) -> i64 {
        match self {
            Self::Creating => 1,
            Self::Removing => 2,
            Self::Importing => 3,
        }
    }

    /// An unknown step of a later version is taken for the one that removes nothing.
    fn from_number(number: i64) -> Self {
        [Self::Removing, Self::Importing]
            .into_iter()
            .find(|step| step.number() == number)
            .unwrap_or(Self::Creating)
    }
}

fn begin(connection: &mut Connection) -> Result<Transaction<'_>, IndexError> {
    fault::point("before a transaction");
    Ok(connection.transaction_with_behavior(TransactionBehavior::Immediate)?)
}

fn commit(transaction: Transaction<'_>) -> Result<(), IndexError> {
    fault::point("before a commit");
    transaction.commit()?;
    fault::point("after a commit");
    Ok(())
}

fn remove(transaction: &Transaction<'_>, id: RecordId) -> Result<(), IndexError> {
    for table in ["passkey", "attachment", "pending"] {
        transaction
            .prepare_cached(&format!("DELETE FROM {table} WHERE record_id = ?1"))?
            .execute(params![id.0])?;
    }
    Ok(())
}

fn put_rows(transaction: &Transaction<'_>, seal: &Seal, rows: &[Row]) -> Result<(), IndexError> {
    let mut put = transaction.prepare_cached(
        "INSERT OR REPLACE INTO passkey (record_id, rp, credential, sealed) VALUES (?1, ?2, ?3, ?4)",
    )?;
    let mut end = transaction.prepare_cached("DELETE FROM pending WHERE record_id = ?1")?;
    for row in rows {
        let SealedRow {
            record_id,
            rp,
            credential,
            sealed,
        } = row.seal(seal)?;
        put.execute(params![record_id.0, rp, credential, sealed])?;
        end.execute(params![record_id.0])?;
    }
    Ok(())
}

fn update(transaction: &Transaction<'_>, seal: &Seal, row: &Row) -> Result<(), IndexError> {
    transaction
        .prepare_cached("UPDATE passkey SET sealed = ?2 WHERE record_id = ?1")?
        .execute(params![row.record_id.0, row.seal(seal)?.sealed])?;
    Ok(())
}

fn read_row(transaction: &Transaction<'_>, seal: &Seal, id: RecordId) -> Result<Option<Row>, IndexError> {
    let opened = transaction
        .prepare_cached("SELECT record_id, rp, credential, sealed FROM passkey WHERE record_id = ?1")?
        .query_row(params![id.0], |row| open_row(seal, id, row))
        .optional()?;
    Ok(opened.transpose()?)
}

/// Opens a row of `record_id, rp, credential, sealed` where SQLite has it, without a copy.
fn open_row(seal: &Seal, id: RecordId, row: &SqlRow<'_>) -> rusqlite::Result<Result<Row, SealBroken>> {
    let column = |number| {
        row.get_ref(number)?
            .as_blob_or_null()
            .map_err(rusqlite::Error::from)
    };
    let sealed = column(3)?.unwrap_or_default();
    Ok(Row::open(seal, id, column(1)?, column(2)?, sealed))
}
