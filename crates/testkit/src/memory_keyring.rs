//! A keyring in memory, for where there is no Secret Service: `keyring-core`'s own sample store.

use std::sync::Arc;

use keyring_core::api::CredentialStore;
use keyring_core::sample::Store;

/// Makes an empty keyring. The returned function connects to it, as often as it is called; the secrets live as long
/// as the function.
///
/// # Errors
///
/// The store's own.
pub fn memory_keyring()
-> keyring_core::Result<impl Fn() -> keyring_core::Result<Arc<CredentialStore>> + Send + Sync + 'static> {
    let store: Arc<CredentialStore> = Store::new()?;
    Ok(move || Ok(Arc::clone(&store)))
}

/// No keyring: what connecting comes to in a session without such a service.
pub fn no_keyring() -> impl Fn() -> keyring_core::Result<Arc<CredentialStore>> + Send + Sync + 'static {
    || {
        Err(keyring_core::Error::PlatformFailure(
            "there is no such service".into(),
        ))
    }
}
