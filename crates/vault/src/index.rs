//! The index: a SQLite file with one row for each passkey, so that listing and finding ask the keyring for nothing.
//!
//! ```text
//! passkey   record_id   16 bytes, random: the item's name in the keyring
//!           rp          16 bytes: hidden RP ID, to look up by; null if the record can't be read
//!           credential  16 bytes: hidden credential id, to look up by; null likewise
//!           fixed       sealed: what the passkey is; null likewise
//!           changing    sealed: last use, uses, label, state
//! pending   record_id, step   what was begun in the keyring and not seen to its end (see `reconcile`)
//! seal      proof       sealed constant: shows whether a key is the one that this file was sealed with
//! ```
//!
//! Whoever has the file without the keyring learns how many passkeys there are, and which of them share a site.
//! Whoever can write it can remove rows or bring back an older file, which a look at the keyring repairs; a row can
//! be neither made nor moved.
//!
//! The file is in WAL mode with `synchronous=FULL`: what a call has written is there after a power failure. The one
//! exception is [`Index::note`].

use std::path::Path;
use std::time::Duration;

use roamkey_cbor::Value;
use rusqlite::{
    Connection, OpenFlags, OptionalExtension as _, Row as SqlRow, Transaction, TransactionBehavior, params,
};

mod error;
mod row;
mod seal;
#[cfg(test)]
mod tests;

pub use error::IndexError;
pub use row::RecordId;
pub(crate) use row::{Changing, Row, RowState, SealedRow};
pub use seal::SealBroken;
pub(crate) use seal::{Column, Place, Seal};

/// The open file and the keys to its columns.
#[derive(Debug)]
pub(crate) struct Index {
    connection: Connection,
    seal: Seal,
}

/// The open file before it is known whether we hold the key to it.
#[derive(Debug)]
pub(crate) struct LockedIndex {
    connection: Connection,
}

/// What was begun in the keyring.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(crate) enum Step {
    /// The item is to be written.
    Creating,
    /// The item is to be removed.
    Removing,
}

impl LockedIndex {
    /// Opens an existing file.
    pub(crate) fn open(path: &Path) -> Result<Self, IndexError> {
        let flags = OpenFlags::SQLITE_OPEN_READ_WRITE | OpenFlags::SQLITE_OPEN_NO_MUTEX;
        let connection = Connection::open_with_flags(path, flags)?;
        connection.busy_timeout(BUSY_LIMIT)?;
        let application: i64 = connection.query_row("PRAGMA application_id", [], |row| row.get(0))?;
        let version: i64 = connection.query_row("PRAGMA user_version", [], |row| row.get(0))?;
        match (application, version) {
            (APPLICATION_ID, SCHEMA_VERSION) => {}
            (APPLICATION_ID, version) if version > SCHEMA_VERSION => return Err(IndexError::NewerVersion),
            _ => return Err(IndexError::Foreign),
        }
        connection.pragma_update(None, "journal_mode", "WAL")?;
        connection.pragma_update(None, "synchronous", "FULL")?;
        Ok(Self { connection })
    }

    /// Makes a file with these rows. It appears under its name only when it is complete, so that no interruption can
    /// leave a list with some of the passkeys.
    pub(crate) fn create(path: &Path, seal: &Seal, rows: &[Row]) -> Result<(), IndexError> {
        let proof = seal.seal(&PROOF_PLACE, &Value::from(APPLICATION_ID))?;
        let mut unfinished = path.as_os_str().to_owned();
        unfinished.push(".new");
        let unfinished = Path::new(&unfinished);
        crate::folder::make_private_file(unfinished)?;
        let mut connection = Connection::open(unfinished)?;
        let transaction = connection.transaction()?;
        transaction.execute_batch(SCHEMA)?;
        transaction.execute("INSERT INTO seal (id, proof) VALUES (1, ?1)", params![proof])?;
        put_rows(&transaction, seal, rows)?;
        transaction.pragma_update(None, "application_id", APPLICATION_ID)?;
        transaction.pragma_update(None, "user_version", SCHEMA_VERSION)?;
        transaction.commit()?;
        connection.close().map_err(|(_connection, error)| error)?;
        Ok(std::fs::rename(unfinished, path)?)
    }

