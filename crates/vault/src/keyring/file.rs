//! Secrets in one file under a passphrase, for machines without a keyring. Chosen explicitly, never fallen back to.
//!
//! ```text
//! read    whole file → key from the passphrase (once) → open
//! write   lock → read → change → temporary file, on the disk → rename, on the disk → unlock
//! ```
//!
//! A process that is killed at any point leaves the old file or the new one. Whoever has the file without the
//! passphrase learns about how large it is; whoever can write it can bring back an older one.

use std::any::Any;
use std::collections::HashMap;
use std::fmt;
use std::io::{self, Write as _};
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use keyring_core::api::{Credential, CredentialApi, CredentialStore, CredentialStoreApi};
use keyring_core::{Entry, Error as CoreError, Result as CoreResult};

mod error;
pub(crate) mod format;
mod passphrase;

pub use error::FileStoreError;
use format::{Header, Items, Key};
pub use passphrase::{Passphrase, PassphraseFormatError};

use crate::fault;
use crate::folder::{FileLock, NoLock};

/// Makes an empty store. What is there already stays as it is.
pub(crate) fn create(path: &Path, passphrase: &Passphrase) -> Result<(), FileStoreError> {
    let _lock = lock(path)?;
    if path.try_exists().map_err(FileStoreError::Io)? {
        return Err(FileStoreError::AlreadyThere);
    }
    let (header, key) = Header::new(passphrase)?;
    replace(path, &format::seal(&header, &key, &Items::new())?)
}

/// Opens a store, which needs the right passphrase.
pub(super) fn open(path: &Path, passphrase: Option<&Arc<Passphrase>>) -> CoreResult<Arc<CredentialStore>> {
    let Some(passphrase) = passphrase else {
        return Err(FileStoreError::PassphraseNeeded.into());
    };
    let file = FileStore {
        path: path.to_owned(),
        passphrase: Arc::clone(passphrase),
        key: Mutex::new(None),
    };
    file.read()?;
    Ok(Arc::new(Store(Arc::new(file))))
}

/// One file, and the key to it once it has been derived.
struct FileStore {
    path: PathBuf,
    passphrase: Arc<Passphrase>,
    key: Mutex<Option<(Header, Key)>>,
}

struct Store(Arc<FileStore>);

struct Item {
    file: Arc<FileStore>,
    service: String,
    user: String,
}

impl FileStore {
    fn read(&self) -> Result<(Header, Key, Items), FileStoreError> {
        let bytes = match std::fs::read(&self.path) {
            Ok(bytes) => bytes,
            Err(error) if error.kind() == io::ErrorKind::NotFound => return Err(FileStoreError::NotThere),
            Err(error) => return Err(FileStoreError::Io(error)),
        };
        let (header, sealed) = Header::parse(&bytes)?;
        let key = self.key(&header)?;
        let items = format::open(&header, &key, sealed)?;
        Ok((header, key, items))
    }

    fn key(&self, header: &Header) -> Result<Key, FileStoreError> {
        let mut known = self.key.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some((of, key)) = known.as_ref()
            && of == header
        {
            return Ok(key.clone());
        }
        let key = header.key(&self.passphrase)?;
        *known = Some((header.clone(), key.clone()));
        Ok(key)
    }

    fn change<T>(&self, change: impl FnOnce(&mut Items) -> CoreResult<T>) -> CoreResult<T> {
        let _lock = lock(&self.path)?;
        let (header, key, mut items) = self.read()?;
        let done = change(&mut items)?;
        replace(&self.path, &format::seal(&header, &key, &items)?)?;
        Ok(done)
    }

    fn item(self: &Arc<Self>, service: &str, user: &str) -> Entry {
        Entry::new_with_credential(Arc::new(Item {
            file: Arc::clone(self),
            service: service.to_owned(),
            user: user.to_owned(),
        }))
    }
}

impl CredentialStoreApi for Store {
    fn vendor(&self) -> String {
        "Roamkey, a file under a passphrase".to_owned()
    }

    fn id(&self) -> String {
        self.0.path.to_string_lossy().into_owned()
    }

    fn build(
        &self,
        service: &str,
        user: &str,
        _modifiers: Option<&HashMap<&str, &str>>,
    ) -> CoreResult<Entry> {
        Ok(self.0.item(service, user))
    }

    /// Takes `service`, and finds all its items.
    fn search(&self, terms: &HashMap<&str, &str>) -> CoreResult<Vec<Entry>> {
        let (_, _, items) = self.0.read()?;
        let service = terms.get("service").copied();
        let found = items
            .keys()
            .filter(|(of, _)| service.is_none_or(|service| of == service));
        Ok(found.map(|(service, user)| self.0.item(service, user)).collect())
    }

    fn as_any(&self) -> &dyn Any {
        self
    }

    fn debug_fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("file store")
    }
}

impl Item {
    fn name(&self) -> (String, String) {
        (self.service.clone(), self.user.clone())
    }
}

impl CredentialApi for Item {
    fn set_secret(&self, secret: &[u8]) -> CoreResult<()> {
        self.file.change(|items| {
            items.insert(self.name(), secret.to_vec().into());
            Ok(())
        })
    }

    fn get_secret(&self) -> CoreResult<Vec<u8>> {
        let (_, _, items) = self.file.read()?;
        let secret = items.get(&self.name()).ok_or(CoreError::NoEntry)?;
        Ok(secret.to_vec())
    }

    fn delete_credential(&self) -> CoreResult<()> {
        self.file
            .change(|items| items.remove(&self.name()).map(drop).ok_or(CoreError::NoEntry))
    }

    fn get_credential(&self) -> CoreResult<Option<Arc<Credential>>> {
        Ok(None)
    }

    fn get_specifiers(&self) -> Option<(String, String)> {
        Some(self.name())
    }

    fn as_any(&self) -> &dyn Any {
        self
    }

    fn debug_fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("file store's item")
    }
}

/// Carries our error through the library's; `KeyringError::sort` takes it out again.
impl From<FileStoreError> for CoreError {
    fn from(error: FileStoreError) -> Self {
        Self::NoStorageAccess(Box::new(error))
    }
}

fn lock(path: &Path) -> Result<FileLock, FileStoreError> {
    crate::folder::lock_file(&with_extension(path, "lock"), LOCK_LIMIT).map_err(|error| match error {
        NoLock::Held => FileStoreError::Busy,
        NoLock::Failed(error) => FileStoreError::Io(error),
    })
}

/// Puts `bytes` in the place of the file: all of them, or none.
fn replace(path: &Path, bytes: &[u8]) -> Result<(), FileStoreError> {
    let unfinished = with_extension(path, "new");
    let write = || {
        let mut file = crate::folder::open_private_file(&unfinished)?;
        file.set_len(0)?;
        file.write_all(bytes)?;
        fault::point("secrets written");
        file.sync_all()?;
        fault::point("secrets on the disk");
        std::fs::rename(&unfinished, path)?;
        fault::point("secrets renamed");
        crate::folder::sync_folder_of(path)
    };
    write().map_err(FileStoreError::Io)
}

/// `path` with one more extension.
fn with_extension(path: &Path, extension: &str) -> PathBuf {
    let mut name = path.as_os_str().to_owned();
    name.push(".");
    name.push(extension);
    name.into()
}

/// Another process writes for less than a second.
const LOCK_LIMIT: Duration = Duration::from_secs(30);
