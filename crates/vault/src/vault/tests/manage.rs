//! Searching, labels, the trash, large blobs.

use roamkey_authenticator::{CredentialStore as _, LargeBlob, StoreError, UnixTime};
use roamkey_ctap::{Algorithm, CredentialId};

use super::support::*;
use crate::{CheckReport, LabelError, Query, RecordId, Sort, StateFilter, VaultError};

const DAY: u64 = 86_400;

/// Passkeys 1 and 2 of a.example, 3 of login.b.example.
fn world() -> World {
    let world = World::new();
    for (site, number) in [("a.example", 1), ("a.example", 2), ("login.b.example", 3)] {
        world.vault().create(&credential(site, number), &[], NOW).unwrap();
    }
    world
}

fn numbers(entries: &[crate::PasskeyEntry]) -> Vec<u64> {
    entries.iter().map(number).collect()
}

fn later(days: u64) -> UnixTime {
    UnixTime(NOW.0 + days * DAY)
}

#[test]
fn a_search_finds_by_text_site_and_state_in_the_order_asked_for() {
    let world = world();
    let vault = world.vault();
    vault.label(id(&vault, 2), Some("Büro"), NOW).unwrap();
    vault.used(&CredentialId::new([2; 32]), NOW).unwrap();
    vault.set_backup_state(&[id(&vault, 3)], true).unwrap();
    let find = |query: Query| numbers(&vault.search(&query).unwrap());
    let text = |text: &str| {
        find(Query {
            text: Some(text.to_owned()),
            ..Query::default()
        })
    };
    let site = |site: &str| {
        find(Query {
            site: Some(site.to_owned()),
            ..Query::default()
        })
    };
    let state = |state| {
        find(Query {
            state: Some(state),
            ..Query::default()
        })
    };
    let sort = |sort| {
        find(Query {
            sort,
            ..Query::default()
        })
    };
    assert_eq!(find(Query::default()), [1, 2, 3]);
    assert_eq!(text("NAME-3@"), [3]);
    assert_eq!(text("bÜRO"), [2]);
    assert_eq!(text("display name"), [1, 2, 3]);
    assert!(text("nowhere").is_empty());
    assert_eq!(site("B.example"), [3]);
    assert_eq!(site("login.b.example."), [3]);
    assert_eq!(site("example"), [1, 2, 3]);
    assert!(site("ogin.b.example").is_empty());
    assert_eq!(state(StateFilter::Ready), [1, 2, 3]);
    assert_eq!(state(StateFilter::NeverUsed), [1, 3]);
    assert_eq!(state(StateFilter::BackedUp), [3]);
    assert_eq!(state(StateFilter::NotBackedUp), [1, 2]);
    assert!(state(StateFilter::Broken).is_empty());
    assert!(state(StateFilter::Removed).is_empty());
    assert_eq!(sort(Sort::LastUsed), [2, 1, 3]);
    assert_eq!(sort(Sort::Created), [3, 2, 1]);
    vault.remove(id(&vault, 1), NOW).unwrap();
    assert_eq!(state(StateFilter::Removed), [1]);
    assert_eq!(find(Query::default()), [2, 3]);
}

#[test]
fn a_removed_passkey_is_neither_found_nor_used_until_it_is_restored_as_it_was() {
    let world = world();
    let vault = world.vault();
    let (removed, credential_id) = (id(&vault, 1), CredentialId::new([1; 32]));
    vault.label(removed, Some("mine"), NOW).unwrap();
    vault.used(&credential_id, NOW).unwrap();
    let before = vault.show(removed).unwrap();

    let undo = vault.remove(removed, NOW).unwrap();

    assert_eq!((undo.last_of_site, undo.undo_until), (false, later(30)));
    for vault in [&vault, &world.vault()] {
        assert_eq!(vault.find(&rp("a.example")).unwrap().len(), 1);
        assert!(matches!(vault.load(&credential_id), Err(StoreError::NotFound)));
        assert!(matches!(
            vault.used(&credential_id, NOW),
            Err(StoreError::NotFound)
        ));
        assert!(matches!(
            vault.large_blob(&credential_id),
            Err(StoreError::NotFound)
        ));
        assert_eq!(vault.removed().unwrap()[0].destroyed_at, later(30));
    }
    assert_eq!(
        vault.check().unwrap(),
        CheckReport {
            usable: 2,
            removed: 1,
            ..CheckReport::default()
        }
    );
    vault.restore_removed(removed, later(1)).unwrap();
    assert_eq!(vault.show(removed).unwrap(), before);
    assert_same(&vault.load(&credential_id).unwrap(), &credential("a.example", 1));
}

#[test]
fn removing_the_last_usable_passkey_of_a_site_says_so() {
    let world = world();
    let vault = world.vault();
    assert!(!vault.remove(id(&vault, 1), NOW).unwrap().last_of_site);
    assert!(vault.remove(id(&vault, 2), NOW).unwrap().last_of_site);
}