    /// Tells whether `seal` is the one that the file was made with.
    pub(crate) fn unlock(self, seal: Seal) -> Unlocking {
        let proof = self
            .connection
            .query_row("SELECT proof FROM seal WHERE id = 1", [], |row| {
                row.get::<_, Vec<u8>>(0)
            });
        match proof {
            Ok(proof) => match seal.open(&PROOF_PLACE, &proof, |value| value.as_i64()) {
                Ok(APPLICATION_ID) => Unlocking::Open(Index {
                    connection: self.connection,
                    seal,
                }),
                Ok(_) | Err(SealBroken) => Unlocking::OtherKey(self, seal),
            },
            Err(rusqlite::Error::QueryReturnedNoRows) => Unlocking::Failed(IndexError::Foreign, seal),
            Err(error) => Unlocking::Failed(error.into(), seal),
        }
    }

    /// The names of all passkeys in the file, which are not sealed.
    pub(crate) fn record_ids(&self) -> Result<Vec<RecordId>, IndexError> {
        let mut statement = self.connection.prepare("SELECT record_id FROM passkey")?;
        let ids = statement.query_map([], |row| row.get(0).map(RecordId))?;
        Ok(ids.collect::<Result<_, _>>()?)
    }
}

/// What comes of trying a key.
#[derive(Debug)]
pub(crate) enum Unlocking {
    /// It is the right one.
    Open(Index),
    /// The file was sealed with another one.
    OtherKey(LockedIndex, Seal),
    /// The file can't be read.
    Failed(IndexError, Seal),
}

impl Index {
    /// Adds or replaces a row, and ends what was pending for it, both or neither.
    pub(crate) fn put(&mut self, row: &Row) -> Result<(), IndexError> {
        self.put_all(std::slice::from_ref(row))
    }

    /// As [`put`](Self::put), all rows or none.
    pub(crate) fn put_all(&mut self, rows: &[Row]) -> Result<(), IndexError> {
        let transaction = self
            .connection
            .transaction_with_behavior(TransactionBehavior::Immediate)?;
        put_rows(&transaction, &self.seal, rows)?;
        Ok(transaction.commit()?)
    }

    /// Changes what changes in a row. Nothing happens if there is no such row any more.
    pub(crate) fn change(
        &mut self,
        id: RecordId,
        change: impl FnOnce(&mut Changing),
    ) -> Result<(), IndexError> {
        let transaction = self
            .connection
            .transaction_with_behavior(TransactionBehavior::Immediate)?;
        let sealed = transaction
            .prepare_cached(
                "SELECT record_id, rp, credential, fixed, changing FROM passkey WHERE record_id = ?1",
            )?
            .query_row(params![id.0], sealed_row)
            .optional()?;
        let Some(sealed) = sealed else { return Ok(()) };
        let mut row = sealed.open(&self.seal)?;
        change(&mut row.changing);
        transaction
            .prepare_cached("UPDATE passkey SET changing = ?2 WHERE record_id = ?1")?
            .execute(params![id.0, row.changing.seal(&self.seal, id)?])?;
        Ok(transaction.commit()?)
    }

    /// Changes a row like [`change`](Self::change), without waiting for the disk: a power failure may undo it. For
    /// what is good to know and not worth making a person wait.
    pub(crate) fn note(
        &mut self,
        id: RecordId,
        change: impl FnOnce(&mut Changing),
    ) -> Result<(), IndexError> {
        self.connection.pragma_update(None, "synchronous", "NORMAL")?;
        let changed = self.change(id, change);
        self.connection.pragma_update(None, "synchronous", "FULL")?;
        changed
    }

    /// Removes a row, and ends what was pending for it, both or neither.
    pub(crate) fn remove(&mut self, id: RecordId) -> Result<(), IndexError> {
        let transaction = self
            .connection
            .transaction_with_behavior(TransactionBehavior::Immediate)?;
        transaction.execute("DELETE FROM passkey WHERE record_id = ?1", params![id.0])?;
        transaction.execute("DELETE FROM pending WHERE record_id = ?1", params![id.0])?;
        Ok(transaction.commit()?)
    }

    /// Notes what is about to be done in the keyring.
    pub(crate) fn begin(&mut self, id: RecordId, step: Step) -> Result<(), IndexError> {
        let step = match step {
            Step::Creating => CREATING,
            Step::Removing => REMOVING,
        };
        self.connection.execute(
            "INSERT OR REPLACE INTO pending (record_id, step) VALUES (?1, ?2)",
            params![id.0, step],
        )?;
        Ok(())
    }

