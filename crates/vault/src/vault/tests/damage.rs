//! Lost, damaged, foreign and outdated files and items: each has its answer, and none looks like loss.

use std::sync::{Arc, Mutex};

use keyring_core::api::CredentialStoreApi as _;
use keyring_core::sample::Store;
use roamkey_authenticator::{CredentialStore as _, StoreError};
use roamkey_cbor::{Map, encode};
use roamkey_ctap::CredentialId;

use super::support::*;
use crate::{
    APP_ID, CheckReport, Event, IndexError, PasskeyState, Rebuilt, RecordError, RecordId, Vault, VaultConfig,
    VaultError,
};

/// A world with the passkeys 1 to 3.
fn world() -> World {
    let world = World::new();
    for number in 1..=3 {
        world
            .vault()
            .create(&credential("a.example", number), &[], NOW)
            .unwrap();
    }
    world
}

impl World {
    fn index(&self) -> std::path::PathBuf {
        self.folder.path().join("index.sqlite3")
    }

    /// The name of a passkey's item.
    fn item_of(&self, number: u8) -> String {
        let vault = self.vault();
        let users = vault.keyring.users().unwrap();
        let is_it = |id| vault.read_record(id).unwrap().facts.credential_id == [number; 32];
        users
            .iter()
            .filter_map(|user| RecordId::from_user(user))
            .find(|id| is_it(*id))
            .unwrap()
            .user()
    }

    fn overwrite(&self, user: &str, secret: &[u8]) {
        self.store
            .build(APP_ID, user, None)
            .unwrap()
            .set_secret(secret)
            .unwrap();
    }

    fn delete(&self, user: &str) {
        self.store
            .build(APP_ID, user, None)
            .unwrap()
            .delete_credential()
            .unwrap();
    }

    fn states(&self) -> Vec<PasskeyState> {
        self.vault()
            .list()
            .unwrap()
            .iter()
            .map(|entry| entry.state)
            .collect()
    }

    fn assert_whole(&self) {
        assert_eq!(self.states(), [PasskeyState::Ready; 3]);
        for number in 1..=3 {
            let created = credential("a.example", number);
            assert_same(&self.vault().load(&created.id).unwrap(), &created);
        }
    }
}

#[test]
fn a_lost_index_is_built_from_the_keyring() {
    let world = world();
    std::fs::remove_file(world.index()).unwrap();
    world.assert_whole();
}

#[test]
fn a_damaged_index_is_moved_aside_and_built_from_the_keyring() {
    let world = world();
    std::fs::write(world.index(), "this was an index ".repeat(1000)).unwrap();
    world.assert_whole();
    assert!(
        world.files().contains(&"index.damaged-1.sqlite3".to_owned()),
        "{:?}",
        world.files()
    );
    std::fs::write(world.index(), "").unwrap();
    world.assert_whole();
    assert!(
        world.files().contains(&"index.damaged-2.sqlite3".to_owned()),
        "{:?}",
        world.files()
    );
}

#[test]
fn who_asked_for_it_is_told_once_when_the_index_is_built_anew() {
    let world = world();
    let told: Arc<Mutex<Vec<Rebuilt>>> = Arc::default();
    let vault = || {
        let told = Arc::clone(&told);
        let config = VaultConfig::new(world.folder.path()).backend(world.backend());
        Vault::open(config.on_rebuilt(move |rebuilt| told.lock().unwrap().push(rebuilt.clone()))).unwrap()
    };
    vault().list().unwrap();
    assert!(told.lock().unwrap().is_empty(), "nothing was wrong");
    std::fs::write(world.index(), "this was an index").unwrap();
    vault().list().unwrap();
    vault().list().unwrap();
    std::fs::remove_file(world.index()).unwrap();
    vault().list().unwrap();
    let kept = world.folder.path().join("index.damaged-1.sqlite3");
    let rebuilt = |kept| Rebuilt { passkeys: 3, kept };
    assert_eq!(*told.lock().unwrap(), [rebuilt(Some(kept)), rebuilt(None)]);
    let log = vault().activity(None).unwrap();
    let noted: Vec<_> = log
        .iter()
        .map(|entry| (entry.activity.event, entry.activity.count))
        .collect();
    assert_eq!(
        noted,
        [(Event::ListRebuilt, Some(3)); 2],
        "also for whoever was not told"
    );
}

#[test]
fn the_first_index_is_no_loss() {
    let world = World::new();
    let config = VaultConfig::new(world.folder.path()).backend(world.backend());
    let vault = Vault::open(config.on_rebuilt(|rebuilt| panic!("{rebuilt:?}"))).unwrap();
    vault.list().unwrap();
    vault.create(&credential("a.example", 1), &[], NOW).unwrap();
    assert_eq!(vault.list().unwrap().len(), 1);
}

