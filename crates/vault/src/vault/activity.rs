//! Noting what happened, and reading it.

use roamkey_authenticator::UnixTime;

use super::{Access, LOCK_MARGIN, Vault};
use crate::activity::{HEAD_USER, Head, LogKey, log};
use crate::fault;
use crate::folder::{FileLock, NoLock, file_identity};
use crate::{
    Activity, ActivityEntry, ActivityError, ActivityReport, ActivityRestart, Statistics, VaultError,
};

impl Vault {
    /// Notes that something happened. When this returns, the entry is on the disk.
    ///
    /// A request is answered, and a change made, before it is noted, and what could not be noted has happened all the
    /// same: an error here is a warning to the person and nothing more.
    ///
    /// # Errors
    ///
    /// The keyring's, [`VaultError::Activity`], [`VaultError::Busy`].
    pub fn note_activity(&self, activity: &Activity, now: UnixTime) -> Result<(), VaultError> {
        self.append_activity(&self.log_key_or_new()?, activity, now)
    }

    /// As [`note_done`](Self::note_done), while this process is at the index: without a key to the log there is no entry,
    /// since making one takes the index.
    pub(super) fn note_within_index(&self, activity: &Activity, now: UnixTime) {
        let noted = self.log_key().and_then(|key| match key {
            Some(key) => self.append_activity(&key, activity, now),
            None => Ok(()),
        });
        if let Err(error) = noted {
            tracing::warn!(%error, event = activity.event.as_str(), "this could not be noted in the activity log");
        }
    }

    fn append_activity(&self, key: &LogKey, activity: &Activity, now: UnixTime) -> Result<(), VaultError> {
        let _lock = self.folder.lock_activity(self.activity_limit())?;
        let head = self.activity_head()?;
        if head.is_none() && file_identity(&self.folder.activity()).is_none() {
            // Before the first entry: entries that no head knows look like a log whose end was cut off.
            self.keyring.replace(HEAD_USER, &Head::default().encode())?;
            fault::point("activity anchored");
        }
        let head = head.unwrap_or_default();
        let head = log::append(&self.folder.activity(), key, head, activity, now)?;
        Ok(self.keyring.replace(HEAD_USER, &head.encode())?)
    }

    /// As [`note_activity`](Self::note_activity), for what the vault itself has just done: that stands, noted or not.
    pub(super) fn note_done(&self, activity: &Activity, now: UnixTime) {
        if let Err(error) = self.note_activity(activity, now) {
            tracing::warn!(%error, event = activity.event.as_str(), "this could not be noted in the activity log");
        }
    }

    /// Reads what happened, the oldest first, at `since` and later or all. Order is that of the entries' sequence,
    /// which a clock that was set back does not change. Of a log that is broken, what can be read is here; whether it
    /// is, [`verify_activity`](Self::verify_activity) tells.
    ///
    /// # Errors
    ///
    /// The keyring's, [`VaultError::Activity`], [`VaultError::Busy`].
    pub fn activity(&self, since: Option<UnixTime>) -> Result<Vec<ActivityEntry>, VaultError> {
        let Some(key) = self.log_key()? else {
            return match file_identity(&self.folder.activity()) {
                None => Ok(Vec::new()),
                Some(_) => Err(ActivityError::NoKey.into()),
            };
        };
        let _lock = self.lock_activity_to_read()?;
        let mut entries = log::read(&self.folder.activity(), &key)?;
        if let Some(since) = since {
            entries.retain(|entry| entry.at >= since);
        }
        Ok(entries)
    }

    /// Looks at the whole log: whether an entry was changed, removed, moved or cut off.
    ///
    /// # Errors
    ///
    /// As [`activity`](Self::activity). A broken log is no error but a report.
    pub fn verify_activity(&self) -> Result<ActivityReport, VaultError> {
        let lock = self.lock_activity_to_read()?;
        let (key, head) = (self.log_key()?, self.activity_head()?);
        let Some(key) = key else {
            return match (head, file_identity(&self.folder.activity())) {
                (None, None) => Ok(ActivityReport::Intact { entries: 0 }),
                _ => Err(ActivityError::NoKey.into()),
            };
        };
        let report = log::verify(&self.folder.activity(), &key, head)?;
        drop(lock);
        Ok(report)
    }

    /// Begins a new log in place of one that is broken, which is kept beside it. A log that is intact stays.
    ///
    /// # Errors
    ///
    /// As [`activity`](Self::activity).
    pub fn restart_activity(&self) -> Result<ActivityRestart, VaultError> {
        match self.verify_activity() {
            Ok(ActivityReport::Intact { .. }) => return Ok(ActivityRestart::NotNeeded),
            Ok(ActivityReport::Broken { .. })
            | Err(VaultError::Activity(ActivityError::Head(_) | ActivityError::NoKey)) => {}
            Err(error) => return Err(error),
        }
        let _lock = self.folder.lock_activity(self.activity_limit())?;
        // The file first: a process that ends in between leaves a log that is broken still, and can begin again.
        let kept = self.folder.set_activity_aside().map_err(ActivityError::File)?;
        fault::point("activity set aside");
        self.keyring.delete(HEAD_USER)?;
        Ok(ActivityRestart::Begun { kept })
    }

    /// Counts what the log holds.
    ///
    /// # Errors
    ///
    /// As [`activity`](Self::activity).
    pub fn statistics(&self) -> Result<Statistics, VaultError> {
        Ok(Statistics::of(&self.activity(None)?))
    }

    fn log_key(&self) -> Result<Option<LogKey>, VaultError> {
        Ok(self.raw_index_key()?.map(|key| LogKey::new(&key)))
    }

    /// The key; if there is none yet, the index is made, and its key with it.
    fn log_key_or_new(&self) -> Result<LogKey, VaultError> {
        if let Some(key) = self.log_key()? {
            return Ok(key);
        }
        let lock = self.lock()?;
        self.with_index(Access::Write(&lock), |_| Ok(()))?;
        drop(lock);
        Ok(self.log_key()?.ok_or(ActivityError::NoKey)?)
    }

    pub(super) fn activity_head(&self) -> Result<Option<Head>, VaultError> {
        let item = self.keyring.get(HEAD_USER)?;
        let head = item.map(|item| Head::decode(&item)).transpose();
        Ok(head.map_err(ActivityError::Head)?)
    }

    /// The lock, unless nothing can be written here: then nobody writes to the log either.
    fn lock_activity_to_read(&self) -> Result<Option<FileLock>, VaultError> {
        if file_identity(&self.folder.activity()).is_none() {
            return Ok(None);
        }
        match self.folder.lock_activity(self.activity_limit()) {
            Ok(lock) => Ok(Some(lock)),
            Err(NoLock::Held) => Err(VaultError::Busy),
            Err(NoLock::Failed(_)) => Ok(None),
        }
    }

    /// Whoever holds the lock may be waiting for a prompt of the keyring.
    fn activity_limit(&self) -> std::time::Duration {
        self.call_limit.saturating_add(LOCK_MARGIN)
    }
}
