//! Whether the keyring works, found out by using it.

use zeroize::Zeroizing;

use super::Vault;
use crate::VaultError;
use crate::random::random;

impl Vault {
    /// Writes an item, reads it back and removes it. Passkeys, PIN and index are not touched.
    ///
    /// # Errors
    ///
    /// The keyring's, or [`VaultError::NotKept`] if it gave back something else.
    pub fn probe(&self) -> Result<(), VaultError> {
        let bytes = Zeroizing::new(random::<32>()?);
        // A name of its own, since another process may be asking the same.
        let mut user = String::from("probe-");
        for byte in random::<8>()? {
            user.push_str(&format!("{byte:02x}"));
        }
        self.keyring.create(&user, bytes.as_slice())?;
        let read = self.keyring.get(&user);
        let removed = self.keyring.delete(&user)?;
        match read? {
            Some(read) if removed && *read == bytes.as_slice() => Ok(()),
            Some(_) | None => Err(VaultError::NotKept),
        }
    }
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use keyring_core::api::CredentialStore;
    use keyring_core::sample::Store;

    use crate::{Backend, Vault, VaultConfig};

    #[test]
    fn a_probe_leaves_nothing_behind() {
        let folder = tempfile::tempdir().unwrap();
        let store: Arc<CredentialStore> = Store::new().unwrap();
        let backend = Backend::other(move || Ok(Arc::clone(&store)));
        let vault = Vault::open(VaultConfig::new(folder.path()).backend(backend)).unwrap();
        vault.probe().unwrap();
        assert!(vault.keyring.users().unwrap().is_empty());
        assert_eq!(std::fs::read_dir(folder.path()).unwrap().count(), 0);
    }
}