#[test]
fn damage_inside_the_file_is_found_when_it_is_read() {
    let world = World::new();
    for number in 1..=40 {
        world
            .vault()
            .create(&credential("a.example", number), &[], NOW)
            .unwrap();
    }
    // The header stays, so the file opens.
    let mut bytes = std::fs::read(world.index()).unwrap();
    let length = bytes.len();
    bytes[4096 * 2..length].fill(0x5a);
    std::fs::write(world.index(), bytes).unwrap();
    for leftover in ["-wal", "-shm"] {
        let _gone = std::fs::remove_file(format!("{}{leftover}", world.index().display()));
    }
    assert_eq!(world.vault().find(&rp("a.example")).unwrap().len(), 40);
    assert_eq!(world.vault().list().unwrap().len(), 40);
}

#[test]
fn an_index_that_vanishes_under_an_open_vault_is_built_anew() {
    let world = world();
    let vault = world.vault();
    assert_eq!(vault.list().unwrap().len(), 3);
    std::fs::remove_file(world.index()).unwrap();
    assert_eq!(vault.list().unwrap().len(), 3);
}

#[test]
fn what_sqlite_left_beside_a_lost_index_does_not_spoil_the_next_one() {
    let world = world();
    let vault = world.vault();
    vault.list().unwrap();
    // Open, so that the last change is in the log only.
    world.vault().used(&CredentialId::new([1; 32]), NOW).unwrap();
    let log = format!("{}-wal", world.index().display());
    let kept = std::fs::read(&log).unwrap();
    drop(vault);
    std::fs::remove_file(world.index()).unwrap();
    std::fs::write(&log, kept).unwrap();
    world.assert_whole();
    assert_eq!(
        world.vault().list().unwrap()[0].last_used,
        None,
        "from the log of another file"
    );
}

#[test]
fn an_index_of_a_newer_version_is_left_alone() {
    let world = world();
    let connection = rusqlite::Connection::open(world.index()).unwrap();
    connection.pragma_update(None, "user_version", 3).unwrap();
    drop(connection);
    assert!(matches!(
        world.vault().list(),
        Err(VaultError::Index(IndexError::NewerVersion))
    ));
    assert_eq!(world.files(), ["index.sqlite3", "vault.lock"]);
}

#[test]
fn a_damaged_row_is_made_anew_from_the_keyring() {
    let world = world();
    let connection = rusqlite::Connection::open(world.index()).unwrap();
    connection
        .execute("UPDATE passkey SET sealed = zeroblob(200) WHERE record_id = (SELECT max(record_id) FROM passkey)", [])
        .unwrap();
    connection
        .execute(
            "UPDATE passkey SET credential = zeroblob(16) WHERE record_id = (SELECT min(record_id) FROM passkey)",
            [],
        )
        .unwrap();
    drop(connection);
    assert_eq!(world.vault().find(&rp("a.example")).unwrap().len(), 3);
    world.assert_whole();
}

#[test]
fn a_removed_row_comes_back_with_a_check() {
    let world = world();
    let connection = rusqlite::Connection::open(world.index()).unwrap();
    connection
        .execute(
            "DELETE FROM passkey WHERE record_id = (SELECT min(record_id) FROM passkey)",
            [],
        )
        .unwrap();
    drop(connection);
    let report = world.vault().check().unwrap();
    assert_eq!((report.adopted, report.usable), (1, 3));
    world.assert_whole();
}

#[test]
fn a_missing_index_key_is_made_anew_if_the_keyring_has_all_that_is_listed() {
    let world = world();
    world.delete("index-key");
    world.assert_whole();
    world.overwrite("index-key", b"damaged*");
    world.assert_whole();
}

#[test]
fn another_keyring_is_an_error_and_no_empty_list() {
    let world = world();
    let other = World {
        store: Store::new().unwrap(),
        folder: world.folder,
    };
    for _ in 0..2 {
        let vault = other.vault();
        assert!(matches!(
            vault.list(),
            Err(VaultError::OtherKeyring {
                listed: 3,
                missing: 3
            })
        ));
        assert!(matches!(vault.find(&rp("a.example")), Err(StoreError::Failed(_))));
        assert!(matches!(
            other.vault().create(&credential("b.example", 9), &[], NOW),
            Err(StoreError::Failed(_))
        ));
    }
    // The first keyring comes back, and nothing has happened.
    World {
        store: Arc::clone(&world.store),
        folder: other.folder,
    }
    .assert_whole();
}

