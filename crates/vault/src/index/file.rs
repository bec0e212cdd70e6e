//! The index file before it is known whether we hold the key to it: making, opening, migrating it.

use std::path::Path;
use std::time::Duration;

use roamkey_cbor::Value;
use rusqlite::{Connection, OpenFlags, Transaction, TransactionBehavior, params};

use super::v1::{self, OldRow};
use super::{Column, Index, IndexError, Place, RecordId, Row, Seal, SealBroken, put_rows};
use crate::fault;
use crate::folder::FileLock;

/// The open file before it is known whether we hold the key to it.
#[derive(Debug)]
pub(crate) struct LockedIndex {
    connection: Connection,
    version: i64,
}

/// An index of the first layout, and the keys to it.
#[derive(Debug)]
pub(crate) struct OldIndex {
    connection: Connection,
    seal: Seal,
}

/// What comes of trying a key.
#[derive(Debug)]
pub(crate) enum Unlocking {
    /// It is the right one.
    Open(Index),
    /// It is the right one for a file that must be migrated first.
    Old(OldIndex),
    /// The file was sealed with another one.
    OtherKey(LockedIndex, Seal),
    /// The file can't be read.
    Failed(IndexError, Seal),
}

impl LockedIndex {
    /// Opens an existing file.
    pub(crate) fn open(path: &Path) -> Result<Self, IndexError> {
        let flags = OpenFlags::SQLITE_OPEN_READ_WRITE | OpenFlags::SQLITE_OPEN_NO_MUTEX;
        let connection = Connection::open_with_flags(path, flags)?;
        connection.busy_timeout(BUSY_LIMIT)?;
        let application: i64 = connection.query_row("PRAGMA application_id", [], |row| row.get(0))?;
        let version = version(&connection)?;
        match (application, version) {
            (APPLICATION_ID, OLD_SCHEMA_VERSION..=SCHEMA_VERSION) => {}
            (APPLICATION_ID, version) if version > SCHEMA_VERSION => return Err(IndexError::NewerVersion),
            _ => return Err(IndexError::Foreign),
        }
        connection.pragma_update(None, "journal_mode", "WAL")?;
        connection.pragma_update(None, "synchronous", "FULL")?;
        Ok(Self { connection, version })
    }

    /// Makes a file with these rows. It appears under its name only when it is complete, so that no interruption can
    /// leave a list with some of the passkeys.
    pub(crate) fn create(path: &Path, seal: &Seal, rows: &[Row]) -> Result<(), IndexError> {
        let mut unfinished = path.as_os_str().to_owned();
        unfinished.push(".new");
        let unfinished = Path::new(&unfinished);
        crate::folder::make_private_file(unfinished)?;
        let mut connection = Connection::open(unfinished)?;
        let transaction = connection.transaction()?;
        transaction.execute_batch(SCHEMA)?;
        transaction.execute_batch(SHARED_SCHEMA)?;
        finish(&transaction, seal, rows)?;
        transaction.pragma_update(None, "application_id", APPLICATION_ID)?;
        transaction.commit()?;
        connection.close().map_err(|(_connection, error)| error)?;
        fault::point("index made");
        Ok(std::fs::rename(unfinished, path)?)
    }

    /// Tells whether `seal` is the one that the file was made with.
    pub(crate) fn unlock(self, seal: Seal) -> Unlocking {
        let proof = self
            .connection
            .query_row("SELECT proof FROM seal WHERE id = 1", [], |row| {
                row.get::<_, Vec<u8>>(0)
            });
        let connection = match proof {
            Ok(proof) => {
                let constant = if self.version == SCHEMA_VERSION {
                    seal.open(&PROOF_PLACE, &proof, |value| value.as_i64())
                } else {
                    seal.v1.check(&proof)
                };
                match constant {
                    Ok(APPLICATION_ID) => self.connection,
                    Ok(_) | Err(SealBroken) => return Unlocking::OtherKey(self, seal),
                }
            }
            Err(rusqlite::Error::QueryReturnedNoRows) => {
                return Unlocking::Failed(IndexError::Foreign, seal);
            }
            Err(error) => return Unlocking::Failed(error.into(), seal),
        };
        if self.version == SCHEMA_VERSION {
            Unlocking::Open(Index { connection, seal })
        } else {
            Unlocking::Old(OldIndex { connection, seal })
        }
    }

