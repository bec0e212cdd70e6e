//! Passkeys and vaults to test with.

use std::path::Path;
use std::sync::Arc;

use keyring_core::api::CredentialStore;
use keyring_core::sample::Store;
use roamkey_authenticator::{Credential, PrfSeed, PrfSeeds, PrivateKey, UnixTime};
use roamkey_ctap::{Algorithm, CredProtect, CredentialId, PublicKeyCredentialUserEntity, RpId, UserHandle};
use roamkey_testkit::keyring::PrivateKeyring;
use tempfile::TempDir;

use crate::{Backend, PasskeyEntry, RecordId, Vault, VaultConfig};

/// A keyring in memory and a folder for indexes over it.
pub(super) struct World {
    pub(super) store: Arc<Store>,
    pub(super) folder: TempDir,
}

impl World {
    pub(super) fn new() -> Self {
        Self {
            store: Store::new().unwrap(),
            folder: tempfile::tempdir().unwrap(),
        }
    }

    /// One more process, as it were.
    pub(super) fn vault(&self) -> Vault {
        Vault::open(VaultConfig::new(self.folder.path()).backend(self.backend())).unwrap()
    }

    pub(super) fn backend(&self) -> Backend {
        let store: Arc<CredentialStore> = self.store.clone();
        Backend::other(move || Ok(Arc::clone(&store)))
    }

    pub(super) fn files(&self) -> Vec<String> {
        files(self.folder.path())
    }
}

pub(super) fn files(folder: &Path) -> Vec<String> {
    let Ok(entries) = std::fs::read_dir(folder) else {
        return Vec::new();
    };
    let mut names: Vec<_> = entries
        .map(|entry| entry.unwrap().file_name().into_string().unwrap())
        .collect();
    names.retain(|name| !name.ends_with("-wal") && !name.ends_with("-shm"));
    names.sort();
    names
}

/// A vault over the session's real keyring.
pub(super) fn vault_of(session: &PrivateKeyring) -> Vault {
    Vault::open(VaultConfig::new(session.folder().join("data/roamkey"))).unwrap()
}

/// Takes everything out of the session's keyring, and the folder away.
pub(super) fn empty(session: &PrivateKeyring) {
    let vault = vault_of(session);
    for user in vault.keyring.users().unwrap() {
        vault.keyring.delete(&user).unwrap();
    }
    let _none_yet = std::fs::remove_dir_all(session.folder().join("data/roamkey"));
}

/// The [`credential`] of this number, in the list or in the trash; no passkey's id if it is in neither.
pub(super) fn id(vault: &Vault, number: u8) -> RecordId {
    let created = Some(credential("a.example", number).created_at);
    all(vault)
        .into_iter()
        .find(|(_, entry)| entry.created_at == created)
        .map_or(RecordId([0; 16]), |(_, entry)| entry.record_id)
}

/// All passkeys, and whether each is in the trash.
pub(super) fn all(vault: &Vault) -> Vec<(bool, PasskeyEntry)> {
    let removed = vault.removed().unwrap().into_iter();
    let listed = vault.list().unwrap().into_iter().map(|entry| (false, entry));
    listed
        .chain(removed.map(|removed| (true, removed.entry)))
        .collect()
}

/// The number of the [`credential`] that this is.
pub(super) fn number(entry: &PasskeyEntry) -> u64 {
    entry.created_at.unwrap().0 - 1_795_000_000
}

/// Counts the passkeys in the keyring.
pub(super) fn items(vault: &Vault) -> usize {
    let users = vault.keyring.users().unwrap();
    users
        .iter()
        .filter(|user| RecordId::from_user(user).is_some())
        .count()
}

/// A passkey whose bytes all follow from `number`.
pub(super) fn credential(rp_id: &str, number: u8) -> Credential {
    Credential {
        id: CredentialId::new(vec![number; 32]),
        rp_id: RpId::parse(rp_id).unwrap(),
        user: PublicKeyCredentialUserEntity {
            id: UserHandle::parse(&[number, 1, 2, 3]).unwrap(),
            name: Some(format!("name-{number}@mail.example")),
            display_name: Some(format!("Display Name {number}")),
        },
        key: PrivateKey::from_bytes(Algorithm::Es256, &[number; 32]).unwrap(),
        prf_seeds: PrfSeeds {
            with_uv: PrfSeed::from_bytes([number.wrapping_add(100); 32]),
            without_uv: PrfSeed::from_bytes([number.wrapping_add(150); 32]),
        },
        discoverable: true,
        cred_protect: CredProtect::UserVerificationOptionalWithCredentialIdList,
        cred_blob: Some(vec![number; 5]),
        backup_eligible: true,
        backup_state: false,
        created_at: UnixTime(1_795_000_000 + u64::from(number)),
    }
}

pub(super) fn rp(rp_id: &str) -> RpId {
    RpId::parse(rp_id).unwrap()
}

/// Compares everything that a passkey is made of.
pub(super) fn assert_same(a: &Credential, b: &Credential) {
    assert!(a.id == b.id && a.rp_id == b.rp_id && a.user == b.user && a.created_at == b.created_at);
    assert!(a.key.algorithm() == b.key.algorithm() && a.key.to_bytes() == b.key.to_bytes());
    assert_eq!(a.prf_seeds.with_uv.as_bytes(), b.prf_seeds.with_uv.as_bytes());
    assert_eq!(
        a.prf_seeds.without_uv.as_bytes(),
        b.prf_seeds.without_uv.as_bytes()
    );
    assert_eq!(
        (a.discoverable, a.cred_protect, &a.cred_blob),
        (b.discoverable, b.cred_protect, &b.cred_blob)
    );
    assert_eq!(
        (a.backup_eligible, a.backup_state),
        (b.backup_eligible, b.backup_state)
    );
}

pub(super) const NOW: UnixTime = UnixTime(1_796_000_000);
