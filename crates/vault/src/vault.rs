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
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, SystemTime, UNIX_EPOCH};

use roamkey_authenticator::UnixTime;

use crate::folder::{FileLock, Folder, NoLock, file_identity};
use crate::index::Index;
use crate::keyring::file::{self, FileStoreError, Passphrase};
use crate::keyring::{APP_ID, Backend, CALL_LIMIT, Keyring, StoreKind};
use crate::policy::Policy;
use crate::{IndexError, KeyringError, VaultError};

mod activity;
mod attachments;
mod create;
mod details;
mod import;
mod list;
mod open;
mod passkeys;
mod pin;
mod probe;
mod reconcile;
mod recovery;
mod store;
#[cfg(test)]
mod tests;
mod trash;

pub use attachments::MAX_FOREIGN_LENGTH;
pub use details::{LabelError, PasskeyDetails};
pub use import::{Holding, Import, Imported};
pub use list::{PasskeyEntry, PasskeyState, Query, RemovedPasskey, Sort, StateFilter};
pub use reconcile::CheckReport;
pub use trash::Removed;

/// Where a vault is and how it reaches its keyring.
#[derive(Clone, Debug)]
pub struct VaultConfig {
    dir: PathBuf,
    backend: Backend,
    service: String,
    call_limit: Duration,
    policy: PathBuf,
    clock: fn() -> UnixTime,
    on_rebuilt: OnRebuilt,
}

/// That the index was lost or damaged, and was built anew from the keyring. What the keyring does not know is gone:
/// labels, when and how often a passkey was used, what sites kept with it, and that it had been removed.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct Rebuilt {
    /// The passkeys that were found.
    pub passkeys: usize,
    /// Where the damaged index is kept; `None` if it was gone.
    pub kept: Option<PathBuf>,
}

/// Who is told of a [`Rebuilt`].
#[derive(Clone)]
struct OnRebuilt(Arc<dyn Fn(&Rebuilt) + Send + Sync>);

