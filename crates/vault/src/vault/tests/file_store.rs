//! A vault over the file store: all of a vault's work, and what is particular to the file.

use std::path::Path;

use roamkey_authenticator::{CredentialStore as _, StoreError};

use super::support::*;
use crate::fault::FAULT_VARIABLE;
use crate::{
    Event, FileStoreError, KeyringError, PasskeyState, Passphrase, StoreKind, Vault, VaultConfig, VaultError,
};

fn passphrase() -> Passphrase {
    Passphrase::new("correct horse battery".to_owned()).unwrap()
}

fn config(folder: &Path) -> VaultConfig {
    VaultConfig::new(folder)
}

/// A folder with an empty store.
fn folder() -> tempfile::TempDir {
    let folder = tempfile::tempdir().unwrap();
    config(folder.path())
        .create_passphrase_store(&passphrase())
        .unwrap();
    folder
}

fn vault(folder: &Path) -> Vault {
    Vault::open(config(folder).passphrase(passphrase())).unwrap()
}

fn file_error(error: VaultError) -> FileStoreError {
    let VaultError::Keyring(KeyringError::File(error)) = error else {
        panic!("{error:?}");
    };
    error
}

#[test]
fn a_vault_works_over_the_file_as_over_a_keyring() {
    let folder = folder();
    let (one, two) = (credential("a.example", 1), credential("a.example", 2));
    vault(folder.path()).create(&one, &[], NOW).unwrap();
    vault(folder.path())
        .create(&two, std::slice::from_ref(&one.id), NOW)
        .unwrap();
    let vault = vault(folder.path());
    assert_eq!(vault.store_kind(), StoreKind::PassphraseFile);
    assert_same(&vault.load(&two.id).unwrap(), &two);
    assert!(matches!(vault.load(&one.id), Err(StoreError::NotFound)));
    vault
        .set_pin(&crate::Pin::new("2468".to_owned()).unwrap(), NOW)
        .unwrap();
    assert_eq!(vault.activity(None).unwrap()[0].activity.event, Event::PinSet);
    // The list is made anew from the file, as it is from a keyring.
    std::fs::remove_file(folder.path().join("index.sqlite3")).unwrap();
    let list = super::file_store::vault(folder.path()).list().unwrap();
    assert_eq!(list.len(), 1);
    assert_eq!(list[0].state, PasskeyState::Ready);
}

#[test]
fn the_files_presence_says_that_a_passphrase_is_needed() {
    let folder = tempfile::tempdir().unwrap();
    assert_eq!(config(folder.path()).store_kind(), StoreKind::OsKeyring);
    config(folder.path())
        .create_passphrase_store(&passphrase())
        .unwrap();
    assert_eq!(config(folder.path()).store_kind(), StoreKind::PassphraseFile);
    let without = Vault::open(config(folder.path())).unwrap();
    assert_eq!(without.store_kind(), StoreKind::PassphraseFile);
    let error = file_error(without.list().unwrap_err());
    assert!(matches!(error, FileStoreError::PassphraseNeeded), "{error:?}");
}

#[test]
fn a_wrong_passphrase_is_called_that_and_is_no_empty_list() {
    let folder = folder();
    vault(folder.path())
        .create(&credential("a.example", 1), &[], NOW)
        .unwrap();
    let wrong = Passphrase::new("correct horse staple".to_owned()).unwrap();
    let vault = Vault::open(config(folder.path()).passphrase(wrong)).unwrap();
    let error = file_error(vault.list().unwrap_err());
    assert!(matches!(error, FileStoreError::WrongPassphrase), "{error:?}");
    assert!(matches!(vault.find(&rp("a.example")), Err(StoreError::Locked)));
}

#[test]
fn a_store_is_never_made_over_another_one_or_beside_a_keyrings_vault() {
    let held = folder();
    let before = std::fs::read(held.path().join("secrets.sealed")).unwrap();
    let error = config(held.path())
        .create_passphrase_store(&passphrase())
        .unwrap_err();
    assert!(matches!(file_error(error), FileStoreError::AlreadyThere));
    assert_eq!(std::fs::read(held.path().join("secrets.sealed")).unwrap(), before);

    let world = World::new();
    world
        .vault()
        .create(&credential("a.example", 1), &[], NOW)
        .unwrap();
    let config = VaultConfig::new(world.folder.path()).backend(world.backend());
    let error = config.create_passphrase_store(&passphrase()).unwrap_err();
    assert!(matches!(file_error(error), FileStoreError::KeyringVault));
    assert_eq!(config.store_kind(), StoreKind::OsKeyring);

    // Its list may be lost: what happened to it tells of it still.
    std::fs::write(world.folder.path().join("activity.log"), "").unwrap();
    std::fs::remove_file(world.folder.path().join("index.sqlite3")).unwrap();
    assert!(!config.keeps_nothing());
    let error = config.create_passphrase_store(&passphrase()).unwrap_err();
    assert!(matches!(file_error(error), FileStoreError::KeyringVault));
}

#[test]
fn a_file_that_is_gone_is_missed_and_not_made_anew() {
    let folder = folder();
    vault(folder.path())
        .create(&credential("a.example", 1), &[], NOW)
        .unwrap();
    std::fs::remove_file(folder.path().join("secrets.sealed")).unwrap();
    let error = file_error(vault(folder.path()).list().unwrap_err());
    assert!(matches!(error, FileStoreError::NotThere), "{error:?}");
    assert!(!folder.path().join("secrets.sealed").exists());
}

#[test]
fn processes_that_write_at_once_lose_nothing() {
    let folder = folder();
    std::thread::scope(|scope| {
        for number in 1..5 {
            let vault = vault(folder.path());
            scope.spawn(move || {
                vault
                    .create(&credential(&format!("site-{number}.example"), number), &[], NOW)
                    .unwrap();
            });
        }
    });
    assert_eq!(vault(folder.path()).check().unwrap().usable, 4);
}

/// Not a test by itself: dies at the point that the environment names, while it creates passkey 2.
#[test]
fn child_that_dies_while_it_writes() {
    let Some(folder) = std::env::var_os(FOLDER_VARIABLE) else {
        return;
    };
    vault(Path::new(&folder))
        .create(&credential("a.example", 2), &[], NOW)
        .unwrap();
}

#[cfg(unix)]
#[test]
fn a_kill_at_any_write_of_the_file_leaves_all_that_was_in_it() {
    use std::os::unix::process::ExitStatusExt as _;
    for point in ["secrets written", "secrets on the disk", "secrets renamed"] {
        let folder = folder();
        let first = credential("a.example", 1);
        vault(folder.path()).create(&first, &[], NOW).unwrap();
        let status = std::process::Command::new(std::env::current_exe().unwrap())
            .args([
                "--exact",
                "vault::tests::file_store::child_that_dies_while_it_writes",
            ])
            .env(FAULT_VARIABLE, point)
            .env(FOLDER_VARIABLE, folder.path())
            .output()
            .unwrap()
            .status;
        assert_eq!(status.signal(), Some(9), "{point}");
        let vault = vault(folder.path());
        assert_same(&vault.load(&first.id).unwrap(), &first);
        let report = vault.check().unwrap();
        assert_eq!((report.missing, report.damaged), (0, 0), "{point}");
        // And it can be written to again.
        vault.create(&credential("b.example", 3), &[], NOW).unwrap();
    }
}

const FOLDER_VARIABLE: &str = "ROAMKEY_TEST_FOLDER";