#[test]
fn each_step_out_of_order_has_its_error_and_changes_nothing() {
    let world = world();
    let (first, second) = (world.vault(), world.vault());
    let (one, stranger) = (id(&first, 1), RecordId([9; 16]));
    assert!(matches!(
        first.restore_removed(one, NOW),
        Err(VaultError::NotRemoved)
    ));
    assert!(matches!(first.destroy(one, NOW), Err(VaultError::NotRemoved)));
    first.remove(one, NOW).unwrap();
    assert!(matches!(second.remove(one, NOW), Err(VaultError::AlreadyRemoved)));
    assert!(matches!(
        second.label(one, Some("x"), NOW),
        Err(VaultError::AlreadyRemoved)
    ));
    second.destroy(one, NOW).unwrap();
    for result in [
        first.destroy(one, NOW),
        first.restore_removed(one, NOW),
        first.remove(one, NOW).map(drop),
        first.label(one, None, NOW),
        first.remove(stranger, NOW).map(drop),
        first.show(stranger).map(drop),
    ] {
        assert!(matches!(result, Err(VaultError::NotFound)), "{result:?}");
    }
    assert_eq!((first.list().unwrap().len(), items(&first)), (2, 2));
}

#[test]
fn after_30_days_and_not_before_the_first_change_destroys_what_is_in_the_trash() {
    let world = world();
    world.vault().remove(id(&world.vault(), 1), NOW).unwrap();
    world.vault().remove(id(&world.vault(), 2), later(1)).unwrap();
    assert_eq!(world.vault().purge(later(30)).unwrap(), 0);
    let label = |now| {
        world
            .vault()
            .label(id(&world.vault(), 3), Some("x"), now)
            .unwrap()
    };
    label(later(30));
    assert_eq!(items(&world.vault()), 3);
    label(UnixTime(later(30).0 + 1));
    assert_eq!(
        (items(&world.vault()), world.vault().removed().unwrap().len()),
        (2, 1)
    );
    assert_eq!(world.vault().purge(later(32)).unwrap(), 1);
    assert_eq!(world.vault().purge(later(99)).unwrap(), 0);
}

#[test]
fn a_clock_set_back_shortens_no_trash() {
    let world = world();
    world
        .vault()
        .label(id(&world.vault(), 3), None, later(100))
        .unwrap();
    // The clock loses its battery; the passkey is removed in 1970.
    let undo = world.vault().remove(id(&world.vault(), 1), UnixTime(5)).unwrap();
    assert!(undo.undo_until >= later(130));
    assert_eq!(world.vault().purge(later(101)).unwrap(), 0);
    assert_eq!(world.vault().purge(UnixTime(6)).unwrap(), 0);
    assert_eq!(world.vault().purge(later(131)).unwrap(), 1);
}

#[test]
fn a_new_passkey_of_the_same_account_takes_the_place_of_a_removed_one() {
    let world = world();
    let vault = world.vault();
    vault.remove(id(&vault, 1), NOW).unwrap();
    let mut again = credential("a.example", 50);
    again.user = credential("a.example", 1).user;
    vault.create(&again, &[], NOW).unwrap();
    assert!(vault.removed().unwrap().is_empty());
    assert_eq!(
        (vault.find(&rp("a.example")).unwrap().len(), items(&vault)),
        (2, 3)
    );
}

#[test]
fn labels_are_normalized_trimmed_and_have_64_characters_at_most() {
    let world = world();
    let vault = world.vault();
    let one = id(&vault, 1);
    vault.label(one, Some("  a\u{308}  "), NOW).unwrap();
    assert_eq!(vault.show(one).unwrap().entry.label.as_deref(), Some("\u{e4}"));
    vault.label(one, Some(&"ä".repeat(64)), NOW).unwrap();
    let long = "x".repeat(65);
    let cases = [
        ("", LabelError::Empty),
        (" \u{3000}", LabelError::Empty),
        (long.as_str(), LabelError::TooLong),
        ("a\nb", LabelError::ControlCharacter),
        ("a\u{1b}[2Jb", LabelError::ControlCharacter),
        ("a\u{202e}b", LabelError::ControlCharacter),
    ];
    for (text, expected) in cases {
        let result = vault.label(one, Some(text), NOW);
        assert!(
            matches!(&result, Err(VaultError::Label(error)) if *error == expected),
            "{text:?} {result:?}"
        );
    }
    assert_eq!(
        vault.show(one).unwrap().entry.label.as_deref(),
        Some("ä".repeat(64).as_str())
    );
    vault.label(one, None, NOW).unwrap();
    assert_eq!(vault.show(one).unwrap().entry.label, None);
}