impl fmt::Debug for OnRebuilt {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("OnRebuilt")
    }
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
            policy: Policy::default_path(),
            clock,
            on_rebuilt: OnRebuilt(Arc::new(|_| {})),
        }
    }

    /// Lets the person know when the index had to be built anew, and what is gone with the old one.
    #[must_use]
    pub fn on_rebuilt(mut self, tell: impl Fn(&Rebuilt) + Send + Sync + 'static) -> Self {
        self.on_rebuilt = OnRebuilt(Arc::new(tell));
        self
    }

    /// Where the passkeys of this folder are: in a file under a passphrase if there is one, otherwise in the keyring.
    /// Tells before anything is opened whether a passphrase is needed.
    #[must_use]
    pub fn store_kind(&self) -> StoreKind {
        // What can't be looked at is tried as a file, so that nobody is told of an empty keyring.
        if self.passphrase_store().try_exists().unwrap_or(true) {
            return StoreKind::PassphraseFile;
        }
        self.backend.store_kind()
    }

    /// Opens the file of this folder with this passphrase.
    #[must_use]
    pub fn passphrase(self, passphrase: Passphrase) -> Self {
        let backend = Backend::file(self.passphrase_store(), passphrase);
        self.backend(backend)
    }

    /// Makes a file under a passphrase, in which this folder's passkeys will be instead of in the keyring. For machines
    /// without one, and only if the person chooses so.
    ///
    /// # Errors
    ///
    /// [`FileStoreError::AlreadyThere`], and [`FileStoreError::KeyringVault`] if there are passkeys of this folder in
    /// the keyring; [`VaultError::Busy`] while another process changes the vault.
    pub fn create_passphrase_store(&self, passphrase: &Passphrase) -> Result<(), VaultError> {
        let folder = Folder::new(self.dir.clone());
        let _lock = folder.lock_vault(self.call_limit.saturating_add(LOCK_MARGIN))?;
        let failed = |error| VaultError::Keyring(KeyringError::File(error));
        let kept_before = [folder.index(), folder.activity()];
        if !self.passphrase_store().try_exists().map_err(VaultError::Folder)?
            && kept_before.iter().any(|path| file_identity(path).is_some())
        {
            return Err(failed(FileStoreError::KeyringVault));
        }
        file::create(&self.passphrase_store(), passphrase).map_err(failed)
    }

    /// Whether nothing in this folder tells of passkeys: neither a list, nor a file of them, nor what happened to any.
    #[must_use]
    pub fn keeps_nothing(&self) -> bool {
        let is_gone = |path: PathBuf| path.try_exists().is_ok_and(|there| !there);
        let folder = Folder::new(self.dir.clone());
        [folder.index(), folder.activity(), folder.secrets()]
            .into_iter()
            .all(is_gone)
    }

    /// Where the file under a passphrase is, or would be.
    #[must_use]
    pub fn passphrase_store(&self) -> PathBuf {
        Folder::new(self.dir.clone()).secrets()
    }

    /// Uses another keyring than the operating system's.
    #[must_use]
    pub fn backend(mut self, backend: Backend) -> Self {
        self.backend = backend;
        self
    }

    /// Takes the policy from another file than [`Policy::default_path`].
    #[must_use]
    pub fn policy(mut self, path: impl Into<PathBuf>) -> Self {
        self.policy = path.into();
        self
    }

    /// Where the policy is looked for.
    #[must_use]
    pub fn policy_path(&self) -> &Path {
        &self.policy
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
    policy: Arc<Policy>,
    clock: fn() -> UnixTime,
    on_rebuilt: OnRebuilt,
    opened: Arc<Mutex<Option<Opened>>>,
    /// Whether this process has looked through the trash.
    purged: Arc<AtomicBool>,
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
    /// Takes the configuration and reads the policy, which holds for as long as the vault is open. Keyring and index are
    /// not touched before something is asked of the vault.
    ///
    /// If the folder has a file under a passphrase, the keyring is not used: without the passphrase, whatever is asked
    /// ends with [`FileStoreError::PassphraseNeeded`].
    ///
    /// # Errors
    ///
    /// [`VaultError::Policy`]: a device that is managed does nothing until its policy can be kept.
    pub fn open(config: VaultConfig) -> Result<Self, VaultError> {
        let needs_passphrase = config.backend.is_native() && config.store_kind() == StoreKind::PassphraseFile;
        let secrets = config.passphrase_store();
        let VaultConfig {
            dir,
            backend,
            service,
            call_limit,
            policy,
            clock,
            on_rebuilt,
        } = config;
        let backend = if needs_passphrase {
            Backend::closed_file(secrets)
        } else {
            backend
        };
        Ok(Self {
            keyring: Arc::new(Keyring::new(backend, service, call_limit)),
            folder: Folder::new(dir),
            call_limit,
            policy: Arc::new(Policy::load(&policy)?),
            clock,
            on_rebuilt,
            opened: Arc::default(),
            purged: Arc::default(),
        })
    }

    /// The rules of this device; none if it is not managed.
    #[must_use]
    pub fn policy(&self) -> &Policy {
        &self.policy
    }

    /// The folder of everything that is not a key.
    #[must_use]
    pub fn dir(&self) -> &Path {
        self.folder.path()
    }

    /// Where the passkeys are, to be said wherever they are shown.
    #[must_use]
    pub fn store_kind(&self) -> StoreKind {
        self.keyring.store_kind()
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

    /// Takes the lock for a change. What an interrupted process has left is finished first, and the first time in this
    /// process, what is due in the trash is destroyed.
    fn lock_to_write(&self, now: UnixTime) -> Result<FileLock, VaultError> {
        let lock = self.lock()?;
        let purge = !self.purged.load(Ordering::Acquire);
        let purged = self.with_index(Access::LookLocked(&lock), |index| {
            self.finish_pending(index, &lock)?;
            if !purge {
                return Ok(0);
            }
            // The trash is not what the caller came for.
            Ok(self.purge_in(index, now, &lock).unwrap_or_else(|error| {
                tracing::warn!(%error, "the trash could not be emptied yet");
                0
            }))
        })?;
        self.note_purge(purged.unwrap_or_default(), now);
        self.purged.store(true, Ordering::Release);
        Ok(lock)
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

/// The time of day, to judge a passkey's age by. A clock set before 1970 counts as 1970.
fn clock() -> UnixTime {
    let since = SystemTime::now().duration_since(UNIX_EPOCH);
    UnixTime(since.map_or(0, |since| since.as_secs()))
}

/// What the other process may need besides the keyring.
const LOCK_MARGIN: Duration = Duration::from_secs(10);
