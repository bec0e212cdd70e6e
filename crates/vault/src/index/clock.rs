//! The trash's clock: when a removed passkey is to be destroyed.
//!
//! The end of the 30 days is counted from the latest time that the file has seen, and kept with the passkey. A clock
//! that was set back when the passkey was removed, and is right again later, takes nothing from the 30 days.

use rusqlite::{Connection, Transaction, params};

use super::{Index, IndexError, RecordId, Row, Trash};

impl Index {
    /// Moves a row to the trash, unless `check` objects. `None` if there is no such row any more.
    pub(crate) fn move_to_trash<E: From<IndexError>>(
        &mut self,
        id: RecordId,
        now: u64,
        check: impl FnOnce(&Row) -> Result<(), E>,
    ) -> Result<Option<Trash>, E> {
        let transaction = super::begin(&mut self.connection)?;
        let Some(mut row) = super::read_row(&transaction, &self.seal, id)? else {
            return Ok(None);
        };
        check(&row)?;
        let (latest, due) = read(&transaction)?;
        let latest = latest.max(now).max(row.changing.last_used.unwrap_or_default());
        let trash = Trash {
            removed_at: now,
            destroyed_at: latest.saturating_add(TRASH_SECONDS),
        };
        row.changing.trash = Some(trash);
        super::update(&transaction, &self.seal, &row)?;
        let due = due.map_or(trash.destroyed_at, |due| due.min(trash.destroyed_at));
        write(&transaction, latest, Some(due))?;
        super::commit(transaction)?;
        Ok(Some(trash))
    }

    /// Tells whether a passkey in the trash is to be destroyed, and lets the file know what time it is.
    pub(crate) fn is_trash_due(&mut self, now: u64) -> Result<bool, IndexError> {
        let (latest, due) = read(&self.connection)?;
        // Once a day is enough, and spares most writers a second write.
        if now > latest.saturating_add(DAY) {
            // Read once more: another process may have written since.
            let transaction = super::begin(&mut self.connection)?;
            let (latest, due) = read(&transaction)?;
            write(&transaction, latest.max(now), due)?;
            super::commit(transaction)?;
        }
        Ok(due.is_some_and(|due| now > due))
    }

    /// Sets when the next passkey is to be destroyed: at the earliest of `due`.
    pub(crate) fn set_trash_due(&mut self, due: Option<u64>) -> Result<(), IndexError> {
        let transaction = super::begin(&mut self.connection)?;
        let (latest, _) = read(&transaction)?;
        write(&transaction, latest, due)?;
        super::commit(transaction)
    }
}

fn read(connection: &Connection) -> Result<(u64, Option<u64>), IndexError> {
    let (latest, due): (i64, Option<i64>) = connection
        .prepare_cached("SELECT latest, due FROM clock WHERE id = 1")?
        .query_row([], |row| Ok((row.get(0)?, row.get(1)?)))?;
    // Negative only if somebody else wrote it; the trash is then looked through, and each passkey says itself when.
    let seconds = |number: i64| u64::try_from(number).unwrap_or_default();
    Ok((seconds(latest), due.map(seconds)))
}

fn write(transaction: &Transaction<'_>, latest: u64, due: Option<u64>) -> Result<(), IndexError> {
    let number = |seconds: u64| i64::try_from(seconds).unwrap_or(i64::MAX);
    transaction
        .prepare_cached("UPDATE clock SET latest = ?1, due = ?2 WHERE id = 1")?
        .execute(params![number(latest), due.map(number)])?;
    Ok(())
}

/// How long a removed passkey can be restored: 30 days.
const TRASH_SECONDS: u64 = 30 * DAY;
const DAY: u64 = 24 * 60 * 60;
