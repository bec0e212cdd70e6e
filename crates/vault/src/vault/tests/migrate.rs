//! The first layout of the index, in a file that the first version wrote (`vectors/index_v1`), and its keyring.
//!
//! Passkeys 1 to 3 are of a.example, 4 to 7 of b.example, 8 of c.example with EdDSA and no names. 1 was used twice, 4
//! once; 2 has a label and is backed up; 3's item is gone; 5's item and row are damaged; 6 is unfinished; a removal of
//! 7 and a creation have begun.

use keyring_core::api::CredentialStoreApi as _;
use roamkey_authenticator::UnixTime;

use super::support::*;
use crate::{APP_ID, PasskeyState, VaultError};

fn folder() -> std::path::PathBuf {
    std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("vectors/index_v1")
}

fn old_world() -> World {
    let world = World::new();
    let keyring = std::fs::read(folder().join("keyring.json")).unwrap();
    let keyring: serde_json::Value = serde_json::from_slice(&keyring).unwrap();
    for (user, secret) in keyring["items"].as_object().unwrap() {
        let item = world.store.build(APP_ID, user, None).unwrap();
        item.set_secret(secret.as_str().unwrap().as_bytes()).unwrap();
    }
    std::fs::copy(
        folder().join("index.sqlite3"),
        world.folder.path().join("index.sqlite3"),
    )
    .unwrap();
    world
}

#[test]
fn an_index_of_the_first_layout_is_migrated_with_all_that_it_holds() {
    use PasskeyState::{Damaged, Missing, Ready, Unfinished};
    let world = old_world();
    for _process in 0..2 {
        let list = world.vault().list().unwrap();
        let found: Vec<_> = list
            .iter()
            .map(|entry| {
                let number = entry.created_at.map(|created| created.0 - 1_795_000_000);
                (
                    number,
                    entry.state,
                    entry.uses,
                    entry.last_used.map(|used| used.0 - NOW.0),
                )
            })
            .collect();
        assert_eq!(
            found,
            [
                (None, Damaged, 0, None),
                (Some(1), Ready, 2, Some(60)),
                (Some(2), Ready, 0, None),
                (Some(3), Missing, 0, None),
                (Some(4), Ready, 1, Some(5)),
                (Some(6), Unfinished, 0, None),
                (Some(8), Ready, 0, None),
            ]
        );
        assert_eq!(list[2].label.as_deref(), Some("Work \u{e4} laptop"));
        assert!(list[2].backed_up && !list[1].backed_up);
        assert_eq!(list[1].user_name.as_deref(), Some("name-1@mail.example"));
        assert_eq!(list[6].user_name, None);
    }
    assert_eq!(world.files(), ["index.sqlite3", "vault.lock"]);
    for number in [1, 2, 4, 6] {
        let created = credential(if number < 4 { "a.example" } else { "b.example" }, number);
        let loaded = world.vault().load_record(created.id.as_bytes()).unwrap().0;
        assert!(loaded.facts.credential_id == created.id.as_bytes());
    }
}

#[test]
fn a_row_of_the_first_layout_that_does_not_open_is_made_anew_from_the_keyring() {
    let world = old_world();
    let connection = rusqlite::Connection::open(world.folder.path().join("index.sqlite3")).unwrap();
    connection
        .execute("UPDATE passkey SET fixed = zeroblob(300) WHERE rp NOT NULL", [])
        .unwrap();
    drop(connection);
    let ready = |entry: &&crate::PasskeyEntry| entry.state == PasskeyState::Ready;
    assert_eq!(world.vault().list().unwrap().iter().filter(ready).count(), 5);
}

#[test]
fn an_index_of_the_first_layout_and_another_keyring_is_an_error_and_no_empty_list() {
    let world = old_world();
    let other = World {
        store: keyring_core::sample::Store::new().unwrap(),
        folder: world.folder,
    };
    assert!(matches!(
        other.vault().list(),
        Err(VaultError::OtherKeyring {
            listed: 8,
            missing: 8
        })
    ));
}

#[test]
fn a_migrated_index_takes_changes() {
    let world = old_world();
    let id = world.vault().list().unwrap()[1].record_id;
    world.vault().label(id, Some("new"), NOW).unwrap();
    world.vault().remove(id, NOW).unwrap();
    world.vault().restore_removed(id, UnixTime(NOW.0 + 1)).unwrap();
    assert_eq!(world.vault().list().unwrap()[1].label.as_deref(), Some("new"));
}