    /// The names of all passkeys in the file, which are not sealed.
    pub(crate) fn record_ids(&self) -> Result<Vec<RecordId>, IndexError> {
        let mut statement = self.connection.prepare("SELECT record_id FROM passkey")?;
        let ids = statement.query_map([], |row| row.get(0).map(RecordId))?;
        Ok(ids.collect::<Result<_, _>>()?)
    }
}

impl OldIndex {
    /// Brings the file to the present layout: all of it, or none if it is interrupted. Rows that don't open are kept
    /// as such, to be made anew from the keyring when they are read.
    pub(crate) fn migrate(mut self, _lock: &FileLock) -> Result<Index, IndexError> {
        let transaction = self
            .connection
            .transaction_with_behavior(TransactionBehavior::Immediate)?;
        // A process without the lock may have done it since this one looked.
        if version(&transaction)? == OLD_SCHEMA_VERSION {
            migrate(&transaction, &self.seal)?;
            fault::point("index migrating");
            transaction.commit()?;
            fault::point("index migrated");
            tracing::info!("brought the passkey index to the present layout");
        } else {
            drop(transaction);
        }
        Ok(Index {
            connection: self.connection,
            seal: self.seal,
        })
    }
}

fn migrate(transaction: &Transaction<'_>, seal: &Seal) -> Result<(), IndexError> {
    let (mut rows, mut broken) = (Vec::new(), Vec::new());
    for row in v1::rows(transaction, &seal.v1)? {
        match row {
            OldRow::Open(row) => rows.push(*row),
            OldRow::Broken(id) => broken.push(id),
        }
    }
    let pending = pending(transaction)?;
    transaction.execute_batch("DROP TABLE passkey; DELETE FROM seal;")?;
    fault::point("index dropped");
    transaction.execute_batch(SCHEMA)?;
    finish(transaction, seal, &rows)?;
    let mut put = transaction.prepare("INSERT INTO passkey (record_id, sealed) VALUES (?1, x'')")?;
    for id in broken {
        put.execute(params![id.0])?;
    }
    // Writing a row ends what was pending for it.
    let mut begin =
        transaction.prepare("INSERT OR REPLACE INTO pending (record_id, step) VALUES (?1, ?2)")?;
    for (id, step) in pending {
        begin.execute(params![id.0, step])?;
    }
    Ok(())
}

fn pending(connection: &Connection) -> Result<Vec<(RecordId, i64)>, IndexError> {
    let mut statement = connection.prepare("SELECT record_id, step FROM pending")?;
    let rows = statement.query_map([], |row| Ok((RecordId(row.get(0)?), row.get(1)?)))?;
    Ok(rows.collect::<Result<_, _>>()?)
}

/// Fills new tables.
fn finish(transaction: &Transaction<'_>, seal: &Seal, rows: &[Row]) -> Result<(), IndexError> {
    let proof = seal.seal(&PROOF_PLACE, &Value::from(APPLICATION_ID))?;
    transaction.execute("INSERT INTO seal (id, proof) VALUES (1, ?1)", params![proof])?;
    transaction.execute("INSERT INTO clock (id, latest, due) VALUES (1, 0, NULL)", [])?;
    put_rows(transaction, seal, rows)?;
    Ok(transaction.pragma_update(None, "user_version", SCHEMA_VERSION)?)
}

fn version(connection: &Connection) -> Result<i64, IndexError> {
    Ok(connection.query_row("PRAGMA user_version", [], |row| row.get(0))?)
}

const SCHEMA: &str = "
CREATE TABLE passkey (
    record_id  BLOB PRIMARY KEY NOT NULL,
    rp         BLOB,
    credential BLOB,
    sealed     BLOB NOT NULL
) STRICT, WITHOUT ROWID;
CREATE INDEX passkey_rp ON passkey (rp);
CREATE INDEX passkey_credential ON passkey (credential);
CREATE TABLE attachment (
    record_id BLOB NOT NULL,
    kind      INTEGER NOT NULL,
    sealed    BLOB NOT NULL,
    PRIMARY KEY (record_id, kind)
) STRICT;
CREATE TABLE clock (
    id     INTEGER PRIMARY KEY CHECK (id = 1),
    latest INTEGER NOT NULL,
    due    INTEGER
) STRICT;
";

/// What the first layout had as well.
const SHARED_SCHEMA: &str = "
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
pub(super) const SCHEMA_VERSION: i64 = 2;
const OLD_SCHEMA_VERSION: i64 = 1;

/// How long to wait while another process writes. It does so in milliseconds.
const BUSY_LIMIT: Duration = Duration::from_secs(5);
