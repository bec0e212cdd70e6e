//! A real gnome-keyring on a private bus: locked, killed, restarted, not there.

use std::path::PathBuf;

use roamkey_authenticator::{CredentialStore as _, StoreError};
use roamkey_ctap::CredentialId;
use roamkey_testkit::keyring::{KeyringState, PrivateKeyring, in_private_session};

use super::support::*;
use crate::{KeyringError, PasskeyState, Pin, PinError, VaultError};

fn folder(session: &PrivateKeyring) -> PathBuf {
    session.folder().join("data/roamkey")
}

#[test]
fn passkeys_live_in_the_keyring() {
    in_private_session(
        PrivateKeyring::start,
        module_path!(),
        "passkeys_live_in_the_keyring",
        |session| {
            assert!(vault_of(session).list().unwrap().is_empty());
            for number in 1..=5 {
                vault_of(session)
                    .create(&credential("a.example", number), &[], NOW)
                    .unwrap();
            }
            vault_of(session)
                .create(&credential("a.example", 6), &[CredentialId::new([1; 32])], NOW)
                .unwrap();
            for number in 2..=6 {
                let created = credential("a.example", number);
                assert_same(&vault_of(session).load(&created.id).unwrap(), &created);
            }
            std::fs::remove_dir_all(folder(session)).unwrap();
            let list = vault_of(session).list().unwrap();
            assert_eq!(
                list.iter().map(|entry| entry.state).collect::<Vec<_>>(),
                [PasskeyState::Ready; 5]
            );
            let report = vault_of(session).check().unwrap();
            assert_eq!((report.usable, report.adopted), (5, 0));
        },
    );
}

#[test]
fn a_locked_keyring_is_an_error_and_no_empty_list() {
    let name = "a_locked_keyring_is_an_error_and_no_empty_list";
    in_private_session(PrivateKeyring::start, module_path!(), name, |session| {
        vault_of(session)
            .create(&credential("a.example", 1), &[], NOW)
            .unwrap();
        vault_of(session)
            .set_pin(&Pin::new("2468".to_owned()).unwrap(), NOW)
            .unwrap();
        session.lock().unwrap();
        // Nobody can show the prompt on this bus, which is the same as a prompt that was closed.
        let dismissed = |error: &VaultError| matches!(error, VaultError::Keyring(KeyringError::Dismissed(_)));
        assert!(dismissed(&vault_of(session).list().unwrap_err()));
        assert!(dismissed(&vault_of(session).check().unwrap_err()));
        assert!(matches!(
            vault_of(session).find(&rp("a.example")),
            Err(StoreError::Locked)
        ));
        assert!(matches!(
            vault_of(session).load(&CredentialId::new([1; 32])),
            Err(StoreError::Locked)
        ));
        let created = vault_of(session).create(&credential("a.example", 2), &[], NOW);
        assert!(matches!(created, Err(StoreError::Locked)), "{created:?}");
        assert!(matches!(vault_of(session).pin(NOW), Err(PinError::Vault(error)) if dismissed(&error)));

        session.kill_keyring().unwrap();
        session.start_keyring(KeyringState::Unlocked).unwrap();
        assert_eq!(vault_of(session).list().unwrap().len(), 1);
    });
}

#[test]
fn an_open_vault_survives_the_restart_of_the_keyring() {
    let name = "an_open_vault_survives_the_restart_of_the_keyring";
    in_private_session(PrivateKeyring::start, module_path!(), name, |session| {
        let vault = vault_of(session);
        let created = credential("a.example", 1);
        vault.create(&created, &[], NOW).unwrap();

        session.kill_keyring().unwrap();
        assert!(matches!(vault.load(&created.id), Err(StoreError::Missing)));
        assert_eq!(
            vault.list().unwrap().len(),
            1,
            "the index is open, and needs no keyring"
        );

        session.start_keyring(KeyringState::Unlocked).unwrap();
        assert_same(&vault.load(&created.id).unwrap(), &created);
        session.kill_keyring().unwrap();
        session.start_keyring(KeyringState::Unlocked).unwrap();
        vault.create(&credential("a.example", 2), &[], NOW).unwrap();
        assert_eq!(vault.check().unwrap().usable, 2);

        session.kill_keyring().unwrap();
        session.start_keyring(KeyringState::Locked).unwrap();
        assert!(matches!(vault.load(&created.id), Err(StoreError::Locked)));
    });
}

#[test]
fn without_a_keyring_service_everything_says_so() {
    let name = "without_a_keyring_service_everything_says_so";
    in_private_session(PrivateKeyring::start_bus, module_path!(), name, |session| {
        let listed = vault_of(session).list().unwrap_err();
        assert!(
            matches!(listed, VaultError::Keyring(KeyringError::Unavailable(_))),
            "{listed:?}"
        );
        assert!(matches!(
            vault_of(session).find(&rp("a.example")),
            Err(StoreError::Missing)
        ));
        assert!(matches!(
            vault_of(session).create(&credential("a.example", 1), &[], NOW),
            Err(StoreError::Missing)
        ));
        assert!(!folder(session).join("index.sqlite3").exists());
    });
}

#[test]
fn a_keyring_service_without_a_keyring_can_not_keep_a_passkey() {
    let name = "a_keyring_service_without_a_keyring_can_not_keep_a_passkey";
    let start = || {
        let session = PrivateKeyring::start_bus()?;
        session.start_keyring(KeyringState::Locked)?;
        Ok(session)
    };
    in_private_session(start, module_path!(), name, |session| {
        assert!(vault_of(session).list().unwrap().is_empty());
        let created = vault_of(session).create(&credential("a.example", 1), &[], NOW);
        assert!(matches!(created, Err(StoreError::Missing)), "{created:?}");
    });
}

/// Not a test by itself: [`processes_that_create_at_once_lose_nothing`] runs it several times at once.
#[test]
fn child_that_creates_five() {
    let Ok(first) = std::env::var("ROAMKEY_TEST_FIRST") else {
        return;
    };
    let session = PrivateKeyring::attached().unwrap();
    let first: u8 = first.parse().unwrap();
    for number in first..first + 5 {
        vault_of(&session)
            .create(&credential("a.example", number), &[], NOW)
            .unwrap();
    }
}

#[test]
fn processes_that_create_at_once_lose_nothing() {
    let name = "processes_that_create_at_once_lose_nothing";
    in_private_session(PrivateKeyring::start, module_path!(), name, |session| {
        let children: Vec<_> = [10, 20, 30]
            .map(|first: u8| {
                let mut command = session.command(std::env::current_exe().unwrap());
                command.args(["--exact", "vault::tests::real::child_that_creates_five"]);
                command
                    .env("ROAMKEY_TEST_FIRST", first.to_string())
                    .spawn()
                    .unwrap()
            })
            .into();
        for mut child in children {
            assert!(child.wait().unwrap().success());
        }
        assert_eq!(vault_of(session).find(&rp("a.example")).unwrap().len(), 15);
        let report = vault_of(session).check().unwrap();
        assert_eq!((report.usable, report.adopted, report.missing), (15, 0, 0));
    });
}