    /// What was begun and not ended.
    pub(crate) fn pending(&self) -> Result<Vec<(RecordId, Step)>, IndexError> {
        let mut statement = self
            .connection
            .prepare_cached("SELECT record_id, step FROM pending")?;
        let rows = statement.query_map([], |row| Ok((RecordId(row.get(0)?), row.get::<_, i64>(1)?)))?;
        let step = |number| {
            if number == REMOVING {
                Step::Removing
            } else {
                Step::Creating
            }
        };
        rows.map(|row| {
            row.map(|(id, number)| (id, step(number)))
                .map_err(IndexError::from)
        })
        .collect()
    }

    /// All rows, as the file keeps them.
    pub(crate) fn all(&self) -> Result<Vec<SealedRow>, IndexError> {
        self.select("", [])
    }

    /// The rows of a site.
    pub(crate) fn of_rp(&self, rp_id: &str) -> Result<Vec<SealedRow>, IndexError> {
        self.select("WHERE rp = ?1", params![row::rp_lookup(&self.seal, rp_id)])
    }

    /// The rows of a credential: one, unless somebody copied an item in the keyring.
    pub(crate) fn of_credential(&self, credential_id: &[u8]) -> Result<Vec<SealedRow>, IndexError> {
        self.select(
            "WHERE credential = ?1",
            params![row::credential_lookup(&self.seal, credential_id)],
        )
    }

    /// One row, opened; `None` if there is none, or none that opens.
    pub(crate) fn row(&self, id: RecordId) -> Result<Option<Row>, IndexError> {
        let rows = self.select("WHERE record_id = ?1", params![id.0])?;
        Ok(rows.first().and_then(|row| self.open_row(row).ok()))
    }

    /// Opens a row's columns.
    pub(crate) fn open_row(&self, row: &SealedRow) -> Result<Row, SealBroken> {
        row.open(&self.seal)
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
        let query = format!("SELECT record_id, rp, credential, fixed, changing FROM passkey {condition}");
        let mut statement = self.connection.prepare_cached(&query)?;
        let rows = statement.query_map(parameters, sealed_row)?;
        Ok(rows.collect::<Result<_, _>>()?)
    }
}

fn put_rows(transaction: &Transaction<'_>, seal: &Seal, rows: &[Row]) -> Result<(), IndexError> {
    let mut put = transaction.prepare_cached(
        "INSERT OR REPLACE INTO passkey (record_id, rp, credential, fixed, changing) VALUES (?1, ?2, ?3, ?4, ?5)",
    )?;
    let mut end = transaction.prepare_cached("DELETE FROM pending WHERE record_id = ?1")?;
    for row in rows {
        let SealedRow {
            record_id,
            rp,
            credential,
            fixed,
            changing,
        } = row.seal(seal)?;
        put.execute(params![record_id.0, rp, credential, fixed, changing])?;
        end.execute(params![record_id.0])?;
    }
    Ok(())
}

fn sealed_row(row: &SqlRow<'_>) -> rusqlite::Result<SealedRow> {
    Ok(SealedRow {
        record_id: RecordId(row.get(0)?),
        rp: row.get(1)?,
        credential: row.get(2)?,
        fixed: row.get(3)?,
        changing: row.get(4)?,
    })
}

const SCHEMA: &str = "
CREATE TABLE passkey (
    record_id  BLOB PRIMARY KEY NOT NULL,
    rp         BLOB,
    credential BLOB,
    fixed      BLOB,
    changing   BLOB NOT NULL
) STRICT;
CREATE INDEX passkey_rp ON passkey (rp);
CREATE INDEX passkey_credential ON passkey (credential);
CREATE TABLE pending (
    record_id BLOB PRIMARY KEY NOT NULL,
    step      INTEGER NOT NULL
) STRICT;
CREATE TABLE seal (
    id    INTEGER PRIMARY KEY CHECK (id = 1),
    proof BLOB NOT NULL
) STRICT;
";

const PROOF_PLACE: Place<'static> = Place {
    column: Column::Check,
    record_id: &[0; 16],
    bound: &[],
};

/// "Rmky", so that `file` and we ourselves know the file.
const APPLICATION_ID: i64 = 0x526d_6b79;
const SCHEMA_VERSION: i64 = 1;

const CREATING: i64 = 1;
const REMOVING: i64 = 2;

/// How long to wait while another process writes. It does so in milliseconds.
const BUSY_LIMIT: Duration = Duration::from_secs(5);
