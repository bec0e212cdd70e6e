//! What the authenticator and the list get from a vault.

use roamkey_authenticator::{CredentialStore as _, StoreError, UnixTime};
use roamkey_ctap::CredentialId;

use super::support::*;
use crate::{PasskeyState, RecordId};

#[test]
fn an_empty_vault_lists_nothing_and_leaves_no_trace() {
    let world = World::new();
    let vault = world.vault();
    assert!(vault.list().unwrap().is_empty());
    assert!(vault.find(&rp("a.example")).unwrap().is_empty());
    assert!(matches!(
        vault.load(&CredentialId::new([1])),
        Err(StoreError::NotFound)
    ));
    assert_eq!(vault.check().unwrap(), crate::CheckReport::default());
    assert_eq!(world.files(), ["vault.lock"]);
}

#[test]
fn a_created_passkey_is_found_and_loaded_whole_by_this_process_and_the_next() {
    let world = World::new();
    let vault = world.vault();
    let created = credential("a.example", 1);
    vault.create(&created, &[], NOW).unwrap();
    for vault in [vault, world.vault()] {
        let found = vault.find(&rp("a.example")).unwrap();
        assert_eq!(found.len(), 1);
        assert!(found[0].id == created.id && found[0].user == created.user);
        assert!(vault.find(&rp("b.example")).unwrap().is_empty());
        assert_same(&vault.load(&created.id).unwrap(), &created);
        let list = vault.list().unwrap();
        assert_eq!(list[0].rp_id.as_deref(), Some("a.example"));
        assert_eq!(list[0].state, PasskeyState::Ready);
        assert_eq!(
            (list[0].created_at, list[0].last_used),
            (Some(created.created_at), None)
        );
    }
}

#[test]
fn eddsa_keys_are_kept_as_well() {
    use roamkey_authenticator::PrivateKey;
    use roamkey_ctap::Algorithm;
    let world = World::new();
    let mut created = credential("a.example", 1);
    created.key = PrivateKey::from_bytes(Algorithm::EdDsa, &[9; 32]).unwrap();
    world.vault().create(&created, &[], NOW).unwrap();
    assert_same(&world.vault().load(&created.id).unwrap(), &created);
}

#[test]
fn the_last_used_passkey_comes_first() {
    let world = World::new();
    let vault = world.vault();
    for number in 1..=3 {
        vault.create(&credential("a.example", number), &[], NOW).unwrap();
    }
    vault
        .used(&CredentialId::new([2; 32]), UnixTime(NOW.0 + 5))
        .unwrap();
    let order: Vec<_> = vault
        .find(&rp("a.example"))
        .unwrap()
        .iter()
        .map(|found| found.id.as_bytes()[0])
        .collect();
    assert_eq!(order, [2, 3, 1]);
    let used: Vec<_> = vault
        .list()
        .unwrap()
        .iter()
        .map(|entry| (entry.uses, entry.last_used))
        .collect();
    assert_eq!(used, [(0, None), (1, Some(UnixTime(NOW.0 + 5))), (0, None)]);
}

#[test]
fn a_clock_set_back_does_not_take_back_the_last_use() {
    let world = World::new();
    let vault = world.vault();
    vault.create(&credential("a.example", 1), &[], NOW).unwrap();
    vault.used(&CredentialId::new([1; 32]), NOW).unwrap();
    vault.used(&CredentialId::new([1; 32]), UnixTime(5)).unwrap();
    let entry = &vault.list().unwrap()[0];
    assert_eq!((entry.uses, entry.last_used), (2, Some(NOW)));
}

#[test]
fn a_replaced_passkey_is_gone_from_list_and_keyring() {
    let world = World::new();
    let vault = world.vault();
    vault.create(&credential("a.example", 1), &[], NOW).unwrap();
    vault
        .create(&credential("a.example", 2), &[CredentialId::new([1; 32])], NOW)
        .unwrap();
    assert_eq!(vault.list().unwrap().len(), 1);
    assert!(matches!(
        vault.load(&CredentialId::new([1; 32])),
        Err(StoreError::NotFound)
    ));
    let users = vault.keyring.users().unwrap();
    assert_eq!(
        users
            .iter()
            .filter(|user| RecordId::from_user(user).is_some())
            .count(),
        1
    );
}

#[test]
fn a_passkey_too_large_for_every_keyring_leaves_nothing_behind() {
    let world = World::new();
    let vault = world.vault();
    let mut large = credential("a.example", 1);
    large.cred_blob = Some(vec![0; 1900]);
    assert!(matches!(vault.create(&large, &[], NOW), Err(StoreError::Full)));
    assert!(vault.list().unwrap().is_empty());
    assert_eq!(vault.check().unwrap(), crate::CheckReport::default());
}

#[test]
fn keyring_items_name_no_site_and_no_account() {
    let world = World::new();
    world
        .vault()
        .create(&credential("very-visible.example", 1), &[], NOW)
        .unwrap();
    let printed = format!("{:?}", world.vault().keyring.users().unwrap());
    assert!(
        !printed.contains("visible") && !printed.contains("name-1"),
        "{printed}"
    );
}

#[test]
fn two_vaults_over_one_folder_see_each_others_passkeys() {
    let world = World::new();
    let (first, second) = (world.vault(), world.vault());
    first.create(&credential("a.example", 1), &[], NOW).unwrap();
    second.create(&credential("a.example", 2), &[], NOW).unwrap();
    assert_eq!(first.list().unwrap().len(), 2);
    assert_eq!(second.list().unwrap().len(), 2);
}

#[test]
fn threads_that_create_at_once_lose_nothing() {
    let world = World::new();
    std::thread::scope(|scope| {
        for thread in 0..4_u8 {
            let vault = world.vault();
            scope.spawn(move || {
                for number in 0..5 {
                    vault
                        .create(&credential("a.example", 1 + thread * 10 + number), &[], NOW)
                        .unwrap();
                }
            });
        }
    });
    assert_eq!(world.vault().find(&rp("a.example")).unwrap().len(), 20);
    assert_eq!(world.vault().check().unwrap().usable, 20);
}