#[test]
fn a_passkey_whose_item_is_gone_stays_in_the_list_and_says_so() {
    let world = world();
    let item = world.item_of(2);
    let secret = world
        .store
        .build(APP_ID, &item, None)
        .unwrap()
        .get_secret()
        .unwrap();
    world.delete(&item);

    assert!(matches!(
        world.vault().load(&CredentialId::new([2; 32])),
        Err(StoreError::NotFound)
    ));
    assert_eq!(
        world.states(),
        [PasskeyState::Ready, PasskeyState::Missing, PasskeyState::Ready]
    );
    assert_eq!(world.vault().find(&rp("a.example")).unwrap().len(), 2);
    assert_eq!(world.vault().check().unwrap().missing, 1);

    world.overwrite(&item, &secret);
    assert_eq!(world.vault().find(&rp("a.example")).unwrap().len(), 3);
    world.assert_whole();
}

#[test]
fn a_check_finds_missing_items_before_they_are_needed_and_keeps_labels_when_they_return() {
    let world = world();
    let item = world.item_of(1);
    let secret = world
        .store
        .build(APP_ID, &item, None)
        .unwrap()
        .get_secret()
        .unwrap();
    world.vault().used(&CredentialId::new([1; 32]), NOW).unwrap();
    world.delete(&item);
    let report = world.vault().check().unwrap();
    assert_eq!((report.missing, report.usable), (1, 2));
    world.overwrite(&item, &secret);
    assert_eq!(
        world.vault().check().unwrap(),
        CheckReport {
            usable: 3,
            ..CheckReport::default()
        }
    );
    assert_eq!(world.vault().list().unwrap()[0].last_used, Some(NOW));
    world.assert_whole();
}

/// Each way in which an item can be unreadable: what `load` says, and what the list shows before and after.
#[test]
fn items_that_can_not_be_read_are_listed_and_not_used() {
    let newer = encode(&Map::new().with(1_u8, 2_u8).into());
    let cases: [(&str, Vec<u8>, PasskeyState); 4] = [
        ("not text", b"\xff\xfe*".to_vec(), PasskeyState::Damaged),
        ("cut off", b"qQEB".to_vec(), PasskeyState::Damaged),
        ("not a record", base64(&[0x80]), PasskeyState::Damaged),
        ("newer", base64(&newer), PasskeyState::NewerVersion),
    ];
    for (name, secret, state) in cases {
        let world = world();
        let item = world.item_of(2);
        world.overwrite(&item, &secret);
        assert!(
            matches!(
                world.vault().load(&CredentialId::new([2; 32])),
                Err(StoreError::Corrupt)
            ),
            "{name}"
        );
        assert_eq!(
            world.states(),
            [PasskeyState::Ready, state, PasskeyState::Ready],
            "{name}"
        );
        assert_eq!(world.vault().find(&rp("a.example")).unwrap().len(), 2, "{name}");
        // Without the index nothing is known of it but that it is there.
        std::fs::remove_file(world.index()).unwrap();
        let list = world.vault().list().unwrap();
        assert_eq!(
            (list.len(), list[0].state, &list[0].rp_id),
            (3, state, &None),
            "{name}"
        );
        assert_eq!(
            world
                .store
                .build(APP_ID, &item, None)
                .unwrap()
                .get_secret()
                .unwrap(),
            secret,
            "{name}"
        );
    }
}

#[test]
fn an_item_that_is_another_passkeys_is_not_used() {
    let world = world();
    let secret = world
        .store
        .build(APP_ID, &world.item_of(1), None)
        .unwrap()
        .get_secret()
        .unwrap();
    world.overwrite(&world.item_of(2), &secret);
    assert!(matches!(
        world.vault().load(&CredentialId::new([2; 32])),
        Err(StoreError::Corrupt)
    ));
    assert!(world.vault().load(&CredentialId::new([1; 32])).is_ok());
}

#[test]
fn an_index_key_of_a_newer_version_is_called_that() {
    let world = world();
    world.overwrite("index-key", &base64(&encode(&Map::new().with(1_u8, 2_u8).into())));
    assert!(matches!(
        world.vault().list(),
        Err(VaultError::Record(RecordError::NewerVersion(2)))
    ));
}

#[test]
fn foreign_items_under_our_name_are_left_alone() {
    let world = world();
    world.overwrite("something-of-a-later-version", b"whatever");
    std::fs::remove_file(world.index()).unwrap();
    world.assert_whole();
}

fn base64(bytes: &[u8]) -> Vec<u8> {
    use base64::Engine as _;
    base64::engine::general_purpose::STANDARD
        .encode(bytes)
        .into_bytes()
}
