//! Passkeys that come from elsewhere.

use roamkey_authenticator::{CredentialStore as _, LargeBlob, PrivateKey, RsaPrivateKey};
use roamkey_ctap::{Algorithm, CredentialId};

use super::support::*;
use crate::record::Record;
use crate::{Event, Holding, Import, Imported, MAX_FOREIGN_LENGTH, PasskeyState, VaultError};

#[test]
fn an_import_brings_passkeys_whole_and_passes_over_those_that_are_here() {
    let world = World::new();
    let vault = world.vault();
    for number in 1..=3 {
        vault.create(&credential("a.example", number), &[], NOW).unwrap();
    }
    vault.remove(id(&vault, 2), NOW).unwrap();
    let mut long = credential("c.example", 60);
    long.id = CredentialId::new(vec![7; 1023]);
    let mut whole = Import::new(long);
    whole.label = Some("from elsewhere".to_owned());
    whole.large_blob = Some(LargeBlob {
        data: vec![1, 2, 3],
        original_size: 9,
    });
    whole.foreign = Some(vec![5; MAX_FOREIGN_LENGTH].into());
    let mut too_long = credential("c.example", 61);
    too_long.id = CredentialId::new(vec![7; 1024]);
    let mut bad_label = Import::new(credential("c.example", 62));
    bad_label.label = Some("a\nb".to_owned());
    let mut eddsa = credential("c.example", 63);
    eddsa.key = PrivateKey::from_bytes(Algorithm::EdDsa, &[9; 32]).unwrap();
    let passkeys = [
        whole,
        Import::new(credential("a.example", 1)),
        Import::new(credential("a.example", 2)),
        Import::new(too_long),
        bad_label,
        Import::new(eddsa),
        Import::new(credential("c.example", 63)),
    ];
    let imported = vault.import(&passkeys, Event::Imported, NOW).unwrap();
    let [
        Imported::Added(added),
        Imported::Duplicate(_),
        Imported::InTrash(_),
        Imported::TooLarge,
        Imported::Failed(VaultError::Label(_)),
        Imported::Added(_),
        Imported::Duplicate(_),
    ] = imported.as_slice()
    else {
        panic!("{imported:?}")
    };
    for vault in [&vault, &world.vault()] {
        assert_same(
            &vault.load(&passkeys[0].credential.id).unwrap(),
            &passkeys[0].credential,
        );
        assert_eq!(vault.foreign(*added).unwrap().unwrap().len(), MAX_FOREIGN_LENGTH);
        assert_eq!(
            vault
                .large_blob(&passkeys[0].credential.id)
                .unwrap()
                .unwrap()
                .data,
            [1, 2, 3]
        );
        assert_eq!(
            vault.show(*added).unwrap().entry.label.as_deref(),
            Some("from elsewhere")
        );
    }
    assert_eq!(items(&vault), 5);
    assert!(matches!(
        vault.set_foreign(*added, Some(&[0; MAX_FOREIGN_LENGTH + 1])),
        Err(VaultError::AttachmentTooLarge)
    ));
    vault.set_foreign(*added, None).unwrap();
    assert_eq!(vault.foreign(*added).unwrap(), None);
}

#[test]
fn an_import_brings_back_a_passkey_whose_key_is_gone_from_the_keyring() {
    let world = World::new();
    let vault = world.vault();
    for number in 1..=4 {
        vault.create(&credential("a.example", number), &[], NOW).unwrap();
    }
    vault.label(id(&vault, 1), Some("mine"), NOW).unwrap();
    vault.used(&credential("a.example", 1).id, NOW).unwrap();
    vault.remove(id(&vault, 2), NOW).unwrap();
    vault.keyring.delete(&id(&vault, 1).user()).unwrap();
    vault
        .keyring
        .replace(&id(&vault, 3).user(), b"no record".as_slice())
        .unwrap();
    for number in [1, 3] {
        assert!(vault.load(&credential("a.example", number).id).is_err());
    }
    let holding = |number| vault.holding(&credential("a.example", number).id).unwrap();
    assert_eq!(
        [1, 2, 3, 4, 5].map(holding),
        [
            Holding::KeyMissing,
            Holding::InTrash,
            Holding::Unreadable,
            Holding::Usable,
            Holding::Nothing
        ]
    );

    let passkeys = [1, 3].map(|number| Import::new(credential("a.example", number)));
    let imported = vault.import(&passkeys, Event::Imported, NOW).unwrap();
    let [Imported::Added(added), Imported::Duplicate(damaged)] = imported.as_slice() else {
        panic!("{imported:?}")
    };
    assert_same(
        &vault.load(&passkeys[0].credential.id).unwrap(),
        &passkeys[0].credential,
    );
    let list = vault.list().unwrap();
    let entry = |wanted| list.iter().find(|entry| entry.record_id == wanted).unwrap();
    assert_eq!(
        (entry(*added).label.as_deref(), entry(*added).uses),
        (Some("mine"), 1)
    );
    assert_eq!(entry(*damaged).state, PasskeyState::Damaged);
    assert_eq!(list.len(), 3, "the row without a key is gone");
}

/// Keys and signatures that OpenSSL made.
fn rsa(name: &str) -> Vec<u8> {
    let folder = concat!(env!("CARGO_MANIFEST_DIR"), "/../authenticator/tests/rsa");
    std::fs::read(std::path::Path::new(folder).join(name)).unwrap()
}

#[test]
fn an_imported_rsa_key_signs_as_it_did_elsewhere_and_after_the_index_is_lost() {
    let world = World::new();
    let bits = [2048, 3072, 4096];
    let passkeys = bits.map(|bits: u16| {
        let mut passkey = credential("a.example", bits.to_be_bytes()[0]);
        // The longest that there may be, so that the largest key is in the largest item.
        passkey.id = CredentialId::new([bits.to_be_bytes()[0]; 1023]);
        let key = RsaPrivateKey::from_pkcs8(&rsa(&format!("{bits}.pkcs8"))).unwrap();
        passkey.key = PrivateKey::Rs256(Box::new(key));
        Import::new(passkey)
    });
    let imported = world.vault().import(&passkeys, Event::Imported, NOW).unwrap();
    assert!(
        imported.iter().all(|one| matches!(one, Imported::Added(_))),
        "{imported:?}"
    );
    for _ in 0..2 {
        for (bits, passkey) in bits.iter().zip(&passkeys) {
            let loaded = world.vault().load(&passkey.credential.id).unwrap();
            assert_same(&loaded, &passkey.credential);
            let signature = loaded.key.sign(&[b"roamkey"]).unwrap();
            assert_eq!(signature, rsa(&format!("{bits}.signature")));
        }
        assert_eq!(world.vault().find(&rp("a.example")).unwrap().len(), 3);
        std::fs::remove_file(world.folder.path().join("index.sqlite3")).unwrap();
    }
}

#[test]
fn the_committed_rsa_record_signs() {
    let example = include_str!("../../../vectors/record/v1_imported_rsa.json");
    let example: serde_json::Value = serde_json::from_str(example).unwrap();
    let record = Record::decode(&hex::decode(example["record"].as_str().unwrap()).unwrap()).unwrap();
    let key = PrivateKey::from_bytes(Algorithm::Rs256, &record.private_key).unwrap();
    assert_eq!(key.sign(&[b"roamkey"]).unwrap(), rsa("2048.signature"));
}
