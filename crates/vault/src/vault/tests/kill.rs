//! `kill -9` at each write that a change makes: afterwards there is the old state or the new one, and nothing else.

use std::os::unix::process::ExitStatusExt as _;

use base64::Engine as _;
use roamkey_authenticator::{CredentialStore as _, UnixTime};
use roamkey_testkit::keyring::{PrivateKeyring, in_private_session};

use super::support::*;
use crate::fault::FAULT_VARIABLE;
use crate::{Import, Imported, RecordId, Vault, VaultConfig};

const ACT_VARIABLE: &str = "ROAMKEY_TEST_ACT";
const LATER: UnixTime = UnixTime(NOW.0 + 31 * 86_400);

fn vault(session: &PrivateKeyring) -> Vault {
    Vault::open(VaultConfig::new(session.folder().join("data/roamkey"))).unwrap()
}

/// Passkeys 1 and 2, with 2 in the trash; nothing that an act before has left.
fn set_up(session: &PrivateKeyring, act: &str) {
    let folder = session.folder().join("data/roamkey");
    for user in vault(session).keyring.users().unwrap() {
        vault(session).keyring.delete(&user).unwrap();
    }
    let _none_yet = std::fs::remove_dir_all(&folder);
    if act == "migrate" {
        let vectors = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("vectors/index_v1");
        let keyring = std::fs::read(vectors.join("keyring.json")).unwrap();
        let keyring: serde_json::Value = serde_json::from_slice(&keyring).unwrap();
        for (user, secret) in keyring["items"].as_object().unwrap() {
            let secret = base64::engine::general_purpose::STANDARD
                .decode(secret.as_str().unwrap())
                .unwrap();
            vault(session).keyring.create(user, &secret).unwrap();
        }
        std::fs::create_dir_all(&folder).unwrap();
        std::fs::copy(vectors.join("index.sqlite3"), folder.join("index.sqlite3")).unwrap();
        return;
    }
    for number in 1..=2 {
        vault(session)
            .create(&credential("a.example", number), &[], NOW)
            .unwrap();
    }
    vault(session).remove(id(&vault(session), 2), NOW).unwrap();
}

fn id(vault: &Vault, number: u8) -> RecordId {
    let created = Some(credential("a.example", number).created_at);
    let mut entries = vault.list().unwrap();
    entries.extend(vault.removed().unwrap().into_iter().map(|removed| removed.entry));
    entries
        .iter()
        .find(|entry| entry.created_at == created)
        .unwrap()
        .record_id
}

fn act_out(vault: &Vault, act: &str) {
    match act {
        "label" => vault.label(id(vault, 1), Some("new"), NOW).unwrap(),
        "remove" => drop(vault.remove(id(vault, 1), NOW).unwrap()),
        "restore" => vault.restore_removed(id(vault, 2), NOW).unwrap(),
        "destroy" => vault.destroy(id(vault, 2), NOW).unwrap(),
        "purge" => assert_eq!(vault.purge(LATER).unwrap(), 1),
        "import" => {
            let mut passkey = Import::new(credential("b.example", 3));
            passkey.label = Some("imported".to_owned());
            passkey.foreign = Some(vec![1; 5000].into());
            let imported = vault.import(&[passkey], NOW).unwrap();
            assert!(
                matches!(imported.as_slice(), [Imported::Added(_)]),
                "{imported:?}"
            );
        }
        "migrate" => drop(vault.list().unwrap()),
        other => panic!("{other}"),
    }
}

/// Not a test by itself: dies at the point that the environment names, in the middle of a change.
#[test]
fn child_that_dies_while_it_changes() {
    let (Ok(_), Ok(act)) = (std::env::var(FAULT_VARIABLE), std::env::var(ACT_VARIABLE)) else {
        return;
    };
    let session = PrivateKeyring::attached().unwrap();
    act_out(&vault(&session), &act);
}

/// All that can be seen of all passkeys; those that can be used are loaded.
fn state(vault: &Vault) -> Vec<String> {
    let describe = |entry: &crate::PasskeyEntry| {
        let details = vault.show(entry.record_id).unwrap();
        let foreign = vault.foreign(entry.record_id).unwrap().map(|fields| fields.len());
        format!(
            "{:?} {:?} {:?} {foreign:?} {:?}",
            entry.created_at, entry.state, entry.label, details.cred_blob
        )
    };
    let mut state: Vec<_> = vault.list().unwrap().iter().map(describe).collect();
    state.extend(
        vault
            .removed()
            .unwrap()
            .iter()
            .map(|removed| format!("trash {}", describe(&removed.entry))),
    );
    // The order of what was removed at once is that of the random ids.
    state.sort();
    let users = vault.keyring.users().unwrap();
    let items = users
        .iter()
        .filter(|user| RecordId::from_user(user).is_some())
        .count();
    state.push(format!("{items} items, {:?}", vault.check().unwrap()));
    state
}

#[test]
fn a_kill_at_any_write_leaves_the_old_state_or_the_new_one() {
    let name = "a_kill_at_any_write_leaves_the_old_state_or_the_new_one";
    in_private_session(PrivateKeyring::start, module_path!(), name, |session| {
        for act in [
            "label", "remove", "restore", "destroy", "purge", "import", "migrate",
        ] {
            let mut left = Vec::new();
            let new = loop {
                set_up(session, act);
                let number = left.len() + 1;
                let mut command = session.command(std::env::current_exe().unwrap());
                command.args(["--exact", "vault::tests::kill::child_that_dies_while_it_changes"]);
                command
                    .env(FAULT_VARIABLE, number.to_string())
                    .env(ACT_VARIABLE, act);
                let output = command.output().unwrap();
                let state = state(&vault(session));
                if output.status.success() {
                    break state;
                }
                let said = String::from_utf8_lossy(&output.stderr).into_owned();
                assert_eq!(output.status.signal(), Some(9), "{act} {number}: {said}");
                left.push((state, said));
            };
            set_up(session, act);
            let old = state(&vault(session));
            assert!(left.len() >= 3, "{act} has only {} points", left.len());
            for (state, said) in &left {
                assert!(
                    *state == old || *state == new,
                    "{act}: {said}\n{state:?}\nold {old:?}\nnew {new:?}"
                );
            }
        }
    });
}