#[test]
fn an_id_is_found_by_its_beginning_if_that_is_one_passkeys() {
    let world = World::new();
    let vault = world.vault();
    assert!(matches!(vault.resolve("0"), Err(VaultError::NotFound)));
    for number in 1..=17 {
        vault.create(&credential("a.example", number), &[], NOW).unwrap();
    }
    for entry in vault.list().unwrap() {
        let hex = entry.record_id.to_string();
        assert_eq!(vault.resolve(&hex).unwrap(), entry.record_id);
        assert_eq!(vault.resolve(&hex[..20].to_uppercase()).unwrap(), entry.record_id);
    }
    // 17 passkeys, 16 first digits.
    assert!((0..16).any(|digit| matches!(vault.resolve(&format!("{digit:x}")), Err(VaultError::Ambiguous))));
    for text in ["", "g", "12 ", "%", "0".repeat(33).as_str()] {
        assert!(matches!(vault.resolve(text), Err(VaultError::NotAnId)), "{text}");
    }
}

#[test]
fn a_passkey_is_shown_with_all_that_is_no_secret() {
    let world = world();
    let vault = world.vault();
    let details = vault.show(id(&vault, 1)).unwrap();
    assert_eq!(details.credential_id, Some(CredentialId::new([1; 32])));
    assert_eq!(
        (details.algorithm, details.discoverable),
        (Some(Algorithm::Es256), Some(true))
    );
    assert_eq!(
        (details.backup_eligible, details.backup_state),
        (Some(true), false)
    );
    assert_eq!(
        (details.cred_blob, details.large_blob, details.removed_at),
        (Some(true), None, None)
    );
}

#[test]
fn a_large_blob_of_64_kib_is_kept_and_goes_with_its_passkey() {
    let world = world();
    let (vault, credential_id) = (world.vault(), CredentialId::new([1; 32]));
    let blob = LargeBlob {
        data: vec![7; LargeBlob::MAX_LENGTH],
        original_size: 100_000,
    };
    assert_eq!(vault.large_blob(&credential_id).unwrap(), None);
    vault.set_large_blob(&credential_id, Some(&blob)).unwrap();
    assert!(world.vault().large_blob(&credential_id).unwrap() == Some(blob.clone()));
    assert_eq!(
        vault.show(id(&vault, 1)).unwrap().large_blob,
        Some(LargeBlob::MAX_LENGTH)
    );
    let larger = LargeBlob {
        data: vec![7; LargeBlob::MAX_LENGTH + 1],
        original_size: 1,
    };
    assert!(matches!(
        vault.set_large_blob(&credential_id, Some(&larger)),
        Err(StoreError::Full)
    ));
    assert!(vault.large_blob(&credential_id).unwrap() == Some(blob));
    vault.set_large_blob(&credential_id, None).unwrap();
    assert_eq!(vault.large_blob(&credential_id).unwrap(), None);
    assert!(matches!(
        vault.large_blob(&CredentialId::new([9])),
        Err(StoreError::NotFound)
    ));
    assert!(matches!(
        vault.set_large_blob(&CredentialId::new([9]), None),
        Err(StoreError::NotFound)
    ));
}

#[test]
fn only_passkeys_that_may_be_backed_up_become_so() {
    let world = world();
    let mut fixed = credential("c.example", 4);
    fixed.backup_eligible = false;
    let vault = world.vault();
    vault.create(&fixed, &[], NOW).unwrap();
    let ids = [id(&vault, 1), id(&vault, 4), RecordId([9; 16])];
    assert_eq!(vault.set_backup_state(&ids, true).unwrap(), 1);
    assert!(vault.load(&CredentialId::new([1; 32])).unwrap().backup_state);
    assert!(!vault.load(&CredentialId::new([4; 32])).unwrap().backup_state);
    assert_eq!(vault.set_backup_state(&ids, false).unwrap(), 1);
    assert!(!vault.load(&CredentialId::new([1; 32])).unwrap().backup_state);
}

#[test]
fn a_lost_index_loses_labels_uses_trash_and_what_is_kept_beside_and_no_passkey() {
    let world = world();
    let vault = world.vault();
    let one = id(&vault, 1);
    vault.label(one, Some("x"), NOW).unwrap();
    vault.used(&CredentialId::new([1; 32]), NOW).unwrap();
    let blob = LargeBlob {
        data: vec![1],
        original_size: 1,
    };
    vault
        .set_large_blob(&CredentialId::new([1; 32]), Some(&blob))
        .unwrap();
    vault.remove(id(&vault, 2), NOW).unwrap();
    std::fs::remove_file(world.folder.path().join("index.sqlite3")).unwrap();
    let vault = world.vault();
    assert_eq!(numbers(&vault.list().unwrap()), [1, 2, 3]);
    let details = vault.show(one).unwrap();
    assert_eq!(
        (details.entry.label, details.entry.uses, details.large_blob),
        (None, 0, None)
    );
}
