//! Removing passkeys, and taking that back.
//!
//! ```text
//! ready ─ remove ─▶ in the trash ─ 30 days, or destroy ─▶ note → item gone → row gone
//!   ◀─ restore_removed ─┘
//! ```
//!
//! In the trash a passkey keeps its item in the keyring, and is neither found nor used. What the site knows of it
//! stays at the site. All changes are made under the vault's lock.

use roamkey_authenticator::UnixTime;

use super::{Access, Vault};
use crate::folder::FileLock;
use crate::index::{Index, RecordId, Row, Step};
use crate::{Activity, Event, VaultError, fault};

/// What came of a removal.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
#[non_exhaustive]
pub struct Removed {
    /// No passkey that can be used is left for the site: whoever has no other way in is locked out.
    pub last_of_site: bool,
    /// Until then it can be restored.
    pub undo_until: UnixTime,
}

impl Vault {
    /// Moves a passkey to the trash. It signs nothing from here on.
    ///
    /// # Errors
    ///
    /// [`VaultError::NotFound`], [`VaultError::AlreadyRemoved`], the keyring's and the index's.
    pub fn remove(&self, id: RecordId, now: UnixTime) -> Result<Removed, VaultError> {
        let lock = self.lock_to_write(now)?;
        let (removed, row) = self.with_row(id, &lock, |index, row| {
            let trash = index.move_to_trash(id, now.0, |row| match row.changing.trash {
                None => Ok(()),
                Some(_) => Err(VaultError::AlreadyRemoved),
            })?;
            let trash = trash.ok_or(VaultError::NotFound)?;
            let removed = Removed {
                last_of_site: is_last_of_site(index, &row)?,
                undo_until: UnixTime(trash.destroyed_at),
            };
            Ok((removed, row))
        })?;
        drop(lock);
        self.note_change(Event::Removed, &row, now);
        Ok(removed)
    }

    /// Takes a passkey out of the trash, as it was.
    ///
    /// # Errors
    ///
    /// [`VaultError::NotFound`], [`VaultError::NotRemoved`], the keyring's and the index's.
    pub fn restore_removed(&self, id: RecordId, now: UnixTime) -> Result<(), VaultError> {
        let lock = self.lock_to_write(now)?;
        let row = self.edit(id, &lock, |row| match row.changing.trash.take() {
            Some(_) => Ok(()),
            None => Err(VaultError::NotRemoved),
        })?;
        drop(lock);
        self.note_change(Event::RestoredRemoved, &row, now);
        Ok(())
    }

    /// Destroys the key of a passkey in the trash, with all that is kept with it. Nothing brings it back.
    ///
    /// # Errors
    ///
    /// [`VaultError::NotFound`], [`VaultError::NotRemoved`], the keyring's and the index's.
    pub fn destroy(&self, id: RecordId, now: UnixTime) -> Result<(), VaultError> {
        let lock = self.lock_to_write(now)?;
        let row = self.with_row(id, &lock, |index, row| match row.changing.trash {
            Some(_) => self.destroy_in(index, id, &lock).map(|()| row),
            None => Err(VaultError::NotRemoved),
        })?;
        drop(lock);
        self.note_change(Event::Destroyed, &row, now);
        Ok(())
    }

    /// Destroys what was in the trash for more than 30 days, and returns how many that were. The first change that this
    /// process makes does so too.
    ///
    /// # Errors
    ///
    /// The keyring's and the index's.
    pub fn purge(&self, now: UnixTime) -> Result<usize, VaultError> {
        let lock = self.lock()?;
        let purged = self.with_index(Access::LookLocked(&lock), |index| {
            self.purge_in(index, now, &lock)
        })?;
        drop(lock);
        let purged = purged.unwrap_or_default();
        self.note_purge(purged, now);
        Ok(purged)
    }

    pub(super) fn note_purge(&self, purged: usize, now: UnixTime) {
        if purged > 0 {
            let count = u64::try_from(purged).ok();
            self.note_done(
                &Activity {
                    count,
                    ..Activity::of(Event::Destroyed)
                },
                now,
            );
        }
    }

    /// Notes in the activity log what was done with a passkey.
    pub(super) fn note_change(&self, event: Event, row: &Row, now: UnixTime) {
        let facts = row.facts.as_ref();
        let activity = Activity {
            rp_id: facts.map(|facts| facts.rp_id.clone()),
            account: facts.and_then(|facts| facts.user_name.clone()),
            record: Some(row.record_id),
            ..Activity::of(event)
        };
        self.note_done(&activity, now);
    }

    pub(super) fn purge_in(
        &self,
        index: &mut Index,
        now: UnixTime,
        lock: &FileLock,
    ) -> Result<usize, VaultError> {
        if !index.is_trash_due(now.0)? {
            return Ok(0);
        }
        let (mut due, mut later) = (Vec::new(), None::<u64>);
        index.for_each(|row| match row.changing.trash {
            Some(trash) if now.0 > trash.destroyed_at => due.push(row.record_id),
            Some(trash) => {
                later = Some(later.map_or(trash.destroyed_at, |later| later.min(trash.destroyed_at)));
            }
            None => {}
        })?;
        for id in &due {
            self.destroy_in(index, *id, lock)?;
        }
        index.set_trash_due(later)?;
        tracing::info!(
            passkeys = due.len(),
            "destroyed what was in the trash for 30 days"
        );
        Ok(due.len())
    }

    /// Removes item and row, so that whoever is interrupted leaves a note for the next process.
    pub(super) fn destroy_in(
        &self,
        index: &mut Index,
        id: RecordId,
        _lock: &FileLock,
    ) -> Result<(), VaultError> {
        index.begin(id, Step::Removing)?;
        fault::point("removal noted");
        self.keyring.delete(&id.user())?;
        fault::point("removed from keyring");
        Ok(index.remove(id)?)
    }
}

fn is_last_of_site(index: &Index, removed: &Row) -> Result<bool, VaultError> {
    let Some(facts) = &removed.facts else {
        return Ok(false);
    };
    let rows = index.of_rp(&facts.rp_id)?;
    let mut others = rows.iter().filter(|row| row.record_id != removed.record_id);
    Ok(!others.any(|row| index.open_row(row).is_ok_and(|row| row.is_usable())))
}
