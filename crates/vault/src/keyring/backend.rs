//! Which keyring: the operating system's own, a file under a passphrase, or one that a test hands in.
//!
//! Everything that differs between operating systems is here: how to connect, how to search, how a label is given,
//! and what "no access" means.

use std::fmt;
use std::path::PathBuf;
use std::sync::Arc;

use keyring_core::api::CredentialStore;

use super::error::BoxError;
use super::{KeyringError, Passphrase, file};

/// Where secrets are kept.
#[derive(Clone)]
pub struct Backend(Kind);

#[derive(Clone)]
enum Kind {
    Native,
    /// Without a passphrase, every call says that one is needed.
    File(PathBuf, Option<Arc<Passphrase>>),
    Other(Arc<Connect>),
}

/// Where a vault's secrets are.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum StoreKind {
    /// In the operating system's keyring.
    OsKeyring,
    /// In a file under a passphrase, which the person has chosen for want of a keyring.
    PassphraseFile,
}

type Connect = dyn Fn() -> keyring_core::Result<Arc<CredentialStore>> + Send + Sync;

impl Backend {
    /// The operating system's keyring: Secret Service, Keychain, Credential Manager.
    #[must_use]
    pub fn native() -> Self {
        Self(Kind::Native)
    }

    /// One file under a passphrase, in the place of a keyring. It must be there; a vault's is made by
    /// [`VaultConfig::create_passphrase_store`](crate::VaultConfig::create_passphrase_store).
    pub fn file(path: impl Into<PathBuf>, passphrase: Passphrase) -> Self {
        Self(Kind::File(path.into(), Some(Arc::new(passphrase))))
    }

    /// As [`file`](Self::file), of which nobody has said the passphrase.
    pub(crate) fn closed_file(path: PathBuf) -> Self {
        Self(Kind::File(path, None))
    }

    pub(crate) fn is_native(&self) -> bool {
        matches!(self.0, Kind::Native)
    }

    pub(crate) fn store_kind(&self) -> StoreKind {
        match self.0 {
            Kind::Native | Kind::Other(_) => StoreKind::OsKeyring,
            Kind::File(..) => StoreKind::PassphraseFile,
        }
    }

    /// A keyring that `connect` makes, again after each failure of the one before. Its search takes `service`.
    pub fn other(
        connect: impl Fn() -> keyring_core::Result<Arc<CredentialStore>> + Send + Sync + 'static,
    ) -> Self {
        Self(Kind::Other(Arc::new(connect)))
    }

    pub(super) fn connect(&self) -> keyring_core::Result<Arc<CredentialStore>> {
        match &self.0 {
            Kind::Native => native(),
            Kind::File(path, passphrase) => file::open(path, passphrase.as_ref()),
            Kind::Other(connect) => connect(),
        }
    }

    /// The terms that find all items of `service`.
    pub(super) fn search_terms(&self, service: &str) -> Vec<(&'static str, String)> {
        if cfg!(windows) && matches!(self.0, Kind::Native) {
            // The search takes a regular expression over target names, `user@service`.
            return vec![("pattern", format!("@{}$", service.replace('.', r"\.")))];
        }
        vec![("service", service.to_owned())]
    }

    /// What an item is given when it is made: the label that keyring programs show, or where Windows keeps it.
    pub(super) fn modifiers(&self) -> Option<(&'static str, &'static str)> {
        match self.0 {
            // Without it the label would repeat the item's name.
            Kind::Native if cfg!(target_os = "linux") => Some(("label", "Roamkey")),
            // "Enterprise", the default, lets the item roam to other machines of a domain.
            Kind::Native if cfg!(windows) => Some(("persistence", "Local")),
            Kind::Native | Kind::File(..) | Kind::Other(_) => None,
        }
    }
}

impl Default for Backend {
    fn default() -> Self {
        Self::native()
    }
}

impl fmt::Debug for Backend {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self.0 {
            Kind::Native => "Backend::native",
            Kind::File(..) => "Backend::file",
            Kind::Other(_) => "Backend::other",
        })
    }
}

#[cfg(all(unix, not(any(target_os = "macos", target_os = "ios", target_os = "android"))))]
fn native() -> keyring_core::Result<Arc<CredentialStore>> {
    Ok(zbus_secret_service_keyring_store::Store::new()?)
}

#[cfg(target_os = "macos")]
fn native() -> keyring_core::Result<Arc<CredentialStore>> {
    Ok(apple_native_keyring_store::keychain::Store::new()?)
}

#[cfg(windows)]
fn native() -> keyring_core::Result<Arc<CredentialStore>> {
    // Target names are `user.service` by default, and are taken apart at the last dot, which is inside our service.
    let configuration = [("divider", "@")].into();
    Ok(windows_native_keyring_store::Store::new_with_configuration(
        &configuration,
    )?)
}

/// Tells a closed prompt from a locked keyring from no keyring at all.
#[cfg(all(unix, not(any(target_os = "macos", target_os = "ios", target_os = "android"))))]
pub(super) fn no_access(cause: BoxError) -> KeyringError {
    match cause.downcast_ref::<secret_service::Error>() {
        Some(secret_service::Error::Prompt) => KeyringError::Dismissed(cause),
        Some(secret_service::Error::NoResult) => KeyringError::NoCollection(cause),
        Some(_) | None => KeyringError::Locked(cause),
    }
}

/// Here the operating system says no more than that there is no access.
#[cfg(any(target_os = "macos", windows))]
pub(super) fn no_access(cause: BoxError) -> KeyringError {
    KeyringError::Locked(cause)
}
