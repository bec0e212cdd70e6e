//! The OS keyring: one item per secret, all under one service name.
//!
//! ```text
//! service   APP_ID                      the same for all items
//! user      32 hex digits | fixed name  a passkey's random record id, or `index-key`, `pin`
//! secret    base64 of 1 to 1900 bytes   KWallet keeps only UTF-8; Windows at most 2560 bytes
//! ```
//!
//! No RP ID, account or other name is in an attribute or label: those can be read while the keyring is locked.
//!
//! Every call blocks while the OS asks for a password, so all calls run on one thread of their own and are limited
//! in time. A store object is dead for ever after a restart of the keyring's daemon: after a failure of the platform
//! the call is tried once more with a fresh one.

use std::fmt;
use std::sync::{Mutex, PoisonError};
use std::time::Duration;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use keyring_core::Entry;
use keyring_core::api::CredentialStore;
use zeroize::Zeroizing;

mod backend;
mod error;
pub(crate) mod file;
#[cfg(test)]
mod tests;
mod thread;

pub use backend::{Backend, StoreKind};
pub use error::KeyringError;
pub use file::{FileStoreError, Passphrase, PassphraseFormatError};
use thread::KeyringThread;

/// Bytes of a secret, wiped from memory when dropped.
pub type SecretBytes = Zeroizing<Vec<u8>>;

/// The keyring of this session, connected at the first call.
pub(crate) struct Keyring {
    backend: Backend,
    service: String,
    limit: Duration,
    thread: Mutex<Option<KeyringThread>>,
}

impl Keyring {
    /// Takes what is needed to connect. Nothing is called.
    pub(crate) fn new(backend: Backend, service: String, limit: Duration) -> Self {
        Self {
            backend,
            service,
            limit,
            thread: Mutex::new(None),
        }
    }

    /// Which kind of store the secrets are in.
    pub(crate) fn store_kind(&self) -> StoreKind {
        self.backend.store_kind()
    }

    /// Reads an item; `None` if there is none.
    pub(crate) fn get(&self, user: &str) -> Result<Option<SecretBytes>, KeyringError> {
        let read = self.item(user, |entry| entry.get_secret().map(Zeroizing::new));
        match self.call(read, |_| ()) {
            Ok(text) => from_text(&text).map(Some),
            Err(KeyringError::NoItem) => Ok(None),
            Err(error) => Err(error),
        }
    }

    /// Writes an item that does not exist yet. If the write is done only after the caller stopped waiting for it,
    /// it is undone: the caller has already reported that there is no such item.
    pub(crate) fn create(&self, user: &str, secret: &[u8]) -> Result<(), KeyringError> {
        let text = to_text(secret)?;
        let write = self.item(user, move |entry| entry.set_secret(text.as_bytes()));
        let undo = self.item(user, Entry::delete_credential);
        self.call(write, move |store| {
            if let Err(_left_behind) = undo(store) {
                tracing::warn!("an item that was written too late could not be removed from the keyring");
            }
        })
    }

    /// Writes an item, over the one of the same name if there is one.
    pub(crate) fn replace(&self, user: &str, secret: &[u8]) -> Result<(), KeyringError> {
        let text = to_text(secret)?;
        self.call(
            self.item(user, move |entry| entry.set_secret(text.as_bytes())),
            |_| (),
        )
    }

    /// Removes an item and tells whether it was there.
    pub(crate) fn delete(&self, user: &str) -> Result<bool, KeyringError> {
        match self.call(self.item(user, Entry::delete_credential), |_| ()) {
            Ok(()) => Ok(true),
            Err(KeyringError::NoItem) => Ok(false),
            Err(error) => Err(error),
        }
    }

    /// Lists the names of all our items: a search for all, then one question for each.
    pub(crate) fn users(&self) -> Result<Vec<String>, KeyringError> {
        let (service, search) = (self.service.clone(), self.backend.search_terms(&self.service));
        let list = move |store: &CredentialStore| {
            let terms = search.iter().map(|(key, value)| (*key, value.as_str())).collect();
            let found = store.search(&terms)?;
            let names = found.iter().filter_map(Entry::get_specifiers);
            Ok(names
                .filter(|(of, _)| *of == service)
                .map(|(_, user)| user)
                .collect())
        };
        self.call(list, |_| ())
    }

    /// Makes the work on one item from the work on its entry.
    fn item<T>(
        &self,
        user: &str,
        work: impl Fn(&Entry) -> keyring_core::Result<T> + Send + 'static,
    ) -> impl Fn(&CredentialStore) -> keyring_core::Result<T> + Send + 'static {
        let (service, user, modifiers) = (self.service.clone(), user.to_owned(), self.backend.modifiers());
        move |store| {
            let modifiers = modifiers.as_ref().map(|(key, value)| [(*key, *value)].into());
            work(&store.build(&service, &user, modifiers.as_ref())?)
        }
    }

    fn call<T: Send + 'static>(
        &self,
        work: impl Fn(&CredentialStore) -> keyring_core::Result<T> + Send + 'static,
        undo: impl FnOnce(&CredentialStore) + Send + 'static,
    ) -> Result<T, KeyringError> {
        let thread = {
            let mut slot = self.thread.lock().unwrap_or_else(PoisonError::into_inner);
            match slot.as_ref() {
                Some(thread) if thread.is_usable() => thread.clone(),
                Some(_) | None => slot.insert(KeyringThread::start(self.backend.clone())?).clone(),
            }
        };
        thread.call(self.limit, work, undo)
    }
}

impl fmt::Debug for Keyring {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Keyring")
            .field("backend", &self.backend)
            .field("limit", &self.limit)
            .finish()
    }
}

fn to_text(secret: &[u8]) -> Result<Zeroizing<String>, KeyringError> {
    if secret.len() > MAX_SECRET_LENGTH {
        return Err(KeyringError::TooLarge { length: secret.len() });
    }
    // Room for the whole text from the start: a string that grows leaves copies of itself behind.
    let mut text = Zeroizing::new(String::with_capacity(secret.len().div_ceil(3).saturating_mul(4)));
    STANDARD.encode_string(secret, &mut text);
    Ok(text)
}

fn from_text(text: &[u8]) -> Result<SecretBytes, KeyringError> {
    let mut secret = Zeroizing::new(Vec::with_capacity(text.len()));
    // The decoder's error names the offending byte, which may be one of a secret.
    STANDARD
        .decode_vec(text, &mut secret)
        .map_err(|_names_a_byte| KeyringError::Garbled)?;
    Ok(secret)
}

/// The service under which all items are kept.
pub const APP_ID: &str = "org.roamkey.Roamkey";

/// Bytes before base64: Windows keeps at most 2560 bytes per item.
pub(crate) const MAX_SECRET_LENGTH: usize = 1900;

/// How long a call may take. The person may have to find and type the password of the keyring.
pub(crate) const CALL_LIMIT: Duration = Duration::from_secs(120);
