//! The vault: keyring and index together.
//!
//! The keyring holds the passkeys; the index says which there are. Nothing is opened before it is needed: a
//! [`Vault::open`] touches neither.
//!
//! ```text
//! first use:  index key from the keyring → index opens?  yes → finish what is pending (see `reconcile`)
//!                                                        no file, damaged file → build it from the keyring
//!                                                        other key → build it if the keyring has all that is listed,
//!                                                                    else an error: never a list that looks like loss
//! ```

use std::fmt;
use std::path::PathBuf;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use crate::folder::{FileLock, Folder, NoLock, file_identity};
use crate::index::Index;
use crate::keyring::{APP_ID, Backend, CALL_LIMIT, Keyring};
use crate::{IndexError, VaultError};

mod activity;
mod create;
mod list;
mod open;
mod passkeys;
mod pin;
mod probe;
mod reconcile;
mod store;
#[cfg(test)]
mod tests;

pub use list::{PasskeyEntry, PasskeyState};
pub use reconcile::CheckReport;

/// Where a vault is and how it reaches its keyring.
#[derive(Clone, Debug)]
pub struct VaultConfig {
    dir: PathBuf,
    backend: Backend,
    service: String,
    call_limit: Duration,
}

impl VaultConfig {
    /// A vault whose index is in `dir` and whose passkeys are in the operating system's keyring.
    #[must_use]
    pub fn new(dir: impl Into<PathBuf>) -> Self {
        Self {
            dir: dir.into(),
            backend: Backend::native(),
            service: APP_ID.to_owned(),
            call_limit: CALL_LIMIT,
        }
    }

    /// Uses another keyring than the operating system's.
    #[must_use]
    pub fn backend(mut self, backend: Backend) -> Self {
        self.backend = backend;
        self
    }

    /// Limits each call to the keyring, prompt included. Two minutes if nothing else is said.
    #[must_use]
    pub fn call_limit(mut self, limit: Duration) -> Self {
        self.call_limit = limit;
        self
    }
}

/// The passkeys of this device. Clones are the same vault; several processes may have it open as well.
#[derive(Clone)]
pub struct Vault {
    keyring: Arc<Keyring>,
    folder: Folder,
    call_limit: Duration,
    opened: Arc<Mutex<Option<Opened>>>,
}

/// The index, opened, and which file that is.
#[derive(Debug)]
struct Opened {
    index: Index,
    file: Option<(u64, u64)>,
}

/// How the index is to be opened.
#[derive(Clone, Copy)]
enum Access<'a> {
    /// To look: if there is nothing to see, nothing is made.
    Look,
    /// To look, while this process holds the vault's lock.
    LookLocked(&'a FileLock),
    /// To write to, while this process holds the vault's lock: it is made if it is not there.
    Write(&'a FileLock),
}

impl Vault {
    /// Takes the configuration. Neither folder nor keyring is touched before something is asked of the vault.
    ///
    /// # Errors
    ///
    /// None today; reserved for a configuration that can't work.
    pub fn open(config: VaultConfig) -> Result<Self, VaultError> {
        let VaultConfig {
            dir,
            backend,
            service,
            call_limit,
        } = config;
        Ok(Self {
            keyring: Arc::new(Keyring::new(backend, service, call_limit)),
            folder: Folder::new(dir),
            call_limit,
            opened: Arc::default(),
        })
    }

    /// Opens keyring and index ahead of the first use, so that what is wrong with them is known before anybody waits.
    ///
    /// # Errors
    ///
    /// The keyring's and the index's.
    pub fn prepare(&self) -> Result<(), VaultError> {
        self.with_index(Access::Look, |_| Ok(())).map(drop)
    }

    /// Runs `work` on the index, opening it first if it is not. If it turns out to be damaged, it is built anew from
    /// the keyring and `work` runs once more. `None` if there is no index and none is to be made.
    fn with_index<T>(
        &self,
        access: Access<'_>,
        mut work: impl FnMut(&mut Index) -> Result<T, VaultError>,
    ) -> Result<Option<T>, VaultError> {
        let mut opened = self.opened.lock().unwrap_or_else(PoisonError::into_inner);
        // Another process may have moved the file aside and made another.
        if opened
            .as_ref()
            .is_some_and(|opened| opened.file != file_identity(&self.folder.index()))
        {
            *opened = None;
        }
        if opened.is_none() {
            *opened = self.open_index(access)?;
        }
        let Some(open) = opened.as_mut() else {
            return Ok(None);
        };
        match work(&mut open.index) {
            Err(VaultError::Index(error)) if error.is_damage() => {
                tracing::warn!("the passkey index is damaged; building it anew from the keyring");
                *opened = None;
                *opened = self.rebuild_damaged(access, error)?;
                opened.as_mut().map(|open| work(&mut open.index)).transpose()
            }
            result => result.map(Some),
        }
    }

    /// As [`with_index`](Self::with_index), for writing: there is an index afterwards.
    fn write_index<T>(
        &self,
        lock: &FileLock,
        work: impl FnMut(&mut Index) -> Result<T, VaultError>,
    ) -> Result<T, VaultError> {
        let done = self.with_index(Access::Write(lock), work)?;
        done.ok_or(VaultError::Index(IndexError::Foreign))
    }

    /// Takes the lock that makes this process the only one to create, remove or rebuild.
    fn lock(&self) -> Result<FileLock, VaultError> {
        // The other process may be waiting for a prompt of the keyring.
        self.folder
            .lock_vault(self.call_limit.saturating_add(LOCK_MARGIN))
            .map_err(VaultError::from)
    }
}

impl fmt::Debug for Vault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Vault")
            .field("keyring", &self.keyring)
            .finish_non_exhaustive()
    }
}

impl From<NoLock> for VaultError {
    fn from(error: NoLock) -> Self {
        match error {
            NoLock::Held => Self::Busy,
            NoLock::Failed(error) => Self::Folder(error),
        }
    }
}

/// What the other process may need besides the keyring.
const LOCK_MARGIN: Duration = Duration::from_secs(10);
